// SPDX-License-Identifier: MIT
#include "wire/snapshot.h"

#include "base/limits.h"
#include "model/json.h"

#include <QtTest>

#include <hashira/v1/hashira.pb.h>

#include <map>
#include <random>
#include <thread>

using namespace hashira;
using namespace hashira::wire;

namespace {

/// A task of the naive model.
struct Known {
    std::string place;
    std::string rank;
    std::string note;
    bool deleted = false;
    bool pending = false;
    std::uint64_t revision = 0;

    bool sameText(const Known& other) const {
        return place == other.place && rank == other.rank && note == other.note &&
               deleted == other.deleted && pending == other.pending;
    }
};

std::string idOf(int number) {
    char text[40];
    std::snprintf(text, sizeof text, "01930000-0000-7000-8000-%012x", number);
    return text;
}

Document documentOf(const std::string& id, const std::vector<FieldValue>& fields) {
    Document document;
    document.id = id;
    merge(document, fields, Stamp{1, 0, "a"});
    return document;
}

SnapshotTask taskOf(const std::string& id, const Known& known) {
    return {documentOf(id, {{"deleted", known.deleted ? "true" : "false"},
                            {"name", json::quoted("task " + id)},
                            {"note", json::quoted(known.note)},
                            {"place", json::quoted(known.place)},
                            {"rank", json::quoted(known.rank)}}),
            known.pending};
}

v1::Task decoded(const std::string& bytes) {
    v1::Task task;
    if (!task.ParseFromString(bytes)) qFatal("not a task");
    return task;
}

/// All tasks of the pieces, in order.
std::vector<v1::Task> tasksOf(const std::vector<WeekSnapshot::Piece>& pieces, bool deleted) {
    std::vector<v1::Task> tasks;
    for (const auto& piece : pieces) {
        v1::RetrieveResponse message;
        if (!message.ParseFromString(piece->body(deleted))) qFatal("not a message");
        if (message.tasks().empty()) qFatal("an empty piece");
        tasks.insert(tasks.end(), message.tasks().begin(), message.tasks().end());
    }
    return tasks;
}

/// The snapshot beside the naive model that it must agree with.
class Pair {
public:
    explicit Pair(unsigned seed) : m_random(seed) {
        m_snapshot = WeekSnapshot::build({2'900}, {}, m_revision);
    }

    void step();
    void compareAll() const;
    void compareSince(std::uint64_t since, bool includeDeleted) const;
    std::uint64_t revision() const { return m_revision; }
    int pick(int below) { return static_cast<int>(m_random() % static_cast<unsigned>(below)); }
    const std::map<std::string, Known>& known() const { return m_known; }
    const WeekSnapshot& snapshot() const { return *m_snapshot; }

private:
    Known randomKnown();

    std::mt19937 m_random;
    std::uint64_t m_revision = 10;
    std::map<std::string, Known> m_known;
    std::map<std::string, std::uint64_t> m_left;  ///< id, revision at which it last left
    std::shared_ptr<const WeekSnapshot> m_snapshot;
};

Known Pair::randomKnown() {
    static const char* const kNames[] = {"backlog", "todo", "doing", "done"};
    Known known;
    known.place = kNames[pick(4)];
    for (int i = 0; i < 3; ++i) known.rank += static_cast<char>('A' + pick(20));
    // Now and then a task larger than a whole piece.
    known.note = std::string(static_cast<std::size_t>(pick(50) == 0 ? 70'000 : pick(2'000)), 'n');
    known.deleted = pick(6) == 0;
    known.pending = pick(2) == 0;
    return known;
}

void Pair::step() {
    WeekSnapshot::Change change;
    std::map<std::string, std::optional<Known>> wanted;
    const int changes = pick(10) == 0 ? pick(300) : pick(4);
    for (int i = 0; i < changes; ++i) {
        const std::string id = idOf(pick(400));
        if (wanted.count(id)) continue;
        if (pick(3) == 0) {
            change.remove.push_back(id);
            wanted[id] = std::nullopt;
        } else {
            // Sometimes put again as it is.
            const auto at = m_known.find(id);
            const Known known = at != m_known.end() && pick(4) == 0 ? at->second : randomKnown();
            change.put.push_back(taskOf(id, known));
            wanted[id] = known;
        }
    }
    ++m_revision;
    for (auto& [id, known] : wanted) {
        const auto at = m_known.find(id);
        if (!known) {
            if (at != m_known.end()) m_left[id] = m_revision;
            m_known.erase(id);
        } else if (at == m_known.end() || !at->second.sameText(*known)) {
            known->revision = m_revision;
            m_known[id] = *known;
        }
    }
    m_snapshot = m_snapshot->with(change, m_revision);
}

void Pair::compareAll() const {
    QCOMPARE(m_snapshot->size(), m_known.size());
    for (const bool deleted : {true, false}) {
        static const std::map<std::string, int> kOrder = {
            {"backlog", 1}, {"todo", 2}, {"doing", 3}, {"done", 4}};
        std::vector<std::tuple<int, std::string, std::string>> expected;
        for (const auto& [id, known] : m_known)
            if (deleted || !known.deleted)
                expected.emplace_back(kOrder.at(known.place), known.rank, id);
        std::sort(expected.begin(), expected.end());
        const auto tasks = tasksOf(m_snapshot->pieces(deleted), deleted);
        QCOMPARE(tasks.size(), expected.size());
        for (std::size_t i = 0; i < tasks.size(); ++i) {
            QCOMPARE(tasks[i].id(), std::get<2>(expected[i]));
            const Known& known = m_known.at(tasks[i].id());
            QCOMPARE(tasks[i].note(), known.note);
            QCOMPARE(tasks[i].pending(), known.pending);
            QCOMPARE(tasks[i].deleted(), known.deleted);
        }
    }
}

void Pair::compareSince(std::uint64_t since, bool includeDeleted) const {
    std::set<std::string> changed;
    std::set<std::string> removed;
    for (const auto& [id, known] : m_known)
        if (known.revision > since)
            (known.deleted && !includeDeleted ? removed : changed).insert(id);
    for (const auto& [id, revision] : m_left)
        if (revision > since && !m_known.count(id)) removed.insert(id);

    const auto delta = m_snapshot->changedSince(since, includeDeleted);
    std::set<std::string> told;
    for (const v1::Task& task : tasksOf(delta.pieces, includeDeleted)) told.insert(task.id());
    QCOMPARE(told, changed);
    QCOMPARE(std::set<std::string>(delta.removed.begin(), delta.removed.end()), removed);
    QCOMPARE(delta.removed.size(), removed.size());
}

}  // namespace

class SnapshotTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void agreesWithNaiveModel_data() {
        QTest::addColumn<unsigned>("seed");
        for (unsigned seed = 1; seed <= 8; ++seed) QTest::addRow("seed %u", seed) << seed;
    }
    void agreesWithNaiveModel() {
        QFETCH(unsigned, seed);
        Pair pair(seed);
        for (int i = 0; i < 250; ++i) {
            pair.step();
            const auto since =
                10 + static_cast<std::uint64_t>(pair.pick(static_cast<int>(pair.revision() - 9)));
            if (pair.snapshot().knows(since)) pair.compareSince(since, i % 2 == 0);
            if (QTest::currentTestFailed()) return;
            if (i % 25 == 0) pair.compareAll();
            if (QTest::currentTestFailed()) return;
        }
        pair.compareAll();
    }

