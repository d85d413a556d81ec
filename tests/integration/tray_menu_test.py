#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The tray's menu, opened and clicked over D-Bus as a desktop does, and the windows that it opens, typed into."""
import datetime
import pathlib
import subprocess
import sys
import unittest

import desktop
import hashira_processes as processes
import network_manager as nm

# A login: GLib reads the entry as GNOME's session does.
LOGIN = """import sys
from gi.repository import Gio
Gio.DesktopAppInfo.new_from_filename(sys.argv[1]).launch([], None)
"""
RESUME, PAUSE = "Resume syncing", "Pause syncing"


def place_of(daemon, name):
    return next((task["place"] for task in daemon.cli("list") if task["name"] == name), None)


class Day(unittest.TestCase):
    def test_tasks_are_added_finished_and_taken_back(self):
        with processes.Scene() as scene, desktop.Desktop(scene) as place:
            host, windows = place.tray_host(), place.windows()
            daemon = scene.daemon(env=place.env, headless=False)
            icon = host.wait_icon()
            daemon.cli("add", "Later", "--place", "backlog")
            daemon.cli("add", "snake_case & more & _", "--place", "todo")
            daemon.cli("start", daemon.cli("add", "Report", "--place", "todo")["id"])
            # A host draws what it knew before it opens the menu.
            desktop.wait(lambda: "Report" in icon.labels(opened=False), "the closed menu has the task")
            labels = icon.labels()
            self.assertEqual("On this machine only", labels[0])
            doing, todo = labels.index("Doing (tick to finish)"), labels.index("To do")
            self.assertEqual("Report", labels[doing + 1])
            self.assertEqual("snake_case & more & _", labels[todo + 1])
            self.assertNotIn("Later", labels)

            icon.click("Report")
            desktop.wait(lambda: place_of(daemon, "Report") == "done", "it is done")
            desktop.wait(lambda: "Report" not in icon.labels(), "it leaves the menu")
            icon.click("Undo: “Report” is done")
            desktop.wait(lambda: place_of(daemon, "Report") == "doing", "it is taken back")
            self.assertFalse([label for label in icon.labels() if label.startswith("Undo")])

            for keys, where in (("Return", "todo"), ("ctrl+Return", "backlog")):
                icon.click("Quick add…")
                windows.wait("Add a task")
                windows.type(f"Typed for {where}")
                windows.key(keys)
                windows.wait_gone("Add a task")
                self.assertEqual(where, place_of(daemon, f"Typed for {where}"))
            # A menu longer than a screen is none.
            for number in range(20):
                daemon.cli("add", f"Many {number}", "--place", "todo")
            labels = icon.labels()
            self.assertEqual("More on the board…", labels[labels.index("To do") + 13])


