// SPDX-License-Identifier: MIT
#include "context.h"
#include "frontend/grpc_client.h"
#include "platform.h"

#include "base/end_process.h"

#include <iostream>

namespace {

int runProgram(int argc, char** argv) {
    using namespace hashira;
    const cli::Process process(argc, argv);
    std::ios::sync_with_stdio(false);
    const SystemClock clock;
    SystemRandom random;
    cli::Host host;
    host.variable = [&process](const char* name) { return process.variable(name); };
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
    host.waitForEnd = cli::waitForEnd;
    host.makeClient = [](const cli::Endpoint& endpoint) { return cli::makeGrpcClient(endpoint); };
    host.onInterrupt = [](cli::Client& client) {
        cli::handleInterrupt([&client] { client.cancel(); });
    };
    return cli::run(process.arguments(), host);
}

}  // namespace

int main(int argc, char** argv) {
    return hashira::endProcess(runProgram(argc, argv));
}
