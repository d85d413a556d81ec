// SPDX-License-Identifier: MIT
#include "frontend/endpoint.h"

#include "frontend/platform.h"

#include "base/path.h"

namespace hashira::frontend {
namespace {

std::filesystem::path dataDirectory(const Variables& variable) {
    if (const std::string own = variable("HASHIRA_DATA_DIR"); !own.empty()) return toPath(own);
    return defaultDataDirectory(variable);
}

std::string firstOf(const std::string& option, const std::string& environment) {
    return option.empty() ? environment : option;
}

}  // namespace

Endpoint resolveEndpoint(const EndpointOptions& options, const Variables& variable) {
    Endpoint endpoint;
    endpoint.address = firstOf(options.socket, variable("HASHIRA_SOCKET"));
    if (endpoint.address.empty())
        endpoint.address = defaultAddress(dataDirectory(variable), variable);
    endpoint.tokenFile = firstOf(options.localTokenFile, variable("HASHIRA_LOCAL_TOKEN_FILE"));
    if (endpoint.tokenFile.empty())
        endpoint.tokenFile = fromPath(dataDirectory(variable) / "local-token");
    return endpoint;
}

std::string stateDirectory(const Variables& variable) {
    return fromPath(defaultStateDirectory(variable));
}

bool isEndpoint(const std::string& address) {
    return (address.rfind("unix:", 0) == 0 && address.size() > 5) ||
           (address.rfind("tcp:", 0) == 0 && address.find(':', 4) != std::string::npos);
}

}  // namespace hashira::frontend
