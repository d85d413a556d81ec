// SPDX-License-Identifier: MIT
#pragma once

#include "problems.h"

#include <QStringList>

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace hashirad::tray {

/// A notification to be shown.
struct Notice {
    QString kind;  ///< of one kind there is one at a time
    QString title;
    QString text;
    Remedy remedy = Remedy::kRead;
};

/// Which problems a person is told of by a notification: those that only they can mend, each once,
/// also over starts, and of one kind not too often. Pure: time is told, what was told before too.
class Notices {
public:
    struct Step {
        std::vector<Notice> show;
        QStringList withdraw;              ///< kinds that are over
        std::optional<std::int64_t> next;  ///< when to ask again, if nothing comes sooner
    };

    /// `told`: what told() said when the last run ended.
    explicit Notices(QStringList told = {});

    /// `nowMs`: of a clock that only goes forward.
    Step look(const hashira::front::Status& status, std::int64_t nowMs);
    /// That of this kind could not be shown anywhere: it is news again at the next look.
    void unseen(const QString& kind);
    /// What need not be told again, to be kept over a start.
    const QStringList& told() const { return m_told; }

private:
    struct Kind {
        std::optional<std::int64_t> since;  ///< there is news since then
        std::optional<std::int64_t> last;   ///< told then
        bool shown = false;
    };

    void forget(const hashira::front::Status& status, const std::vector<Problem>& problems);
    bool isNews(const Problem& problem, const hashira::front::Status& status) const;
    void keep(const Problem& problem, const hashira::front::Status& status);

    QStringList m_told;
    std::map<QString, Kind> m_kinds;
};

}  // namespace hashirad::tray
