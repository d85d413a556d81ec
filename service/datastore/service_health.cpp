// SPDX-License-Identifier: MIT
#include "datastore/service_health.h"

#include <grpcpp/health_check_service_interface.h>

namespace hashira::datastore {

void Health::attach(grpc::Server& server, Metrics& metrics) {
    const std::lock_guard lock(m_mutex);
    m_server = &server;
    m_metrics = &metrics;
    tell();
}

void Health::detach() {
    const std::lock_guard lock(m_mutex);
    m_server = nullptr;
}

void Health::database(const Status& status, std::int64_t steadyMs) {
    const std::lock_guard lock(m_mutex);
    if (status) {
        if (m_goneSinceMs >= 0) m_log.info("the database is there again");
        m_goneSinceMs = -1;
    } else if (m_goneSinceMs < 0) {
        m_goneSinceMs = steadyMs;
        m_log.error("the database does not answer", {{"reason", status.error().message}});
    }
    const bool gone = m_goneSinceMs >= 0 && steadyMs - m_goneSinceMs >= kDatabaseGoneMs;
    if (gone == m_databaseGone) return;
    m_databaseGone = gone;
    tell();
}

void Health::drain() {
    const std::lock_guard lock(m_mutex);
    m_draining = true;
    tell();
}

/// With the lock held.
void Health::tell() {
    if (!m_server) return;
    const bool serving = !m_draining && !m_databaseGone;
    m_metrics->serving.set(serving ? 1 : 0);
    m_log.info("health", {{"serving", serving ? "yes" : "no"}});
    if (auto* service = m_server->GetHealthCheckService()) {
        service->SetServingStatus(serving);  // the whole server, under the empty name
        service->SetServingStatus("hashira.v1.Datastore", serving);
    }
}

}  // namespace hashira::datastore
