// SPDX-License-Identifier: MIT
#include "desktop/sleep.h"

namespace hashira::desktop {
namespace {

/// For Windows and macOS nothing is built yet: nobody is told. After a sleep the sync goes on with
/// its timer, and a dead session is noticed by its keepalive.
class NoSleep final : public Sleep {
public:
    void onWake(std::function<void()>) override {}
};

}  // namespace

std::unique_ptr<Sleep> makeSleep() {
    return std::make_unique<NoSleep>();
}

}  // namespace hashira::desktop
