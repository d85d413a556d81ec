# SPDX-License-Identifier: MIT
"""A session bus of the test's own, and GNOME's real keyring on it.

    with Bus(scene.dir) as bus:
        ring = Keyring(bus, scene.dir / "ring").start()
        daemon = scene.daemon(env=bus.env)
        ring.lock()
"""
import contextlib
import os
import pathlib
import select
import shutil
import subprocess

import hashira_processes as processes

PASSWORD = "the keyring's own"
SECRETS = "org.freedesktop.secrets"
DEFAULT = "/org/freedesktop/secrets/aliases/default"
# No services: the bus must not start a keyring by itself.
CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path={socket}</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>
"""


def need_keyring():
    for tool in ("gnome-keyring-daemon", "dbus-daemon"):
        if not shutil.which(tool):
            processes.skip(f"{tool} is missing")
    try:
        import dbus  # noqa: F401
        import gi  # noqa: F401
    except ImportError as missing:
        processes.skip(f"python3-dbus and python3-gi are needed: {missing}")


class Bus(contextlib.AbstractContextManager):
    """A session bus that starts nothing by itself; or the one of that address, which belongs to somebody else."""

    def __init__(self, directory, address=None):
        self.dir = pathlib.Path(directory)
        self.process = self._start() if address is None else None
        self.address = address or self.process.stdout.readline().decode().strip()
        # In no desktop: neither KWallet nor GNOME's own ways.
        self.env = {"DBUS_SESSION_BUS_ADDRESS": self.address, "XDG_CURRENT_DESKTOP": "", "KDE_FULL_SESSION": ""}
        self.env = {name: value for name, value in self.env.items() if value}
        self.rings = []
        self._connection = None

    def _start(self):
        config = self.dir / "bus.conf"
        config.write_text(CONFIG.format(socket=self.dir / "bus"), encoding="ascii")
        process = subprocess.Popen(["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile",
                                    "--print-address=1"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL)
        assert select.select([process.stdout], [], [], processes.LIMIT)[0], "dbus-daemon did not start"
        return process

    @property
    def connection(self):
        if self._connection is None:
            import dbus.bus
            import dbus.mainloop.glib
            self._connection = dbus.bus.BusConnection(
                self.address, mainloop=dbus.mainloop.glib.DBusGMainLoop())
        return self._connection

    def wait_owner(self, name, present=True):
        """Until somebody, or nobody, has the name."""
        from gi.repository import GLib
        loop, seen = GLib.MainLoop(), []
        watch = self.connection.watch_name_owner(name, lambda owner: (seen.append(owner), loop.quit()))
        limit = GLib.timeout_add(int(processes.LIMIT * 1000), loop.quit)
        while not seen or bool(seen[-1]) != present:
            count = len(seen)
            loop.run()
            assert len(seen) > count, f"{name} did not {'come' if present else 'go'}"
        watch.cancel()
        GLib.source_remove(limit)

    def __exit__(self, *error):
        for ring in self.rings:
            ring.stop()
        if self._connection is not None:
            self._connection.close()
        if self.process is not None:
            self.process.terminate()
            self.process.wait(processes.LIMIT)
            self.process.stdout.close()
        return False


class Keyring:
    """GNOME's keyring with files of its own."""

    def __init__(self, bus, directory):
        self.bus, self.dir, self.process = bus, pathlib.Path(directory), None
        self.dir.mkdir(mode=0o700)
        bus.rings.append(self)

    def start(self, unlocked=True):
        env = {**os.environ, **self.bus.env, "HOME": str(self.dir), "XDG_DATA_HOME": str(self.dir / "share"),
               "XDG_RUNTIME_DIR": str(self.dir)}
        env.pop("DISPLAY", None)  # nobody can be asked
        self.process = subprocess.Popen(
            ["gnome-keyring-daemon", "--foreground", "--components=secrets", f"--control-directory={self.dir}",
             *(["--unlock"] if unlocked else [])],
            env=env, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if unlocked:
            self.process.stdin.write(PASSWORD.encode())
        self.process.stdin.close()
        self.bus.wait_owner(SECRETS)
        return self

    def stop(self):
        if self.process is None:
            return
        self.process.terminate()
        self.process.wait(processes.LIMIT)
        self.process = None

    def _ask(self, path, interface):
        import dbus
        return dbus.Interface(self.bus.connection.get_object(SECRETS, path, introspect=False), interface)

    def _collection(self):
        return self._ask("/org/freedesktop/secrets", "org.freedesktop.Secret.Service").ReadAlias("default")

    def lock(self):
        self._ask("/org/freedesktop/secrets", "org.freedesktop.Secret.Service").Lock([self._collection()])

    def unlock(self):
        """As the login does, which knows the password: nobody is asked."""
        import dbus
        service = self._ask("/org/freedesktop/secrets", "org.freedesktop.Secret.Service")
        _, session = service.OpenSession("plain", dbus.String("", variant_level=1))
        secret = dbus.Struct((session, dbus.ByteArray(b""), dbus.ByteArray(PASSWORD.encode()), "text/plain"),
                             signature="oayays")
        self._ask("/org/freedesktop/secrets", "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface"
                  ).UnlockWithMasterPassword(self._collection(), secret)

    def secrets(self):
        """How many it holds of Hashira's."""
        service = self._ask("/org/freedesktop/secrets", "org.freedesktop.Secret.Service")
        unlocked, locked = service.SearchItems({"server": "hashira"})
        return len(unlocked) + len(locked)

    def forget(self):
        """Removes what it holds of Hashira's."""
        service = self._ask("/org/freedesktop/secrets", "org.freedesktop.Secret.Service")
        for item in service.SearchItems({"server": "hashira"})[0]:
            self._ask(item, "org.freedesktop.Secret.Item").Delete()
