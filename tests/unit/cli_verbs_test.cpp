// SPDX-License-Identifier: MIT
#include "cli_fake_client.h"
#include "task.h"

#include "model/json.h"
#include "model/uuid.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include <optional>

using namespace hashira;
using namespace hashira::cli;

class CliVerbsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void shortIdsNameOneTask();
    void jsonShapeOfATask();
    void addShowsWhatItAdded();
    void addSendsTheSameIdAgain();
    void waitThatRunsOutSaysItIsSafe();
    void ambiguousIdListsTheCandidates();
    void placesAndTheirJson();
    void editChangesOnlyWhatIsNamed();
    void moveAsksForANeighbour();
    void deletedTasksComeBack();
    void undoGoesBackStepByStep();
    void undoIsOfOneDaemon();
    void listSelects();
    void listSaysWhatIsIncomplete();
    void watchPrintsAListALine();
    void statusShape();
    void quitWaitsForTheEnd();
    void pausesFor_data();
    void pausesFor();
    void pausesForNothingElse();
    void rejectedActions();
    void endpoints();
    void exitCodes_data();
    void exitCodes();

private:
    QJsonObject object() const {
        return QJsonDocument::fromJson(QByteArray::fromStdString(m_person->out)).object();
    }
    QJsonArray array() const {
        return QJsonDocument::fromJson(QByteArray::fromStdString(m_person->out)).array();
    }

    std::optional<QTemporaryDir> m_directory;
    std::optional<Person> m_person;
};

namespace {
const std::string kMilk = "019ab000-0000-7000-8000-00000000aaaa";
const std::string kRent = "019ab000-0000-7000-8000-00000001aaaa";
const std::string kMom = "019ab000-0000-7000-8000-0000000000bb";
}  // namespace

void CliVerbsTest::init() {
    m_directory.emplace();
    m_person.emplace(m_directory->path().toStdString());
    m_person->daemon.add(kMilk, "Buy milk");
    m_person->daemon.add(kRent, "Pay rent", Place::kTodo);
    m_person->daemon.add(kMom, "Call Mom");
}

void CliVerbsTest::shortIdsNameOneTask() {
    const IdIndex index({kMilk, kRent, kMom});
    QCOMPARE(index.shortId(kMilk), std::string("0aaaa"));
    QCOMPARE(index.shortId(kRent), std::string("1aaaa"));
    QCOMPARE(index.shortId(kMom), std::string("00bb"));
    QCOMPARE(index.matches("aaaa").size(), std::size_t(2));
    QCOMPARE(index.matches("019AB000-0000").size(), std::size_t(3));
    QCOMPARE(index.matches(kMilk).size(), std::size_t(1));
    QVERIFY(index.matches("").empty() && index.matches("-").empty());
    // An end that another id begins with names two: it is made longer.
    const IdIndex crossing({kMilk, "11111111-0000-7000-8000-00000000019a"});
    QCOMPARE(crossing.shortId("11111111-0000-7000-8000-00000000019a"), std::string("0019a"));
}

void CliVerbsTest::jsonShapeOfATask() {
    Task& task = m_person->daemon.tasks[kMilk].task;
    task.extraJson = R"({"big":12345678901234567890,"cost":1.10,"week":"theirs"})";
    QCOMPARE(m_person->run({"show", "0aaaa", "--json"}), 0);
    QCOMPARE(
        m_person->out,
        std::string(
            R"({"id":"019ab000-0000-7000-8000-00000000aaaa","name":"Buy milk","place":"backlog","rank":"i1",)"
            R"("labels":[],"note":null,"due":null,"created":null,"started":null,"done":null,"deleted":false,)"
            R"("week":"2026-W48","pending":false,"big":12345678901234567890,"cost":1.10})"
            "\n"));
}

