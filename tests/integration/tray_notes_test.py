#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Notifications: seen and clicked by a notification daemon on the session's bus, told once, and never of routine."""
import pathlib
import sys
import time
import unittest

import desktop
import hashira_processes as processes


def titles(notes):
    return [note["summary"] for note in notes.shown]


def click(notes, note, icon):
    """Once hashirad knows the number of the notification: it has taken that answer before it answers twice more."""
    for _ in range(2):
        icon.tool_tip()
    notes.click(note)


class Notifications(unittest.TestCase):
    def test_a_refused_change_leads_to_the_board(self):
        with processes.Scene() as scene, desktop.Desktop(scene) as place:
            store, host, notes, board = scene.datastore(), place.tray_host(), place.notifications(), place.fake_board()
            daemon = board.daemon(scene, env=place.env, headless=False, datastore=store, token=store.token("me"))
            icon = host.wait_icon()
            desktop.refuse_a_change(scene, store, daemon, "Bread & <b>butter</b>")
            note = notes.wait("A change was refused")
            self.assertIn("“Bread & <b>butter</b>”: ", note["body"])
            self.assertIn("more than 200 fields", note["body"])
            self.assertEqual(["default", "Show the refused changes"], note["actions"][:2])
            click(notes, note, icon)
            self.assertEqual(f"--socket {daemon.endpoint} --rejected", board.wait_start())
            # Others soon after it are not told yet, but after a restart, with the first one.
            desktop.refuse_a_change(scene, store, daemon, "Another")
            desktop.refuse_a_change(scene, store, daemon, "A third one")
            daemon.restart()
            host.wait_icon(2)
            notes.wait("3 changes were refused")
            self.assertEqual(["A change was refused", "3 changes were refused"], titles(notes))
            # What is dealt with goes from the screen.
            for change in daemon.cli("rejected"):
                daemon.cli("rejected", "discard", change["command_id"])
            desktop.wait(lambda: notes.closed, "the notification is taken back")

    def test_a_token_that_is_not_taken_is_told_once(self):
        with processes.Scene() as scene, desktop.Desktop(scene) as place:
            store, host, notes = scene.datastore(), place.tray_host(), place.notifications()
            token = store.token("me")
            daemon = scene.daemon(env=place.env, headless=False, datastore=store, token=token)
            host.wait_icon()
            # Routine: on line, off line, paused, resumed.
            store.restart()
            daemon.cli("pause")
            daemon.cli("resume")
            daemon.cli("sync")
            self.assertEqual([], notes.shown)
            store.admin("token", "revoke", "me")
            daemon.cli_raw("sync")
            note = notes.wait("Sign in again")
            self.assertIn("safe here", note["body"])
            told = daemon.data_dir / "told.json"
            desktop.wait(told.exists, "what was told is kept")
            daemon.restart()
            icon = host.wait_icon(2)
            desktop.wait(lambda: "⚠ Sign in again" in icon.labels(), "the menu still says so")
            # What is told after it shows that it would have been told by now.
            self.wait_for_another_kind(daemon, notes)
            self.assertEqual(1, titles(notes).count("Sign in again"))

    def test_what_was_rebuilt_is_told_and_read(self):
        with processes.Scene() as scene, desktop.Desktop(scene) as place:
            host, notes, windows = place.tray_host(), place.notifications(), place.windows()
            daemon = scene.daemon(env=place.env, headless=False)
            host.wait_icon()
            daemon.cli("add", "Kept")
            self.wait_for_another_kind(daemon, notes)
            # There is nothing to do about it: all of it can be read, longer than a notification is shown.
            click(notes, notes.shown[-1], host.wait_icon(2))
            windows.wait("Hashira")
            windows.key("Escape")
            windows.wait_gone("Hashira")
            self.assertEqual(["Kept"], [task["name"] for task in daemon.cli("list")])

    def wait_for_another_kind(self, daemon, notes):
        """Another kind of problem, which comes to light later, is told: a damaged document store."""
        daemon.stop()
        for name in ("documents.db", "documents.db-wal", "documents.db-shm"):
            (daemon.data_dir / name).unlink(missing_ok=True)
        (daemon.data_dir / "documents.db").write_bytes(b"no database, but long enough to be one" * 200)
        daemon.start()
        note = notes.wait("documents.db")
        self.assertIn("Something that you should know", note["summary"])

    def test_switched_off_nothing_is_shown_until_it_is_switched_on(self):
        with processes.Scene() as scene, desktop.Desktop(scene) as place:
            store, host, notes = scene.datastore(), place.tray_host(), place.notifications()
            file = pathlib.Path(scene.env["XDG_CONFIG_HOME"]) / "hashira/hashirad.conf"
            file.parent.mkdir(parents=True)
            file.write_text("notifications=off\n", encoding="utf-8")
            daemon = scene.daemon(env=place.env, headless=False, datastore=store, token=store.token("me"))
            icon = host.wait_icon()
            store.admin("token", "revoke", "me")
            daemon.cli_raw("sync")
            desktop.wait(lambda: "⚠ Sign in again" in icon.labels(), "the menu says so")
            until = time.monotonic() + 3  # it would have come after two seconds
            desktop.wait(lambda: time.monotonic() > until, "some time passes")
            self.assertEqual([], notes.shown)
            file.write_text("notifications=on\n", encoding="utf-8")
            notes.wait("Sign in again")

    def test_without_a_notification_service_it_is_told_once_there_is_one(self):
        with processes.Scene() as scene, desktop.Desktop(scene) as place:
            store, host = scene.datastore(), place.tray_host()
            daemon = scene.daemon(env=place.env, headless=False, datastore=store, token=store.token("me"))
            icon = host.wait_icon()
            store.admin("token", "revoke", "me")
            daemon.cli_raw("sync")
            desktop.wait(lambda: "⚠ Sign in again" in icon.labels(), "the menu says so")
            until = time.monotonic() + 3  # it is tried after two seconds
            desktop.wait(lambda: time.monotonic() > until, "some time passes")
            notes = place.notifications()
            daemon.cli("add", "Something changes")
            notes.wait("Sign in again")


if __name__ == "__main__":
    processes.need_programs("hashirad", "hashira", "hashira-datastored")
    processes.need_grpc()
    desktop.need_desktop("xdotool", "openbox", "xprop")
    sys.exit(0 if unittest.main(exit=False, verbosity=2).result.wasSuccessful() else 1)
