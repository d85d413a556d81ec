// SPDX-License-Identifier: MIT
#include "simulation/jobs.h"
#include "simulation/seeds.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QDir>
#include <QTemporaryDir>

#include <cstdio>

// hashira-simulation: runs seeds, tells each violation with the seed that shows it, and exits 1
// then; 2 where it was called wrongly or could not run.
namespace {

using namespace hashira::sim;

QString text(const char* latin1) {
    return QString::fromLatin1(latin1);
}

/// The command line.
class Arguments {
public:
    Arguments() {
        m_parser.setApplicationDescription(
            text("Runs the sync of several devices under faults, by seeds."));
        m_parser.addHelpOption();
        m_parser.addOptions({from, count, minutes, steps, kind, seeds, jobs, keep, until, twice,
                             always, verbose, job});
        m_parser.process(*QCoreApplication::instance());
    }

    bool has(const QCommandLineOption& option) const { return m_parser.isSet(option); }
    QString value(const QCommandLineOption& option) const { return m_parser.value(option); }
    std::uint64_t number(const QCommandLineOption& option) const {
        return value(option).toULongLong();
    }

    const QCommandLineOption from{{text("from")}, text("First seed."), text("N"), text("0")};
    const QCommandLineOption count{
        {text("count")}, text("How many seeds."), text("N"), text("100")};
    const QCommandLineOption minutes{
        {text("minutes")},
        text("Run on for as long, instead of --count; keeps the seeds that fail."),
        text("M")};
    const QCommandLineOption steps{
        {text("steps")}, text("Steps with faults in each seed."), text("N"), text("250")};
    const QCommandLineOption kind{
        {text("kind")}, text("Only seeds with the faults of seed K, 0 to 7."), text("K")};
    const QCommandLineOption seeds{
        {text("seeds")}, text("The seeds that this file names, one in a line."), text("FILE")};
    const QCommandLineOption jobs{
        {text("jobs")}, text("So many processes side by side."), text("N"), text("1")};
    const QCommandLineOption keep{{text("keep")},
                                  text("Where failing seeds are kept; with --minutes the default "
                                       "is ./simulation-failures."),
                                  text("DIR")};
    const QCommandLineOption until{{text("until-failure")}, text("End at the first that fails.")};
    const QCommandLineOption twice{{text("twice")},
                                   text("Run each seed twice and compare the traces.")};
    const QCommandLineOption always{{text("check-always")},
                                    text("Check the views after every step.")};
    const QCommandLineOption verbose{{text("verbose")}, text("Tell each step.")};
    /// Which share of the seeds: for the processes of --jobs.
    const QCommandLineOption job = [] {
        QCommandLineOption option(text("job"), QString(), text("I/N"));
        option.setFlags(QCommandLineOption::HiddenFromHelp);
        return option;
    }();

private:
    QCommandLineParser m_parser;
};

/// Which of the seeds are this process's.
void share(const Arguments& arguments, Plan& plan) {
    if (arguments.has(arguments.kind)) {
        const std::uint64_t kind = arguments.number(arguments.kind) % kKinds;
        plan.from += (kind + kKinds - plan.from % kKinds) % kKinds;
        plan.stride = kKinds;
    }
    if (!arguments.has(arguments.job)) return;
    const QStringList parts = arguments.value(arguments.job).split(QLatin1Char('/'));
    const std::uint64_t index = parts.front().toULongLong();
    const std::uint64_t jobs = parts.back().toULongLong();
    std::vector<std::uint64_t> mine;
    for (std::size_t i = index; i < plan.listed.size(); i += jobs) mine.push_back(plan.listed[i]);
    plan.listed = std::move(mine);
    if (arguments.has(arguments.seeds) && plan.listed.empty()) plan.limitMs = 0;
    plan.from += index * plan.stride;
    plan.stride *= jobs;
    plan.count = (plan.count + jobs - 1 - index) / jobs;
}

std::optional<Plan> planOf(const Arguments& arguments) {
    Plan plan;
    plan.from = arguments.number(arguments.from);
    plan.count = arguments.number(arguments.count);
    plan.twice = arguments.has(arguments.twice);
    plan.untilFailure = arguments.has(arguments.until);
    plan.options.steps = arguments.value(arguments.steps).toInt();
    plan.options.verbose = arguments.has(arguments.verbose);
    plan.options.checkAlways = arguments.has(arguments.always);
    if (arguments.has(arguments.minutes)) {
        plan.limitMs =
            static_cast<std::int64_t>(arguments.value(arguments.minutes).toDouble() * 60'000);
        plan.keepDir = "simulation-failures";
    }
    if (arguments.has(arguments.keep)) plan.keepDir = arguments.value(arguments.keep).toStdString();
    if (arguments.has(arguments.seeds)) {
        const auto listed = readSeeds(arguments.value(arguments.seeds).toStdString());
        if (!listed || listed->empty()) {
            std::fprintf(stderr, "%s: cannot be read, or names no seed\n",
                         qPrintable(arguments.value(arguments.seeds)));
            return {};
        }
        plan.listed = *listed;
    }
    share(arguments, plan);
    return plan;
}

bool makeKeepDir(const Plan& plan) {
    if (plan.keepDir.empty()) return true;
    const QDir directory(QString::fromStdString(plan.keepDir));
    if (!directory.mkpath(text("."))) {
        std::fprintf(stderr, "%s: cannot be made\n", plan.keepDir.c_str());
        return false;
    }
    std::printf("Failing seeds are kept in %s\n", qPrintable(directory.absolutePath()));
    std::fflush(stdout);
    return true;
}

Totals runHere(Plan plan, bool forParent) {
    // In memory where there is such a directory: the simulation is about order, not about disks.
    const QString shared = text("/dev/shm");
    const QTemporaryDir directory((QDir(shared).exists() ? shared : QDir::tempPath()) +
                                  text("/hashira-sim-XXXXXX"));
    plan.options.directory = directory.path().toStdString();
    Minutes minutes;
    return runPlan(plan, [&](const Totals& totals) {
        if (forParent)
            printProgress(totals);
        else
            minutes.tell(totals);
    });
}

}  // namespace

int main(int argc, char** argv) {
    QCoreApplication app(argc, argv);
    const Arguments arguments;
    const auto plan = planOf(arguments);
    if (!plan) return 2;
    if (arguments.has(arguments.job)) return runHere(*plan, true).failed == 0 ? 0 : 1;
    if (!makeKeepDir(*plan)) return 2;
    const Minutes minutes;
    Totals totals;
    bool good = true;
    if (const int jobs = arguments.value(arguments.jobs).toInt(); jobs > 1)
        good = runJobs(jobs, QCoreApplication::arguments().mid(1), totals);
    else
        totals = runHere(*plan, false);
    std::printf("%s, %.1f s\n", totals.text().c_str(), minutes.seconds());
    if (!good) std::fprintf(stderr, "a job broke down\n");
    if (!good) return 2;
    return totals.failed == 0 ? 0 : 1;
}