void CliVerbsTest::addShowsWhatItAdded() {
    QCOMPARE(m_person->run({"add", "Read", "a book", "--place", "todo", "--label", "x", "--label",
                            "x", "--due", "fri"}),
             0);
    const std::string id =
        checkDraft({}, What::kNew, m_person->daemon.sends.back()[0].payload)->taskId;
    QVERIFY(isUuid(id) && isUuid(m_person->daemon.sends.back()[0].id));
    QCOMPARE(m_person->out, "added  " + id.substr(32) + "  Read a book  (todo)\n");
    QCOMPARE(m_person->run({"add", "Other", "--json"}), 0);
    QCOMPARE(object().value(QStringLiteral("name")).toString(), QStringLiteral("Other"));
    QCOMPARE(object().value(QStringLiteral("place")).toString(), QStringLiteral("backlog"));
    QVERIFY(object().value(QStringLiteral("pending")).toBool());
    QCOMPARE(m_person->daemon.tasks[id].task.labels, std::vector<std::string>{"x"});
    QCOMPARE(*m_person->daemon.tasks[id].task.due, std::string("2026-11-27"));
}

void CliVerbsTest::addSendsTheSameIdAgain() {
    m_person->daemon.loseAnswers = 1;
    QCOMPARE(m_person->run({"add", "Once"}), 0);
    QCOMPARE(m_person->daemon.sends.size(), std::size_t(2));
    QCOMPARE(m_person->daemon.sends[0][0].id, m_person->daemon.sends[1][0].id);
    QCOMPARE(m_person->daemon.tasks.size(), std::size_t(4));
}

void CliVerbsTest::waitThatRunsOutSaysItIsSafe() {
    m_person->daemon.waitAnswer = Error{ErrorCode::kDeadline, "x"};
    QCOMPARE(m_person->run({"add", "Wait", "--wait", "applied", "--timeout", "3"}), 1);
    QVERIFY(m_person->err.find("not applied within 3 s; the task is safe on this machine") !=
            std::string::npos);
    QVERIFY(m_person->out.find("added") == 0);
    m_person->daemon.waitAnswer =
        front::Receipt{"c", "t", 1, front::Level::kDurable, true, "too big"};
    QCOMPARE(m_person->run({"add", "Wait", "--wait", "visible"}), 1);
    QVERIFY(m_person->err.find("the datastore refused it: too big") != std::string::npos);
    QCOMPARE(m_person->run({"add", "Wait", "--wait", "durable"}), 0);
}

void CliVerbsTest::ambiguousIdListsTheCandidates() {
    QCOMPARE(m_person->run({"done", "aaaa"}), 1);
    QVERIFY(m_person->err.find("\"aaaa\" names 2 tasks") != std::string::npos);
    QVERIFY(m_person->err.find("0aaaa  Buy milk") != std::string::npos);
    QVERIFY(m_person->err.find("1aaaa  Pay rent") != std::string::npos);
    QVERIFY(m_person->daemon.sends.empty());
    QCOMPARE(m_person->run({"done", "ffff"}), 1);
    QVERIFY(m_person->err.find("no task") != std::string::npos);
}

void CliVerbsTest::placesAndTheirJson() {
    QCOMPARE(m_person->run({"start", "00bb", "--json"}), 0);
    QCOMPARE(object().value(QStringLiteral("place")).toString(), QStringLiteral("doing"));
    QVERIFY(object().value(QStringLiteral("started")).isString());
    QCOMPARE(m_person->run({"done", "00bb", "0aaaa", "--json"}), 0);
    QCOMPARE(array().size(), 2);
    QCOMPARE(array()[1].toObject().value(QStringLiteral("place")).toString(),
             QStringLiteral("done"));
    const std::size_t sends = m_person->daemon.sends.size();
    QCOMPARE(m_person->run({"done", "00bb"}), 0);  // again: its date of completion stays
    QCOMPARE(m_person->daemon.sends.size(), sends);
    QVERIFY(m_person->out.find("done already") == 0);
}

void CliVerbsTest::editChangesOnlyWhatIsNamed() {
    m_person->daemon.tasks[kMilk].task.labels = {"a", "b"};
    QCOMPARE(
        m_person->run({"edit", "0aaaa", "--label", "c", "--unlabel", "a", "--due", "tomorrow"}), 0);
    QCOMPARE(
        m_person->daemon.sends.back()[0].payload,
        std::string(
            R"({"due":"2026-11-24","id":"019ab000-0000-7000-8000-00000000aaaa","labels":["b","c"]})"));
    QCOMPARE(m_person->run({"edit", "0aaaa", "--due", "none", "--note", ""}), 0);
    QCOMPARE(
        m_person->daemon.sends.back()[0].payload,
        std::string(R"({"due":null,"id":"019ab000-0000-7000-8000-00000000aaaa","note":null})"));
}

