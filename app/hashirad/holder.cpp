// SPDX-License-Identifier: MIT
#include "holder.h"

#include "daemon/data_dir.h"

#include <QThread>

namespace hashirad {
namespace {

/// From the lock to the first answered call a start takes some 20 ms; a large store on a slow disk
/// may take seconds. A person who waits longer than this thinks that nothing happens.
constexpr int kPatienceMs = 5'000;
constexpr int kStepMs = 50;  // a file that is to come tells nobody

}  // namespace

hashira::Result<std::string> waitForHolder(const std::string& dataDir) {
    auto endpoint = hashira::daemon::DataDir::endpointOfHolder(dataDir);
    for (int waited = 0; waited < kPatienceMs; waited += kStepMs) {
        if (endpoint || endpoint.error().code != hashira::ErrorCode::kBusy) break;
        QThread::msleep(kStepMs);
        endpoint = hashira::daemon::DataDir::endpointOfHolder(dataDir);
    }
    return endpoint;
}

}  // namespace hashirad
