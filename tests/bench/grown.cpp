// SPDX-License-Identifier: MIT
#include "bench/grown.h"

#include <QDateTime>

#include <algorithm>

namespace hashira::bench {
namespace {

constexpr int kSendCommands = 20'000;  // the most that a Send may have

}  // namespace

const std::string& Grown::store(const Setting& setting, int tasks) {
    const auto [at, fresh] = m_stores.try_emplace(tasks);
    if (!fresh) return at->second;
    at->second = setting.directory("grown-" + std::to_string(tasks));
    const auto daemon = startDaemon(setting, at->second);
    Client client(daemon->target());
    const QDateTime now = QDateTime::currentDateTimeUtc();
    for (int made = 0; made < tasks;) {
        v1::SendRequest request;
        const int end = std::min(tasks, made + kSendCommands);
        for (; made < end; ++made) {
            const QString done = now.addDays(-7 * (made / each(setting))).toString(Qt::ISODate);
            addNew(request, "Task " + std::to_string(made) + ": write the report and send it",
                   R"(,"place":"done","labels":["work"],"done":")" + done.toStdString() + '"');
        }
        client.send(request);
    }
    client.status();
    return at->second;
}

}  // namespace hashira::bench
