#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Years of tasks imported off line around a kill, and another device that ends with exactly the same."""
import subprocess
import sys
import time
import unittest

import hashira_processes as processes

DATA = processes.SOURCE.parent / "shared/data/tasks-12k.jsonl"
LINES = 12_000
LEAST = 11_900
# Notifications only: no timer fires while the test runs.
NO_TIMER = ("--sync-interval", "3600")
YEARS = 400
# What a change may take until another device's front end is told.
TOLD = 5.0


def listed(daemon, weeks):
    """What `hashira list` shows of each task, by id."""
    tasks = daemon.cli("list", "--weeks", weeks, limit=120)
    by_id = {task["id"]: task for task in tasks}
    assert len(by_id) == len(tasks), "a task is listed twice"
    return by_id


class Watcher:
    """A front end that keeps the tasks of some weeks by notifications and `changed_since`."""

    def __init__(self, daemon, weeks):
        self.daemon, self.weeks, self.tasks = daemon, weeks, {}
        self.pb = processes.stubs().hashira_pb2
        self.revision = None
        self.stream = daemon.hashira.Subscribe(self.pb.SubscribeRequest(), timeout=300)
        self.read()

    def read(self):
        request = self.pb.RetrieveRequest(to=self.weeks - 1, changed_since=self.revision)
        new_weeks = set()
        for piece in self.daemon.hashira.Retrieve(request, timeout=processes.LIMIT):
            if piece.full and piece.week not in new_weeks:
                new_weeks.add(piece.week)
                self.tasks = {key: task for key, task in self.tasks.items() if task[0] != piece.week}
            for key in piece.removed_ids:
                if self.tasks.get(key, ("",))[0] == piece.week:
                    del self.tasks[key]
            for task in piece.tasks:
                self.tasks[task.id] = (piece.week, task.pending)
            self.revision = piece.revision

    def until(self, condition, limit=120):
        """Reads at each notification until the tasks meet the condition; the seconds that it took."""
        began = time.monotonic()
        while not condition(self.tasks):
            assert time.monotonic() - began < limit, f"not within {limit} s; {len(self.tasks)} tasks are here"
            next(self.stream)
            self.read()
        return time.monotonic() - began

    def close(self):
        self.stream.cancel()


