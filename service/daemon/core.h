// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "daemon/sender.h"
#include "daemon/shelf_keeper.h"
#include "daemon/views.h"
#include "engine/engine.h"
#include "engine/fetch_check.h"
#include "model/front.h"
#include "remote/link.h"
#include "store/documents.h"
#include "store/outbox.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

namespace hashira::daemon {

struct CoreSettings {
    std::string dataDir;  ///< empty: both stores in memory, for tests
    std::string account;  ///< whose the files must be; empty: nobody said
    int weeksKept = 10;
    engine::Settings sync;
    std::string datastoreUrl;  ///< for status
    std::string version;
};

/// Whom the core tells. Called on the core thread, never from within a transaction.
class CoreOutput {
public:
    virtual ~CoreOutput() = default;
    virtual void notify(const front::Notice& notice) = 0;
    virtual void statusChanged(const front::Status& status) = 0;
    /// Something that a person must hear of; it stands in the status too.
    virtual void warned(const std::string& /*warning*/) {}
    /// Call Core::wake() at that moment of the steady clock; nothing: no timer. Replaces the
    /// earlier one.
    virtual void wakeAt(std::optional<std::int64_t> steadyMs) = 0;
};

/// The one junction: engine step -> transaction -> sends -> notifications -> one timer. Owns both
/// stores, the engine's state and the shelf. It knows neither threads nor gRPC nor the event loop,
/// so that the simulation runs it as it is. All members are for one thread, the core's, but for
/// shelf().
class Core {
public:
    template <typename T>
    using Reply = std::function<void(Result<T>)>;
    struct SendJob {
        std::vector<Draft> drafts;
        Reply<front::SendReply> reply;
    };

    /// Opens the stores of the data directory; `link` may be null where no datastore is set up.
    /// Errors: kNewer, kCorrupt (outbox.db: see hashira salvage), kDiskFull, kBusy.
    static Result<std::unique_ptr<Core>> open(const CoreSettings& settings, const Clock& clock,
                                              Random& random, std::unique_ptr<remote::Link> link,
                                              CoreOutput& output);
    ~Core();
    /// The account of the files in a directory that no core has open; empty: there are none, or
    /// nobody was signed in.
    static Result<std::string> accountIn(const std::string& dataDir);

    /// Begins to sync.
    void start();
    /// The moment that wakeAt() named has come.
    void wake();
    /// Forgets what it has in memory and can read again. To be called when nobody waits.
    void leaveMemory();
    /// Ends all waits and calls; nothing is replied after it.
    void stop();
    /// Goes on with other settings of the same data directory, over another link: a person signed
    /// in or out. Where the store never had an account it becomes that of the settings.
    void relink(const CoreSettings& settings, std::unique_ptr<remote::Link> link);
    /// Takes what can change while it runs: the kept weeks and the interval.
    void configure(const CoreSettings& settings);
    /// stop(), but whoever waits hears this.
    void end(const Error& error);

    /// Commits all these Sends together, with one fsync, and replies to each.
    void send(std::vector<SendJob> jobs);

    /// Forgets covered commands stamped before the moment, at most `most` of each device. The base
    /// that covers them is made durable first: a power cut must not take it back.
    Status prune(std::int64_t beforeMs, std::uint64_t through, std::size_t most);

    std::shared_ptr<const wire::Shelf> shelf() const { return m_shelf.shelf(); }
    void buildShelf(Week oldest, Week newest, Reply<std::shared_ptr<const wire::Shelf>> reply);

    front::Status status();
    /// See CorePort::stand.
    void stand(const std::string& about, const std::string& words);
    const std::map<std::string, std::string>& standing() const { return m_standing; }
    void syncNow(Reply<front::Status> reply);
    /// What the operating system says of the network.
    void networkChanged(const NetworkHint& hint);
    /// The machine was asleep.
    void machineWoke();
    void pause(const front::Pause& wish, Reply<front::Status> reply);
    Result<std::vector<front::RejectedCommand>> listRejected();
    Result<front::Receipt> retryRejected(const std::string& commandId);
    Result<front::Revision> discardRejected(const std::string& commandId);
    void waitFor(std::uint64_t ticket, const std::string& commandId, front::Level level,
                 Reply<front::Receipt> reply);
    void cancelWait(std::uint64_t ticket);
    void doctor(Reply<front::DoctorReport> reply);

