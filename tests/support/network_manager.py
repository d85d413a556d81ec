#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A system bus of the test's own, and on it what hashirad hears of there: NetworkManager, and logind's signal of sleep.

    with SystemBus(scene.dir) as system:
        network = system.network_manager(state=CONNECTED)
        daemon = scene.daemon(env=system.env, ...)
        network.set(state=DISCONNECTED)
        system.logind().wake()

Each is a process of its own, so that it answers while a test waits, and can be killed. Their words are those of
https://networkmanager.dev/docs/api/latest/ and org.freedesktop.login1(5).
"""
import contextlib
import json
import os
import select
import subprocess
import sys

import hashira_processes as processes
from desktop import Bus, end

# NMState, and of NMConnectivityState what is asked about.
DISCONNECTED, CONNECTING, LOCAL, SITE, CONNECTED = 20, 40, 50, 60, 70
PORTAL, FULL = 2, 4

NM, NM_PATH = "org.freedesktop.NetworkManager", "/org/freedesktop/NetworkManager"
ACTIVE, ACTIVE_PATH = NM + ".Connection.Active", NM_PATH + "/ActiveConnection/1"
DEVICE, DEVICE_PATH = NM + ".Device", NM_PATH + "/Devices/1"
LOGIND, LOGIND_PATH, MANAGER = "org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager"
PROPERTIES = "org.freedesktop.DBus.Properties"
KINDS = {"State": "u", "Connectivity": "u", "Metered": "u", "PrimaryConnection": "o", "Version": "s", "Devices": "ao",
         "Default": "b", "DeviceType": "u"}


class Helper:
    """A process on the bus that does what it is told in lines of JSON, and answers each with one."""

    def __init__(self, bus, role, **first):
        self.process = subprocess.Popen([sys.executable, __file__, role, json.dumps(first)], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        env={**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": bus.address})
        self._answered()

    def _answered(self):
        assert select.select([self.process.stdout], [], [], processes.LIMIT)[0], "the helper does not answer"
        assert self.process.stdout.readline() == "done\n", "the helper failed"

    def set(self, **what):
        """Returns once it is told on the bus."""
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()
        self._answered()

    def wake(self):
        self.set(sleeps=True)
        self.set(sleeps=False)

    def stop(self):
        end(self.process)
        for pipe in (self.process.stdin, self.process.stdout):
            pipe.close()


class SystemBus(contextlib.AbstractContextManager):
    def __init__(self, directory):
        self.bus = Bus(directory, "system")
        self.env = {"DBUS_SYSTEM_BUS_ADDRESS": self.bus.address}
        self.helpers = []

    def _add(self, *what, **first):
        self.helpers.append(Helper(self.bus, *what, **first))
        return self.helpers[-1]

    def network_manager(self, **first):
        """`state`, `connectivity`, `metered`; what is not said is as on a good network."""
        return self._add("network", **{"state": CONNECTED, "connectivity": FULL, "metered": False, **first})

    def logind(self):
        return self._add("logind")

    def __exit__(self, *_):
        for helper in self.helpers:
            helper.stop()
        self.bus.stop()
        return False


# --- in the helper's process ---

class Values:
    """The properties of the objects of NetworkManager."""

    def __init__(self):
        import dbus
        one = dbus.ObjectPath(DEVICE_PATH)
        self.of = {NM: {"State": dbus.UInt32(0), "Connectivity": dbus.UInt32(0), "Metered": dbus.UInt32(0),
                        "PrimaryConnection": dbus.ObjectPath(ACTIVE_PATH), "Version": "1.42.4"},
                   ACTIVE: {"Devices": dbus.Array([one], signature="o"), "Default": True},
                   DEVICE: {"DeviceType": dbus.UInt32(1), "Metered": dbus.UInt32(0)}}

    def take(self, what):
        """What changed, by interface."""
        import dbus
        new = {}
        if "state" in what:
            new.setdefault(NM, {})["State"] = dbus.UInt32(what["state"])
        if "connectivity" in what:
            new.setdefault(NM, {})["Connectivity"] = dbus.UInt32(what["connectivity"])
        if "metered" in what:
            metered = dbus.UInt32(1 if what["metered"] else 2)
            new.setdefault(NM, {})["Metered"] = metered
            new.setdefault(DEVICE, {})["Metered"] = metered
        for interface, values in new.items():
            self.of[interface].update(values)
        return new


def serve_network(bus, first):
    import dbus
    import dbus.service
    values = Values()
    values.take(first)

    class Object(dbus.service.Object):
        @dbus.service.method(PROPERTIES, in_signature="ss", out_signature="v")
        def Get(self, interface, name):
            return values.of[str(interface)][str(name)]

        @dbus.service.method(PROPERTIES, in_signature="s", out_signature="a{sv}")
        def GetAll(self, interface):
            return values.of[str(interface)]

        @dbus.service.method("org.freedesktop.DBus.Introspectable", out_signature="s", path_keyword="path")
        def Introspect(self, path):
            # Qt reads the properties of a device only where it is told of them.
            interface = next(name for name, one in objects.items() if one is self)
            told = "".join(f'<property name="{name}" type="{KINDS[name]}" access="read"/>'
                           for name in values.of[interface])
            return f'<node name="{path}"><interface name="{interface}">{told}</interface></node>'

        @dbus.service.signal(PROPERTIES, signature="sa{sv}as")
        def PropertiesChanged(self, interface, changed, gone):
            pass

        @dbus.service.signal(NM, signature="u")
        def StateChanged(self, state):
            pass

    objects = {NM: Object(bus, NM_PATH), ACTIVE: Object(bus, ACTIVE_PATH), DEVICE: Object(bus, DEVICE_PATH)}
    name = dbus.service.BusName(NM, bus, do_not_queue=True)

    def take(what):
        for interface, changed in values.take(what).items():
            objects[interface].PropertiesChanged(interface, changed, [])
            if "State" in changed:
                objects[interface].StateChanged(changed["State"])
        return name
    return take


def serve_logind(bus, _first):
    import dbus
    import dbus.service

    class Object(dbus.service.Object):
        @dbus.service.signal(MANAGER, signature="b")
        def PrepareForSleep(self, start):
            pass

    manager = Object(bus, LOGIND_PATH)
    name = dbus.service.BusName(LOGIND, bus, do_not_queue=True)

    def take(what):
        manager.PrepareForSleep(what["sleeps"])
        return name
    return take


def main():
    import dbus.bus
    import dbus.mainloop.glib
    from gi.repository import GLib
    bus = dbus.bus.BusConnection(os.environ["DBUS_SYSTEM_BUS_ADDRESS"],
                                 mainloop=dbus.mainloop.glib.DBusGMainLoop())
    take = {"network": serve_network, "logind": serve_logind}[sys.argv[1]](bus, json.loads(sys.argv[2]))
    loop = GLib.MainLoop()

    def told(*_):
        line = sys.stdin.readline()
        if not line:
            loop.quit()
            return False
        take(json.loads(line))
        bus.flush()
        print("done", flush=True)
        return True

    GLib.io_add_watch(sys.stdin.fileno(), GLib.IO_IN | GLib.IO_HUP, told)
    print("done", flush=True)
    loop.run()


if __name__ == "__main__":
    main()
