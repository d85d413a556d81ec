// SPDX-License-Identifier: MIT
//
// hashira-bench: measures the built programs; see README.md.
#include "bench/bench.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <thread>

namespace {

using namespace hashira::bench;

QJsonObject toJson(const Row& row) {
    return {{QStringLiteral("name"), QString::fromStdString(row.name)},
            {QStringLiteral("value"), row.value},
            {QStringLiteral("floor"), row.floor},
            {QStringLiteral("unit"), QString::fromStdString(row.unit)},
            {QStringLiteral("ratio"), row.ratio()},
            {QStringLiteral("goal"), row.goal},
            {QStringLiteral("met"), row.met()}};
}

/// The share of the processors' time that others use now. 0 where the system does not tell.
double busyShare() {
    struct Times {
        double idle = 0;
        double all = 0;
    };
    const auto read = [] {
        std::ifstream file("/proc/stat");
        std::string cpu;
        file >> cpu;
        Times times;
        double value = 0;
        // user, nice, system, idle, iowait, irq, softirq, steal
        for (int column = 0; column < 8 && file >> value; ++column) {
            times.all += value;
            if (column == 3 || column == 4) times.idle += value;
        }
        return times;
    };
    const Times before = read();
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    const Times after = read();
    if (after.all <= before.all) return 0;
    return 1 - (after.idle - before.idle) / (after.all - before.all);
}

/// A thread that waits for the disk then also waits for its turn, up to a tick of 4 ms, and not all
/// of ours do so equally: the pairing cannot take that out of a ratio.
void warnIfBusy() {
    constexpr double kBusy = 0.15;
    const double share = busyShare();
    if (share > kBusy)
        std::fprintf(stderr,
                     "hashira-bench: other programs use %.0f %% of this machine: do not trust the "
                     "ratios\n",
                     share * 100);
}

void printHead() {
    std::printf("%-20s %11s %11s %11s %-10s %6s %8s\n", "row", "value", "floor", "slowest", "unit",
                "ratio", "goal");
}

void print(const Row& row) {
    std::printf("%-20s %11.3f %11.3f %11.3f %-10s %6.2f %2s %5.2f  %s\n", row.name.c_str(),
                row.value, row.floor, row.slowest, row.unit.c_str(), row.ratio(),
                row.higherIsBetter ? ">=" : "<=", row.goal, row.met() ? "met" : "MISSED");
    std::fflush(stdout);
}

void writeJson(const QString& path, const QJsonArray& rows) {
    QFile file(path);
    const QByteArray text = QJsonDocument(QJsonObject{{QStringLiteral("rows"), rows}}).toJson();
    if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate) || file.write(text) != text.size())
        throw Failure("cannot write " + path.toStdString());
}

/// Rows that are chosen together.
struct Group {
    const char* name;
    std::vector<Bench> rows;
};

std::vector<Group> allGroups() {
    std::vector<Group> groups{{"table", {}}, {"growth", growthRows()}};
    for (auto part : {sendRows, retrieveRows, syncRows, processRows, idleRows})
        for (Bench& bench : part()) groups[0].rows.push_back(std::move(bench));
    return groups;
}

Setting settingOf(const QCommandLineParser& options, const QString& place) {
    Setting setting{QCoreApplication::applicationDirPath(), place.toStdString(),
                    options.isSet(QStringLiteral("quick"))};
    const QString minutes = options.value(QStringLiteral("idle-minutes"));
    bool number = false;
    setting.idleSeconds = minutes.toDouble(&number) * 60;
    if (!number || !(setting.idleSeconds > 0))
        throw Failure("--idle-minutes: " + minutes.toStdString() + " is not a number above 0");
    setting.grownTasks = options.value(QStringLiteral("grown-tasks")).toInt(&number);
    if (!number || setting.grownTasks <= 10'000)
        throw Failure("--grown-tasks: needs a number above 10000");
    if (setting.quick) setting.idleSeconds = std::min(setting.idleSeconds, 2.0);
    return setting;
}

void run(const QCommandLineParser& options) {
    const QString base = options.value(QStringLiteral("dir"));
    QTemporaryDir place(base + QStringLiteral("/hsr-XXXXXX"));
    if (!place.isValid()) throw Failure("cannot make a directory in " + base.toStdString());
    const Setting setting = settingOf(options, place.path());
    const QStringList only = options.values(QStringLiteral("only"));
    const auto wanted = [&](const std::string& name) {
        return only.isEmpty() || only.contains(QString::fromStdString(name));
    };
    if (!setting.quick) warnIfBusy();
    QJsonArray done;
    printHead();
    for (Group& group : allGroups())
        for (Bench& bench : group.rows) {
            if (!wanted(group.name) && !wanted(bench.row.name)) continue;
            bench.run(setting, bench.row);
            print(bench.row);
            done.append(toJson(bench.row));
        }
    if (done.isEmpty()) throw Failure("there is no such row; --list names them");
    if (options.isSet(QStringLiteral("json")))
        writeJson(options.value(QStringLiteral("json")), done);
}

}  // namespace

int main(int argc, char** argv) {
    QCoreApplication application(argc, argv);
    QCommandLineParser options;
    options.setApplicationDescription(
        QStringLiteral("Measures Hashira's programs, each row beside a floor of bare parts."));
    options.addHelpOption();
    options.addOptions(
        {{QStringLiteral("json"), QStringLiteral("Write the rows to FILE."),
          QStringLiteral("FILE")},
         {QStringLiteral("quick"), QStringLiteral("Few repetitions of small sizes: "
                                                  "shows that all works.")},
         {QStringLiteral("only"),
          QStringLiteral("Only the row NAME, or the group table or growth; repeatable."),
          QStringLiteral("NAME")},
         {QStringLiteral("list"), QStringLiteral("Names the rows.")},
         {QStringLiteral("idle-minutes"),
          QStringLiteral("How long the idle rows look, 2 by default."), QStringLiteral("N"),
          QStringLiteral("2")},
         {QStringLiteral("grown-tasks"),
          QStringLiteral("Tasks in the large store of the growth rows, 1000000 by default."),
          QStringLiteral("N"), QStringLiteral("1000000")},
         {QStringLiteral("dir"),
          QStringLiteral("Put the stores under DIR, on the disk to be measured."),
          QStringLiteral("DIR"), QStringLiteral("/var/tmp")}});
    options.process(application);
    try {
        if (options.isSet(QStringLiteral("list"))) {
            for (const Group& group : allGroups())
                for (const Bench& bench : group.rows)
                    std::printf("%-8s %-20s %s\n", group.name, bench.row.name.c_str(),
                                bench.row.what.c_str());
            return 0;
        }
        run(options);
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "hashira-bench: %s\n", error.what());
        return 1;
    }
}
