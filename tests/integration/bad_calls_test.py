#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every call of the daemon's services with everything wrong: the status and words that help, nothing written, and
the next call is good. bad_input_test.py has what people get wrong by accident; this is what a broken program sends."""
import json
import sys
import threading
import time
import unittest

import hashira_processes as processes
from raw_calls import call, double, field, message

HASHIRA, DAEMON = "hashira.v1.Hashira/", "hashira.v1.Daemon/"
NEW, UPDATE, DELETE = 1, 2, 3
ONE = "0193a5b0-0000-7000-8000-00000000000a"  # a task that is there, in todo
GONE = "0193a5b0-0000-7000-8000-00000000000b"  # one that is deleted
OTHER = "0193a5b0-0000-7000-8000-00000000000c"  # one in the backlog
UNKNOWN = "0193a5b0-0000-7000-8000-00000000ffff"
BAD, EXHAUSTED, NOT_FOUND = "INVALID_ARGUMENT", "RESOURCE_EXHAUSTED", "NOT_FOUND"

# (what, payload, words after "commands[1]: "). `what` as a number, so that unknown ones can be sent.
PAYLOADS = [
    # not JSON, or not an object
    (NEW, "null", "payload: is not a JSON object"),
    (NEW, '"name"', "payload: is not a JSON object"),
    (NEW, "7", "payload: is not a JSON object"),
    (NEW, "   ", "payload: is not a JSON object"),
    (NEW, "{'name':'x'}", "payload: is not valid JSON at byte 1"),
    (NEW, '{"name":"x",}', "payload: is not valid JSON at byte"),
    (NEW, '{"name":"x" // why\n}', "payload: is not valid JSON at byte"),
    (NEW, '{"name":"x","n":1e999}', "payload: is not valid JSON at byte 16: Number too big"),
    (NEW, '{"name":"x","n":01}', "payload: is not valid JSON at byte"),
    (NEW, '{"name":"x","n":+1}', "payload: is not valid JSON at byte"),
    (NEW, '{"name":"x","n":.5}', "payload: is not valid JSON at byte"),
    (NEW, '{"name":"x","n":Infinity}', "payload: is not valid JSON at byte"),
    (NEW, '{"name":"x","n":-NaN}', "payload: is not valid JSON at byte"),
    (NEW, '{"name":"x","n":0x10}', "payload: is not valid JSON at byte"),
    (NEW, '{"name":"a\nb"}', "payload: is not valid JSON at byte"),
    (NEW, '{"name":"a\x00b"}', "payload: is not valid JSON at byte 10"),
    (NEW, '{"name":"\\x41"}', "payload: is not valid JSON at byte"),
    (NEW, '{"name":"\\ud800"}', "payload: is not valid JSON at byte"),
    (NEW, '{"name":"\\udc00"}', "payload: has half of a surrogate pair in a text"),
    (NEW, '{"name":"x","\\udfff":1}', "payload: has half of a surrogate pair in a text"),
    (NEW, "[" * 10_000 + "]" * 10_000, "payload: is not a JSON object"),
    (NEW, '{"name":"x","d":' + "[" * 10_000 + "]" * 10_000 + "}", "payload: is nested more than 32 deep"),
    (NEW, '{"a":' * 10_000 + "1" + "}" * 10_000, "payload: is nested more than 32 deep"),
    (NEW, '{"a":' * 10_000, "payload: is nested more than 32 deep"),
    (NEW, '{"name":"x","e":{"b":1,"b":2}}', 'payload: has the name "b" twice'),
    (NEW, '{"name":"x","\\u006eame":"y"}', 'payload: has the name "name" twice'),
    (NEW, '{"name":"x","note":"' + "n" * (10 << 20) + '"}', "payload: has 10485782 bytes, at most 1048576"),
    (NEW, '{"name":"x",' + ",".join(f'"f{i}":1' for i in range(200)) + "}", "payload: has more than 200 fields"),
    # names and fields
    (NEW, '{"name":true}', "name: must be text"),
    (NEW, '{"name":["x"]}', "name: must be text"),
    (NEW, '{"name":{"a":1}}', "name: must be text"),
    (NEW, '{"name":" \\n\\t\\r "}', "name: must not be empty"),
    (NEW, '{"name":"\\u00a0\\u2003\\u3000"}', "name: must not be empty"),
    (NEW, '{"name":"' + "é" * 1001 + '"}', "name: has 1001 characters"),
    (NEW, '{"name":"' + "\U0001f600" * 1001 + '"}', "name: has 1001 characters"),
    (NEW, '{"name":"x","":1}', "a field needs a name"),
    (NEW, '{"name":"x","' + "f" * 101 + '":1}', "the name of a field has at most 100 characters"),
    (NEW, '{"name":"x","place":null}', "place: must be"),
    (NEW, '{"name":"x","place":"Todo"}', "place: must be"),
    (NEW, '{"name":"x","place":["todo"]}', "place: must be"),
    (NEW, '{"name":"x","rank":null}', "rank: must be"),
    (NEW, '{"name":"x","rank":""}', "rank: must be"),
    (NEW, '{"name":"x","rank":"a0"}', "rank: must be"),
    (NEW, '{"name":"x","rank":"' + "a" * 257 + '"}', "rank: must be"),
    (NEW, '{"name":"x","labels":{}}', "labels: must be an array"),
    (NEW, '{"name":"x","labels":1}', "labels: must be an array"),
    (NEW, '{"name":"x","labels":[null]}', "labels: each label must be text"),
    (NEW, '{"name":"x","labels":[["a"]]}', "labels: each label must be text"),
    (NEW, '{"name":"x","labels":[""]}', "labels: a label must not be empty"),
    (NEW, '{"name":"x","labels":["' + "l" * 101 + '"]}', "labels: each label has 101 characters"),
    (NEW, '{"name":"x","note":1}', "note: must be text"),
    (NEW, '{"name":"x","note":["n"]}', "note: must be text"),
    (NEW, '{"name":"x","due":1}', "due: must be a day"),
    (NEW, '{"name":"x","due":""}', "due: must be a day"),
    (NEW, '{"name":"x","due":"2026-2-3"}', "due: must be a day"),
    (NEW, '{"name":"x","due":"2025-02-29"}', "due: must be a day"),
    (NEW, '{"name":"x","due":"0000-01-01"}', "due: must be a day"),
    (NEW, '{"name":"x","due":"10000-01-01"}', "due: must be a day"),
    (NEW, '{"name":"x","created":"2026-11-23T25:00:00Z"}', "created: must be a date-time"),
    (NEW, '{"name":"x","created":1795000000}', "created: must be a date-time"),
    (NEW, '{"name":"x","started":"2026-11-23T10:00:00"}', "started: must be a date-time"),
    (NEW, '{"name":"x","done":true}', "done: must be a date-time"),
    (NEW, '{"name":"x","done":"2026-11-23T10:00:00+24:00"}', "done: must be a date-time"),
    (NEW, '{"name":"x","deleted":1}', "deleted: must be true or false"),
    (NEW, '{"name":"x","deleted":null}', "deleted: must be true or false"),
    # ids
    (NEW, '{"name":"x","id":null}', "id: must be a UUID"),
    (NEW, '{"name":"x","id":7}', "id: must be a UUID"),
    (NEW, '{"name":"x","id":""}', "id: must be a UUID"),
    (NEW, '{"name":"x","id":"{' + ONE + '}"}', "id: must be a UUID"),
    (NEW, '{"name":"x","id":"' + ONE.replace("-", "") + '"}', "id: must be a UUID"),
    (NEW, '{"name":"x","id":"' + ONE[:-1] + 'g"}', "id: must be a UUID"),
    (UPDATE, '{"name":"x","id":"' + ONE + ' "}', "id: must be a UUID"),
    (DELETE, '{"id":["' + ONE + '"]}', "id: must be a UUID"),
    # beside others
    (UPDATE, '{"id":"' + ONE + '","before":7}', "before: must be a UUID"),
    (UPDATE, '{"id":"' + ONE + '","before":null}', "before: must be a UUID"),
    (UPDATE, '{"id":"' + ONE + '","before":"' + ONE + '"}', "before: "),
    (UPDATE, '{"id":"' + ONE + '","after":"' + ONE + '"}', "after: "),
    (UPDATE, '{"id":"' + ONE + '","before":"' + UNKNOWN + '"}', "before: there is no task " + UNKNOWN),
    (UPDATE, '{"id":"' + ONE + '","after":"' + GONE + '"}', "after: there is no task " + GONE),
    (UPDATE, '{"id":"' + ONE + '","before":"' + OTHER + '"}', "before: "),
    (UPDATE, '{"id":"' + ONE + '","before":"' + OTHER + '","after":"' + OTHER + '"}', "cannot stand together with after"),
    (UPDATE, '{"id":"' + ONE + '","before":"' + OTHER + '","rank":"a"}', "cannot stand together with rank"),
    (DELETE, '{"id":"' + ONE + '","after":"' + OTHER + '"}', "a DELETE has no field but id"),
    (DELETE, '{"id":"' + ONE + '","deleted":true}', "a DELETE has no field but id"),
    # what
    (0, '{"name":"x"}', "what: must be WHAT_NEW, WHAT_UPDATE or WHAT_DELETE, not 0"),
    (4, '{"name":"x"}', "not 4"),
    (-1, '{"name":"x"}', "not -1"),
    (2**31 - 1, '{"name":"x"}', "not 2147483647"),
]

# (the second command's bytes, status, words): what only raw bytes can say.
COMMANDS = [
    (b"", BAD, "commands[1]: what: must be"),
    (message((1, "x"), (2, NEW), (3, '{"name":"x"}')), BAD, "commands[1]: id of the command: must be a UUID"),
    (message((1, "\x1b[2J"), (2, NEW), (3, '{"name":"x"}')), BAD, "commands[1]: id of the command: must be a UUID"),
    (message((2, NEW), (3, b'{"name":"\xff"}')), BAD, "commands[1]: payload: is not valid UTF-8"),
    (message((2, NEW), (3, b'{"name":"\xc0\x80"}')), BAD, "commands[1]: payload: is not valid UTF-8"),
    (message((2, NEW), (3, b'{"name":"\xed\xa0\x80"}')), BAD, "commands[1]: payload: is not valid UTF-8"),
    (message((1, b"\xfe"), (2, NEW), (3, '{"name":"x"}')), BAD, "commands[1]: id: is not valid UTF-8"),
    (message((2, NEW)) + field(3, "")[:-1] + b"\x7f{", BAD, "commands[1]: is no Command"),
    (double(2, 1.0) + field(3, '{"name":"x"}'), BAD, "commands[1]: what: must be"),
]

# (call, its bytes, whether it streams, status, words)
EMPTY_EPOCH = message((1, "no epoch of this daemon"), (2, 1))
CALLS = [
    (HASHIRA + "Send", b"\xff\xff\xff", False, BAD, "the request is no SendRequest"),
    (HASHIRA + "Send", b"\x0a\x7f", False, BAD, "the request is no SendRequest"),
    (HASHIRA + "Retrieve", b"\xff\xff\xff", True, BAD, "the request is no RetrieveRequest"),
    (HASHIRA + "Retrieve", message((3, message((1, b"\xff")))), True, BAD, "changed_since: epoch: is not valid UTF-8"),
    (HASHIRA + "Retrieve", message((1, 3), (2, 1)), True, BAD, "from 3, to 1"),
    (HASHIRA + "Retrieve", message((1, -1)), True, BAD, "cannot be negative"),
    (HASHIRA + "Retrieve", message((1, -3), (2, -1)), True, BAD, "cannot be negative"),
    (HASHIRA + "Retrieve", message((2, 10_001)), True, BAD, "at most 10000"),
    (HASHIRA + "Retrieve", message((1, 2**31 - 1), (2, 2**31 - 1)), True, BAD, "at most 10000"),
    (HASHIRA + "Retrieve", message((1, -(2**31)), (2, 0)), True, BAD, "cannot be negative"),
    (DAEMON + "WaitFor", message((1, UNKNOWN), (2, 2)), False, NOT_FOUND, UNKNOWN),
    (DAEMON + "WaitFor", message((1, UNKNOWN), (2, 0)), False, BAD, "level: must be"),
    (DAEMON + "WaitFor", message((1, UNKNOWN), (2, 9)), False, BAD, "level: must be"),
    (DAEMON + "WaitFor", message((1, UNKNOWN), (2, -1)), False, BAD, "level: must be"),
    (DAEMON + "WaitFor", message((1, "x"), (2, 2)), False, BAD, "command_id: must be a UUID"),
    (DAEMON + "WaitFor", b"", False, BAD, "command_id: must be a UUID"),
    (DAEMON + "RetryRejected", b"", False, BAD, "command_id: must be a UUID"),
    (DAEMON + "RetryRejected", message((1, "\x1b[2J")), False, BAD, "command_id: must be a UUID"),
    (DAEMON + "RetryRejected", message((1, UNKNOWN)), False, NOT_FOUND, UNKNOWN),
    (DAEMON + "DiscardRejected", message((1, UNKNOWN[:-1])), False, BAD, "command_id: must be a UUID"),
    (DAEMON + "DiscardRejected", message((1, UNKNOWN)), False, NOT_FOUND, UNKNOWN),
    (DAEMON + "SyncNow", b"", False, "FAILED_PRECONDITION", "no datastore"),
    (DAEMON + "SignIn", message((1, "nonsense"), (2, "x" * 100_000)), False, "INVALID_ARGUMENT", "must be hashira://HOST:PORT"),
    (DAEMON + "SignOut", b"", False, "FAILED_PRECONDITION", "nobody is signed in"),
    # What gRPC itself answers, before any code of ours: an unknown call, and bytes that it cannot read.
    (HASHIRA + "Nonsense", b"", False, "UNIMPLEMENTED", ""),
    ("hashira.v1.Nonsense/Send", b"", False, "UNIMPLEMENTED", ""),
    (HASHIRA + "Subscribe", b"\xff\xff\xff", True, "UNIMPLEMENTED", ""),
    (HASHIRA + "Subscribe", message((1, message((1, b"\xff")))), True, "UNIMPLEMENTED", ""),
    (DAEMON + "GetStatus", b"\xff\xff\xff", False, "UNIMPLEMENTED", ""),
    (DAEMON + "WatchStatus", b"\xff\xff\xff", True, "UNIMPLEMENTED", ""),
    (DAEMON + "WaitFor", message((1, b"\xff")), False, "UNIMPLEMENTED", ""),
    # Odd, and good: other epochs and revisions of the future are answered in full.
    (HASHIRA + "Send", b"", False, "OK", ""),
    (HASHIRA + "Retrieve", message((3, EMPTY_EPOCH)), True, "OK", ""),
    (HASHIRA + "Retrieve", message((3, b"")), True, "OK", ""),
    (HASHIRA + "Retrieve", message((1, 10_000), (2, 10_000)), True, "OK", ""),
    (HASHIRA + "Subscribe", message((1, message((1, "x" * 100_000), (2, 2**64 - 1)))), True, "OK", ""),
    (HASHIRA + "Subscribe", message((99, "a field of a newer version")), True, "OK", ""),
    (DAEMON + "GetStatus", message((1, 7), (2, "x")), False, "OK", ""),
]


class BadCalls(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.scene = self.enterContext(processes.Scene()) if hasattr(self, "enterContext") else processes.Scene()
        if not hasattr(self, "enterContext"):
            self.addCleanup(self.scene.__exit__, None, None, None)
        self.daemon = self.scene.daemon()
        self.daemon.send(("NEW", {"id": ONE, "name": "One", "place": "todo"}), ("NEW", {"id": GONE, "name": "Gone"}),
                         ("NEW", {"id": OTHER, "name": "Other"}), ("DELETE", {"id": GONE}))
        self.before = self.state()

    def state(self):
        """All that a bad call could have changed."""
        status = self.daemon.status()
        tasks = {task.id: task.SerializeToString() for task in self.daemon.tasks(10, deleted=True).values()}
        return status.revision.number, status.pending, status.rejected, tasks

    def good_call_works(self):
        self.assertEqual(self.before, self.state(), "nothing was written")
        self.daemon.send(("NEW", {"name": "And it works on"}))
        self.assertEqual(len(self.before[3]) + 1, len(self.daemon.tasks(10, deleted=True)))

    def answers(self, method, request, stream, code, *words):
        told, details = call(self.daemon.channel, method, request, stream)
        self.assertEqual(code, told, details)
        for word in words if code != "OK" else ():
            self.assertIn(word, details)
        self.assertEqual(self.before[0], self.daemon.status().revision.number, "nothing was written")

    def test_payloads(self):
        good = message((2, NEW), (3, '{"name":"Good, but in bad company"}'))
        for what, payload, words in PAYLOADS:
            with self.subTest(f"{what} {payload[:70]}"):
                bad = message((2, what), (3, payload))
                self.answers(HASHIRA + "Send", message((1, good), (1, bad), (1, good)), False, BAD,
                             "commands[1]: ", words)
        self.good_call_works()

    def test_commands(self):
        good = message((2, NEW), (3, '{"name":"Good, but in bad company"}'))
        for bad, code, words in COMMANDS:
            with self.subTest(words):
                self.answers(HASHIRA + "Send", message((1, good), (1, bad), (1, good)), False, code, words)
        self.good_call_works()

    def test_calls(self):
        for method, request, stream, code, words in CALLS:
            with self.subTest(method, request=request[:40]):
                self.answers(method, request, stream, code, words)
        self.good_call_works()

    def test_too_much(self):
        """A Send of as many commands as bytes allow, and one too large: refused soon, without much memory, while
        another front end is served."""
        small = field(1, b"")
        million = field(1, message((2, NEW), (3, '{"name":""}')))
        rows = [(million * 1_000_000, EXHAUSTED, "16 MiB", "in parts"),
                (million * 900_000, EXHAUSTED, "at most 20000 commands", "900000", "in parts"),
                (small * (8 << 20), EXHAUSTED, "at most 20000 commands", "8388608", "in parts"),
                (small * 20_001, EXHAUSTED, "at most 20000 commands", "20001"),
                (field(1, b"x" * (16 << 20)), EXHAUSTED, "16 MiB", "16777221 bytes"),
                (field(1, b"x" * (18 << 20)), EXHAUSTED, "larger than max")]
        size_before = processes.peak_memory(self.daemon.pid)
        stop, waited = threading.Event(), []

        def other_front_end():
            while not stop.is_set():
                began = time.monotonic()
                self.daemon.status()
                waited.append(time.monotonic() - began)

        other = threading.Thread(target=other_front_end)
        other.start()
        try:
            for request, code, *words in rows:
                with self.subTest(words=words):
                    told, details = call(self.daemon.channel, HASHIRA + "Send", request)
                    self.assertEqual(code, told, details)
                    for word in words:
                        self.assertIn(word, details)
        finally:
            stop.set()
            other.join()
        self.assertGreater(len(waited), len(rows), "another front end was served meanwhile")
        self.assertLess(max(waited), 5, "the longest that it waited for an answer")
        grown = processes.peak_memory(self.daemon.pid) - size_before
        if not processes.sanitized():
            self.assertLess(grown, 120 << 20, "bytes that the daemon grew by, at its peak")
        self.good_call_works()

    def test_what_is_odd_and_good(self):
        """Kept byte for byte: numbers of any size, control characters, upper-case ids."""
        name = "\x00\x01\x1b[31m\x7f\u0085\u009b\u202e\u2066\ufeff\U0001f600"
        numbers = '{"a":1e308,"b":-0.00,"c":123456789012345678901234567890,"d":0.1e-99}'
        upper = ONE[:-1] + "D"
        payload = json.dumps({"id": upper, "name": name})[:-1] + ',"numbers":' + numbers + "}"
        told, details = call(self.daemon.channel, HASHIRA + "Send", message((1, message((2, NEW), (3, payload)))))
        self.assertEqual("OK", told, details)
        task = self.daemon.tasks()[upper.lower()]
        self.assertEqual(name, task.name)
        self.assertEqual('{"numbers":' + numbers + "}", task.extra_json)
        self.daemon.restart()
        self.assertEqual(name, self.daemon.tasks()[upper.lower()].name)


if __name__ == "__main__":
    processes.need_grpc()
    processes.need_programs("hashirad")
    sys.exit(0 if unittest.main(exit=False).result.wasSuccessful() else 1)
