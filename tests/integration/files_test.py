#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Damaged, newer, locked and missing files, and who may have a directory or a socket: with real processes."""
import fcntl
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import unittest

import hashira_processes as processes

NOBODY = 65534


def contents(directory, name=""):
    """What SQLite's files hold, but for the shared memory, which is nobody's data."""
    return {path.name: path.read_bytes() for path in sorted(directory.glob(f"{name or '*.db'}*"))
            if path.is_file() and not path.name.endswith("-shm") and path.stat().st_size}


def overwrite(file, at, data):
    with open(file, "r+b") as opened:
        opened.seek(at)
        opened.write(data)


def flip(file, begin, end, step):
    data = bytearray(file.read_bytes())
    for at in range(begin, min(end, len(data)), step):
        data[at] ^= 0xFF
    file.write_bytes(data)


class FilesTest(unittest.TestCase):
    maxDiff = 2000

    def setUp(self):
        self.scene = processes.Scene()
        self.addCleanup(lambda: self.scene.__exit__(None, None, None))

    def device(self, name="one", start=True, **options):
        return self.scene.daemon(name, start=start, datastore=self.store, token=self.store.token("me"), **options)

    @staticmethod
    def foreign(file, version):
        """Another program's database in its place, whose version could be ours."""
        file.unlink()
        with sqlite3.connect(file) as database:
            database.executescript(f"CREATE TABLE mine (a); PRAGMA user_version = {version}")
        database.close()

    def synced(self, count=300):
        """A device with that many tasks that the datastore has."""
        self.store = self.scene.datastore()
        one = self.device()
        last = one.send(*[("NEW", {"name": f"Task {i}", "note": "n" * 200}) for i in range(count)]).receipts[-1]
        one.wait_for(last.command_id, "VISIBLE")
        return one


