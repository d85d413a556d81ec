# SPDX-License-Identifier: MIT
"""A desktop for the tests of processes: a screen (Xvfb), buses of its own, and on them what a desktop has: a host of tray
icons, a notification daemon.

    with Desktop(scene) as desktop:
        host = desktop.tray_host()
        daemon = scene.daemon(start=False, headless=False, env=desktop.env)
        icon = host.wait_icon()

Everything on the buses is done by this process's own GLib loop, which runs while something is waited for: each wait is for an
event and has a limit.
"""
import contextlib
import os
import pathlib
import shutil
import subprocess
import time

import hashira_processes as processes

LIMIT = processes.LIMIT

BUS_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path={path}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>
"""

WATCHER, WATCHER_PATH = "org.kde.StatusNotifierWatcher", "/StatusNotifierWatcher"
ITEM, ITEM_PATH, MENU = "org.kde.StatusNotifierItem", "/StatusNotifierItem", "com.canonical.dbusmenu"
NOTES, NOTES_PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
PROPERTIES = "org.freedesktop.DBus.Properties"


def need_desktop(*tools):
    need_bus("Xvfb", *tools)


def need_bus(*tools):
    for tool in ("dbus-daemon", *tools):
        if not shutil.which(tool):
            processes.skip(f"{tool} is missing")
    try:
        import dbus  # noqa: F401
        from gi.repository import GLib  # noqa: F401
    except ImportError as missing:
        processes.skip(f"python3-dbus and python3-gi are needed: {missing}")


def loop():
    from gi.repository import GLib
    return GLib


def wait(condition, what, limit=LIMIT):
    """Until condition() gives something, looked at after each event of the loop; that value."""
    glib = loop()
    until = time.monotonic() + limit
    while not (value := condition()):
        left = until - time.monotonic()
        assert left > 0, f"not within {limit} s: {what}"
        timer = glib.timeout_add(max(1, min(50, int(left * 1000))), lambda: True)
        glib.MainContext.default().iteration(True)
        glib.source_remove(timer)
    return value


class Bus:
    """A bus of its own. Nothing is started on it by itself."""

    def __init__(self, directory, name):
        self.path = pathlib.Path(directory) / f"{name}.bus"
        config = pathlib.Path(directory) / f"{name}.conf"
        config.write_text(BUS_CONFIG.format(path=self.path), encoding="utf-8")
        read, write = os.pipe()
        self.process = subprocess.Popen(
            ["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile", f"--print-address={write}"],
            pass_fds=[write], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as told:
            self.address = told.readline().strip()
        assert self.address, "dbus-daemon did not start"

    def connect(self):
        """A connection of its own, served by the loop."""
        import dbus.bus
        import dbus.mainloop.glib
        connection = dbus.bus.BusConnection(self.address, mainloop=dbus.mainloop.glib.DBusGMainLoop())
        connection.set_exit_on_disconnect(False)
        return connection

    def stop(self):
        end(self.process)


def end(process):
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def call(connection, name, path, interface, method, signature="", *arguments, limit=LIMIT):
    """A call that lets the loop run until it is answered; the answer."""
    answer = []
    connection.call_async(name, path, interface, method, signature, arguments,
                          lambda *values: answer.append(values), lambda error: answer.append(error), timeout=limit)
    found = wait(lambda: answer, f"{name} answers {method}", limit)[0]
    if isinstance(found, Exception):
        raise found
    return found[0] if len(found) == 1 else found


def refuse_a_change(scene, store, daemon, name="Refused", account="me"):
    """The datastore refuses a change that the daemon took: two devices, each within the limit of fields of a task, are
    together over it. The other device is gone after it; the change is told by its task's name."""
    task = daemon.cli("add", name)["id"]
    daemon.cli("sync")
    daemon.cli("pause")
    other = scene.daemon(f"other{len(scene.servers)}", datastore=store, token=store.token(account))
    sent = other.send(("UPDATE", {"id": task, **{f"f{i:03}": i for i in range(150)}}))
    other.wait_for(sent.receipts[0].command_id, "APPLIED")
    other.stop()
    sent = daemon.send(("UPDATE", {"id": task, **{f"g{i:03}": i for i in range(100)}}))
    daemon.cli("resume")
    assert daemon.wait_for(sent.receipts[0].command_id, "APPLIED").rejected


