// SPDX-License-Identifier: MIT
#include "datastore/accounts.h"
#include "datastore/ledger.h"
#include "datastore/sql_repository.h"
#include "model/json.h"
#include "support/memory_repository.h"
#include "support/postgresql_fixture.h"

#include <QtTest>

#include <random>

using namespace hashira;
namespace accounts = datastore::accounts;
namespace ledger = datastore::ledger;

namespace {

class SeededRandom final : public Random {
public:
    explicit SeededRandom(std::uint64_t seed) : m_engine(seed) {}
    std::uint64_t next() override { return m_engine(); }
    int below(int limit) { return static_cast<int>(next() % static_cast<std::uint64_t>(limit)); }

private:
    std::mt19937_64 m_engine;
};

sync::NumberedCommand numbered(std::uint64_t number, const std::string& payload, What what,
                               Stamp stamp) {
    sync::NumberedCommand result;
    result.number = number;
    result.command = {
        QString::asprintf("00000000-0000-4000-8000-%012d", static_cast<int>(number)).toStdString(),
        what,
        {},
        payload,
        std::move(stamp)};
    return result;
}

std::string taskId(int n) {
    return QString::asprintf("00000000-0000-7000-8000-%012d", n).toStdString();
}

std::string text(const sync::ApplyResponse& response) {
    std::string out = std::to_string(response.helloNeeded) +
                      std::to_string(response.expectedNumber) + " " +
                      std::to_string(response.clockAheadMs.value_or(-1)) + " " +
                      std::to_string(response.cursor.version) + response.cursor.token;
    for (const auto& result : response.results)
        out += " " + std::to_string(result.number) + result.commandId + result.refusal;
    return out;
}

std::string text(const sync::PushResponse& response) {
    return std::to_string(response.helloNeeded) + std::to_string(response.cursor.version) +
           response.cursor.token;
}

std::string text(const sync::Hello& hello) {
    std::string out = std::to_string(hello.cursorKnown) + std::to_string(hello.cursorOld) +
                      std::to_string(hello.cursor.version);
    for (const auto& device : hello.devices) {
        out += " " + device.device + std::to_string(device.last) + device.hash;
        for (const auto& refusal : device.refusals)
            out += " " + std::to_string(refusal.number) + refusal.reason;
    }
    return out;
}

std::string text(const ledger::Swept& swept) {
    return std::to_string(swept.tombstones) + " " + std::to_string(swept.versions) + " " +
           std::to_string(swept.refusals) + " " + std::to_string(swept.more) + " " +
           std::to_string(swept.cursor.version) + swept.cursor.token;
}

template <typename T>
std::string text(const Result<T>& result) {
    return result ? text(*result) : "error " + result.error().message;
}

/// The same operation on both repositories must tell the same.
class Twins {
public:
    Twins(datastore::SqlDatabase& sql, const std::string& account)
        : m_sql(sql), m_account(*accounts::find(sql, account)) {
        const auto transaction =
            datastore::beginTransaction(sql, datastore::Scope::Mode::kRead, m_account);
        m_incarnation = (*transaction)->account()->incarnation;
        m_memory.addAccount(account, m_incarnation);
    }
    const std::string& incarnation() const { return m_incarnation; }
    const sync::Cursor& cursor() const { return m_memory.find(m_account.id)->state.cursor; }

    template <typename Answer, typename Request>
    bool same(Result<Answer> (*function)(datastore::Transaction&, const Request&,
                                         const ledger::Context&),
              const Request& request, std::int64_t nowMs) {
        const ledger::Context context{nowMs, "t" + std::to_string(++m_tokens), "v"};
        std::string answers[2];
        const auto run = [&](datastore::Transaction& transaction) {
            const auto answer = function(transaction, request, context);
            if (answer && !transaction.commit()) return std::string("commit");
            return text(answer);
        };
        {
            const auto transaction = m_memory.begin(m_account.id);
            answers[0] = run(*transaction);
        }
        {
            auto transaction =
                datastore::beginTransaction(m_sql, datastore::Scope::Mode::kWrite, m_account);
            answers[1] = run(**transaction);
        }
        if (answers[0] != answers[1]) qWarning("%s\n%s", answers[0].c_str(), answers[1].c_str());
        return answers[0] == answers[1];
    }

    /// What the account's documents take is counted right, whatever came and went.
    bool countsBytes() {
        std::int64_t bytes = 0;
        const auto* account = m_memory.find(m_account.id);
        for (const auto& [id, row] : account->documents)
            bytes += static_cast<std::int64_t>(row.text.size());
        const auto stored =
            (*datastore::beginTransaction(m_sql, datastore::Scope::Mode::kRead, m_account))
                ->account();
        return account->state.bytes == bytes && stored && stored->bytes == bytes;
    }

