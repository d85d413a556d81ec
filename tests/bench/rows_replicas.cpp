// SPDX-License-Identifier: MIT
#include "bench/load.h"
#include "bench/load_clients.h"
#include "bench/process.h"

#include <array>
#include <cstdio>
#include <thread>

namespace hashira::bench {
namespace {

constexpr int kBatch = 500;

/// Two programs on one database against one, called by the same writers.
void replicas(const LoadSetting& setting, PostgresqlServer& postgresql, Row& row) {
    const auto database = postgresql.make("replicas");
    const auto people = addPeople(database, 4 * setting.writers, 1);
    const auto first = serve(setting, database, "replica-1");
    const auto second = serve(setting, database, "replica-2");
    Writers alone(setting, "one", people, {first->target()});
    Writers both(setting, "two", people, {first->target(), second->target()});
    alone.run(0.1, kBatch);
    both.run(0.1, kBatch);
    const auto cpu = [&] {
        return std::array{cpuSeconds(first->pid()), cpuSeconds(second->pid()),
                          postgresql.cpuSeconds(), both.cpuSeconds()};
    };
    std::vector<double> values, floors;
    char note[300] = "";
    for (int round = 0; round < setting.pick(3, 1); ++round) {
        floors.push_back(alone.run(setting.seconds, kBatch).commandsASecond);
        const auto before = cpu();
        const double ms = millisecondsOf(
            [&] { values.push_back(both.run(setting.seconds, kBatch).commandsASecond); });
        const auto after = cpu();
        std::snprintf(note, sizeof note,
                      "CPU s of both in %.1f s on %u cores: replicas %.1f and %.1f, PostgreSQL "
                      "%.1f, writers %.1f",
                      ms / 1'000, std::thread::hardware_concurrency(), after[0] - before[0],
                      after[1] - before[1], after[2] - before[2], after[3] - before[3]);
    }
    summarise(row, values, floors);
    row.note = note;
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
            m_writers.back()->run(0.1, 1);
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
