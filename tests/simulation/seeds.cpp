// SPDX-License-Identifier: MIT
#include "simulation/seeds.h"

#include <QElapsedTimer>

#include <cstdio>
#include <fstream>
#include <sstream>

namespace hashira::sim {
namespace {

/// A failing seed as people read it, and as `hashira-simulation --seeds FILE` takes it.
std::string report(const Options& options, const std::vector<std::string>& problems) {
    std::ostringstream text;
    text << "seed " << options.seed << " fails:\n";
    for (const std::string& problem : problems) text << "  " << problem << '\n';
    return text.str();
}

void keep(const Plan& plan, const Options& options, const std::string& text) {
    if (plan.keepDir.empty()) return;
    const std::string path = plan.keepDir + "/seed-" + std::to_string(options.seed) + ".txt";
    std::ofstream file(path);
    file << options.seed << "  run it with: --seeds FILE --steps " << options.steps
         << (options.checkAlways ? " --check-always" : "") << " --verbose\n";
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) file << "# " << line << '\n';
    if (!file.flush()) std::fprintf(stderr, "the seed could not be kept in %s\n", path.c_str());
}

/// What is wrong with the seed; empty where nothing is.
std::vector<std::string> problemsOf(const Plan& plan, const Options& options, Totals& totals) {
    Outcome outcome = World(options).run();
    ++totals.seeds;
    totals.steps += outcome.steps;
    if (plan.twice && !(World(options).run() == outcome))
        outcome.violations.emplace_back("it tells another story each time");
    return outcome.violations;
}

}  // namespace

Totals& Totals::operator+=(const Totals& other) {
    seeds += other.seeds;
    steps += other.steps;
    failed += other.failed;
    return *this;
}

std::string Totals::text() const {
    return std::to_string(seeds) + " seeds, " + std::to_string(steps) + " steps, " +
           std::to_string(failed) + " failed";
}

Totals runPlan(const Plan& plan, const std::function<void(const Totals&)>& progress) {
    Totals totals;
    QElapsedTimer timer;
    timer.start();
    Options options = plan.options;
    const auto goesOn = [&](std::uint64_t done) {
        if (plan.untilFailure && totals.failed > 0) return false;
        if (!plan.listed.empty()) return done < plan.listed.size();
        return plan.limitMs ? timer.elapsed() < *plan.limitMs : done < plan.count;
    };
    for (std::uint64_t done = 0; goesOn(done); ++done) {
        options.seed = plan.listed.empty() ? plan.from + done * plan.stride : plan.listed[done];
        options.features = featuresOf(options.seed);
        const auto problems = problemsOf(plan, options, totals);
        if (!problems.empty()) {
            ++totals.failed;
            const std::string text = report(options, problems);
            std::fputs(text.c_str(), stdout);
            std::fflush(stdout);
            keep(plan, options, text);
        }
        progress(totals);
    }
    return totals;
}

std::optional<std::vector<std::uint64_t>> readSeeds(const std::string& path) {
    std::ifstream file(path);
    if (!file) return {};
    std::vector<std::uint64_t> seeds;
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        std::uint64_t seed = 0;
        if (words >> seed) seeds.push_back(seed);
    }
    return seeds;
}

}  // namespace hashira::sim