class ImportSync(unittest.TestCase):
    maxDiff = 2000

    def same(self, one, other, weeks):
        left, right = listed(one, weeks), listed(other, weeks)
        self.assertEqual(left.keys(), right.keys())
        differing = [key for key in left if left[key] != right[key]]
        for key in differing[:3]:
            print(left[key], right[key], sep="\n", file=sys.stderr)
        self.assertEqual([], differing)
        self.assertEqual([], [key for key, task in left.items() if task["pending"]])
        return left

    def told_both_ways(self, one, other):
        """A single change on either side reaches a front end of the other by notification."""
        for here, there in ((one, other), (other, one)):
            watcher = Watcher(there, 1)
            receipt = here.send(("NEW", {"name": f"One more on {here.name}"})).receipts[0]
            took = watcher.until(lambda tasks, receipt=receipt: receipt.task_id in tasks, TOLD)
            watcher.close()
            # Its flag that it is not synced yet goes by a notification of its own.
            here.wait_tasks(lambda tasks, receipt=receipt: not tasks[receipt.task_id].pending)
            print(f"a change on {here.name} is read on {there.name} after {took * 1000:.1f} ms")

    def kill_in_the_middle(self, daemon):
        """An import that a kill -9 of the daemon ends; how many tasks were in."""
        watcher = Watcher(daemon, YEARS)
        with subprocess.Popen([str(processes.BIN / "hashira"), "--socket", daemon.endpoint, "import", "--shift-to-now",
                               str(DATA)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              env=daemon.scene.env) as importing:
            watcher.until(lambda tasks: len(tasks) >= 2000)
            daemon.process.kill()
            out, err = importing.communicate(timeout=processes.LIMIT)
        watcher.close()
        daemon.kill()
        self.assertEqual(3, importing.returncode, f"the import saw the end of the daemon: {out}{err}")
        self.assertIn("run the same import again", err)
        daemon.start()
        held = len(daemon.tasks(YEARS, limit=120))
        self.assertGreaterEqual(held, len(watcher.tasks), "what was shown is still there")
        print(f"killed with {held} tasks in")
        return held

    def killed_device(self, scene, **options):
        """A device whose daemon was killed with between 2,000 and 8,000 tasks in, and how many they are."""
        seen = []
        for attempt in range(4):  # on a busy machine the import may run away from the one who watches it
            daemon = scene.daemon(f"one{attempt}", **options)
            seen.append(self.kill_in_the_middle(daemon))
            if 2000 <= seen[-1] <= 8000:
                return daemon, seen[-1]
            daemon.stop()
        raise AssertionError(f"no kill in the middle: {seen} tasks were in")

    def test_years_of_tasks_around_a_kill(self):
        with processes.Scene() as scene:
            store = scene.datastore()
            tokens = [store.token("me"), store.token("me")]
            store.stop()
            options = ("--weeks-kept", str(YEARS), *NO_TIMER)
            one, held = self.killed_device(scene, datastore=store, token=tokens[0], arguments=options)
            began = time.monotonic()
            counts = one.cli("import", "--shift-to-now", DATA, limit=120)
            print(f"the rest is imported within {time.monotonic() - began:.2f} s: {counts}")
            self.assertEqual({"imported": LINES - held, "skipped": held, "failed": 0}, counts)
            self.assertEqual(LINES, one.status().pending)
            again = one.cli("import", "--shift-to-now", DATA, limit=120)
            self.assertEqual({"imported": 0, "skipped": LINES, "failed": 0}, again)

            watcher = Watcher(one, YEARS)
            self.assertGreaterEqual(len(watcher.tasks), LEAST)
            store.start()
            began = time.monotonic()
            other = scene.daemon("other", datastore=store, token=tokens[1], arguments=options)
            fresh = Watcher(other, YEARS)
            fresh.until(lambda tasks: len(tasks) == len(watcher.tasks))
            print(f"{len(fresh.tasks)} tasks are on the other device {time.monotonic() - began:.2f} s after the "
                  f"datastore came back")
            watcher.until(lambda tasks: not any(pending for _, pending in tasks.values()))
            for each in (watcher, fresh):
                each.close()
            self.assertEqual(0, one.status().pending)
            tasks = self.same(one, other, YEARS)
            self.assertGreaterEqual(len(tasks), LEAST)
            self.told_both_ways(one, other)
            self.same(one, other, YEARS)
            # Not even an answer that once had to wait for its reader makes the end take long.
            for each in (one, other):
                self.assertEqual(0, each.stop(limit=5))

    def test_the_ten_weeks_that_are_kept_by_default(self):
        with processes.Scene() as scene:
            store = scene.datastore()
            tokens = [store.token("me"), store.token("me")]
            store.stop()
            one = scene.daemon("one", datastore=store, token=tokens[0], arguments=NO_TIMER)
            self.assertEqual({"imported": LINES, "skipped": 0, "failed": 0},
                             one.cli("import", "--shift-to-now", DATA, limit=120))
            kept = Watcher(one, 10)
            store.start()
            began = time.monotonic()
            other = scene.daemon("other", datastore=store, token=tokens[1], arguments=NO_TIMER)
            fresh = Watcher(other, 10)
            fresh.until(lambda tasks: len(tasks) == len(kept.tasks))
            kept.until(lambda tasks: not any(pending for _, pending in tasks.values()))
            print(f"{len(fresh.tasks)} tasks of ten weeks are on the other device {time.monotonic() - began:.2f} s "
                  f"after the datastore came back")
            for each in (kept, fresh):
                each.close()
            one.wait_status(lambda status: status.pending == 0)
            self.assertGreater(len(self.same(one, other, 10)), 100)
            self.told_both_ways(one, other)
            self.same(one, other, 10)
            # The older weeks are read through, on both the same.
            self.assertGreaterEqual(len(self.same(one, other, YEARS)), LEAST)


if __name__ == "__main__":
    processes.need_grpc()
    processes.need_programs("hashirad", "hashira-datastored", "hashira")
    if not DATA.exists():
        processes.skip(f"{DATA} is missing")
    sys.exit(0 if unittest.main(exit=False).result.wasSuccessful() else 1)
