// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// What an operator can count of a running datastore. Whoever counts never waits: all of it is
/// atomic, and read while it changes. docs/operating.md tells what each means.
namespace hashira::datastore {

class Counter {
public:
    void add(std::uint64_t count = 1) { m_value.fetch_add(count, std::memory_order_relaxed); }
    std::uint64_t value() const { return m_value.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> m_value = 0;
};

class Gauge {
public:
    void add(std::int64_t count) { m_value.fetch_add(count, std::memory_order_relaxed); }
    void set(std::int64_t value) { m_value.store(value, std::memory_order_relaxed); }
    std::int64_t value() const { return m_value.load(std::memory_order_relaxed); }

private:
    std::atomic<std::int64_t> m_value = 0;
};

/// Durations, by how many took at most so long.
class Histogram {
public:
    /// Seconds. From what a commit takes on a good disk to what a call may take at most.
    static constexpr std::array kBounds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                        0.1,    0.25,  0.5,    1.0,   2.5,  10.0,  30.0};

    void observe(std::chrono::nanoseconds duration);
    /// How many took at most kBounds[bound] seconds and longer than the bound before; all longer
    /// ones at kBounds.size().
    std::uint64_t count(std::size_t bound) const { return m_counts[bound].value(); }
    double sum() const { return static_cast<double>(m_nanos.value()) / 1e9; }

private:
    std::array<Counter, kBounds.size() + 1> m_counts;
    Counter m_nanos;
};

/// Writes Prometheus' text format 0.0.4.
class MetricsText {
public:
    /// Begins a metric; its samples follow. `type` as in "counter".
    void family(std::string_view name, std::string_view type, std::string_view help);
    /// `labels` as in `method="Apply"`.
    void sample(std::string_view labels, std::uint64_t value);
    void sample(std::string_view labels, std::int64_t value);
    void sample(std::string_view labels, double value);
    void sample(std::string_view labels, const Histogram& histogram);
    std::string take() { return std::move(m_text); }

private:
    void line(std::string_view end, std::string_view labels, const std::string& value);

    std::string m_name;
    std::string m_text;
};

enum class Method { kWatch, kApply, kFetch, kPush, kOther };
inline constexpr std::array kMethodNames{"Watch", "Apply", "Fetch", "Push", "other"};
/// gRPC's codes, 0 to 16.
inline constexpr std::array kCodeNames{
    "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
    "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
    "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
    "DATA_LOSS", "UNAUTHENTICATED"};

struct Metrics {
    struct Calls {
        std::array<Counter, kCodeNames.size()> ended;
        Counter sent;  ///< messages
        Gauge open;
        Histogram seconds;
    };
    std::array<Calls, kMethodNames.size()> calls;
    Counter appliedCommands;
    Counter refusedCommands;
    Counter sweptTombstones;  ///< deleted tasks that lost what was in them
    Counter sweptVersions;
    Counter sweptRefusals;
    Gauge serving;

    Calls& of(Method method) { return calls[static_cast<std::size_t>(method)]; }
    void write(MetricsText& text) const;
};

/// Memory, descriptors, processor time and the start of this process, by Prometheus' usual names;
/// where the system tells them.
void writeProcessMetrics(MetricsText& text);

}  // namespace hashira::datastore
