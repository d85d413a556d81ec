#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A datastore that is told to end takes leave: health first, then the streams one after the other, and what runs
finishes. Daemons come back when they were asked to."""
import os
import signal
import sqlite3
import sys
import threading
import time
import unittest
import urllib.request
from concurrent import futures

import hashira_processes as processes
import raw_calls

LIMIT = processes.LIMIT
DETAILS = "grpc-status-details-bin"
RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo"
SERVING, NOT_SERVING = b"\x08\x01", b"\x08\x02"


def fields(data):
    """{number: value} of a message; of those that are there twice, the last."""
    found, at = {}, 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        key = varint()
        value = varint()
        if key & 7 == 2:
            value, at = data[at:at + value], at + value
        found[key >> 3] = value
    return found


def hint_of(error):
    """Milliseconds that the status's google.rpc.RetryInfo asks to wait; None without one."""
    details = next((value for key, value in error.trailing_metadata() or () if key == DETAILS), None)
    if details is None:
        return None
    info = fields(fields(details)[3])
    assert info[1] == RETRY_INFO.encode(), info
    delay = fields(fields(info[2])[1])
    return delay.get(1, 0) * 1000 + delay.get(2, 0) // 1_000_000


def details_of(seconds):
    """The details of a status that asks to wait so long."""
    info = raw_calls.message((1, raw_calls.message((1, seconds))))
    return raw_calls.message((1, 14), (2, "stopping"), (3, raw_calls.message((1, RETRY_INFO), (2, info))))


class Streams:
    """Many Watch streams of one account, and how each ended."""

    def __init__(self, channel, token, count):
        pb = processes.stubs()
        stub = pb.datastore_pb2_grpc.DatastoreStub(channel)
        self.ends, self.all_ended = [], threading.Event()
        self.count = count
        self.lock = threading.Lock()
        self.calls = []
        for _ in range(count):
            call = stub.Watch(pb.datastore_pb2.WatchRequest(), metadata=[("authorization", f"Bearer {token}")])
            assert next(call).HasField("hello")
            call.add_done_callback(self._ended)
            self.calls.append(call)

    def _ended(self, call):
        with self.lock:
            self.ends.append((time.monotonic(), call.code(), hint_of(call)))
            if len(self.ends) == self.count:
                self.all_ended.set()


def health_stream(channel):
    return channel.unary_stream("/grpc.health.v1.Health/Watch", request_serializer=None,
                                response_deserializer=None)(b"", timeout=4 * LIMIT)


