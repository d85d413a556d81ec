#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A disk without room, for a while or for good, under the daemon and under the datastore: with real processes."""
import json
import os
import pathlib
import resource
import shutil
import sqlite3
import subprocess
import sys
import unittest
import uuid

import hashira_processes as processes

NOBODY = 65534


class Tmpfs:
    """A file system of its own that is filled to the last page."""

    name = "a full file system"

    def __init__(self, test, directory):
        self.directory = directory
        directory.mkdir()
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m,mode=0700", "hashira-test", directory],
                              capture_output=True, text=True, check=False)
        if done.returncode:
            directory.rmdir()
            test.skipTest(f"no file system can be mounted here: {done.stderr.strip()}")
        test.addCleanup(lambda: subprocess.run(["umount", "-l", directory], check=True))

    def fill(self, _server):
        with open(self.directory / "filler", "wb", buffering=0) as filler:
            try:
                while True:
                    filler.write(b"f" * 4096)
            except OSError:
                pass

    def free(self, _server):
        (self.directory / "filler").unlink()

    def start_with(self, pages, server):
        """Starts it with room for so many pages more."""
        self.fill(server)
        os.truncate(self.directory / "filler", max(0, (self.directory / "filler").stat().st_size - 4096 * pages))
        server.start()


class Limit:
    """Files that cannot grow, as with a quota: always possible."""

    name = "files that cannot grow"

    def __init__(self, _test, directory):
        self.directory = directory
        directory.mkdir(mode=0o700)

    def fill(self, server):
        # Nothing can be added to any log; what is there can still be written over.
        least = min(path.stat().st_size for path in self.directory.rglob("*-wal"))
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (least, resource.RLIM_INFINITY))

    def free(self, server):
        if server.running():
            resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    def start_with(self, pages, server):
        """Starts it with files of so many pages at most, and the eight of the shared memory of a log."""
        command = server.command
        server.command = ["prlimit", f"--fsize={4096 * (8 + pages)}:", *command]
        try:
            server.start()
        finally:
            server.command = command


