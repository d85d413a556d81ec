// SPDX-License-Identifier: MIT
#include "notices.h"

#include "tray_limits.h"

#include <algorithm>
#include <utility>

namespace hashirad::tray {
namespace {

using hashira::front::Connectivity;
using hashira::front::Status;

const QString kRejected = QStringLiteral("rejected");
const QString kWarning = QStringLiteral("warning");
const QString kKeyring = QStringLiteral("keyring");

QString kindOf(const Problem& problem) {
    return problem.key.section(QLatin1Char(':'), 0, 0);
}

/// Whether only a person can mend it, so that they must know. A datastore that cannot serve is
/// tried again by itself, a desktop tells of its network itself, and that there is no place for an
/// icon is no trouble.
bool matters(const Problem& problem) {
    return problem.key != QLatin1String("datastore") && problem.key != QLatin1String("portal") &&
           problem.key != QLatin1String("warning:") + noTrayIcon();
}

std::vector<Problem> mattering(const Status& status) {
    std::vector<Problem> problems = problemsOf(status);
    std::erase_if(problems, [](const Problem& problem) { return !matters(problem); });
    return problems;
}

std::int64_t lastsFor(const QString& kind) {
    return kind == kKeyring ? kKeyringNoticeAfterMs : kNoticeAfterMs;
}

/// Refused changes are told by their number.
std::uint64_t refusedIn(const QString& told) {
    return told.section(QLatin1Char(':'), 1).toULongLong();
}

}  // namespace

Notices::Notices(QStringList told) : m_told(std::move(told)) {}

/// What is over may be told when it comes back.
void Notices::forget(const Status& status, const std::vector<Problem>& problems) {
    const bool settled = status.connectivity == Connectivity::kOnline ||
                         status.connectivity == Connectivity::kLocalOnly;
    m_told.removeIf([&](const QString& told) {
        const QString kind = told.section(QLatin1Char(':'), 0, 0);
        if (kind == kRejected) return status.rejected == 0;
        const bool there = std::any_of(problems.begin(), problems.end(),
                                       [&](const Problem& problem) { return problem.key == told; });
        // After a start it takes an attempt to see what is wrong: only being on line ends that.
        return kind == kWarning ? !there : !there && settled;
    });
    for (QString& told : m_told)
        if (told.startsWith(kRejected + QLatin1Char(':')) && refusedIn(told) > status.rejected)
            told = kRejected + QLatin1Char(':') + QString::number(status.rejected);
}

bool Notices::isNews(const Problem& problem, const Status& status) const {
    if (problem.key != kRejected) return !m_told.contains(problem.key);
    return std::none_of(m_told.begin(), m_told.end(), [&](const QString& told) {
        return told.startsWith(kRejected + QLatin1Char(':')) && refusedIn(told) >= status.rejected;
    });
}

void Notices::keep(const Problem& problem, const Status& status) {
    if (problem.key != kRejected) {
        m_told << problem.key;
        return;
    }
    m_told.removeIf(
        [](const QString& told) { return told.startsWith(kRejected + QLatin1Char(':')); });
    m_told << kRejected + QLatin1Char(':') + QString::number(status.rejected);
}

void Notices::unseen(const QString& kind) {
    m_told.removeIf(
        [&](const QString& told) { return told.section(QLatin1Char(':'), 0, 0) == kind; });
    m_kinds.erase(kind);
}

Notices::Step Notices::look(const Status& status, std::int64_t nowMs) {
    Step step;
    const std::vector<Problem> problems = mattering(status);
    forget(status, problems);
    std::map<QString, std::vector<const Problem*>> news;
    QStringList there;
    for (const Problem& problem : problems) {
        there << kindOf(problem);
        if (isNews(problem, status)) news[kindOf(problem)].push_back(&problem);
    }
    for (auto& [name, kind] : m_kinds) {
        if (!there.contains(name) && std::exchange(kind.shown, false)) step.withdraw << name;
        if (!news.contains(name)) kind.since.reset();
    }
    for (const auto& [name, which] : news) {
        Kind& kind = m_kinds[name];
        if (!kind.since) kind.since = nowMs;
        std::int64_t due = *kind.since + lastsFor(name);
        if (kind.last) due = std::max(due, *kind.last + kNoticeEveryMs);
        if (due > nowMs) {
            step.next = std::min(step.next.value_or(due), due);
            continue;
        }
        Notice notice{name, which.front()->title, {}, which.front()->remedy};
        QStringList texts;
        for (const Problem* problem : which) {
            texts << problem->text;
            keep(*problem, status);
        }
        notice.text = texts.join(QStringLiteral("\n\n"));
        step.show.push_back(std::move(notice));
        kind.since.reset();
        kind.last = nowMs;
        kind.shown = true;
    }
    return step;
}

}  // namespace hashirad::tray
