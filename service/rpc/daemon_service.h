// SPDX-License-Identifier: MIT
#pragma once

#include "rpc/account_port.h"
#include "rpc/subscription.h"

#include <hashira/v1/daemon.grpc.pb.h>

#include <functional>

namespace hashira::rpc {

/// Control of the daemon, over the core.
class DaemonService final : public v1::Daemon::CallbackService {
public:
    /// `account` may be null: then nobody can sign in or out. So may `shutdown`: see
    /// ServerSettings.
    DaemonService(OpenCalls& calls, CorePort& core, AccountPort* account,
                  std::function<void()> shutdown)
        : m_calls(calls), m_core(core), m_account(account), m_shutdown(std::move(shutdown)) {}

    using Context = grpc::CallbackServerContext;
    using Unary = grpc::ServerUnaryReactor;

    Unary* GetStatus(Context*, const v1::GetStatusRequest*, v1::GetStatusResponse*) override;
    grpc::ServerWriteReactor<v1::WatchStatusResponse>* WatchStatus(
        Context*, const v1::WatchStatusRequest*) override;
    Unary* SyncNow(Context*, const v1::SyncNowRequest*, v1::SyncNowResponse*) override;
    Unary* Pause(Context*, const v1::PauseRequest*, v1::PauseResponse*) override;
    Unary* Resume(Context*, const v1::ResumeRequest*, v1::ResumeResponse*) override;
    Unary* ListRejected(Context*, const v1::ListRejectedRequest*,
                        v1::ListRejectedResponse*) override;
    Unary* RetryRejected(Context*, const v1::RetryRejectedRequest*,
                         v1::RetryRejectedResponse*) override;
    Unary* DiscardRejected(Context*, const v1::DiscardRejectedRequest*,
                           v1::DiscardRejectedResponse*) override;
    Unary* WaitFor(Context*, const v1::WaitForRequest*, v1::WaitForResponse*) override;
    Unary* SignIn(Context*, const v1::SignInRequest*, v1::SignInResponse*) override;
    Unary* SignOut(Context*, const v1::SignOutRequest*, v1::SignOutResponse*) override;
    Unary* RunDoctor(Context*, const v1::RunDoctorRequest*, v1::RunDoctorResponse*) override;
    Unary* Shutdown(Context*, const v1::ShutdownRequest*, v1::ShutdownResponse*) override;

    /// Any thread.
    void statusChanged(const front::Status& status);

private:
    OpenCalls& m_calls;
    CorePort& m_core;
    AccountPort* const m_account;
    const std::function<void()> m_shutdown;
    Audience<StatusWatch> m_watches;
};

}  // namespace hashira::rpc
