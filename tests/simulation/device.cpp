// SPDX-License-Identifier: MIT
#include "simulation/device.h"

#include <QDir>
#include <QFile>

#include <sqlite3.h>

#include <utility>

namespace hashira::sim {
namespace {

std::string made(std::string directory) {
    QDir().mkpath(QString::fromStdString(directory));
    return directory;
}

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
      m_directory(made(std::move(directory))),
      m_disk(m_directory),
      m_network(network),
      m_random(seed) {
    setDisk({});
}

SimDevice::~SimDevice() {
    m_core.reset();
    QDir(QString::fromStdString(m_directory)).removeRecursively();
}

std::string SimDevice::start() {
    nextWakeMs.reset();
    auto link = std::make_unique<SimLink>(m_network, index);
    m_link = link.get();
    m_network.links[index] = m_link;
    daemon::CoreSettings settings;
    settings.dataDir = m_directory;
    settings.sync = {true, false, 60'000, looksAtNetwork};
    settings.version = "sim";
    auto core = daemon::Core::open(settings, clock, m_random, std::move(link), *this);
    if (!core) {
        m_link = nullptr;
        return core.error().message;
    }
    m_core = std::move(*core);
    if (readsOften)
        for (store::Database* database :
             {&m_core->outbox().database(), &m_core->documents().database()})
            (void)database->execute("PRAGMA cache_size=1");
    lastRevision = 0;
    sqlite3_commit_hook(m_core->documents().database().handle(), &SimDevice::onDocumentsCommit,
                        this);
    m_core->start();
    return {};
}

int SimDevice::onDocumentsCommit(void* self) {
    auto& fail = static_cast<SimDevice*>(self)->documentsFail;
    if (fail.empty()) return 0;
    const bool fails = fail.front();
    fail.pop_front();
    return fails ? 1 : 0;
}

void SimDevice::kill(bool power, Chance& chance) {
    m_disk.stop();
    m_core.reset();
    m_link = nullptr;
    if (power)
        m_disk.losePower([&chance] { return chance.next(); });
    else
        m_disk.start();
}

Disk SimDevice::disk() {
    if (m_core) {
        m_disk.setPaused(true);
        Disk images{image(m_core->outbox().database().handle()),
                    image(m_core->documents().database().handle())};
        m_disk.setPaused(false);
        return images;
    }
    return {readFile(path("outbox.db")), readFile(path("documents.db"))};
}

void SimDevice::setDisk(const Disk& disk) {
    writeFile(path("outbox.db"), disk.outbox);
    writeFile(path("documents.db"), disk.documents);
    m_disk.forget();
}

void SimDevice::damageDocuments() {
    writeFile(path("documents.db"), std::string(8'192, '?'));
    m_disk.forget();
}

void SimDevice::notify(const front::Notice& notice) {
    if (dead()) return;
    if (notice.revision.number <= lastRevision) violations.push_back("the revision went back");
    lastRevision = notice.revision.number;
}

}  // namespace hashira::sim
