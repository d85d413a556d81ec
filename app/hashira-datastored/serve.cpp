// SPDX-License-Identifier: MIT
#include "serve.h"

#include "base/clock.h"
#include "datastore/metrics_server.h"
#include "signals.h"

#include <cstdio>

namespace hashira::app {
namespace {

/// How often the certificate's files are looked at. New ones are taken at the second look that
/// finds them the same.
constexpr std::chrono::seconds kLook(1);
/// Without one there is nothing to look at.
constexpr std::chrono::hours kNoLook(1);

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
    const SystemClock clock;
    const auto log = std::make_shared<Log>(settings.log, clock, stderrSink());
    datastore::ServerSettings server{settings.endpoint, database, version};
    server.tls = settings.tls;
    server.log = log;
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
    return {};
}

}  // namespace hashira::app
