// SPDX-License-Identifier: MIT
#include "model/chain.h"

// SHA-256 without a context on the heap and an algorithm to be looked up. OpenSSL calls these
// functions deprecated, and has no other ones for many short texts.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include <cstdint>
#include <utility>

namespace hashira {
namespace {

class Sha256 {
public:
    Sha256() { SHA256_Init(&m_state); }
    void add(std::string_view bytes) { SHA256_Update(&m_state, bytes.data(), bytes.size()); }
    Hash result() const {
        SHA256_CTX state = m_state;
        Hash hash(SHA256_DIGEST_LENGTH, '\0');
        SHA256_Final(reinterpret_cast<unsigned char*>(hash.data()), &state);
        return hash;
    }

private:
    SHA256_CTX m_state;
};

void addWithLength(Sha256& sha, std::string_view part) {
    const auto size = static_cast<std::uint32_t>(part.size());
    const char length[4] = {static_cast<char>(size >> 24), static_cast<char>(size >> 16),
                            static_cast<char>(size >> 8), static_cast<char>(size)};
    sha.add({length, 4});
    sha.add(part);
}

}  // namespace

Hash chainStart() {
    return Hash(32, '\0');
}

Hash chainNext(const Hash& previous, std::string_view commandId, std::string_view payload) {
    Sha256 sha;
    sha.add(previous);
    addWithLength(sha, commandId);
    addWithLength(sha, payload);
    return sha.result();
}

struct BucketDigest::Sha {
    Sha256 hash;
};

BucketDigest::BucketDigest() : m_sha(new Sha) {}
BucketDigest::~BucketDigest() {
    delete m_sha;
}
BucketDigest::BucketDigest(BucketDigest&& other) noexcept
    : m_sha(std::exchange(other.m_sha, nullptr)), m_count(other.m_count) {}

void BucketDigest::add(std::string_view id, unsigned long long version) {
    std::string line(id);
    line += ' ';
    line += std::to_string(version);
    line += '\n';
    m_sha->hash.add(line);
    ++m_count;
}

Hash BucketDigest::digest() const {
    return m_sha->hash.result();
}

}  // namespace hashira
