// SPDX-License-Identifier: MIT
#include "support/forgetful_disk.h"

#include "support/forgetful_vfs.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <sys/stat.h>

#include <algorithm>

namespace hashira::test {
namespace {

std::string readFile(const std::string& path) {
    QFile file(QString::fromStdString(path));
    return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
}

void writeFile(const std::string& path, const std::string& bytes) {
    QFile file(QString::fromStdString(path));
    if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate))
        qFatal("cannot write %s", path.c_str());
    file.write(bytes.data(), static_cast<qsizetype>(bytes.size()));
}

/// 0: there is no such file.
std::uint64_t inodeNumber(const std::string& path) {
    struct stat found {};
    return ::stat(path.c_str(), &found) == 0 ? static_cast<std::uint64_t>(found.st_ino) : 0;
}

std::uint64_t below(const ForgetfulDisk::Random& random, std::uint64_t bound) {
    return random() % bound;
}

}  // namespace

ForgetfulDisk::ForgetfulDisk(const std::string& directory)
    : m_directory(QFileInfo(QString::fromStdString(directory)).canonicalFilePath().toStdString()) {
    if (m_directory.empty()) qFatal("no directory %s", directory.c_str());
    ForgetfulVfs::add(this);
}

ForgetfulDisk::~ForgetfulDisk() {
    ForgetfulVfs::remove(this);
}

// --- stopping ---

void ForgetfulDisk::stopAt(int changes, bool after) {
    m_stopAt = changes;
    m_stopAfter = after;
}

bool ForgetfulDisk::change() {
    if (m_stopped) return false;
    ++m_changes;
    if (m_stopAt == 0 || --m_stopAt > 0) return true;
    m_stopped = true;
    return m_stopAfter;
}

void ForgetfulDisk::start() {
    m_stopped = false;
    m_stopAt = 0;
}

void ForgetfulDisk::settle() {
    syncDirectory();
    for (auto& [name, entry] : m_names) sync(*entry.now);
}

void ForgetfulDisk::forget() {
    m_names.clear();
}

void ForgetfulDisk::losePower(const Random& random) {
    const std::size_t sector = below(random, 2) == 0 ? 512 : 4096;
    for (const auto& [name, entry] : m_names) {
        // Which of the files that had this name since the directory was synced.
        std::vector<File> files = entry.earlier;
        files.push_back(entry.now);
        const File& left = files[below(random, files.size())];
        if (left)
            writeFile(path(name), survivor(*left, sector, random));
        else
            QFile::remove(QString::fromStdString(path(name)));
    }
    forget();
    start();
}

std::string ForgetfulDisk::survivor(const Inode& file, std::size_t sector, const Random& random) {
    std::string content = file.synced;
    enum { kNothing, kAll, kFirst, kAny };
    const auto mode = below(random, 4);
    const std::size_t first = mode == kFirst ? below(random, file.unsynced.size() + 1) : 0;
    std::size_t number = 0;
    const auto kept = [&] {
        return mode == kAll || (mode == kFirst && number < first) ||
               (mode == kAny && below(random, 2) == 0);
    };
    for (const Operation& operation : file.unsynced) {
        if (operation.truncates) {
            if (kept()) content.resize(static_cast<std::size_t>(operation.at));
        } else {
            std::string_view bytes = operation.bytes;
            for (std::int64_t at = operation.at; !bytes.empty();) {
                const std::size_t room = sector - static_cast<std::size_t>(at) % sector;
                std::string_view piece = bytes.substr(0, room);
                bytes.remove_prefix(piece.size());
                if (kept()) {
                    const bool torn = mode != kAll && below(random, 8) == 0;
                    apply(content, at, torn ? piece.substr(0, below(random, piece.size())) : piece);
                }
                at += static_cast<std::int64_t>(piece.size());
            }
        }
        ++number;
    }
    return content;
}

// --- what the file system knows ---

void ForgetfulDisk::apply(std::string& content, std::int64_t at, std::string_view bytes) {
    const auto begin = static_cast<std::size_t>(at);
    if (content.size() < begin + bytes.size()) content.resize(begin + bytes.size());
    std::copy(bytes.begin(), bytes.end(), content.begin() + static_cast<std::ptrdiff_t>(begin));
}

void ForgetfulDisk::sync(Inode& file) {
    for (const Operation& operation : file.unsynced) {
        if (operation.truncates)
            file.synced.resize(static_cast<std::size_t>(operation.at));
        else
            apply(file.synced, operation.at, operation.bytes);
    }
    file.unsynced.clear();
}

ForgetfulDisk::File ForgetfulDisk::opened(const std::string& name) {
    const std::uint64_t number = inodeNumber(path(name));
    const auto [at, fresh] = m_names.try_emplace(name);
    Name& entry = at->second;
    const auto adopt = [&] {
        auto file = std::make_shared<Inode>();
        file->synced = readFile(path(name));
        file->number = number;
        return file;
    };
    if (number == 0) {
        // About to be made. A file that we knew was renamed by another hand: that was synced.
        if (entry.now) entry.earlier.clear();
        if (fresh || entry.now) entry.now = nullptr;
        entry.earlier.push_back(nullptr);
        return entry.now = std::make_shared<Inode>();
    }
    if (!entry.now || (entry.now->number != 0 && entry.now->number != number)) {
        entry.earlier.clear();
        entry.now = adopt();
    }
    entry.now->number = number;
    return entry.now;
}

void ForgetfulDisk::deleted(const std::string& name) {
    const auto found = m_names.find(name);
    if (found == m_names.end() || !found->second.now) return;
    found->second.earlier.push_back(std::move(found->second.now));
    found->second.now = nullptr;
}

void ForgetfulDisk::syncDirectory() {
    for (auto& [name, entry] : m_names) entry.earlier.clear();
    std::erase_if(m_names, [](const auto& named) { return !named.second.now; });
}

// --- faults ---

void ForgetfulDisk::fail(Fault fault, std::string_view files, int skip, int count) {
    m_faults.push_back({fault, std::string(files), skip, count});
}

bool ForgetfulDisk::fails(Fault fault, const std::string& name) {
    if (m_stopped || m_paused) return false;
    for (Failing& each : m_faults) {
        if (each.fault != fault || name.compare(0, each.files.size(), each.files) != 0) continue;
        if (each.skip > 0) {
            --each.skip;
        } else if (each.count > 0) {
            --each.count;
            ++m_failed;
            return true;
        }
    }
    return false;
}

}  // namespace hashira::test