void CliVerbsTest::moveAsksForANeighbour() {
    QCOMPARE(m_person->run({"move", "00bb", "--top"}), 0);
    QVERIFY(m_person->daemon.sends.back()[0].payload.find("\"before\":\"" + kMilk) !=
            std::string::npos);
    QVERIFY(m_person->daemon.sends.back()[0].payload.find("place") == std::string::npos);
    // Beside a task of another place: into that place.
    QCOMPARE(m_person->run({"move", "00bb", "--after", "1aaaa"}), 0);
    QVERIFY(m_person->daemon.sends.back()[0].payload.find("\"place\":\"todo\"") !=
            std::string::npos);
    const std::size_t sends = m_person->daemon.sends.size();
    QCOMPARE(m_person->run({"move", "0aaaa", "--top"}), 0);
    QCOMPARE(m_person->daemon.sends.size(), sends);
    QCOMPARE(m_person->run({"move", "0aaaa", "--after", "0aaaa"}), 2);
    QCOMPARE(m_person->run({"move", "0aaaa"}), 2);
}

void CliVerbsTest::deletedTasksComeBack() {
    QCOMPARE(m_person->run({"rm", "0aaaa", "--json"}), 0);
    QVERIFY(object().value(QStringLiteral("deleted")).toBool());
    QCOMPARE(m_person->run({"list", "--json"}), 0);
    QCOMPARE(array().size(), 2);
    QCOMPARE(m_person->run({"list", "--json", "--deleted"}), 0);
    QCOMPARE(array().size(), 3);
    QCOMPARE(m_person->run({"show", "0aaaa"}), 0);
    // "aaaa" is one living and one deleted task: restore means the deleted one, done the living.
    QCOMPARE(m_person->run({"restore", "aaaa"}), 0);
    QVERIFY(!m_person->daemon.tasks[kMilk].task.deleted);
    QVERIFY(m_person->out.find("restored") == 0);
}

void CliVerbsTest::undoGoesBackStepByStep() {
    Task& milk = m_person->daemon.tasks[kMilk].task;
    milk.labels = {"a"};
    const std::string before = taskJson(milk);
    QCOMPARE(
        m_person->run({"edit", "0aaaa", "--name", "Buy oats", "--unlabel", "a", "--note", "n"}), 0);
    QCOMPARE(m_person->run({"done", "0aaaa"}), 0);
    QCOMPARE(m_person->run({"rm", "0aaaa"}), 0);
    QCOMPARE(m_person->run({"undo"}), 0);
    QVERIFY(!milk.deleted);
    QCOMPARE(m_person->out, std::string("undone  rm  0aaaa  Buy oats\n"));
    QCOMPARE(m_person->run({"undo", "--json"}), 0);
    QCOMPARE(object().value(QStringLiteral("place")).toString(), QStringLiteral("backlog"));
    QVERIFY(object().value(QStringLiteral("done")).isNull());
    QCOMPARE(m_person->run({"undo"}), 0);
    milk.pending = false;
    QCOMPARE(taskJson(milk), before);
    QCOMPARE(m_person->run({"add", "Soon gone"}), 0);
    QCOMPARE(m_person->run({"undo"}), 0);
    QCOMPARE(m_person->run({"undo"}), 1);
    QVERIFY(m_person->err.find("nothing to undo") != std::string::npos);
    QCOMPARE(m_person->run({"list", "--json"}), 0);
    QCOMPARE(array().size(), 3);
}

void CliVerbsTest::undoIsOfOneDaemon() {
    QCOMPARE(m_person->run({"done", "0aaaa"}), 0);
    QCOMPARE(m_person->run({"undo", "--socket", "unix:/elsewhere"}), 1);
    // The daemon is away: the entry stays for later.
    m_person->daemon.away = true;
    QCOMPARE(m_person->run({"undo"}), 3);
    m_person->daemon.away = false;
    QCOMPARE(m_person->run({"undo"}), 0);
}

