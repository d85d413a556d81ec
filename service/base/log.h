// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <mutex>
#include <string>
#include <string_view>

namespace hashira {

enum class LogLevel { kError, kWarning, kInfo, kDebug };

/// A server's log: one line for each event, of a level, what happened, and fields. Neither tasks
/// nor tokens nor their hashes go in: a log is read by others than those whose tasks they are.
/// Thread-safe.
class Log {
public:
    enum class Format {
        kText,     ///< 2026-11-24T08:00:00.000Z info listening endpoint=tcp:127.0.0.1:7946
        kJson,     ///< {"time":"…","level":"info","what":"listening","endpoint":"…"}
        kJournal,  ///< <6>listening endpoint=…: systemd's journal has the time, and reads the level
    };
    struct Settings {
        LogLevel level = LogLevel::kInfo;
        Format format = Format::kText;
    };
    struct Field {
        std::string_view key;
        std::string value;
        Field(std::string_view name, std::string text) : key(name), value(std::move(text)) {}
        Field(std::string_view name, const char* text) : key(name), value(text) {}
        Field(std::string_view name, std::int64_t number)
            : key(name), value(std::to_string(number)) {}
    };
    /// Takes a line with its end. Called under a lock.
    using Sink = std::function<void(const std::string& line)>;

    /// Says nothing to nobody.
    Log() = default;
    /// The clock must outlive the log.
    Log(Settings settings, const Clock& clock, Sink sink);

    bool wants(LogLevel level) const { return m_sink && level <= m_settings.level; }
    /// More lines than kLinesASecond are counted and left out, but for errors: whoever can make the
    /// server say something must not fill its disk.
    void write(LogLevel level, std::string_view what, std::initializer_list<Field> fields = {});
    void error(std::string_view what, std::initializer_list<Field> fields = {}) {
        write(LogLevel::kError, what, fields);
    }
    void warning(std::string_view what, std::initializer_list<Field> fields = {}) {
        write(LogLevel::kWarning, what, fields);
    }
    void info(std::string_view what, std::initializer_list<Field> fields = {}) {
        write(LogLevel::kInfo, what, fields);
    }

    static constexpr int kLinesASecond = 500;

    static Result<LogLevel> parseLevel(const std::string& text);
    static Result<Format> parseFormat(const std::string& text);
    static const char* levelName(LogLevel level);

private:
    std::string lineOf(LogLevel level, std::string_view what,
                       std::initializer_list<Field> fields) const;
    bool mayWrite(LogLevel level);

    Settings m_settings;
    const Clock* m_clock = nullptr;
    std::mutex m_mutex;  // protects what follows
    Sink m_sink;         ///< itself only changed by the constructor
    std::int64_t m_second = -1;
    int m_lines = 0;  ///< in this second
    int m_leftOut = 0;
};

/// Writes to stderr, each line at once.
Log::Sink stderrSink();
/// Whether stderr is a stream of systemd's journal.
bool stderrIsJournal();

}  // namespace hashira
