#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The idle budget of the README: wake-ups, processor time and memory of a daemon that nobody asks anything, and how soon it
answers then.

Wake-ups are counted, not timed, beside a bare Qt and gRPC server in the same seconds: a busy machine changes neither.
"""
import pathlib
import statistics
import sys
import time
import unittest

import hashira_processes as processes

SECONDS = 15
# For each second. A timer of 100 ms would be 10. Off line each attempt costs some 15, and the first ones follow each other fast.
ONLINE, OFFLINE = 5, 20
DATASTORE = 9  # with one device on line
# gRPC's threads for callbacks wait for a second, then sleep for 100 ms.
QUIET_S, QUIET_CALLS, AT_ONCE_S = 1.04, 9, 0.03
MEMORY_MB = 20
# Milliseconds of processor time a second.
ONLINE_CPU, OFFLINE_CPU = 2, 5


def wake_ups(server):
    """How often its threads went to sleep until now."""
    tasks = pathlib.Path(f"/proc/{server.pid}/task")
    lines = [line for task in tasks.iterdir() for line in (task / "status").read_text(encoding="ascii").splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith("voluntary_ctxt_switches:"))


def cpu_ms(server):
    """The processor time of its threads until now."""
    tasks = pathlib.Path(f"/proc/{server.pid}/task")
    return sum(int((task / "schedstat").read_text(encoding="ascii").split()[0]) for task in tasks.iterdir()) / 1e6


def pss_mb(server):
    text = pathlib.Path(f"/proc/{server.pid}/smaps_rollup").read_text(encoding="ascii")
    return int(next(line for line in text.splitlines() if line.startswith("Pss:")).split()[1]) / 1024


class Bare(processes.Server):
    """What any Qt and gRPC server is."""

    def __init__(self, scene):
        super().__init__(scene, "bare", [processes.BIN / "hashira-bench-floor", f"unix:{scene.dir}/bare.sock"])


class Idle(unittest.TestCase):
    def test_the_budget_is_kept(self):
        with processes.Scene() as scene:
            store, gone = scene.datastore(), scene.datastore("gone")
            online = scene.daemon("online", datastore=store, token=store.token("me"))
            offline = scene.daemon("offline", datastore=gone, token=gone.token("me"))
            bare = Bare(scene).start()
            try:
                for daemon in (online, offline):
                    receipt = daemon.send(("NEW", {"name": "Task"})).receipts[0]
                    daemon.wait_for(receipt.command_id, "VISIBLE")
                was = offline.status().connectivity
                gone.kill()
                offline.wait_status(lambda status: status.connectivity != was)
                for daemon in (online, offline):
                    daemon.hang_up()
                rates, cpu = self.measure((online, offline, bare, store))
                memory = {daemon.name: round(pss_mb(daemon), 1) for daemon in (online, offline)}
            finally:
                bare.kill()  # it knows no orderly end
            print(f"wake-ups a second: {rates}; processor: {cpu} ms/s; PSS: {memory} MB")
            # A sanitizer's own locks send threads to sleep more than once for each wake-up.
            each = 2 if processes.sanitized() else 1
            self.assertLess(rates["online"], ONLINE * each)
            self.assertLess(rates["offline"], OFFLINE * each)
            self.assertLess(rates["datastore"], DATASTORE * each)
            if not processes.sanitized():
                self.assertLess(cpu["online"], ONLINE_CPU)
                self.assertLess(cpu["offline"], OFFLINE_CPU)
                self.assertLess(max(memory.values()), MEMORY_MB)

    def test_a_call_after_a_quiet_second_is_answered_at_once(self):
        with processes.Scene() as scene:
            daemon = scene.daemon("quiet")
            daemon.status()
            taken = []
            for _ in range(QUIET_CALLS):
                time.sleep(QUIET_S)  # what is tested is a call after a time in which nothing happened
                begun = time.perf_counter()
                daemon.status()
                taken.append(time.perf_counter() - begun)
            print("calls after a quiet second:", [round(seconds * 1e3, 1) for seconds in taken], "ms")
            self.assertLess(statistics.median(taken), AT_ONCE_S * processes.LIMIT / 30)

    @staticmethod
    def measure(servers):
        """What each did a second: wake-ups, processor time."""
        before = [(wake_ups(server), cpu_ms(server)) for server in servers]
        # What is measured is that nothing happens: there is no event to wait for.
        time.sleep(SECONDS)
        after = [(wake_ups(server), cpu_ms(server)) for server in servers]
        return tuple({server.name: round((now[which] - then[which]) / SECONDS, 1)
                      for server, then, now in zip(servers, before, after)} for which in (0, 1))


if __name__ == "__main__":
    processes.need_programs("hashirad", "hashira-datastored", "hashira-bench-floor")
    processes.need_grpc()
    unittest.main(argv=sys.argv, verbosity=2)
