// SPDX-License-Identifier: MIT
#pragma once

namespace hashira {

/// What `main` of a program with gRPC returns with, when all of it has ended and nothing is left to
/// be freed: the code. On Windows it does not return: there the system kills threads of gRPC that
/// still wait, wherever they are, when main is over, and what is freed after that waits for ever
/// for what these held, or reads it.
int endProcess(int code);

}  // namespace hashira
