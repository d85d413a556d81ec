#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a datastore keeps for a set time only: it goes in small steps beside all else, and devices that were away for
longer lose nothing by it."""
import contextlib
import http.client
import sqlite3
import sys
import time
import unittest

import hashira_processes as processes

LIMIT = processes.LIMIT
# Versions are packed in groups of this many.
GROUP = 500
SECRET = "ZanzibarQuince"


def programs(store):
    return [store, store.other] if hasattr(store, "other") else [store]


def swept(store):
    """{kind: how many} that all programs of the datastore removed."""
    total = {}
    for program in programs(store):
        port = int(program.wait_log("metrics url=").rsplit(":", 1)[1].split("/")[0])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LIMIT)
        with contextlib.closing(connection):
            connection.request("GET", "/metrics")
            for line in connection.getresponse().read().decode().splitlines():
                if line.startswith("hashira_swept_total{"):
                    kind = line.split('"')[1]
                    total[kind] = total.get(kind, 0) + int(line.split()[-1])
    return total


def until_swept(store, condition):
    return processes.eventually(lambda: condition(found := swept(store)) and found, lambda _: time.sleep(0.02))


def told_rounds(store):
    return [line for program in programs(store) for line in program.log.read_text(encoding="utf-8").splitlines()
            if "removed what was kept for its time" in line]


def database_holds(store, text):
    """Whether a document of the stopped datastore has the text in it."""
    return store.rows(f"SELECT count(*) FROM documents WHERE body LIKE '%{text}%'") != [["0"]]


def base_holds(daemon, text):
    """Whether the stopped daemon's document store has it."""
    with contextlib.closing(sqlite3.connect(daemon.data_dir / "documents.db")) as database:
        return any(text in line for line in database.iterdump())


