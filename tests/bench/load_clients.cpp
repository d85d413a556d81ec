// SPDX-License-Identifier: MIT
#include "bench/load_clients.h"

#include "bench/process.h"

#include <algorithm>
#include <set>
#include <sstream>

namespace hashira::bench {
namespace {

/// One process drives so many streams with one thread of its own.
constexpr std::size_t kWatchersOfProcess = 2'500;
/// A notification that is not there after this is lost.
constexpr int kHeardSeconds = 30;

const QString kProgram = QStringLiteral("hashira-load-client");

QString text(const std::string& value) {
    return QString::fromStdString(value);
}

void write(const std::string& path, const std::vector<Person>& people) {
    if (!writePeople(path, people)) throw Failure("cannot write " + path);
}

}  // namespace

Watchers::Watchers(const LoadSetting& setting, const std::string& target,
                   const std::vector<Person>& people)
    : m_place(setting.directory("watchers")) {
    for (std::size_t first = 0; first < people.size(); first += kWatchersOfProcess) {
        const auto begin = people.begin() + static_cast<std::ptrdiff_t>(first);
        const auto count = std::min(kWatchersOfProcess, people.size() - first);
        const std::string file = m_place + "/people" + std::to_string(first);
        write(file, {begin, begin + static_cast<std::ptrdiff_t>(count)});
        m_processes.emplace_back(setting, kProgram,
                                 QStringList{QStringLiteral("watch"), text(target), text(file)},
                                 m_place + "/log");
    }
    for (Helper& process : m_processes) {
        std::istringstream answer(process.answer());
        std::string word, why;
        std::size_t greeted = 0, failed = 0;
        answer >> word >> greeted >> failed;
        std::getline(answer, why);
        if (word != "watching" || failed > 0)
            throw Failure(std::to_string(failed) + " of " + std::to_string(greeted + failed) +
                          " watchers of a process were not greeted:" + why);
    }
}

std::vector<Heard> Watchers::heardOf(const std::vector<Applied>& applied) {
    const std::string asked = m_place + "/applied";
    if (!writeRecords(asked, applied)) throw Failure("cannot write " + asked);
    std::vector<Heard> all;
    std::uint32_t before = 0;
    for (Helper& process : m_processes) {
        const std::string file = m_place + "/heard";
        std::istringstream answer(
            process.ask("await " + asked + ' ' + file + ' ' + std::to_string(kHeardSeconds)));
        std::string word;
        std::size_t count = 0, missing = 0;
        answer >> word >> count >> missing;
        if (word != "heard" || missing > 0)
            throw Failure(std::to_string(missing) + " watchers did not hear of a change");
        for (Heard heard : readRecords<Heard>(file)) {
            heard.watcher += before;
            all.push_back(heard);
        }
        before += static_cast<std::uint32_t>(kWatchersOfProcess);
    }
    return all;
}

double Watchers::cpuSeconds() const {
    double sum = 0;
    for (const Helper& process : m_processes) sum += bench::cpuSeconds(process.pid());
    return sum;
}

namespace {

QStringList writerArguments(const LoadSetting& setting, const std::string& tag,
                            const std::string& file, const std::vector<Person>& people,
                            const std::vector<std::string>& targets) {
    write(file, people);
    QStringList arguments{QStringLiteral("write"), text(tag), text(file),
                          QString::number(setting.writers)};
    for (const std::string& target : targets) arguments += text(target);
    return arguments;
}

}  // namespace

Writers::Writers(const LoadSetting& setting, const std::string& tag,
                 const std::vector<Person>& people, const std::vector<std::string>& targets)
    : m_accounts(people.size()),
      m_file(setting.place + "/writers-" + tag),
      m_process(setting, kProgram, writerArguments(setting, tag, m_file, people, targets),
                m_file + ".log") {}

void Writers::warmUp(int commands) {
    std::set<std::uint32_t> known;
    while (known.size() < m_accounts)
        for (const Applied& each : run(0.1, commands).applied) known.insert(each.account);
}

Run Writers::run(double seconds, int commands) {
    const std::string file = m_file + ".applied";
    std::istringstream answer(m_process.ask("run " + std::to_string(seconds) + ' ' +
                                            std::to_string(commands) + ' ' + file));
    std::string word;
    double count = 0, took = 0;
    if (!(answer >> word >> count >> took) || word != "applied" || count == 0)
        throw Failure("the writers failed; their log is " + m_file + ".log");
    return {readRecords<Applied>(file), count / took};
}

double Writers::cpuSeconds() const {
    return bench::cpuSeconds(m_process.pid());
}

}  // namespace hashira::bench
