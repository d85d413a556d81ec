// SPDX-License-Identifier: MIT
#pragma once

#include "desktop/keyring.h"

#include <QObject>

#include <functional>
#include <memory>

namespace hashirad {

/// The desktop's keyring, which is loaded when it is first asked: where the token comes from a file
/// it never is. For the main thread.
class LateKeyring final : public hashira::desktop::Keyring {
public:
    void read(const std::string& key, bool mayAsk, ReadReply reply) override;
    void write(const std::string& key, const std::string& secret, WriteReply reply) override;
    void remove(const std::string& key, WriteReply reply) override;
    void onUsable(std::function<void()> usable) override;

private:
    /// Gives the keyring to `ask`; where there is none, `fail` gets the reason, later.
    void with(const std::function<void(Keyring&)>& ask,
              const std::function<void(const hashira::Error&)>& fail);

    std::unique_ptr<Keyring> m_keyring;
    std::function<void()> m_usable;
    QObject m_here;  ///< what comes later does not outlive this
};

}  // namespace hashirad
