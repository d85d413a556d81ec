// SPDX-License-Identifier: MIT
#include "bench/process.h"

#include <QDir>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <sstream>

#include <unistd.h>

namespace hashira::bench {
namespace {

constexpr std::chrono::milliseconds kLook{50};

/// The number after `key` in a file of /proc.
double numberIn(const std::string& path, const std::string& key) {
    std::ifstream file(path);
    std::string line;
    while (std::getline(file, line))
        if (line.rfind(key, 0) == 0) return std::stod(line.substr(key.size()));
    throw Failure(path + " tells no " + key);
}

/// User and system time of a process, and of those of its children that ended, in seconds.
double ownCpuSeconds(qint64 pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string text;
    std::getline(file, text);
    // After the name, which may hold anything: state is the third field, utime the fourteenth.
    const auto name = text.rfind(')');
    if (name == std::string::npos) return 0;  // it ended just now: its parent counts it
    std::istringstream rest(text.substr(name + 1));
    std::string skipped;
    for (int field = 3; field < 14; ++field) rest >> skipped;
    double ticks = 0;
    for (double each = 0, count = 0; count < 4 && rest >> each; ++count) ticks += each;
    return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

std::string pathOf(const Child& child, const char* file) {
    return "/proc/" + std::to_string(child.pid()) + "/" + file;
}

}  // namespace

double pssMb(const Child& child) {
    return numberIn(pathOf(child, "smaps_rollup"), "Pss:") / 1024;
}

double anonymousMb(const Child& child) {
    return numberIn(pathOf(child, "smaps_rollup"), "Anonymous:") / 1024;
}

double cpuSeconds(qint64 pid) {
    double sum = ownCpuSeconds(pid);
    const std::string process = "/proc/" + std::to_string(pid);
    std::ifstream children(process + "/task/" + std::to_string(pid) + "/children");
    for (qint64 child = 0; children >> child;) sum += ownCpuSeconds(child);
    return sum;
}

MachineTime machineTime() {
    std::ifstream file("/proc/stat");
    std::string name;
    // user, nice, system, idle, iowait, irq, softirq, steal; guests are in the first two already.
    double ticks[8] = {};
    file >> name;
    for (double& each : ticks) file >> each;
    if (!file || name != "cpu") throw Failure("/proc/stat cannot be read");
    const auto hertz = static_cast<double>(::sysconf(_SC_CLK_TCK));
    const double busy = ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6] + ticks[7];
    return {busy / hertz, ticks[4] / hertz, ticks[3] / hertz};
}

Activity activity(const Child& child) {
    Activity sum;
    const QString tasks = QString::fromStdString(pathOf(child, "task"));
    for (const QString& task : QDir(tasks).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        const std::string path = (tasks + QLatin1Char('/') + task).toStdString();
        sum.sleeps += numberIn(path + "/status", "voluntary_ctxt_switches:");
        std::ifstream times(path + "/schedstat");
        double ns = 0;
        if (!(times >> ns)) throw Failure(path + "/schedstat cannot be read");
        sum.cpuMs += ns / 1e6;
    }
    return sum;
}

PeakMemory::PeakMemory(const Child& child)
    : m_child(child), m_mb(pssMb(child)), m_thread([this] {
          while (!m_end) {
              m_mb = std::max<double>(m_mb, pssMb(m_child));
              std::this_thread::sleep_for(kLook);
          }
      }) {}

PeakMemory::~PeakMemory() {
    m_end = true;
    m_thread.join();
}

}  // namespace hashira::bench
