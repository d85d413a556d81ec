#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Backups put back on either side, cloned and damaged files, weeks that are no longer kept: with real files."""
import datetime
import json
import shutil
import sqlite3
import sys
import unittest

import hashira_processes as processes


def copy_directory(source, target):
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.sock"))
    return target


def rows(file, question):
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as database:
        return database.execute(question).fetchall()


def weeks_ago(weeks):
    return (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(weeks=weeks)).strftime("%Y-%m-%dT12:00:00Z")


def iso_week(weeks):
    year, week, _ = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(weeks=weeks)).isocalendar()
    return f"{year}-W{week:02}"


class Backup(unittest.TestCase):
    maxDiff = 3000

    def open(self, scene, *names):
        """A datastore with the account "me", and a device for each name."""
        self.scene = scene
        self.store = scene.datastore()
        self.store.account("me")
        return [self.device(name) for name in names]

    def device(self, name, **options):
        return self.scene.daemon(name, datastore=self.store, token=self.store.token("me"), **options)

    def add(self, daemon, *names, visible=True):
        """New tasks; their ids by name."""
        receipts = daemon.send(*[("NEW", {"name": name}) for name in names]).receipts
        if visible:
            daemon.wait_for(receipts[-1].command_id, "VISIBLE")
        return {name: receipt.task_id for name, receipt in zip(names, receipts)}

    def change(self, daemon, *commands):
        daemon.wait_for(daemon.send(*commands).receipts[-1].command_id, "VISIBLE")

    def set_aside(self, *daemons):
        for daemon in daemons:
            daemon.cli("pause")

    def same(self, names, *daemons):
        """All devices come to show exactly the tasks of these names, each once; and the same of each."""
        wanted = sorted(names)
        for daemon in daemons:
            daemon.wait_tasks(lambda tasks: sorted(task.name for task in tasks.values()) == wanted, limit=60)
        for daemon in daemons:
            daemon.wait_status(lambda status: status.pending == 0 and not status.last_error, limit=60)
        for _ in range(2):  # the first one may still bring what another then hears of
            for daemon in daemons:
                daemon.cli("sync", limit=60)
        lists = [daemon.cli("list", "--deleted") for daemon in daemons]
        for listed in lists:
            self.assertEqual(lists[0], listed)
        self.assertEqual([], [task["name"] for task in lists[0] if task["pending"]])
        self.assertEqual(wanted, sorted(task["name"] for task in lists[0] if not task["deleted"]))
        for daemon in daemons:
            report = daemon.cli("doctor", limit=60)
            self.assertTrue(report["healthy"] and report["datastore_asked"], report)
            self.assertEqual(0, report["weeks_differed"], report)
        return {task["name"]: task for task in lists[0]}

    # --- the datastore is set back ---

    def datastore_goes_back(self, one, other):
        """The datastore is what it was some changes ago; the names of all that the devices know."""
        ids = self.add(one, "Before 1", "Before 2", "Before 3")
        other.wait_tasks(lambda tasks: set(ids.values()) <= set(tasks))
        self.store.stop()
        self.store.back_up(self.scene.dir / "backup.db")
        self.store.start()
        ids |= self.add(one, "After 1", "After 2")
        ids |= self.add(other, "After 3")
        self.change(one, ("UPDATE", {"id": ids["Before 1"], "note": "written after the backup"}),
                    ("DELETE", {"id": ids["Before 2"]}), ("DELETE", {"id": ids["After 2"]}))
        self.change(other, ("UPDATE", {"id": ids["Before 3"], "place": "doing"}))
        self.same({"Before 1", "Before 3", "After 1", "After 3"}, one, other)
        self.store.stop()
        one.send(("NEW", {"name": "While it was down"}))
        self.store.restore(self.scene.dir / "backup.db")
        return {"Before 1", "Before 3", "After 1", "After 3", "While it was down"}

    def check_contents(self, tasks):
        self.assertEqual("written after the backup", tasks["Before 1"]["note"])
        self.assertEqual("doing", tasks["Before 3"]["place"])
        self.assertTrue(tasks["Before 2"]["deleted"])

    def test_a_datastore_restored_from_its_backup_is_made_whole(self):
        with processes.Scene() as scene:
            one, other = self.open(scene, "one", "other")
            names = self.datastore_goes_back(one, other)
            self.store.start()
            fresh = self.device("fresh")
            self.check_contents(self.same(names, one, other, fresh))

    def test_a_backup_restored_under_running_daemons(self):
        with processes.Scene() as scene:
            one, other = self.open(scene, "one", "other")
            if not self.store.on_postgresql:
                return  # the file of a server that runs cannot be replaced
            ids = self.add(one, "Before 1", "Before 2", "Before 3")
            self.store.back_up(scene.dir / "backup.db")
            ids |= self.add(one, "After 1") | self.add(other, "After 2")
            self.change(one, ("UPDATE", {"id": ids["Before 1"], "note": "written after the backup"}),
                        ("DELETE", {"id": ids["Before 2"]}))
            self.change(other, ("UPDATE", {"id": ids["Before 3"], "place": "doing"}))
            self.store.restore(scene.dir / "backup.db")
            one.send(("NEW", {"name": "While it came back"}))
            self.check_contents(self.same({"Before 1", "Before 3", "After 1", "After 2", "While it came back"},
                                          one, other, self.device("fresh")))

    def test_versions_that_were_used_again_after_a_restore(self):
        with processes.Scene() as scene:
            one, other = self.open(scene, "one", "other")
            names = self.datastore_goes_back(one, other)
            self.set_aside(one, other)
            self.store.start()
            # The history goes on without them, with the same versions for other things.
            third = self.device("third")
            more = [f"Other history {i}" for i in range(12)]
            for name in more:
                self.add(third, name)
            for device in (other, one):
                device.cli("resume")
            self.check_contents(self.same(names | set(more), one, other, third))
            self.check_contents(self.same(names | set(more), one, self.device("fresh")))

    def test_an_emptied_datastore_is_made_whole(self):
        with processes.Scene() as scene:
            one, other = self.open(scene, "one", "other")
            names = self.datastore_goes_back(one, other)
            account = one.status().account
            self.store.wipe()
            self.store.start()
            self.store.admin("account", "add", "me", "--id", account)
            # Their tokens went with it.
            pb = processes.stubs().daemon_pb2
            for device in (one, other):
                device.wait_status(lambda status: status.waiting_for == pb.WAITING_FOR_TOKEN)
                device.stop()
                (scene.dir / f"{device.name}.token").write_text(self.store.token("me"), encoding="utf-8")
                device.start()
            fresh = self.device("fresh")
            self.check_contents(self.same(names, one, other, fresh))

    # --- a device is set back ---

    def test_a_device_restored_from_its_backup_converges(self):
        with processes.Scene() as scene:
            one, other = self.open(scene, "one", "other")
            ids = self.add(one, "Before 1", "Before 2")
            one.stop()
            copy_directory(one.data_dir, scene.dir / "backup")
            one.start()
            ids |= self.add(one, "Lost on the device, but sent 1", "Lost on the device, but sent 2")
            self.change(one, ("UPDATE", {"id": ids["Before 1"], "note": "sent before the restore"}))
            other.wait_tasks(lambda tasks: len(tasks) == 4)
            self.change(other, ("DELETE", {"id": ids["Before 2"]}))
            one.stop()
            before = rows(one.data_dir / "outbox.db", "SELECT device FROM devices WHERE current = 1")
            self.store.stop()
            copy_directory(scene.dir / "backup", one.data_dir)
            one.start()
            # Numbers that the datastore knows for other commands.
            for i in range(1, 4):
                self.add(one, f"After the restore {i}", visible=False)
            self.store.start()
            tasks = self.same({"Before 1", "Lost on the device, but sent 1", "Lost on the device, but sent 2",
                               "After the restore 1", "After the restore 2", "After the restore 3"}, one, other)
            self.assertEqual("sent before the restore", tasks["Before 1"]["note"])
            self.assertTrue(tasks["Before 2"]["deleted"])
            one.stop()
            self.assertNotEqual(before, rows(one.data_dir / "outbox.db", "SELECT device FROM devices WHERE current = 1"))

    def test_both_sides_restored_lose_nothing_that_either_holds(self):
        with processes.Scene() as scene:
            one, other = self.open(scene, "one", "other")
            names = self.datastore_goes_back(one, other)
            one.stop()
            copy_directory(one.data_dir, scene.dir / "backup")
            one.start()
            self.add(one, "Gone with the device's newer files", visible=False)
            one.stop()
            copy_directory(scene.dir / "backup", one.data_dir)
            self.store.start()
            one.start()
            self.check_contents(self.same(names, one, other, self.device("fresh")))

    def test_a_cloned_data_directory_works_on_in_both(self):
        with processes.Scene() as scene:
            one, other = self.open(scene, "one", "other")
            self.add(one, "Before")
            self.store.stop()
            # What waits in the outbox is cloned too, and must not arrive twice.
            waiting = [f"In both outboxes {i}" for i in range(5)]
            self.add(one, *waiting, visible=False)
            one.stop()
            copy_directory(one.data_dir, scene.dir / "clone")
            one.start()
            clone = self.device("clone", data_dir=scene.dir / "clone")
            self.add(one, "Of the one", visible=False)
            self.add(clone, "Of the clone 1", "Of the clone 2", visible=False)
            self.store.start()
            names = {"Before", *waiting, "Of the one", "Of the clone 1", "Of the clone 2"}
            self.same(names, one, clone, other)
            # And they go on.
            self.add(one, "Later of the one")
            self.add(clone, "Later of the clone")
            self.same(names | {"Later of the one", "Later of the clone"}, one, clone, other)

    # --- damage ---

    def test_the_doctor_finds_what_is_not_as_the_datastore_has_it(self):
        with processes.Scene() as scene:
            one, other = self.open(scene, "one", "other")
            ids = self.add(one, "First", "Second", "Third")
            self.change(one, ("NEW", {"name": "Old", "place": "done", "done": weeks_ago(3)}))
            names = {"First", "Second", "Third"}
            other.wait_tasks(lambda tasks: len(tasks) == 4, weeks=4)
            before = self.same(names, one, other)
            damages = {
                "another version and text": ("UPDATE documents SET version = version + 1000, view = NULL, "
                                             f"base = replace(base, 'First', 'Wrong') WHERE id = '{ids['First']}'", 1),
                "a task is missing": (f"DELETE FROM documents WHERE id = '{ids['Second']}'", 1),
                "two weeks": ("DELETE FROM documents WHERE base LIKE '%\"Third\"%' OR base LIKE '%\"Old\"%'", 2),
                "all": ("DELETE FROM documents", 2),
            }
            for what, (statement, weeks) in damages.items():
                with self.subTest(what):
                    one.stop()
                    with sqlite3.connect(one.data_dir / "documents.db") as database:
                        self.assertGreater(database.execute(statement).rowcount, 0)
                    one.start()
                    self.assertGreater(4, len([task for task in one.tasks(10).values() if task.name != "Wrong"]))
                    report = one.cli("doctor", limit=60)
                    self.assertEqual((weeks, True), (report["weeks_differed"], report["datastore_asked"]), report)
                    self.assertTrue(any("differed" in finding for finding in report["findings"]), report)
                    self.assertEqual(before, self.same(names, one, other))
                    self.assertEqual(4, len(one.tasks(10)))

    def test_a_damaged_document_store_is_set_aside_and_rebuilt(self):
        with processes.Scene() as scene:
            one, other = self.open(scene, "one", "other")
            self.add(one, *(f"Task {i}" for i in range(300)))
            self.store.stop()
            one.send(("NEW", {"name": "Not sent yet"}))
            one.stop()
            file = one.data_dir / "documents.db"
            size = file.stat().st_size
            with open(file, "r+b") as damaged:
                for at in range(0, size, 4096):
                    damaged.seek(at + (0 if at == 0 else 8))
                    damaged.write(b"\xa5" * 512)
            one.start()
            self.assertTrue(any("damaged" in warning and "set aside" in warning for warning in one.status().warnings))
            aside = list(one.data_dir.glob("documents.db.damaged-*"))
            self.assertEqual([size], [each.stat().st_size for each in aside if not each.name.endswith(("-wal", "-shm"))])
            # Off line it says that it does not know all.
            self.assertEqual({"Not sent yet"}, {task.name for task in one.tasks().values()} - {f"Task {i}" for i in range(300)})
            self.assertIn("not fetched from the datastore yet", one.cli_raw("list").stderr)
            self.store.start()
            self.same({"Not sent yet", *(f"Task {i}" for i in range(300))}, one, other)
            self.assertEqual("", one.cli_raw("list", "--all").stderr)

    def test_a_damaged_outbox_is_never_touched(self):
        with processes.Scene() as scene:
            one, = self.open(scene, "one")
            self.add(one, *(f"Task {i}" for i in range(50)))
            one.stop()
            file = one.data_dir / "outbox.db"
            with open(file, "r+b") as damaged:
                damaged.write(b"\xa5" * 100)
            held = file.read_bytes()
            with self.assertRaises(AssertionError):
                one.start()
            said = one.log.read_text(encoding="utf-8")
            self.assertIn("outbox.db", said)
            self.assertIn("hashira salvage", said)
            self.assertEqual(held, file.read_bytes())

    # --- weeks that are not kept here ---

    def test_older_weeks_leave_the_device_and_are_read_through(self):
        with processes.Scene() as scene:
            one, other = self.open(scene, "one")[0], self.device("other", arguments=("--weeks-kept", "2"))
            old = [f"Done {weeks} weeks ago" for weeks in range(8)]
            self.change(other, *[("NEW", {"name": name, "place": "done", "done": weeks_ago(weeks)})
                                 for weeks, name in enumerate(old)], ("NEW", {"name": "Open"}))
            one.wait_tasks(lambda tasks: len(tasks) == 9, weeks=10)
            for _ in range(2):  # what is here of an old week is never taken for all of it
                self.assertEqual(one.cli("list", "--weeks", "10"), other.cli("list", "--weeks", "10"))
            exported = other.cli_raw("export")
            self.assertEqual((0, ""), (exported.returncode, exported.stderr))
            self.assertEqual({*old, "Open"}, {json.loads(line)["name"] for line in exported.stdout.splitlines()})

            self.store.stop()
            pb = processes.stubs().daemon_pb2
            other.wait_status(lambda status: status.connectivity == pb.CONNECTIVITY_OFFLINE)
            done = other.cli_raw("list", "--weeks", "10", "--json")
            self.assertEqual({*old[:2], "Open"}, {task["name"] for task in json.loads(done.stdout)})
            self.assertIn("the datastore cannot be reached", done.stderr)
            exported = other.cli_raw("export")
            self.assertEqual(1, exported.returncode)
            self.assertEqual({*old[:2], "Open"}, {json.loads(line)["name"] for line in exported.stdout.splitlines()})
            self.assertIn("the datastore cannot be reached", exported.stderr)
            missing = max(task["week"] for task in one.cli("list", "--weeks", "10") if task["name"] in old[2:])
            self.assertIn(f"{iso_week(9)} to {missing}: ", done.stderr)
            other.stop()
            self.assertEqual([(3,)], rows(other.data_dir / "documents.db", "SELECT count(*) FROM documents"))

    def test_an_old_week_that_is_edited_off_line_is_kept_until_it_is_sent(self):
        with processes.Scene() as scene:
            one, = self.open(scene, "one")
            task = one.cli("add", "Done long ago")["id"]
            self.store.stop()
            one.send(("UPDATE", {"id": task, "place": "done", "done": weeks_ago(30)}))
            one.stop()
            one.start()
            self.assertIn(task, one.tasks(40), "it is not covered yet")
            self.store.start()
            one.wait_status(lambda status: status.pending == 0)
            one.cli("sync")
            self.assertNotIn(task, one.tasks(10))
            for _ in range(2):
                self.assertIn(task, one.tasks(40), "read through")
            one.stop()
            self.assertEqual([(0,)], rows(one.data_dir / "documents.db", "SELECT count(*) FROM documents"))


if __name__ == "__main__":
    processes.need_grpc()
    processes.need_programs("hashirad", "hashira-datastored", "hashira")
    sys.exit(0 if unittest.main(exit=False).result.wasSuccessful() else 1)
