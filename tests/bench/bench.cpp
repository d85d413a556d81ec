// SPDX-License-Identifier: MIT
#include "bench/bench.h"

#include <QDir>

#include <algorithm>

namespace hashira::bench {

std::string Setting::directory(const std::string& name) const {
    const QString path = QString::fromStdString(place + "/" + name);
    QDir(path).removeRecursively();
    if (!QDir().mkpath(path)) throw Failure("cannot make the directory " + path.toStdString());
    return path.toStdString();
}

double median(std::vector<double> values) {
    if (values.empty()) throw Failure("a row measured nothing");
    std::sort(values.begin(), values.end());
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

void summarise(Row& row, const std::vector<double>& values, const std::vector<double>& floors) {
    row.value = median(values);
    row.floor = median(floors);
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    row.slowest = row.higherIsBetter ? *least : *most;
}

}  // namespace hashira::bench
