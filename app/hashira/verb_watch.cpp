// SPDX-License-Identifier: MIT
#include "selection.h"
#include "text.h"
#include "verbs.h"

#include <algorithm>
#include <ostream>
#include <utility>

namespace hashira::cli {
namespace {

constexpr int kReconnectMs = 2'000;
/// A daemon that is stopping still takes calls, and answers each at once that it is not there.
constexpr int kStoppingMs = 200;

/// The board as it is kept up to date. One object for the whole watch, also over restarts of the
/// daemon.
class Watch {
public:
    Watch(Context& context, Selection selection, front::Status status)
        : m_context(context), m_selection(std::move(selection)), m_status(std::move(status)) {
        if (m_selection.to < 0) m_selection.to = std::max(m_selection.from, m_status.weeksKept - 1);
    }

    /// Reads what the notification tells of, and draws. False: the daemon went away meanwhile.
    bool take(const Note& note) {
        const bool whole = !m_store.revision() || note.full || note.dateTurned ||
                           note.revision.epoch != m_store.revision()->epoch;
        const bool ours = std::any_of(note.weeks.begin(), note.weeks.end(), [&](int week) {
            return week >= m_selection.from && week <= m_selection.to;
        });
        if (!whole && !ours) return true;
        RetrieveQuery query;
        query.from = m_selection.from;
        query.to = m_selection.to;
        query.includeDeleted = m_selection.deleted;
        if (whole)
            m_store.clear();
        else
            query.changedSince = m_store.revision();
        if (Status read = readWeeks(m_context.client, query, m_store); !read) {
            m_store.clear();
            m_ended = std::move(read);
            return false;
        }
        draw({});
        return true;
    }

    void draw(const std::string& notice) const {
        const auto tasks = selected(m_store, m_selection);
        if (m_context.json) {
            if (notice.empty())
                m_context.out << tasksJson(tasks) << std::endl;
            else
                m_context.err << "hashira: " << notice << std::endl;
            return;
        }
        std::vector<std::string> ids;
        for (const Task* task : m_store.tasks()) ids.push_back(task->id);
        const IdIndex index(ids);
        const Look look = lookOf(m_context, index, m_selection.all, m_status);
        if (!m_context.host.outIsTerminal) {
            if (!notice.empty())
                m_context.err << "hashira: " << notice << std::endl;
            else
                printTasks(m_context, tasks, look);
            m_context.out << std::endl;
            return;
        }
        drawScreen(boardText(tasks, look), notice);
    }

    const std::optional<front::Revision>& revision() const { return m_store.revision(); }
    /// Why take() said false.
    Status takeEnd() { return std::exchange(m_ended, Status()); }

private:
    /// From the top left corner, each line cleared behind its end: no flicker, no scrolling.
    void drawScreen(const std::string& board, const std::string& notice) const {
        const int rows = m_context.host.rows();
        std::string screen = "\x1b[H";
        int row = 1;
        for (std::size_t at = 0; at < board.size() && row < rows; ++row) {
            const std::size_t end = board.find('\n', at);
            screen += board.substr(at, end - at) + "\x1b[K\r\n";
            at = end + 1;
        }
        const std::string words = notice.empty() ? "Ctrl-C ends" : notice;
        screen += Paint(m_context.color)(notice.empty() ? kDim : kYellow,
                                         fitted(words, m_context.host.columns()));
        m_context.out << screen << "\x1b[K\x1b[J" << std::flush;
    }

    Context& m_context;
    Selection m_selection;
    const front::Status m_status;
    WeekStore m_store;
    Status m_ended;
};

/// Until cancelled: subscribes, and again when the daemon comes back.
int follow(Context& context, Watch& watch) {
    while (!context.client.cancelled()) {
        Status ended = context.client.subscribe(watch.revision(),
                                                [&](const Note& note) { return watch.take(note); });
        if (context.client.cancelled()) break;
        if (ended) ended = watch.takeEnd();
        if (!ended && ended.error().code != ErrorCode::kUnavailable)
            return fail(context, ended.error());
        watch.draw("the daemon is gone; waiting for it to come back");
        context.client.rest(kStoppingMs);
        while (!context.client.cancelled() && !context.client.connect(kReconnectMs)) continue;
    }
    return kExitDone;
}

int runWatch(Context& context) {
    const auto selection = readSelection(context);
    if (!selection) return failUsage(context, selection.error().message);
    context.host.onInterrupt(context.client);
    const auto status = context.client.status();
    if (!status) return fail(context, status.error());
    Watch watch(context, *selection, *status);
    const bool screen = context.host.outIsTerminal && !context.json;
    if (screen) context.out << "\x1b[?1049h\x1b[?25l\x1b[H\x1b[2J" << std::flush;
    const int code = follow(context, watch);
    if (screen) context.out << "\x1b[?25h\x1b[?1049l" << std::flush;
    return code;
}

}  // namespace

VerbSpec watchVerb() {
    VerbSpec verb;
    verb.name = "watch";
    verb.arguments = "[TEXT]";
    verb.summary = "Show tasks and redraw them at each change, until Ctrl-C.";
    verb.most = -1;
    verb.options = selectionOptions();
    verb.run = runWatch;
    verb.details = "With --json one list per line. It waits for a daemon that is started again.";
    return verb;
}

}  // namespace hashira::cli