    bool sameFetch(const sync::FetchRequest& request) {
        std::string answers[2];
        const auto run = [&](datastore::Transaction& transaction) {
            std::string out;
            const auto end = ledger::fetch(transaction, request, {}, [&](sync::Chunk chunk) {
                out += chunk.week + chunk.documentsJson + chunk.digest +
                       std::to_string(chunk.count) + std::to_string(chunk.last) + "\n";
                return Status();
            });
            if (!end) return "error " + end.error().message;
            out += std::to_string(end->helloNeeded) + std::to_string(end->state.cursor.version);
            for (const auto& device : end->state.devices) out += " " + std::to_string(device.last);
            return out;
        };
        answers[0] = run(*m_memory.begin(m_account.id));
        answers[1] =
            run(**datastore::beginTransaction(m_sql, datastore::Scope::Mode::kRead, m_account));
        if (answers[0] != answers[1]) qWarning("%s\n%s", answers[0].c_str(), answers[1].c_str());
        return answers[0] == answers[1];
    }

private:
    datastore::SqlDatabase& m_sql;
    test::MemoryRepository m_memory;
    datastore::AccountKey m_account;
    std::string m_incarnation;
    int m_tokens = 0;
};

/// Random commands of two devices, some of them broken.
sync::NumberedCommand randomCommand(SeededRandom& random, std::uint64_t number,
                                    const std::string& device) {
    const std::string id = taskId(random.below(12));
    const Stamp stamp{random.below(40) == 0 ? 999'999'999'999 : 1'000 + random.below(500), 0,
                      device};
    Fields fields;
    if (random.below(4) == 0)
        fields.push_back({"deleted", random.below(3) == 0 ? "false" : "true"});
    if (random.below(2)) {
        const int day = 1 + random.below(28);
        fields.push_back(
            {"done", "\"" + QString::asprintf("2026-11-%02dT10:00:00Z", day).toStdString() + "\""});
    }
    fields.push_back(
        {"name", random.below(12) ? json::quoted("n" + std::to_string(random.below(99))) : "5"});
    fields.push_back({"place", random.below(2) ? "\"done\"" : "\"todo\""});
    auto command = numbered(number, makePayload(id, fields), What::kUpdate, stamp);
    command.withdrawn = random.below(15) == 0;
    command.acceptedBefore = random.below(10) == 0;
    return command;
}

}  // namespace

/// The repository in memory, on which simulations run, and the one on SQL must tell the same.
class RepositoryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { test::Databases::addRows(); }
    void repositoriesAgree_data();
    void repositoriesAgree();
    void textsOfAllKinds();

private:
    test::Databases m_databases;
};

void RepositoryTest::repositoriesAgree_data() {
    QTest::addColumn<int>("seed");
    for (int seed = 1; seed <= 10; ++seed) QTest::addRow("seed %d", seed) << seed;
}

