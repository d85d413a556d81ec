#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The .debs and the .rpms in a clean root: installed by apt and by rpm, the main job, an upgrade under running programs with the
data of the previous version, and that a purge leaves nothing but what is people's own."""
import contextlib
import json
import pathlib
import re
import shutil
import sqlite3
import sys
import tempfile
import threading
import time
import unittest

import clean_root
import hashira_processes as processes
import packages

PREVIOUS = processes.SOURCE / "tests/data/previous"
UNIT = "hashira-datastored.service"
HOME = "/home/anna"
STATE = "/var/lib/hashira-datastore"
# What the system itself keeps of any package that ever was.
TRACES = re.compile(r"^/(var/lib/(dpkg|apt)|var/cache|var/log|etc/(passwd|group|shadow|gshadow|subuid|subgid)-?$|etc/\.pwd\.lock|etc/ld\.so\.cache"
                    r"|var/lib/systemd/deb-systemd-(helper|user-helper)-(enabled|masked)$)")


def load(sql, path):
    """A database file from its text."""
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.executescript(sql.read_text(encoding="utf-8"))


class Writer(threading.Thread):
    """Adds tasks while others work, and knows which were acknowledged."""

    def __init__(self, add):
        super().__init__()
        self.add, self.acknowledged, self.refused = add, [], 0
        self.some, self.done = threading.Event(), threading.Event()
        self.start()

    def run(self):
        number = 0
        while not self.done.is_set():
            number += 1
            name = f"During the upgrade {number}"
            if self.add(name):
                self.acknowledged.append(name)
                self.some.set()
            else:
                self.refused += 1

    def end(self):
        self.done.set()
        self.join(processes.LIMIT)


