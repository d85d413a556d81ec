// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace hashira {

/// 32 raw bytes.
using Hash = std::string;

/// The hash before the first command.
Hash chainStart();

/// The hash of a device's history with one more command: SHA-256 over the previous hash, the
/// command's id and its payload, the latter two with their length in 4 bytes, big-endian, before
/// them. Not over the stamp: a corrected clock keeps the history.
Hash chainNext(const Hash& previous, std::string_view commandId, std::string_view payload);

/// SHA-256 over the lines "ID VERSION\n"; call in ascending order of id.
class BucketDigest {
public:
    BucketDigest();
    ~BucketDigest();
    BucketDigest(BucketDigest&&) noexcept;
    void add(std::string_view id, unsigned long long version);
    Hash digest() const;
    unsigned long long count() const { return m_count; }

private:
    struct Sha;
    Sha* m_sha;
    unsigned long long m_count = 0;
};

}  // namespace hashira
