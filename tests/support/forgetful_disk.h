// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hashira::test {

/// A directory on a disk with a cache that a power cut empties: while the object lives, all that
/// SQLite does to files in that directory goes through it, whoever opens them and however (it
/// stands in front of SQLite's default VFS). The files are real, and hold what the operating system
/// has; the object knows what of it was synced. It promises what POSIX does and no more: bytes by
/// the sync of their file; creations and deletions by the sync of their directory, which SQLite
/// asks for with the first sync of a log; and, as SQLite takes for granted of any disk, that a
/// write does no harm to the bytes beside it. The shared memory of a log (-shm) is no part of it:
/// SQLite builds it anew.
///
/// Deterministic: chance comes from whoever asks. For one thread at a time.
class ForgetfulDisk {
public:
    using Random = std::function<std::uint64_t()>;

    explicit ForgetfulDisk(const std::string& directory);
    /// All connections to its files must be closed.
    ~ForgetfulDisk();
    ForgetfulDisk(const ForgetfulDisk&) = delete;
    ForgetfulDisk& operator=(const ForgetfulDisk&) = delete;

    // --- the machine, or the process, stops in the middle of things ---

    /// From the n-th change on (a write, truncation, sync or deletion; 1 is the next), every change
    /// fails and nothing alters any more: where the caller stands when it dies. With `after` the
    /// n-th change itself is still done. Reads go on, so that connections can be closed.
    void stopAt(int changes, bool after = false);
    /// At once.
    void stop() { m_stopped = true; }
    bool stopped() const { return m_stopped; }
    /// Runs again, over what is there: after kill -9. No connection may be open.
    void start();
    /// What a power cut leaves: of what was not synced all, nothing, the first part, or any
    /// sectors, in any order, the last of them half written. Then start(). No connection may be
    /// open.
    void losePower(const Random& random);
    /// Everything is synced, as time does it.
    void settle();
    /// The files were replaced from outside, and what is there now is synced.
    void forget();

    // --- a disk that fails, for a while ---

    enum class Fault {
        kFull,      ///< writes beyond the end of a file: SQLITE_FULL
        kReads,     ///< SQLITE_IOERR_READ
        kWrites,    ///< SQLITE_IOERR_WRITE
        kSyncs,     ///< SQLITE_IOERR_FSYNC
        kTruncates  ///< SQLITE_IOERR_TRUNCATE
    };
    /// From now on such calls fail for files whose names begin with `files`: after `skip` that
    /// succeed, `count` of them. Any number of faults.
    void fail(Fault fault, std::string_view files, int skip = 0, int count = 1'000'000'000);
    void heal() { m_faults.clear(); }
    bool faulty() const { return !m_faults.empty(); }
    /// No call fails as long as this is true: for whoever only wants to look.
    void setPaused(bool paused) { m_paused = paused; }
    /// How many calls failed because of faults.
    std::uint64_t failed() const { return m_failed; }
    std::uint64_t changes() const { return m_changes; }

    const std::string& directory() const { return m_directory; }

private:
    friend struct ForgetfulFile;
    friend class ForgetfulVfs;
    struct Operation {
        std::int64_t at = 0;
        std::string bytes;
        bool truncates = false;  ///< to `at`
    };
    struct Inode {
        std::string synced;
        std::vector<Operation> unsynced;
        std::uint64_t number = 0;  ///< the system's
    };
    using File = std::shared_ptr<Inode>;
    struct Name {
        File now;                   ///< null: no such file
        std::vector<File> earlier;  ///< since the directory's last sync, the oldest first
    };
    struct Failing {
        Fault fault;
        std::string files;
        int skip;
        int count;
    };

    std::string path(const std::string& name) const { return m_directory + "/" + name; }
    /// True where the call may go on.
    bool change();
    bool fails(Fault fault, const std::string& name);
    File opened(const std::string& name);
    void deleted(const std::string& name);
    void syncDirectory();
    static void sync(Inode& file);
    static void apply(std::string& content, std::int64_t at, std::string_view bytes);
    static std::string survivor(const Inode& file, std::size_t sector, const Random& random);

    std::string m_directory;
    std::map<std::string, Name> m_names;
    std::vector<Failing> m_faults;
    bool m_paused = false;
    bool m_stopped = false;
    bool m_stopAfter = false;
    int m_stopAt = 0;
    std::uint64_t m_changes = 0;
    std::uint64_t m_failed = 0;
};

}  // namespace hashira::test