class Life:
    """What becomes of the packages of one kind, from the first install to the purge."""

    @classmethod
    def setUpClass(cls):
        cls.work = pathlib.Path(tempfile.mkdtemp(prefix="hsr-install"))
        cls.addClassCleanup(shutil.rmtree, cls.work)
        cls.root = clean_root.CleanRoot(packages.made("DEB"), packages.MADE)
        cls.root.__enter__()
        cls.addClassCleanup(cls.root.__exit__)
        (cls.root.dir / "run/systemd/system").mkdir(parents=True)  # so that the scripts believe in systemd
        systemctl = cls.root.dir / "usr/bin/systemctl"
        systemctl.rename(systemctl.with_suffix(".real"))
        shutil.copy(processes.SOURCE / "tests/packages/stand_in_systemctl.sh", systemctl)
        systemctl.chmod(0o755)
        cls.root.run("useradd", "--create-home", "--home-dir", HOME, "anna")
        cls.before = cls.root.files()

    def tearDown(self):
        for log in (self.work / "hashirad.log", self.root.dir / "var/log/hashira-datastored.log"):
            if log.exists():
                print(f"--- the end of {log.name}\n{log.read_text(encoding='utf-8')[-3000:]}")

    def asked(self):
        return (self.root.dir / "var/log/asked-of-systemctl").read_text(encoding="utf-8").splitlines()

    def anna(self, *arguments, check=True, limit=60):
        return self.root.run(*arguments, user="anna", check=check, limit=limit, HOME=HOME)

    def hashira(self, *arguments, **options):
        return json.loads(self.anna("hashira", *arguments, "--json", **options)[1])

    def datastore_pid(self):
        return (self.root.dir / "run/hashira-datastored.pid").read_text(encoding="ascii").strip()

    def exe(self, pid):
        return self.root.run("readlink", f"/proc/{pid}/exe")[1].strip()

    def give_anna_her_data(self):
        """The files of the previous version: her daemon's and the datastore's."""
        self.root.run("systemctl", "stop", UNIT)
        for end in ("", "-wal", "-shm"):
            (self.root.dir / f"{STATE[1:]}/datastore.db{end}").unlink(missing_ok=True)
        load(PREVIOUS / "datastore.sql", self.root.dir / f"{STATE[1:]}/datastore.db")
        self.root.run("chown", "-R", "hashira-datastore:", STATE)
        self.root.run("systemctl", "start", UNIT)
        data = self.root.dir / f"{HOME[1:]}/.local/share/hashira"
        data.mkdir(parents=True)
        for name in ("outbox", "documents"):
            load(PREVIOUS / f"{name}.sql", data / f"{name}.db")
        home = self.root.dir / HOME[1:]
        (home / ".config/hashira").mkdir(parents=True)
        (home / ".config/autostart").mkdir()
        (home / ".config/autostart/hashira.desktop").write_text("[Desktop Entry]\nHidden=true\n", encoding="utf-8")
        shutil.copy(PREVIOUS / "token", home / ".config/hashira/token")
        (home / ".config/hashira/hashirad.conf").write_text(
            f"datastore=hashira+plaintext://127.0.0.1:7946\ntoken-file={HOME}/.config/hashira/token\n", encoding="utf-8")
        self.root.run("chown", "-R", "anna:", HOME)
        self.root.run("chmod", "-R", "go-rwx", HOME)

    def start_daemon(self):
        self.daemon = self.root.start("hashirad", "--headless", user="anna", log=self.work / "hashirad.log", HOME=HOME)
        self.addCleanup(self.daemon.stdout.close)
        self.assertIn("listening on", clean_root.read_line(self.daemon))

    def daemon_pid(self):
        """As it is in the root's own numbering."""
        return next(path.parent.name for path in self.proc() if self.exe(path.parent.name).startswith("/usr/bin/hashirad"))

    def proc(self):
        return [pathlib.Path(line) for line in self.root.run("sh", "-c", "ls -d /proc/[0-9]*/cmdline")[1].split()
                if b"hashirad\0--headless" in (self.root.run("cat", line, check=False)[1]).encode()]

    def names(self):
        return {task["name"] for task in self.hashira("list", "--all")}

    def test_from_the_first_install_to_the_purge(self):
        began = time.monotonic()
        self.install_older()
        print(f"installed after {time.monotonic() - began:.0f} s")
        # The main job, with the data of the previous version, of which five changes were never synced.
        self.give_anna_her_data()
        self.start_daemon()
        kept = {task["name"] for task in json.loads((PREVIOUS / "tasks.json").read_text(encoding="utf-8"))
                if not task["done"] and not task["deleted"]}
        self.assertGreaterEqual(len(kept), 12)
        self.assertEqual(set(), kept - self.names())
        self.assertEqual("Before the upgrade", self.hashira("add", "Before the upgrade", "--wait", "applied",
                                                            "--timeout", "60")["name"])
        self.upgrade()
        self.check_what_is_installed()
        self.check_datastore(kept | {"Before the upgrade", "After the upgrade"} | set(self.acknowledged))
        self.purge()
        print(f"all in {time.monotonic() - began:.0f} s")

    def upgrade(self):
        config = self.root.dir / "etc/default/hashira-datastored"
        config.write_text(config.read_text(encoding="utf-8") + "HASHIRA_DATASTORED_LOG_LEVEL=debug\n", encoding="utf-8")
        pid, datastore = self.daemon_pid(), self.datastore_pid()
        writer = Writer(lambda name: self.anna("hashira", "add", name, check=False)[0] == 0)
        try:
            self.assertTrue(writer.some.wait(processes.LIMIT))
            self.install(*packages.made(self.KIND))
            self.assertIn("listening on", clean_root.read_line(self.daemon))  # it began anew, and can be called
            self.assertEqual("After the upgrade", self.hashira("add", "After the upgrade", "--wait", "applied",
                                                               "--timeout", "60")["name"])
        finally:
            writer.end()
        self.acknowledged = writer.acknowledged
        print(f"{len(writer.acknowledged)} acknowledged during the upgrade, {writer.refused} refused")
        self.assertEqual(set(), set(writer.acknowledged) - self.names())
        self.assertIsNone(self.daemon.poll())
        self.assertEqual(pid, self.daemon_pid())
        self.assertEqual("/usr/bin/hashirad", self.exe(pid), "the old program still runs")
        self.assertTrue([line for line in self.asked() if self.RESTARTED in line], self.asked())
        self.assertNotEqual(datastore, self.datastore_pid())
        self.assertEqual("/usr/bin/hashira-datastored", self.exe(self.datastore_pid()))
        self.assertIn("LOG_LEVEL=debug", config.read_text(encoding="utf-8"), "the operator's setting is gone")
        self.assertIn("Hidden=true", (self.root.dir / f"{HOME[1:]}/.config/autostart/hashira.desktop").read_text(
            encoding="utf-8"))

    def check_what_is_installed(self):
        for name in ("hashira", "hashira-datastore"):
            version, said = self.known(name)
            self.assertEqual(packages.VERSION, version)
            changed = [line for line in said.splitlines() if "/etc/default/hashira-datastored" not in line]
            self.assertEqual([], changed)
        self.assertEqual(f"hashirad {packages.VERSION}", self.root.run("hashirad", "--version")[1].strip())
        # Where nobody has a screen, the tray's plugin is found and loaded all the same.
        self.assertIn("no screen to show a tray icon on",
                      self.root.run("timeout", "--preserve-status", "2", "hashirad", "--data-dir", "/tmp/other",
                                    check=False, HOME="/tmp/nobody")[1])
        for unit, options in ((f"system/{UNIT}", []), ("user/hashirad.service", ["--user"])):
            _, said = self.root.run("systemd-analyze", *options, "verify", "--man=no", "--recursive-errors=no",
                                    f"/usr/lib/systemd/{unit}", check=False, XDG_RUNTIME_DIR="/run")
            self.assertEqual([], [line for line in said.splitlines() if "hashira" in line])

    def check_datastore(self, names):
        self.root.run("systemctl", "stop", UNIT)
        with contextlib.closing(sqlite3.connect(self.root.dir / f"{STATE[1:]}/datastore.db")) as database:
            self.assertEqual(("ok",), database.execute("PRAGMA integrity_check").fetchone())
            kept = " ".join(str(row) for row in database.execute("SELECT * FROM documents"))
        self.root.run("systemctl", "start", UNIT)
        previous = {task["name"] for task in json.loads((PREVIOUS / "tasks.json").read_text(encoding="utf-8"))
                    if not task["deleted"]}
        self.assertEqual([], sorted(name for name in names | previous if name not in kept))

    def left(self):
        return sorted(path for path in self.root.files() if path not in self.before and not TRACES.match(path))

    def check_what_is_left(self):
        """That the daemon ended in order, and that all that is left is people's own."""
        self.assertEqual(0, self.daemon.wait(processes.LIMIT), "the daemon was not ended in order")
        self.assertFalse((self.root.dir / "run/hashira-datastored.pid").exists(), "the datastore still runs")
        left = self.left()
        self.assertEqual([], [path for path in left if not path.startswith((HOME, STATE, *self.KEPT))])
        for path in (f"{STATE}/datastore.db", f"{HOME}/.local/share/hashira/outbox.db"):
            self.assertIn(path, left)


