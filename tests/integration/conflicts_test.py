#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What two devices said while both were cut off, and what both show afterwards."""
import sys
import unittest

import hashira_processes as processes


class Conflicts(unittest.TestCase):
    def devices(self, scene):
        """Two devices with the tasks First, Second and Third in todo, both cut off from the datastore."""
        self.store = scene.datastore()
        self.one, self.other = (scene.daemon(name, datastore=self.store, token=self.store.token("me"))
                                for name in ("one", "other"))
        receipts = self.one.send(*[("NEW", {"name": name, "place": "todo"})
                                   for name in ("First", "Second", "Third")]).receipts
        self.ids = [receipt.task_id for receipt in receipts]
        self.other.wait_tasks(lambda tasks: set(self.ids) <= set(tasks))
        self.one.wait_for(receipts[-1].command_id, "VISIBLE")
        self.store.kill()
        pb = processes.stubs().daemon_pb2
        for device in (self.one, self.other):
            device.wait_status(lambda status: status.connectivity == pb.CONNECTIVITY_OFFLINE)
        return self.one, self.other

    def join(self, first=None):
        """The datastore comes back. With `first` that device syncs all it has before the other one may begin."""
        devices = (self.one, self.other)
        if first:
            later = self.other if first is self.one else self.one
            later.cli("pause")
        self.store.start()
        if first:
            first.wait_status(lambda status: status.pending == 0 and status.waiting_for == 0, limit=60)
            self.assertGreater(later.status().pending, 0, "the other one has not begun")
            later.cli("resume")
        for device in devices:
            device.wait_status(lambda status: status.pending == 0, limit=60)
        for device in devices:  # both have said all; now both have heard all
            device.cli("sync", limit=60)

    def same(self, deleted=False):
        """What both show, by id, which must be the same; in the order of the list."""
        arguments = ["--deleted"] if deleted else []
        lists = [device.cli("list", *arguments) for device in (self.one, self.other)]
        self.assertEqual(lists[0], lists[1])
        self.assertEqual([], [task["id"] for task in lists[0] if task["pending"]])
        return {task["id"]: task for task in lists[0]}

    def test_edits_of_different_fields_are_both_kept(self):
        with processes.Scene() as scene:
            one, other = self.devices(scene)
            one.cli("edit", self.ids[0], "--note", "from one", "--label", "home")
            one.cli("start", self.ids[0])
            other.cli("edit", self.ids[0], "--due", "2030-05-01")
            other.cli("edit", self.ids[0], "--name", "First of all")
            other.send(("UPDATE", {"id": self.ids[0], "x-other": {"deep": [1, 2]}}))
            self.join()
            task = self.same()[self.ids[0]]
            self.assertEqual(("First of all", "from one", ["home"], "2030-05-01", "doing", {"deep": [1, 2]}),
                             (task["name"], task["note"], task["labels"], task["due"], task["place"], task["x-other"]))
            self.assertIsNotNone(task["started"])

    def later_made_wins(self, which_first):
        with processes.Scene() as scene:
            one, other = self.devices(scene)
            one.cli("edit", self.ids[0], "--name", "The earlier word")
            other.cli("edit", self.ids[0], "--name", "The later word")
            # The other way round for another task: it is not the device that wins.
            other.cli("edit", self.ids[1], "--note", "earlier")
            one.cli("edit", self.ids[1], "--note", "later")
            # A removal is an edit like any other.
            one.cli("edit", self.ids[2], "--note", "set earlier")
            other.cli("edit", self.ids[2], "--note", "in between")
            one.cli("edit", self.ids[2], "--note", "")
            self.join(first=getattr(self, which_first))
            tasks = self.same()
            self.assertEqual("The later word", tasks[self.ids[0]]["name"])
            self.assertEqual("later", tasks[self.ids[1]]["note"])
            self.assertIsNone(tasks[self.ids[2]]["note"])

    def test_of_two_edits_the_later_made_wins_when_one_syncs_first(self):
        self.later_made_wins("one")

    def test_of_two_edits_the_later_made_wins_when_the_other_syncs_first(self):
        self.later_made_wins("other")

    def test_an_old_edit_of_a_device_that_was_long_away_does_not_win(self):
        with processes.Scene() as scene:
            one, other = self.devices(scene)
            one.cli("edit", self.ids[0], "--name", "Said first, and then away")
            one.stop()
            self.store.start()
            other.cli("edit", self.ids[0], "--name", "Said later, on line", limit=60)
            other.wait_status(lambda status: status.pending == 0)
            one.start()
            for device in (one, other):
                device.wait_status(lambda status: status.pending == 0)
                device.cli("sync", limit=60)
            self.assertEqual("Said later, on line", self.same()[self.ids[0]]["name"])

    def delete_against_edit(self, which_first):
        with processes.Scene() as scene:
            one, other = self.devices(scene)
            one.cli("rm", self.ids[0])
            other.cli("edit", self.ids[0], "--note", "I still work on it")
            other.cli("start", self.ids[0])
            other.cli("edit", self.ids[1], "--note", "and on this one")
            one.cli("rm", self.ids[1])
            self.join(first=getattr(self, which_first))
            self.assertEqual([self.ids[2]], list(self.same()))
            tasks = self.same(deleted=True)
            self.assertEqual((True, "I still work on it", "doing"),
                             tuple(tasks[self.ids[0]][field] for field in ("deleted", "note", "place")))
            self.assertEqual((True, "and on this one"), (tasks[self.ids[1]]["deleted"], tasks[self.ids[1]]["note"]))
            restored = one.cli("restore", self.ids[0])
            self.assertEqual((False, "I still work on it"), (restored["deleted"], restored["note"]))
            self.other.wait_tasks(lambda tasks: self.ids[0] in tasks)
            one.wait_status(lambda status: status.pending == 0)
            one.cli("sync")
            self.assertEqual({self.ids[0], self.ids[2]}, set(self.same()))

    def test_delete_against_edit_keeps_both_when_the_deletion_syncs_first(self):
        self.delete_against_edit("one")

    def test_delete_against_edit_keeps_both_when_the_edit_syncs_first(self):
        self.delete_against_edit("other")

    def test_reorder_against_reorder_is_one_order_on_both(self):
        with processes.Scene() as scene:
            one, other = self.devices(scene)
            first, second, third = self.ids
            one.cli("move", third, "--before", first)
            other.cli("move", first, "--after", third)
            other.cli("move", second, "--top")
            # Both put a new one at the same place.
            mine = one.cli("add", "Mine", "--place", "todo")["id"]
            one.cli("move", mine, "--after", second)
            theirs = other.cli("add", "Theirs", "--place", "todo")["id"]
            other.cli("move", theirs, "--after", second)
            self.join()
            order = list(self.same())
            self.assertEqual({first, second, third, mine, theirs}, set(order))
            self.assertEqual(len(order), len({task["rank"] for task in self.same().values()}), "no two ranks are equal")
            # The order stays what it is when both are told to move something again.
            one.cli("move", order[-1], "--top")
            other.wait_tasks(lambda tasks: min(tasks.values(), key=lambda task: (task.rank, task.id)).id == order[-1])
            one.wait_status(lambda status: status.pending == 0)
            one.cli("sync")
            self.assertEqual([order[-1], *order[:-1]], list(self.same()))

    def test_a_reorder_does_not_undo_a_done(self):
        for which_first in ("one", "other"):
            with self.subTest(first=which_first), processes.Scene() as scene:
                one, other = self.devices(scene)
                finished = one.cli("done", self.ids[2])
                # Made later, and by somebody who does not know that it is done.
                other.cli("move", self.ids[2], "--before", self.ids[0])
                self.join(first=getattr(self, which_first))
                task = self.same()[self.ids[2]]
                self.assertEqual(("done", finished["done"]), (task["place"], task["done"]))

    def test_two_places_are_never_mixed(self):
        """Place, started and done of a task are those of one of the two moves."""
        with processes.Scene() as scene:
            one, other = self.devices(scene)
            one.cli("done", self.ids[0])
            other.cli("start", self.ids[0])
            other.cli("backlog", self.ids[1])
            finished = one.cli("done", self.ids[1])
            self.join()
            tasks = self.same()
            self.assertEqual(("doing", None), (tasks[self.ids[0]]["place"], tasks[self.ids[0]]["done"]))
            self.assertEqual(("done", finished["done"]), (tasks[self.ids[1]]["place"], tasks[self.ids[1]]["done"]))


if __name__ == "__main__":
    processes.need_grpc()
    processes.need_programs("hashirad", "hashira-datastored", "hashira")
    sys.exit(0 if unittest.main(exit=False).result.wasSuccessful() else 1)
