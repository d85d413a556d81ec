#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The tray icon in a real tray host, how its states look, a second start, and a daemon that goes on without any of it."""
import itertools
import pathlib
import re
import subprocess
import sys
import time
import unittest

import desktop
import hashira_processes as processes

# What a headless daemon has no use for.
FACE_LIBRARIES = ("Qt6Widgets", "Qt6Gui", "libxcb", "libX11", "hashira-tray")

# Seconds, and wake-ups of all threads in them: 9 when both sides ask once whether the link is alive; 25 with gRPC's timer threads as
# they are by themselves.
REST, REST_WAKE_UPS = 10, 15


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


class Looks(unittest.TestCase):
    """The states of the icon in a host, told apart without colour, on a light and on a dark panel."""

    def test_each_state_looks_different(self):
        with processes.Scene() as scene, desktop.Desktop(scene) as place:
            store = scene.datastore()
            host = place.tray_host()
            daemon = scene.daemon(env=place.env, headless=False, datastore=store, token=store.token("me"))
            icon = host.wait_icon()
            looks = {}

            def look(name, tip):
                desktop.wait(lambda: tip in icon.tool_tip(), f"a tool tip with {tip!r}, not {icon.tool_tip()!r}")
                desktop.wait(lambda: icon.picture() not in looks.values(), f"a picture of its own for {name}")
                looks[name] = icon.picture()

            look("idle", "Up to date · last synced at ")
            daemon.cli("pause")
            look("paused", "Paused · last synced at ")
            daemon.cli("add", "Waits")
            desktop.wait(lambda: "Paused · 1 change waiting" in icon.tool_tip(), "the change is counted")
            store.stop()
            daemon.cli("resume")
            look("offline", "Offline · 1 change waiting")
            store.start()
            desktop.wait(lambda: "Up to date" in icon.tool_tip(), "it is on line again")
            desktop.wait(lambda: icon.picture() == looks["idle"], "it looks as before")
            store.admin("token", "revoke", "me")
            daemon.cli_raw("sync")
            desktop.wait(lambda: icon.labels()[1].startswith("⚠"), "the menu says what is wrong")
            look("attention", "Offline")
            for one, two in itertools.combinations(looks, 2):
                for ground in (20, 235):
                    self.assertGreater(difference(looks[one], looks[two], ground), 12, f"{one} and {two} on {ground}")


def difference(one, two, ground):
    """The mean difference of two pictures in grey, of 255, on a panel of that grey."""
    def greys(picture):
        data = picture[2]
        for at in range(0, len(data), 4):
            alpha, *color = data[at:at + 4]
            yield (alpha * sum(w * c for w, c in zip((0.3, 0.59, 0.11), color)) + (255 - alpha) * ground) / 255
    return sum(abs(a - b) for a, b in zip(greys(one), greys(two))) / (len(one[2]) / 4)


class Idle(unittest.TestCase):
    def test_at_rest_the_tray_sleeps(self):
        """Nothing in it runs by a timer: its thread does not wake up once, and the others to ask whether the link is alive only."""
        def sleeps(pid):
            """How often its threads went to sleep until now: the tray's, all of them."""
            counts = {}
            for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
                text = (task / "status").read_text(encoding="ascii")
                counts[int(task.name)] = int(re.search(r"^voluntary_ctxt_switches:\s*(\d+)", text, re.M)[1])
            return counts[pid], sum(counts.values())

        def pass_time(seconds):
            until = time.monotonic() + seconds
            desktop.wait(lambda: time.monotonic() > until, "time passes", limit=seconds + processes.LIMIT)

        with processes.Scene() as scene, desktop.Desktop(scene) as place:
            store, host = scene.datastore(), place.tray_host()
            daemon = scene.daemon(env=place.env, headless=False, datastore=store, token=store.token("me"),
                                  arguments=["--sync-interval", "3600"])
            icon = host.wait_icon()
            daemon.cli("add", "Report", "--place", "todo")
            desktop.wait(lambda: "Report" in icon.labels(), "the menu was opened")
            desktop.wait(lambda: "Up to date" in icon.tool_tip(), "all is synced")
            pass_time(3)  # what follows a change, as the look of a sync that lasts, is over
            before = sleeps(daemon.pid)
            pass_time(REST)
            after = sleeps(daemon.pid)
            print(f"wake-ups in {REST} s: {after[1] - before[1]}")
            self.assertEqual(before[0], after[0])
            if not processes.sanitized():
                self.assertLess(after[1] - before[1], REST_WAKE_UPS)


