#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Clients of the datastore that want it to serve nobody else: each does its worst while a device of another account
adds a task and another device is shown it. The datastore's memory stays bounded."""
import contextlib
import pathlib
import resource
import select
import socket
import struct
import sys
import threading
import time
import unittest

import hashira_processes as processes
from http2_front_end import (CANCEL, CONTINUATION, DATA, END_HEADERS, END_STREAM, HEADERS, PING, PREFACE, RST_STREAM, SETTINGS,
                             FrontEnd, frame, headers_of, literal)

LIMIT = processes.LIMIT
MIB = 1024 * 1024
# What a server with all of this at its door may take more than at rest.
MEMORY = 160 * MIB
# And where somebody makes gRPC take on things faster than anybody looks at them, until it is cut.
FLOOD_MEMORY = 600 * MIB
CANCELLED = struct.pack(">I", CANCEL)
HANDSHAKE = 20  # seconds: limits::kHandshakeMs


def gone(connection):
    """Whether the other side hung up; what it said before is thrown away."""
    try:
        while said := connection.recv(4096, socket.MSG_DONTWAIT):
            del said
    except BlockingIOError:
        return False
    except OSError:
        pass
    return True


class HostileClients(unittest.TestCase):
    def setUp(self):
        self.scene = processes.Scene()
        self.addCleanup(self.scene.__exit__, None, None, None)
        self.store = self.scene.datastore()
        mine = self.store.token("me")
        self.token = self.store.token("hostile")
        self.laptop = self.scene.daemon("laptop", datastore=self.store, token=mine)
        self.phone = self.scene.daemon("phone", datastore=self.store, token=mine)
        self.laptop.cli("add", "Before", "--wait", "visible")
        # A small window: what is not read stays with the server.
        self.channel = grpc.insecure_channel(self.store.target, options=[("grpc.http2.bdp_probe", 0)])
        self.addCleanup(self.channel.close)
        self.stub = processes.stubs().datastore_pb2_grpc.DatastoreStub(self.channel)
        self.pb = processes.stubs().datastore_pb2
        self.memory = self.resident()

    def resident(self):
        pages = int(pathlib.Path(f"/proc/{self.store.pid}/statm").read_text(encoding="utf-8").split()[1])
        return pages * 4096

    def metadata(self, token=None):
        return (("authorization", "Bearer " + (token or self.token)),)

    def others_are_served(self, name, memory=MEMORY):
        self.laptop.cli("add", name, "--wait", "visible")
        self.phone.wait_tasks(lambda tasks: name in [task.name for task in tasks.values()])
        # A device that comes for the first time is let in too.
        self.phone.restart()
        self.phone.cli("add", name + " on the phone", "--wait", "visible")
        if not processes.sanitized():
            self.assertLess(self.resident() - self.memory, memory)

    def socket(self):
        host, port = self.store.target.rsplit(":", 1)
        made = socket.create_connection((host, int(port)), LIMIT)
        self.addCleanup(made.close)
        return made

    def test_half_a_hello(self):
        held = [self.socket() for _ in range(300)]
        for i, each in enumerate(held):
            each.sendall(PREFACE[:i % len(PREFACE)])
        self.others_are_served("Beside connections that never say hello")
        # Nor do they stay: whoever has not said hello by then is shown the door, also one that says a letter now and then.
        until = time.monotonic() + HANDSHAKE + LIMIT
        held[0].sendall(PREFACE[:1])
        while held:
            readable = select.select(held, [], [], until - time.monotonic())[0]
            self.assertTrue(readable, f"{len(held)} are still connected")
            held = [each for each in held if each not in readable or not gone(each)]

    def test_more_connections_than_descriptors(self):
        """Those who are in are served, and whoever comes when there is room again; in between, clients are told at once."""
        directory = pathlib.Path(f"/proc/{self.store.pid}/fd")
        most = len(list(directory.iterdir())) + 100
        resource.prlimit(self.store.pid, resource.RLIMIT_NOFILE, (most, most))
        held = [self.socket() for _ in range(100)]
        came = 0
        while came < 300:  # whoever is cut may learn of it before it has connected
            with contextlib.suppress(ConnectionResetError):
                held.append(self.socket())
            came += 1
        processes.eventually(lambda: sum(map(gone, held)) >= len(held) - 100, lambda left: select.select(
            [each for each in held if not gone(each)], [], [], left))
        self.assertLess(len(list(directory.iterdir())), most, "some are left for the datastore itself")
        self.laptop.cli("add", "Beside a flood of connections", "--wait", "visible")
        self.store.admin("account", "list")
        for each in held:
            each.close()
        self.others_are_served("After a flood of connections")

    def test_calls_that_never_end(self):
        """Slow loris: as many calls as a connection may have, whose body is begun and not gone on with."""
        rude = [self.front_end() for _ in range(4)]
        for each in rude:
            for stream in range(1, 2_000, 2):
                each.socket.sendall(frame(HEADERS, END_HEADERS, stream, headers_of("Datastore/Apply"))
                                    + frame(DATA, 0, stream, b"\0\0\0\x10"))
        self.others_are_served("Beside calls that never end")
        for each in rude:
            each.socket.sendall(frame(DATA, 0, 1, b"\0"))
        self.others_are_served("Beside calls that go on byte by byte")

    def test_calls_that_are_taken_back_at_once(self):
        """HTTP/2's rapid reset: a call more is never one too many, as the one before it is gone."""
        def flood(each):
            for stream in range(1, 60_000, 2):
                each.socket.sendall(frame(HEADERS, END_HEADERS, stream, headers_of("Datastore/Watch"))
                                    + frame(DATA, END_STREAM, stream, bytes(5)) + frame(RST_STREAM, 0, stream, CANCELLED))

        self.beside_floods(flood, "Beside calls that are taken back", FLOOD_MEMORY)
        self.was_cut()

    def test_headers_without_an_end(self):
        """HTTP/2's flood of CONTINUATION frames: a block of headers that goes on and on."""
        def flood(each):
            each.socket.sendall(frame(HEADERS, 0, 1, headers_of("Datastore/Watch")))
            more = literal("x-more", "y" * 100) * 100
            for _ in range(40_000):
                each.socket.sendall(frame(CONTINUATION, 0, 1, more))

        self.beside_floods(flood, "Beside headers without an end", FLOOD_MEMORY)
        self.was_cut()

    def test_pings_and_settings_that_ask_for_answers(self):
        """And nobody reads those."""
        def flood(each):
            asked = frame(PING, payload=bytes(8)) + frame(SETTINGS)
            for _ in range(20_000):
                each.socket.sendall(asked * 10)

        self.beside_floods(flood, "Beside pings and settings")

    def beside_floods(self, flood, name, memory=MEMORY):
        """Others are served while a client does that as fast as it can, and begins anew when the datastore hangs up."""
        def run():
            for _ in range(3):
                with contextlib.suppress(OSError):
                    rude = self.front_end()
                    rude.socket.settimeout(5)  # whoever is cut may wait for room that nobody makes
                    flood(rude)

        thread = threading.Thread(target=run)
        thread.start()
        self.others_are_served(name, memory)
        thread.join()
        self.others_are_served(name + ", and after them", memory)

    def was_cut(self):
        if not processes.sanitized():  # they make the datastore too slow to be flooded
            self.assertIn("reason=", self.store.wait_log("connection cut"))

    def front_end(self):
        host, port = self.store.target.rsplit(":", 1)
        made = FrontEnd((host, int(port)))
        self.addCleanup(made.close)
        return made

    def test_guessed_tokens(self):
        calls = [self.stub.Fetch(self.pb.FetchRequest(open=True), timeout=LIMIT, metadata=self.metadata(f"guess {i}"))
                 for i in range(3_000)]
        self.others_are_served("Beside guesses")
        codes = set()
        for call in calls:
            with self.assertRaises(grpc.RpcError) as caught:
                next(call)
            codes.add(caught.exception.code())
        self.assertIn(grpc.StatusCode.UNAUTHENTICATED, codes)
        self.assertLessEqual(codes, {grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.RESOURCE_EXHAUSTED})

    def test_readers_that_do_not_read(self):
        hello = next(self.stub.Watch(self.pb.WatchRequest(), timeout=LIMIT, metadata=self.metadata())).hello
        note = "x" * 60_000
        for i in range(80):
            task = f"00000000-0000-7000-8000-{i:012d}"
            document = '[{"fields":{"note":["%s","1764000000000.0.h"]},"id":"%s"}]' % (note, task)
            self.stub.Push(self.pb.PushRequest(incarnation=hello.incarnation, documents_json=document), timeout=LIMIT,
                           metadata=self.metadata())
        request = self.pb.FetchRequest(incarnation=hello.incarnation, open=True)

        def read_nothing(token=None):
            reader = self.stub.Fetch(request, timeout=LIMIT, metadata=self.metadata(token))
            self.addCleanup(reader.cancel)
            return reader

        readers = [read_nothing() for _ in range(20)]
        next(readers[0])  # it runs, and nobody reads on
        self.others_are_served("Beside readers that do not read")
        # And as many devices as would hold all connections of the datastore that read.
        for _ in range(8):
            token = self.store.token("hostile")
            next(self.stub.Watch(self.pb.WatchRequest(), timeout=LIMIT, metadata=self.metadata(token)))
            read_nothing(token)
        self.others_are_served("Beside devices that do not read")

    def test_tiny_calls_without_end(self):
        """As many as the client can make, of an account with a token and of strangers, until others were served."""
        codes, lock, stop = {}, threading.Lock(), threading.Event()

        def call_on(stub, metadata, at_once=300):
            room = threading.Semaphore(at_once)

            def ended(call):
                with lock:
                    codes[call.code()] = codes.get(call.code(), 0) + 1
                room.release()

            while not stop.is_set():
                room.acquire()
                stub.Apply.future(self.pb.ApplyRequest(), timeout=LIMIT, metadata=metadata).add_done_callback(ended)
            for _ in range(at_once):
                self.assertTrue(room.acquire(timeout=LIMIT), "a call is not answered")

        with contextlib.ExitStack() as stack:
            threads = []
            for metadata in (self.metadata(), self.metadata(), self.metadata("a guess")):
                channel = stack.enter_context(grpc.insecure_channel(
                    self.store.target, [("grpc.use_local_subchannel_pool", 1)]))
                stub = processes.stubs().datastore_pb2_grpc.DatastoreStub(channel)
                threads.append(threading.Thread(target=call_on, args=(stub, metadata)))
                threads[-1].start()
            try:
                self.others_are_served("Beside calls without end")
                processes.eventually(lambda: sum(codes.values()) > 5_000, lambda _: stop.wait(0.02))
            finally:
                stop.set()
                for thread in threads:
                    thread.join()
        # Answered (its history is another one), or told to come later; and strangers are strangers.
        self.assertLessEqual(set(codes), {grpc.StatusCode.OK, grpc.StatusCode.RESOURCE_EXHAUSTED,
                                          grpc.StatusCode.UNAUTHENTICATED})
        self.assertLessEqual({grpc.StatusCode.OK, grpc.StatusCode.UNAUTHENTICATED}, set(codes))

    def test_a_flood_of_headers(self):
        with self.assertRaises(grpc.RpcError) as caught:
            flood = self.metadata() + tuple((f"x-{i}", "y" * 1_000) for i in range(100))
            next(self.stub.Watch(self.pb.WatchRequest(), timeout=LIMIT, metadata=flood))
        self.assertNotEqual(grpc.StatusCode.DEADLINE_EXCEEDED, caught.exception.code())
        self.others_are_served("Beside a flood of headers")


if __name__ == "__main__":
    processes.need_grpc()
    processes.need_programs("hashirad", "hashira", "hashira-datastored")
    import grpc
    sys.exit(0 if unittest.main(exit=False).result.wasSuccessful() else 1)
