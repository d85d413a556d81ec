// SPDX-License-Identifier: MIT
#pragma once

#include "support/forgetful_disk.h"

namespace hashira::test {

/// Stands in front of SQLite's default VFS while there is any ForgetfulDisk. It is found through
/// SQLite's own list of VFSs, which is one for the process.
class ForgetfulVfs {
public:
    static void add(ForgetfulDisk* disk);
    static void remove(ForgetfulDisk* disk);
};

}  // namespace hashira::test
