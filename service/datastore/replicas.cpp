// SPDX-License-Identifier: MIT
#include "datastore/replicas.h"

#include "datastore/postgresql_session.h"

#include <QEventLoop>
#include <QSocketNotifier>
#include <QThread>
#include <QTimer>

#include <libpq-fe.h>

#include <algorithm>
#include <charconv>
#include <future>
#include <optional>

namespace hashira::datastore {
namespace {

constexpr const char* kChannel = "hashira_changes";
/// PostgreSQL takes payloads below 8,000 bytes.
constexpr std::size_t kPayloadBytes = 7'900;
/// A connection that was lost is tried again after this, then ever more seldom up to the second.
constexpr std::chrono::milliseconds kFirstRetry(100);
constexpr std::chrono::milliseconds kLastRetry(5'000);
/// Accounts that are asked for at once after a connect.
constexpr std::size_t kAccountsAtOnce = 5'000;

/// "ACCOUNT VERSION", or nothing: anybody who may use the database may notify.
std::optional<std::pair<std::string, std::uint64_t>> parsed(std::string_view entry) {
    const auto space = entry.find(' ');
    if (space == std::string_view::npos) return {};
    std::uint64_t version = 0;
    const char* end = entry.data() + entry.size();
    const auto [at, error] = std::from_chars(entry.data() + space + 1, end, version);
    if (error != std::errc() || at != end) return {};
    return std::pair(std::string(entry.substr(0, space)), version);
}

}  // namespace

/// The connection, as its thread sees it.
class Replicas::Line : public QObject {
public:
    Line(Replicas& replicas, const DatabaseUrl& url, Broadcaster& broadcaster, Log& log)
        : m_replicas(replicas),
          m_session(url),
          m_broadcaster(broadcaster),
          m_log(log),
          m_retry(this) {
        m_retry.setSingleShot(true);
        connect(&m_retry, &QTimer::timeout, this, [this] { reconnect(); });
    }

    /// Listens, then tells the watchers where their accounts stand: what was notified before is
    /// lost.
    Status connectNow();
    /// Sends all that waits; again after a connect where that fails.
    void flush();

private:
    void reconnect();
    void onReadable();
    void lost(const Error& error);
    void stopReading();
    Status send(const std::map<std::string, std::uint64_t>& changes);
    /// Asks where these accounts stand, of which so much was told, and tells their watchers.
    Status look(const std::map<std::string, std::uint64_t>& told);
    void hearNotifications();

