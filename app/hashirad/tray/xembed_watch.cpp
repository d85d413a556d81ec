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

bool XembedWatch::there() {
    if (m_selection == 0 || !connection()) return false;
    const std::unique_ptr<xcb_get_selection_owner_reply_t, Free> answer(
        xcb_get_selection_owner_reply(connection(),
                                      xcb_get_selection_owner(connection(), m_selection), nullptr));
    m_owner = answer ? answer->owner : static_cast<xcb_window_t>(XCB_WINDOW_NONE);
    if (m_owner == XCB_WINDOW_NONE) return false;
    // Qt asks for the same of this window, once it docks the icon; who asks last is heeded.
    const std::uint32_t events = XCB_EVENT_MASK_STRUCTURE_NOTIFY;
    xcb_change_window_attributes(connection(), m_owner, XCB_CW_EVENT_MASK, &events);
    xcb_flush(connection());
    return true;
}

bool XembedWatch::nativeEventFilter(const QByteArray& type, void* message, qintptr*) {
    if (type != "xcb_generic_event_t") return false;
    const auto* event = static_cast<const xcb_generic_event_t*>(message);
    const int kind = event->response_type & 0x7F;
    if (kind == XCB_DESTROY_NOTIFY) {
        const auto* gone = reinterpret_cast<const xcb_destroy_notify_event_t*>(event);
        // Another tray may have taken its place already.
        if (m_owner != XCB_WINDOW_NONE && gone->window == m_owner) m_changed(there());
    }
    if (kind != XCB_CLIENT_MESSAGE) return false;
    const auto* told = reinterpret_cast<const xcb_client_message_event_t*>(event);
    if (told->type == m_manager && told->data.data32[1] == m_selection) m_changed(there());
    return false;
}

}  // namespace hashirad::tray
