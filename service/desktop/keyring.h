// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"

#include <functional>
#include <memory>
#include <string>

namespace hashira::desktop {

/// Where the desktop keeps a person's secrets. For the main thread, which needs an event loop; no
/// member blocks. Each callback comes later, on this thread, exactly once, unless the keyring is
/// freed before. kLocked: it is locked, there is none, or it does not answer: worth another try.
class Keyring {
public:
    using ReadReply = std::function<void(Result<std::string>)>;
    using WriteReply = std::function<void(Status)>;

    virtual ~Keyring() = default;

    /// With `mayAsk` the system may show the person a window to unlock it. kNotFound: it is open
    /// and holds no such secret.
    virtual void read(const std::string& key, bool mayAsk, ReadReply reply) = 0;
    /// Answers with success only after what was written was read back. May ask the person.
    virtual void write(const std::string& key, const std::string& secret, WriteReply reply) = 0;
    /// Success too where there is no such secret.
    virtual void remove(const std::string& key, WriteReply reply) = 0;
    /// Called, from now on, each time that it may have become usable: unlocked, or just started.
    virtual void onUsable(std::function<void()> usable) = 0;
};

/// The desktop's own, over QtKeychain: Secret Service or KWallet, Windows' credentials, macOS's
/// keychain. Looks at nothing before it is first asked.
std::unique_ptr<Keyring> makeKeyring();

}  // namespace hashira::desktop