    // --- for tests ---
    const engine::State& engineState() const { return m_engine; }
    store::Outbox& outbox() { return *m_outbox; }
    store::Documents& documents() { return *m_documents; }
    Views& views() { return *m_views; }
    /// The document store lacks committed commands.
    bool owes() const { return m_reflectDebt; }
    /// Since a failure the disk could not be read: memory is not what is on it, and nothing is
    /// written.
    bool unread() const { return m_unread; }

private:
    /// The command that a wait is for, by what tells how far it has come.
    struct WaitKey {
        std::string device;
        std::uint64_t number = 0;
        std::uint64_t ticket = 0;
        auto operator<=>(const WaitKey&) const = default;
    };
    struct Wait {
        std::string commandId;
        front::Level level = front::Level::kDurable;
        Reply<front::Receipt> reply;
        WaitKey key;  ///< where m_waitsFor has it
    };
    /// What a Fetch has brought so far: parsed documents, or on disk beyond limits::kStagedBytes.
    struct Stage {
        engine::FetchKind kind = engine::FetchKind::kDelta;
        engine::FetchCheck check;
        std::vector<VersionedDocument> documents;
        std::size_t bytes = 0;
        bool spilled = false;
        std::vector<store::Documents::BucketState> digests;
        void clear() { *this = {}; }
    };

    Core(const CoreSettings& settings, const Clock& clock, Random& random,
         std::unique_ptr<remote::Link> link, CoreOutput& output);

    // core.cpp
    Status loadEngine();
    /// Reads anew what memory mirrors of the stores; where that fails m_unread stays, nothing may
    /// be written, and it is tried again.
    Status reread();
    /// The engine's state may not be the outbox's: it begins anew once that can be read.
    void distrust(const Error& error);
    void setDebt(bool owes);
    Status catchUp();
    /// Writes the views; true where a failure was made up for, and there is more to publish.
    bool reflect();
    bool appendAll(std::vector<SendJob>& jobs, std::vector<std::optional<Error>>& errors,
                   std::vector<front::SendReply>& replies);
    void afterChange();
    void checkDay();
    void scheduleWake();
    void rest();
    /// Lets go of what is older than the kept weeks, in a transaction of its own where there is
    /// any.
    Status keepWindow(Week oldest);
    /// Needs a transaction of the documents, and saveState() after it.
    Status evict(const std::vector<std::string>& old, Week oldest);
    Week currentWeek() const;
    sync::Scope window() const;

    // core_files.cpp
    std::string pathOf(const char* name) const;
    std::string documentsPath() const;
    Status openStores();
    Status openDocuments();
    Status setDocumentsAside();
    Status checkOutboxFile() const;
    /// Tells the person, in the status and at once.
    void warn(const std::string& warning);
    /// Sets a document store aside that was found damaged, whatever was read then, and begins a new
    /// one; false: it is not damaged.
    bool replaceDamaged();
    void reopenDocuments();
    /// Says what the failure of a Send means for a person.
    void explain(Error& error);

    // core_status.cpp
    /// Answers the waits whose moment has come. Costs what they are, not what is open.
    void answerWaits();
    void answerWaits(std::set<WaitKey>& waits, const std::string& device, std::uint64_t from,
                     std::uint64_t through);
    /// Answers the wait, or keeps it where its command now stands.
    void lookAtWait(std::uint64_t ticket);
    std::set<WaitKey>& waitsFor(front::Level level) {
        return m_waitsFor[level == front::Level::kVisible ? 1 : 0];
    }
    /// Commands were numbered anew, or the stores read anew.
    void lookAtAllWaits();
    /// Ends a transaction of the outbox that failed.
    void undoOutbox();
    /// Takes a command off the rejected list, in one transaction with what `settle` makes of it in
    /// the outbox, and tells front ends. Returns what `settle` did.
    Result<store::OutboxRow> settleRejected(
        const std::function<Result<store::OutboxRow>()>& settle);
    void checkStatus();

