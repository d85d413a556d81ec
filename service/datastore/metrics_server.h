// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"
#include "datastore/endpoint.h"

#include <functional>
#include <memory>
#include <string>

class QThread;
class QTcpServer;

namespace hashira::datastore {

/// GET /metrics over HTTP/1.1, on a thread of its own: a scrape waits for nobody, and nobody for a
/// scrape. Serves kConnections at once, requests of kRequestBytes, and each for kSeconds at most.
class MetricsServer {
public:
    static constexpr int kConnections = 16;
    static constexpr int kRequestBytes = 8 * 1024;
    static constexpr int kSeconds = 5;

    /// `text` is called on that thread, and must not wait. kDenied: beyond loopback, as it asks
    /// nobody who they are. kBusy: the port is taken.
    static Result<std::unique_ptr<MetricsServer>> start(const Endpoint& endpoint,
                                                        std::function<std::string()> text);
    ~MetricsServer();

    /// With the port that the system chose.
    Endpoint endpoint() const { return m_endpoint; }

private:
    explicit MetricsServer(const Endpoint& endpoint);

    Endpoint m_endpoint;
    std::unique_ptr<QThread> m_thread;
    QTcpServer* m_server = nullptr;  ///< lives, and ends, on the thread
};

}  // namespace hashira::datastore
