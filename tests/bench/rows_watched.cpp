// SPDX-License-Identifier: MIT
#include "bench/bare_ledger.h"
#include "bench/load.h"
#include "bench/load_clients.h"
#include "bench/process.h"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <map>
#include <optional>
#include <set>
#include <thread>

namespace hashira::bench {
namespace {

/// The largest batch that a daemon sends, and a small one.
constexpr int kBatch = 500;
constexpr int kFew = 10;

std::string words(const char* format, double a, double b, double c, double d) {
    char text[300];
    std::snprintf(text, sizeof text, format, a, b, c, d);
    return text;
}

/// What one connection with an idle stream takes of a server: measured from before the first one.
double kilobytesEach(const LoadSetting& setting, const Child& server, double beforeMb) {
    // What is allocated on the way to the greeting is let go of: time that passes, no event.
    std::this_thread::sleep_for(std::chrono::milliseconds(setting.pick(3'000, 100)));
    return (anonymousMb(server) - beforeMb) * 1024 / setting.watchers;
}

double floorKilobytes(const LoadSetting& setting) {
    const auto floor = startFloorOnTcp(setting, setting.directory("floor"));
    const double before = anonymousMb(*floor);
    const Watchers watchers(setting, floor->target(),
                            std::vector<Person>(std::size_t(setting.watchers), {"none", 0, "-"}));
    return kilobytesEach(setting, *floor, before);
}

/// Rows a second of bare connections, each of an account of its own, side by side.
double bareRate(const LoadSetting& setting, const datastore::DatabaseUrl& database,
                const std::vector<Person>& people, int connections) {
    std::vector<std::vector<BareBatch>> work;
    std::vector<std::unique_ptr<BareLedger>> ledgers;
    const int batches = setting.pick(connections > 1 ? 20 : 60, 2);
    for (int i = 0; i < connections; ++i) {
        work.push_back(bareBatches(people[std::size_t(i)], batches, kBatch));
        ledgers.push_back(BareLedger::open(database, people[std::size_t(i)].account));
    }
    std::vector<std::exception_ptr> failed(work.size());
    const double ms = millisecondsOf([&] {
        std::vector<std::thread> threads;
        for (std::size_t i = 0; i < work.size(); ++i)
            threads.emplace_back([&, i] {
                try {
                    for (const BareBatch& batch : work[i]) ledgers[i]->apply(batch);
                } catch (...) {
                    failed[i] = std::current_exception();
                }
            });
        for (std::thread& thread : threads) thread.join();
    });
    for (const std::exception_ptr& each : failed)
        if (each) std::rethrow_exception(each);
    return connections * batches * kBatch / ms * 1'000;
}

/// What PostgreSQL has done besides, so far: a tail that comes from it shows here.
std::string upkeep(PostgresqlServer& postgresql, const datastore::DatabaseUrl& database) {
    return postgresql.ask(
        database,
        "SELECT (SELECT checkpoints_timed + checkpoints_req FROM pg_stat_bgwriter) || "
        "' checkpoints, ' || coalesce(sum(autovacuum_count + autoanalyze_count), 0) || "
        "' vacuums and analyses, ' || (SELECT wal_sync || ' syncs of its log in ' || "
        "round(wal_sync_time) || ' ms' FROM pg_stat_wal) FROM pg_stat_user_tables");
}

/// Into how many tenths of a second the slowest hundredth of the answers fell: a few are stalls of
/// all writers together, many are single ones that waited for their turn.
std::string stalls(std::vector<Applied> applied) {
    constexpr std::int64_t kWindowNs = 100'000'000;
    const auto took = [](const Applied& each) { return each.answeredNs - each.sentNs; };
    std::sort(applied.begin(), applied.end(),
              [&](const Applied& a, const Applied& b) { return took(a) > took(b); });
    std::set<std::int64_t> all, slow;
    for (std::size_t i = 0; i < applied.size(); ++i) {
        all.insert(applied[i].answeredNs / kWindowNs);
        if (i < applied.size() / 100) slow.insert(applied[i].answeredNs / kWindowNs);
    }
    return "; the slowest hundredth of the answers came in " + std::to_string(slow.size()) +
           " of " + std::to_string(all.size()) + " tenths of a second";
}

/// For each watcher of each applied change: how long after its sending it was heard of, in ms.
std::vector<double> latencies(const std::vector<Applied>& applied,
                              const std::vector<Heard>& heard) {
    // By account and watcher, in the order of their versions: a stream ascends.
    std::map<std::uint32_t, std::map<std::uint32_t, std::vector<Heard>>> streams;
    for (const Heard& each : heard) streams[each.account][each.watcher].push_back(each);
    std::vector<double> all;
    for (const Applied& change : applied)
        for (const auto& [watcher, stream] : streams[change.account]) {
            const auto at = std::lower_bound(
                stream.begin(), stream.end(), change.version,
                [](const Heard& a, std::uint64_t version) { return a.version < version; });
            if (at != stream.end()) all.push_back(double(at->ns - change.sentNs) / 1e6);
        }
    std::sort(all.begin(), all.end());
    return all;
}

struct Watched {
    double kilobytes = 0;
    double floorKilobytes = 0;
    std::vector<double> rates;
    std::vector<double> bareRates;
    std::string rateNote;
    std::vector<double> latencies;  ///< ascending
    std::string latencyNote;
};

/// One database with its server and everybody connected.
class Ground {
public:
    Ground(const LoadSetting& setting, const datastore::DatabaseUrl& database,
           PostgresqlServer* postgresql, const std::string& name)
        : m_setting(setting),
          m_database(database),
          m_postgresql(postgresql),
          m_people(addPeople(database, setting.accounts(), setting.devices)),
          m_server(serve(setting, database, "datastored-" + name)),
          m_beforeMb(anonymousMb(*m_server)),
          m_watchers(setting, m_server->target(),
                     {m_people.begin(), m_people.begin() + setting.watchers}),
          m_kilobytes(kilobytesEach(setting, *m_server, m_beforeMb)),
          m_writers(setting, "l", oneOfEach(), {m_server->target()}) {}

    Watched measure() {
        Watched result;
        result.kilobytes = m_kilobytes;
        const int connections = m_postgresql ? m_setting.writers : 1;
        m_writers.warmUp(kBatch);
        for (int round = 0; round < m_setting.pick(3, 1); ++round) {
            result.bareRates.push_back(bareRate(m_setting, m_database, m_people, connections));
            const Cpu before = cpu();
            const Run run = m_writers.run(m_setting.seconds, kBatch);
            result.rates.push_back(run.commandsASecond);
            result.rateNote = noteOf(before, cpu(), run);
        }
        m_watchers.heardOf({});  // forgets what it heard
        // What the rows before have left to be written is theirs.
        if (m_postgresql) m_postgresql->sql(m_database, "CHECKPOINT");
        const std::string before = m_postgresql ? upkeep(*m_postgresql, m_database) : "";
        std::optional<Waits> waits;
        if (m_postgresql) waits.emplace(m_database);
        const Run run = m_writers.run(m_setting.seconds, kFew);
        result.latencies = latencies(run.applied, m_watchers.heardOf(run.applied));
        if (result.latencies.empty()) throw Failure("nobody heard of a change");
        result.latencyNote =
            words("%.0f notifications in ms: p50 %.2f, p99 %.2f, slowest %.2f",
                  double(result.latencies.size()), result.latencies[result.latencies.size() / 2],
                  result.latencies[result.latencies.size() * 99 / 100], result.latencies.back());
        std::vector<double> answers;
        for (const Applied& each : run.applied)
            answers.push_back(double(each.answeredNs - each.sentNs) / 1e6);
        std::sort(answers.begin(), answers.end());
        result.latencyNote +=
            words("; answers p50 %.2f, p99 %.2f, slowest %.2f", answers[answers.size() / 2],
                  answers[answers.size() * 99 / 100], answers.back(), 0);
        result.latencyNote += words("; %.0f commands/s in batches of %.0f by %.0f writers",
                                    run.commandsASecond, kFew, m_setting.writers, 0);
        result.latencyNote += stalls(run.applied);
        if (m_postgresql)
            result.latencyNote += "; PostgreSQL had had " + before + ", and then " +
                                  upkeep(*m_postgresql, m_database) +
                                  "; its connections waited for: " + waits->text();
        return result;
    }

private:
    struct Cpu {
        double server = 0;
        double database = 0;
        double writers = 0;
        double watchers = 0;
    };
    Cpu cpu() const {
        return {cpuSeconds(m_server->pid()), m_postgresql ? m_postgresql->cpuSeconds() : 0,
                m_writers.cpuSeconds(), m_watchers.cpuSeconds()};
    }
    static std::string noteOf(const Cpu& before, const Cpu& after, const Run& run) {
        double commands = 0;
        for (const Applied& each : run.applied) commands += each.commands;
        const double us = 1e6 / commands;
        return words("CPU us a command: server %.1f, PostgreSQL %.1f, writers %.1f, watchers %.1f",
                     (after.server - before.server) * us, (after.database - before.database) * us,
                     (after.writers - before.writers) * us,
                     (after.watchers - before.watchers) * us);
    }
    std::vector<Person> oneOfEach() const {
        return {m_people.begin(), m_people.begin() + m_setting.accounts()};
    }

    const LoadSetting& m_setting;
    const datastore::DatabaseUrl m_database;
    PostgresqlServer* m_postgresql;
    const std::vector<Person> m_people;
    const std::unique_ptr<Child> m_server;
    const double m_beforeMb;
    Watchers m_watchers;
    const double m_kilobytes;
    Writers m_writers;
};

/// Measures when a row first asks.
class Measured {
public:
    explicit Measured(std::shared_ptr<SharedPostgresql> postgresql)
        : m_postgresql(std::move(postgresql)) {}

    const Watched& of(const LoadSetting& setting, bool postgresql) {
        if (!m_floor) m_floor = floorKilobytes(setting);
        auto& found = m_found[postgresql];
        if (found) return *found;
        auto* server = postgresql ? &m_postgresql->server(setting) : nullptr;
        const auto database =
            server ? server->make("watched") : sqliteFile(setting, "watched-sqlite");
        found = Ground(setting, database, server, postgresql ? "postgresql" : "sqlite").measure();
        found->floorKilobytes = *m_floor;
        return *found;
    }

private:
    std::shared_ptr<SharedPostgresql> m_postgresql;
    std::optional<double> m_floor;
    std::optional<Watched> m_found[2];
};

void addRows(std::vector<Load>& rows, const std::shared_ptr<Measured>& measured, bool postgresql) {
    const std::string end = postgresql ? "_postgresql" : "_sqlite";
    rows.push_back({{"watch_memory" + end, "memory of an idle daemon's connection", "KB", 1.5},
                    [=](const LoadSetting& setting, Row& row) {
                        const Watched& watched = measured->of(setting, postgresql);
                        summarise(row, {watched.kilobytes}, {watched.floorKilobytes});
                        row.note = std::to_string(setting.watchers) + " connections in " +
                                   std::to_string(setting.accounts()) + " accounts";
                    }});
    rows.push_back({{"apply" + end, "applied commands, in batches of 500", "/s", 0.5, true},
                    [=](const LoadSetting& setting, Row& row) {
                        const Watched& watched = measured->of(setting, postgresql);
                        summarise(row, watched.rates, watched.bareRates);
                        row.note = watched.rateNote;
                    }});
    rows.push_back({{"notify" + end, "p99 of a notification under load, against p50", "ms", 5},
                    [=](const LoadSetting& setting, Row& row) {
                        const Watched& watched = measured->of(setting, postgresql);
                        const auto& all = watched.latencies;
                        summarise(row, {all[all.size() * 99 / 100]}, {all[all.size() / 2]});
                        row.slowest = all.back();
                        row.note = watched.latencyNote;
                    }});
}

}  // namespace

std::vector<Load> watchedRows(const std::shared_ptr<SharedPostgresql>& postgresql) {
    const auto measured = std::make_shared<Measured>(postgresql);
    std::vector<Load> rows;
    addRows(rows, measured, false);
    addRows(rows, measured, true);
    return rows;
}

}  // namespace hashira::bench
