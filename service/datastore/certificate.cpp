// SPDX-License-Identifier: MIT
#include "datastore/certificate.h"

#include <QDateTime>
#include <QFileInfo>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <ctime>
#include <fstream>
#include <sstream>

#ifndef _WIN32
#include <sys/stat.h>
#endif

namespace hashira::datastore {
namespace {

/// No chain has so much; a file that was named by mistake may.
constexpr qint64 kFileBytes = 1024 * 1024;

struct Free {
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

Result<std::string> readPem(const std::string& path, const std::string& what) {
    const QFileInfo info(QString::fromStdString(path));
    if (!info.exists()) return invalid("there is no " + what + " " + path);
    if (info.size() > kFileBytes) return invalid("the " + what + " " + path + " is no PEM file");
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file || text.str().empty())
        return invalid("the " + what + " " + path + " cannot be read, or is empty");
    return text.str();
}

Owned<BIO> memory(const std::string& text) {
    return Owned<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

/// OpenSSL would ask at the terminal.
int noPassword(char*, int, int, void* asked) {
    *static_cast<bool*>(asked) = true;
    return -1;
}

std::int64_t millis(const ASN1_TIME* time) {
    std::tm parts{};
    if (!time || ASN1_TIME_to_tm(time, &parts) != 1) return 0;
    return QDateTime(QDate(parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday),
                     QTime(parts.tm_hour, parts.tm_min, parts.tm_sec), Qt::UTC)
        .toMSecsSinceEpoch();
}

std::string day(std::int64_t ms) {
    return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC).toString(Qt::ISODate).toStdString();
}

std::string subjectOf(const X509* certificate) {
    char text[256] = {};
    X509_NAME_oneline(X509_get_subject_name(certificate), text, sizeof text);
    return text;
}

bool othersMayRead(const std::string& path) {
#ifdef _WIN32
    static_cast<void>(path);
    return false;
#else
    struct stat file {};
    return ::stat(path.c_str(), &file) == 0 && (file.st_mode & S_IROTH) != 0;
#endif
}

Result<Owned<EVP_PKEY>> keyOf(const std::string& pem, const std::string& path) {
    const auto bio = memory(pem);
    bool asked = false;
    Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(bio.get(), nullptr, noPassword, &asked));
    if (key) return key;
    ERR_clear_error();
    if (asked)
        return invalid("the key " + path +
                       " has a password, which nobody can type here: give one "
                       "without");
    return invalid("the key " + path + " is no private key in PEM");
}

/// OpenSSL's last word, and none of it left for others.
std::string sslError() {
    char text[256] = {};
    ERR_error_string_n(ERR_get_error(), text, sizeof text);
    ERR_clear_error();
    return text;
}

/// Whether a TLS server could use them: it takes no weak keys, and nothing malformed in the chain.
Status checkUsable(BIO* restOfChain, X509* leaf, EVP_PKEY* key, const std::string& path) {
    ERR_clear_error();
    const Owned<SSL_CTX> context(SSL_CTX_new(TLS_server_method()));
    if (!context || SSL_CTX_use_certificate(context.get(), leaf) != 1 ||
        SSL_CTX_use_PrivateKey(context.get(), key) != 1)
        return invalid("the certificate " + path + " cannot be used: " + sslError());
    for (;;) {
        const Owned<X509> next(PEM_read_bio_X509(restOfChain, nullptr, nullptr, nullptr));
        if (!next) break;
        if (SSL_CTX_add1_chain_cert(context.get(), next.get()) != 1)
            return invalid("the chain in " + path + " cannot be used: " + sslError());
    }
    if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
        return invalid("the chain in " + path + " is damaged: " + sslError());
    ERR_clear_error();
    return {};
}

/// What tells whether a file was written or replaced, through symbolic links.
std::string traceOf(const TlsFiles& files) {
    std::string trace;
    for (const std::string& path : {files.certificate, files.key}) {
        const QFileInfo info(QString::fromStdString(path));
        const QDateTime changed = info.lastModified();
        trace += info.canonicalFilePath().toStdString() + ' ' + std::to_string(info.size()) + ' ' +
                 std::to_string(changed.isValid() ? changed.toMSecsSinceEpoch() : 0) + ' ';
#ifndef _WIN32
        struct stat file {};
        if (::stat(path.c_str(), &file) == 0) trace += std::to_string(file.st_ino) + ' ';
#endif
    }
    return trace;
}

}  // namespace

Result<KeyPair> readKeyPair(const TlsFiles& files, std::int64_t nowMs) {
    KeyPair pair;
    auto chain = readPem(files.certificate, "certificate");
    if (!chain) return chain.error();
    auto key = readPem(files.key, "key");
    if (!key) return key.error();
    const auto bio = memory(*chain);
    const Owned<X509> leaf(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (!leaf) return invalid("the certificate " + files.certificate + " is no certificate in PEM");
    const auto secret = keyOf(*key, files.key);
    if (!secret) return secret.error();
    if (X509_check_private_key(leaf.get(), secret->get()) != 1)
        return invalid("the key " + files.key + " is not the one of the certificate " +
                       files.certificate);
    if (const Status usable = checkUsable(bio.get(), leaf.get(), secret->get(), files.certificate);
        !usable)
        return usable.error();
    const std::int64_t notBeforeMs = millis(X509_get0_notBefore(leaf.get()));
    pair.notAfterMs = millis(X509_get0_notAfter(leaf.get()));
    if (pair.notAfterMs <= nowMs)
        return invalid("the certificate " + files.certificate + " expired at " +
                       day(pair.notAfterMs));
    if (notBeforeMs > nowMs)
        return invalid("the certificate " + files.certificate + " is not valid before " +
                       day(notBeforeMs) + ": is this machine's clock right?");
    pair.chain = std::move(*chain);
    pair.key = std::move(*key);
    pair.subject = subjectOf(leaf.get());
    pair.othersMayRead = othersMayRead(files.key);
    return pair;
}

Result<std::unique_ptr<Certificate>> Certificate::load(const TlsFiles& files, Log& log,
                                                       const Clock& clock) {
    std::unique_ptr<Certificate> certificate(new Certificate(files, log, clock));
    certificate->m_seen = certificate->m_lastSeen = traceOf(files);
    auto pair = readKeyPair(files, clock.nowMs());
    if (!pair) return pair.error();
    certificate->take(std::move(*pair));
    return certificate;
}

void Certificate::take(KeyPair pair) {
    if (pair.othersMayRead)
        m_log.warning("the key can be read by everybody on this machine", {{"file", m_files.key}});
    m_log.info("certificate loaded",
               {{"subject", pair.subject}, {"not_after", day(pair.notAfterMs)}});
    const std::lock_guard lock(m_mutex);
    m_pair = std::make_shared<const KeyPair>(std::move(pair));
    ++m_generation;
}

void Certificate::reload() {
    m_seen = m_lastSeen = traceOf(m_files);
    auto pair = readKeyPair(m_files, m_clock.nowMs());
    if (!pair)
        return m_log.error("the new certificate is not taken, the last one stays",
                           {{"reason", pair.error().message}});
    take(std::move(*pair));
}

void Certificate::reloadIfChanged() {
    std::string now = traceOf(m_files);
    const bool rests = now == m_lastSeen;
    m_lastSeen = now;
    if (rests && now != m_seen) reload();
}

std::uint64_t Certificate::generation() const {
    const std::lock_guard lock(m_mutex);
    return m_generation;
}

std::shared_ptr<const KeyPair> Certificate::pair() const {
    const std::lock_guard lock(m_mutex);
    return m_pair;
}

}  // namespace hashira::datastore
