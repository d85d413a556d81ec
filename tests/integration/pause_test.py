#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A pause for a time: nothing is synced before its end, all is after it, also where the daemon was not there at the end."""
import datetime
import sys
import unittest

import hashira_processes as processes


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def now():
    return datetime.datetime.now(datetime.timezone.utc)


class Pause(unittest.TestCase):
    def test_it_ends_by_itself(self):
        with processes.Scene() as scene:
            store = scene.datastore()
            daemon = scene.daemon(datastore=store, token=store.token("me"))
            daemon.wait_status(lambda status: status.last_sync)
            until = moment(daemon.cli("pause", "--for", "3s")["paused_until"])
            daemon.cli("add", "Made in the pause")
            status = daemon.cli("status")
            self.assertEqual(("paused", "resume", 1), (status["connectivity"], status["waiting_for"], status["pending"]))
            daemon.wait_status(lambda status: status.pending == 0)
            late = (now() - until).total_seconds()
            self.assertGreaterEqual(late, 0)
            self.assertEqual(None, daemon.cli("status")["paused_until"])
            print(f"synced {late:.2f} s after the end of the pause")

    def test_it_is_kept_and_ends_where_the_daemon_was_away(self):
        with processes.Scene() as scene:
            store = scene.datastore()
            daemon = scene.daemon(datastore=store, token=store.token("me"))
            daemon.cli("pause", "--for", "1h")
            daemon.cli("add", "Made in the pause")
            daemon.kill()
            daemon.start()
            status = daemon.cli("status")
            left = (moment(status["paused_until"]) - now()).total_seconds()
            self.assertTrue(3_500 < left < 3_600, left)
            self.assertEqual(("paused", 1), (status["connectivity"], status["pending"]))
            # Another pause, of which the daemon sees the beginning alone.
            until = moment(daemon.cli("pause", "--for", "1s")["paused_until"])
            daemon.kill()
            processes.eventually(lambda: now() > until, lambda _: daemon.scene.dir.stat())
            daemon.start()
            daemon.wait_status(lambda status: status.pending == 0)

    def test_resume_ends_it_and_what_is_no_moment_to_come_is_refused(self):
        with processes.Scene() as scene:
            store = scene.datastore()
            daemon = scene.daemon(datastore=store, token=store.token("me"))
            daemon.cli("pause", "--until", "tomorrow")
            pb = processes.stubs().daemon_pb2
            for wrong in ("tomorrow", "2026-11-23", "2001-01-01T00:00:00Z", "1970-01-01T00:00:00Z"):
                with self.assertRaises(Exception) as refused:
                    daemon.control.Pause(pb.PauseRequest(until=wrong), timeout=processes.LIMIT)
                self.assertEqual("INVALID_ARGUMENT", refused.exception.code().name, wrong)
                self.assertIn("until", refused.exception.details())
            self.assertTrue(daemon.cli("status")["paused_until"])
            self.assertEqual(None, daemon.cli("resume")["paused_until"])
            daemon.cli("add", "After it", "--wait", "applied")


if __name__ == "__main__":
    processes.need_programs("hashirad", "hashira", "hashira-datastored")
    processes.need_grpc()
    unittest.main(argv=sys.argv, verbosity=2)
