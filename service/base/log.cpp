// SPDX-License-Identifier: MIT
#include "base/log.h"

#include "base/utf8.h"

#include <QDateTime>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iterator>

#ifndef _WIN32
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace hashira {
namespace {

struct LevelName {
    const char* name;
    char journal;  ///< syslog's number
};
constexpr LevelName kLevels[] = {{"error", '3'}, {"warning", '4'}, {"info", '6'}, {"debug", '7'}};

/// A JSON string. What is no UTF-8 is shown as '?': a file name, or an answer of somebody else.
std::string quoted(std::string_view text) {
    std::string out = "\"";
    while (!text.empty()) {
        const std::size_t length = utf8Sequence(text);
        const auto byte = static_cast<unsigned char>(text.front());
        if (length == 0) {
            out += '?';
        } else if (byte < 0x20 || byte == 0x7F) {
            char escape[8];
            std::snprintf(escape, sizeof escape, "\\u%04x", byte);
            out += escape;
        } else {
            if (byte == '"' || byte == '\\') out += '\\';
            out += text.substr(0, length);
        }
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return out + '"';
}

/// Bare where that cannot be taken for two fields or two lines.
std::string bareOrQuoted(const std::string& text) {
    const bool bare = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return c > 0x20 && c < 0x7F && c != '"' && c != '=' && c != '\\';
    });
    return bare ? text : quoted(text);
}

std::string timeOf(std::int64_t ms) {
    return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC).toString(Qt::ISODateWithMs).toStdString();
}

}  // namespace

Log::Log(Settings settings, const Clock& clock, Sink sink)
    : m_settings(settings), m_clock(&clock), m_sink(std::move(sink)) {}

const char* Log::levelName(LogLevel level) {
    return kLevels[static_cast<std::size_t>(level)].name;
}

Result<LogLevel> Log::parseLevel(const std::string& text) {
    for (std::size_t i = 0; i < std::size(kLevels); ++i)
        if (text == kLevels[i].name) return static_cast<LogLevel>(i);
    return invalid("the log's level \"" + text + "\" must be error, warning, info or debug");
}

Result<Log::Format> Log::parseFormat(const std::string& text) {
    if (text == "text") return Format::kText;
    if (text == "json") return Format::kJson;
    if (text == "journal") return Format::kJournal;
    return invalid("the log's format \"" + text + "\" must be text, json or journal");
}

void Log::write(LogLevel level, std::string_view what, std::initializer_list<Field> fields) {
    if (!wants(level)) return;
    const std::string line = lineOf(level, what, fields);
    const std::lock_guard lock(m_mutex);
    if (mayWrite(level)) m_sink(line);
}

/// With the lock held.
bool Log::mayWrite(LogLevel level) {
    const std::int64_t second = m_clock->steadyMs() / 1'000;
    if (second != m_second) {
        m_second = second;
        m_lines = 0;
        if (const int leftOut = std::exchange(m_leftOut, 0))
            m_sink(lineOf(LogLevel::kWarning, "lines were left out", {{"count", leftOut}}));
    }
    if (++m_lines <= kLinesASecond || level == LogLevel::kError) return true;
    ++m_leftOut;
    return false;
}

std::string Log::lineOf(LogLevel level, std::string_view what,
                        std::initializer_list<Field> fields) const {
    const LevelName& name = kLevels[static_cast<std::size_t>(level)];
    std::string line;
    if (m_settings.format == Format::kJson) {
        line = "{\"time\":\"" + timeOf(m_clock->nowMs()) + "\",\"level\":\"" + name.name +
               "\",\"what\":" + quoted(what);
        for (const Field& field : fields)
            line += "," + quoted(field.key) + ":" + quoted(field.value);
        return line + "}\n";
    }
    if (m_settings.format == Format::kJournal)
        line = {'<', name.journal, '>'};
    else
        line = timeOf(m_clock->nowMs()) + ' ' + name.name + ' ';
    line += what;
    for (const Field& field : fields)
        line += ' ' + std::string(field.key) + '=' + bareOrQuoted(field.value);
    return line + '\n';
}

Log::Sink stderrSink() {
    return [](const std::string& line) {
        // stderr has no buffer: a line is one write, whole among those of other processes.
        std::fwrite(line.data(), 1, line.size(), stderr);
    };
}

bool stderrIsJournal() {
#ifdef _WIN32
    return false;
#else
    // systemd.exec(5): device and inode of the stream, by which a redirected stderr is told apart.
    const char* stream = std::getenv("JOURNAL_STREAM");
    struct stat file {};
    if (!stream || ::fstat(STDERR_FILENO, &file) != 0) return false;
    return stream == std::to_string(file.st_dev) + ':' + std::to_string(file.st_ino);
#endif
}

}  // namespace hashira
