// SPDX-License-Identifier: MIT
#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include "model/command.h"
#include "store/outbox.h"
#include "support/forgetful_disk.h"
#include "support/seeded.h"

#include <memory>
#include <set>
#include <string>

using namespace hashira;
using namespace hashira::test;
using store::Outbox;

namespace {

constexpr int kRuns = 120;

/// In memory where there is such a directory: the disk is ours, whatever is behind it.
QString scratch() {
    const QString shared = QStringLiteral("/dev/shm");
    return (QDir(shared).exists() ? shared : QDir::tempPath()) +
           QStringLiteral("/hashira-disk-XXXXXX");
}

/// An outbox on a disk that forgets; what was acknowledged is kept apart.
class Story {
public:
    Story(std::uint64_t seed, std::string pragma)
        : m_disk(m_directory.path().toStdString()), m_engine(seed), m_pragma(std::move(pragma)) {}

    /// Sends until the disk stops, cuts the power, and opens again. How many acknowledged commands
    /// are missing then; -1: the file cannot be opened, or is damaged.
    int run() {
        for (int cut = 0; cut < 4; ++cut) {
            m_disk.stopAt(1 + static_cast<int>(m_engine() % 150), m_engine() % 2 == 0);
            auto outbox = Outbox::open(path(), "dev-1");
            if (outbox) write(**outbox);
            if (outbox) (*outbox).reset();
            // Now and then it only dies, and what the system still has is there again.
            if (m_engine() % 3 == 0)
                m_disk.start();
            else
                m_disk.losePower([this] { return m_engine(); });
        }
        auto outbox = Outbox::open(path(), "dev-1");
        if (!outbox || !(*outbox)->database().check().empty()) return -1;
        int missing = 0;
        for (const std::string& id : m_acked) {
            const auto row = (*outbox)->find(id);
            missing += !row || !*row;
        }
        return missing;
    }

private:
    std::string path() const { return m_directory.path().toStdString() + "/outbox.db"; }

    void write(Outbox& outbox) {
        if (!m_pragma.empty() && !outbox.database().execute(m_pragma)) return;
        // Whoever sends one of these again is told that it is kept, also where no answer was given.
        if (const auto all = outbox.changedSince(0))
            for (const std::string& task : *all) m_acked.insert("c" + task.substr(1));
        for (;;) {
            store::Transaction transaction(outbox.database());
            std::vector<std::string> ids;
            const auto count = 1 + m_engine() % 3;
            for (std::uint64_t i = 0; i < count; ++i) {
                Command command;
                command.commandId = "c" + std::to_string(++m_counter);
                command.what = What::kNew;
                command.taskId = "t" + std::to_string(m_counter);
                command.payload = "{\"name\":\"" + std::string(m_engine() % 9'000, 'x') + "\"}";
                command.stamp = {m_counter, 0, "dev-1"};
                if (!outbox.append(command, {})) return;
                ids.push_back(command.commandId);
            }
            if (!outbox.saveClock() || !transaction.commit()) return;
            m_acked.insert(ids.begin(), ids.end());
            outbox.database().checkpoint(20);
        }
    }

    QTemporaryDir m_directory{scratch()};
    ForgetfulDisk m_disk;
    std::mt19937_64 m_engine;
    std::string m_pragma;
    std::set<std::string> m_acked;
    std::int64_t m_counter = 0;
};

/// Runs in which something was lost.
int lossy(const std::string& pragma) {
    int lost = 0;
    for (int seed = 0; seed < kRuns; ++seed)
        lost += Story(static_cast<std::uint64_t>(seed), pragma).run() != 0;
    return lost;
}

}  // namespace

/// The disk of the tests forgets what was not synced, and the outbox loses nothing on it.
class ForgetfulDiskTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theOutboxLosesNothing();
    void withoutSyncingItWould();
    void withSyncingAtCheckpointsItWould();
    void theSameSeedTheSameDisk();
    void whatIsToldOfIsSynced();
    void aFullDiskFailsAndHeals();
    void otherFilesAreLeftAlone();
};

void ForgetfulDiskTest::theOutboxLosesNothing() {
    QCOMPARE(lossy({}), 0);
}

// The two that follow show that the first could fail: the same runs with less syncing.

void ForgetfulDiskTest::withoutSyncingItWould() {
    const int lost = lossy("PRAGMA synchronous=OFF");
    QVERIFY2(lost > kRuns / 4, qPrintable(QString::number(lost)));
}

