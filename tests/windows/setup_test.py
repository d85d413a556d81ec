#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The setup program's whole life under Wine: installed, used, synced with a datastore of this machine, killed, upgraded while it
runs, refused, broken off, removed with and without the tasks. What it did is looked at, never its exit code alone."""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import hashira_processes as processes
import wine

WORK = processes.SOURCE / "build/windows"
RUN = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run"
ARP = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\Hashira"
CREDENTIALS = r"HKCU\Software\Wine\Credential Manager"
NAME = "Grüße an 世界 – „Milch“ kaufen & mehr"


class Device:
    """The installed programs of one Windows."""

    def __init__(self, scene, windows, store):
        self.scene, self.windows, self.store = scene, windows, store
        self.home = windows.local / "Programs/Hashira"
        self.data = windows.local / "hashira"
        self.process = None

    def setup(self, program, *options):
        done = self.windows.run(program, "/S", *options)
        return done.returncode, (self.windows.temp / "hashira-setup.log").read_text(encoding="utf-8", errors="replace")

    def uninstall(self, *options):
        """It copies itself and goes on in the background."""
        self.windows.run(self.home / "uninstall.exe", "/S", *options)
        self.windows.wait(lambda: not (self.home / "uninstall.exe").exists(), "the uninstaller is gone")
        self.windows.wait(lambda: not self.windows.processes_of("Un.exe"), "it has ended")

    def start(self, *options):
        """As a person starts it: with a tray. Until it can be called."""
        with open(self.scene.dir / "hashirad.log", "ab") as log:
            self.process = self.windows.start(self.home / "hashirad.exe", *options, log=log)
        line = self.process.stdout.readline().decode()
        assert "listening on tcp:127.0.0.1:" in line, line + (self.scene.dir / "hashirad.log").read_text(errors="replace")

    def kill(self):
        self.process.kill()  # the process of Windows itself: Wine runs it in that of ours
        self.process.wait(processes.LIMIT)
        self.process.stdout.close()

    def cli_raw(self, *arguments):
        return self.windows.run(self.home / "hashira.exe", *arguments)

    def cli(self, *arguments):
        done = self.cli_raw(*arguments, "--json")
        assert done.returncode == 0, f"hashira {' '.join(arguments)}: {done.returncode} {done.stdout}{done.stderr}"
        return json.loads(done.stdout)

    def names(self):
        return sorted(task["name"] for task in self.cli("list"))


class Setup(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.out = pathlib.Path(tempfile.mkdtemp(prefix="hashira-setup"))
        cls.addClassCleanup(shutil.rmtree, cls.out)
        cls.version = re.search(r"^project\(hashira VERSION ([\d.]+)",
                                (processes.SOURCE / "CMakeLists.txt").read_text(encoding="utf-8"), re.M).group(1)
        cls.setup = WORK / f"out/Hashira-{cls.version}-setup.exe"
        assert cls.setup.exists(), "windows_build did not make it"
        # The same programs as what a later version would bring.
        cls.newer, _ = wine.build("--build", WORK, "--out", cls.out, "--version", "9.9.9")
        cls.files = (WORK / "lists/files.txt").read_text(encoding="utf-8").splitlines()

    def installed(self, device):
        return {path.relative_to(device.home).as_posix() for path in device.home.rglob("*") if path.is_file()}

    def token_name(self, device):
        return json.loads((device.data / "sign-in.json").read_text(encoding="utf-8"))["key"]

    def credentials(self, device):
        return device.windows.run("reg", "query", CREDENTIALS, "/s").stdout

    def test_its_whole_life(self):
        with processes.Scene() as scene, wine.Wine(scene) as windows:
            store = scene.datastore()
            token = store.token("me")
            linux = scene.daemon("linux", datastore=store, token=store.token("me"))
            device = Device(scene, windows, store)
            self.fresh(device)
            self.sign_in_and_sync(scene, device, token, linux)
            self.killed_without_loss(device, store, linux)
            self.upgraded_while_it_runs(device)
            self.downgrade_is_refused(device)
            self.removed_and_back(device)
            self.purged(device)

    def fresh(self, device):
        code, log = device.setup(self.setup)
        self.assertEqual(0, code, log)
        self.assertEqual(set(self.files) | {"uninstall.exe"}, self.installed(device))
        for name in self.files:
            self.assertEqual((WORK / "stage" / name).read_bytes(), (device.home / name).read_bytes(), name)
        home = device.windows.registry(ARP, "InstallLocation")
        self.assertTrue(home.endswith(r"AppData\Local\Programs\Hashira"), home)
        self.assertEqual(self.version, device.windows.registry(ARP, "DisplayVersion"))
        self.assertEqual(f'"{home}\\uninstall.exe" /S', device.windows.registry(ARP, "QuietUninstallString"))
        self.assertEqual(f'"{home}\\hashirad.exe"', device.windows.registry(RUN, "Hashira"))
        self.assertTrue((device.windows.roaming / "Microsoft/Windows/Start Menu/Programs/Hashira.lnk").exists())
        self.assertEqual([], device.windows.processes_of("hashirad.exe"), "a silent one starts nothing by itself")
        self.assertEqual(f"hashira {self.version}\n", device.cli_raw("--version").stdout)
        for program in ("hashirad", "hashira-board"):  # they have windows, and still tell whoever asks
            self.assertEqual(f"{program} {self.version}\n", device.windows.run(device.home / f"{program}.exe", "--version").stdout)
        nobody = device.cli_raw("list")
        self.assertEqual((3, ""), (nobody.returncode, nobody.stdout))
        self.assertIn("no daemon is running", nobody.stderr)

    def sign_in_and_sync(self, scene, device, token, linux):
        device.start()
        self.assertEqual("local_only", device.cli("status")["connectivity"])
        file = scene.dir / "windows.token"
        file.write_text(token + "\n", encoding="utf-8")
        signed = device.cli("login", device.store.url, "--token-file", "Z:" + str(file).replace("/", "\\"))
        self.assertEqual(device.store.url, signed["datastore"])
        # The token is among the credentials of Windows, and in no file of ours.
        self.assertIn(self.token_name(device), self.credentials(device))
        for path in device.data.rglob("*"):
            if path.is_file():
                self.assertNotIn(token.encode(), path.read_bytes(), path)
        added = device.cli("add", NAME, "--note", "日本", "--wait", "applied")
        self.assertEqual(NAME, added["name"])
        shown = linux.wait_tasks(lambda tasks: added["id"] in tasks)[added["id"]]
        self.assertEqual((NAME, "日本"), (shown.name, shown.note))
        theirs = linux.cli("add", "Von Linux: ñandú")
        device.windows.wait(lambda: "Von Linux: ñandú" in device.names(), "the other device's task")
        device.cli("done", theirs["id"])
        self.assertEqual("online", device.cli("sync")["connectivity"])
        linux.wait_tasks(lambda tasks: tasks[theirs["id"]].done)
        # A second one in the same directory does not start, and says who holds it.
        second = device.windows.run(device.home / "hashirad.exe", "--headless")
        self.assertEqual(1, second.returncode)
        held = (device.data / "lock").read_text(encoding="utf-8").strip()
        self.assertIn(f"(process {held})", second.stderr)
        self.assertEqual([held], device.windows.processes_of("hashirad.exe"))

    def killed_without_loss(self, device, store, linux):
        store.stop()
        for number in range(3):
            device.cli("add", f"Off line {number}")
        device.kill()
        self.assertEqual(3, device.cli_raw("list").returncode)
        device.start()  # still signed in: the token comes from the credentials
        self.assertLessEqual({f"Off line {number}" for number in range(3)}, set(device.names()))
        self.assertEqual(3, device.cli("status")["pending"])
        store.start()
        linux.wait_tasks(lambda tasks: sum(task.name.startswith("Off line") for task in tasks.values()) == 3, limit=wine.LIMIT)

    def upgraded_while_it_runs(self, device):
        before = device.names()
        device.windows.run("reg", "delete", RUN, "/v", "Hashira", "/f")
        (device.home / "of the person.txt").write_text("kept", encoding="utf-8")
        board = device.windows.start(device.home / "hashira-board.exe")
        device.windows.wait(lambda: list(device.data.glob("*board*lock")), "the board's start")
        code, log = device.setup(self.newer)
        self.assertEqual(0, code, log)
        self.assertEqual(0, board.wait(wine.LIMIT), log)
        board.stdout.close()
        # It was asked, and ended in order; a new one runs, and nothing is lost.
        self.assertEqual(0, device.process.wait(wine.LIMIT), log)
        device.process.stdout.close()
        self.assertIn("asked the daemon to end: 0", log)
        self.assertNotIn("killed", log)
        self.assertEqual("9.9.9", device.windows.registry(ARP, "DisplayVersion"))
        device.windows.wait(lambda: device.cli_raw("status").returncode == 0, "the new daemon")
        self.assertEqual(before, device.names())
        self.assertIsNone(device.windows.registry(RUN, "Hashira"), "what was switched off stays off")
        self.assertEqual(set(self.files) | {"uninstall.exe", "of the person.txt"}, self.installed(device))

    def downgrade_is_refused(self, device):
        running = device.windows.processes_of("hashirad.exe")
        code, log = device.setup(self.setup)
        self.assertEqual(3, code, log)
        self.assertEqual("9.9.9", device.windows.registry(ARP, "DisplayVersion"))
        self.assertEqual((1, running), (len(running), device.windows.processes_of("hashirad.exe")), "it was left alone")
        # What was switched on, wherever it points, stays on.
        device.windows.run("reg", "add", RUN, "/v", "Hashira", "/d", "elsewhere.exe", "/f")
        code, log = device.setup(self.setup, "/ALLOWDOWNGRADE")
        self.assertEqual(0, code, log)
        self.assertEqual(self.version, device.windows.registry(ARP, "DisplayVersion"))
        self.assertTrue(device.windows.registry(RUN, "Hashira").endswith('\\hashirad.exe"'))

    def removed_and_back(self, device):
        before = device.names()
        device.uninstall()
        self.assertEqual({"of the person.txt"}, self.installed(device))
        (device.home / "of the person.txt").unlink()
        self.assertEqual([], device.windows.processes_of("hashirad.exe"))
        self.assertFalse(device.windows.has_key(ARP))
        self.assertIsNone(device.windows.registry(RUN, "Hashira"))
        self.assertFalse((device.windows.roaming / "Microsoft/Windows/Start Menu/Programs/Hashira.lnk").exists())
        self.assertTrue((device.data / "outbox.db").exists())
        # Broken off: something is in the way of a library.
        (device.home / "styles/qwindowsvistastyle.dll/in the way").mkdir(parents=True)
        code, log = device.setup(self.setup)
        self.assertEqual(2, code, log)
        self.assertEqual(set(), self.installed(device))
        self.assertFalse(device.windows.has_key(ARP))
        shutil.rmtree(device.home / "styles")
        code, log = device.setup(self.setup, "/NOAUTOSTART", "/RUN")
        self.assertEqual(0, code, log)
        self.assertIsNone(device.windows.registry(RUN, "Hashira"))
        device.windows.wait(lambda: device.cli_raw("status").returncode == 0, "the daemon that /RUN starts")
        self.assertEqual(before, device.names())

    def purged(self, device):
        name = self.token_name(device)
        self.assertIn(name, self.credentials(device))
        device.uninstall("/PURGE")
        device.windows.wait(lambda: not device.data.exists(), "the tasks are gone")
        self.assertFalse(device.home.exists())
        self.assertEqual([], device.windows.processes_of("hashirad.exe"))
        self.assertFalse(device.windows.has_key(ARP))
        self.assertNotIn(name, self.credentials(device))
        left = [path for path in device.windows.home.rglob("*") if "hashira" in path.name.lower()
                and not path.name.endswith(".log")]
        self.assertEqual([], left)


if __name__ == "__main__":
    processes.need_grpc()
    processes.need_programs("hashirad", "hashira-datastored", "hashira")
    wine.need_windows()
    sys.exit(0 if unittest.main(exit=False).result.wasSuccessful() else 1)
