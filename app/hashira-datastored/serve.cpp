// SPDX-License-Identifier: MIT
#include "serve.h"

#include "base/clock.h"
#include "datastore/limits.h"
#include "datastore/metrics_server.h"
#include "signals.h"

#include <atomic>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <utility>

#include <sys/resource.h>

namespace hashira::app {
namespace {

/// How often the certificate's files are looked at. New ones are taken at the second look that
/// finds them the same.
constexpr std::chrono::seconds kLook(1);
/// Without one there is nothing to look at.
constexpr std::chrono::hours kNoLook(1);

/// Whoever stops services kills them in the end: systemd after 90 s.
constexpr int kDrainMost = 3'600;
/// Longer is for ever.
constexpr std::int64_t kRetentionMostDays = 36'500;
/// How soon a second wish to end is heard.
constexpr std::chrono::milliseconds kHear(50);

Result<std::int64_t> parseNumber(const std::string& option, const std::string& text,
                                 std::int64_t least, std::int64_t most) {
    const char* end = text.data() + text.size();
    std::int64_t number = 0;
    const auto [at, error] = std::from_chars(text.data(), end, number);
    if (error == std::errc() && at == end && number >= least && number <= most) return number;
    return invalid(option + " must be a number from " + std::to_string(least) + " to " +
                   std::to_string(most));
}

/// A number and its unit, or `never` that it is removed.
Result<std::optional<std::chrono::milliseconds>> parseRetention(const std::string& text) {
    using std::chrono::milliseconds;
    if (text.empty()) return std::optional(milliseconds(datastore::limits::kRetentionMs));
    if (text == "never") return std::optional<milliseconds>();
    constexpr std::pair<char, std::int64_t> kUnits[] = {
        {'d', 24 * 3'600}, {'h', 3'600}, {'m', 60}, {'s', 1}};
    const char* end = text.data() + text.size() - 1;
    std::int64_t number = 0;
    const auto [at, error] = std::from_chars(text.data(), end, number);
    for (const auto& [unit, seconds] : kUnits)
        if (error == std::errc() && at == end && *end == unit && number >= 0 &&
            number <= kRetentionMostDays * kUnits[0].second / seconds)
            return std::optional(milliseconds(number * seconds * 1'000));
    return invalid("--retention must be a number with d, h, m or s behind it, as in 180d, up to " +
                   std::to_string(kRetentionMostDays) + "d, or never");
}

/// Each device is a descriptor: as many as the system lets us have. What a shell gives, 1,024 as a
/// rule, is meant for programs that cannot count further.
void raiseDescriptors() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    static_cast<void>(::setrlimit(RLIMIT_NOFILE, &limit));
}

/// Until somebody tells us to end.
void runServer(datastore::Server& server, Log& log) {
    const std::chrono::milliseconds look = server.certificate() ? kLook : kNoLook;
    for (;;) {
        switch (waitForSignal(look)) {
            case Signal::kEnd: return;
            case Signal::kReload:
                log.info("told to reload");
                if (auto* certificate = server.certificate()) certificate->reload();
                break;
            case Signal::kNone:
                if (auto* certificate = server.certificate()) certificate->reloadIfChanged();
                break;
        }
    }
}

/// While it is there, a second wish to end is granted at once: nothing that was acknowledged needs
/// more.
class SecondEnd {
public:
    explicit SecondEnd(Log& log)
        : m_thread([this, &log] {
              while (!m_done)
                  if (waitForSignal(kHear) == Signal::kEnd) {
                      log.warning("told to end a second time, ending at once");
                      std::_Exit(1);
                  }
          }) {}
    ~SecondEnd() {
        m_done = true;
        m_thread.join();
    }
    SecondEnd(const SecondEnd&) = delete;
    SecondEnd& operator=(const SecondEnd&) = delete;

private:
    std::atomic<bool> m_done = false;
    std::thread m_thread;
};

}  // namespace

Result<ServeSettings> serveSettings(const ServeWords& words) {
    ServeSettings settings;
    const auto endpoint = datastore::Endpoint::parse(words.listen);
    if (!endpoint) return endpoint.error();
    settings.endpoint = *endpoint;
    if (words.tlsCert.empty() != words.tlsKey.empty())
        return invalid("--tls-cert and --tls-key belong together: give both");
    if (!words.tlsCert.empty()) settings.tls = datastore::TlsFiles{words.tlsCert, words.tlsKey};
    if (!words.metrics.empty()) {
        const auto metrics = datastore::Endpoint::parse(words.metrics);
        if (!metrics) return invalid("--metrics: " + metrics.error().message);
        settings.metrics = *metrics;
    }
    const auto seconds = parseNumber("--drain-seconds", words.drainSeconds, 0, kDrainMost);
    if (!seconds) return seconds.error();
    settings.drain = std::chrono::seconds(*seconds);
    if (!words.accountMegabytes.empty()) {
        constexpr std::int64_t kMegabyte = 1024 * 1024;
        constexpr std::int64_t kMost = datastore::limits::kFetchBytes / kMegabyte;
        const auto number = parseNumber("--account-megabytes", words.accountMegabytes, 1, kMost);
        if (!number) return number.error();
        settings.accountBytes = *number * kMegabyte;
    }
    const auto retention = parseRetention(words.retention);
    if (!retention) return retention.error();
    settings.retention = *retention;
    const auto level = Log::parseLevel(words.logLevel);
    if (!level) return level.error();
    settings.log.level = *level;
    if (words.logFormat.empty()) {
        if (stderrIsJournal()) settings.log.format = Log::Format::kJournal;
        return settings;
    }
    const auto format = Log::parseFormat(words.logFormat);
    if (!format) return format.error();
    settings.log.format = *format;
    return settings;
}

Status serveUntilTold(const ServeSettings& settings, const datastore::DatabaseUrl& database,
                      const std::string& version) {
    raiseDescriptors();
    const SystemClock clock;
    const auto log = std::make_shared<Log>(settings.log, clock, stderrSink());
    datastore::ServerSettings server{settings.endpoint, database, version};
    server.tls = settings.tls;
    server.log = log;
    server.retention = settings.retention;
    server.accountBytes = settings.accountBytes;
    auto started = datastore::Server::start(server, clock);
    if (!started) return started.error();
    std::unique_ptr<datastore::MetricsServer> metrics;
    if (settings.metrics) {
        auto listening = datastore::MetricsServer::start(
            *settings.metrics, [&server = **started] { return server.metricsText(); });
        if (!listening) return listening.error();
        metrics = std::move(*listening);
        log->info("metrics", {{"url", "http://" + metrics->endpoint().target() + "/metrics"}});
    }
    const std::string endpoint = "tcp:" + (*started)->endpoint().target();
    log->info("listening",
              {{"endpoint", endpoint}, {"tls", settings.tls ? "yes" : "no"}, {"version", version}});
    std::printf("listening on %s\n", endpoint.c_str());
    std::fflush(stdout);
    runServer(**started, *log);
    log->info("stopping");
    const SecondEnd ear(*log);
    (*started)->drain(settings.drain);
    metrics.reset();  // before whom it asks
    started->reset();
    return {};
}

}  // namespace hashira::app
