// SPDX-License-Identifier: MIT
#include "import_lines.h"
#include "progress.h"
#include "text.h"
#include "verbs.h"

#include "base/limits.h"
#include "base/path.h"
#include "model/moment.h"
#include "model/week.h"

#include <filesystem>
#include <fstream>
#include <ostream>
#include <set>

namespace hashira::cli {
namespace {

/// One batch: small enough for a bar that moves, large enough that the fsync counts for little.
constexpr std::size_t kBatch = 500;
/// And well below the limit of a Send, whatever the notes are.
constexpr std::size_t kBatchBytes = limits::kSendBytes / 4;

struct Counts {
    std::size_t imported = 0;
    std::size_t skipped = 0;
    std::size_t failed = 0;
};

Result<ImportFormat> chooseFormat(const Context& context, const std::string& text) {
    const auto format = context.args.value("format");
    if (!format) return guessFormat(context.args.arguments.front(), text);
    if (*format == "jsonl") return ImportFormat::kJsonLines;
    if (*format == "todotxt") return ImportFormat::kTodoTxt;
    return invalid("--format takes jsonl or todotxt, not \"" + escaped(*format) + "\"");
}

Result<std::string> readInput(const Context& context) {
    const std::string& name = context.args.arguments.front();
    if (name == "-") return readText(*context.host.in);
    std::ifstream file;
    if (!std::filesystem::is_directory(toPath(name))) file.open(toPath(name), std::ios::binary);
    if (!file.is_open()) return Error{ErrorCode::kNotFound, name + ": cannot be read"};
    auto text = readText(file);
    if (!text) return invalid(name + ": " + text.error().message);
    return text;
}

/// The good lines; the bad ones are told and counted.
std::vector<ImportedTask> readLines(Context& context, const std::string& text, ImportFormat format,
                                    Counts& counts) {
    LineReader reader(format, Now::of(*context.host.clock).offsetMinutes);
    std::vector<ImportedTask> tasks;
    std::size_t number = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        auto task = reader.read(std::string_view(text).substr(at, end - at));
        at = end + 1;
        ++number;
        if (!task) {
            ++counts.failed;
            context.err << "hashira: line " << number << ": " << escaped(task.error().message)
                        << "\n";
        } else if (*task) {
            tasks.push_back(std::move(**task));
        }
    }
    return tasks;
}

void shiftToNow(std::vector<ImportedTask>& tasks, std::chrono::sys_days today) {
    std::optional<std::chrono::sys_days> newest;
    for (const ImportedTask& task : tasks) {
        const auto day = newestDay(task);
        if (day && (!newest || *day > *newest)) newest = day;
    }
    if (newest)
        for (ImportedTask& task : tasks) shiftDays(task, today - *newest);
}

/// The oldest week in which a task of the file can be.
int oldestOffset(const std::vector<ImportedTask>& tasks, std::chrono::sys_days today) {
    int oldest = 0;
    for (const ImportedTask& task : tasks) {
        const auto done = task.fields.find("done");
        if (done == task.fields.end()) continue;
        if (const auto day = parseDay(std::string_view(done->second).substr(1, 10)))
            oldest = std::max(oldest, Week::of(today).index - Week::of(*day).index);
    }
    return std::min(oldest, limits::kWeekOffset);
}

/// The ids that exist already, deleted ones too. What an older week keeps back is no trouble: the
/// same command ids have no second effect.
Result<std::set<std::string>> existingIds(Context& context,
                                          const std::vector<ImportedTask>& tasks) {
    const auto status = context.client.status();
    if (!status) return status.error();
    RetrieveQuery query;
    query.to =
        std::max(status->weeksKept - 1, oldestOffset(tasks, Now::of(*context.host.clock).day));
    query.includeDeleted = true;
    std::set<std::string> ids;
    const Status read = context.client.retrieve(query, [&](const Piece& piece) {
        for (const Task& task : piece.tasks) ids.insert(task.id);
    });
    if (!read) return read.error();
    return ids;
}

/// Sends the tasks in batches and knows from the receipts which of them were there already.
class Importer {
public:
    Importer(Context& context, Counts& counts) : m_context(context), m_counts(counts) {}

    Status send(const std::vector<ImportedTask>& tasks) {
        Progress progress(m_context.err, m_context.host.errIsTerminal, "importing");
        if (const auto status = m_context.client.status()) m_revision = status->revision;
        for (std::size_t at = 0, end = 0; at < tasks.size(); at = end) {
            end = batchEnd(tasks, at);
            if (const Status sent = sendBatch(tasks, at, end); !sent) return sent.error();
            progress.show(end, tasks.size());
        }
        return {};
    }

