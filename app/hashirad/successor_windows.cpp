// SPDX-License-Identifier: MIT
#include "successor.h"

#include <utility>

namespace hashirad {

Successor::Successor(std::vector<std::string> arguments, QString program)
    : m_arguments(std::move(arguments)), m_program(std::move(program)) {}

void Successor::onCall(std::function<void()>) {}

int Successor::begin() {
    return 1;
}

}  // namespace hashirad
