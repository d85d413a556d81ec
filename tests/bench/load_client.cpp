// SPDX-License-Identifier: MIT
//
// hashira-load-client: the daemons of hashira-load, in a process of their own so that what they
// take is not counted as the server's. Each has its own link, as hashirad makes it. Commands come
// as lines on stdin, and each is answered by a line on stdout; the end of stdin ends the program.
//   watch TARGET PEOPLE                     "watching N FAILED WHY" once all were greeted, then
//     await APPLIED HEARD SECONDS           waits until all have heard of it: "heard N MISSING"
//   write TAG PEOPLE WRITERS TARGET…        then
//     run SECONDS COMMANDS APPLIED          each writer sends batches of so many: "applied N
//     SECONDS"
#include "bench/load_commands.h"
#include "bench/load_wire.h"
#include "remote/link.h"
#include "wire/library.h"

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <sstream>
#include <thread>

namespace {

using namespace hashira;
using namespace hashira::bench;

[[noreturn]] void fail(const std::string& why) {
    std::fprintf(stderr, "hashira-load-client: %s\n", why.c_str());
    std::_Exit(1);
}

/// The one thread that all links are called on. What comes is stamped as it comes, before it waits
/// for its turn.
class Loop {
public:
    using Job = std::function<void()>;

    void post(Job job) {
        {
            const std::lock_guard lock(m_mutex);
            m_jobs.push_back({steadyNs(), std::move(job)});
        }
        m_wake.notify_one();
    }

    /// Runs jobs until `done`, or the moment comes.
    void runUntil(const std::function<bool()>& done, std::int64_t untilNs) {
        std::unique_lock lock(m_mutex);
        while (!done()) {
            if (m_jobs.empty()) {
                const std::chrono::nanoseconds left(untilNs - steadyNs());
                if (left.count() <= 0) return;
                m_wake.wait_for(lock, left);
                continue;
            }
            const auto [ns, job] = std::move(m_jobs.front());
            m_jobs.pop_front();
            m_now = ns;
            lock.unlock();
            job();
            lock.lock();
        }
    }

    /// When the job that runs was posted.
    std::int64_t nowNs() const { return m_now; }

private:
    std::mutex m_mutex;  // protects the jobs
    std::condition_variable m_wake;
    std::deque<std::pair<std::int64_t, Job>> m_jobs;
    std::int64_t m_now = 0;
};

/// stdin, a line at a time. Lasts as long as the process: its thread waits in a read.
class Lines {
public:
    explicit Lines(Loop& loop) : m_loop(loop) {
        std::thread([this] {
            for (std::string line; std::getline(std::cin, line);)
                m_loop.post([this, line] { m_lines.push_back(line); });
            m_loop.post([this] { m_over = true; });
        }).detach();
    }

    /// Nothing: it is over.
    std::optional<std::string> next() {
        constexpr std::int64_t kHourNs = 3'600'000'000'000;
        m_loop.runUntil([this] { return m_over || !m_lines.empty(); }, steadyNs() + kHourNs);
        if (m_lines.empty()) return {};
        const std::string line = m_lines.front();
        m_lines.pop_front();
        return line;
    }

private:
    Loop& m_loop;
    std::deque<std::string> m_lines;
    bool m_over = false;
};

std::unique_ptr<remote::Link> makeLink(Loop& loop, const std::string& target,
                                       const std::string& token) {
    const auto url = remote::DatastoreUrl::parse("hashira+plaintext://" + target);
    if (!url) fail(url.error().message);
    return remote::makeGrpcLink({*url, token, {}},
                                [&loop](Loop::Job job) { loop.post(std::move(job)); });
}

/// 15 characters of [0-9a-z].
std::string deviceId(const std::string& tag, std::size_t number) {
    std::string id = std::to_string(number);
    return tag + std::string(15 - tag.size() - id.size(), '0') + id;
}

void answer(const std::string& line) {
    std::cout << line << std::endl;
}

/// Daemons at rest.
class Watchers {
public:
    Watchers(Loop& loop, std::string target, std::vector<Person> people)
        : m_loop(loop),
          m_target(std::move(target)),
          m_people(std::move(people)),
          m_newest(m_people.size()) {}