class Syncing(unittest.TestCase):
    def test_sync_now_pause_and_resume(self):
        pb = processes.stubs().daemon_pb2
        with processes.Scene() as scene, desktop.Desktop(scene) as place:
            store, host = scene.datastore(), place.tray_host()
            daemon = scene.daemon(env=place.env, headless=False, datastore=store, token=store.token("me"),
                                  arguments=["--sync-interval", "3600"])
            icon = host.wait_icon()
            desktop.wait(lambda: icon.labels()[0].startswith("Up to date · last synced "), "it is synced")
            before = daemon.status().last_sync
            icon.click("Sync now")
            desktop.wait(lambda: daemon.status().last_sync != before, "it is synced once more")
            icon.click("Until I resume")
            desktop.wait(lambda: daemon.status().connectivity == pb.CONNECTIVITY_PAUSED, "it is paused")
            desktop.wait(lambda: RESUME in icon.labels(), "it can be resumed")
            self.assertNotIn(PAUSE, icon.labels())
            daemon.cli("add", "Waits")
            desktop.wait(lambda: icon.labels()[0].startswith("Paused · 1 change waiting · last synced "), "it waits")
            icon.click(RESUME)
            desktop.wait(lambda: daemon.status().pending == 0, "it is sent")
            desktop.wait(lambda: PAUSE in icon.labels(), "it can be paused again")

    def test_a_pause_for_a_time(self):
        with processes.Scene() as scene, desktop.Desktop(scene) as place:
            store, host = scene.datastore(), place.tray_host()
            daemon = scene.daemon(env=place.env, headless=False, datastore=store, token=store.token("me"))
            icon = host.wait_icon()
            desktop.wait(lambda: icon.labels()[0].startswith("Up to date · last synced "), "it is synced")
            utc = datetime.timezone.utc
            before = datetime.datetime.now(utc)
            tomorrow = before.replace(hour=0, minute=0, second=0, microsecond=0) + datetime.timedelta(days=1)
            for label, least in (("For an hour", before + datetime.timedelta(hours=1)), ("Until tomorrow", tomorrow)):
                icon.click(label)
                until = desktop.wait(lambda: daemon.status().paused_until, f"it is paused: {label}")
                late = (datetime.datetime.fromisoformat(until.replace("Z", "+00:00")) - least).total_seconds()
                self.assertTrue(-1 < late < processes.LIMIT, (label, until, late))  # a millisecond may be cut
                icon.click(RESUME)
                desktop.wait(lambda: PAUSE in icon.labels(), "it can be paused again")
                self.assertEqual("", daemon.status().paused_until)

    def test_what_is_wrong_leads_to_what_to_do(self):
        with processes.Scene() as scene, desktop.Desktop(scene) as place:
            store, host, windows = scene.datastore(), place.tray_host(), place.windows()
            board = place.fake_board()
            token = store.token("me")
            daemon = board.daemon(scene, env=place.env, headless=False, datastore=store, token=token)
            icon = host.wait_icon()
            desktop.refuse_a_change(scene, store, daemon)
            desktop.wait(lambda: "⚠ A change was refused" in icon.labels(), "the menu says so")
            icon.click("⚠ A change was refused")
            windows.wait("Hashira")
            windows.key("Return")  # Show the refused changes
            self.assertEqual(f"--socket {daemon.endpoint} --rejected", board.wait_start())
            icon.click("Open board")
            self.assertEqual(f"--socket {daemon.endpoint}", board.wait_start())
            icon.activate()
            self.assertEqual(f"--socket {daemon.endpoint}", board.wait_start())
            icon.click("About Hashira")
            windows.wait("Hashira")
            windows.key("Escape")
            windows.wait_gone("Hashira")

    def test_the_network_is_told_and_is_no_sign_in(self):
        with processes.Scene() as scene, desktop.Desktop(scene) as place, nm.SystemBus(scene.dir) as bus:
            store, host, network = scene.datastore(), place.tray_host(), bus.network_manager(state=nm.DISCONNECTED)
            daemon = scene.daemon(env={**place.env, **bus.env}, headless=False, datastore=store, token=store.token("me"))
            icon = host.wait_icon()
            store.stop()
            steps = (({"state": nm.DISCONNECTED}, "No network"),
                     ({"state": nm.SITE}, "Offline, in a network of this place alone"),
                     ({"state": nm.CONNECTED, "connectivity": nm.PORTAL}, "Sign in to this network"))
            for change, words in steps:
                network.set(**change)
                desktop.wait(lambda words=words: icon.tool_tip() == words, f"{words!r}, not {icon.tool_tip()!r}")
                problems = [label for label in icon.labels() if label.startswith("⚠")]
                self.assertEqual(["⚠ Sign in to this network"] if "connectivity" in change else [], problems)
            # On line again, nothing of it is left.
            store.start()
            network.set(connectivity=nm.FULL)
            desktop.wait(lambda: icon.tool_tip().startswith("Up to date"), "it is on line")
            self.assertEqual([], [label for label in icon.labels() if label.startswith("⚠")])
            daemon.stop()  # before its bus


