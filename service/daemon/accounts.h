// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/core_thread.h"
#include "daemon/mailbox.h"
#include "daemon/sign_in_file.h"
#include "daemon/token_link.h"
#include "desktop/keyring.h"
#include "rpc/account_port.h"

#include <QObject>

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <string>

namespace hashira::daemon {

/// Who is signed in: the sign-in file, the token in the keyring, and the core that follows them.
/// Lives on the main thread, whose event loop does its work; only the port's members and
/// askToken() are for any thread. One sign-in or sign-out runs at a time, others wait.
///
/// The order is what keeps a sign-in from being lost or half done: the datastore is asked, the
/// token is written and read back, the file is written, and only then the core goes on with it.
class Accounts final : public QObject, public rpc::AccountPort {
public:
    struct Settings {
        std::string dataDir;
        CoreSettings core;  ///< what does not depend on the account
        /// Why nobody can sign in or out; empty: they can.
        std::string fixed;
    };
    /// `keyring` may be null: then all that needs it says so. Both outlive it.
    Accounts(Settings settings, SignInRecord record, desktop::Keyring* keyring);
    ~Accounts() override;

    /// What the core begins with.
    CoreSettings coreSettings() const { return coreSettings(m_record); }
    MakeLink linkMaker();
    /// The core must outlive the last call from here; call before the first.
    void follow(CoreThread& core);
    /// Changes what does not depend on the account, for the core that runs and for those to come.
    void adjust(const std::function<void(CoreSettings&)>& change);
    /// Why nobody can sign in or out; empty: they can.
    const std::string& fixed() const { return m_settings.fixed; }
    /// Nothing is answered any more. Before the core is stopped.
    void stop();

    // any thread
    void signIn(front::SignIn wanted, std::function<void(Result<front::SignedIn>)> reply) override;
    void signOut(bool leavePending, std::function<void(Result<front::Status>)> reply) override;

    bool event(QEvent* event) override;

private:
    struct Attempt;
    using Done = std::function<void()>;

    CoreSettings coreSettings(const SignInRecord& record) const;
    MakeLink linkMaker(const SignInRecord& record);
    void askToken(const std::string& key, const remote::Post& post,
                  const std::function<void(Result<std::string>)>& reply);
    /// Runs it on the main thread, unless this has ended by then.
    void post(Mailbox::Job job) { m_mailbox.postInternal(std::move(job)); }
    /// Brings the answer of another thread here.
    template <typename T>
    std::function<void(Result<T>)> here(std::function<void(Result<T>)> then);
    void enqueue(std::function<void(Done)> job);
    void next();

    // a sign-in, in this order
    void probe(const std::shared_ptr<Attempt>& attempt);
    void look(const std::shared_ptr<Attempt>& attempt);
    void place(const std::shared_ptr<Attempt>& attempt);
    void keepToken(const std::shared_ptr<Attempt>& attempt);
    void keepRecord(const std::shared_ptr<Attempt>& attempt);
    void forgetToken(const std::string& key);

    void leave(const std::function<void(Result<front::Status>)>& end);

    Settings m_settings;  ///< what other threads read of it never changes
    SignInRecord m_record;
    desktop::Keyring* const m_keyring;
    CoreThread* m_core = nullptr;
    Mailbox m_mailbox;
    SystemRandom m_random;
    std::unique_ptr<remote::Link> m_probe;  ///< of the sign-in that runs
    std::deque<std::function<void(Done)>> m_waiting;
    bool m_running = false;
    bool m_stopped = false;
    /// A person wants to be synced now: the keyring may ask them to unlock it, once.
    std::atomic<bool> m_personAsks = false;
};

}  // namespace hashira::daemon