void CliVerbsTest::listSelects() {
    m_person->daemon.tasks[kMom].task.labels = {"Familie"};
    m_person->daemon.tasks[kMom].offset = 3;
    QCOMPARE(m_person->run({"list"}), 0);
    QCOMPARE(m_person->out, std::string("0aaaa  backlog  Buy milk\n1aaaa  todo     Pay rent\n"));
    QCOMPARE(m_person->run({"list", "--weeks", "4", "--json", "FAMIL"}), 0);
    QCOMPARE(array().size(), 1);
    QCOMPARE(array()[0].toObject().value(QStringLiteral("week")).toString(),
             QStringLiteral("2026-W45"));
    QCOMPARE(m_person->run({"list", "--from", "3", "--to", "3", "--json"}), 0);
    QCOMPARE(array().size(), 1);
    QCOMPARE(m_person->run({"list", "--from", "2026-W45", "--to", "2026-11-10", "--json"}), 0);
    QCOMPARE(array().size(), 1);
    QCOMPARE(m_person->run({"list", "--from", "1", "--json"}), 0);
    QCOMPARE(array().size(), 1);
    QCOMPARE(m_person->run({"list", "--place", "todo", "--json"}), 0);
    QCOMPARE(array().size(), 1);
    QCOMPARE(m_person->run({"list", "--label", "Familie", "--weeks", "9", "--json"}), 0);
    QCOMPARE(array().size(), 1);
    QCOMPARE(m_person->run({"list", "nowhere", "--json"}), 0);
    QCOMPARE(m_person->out, std::string("[]\n"));
}

void CliVerbsTest::listSaysWhatIsIncomplete() {
    m_person->daemon.incompleteWeeks[0] = "not fetched yet";
    m_person->daemon.incompleteWeeks[4] = "not asked for";
    QCOMPARE(m_person->run({"list"}), 0);
    QCOMPARE(m_person->err, std::string("hashira: incomplete: 2026-W48: not fetched yet\n"));
}

void CliVerbsTest::watchPrintsAListALine() {
    m_person->daemon.notes = {{m_person->daemon.revision, true, {0}, false, false},
                              {m_person->daemon.revision, false, {7}, false, false},
                              {m_person->daemon.revision, false, {0, 1}, false, false}};
    QCOMPARE(m_person->run({"watch", "--json"}), 0);
    // Week 7 is not shown: the second notification draws nothing.
    QCOMPARE(std::count(m_person->out.begin(), m_person->out.end(), '\n'), 2);
    QCOMPARE(QJsonDocument::fromJson(
                 QByteArray::fromStdString(m_person->out.substr(0, m_person->out.find('\n'))))
                 .array()
                 .size(),
             3);
}

void CliVerbsTest::statusShape() {
    m_person->daemon.status.connectivity = front::Connectivity::kOffline;
    m_person->daemon.status.waitingFor = front::WaitingFor::kToken;
    m_person->daemon.status.pending = 3;
    m_person->daemon.status.rejected = 1;
    QCOMPARE(m_person->run({"status", "--json"}), 0);
    QCOMPARE(object().value(QStringLiteral("connectivity")).toString(), QStringLiteral("offline"));
    QCOMPARE(object().value(QStringLiteral("waiting_for")).toString(), QStringLiteral("token"));
    QCOMPARE(object().value(QStringLiteral("pending")).toInt(), 3);
    QCOMPARE(object().value(QStringLiteral("rejected")).toInt(), 1);
    QVERIFY(object().value(QStringLiteral("revision")).isDouble());
    QVERIFY(object().value(QStringLiteral("last_sync")).isNull());
    QCOMPARE(object().value(QStringLiteral("version")).toString(), QStringLiteral("0.1.0"));
    QCOMPARE(m_person->run({"status"}), 0);
    QVERIFY(m_person->out.find("the datastore refused the token; sign in again with a new one") !=
            std::string::npos);
    QVERIFY(m_person->out.find("3 changes not synced yet") != std::string::npos);
}

