// SPDX-License-Identifier: MIT
#include "late_keyring.h"

#include "desktop.h"

#include <QTimer>

#include <utility>

namespace hashirad {

using hashira::Error;

void LateKeyring::with(const std::function<void(Keyring&)>& ask,
                       const std::function<void(const Error&)>& fail) {
    if (!m_keyring) {
        const auto desktop = loadDesktop();
        if (!desktop) {
            // As one that is locked: whoever installs it need not start the daemon anew.
            const Error error{hashira::ErrorCode::kLocked, desktop.error().message};
            return QTimer::singleShot(0, &m_here, [fail, error] { fail(error); });
        }
        m_keyring = (*desktop)->makeKeyring();
        if (m_usable) m_keyring->onUsable(m_usable);
    }
    ask(*m_keyring);
}

void LateKeyring::read(const std::string& key, bool mayAsk, ReadReply reply) {
    with([&](Keyring& keyring) { keyring.read(key, mayAsk, reply); }, reply);
}

void LateKeyring::write(const std::string& key, const std::string& secret, WriteReply reply) {
    with([&](Keyring& keyring) { keyring.write(key, secret, reply); }, reply);
}

void LateKeyring::remove(const std::string& key, WriteReply reply) {
    with([&](Keyring& keyring) { keyring.remove(key, reply); }, reply);
}

void LateKeyring::onUsable(std::function<void()> usable) {
    m_usable = std::move(usable);
    if (m_keyring) m_keyring->onUsable(m_usable);
}

}  // namespace hashirad
