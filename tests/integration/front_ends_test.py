#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Front ends that misbehave: that never read, that come and go by the thousand, that hang up, that talk nonsense.

The daemon's memory, descriptors and threads stay bounded, and those who behave are not held up.
"""
import datetime
import os
import pathlib
import select
import socket
import statistics
import sys
import threading
import time
import unittest

import hashira_processes as processes
from http2_front_end import FrontEnd

SUBSCRIBE = "Hashira/Subscribe"
STREAMS = 4  # of each that comes and goes
SPARE = 64  # descriptors that front ends leave to the daemon: limits::kSpareDescriptors
OPENED_LATE = 4  # descriptors of the daemon itself, once it can be called; a leak would be one for each connection, or each wave


def pss_mb(pid):
    """Memory of its own; what it shares with others depends on who else runs now."""
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss_Anon:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no Pss")


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def hung_up(connections):
    """Of these, which do not block, those that the daemon closed."""
    poll = select.poll()
    for each in connections:
        poll.register(each, 0)
    return [fd for fd, events in poll.poll(0) if events & select.POLLHUP]


def threads(pid):
    return len(os.listdir(f"/proc/{pid}/task"))


def socket_of(daemon):
    return daemon.endpoint.removeprefix("unix:")


def timed_sends(daemon, count, *commands):
    """How long each of so many Sends took, in milliseconds."""
    times = []
    for _ in range(count):
        begin = time.monotonic()
        daemon.send(*commands)
        times.append((time.monotonic() - begin) * 1000)
    return times


def side_by_side(first, second, count, *commands):
    """The times of both daemons, taking turns: what disturbs the machine disturbs both."""
    times = ([], [])
    for _ in range(count // 20):
        for daemon, taken in zip((first, second), times):
            taken += timed_sends(daemon, 20, *commands)
    return times


def undisturbed(times):
    """What a Send took whose turn came at once: the first quartile. Whoever is held up is so in each Send, but on a machine
    that is busy with something else the median may be a wait for a processor."""
    return statistics.quantiles(times, n=4)[0]


def more_mb(daemon, before):
    """How much the daemon's memory grew; nothing of a build whose memory is not its own."""
    return 0 if processes.sanitized() else pss_mb(daemon.pid) - before


def back_to(daemon, what, measure, most):
    """Until the figure is at most that again; the daemon has its own pace to free what a lost connection held."""
    processes.eventually(lambda: measure(daemon.pid) <= most, lambda _: daemon.status(), limit=15)
    return f"{what}: {measure(daemon.pid):.4g}"


def notifications(front_end, streams):
    """What the daemon sends on these streams until all of them told the last revision: messages by stream."""
    pb = processes.stubs().hashira_pb2
    buffers = dict.fromkeys(streams, b"")
    heard = {stream: [] for stream in streams}

    def take(kind, stream, payload):
        if kind != 0 or stream not in buffers:
            return
        buffers[stream] += payload
        while len(buffers[stream]) >= 5:
            size = int.from_bytes(buffers[stream][1:5], "big")
            if len(buffers[stream]) < 5 + size:
                return
            heard[stream].append(pb.Notification.FromString(buffers[stream][5:5 + size]))
            buffers[stream] = buffers[stream][5 + size:]

    return take, heard