void CliVerbsTest::quitWaitsForTheEnd() {
    QCOMPARE(m_person->run({"quit"}), 0);
    QCOMPARE(m_person->daemon.shutDowns, 1);
    QVERIFY(m_person->out.find("the daemon has ended") == 0);
    QCOMPARE(m_person->run({"quit", "--json"}), 0);
    QCOMPARE(m_person->out, std::string("{\"process\":4711}\n"));
    m_person->daemon.endsWhenAsked = false;
    QCOMPARE(m_person->run({"quit"}), 1);
    QVERIFY(m_person->out.empty());
    QVERIFY(m_person->err.find("process 4711") != std::string::npos);
}

void CliVerbsTest::pausesFor_data() {
    QTest::addColumn<QString>("option");
    QTest::addColumn<QString>("value");
    QTest::addColumn<QString>("until");
    const auto row = [](const char* option, const char* value, const char* until) {
        QTest::newRow(value) << QString::fromLatin1(option) << QString::fromLatin1(value)
                             << QString::fromLatin1(until);
    };
    // It is noon and a second of Monday, 2026-11-23, an hour ahead of UTC.
    row("--for", "30m", "2026-11-23T12:30:01+01:00");
    row("--for", "1h30m", "2026-11-23T13:30:01+01:00");
    row("--for", "2d", "2026-11-25T12:00:01+01:00");
    row("--for", "90s", "2026-11-23T12:01:31+01:00");
    row("--until", "18:00", "2026-11-23T18:00:00+01:00");
    row("--until", "9:15", "2026-11-24T09:15:00+01:00");
    row("--until", "12:00", "2026-11-24T12:00:00+01:00");
    row("--until", "tomorrow", "2026-11-24T00:00:00+01:00");
    row("--until", "2026-12-01T08:00:00Z", "2026-12-01T08:00:00Z");
}

void CliVerbsTest::pausesFor() {
    QFETCH(QString, option);
    QFETCH(QString, value);
    QFETCH(QString, until);
    m_person->daemon.status.pausedUntil = until.toStdString();
    QCOMPARE(m_person->run({"pause", option.toStdString(), value.toStdString()}), 0);
    QCOMPARE(QString::fromStdString(m_person->daemon.pauses.at(0)), until);
    QCOMPARE(m_person->out,
             "paused until " + sayDue(until.toStdString(), Now::of(m_person->clock)) + "\n");
    QCOMPARE(m_person->run({"status", "--json"}), 0);
    QCOMPARE(object().value(QStringLiteral("paused_until")).toString(), until);
}

void CliVerbsTest::pausesForNothingElse() {
    using Line = std::vector<std::string>;
    for (const Line& line :
         {Line{"pause", "--for", "h"}, Line{"pause", "--for", "5"}, Line{"pause", "--for", "0m"},
          Line{"pause", "--for", "-5m"}, Line{"pause", "--for", "99999999999h"},
          Line{"pause", "--for", "2000000000d"}, Line{"pause", "--for", ""},
          Line{"pause", "--until", "25:00"}, Line{"pause", "--until", "12:60"},
          Line{"pause", "--until", "yesterday"}, Line{"pause", "--until", "18:00", "--for", "1h"}})
        QVERIFY2(m_person->run(line) == 2, m_person->err.c_str());
    QVERIFY(m_person->daemon.pauses.empty());
    QCOMPARE(m_person->run({"pause"}), 0);
    QCOMPARE(m_person->daemon.pauses, std::vector<std::string>{""});
}

void CliVerbsTest::rejectedActions() {
    front::RejectedCommand rejected;
    rejected.command.commandId = kMilk;
    rejected.command.taskId = kRent;
    rejected.command.payload = "{}";
    rejected.reason = "too big";
    m_person->daemon.rejected = {rejected};
    QCOMPARE(m_person->run({"rejected", "--json"}), 0);
    QCOMPARE(array()[0].toObject().value(QStringLiteral("reason")).toString(),
             QStringLiteral("too big"));
    QCOMPARE(m_person->run({"rejected", "retry", "aaaa", "--json"}), 0);
    QCOMPARE(object().value(QStringLiteral("command_id")).toString(),
             QString::fromStdString(kMilk));
    QCOMPARE(m_person->run({"rejected", "discard", "bbbb"}), 1);
    QCOMPARE(m_person->run({"rejected", "discard"}), 2);
    QCOMPARE(m_person->run({"rejected", "drop", "aaaa"}), 2);
}