void ForgetfulDiskTest::withSyncingAtCheckpointsItWould() {
    const int lost = lossy("PRAGMA synchronous=NORMAL");
    QVERIFY2(lost > kRuns / 4, qPrintable(QString::number(lost)));
}

void ForgetfulDiskTest::theSameSeedTheSameDisk() {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const int first = Story(seed, "PRAGMA synchronous=OFF").run();
        QCOMPARE(Story(seed, "PRAGMA synchronous=OFF").run(), first);
    }
}

// A process dies between writing a commit and syncing it, the next one finds the command there and
// would tell a front end so; then the power fails.
void ForgetfulDiskTest::whatIsToldOfIsSynced() {
    int found = 0;
    for (int stop = 1; stop <= 30; ++stop) {
        const QTemporaryDir directory(scratch());
        const std::string path = directory.path().toStdString() + "/outbox.db";
        ForgetfulDisk disk(directory.path().toStdString());
        {
            auto outbox = Outbox::open(path, "dev-1");
            QVERIFY(outbox.ok());
            disk.stopAt(stop);
            store::Transaction transaction((*outbox)->database());
            const Command command{"a", What::kNew, "t", R"({"name":"n"})", {1, 0, "dev-1"}};
            if ((*outbox)->append(command, {})) (void)transaction.commit();
            disk.stop();
        }
        disk.start();
        bool told = false;
        {
            const auto outbox = Outbox::open(path, "dev-1");
            QVERIFY(outbox.ok());
            told = (*outbox)->find("a").value().has_value();
            disk.stop();
        }
        found += told;
        disk.losePower([] { return std::uint64_t{0}; });
        const auto outbox = Outbox::open(path, "dev-1");
        QVERIFY(outbox.ok());
        if (told)
            QVERIFY2((*outbox)->find("a").value().has_value(), qPrintable(q(std::to_string(stop))));
    }
    QVERIFY(found > 0);
}

void ForgetfulDiskTest::aFullDiskFailsAndHeals() {
    const QTemporaryDir directory(scratch());
    ForgetfulDisk disk(directory.path().toStdString());
    auto outbox = Outbox::open(directory.path().toStdString() + "/outbox.db", "dev-1");
    QVERIFY(outbox.ok());
    const auto append = [&](const std::string& id) -> Status {
        store::Transaction transaction((*outbox)->database());
        const Command command{id, What::kNew, "t" + id, "{\"name\":\"n\"}", {1, 0, "dev-1"}};
        if (const auto done = (*outbox)->append(command, {}); !done) return done.error();
        return transaction.commit();
    };
    QVERIFY(append("a").ok());
    for (const auto fault : {ForgetfulDisk::Fault::kFull, ForgetfulDisk::Fault::kWrites,
                             ForgetfulDisk::Fault::kSyncs}) {
        disk.fail(fault, "outbox.db");
        const Status failed = append("b");
        QVERIFY(!failed.ok());
        QCOMPARE(failed.error().code, ErrorCode::kDiskFull);
        QVERIFY(disk.failed() > 0);
        disk.heal();
        QVERIFY((*outbox)->reload().ok());
        QVERIFY(!(*outbox)->find("b").value().has_value());
        QCOMPARE((*outbox)->currentHighest(), 1U);
    }
    QVERIFY(append("b").ok());
    QCOMPARE((*outbox)->currentHighest(), 2U);
}

void ForgetfulDiskTest::otherFilesAreLeftAlone() {
    const QTemporaryDir mine(scratch());
    const QTemporaryDir other(scratch());
    ForgetfulDisk disk(mine.path().toStdString());
    disk.stop();
    QVERIFY(!Outbox::open(mine.path().toStdString() + "/outbox.db", "dev-1").ok());
    QVERIFY(Outbox::open(other.path().toStdString() + "/outbox.db", "dev-1").ok());
    QVERIFY(Outbox::open(":memory:", "dev-1").ok());
    disk.start();
    QVERIFY(Outbox::open(mine.path().toStdString() + "/outbox.db", "dev-1").ok());
    // All that was not synced is gone: the device id was.
    disk.losePower([] { return std::uint64_t{0}; });
    const auto again = Outbox::open(mine.path().toStdString() + "/outbox.db", "dev-2");
    QVERIFY(again.ok());
    QCOMPARE((*again)->currentDevice(), std::string("dev-1"));
}

QTEST_GUILESS_MAIN(ForgetfulDiskTest)
#include "forgetful_disk_test.moc"
