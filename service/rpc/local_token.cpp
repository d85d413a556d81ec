// SPDX-License-Identifier: MIT
#include "rpc/local_token.h"

#include "base/clock.h"
#include "base/path.h"
#include "base/private_file.h"
#include "model/uuid.h"

#include <grpcpp/security/auth_metadata_processor.h>

#include <string_view>

namespace hashira::rpc {
namespace {

constexpr int kTokenBytes = 32;

/// Takes the same time wherever the first difference is.
bool equal(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    unsigned char difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        difference = static_cast<unsigned char>(difference | (a[i] ^ b[i]));
    return difference == 0;
}

class TokenCheck final : public grpc::AuthMetadataProcessor {
public:
    explicit TokenCheck(std::string token) : m_expected("Bearer " + std::move(token)) {}

    /// Runs in gRPC's own thread: there is nothing to wait for.
    bool IsBlocking() const override { return false; }

    grpc::Status Process(const InputMetadata& metadata, grpc::AuthContext*,
                         OutputMetadata* consumed, OutputMetadata*) override {
        const auto [first, last] = metadata.equal_range("authorization");
        for (auto at = first; at != last; ++at) {
            const std::string_view value(at->second.data(), at->second.size());
            if (!equal(value, m_expected)) continue;
            consumed->emplace("authorization", std::string(value));
            return grpc::Status::OK;
        }
        return {grpc::StatusCode::UNAUTHENTICATED,
                first == last ? "no token: send the metadata \"authorization: Bearer TOKEN\" with "
                                "the content of local-token in the daemon's data directory"
                              : "the token is not this daemon's: read local-token in its data "
                                "directory again, it is new at each start"};
    }

private:
    const std::string m_expected;
};

}  // namespace

Result<std::string> writeFreshToken(const std::string& path) {
    SystemRandom random;
    std::string token = makeToken(random, kTokenBytes);
    if (Status written = writePrivateFile(toPath(path), token + "\n"); !written)
        return written.error();
    return token;
}

std::shared_ptr<grpc::ServerCredentials> tokenCredentials(std::string token) {
    // Insecure credentials run no check of metadata. Local ones do: they put no byte on the wire,
    // so that any client's plain channel fits, and take callers of this machine only.
    auto credentials = grpc::experimental::LocalServerCredentials(LOCAL_TCP);
    credentials->SetAuthMetadataProcessor(std::make_shared<TokenCheck>(std::move(token)));
    return credentials;
}

}  // namespace hashira::rpc
