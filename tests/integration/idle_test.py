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
# For each second. Alone it looks at the clock once a minute, and comes to rest in two or three. On line it is asked whether the link is
# alive, from both sides: some 5 wake-ups every 17 s, and 3 every 30. gRPC's timer threads by themselves would be 2 to 3 a second.
# Off line each attempt costs some 15, and the first ones follow each other fast.
ALONE, ONLINE, OFFLINE = 0.5, 1.2, 20
DATASTORE = 3  # with one device on line; it looks every 5 s whether tokens were revoked
# gRPC's threads for callbacks wait for a second, then sleep for 100 ms.
QUIET_S, QUIET_CALLS, AT_ONCE_S = 1.04, 9, 0.03
MEMORY_MB = 20
# The share of it that stays: some 0.2, and 0.3 where it was just asked whether the link is alive.
RESTING = 0.5
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


def file_mb(server):
    """What it has mapped into memory of program and libraries, whoever shares it."""
    text = pathlib.Path(f"/proc/{server.pid}/status").read_text(encoding="ascii")
    return int(next(line for line in text.splitlines() if line.startswith("RssFile:")).split()[1]) / 1024


class Bare(processes.Server):
    """What any Qt and gRPC server is."""

    def __init__(self, scene):
        super().__init__(scene, "bare", [processes.BIN / "hashira-bench-floor", f"unix:{scene.dir}/bare.sock"])


class Idle(unittest.TestCase):
    def test_the_budget_is_kept(self):
        with processes.Scene() as scene:
            store, gone = scene.datastore(), scene.datastore("gone")
            seldom = ["--sync-interval", "3600"]
            online = scene.daemon("online", datastore=store, token=store.token("me"), arguments=seldom)
            alone = scene.daemon("alone")
            offline = scene.daemon("offline", datastore=gone, token=gone.token("me"))
            bare = Bare(scene).start()
            try:
                for daemon in (online, offline):
                    receipt = daemon.send(("NEW", {"name": "Task"})).receipts[0]
                    daemon.wait_for(receipt.command_id, "VISIBLE")
                alone.send(("NEW", {"name": "Task"}))
                was = offline.status().connectivity
                gone.kill()
                offline.wait_status(lambda status: status.connectivity != was)
                daemons = (online, offline, alone)
                for daemon in daemons:
                    daemon.hang_up()
                if not processes.sanitized():
                    self.wait_rest(alone)
                rates, cpu = self.measure((*daemons, bare, store))
                memory = {daemon.name: round(pss_mb(daemon), 1) for daemon in daemons}
            finally:
                bare.kill()  # it knows no orderly end
            print(f"wake-ups a second: {rates}; processor: {cpu} ms/s; PSS: {memory} MB")
            # A sanitizer's own locks send threads to sleep more than once for each wake-up, and ThreadSanitizer has a thread that looks
            # ten times a second.
            each, more = (2, 12) if processes.sanitized() else (1, 0)
            self.assertLess(rates["online"], ONLINE * each + more)
            self.assertLess(rates["offline"], OFFLINE * each + more)
            self.assertLess(rates["datastore"], DATASTORE * each + more)
            if not processes.sanitized():
                self.assertLess(rates["alone"], ALONE)
                self.assertLess(cpu["online"], ONLINE_CPU)
                self.assertLess(cpu["offline"], OFFLINE_CPU)
                self.assertLess(max(memory.values()), MEMORY_MB)

    def test_at_rest_it_keeps_only_the_memory_it_needs(self):
        """And what it needs then comes back with the next call."""
        with processes.Scene() as scene:
            store = scene.datastore()
            daemon = scene.daemon("resting", datastore=store, token=store.token("me"), arguments=["--sync-interval", "3600"])
            receipt = daemon.send(("NEW", {"name": "Task"})).receipts[0]
            daemon.wait_for(receipt.command_id, "VISIBLE")
            for _ in range(2):  # it comes to rest again and again
                daemon.send(("UPDATE", {"id": receipt.task_id, "note": "busy"}))
                busy = file_mb(daemon)
                processes.eventually(lambda: file_mb(daemon) < busy * RESTING, lambda _: time.sleep(0.2))
                print(f"of files in memory: {busy:.1f} MB, at rest {file_mb(daemon):.1f} MB")
            self.assertEqual(1, len(daemon.tasks()))

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
    def wait_rest(server):
        """What started late has, and past timers are forgotten: there is a second in which nothing wakes up."""
        seen = [wake_ups(server), time.monotonic()]

        def look(now):
            if now != seen[0]:
                seen[:] = [now, time.monotonic()]
            return time.monotonic() - seen[1] > 1

        processes.eventually(lambda: look(wake_ups(server)), lambda _: time.sleep(0.05))

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