class FullDisk:
    """What holds on any disk without room."""

    def setUp(self):
        self.scene = processes.Scene()
        self.addCleanup(lambda: self.scene.__exit__(None, None, None))

    def disk(self, name):
        return self.shape(self, self.scene.dir / name)

    def commands(self, *names):
        pb = processes.stubs().hashira_pb2
        return pb.SendRequest(commands=[pb.Command(id=str(uuid.uuid4()), what=pb.WHAT_NEW,
                                                   payload=json.dumps({"name": name})) for name in names])

    def refused(self, daemon, request):
        import grpc
        with self.assertRaises(grpc.RpcError) as refused:
            for _ in range(50):  # the last page may still have room for one
                daemon.hashira.Send(request, timeout=processes.LIMIT)
                self.kept.append(request)
                request = self.commands(*(f"{command.id} again" for command in request.commands))
        self.assertEqual(grpc.StatusCode.FAILED_PRECONDITION, refused.exception.code())
        self.assertIn("disk is full", refused.exception.details())
        self.assertIn("Nothing of this change was kept", refused.exception.details())
        return request

    def names(self):
        return sorted(json.loads(command.payload)["name"] for request in self.kept for command in request.commands)

    def shown(self, daemon):
        return sorted(task.name for task in daemon.tasks().values())

    def test_sends_fail_clearly_and_work_again(self):
        disk = self.disk("disk")
        one = self.scene.daemon("one", data_dir=disk.directory / "data")
        self.kept = [self.commands("First"), self.commands("Second", "Third")]
        for request in self.kept:
            one.hashira.Send(request, timeout=processes.LIMIT)
        for turn in range(3):
            disk.fill(one)
            refused = self.refused(one, self.commands(f"Refused {turn}.1", f"Refused {turn}.2"))
            for _ in range(3):
                self.refused(one, refused)
            self.assertEqual(self.names(), self.shown(one), "reads go on, and nothing of it is there")
            self.assertIn("disk is full", " ".join(one.status().warnings))
            done = one.cli_raw("add", "By hand")
            self.assertEqual(1, done.returncode)
            self.assertIn("disk is full", done.stderr)
            disk.free(one)
            for _ in range(2):  # its answer may get lost as well
                one.hashira.Send(refused, timeout=processes.LIMIT)
            self.kept.append(refused)
            self.assertEqual(self.names(), self.shown(one))
            self.assertEqual([], list(one.status().warnings))
        one.kill()
        one.start()
        self.assertEqual(self.names(), self.shown(one))
        self.assertTrue(one.cli("doctor")["findings"] == [])

    def test_a_sync_waits_for_room(self):
        pb = processes.stubs().daemon_pb2
        store = self.scene.datastore()
        disk = self.disk("disk")
        one = self.scene.daemon("one", datastore=store, token=store.token("me"), data_dir=disk.directory / "data")
        other = self.scene.daemon("other", datastore=store, token=store.token("me"))
        last = one.send(("NEW", {"name": "Mine"})).receipts[0]
        one.wait_for(last.command_id, "VISIBLE")
        disk.fill(one)
        other.send(*[("NEW", {"name": f"Theirs {i}", "note": "n" * 1000}) for i in range(300)])
        status = one.wait_status(lambda status: status.waiting_for == pb.WAITING_FOR_DISK)
        self.assertIn("disk is full", status.last_error)
        self.assertEqual(["Mine"], self.shown(one))
        # Again: while it is being tried once more nothing is waited for.
        one.wait_status(lambda _: "make room" in one.cli_raw("status").stdout)
        disk.free(one)
        one.wait_tasks(lambda tasks: len(tasks) == 301)
        one.wait_status(lambda status: status.waiting_for == 0 and not status.last_error)
        self.assertTrue(one.cli("doctor")["healthy"])

    def test_a_migration_waits_for_room(self):
        """With ever more room, so that each step of it meets the end of the disk: files of the version before."""
        disk = self.disk("disk")
        one = self.scene.daemon("one", data_dir=disk.directory / "data")
        self.kept = [self.commands(*(f"Task {i} {'n' * 500}" for i in range(turn, turn + 100))) for turn in range(0, 600, 100)]
        for request in self.kept:
            one.hashira.Send(request, timeout=processes.LIMIT)
        one.stop()
        old, refused = self.scene.dir / "old", 0
        self.to_version_1(one.data_dir)
        shutil.copytree(one.data_dir, old)
        for documents in ("as they were", "not made yet"):
            for pages in (0, 4, 16, 40, 100, 160, 250):
                with self.subTest(documents=documents, pages=pages):
                    shutil.rmtree(one.data_dir)
                    shutil.copytree(old, one.data_dir)
                    if documents == "not made yet":
                        (one.data_dir / "documents.db").unlink()
                    refused += self.start_in_little_room(disk, one, pages)
                    disk.free(one)
                    one.start()
                    self.assertEqual(self.names(), self.shown(one))
                    self.assertEqual([], list(one.status().warnings))
                    one.send(("NEW", {"name": "There is room again"}))
                    self.assertEqual([], one.cli("doctor")["findings"])
                    one.kill()
        self.assertGreater(refused, 6, "starts that the disk was too full for")

    def start_in_little_room(self, disk, one, pages):
        """Whether it refused to start; then the outbox is whole, of one version or the other."""
        before = one.log.stat().st_size
        try:
            disk.start_with(pages, one)
        except AssertionError as ended:
            said = one.log.read_bytes()[before:].decode()
            self.assertIn("exit code 1", str(ended), said)
            self.assertRegex(said, r"(outbox|documents)\.db: .*(disk is full|cannot be opened or made)")
            copy = self.scene.dir / "copy"
            shutil.copytree(one.data_dir, copy)
            with sqlite3.connect(copy / "outbox.db") as database:
                self.assertIn(database.execute("PRAGMA user_version").fetchone()[0], (1, 2))
                self.assertEqual((600,), database.execute("SELECT count(*) FROM commands").fetchone())
                self.assertEqual(("ok",), database.execute("PRAGMA integrity_check").fetchone())
            database.close()
            shutil.rmtree(copy)
            return True
        self.assertEqual(self.names(), self.shown(one))
        one.kill()
        return False

    @staticmethod
    def to_version_1(directory):
        """What 002_outbox.sql did is undone."""
        with sqlite3.connect(directory / "outbox.db") as database:
            database.executescript("""
                UPDATE commands SET change = altered WHERE altered IS NOT NULL;
                DROP INDEX commands_altered;
                ALTER TABLE commands DROP COLUMN altered;
                CREATE INDEX commands_change ON commands (change);
                PRAGMA user_version = 1;""")
        database.close()

    def test_a_datastore_without_room(self):
        pb = processes.stubs().daemon_pb2
        disk = self.disk("disk")
        (disk.directory / "base").mkdir()
        store = self.scene.datastore(database=f"sqlite:{disk.directory / 'base' / 'datastore.db'}")
        one, other = (self.scene.daemon(name, datastore=store, token=store.token("me")) for name in ("one", "other"))
        one.wait_for(one.send(("NEW", {"name": "Before"})).receipts[0].command_id, "VISIBLE")
        disk.fill(store)
        ids = [receipt.command_id for receipt in
               one.send(*[("NEW", {"name": f"Task {i}", "note": "n" * 1000}) for i in range(300)]).receipts]
        status = one.wait_status(lambda status: status.waiting_for == pb.WAITING_FOR_DATASTORE)
        self.assertIn("disk is full", status.last_error)
        self.assertEqual(300, status.pending)
        said = one.cli_raw("status").stdout
        self.assertIn("the datastore cannot serve now", said)
        self.assertTrue(store.running())
        disk.free(store)
        one.wait_for(ids[-1], "VISIBLE")
        other.wait_tasks(lambda tasks: len(tasks) == 301)
        for device in (one, other):
            self.assertTrue(device.cli("doctor")["healthy"])