class Flood:
    """Changes of a few tasks, as fast as they are taken: set, moved, deleted and brought back."""

    def __init__(self, daemon):
        self.daemon, self.changes, self.ending = daemon, 0, False
        self.more = threading.Condition()
        self.long_ago = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(weeks=3)).isoformat()
        self.ids = [f"0193a5b0-0000-7000-8000-{i:012x}" for i in range(200)]
        daemon.send(*[("NEW", {"id": each, "name": "Task"}) for each in self.ids])
        self.thread = threading.Thread(target=self.run)

    def send(self):
        at = self.changes
        some = [self.ids[(at + i * 7) % len(self.ids)] for i in range(18)]
        places = {"place": "todo"}, {"place": "doing"}, {"place": "done", "done": self.long_ago}
        self.daemon.send(*[("UPDATE", {"id": each, "name": f"Change {at}", **places[at // 20 % 3]}) for each in some],
                         ("DELETE", {"id": some[0]}), ("UPDATE", {"id": some[-1], "deleted": False}))
        with self.more:
            self.changes += 20
            self.more.notify_all()

    def run_until(self, changes):
        while self.changes < changes:
            self.send()

    def run(self):
        while not self.ending:
            self.send()

    def start(self):
        self.thread.start()

    def wait_for_more(self):
        """Until a thousand changes more were made."""
        with self.more:
            most = self.changes + 1_000
            if not self.more.wait_for(lambda: self.changes >= most, processes.LIMIT):
                raise AssertionError("the flood has dried up")

    def stop(self):
        self.ending = True
        self.thread.join()


class Mirror:
    """A front end as docs/protocol.md says: it keeps what it heard of, over connections that are cut."""

    def __init__(self, daemon):
        self.daemon, self.revision = daemon, None
        self.weeks, self.wholes = [{} for _ in range(10)], [0] * 10
        self.told = self.calls = 0
        self.pb = processes.stubs().hashira_pb2

    def subscribe(self):
        self.calls += 1
        front_end = FrontEnd(socket_of(self.daemon), window=128)
        request = self.pb.SubscribeRequest(since=self.revision).SerializeToString()
        return front_end, notifications(front_end, [front_end.call(SUBSCRIBE, request)])

    def hear(self, front_end, take, heard):
        """The next notification, and what it leads to."""
        (told,) = heard.values()
        count = len(told)
        while len(told) == count:
            got = front_end.read_frame()
            if not got:
                raise AssertionError("the daemon hung up")
            take(got[0], got[2], got[3])
            if got[0] == 0 and got[3]:
                front_end.open_window(got[2], len(got[3]))
        self.told += len(told) - count
        for each in told[count:]:
            self.retrieve(each)

    def retrieve(self, notification):
        """The weeks that it names, or all."""
        for week in range(10) if notification.full else notification.weeks:
            request = self.pb.RetrieveRequest(to=week, changed_since=self.revision)
            setattr(request, "from", week)
            fresh = False
            for piece in self.daemon.hashira.Retrieve(request, timeout=processes.LIMIT):
                tasks = self.weeks[week]
                if piece.full and not fresh:
                    tasks.clear()
                    fresh = True
                    self.wholes[week] += 1
                tasks.update((task.id, task) for task in piece.tasks)
                for gone in piece.removed_ids:
                    tasks.pop(gone, None)
        # Not the answers': other weeks may have changed between this message and them.
        self.revision = notification.revision

    @property
    def tasks(self):
        return {id: task for tasks in self.weeks for id, task in tasks.items()}

    def follow(self, count, during=None):
        """So many notifications after the first, then it is cut off; what comes meanwhile is not read."""
        front_end, (take, heard) = self.subscribe()
        for _ in range(count + 1):
            self.hear(front_end, take, heard)
        if during:
            during()
        front_end.close()

    def follow_until(self, revision):
        front_end, (take, heard) = self.subscribe()
        self.hear(front_end, take, heard)
        while self.revision != revision:
            self.hear(front_end, take, heard)
        front_end.close()


class FrontEnds(unittest.TestCase):
    def test_those_who_never_read_their_notifications_hold_nobody_up(self):
        with processes.Scene() as scene:
            daemon, control = scene.daemon(), scene.daemon("control")
            tasks = [f"0193a5b0-0000-7000-8000-{i:012x}" for i in range(20)]
            changes = [("UPDATE", {"id": task, "note": "n"}) for task in tasks]
            for each in (daemon, control):
                each.send(*[("NEW", {"id": task, "name": "Task"}) for task in tasks])
            deaf = FrontEnd(socket_of(daemon), window=128)
            streams = [deaf.call(SUBSCRIBE) for _ in range(50)]
            for _ in streams:
                deaf.read_data()  # each heard the first message: from here on it reads nothing
            before = pss_mb(daemon.pid)
            together, alone = side_by_side(daemon, control, 1_000, *changes)
            grown = more_mb(daemon, before)
            self.assertLess(undisturbed(together), 2 * undisturbed(alone) + 1)
            self.assertLess(grown, 24)
            # Whoever reads at last hears one merged message (and what had fitted the window), of this very moment.
            last = daemon.status().revision
            take, heard = notifications(deaf, streams)
            for stream in streams:
                deaf.open_window(stream, 1 << 20)
            while not all(told and told[-1].revision == last for told in heard.values()):
                got = deaf.read_frame()
                self.assertTrue(got, "the daemon hung up")
                take(got[0], got[2], got[3])
            for told in heard.values():
                self.assertLess(len(told), 12)
                self.assertTrue(told[-1].weeks or told[-1].full, told[-1])
            deaf.close()
            print(f"Sends: {undisturbed(alone):.2f} ms alone, {undisturbed(together):.2f} ms and at "
                  f"most {max(together):.1f} ms beside 50 deaf front ends; {grown:.1f} MB more; at most "
                  f"{max(map(len, heard.values()))} messages each")

    def test_one_that_is_cut_off_in_a_flood_comes_back_and_misses_nothing(self):
        """Thousands of changes; again and again it subscribes with its last revision, reads some and is cut off."""
        with processes.Scene() as scene:
            daemon = scene.daemon()
            flood = Flood(daemon)
            mirror = Mirror(daemon)
            mirror.follow(0)
            flood.run_until(500)  # what it touches once is in memory from here on
            before, quiet = pss_mb(daemon.pid), descriptors(daemon.pid) + OPENED_LATE
            flood.start()
            try:
                for turn in range(30):
                    # In every third it hears nothing for a thousand changes, and is cut off with all of them unread.
                    mirror.follow(turn % 3, during=flood.wait_for_more if turn % 3 == 0 else None)
            finally:
                flood.stop()
            mirror.follow_until(daemon.status().revision)
            self.assertEqual(daemon.tasks(10), mirror.tasks)
            self.assertGreater(mirror.told, 30)
            self.assertEqual([1] * 10, mirror.wholes, "only the first answers were of everything")
            grown = more_mb(daemon, before)
            self.assertLess(grown, 24)
            print(f"{flood.changes} changes, {mirror.told} notifications on {mirror.calls} connections: equal; "
                  f"{grown:.1f} MB more, {back_to(daemon, 'descriptors', descriptors, quiet + 1)}")

    def test_those_who_never_read_their_retrieve_hold_nobody_up(self):
        with processes.Scene() as scene:
            daemon, control = scene.daemon(), scene.daemon("control")
            for each in (daemon, control):
                for _ in range(10):
                    each.send(*[("NEW", {"name": f"Task {i}", "note": "n" * 1_000}) for i in range(1_000)])
                self.assertEqual(10_000, len(each.tasks()))
            before = pss_mb(daemon.pid)
            deaf = [FrontEnd(socket_of(daemon)) for _ in range(50)]
            for each in deaf:
                each.call("Hashira/Retrieve")
                each.read_data()
            together, alone = side_by_side(daemon, control, 200, ("NEW", {"name": "More"}))
            self.assertEqual(10_200, len(daemon.tasks()))
            grown = more_mb(daemon, before)
            # They share the bytes of one snapshot: 50 copies would be half a gigabyte.
            self.assertLess(grown, 32)
            self.assertLess(undisturbed(together), 2 * undisturbed(alone) + 1)
            for each in deaf:
                each.close()
            print(f"50 Retrieves of 10 MB that nobody reads: {grown:.1f} MB more, Sends at "
                  f"{undisturbed(together):.2f} ms in place of {undisturbed(alone):.2f} ms")

    def test_thousands_come_and_go_and_leave_nothing_behind(self):
        with processes.Scene() as scene:
            daemon = scene.daemon()
            daemon.send(("NEW", {"name": "Task"}))

            def wave(count):
                """Half of them end their calls; the others' sockets are cut with messages on the way."""
                here = [FrontEnd(socket_of(daemon)) for _ in range(count)]
                for each in here:
                    for _ in range(STREAMS):
                        each.call(SUBSCRIBE)
                for each in here[::2]:
                    for _ in range(STREAMS):
                        each.read_data()
                daemon.send(("NEW", {"name": "Told to all"}))
                for i, each in enumerate(here):
                    if i % 2 == 0:
                        each.cancel()
                    each.close()
                back_to(daemon, "descriptors", descriptors, quiet)

            quiet = descriptors(daemon.pid) + OPENED_LATE
            for _ in range(10):
                wave(100)
            warm_pss, warm_threads = pss_mb(daemon.pid), threads(daemon.pid)
            for _ in range(30):
                wave(100)
            found = [back_to(daemon, "threads", threads, warm_threads + 2)]
            # A leak of 1 KB for each stream would be 12 MB.
            if not processes.sanitized():
                found.append(back_to(daemon, "PSS", pss_mb, warm_pss + 10))
            print(f"after 3,000 front ends, {warm_pss:.1f} MB and {warm_threads} threads before: {', '.join(found)}")

    def test_half_open_connections_and_nonsense(self):
        with processes.Scene() as scene:
            daemon = scene.daemon()
            most = 200
            daemon.stop()
            daemon.command = ["prlimit", f"--nofile={most}:{most}", *daemon.command]
            daemon.start()
            daemon.send(("NEW", {"name": "Before"}))
            quiet = descriptors(daemon.pid) + OPENED_LATE
            nonsense = [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\0" * 4_096, os.urandom(4_096),
                        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\xff" * 64]
            for garbage in nonsense * 20:
                with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as rude:
                    rude.settimeout(processes.LIMIT)
                    rude.connect(socket_of(daemon))
                    try:
                        rude.sendall(garbage)
                        while rude.recv(4_096):
                            pass  # until the daemon hangs up
                    except (ConnectionResetError, BrokenPipeError):
                        pass
            back_to(daemon, "descriptors", descriptors, quiet)
            silent, connected = [], []
            for _ in range(300):
                each = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                each.setblocking(False)
                try:
                    each.connect(socket_of(daemon))
                    connected.append(each)
                except BlockingIOError:
                    pass  # the queue of those who wait is full, too
                silent.append(each)
            # Beyond what the daemon needs for itself nobody is let in, and hears of it.
            processes.eventually(lambda: hung_up(connected), lambda _: f"{descriptors(daemon.pid)} descriptors")
            self.assertLess(descriptors(daemon.pid), most - SPARE + OPENED_LATE)
            # Who was there before is served as ever.
            times = timed_sends(daemon, 100, ("NEW", {"name": "Meanwhile"}))
            self.assertEqual(101, len(daemon.tasks()))
            for each in silent:
                each.close()
            back_to(daemon, "descriptors", descriptors, quiet + 1)
            late = FrontEnd(socket_of(daemon))
            late.call(SUBSCRIBE)
            late.read_data()
            late.close()
            print(f"beside 300 half-open connections and 200 descriptors: Sends at {statistics.median(times):.2f} ms")

    def test_many_streams_at_once_all_hear(self):
        with processes.Scene() as scene:
            daemon = scene.daemon()
            front_ends = [FrontEnd(socket_of(daemon)) for _ in range(40)]
            streams = {each: [each.call(SUBSCRIBE) for _ in range(50)] for each in front_ends}
            for each in front_ends:
                for _ in range(50):
                    each.read_data()
            begin = time.monotonic()
            revision = daemon.send(("NEW", {"name": "Told to 2,000"})).revision
            for each in front_ends:
                take, heard = notifications(each, streams[each])
                while not all(told and told[-1].revision == revision for told in heard.values()):
                    got = each.read_frame()
                    self.assertTrue(got, "the daemon hung up")
                    take(got[0], got[2], got[3])
            print(f"2,000 streams on 40 connections: all told within {(time.monotonic() - begin) * 1000:.0f} ms")
            for each in front_ends:
                each.close()


if __name__ == "__main__":
    processes.need_programs("hashirad")
    processes.need_grpc()
    unittest.main(argv=sys.argv, verbosity=2)
