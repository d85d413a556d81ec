// SPDX-License-Identifier: MIT
#pragma once

#include "bench/bench.h"

#include <QProcess>
#include <QProcessEnvironment>
#include <QStringList>

#include <memory>
#include <string>

namespace hashira::bench {

/// A server in a process of its own; its endpoint is the last word of its first line on stdout.
class Child {
public:
    /// Returns once it can be called. Its log goes to `log`.
    Child(const Setting& setting, const QString& program, const QStringList& arguments,
          const std::string& log);
    /// Ends it in order.
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    /// As gRPC takes it.
    const std::string& target() const { return m_target; }
    qint64 pid() const { return m_process.processId(); }

private:
    QProcess m_process;
    std::string m_target;
};

/// Of the processes that are started: nothing of the person who runs the benchmark is seen or
/// touched.
QProcessEnvironment childEnvironment(const std::string& place);

/// Runs a program to its end; what it printed, trimmed. Fails where it does.
QString outputOf(const Setting& setting, const QString& program, const QStringList& arguments,
                 const std::string& place);

/// hashira-datastored on a fresh SQLite file, with one account.
class Datastore {
public:
    Datastore(const Setting& setting, const std::string& directory);
    std::string url() const { return "hashira+plaintext://" + m_child->target(); }
    const std::string& tokenFile() const { return m_tokenFile; }
    qint64 pid() const { return m_child->pid(); }

private:
    std::string m_tokenFile;
    std::unique_ptr<Child> m_child;
};

/// hashirad, headless, on a Unix socket in its data directory; with a datastore where one is given.
std::unique_ptr<Child> startDaemon(const Setting& setting, const std::string& directory,
                                   const Datastore* datastore = nullptr,
                                   const QStringList& more = {});

/// The bare Qt and gRPC server on a Unix socket; it streams the messages of the file, if one is
/// given.
std::unique_ptr<Child> startFloor(const Setting& setting, const std::string& directory,
                                  const std::string& messages = {});
/// The same on a port of 127.0.0.1 that the system chooses.
std::unique_ptr<Child> startFloorOnTcp(const Setting& setting, const std::string& directory);

}  // namespace hashira::bench
