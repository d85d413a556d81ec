// SPDX-License-Identifier: MIT
#include "datastore/metrics.h"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#ifdef __linux__
#include <unistd.h>
#endif

namespace hashira::datastore {
namespace {

std::string shown(double value) {
    char text[64];  // the numbers here have far fewer digits
    const auto [end, error] =
        std::to_chars(text, text + sizeof text, value, std::chars_format::fixed);
    return {text, end};
}

std::string label(const char* name, const char* value) {
    return std::string(name) + "=\"" + value + '"';
}

}  // namespace

void Histogram::observe(std::chrono::nanoseconds duration) {
    const double seconds = static_cast<double>(duration.count()) / 1e9;
    std::size_t bound = 0;
    while (bound < kBounds.size() && seconds > kBounds[bound]) ++bound;
    m_counts[bound].add();
    m_nanos.add(static_cast<std::uint64_t>(duration.count()));
}

void MetricsText::family(std::string_view name, std::string_view type, std::string_view help) {
    m_name = name;
    m_text += "# HELP " + m_name + ' ' + std::string(help) + '\n';
    m_text += "# TYPE " + m_name + ' ' + std::string(type) + '\n';
}

void MetricsText::line(std::string_view end, std::string_view labels, const std::string& value) {
    m_text += m_name;
    m_text += end;
    if (!labels.empty()) m_text += '{' + std::string(labels) + '}';
    m_text += ' ' + value + '\n';
}

void MetricsText::sample(std::string_view labels, std::uint64_t value) {
    line({}, labels, std::to_string(value));
}

void MetricsText::sample(std::string_view labels, std::int64_t value) {
    line({}, labels, std::to_string(value));
}

void MetricsText::sample(std::string_view labels, double value) {
    line({}, labels, shown(value));
}

void MetricsText::sample(std::string_view labels, const Histogram& histogram) {
    const std::string before = labels.empty() ? "" : std::string(labels) + ',';
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i <= Histogram::kBounds.size(); ++i) {
        sum += histogram.count(i);
        const std::string bound =
            i < Histogram::kBounds.size() ? shown(Histogram::kBounds[i]) : "+Inf";
        line("_bucket", before + label("le", bound.c_str()), std::to_string(sum));
    }
    line("_sum", labels, shown(histogram.sum()));
    // Not counted apart: it must be the last bucket's, also while calls end.
    line("_count", labels, std::to_string(sum));
}

void Metrics::write(MetricsText& text) const {
    text.family("hashira_calls_total", "counter", "Calls that ended, by method and gRPC code.");
    for (std::size_t method = 0; method < calls.size(); ++method)
        for (std::size_t code = 0; code < kCodeNames.size(); ++code)
            // All OKs, so that a rate is there before the first one.
            if (const auto count = calls[method].ended[code].value(); count > 0 || code == 0)
                text.sample(
                    label("method", kMethodNames[method]) + ',' + label("code", kCodeNames[code]),
                    count);
    text.family("hashira_open_calls", "gauge", "Calls under way; of Watch: devices on line.");
    for (std::size_t method = 0; method < calls.size(); ++method)
        text.sample(label("method", kMethodNames[method]), calls[method].open.value());
    text.family("hashira_sent_messages_total", "counter",
                "Messages sent; of Watch: greetings and changes told to devices.");
    for (std::size_t method = 0; method < calls.size(); ++method)
        text.sample(label("method", kMethodNames[method]), calls[method].sent.value());
    text.family("hashira_call_seconds", "histogram",
                "From a call's first byte to its end; without Watch, which stands.");
    for (const Method method : {Method::kApply, Method::kFetch, Method::kPush}) {
        const auto at = static_cast<std::size_t>(method);
        text.sample(label("method", kMethodNames[at]), calls[at].seconds);
    }
    const auto counter = [&](const char* name, const char* help, const Counter& value) {
        text.family(name, "counter", help);
        text.sample({}, value.value());
    };
    counter("hashira_applied_commands_total", "Commands that took effect.", appliedCommands);
    counter("hashira_refused_commands_total", "Commands that were refused for good.",
            refusedCommands);
    text.family("hashira_swept_total", "counter", "What was removed after its time, by kind.");
    text.sample(label("kind", "deleted_task"), sweptTombstones.value());
    text.sample(label("kind", "version"), sweptVersions.value());
    text.sample(label("kind", "refusal"), sweptRefusals.value());
    text.family("hashira_serving", "gauge", "1 while health says SERVING.");
    text.sample({}, serving.value());
}

#ifdef __linux__
namespace {

/// The fields of /proc/self/stat after the program's name, which may hold anything.
std::array<std::uint64_t, 22> statFields() {
    std::array<std::uint64_t, 22> fields{};
    std::ifstream file("/proc/self/stat");
    std::string text;
    std::getline(file, text);
    auto at = text.rfind(") ");
    if (at == std::string::npos) return fields;
    at += 4;  // the state is a letter
    for (auto& field : fields) {
        const auto end = std::min(text.find(' ', at), text.size());
        std::from_chars(text.data() + at, text.data() + end, field);
        at = std::min(end + 1, text.size());
    }
    return fields;
}

double secondsOf(clockid_t clock) {
    std::timespec time{};
    ::clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

}  // namespace
#endif

void writeProcessMetrics(MetricsText& text) {
#ifdef __linux__
    const auto fields = statFields();  // its first is the 4th of proc(5)
    const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    text.family("process_cpu_seconds_total", "counter", "Processor time used.");
    text.sample({}, static_cast<double>(fields[10] + fields[11]) / ticks);
    text.family("process_start_time_seconds", "gauge", "When it was started, since 1970.");
    // Not by /proc/stat: a hardened unit sees its own process only.
    const double runs = secondsOf(CLOCK_BOOTTIME) - static_cast<double>(fields[18]) / ticks;
    text.sample({}, secondsOf(CLOCK_REALTIME) - runs);
    text.family("process_resident_memory_bytes", "gauge", "Memory in use.");
    text.sample({}, fields[20] * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)));
    std::error_code error;
    std::uint64_t open = 0;
    for (std::filesystem::directory_iterator at("/proc/self/fd", error), end; !error && at != end;
         at.increment(error))
        ++open;
    text.family("process_open_fds", "gauge", "Open files and connections.");
    text.sample({}, open);
#else
    static_cast<void>(text);
#endif
}

}  // namespace hashira::datastore
