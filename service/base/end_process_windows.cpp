// SPDX-License-Identifier: MIT
#include "base/end_process.h"

#include <windows.h>

#include <cstdio>
#include <iostream>

namespace hashira {

int endProcess(int code) {
    std::cout.flush();
    std::fflush(nullptr);
    TerminateProcess(GetCurrentProcess(), static_cast<UINT>(code));
    return code;
}

}  // namespace hashira
