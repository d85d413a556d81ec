// SPDX-License-Identifier: MIT
#include "simulation/jobs.h"

#include <QCoreApplication>
#include <QEventLoop>
#include <QProcess>

#include <algorithm>
#include <memory>
#include <vector>

namespace hashira::sim {
namespace {

constexpr char kProgress[] = "progress ";

/// One of the processes, and what it has told so far.
struct Job {
    QProcess process;
    Totals totals;
    bool good = true;
};

void takeLine(Job& job, const QByteArray& line) {
    unsigned long long seeds = 0, steps = 0, failed = 0;
    if (std::sscanf(line.constData(), "progress %llu %llu %llu", &seeds, &steps, &failed) == 3)
        job.totals = {seeds, steps, failed};
    else
        std::fputs(line.constData(), stdout);
    std::fflush(stdout);
}

}  // namespace

void printProgress(const Totals& totals) {
    std::printf("%s%llu %llu %llu\n", kProgress, static_cast<unsigned long long>(totals.seeds),
                static_cast<unsigned long long>(totals.steps),
                static_cast<unsigned long long>(totals.failed));
    std::fflush(stdout);
}

bool runJobs(int count, const QStringList& arguments, Totals& totals) {
    std::vector<std::unique_ptr<Job>> jobs;
    QEventLoop loop;
    Minutes minutes;
    int running = count;
    const auto sum = [&] {
        totals = {};
        for (const auto& job : jobs) totals += job->totals;
    };
    for (int i = 0; i < count; ++i) {
        Job& job = *jobs.emplace_back(std::make_unique<Job>());
        job.process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        QObject::connect(&job.process, &QProcess::readyReadStandardOutput, &loop, [&] {
            while (job.process.canReadLine()) takeLine(job, job.process.readLine());
            sum();
            minutes.tell(totals);
        });
        QObject::connect(&job.process, &QProcess::finished, &loop,
                         [&](int code, QProcess::ExitStatus status) {
                             job.good = status == QProcess::NormalExit && code <= 1;
                             if (--running == 0) loop.quit();
                         });
        job.process.start(QCoreApplication::applicationFilePath(),
                          arguments + QStringList{QStringLiteral("--job"),
                                                  QStringLiteral("%1/%2").arg(i).arg(count)});
        if (!job.process.waitForStarted()) return false;
    }
    if (running > 0) loop.exec();
    sum();
    return std::all_of(jobs.begin(), jobs.end(), [](const auto& job) { return job->good; });
}

}  // namespace hashira::sim
