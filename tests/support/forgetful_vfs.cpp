// SPDX-License-Identifier: MIT
#include "support/forgetful_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <memory>
#include <new>
#include <string>
#include <vector>

namespace hashira::test {

using Fault = ForgetfulDisk::Fault;

/// An open file of a disk: SQLite's part, our part, and behind both the real file's own.
struct ForgetfulFile {
    struct State {
        ForgetfulDisk* disk;
        std::string name;
        ForgetfulDisk::File inode;
        bool syncsDirectory;  ///< with its first sync
    };
    sqlite3_file base;
    sqlite3_file* real;
    State* state;

    static ForgetfulFile& of(sqlite3_file* file) { return *reinterpret_cast<ForgetfulFile*>(file); }
    static const sqlite3_io_methods& behind(sqlite3_file* file) { return *of(file).real->pMethods; }

    static int close(sqlite3_file* file) {
        const int code = behind(file).xClose(of(file).real);
        delete of(file).state;
        return code;
    }
    static int read(sqlite3_file* file, void* bytes, int size, sqlite3_int64 at) {
        State& state = *of(file).state;
        if (state.disk->fails(Fault::kReads, state.name)) return SQLITE_IOERR_READ;
        return behind(file).xRead(of(file).real, bytes, size, at);
    }
    static int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 at) {
        State& state = *of(file).state;
        if (state.disk->fails(Fault::kWrites, state.name)) return SQLITE_IOERR_WRITE;
        sqlite3_int64 end = 0;
        behind(file).xFileSize(of(file).real, &end);
        if (at + size > end && state.disk->fails(Fault::kFull, state.name)) return SQLITE_FULL;
        if (!state.disk->change()) return SQLITE_IOERR_WRITE;
        state.inode->unsynced.push_back(
            {at, {static_cast<const char*>(bytes), static_cast<std::size_t>(size)}, false});
        return behind(file).xWrite(of(file).real, bytes, size, at);
    }
    static int truncate(sqlite3_file* file, sqlite3_int64 size) {
        State& state = *of(file).state;
        if (state.disk->fails(Fault::kTruncates, state.name)) return SQLITE_IOERR_TRUNCATE;
        if (!state.disk->change()) return SQLITE_IOERR_TRUNCATE;
        state.inode->unsynced.push_back({size, {}, true});
        return behind(file).xTruncate(of(file).real, size);
    }
    static int sync(sqlite3_file* file, int) {
        State& state = *of(file).state;
        if (state.disk->fails(Fault::kSyncs, state.name)) return SQLITE_IOERR_FSYNC;
        if (!state.disk->change()) return SQLITE_IOERR_FSYNC;
        // The system itself need not sync: what counts is what we remember.
        ForgetfulDisk::sync(*state.inode);
        if (state.syncsDirectory) state.disk->syncDirectory();
        state.syncsDirectory = false;
        return SQLITE_OK;
    }
    static int fileSize(sqlite3_file* file, sqlite3_int64* size) {
        return behind(file).xFileSize(of(file).real, size);
    }
    static int lock(sqlite3_file* file, int level) {
        return behind(file).xLock(of(file).real, level);
    }
    static int unlock(sqlite3_file* file, int level) {
        return behind(file).xUnlock(of(file).real, level);
    }
    static int checkReservedLock(sqlite3_file* file, int* locked) {
        return behind(file).xCheckReservedLock(of(file).real, locked);
    }
    static int fileControl(sqlite3_file* file, int what, void* argument) {
        return behind(file).xFileControl(of(file).real, what, argument);
    }
    static int sectorSize(sqlite3_file* file) { return behind(file).xSectorSize(of(file).real); }
    static int characteristics(sqlite3_file* file) {
        return behind(file).xDeviceCharacteristics(of(file).real);
    }
    static int shmMap(sqlite3_file* file, int page, int size, int extend, void volatile** memory) {
        return behind(file).xShmMap(of(file).real, page, size, extend, memory);
    }
    static int shmLock(sqlite3_file* file, int offset, int count, int flags) {
        return behind(file).xShmLock(of(file).real, offset, count, flags);
    }
    static void shmBarrier(sqlite3_file* file) { behind(file).xShmBarrier(of(file).real); }
    static int shmUnmap(sqlite3_file* file, int remove) {
        return behind(file).xShmUnmap(of(file).real, remove);
    }
    static const sqlite3_io_methods kMethods;

    static int openFile(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags,
                        int* outFlags);
    static int deleteFile(sqlite3_vfs* vfs, const char* path, int syncDirectory);
};

