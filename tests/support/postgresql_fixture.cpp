// SPDX-License-Identifier: MIT
#include "support/postgresql_fixture.h"

#include <libpq-fe.h>

namespace hashira::test {
namespace {

constexpr int kLimitMs = 60'000;

}  // namespace

Databases::~Databases() {
    if (m_server.state() == QProcess::NotRunning) return;
    m_server.closeWriteChannel();
    if (!m_server.waitForFinished(kLimitMs)) qFatal("PostgreSQL does not end");
}

void Databases::start() {
    const QString script =
        qEnvironmentVariable("HASHIRA_SOURCE_DIR", QStringLiteral(HASHIRA_SOURCE_DIR)) +
        QStringLiteral("/tests/support/postgresql_server.py");
    m_server.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_server.start(QStringLiteral("/usr/bin/python3"), {QStringLiteral("-B"), script});
    m_url = answer();
}

std::string Databases::answer() {
    while (!m_server.canReadLine())
        if (!m_server.waitForReadyRead(kLimitMs)) qFatal("PostgreSQL's keeper does not answer");
    return m_server.readLine().trimmed().toStdString();
}

void Databases::tell(const std::string& what) {
    m_server.write((what + "\n").c_str());
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
