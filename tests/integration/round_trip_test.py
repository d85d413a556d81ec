#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What export writes, import reads: nothing is lost between two real daemons."""
import json
import unittest

import hashira_processes as processes

LINES = [
    {"name": "Plain"},
    {"name": "Done long ago", "created": "2020-01-02T03:04:05Z", "done": "2020-01-03T03:04:05Z"},
    {"name": "Fields of a newer version", "x-big": 12345678901234567890, "x-exact": "KEEP", "x-deep": {"b": [1, None], "a": ""}},
    {"name": "日本語 \"quoted\" \\ back\u0001slash", "note": "two\nlines\tand a tab", "labels": ["a b", "ü"]},
    {"name": "In doing", "place": "doing", "started": "2026-11-20T10:00:00+09:00", "due": "2026-12-24"},
    {"name": "Plain"},
]
TODO_TXT = """(A) 2026-11-01 Call the dentist +health @phone due:2026-12-01
x 2026-11-20 2026-11-01 Pay the rent +home
Water the plants @balcony
"""


class RoundTrip(unittest.TestCase):
    def test_nothing_is_lost(self):
        with processes.Scene() as scene:
            first = scene.daemon("first")
            # The exact text of a number must survive, so it is put in by hand.
            text = "\n".join(json.dumps(line, ensure_ascii=False) for line in LINES).replace('"KEEP"', "1.500e3")
            self.assertEqual({"imported": 6, "skipped": 0, "failed": 0}, first.cli("import", "-", stdin=text))
            self.assertEqual({"imported": 3, "skipped": 0, "failed": 0},
                             first.cli("import", "-", "--format", "todotxt", stdin=TODO_TXT))
            self.assertEqual({"imported": 0, "skipped": 6, "failed": 0}, first.cli("import", "-", stdin=text))
            exported = first.cli_raw("export")
            self.assertEqual(0, exported.returncode, exported.stderr)
            self.assertEqual(9, len(exported.stdout.splitlines()))
            self.assertIn('"x-big":12345678901234567890', exported.stdout)
            self.assertIn('"x-exact":1.500e3', exported.stdout)
            second = scene.daemon("second")
            counts = second.cli("import", "-", stdin=exported.stdout)
            self.assertEqual({"imported": 9, "skipped": 0, "failed": 0}, counts)
            again = second.cli_raw("export")
            self.assertEqual(sorted(exported.stdout.splitlines()), sorted(again.stdout.splitlines()))
            names = {json.loads(line)["name"] for line in again.stdout.splitlines()}
            self.assertLessEqual({"Call the dentist", "Pay the rent", "Water the plants", LINES[3]["name"]}, names)


if __name__ == "__main__":
    processes.need_programs("hashirad", "hashira")
    processes.need_grpc()
    unittest.main()
