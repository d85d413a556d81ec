// SPDX-License-Identifier: MIT
#include "xembed_watch.h"

#include <QGuiApplication>

#include <xcb/xcb.h>

#include <cstdlib>
#include <memory>
#include <string_view>

namespace hashirad::tray {
namespace {

struct Free {
    void operator()(void* answer) const { std::free(answer); }
};

xcb_connection_t* connection() {
    const auto* x11 = qGuiApp->nativeInterface<QNativeInterface::QX11Application>();
    return x11 ? x11->connection() : nullptr;
}

xcb_atom_t atom(std::string_view name) {
    const auto asked =
        xcb_intern_atom(connection(), 0, static_cast<std::uint16_t>(name.size()), name.data());
    const std::unique_ptr<xcb_intern_atom_reply_t, Free> answer(
        xcb_intern_atom_reply(connection(), asked, nullptr));
    return answer ? answer->atom : static_cast<xcb_atom_t>(XCB_ATOM_NONE);
}

}  // namespace

XembedWatch::XembedWatch(std::function<void(bool)> changed) : m_changed(std::move(changed)) {
    if (!connection()) return;
    m_manager = atom("MANAGER");
    m_selection = atom("_NET_SYSTEM_TRAY_S0");
    // A new tray tells all who look at the root window, as Qt does.
    qGuiApp->installNativeEventFilter(this);
}

XembedWatch::~XembedWatch() {
    if (qGuiApp) qGuiApp->removeNativeEventFilter(this);
}

bool XembedWatch::there() const {
    if (m_selection == 0 || !connection()) return false;
    const std::unique_ptr<xcb_get_selection_owner_reply_t, Free> answer(
        xcb_get_selection_owner_reply(connection(),
                                      xcb_get_selection_owner(connection(), m_selection), nullptr));
    return answer && answer->owner != XCB_WINDOW_NONE;
}

bool XembedWatch::nativeEventFilter(const QByteArray& type, void* message, qintptr*) {
    if (type != "xcb_generic_event_t") return false;
    const auto* event = static_cast<const xcb_generic_event_t*>(message);
    if ((event->response_type & 0x7F) != XCB_CLIENT_MESSAGE) return false;
    const auto* told = reinterpret_cast<const xcb_client_message_event_t*>(event);
    if (told->type == m_manager && told->data.data32[1] == m_selection) m_changed(there());
    return false;
}

}  // namespace hashirad::tray
