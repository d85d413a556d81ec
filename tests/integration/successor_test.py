#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""An upgrade under a running daemon: told by SIGUSR1, it becomes the program that is installed now, and nothing that it
acknowledged is lost."""
import os
import pathlib
import shutil
import signal
import sys
import threading
import unittest

import hashira_processes as processes

PROGRAMS = ("hashirad", "libhashira-desktop.so", "libhashira-tray.so")


class Writer:
    """Adds one task after the other, and knows which were acknowledged."""

    def __init__(self, daemon):
        self.daemon, self.acknowledged, self.refused = daemon, [], 0
        self.enough = threading.Event()
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        number = 0
        while not self.done.is_set():
            name = f"task {number}"
            number += 1
            code = self.daemon.cli_raw("add", name).returncode
            if code == 0:
                self.acknowledged.append(name)
            else:
                self.refused += 1
            if len(self.acknowledged) >= 5:
                self.enough.set()

    def end(self):
        self.done.set()
        self.thread.join(processes.LIMIT)


class Successor(unittest.TestCase):
    def setUp(self):
        self.scene = processes.Scene()
        self.scene.__enter__()
        self.addCleanup(self.scene.__exit__, None, None, None)
        self.bin = pathlib.Path(self.scene.dir) / "bin"
        self.bin.mkdir()
        self.install()
        self.daemon = self.scene.daemon("laptop", start=False)
        self.daemon.command[0] = str(self.bin / "hashirad")
        self.daemon.start()

    def install(self):
        """As a package manager does it: each file new, then renamed over the old one."""
        for name in PROGRAMS:
            shutil.copy(processes.BIN / name, self.bin / f"{name}.new")
            (self.bin / f"{name}.new").rename(self.bin / name)

    def exe(self):
        return os.readlink(f"/proc/{self.daemon.pid}/exe")

    def open_files(self):
        return list(pathlib.Path(f"/proc/{self.daemon.pid}/fd").iterdir())

    def call(self):
        self.daemon.process.send_signal(signal.SIGUSR1)

    def wait_for_successor(self):
        """It prints its line anew."""
        line = self.daemon._line(processes.LIMIT)
        self.assertEqual(self.daemon.endpoint, line.split()[-1], self.daemon.log.read_text())

    def names(self):
        return {task["name"] for task in self.daemon.cli("list", "--all")}

    def test_the_new_program_goes_on_and_no_acknowledged_task_is_lost(self):
        pid = self.daemon.pid
        before = len(self.open_files())
        writer = Writer(self.daemon)
        self.addCleanup(writer.end)
        for _ in range(3):
            self.assertTrue(writer.enough.wait(processes.LIMIT))
            self.install()
            self.assertTrue(self.exe().endswith(" (deleted)"), self.exe())
            self.call()
            self.wait_for_successor()
            self.assertEqual(str(self.bin / "hashirad"), self.exe())
            self.assertTrue(self.daemon.running())
            self.assertEqual(pid, self.daemon.pid)
        self.daemon.cli("add", "after the upgrade")
        writer.end()
        self.assertEqual(set(), set(writer.acknowledged) - self.names())
        self.assertIn("after the upgrade", self.names())
        print(f"{len(writer.acknowledged)} acknowledged, {writer.refused} refused while it was away")
        self.assertLess(len(self.open_files()), before + 8, "something of its forerunners is still open")
        self.assertEqual(0, self.daemon.stop())

    def test_a_program_that_does_not_run_takes_nobodys_place(self):
        self.daemon.cli("add", "before")
        (self.bin / "broken").write_text("#!/bin/sh\necho no such library; exit 127\n")
        (self.bin / "broken").chmod(0o755)
        (self.bin / "broken").rename(self.bin / "hashirad")
        self.call()
        self.daemon.wait_log("no such library")
        self.daemon.cli("add", "meanwhile")
        (self.bin / "hashirad").unlink()
        self.call()
        self.daemon.wait_log("No such file")
        self.daemon.cli("add", "later")
        self.install()
        self.call()
        self.wait_for_successor()
        self.assertEqual({"before", "meanwhile", "later"}, self.names())
        self.assertEqual(0, self.daemon.stop())

    def test_who_is_told_to_end_too_ends(self):
        self.daemon.process.send_signal(signal.SIGUSR1)
        self.assertEqual(0, self.daemon.stop())


if __name__ == "__main__":
    processes.need_programs("hashira", *PROGRAMS)
    unittest.main(argv=sys.argv, verbosity=2)
