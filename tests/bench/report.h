// SPDX-License-Identifier: MIT
#pragma once

#include "bench/bench.h"

#include <QString>

#include <vector>

/// How the measuring programs tell their rows.
namespace hashira::bench {

/// A thread that waits for the disk then also waits for its turn, up to a tick of 4 ms, and not all
/// of ours do so equally: the pairing cannot take that out of a ratio.
void warnIfBusy(const char* program);

void printHead();
void print(const Row& row);
/// {"rows": [{"name", "value", "floor", "unit", "ratio", "goal", "met"}]}
void writeJson(const QString& path, const std::vector<Row>& rows);

}  // namespace hashira::bench
