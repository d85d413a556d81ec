#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Two replicas whose PostgreSQL passes no notification on: the periodic sync brings what was changed at the other."""
import sys
import unittest

import hashira_processes as processes


class LostNotifications(unittest.TestCase):
    def test_the_periodic_sync_makes_up_for_them(self):
        with processes.Scene() as scene:
            store = scene.datastore(start=False)
            name = store.database.split("/")[3].split("?")[0]
            # The server's own statement then finds a function that does nothing.
            processes.postgresql().sql(
                "CREATE SCHEMA quiet; CREATE FUNCTION quiet.pg_notify(text, text) RETURNS void LANGUAGE plpgsql "
                f"AS 'BEGIN END'; ALTER DATABASE {name} SET search_path = quiet, pg_catalog", store.database)
            store.start()
            here, there = (program.url for program in (store, store.other))
            self.assertNotEqual(here, there)
            never, often = ("--sync-interval", "3600"), ("--sync-interval", "1")
            writer = scene.daemon("writer", datastore=here, token=store.token("me"), arguments=never)
            beside = scene.daemon("beside", datastore=here, token=store.token("me"), arguments=never)
            deaf = scene.daemon("deaf", datastore=there, token=store.token("me"), arguments=never)
            syncs = scene.daemon("syncs", datastore=there, token=store.token("me"), arguments=often)
            for device in (writer, beside, deaf, syncs):
                device.wait_status(lambda now: now.last_sync)
            for count in range(1, 4):
                writer.cli("add", f"Task {count}", "--wait", "visible")
                for device in (beside, syncs):
                    device.wait_tasks(lambda tasks, count=count: len(tasks) == count)
            # Its replica was told nothing: so it was the timer that brought it to the other one.
            self.assertEqual({}, deaf.tasks())
            deaf.cli("sync")
            self.assertEqual(3, len(deaf.tasks()))


if __name__ == "__main__":
    processes.need_grpc()
    processes.need_programs("hashirad", "hashira-datastored", "hashira")
    sys.exit(0 if unittest.main(exit=False).result.wasSuccessful() else 1)
