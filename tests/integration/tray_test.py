#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The tray icon in a real tray host, its menu used over D-Bus, and a daemon that goes on without any of it."""
import pathlib
import sys
import unittest

import desktop
import hashira_processes as processes

# What a headless daemon has no use for.
FACE_LIBRARIES = ("Qt6Widgets", "Qt6Gui", "libxcb", "libX11", "hashira-tray")


def maps(server):
    return pathlib.Path(f"/proc/{server.pid}/maps").read_text(encoding="utf-8", errors="replace")


class Headless(unittest.TestCase):
    def test_it_maps_no_widgets(self):
        with processes.Scene() as scene, desktop.Desktop(scene) as place:
            host = place.tray_host()
            headless = scene.daemon("headless", env=place.env)
            tray = scene.daemon("tray", env=place.env, headless=False)
            host.wait_icon()
            for library in FACE_LIBRARIES:
                self.assertNotIn(library, maps(headless))
            self.assertIn("Qt6Widgets", maps(tray))  # the words that are looked for are right

    def test_without_a_screen_it_runs_on(self):
        with processes.Scene() as scene, desktop.Desktop(scene, screen=False) as place:
            for name, env in (("none", place.env), ("gone", {**place.env, "DISPLAY": f":{2 ** 15}"})):
                daemon = scene.daemon(name, env=env, headless=False)
                daemon.cli("add", "Without a screen")
                daemon.wait_log("there is no screen to show a tray icon on; it runs as with --headless")
                self.assertEqual(0, daemon.stop())


class Icon(unittest.TestCase):
    def test_it_stands_in_the_host_and_quits(self):
        with processes.Scene() as scene, desktop.Desktop(scene) as place:
            host = place.tray_host()
            daemon = scene.daemon(env=place.env, headless=False)
            icon = host.wait_icon()
            self.assertEqual("On this machine only", icon.tool_tip())
            self.assertEqual([], list(daemon.status().warnings))
            icon.click("Quit")
            desktop.wait(lambda: not daemon.running(), "hashirad ends")
            self.assertEqual(0, daemon.stop())

    def test_a_host_that_comes_later_and_again(self):
        with processes.Scene() as scene, desktop.Desktop(scene) as place:
            daemon = scene.daemon(env=place.env, headless=False)
            daemon.wait_status(lambda status: any("tray icon" in words for words in status.warnings))
            host = place.tray_host()
            host.wait_icon()
            # Not wait_status: the host answers only while this waits for it.
            desktop.wait(lambda: not daemon.status().warnings, "the warning goes")
            host.stop()
            daemon.wait_status(lambda status: status.warnings)
            place.tray_host().wait_icon()
            desktop.wait(lambda: not daemon.status().warnings, "the warning goes again")


if __name__ == "__main__":
    processes.need_programs("hashirad", "hashira")
    processes.need_grpc()
    desktop.need_desktop()
    sys.exit(0 if unittest.main(exit=False, verbosity=2).result.wasSuccessful() else 1)
