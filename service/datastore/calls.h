// SPDX-License-Identifier: MIT
#pragma once

#include "datastore/backend.h"
#include "hashira/v1/datastore.grpc.pb.h"

namespace hashira::datastore {

/// The calls of the service Datastore: each checks the token, and is answered by a job of a worker.
/// Reactors never block and never touch SQL.
class Calls final : public v1::Datastore::CallbackService {
public:
    explicit Calls(Backend& backend) : m_backend(backend) {}

    grpc::ServerWriteReactor<v1::WatchResponse>* Watch(grpc::CallbackServerContext* context,
                                                       const v1::WatchRequest* request) override;
    grpc::ServerUnaryReactor* Apply(grpc::CallbackServerContext* context,
                                    const v1::ApplyRequest* request,
                                    v1::ApplyResponse* response) override;
    grpc::ServerWriteReactor<v1::FetchResponse>* Fetch(grpc::CallbackServerContext* context,
                                                       const v1::FetchRequest* request) override;
    grpc::ServerUnaryReactor* Push(grpc::CallbackServerContext* context,
                                   const v1::PushRequest* request,
                                   v1::PushResponse* response) override;

private:
    Backend& m_backend;
};

}  // namespace hashira::datastore