    /// Some at a time: a daemon's first connect has a limit of time.
    void open() {
        constexpr std::size_t kAtOnce = 64;
        constexpr std::int64_t kLimitNs = 300'000'000'000;
        const std::int64_t untilNs = steadyNs() + kLimitNs;
        for (std::size_t i = 0; i < m_people.size(); ++i) {
            const auto room = [&] { return i - m_greeted - m_failed < kAtOnce; };
            m_loop.runUntil(room, untilNs);
            if (!room()) break;
            open(i);
        }
        m_loop.runUntil([this] { return m_greeted + m_failed == m_people.size(); }, untilNs);
        if (m_greeted + m_failed < m_people.size()) m_why = "no answer in time";
        answer("watching " + std::to_string(m_greeted) + ' ' +
               std::to_string(m_people.size() - m_greeted) + ' ' + m_why);
    }

    void await(const std::string& applied, const std::string& heard, double seconds) {
        std::map<std::uint32_t, std::uint64_t> newest;
        for (const Applied& each : readRecords<Applied>(applied))
            newest[each.account] = std::max(newest[each.account], each.version);
        const auto missing = [&] {
            std::size_t count = 0;
            for (std::size_t i = 0; i < m_people.size(); ++i) {
                const auto at = newest.find(m_people[i].account);
                count += at != newest.end() && m_newest[i] < at->second;
            }
            return count;
        };
        // Looked at with some patience: it goes over all watchers.
        constexpr std::int64_t kLookNs = 20'000'000;
        const std::int64_t untilNs = steadyNs() + static_cast<std::int64_t>(seconds * 1e9);
        while (missing() > 0 && steadyNs() < untilNs)
            m_loop.runUntil([] { return false; }, steadyNs() + kLookNs);
        if (!writeRecords(heard, m_heard)) fail("cannot write " + heard);
        answer("heard " + std::to_string(m_heard.size()) + ' ' + std::to_string(missing()));
        m_heard.clear();
    }

private:
    void open(std::size_t i) {
        m_links.push_back(makeLink(m_loop, m_target, m_people[i].token));
        sync::WatchRequest request{{{deviceId("w", i), 0}}, {}, "load"};
        const auto heard = [this, i](std::uint64_t version) {
            m_newest[i] = version;
            m_heard.push_back(
                {version, m_loop.nowNs(), m_people[i].account, static_cast<std::uint32_t>(i)});
        };
        m_links.back()->watch(std::move(request),
                              {[this](const sync::Hello&) { ++m_greeted; }, heard,
                               [this](const Error& error) {
                                   ++m_failed;
                                   m_why = error.message;
                               }});
    }

    Loop& m_loop;
    const std::string m_target;
    const std::vector<Person> m_people;
    std::vector<std::uint64_t> m_newest;  ///< the version that each has heard of
    std::vector<std::unique_ptr<remote::Link>> m_links;
    std::vector<Heard> m_heard;
    std::size_t m_greeted = 0;
    std::size_t m_failed = 0;
    std::string m_why = "-";
};

/// Daemons that always have something to send. Each goes round its accounts, and makes its next
/// batch while the last one is under way.
class Writers {
public:
    Writers(Loop& loop, const std::string& tag, const std::vector<Person>& people, int count,
            const std::vector<std::string>& targets)
        : m_loop(loop), m_writers(static_cast<std::size_t>(count)) {
        for (std::size_t i = 0; i < people.size(); ++i) {
            const std::size_t writer = i % m_writers.size();
            m_writers[writer].accounts.push_back(
                {people[i].account,
                 makeLink(loop, targets[writer % targets.size()], people[i].token),
                 std::make_unique<CommandMaker>(people[i].incarnation, deviceId(tag, i))});
        }
        for (const Writer& writer : m_writers)
            if (writer.accounts.empty()) fail("a writer has no account");
    }

