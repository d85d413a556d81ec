// SPDX-License-Identifier: MIT
#pragma once

/// The stories by hand, by subject; each returns how many of them failed.
namespace hashira::sim {

int runScripts(int argc, char** argv);
int runClockScripts(int argc, char** argv);
int runSweepScripts(int argc, char** argv);

}  // namespace hashira::sim