    void builtAtOnceEqualsBuiltByChanges() {
        Pair pair(99);
        for (int i = 0; i < 100; ++i) pair.step();
        std::vector<SnapshotTask> tasks;
        for (const auto& [id, known] : pair.known()) tasks.push_back(taskOf(id, known));
        const auto built = WeekSnapshot::build({2'900}, tasks, pair.revision());
        const auto joined = [](const WeekSnapshot& snapshot) {
            std::string bytes;
            for (const auto& piece : snapshot.pieces(true)) bytes += piece->body(true);
            return bytes;
        };
        QVERIFY(joined(*built) == joined(pair.snapshot()));
        QVERIFY(!built->knows(pair.revision() - 1));
        QVERIFY(built->knows(pair.revision()));
    }

    void piecesStayAboutTheirSize() {
        std::vector<SnapshotTask> tasks;
        Known known{"todo", "M", std::string(300, 'x')};
        for (int i = 0; i < 3'000; ++i) tasks.push_back(taskOf(idOf(i), known));
        auto snapshot = WeekSnapshot::build({2'900}, tasks, 1);
        std::uint64_t revision = 1;
        // Growing in one spot, then shrinking to nearly nothing.
        for (int i = 3'000; i < 5'000; ++i)
            snapshot = snapshot->with({{taskOf(idOf(i), known)}, {}}, ++revision);
        for (const auto& piece : snapshot->pieces(true))
            QVERIFY(piece->bytes() <= limits::kPieceBytes * 2);
        QVERIFY(snapshot->pieces(true).size() < 60);
        for (int i = 0; i < 4'990; ++i) snapshot = snapshot->with({{}, {idOf(i)}}, ++revision);
        QCOMPARE(snapshot->size(), std::size_t{10});
        QCOMPARE(snapshot->pieces(true).size(), std::size_t{1});
    }

    void sharesWhatIsNotTouched() {
        std::vector<SnapshotTask> tasks;
        for (int i = 0; i < 2'000; ++i)
            tasks.push_back(taskOf(idOf(i), {"todo", "M", std::string(300, 'x')}));
        const auto before = WeekSnapshot::build({2'900}, tasks, 1);
        const auto after = before->with({{taskOf(idOf(1'000), {"todo", "M", "changed"})}, {}}, 2);
        const auto old = before->pieces(true);
        std::size_t shared = 0;
        for (const auto& piece : after->pieces(true))
            shared += static_cast<std::size_t>(std::count(old.begin(), old.end(), piece));
        QCOMPARE(shared, old.size() - 1);
    }

    void forgetsOldRemovals() {
        std::vector<SnapshotTask> tasks;
        for (int i = 0; i < 5'000; ++i) tasks.push_back(taskOf(idOf(i), {"todo", "M", ""}));
        auto snapshot = WeekSnapshot::build({2'900}, tasks, 1);
        for (int i = 0; i < 4'096; ++i)
            snapshot = snapshot->with({{}, {idOf(i)}}, 2 + static_cast<std::uint64_t>(i));
        QVERIFY(snapshot->knows(1));
        QCOMPARE(snapshot->changedSince(1, false).removed.size(), std::size_t{4'096});
        snapshot = snapshot->with({{}, {idOf(4'500)}}, 4'098);
        QVERIFY(!snapshot->knows(1));
        QVERIFY(snapshot->knows(4'097));
        QCOMPARE(snapshot->changedSince(4'097, false).removed,
                 std::vector<std::string>{idOf(4'500)});
    }

    void bodiesAreMadeOnceForAllThreads() {
        std::vector<SnapshotTask> tasks;
        for (int i = 0; i < 500; ++i)
            tasks.push_back(taskOf(idOf(i), {"todo", "M", "", i % 3 == 0}));
        const auto snapshot = WeekSnapshot::build({2'900}, tasks, 1);
        std::vector<const char*> seen(8);
        std::vector<std::thread> threads;
        for (std::size_t i = 0; i < seen.size(); ++i)
            threads.emplace_back(
                [&, i] { seen[i] = snapshot->pieces(i % 2)[0]->body(i % 2).data(); });
        for (std::thread& thread : threads) thread.join();
        for (std::size_t i = 2; i < seen.size(); ++i) QVERIFY(seen[i] == seen[i % 2]);
        QVERIFY(seen[0] != seen[1]);
    }

    void encodesFields() {
        const auto task =
            decoded(encodeTask(documentOf(idOf(1), {{"created", "\"2026-11-23T19:45:33+01:00\""},
                                                    {"done", "null"},
                                                    {"due", "17"},
                                                    {"effort", "{\"hours\":1.50}"},
                                                    {"labels", "[\"a\",\"b\\\"c\"]"},
                                                    {"name", "\"Milk \\u0000é\""},
                                                    {"note", "\"\""},
                                                    {"place", "\"doing\""},
                                                    {"rank", "\"V\""},
                                                    {"url", "null"},
                                                    {"z\"", "1e300"}}),
                               true));
        QCOMPARE(task.id(), idOf(1));
        QCOMPARE(task.name(), std::string("Milk \0é", 8));
        QCOMPARE(task.place(), v1::PLACE_DOING);
        QCOMPARE(task.labels_size(), 2);
        QCOMPARE(task.labels(1), std::string("b\"c"));
        QVERIFY(task.has_note() && task.note().empty());
        QVERIFY(!task.has_due() && !task.has_done() && !task.has_started());
        QVERIFY(task.has_created() && task.pending() && !task.deleted());
        QCOMPARE(task.extra_json(),
                 std::string("{\"due\":17,\"effort\":{\"hours\":1.50},\"z\\\"\":1e300}"));
        QVERIFY(json::parseObject(task.extra_json()));
    }

    void keepsKnownFieldsOfWrongTypes() {
        const auto task = decoded(encodeTask(documentOf(idOf(1), {{"deleted", "1"},
                                                                  {"labels", "[\"a\",2]"},
                                                                  {"name", "\"n\""},
                                                                  {"place", "\"attic\""},
                                                                  {"rank", "[]"}}),
                                             false));
        QCOMPARE(task.place(), v1::PLACE_BACKLOG);
        QCOMPARE(task.labels_size(), 0);
        QCOMPARE(task.extra_json(), std::string("{\"deleted\":1,\"labels\":[\"a\",2],"
                                                "\"place\":\"attic\",\"rank\":[]}"));
    }
};

QTEST_APPLESS_MAIN(SnapshotTest)
#include "snapshot_test.moc"
