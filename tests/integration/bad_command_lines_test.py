#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every verb of the CLI with arguments that are missing, wrong, too many, contradictory, very long, or no text; import
files of all kinds; and a terminal that is never sent what somebody else's task wants it to obey."""
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
import unittest

import hashira_processes as processes

DONE, FAILED, USAGE = range(3)
LONG = "x" * 100_000
# Lone bytes, a cut-off sequence with an escape behind it, an overlong form, a surrogate.
NO_TEXT = [b"\xff", b"caf\xe9", b"a\xc3\x1b[2J", b"\xc0\x80", b"\xed\xa0\x80"]
ONE, OTHER = ("0193a5b0-0000-7000-8000-00000000000" + end for end in "ab")

# (arguments, exit code, words on stderr); {a} and {b} are tasks' ids.
LINES = [
    ("--", DONE,), ("-x", USAGE, "unknown option -x"), ("--=x", USAGE, "unknown option"), ("-", USAGE, 'unknown verb "-"'),
    ("LIST", USAGE, "unknown verb"), ("add|x|--place", USAGE, "--place needs a value"),
    ("add|x|--place=", USAGE, '"" is no place'), ("add|x|--place|Todo|--place|x", USAGE, '"x" is no place'),
    ("add|--json", USAGE, "NAME is missing"), ("add|x|--json=1", USAGE, "--json takes no value"),
    ("add|x|--due|", USAGE, '"" is no date'), ("add|x|--due|32 dec", USAGE, "is no date"),
    ("add|x|--due|in -1 days", USAGE, "is no date"), ("add|x|--due|in 99999 years", USAGE, "is no date"),
    ("add|x|--due|next nonsense", USAGE, "is no date"), ("add|x|--due|2026-11-23T25:00:00Z", USAGE, "is no date"),
    ("add|x|--timeout|", USAGE, "--timeout"), ("add|x|--timeout|nan", USAGE, "--timeout"),
    ("add|x|--timeout|1e999", USAGE, "--timeout"), ("add|x|--wait|", USAGE, "durable, applied or visible"),
    ("add|x|--label|" + "l" * 101, FAILED, "each label has 101 characters"),
    ("add|x|--note|" + "n" * 65_537, FAILED, "note: has 65537 characters"),
    ("add|\u3000\u00a0", FAILED, "name: must not be empty"), ("add|x|--color|", USAGE, "--color takes"),
    ("add|x|" + "|".join(f"--label|{i}" for i in range(65)), FAILED, "labels: has 65 labels"),
    ("list|--weeks|-1", USAGE, "--weeks takes a number"), ("list|--weeks|1.5", USAGE, "--weeks takes a number"),
    ("list|--weeks|10002", USAGE, "--weeks takes a number"), ("list|--weeks|99999999999999999999", USAGE, "--weeks"),
    ("list|--weeks", USAGE, "--weeks needs a value"), ("list|--from|-1", USAGE, "--from takes"),
    ("list|--from|10001", USAGE, "--from takes"), ("list|--to|nonsense", USAGE, "--to takes"),
    ("list|--from|2026-02-30", USAGE, "--from takes"), ("list|--from|2|--to|1", USAGE, "--from is after --to"),
    ("show", USAGE, "ID is missing"), ("show|{a}|{b}", USAGE, "too many arguments for show"),
    ("show|", FAILED, ""), ("show|zzzz", FAILED, "no task"), ("show|" + LONG, FAILED, "no task"),
    ("edit", USAGE, "ID is missing"), ("edit|{a}|x", USAGE, "too many arguments"), ("edit|{a}|--name|  ", USAGE, "must not be empty"),
    ("edit|{a}|--due|x", USAGE, "is no date"), ("edit|zzzz|--name|x", FAILED, "no task"),
    ("edit|{a}|--name|" + "x" * 1001, FAILED, "name: has 1001 characters"), ("edit|{a}|--place|todo", USAGE, "unknown option"),
    ("move", USAGE, "is missing"), ("move|{a}|--top|--before|{b}", USAGE, "--before ID, --after ID and --top"),
    ("move|{a}|--before|{b}|--after|{b}", USAGE, "--before ID, --after ID and --top"),
    ("move|{a}|--after|{a}", USAGE, "beside itself"), ("move|{a}|--after|zzzz", FAILED, "no task"),
    ("move|zzzz|--top", FAILED, "no task"), ("move|{a}|{b}|--top", USAGE, "too many arguments"),
    ("undo|x", USAGE, "takes no argument"), ("status|x", USAGE, "takes no argument"),
    ("sync|x", USAGE, "takes no argument"), ("resume|x", USAGE, "takes no argument"),
    ("doctor|x", USAGE, "takes no argument"), ("watch|--weeks|0", USAGE, "--weeks takes a number"),
    ("watch|--place|x", USAGE, "is no place"), ("rejected|list|x", USAGE, "list takes no id"),
    ("rejected|retry", USAGE, "retry takes one id"), ("rejected|discard|zzzz", FAILED, "no rejected change"),
    ("rejected|retry|a|b", USAGE, "too many arguments"), ("import|a|b", USAGE, "too many arguments"),
    ("import|/dev/null/x", FAILED, "cannot be read"), ("import|", FAILED, "cannot be read"),
    ("export|a|b", USAGE, "too many arguments"), ("export|/", FAILED, "cannot be written"),
    ("export|--weeks|x", USAGE, "--weeks takes a number"), ("salvage", USAGE, "FILE is missing"),
    ("salvage|/dev/null", USAGE, "--to FILE is missing"), ("salvage|/dev/null|--to|-|--json", USAGE, "--json does not go"),
    ("salvage|/|--to|-", FAILED, "/"), ("completion", USAGE, "is missing"), ("completion|bash|zsh", USAGE, "too many"),
    ("help|a|b", USAGE, "too many arguments"), ("login|x|y", USAGE, "too many arguments"),
    ("login|x", FAILED, "the token is empty"), ("login|x|--token-file|/dev/null", FAILED, "the token is empty"),
    ("login|x|--ca|/none", FAILED, "cannot read /none"), ("logout|x", USAGE, "takes no argument"),
    (LONG, USAGE, "unknown verb"), ("--" + LONG, USAGE, "unknown option"), ("add|x|--place|" + LONG, USAGE, "…", "is no place"),
    ("add|" + LONG, FAILED, "name: has 100000 characters"), ("--socket|unix:" + "x" * 300 + "|list", 3, "no daemon is running"),
    ("--socket|tcp:127.0.0.1:99999|list", 3, "no daemon is running"), ("--socket|unix:|list", USAGE, "is no endpoint"),
    ("bad\x1b[2Jverb", USAGE, "unknown verb", "\\x1b[2J"), ("list|--bad\x1b[2J", USAGE, "unknown option", "\\x1b[2J"),
    ("show|\x1b]0;title\x07", FAILED, "\\x1b]0;title\\x07"), ("import|/none\x1b[2J", FAILED, "\\x1b[2J", "cannot be read"),
    ("add|x|--due|\u202e\x9b2J", USAGE, "\\u202e\\x9b2J"),
]
# backlog, todo, start, done, rm and restore take ids alike.
for verb in ("backlog", "todo", "start", "done", "rm", "restore"):
    LINES += [(verb, USAGE, "ID is missing"), (f"{verb}|zzzz", FAILED, "no task"),
              (f"{verb}|{{a}}|zzzz", FAILED, "no task"), (f"{verb}|0193a5b0", FAILED, "names 2 tasks"),
              (f"{verb}|{{a}}|--nonsense", USAGE, "unknown option")]

