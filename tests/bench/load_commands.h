// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "model/sync.h"
#include "model/uuid.h"

#include <string>

namespace hashira::bench {

/// One device of an account: makes what a daemon sends of it, with its numbers, its chain and its
/// stamps. Each command is a new task such as people write.
class CommandMaker {
public:
    CommandMaker(std::string incarnation, std::string device);

    /// The next `count` commands, to be sent after all before them.
    sync::ApplyRequest next(int count);

private:
    Command command();

    std::string m_incarnation;
    std::string m_device;
    SystemClock m_clock;
    SystemRandom m_random;
    UuidMaker m_ids;
    HlcTime m_time;
    std::uint64_t m_number = 0;
    Hash m_hash = chainStart();
};

}  // namespace hashira::bench