class Sweep(unittest.TestCase):
    def open(self, scene, retention):
        return scene.datastore(arguments=["--retention", retention, "--metrics", "tcp:127.0.0.1:0"])

    def change(self, daemon, *commands, level="VISIBLE"):
        """Sends and waits; the ids of the tasks."""
        receipts = daemon.send(*commands).receipts
        daemon.wait_for(receipts[-1].command_id, level)
        return [receipt.task_id for receipt in receipts]

    def cursor(self, store, token):
        """The account's cursor now, as the hello tells it."""
        return self.hello(store, token).cursor

    def hello(self, store, token, cursor=None):
        pb = processes.stubs()
        with grpc.insecure_channel(store.target) as channel:
            stub = pb.datastore_pb2_grpc.DatastoreStub(channel)
            request = pb.datastore_pb2.WatchRequest()
            if cursor is not None:
                request.cursor.CopyFrom(cursor)
            call = stub.Watch(request, timeout=LIMIT, metadata=[("authorization", f"Bearer {token}")])
            answer = next(call).hello
            call.cancel()
            return answer

    def test_a_device_that_was_away_for_longer(self):
        """It takes the window anew, its commands count, and what it changed of a deleted task revives nothing."""
        with processes.Scene() as scene:
            store = self.open(scene, "1s")
            token = store.token("me")
            desk, away = (scene.daemon(name, datastore=store, token=token) for name in ("desk", "away"))
            kept, gone, undone = self.change(
                desk, ("NEW", {"name": "Kept"}), ("NEW", {"name": SECRET, "note": SECRET}), ("NEW", {"name": "Undone"}))
            away.wait_tasks(lambda tasks: len(tasks) == 3)
            away.cli("pause")
            old = self.cursor(store, token)
            self.change(desk, ("DELETE", {"id": gone}), ("UPDATE", {"id": undone, "place": "done"}))
            until_swept(store, lambda found: found["deleted_task"] == 1)
            for number in range(GROUP):
                self.change(desk, ("UPDATE", {"id": kept, "note": f"Note {number}"}), level="APPLIED")
            until_swept(store, lambda found: found["version"] >= GROUP)
            hello = self.hello(store, token, old)
            self.assertTrue(hello.cursor_known and hello.cursor_old, hello)

            away.send(("NEW", {"name": "Made far away"}), ("UPDATE", {"id": gone, "note": "Late"}),
                      ("UPDATE", {"id": gone, "name": "Half a task"}), ("UPDATE", {"id": kept, "name": "Renamed"}))
            away.cli("resume")
            away.wait_status(lambda now: now.pending == 0 and now.last_sync)
            fresh = scene.daemon("fresh", datastore=store, token=token)
            wanted = {("Renamed", f"Note {GROUP - 1}"), ("Made far away", ""), ("Undone", "")}
            for device in (desk, away, fresh):
                device.wait_tasks(lambda tasks: {(task.name, task.note) for task in tasks.values()} == wanted)
            # What came to the deleted task afterwards goes too.
            until_swept(store, lambda found: found["deleted_task"] == 2)
            for device in (desk, away, fresh):
                processes.eventually(lambda device=device: gone not in device.tasks(deleted=True),
                                     lambda _: time.sleep(0.02))
                self.assertTrue(device.cli("doctor")["healthy"])
            self.assertTrue(told_rounds(store))
            for server in (desk, away, fresh, store):
                self.assertEqual(0, server.stop())
            self.assertFalse(database_holds(store, SECRET) or database_holds(store, "Half a task"))
            self.assertTrue(database_holds(store, "Renamed"))
            for device in (desk, away, fresh):
                self.assertFalse(base_holds(device, SECRET), device.name)

    def test_small_steps(self):
        """Others go on meanwhile, the end comes at once, and the next start goes on with it."""
        count = 4_000
        with processes.Scene() as scene:
            store = self.open(scene, "never")
            me, you = (scene.daemon(name, datastore=store, token=store.token(name)) for name in ("me", "you"))
            ids = self.change(me, *[("NEW", {"name": f"{SECRET} {n}"}) for n in range(count)])
            self.change(me, *[("DELETE", {"id": task}) for task in ids])
            stays, = self.change(me, ("NEW", {"name": "Stays"}))
            store.stop()
            self.assertTrue(database_holds(store, SECRET))
            for program in programs(store):
                program.arguments[program.arguments.index("never")] = "0s"
                program.log.unlink()
            store.start()
            until_swept(store, lambda found: found["deleted_task"] > 0)
            for device in (me, you):
                device.wait_status(lambda now: now.connectivity == processes.stubs().daemon_pb2.CONNECTIVITY_ONLINE)
                self.change(device, ("NEW", {"name": "Meanwhile"}), level="APPLIED")
            so_far = swept(store)
            self.assertLess(so_far["deleted_task"], count, "all was gone before anybody else had a turn")
            begin = time.monotonic()
            self.assertEqual(0, store.stop())
            self.assertLess(time.monotonic() - begin, LIMIT / 2)
            self.assertTrue(database_holds(store, SECRET))
            for program in programs(store):
                program.log.unlink()
            store.start()
            until_swept(store, lambda found: found["deleted_task"] > 0 and told_rounds(store))
            me.wait_tasks(lambda tasks: {task.name for task in tasks.values()} == {"Stays", "Meanwhile"})
            self.assertIn(stays, me.tasks())
            store.stop()
            self.assertFalse(database_holds(store, SECRET))

    def test_never(self):
        with processes.Scene() as scene:
            store = self.open(scene, "never")
            me = scene.daemon("me", datastore=store, token=store.token("me"))
            task, = self.change(me, ("NEW", {"name": SECRET}))
            self.change(me, ("DELETE", {"id": task}))
            for words in ("180", "d", "-1s", "1.5d", "99999d", "1w", "forever"):
                with self.subTest(words):
                    wrong = scene.datastore("wrong", start=False, arguments=["--retention", words],
                                            database=f"sqlite:{scene.dir}/wrong.db")
                    with self.assertRaisesRegex(AssertionError, "exit code 2"):
                        wrong.start()
                    self.assertIn("--retention must be a number with d, h, m or s", wrong.log.read_text(encoding="utf-8"))
            self.change(me, ("UPDATE", {"id": task, "deleted": False}))
            self.assertEqual(SECRET, me.tasks()[task].name)
            self.assertEqual(0, sum(swept(store).values()))


if __name__ == "__main__":
    processes.need_programs("hashirad", "hashira-datastored", "hashira")
    processes.need_grpc()
    import grpc
    unittest.main(argv=sys.argv, verbosity=2)