class Debs(Life, unittest.TestCase):
    KIND = "DEB"
    KEPT = ()
    RESTARTED = f" restart {UNIT}"

    def install(self, *debs):
        for deb in debs:
            shutil.copy(deb, self.root.dir / "tmp")
        return self.root.run("apt-get", "install", "-y", "--no-install-recommends", *[f"/tmp/{deb.name}" for deb in debs])[1]

    def install_older(self):
        self.install(*[packages.older(deb, "0.0.9", self.work) for deb in packages.made("DEB")])
        self.assertTrue([line for line in self.asked() if f" start {UNIT}" in line], self.asked())

    def known(self, name):
        """(version, what is not as the package has it)"""
        return self.root.run("dpkg-query", "-W", "-f=${Version}", name)[1], self.root.run("dpkg", "-V", name, check=False)[1]

    def purge(self):
        self.root.run("apt-get", "purge", "-y", "hashira")
        said = self.root.run("apt-get", "purge", "-y", "hashira-datastore")[1]
        self.assertIn(f"The tasks in {STATE}", said)
        self.check_what_is_left()
        # Nothing is people's own when nothing was made: then the user goes too.
        self.root.run("sh", "-c", f"rm -r {STATE}; userdel hashira-datastore")
        (self.root.dir / "run/systemd/system").rmdir()  # it is not started
        self.install(*[deb for deb in packages.made("DEB") if "datastore" in deb.name])
        self.assertEqual(0, self.root.run("getent", "passwd", "hashira-datastore")[0])
        self.root.run("apt-get", "purge", "-y", "hashira-datastore")
        self.assertEqual([], [path for path in self.left() if not path.startswith(HOME)])
        self.assertNotEqual(0, self.root.run("getent", "passwd", "hashira-datastore", check=False)[0])


@unittest.skipUnless(shutil.which("rpm"), "rpm is missing")
class Rpms(Life, unittest.TestCase):
    """By this machine's rpm, whose scripts run in the root. Its libraries are Debian's, so no dependency is asked for."""
    KIND = "RPM"
    RESTARTED = f"try-restart {UNIT}"
    KEPT = ("/etc/default/hashira-datastored.rpmsave",)  # what the operator had changed

    def rpm(self, *arguments, check=True):
        done = self.root.beside("rpm", "--root", self.root.dir, "--dbpath", "/tmp/rpm", *arguments)
        if check:
            self.assertEqual(0, done.returncode, done.stdout)
        # What a script could not do is only told.
        self.assertNotIn("warning: %", done.stdout)
        return done.stdout

    def install(self, *rpms):
        self.rpm("--upgrade", "--nodeps", *rpms)

    def install_older(self):
        self.install(*packages.older_rpms("0.0.9", self.work))
        # Whether it is on at first is the distribution's choice.
        self.assertIn(f"--no-reload preset {UNIT}", self.asked())
        self.root.run("systemctl", "start", UNIT)

    def known(self, name):
        return self.rpm("--query", "--queryformat", "%{VERSION}", name), self.rpm("--verify", "--nodeps", name, check=False)

    def left(self):
        """Directories that many programs use are of packages of the distribution."""
        return [path for path in super().left() if "hashira" in path or not (self.root.dir / path[1:]).is_dir()]

    def purge(self):
        self.rpm("--erase", "--nodeps", "hashira", "hashira-datastore")
        self.check_what_is_left()


if __name__ == "__main__":
    processes.need_programs("hashirad", "hashira", "hashira-datastored")
    if processes.sanitized():
        processes.skip("nobody ships a program with a sanitizer")
    clean_root.need()
    unittest.main(argv=sys.argv, verbosity=2)