void CliVerbsTest::endpoints() {
    const auto address = [this](const std::vector<std::string>& args) {
        return resolveEndpoint(parseArguments(args, allVerbs()).invocation, m_person->host).address;
    };
    auto& variables = m_person->variables;
    QCOMPARE(address({"list"}), std::string("unix:/run/user/1/hashira/daemon.sock"));
    variables["HASHIRA_SOCKET"] = "tcp:127.0.0.1:7000";
    QCOMPARE(address({"list"}), std::string("tcp:127.0.0.1:7000"));
    QCOMPARE(address({"list", "--socket", "unix:/x"}), std::string("unix:/x"));
    variables = {{"HOME", "/home/p"}};
    QCOMPARE(address({"list"}), std::string("unix:/home/p/.local/share/hashira/run/daemon.sock"));
    variables["XDG_DATA_HOME"] = "/data";
    QCOMPARE(address({"list"}), std::string("unix:/data/hashira/run/daemon.sock"));
    variables["HASHIRA_DATA_DIR"] = "/own";
    QCOMPARE(address({"list"}), std::string("unix:/own/run/daemon.sock"));
    const Invocation call = parseArguments({"list"}, allVerbs()).invocation;
    QCOMPARE(resolveEndpoint(call, m_person->host).tokenFile, std::string("/own/local-token"));
}

void CliVerbsTest::exitCodes_data() {
    QTest::addColumn<QStringList>("line");
    QTest::addColumn<bool>("away");
    QTest::addColumn<int>("code");
    const auto row = [](const char* line, bool away, int code) {
        QTest::newRow(line) << QString::fromLatin1(line).split(QLatin1Char(' ')) << away << code;
    };
    row("list", true, 3);
    row("add x", true, 3);
    row("watch", true, 3);
    row("quit", true, 3);
    row("quit now", false, 2);
    row("help", true, 0);
    row("add --help", true, 0);
    row("--version", true, 0);
    row("completion zsh", true, 0);
    row("completion tcsh", true, 2);
    row("login", false, 2);
    row("login hashira://x:1", false, 1);
    row("logout now", false, 2);
    row("add x --place nowhere", false, 2);
    row("add x --due soon", false, 2);
    row("add x --wait long", false, 2);
    row("list --weeks 0", false, 2);
    row("list --from 4 --to 2", false, 2);
    row("list --weeks 2 --from 1", false, 2);
    row("list --color red", false, 2);
    row("list --socket http://x", false, 2);
    row("edit 0aaaa", false, 2);
    row("show nope", false, 1);
    row("import /does/not/exist", false, 1);
    row("salvage /does/not/exist --to -", true, 1);
    row("salvage x", true, 2);
    row("doctor --json", false, 0);
}

void CliVerbsTest::exitCodes() {
    QFETCH(QStringList, line);
    QFETCH(bool, away);
    QFETCH(int, code);
    std::vector<std::string> args;
    for (const QString& word : line) args.push_back(word.toStdString());
    m_person->daemon.away = away;
    QCOMPARE(m_person->run(args), code);
    if (code == 0)
        QVERIFY(!m_person->out.empty());
    else
        QVERIFY(m_person->out.empty() && m_person->err.find("hashira: ") == 0);
    if (code == 2) QVERIFY(m_person->err.find("\nusage: hashira ") != std::string::npos);
    if (code == 3)
        QCOMPARE(m_person->err, std::string("hashira: no daemon is running: start it with "
                                            "\"hashirad --headless\" (or \"dev run\")\n"));
}

QTEST_GUILESS_MAIN(CliVerbsTest)
#include "cli_verbs_test.moc"
