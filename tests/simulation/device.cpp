// SPDX-License-Identifier: MIT
#include "simulation/device.h"

#include <QDir>
#include <QFile>

#include <sqlite3.h>

#include <utility>

namespace hashira::sim {
namespace {

constexpr std::size_t kTail = 6;

/// The file as its committed content stands, through the connection.
std::string image(sqlite3* handle) {
    sqlite3_int64 size = 0;
    unsigned char* bytes = sqlite3_serialize(handle, "main", &size, 0);
    std::string copy;
    if (bytes != nullptr)
        copy.assign(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    sqlite3_free(bytes);
    return copy;
}

std::string readFile(const std::string& path) {
    QFile file(QString::fromStdString(path));
    return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
}

void writeFile(const std::string& path, const std::string& bytes) {
    for (const char* end : {"", "-wal", "-shm"}) QFile::remove(QString::fromStdString(path + end));
    if (bytes.empty()) return;
    QFile file(QString::fromStdString(path));
    if (!file.open(QIODevice::WriteOnly)) qFatal("cannot write %s", path.c_str());
    file.write(bytes.data(), static_cast<qsizetype>(bytes.size()));
}

}  // namespace

SimDevice::SimDevice(int index_, std::string directory, const WorldTime& time, Network& network,
                     std::uint64_t seed)
    : index(index_),
      clock(time),
      m_directory(std::move(directory)),
      m_network(network),
      m_random(seed) {
    QDir().mkpath(QString::fromStdString(m_directory));
    setDisk({});
}

SimDevice::~SimDevice() {
    m_core.reset();
    QDir(QString::fromStdString(m_directory)).removeRecursively();
}

std::string SimDevice::start() {
    m_dead = false;
    m_armed = 0;
    m_tail.clear();
    nextWakeMs.reset();
    auto link = std::make_unique<SimLink>(m_network, index);
    m_link = link.get();
    m_network.links[index] = m_link;
    daemon::CoreSettings settings;
    settings.dataDir = m_directory;
    settings.sync = {true, false, 60'000};
    settings.version = "sim";
    auto core = daemon::Core::open(settings, clock, m_random, std::move(link), *this);
    if (!core) return core.error().message;
    m_core = std::move(*core);
    lastRevision = 0;
    hook();
    m_core->start();
    return {};
}

void SimDevice::hook() {
    sqlite3_commit_hook(m_core->outbox().database().handle(), &SimDevice::onCommit, this);
    sqlite3_commit_hook(m_core->documents().database().handle(), &SimDevice::onDocumentsCommit,
                        this);
}

int SimDevice::onCommit(void* self) {
    return static_cast<SimDevice*>(self)->commit(false);
}

int SimDevice::onDocumentsCommit(void* self) {
    return static_cast<SimDevice*>(self)->commit(true);
}

int SimDevice::commit(bool documents) {
    if (m_dead) return 1;
    if (documents && !documentsFail.empty()) {
        const bool fails = documentsFail.front();
        documentsFail.pop_front();
        if (fails) return 1;
    }
    if (m_armed > 0 && --m_armed == 0) {
        m_dead = true;
        if (!m_after) return 1;
    }
    if (documents && keepTail) {
        // The file as it was before this commit: what a power cut may leave.
        m_tail.push_back({readFile(path("documents.db")), readFile(path("documents.db-wal"))});
        if (m_tail.size() > kTail) m_tail.pop_front();
    }
    return 0;
}

void SimDevice::arm(int commits, bool after) {
    m_armed = commits;
    m_after = after;
}

void SimDevice::kill(bool power, Chance& chance) {
    m_dead = true;
    const bool lose = power && !m_tail.empty();
    Files old;
    if (lose) old = m_tail[static_cast<std::size_t>(chance.below(static_cast<int>(m_tail.size())))];
    m_core.reset();
    m_link = nullptr;
    if (!lose) return;
    // The newest commits of the document store are gone; the outbox was synced each time.
    writeFile(path("documents.db"), old.database);
    writeFile(path("documents.db-wal"), old.wal);
}

Disk SimDevice::disk() {
    if (m_core)
        return {image(m_core->outbox().database().handle()),
                image(m_core->documents().database().handle())};
    return {readFile(path("outbox.db")), readFile(path("documents.db"))};
}

void SimDevice::setDisk(const Disk& disk) {
    writeFile(path("outbox.db"), disk.outbox);
    writeFile(path("documents.db"), disk.documents);
}

void SimDevice::notify(const front::Notice& notice) {
    if (m_dead) return;
    if (notice.revision.number <= lastRevision) violations.push_back("the revision went back");
    lastRevision = notice.revision.number;
}

}  // namespace hashira::sim