    // core_sync.cpp
    void feed(engine::Event event);
    void recover(const Error& error);
    void closeLink();
    Status touch(const Result<store::Outbox::Tasks>& tasks);
    /// All in one transaction for each file, the outbox first. Where it fails, memory is as before.
    Status perform(const std::vector<engine::Write>& writes);
    Status performAll(const std::vector<engine::Write>& writes);
    Status performOnDocuments(const std::function<Status()>& run);
    Status write(const engine::Adopt& write);
    Status write(const engine::SetClockOffset& write);
    Status write(const engine::SetPaused& write);
    Status write(const engine::Confirm& write);
    Status write(const engine::Unconfirm& write);
    Status write(const engine::Fork& write);
    Status write(const engine::Shift& write);
    Status write(const engine::CommitFetch& write);
    Status write(const engine::SaveDoctor& write);
    /// Applies what is staged; those ids leave `touched`. Memory does not grow with the stage.
    Status takeDocuments(std::uint64_t generation, std::unordered_set<std::string>& touched);
    void send(const engine::OpenWatch& send);
    void send(const engine::Close& send);
    void send(const engine::SendApply& send);
    void send(const engine::SendPush& send);
    void send(const engine::SendFetch& send);
    void takeHello(std::uint64_t session, sync::Hello hello);
    void takeChunk(std::uint64_t session, const sync::Chunk& chunk);
    Status stage(const sync::Chunk& chunk);
    void endFetch(std::uint64_t session, const Result<remote::FetchEnd>& end);
    Status recomputeTasks(const std::vector<std::string>& tasks);

    // core_reads.cpp
    Status buildWeeks(Week oldest, Week newest);
    /// Adds to each of these weeks what the store shows in it.
    Status readWeeks(std::map<Week, std::vector<wire::SnapshotTask>>& weeks);
    /// The tasks that committed commands changed and the document store could not take yet: what
    /// was acknowledged is shown all the same.
    Result<std::map<std::string, store::Record>> owedRecords();
    /// Weeks from here on are wholly in the document store; nothing: all weeks are.
    std::optional<Week> heldFrom() const;
    /// Older weeks, fetched; `last` lies before heldFrom().
    void readThrough(Week oldest, Week last, Reply<std::shared_ptr<const wire::Shelf>> reply);
    /// Puts older weeks onto a shelf of one reader: what was fetched and what is here.
    Status addOlder(wire::Shelf& shelf, Week oldest, Week last,
                    std::map<Week, std::vector<wire::SnapshotTask>> fetched);
    void updateIncomplete();
    std::string incompleteReason() const;
    void checkFiles(front::DoctorReport& report);
    void endSync(const Status& ended);
    void endDoctor(const engine::DoctorEnded& ended);

    CoreSettings m_settings;
    const Clock& m_clock;
    Random& m_random;
    CoreOutput& m_output;
    std::unique_ptr<remote::Link> m_link;
    std::unique_ptr<store::Outbox> m_outbox;
    std::unique_ptr<store::Documents> m_documents;
    ShelfKeeper m_shelf;
    std::unique_ptr<Views> m_views;
    std::unique_ptr<Sender> m_sender;

    engine::State m_engine;
    std::optional<std::int64_t> m_engineWakeMs;
    Stage m_stage;
    bool m_reflectDebt = false;          ///< the document store lacks committed commands
    bool m_unread = false;               ///< after a failure the stores could not be read anew yet
    std::vector<std::string> m_touched;  ///< tasks to recompute once the writes under way are in
    bool m_feeding = false;
    std::vector<engine::Event> m_events;  ///< raised while an event is being fed
    std::uint64_t m_rejected = 0;
    std::vector<std::string> m_warnings;
    std::map<std::string, std::string> m_standing;  ///< warnings of others, by what they are about
    std::string m_notKept;  ///< why the last Send failed; empty once one is kept
    bool m_documentsInMemory = false;
    std::optional<front::Status> m_lastStatus;
    std::int64_t m_day = 0;
    int m_utcOffset = 0;
    std::int64_t m_nextRestMs = 0;
    std::int64_t m_datastoreMs = 0;  ///< the datastore's clock as a Fetch told it; 0: not yet

    std::map<std::uint64_t, Wait> m_waits;  ///< by ticket
    std::set<WaitKey> m_waitsFor[2];        ///< of m_waits: for kApplied, for kVisible
    std::vector<std::pair<std::string, std::uint64_t>> m_refused;  ///< whose waits end now
    bool m_renumbered = false;  ///< where commands stand must be looked up anew for all waits
    /// Reads through the link that are under way: how to end each with a reason.
    std::map<std::uint64_t, std::function<void(const std::string&)>> m_readers;
    std::uint64_t m_lastReader = 0;
    std::vector<Reply<front::Status>> m_syncWaits;
    std::vector<std::pair<front::DoctorReport, Reply<front::DoctorReport>>> m_doctorWaits;
};

}  // namespace hashira::daemon
