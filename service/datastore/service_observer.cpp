// SPDX-License-Identifier: MIT
#include "datastore/service_observer.h"

#include <grpcpp/server_context.h>

#include <chrono>
#include <cstring>

namespace hashira::datastore {
namespace {

using grpc::experimental::InterceptionHookPoints;
using grpc::experimental::InterceptorBatchMethods;

Method methodOf(const char* path) {
    constexpr const char* kService = "/hashira.v1.Datastore/";
    if (std::strncmp(path, kService, std::strlen(kService)) != 0) return Method::kOther;
    for (const Method method : {Method::kWatch, Method::kApply, Method::kFetch, Method::kPush})
        if (std::strcmp(path + std::strlen(kService),
                        kMethodNames[static_cast<std::size_t>(method)]) == 0)
            return method;
    return Method::kOther;
}

/// Ends that are a fault of ours, or need an operator.
bool isOurs(grpc::StatusCode code) {
    switch (code) {
        case grpc::StatusCode::UNKNOWN:
        case grpc::StatusCode::RESOURCE_EXHAUSTED:
        case grpc::StatusCode::INTERNAL:
        case grpc::StatusCode::UNAVAILABLE:
        case grpc::StatusCode::DATA_LOSS: return true;
        default: return false;
    }
}

class Observer final : public grpc::experimental::Interceptor {
public:
    Observer(Metrics& metrics, Connections& connections, const Leave& leave, Log& log,
             Method method, grpc::ServerContextBase* context)
        : m_calls(metrics.of(method)),
          m_connections(connections),
          m_leave(leave),
          m_log(log),
          m_method(method),
          m_context(context) {
        m_calls.open.add(1);
    }

    /// Where a client went away before we answered, no status was sent.
    ~Observer() override {
        m_calls.open.add(-1);
        if (m_ended)
            m_connections.gone(m_peer);
        else
            ended({grpc::StatusCode::CANCELLED, {}});
    }

    void Intercept(InterceptorBatchMethods* methods) override {
        if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_MESSAGE))
            m_calls.sent.add();
        if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_STATUS))
            sent(methods->GetSendStatus());
        methods->Proceed();
    }

private:
    using Clock = std::chrono::steady_clock;

    /// What is sent may be on its way for long: until the destructor gRPC holds the call.
    void sent(const grpc::Status& status) {
        ended(status);
        m_ended = true;
        m_peer = m_context->peer();
        m_connections.ended(m_peer);
    }

    void ended(const grpc::Status& status) {
        const auto code = static_cast<std::size_t>(status.error_code());
        const auto took = Clock::now() - m_began;
        m_calls.ended[code < kCodeNames.size() ? code : 2].add();
        m_calls.seconds.observe(took);
        // What a client did wrong is told to it alone: those words may repeat what it sent.
        // Health and reflection are gRPC's own, which call it UNKNOWN when a client hangs up.
        const bool ours =
            isOurs(status.error_code()) && m_method != Method::kOther && !m_leave.begun();
        const LogLevel level = ours ? LogLevel::kWarning : LogLevel::kDebug;
        if (!m_log.wants(level)) return;
        const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
        const Log::Field method("method", kMethodNames[static_cast<std::size_t>(m_method)]);
        const Log::Field name("code", kCodeNames[code < kCodeNames.size() ? code : 2]);
        if (ours)
            m_log.write(level, "call failed",
                        {method, name, {"ms", ms}, {"reason", status.error_message()}});
        else
            m_log.write(level, "call ended", {method, name, {"ms", ms}});
    }

    Metrics::Calls& m_calls;
    Connections& m_connections;
    const Leave& m_leave;
    Log& m_log;
    const Method m_method;
    grpc::ServerContextBase* const m_context;
    std::string m_peer;  ///< once it has ended
    const Clock::time_point m_began = Clock::now();
    bool m_ended = false;
};

class Factory final : public grpc::experimental::ServerInterceptorFactoryInterface {
public:
    Factory(Metrics& metrics, Connections& connections, const Leave& leave, Log& log)
        : m_metrics(metrics), m_connections(connections), m_leave(leave), m_log(log) {}
    grpc::experimental::Interceptor* CreateServerInterceptor(
        grpc::experimental::ServerRpcInfo* info) override {
        return new Observer(m_metrics, m_connections, m_leave, m_log, methodOf(info->method()),
                            info->server_context());
    }

private:
    Metrics& m_metrics;
    Connections& m_connections;
    const Leave& m_leave;
    Log& m_log;
};

}  // namespace

std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> callObserver(
    Metrics& metrics, Connections& connections, const Leave& leave, Log& log) {
    return std::make_unique<Factory>(metrics, connections, leave, log);
}

}  // namespace hashira::datastore