void RepositoryTest::repositoriesAgree() {
    QFETCH(int, seed);
    auto sql = std::move(*datastore::SqlDatabase::open(m_databases.make()));
    SeededRandom random(static_cast<std::uint64_t>(seed));
    SystemClock clock;
    const auto account = accounts::add(*sql, "me", {}, clock, random);
    QVERIFY(account.ok());
    // Another account with the same devices and tasks must not be seen.
    const auto other = accounts::add(*sql, "other", {}, clock, random);
    Twins others(*sql, *other);
    Twins twins(*sql, *account);
    std::map<std::string, std::vector<sync::NumberedCommand>> history;
    std::vector<sync::Cursor> cursors{{}, {3, "t1"}};
    for (int step = 0; step < 140; ++step) {
        const std::string device = random.below(2) ? "d1" : "d2";
        auto& commands = history[device];
        const int kind = random.below(11);
        const std::int64_t nowMs = 2'000 + step;
        cursors.push_back(twins.cursor());
        if (kind < 6) {
            while (random.below(3))
                commands.push_back(randomCommand(random, commands.size() + 1, device));
            const auto first =
                commands.empty()
                    ? 0u
                    : static_cast<std::size_t>(random.below(static_cast<int>(commands.size())));
            Hash previous = chainStart();
            for (std::size_t i = 0; i < first; ++i)
                previous =
                    chainNext(previous, commands[i].command.commandId, commands[i].command.payload);
            sync::ApplyRequest request{twins.incarnation(), device, previous, {}};
            request.commands.assign(commands.begin() + static_cast<std::ptrdiff_t>(first),
                                    commands.end());
            QVERIFY(twins.same(ledger::apply, request, nowMs));
            request.incarnation = others.incarnation();
            if (random.below(4) == 0) QVERIFY(others.same(ledger::apply, request, nowMs));
        } else if (kind == 6) {
            Document document{taskId(random.below(14)),
                              {{"name", "\"p\"", {900 + random.below(900), 0, "d9"}}}};
            QVERIFY(twins.same(
                ledger::push,
                sync::PushRequest{twins.incarnation(), "[" + documentText(document) + "]"}, nowMs));
        } else if (kind == 7) {
            const auto settled = static_cast<std::uint64_t>(random.below(5));
            for (const sync::Cursor& cursor : cursors)
                QVERIFY(twins.same(ledger::hello,
                                   sync::WatchRequest{{{"d1", settled}, {"d2", 0}}, cursor, {}},
                                   nowMs));
        } else if (kind == 10) {
            const ledger::Retention retention{nowMs - random.below(40), nowMs - random.below(40), 2,
                                              1 + random.below(5)};
            QVERIFY(twins.same(ledger::sweep, retention, nowMs));
        } else {
            sync::FetchRequest request;
            request.incarnation = twins.incarnation();
            request.devices = {"d1", "d2"};
            if (kind == 8) request.since = sync::Cursor{};
            if (kind == 9)
                request.scope = {Week::parse("2026-W45"), Week::parse("2026-W47"),
                                 random.below(2) == 0};
            if (random.below(3) == 0) request.scope.to.reset();
            request.digestsOnly = kind == 9 && random.below(3) == 0;
            QVERIFY(twins.sameFetch(request));
        }
    }
    sync::FetchRequest all;
    all.since = sync::Cursor{};
    for (Twins* each : {&twins, &others}) {
        QVERIFY(each->countsBytes());
        all.incarnation = each->incarnation();
        QVERIFY(each->sameFetch(all));
    }
}

/// Whatever a payload holds is kept or refused alike: a database that took offence at a text would
/// keep the commands behind it from ever being applied.
void RepositoryTest::textsOfAllKinds() {
    auto sql = std::move(*datastore::SqlDatabase::open(m_databases.make()));
    SeededRandom random(1);
    SystemClock clock;
    Twins twins(*sql, *accounts::add(*sql, "me", {}, clock, random));
    const std::string longKey(3'000, 'k');
    const std::string values[] = {R"("\u0000")",
                                  R"("a\u0000b")",
                                  R"("\ud800")",
                                  R"("\udc00\ud800")",
                                  R"("\ufffe\uffff")",
                                  R"("\ud83d\ude00")",
                                  "\"\xF0\x9F\x98\x80\"",
                                  R"("\\ \" ' { } , ? $1 ?")",
                                  R"({"a":["\u0000",{}]})",
                                  "\"\xC2\x80\xEF\xBF\xBE\"",
                                  "[]",
                                  "1e400",
                                  "123456789012345678901234567890",
                                  "\"\"",
                                  "5",
                                  "\"" + std::string(500, '\'') + "\""};
    const std::string keys[] = {
        "note",     "x",     R"(x\u0000y)", R"(\ud800)",          R"(\")", "?", "",
        "\xC3\xBC", longKey, R"(\u0000)",   longKey + "\xC3\xBC", "id\\n"};
    std::vector<sync::NumberedCommand> commands;
    for (const std::string& key : keys)
        for (const std::string& value : values)
            commands.push_back(numbered(commands.size() + 1,
                                        R"({"id":")" + taskId(static_cast<int>(commands.size())) +
                                            R"(","name":"n",")" + key + "\":" + value + "}",
                                        What::kNew, {1'000, 0, "d1"}));
    for (const char* payload :
         {"", "\x7F", "{", "{}", "[]", "null", "{\"id\":\"\\u0000\"}", "\xC3\xBC"})
        commands.push_back(numbered(commands.size() + 1, payload, What::kUpdate, {1, 0, "d1"}));
    Hash hash = chainStart();
    for (const sync::NumberedCommand& command : commands) {
        QVERIFY(twins.same(ledger::apply,
                           sync::ApplyRequest{twins.incarnation(), "d1", hash, {command}}, 2'000));
        hash = chainNext(hash, command.command.commandId, command.command.payload);
    }
    QVERIFY(twins.same(ledger::hello, sync::WatchRequest{{{"d1", 0}}, {}, {}}, 2'000));
    sync::FetchRequest all;
    all.incarnation = twins.incarnation();
    all.since = sync::Cursor{};
    QVERIFY(twins.sameFetch(all));
}

QTEST_GUILESS_MAIN(RepositoryTest)
#include "repository_test.moc"