class Item:
    """A tray icon, as its host sees it."""

    def __init__(self, connection, name):
        self.connection, self.name = connection, name
        self.signals = []
        self.match = connection.add_signal_receiver(
            lambda *_, member=None: self.signals.append(member), dbus_interface=ITEM, bus_name=name, member_keyword="member")

    def get(self, prop):
        return call(self.connection, self.name, ITEM_PATH, PROPERTIES, "Get", "ss", ITEM, prop)

    def tool_tip(self):
        return str(self.get("ToolTip")[2])

    def picture(self, side=32):
        """(width, height, ARGB bytes) of the icon."""
        return next((int(w), int(h), bytes(data)) for w, h, data in self.get("IconPixmap") if w == side)

    def activate(self):
        call(self.connection, self.name, ITEM_PATH, ITEM, "Activate", "ii", 0, 0)

    def _menu(self, method, signature="", *arguments):
        return call(self.connection, self.name, str(self.get("Menu")), MENU, method, signature, *arguments)

    def menu(self, opened=True):
        """What the opened menu shows: a list of (label, entry), the sub-menus' after their own. Hosts draw a menu out of
        what they know before it is opened, too."""
        import dbus
        if opened:
            self._menu("AboutToShow", "i", 0)
        shown = []

        def walk(node):
            for child in node[2]:
                properties = child[1]
                if properties.get("visible", True) and properties.get("label"):
                    label = str(properties["label"]).replace("__", "\0").replace("_", "").replace("\0", "_")
                    shown.append((label, {"id": int(child[0]), "enabled": bool(properties.get("enabled", True)),
                                          "checked": int(properties.get("toggle-state", -1))}))
                walk(child)

        walk(self._menu("GetLayout", "iias", 0, -1, dbus.Array([], signature="s"))[1])
        return shown

    def labels(self, opened=True):
        return [label for label, _ in self.menu(opened)]

    def click(self, label):
        """An entry whose label begins so."""
        import dbus
        found = next((entry for text, entry in self.menu() if text.startswith(label)), None)
        assert found and found["enabled"], f"no entry {label!r} to click in {self.labels()}"
        self._menu("Event", "isvu", found["id"], "clicked", dbus.String("", variant_level=1), dbus.UInt32(0))


class TrayHost:
    """A host of tray icons, with the watcher that they register at."""

    def __init__(self, connection):
        import dbus
        import dbus.service
        self.connection, self.items = connection, []
        host = self

        class Watcher(dbus.service.Object):
            @dbus.service.method(WATCHER, in_signature="s")
            def RegisterStatusNotifierItem(self, name):
                host.items.append(Item(connection, str(name)))

            @dbus.service.method(PROPERTIES, in_signature="ss", out_signature="v")
            def Get(self, _interface, prop):
                return {"IsStatusNotifierHostRegistered": dbus.Boolean(True), "ProtocolVersion": dbus.Int32(0),
                        "RegisteredStatusNotifierItems": dbus.Array([], signature="s")}[str(prop)]

            @dbus.service.method(PROPERTIES, in_signature="s", out_signature="a{sv}")
            def GetAll(self, _interface):
                return {"IsStatusNotifierHostRegistered": dbus.Boolean(True)}

            @dbus.service.method("org.freedesktop.DBus.Introspectable", out_signature="s", path_keyword="path",
                                 connection_keyword="connection")
            def Introspect(self, path, connection):
                # Qt reads a property only where it is told of it.
                text = dbus.service.Object.Introspect(self, path, connection)
                return text.replace(f'<interface name="{WATCHER}">', f'<interface name="{WATCHER}">'
                                    '<property name="IsStatusNotifierHostRegistered" type="b" access="read"/>')

            @dbus.service.signal(WATCHER)
            def StatusNotifierHostRegistered(self):
                pass

        self.watcher = Watcher(connection, WATCHER_PATH)
        self.name = dbus.service.BusName(WATCHER, connection, do_not_queue=True)
        self.watcher.StatusNotifierHostRegistered()

    def wait_icon(self, count=1):
        return wait(lambda: len(self.items) >= count and self.items[-1], "an icon registers")

    def stop(self):
        self.connection.close()


