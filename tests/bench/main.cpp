// SPDX-License-Identifier: MIT
//
// hashira-bench: measures the built programs; see README.md.
#include "bench/bench.h"
#include "bench/report.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QTemporaryDir>

#include <algorithm>
#include <cstdio>

namespace {

using namespace hashira::bench;

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
    if (!setting.quick) warnIfBusy("hashira-bench");
    std::vector<Row> done;
    printHead();
    for (Group& group : allGroups())
        for (Bench& bench : group.rows) {
            if (!wanted(group.name) && !wanted(bench.row.name)) continue;
            bench.run(setting, bench.row);
            print(bench.row);
            done.push_back(bench.row);
        }
    if (done.empty()) throw Failure("there is no such row; --list names them");
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