class Settings(unittest.TestCase):
    def test_start_at_login_is_the_desktops_own_entry(self):
        with processes.Scene() as scene, desktop.Desktop(scene) as place:
            host = place.tray_host()
            daemon = scene.daemon(env=place.env, headless=False)
            icon = host.wait_icon()
            entry = pathlib.Path(scene.env["XDG_CONFIG_HOME"]) / "autostart/hashira.desktop"
            self.assertEqual(0, dict(icon.menu())["Start at login"]["checked"])
            icon.click("Start at login")
            desktop.wait(entry.exists, "the entry is there")
            desktop.wait(lambda: dict(icon.menu())["Start at login"]["checked"] == 1, "it is ticked")
            daemon.stop()
            # As the desktop starts it, which knows nothing of our options.
            subprocess.run(["/usr/bin/python3", "-c", LOGIN, str(entry)], env={**scene.env, **place.env}, check=True,
                           timeout=processes.LIMIT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            icon = host.wait_icon(2)
            daemon.endpoint = (daemon.data_dir / "endpoint").read_text(encoding="utf-8").strip()
            self.assertEqual(str(daemon.data_dir), daemon.cli("status")["data_dir"])
            icon.click("Start at login")
            desktop.wait(lambda: not entry.exists(), "the entry is gone")
            icon.click("Quit")
            desktop.wait(lambda: not (daemon.data_dir / "endpoint").exists(), "it ends")

    def test_the_window_and_the_file_hold_at_once(self):
        with processes.Scene() as scene, desktop.Desktop(scene) as place:
            host, windows = place.tray_host(), place.windows()
            file = pathlib.Path(scene.env["XDG_CONFIG_HOME"]) / "hashira/hashirad.conf"
            daemon = scene.daemon(env={**place.env, "HASHIRA_SYNC_INTERVAL": "3600"}, headless=False)
            icon = host.wait_icon()
            self.assertEqual(10, daemon.status().weeks_kept)
            icon.click("Settings…")
            windows.wait("Settings")
            windows.key("ctrl+a")
            windows.type("7")
            windows.key("Tab", "Return")  # the interval is fixed: Tab goes past it
            windows.wait_gone("Settings")
            desktop.wait(lambda: daemon.status().weeks_kept == 7, "seven weeks are kept")
            self.assertEqual("weeks-kept=7\n", file.read_text(encoding="utf-8"))
            # By hand, and as editors do it: a new file in the place of the old one.
            for text, weeks in (("; mine\nweeks-kept=9\n", 9), ("weeks-kept=12\n", 12)):
                new = file.with_suffix(".new")
                new.write_text(text, encoding="utf-8")
                new.rename(file)
                daemon.wait_status(lambda status, weeks=weeks: status.weeks_kept == weeks)
            # What is wrong is told, and what was set holds on.
            file.write_text("weeks-kept=none\n", encoding="utf-8")
            daemon.wait_log("weeks-kept in ")
            self.assertEqual(12, daemon.status().weeks_kept)
            file.write_text("weeks-kept=13\n", encoding="utf-8")
            daemon.wait_status(lambda status: status.weeks_kept == 13)


    def test_the_file_holds_without_a_tray_too(self):
        with processes.Scene() as scene:
            store = scene.datastore()
            file = pathlib.Path(scene.env["XDG_CONFIG_HOME"]) / "hashira/hashirad.conf"
            file.parent.mkdir(parents=True)
            file.write_text("sync-interval=3600\n", encoding="utf-8")
            daemon = scene.daemon(datastore=store, token=store.token("me"))
            before = daemon.wait_status(lambda status: status.last_sync).last_sync
            file.write_text("sync-interval=0.2\n", encoding="utf-8")
            daemon.wait_status(lambda status: status.last_sync != before)


class OlderTray(unittest.TestCase):
    """A tray of X11's older kind, where Qt draws the menu: opened by a click, used by keys."""

    def trayer(self, place, daemon):
        daemon.wait_status(lambda status: status.warnings)
        tray = place.run("trayer", "--edge", "top", "--align", "right", "--widthtype", "pixel", "--width", "200", "--height", "32",
                         "--SetDockType", "true", "--expand", "true")
        daemon.wait_status(lambda status: not status.warnings)
        return tray

    def test_a_tray_that_ends_is_told_and_another_one_is_used(self):
        with processes.Scene() as scene, desktop.Desktop(scene) as place:
            windows = place.windows()
            daemon = scene.daemon(env=place.env, headless=False)
            tray = self.trayer(place, daemon)
            for _ in range(2):
                windows.wait_icon("hashirad")
                tray.stop()
                self.assertIn("tray icon", daemon.wait_status(lambda status: status.warnings).warnings[0])
                tray = self.trayer(place, daemon)
            windows.click(windows.wait_icon("hashirad"), 3)
            windows.wait_popup("hashirad")
            windows.key("Escape")

    def test_notifications_are_shown_beside_the_icon(self):
        with processes.Scene() as scene, desktop.Desktop(scene) as place:
            windows, store = place.windows(), scene.datastore()
            daemon = scene.daemon(env=place.env, headless=False, datastore=store, token=store.token("me"))
            self.trayer(place, daemon)
            windows.wait_icon("hashirad")
            store.admin("token", "revoke", "me")
            daemon.cli_raw("sync")
            windows.click(windows.wait_popup("hashirad"))
            # The sign-in is where it leads to; here the window says that it is fixed.
            windows.wait("Hashira")

    def test_its_menu_is_opened_and_used(self):
        with processes.Scene() as scene, desktop.Desktop(scene) as place:
            windows, board = place.windows(), place.fake_board()
            daemon = board.daemon(scene, env=place.env, headless=False)
            daemon.cli("add", "snake_case & more & _", "--place", "todo")
            self.trayer(place, daemon)
            windows.click(windows.wait_icon("hashirad"), 3)
            menu = windows.wait_popup("hashirad")
            windows.key("Down", "Down", "Return")  # below "Open board"
            windows.wait_closed(menu)
            windows.wait("Add a task")
            windows.type("Typed")
            windows.key("Return")
            windows.wait_gone("Add a task")
            self.assertEqual("todo", place_of(daemon, "Typed"))


if __name__ == "__main__":
    processes.need_programs("hashirad", "hashira", "hashira-datastored")
    processes.need_grpc()
    desktop.need_desktop("xdotool", "openbox", "xprop", "xwininfo", "trayer")
    sys.exit(0 if unittest.main(exit=False, verbosity=2).result.wasSuccessful() else 1)
