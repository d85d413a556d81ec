// SPDX-License-Identifier: MIT
#include "datastore/service_tls.h"

#include <grpc/grpc_security.h>

namespace hashira::datastore {
namespace {

/// What gRPC calls back into, before each handshake, one at a time.
class Source {
public:
    explicit Source(const Certificate& certificate) : m_certificate(certificate) {}

    static grpc_ssl_certificate_config_reload_status fetch(
        void* self, grpc_ssl_server_certificate_config** config) {
        return static_cast<Source*>(self)->fetch(config);
    }

private:
    grpc_ssl_certificate_config_reload_status fetch(grpc_ssl_server_certificate_config** config) {
        const std::uint64_t generation = m_certificate.generation();
        if (generation == m_given) return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
        const auto pair = m_certificate.pair();
        const grpc_ssl_pem_key_cert_pair pem{pair->key.c_str(), pair->chain.c_str()};
        // gRPC will have roots for the certificates of clients, although it asks for none: any do.
        *config = grpc_ssl_server_certificate_config_create(pair->chain.c_str(), &pem, 1);
        if (!*config) return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_FAIL;
        m_given = generation;
        return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
    }

    const Certificate& m_certificate;
    std::uint64_t m_given = 0;
};

/// By gRPC's C interface: the C++ one has a provider only that takes a pair from files unchecked
/// (and then serves nobody when it is a bad one).
class Credentials final : public grpc::ServerCredentials {
public:
    explicit Credentials(const Certificate& certificate)
        : m_source(certificate),
          m_credentials(grpc_ssl_server_credentials_create_with_options(
              grpc_ssl_server_credentials_create_options_using_config_fetcher(
                  GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE, Source::fetch, &m_source))) {}
    ~Credentials() override { grpc_server_credentials_release(m_credentials); }
    Credentials(const Credentials&) = delete;
    Credentials& operator=(const Credentials&) = delete;

    /// Tokens are looked up by the calls themselves.
    void SetAuthMetadataProcessor(const std::shared_ptr<grpc::AuthMetadataProcessor>&) override {}

private:
    int AddPortToServer(const std::string& address, grpc_server* server) override {
        return grpc_server_add_http2_port(server, address.c_str(), m_credentials);
    }

    Source m_source;
    grpc_server_credentials* m_credentials;
};

}  // namespace

std::shared_ptr<grpc::ServerCredentials> tlsCredentials(const Certificate& certificate) {
    return std::make_shared<Credentials>(certificate);
}

}  // namespace hashira::datastore