class Documents(FilesTest):
    """documents.db, which can be rebuilt: set aside and never deleted."""

    def damages(self):
        size = self.file.stat().st_size
        wal = pathlib.Path(f"{self.file}-wal")
        cut = lambda length: lambda: os.truncate(self.file, length)
        yield "cut to 1 byte", cut(1)
        yield "cut to 100 bytes", cut(100)
        yield "cut in half", cut(size // 2)
        yield "the last page cut off", cut(size - 4096)
        yield "a page cut in the middle", cut(size - 2048)
        yield "header", lambda: overwrite(self.file, 0, b"\xa5" * 100)
        yield "page size", lambda: overwrite(self.file, 16, b"\x00\x07")
        yield "format", lambda: overwrite(self.file, 44, struct.pack(">I", 77))
        yield "schema", lambda: flip(self.file, 100, 4096, 7)
        yield "version", lambda: overwrite(self.file, 60, b"\xa5" * 4)
        yield "pages", lambda: flip(self.file, 4096, size, 97)
        yield "a log and no file", lambda: (wal.write_bytes(b"\x37" * 5000), self.file.unlink())
        yield "another program's file", lambda: self.foreign(self.file, 1)

    def test_damage_is_set_aside_rebuilt_and_told(self):
        one = self.synced()
        self.file = one.data_dir / "documents.db"
        names = {task.name for task in one.tasks().values()} | {"Not sent yet"}
        self.store.stop()
        one.send(("NEW", {"name": "Not sent yet"}))
        one.stop()
        good = one.data_dir.with_name("good")
        shutil.copytree(one.data_dir, good)
        for what, damage in list(self.damages()):
            with self.subTest(what):
                one.kill()  # after a case that failed
                shutil.rmtree(one.data_dir)
                shutil.copytree(good, one.data_dir)
                damage()
                said = one.log.stat().st_size
                one.start()
                tasks = {task.name for task in one.tasks().values()}
                if not one.status().warnings:
                    # What no page that was read so far tells, the doctor finds.
                    one.control.RunDoctor(processes.stubs().daemon_pb2.RunDoctorRequest(), timeout=processes.LIMIT)
                    tasks = {task.name for task in one.tasks().values()}
                self.assertIn("set aside", " ".join(one.status().warnings))
                self.assertIn("set aside", one.log.read_bytes()[said:].decode())
                self.assertTrue(list(one.data_dir.glob("documents.db*.damaged-*")) or
                                list(one.data_dir.glob("documents.db.damaged-*")))
                self.assertIn("Not sent yet", tasks)
                self.assertIn("not fetched from the datastore yet", one.cli_raw("list").stderr)
                one.stop()
        # What is off line now is whole after the first full fetch.
        one.start()
        self.store.start()
        one.wait_status(lambda status: status.pending == 0 and not status.last_error)
        one.wait_tasks(lambda tasks: {task.name for task in tasks.values()} == names)
        self.assertEqual("", one.cli_raw("list", "--all").stderr)
        self.assertTrue(one.cli("doctor")["healthy"])

    def test_damage_met_while_it_runs(self):
        one = self.synced()
        one.stop()
        self.file = one.data_dir / "documents.db"
        with sqlite3.connect(self.file) as database:
            pages = [page for page, in database.execute(
                "SELECT pageno FROM dbstat WHERE name IN ('documents', 'documents_rank') AND pagetype = 'leaf'")] \
                if self.has_dbstat(database) else None
        size = self.file.stat().st_size
        pages = pages or range(10, size // 4096)
        self.store.stop()
        for page in pages:
            overwrite(self.file, (page - 1) * 4096, b"\xa5" * 64)
        one.start()
        # A Send that must look among the tasks for its rank is kept all the same.
        receipt = one.send(("NEW", {"name": "After the damage", "place": "todo"})).receipts[0]
        self.assertIn(receipt.task_id, one.tasks())
        self.assertIn("set aside", " ".join(one.status().warnings))
        self.store.start()
        one.wait_tasks(lambda tasks: len(tasks) == 301)
        self.assertTrue(one.cli("doctor")["healthy"])

    @staticmethod
    def has_dbstat(database):
        return any("DBSTAT" in option for option, in database.execute("PRAGMA compile_options"))

    def test_a_log_that_is_lost_or_another_ones(self):
        one = self.synced(60)
        log = one.data_dir / "documents.db-wal"
        one.kill()
        held = log.read_bytes()
        log.unlink()
        one.start()
        self.whole(one, 60)
        one.send(("NEW", {"name": "More"}))
        one.kill()
        log.write_bytes(held[:len(held) // 2] + b"\xa5" * 400 + held[len(held) // 2 + 400:])
        one.start()
        self.whole(one, 61)

    def whole(self, one, count):
        one.cli("sync")
        one.cli("doctor")
        self.assertEqual(count, len(one.tasks()))
        self.assertTrue(one.cli("doctor")["healthy"])

    def test_a_lock_is_no_damage(self):
        one = self.synced(5)
        one.stop()
        before = contents(one.data_dir)
        with sqlite3.connect(one.data_dir / "documents.db", isolation_level=None) as database:
            database.execute("PRAGMA locking_mode = EXCLUSIVE")
            database.execute("BEGIN EXCLUSIVE")
            one.start_refused("documents.db", "in use by another program")
            database.execute("ROLLBACK")
        database.close()
        self.assertEqual(before, contents(one.data_dir))
        one.start()
        self.assertEqual(5, len(one.tasks()))
        self.assertEqual([], list(one.status().warnings))

    def test_what_was_acknowledged_is_shown_while_it_cannot_be_written(self):
        one = self.scene.daemon("one")
        task = one.send(("NEW", {"name": "Before"})).receipts[0].task_id
        one.restart()  # no week is in memory yet
        with sqlite3.connect(one.data_dir / "documents.db", isolation_level=None) as database:
            database.execute("BEGIN IMMEDIATE")
            one.send(("UPDATE", {"id": task, "name": "Changed"}))
            self.assertEqual({"Changed"}, {each.name for each in one.tasks().values()})
            self.assertIn("cannot be written", " ".join(one.status().warnings))
            database.execute("ROLLBACK")
        database.close()
        one.send(("NEW", {"name": "After"}))
        self.assertEqual([], list(one.status().warnings))
        one.kill()
        one.start()
        self.assertEqual({"Changed", "After"}, {each.name for each in one.tasks().values()})
        self.assertEqual([], one.cli("doctor")["findings"])

    def test_a_directory_in_its_place(self):
        one = self.scene.daemon("one", start=False)
        (one.data_dir / "documents.db").mkdir(parents=True)
        one.start_refused("documents.db: is a directory")


class Outbox(FilesTest):
    """outbox.db, which is precious: refused, and not touched."""

    def test_damage_is_refused_untouched_and_salvaged(self):
        one = self.scene.daemon("one")
        one.send(*[("NEW", {"name": f"Task {i}", "note": "n" * 200}) for i in range(300)])
        one.stop()
        file = one.data_dir / "outbox.db"
        whole = file.read_bytes()
        good = one.data_dir.with_name("good")
        shutil.copytree(one.data_dir, good)
        log = pathlib.Path(f"{file}-wal")
        damages = {
            "nothing left": (lambda: os.truncate(file, 0), 0),
            "1 byte": (lambda: os.truncate(file, 1), 0),
            "100 bytes": (lambda: os.truncate(file, 100), 0),
            "half": (lambda: os.truncate(file, len(whole) // 2), 50),
            "header": (lambda: overwrite(file, 0, b"\xa5" * 100), 0),
            "schema": (lambda: flip(file, 100, 4096, 7), 0),
            "a log and no file": (lambda: (file.unlink(), log.write_bytes(b"\x37" * 5000)), 0),
            "another program's, as of version 1": (lambda: self.foreign(file, 1), 0),
            "another program's, as of version 2": (lambda: self.foreign(file, 2), 0),
        }
        for what, (damage, least) in damages.items():
            with self.subTest(what):
                shutil.rmtree(one.data_dir)
                shutil.copytree(good, one.data_dir)
                damage()
                before = contents(one.data_dir)
                one.start_refused("outbox.db", "damaged" if what == "nothing left" else "hashira salvage")
                self.assertTrue(before == contents(one.data_dir), "touched")
                if not least:
                    continue
                copy = self.scene.dir / "copy.db"
                shutil.copy(file, copy)
                out = self.scene.dir / "out.jsonl"
                # The way that the message names.
                done = one.cli_raw("salvage", copy, "--to", out)
                self.assertIn(done.returncode, (0, 1), done.stderr)
                self.assertGreater(len(out.read_text(encoding="utf-8").splitlines()), least, done.stderr)

    def test_damage_met_while_it_runs(self):
        one = self.synced()
        one.stop()
        file = one.data_dir / "outbox.db"
        documents = one.data_dir / "documents.db"
        flip(file, 8 * 4096, file.stat().st_size, 61)
        self.store.stop()
        before = one.log.stat().st_size if one.log.exists() else 0
        try:
            one.start()
        except AssertionError:
            self.assertIn("hashira salvage", one.log.read_bytes()[before:].decode())
            return
        import grpc
        for _ in range(30):
            try:
                one.send(("UPDATE", {"id": next(iter(one.tasks())), "place": "doing"}))
            except grpc.RpcError as error:
                self.assertEqual(grpc.StatusCode.DATA_LOSS, error.code())
                self.assertIn("hashira salvage", error.details())
                break
        # The document store is sound, and stays; what can be read is read.
        self.assertEqual(300, len(one.tasks()))
        self.assertTrue(documents.exists())
        self.assertEqual([], list(one.data_dir.glob("documents.db.damaged-*")))
        self.assertIn("outbox.db", " ".join(one.status().warnings))


class Newer(FilesTest):
    def test_a_newer_file_is_refused_untouched(self):
        one = self.synced(5)
        one.kill()
        self.store.kill()  # the logs stay beside the files
        base = self.scene.dir
        for directory, name, server in ((one.data_dir, "outbox.db", one), (one.data_dir, "documents.db", one),
                                        (base, "datastore.db", self.store)):
            with self.subTest(name):
                kept = base / f"kept-{name[:-3]}"
                kept.mkdir()
                for path in directory.glob("*.db*"):
                    shutil.copy(path, kept)
                with sqlite3.connect(directory / name) as database:
                    database.execute(f"PRAGMA user_version = {1 + database.execute('PRAGMA user_version').fetchone()[0]}")
                    # Held open while it is copied: the newer version stands in the log alone.
                    aside = base / f"newer-{name[:-3]}"
                    aside.mkdir()
                    for path in directory.glob(f"{name}*"):
                        shutil.copy(path, aside)
                database.close()
                for path in directory.glob(f"{name}*"):
                    path.unlink()
                for path in aside.iterdir():
                    shutil.copy(path, directory)
                before = contents(directory, name)
                server.start_refused(name, "newer version")
                self.assertTrue(before == contents(directory, name), "touched")
                for path in directory.glob("*.db*"):
                    path.unlink()
                for path in kept.iterdir():
                    shutil.copy(path, directory)
        self.store.start()
        one.start()
        self.assertEqual(5, len(one.tasks()))


class DatastoreFile(FilesTest):
    def test_what_is_no_datastore_is_refused_untouched(self):
        store = self.scene.datastore()
        store.account("me")
        store.stop()
        file = self.scene.dir / "datastore.db"
        whole = file.read_bytes()
        with sqlite3.connect(self.scene.dir / "foreign.db") as foreign:
            foreign.execute("CREATE TABLE mine (a)")
        foreign.close()
        cases = {"a line of text": b"milk, bread\n", "a byte": b"x", "511 bytes": b"y" * 511, "5,000 bytes": b"z" * 5000,
                 "its own first 100 bytes": whole[:100], "its own half": whole[:len(whole) // 2 & ~4095],
                 "another program's": (self.scene.dir / "foreign.db").read_bytes()}
        for what, data in cases.items():
            with self.subTest(what):
                file.write_bytes(data)
                store.start_refused("datastore.db")
                self.assertEqual(data, file.read_bytes())
                done = subprocess.run([processes.BIN / "hashira-datastored", "account", "add", "you",
                                       "--database", store.database], env=self.scene.env, capture_output=True,
                                      text=True, timeout=processes.LIMIT, check=False)
                self.assertEqual(1, done.returncode, done.stderr)
                self.assertIn("datastore.db", done.stderr)
                self.assertEqual(data, file.read_bytes())
        file.unlink()
        (self.scene.dir / "datastore.db-wal").write_bytes(b"w" * 5000)
        store.start_refused("-wal")
        self.assertEqual(5000, (self.scene.dir / "datastore.db-wal").stat().st_size)


class Places(FilesTest):
    """Who has the data directory and the socket, and where they cannot be."""

    def test_two_daemons_on_one_data_directory(self):
        one = self.scene.daemon("one")
        other = self.scene.daemon("other", start=False, data_dir=one.data_dir)
        other.start_refused(str(one.data_dir), f"process {one.pid}")
        # What it left in passing does no harm to the first.
        one.send(("NEW", {"name": "Still here"}))
        pid = one.pid
        one.kill()
        self.assertEqual(f"{pid}\n", (one.data_dir / "lock").read_text(encoding="utf-8"))
        other.start()  # a dead one's pid holds nothing, nor does its socket
        self.assertEqual(1, len(other.tasks()))

    def test_a_living_socket_is_not_stolen(self):
        one = self.scene.daemon("one")
        other = self.scene.daemon("other", start=False, listen=one.endpoint)
        other.start_refused("another program listens on", one.endpoint)
        one.cli("status")
        one.kill()
        other.start()  # a dead one's is free
        other.stop()
        self.assertFalse(pathlib.Path(one.command[one.command.index("--listen") + 1][5:]).exists())
        foreign = socket.socket(socket.AF_UNIX)
        self.addCleanup(foreign.close)
        foreign.bind(str(self.scene.dir / "other.sock"))
        foreign.listen()
        third = self.scene.daemon("third", start=False, listen=f"unix:{self.scene.dir / 'other.sock'}")
        third.start_refused("another program listens on")

    def test_what_stands_in_the_sockets_way(self):
        for what in ("file", "directory", "link"):
            with self.subTest(what):
                path = self.scene.dir / f"way-{what}"
                if what == "directory":
                    path.mkdir()
                elif what == "link":
                    path.symlink_to("/etc/passwd")
                else:
                    path.write_text("mine", encoding="utf-8")
                one = self.scene.daemon(what, start=False, listen=f"unix:{path}")
                one.start_refused(str(path), "is in the way and is not a socket")
                self.assertTrue(path.is_dir() if what == "directory" else path.is_symlink() if what == "link"
                                else path.read_text(encoding="utf-8") == "mine")

    def test_paths_that_cannot_be(self):
        long = self.scene.dir / ("d" * 100) / "daemon.sock"
        deep = self.scene.daemon("deep", start=False, listen=f"unix:{long}")
        done = subprocess.run(list(map(str, deep.command)), env=self.scene.env, capture_output=True, text=True,
                              timeout=processes.LIMIT, check=False)
        self.assertIn(done.returncode, (1, 2))
        self.assertIn("at most 107", done.stderr)
        file = self.scene.dir / "file"
        file.write_text("mine", encoding="utf-8")
        self.scene.daemon("in-file", start=False, data_dir=file).start_refused(str(file))
        self.scene.daemon("under-file", start=False, data_dir=file / "data").start_refused(str(file))
        self.assertEqual("mine", file.read_text(encoding="utf-8"))
        lost = self.scene.daemon("lost", start=False, listen=f"unix:{self.scene.dir}/a/b/daemon.sock")
        lost.start_refused(f"{self.scene.dir}/a")
        made = self.scene.daemon("made", data_dir=self.scene.dir / "a" / "b" / "c")
        self.assertEqual(0o700, made.data_dir.stat().st_mode & 0o777)

    def environment(self, start=processes.Server.start, **changes):
        """A daemon with nothing but these, started as a person would."""
        env = {name: value for name, value in self.scene.env.items() if not name.startswith(("XDG_", "HOME"))}
        env.update(changes)
        server = processes.Server(self.scene, "bare", [processes.BIN / "hashirad", "--headless"])
        self.scene.servers.append(server)
        kept, self.scene.env = self.scene.env, env
        try:
            return start(server)
        finally:
            self.scene.env = kept

    def test_without_runtime_directory(self):
        home = self.scene.dir / "home"
        home.mkdir()
        server = self.environment(HOME=str(home))
        self.assertEqual(f"unix:{home}/.local/share/hashira/run/daemon.sock", server.endpoint)
        server.stop()
        # A session that is gone has taken its directory along.
        self.starts_not(f"{self.scene.dir}/gone/run", HOME=str(home), XDG_RUNTIME_DIR=str(self.scene.dir / "gone/run"))

    @unittest.skipUnless(os.geteuid() == 0, "only root can give a directory away")
    def test_a_runtime_directory_of_another_user(self):
        home, run = self.scene.dir / "home", self.scene.dir / "theirs"
        home.mkdir()
        (run / "hashira").mkdir(parents=True, mode=0o700)
        for path in (run, run / "hashira"):
            os.chown(path, NOBODY, NOBODY)
        self.starts_not("belongs to another user", HOME=str(home), XDG_RUNTIME_DIR=str(run))
        self.assertEqual([], list((run / "hashira").iterdir()))

    def starts_not(self, word, **changes):
        self.environment(lambda server: server.start_refused(word), **changes)

    def test_without_home(self):
        self.starts_not("HOME is not set", HOME="")
        done = subprocess.run([processes.BIN / "hashira-datastored"], env={"HOME": ""}, capture_output=True, text=True,
                              timeout=processes.LIMIT, check=False)
        self.assertEqual((1, True), (done.returncode, "HOME is not set" in done.stderr), done.stderr)


if __name__ == "__main__":
    processes.need_grpc()
    processes.need_programs("hashirad", "hashira-datastored", "hashira")
    sys.exit(0 if unittest.main(exit=False).result.wasSuccessful() else 1)
