// SPDX-License-Identifier: MIT
#include "context.h"
#include "frontend/grpc_client.h"
#include "platform.h"

#include <csignal>
#include <cstdlib>
#include <iostream>

#ifndef _WIN32
#include <sys/stat.h>
#endif

int main(int argc, char** argv) {
#ifndef _WIN32
    ::umask(0077);  // a person's tasks are nobody else's to read
#endif
    using namespace hashira;
    std::ios::sync_with_stdio(false);
    const SystemClock clock;
    SystemRandom random;
    cli::Host host;
    host.variable = [](const char* name) {
        const char* value = std::getenv(name);
        return std::string(value == nullptr ? "" : value);
    };
    host.clock = &clock;
    host.random = &random;
    host.in = &std::cin;
    host.out = &std::cout;
    host.err = &std::cerr;
    host.inIsTerminal = cli::isTerminal(0);
    host.outIsTerminal = cli::isTerminal(1);
    host.errIsTerminal = cli::isTerminal(2);
    host.columns = [] { return cli::terminalColumns(1); };
    host.rows = [] { return cli::terminalRows(1); };
    host.readSecret = cli::readSecret;
    host.makeClient = [](const cli::Endpoint& endpoint) { return cli::makeGrpcClient(endpoint); };
    host.onInterrupt = [](cli::Client& client) {
        cli::handleInterrupt([&client] { client.cancel(); });
    };
    return cli::run(std::vector<std::string>(argv + 1, argv + argc), host);
}
