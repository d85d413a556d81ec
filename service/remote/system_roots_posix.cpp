// SPDX-License-Identifier: MIT
#include "remote/system_roots.h"

namespace hashira::remote {

std::string systemRoots() {
    return {};
}

}  // namespace hashira::remote
