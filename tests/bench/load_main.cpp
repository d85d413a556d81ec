// SPDX-License-Identifier: MIT
//
// hashira-load: a datastore that many use at once, on SQLite and on PostgreSQL; see README.md.
#include "bench/load.h"
#include "bench/load_ground.h"
#include "bench/report.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QTemporaryDir>

#include <algorithm>
#include <cstdio>

#include <sys/resource.h>

namespace {

using namespace hashira::bench;

/// Beside the connections: files, threads' pipes, the database.
constexpr rlim_t kOtherDescriptors = 500;

std::vector<Load> allRows() {
    const auto postgresql = std::make_shared<SharedPostgresql>();
    std::vector<Load> rows = watchedRows(postgresql);
    for (Load& load : replicaRows(postgresql)) rows.push_back(std::move(load));
    return rows;
}

/// Raises the limit of descriptors, for the processes that are started too. How many connections a
/// server can then have.
int connectionsAllowed(int wanted) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    const rlim_t needed = static_cast<rlim_t>(wanted) + kOtherDescriptors;
    if (limit.rlim_max < needed) {
        const rlimit higher{needed, needed};
        if (::setrlimit(RLIMIT_NOFILE, &higher) == 0) limit = higher;
    }
    limit.rlim_cur = std::min(limit.rlim_max, std::max(limit.rlim_cur, needed));
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) ::getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur >= needed) return wanted;
    const int allowed =
        static_cast<int>(limit.rlim_cur - std::min(limit.rlim_cur, kOtherDescriptors));
    std::printf("%d of %d watchers: a process may have %llu descriptors here\n", allowed, wanted,
                static_cast<unsigned long long>(limit.rlim_cur));
    return allowed;
}

int numberOf(const QCommandLineParser& options, const char* name, int least) {
    bool number = false;
    const int value = options.value(QString::fromUtf8(name)).toInt(&number);
    if (!number || value < least)
        throw Failure(std::string("--") + name + ": needs a number of at least " +
                      std::to_string(least));
    return value;
}

LoadSetting settingOf(const QCommandLineParser& options, const QString& place) {
    LoadSetting setting;
    setting.programs = QCoreApplication::applicationDirPath();
    setting.place = place.toStdString();
    setting.quick = options.isSet(QStringLiteral("quick"));
    setting.devices = numberOf(options, "devices", 1);
    setting.writers = numberOf(options, "writers", 1);
    setting.seconds = numberOf(options, "seconds", 1);
    setting.watchers = numberOf(options, "watchers", 1);
    if (setting.quick) {
        setting.watchers = std::min(setting.watchers, 40);
        setting.writers = std::min(setting.writers, 2);
        setting.seconds = 0.5;
    }
    setting.watchers = connectionsAllowed(setting.watchers);
    return setting;
}

void run(const QCommandLineParser& options) {
    const QString base = options.value(QStringLiteral("dir"));
    QTemporaryDir place(base + QStringLiteral("/hsr-XXXXXX"));
    if (!place.isValid()) throw Failure("cannot make a directory in " + base.toStdString());
    const LoadSetting setting = settingOf(options, place.path());
    const QStringList only = options.values(QStringLiteral("only"));
    if (!setting.quick) warnIfBusy("hashira-load");
    std::vector<Row> done;
    printHead();
    for (Load& load : allRows()) {
        if (!only.isEmpty() && !only.contains(QString::fromStdString(load.row.name))) continue;
        load.run(setting, load.row);
        print(load.row);
        done.push_back(load.row);
    }
    if (done.empty()) throw Failure("there is no such row; --list names them");
    if (options.isSet(QStringLiteral("json")))
        writeJson(options.value(QStringLiteral("json")), done);
}

void describe(QCommandLineParser& options) {
    options.setApplicationDescription(
        QStringLiteral("Measures the datastore under the load of many daemons, each row beside a "
                       "floor of bare parts."));
    options.addHelpOption();
    options.addOptions(
        {{QStringLiteral("json"), QStringLiteral("Write the rows to FILE."),
          QStringLiteral("FILE")},
         {QStringLiteral("quick"), QStringLiteral("Few watchers for a moment: shows that all "
                                                  "works.")},
         {QStringLiteral("only"), QStringLiteral("Only the row NAME; repeatable."),
          QStringLiteral("NAME")},
         {QStringLiteral("list"), QStringLiteral("Names the rows.")},
         {QStringLiteral("watchers"),
          QStringLiteral("Daemons at rest, each on a connection of its own; 10000 by default."),
          QStringLiteral("N"), QStringLiteral("10000")},
         {QStringLiteral("devices"), QStringLiteral("Of them in an account, 10 by default."),
          QStringLiteral("N"), QStringLiteral("10")},
         {QStringLiteral("writers"), QStringLiteral("Daemons that write, 8 by default."),
          QStringLiteral("N"), QStringLiteral("8")},
         {QStringLiteral("seconds"),
          QStringLiteral("Each measurement takes so long, 5 by default."), QStringLiteral("S"),
          QStringLiteral("5")},
         {QStringLiteral("dir"),
          QStringLiteral("Put the databases under DIR, on the disk to be measured."),
          QStringLiteral("DIR"), QStringLiteral("/var/tmp")}});
}

}  // namespace

int main(int argc, char** argv) {
    QCoreApplication application(argc, argv);
    QCommandLineParser options;
    describe(options);
    options.process(application);
    try {
        if (options.isSet(QStringLiteral("list"))) {
            for (const Load& load : allRows())
                std::printf("%-24s %s\n", load.row.name.c_str(), load.row.what.c_str());
            return 0;
        }
        run(options);
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "hashira-load: %s\n", error.what());
        return 1;
    }
}
