// SPDX-License-Identifier: MIT
#pragma once

#include <QAbstractNativeEventFilter>

#include <cstdint>
#include <functional>

namespace hashirad::tray {

/// Whether X11 has a tray of the older kind: a window that owns the selection _NET_SYSTEM_TRAY_Sn.
/// On another platform than X11 there is none.
class XembedWatch : public QAbstractNativeEventFilter {
public:
    explicit XembedWatch(std::function<void(bool)> changed);
    ~XembedWatch() override;

    /// Asked now. From then on the end of the one that is there is told.
    bool there();

private:
    bool nativeEventFilter(const QByteArray& type, void* message, qintptr* result) override;

    std::function<void(bool)> m_changed;
    std::uint32_t m_manager = 0;    ///< atoms
    std::uint32_t m_selection = 0;  ///< 0: not X11
    std::uint32_t m_owner = 0;      ///< the tray's window; 0: none
};

}  // namespace hashirad::tray
