// SPDX-License-Identifier: MIT
#include "support/postgresql_fixture.h"

#include <fcntl.h>
#include <libpq-fe.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace hashira::test {

Databases::~Databases() {
    if (m_keeper < 0) return;
    ::close(m_ask);
    std::fclose(m_answers);
    int status = 0;
    if (::waitpid(m_keeper, &status, 0) != m_keeper || status != 0)
        qFatal("PostgreSQL did not end well");
}

/// Not by QProcess: ThreadSanitizer takes its fork for one after which no thread may be started.
void Databases::start() {
    const std::string script =
        qEnvironmentVariable("HASHIRA_SOURCE_DIR", QStringLiteral(HASHIRA_SOURCE_DIR))
            .toStdString() +
        "/tests/support/postgresql_server.py";
    int ask[2], answers[2];
    if (::pipe2(ask, O_CLOEXEC) != 0 || ::pipe2(answers, O_CLOEXEC) != 0) qFatal("pipe");
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, ask[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, answers[1], STDOUT_FILENO);
    const char* const arguments[] = {"/usr/bin/python3", "-B", script.c_str(), nullptr};
    const int failed = ::posix_spawn(&m_keeper, arguments[0], &files, nullptr,
                                     const_cast<char* const*>(arguments), environ);
    posix_spawn_file_actions_destroy(&files);
    ::close(ask[0]);
    ::close(answers[1]);
    if (failed) qFatal("python3 cannot be started");
    m_ask = ask[1];
    m_answers = ::fdopen(answers[0], "r");
    m_url = answer();
}

/// The keeper has a limit of time itself, and says on stderr why it gave up.
std::string Databases::answer() {
    char line[500];
    if (!std::fgets(line, sizeof line, m_answers)) qFatal("PostgreSQL's keeper does not answer");
    return QByteArray(line).trimmed().toStdString();
}

void Databases::tell(const std::string& what) {
    const std::string line = what + "\n";
    if (::write(m_ask, line.data(), line.size()) != static_cast<ssize_t>(line.size()))
        qFatal("PostgreSQL's keeper is gone");
    static_cast<void>(answer());
}

datastore::DatabaseUrl Databases::make() {
    const std::string name = "d" + std::to_string(++m_count);
    if (!postgresql())
        return {m_directory.filePath(QString::fromStdString(name + ".db")).toStdString(), {}};
    sql("CREATE DATABASE " + name + " TEMPLATE template0");
    std::string url = m_url;
    url.replace(url.find("/postgres?"), 9, "/" + name);
    return *datastore::DatabaseUrl::parse(url);
}

std::string Databases::sql(const std::string& statement, const datastore::DatabaseUrl& database) {
    if (m_url.empty()) start();
    const std::string& url = database.postgresql.empty() ? m_url : database.postgresql;
    PGconn* connection = PQconnectdb(url.c_str());
    PGresult* result = PQexec(connection, statement.c_str());
    const auto status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        qFatal("%s: %s", statement.c_str(), PQerrorMessage(connection));
    const std::string value = PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "";
    PQclear(result);
    PQfinish(connection);
    return value;
}

}  // namespace hashira::test
