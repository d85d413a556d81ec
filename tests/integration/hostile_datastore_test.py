#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A datastore that lies, one lie at a time: nothing is let in, nothing is lost, the daemon says what is wrong.

Between the daemon and a real datastore stands a liar, which passes everything on and changes one answer. Before each
lie a task is made here; after it the liar is honest again, and the task must reach the real datastore."""
import json
import os
import socket
import struct
import sys
import threading
import unittest
import uuid
from concurrent import futures

import hashira_processes as processes

LIMIT = processes.LIMIT
FUTURE = 253_402_300_799_000
# What a person may be told to wait for, by the name that `hashira status --json` has for it.
DATASTORE, NETWORK, TOKEN, ACCOUNT, CLOCK = "datastore", "network", "token", "account", "clock"


class Liar:
    """The gRPC side: every call goes on to the real datastore; what comes back passes through `lies`."""

    def __init__(self, target):
        self.real = grpc.insecure_channel(target)
        self.lies = {}
        self.calls = 0
        self.most = 0
        self.too_many = threading.Event()
        # Watch streams stand, so that there must be threads enough.
        self.server = grpc.server(futures.ThreadPoolExecutor(max_workers=40), options=[
            ("grpc.max_send_message_length", -1), ("grpc.max_metadata_size", 4 << 20)])
        handlers = {}
        for name in ("Watch", "Apply", "Fetch", "Push"):
            stream = name in ("Watch", "Fetch")
            request, answer = getattr(pb, f"{name}Request"), getattr(pb, f"{name}Response")
            real = (self.real.unary_stream if stream else self.real.unary_unary)(
                f"/hashira.v1.Datastore/{name}", request_serializer=request.SerializeToString,
                response_deserializer=answer.FromString)
            make = grpc.unary_stream_rpc_method_handler if stream else grpc.unary_unary_rpc_method_handler
            handlers[name] = make(self.served(name, real, stream), request_deserializer=request.FromString,
                                  response_serializer=as_bytes)
        self.server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("hashira.v1.Datastore", handlers),))
        self.port = self.server.add_insecure_port("127.0.0.1:0")
        self.server.start()

    def served(self, name, real, stream):
        def serve_stream(request, context):
            self.count()
            if name == "Fetch":
                request.takes_state_beside = False  # so that each lie finds the state in one place
            answers = real(request, metadata=metadata_of(context))
            context.add_callback(answers.cancel)
            lie = self.lies.get(name)
            try:
                yield from (lie(request, answers, context) if lie else answers)
            except grpc.RpcError as error:
                context.abort(error.code(), error.details())

        def serve_one(request, context):
            self.count()
            lie = self.lies.get(name)
            try:
                if lie:
                    return lie(request, lambda: real(request, metadata=metadata_of(context)), context)
                return real(request, metadata=metadata_of(context))
            except grpc.RpcError as error:
                return context.abort(error.code(), error.details())

        return serve_stream if stream else serve_one

    def count(self):
        self.calls += 1
        if self.most and self.calls > self.most:
            self.too_many.set()

    def stop(self):
        self.server.stop(0).wait(LIMIT)
        self.real.close()


class Door:
    """The port that the daemon knows: leads to the liar, or answers with bytes that are not even gRPC."""

    def __init__(self, port):
        self.port_behind, self.raw, self.open, self.lock, self.taken = port, None, [], threading.Lock(), 0
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.threads = [threading.Thread(target=self.accept)]
        self.threads[0].start()

    @property
    def url(self):
        return f"hashira+plaintext://127.0.0.1:{self.port}"

    def accept(self):
        while True:
            try:
                caller, _ = self.listening.accept()
            except OSError:
                return
            self.taken += 1
            raw = self.raw
            if raw:
                self.start(self.answer, raw, caller)
                continue
            behind = socket.create_connection(("127.0.0.1", self.port_behind))
            with self.lock:
                self.open += [caller, behind]
            self.start(self.relay_both, caller, behind)

    def start(self, work, *arguments):
        thread = threading.Thread(target=work, args=arguments)
        self.threads.append(thread)
        thread.start()

    @staticmethod
    def answer(raw, caller):
        with caller:
            try:
                raw(caller)
            except OSError:
                pass

    def relay_both(self, caller, behind):
        back = threading.Thread(target=self.relay, args=(behind, caller))
        back.start()
        self.relay(caller, behind)
        back.join()
        with self.lock:
            for end in (caller, behind):
                self.open.remove(end)
                end.close()

    @staticmethod
    def relay(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def cut(self):
        with self.lock:
            for end in self.open:
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def close(self):
        self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        self.cut()
        for thread in self.threads:
            thread.join(LIMIT)


def as_bytes(message):
    return message if isinstance(message, bytes) else message.SerializeToString()


def metadata_of(context):
    return [(key, value) for key, value in context.invocation_metadata() if key == "authorization"]


# --- the lies: each returns what stands in for one kind of call ---

def hello(change):
    """Changes the hello."""
    def lie(_, answers, context):
        first = next(answers)
        change(first.hello)
        yield first
        yield from answers
    return {"Watch": lie}


def fetch(change):
    """Changes the list of a Fetch's messages."""
    return {"Fetch": lambda request, answers, context: iter(change(list(answers), request))}


