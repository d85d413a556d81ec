// SPDX-License-Identifier: MIT
#include "model/chain.h"

#include <QCryptographicHash>

#include <cstdint>
#include <utility>

namespace hashira {
namespace {

using qsize = qsizetype;

void addWithLength(QCryptographicHash& sha, std::string_view part) {
    const auto size = static_cast<std::uint32_t>(part.size());
    const char length[4] = {static_cast<char>(size >> 24), static_cast<char>(size >> 16),
                            static_cast<char>(size >> 8), static_cast<char>(size)};
    sha.addData(QByteArrayView(length, 4));
    sha.addData(QByteArrayView(part.data(), static_cast<qsize>(part.size())));
}

}  // namespace

Hash chainStart() {
    return Hash(32, '\0');
}

Hash chainNext(const Hash& previous, std::string_view commandId, std::string_view payload) {
    QCryptographicHash sha(QCryptographicHash::Sha256);
    sha.addData(QByteArrayView(previous.data(), static_cast<qsize>(previous.size())));
    addWithLength(sha, commandId);
    addWithLength(sha, payload);
    return sha.result().toStdString();
}

struct BucketDigest::Sha {
    QCryptographicHash hash{QCryptographicHash::Sha256};
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
    m_sha->hash.addData(QByteArrayView(line.data(), static_cast<qsize>(line.size())));
    ++m_count;
}

Hash BucketDigest::digest() const {
    return m_sha->hash.result().toStdString();
}

}  // namespace hashira
