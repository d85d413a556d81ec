// SPDX-License-Identifier: MIT
#include "bench/report.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <thread>

namespace hashira::bench {
namespace {

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

}  // namespace

void warnIfBusy(const char* program) {
    constexpr double kBusy = 0.15;
    const double share = busyShare();
    if (share > kBusy)
        std::fprintf(stderr,
                     "%s: other programs use %.0f %% of this machine: do not trust the "
                     "ratios\n",
                     program, share * 100);
}

void printHead() {
    std::printf("%-20s %11s %11s %11s %-10s %6s %8s\n", "row", "value", "floor", "slowest", "unit",
                "ratio", "goal");
}

void print(const Row& row) {
    std::printf("%-20s %11.3f %11.3f %11.3f %-10s %6.2f %2s %5.2f  %s\n", row.name.c_str(),
                row.value, row.floor, row.slowest, row.unit.c_str(), row.ratio(),
                row.higherIsBetter ? ">=" : "<=", row.goal, row.met() ? "met" : "MISSED");
    if (!row.note.empty()) std::printf("    %s\n", row.note.c_str());
    std::fflush(stdout);
}

void writeJson(const QString& path, const std::vector<Row>& rows) {
    QJsonArray array;
    for (const Row& row : rows) array.append(toJson(row));
    QFile file(path);
    const QByteArray text = QJsonDocument(QJsonObject{{QStringLiteral("rows"), array}}).toJson();
    if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate) || file.write(text) != text.size())
        throw Failure("cannot write " + path.toStdString());
}

}  // namespace hashira::bench
