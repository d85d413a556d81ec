#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Two daemons, one datastore, as processes: on line, off line, killed and back."""
import sys
import unittest

import hashira_processes as processes


class TwoDevices(unittest.TestCase):
    def test_what_one_says_the_other_shows(self):
        with processes.Scene() as scene:
            store = scene.datastore()
            token = store.token("me")
            laptop = scene.daemon("laptop", datastore=store, token=token)
            phone = scene.daemon("phone", datastore=store, token=store.token("me"))
            task = laptop.cli("add", "Buy milk", "--label", "home")
            shown = phone.wait_tasks(lambda tasks: task["id"] in tasks)[task["id"]]
            self.assertEqual(("Buy milk", ["home"], False), (shown.name, list(shown.labels), shown.pending))
            phone.cli("start", task["id"])
            doing = processes.stubs().hashira_pb2.PLACE_DOING
            laptop.wait_tasks(lambda tasks: tasks[task["id"]].place == doing)
            # Another account sees none of it.
            other = scene.daemon("other", datastore=store, token=store.token("you"))
            receipt = other.send(("NEW", {"name": "Theirs"})).receipts[0]
            other.wait_for(receipt.command_id, "VISIBLE")
            self.assertEqual(["Theirs"], [each.name for each in other.tasks().values()])

    def test_work_off_line_survives_kills_and_arrives(self):
        with processes.Scene() as scene:
            store = scene.datastore()
            laptop = scene.daemon("laptop", datastore=store, token=store.token("me"))
            phone = scene.daemon("phone", datastore=store, token=store.token("me"))
            first = laptop.send(("NEW", {"name": "Before"})).receipts[0]
            phone.wait_tasks(lambda tasks: first.task_id in tasks)
            laptop.wait_for(first.command_id, "APPLIED")  # the phone may hear of it before the laptop is answered
            store.kill()
            laptop.send(("UPDATE", {"id": first.task_id, "note": "from the laptop"}))
            receipts = laptop.send(*[("NEW", {"name": f"Off line {i}"}) for i in range(50)]).receipts
            phone.send(("UPDATE", {"id": first.task_id, "due": "2026-12-01"}))
            self.assertEqual(51, laptop.wait_status(lambda status: status.pending == 51).pending)
            laptop.kill()
            laptop.start()
            self.assertEqual(51, len(laptop.tasks()))
            store.start()
            laptop.wait_for(receipts[-1].command_id, "VISIBLE")
            for device in (laptop, phone):
                tasks = device.wait_tasks(lambda tasks: len(tasks) == 51 and tasks[first.task_id].note
                                          and tasks[first.task_id].due)
                self.assertEqual(("from the laptop", "2026-12-01"),
                                 (tasks[first.task_id].note, tasks[first.task_id].due))
                device.wait_status(lambda status: status.pending == 0)

    def test_a_command_sent_twice_around_a_kill_has_one_effect(self):
        with processes.Scene() as scene:
            laptop = scene.daemon("laptop")
            pb = processes.stubs().hashira_pb2
            command = pb.Command(id="0193a5b0-0000-7000-8000-000000000001", what=pb.WHAT_NEW,
                                 payload='{"name":"Once"}')
            first = laptop.hashira.Send(pb.SendRequest(commands=[command]), timeout=processes.LIMIT)
            laptop.kill()
            laptop.start()
            second = laptop.hashira.Send(pb.SendRequest(commands=[command]), timeout=processes.LIMIT)
            self.assertEqual(first.receipts, second.receipts)
            self.assertNotEqual(first.revision.epoch, second.revision.epoch)
            self.assertEqual(1, len(laptop.tasks()))

    def test_the_first_datastore_takes_the_whole_history(self):
        with processes.Scene() as scene:
            laptop = scene.daemon("laptop")
            laptop.send(*[("NEW", {"name": f"Old {i}"}) for i in range(20)])
            laptop.stop()
            store = scene.datastore()
            again = scene.daemon("laptop-again", data_dir=laptop.data_dir, datastore=store, token=store.token("me"))
            again.wait_status(lambda status: status.pending == 0 and status.last_sync)
            phone = scene.daemon("phone", datastore=store, token=store.token("me"))
            self.assertEqual(20, len(phone.wait_tasks(lambda tasks: len(tasks) == 20)))


if __name__ == "__main__":
    processes.need_grpc()
    processes.need_programs("hashirad", "hashira-datastored", "hashira")
    sys.exit(0 if unittest.main(exit=False).result.wasSuccessful() else 1)