// Version 2: shared memory for the log, and no memory maps of files, which would go unseen.
const sqlite3_io_methods ForgetfulFile::kMethods = {2,
                                                    close,
                                                    read,
                                                    write,
                                                    truncate,
                                                    sync,
                                                    fileSize,
                                                    lock,
                                                    unlock,
                                                    checkReservedLock,
                                                    fileControl,
                                                    sectorSize,
                                                    characteristics,
                                                    shmMap,
                                                    shmLock,
                                                    shmBarrier,
                                                    shmUnmap,
                                                    nullptr,
                                                    nullptr};

namespace {

constexpr const char* kName = "forgetful";

struct Vfs {
    sqlite3_vfs own{};
    sqlite3_vfs* real = nullptr;
    std::vector<ForgetfulDisk*> disks;
};

Vfs* ofSqlite(sqlite3_vfs* vfs) {
    return vfs ? static_cast<Vfs*>(vfs->pAppData) : nullptr;
}

/// The disk whose file this is, and its name in it.
std::pair<ForgetfulDisk*, std::string> find(const Vfs& vfs, const char* path) {
    if (path == nullptr) return {};
    const std::string_view text(path);
    const auto slash = text.rfind('/');
    if (slash == std::string_view::npos) return {};
    for (ForgetfulDisk* disk : vfs.disks)
        if (text.substr(0, slash) == disk->directory())
            return {disk, std::string(text.substr(slash + 1))};
    return {};
}

}  // namespace

int ForgetfulFile::openFile(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags,
                            int* outFlags) {
    Vfs& self = *ofSqlite(vfs);
    auto [disk, name] = find(self, path);
    if (disk == nullptr) return self.real->xOpen(self.real, path, file, flags, outFlags);
    ForgetfulFile& ours = of(file);
    ours.base.pMethods = nullptr;
    ours.real = reinterpret_cast<sqlite3_file*>(&ours + 1);
    const bool creates = (flags & SQLITE_OPEN_CREATE) != 0;
    int exists = 0;
    self.real->xAccess(self.real, path, SQLITE_ACCESS_EXISTS, &exists);
    if (exists == 0 && creates && disk->stopped()) return SQLITE_CANTOPEN;
    ForgetfulDisk::File inode = exists != 0 || creates ? disk->opened(name) : nullptr;
    const int code = self.real->xOpen(self.real, path, ours.real, flags, outFlags);
    if (code != SQLITE_OK) return code;
    // As SQLite's own VFS does it: the directory is synced with the first sync of a journal or log.
    constexpr int kLogs = SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL;
    ours.state =
        new State{disk, std::move(name), std::move(inode), creates && (flags & kLogs) != 0};
    ours.base.pMethods = &kMethods;
    return SQLITE_OK;
}

int ForgetfulFile::deleteFile(sqlite3_vfs* vfs, const char* path, int syncDirectory) {
    Vfs& self = *ofSqlite(vfs);
    const auto [disk, name] = find(self, path);
    if (disk == nullptr) return self.real->xDelete(self.real, path, syncDirectory);
    if (!disk->change()) return SQLITE_IOERR_DELETE;
    const int code = self.real->xDelete(self.real, path, 0);
    if (code != SQLITE_OK) return code;
    disk->deleted(name);
    if (syncDirectory != 0) disk->syncDirectory();
    return SQLITE_OK;
}

void ForgetfulVfs::add(ForgetfulDisk* disk) {
    Vfs* vfs = ofSqlite(sqlite3_vfs_find(kName));
    if (vfs == nullptr) {
        vfs = new Vfs;
        vfs->real = sqlite3_vfs_find(nullptr);
        vfs->own = *vfs->real;  // all that has nothing to do with files is as it was
        vfs->own.zName = kName;
        vfs->own.pAppData = vfs;
        vfs->own.pNext = nullptr;
        vfs->own.szOsFile = static_cast<int>(sizeof(ForgetfulFile)) + vfs->real->szOsFile;
        vfs->own.xOpen = &ForgetfulFile::openFile;
        vfs->own.xDelete = &ForgetfulFile::deleteFile;
        sqlite3_vfs_register(&vfs->own, 1);
    }
    vfs->disks.push_back(disk);
}

void ForgetfulVfs::remove(ForgetfulDisk* disk) {
    Vfs* vfs = ofSqlite(sqlite3_vfs_find(kName));
    std::erase(vfs->disks, disk);
    if (!vfs->disks.empty()) return;
    sqlite3_vfs_unregister(&vfs->own);
    sqlite3_vfs_register(vfs->real, 1);
    delete vfs;
}

}  // namespace hashira::test
