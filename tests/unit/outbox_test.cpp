// SPDX-License-Identifier: MIT
// Rows are written some at a time: until then nobody may notice that they are not in the file.
#include <QTest>

#include "model/command.h"
#include "store/outbox.h"

#include <memory>
#include <set>
#include <string>

using namespace hashira;
using store::Outbox;

namespace {

/// An outbox in memory with a transaction under way.
class Log {
public:
    Log() : m_outbox(std::move(*Outbox::open(":memory:", "dev-1"))) { (void)database().begin(); }

    Outbox& outbox() { return *m_outbox; }
    store::Database& database() { return m_outbox->database(); }
    bool append(int count) {
        for (int i = 0; i < count; ++i) {
            const std::string name = std::to_string(++m_made);
            Command command{"c" + name, What::kNew, "t" + name, "{}", {m_made, 0, "dev-1"}};
            if (!m_outbox->append(std::move(command), {})) return false;
        }
        return true;
    }
    /// Of the file, by a statement of its own.
    int rows() {
        store::Statement count = database().prepare("SELECT count(*) FROM commands");
        return count.step() ? static_cast<int>(count.integer(0)) : -1;
    }
    bool has(int number) {
        const auto found = m_outbox->find("c" + std::to_string(number));
        return found && *found && (*found)->number == static_cast<std::uint64_t>(number);
    }

private:
    std::unique_ptr<Outbox> m_outbox;
    int m_made = 0;
};

}  // namespace

class OutboxTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyReadingHasAllRows_data() {
        QTest::addColumn<int>("count");
        for (const int count : {1, 3, 15, 16, 17, 50}) QTest::addRow("%d rows", count) << count;
    }
    void everyReadingHasAllRows() {
        QFETCH(int, count);
        const auto appended = [&](Log& log) { return log.append(count); };
        Log found, overlaid, batched, counted, changed;
        QVERIFY(appended(found) && found.has(count) && found.has(1));
        QVERIFY(appended(overlaid));
        const auto overlay = overlaid.outbox().overlay("t" + std::to_string(count), {});
        QVERIFY(overlay && overlay->size() == 1);
        QVERIFY(appended(batched));
        const auto batch = batched.outbox().batch("dev-1", 1, 1'000, 1'000'000);
        QVERIFY(batch && batch->size() == static_cast<std::size_t>(count));
        for (int i = 0; i < count; ++i)
            QCOMPARE((*batch)[static_cast<std::size_t>(i)].number,
                     static_cast<std::uint64_t>(i) + 1);
        QVERIFY(appended(counted));
        QCOMPARE(counted.rows(), count);
        QVERIFY(appended(changed));
        const auto tasks = changed.outbox().changedSince(0);
        QVERIFY(tasks && tasks->size() == static_cast<std::size_t>(count));
    }

    void aCommitHasAllRows() {
        Log log;
        QVERIFY(log.append(19) && log.database().commit());
        // What is in the file stays after this.
        QVERIFY(log.database().begin() && log.append(1));
        log.database().rollback();
        QVERIFY(log.outbox().reload());
        QCOMPARE(log.outbox().currentHighest(), std::uint64_t{19});
        QCOMPARE(log.rows(), 19);
    }

    void aRollbackTakesAllRows() {
        Log log;
        QVERIFY(log.append(19));
        log.database().rollback();
        QVERIFY(log.outbox().reload() && log.database().begin());
        QCOMPARE(log.rows(), 0);
        QVERIFY(log.append(1) && log.database().commit());
        QCOMPARE(log.rows(), 1);
    }

    void takeBackLeavesWhatWasBefore() {
        Log log;
        QVERIFY(log.append(18));
        const Outbox::Mark mark = log.outbox().mark();
        QVERIFY(log.append(20) && log.outbox().takeBack(mark) && log.database().commit());
        QCOMPARE(log.rows(), 18);
        QCOMPARE(log.outbox().currentHighest(), std::uint64_t{18});
    }

    void aRowThatCannotBeWrittenFailsTheCommit() {
        Log log;
        QVERIFY(log.append(2));
        Command twice{"c1", What::kNew, "t1", "{}", {3, 0, "dev-1"}};
        QVERIFY(log.outbox().append(std::move(twice), {}));
        QVERIFY(!log.database().commit());
        QVERIFY(!log.database().inTransaction());
        QCOMPARE(log.rows(), 0);
    }
};

QTEST_GUILESS_MAIN(OutboxTest)
#include "outbox_test.moc"