def setting(path, value):
    """Sets hello.<path>."""
    def change(message):
        *way, last = path.split(".")
        for step in way:
            message = getattr(message, step) if not step.isdigit() else message[int(step)]
        setattr(message, last, value)
    return change


def chunk(text, **more):
    return pb.FetchResponse(chunk=pb.Chunk(documents_json=text, **more))


def document(version=1, task=None, **fields):
    stamped = {name: [value, "1764000000000.0.liar"] for name, value in (fields or {"name": "Let in"}).items()}
    return json.dumps({"fields": dict(sorted(stamped.items())), "id": task or str(uuid.uuid4()), "version": version},
                      separators=(",", ":"))


def documents(make):
    """A delta of documents that are made with the version that is coming, before the true state."""
    return fetch(lambda answers, request: [chunk("[" + make(answers[-1].state.cursor.version) + "]"), answers[-1]])


def of_window(change):
    """Asks for the whole window, as after a restored backup, and changes its messages."""
    def lie(_, answers, context):
        first = next(answers)
        first.hello.cursor_known = False
        yield first
        yield from answers

    def lie_fetch(request, answers, context):
        return iter(change(list(answers)) if request.open else list(answers))
    return {"Watch": lie, "Fetch": lie_fetch}


def beside(answers, text=None):
    both = pb.FetchResponse(chunk=answers[0].chunk, state_beside=answers[-1].state)
    both.chunk.documents_json = text or both.chunk.documents_json
    return both


def without_open(answers):
    return [each for each in answers if each.chunk.week != "open"]


def open_changed(change):
    def changed(answers):
        for each in answers:
            if each.chunk.week == "open" and each.chunk.last:
                change(each.chunk)
        return answers
    return of_window(changed)


def of_state(change):
    def changed(answers, _):
        change(answers[-1].state)
        return answers
    return fetch(changed)


def apply(change, passes_on=False):
    def lie(request, real, context):
        answer = real() if passes_on else pb.ApplyResponse(results=[
            pb.ApplyResult(number=each.number, command_id=each.command_id) for each in request.commands])
        change(answer)
        return answer
    return {"Apply": lie}


def status_of(call, code, words="scripted\x1b[31m"):
    def lie(request, rest, context):
        context.abort(code, words)
        yield
    def lie_one(request, rest, context):
        context.abort(code, words)
    return {call: lie if call in ("Watch", "Fetch") else lie_one}


def flood(_, answers, context):
    yield next(answers)
    changed = pb.WatchResponse(changed=pb.Changed(version=1)).SerializeToString()
    while context.is_active():
        yield changed


