#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A datastore that stops answering without closing (SIGSTOP): noticed in under 30 s, and nobody is held up meanwhile."""
import os
import signal
import statistics
import sys
import time
import unittest

import hashira_processes as processes

NOTICED = 30  # seconds; the keepalive that is shipped takes 20


class StoppedDatastore(unittest.TestCase):
    def test_a_datastore_that_says_nothing_any_more(self):
        with processes.Scene() as scene:
            store = scene.datastore()
            laptop = scene.daemon("laptop", datastore=store, token=store.token("me"))
            phone = scene.daemon("phone", datastore=store, token=store.token("me"))
            first = laptop.send(("NEW", {"name": "Before"})).receipts[0]
            phone.wait_tasks(lambda tasks: first.task_id in tasks)
            online = laptop.status().connectivity
            os.kill(store.pid, signal.SIGSTOP)
            try:
                begin = time.monotonic()
                times = []

                def work(status):
                    """At each news of the status, and so until the link is known to be dead: a change of one's own."""
                    sent = time.monotonic()
                    laptop.send(("NEW", {"name": f"Meanwhile {len(times)}"}))
                    times.append((time.monotonic() - sent) * 1000)
                    return status.connectivity != online or len(times) > 200

                status = laptop.wait_status(work, limit=NOTICED)
                while status.connectivity == online:
                    status = laptop.wait_status(lambda now: now.connectivity != online,
                                                limit=NOTICED - (time.monotonic() - begin))
                noticed = time.monotonic() - begin
                self.assertTrue(status.last_error)
                self.assertGreaterEqual(status.pending, 1)
                # The phone, which had nothing to say, notices as well.
                phone.wait_status(lambda now: now.connectivity != online and now.last_error,
                                  limit=NOTICED - (time.monotonic() - begin))
                edited = phone.send(("UPDATE", {"id": first.task_id, "note": "from the phone"})).receipts[0]
            finally:
                os.kill(store.pid, signal.SIGCONT)
            back = time.monotonic()
            for device in (laptop, phone):
                device.wait_status(lambda now: now.connectivity == online and now.pending == 0)
            phone.wait_for(edited.command_id, "VISIBLE")
            mine = laptop.wait_tasks(lambda tasks: tasks[first.task_id].note == "from the phone")
            theirs = phone.wait_tasks(lambda tasks: len(tasks) == len(mine))
            self.assertEqual({task.id: (task.name, task.note) for task in mine.values()},
                             {task.id: (task.name, task.note) for task in theirs.values()})
            self.assertEqual(len(times) + 1, len(mine))
            print(f"noticed after {noticed:.1f} s; {len(times)} Sends meanwhile, median "
                  f"{statistics.median(times):.2f} ms, at most {max(times):.1f} ms; all agree "
                  f"{time.monotonic() - back:.1f} s after it woke")


if __name__ == "__main__":
    processes.need_programs("hashirad", "hashira-datastored")
    processes.need_grpc()
    unittest.main(argv=sys.argv, verbosity=2)
