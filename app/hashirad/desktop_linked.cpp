// SPDX-License-Identifier: MIT
#include "desktop.h"

namespace hashirad {
namespace {

/// Here it brings along what each program has anyway.
class LinkedDesktop final : public Desktop {
public:
    std::unique_ptr<hashira::desktop::Keyring> makeKeyring() override {
        return hashira::desktop::makeKeyring();
    }
    std::unique_ptr<hashira::desktop::Network> makeNetwork() override {
        return hashira::desktop::makeNetwork();
    }
    std::unique_ptr<hashira::desktop::Sleep> makeSleep() override {
        return hashira::desktop::makeSleep();
    }
};

}  // namespace

hashira::Result<Desktop*> loadDesktop() {
    static LinkedDesktop desktop;
    return &desktop;
}

}  // namespace hashirad
