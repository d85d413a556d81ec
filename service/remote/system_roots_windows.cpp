// SPDX-License-Identifier: MIT
#include "remote/system_roots.h"

#include <windows.h>

#include <wincrypt.h>

namespace hashira::remote {
namespace {

std::string pemOf(const CERT_CONTEXT& certificate) {
    DWORD size = 0;
    const auto encode = [&](char* text) {
        return CryptBinaryToStringA(certificate.pbCertEncoded, certificate.cbCertEncoded,
                                    CRYPT_STRING_BASE64HEADER, text, &size) != 0;
    };
    if (!encode(nullptr)) return {};
    std::string text(size, '\0');
    if (!encode(text.data())) return {};
    text.resize(size);
    return text;
}

}  // namespace

std::string systemRoots() {
    std::string roots;
    const HCERTSTORE store = CertOpenSystemStoreW(0, L"ROOT");
    if (store == nullptr) return roots;
    // Each call frees the one before.
    for (const CERT_CONTEXT* one = nullptr;
         (one = CertEnumCertificatesInStore(store, one)) != nullptr;)
        roots += pemOf(*one);
    CertCloseStore(store, 0);
    return roots;
}

}  // namespace hashira::remote
