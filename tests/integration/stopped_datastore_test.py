#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A datastore that stops answering without closing (SIGSTOP): noticed in under 30 s, and nobody is held up meanwhile. And a
daemon that does so is forgotten by the datastore."""
import os
import signal
import statistics
import sys
import time
import unittest
import urllib.request

import hashira_processes as processes

NOTICED = 30  # seconds; the keepalive that is shipped takes 20
FORGOTTEN = 40  # and the datastore's


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

    def test_a_daemon_that_says_nothing_any_more(self):
        """Its stream is ended from the other side, and the others never notice."""
        with processes.Scene() as scene:
            store = scene.datastore(arguments=["--metrics", "tcp:127.0.0.1:0"])
            url = store.wait_log("metrics url=").split("url=")[1].strip()

            def streams():
                with urllib.request.urlopen(url, timeout=processes.LIMIT) as answer:
                    lines = answer.read().decode().splitlines()
                return next(line.split()[1] for line in lines if line.startswith('hashira_open_calls{method="Watch"}'))

            laptop = scene.daemon("laptop", datastore=store, token=store.token("me"))
            phone = scene.daemon("phone", datastore=store, token=store.token("me"))
            laptop.cli("add", "Before", "--wait", "visible")
            phone.wait_tasks(lambda tasks: len(tasks) == 1)
            self.assertEqual("2", streams())
            os.kill(phone.pid, signal.SIGSTOP)
            try:
                begin = time.monotonic()
                processes.eventually(lambda: streams() == "1", lambda _: time.sleep(0.2), limit=FORGOTTEN + processes.LIMIT)
                print(f"forgotten after {time.monotonic() - begin:.1f} s")
                laptop.cli("add", "Meanwhile", "--wait", "visible")
            finally:
                os.kill(phone.pid, signal.SIGCONT)
            phone.wait_tasks(lambda tasks: len(tasks) == 2, limit=2 * processes.LIMIT)


if __name__ == "__main__":
    processes.need_programs("hashirad", "hashira-datastored")
    processes.need_grpc()
    unittest.main(argv=sys.argv, verbosity=2)
