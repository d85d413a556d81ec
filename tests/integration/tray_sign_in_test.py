#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The sign-in window typed into, with a real keyring and a real datastore with TLS; and signing out of the menu."""
import sys
import unittest

import certificates
import desktop
import hashira_processes as processes
import keyring

WINDOW = r"Sign in([^?]|$)"
ANY = r"(Sign|Signing|Not signed) in"


def online(status):
    return status.connectivity == processes.stubs().daemon_pb2.CONNECTIVITY_ONLINE and status.pending == 0


class SignIn(unittest.TestCase):
    def test_sign_in_and_out(self):
        with processes.Scene() as scene, desktop.Desktop(scene) as place, \
                keyring.Bus(scene.dir, place.bus.address) as bus:
            ring = keyring.Keyring(bus, scene.dir / "ring").start()
            host, windows, notes = place.tray_host(), place.windows(), place.notifications()
            certificate = certificates.Authority(scene.dir, "ca")
            store = scene.datastore(tls=certificate.leaf("server"))
            daemon = scene.daemon(env=place.env, headless=False)
            icon = host.wait_icon()
            daemon.cli("add", "Made before")
            self.assertNotIn("Sign out…", icon.labels())

            icon.click("Sign in…")
            windows.wait(WINDOW)
            # The address as people say it, a token that is wrong, then the right one.
            windows.type(f"localhost:{store.port}")
            windows.key("Tab")
            windows.type("wrong")
            windows.key("Tab")
            windows.type(str(certificate.cert))
            windows.key("Return")
            windows.wait("Not signed in")
            self.assertEqual((0, ""), (ring.secrets(), daemon.status().datastore))
            # The keys are in the token's field, which is most likely what is wrong.
            windows.type(store.token("me"))
            windows.key("Return")
            # What was made here is asked about, and is not sent by pressing Enter once more.
            windows.wait(r"Sign in\?")
            self.assertEqual((0, ""), (ring.secrets(), daemon.status().datastore))
            windows.key("Tab", "Return")
            windows.wait_gone(ANY)
            status = daemon.wait_status(online)
            self.assertEqual((1, store.url), (ring.secrets(), status.datastore))
            other = scene.daemon("other", datastore=store, token=store.token("me"),
                                 arguments=["--datastore-ca", certificate.cert])
            other.wait_tasks(lambda tasks: [task.name for task in tasks.values()] == ["Made before"])

            # A token that is taken away is told, and the notification leads to this window again.
            store.admin("token", "revoke", "me")
            daemon.cli_raw("sync")
            note = notes.wait("Sign in again")
            for _ in range(2):
                icon.tool_tip()  # when it has answered that, it knows the notification's number
            notes.click(note)
            windows.wait(WINDOW)
            # The address is there, and the keys are in the token's field.
            windows.type(store.token("me"))
            windows.key("Tab")
            windows.type(str(certificate.cert))
            windows.key("Return")
            windows.wait_gone(ANY)
            daemon.wait_status(online)
            desktop.wait(lambda: notes.closed, "the notification is taken back")

            # What waits is no reason to stay signed in for who was told of it.
            daemon.cli("pause")
            daemon.cli("add", "Waits")
            desktop.wait(lambda: "Sign out…" in icon.labels(), "signing out is offered")
            desktop.wait(lambda: "1 change waiting" in icon.labels()[0], "the tray knows what waits")
            icon.click("Sign out…")
            windows.wait("Hashira")
            windows.key("Tab", "space")
            desktop.wait(lambda: daemon.status().datastore == "", "it is signed out")
            desktop.wait(lambda: ring.secrets() == 0, "the token leaves the keyring")
            self.assertEqual({"Made before", "Waits"}, {task["name"] for task in daemon.cli("list")})
            desktop.wait(lambda: "Sign out…" not in icon.labels(), "signing in is offered again")

    def test_a_locked_keyring_keeps_what_was_typed(self):
        with processes.Scene() as scene, desktop.Desktop(scene) as place, \
                keyring.Bus(scene.dir, place.bus.address) as bus:
            ring = keyring.Keyring(bus, scene.dir / "ring").start()
            host, windows = place.tray_host(), place.windows()
            store = scene.datastore()
            daemon = scene.daemon(env=place.env, headless=False)
            icon = host.wait_icon()
            ring.lock()
            icon.click("Sign in…")
            windows.wait(WINDOW)
            windows.type(store.url)
            windows.key("Tab")
            windows.type(store.token("me"))
            windows.key("Return")
            windows.wait("Not signed in")
            self.assertEqual("", daemon.status().datastore)
            ring.unlock()
            windows.key("Return")
            windows.wait_gone(ANY)
            daemon.wait_status(online)


if __name__ == "__main__":
    certificates.need_daemons()
    keyring.need_keyring()
    desktop.need_desktop("xdotool", "openbox", "xprop")
    sys.exit(0 if unittest.main(exit=False, verbosity=2).result.wasSuccessful() else 1)
