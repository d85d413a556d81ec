// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

#include <chrono>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

/// The benchmark: each row measures the real programs beside a floor of bare parts, in the same run
/// and taking turns, so that what disturbs the machine disturbs both. README.md says what the rows
/// mean.
namespace hashira::bench {

/// Ends the benchmark with these words. Thrown by everything here, caught in main.
struct Failure : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// What the rows share.
struct Setting {
    QString programs;  ///< the directory of hashirad, hashira-datastored and hashira-bench-floor
    std::string
        place;  ///< an empty directory on the disk to be measured; rows make their own in it
    bool quick = false;          ///< a few repetitions, to see that all works
    int grownTasks = 1'000'000;  ///< in the large store of the growth rows
    double idleSeconds = 120;    ///< how long the idle rows look

    int pick(int full, int fewer) const { return quick ? fewer : full; }
    /// A fresh directory of that name.
    std::string directory(const std::string& name) const;
};

struct Row {
    std::string name;
    std::string what;
    std::string unit;
    double goal = 0;              ///< limit of value / floor
    bool higherIsBetter = false;  ///< then the goal is the least ratio, else the greatest
    double value = 0;             ///< median
    double floor = 0;             ///< median
    double slowest = 0;           ///< the worst single measurement of value, in its unit
    std::string note = {};        ///< what a reader must know beside the numbers, or empty

    double ratio() const { return value / floor; }
    bool met() const { return higherIsBetter ? ratio() >= goal : ratio() <= goal; }
};

/// A row: fills in value, floor and slowest.
struct Bench {
    Row row;
    std::function<void(const Setting&, Row&)> run;
};

std::vector<Bench> sendRows();
std::vector<Bench> retrieveRows();
std::vector<Bench> syncRows();
std::vector<Bench> processRows();
/// Share one measurement of Setting::idleSeconds.
std::vector<Bench> idleRows();
/// Share the stores that they compare.
std::vector<Bench> growthRows();

// --- numbers ---

double median(std::vector<double> values);
/// Medians and the worst; the worst is the lowest where higher is better.
void summarise(Row& row, const std::vector<double>& values, const std::vector<double>& floors);

/// Milliseconds that `work` takes.
template <typename Work>
double millisecondsOf(Work&& work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
        .count();
}

}  // namespace hashira::bench