    Replicas& m_replicas;
    PostgresqlSession m_session;
    Broadcaster& m_broadcaster;
    Log& m_log;
    std::unique_ptr<QSocketNotifier> m_readable;
    QTimer m_retry;
    std::chrono::milliseconds m_wait = kFirstRetry;
    bool m_stands = false;
    bool m_outage = false;
};

void Replicas::Line::stopReading() {
    if (!m_readable) return;
    m_readable->setEnabled(false);
    m_readable.release()->deleteLater();  // we may be called by it
}

Status Replicas::Line::connectNow() {
    stopReading();
    if (const Status opened = m_session.open(); !opened) return opened;
    // A notification is worth no fsync: one that is lost is made up for.
    for (const char* sql : {"SET synchronous_commit = off", "LISTEN hashira_changes"}) {
        if (const Status asked = m_session.send(sql); !asked) return asked;
        if (const auto done = m_session.collect(); !done) return done.error();
    }
    if (const Status looked = look(m_broadcaster.told()); !looked) return looked;
    m_readable =
        std::make_unique<QSocketNotifier>(PQsocket(m_session.handle()), QSocketNotifier::Read);
    connect(m_readable.get(), &QSocketNotifier::activated, this, [this] { onReadable(); });
    m_stands = true;
    m_wait = kFirstRetry;
    hearNotifications();
    return {};
}

Status Replicas::Line::look(const std::map<std::string, std::uint64_t>& told) {
    std::vector<std::string> accounts;
    for (auto at = told.begin(); at != told.end();) {
        accounts.push_back(at->first);
        if (++at != told.end() && accounts.size() < kAccountsAtOnce) continue;
        PostgresqlValues values;
        values.addAll(accounts);
        accounts.clear();
        const Status asked = m_session.send(
            "SELECT accounts.id || ' ' || version FROM accounts JOIN heads "
            "ON heads.account = accounts.account WHERE accounts.id = ANY($1::text[])",
            values);
        if (!asked) return asked;
        const auto rows = m_session.collect();
        if (!rows) return rows.error();
        for (int row = 0; row < PQntuples(rows->get()); ++row) {
            const auto stands = parsed(PQgetvalue(rows->get(), row, 0));
            if (!stands) continue;
            // What was told before the question was committed before it too.
            if (stands->second < told.at(stands->first))
                m_broadcaster.setBack(stands->first);
            else
                m_broadcaster.changed(stands->first, stands->second);
        }
    }
    return {};
}

void Replicas::Line::reconnect() {
    if (const Status connected = connectNow(); !connected) return lost(connected.error());
    m_log.info("database connected again");
    m_outage = false;
    flush();
}

void Replicas::Line::lost(const Error& error) {
    // Once for each outage: the calls that fail in it have lines of their own.
    if (!m_outage) m_log.error("database lost", {{"error", error.message}});
    m_outage = true;
    m_stands = false;
    stopReading();
    m_retry.start(m_wait);
    m_wait = std::min(m_wait * 2, kLastRetry);
}

void Replicas::Line::onReadable() {
    if (!m_session.alive())
        return lost({ErrorCode::kUnavailable, "the server closed the connection"});
    hearNotifications();
}

void Replicas::Line::hearNotifications() {
    while (PGnotify* raw = PQnotifies(m_session.handle())) {
        const std::unique_ptr<PGnotify, void (*)(void*)> notify(raw, PQfreemem);
        if (notify->be_pid == PQbackendPID(m_session.handle())) continue;  // told already
        std::string_view payload = notify->extra;
        while (!payload.empty()) {
            const auto end = std::min(payload.find(','), payload.size());
            const auto change = parsed(payload.substr(0, end));
            if (change && m_broadcaster.changed(change->first, change->second))
                m_replicas.doubt(change->first);
            payload.remove_prefix(std::min(end + 1, payload.size()));
        }
    }
}

void Replicas::Line::flush() {
    std::map<std::string, std::uint64_t> changes;
    std::map<std::string, std::uint64_t> doubted;
    {
        const std::lock_guard lock(m_replicas.m_mutex);
        m_replicas.m_woken = false;
        if (!m_stands) return;
        changes.swap(m_replicas.m_waiting);
        for (const std::string& account : m_replicas.m_doubted) doubted[account];
        m_replicas.m_doubted.clear();
    }
    for (auto& [account, told] : doubted) told = m_broadcaster.told(account);
    Status done = changes.empty() ? Status() : send(changes);
    if (!done) {
        const std::lock_guard lock(m_replicas.m_mutex);
        for (const auto& [account, version] : changes) {
            auto& waiting = m_replicas.m_waiting[account];
            waiting = std::max(waiting, version);
        }
    }
    if (done) done = look(doubted);
    if (!done) return lost(done.error());  // a connect asks for all accounts
    hearNotifications();
}

Status Replicas::Line::send(const std::map<std::string, std::uint64_t>& changes) {
    std::string payload;
    const auto notify = [&]() -> Status {
        PostgresqlValues values;
        values.add(std::string_view(kChannel));
        values.add(std::string_view(payload));
        payload.clear();
        return m_session.send("SELECT pg_notify($1, $2)", values);
    };
    for (const auto& [account, version] : changes) {
        const std::string entry = account + ' ' + std::to_string(version);
        if (payload.size() + entry.size() + 1 > kPayloadBytes)
            if (const Status sent = notify(); !sent) return sent;
        payload += payload.empty() ? entry : ',' + entry;
    }
    if (const Status sent = notify(); !sent) return sent;
    const auto done = m_session.collect();
    return done ? Status() : Status(done.error());
}

Replicas::Replicas() = default;

Result<std::unique_ptr<Replicas>> Replicas::start(const DatabaseUrl& url, Broadcaster& broadcaster,
                                                  Log& log) {
    std::unique_ptr<Replicas> replicas(new Replicas);
    std::promise<Status> connected;
    auto answer = connected.get_future();
    replicas->m_thread.reset(
        QThread::create([&replicas = *replicas, &connected, url, &broadcaster, &log] {
            QEventLoop loop;
            replicas.m_line = std::make_unique<Line>(replicas, url, broadcaster, log);
            connected.set_value(replicas.m_line->connectNow());
            loop.exec();
            replicas.m_line->flush();
            replicas.m_line.reset();
        }));
    replicas->m_thread->start();
    if (const Status status = answer.get(); !status) return status.error();
    return replicas;
}

Replicas::~Replicas() {
    m_thread->quit();
    m_thread->wait();
}

void Replicas::committed(const std::string& account, std::uint64_t version) {
    const std::lock_guard lock(m_mutex);
    auto& waiting = m_waiting[account];
    waiting = std::max(waiting, version);
    wake();
}

void Replicas::doubt(const std::string& account) {
    const std::lock_guard lock(m_mutex);
    m_doubted.insert(account);
    wake();
}

/// With the lock held. What comes while a batch is sent goes with the next one.
void Replicas::wake() {
    if (m_woken) return;
    m_woken = true;
    QMetaObject::invokeMethod(
        m_line.get(), [line = m_line.get()] { line->flush(); }, Qt::QueuedConnection);
}

}  // namespace hashira::datastore
