// SPDX-License-Identifier: MIT
#include "simulation/world.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QTemporaryDir>

#include <cstdio>

// hashira-simulation: runs seeds, tells each violation with the seed that shows it, and exits 1
// then.
namespace {

using namespace hashira::sim;

struct Totals {
    std::uint64_t seeds = 0;
    std::uint64_t steps = 0;
    std::uint64_t failed = 0;
};

bool runSeed(Options options, Totals& totals) {
    const Outcome outcome = World(options).run();
    ++totals.seeds;
    totals.steps += outcome.steps;
    if (outcome.violations.empty()) return true;
    ++totals.failed;
    std::printf("seed %llu fails:\n", static_cast<unsigned long long>(options.seed));
    for (const std::string& violation : outcome.violations)
        std::printf("  %s\n", violation.c_str());
    std::fflush(stdout);
    return false;
}

/// The same seed twice must tell the same story.
bool runTwice(const Options& options) {
    const Outcome first = World(options).run();
    const Outcome second = World(options).run();
    if (first == second) return true;
    std::printf("seed %llu is not deterministic: %016llx, then %016llx\n",
                static_cast<unsigned long long>(options.seed),
                static_cast<unsigned long long>(first.trace),
                static_cast<unsigned long long>(second.trace));
    return false;
}

}  // namespace

int main(int argc, char** argv) {
    QCoreApplication app(argc, argv);
    QCommandLineParser parser;
    parser.setApplicationDescription(
        QStringLiteral("Runs the sync of several devices under faults, by seeds."));
    parser.addHelpOption();
    const QCommandLineOption from({QStringLiteral("from")}, QStringLiteral("First seed."),
                                  QStringLiteral("N"), QStringLiteral("0"));
    const QCommandLineOption count({QStringLiteral("count")}, QStringLiteral("How many seeds."),
                                   QStringLiteral("N"), QStringLiteral("100"));
    const QCommandLineOption minutes({QStringLiteral("minutes")},
                                     QStringLiteral("Run on for as long, instead of --count."),
                                     QStringLiteral("M"));
    const QCommandLineOption steps({QStringLiteral("steps")},
                                   QStringLiteral("Steps with faults in each seed."),
                                   QStringLiteral("N"), QStringLiteral("250"));
    const QCommandLineOption verbose({QStringLiteral("verbose")},
                                     QStringLiteral("Tell each step."));
    const QCommandLineOption always({QStringLiteral("check-always")},
                                    QStringLiteral("Check the views after every step."));
    const QCommandLineOption twice({QStringLiteral("twice")},
                                   QStringLiteral("Run each seed twice and compare the traces."));
    parser.addOptions({from, count, minutes, steps, verbose, always, twice});
    parser.process(app);

    // In memory where there is such a directory: the simulation is about order, not about disks.
    const QString shared = QStringLiteral("/dev/shm");
    const QTemporaryDir directory((QDir(shared).exists() ? shared : QDir::tempPath()) +
                                  QStringLiteral("/hashira-sim-XXXXXX"));
    Options options;
    options.directory = directory.path().toStdString();
    options.steps = parser.value(steps).toInt();
    options.verbose = parser.isSet(verbose);
    options.checkAlways = parser.isSet(always);

    Totals totals;
    QElapsedTimer timer;
    timer.start();
    const auto first = parser.value(from).toULongLong();
    const auto last = first + parser.value(count).toULongLong();
    const qint64 limit =
        parser.isSet(minutes) ? static_cast<qint64>(parser.value(minutes).toDouble() * 60'000) : -1;
    bool deterministic = true;
    for (auto seed = first; limit < 0 ? seed < last : timer.elapsed() < limit; ++seed) {
        options.seed = seed;
        options.features = featuresOf(seed);
        if (parser.isSet(twice)) deterministic = runTwice(options) && deterministic;
        runSeed(options, totals);
    }
    std::printf("%llu seeds, %llu steps, %.1f s, %llu failed\n",
                static_cast<unsigned long long>(totals.seeds),
                static_cast<unsigned long long>(totals.steps),
                static_cast<double>(timer.elapsed()) / 1000.0,
                static_cast<unsigned long long>(totals.failed));
    return totals.failed == 0 && deterministic ? 0 : 1;
}
