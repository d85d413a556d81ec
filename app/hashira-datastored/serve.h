// SPDX-License-Identifier: MIT
#pragma once

#include "base/log.h"
#include "datastore/service.h"

#include <chrono>
#include <optional>
#include <string>

namespace hashira::app {

/// The options of `serve` as they were written; empty where there is none.
struct ServeWords {
    std::string listen;
    std::string tlsCert;
    std::string tlsKey;
    std::string metrics;
    std::string drainSeconds;
    std::string retention;
    std::string accountMegabytes;
    std::string logLevel;
    std::string logFormat;
};

struct ServeSettings {
    datastore::Endpoint endpoint;
    std::optional<datastore::TlsFiles> tls;
    std::optional<datastore::Endpoint> metrics;
    std::chrono::seconds drain{0};
    std::int64_t accountBytes = datastore::limits::kAccountBytes;
    std::optional<std::chrono::milliseconds> retention;  ///< nothing: for ever
    Log::Settings log;
};

/// kInvalid says which option is wrong, and how.
Result<ServeSettings> serveSettings(const ServeWords& words);

/// Serves until SIGTERM or SIGINT, then drains; a second one ends the process at once, with
/// status 1. The first line on stdout ends with the endpoint.
Status serveUntilTold(const ServeSettings& settings, const datastore::DatabaseUrl& database,
                      const std::string& version);

}  // namespace hashira::app