def not_protobuf(request, answers, context):
    for each in answers:
        yield b"\xff\xff\xff\xff"
        yield each


def endless(week=""):
    """Documents without an end, all of them well made."""
    def lie(request, answers, context):
        version = list(answers)[-1].state.cursor.version
        while context.is_active():
            yield chunk("[" + ",".join(sorted((document(version, note="x" * 200) for _ in range(500)),
                                              key=lambda text: json.loads(text)["id"])) + "]", week=week)
    return {"Fetch": lie}


def huge_header(_, answers, context):
    context.send_initial_metadata((("x-huge", "x" * (1 << 20)),))
    yield next(answers)


def lies():
    """name, what stands in, words of the error, what the daemon then waits for (one of these words)."""
    huge = "x" * (1 << 20)
    yield from (
        ("hello: no account", hello(setting("account", "")), "names no account", DATASTORE),
        ("hello: an account of no UUID", hello(setting("account", huge)), "names no account", DATASTORE),
        ("hello: another account", hello(setting("account", str(uuid.uuid4()))), "another account", ACCOUNT),
        ("hello: no incarnation", hello(setting("incarnation", "")), "names no history", DATASTORE),
        ("hello: a huge incarnation", hello(setting("incarnation", huge)), "names no history", DATASTORE),
        ("hello: a cursor of no version", hello(setting("cursor.version", 1 << 63)), "a cursor", DATASTORE),
        ("hello: a huge token", hello(setting("cursor.token", huge)), "a cursor", DATASTORE),
        ("hello: a version that is not there", hello(setting("cursor.version", 1 << 40)), "does not have", DATASTORE),
        ("hello: 1970", hello(setting("time_ms", 0)), "wrong by years", DATASTORE),
        ("hello: year 9999", hello(setting("time_ms", FUTURE)), "wrong by years", DATASTORE),
        ("hello: before all time", hello(setting("time_ms", -(1 << 63))), "wrong by years", DATASTORE),
        ("hello: a short hash", hello(setting("devices.0.hash", b"x")), "history that is none", DATASTORE),
        ("hello: a number of none", hello(setting("devices.0.last_number", 1 << 63)), "that is none", DATASTORE),
        ("hello: no device ids", hello(lambda h: h.ClearField("devices")), "our device ids", DATASTORE),
        ("hello: a device id never asked for", hello(lambda h: h.devices.add(device_id="never", hash=bytes(32))),
         "our device ids", DATASTORE),
        ("hello: a device id twice", hello(lambda h: h.devices.append(h.devices[0])), "our device ids", DATASTORE),
        ("hello: one device id for another", hello(setting("devices.0.device_id", "another")), "our device ids",
         DATASTORE),
        ("no hello, the stream ends", {"Watch": lambda *_: iter(())}, "ended the stream", NETWORK),
        ("hello: not protobuf", {"Watch": not_protobuf}, "no message of this protocol", DATASTORE),
        ("a huge header", {"Watch": huge_header}, "datastore", DATASTORE),
    )
    yield from (
        ("apply: no results", apply(lambda a: a.ClearField("results")), "not of the commands", DATASTORE),
        ("apply: too many results", apply(lambda a: a.results.append(a.results[0])), "not of the commands", DATASTORE),
        ("apply: of other commands", apply(lambda a: setattr(a.results[0], "command_id", "x")), "not of the commands",
         DATASTORE),
        ("apply: refusals of commands never sent", apply(lambda a: (a.ClearField("results"), a.results.add(
            number=99, command_id=str(uuid.uuid4()), refusal="no"))), "not of the commands", DATASTORE),
        ("apply: other numbers", apply(lambda a: setattr(a.results[0], "number", 1 << 63)), "not of the commands",
         DATASTORE),
        ("apply: a clock of 1970", apply(lambda a: (a.ClearField("results"), setattr(a.clock_ahead, "time_ms", 0))),
         "wrong by years", DATASTORE),
        ("apply: a clock of 9999", apply(lambda a: (a.ClearField("results"),
                                                    setattr(a.clock_ahead, "time_ms", FUTURE))),
         "wrong by years", DATASTORE),
        ("apply: before all time", apply(lambda a: (a.ClearField("results"),
                                                    setattr(a.clock_ahead, "time_ms", -(1 << 63)))),
         "wrong by years", DATASTORE),
        ("apply: hello again and again", apply(lambda a: (a.Clear(), setattr(a, "hello_needed", True))),
         "changes again and again", NETWORK),
        ("apply: a version that is not there", apply(lambda a: setattr(a.cursor, "version", 1 << 62), True),
         "does not have", DATASTORE),
        ("apply: not protobuf", {"Apply": lambda *_: b"\xff\xff\xff\xff"}, "datastore", DATASTORE),
        ("push: hello again and again", {**of_window(list), "Push": lambda *_: pb.PushResponse(hello_needed=True)},
         "changes again and again", NETWORK),
        ("push: a cursor of none", {**of_window(list), "Push": lambda *_: pb.PushResponse(
            cursor=pb.Cursor(version=1 << 63))}, "a cursor", DATASTORE),
    )
    yield from (
        ("fetch: not JSON", documents(lambda v: "{"), "no document", DATASTORE),
        ("fetch: wrong shape", documents(lambda v: "7"), "no document", DATASTORE),
        ("fetch: an unknown member", documents(lambda v: '{"fields":{},"id":"%s","x":1}' % uuid.uuid4()),
         "no document", DATASTORE),
        ("fetch: deep nesting", documents(lambda v: document(v, name="x", deep=7).replace(
            "[7,", "[" + "[" * 100_000 + "]" * 100_000 + ",")), "deep", DATASTORE),
        ("fetch: a name over the limit", documents(lambda v: document(v, name="x" * 1_001)), "1001 characters",
         DATASTORE),
        ("fetch: a name of no text", documents(lambda v: document(v, name=7)), "name: must be text", DATASTORE),
        ("fetch: a version to come", documents(lambda v: document(v + 1)), "yet to come", DATASTORE),
        ("fetch: an old version", documents(lambda v: document(1)), "did not change", DATASTORE),
        ("fetch: no version", documents(lambda v: document(0)), "version is none", DATASTORE),
        ("fetch: a task twice", documents(lambda v: document(v, "0" * 8 + "-0000-7000-8000-" + "0" * 12, name="a") + "," +
                                          document(v, "0" * 8 + "-0000-7000-8000-" + "0" * 12, name="b")), "twice",
         DATASTORE),
        ("fetch: 50 MB", fetch(lambda a, _: [chunk("[" + " " * 50_000_000 + "]"), a[-1]]), "larger than max",
         DATASTORE),
        ("fetch: 5 MB", fetch(lambda a, _: [chunk("[" + " " * 5_000_000 + "]"), a[-1]]), "too large", DATASTORE),
        ("fetch: chunks of nothing", fetch(lambda a, _: [chunk("[]")] * 10 + a), "chunk of nothing", DATASTORE),
        ("fetch: no state", fetch(lambda a, _: a[:-1]), "ended the stream", NETWORK),
        ("fetch: the state first", fetch(lambda a, _: a[::-1]), "goes on after the end", DATASTORE),
        ("fetch: two states", fetch(lambda a, _: a + a[-1:]), "goes on after the end", DATASTORE),
        ("fetch: a chunk after the state beside another", fetch(lambda a, _: [beside(a)] + a), "goes on after the end",
         DATASTORE),
        ("fetch: a bad chunk with the state beside it", fetch(lambda a, _: [beside(a, "[7]")]), "no document", DATASTORE),
        ("fetch: nothing that is known, for ever", fetch(lambda a, _: [pb.FetchResponse()] * 1_100 + a),
         "goes on after the end", DATASTORE),
        ("fetch: not protobuf", {"Fetch": not_protobuf}, "datastore", f"{NETWORK} {DATASTORE}"),
        ("fetch: invalid UTF-8", fetch(lambda a, _: [b"\x0a\x05\x12\x03[\xff]"] + a), "datastore", f"{NETWORK} {DATASTORE}"),
        ("fetch: another's numbers", of_state(lambda s: setattr(s.devices[0], "device_id", "other")), "our device ids",
         DATASTORE),
        ("fetch: no numbers", of_state(lambda s: s.ClearField("devices")), "our device ids", DATASTORE),
        ("fetch: numbers above ours", of_state(lambda s: setattr(s.devices[0], "last_number", 1 << 40)),
         "changes again and again", NETWORK),
        ("fetch: a number of none", of_state(lambda s: setattr(s.devices[0], "last_number", (1 << 64) - 1)),
         "our device ids", DATASTORE),
        ("fetch: numbers below ours", of_state(lambda s: setattr(s.devices[0], "last_number", 0)),
         "changes again and again", NETWORK),
        ("fetch: another incarnation", of_state(lambda s: setattr(s, "incarnation", str(uuid.uuid4()))),
         "changes again and again", NETWORK),
        ("fetch: hello again and again", fetch(lambda *_: [pb.FetchResponse(hello_needed=True)]),
         "changes again and again", NETWORK),
        ("fetch: a version that goes back", of_state(lambda s: setattr(s.cursor, "version", 1)), "yet to come",
         DATASTORE),
        ("fetch: versions of nothing", fetch(lambda a, _: a[-1:]), "nothing changed", DATASTORE),
        ("fetch: a huge token", of_state(lambda s: setattr(s.cursor, "token", huge)), "a cursor", DATASTORE),
        ("window: no open tasks", of_window(without_open), "no answer of the open tasks", DATASTORE),
        ("window: a wrong digest", open_changed(lambda c: setattr(c, "digest", bytes(32))), "not of its digest",
         DATASTORE),
        ("window: a wrong count", open_changed(lambda c: setattr(c, "count", 1)), "another count", DATASTORE),
        ("window: tasks left out", open_changed(lambda c: setattr(c, "documents_json", "[]")), "another count",
         DATASTORE),
        ("window: a week not asked for", open_changed(lambda c: setattr(c, "week", "1999-W01")), "not asked for",
         DATASTORE),
        ("window: twice", of_window(lambda a: a[:-1] + a), "twice", DATASTORE),
    )
    for code in grpc.StatusCode:
        if code is grpc.StatusCode.OK:
            continue
        waiting = {"UNAUTHENTICATED": TOKEN, "PERMISSION_DENIED": TOKEN, "UNAVAILABLE": NETWORK, "CANCELLED": NETWORK,
                   "DEADLINE_EXCEEDED": NETWORK}.get(code.name, DATASTORE)
        call = ("Watch", "Apply", "Fetch")[code.value[0] % 3]
        yield f"{call}: {code.name}", status_of(call, code), "datastore at 127.0.0.1", waiting


