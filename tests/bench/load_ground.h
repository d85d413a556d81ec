// SPDX-License-Identifier: MIT
#pragma once

#include "bench/child.h"
#include "bench/load_wire.h"
#include "datastore/database_url.h"

#include <QProcess>

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

/// What a load runs on: databases, servers, and processes of clients.
namespace hashira::bench {

/// A process that is asked by lines, and answers each by one; ends when its stdin does.
class Helper {
public:
    Helper(const Setting& setting, const QString& program, const QStringList& arguments,
           const std::string& log);
    ~Helper();
    Helper(const Helper&) = delete;
    Helper& operator=(const Helper&) = delete;

    void tell(const std::string& line);
    /// The next line of its stdout.
    std::string answer();
    std::string ask(const std::string& line) { return tell(line), answer(); }
    qint64 pid() const { return m_process.processId(); }

private:
    const std::string m_what;
    QProcess m_process;
};

/// A PostgreSQL of this run, durable and set up as a server's (docs/operating.md), on a Unix socket
/// in the run's directory.
class PostgresqlServer {
public:
    explicit PostgresqlServer(const Setting& setting);

    /// A new, empty database.
    datastore::DatabaseUrl make(const std::string& name);
    /// As its superuser, in that database.
    void sql(const datastore::DatabaseUrl& database, const std::string& statement) {
        static_cast<void>(ask(database, statement));
    }
    /// The first value of the answer, or nothing.
    std::string ask(const datastore::DatabaseUrl& database, const std::string& statement);
    double cpuSeconds() const;

private:
    datastore::DatabaseUrl urlOf(const std::string& name) const;

    std::string m_directory;
    Helper m_keeper;
    std::string m_url;  ///< of the database postgres
};

/// The one PostgreSQL of a run, begun when it is first needed.
class SharedPostgresql {
public:
    PostgresqlServer& server(const Setting& setting) {
        if (!m_server) m_server = std::make_unique<PostgresqlServer>(setting);
        return *m_server;
    }

private:
    std::unique_ptr<PostgresqlServer> m_server;
};

/// Looks every few milliseconds at what the datastore's connections to PostgreSQL wait for, for as
/// long as it lives.
class Waits {
public:
    explicit Waits(const datastore::DatabaseUrl& database);
    ~Waits();
    Waits(const Waits&) = delete;
    Waits& operator=(const Waits&) = delete;

    /// Of the looks that found a statement under way, the share of each wait, the largest first.
    /// Ends the looking.
    std::string text();

private:
    void run(const std::string& url);

    std::atomic<bool> m_end = false;
    std::map<std::string, int> m_seen;  ///< the thread's, until it has ended
    std::thread m_thread;
};

datastore::DatabaseUrl sqliteFile(const Setting& setting, const std::string& name);
std::string textOf(const datastore::DatabaseUrl& database);

/// Accounts with a token for each of their devices. The people of an account are not beside each
/// other: the first `accounts` of them are one of each.
std::vector<Person> addPeople(const datastore::DatabaseUrl& database, int accounts, int devices);

/// hashira-datastored on that database and a port of its own.
std::unique_ptr<Child> serve(const Setting& setting, const datastore::DatabaseUrl& database,
                             const std::string& name);

}  // namespace hashira::bench