class Drain(unittest.TestCase):
    def test_leave_is_taken_in_order(self):
        with processes.Scene() as scene:
            store = scene.datastore(arguments=["--drain-seconds", "60"])
            token = store.token("me")
            with grpc.insecure_channel(store.target) as channel, grpc.insecure_channel(
                    store.target, [("grpc.use_local_subchannel_pool", 1)]) as another:
                self.assertEqual(("OK", SERVING), raw_calls.call(channel, "grpc.health.v1.Health/Check", b""))
                health = health_stream(another)
                self.assertEqual(SERVING, next(health))
                streams = Streams(channel, token, 200)
                begin = time.monotonic()
                os.kill(store.pid, signal.SIGTERM)
                self.assertEqual(NOT_SERVING, next(health))
                # The last of them still has its stream, and nothing new begins.
                self.assertFalse(streams.all_ended.is_set())
                store.wait_log("draining watchers=200")
                for method, stream in (("Apply", False), ("Push", False), ("Fetch", True), ("Watch", True)):
                    path = f"/hashira.v1.Datastore/{method}"
                    call = (channel.unary_stream if stream else channel.unary_unary)(path)
                    with self.assertRaises(grpc.RpcError) as refused:
                        answer = call(b"", metadata=[("authorization", f"Bearer {token}")], timeout=LIMIT)
                        list(answer)
                    self.assertEqual(grpc.StatusCode.UNAVAILABLE, refused.exception.code())
                    self.assertIn("try again soon", refused.exception.details())
                    self.assertGreater(hint_of(refused.exception), 0)
                self.assertTrue(streams.all_ended.wait(LIMIT))
                health.cancel()
            self.assertEqual(0, store.process.wait(LIMIT))
            self.assertIn("drained calls_left=0", store.log.read_text(encoding="utf-8"))
            self.assertEqual({grpc.StatusCode.UNAVAILABLE}, {code for _, code, _ in streams.ends})
            hints = [hint for _, _, hint in streams.ends]
            self.assertGreater(min(hints), 0)
            self.assertGreater(len(set(hints)), 100, "all come back at other times")
            # 200 streams at 5 ms each: the last may end late on a busy machine, but none early.
            self.assertGreater(max(at for at, _, _ in streams.ends) - begin, 0.9)

    def test_what_runs_finishes(self):
        with processes.Scene() as scene:
            store = scene.datastore(arguments=["--metrics", "tcp:127.0.0.1:0"])
            if not store.database.startswith("sqlite:"):
                self.skipTest("held up by a lock of SQLite's")
            pb = processes.stubs()
            token = [("authorization", f"Bearer {store.token('me')}")]
            with grpc.insecure_channel(store.target) as channel, grpc.insecure_channel(
                    store.target, [("grpc.use_local_subchannel_pool", 1)]) as another:
                stub = pb.datastore_pb2_grpc.DatastoreStub(channel)
                watch = stub.Watch(pb.datastore_pb2.WatchRequest(), metadata=token)
                hello = next(watch).hello
                health = health_stream(another)
                self.assertEqual(SERVING, next(health))
                holder = sqlite3.connect(store.database[len("sqlite:"):], isolation_level=None)
                holder.execute("BEGIN IMMEDIATE")
                try:
                    # The greeting wrote down that the token was used: nothing else writes now.
                    running = stub.Push.future(pb.datastore_pb2.PushRequest(
                        incarnation=hello.incarnation, documents_json="[]"),
                                               metadata=token, timeout=LIMIT)
                    url = store.wait_log("metrics url=").split("url=")[1].strip()
                    processes.eventually(lambda: 'hashira_open_calls{method="Push"} 1' in self.read(url), lambda _: None)
                    # The one connection that writes is what it waits with.
                    processes.eventually(lambda: 'hashira_busy_connections{queue="write"} 1' in self.read(url), lambda _: None)
                    self.assertIn('hashira_busy_connections{queue="read"} 0', self.read(url))
                    os.kill(store.pid, signal.SIGTERM)
                    self.assertEqual(NOT_SERVING, next(health))
                    with self.assertRaises(grpc.RpcError):
                        list(watch)
                    self.assertFalse(running.done())
                finally:
                    holder.execute("ROLLBACK")
                    holder.close()
                running.result(LIMIT)
                health.cancel()
            self.assertEqual(0, store.process.wait(LIMIT))
            self.assertIn("drained calls_left=0", store.log.read_text(encoding="utf-8"))

    def read(self, url):
        with urllib.request.urlopen(url, timeout=LIMIT) as answer:
            return answer.read().decode()

    def test_a_second_signal_ends_it_at_once(self):
        with processes.Scene() as scene:
            store = scene.datastore(arguments=["--drain-seconds", "600"])
            with grpc.insecure_channel(store.target) as channel:
                streams = Streams(channel, store.token("me"), 900)
                store.process.send_signal(signal.SIGTERM)
                store.wait_log("draining watchers=900")
                store.process.send_signal(signal.SIGTERM)
                self.assertEqual(1, store.process.wait(LIMIT))
                self.assertIn("told to end a second time", store.log.read_text(encoding="utf-8"))
                # Those whose turn had not come were cut off: nobody waited for them.
                self.assertTrue(streams.all_ended.wait(LIMIT))
                self.assertLess(sum(hint is not None for _, _, hint in streams.ends), 900)
            store._forget()

    def test_daemons_come_back_when_they_were_asked_to(self):
        """A datastore of the test ends each stream with a hint, or with none, and notes who comes when."""
        came, lock, enough = {}, threading.Lock(), threading.Event()
        hints = {"asked": details_of(3), "not-asked": None, "in-vain": b"soon"}

        def watch(_, context):
            token = dict(context.invocation_metadata())["authorization"].split()[1]
            name = token.rstrip("0")
            with lock:
                came.setdefault(token, []).append(time.monotonic())
                if len(came) == 6 and all(len(times) >= 2 for times in came.values()):
                    enough.set()
            if hints[name]:
                context.set_trailing_metadata([(DETAILS, hints[name])])
            context.abort(grpc.StatusCode.UNAVAILABLE, "the datastore is stopping, try again soon")
            yield b""

        server = grpc.server(futures.ThreadPoolExecutor(max_workers=16))
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(
            "hashira.v1.Datastore", {"Watch": grpc.unary_stream_rpc_method_handler(watch)}),))
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        try:
            with processes.Scene() as scene:
                for name in hints:
                    for number in range(2):
                        scene.daemon(f"{name}{number}", datastore=f"hashira+plaintext://127.0.0.1:{port}",
                                     token=name + "0" * (number + 1))
                self.assertTrue(enough.wait(LIMIT), came)
            waits = {token: times[1] - times[0] for token, times in came.items()}
            for token, wait in waits.items():
                if token.startswith("asked"):
                    self.assertGreaterEqual(wait, 3.0, waits)
            asked = [wait for token, wait in waits.items() if token.startswith("asked")]
            self.assertGreater(abs(asked[0] - asked[1]), 0.001, "not at the same moment")
            # Without a hint the first attempt comes within a second: so the wait above was the hint's.
            self.assertLess(min(wait for token, wait in waits.items() if not token.startswith("asked")), 2.5, waits)
        finally:
            server.stop(None).wait(LIMIT)

    def test_commands_wait_for_as_long_as_they_were_asked_to(self):
        """Before a real datastore stands one of the test, which has too much to do at first."""
        asked = []
        with processes.Scene() as scene:
            store = scene.datastore()
            with grpc.insecure_channel(store.target) as real:
                def metadata(context):
                    return [pair for pair in context.invocation_metadata() if pair[0] == "authorization"]

                def stream(name):
                    def serve(request, context):
                        answers = real.unary_stream(f"/hashira.v1.Datastore/{name}")(request, metadata=metadata(context))
                        context.add_callback(answers.cancel)
                        try:
                            yield from answers
                        except grpc.RpcError as error:
                            context.abort(error.code(), error.details())
                    return grpc.unary_stream_rpc_method_handler(serve)

                def apply(request, context):
                    asked.append(time.monotonic())
                    if len(asked) < 3:
                        context.set_trailing_metadata([(DETAILS, details_of(3))])
                        context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "the datastore has too much to do")
                    return real.unary_unary("/hashira.v1.Datastore/Apply")(request, metadata=metadata(context))

                server = grpc.server(futures.ThreadPoolExecutor(max_workers=16))
                server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("hashira.v1.Datastore", {
                    "Watch": stream("Watch"), "Fetch": stream("Fetch"),
                    "Apply": grpc.unary_unary_rpc_method_handler(apply)}),))
                port = server.add_insecure_port("127.0.0.1:0")
                server.start()
                try:
                    device = scene.daemon("device", datastore=f"hashira+plaintext://127.0.0.1:{port}",
                                          token=store.token("me"))
                    receipt = device.send(("NEW", {"name": "Waits"})).receipts[0]
                    waiting = processes.stubs().daemon_pb2.WAITING_FOR_DATASTORE
                    status = device.wait_status(lambda now: now.waiting_for == waiting)
                    self.assertEqual((1, 0), (status.pending, status.rejected))
                    self.assertIn("too much to do", status.last_error)
                    device.wait_for(receipt.command_id, "VISIBLE")
                    device.stop()
                finally:
                    server.stop(None).wait(LIMIT)
        self.assertEqual(3, len(asked), asked)
        for before, after in zip(asked, asked[1:]):
            self.assertGreaterEqual(after - before, 3.0, asked)


if __name__ == "__main__":
    processes.need_programs("hashirad", "hashira-datastored")
    processes.need_grpc()
    import grpc
    unittest.main(argv=sys.argv, verbosity=2)