def bytes_for_garbage(caller):
    caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi" + bytes(range(256)) * 64)


def frame(kind, payload, flags=0, stream=0):
    return struct.pack(">I", len(payload))[1:] + bytes((kind, flags)) + struct.pack(">I", stream) + payload


def go_away(caller):
    caller.recv(65536)
    caller.sendall(frame(4, b"") + frame(7, struct.pack(">II", 0, 0)))


class HostileDatastore(unittest.TestCase):
    def setUp(self):
        self.scene = processes.Scene()
        self.addCleanup(self.scene.__exit__, None, None, None)
        self.store = self.scene.datastore()
        self.liar = Liar(self.store.target)
        self.addCleanup(self.liar.stop)
        self.door = Door(self.liar.port)
        self.addCleanup(self.door.close)
        self.daemon = self.scene.daemon(datastore=self.door, token=self.store.token("me"))
        self.names = set()
        self.add("Before all lies")
        self.honest()

    def add(self, name):
        self.daemon.send(("NEW", {"name": name}))
        self.names.add(name)

    def sync(self):
        """The error of a sync that a person asks for, or nothing."""
        try:
            self.daemon.control.SyncNow(processes.stubs().daemon_pb2.SyncNowRequest(), timeout=LIMIT)
            return None
        except grpc.RpcError as error:
            return error.details()

    def lie(self, lies, raw=None):
        """From the next connection on; the one that stands is cut."""
        self.liar.lies, self.door.raw = {}, bytes_for_garbage
        self.door.cut()
        pb_daemon = processes.stubs().daemon_pb2
        self.daemon.wait_status(lambda status: status.connectivity == pb_daemon.CONNECTIVITY_OFFLINE)
        self.liar.lies, self.door.raw = lies, raw

    def honest(self):
        """Everything comes through again, once."""
        self.liar.lies, self.door.raw = {}, None
        problem = self.sync()
        # An attempt that the lie met already may have been under way.
        problem = problem and self.sync()
        self.assertIsNone(problem)
        self.assertEqual(0, self.daemon.status().pending)
        self.see()

    def see(self):
        shown = [task.name for task in self.daemon.tasks(weeks=10).values()]
        self.assertEqual(sorted(self.names), sorted(shown))

    def memory(self):
        """The most that the daemon ever held, in MiB."""
        with open(f"/proc/{self.daemon.pid}/status", encoding="ascii") as file:
            return int(next(line for line in file if line.startswith("VmHWM")).split()[1]) / 1024

    def check_memory(self, most, before=0):
        """That it never held `most` MiB more than before. A sanitizer keeps what is freed: its memory says nothing."""
        if not processes.sanitized():
            self.assertLess(self.memory() - before, most)

    def cpu(self):
        with open(f"/proc/{self.daemon.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def check_another_device(self):
        """What the real datastore has, read past the liar."""
        other = self.scene.daemon("other", datastore=self.store, token=self.store.token("me"))
        other.wait_status(lambda status: status.last_sync)
        self.assertEqual(sorted(self.names), sorted(task.name for task in other.tasks(weeks=10).values()))

    def test_each_lie(self):
        for name, lies_of, words, waiting in lies():
            with self.subTest(name):
                self.lie(lies_of)
                self.add(name)
                told = self.sync()
                self.assertIsNotNone(told, "the lie was taken")
                self.assertIn(words, told)
                self.assertNotIn("\x1b", told)
                status = self.daemon.cli("status")
                self.assertIn(status["waiting_for"], waiting.split(), told)
                self.assertIn(words, status["last_error"])
                self.see()
            self.honest()
        self.check_memory(200)
        self.check_another_device()

    def test_lies_that_cannot_be_told_from_the_truth(self):
        """A clone, a restored backup: what is asked for is done, and nothing is lost by it."""
        for name, lies_of in (
                ("numbers above ours", hello(lambda h: setattr(h.devices[0], "last_number", 1_000))),
                ("another hash", hello(lambda h: setattr(h.devices[0], "hash", bytes(range(32))))),
                ("a cursor that is not known", hello(setting("cursor_known", False))),
                ("a token that changes", hello(setting("cursor.token", str(uuid.uuid4())))),
                ("what only a newer version knows", {"Watch": lambda request, answers, context: (
                    each.SerializeToString() + b"\x9a\x06\x03new" for each in answers)})):
            with self.subTest(name):
                self.lie(lies_of)
                self.add(name)
                self.sync()
                self.see()
            self.honest()
        self.check_another_device()

    def test_tasks_that_were_not_asked_for(self):
        unknown = str(uuid.uuid4())
        for name, make in (("another one", lambda: document(1)),
                           ("the same twice", lambda: document(1, unknown) + "," + document(1, unknown))):
            with self.subTest(name):
                def lie(request, answers, context):
                    given = list(answers)
                    return iter([chunk("[" + make() + "]")] + given if request.ids else given)
                self.lie({"Fetch": lie})
                self.daemon.send(("UPDATE", {"id": unknown, "note": name}))
                self.assertIn("a task that was not asked for", self.sync() or "")
                self.see()
            self.honest()

    def test_it_is_paced(self):
        """However fast a datastore fails, and whatever it answers before: seldom, and without heat."""
        tokens = iter(range(1_000_000))

        def new_history(_, answers, context):
            first = next(answers)
            first.hello.incarnation = f"history {next(tokens)}"
            yield first

        def fetch_of_it(request, answers, context):
            answers.cancel()
            yield chunk("[]", week="open", last=True, digest=pb_empty(), count=0)
            yield pb.FetchResponse(state=pb.FetchState(
                incarnation=request.incarnation, cursor=pb.Cursor(version=1 << 40, token="x"),
                devices=[pb.DeviceState(device_id=each) for each in request.device_ids]))

        def push(*_):
            return pb.PushResponse(cursor=pb.Cursor(version=5, token="x"))

        def notify(_, answers, context):
            yield next(answers)
            while context.is_active():
                yield pb.WatchResponse(changed=pb.Changed(version=1 << 41))

        for name, lies_of, raw in (
                ("it hangs up", {}, lambda caller: None), ("garbage", {}, bytes_for_garbage), ("GOAWAY", {}, go_away),
                ("it says hello and ends", {"Watch": lambda request, answers, context: iter((next(answers),))}, None),
                ("a new history each time", {"Watch": new_history, "Fetch": fetch_of_it, "Push": push}, None),
                ("versions that are not there", {"Watch": notify}, None)):
            with self.subTest(name):
                self.lie(lies_of, raw)
                self.daemon.send(("NEW", {"name": name}))
                self.liar.calls, self.liar.most = 0, 60
                self.liar.too_many.clear()
                before, taken = self.cpu(), self.door.taken
                self.assertFalse(self.liar.too_many.wait(1.5), f"{self.liar.calls} calls")
                self.liar.most = 0
                self.assertLess(self.door.taken - taken, 30)
                self.assertLess(self.cpu() - before, 1)
                status = self.daemon.status()
                self.assertTrue(status.last_error)
                self.assertEqual(name, next(task.name for task in self.daemon.tasks(weeks=10).values()
                                            if task.name == name))
            self.names.add(name)
        self.honest()
        self.check_another_device()

    def test_a_flood_of_notifications(self):
        self.lie({"Watch": flood})
        self.add("While it floods")
        self.sync()
        # How fast the liar is depends on the machine: above the limit the daemon ends the stream, below it serves on.
        before = self.memory()
        for number in range(20):
            self.add(f"While it floods {number}")
            self.see()
        self.check_memory(50, before)
        told = self.daemon.status()
        self.assertIn(told.last_error and "more notifications", told.last_error)
        self.honest()

    def test_a_stream_without_an_end(self):
        """A delta, and an old week that a person reads: memory stays bounded, and others are served."""
        self.lie(endless())
        self.add("A stream without an end")
        before = self.memory()
        stream = threading.Thread(target=self.sync)
        stream.start()
        for _ in range(20):
            self.add(f"While it streams {len(self.names)}")
            self.see()
        self.check_memory(150, before)
        self.door.raw = bytes_for_garbage
        self.door.cut()
        stream.join(LIMIT)
        self.honest()
        self.check_another_device()


def pb_empty():
    import hashlib
    return hashlib.sha256(b"").digest()


if __name__ == "__main__":
    processes.need_grpc()
    processes.need_programs("hashirad", "hashira", "hashira-datastored")
    import grpc
    pb = processes.stubs().datastore_pb2
    sys.exit(0 if unittest.main(exit=False).result.wasSuccessful() else 1)
