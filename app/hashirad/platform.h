// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>

/// The few lines where the daemon's program meets the operating system; one file for each.
namespace hashirad {

/// What a process must be before it does anything: its files are private, and what it prints is
/// seen where it was started from a terminal.
void prepareProcess();
/// A face is shown: the terminal that it was started from may go.
void leaveTerminal();

/// From now on SIGTERM and SIGINT (Ctrl-C, Ctrl-Break, the end of a session) call `stop` in the
/// event loop of this thread, instead of ending the process. Call once, after the QCoreApplication
/// was made.
void onStopSignal(std::function<void()> stop);

/// Where front ends call unless they are told another place.
std::string defaultListen(const std::string& dataDir);
/// Whether there is a default place for the tasks; without it Qt would name one in the root.
bool hasHome();

}  // namespace hashirad
