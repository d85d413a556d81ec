// SPDX-License-Identifier: MIT
#include "bench/load_commands.h"

#include <utility>

namespace hashira::bench {

CommandMaker::CommandMaker(std::string incarnation, std::string device)
    : m_incarnation(std::move(incarnation)), m_device(std::move(device)) {}

Command CommandMaker::command() {
    const std::int64_t nowMs = m_clock.nowMs();
    m_time = m_time.tick(nowMs);
    const std::string id = m_ids.make(nowMs, m_random);
    const std::string name =
        "\"Task " + std::to_string(m_number) + ": write the report and send it\"";
    const Fields fields{{"created", R"("2026-11-23T19:45:33+00:00")"},
                        {"labels", R"(["work"])"},
                        {"name", name},
                        {"place", R"("todo")"},
                        {"rank", "\"a" + std::to_string(1'000'000 + m_number) + "xyz\""}};
    return {m_ids.make(nowMs, m_random), What::kNew, id, makePayload(id, fields),
            m_time.stamp(m_device)};
}

sync::ApplyRequest CommandMaker::next(int count) {
    sync::ApplyRequest request;
    request.incarnation = m_incarnation;
    request.device = m_device;
    request.previousHash = m_hash;
    for (int i = 0; i < count; ++i) {
        sync::NumberedCommand numbered;
        numbered.number = ++m_number;
        numbered.command = command();
        m_hash = chainNext(m_hash, numbered.command.commandId, numbered.command.payload);
        request.commands.push_back(std::move(numbered));
    }
    return request;
}

}  // namespace hashira::bench