class SecondStart(unittest.TestCase):
    """Who starts what runs already wants to see it."""

    def start(self, daemon, env, *options):
        command = [daemon.command[0], "--data-dir", daemon.data_dir, *options]
        return subprocess.run([str(part) for part in command], env={**daemon.scene.env, **env}, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=processes.LIMIT, check=False)

    def test_it_brings_up_the_board_of_the_first(self):
        with processes.Scene() as scene, desktop.Desktop(scene) as place:
            board = place.fake_board()
            first = board.daemon(scene, env=place.env, headless=False)
            # Another --listen is not where the first one is.
            again = self.start(first, place.env, "--listen", f"unix:{scene.dir}/other.sock")
            self.assertEqual((0, ""), (again.returncode, again.stdout), again.stderr)
            self.assertIn("it runs already", again.stderr)
            self.assertEqual(f"--socket {first.endpoint}", board.wait_start())
            # A headless one has nothing to show, nor has one without a screen; and a headless first has a board too.
            for env, option in ((place.env, "--headless"), ({**place.env, "DISPLAY": ""}, "--weeks-kept=10")):
                again = self.start(first, env, option)
                self.assertEqual(1, again.returncode)
                self.assertIn(f"in use by another daemon (process {first.pid})", again.stderr)
            first.stop()
            self.assertFalse((first.data_dir / "endpoint").exists())
            headless = board.daemon(scene, "headless", env=place.env, listen="tcp:127.0.0.1:0")
            self.assertEqual(0, self.start(headless, place.env).returncode)
            self.assertEqual(f"--socket {headless.endpoint} --local-token-file {headless.data_dir}/local-token",
                             board.wait_start())
            self.assertEqual([], board.starts)

    @unittest.skipUnless((processes.BIN / "hashira-board").exists(), "hashira-board is not built")
    def test_the_board_is_there_once(self):
        with processes.Scene() as scene, desktop.Desktop(scene) as place:
            host, windows = place.tray_host(), place.windows()
            first = scene.daemon(env=place.env, headless=False)
            icon = host.wait_icon()
            self.assertEqual(0, self.start(first, place.env).returncode)
            board = windows.wait("Hashira")
            # Whoever asks for it next brings the same window to the front.
            icon.click("Quick add…")
            windows.wait("Add a task")
            for ask in (lambda: self.start(first, place.env), icon.activate, lambda: icon.click("Open board")):
                ask()
                self.assertEqual(board, windows.wait("Hashira"))
            windows.key("ctrl+q")
            windows.wait_gone("Hashira")

    def test_a_killed_one_is_not_taken_for_a_running_one(self):
        with processes.Scene() as scene, desktop.Desktop(scene) as place:
            host, board = place.tray_host(), place.fake_board()
            daemon = board.daemon(scene, env=place.env, headless=False)
            host.wait_icon()
            daemon.kill()
            self.assertTrue((daemon.data_dir / "endpoint").exists())
            daemon.start()
            host.wait_icon(2)
            self.assertEqual(daemon.endpoint + "\n", (daemon.data_dir / "endpoint").read_text(encoding="utf-8"))


if __name__ == "__main__":
    processes.need_programs("hashirad", "hashira", "hashira-datastored")
    processes.need_grpc()
    desktop.need_desktop()
    sys.exit(0 if unittest.main(exit=False, verbosity=2).result.wasSuccessful() else 1)
