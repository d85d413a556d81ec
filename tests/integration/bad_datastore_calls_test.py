#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every call of the datastore with everything wrong: the status and words that help, nothing written, and the next
call is good."""
import hashlib
import json
import sys
import unittest

import hashira_processes as processes
from raw_calls import call, field, message

SERVICE = "hashira.v1.Datastore/"
STREAMS = ("Watch", "Fetch")
ZERO = bytes(32)
TASK = "0193a5b0-0000-7000-8000-00000000000a"
COMMAND = "0193a5b0-0000-7000-8000-0000000000c1"
STAMP = "1795000000000.0.dev1"
DEVICE = "abcdefghij12345"
BAD, NO_TOKEN = "INVALID_ARGUMENT", "UNAUTHENTICATED"


def command(number=1, command_id=COMMAND, what=1, payload=None, stamp=STAMP):
    payload = json.dumps({"id": TASK, "name": "x"}) if payload is None else payload
    return message((1, number), (2, command_id), (3, what), (4, payload), (5, stamp))


def apply(*commands, device=DEVICE, previous=ZERO, incarnation="{here}"):
    return ("Apply", incarnation, message((2, device), (3, previous)) + b"".join(field(4, one) for one in commands))


def fetch(*fields, incarnation="{here}"):
    return ("Fetch", incarnation, message(*fields))


def push(documents, incarnation="{here}"):
    return ("Push", incarnation, message((2, documents if isinstance(documents, (str, bytes)) else json.dumps(documents))))


def watch(*fields):
    return ("Watch", None, message(*fields))


def document(**changes):
    return {"fields": {"name": ["x", STAMP]}, "id": TASK, **changes}


# (request, words): each is INVALID_ARGUMENT.
MALFORMED = [
    (apply(), "commands: must not be empty"),
    (apply(command(), device=""), "device_id: is no device id"),
    (apply(command(), device="UPPER"), "device_id: is no device id"),
    (apply(command(), device="a" * 16), "device_id: is no device id"),
    (apply(command(), device="a b"), "device_id: is no device id"),
    (apply(command(), device="\x1b[2J"), "device_id: is no device id"),
    (apply(command(), device=TASK), "device_id: is no device id"),
    (apply(command(), previous=b""), "previous_hash: must be 32 bytes"),
    (apply(command(), previous=bytes(31)), "previous_hash: must be 32 bytes"),
    (apply(command(), previous=bytes(1000)), "previous_hash: must be 32 bytes"),
    (apply(command(0)), "commands: numbers begin with 1"),
    (apply(command(1), command(3)), "commands: numbers must ascend by one"),
    (apply(command(1), command(1)), "commands: numbers must ascend by one"),
    (apply(command(2), command(1)), "commands: numbers must ascend by one"),
    (apply(command(2**64 - 1), command(0)), "commands: numbers"),
    (apply(*(command(n) for n in range(1, 502))), "commands: at most 500"),
    (apply(*(command(n, payload="x" * 800_000) for n in range(1, 4))), "commands: at most 2097152 bytes"),
    (apply(command(1), command(2, stamp="")), "commands: number 2: stamp: is no stamp"),
    (apply(command(stamp="now")), "commands: number 1: stamp: is no stamp"),
    (apply(command(stamp="-1.0.a")), "stamp: is no stamp"),
    (apply(command(stamp="01.0.a")), "stamp: is no stamp"),
    (apply(command(stamp="1.0.")), "stamp: is no stamp"),
    (apply(command(stamp="1.4294967296.a")), "stamp: is no stamp"),
    (apply(command(stamp="253402300800000.0.a")), "stamp: is no stamp"),
    (fetch((3, "2026-W54")), "from_week: is no ISO week"),
    (fetch((3, "nonsense")), "from_week: is no ISO week"),
    (fetch((3, "2026-W01"), (4, "2025-W53")), "to_week: is no ISO week"),
    (fetch((3, "2026-W10"), (4, "2026-W09")), "to_week: lies before from_week"),
    (fetch((4, "2026-W09")), "to_week: needs from_week"),
    (fetch((3, "0001-W02"), (4, "9999-W01")), "to_week: more than 10000 weeks"),
    (fetch((6, "nonsense")), "ids: must be UUIDs"),
    (fetch((6, TASK.upper())), "ids: must be UUIDs"),
    (fetch((6, TASK), (5, 1)), "ids: cannot stand together"),
    (fetch((6, TASK), (3, "2026-W09")), "ids: cannot stand together"),
    (fetch((6, TASK), (2, b"")), "ids: cannot stand together"),
    (fetch(*[(6, TASK)] * 1001), "ids: at most 1000"),
    (fetch(*[(7, b"")] * 101), "required: at most 100"),
    (fetch((8, "no device!")), "device_ids: must be device ids"),
    (fetch(*[(8, DEVICE)] * 1001), "device_ids: at most 1000"),
    (fetch((9, 1), (6, TASK)), "digests_only: is for weeks and open"),
    (push(""), "the documents: is not a JSON array"),
    (push("{}"), "the documents: is not a JSON array"),
    (push("[1,"), "the documents: is not valid JSON"),
    (push([1]), "the document is not a JSON object"),
    (push([document(), {}]), "the document has no id"),
    (push([document(id="x")]), "the document has no id"),
    (push([document(id=TASK.upper())]), "the document has no id"),
    (push([document(more=1)]), 'the document has the unknown member "more"'),
    (push([document(version="1")]), "the document's version is no number"),
    (push([document(version=-1)]), "the document's version is no number"),
    (push([document(fields=[])]), "the document's fields: is not a JSON object"),
    (push([document(fields={"name": "x"})]), '"name" is no pair of a value and a stamp'),
    (push([document(fields={"name": ["x"]})]), '"name" is no pair of a value and a stamp'),
    (push([document(fields={"name": ["x", 1]})]), '"name" is no pair of a value and a stamp'),
    (push([document(fields={"name": ["x", "now"]})]), '"name" is no pair of a value and a stamp'),
    (push([document(fields={f"f{i}": [i, STAMP] for i in range(201)})]), "the document has too many fields"),
    (push([document(fields={"note": ["n" * (2 << 20), STAMP]})]), "the document is too large"),
    (push([document(fields={"note": ["n" * 600_000, STAMP]})] * 2), "documents_json: more than 1048576 bytes"),
    (push('[{"id":"' + TASK + '","fields":{"a":' + "[" * 40 + "]" * 40 + "}}]"), "nested more than 35 deep"),
    (push('[{"id":"' + TASK + '","fields":{"a":[1,"' + STAMP + '"],"a":[2,"' + STAMP + '"]}}]'), 'the name "a" twice'),
    (push('[{"id":"' + TASK + '","fields":{"name":["\\udc00","' + STAMP + '"]}}]'), "half of a surrogate pair"),
    (watch(*[(1, message((1, DEVICE)))] * 10_000), "more than 1000 device ids"),
    (watch((1, message((1, "no device!")))), "device_id: is no device id"),
    (watch((1, b"")), "device_id: is no device id"),
]

# Another history: told in the answer, never by an error.
ELSEWHERE = [
    apply(command(), incarnation="nonsense"), apply(command(), incarnation=""), apply(command(7)),
    apply(command(), previous=b"x" * 32), fetch((5, 1), incarnation="nonsense"),
    fetch((2, message((1, 1), (2, "no such token")))), fetch((2, message((1, 2**64 - 1)))),
    fetch((7, message((1, 99), (2, "no such token"))), (5, 1)), push([document()], incarnation="nonsense"),
]

# One command that is wrong is refused by itself, and uses up its number.
REFUSED = [
    (command(command_id="nonsense"), "the command's id is no UUID"),
    (command(what=0), "does not know such a command"),
    (command(what=99), "does not know such a command"),
    (command(payload=""), "payload: is not a JSON object"),
    (command(payload="{}"), "name: is missing"),
    (command(payload='{"name":"x"}'), "id: is missing"),
    (command(payload='{"id":"x","name":"x"}'), "id: must be a UUID"),
    (command(payload='{"id":"' + TASK + '","name":""}'), "name: must not be empty"),
    (command(what=2, payload='{"id":"' + TASK + '","before":"' + TASK + '"}'), "before and after are for front ends"),
    (command(payload='{"id":"' + TASK + '","name":"x","note":"' + "n" * (1 << 20) + '"}'), "payload: has"),
]


class BadDatastoreCalls(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        import grpc
        self.scene = processes.Scene()
        self.addCleanup(lambda: self.scene.__exit__(None, None, None))
        self.store = self.scene.datastore()
        self.token = self.store.token("me")
        self.channel = grpc.insecure_channel(self.store.target)
        self.addCleanup(self.channel.close)
        self.pb = processes.stubs().datastore_pb2
        self.here = self.hello().incarnation

    def ask(self, request, token=None):
        name, incarnation, rest = request
        if incarnation is not None:
            rest = field(1, incarnation.format(here=self.here)) + rest
        metadata = () if token == "" else (("authorization", "Bearer " + (token or self.token)),)
        return call(self.channel, SERVICE + name, rest, name in STREAMS, metadata)

    def hello(self):
        code, answer = call(self.channel, SERVICE + "Watch", b"", True, (("authorization", "Bearer " + self.token),))
        self.assertEqual("OK", code, answer)
        return self.pb.WatchResponse.FromString(answer).hello

    def all_is_well(self, version=0):
        """Nothing was written, and a good call works."""
        self.assertEqual(version, self.hello().cursor.version)
        good = command(payload=json.dumps({"id": TASK[:-1] + "b", "name": "And it works on"}))
        code, answer = self.ask(apply(good, device="good"))
        self.assertEqual("OK", code, answer)
        told = self.pb.ApplyResponse.FromString(answer)
        self.assertEqual((version + 1, [""]), (told.cursor.version, [result.refusal for result in told.results]))

    def test_malformed(self):
        for request, words in MALFORMED:
            with self.subTest(request[0], words=words):
                code, details = self.ask(request)
                self.assertEqual(BAD, code, details)
                self.assertIn(words, details)
        self.all_is_well()

    def test_other_histories(self):
        answers = {"Apply": "ApplyResponse", "Fetch": "FetchResponse", "Push": "PushResponse"}
        for request in ELSEWHERE:
            with self.subTest(request[0], request=request[2][:80]):
                code, answer = self.ask(request)
                self.assertEqual("OK", code, answer)
                self.assertTrue(getattr(self.pb, answers[request[0]]).FromString(answer).hello_needed)
        gap = self.pb.ApplyResponse.FromString(self.ask(apply(command(7)))[1])
        self.assertEqual(1, gap.expected_number)
        self.all_is_well()

    def test_refused_commands(self):
        previous, number = ZERO, 0
        for one, words in REFUSED:
            with self.subTest(words):
                number += 1
                numbered = self.pb.NumberedCommand.FromString(one)
                numbered.number = number
                code, answer = self.ask(apply(numbered.SerializeToString(), previous=previous))
                self.assertEqual("OK", code, answer)
                results = self.pb.ApplyResponse.FromString(answer).results
                self.assertEqual([number], [result.number for result in results])
                self.assertIn(words, results[0].refusal)
                previous = chain(previous, numbered)
        self.all_is_well()

    def test_tokens(self):
        revoked = self.store.token("you")
        self.store.admin("token", "revoke", "you")
        for name, request in (("Watch", watch()), ("Apply", apply(command())), ("Fetch", fetch((5, 1))),
                              ("Push", push([document()]))):
            for token, words in (("", "carries no access token"), ("x", "does not know this access token"),
                                 (revoked, "does not know this access token"), ("t" * 4000, "does not know")):
                with self.subTest(name, token=token[:20]):
                    code, details = self.ask(request, token)
                    self.assertEqual(NO_TOKEN, code, details)
                    self.assertIn(words, details)
        for scheme in ("Basic ", "bearer", "Bearer"):
            code, details = call(self.channel, SERVICE + "Push", b"", metadata=(("authorization", scheme + self.token),))
            self.assertEqual(NO_TOKEN, code, details)
        self.all_is_well()

    def test_bytes_that_are_no_message(self):
        """gRPC answers these itself, before any code of ours."""
        for name in ("Watch", "Apply", "Fetch", "Push", "Nonsense"):
            for request in (b"\xff\xff\xff", message((1, b"\xff\xfe")), message((2, b"\xff")), b"\x0a\x7f"):
                with self.subTest(name, request=request):
                    metadata = (("authorization", "Bearer " + self.token),)
                    code, details = call(self.channel, SERVICE + name, request, name in STREAMS, metadata)
                    self.assertIn(code, ("UNIMPLEMENTED", BAD), details)
        for size in (3, 9):
            code, details = self.ask(push("[" + " " * (size << 20) + "]"))
            self.assertEqual("RESOURCE_EXHAUSTED", code, details)
            self.assertIn("larger than max", details)
        # What is as large as it may be is read.
        code, details = self.ask(push([document(fields={"x": ["n" * ((2 << 20) - 200), STAMP]})]))
        self.assertEqual("OK", code, details)
        self.all_is_well(1)

    def test_requests_of_nobody_take_little(self):
        """gRPC reads a request before its token is looked at: as much as it may hold of the smallest parts."""
        before = processes.peak_memory(self.store.pid)
        for name, number in (("Apply", 4), ("Watch", 1), ("Fetch", 6)):
            code, details = call(self.channel, SERVICE + name, field(number, b"") * 1_250_000, name in STREAMS)
            self.assertEqual(NO_TOKEN, code, details)
        if before and not processes.sanitized("hashira-datastored"):
            self.assertLess(processes.peak_memory(self.store.pid) - before, 250 << 20)
        self.all_is_well()

    def test_what_is_odd_and_good(self):
        """Done at no known moment is open, and fields that only unknown programs know are kept as they are."""
        fields = {"name": ["x", STAMP], "place": ["done", STAMP], "\x1b": [None, STAMP], "x": [{"y": [2**64 + 1]}, STAMP]}
        code, answer = self.ask(push([document(fields=fields)]))
        self.assertEqual("OK", code, answer)
        self.assertEqual(("open", [fields]), self.open_tasks())
        self.all_is_well(1)

    def test_pushed_documents_that_no_command_can_make(self):
        """Left out, each by itself: no daemon takes a chunk that holds one."""
        fields = document()["fields"]
        wrong = [{"name": [7, STAMP]}, {"place": ["shelf", STAMP]}, {"done": ["whenever", STAMP]},
                 {"note": ["n" * 65_537, STAMP]}, {"deleted": [None, STAMP]}, {"": [1, STAMP]}]
        ids = [TASK[:-1] + digit for digit in "123456"]
        code, answer = self.ask(push([document(id=one, fields=odd) for one, odd in zip(ids, wrong)] + [document()]))
        self.assertEqual("OK", code, answer)
        self.assertEqual(("open", [fields]), self.open_tasks())
        self.all_is_well(1)

    def open_tasks(self):
        """The bucket of the first chunk, and the fields of each of its documents."""
        code, answer = self.ask(fetch((5, 1)))
        self.assertEqual("OK", code, answer)
        chunk = self.pb.FetchResponse.FromString(answer).chunk
        return chunk.week, [one["fields"] for one in json.loads(chunk.documents_json)]


def chain(previous, numbered):
    digest = hashlib.sha256(previous)
    for text in (numbered.command_id, numbered.payload):
        data = text.encode("utf-8")
        digest.update(len(data).to_bytes(4, "big") + data)
    return digest.digest()


if __name__ == "__main__":
    processes.need_grpc()
    processes.need_programs("hashira-datastored")
    sys.exit(0 if unittest.main(exit=False).result.wasSuccessful() else 1)
