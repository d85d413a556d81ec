// SPDX-License-Identifier: MIT
#include "rpc/local_token.h"

#include "base/clock.h"
#include "model/uuid.h"

#include <grpcpp/security/auth_metadata_processor.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>

#ifndef _WIN32
#include <fcntl.h>
#include <unistd.h>
#endif

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

Error failed(const std::string& path) {
    const int error = errno;
    return {error == ENOSPC || error == EROFS ? ErrorCode::kDiskFull : ErrorCode::kPrecondition,
            "cannot write the token file " + path + ": " + std::strerror(error)};
}

#ifndef _WIN32
/// A file that only we can read, with that text.
Status writePrivate(const std::string& path, std::string_view text) {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return failed(path);
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) return failed(path);
    const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    const Status status = written ? Status() : failed(path);
    ::close(fd);
    return status;
}
#else
/// A user's profile directory is private by its access list.
Status writePrivate(const std::string& path, std::string_view text) {
    std::FILE* file = std::fopen(path.c_str(), "wb");
    if (!file) return failed(path);
    const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
    const Status status = std::fclose(file) == 0 && written ? Status() : failed(path);
    std::remove(path.c_str());
    return status;
}
#endif

}  // namespace

Result<std::string> writeFreshToken(const std::string& path) {
    SystemRandom random;
    std::string token = makeToken(random, kTokenBytes);
    const std::string fresh = path + ".new";
    if (Status written = writePrivate(fresh, token + "\n"); !written) return written.error();
    if (std::rename(fresh.c_str(), path.c_str()) != 0) return failed(path);
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
