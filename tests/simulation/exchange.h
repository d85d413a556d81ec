// SPDX-License-Identifier: MIT
#pragma once

#include "simulation/datastore.h"
#include "simulation/network.h"

#include <set>
#include <string>

namespace hashira::sim {

/// The network with the datastore at its end.
class Exchange {
public:
    Exchange(const WorldTime& time, std::uint64_t seed) : datastore(time, seed) {}

    /// Gives a request to the datastore and sends its answer, and the notices of what changed, on
    /// their way. Returns the text of an error that the ledger should not have given.
    std::string serve(const Packet& packet);
    /// Gives an answer to whoever waits for it.
    void answer(Packet packet);

    /// Sends the notices of what changed on their way.
    void broadcast();

    Network network;
    SimDatastore datastore;
    std::set<std::string> refuse;  ///< command ids that the datastore refuses
};

}  // namespace hashira::sim
