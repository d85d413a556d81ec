// SPDX-License-Identifier: MIT
#include "bench/load.h"
#include "bench/load_clients.h"
#include "bench/process.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <thread>

namespace hashira::bench {
namespace {

constexpr int kBatch = 500;

/// Whose processor time it was, of all that the cores have meanwhile.
class Shares {
public:
    Shares(const Child& first, const Child& second, const PostgresqlServer& postgresql,
           const Writers& writers)
        : m_first(first), m_second(second), m_postgresql(postgresql), m_writers(writers) {
        m_before = now();
    }

    /// Since the beginning, as words.
    std::string text() const {
        Seconds spent = now();
        for (std::size_t i = 0; i < spent.size(); ++i) spent[i] -= m_before[i];
        const double all = spent[kBusy] + spent[kWaiting] + spent[kIdle];
        double ours = 0;
        for (std::size_t i = kFirst; i <= kWriters; ++i) ours += spent[i];
        const auto percent = [&](double seconds) { return 100 * seconds / all; };
        char text[200];
        std::snprintf(text, sizeof text,
                      "replicas %.0f and %.0f %%, PostgreSQL %.0f, writers %.0f, others %.0f, "
                      "waiting for the disk %.0f, idle %.0f",
                      percent(spent[kFirst]), percent(spent[kSecond]), percent(spent[kPostgresql]),
                      percent(spent[kWriters]), percent(std::max(0.0, spent[kBusy] - ours)),
                      percent(spent[kWaiting]), percent(spent[kIdle]));
        return text;
    }

private:
    enum : std::size_t { kFirst, kSecond, kPostgresql, kWriters, kBusy, kWaiting, kIdle, kCount };
    using Seconds = std::array<double, kCount>;
    Seconds now() const {
        const MachineTime machine = machineTime();
        return {cpuSeconds(m_first.pid()),
                cpuSeconds(m_second.pid()),
                m_postgresql.cpuSeconds(),
                m_writers.cpuSeconds(),
                machine.busy,
                machine.waiting,
                machine.idle};
    }

    const Child& m_first;
    const Child& m_second;
    const PostgresqlServer& m_postgresql;
    const Writers& m_writers;
    Seconds m_before;
};

/// Two programs on one database against one, called by the same writers.
void replicas(const LoadSetting& setting, PostgresqlServer& postgresql, Row& row) {
    const auto database = postgresql.make("replicas");
    const auto people = addPeople(database, 4 * setting.writers, 1);
    const auto first = serve(setting, database, "replica-1");
    const auto second = serve(setting, database, "replica-2");
    Writers alone(setting, "one", people, {first->target()});
    Writers both(setting, "two", people, {first->target(), second->target()});
    alone.warmUp(kBatch);
    both.warmUp(kBatch);
    std::vector<double> values, floors;
    const auto measure = [&](Writers& writers, std::vector<double>& rates) {
        const Shares shares(*first, *second, postgresql, writers);
        rates.push_back(writers.run(setting.seconds, kBatch).commandsASecond);
        return shares.text();
    };
    for (int round = 0; round < setting.pick(3, 1); ++round) {
        const std::string ofOne = measure(alone, floors);
        const std::string ofTwo = measure(both, values);
        row.note = "of " + std::to_string(std::thread::hardware_concurrency()) +
                   " cores, with one: " + ofOne + "; with two: " + ofTwo;
    }
    summarise(row, values, floors);
}

/// Databases that differ in their NOTIFY alone, each with a server and writers of single commands.
class Notifying {
public:
    Notifying(const LoadSetting& setting, PostgresqlServer& postgresql) {
        for (const char* name : {"after", "without", "inside"}) {
            const auto database = postgresql.make(name);
            // The server's own statements then find a function that does nothing.
            if (name == std::string("without"))
                postgresql.sql(database,
                               "CREATE SCHEMA quiet; CREATE FUNCTION quiet.pg_notify(text, text) "
                               "RETURNS void LANGUAGE plpgsql AS 'BEGIN END'; "
                               "ALTER DATABASE without SET search_path = quiet, pg_catalog");
            const auto people = addPeople(database, setting.writers, 1);
            if (name == std::string("inside"))
                postgresql.sql(database,
                               "CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN "
                               "PERFORM pg_notify(''inside'', NEW.version::text); RETURN NULL; "
                               "END'; CREATE TRIGGER tell AFTER UPDATE ON heads FOR EACH ROW "
                               "EXECUTE FUNCTION tell()");
            m_servers.push_back(serve(setting, database, std::string("notify-") + name));
            m_writers.push_back(std::make_unique<Writers>(setting, "n", people,
                                                          std::vector{m_servers.back()->target()}));
            m_writers.back()->warmUp(1);
        }
        for (int round = 0; round < setting.pick(5, 1); ++round)
            for (std::size_t i = 0; i < m_writers.size(); ++i)
                rates[i].push_back(m_writers[i]->run(setting.seconds / 2, 1).commandsASecond);
    }

    std::array<std::vector<double>, 3> rates;  ///< commits a second: after, without, inside

private:
    std::vector<std::unique_ptr<Child>> m_servers;
    std::vector<std::unique_ptr<Writers>> m_writers;
};

}  // namespace

std::vector<Load> replicaRows(const std::shared_ptr<SharedPostgresql>& postgresql) {
    using Rates = std::array<std::vector<double>, 3>;
    const auto rates = std::make_shared<std::vector<Rates>>();
    const auto measured = [=](const LoadSetting& setting) -> const Rates& {
        if (rates->empty()) rates->push_back(Notifying(setting, postgresql->server(setting)).rates);
        return rates->front();
    };
    return {
        {{"replicas_apply", "two replicas on one PostgreSQL against one", "/s", 1.6, true},
         [=](const LoadSetting& setting, Row& row) {
             replicas(setting, postgresql->server(setting), row);
         }},
        {{"commits_notified", "commits with NOTIFY after them, against none", "/s", 0.9, true},
         [=](const LoadSetting& setting, Row& row) {
             summarise(row, measured(setting)[0], measured(setting)[1]);
         }},
        {{"commits_inside", "the same against NOTIFY in each transaction", "/s", 1, true},
         [=](const LoadSetting& setting, Row& row) {
             summarise(row, measured(setting)[0], measured(setting)[2]);
         }},
    };
}

}  // namespace hashira::bench
