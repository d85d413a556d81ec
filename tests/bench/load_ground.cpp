// SPDX-License-Identifier: MIT
#include "bench/load_ground.h"

#include "bench/process.h"
#include "datastore/accounts.h"

#include <libpq-fe.h>

#include <QDir>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>

namespace hashira::bench {
namespace {

/// Thousands of connections are opened, or a minute of load runs, before an answer comes.
constexpr int kAnswerMs = 400'000;
/// Seldom enough to take next to nothing of the processor itself.
constexpr std::chrono::milliseconds kLook{10};

template <typename T>
T take(Result<T> result) {
    if (!result) throw Failure(result.error().message);
    return std::move(*result);
}

void require(const Status& status) {
    if (!status) throw Failure(status.error().message);
}

QString pathOf(const Setting& setting, const QString& program) {
    return QDir::isAbsolutePath(program) ? program : setting.programs + QLatin1Char('/') + program;
}

/// PostgreSQL does not run as root: its user must reach its directory in ours.
std::string reachable(const Setting& setting, const std::string& directory) {
    namespace fs = std::filesystem;
    fs::permissions(setting.place, fs::perms::group_exec | fs::perms::others_exec,
                    fs::perm_options::add);
    return directory;
}

}  // namespace

Helper::Helper(const Setting& setting, const QString& program, const QStringList& arguments,
               const std::string& log)
    : m_what(program.toStdString() + " (its log is " + log + ")") {
    m_process.setProcessEnvironment(childEnvironment(setting.place));
    m_process.setStandardErrorFile(QString::fromStdString(log), QIODevice::Append);
    m_process.start(pathOf(setting, program), arguments);
    if (!m_process.waitForStarted()) throw Failure("cannot start " + m_what);
}

Helper::~Helper() {
    m_process.closeWriteChannel();
    if (m_process.waitForFinished(kAnswerMs)) return;
    m_process.kill();
    m_process.waitForFinished();
}

void Helper::tell(const std::string& line) {
    m_process.write(QByteArray::fromStdString(line + '\n'));
    while (m_process.bytesToWrite() > 0)
        if (!m_process.waitForBytesWritten(kAnswerMs)) throw Failure(m_what + " is gone");
}

std::string Helper::answer() {
    while (!m_process.canReadLine())
        if (!m_process.waitForReadyRead(kAnswerMs)) throw Failure(m_what + " does not answer");
    return QString::fromUtf8(m_process.readLine()).trimmed().toStdString();
}

PostgresqlServer::PostgresqlServer(const Setting& setting)
    : m_directory(reachable(setting, setting.place + "/postgresql")),
      m_keeper(setting, QStringLiteral("/usr/bin/python3"),
               {QStringLiteral("-B"), QStringLiteral(HASHIRA_POSTGRESQL_KEEPER),
                QStringLiteral("--durable"), QString::fromStdString(m_directory)},
               setting.place + "/postgresql.log"),
      m_url(m_keeper.answer()) {}

datastore::DatabaseUrl PostgresqlServer::urlOf(const std::string& name) const {
    std::string url = m_url;
    const std::string database = "/postgres?";
    url.replace(url.find(database), database.size(), '/' + name + '?');
    return {{}, url};
}

datastore::DatabaseUrl PostgresqlServer::make(const std::string& name) {
    sql(urlOf("postgres"), "CREATE DATABASE " + name + " TEMPLATE template0");
    return urlOf(name);
}

std::string PostgresqlServer::ask(const datastore::DatabaseUrl& database,
                                  const std::string& statement) {
    PGconn* connection = PQconnectdb(database.postgresql.c_str());
    PGresult* result = PQexec(connection, statement.c_str());
    const auto status = PQresultStatus(result);
    const bool done = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    const std::string error = done ? "" : statement + ": " + PQerrorMessage(connection);
    const std::string value = PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "";
    PQclear(result);
    PQfinish(connection);
    if (!done) throw Failure(error);
    return value;
}

double PostgresqlServer::cpuSeconds() const {
    std::ifstream file(m_directory + "/data/postmaster.pid");
    qint64 pid = 0;
    if (!(file >> pid)) throw Failure("PostgreSQL is gone");
    return bench::cpuSeconds(pid);
}

Waits::Waits(const datastore::DatabaseUrl& database)
    : m_thread([this, url = database.postgresql] { run(url); }) {}

Waits::~Waits() {
    m_end = true;
    if (m_thread.joinable()) m_thread.join();
}

void Waits::run(const std::string& url) {
    const std::unique_ptr<PGconn, void (*)(PGconn*)> connection(PQconnectdb(url.c_str()), PQfinish);
    // A transaction that waits for us is at work too, but nothing that PostgreSQL could mend.
    constexpr const char* kAsk =
        "SELECT coalesce(wait_event_type || ' ' || wait_event, 'the processor, or a turn of it') "
        "FROM pg_stat_activity WHERE application_name = 'hashira-datastored' AND state = 'active'";
    while (!m_end) {
        const std::unique_ptr<PGresult, void (*)(PGresult*)> rows(PQexec(connection.get(), kAsk),
                                                                  PQclear);
        for (int row = 0; row < PQntuples(rows.get()); ++row)
            ++m_seen[PQgetvalue(rows.get(), row, 0)];
        std::this_thread::sleep_for(kLook);
    }
}

std::string Waits::text() {
    m_end = true;
    m_thread.join();
    std::vector<std::pair<int, std::string>> all;
    int sum = 0;
    for (const auto& [what, count] : m_seen) {
        all.emplace_back(count, what);
        sum += count;
    }
    std::sort(all.rbegin(), all.rend());
    std::string text;
    for (std::size_t i = 0; i < std::min<std::size_t>(all.size(), 5); ++i)
        text +=
            (i ? ", " : "") + all[i].second + ' ' + std::to_string(100 * all[i].first / sum) + " %";
    return text.empty() ? "nothing" : text;
}

datastore::DatabaseUrl sqliteFile(const Setting& setting, const std::string& name) {
    return {setting.directory(name) + "/datastore.db", {}};
}

std::string textOf(const datastore::DatabaseUrl& database) {
    return database.path.empty() ? database.postgresql : "sqlite:" + database.path;
}

std::vector<Person> addPeople(const datastore::DatabaseUrl& url, int accounts, int devices) {
    namespace ledger = datastore::accounts;
    const auto database = take(datastore::SqlDatabase::open(url));
    // Of this connection alone: what it writes need not outlive a power cut.
    require(database->execute(url.path.empty() ? "SET synchronous_commit = off"
                                               : "PRAGMA synchronous = OFF"));
    const SystemClock clock;
    SystemRandom random;
    std::vector<std::string> incarnations;
    for (int account = 0; account < accounts; ++account) {
        const std::string id =
            take(ledger::add(*database, "account" + std::to_string(account), {}, clock, random));
        datastore::Statement row(*database, "SELECT incarnation FROM heads WHERE id = ?");
        if (!take(row.bind(id).next())) throw Failure("an account has no head");
        incarnations.push_back(row.text(0));
    }
    std::vector<Person> people;
    for (int i = 0; i < accounts * devices; ++i) {
        const int account = i % accounts;
        people.push_back(
            {take(ledger::newToken(*database, "account" + std::to_string(account), clock, random)),
             static_cast<std::uint32_t>(account), incarnations[std::size_t(account)]});
    }
    return people;
}

std::unique_ptr<Child> serve(const Setting& setting, const datastore::DatabaseUrl& database,
                             const std::string& name) {
    return std::make_unique<Child>(
        setting, QStringLiteral("hashira-datastored"),
        QStringList{QStringLiteral("serve"), QStringLiteral("--listen"),
                    QStringLiteral("tcp:127.0.0.1:0"), QStringLiteral("--database"),
                    QString::fromStdString(textOf(database))},
        setting.place + '/' + name + ".log");
}

}  // namespace hashira::bench