class FullFileSystem(FullDisk, unittest.TestCase):
    shape = Tmpfs

    def test_a_start_without_room(self):
        disk = self.disk("disk")
        disk.fill(None)
        one = self.scene.daemon("one", start=False, data_dir=disk.directory / "data")
        one.start_refused("data")
        disk.free(None)
        one.start()
        one.send(("NEW", {"name": "Kept"}))
        one.kill()
        disk.fill(None)
        try:
            one.start()  # nothing has to be written for reading
            self.assertEqual(["Kept"], self.shown(one))
            one.kill()
        except AssertionError:
            self.assertRegex(one.log.read_text(encoding="utf-8"), "(?i)full|no space")
        disk.free(None)
        one.start()
        self.assertEqual(["Kept"], self.shown(one))

    def test_a_read_only_file_system(self):
        disk = self.disk("disk")
        one = self.scene.daemon("one", data_dir=disk.directory / "data")
        one.send(("NEW", {"name": "Kept"}))
        one.stop()
        subprocess.run(["mount", "-o", "remount,ro", disk.directory], check=True)
        one.start_refused("Read-only file system")
        subprocess.run(["mount", "-o", "remount,rw", disk.directory], check=True)
        one.start()
        self.assertEqual(["Kept"], self.shown(one))


class FilesThatCannotGrow(FullDisk, unittest.TestCase):
    shape = Limit


@unittest.skipUnless(os.geteuid() == 0 and shutil.which("setpriv"), "only root can become another user")
class NoPermission(unittest.TestCase):
    def setUp(self):
        self.scene = processes.Scene()
        self.addCleanup(lambda: self.scene.__exit__(None, None, None))
        self.scene.dir.chmod(0o755)
        self.home = self.scene.dir / "home"
        self.home.mkdir()
        os.chown(self.home, NOBODY, NOBODY)
        self.one = self.scene.daemon("one", start=False, data_dir=self.home / "data",
                                     listen=f"unix:{self.home / 'sock' / 'daemon.sock'}")
        self.one.command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *self.one.command]
        seen = subprocess.run([*self.one.command[:4], processes.BIN / "hashirad", "--version"], check=False,
                              capture_output=True)
        if seen.returncode:
            self.skipTest("the programs stand where other users cannot run them")

    def modes(self, directory, files):
        for path in (self.home / "data").iterdir():
            path.chmod(files)
        (self.home / "data").chmod(directory)

    def test_what_may_not_be_written(self):
        self.one.start()
        self.one.stop()
        before = {path.name: path.read_bytes() for path in (self.home / "data").iterdir()}
        for directory, files in ((0o500, 0o400), (0o500, 0o600), (0o700, 0o400), (0o000, 0o600)):
            with self.subTest(f"{directory:o} {files:o}"):
                self.modes(directory, files)
                self.one.start_refused(str(self.home / "data"))
                self.assertNotIn("damaged", self.one.log.read_text(encoding="utf-8"))
                self.modes(0o700, 0o600)
                self.assertEqual(before["outbox.db"], (self.home / "data" / "outbox.db").read_bytes())
                self.assertFalse(list((self.home / "data").glob("*damaged*")))
        self.one.start()
        self.one.stop()
        shutil.rmtree(self.home / "data")
        self.home.chmod(0o500)
        self.one.start_refused("cannot make the data directory", str(self.home / "data"))


if __name__ == "__main__":
    processes.need_grpc()
    processes.need_programs("hashirad", "hashira-datastored", "hashira")
    sys.exit(0 if unittest.main(exit=False).result.wasSuccessful() else 1)
