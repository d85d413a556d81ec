// SPDX-License-Identifier: MIT
#pragma once

#include "datastore/broadcaster.h"
#include "datastore/worker.h"

#include <memory>
#include <string>

namespace hashira::datastore {

/// What the calls of the service share. Declared in the order of use: the workers end first.
struct Backend {
    std::string version;
    Broadcaster broadcaster;
    /// The only one that writes: no commit comes between what one of its jobs does.
    std::unique_ptr<Worker> writer;
    /// Fetches, which may wait for a slow client.
    std::unique_ptr<Worker> readers;
};

}  // namespace hashira::datastore