class Notifications:
    """A notification daemon: keeps what it is told to show."""

    def __init__(self, connection):
        import dbus
        import dbus.service
        self.connection, self.shown, self.closed = connection, [], []
        keeper = self

        class Daemon(dbus.service.Object):
            @dbus.service.method(NOTES, in_signature="susssasa{sv}i", out_signature="u")
            def Notify(self, _app, replaces, _icon, summary, body, actions, _hints, _timeout):
                number = int(replaces) or len(keeper.shown) + 1
                keeper.shown.append({"id": number, "summary": str(summary), "body": str(body),
                                     "actions": [str(action) for action in actions]})
                return dbus.UInt32(number)

            @dbus.service.method(NOTES, in_signature="u")
            def CloseNotification(self, number):
                keeper.closed.append(int(number))

            @dbus.service.method(NOTES, out_signature="as")
            def GetCapabilities(self):
                return ["actions", "body"]

            @dbus.service.method(NOTES, out_signature="ssss")
            def GetServerInformation(self):
                return "test", "hashira", "1", "1.2"

            @dbus.service.signal(NOTES, signature="us")
            def ActionInvoked(self, number, action):
                pass

        self.daemon = Daemon(connection, NOTES_PATH)
        self.name = dbus.service.BusName(NOTES, connection, do_not_queue=True)

    def wait(self, words):
        """Until a notification has these words; it."""
        def find():
            return next((note for note in self.shown if words in note["summary"] + "\n" + note["body"]), None)
        return wait(find, f"a notification with {words!r}, of {self.shown}")

    def click(self, note, action="default"):
        import dbus
        self.daemon.ActionInvoked(dbus.UInt32(note["id"]), action)

    def stop(self):
        self.connection.close()


class Desktop(contextlib.AbstractContextManager):
    """A screen and a session bus of its own; `env` is what programs on it are started with."""

    def __init__(self, scene, screen=True):
        self.scene, self.xvfb, self.parts = scene, None, []
        self.bus = Bus(scene.dir, "session")
        self.env = {"DBUS_SESSION_BUS_ADDRESS": self.bus.address, "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={scene.dir}/none",
                    "QT_QPA_PLATFORM": "", "QT_QPA_PLATFORMTHEME": "", "XDG_CURRENT_DESKTOP": "", "DISPLAY": "",
                    "WAYLAND_DISPLAY": "", "NO_AT_BRIDGE": "1", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "0"}
        if screen:
            self._start_screen()

    def _start_screen(self):
        read, write = os.pipe()
        # -noreset: else it begins anew when its last client goes, and drops one that is just coming.
        self.xvfb = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-nolisten", "tcp", "-noreset", "-screen", "0", "1280x800x24"], pass_fds=[write],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as told:
            number = told.readline().strip()
        assert number, "Xvfb did not start"
        self.env["DISPLAY"] = f":{number}"

    def tray_host(self):
        self.parts.append(TrayHost(self.bus.connect()))
        return self.parts[-1]

    def windows(self):
        import windows
        self.parts.append(windows.Windows(self.env))
        return self.parts[-1]

    def run(self, *command):
        """A program on this desktop, until it ends."""
        class Part:
            def __init__(self, env):
                self.process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                                stderr=subprocess.DEVNULL)

            def stop(self):
                end(self.process)
        self.parts.append(Part({**self.scene.env, **self.env}))
        return self.parts[-1]

    def fake_board(self):
        import windows
        self.parts.append(windows.FakeBoard(self.scene))
        return self.parts[-1]

    def notifications(self):
        self.parts.append(Notifications(self.bus.connect()))
        return self.parts[-1]

    def __exit__(self, kind, error, trace):
        # Programs of the scene lose screen and bus after they ended.
        for server in reversed(self.scene.servers):
            if kind is None:
                code = server.stop()
                assert code in (None, 0), f"{server.name} ended with {code}"
            else:
                server.kill()
        for part in self.parts:
            with contextlib.suppress(Exception):
                part.stop()
        self.bus.stop()
        if self.xvfb:
            end(self.xvfb)
        return False