# Whatever is shown of a task: each must stay out of a terminal.
HOSTILE = "\x00\x01\x07\x08\x0b\x0e\x1b[2J\x1b]0;owned\x07\x1bc\x7f\u0080\u0085\u009b31m\u009d\u200e\u200f\u061c\u2028\u2029" \
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\r\n\tend"
NEVER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffd]")
# What the CLI itself sends: colours, and the screen of watch.
OWN = re.compile(r"\x1b\[(\d+m|H|2J|K|J|\?1049[hl]|\?25[hl])")
PROGRESS = re.compile(r"\r(\w+ \[[#.]+\] \d+ %|\x1b\[K)")


class BadCommandLines(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.scene = processes.Scene()
        self.addCleanup(lambda: self.scene.__exit__(None, None, None))
        self.daemon = self.scene.daemon()
        self.scene.env["HASHIRA_SOCKET"] = self.daemon.endpoint

    def run_bytes(self, *arguments, stdin=b""):
        done = subprocess.run([processes.BIN / "hashira", *arguments], input=stdin, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=processes.LIMIT, check=False, env=self.scene.env)
        said = done.stderr.decode("utf-8")  # whatever came in, what is said is text
        for never in ("StatusCode", "grpc", "libprotobuf", "terminate", "Aborted", "    at "):
            self.assertNotIn(never, said)
        self.assertIsNone(NEVER.search(said), said)
        self.assertLess(len(said), 200_000)
        return done.returncode, said

    def two_tasks(self):
        self.daemon.send(("NEW", {"id": ONE, "name": "Alpha"}), ("NEW", {"id": OTHER, "name": "Beta"}))
        return self.daemon.status().revision.number

    def test_every_verb(self):
        revision = self.two_tasks()
        for line, code, *words in LINES:
            arguments = [argument.format(a=ONE, b=OTHER) for argument in line.split("|")]
            with self.subTest(" ".join(arguments)[:120]):
                told, said = self.run_bytes(*arguments)
                self.assertEqual(code, told, said[:500])
                for word in words:
                    self.assertIn(word, said)
                self.assertEqual(code != DONE, said.startswith("hashira: "), said[:200])
        self.assertEqual(revision, self.daemon.status().revision.number, "nothing was changed")
        self.daemon.cli("add", "And it works on")

    def test_arguments_that_are_no_text(self):
        revision = self.two_tasks()
        for bad in NO_TEXT:
            for line in (["add", bad], ["add", "x", "--note", bad], ["add", "x", "--label", bad], ["show", bad],
                         ["edit", ONE, "--name", bad], ["list", bad], ["list", "--label", bad], ["done", bad],
                         ["--socket", b"unix:/" + bad, "list"]):
                with self.subTest(line):
                    code, said = self.run_bytes(*line)
                    self.assertEqual(USAGE, code, said)
                    self.assertIn("is not UTF-8", said)
            code, said = self.run_bytes(bad)
            self.assertEqual((USAGE, True), (code, "unknown verb" in said), said)
        self.assertEqual(revision, self.daemon.status().revision.number, "nothing was changed")
        # Names of files are bytes.
        file = os.fsencode(self.scene.dir) + b"/caf\xe9.jsonl"
        self.assertEqual(DONE, self.run_bytes("export", file)[0])
        self.assertEqual(DONE, self.run_bytes("import", file)[0])
        code, said = self.run_bytes("import", file + b"\x1b[2J")
        self.assertEqual((FAILED, True), (code, "caf\\xe9.jsonl\\x1b[2J: cannot be read" in said), said)

    def test_import_files(self):
        deep = b'{"name":"x","d":' + b"[" * 10_000 + b"]" * 10_000 + b"}\n"
        rows = [(b"\x00\x01\x02\xff" * 1000, ["line 1: is not a JSON object"]),
                (b'{"name":"\xff"}\n', ["line 1: is not valid JSON at byte"]),
                (b'\xef\xbb\xbf{"name":"x"}\n', ["line 1: "]),
                (b'{"name":"a"}\r{"name":"b"}\n', ["line 1: is not valid JSON at byte"]),
                (b'{"name":"x"' + b" " * (2 << 20), ["line 1: is not valid JSON at byte"]),
                (b'{"name":"' + b"n" * (2 << 20) + b'"}\n', ["line 1: payload: has 2097"]),
                (b'{"name":"' + b"n" * (8 << 20) + b'"}\nx\n', ["line 1: is longer than 4194304 bytes", "line 2: is not"]),
                (deep + deep, ["line 1: is nested more than 32 deep", "line 2: is nested more than 32 deep"]),
                (b'{"name":"\x1b[2J","place":"\x1b[2J"}\n', ["line 1: is not valid JSON"]),
                (b'{"name":"x","a\\u001b[2J":{"b":1,"b":2}}\n', ["line 1: "]),
                (b'{"name":"x","\\u009b":[' + b'1,' * 5 + b"}\n", ["line 1: is not valid JSON"]),
                (b'{"name":"x","before":"' + ONE.encode() + b'"}\n', ["line 1: before: is not for an import"]),
                (b'{"name":"x","id":"' + ONE.encode() + b'","id":"y"}\n', ['line 1: has the name "id" twice'])]
        for content, words in rows:
            with self.subTest(content[:40]):
                file = self.scene.dir / "bad.jsonl"
                file.write_bytes(content)
                code, said = self.run_bytes("import", file)
                self.assertEqual(FAILED, code, said[:300])
                for word in words:
                    self.assertIn(word, said)
        self.assertEqual([], self.daemon.cli("list"))
        # A line that never ends is read no further than it must be.
        code, said = self.run_bytes("import", "/dev/zero")
        self.assertEqual((FAILED, True), (code, "/dev/zero: line 1 does not end" in said), said)
        with open("/dev/zero", "rb") as endless:
            done = subprocess.run([processes.BIN / "hashira", "import", "-"], stdin=endless, stderr=subprocess.PIPE,
                                  timeout=processes.LIMIT, check=False, env=self.scene.env)
        self.assertEqual((FAILED, True), (done.returncode, b"line 1 does not end" in done.stderr), done.stderr)
        self.assertEqual([], self.daemon.cli("list"))
        code, said = self.run_bytes("import", "-", stdin=b'{"name":"last, without an end of line"}')
        self.assertEqual(DONE, code, said)

    def test_a_terminal(self):
        """Every verb that shows a task, on a terminal: the name is there, written out, and obeyed by nothing."""
        task = {"id": ONE, "name": HOSTILE, "note": HOSTILE, "labels": [HOSTILE], "place": "todo",
                "\x1b[2Jextra\u202e": HOSTILE}
        self.daemon.send(("NEW", task), ("NEW", {"id": OTHER, "name": HOSTILE}))
        kept = self.daemon.tasks()[ONE]
        self.assertEqual((HOSTILE, HOSTILE, [HOSTILE]), (kept.name, kept.note, list(kept.labels)))
        lines = [["list"], [], ["list", "--all", "--color", "always"], ["show", ONE], ["list", HOSTILE.replace("\0", "")],
                 ["list", "zzz", "--label", HOSTILE.replace("\0", "")], ["start", ONE], ["edit", ONE, "--due", "fri"],
                 ["move", ONE, "--top"], ["done", "0193a5b0"], ["undo"], ["rm", ONE], ["restore", ONE],
                 ["add", "other " + HOSTILE.replace("\0", "")], ["status"], ["rejected"], ["doctor"], ["export"],
                 ["list", "--json"], ["show", ONE, "--json"], ["export", "--json"], ["status", "--json"],
                 ["rejected", "--json"], ["show", HOSTILE.replace("\0", "")], ["add", "x", "--due", HOSTILE.replace("\0", "")]]
        for columns, line in [(120, line) for line in lines] + [(60, line) for line in lines[:4]]:
            with self.subTest(line, columns=columns):
                self.check_shown(self.on_terminal(columns, *line))
        shown = self.on_terminal(120, "show", ONE)
        self.assertIn("\\x1b[2J\\x1b]0;owned\\x07\\x1bc\\x7f\\x80\\x85\\x9b31m", shown)
        self.assertIn("\\u202e", shown)
        text = self.on_terminal(120, "show", ONE, "--json")
        self.assertEqual((HOSTILE, HOSTILE), (json.loads(text)["name"], json.loads(text)["note"]))
        self.assertIn("\\u009b", text)

    def test_a_terminal_that_watches(self):
        self.daemon.send(("NEW", {"id": ONE, "name": "first " + HOSTILE, "labels": [HOSTILE]}))
        for options in ([], ["--json"]):
            with self.subTest(options):
                shown = self.on_terminal(100, "watch", *options, until="first")
                self.check_shown(shown)

    def test_what_was_rejected(self):
        """A datastore's reason and a refused task's name, on a terminal."""
        store = self.scene.datastore()
        # Two devices, each within the limit of 200 fields; together they are over it.
        first, daemon = (self.scene.daemon(name, datastore=store, token=store.token("me")) for name in "ab")
        self.scene.env["HASHIRA_SOCKET"] = daemon.endpoint
        daemon.cli("pause")
        fields = {f"f{i:03}\x1b[2J": HOSTILE for i in range(150)}
        sent = first.send(("NEW", {"id": ONE, "name": HOSTILE, **fields}))
        first.wait_for(sent.receipts[0].command_id, "APPLIED")
        more = {f"g{i:03}\u202e": HOSTILE for i in range(100)}
        sent = daemon.send(("UPDATE", {"id": ONE, "name": HOSTILE + "2", **more}))
        daemon.cli("resume")
        self.assertTrue(daemon.wait_for(sent.receipts[0].command_id, "APPLIED").rejected)
        for line in (["rejected"], ["rejected", "--json"], ["status"], ["list"], ["rejected", "retry", HOSTILE[1:]]):
            shown = self.on_terminal(100, *line)
            self.check_shown(shown)
        self.assertIn("more than 200 fields", self.on_terminal(100, "rejected"))

    def check_shown(self, shown):
        self.assertIsNone(NEVER.search(shown), repr(shown))
        shown = PROGRESS.sub("", shown)
        self.assertNotIn("\x1b", OWN.sub("", shown), repr(shown))
        self.assertIsNone(re.search(r"\r(?!\n)", re.sub(r"\r+\n", "\n", shown)), repr(shown))

    def on_terminal(self, columns, *arguments, until=None):
        """What the CLI sends to a terminal of that width: both of its streams, as one text."""
        import fcntl
        import struct
        import termios
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        env = {name: value for name, value in self.scene.env.items() if name != "NO_COLOR"}
        process = subprocess.Popen([processes.BIN / "hashira", *arguments], stdin=subprocess.DEVNULL, stdout=theirs,
                                   stderr=theirs, env={**env, "TERM": "xterm"})
        os.close(theirs)
        read, end, stopped = b"", time.monotonic() + processes.LIMIT, until is None
        try:
            while time.monotonic() < end:
                if not select.select([ours], [], [], end - time.monotonic())[0]:
                    break
                try:
                    piece = os.read(ours, 65536)
                except OSError:  # the other end is closed
                    break
                if not piece:
                    break
                read += piece
                if not stopped and until.encode() in read:
                    stopped = True
                    process.send_signal(signal.SIGINT)
        finally:
            if not stopped:
                process.kill()
            process.wait(processes.LIMIT)
            os.close(ours)
        self.assertTrue(stopped, f"never shown: {until}: {read!r}")
        return read.decode("utf-8", "replace")


if __name__ == "__main__":
    processes.need_grpc()
    processes.need_programs("hashirad", "hashira", "hashira-datastored")
    sys.exit(0 if unittest.main(exit=False).result.wasSuccessful() else 1)
