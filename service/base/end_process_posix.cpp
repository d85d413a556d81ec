// SPDX-License-Identifier: MIT
#include "base/end_process.h"

namespace hashira {

int endProcess(int code) {
    return code;
}

}  // namespace hashira