    std::vector<OutCommand> takeInverses() { return std::move(m_inverses); }

private:
    static std::size_t batchEnd(const std::vector<ImportedTask>& tasks, std::size_t begin) {
        const std::size_t most = std::min(begin + kBatch, tasks.size());
        std::size_t bytes = 0;
        std::size_t end = begin;
        for (; end < most && bytes < kBatchBytes; ++end)
            for (const auto& [name, value] : tasks[end].fields) bytes += name.size() + value.size();
        return end;
    }

    Status sendBatch(const std::vector<ImportedTask>& tasks, std::size_t begin, std::size_t end) {
        std::vector<OutCommand> commands;
        for (std::size_t i = begin; i < end; ++i) {
            OutCommand command = commandOf(m_context, {What::kNew, tasks[i].id, tasks[i].fields});
            command.id = tasks[i].commandId;
            commands.push_back(std::move(command));
        }
        const auto reply = sendSafely(m_context.client, commands);
        if (reply) {
            count(*reply);
            return {};
        }
        // All or none: one that the daemon refuses must not cost the others.
        if (reply.error().code != ErrorCode::kInvalid) return reply.error();
        if (end - begin == 1) {
            ++m_counts.failed;
            m_context.err << "hashira: task " << tasks[begin].id << ": "
                          << escaped(reply.error().message) << "\n";
            return {};
        }
        const std::size_t middle = begin + (end - begin) / 2;
        if (const Status first = sendBatch(tasks, begin, middle); !first) return first;
        return sendBatch(tasks, middle, end);
    }

    /// Known before: nothing changed at all, or numbered before this import, or further on its way
    /// than fresh.
    void count(const front::SendReply& reply) {
        const bool nothingNew = m_revision == reply.revision;
        m_revision = reply.revision;
        std::uint64_t highest = m_highest;
        for (const front::Receipt& receipt : reply.receipts) {
            const bool known = nothingNew || receipt.number <= m_highest ||
                               receipt.level != front::Level::kDurable;
            if (known)
                ++m_counts.skipped;
            else {
                ++m_counts.imported;
                m_inverses.push_back(commandOf(m_context, {What::kDelete, receipt.taskId, {}}));
            }
            highest = std::max(highest, receipt.number);
        }
        m_highest = highest;
    }

    Context& m_context;
    Counts& m_counts;
    front::Revision m_revision;
    std::uint64_t m_highest = 0;
    std::vector<OutCommand> m_inverses;
};

void print(Context& context, const Counts& counts) {
    if (context.json)
        context.out << "{\"imported\":" << counts.imported << ",\"skipped\":" << counts.skipped
                    << ",\"failed\":" << counts.failed << "}\n";
    else
        context.out << counts.imported << " imported, " << counts.skipped << " there already, "
                    << counts.failed << " failed\n";
}

int import(Context& context, std::vector<ImportedTask> tasks, Counts& counts) {
    auto existing = existingIds(context, tasks);
    if (!existing) return fail(context, existing.error());
    std::vector<ImportedTask> missing;
    for (ImportedTask& task : tasks) {
        if (existing->insert(task.id).second)
            missing.push_back(std::move(task));
        else
            ++counts.skipped;
    }
    Importer importer(context, counts);
    const Status sent = importer.send(missing);
    auto inverses = importer.takeInverses();
    if (inverses.size() <= limits::kSendCommands) remember(context, "import", std::move(inverses));
    if (!sent) {
        context.err << "hashira: " << counts.imported
                    << " tasks are imported and safe; run the same import again for the rest\n";
        return fail(context, sent.error());
    }
    print(context, counts);
    return counts.failed == 0 ? kExitDone : kExitFailed;
}

int runImport(Context& context) {
    const auto text = readInput(context);
    if (!text) return fail(context, text.error());
    const auto format = chooseFormat(context, *text);
    if (!format) return failUsage(context, format.error().message);
    Counts counts;
    std::vector<ImportedTask> tasks = readLines(context, *text, *format, counts);
    if (context.args.has("shift-to-now")) shiftToNow(tasks, Now::of(*context.host.clock).day);
    return import(context, std::move(tasks), counts);
}

}  // namespace

VerbSpec importVerb() {
    VerbSpec verb;
    verb.name = "import";
    verb.arguments = "FILE|-";
    verb.summary = "Add the tasks of a JSON Lines or todo.txt file.";
    verb.least = 1;
    verb.most = 1;
    verb.hint = Hint::kFile;
    verb.options = {
        {"format", "FORMAT", "jsonl or todotxt; else by the file's name or content", Hint::kFormat},
        {"shift-to-now", "", "move all dates so that the newest is today"},
    };
    verb.run = runImport;
    verb.details =
        "It can be run again: only what is missing is added. A line that cannot be read is told "
        "and\n"
        "counted, the others are imported, and the exit code is 1.";
    return verb;
}

}  // namespace hashira::cli
