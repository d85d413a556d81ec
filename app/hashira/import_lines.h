// SPDX-License-Identifier: MIT
#pragma once

#include "change.h"
#include "names.h"

#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hashira::cli {

enum class ImportFormat { kJsonLines, kTodoTxt };

/// A line this long holds no task: a payload has at most limits::kPayloadBytes, and may be written
/// with more escapes than it is sent with.
inline constexpr std::size_t kLineBytes = 4 * 1024 * 1024;

/// The whole text, but no more than the beginning of a line that is over kLineBytes. An error, with
/// the line's number, where a line goes on and on: then it is no text.
Result<std::string> readText(std::istream& in);

/// One line of an import as a task. The ids follow from the line as it was read and its occurrence
/// number alone, so that the same file always makes the same ones.
struct ImportedTask {
    std::string id;
    std::string commandId;
    FieldMap fields;
    bool ownId = false;  ///< the line named it
};

/// By the name's ending (.jsonl, .ndjson, .json; .txt), else by the first character that is no
/// space.
ImportFormat guessFormat(std::string_view fileName, std::string_view text);

/// Reads the lines of one file, in order.
class LineReader {
public:
    /// todo.txt has days only: they become noon of the local day at that offset from UTC.
    LineReader(ImportFormat format, int offsetMinutes)
        : m_format(format), m_offsetMinutes(offsetMinutes) {}

    /// Nothing for an empty line. The error says what is wrong with the line.
    Result<std::optional<ImportedTask>> read(std::string_view line);

private:
    const ImportFormat m_format;
    const int m_offsetMinutes;
    std::map<std::string, int, std::less<>> m_occurrences;
};

/// A UUID of version 5 (RFC 9562) in the namespace of Hashira's imports.
std::string importUuid(std::string_view kind, std::string_view bytes);

/// The greatest day in created, started, done and due.
std::optional<std::chrono::sys_days> newestDay(const ImportedTask& task);
/// Moves these dates by whole days, at most to the ends of the years 1 and 9999.
void shiftDays(ImportedTask& task, std::chrono::days by);

}  // namespace hashira::cli