    void run(double seconds, int commands, const std::string& applied) {
        m_applied.clear();
        m_commands = commands;
        const std::int64_t begin = steadyNs();
        m_untilNs = begin + static_cast<std::int64_t>(seconds * 1e9);
        for (Writer& writer : m_writers) prepare(writer);
        for (Writer& writer : m_writers) send(writer);
        constexpr std::int64_t kLimitNs = 120'000'000'000;
        m_loop.runUntil([this] { return m_busy == 0; }, m_untilNs + kLimitNs);
        if (m_busy > 0) fail("an Apply was not answered");
        const double took = static_cast<double>(steadyNs() - begin) / 1e9;
        if (!writeRecords(applied, m_applied)) fail("cannot write " + applied);
        answer("applied " + std::to_string(m_applied.size() * std::size_t(commands)) + ' ' +
               std::to_string(took));
    }

private:
    struct Account {
        std::uint32_t number = 0;
        std::unique_ptr<remote::Link> link;
        std::unique_ptr<CommandMaker> maker;
    };
    struct Writer {
        std::vector<Account> accounts;
        std::size_t next = 0;
        std::optional<sync::ApplyRequest> prepared;  ///< of the next account
    };

    void prepare(Writer& writer) {
        if (!writer.prepared)
            writer.prepared = writer.accounts[writer.next].maker->next(m_commands);
    }

    void send(Writer& writer) {
        Account& account = writer.accounts[writer.next];
        writer.next = (writer.next + 1) % writer.accounts.size();
        ++m_busy;
        const std::int64_t sentNs = steadyNs();
        account.link->apply(std::move(*std::exchange(writer.prepared, std::nullopt)),
                            [this, &writer, &account, sentNs](const auto& response) {
                                onAnswer(writer, account, sentNs, response);
                            });
        if (steadyNs() < m_untilNs) prepare(writer);
    }

    void onAnswer(Writer& writer, const Account& account, std::int64_t sentNs,
                  const Result<sync::ApplyResponse>& response) {
        --m_busy;
        if (!response) fail("Apply: " + response.error().message);
        std::size_t good = 0;
        for (const sync::ApplyResult& result : response->results) good += result.refusal.empty();
        if (good != static_cast<std::size_t>(m_commands)) fail("not all commands were applied");
        m_applied.push_back({response->cursor.version, sentNs, m_loop.nowNs(), account.number,
                             static_cast<std::uint32_t>(m_commands)});
        // What is prepared is of this run's size: it is sent, so that no number is left out.
        if (writer.prepared) send(writer);
    }

    Loop& m_loop;
    std::vector<Writer> m_writers;
    std::vector<Applied> m_applied;
    std::int64_t m_untilNs = 0;
    int m_commands = 0;
    int m_busy = 0;
};

int watch(const std::vector<std::string>& words) {
    Loop loop;
    Lines& lines = *new Lines(loop);
    Watchers watchers(loop, words[1], readPeople(words[2]));
    watchers.open();
    while (const auto line = lines.next()) {
        std::istringstream text(*line);
        std::string verb, applied, heard;
        double seconds = 0;
        if (!(text >> verb >> applied >> heard >> seconds) || verb != "await") fail(*line);
        watchers.await(applied, heard, seconds);
    }
    std::_Exit(0);  // thousands of streams end with the process, at once
}

int write(const std::vector<std::string>& words) {
    Loop loop;
    Lines& lines = *new Lines(loop);
    Writers writers(loop, words[1], readPeople(words[2]), std::stoi(words[3]),
                    {words.begin() + 4, words.end()});
    while (const auto line = lines.next()) {
        std::istringstream text(*line);
        std::string verb, applied;
        double seconds = 0;
        int commands = 0;
        if (!(text >> verb >> seconds >> commands >> applied) || verb != "run") fail(*line);
        writers.run(seconds, commands, applied);
    }
    std::_Exit(0);
}

}  // namespace

int main(int argc, char** argv) {
    wire::keepLibrary();  // as hashirad does
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (words.size() == 3 && words[0] == "watch") return watch(words);
    if (words.size() >= 5 && words[0] == "write") return write(words);
    std::fprintf(stderr, "hashira-load-client is run by hashira-load\n");
    return 2;
}
