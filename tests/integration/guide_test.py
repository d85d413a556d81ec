#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The front end that docs/protocol.md shows works as it stands there."""
import os
import pathlib
import re
import select
import subprocess
import sys
import time
import unittest

import hashira_processes as processes


def embedded():
    text = (processes.SOURCE / "docs/protocol.md").read_text(encoding="utf-8")
    found = re.findall(r"^```python\n(.*?)^```$", text, re.M | re.S)
    assert len(found) == 1, "the guide shows one program"
    return found[0]


class Reader:
    """The boards that the front end prints, each ended by an empty line."""

    def __init__(self, stream):
        self.stream, self.read = stream, b""

    def until(self, condition, limit=processes.LIMIT):
        end = time.monotonic() + limit
        while True:
            while b"\n\n" in self.read:
                board, self.read = self.read.split(b"\n\n", 1)
                if condition(board.decode()):
                    return board.decode()
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.stream], [], [], left)[0]:
                raise AssertionError(f"no such board within {limit} s; rest: {self.read!r}")
            piece = os.read(self.stream.fileno(), 65536)
            if not piece:
                raise AssertionError("the front end ended")
            self.read += piece


class Guide(unittest.TestCase):
    def test_it_is_small(self):
        self.assertLess(len(embedded().splitlines()), 60)

    def test_adds_lists_and_follows(self):
        with processes.Scene() as scene:
            daemon = scene.daemon()
            file = scene.dir / "front.py"
            pathlib.Path(file).write_text(embedded(), encoding="utf-8")
            front = subprocess.Popen([sys.executable, file, daemon.target, processes.SOURCE / "proto", "Buy milk", "Read"],
                                     stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
            try:
                boards = Reader(front.stdout)
                self.assertEqual("BACKLOG\n  Buy milk (not synced yet)\n  Read (not synced yet)\nTODO\nDOING\nDONE",
                                 boards.until(lambda board: "Read" in board))
                milk = next(task for task in daemon.tasks().values() if task.name == "Buy milk")
                daemon.send(("UPDATE", {"id": milk.id, "place": "doing"}), ("NEW", {"name": "From elsewhere"}))
                board = boards.until(lambda board: "From elsewhere" in board)
                self.assertIn("DOING\n  Buy milk", board)
                daemon.send(("DELETE", {"id": milk.id}))
                boards.until(lambda board: "Buy milk" not in board and "Read" in board)
            finally:
                front.kill()
                front.wait()
                front.stdout.close()


if __name__ == "__main__":
    processes.need_grpc()
    processes.need_programs("hashirad")
    sys.exit(0 if unittest.main(exit=False).result.wasSuccessful() else 1)
