#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""hashira quit: the daemon ends in order when a front end asks, on both transports, and nothing is lost."""
import sys
import unittest

import hashira_processes as processes


class Quit(unittest.TestCase):
    def test_over_its_socket(self):
        with processes.Scene() as scene:
            one = scene.daemon("one")
            kept = one.cli("add", "Kept")
            followed = one.control.WatchStatus(processes.stubs().daemon_pb2.WatchStatusRequest(), timeout=processes.LIMIT)
            next(iter(followed))
            self.assertEqual({"process": one.pid}, one.cli("quit"))
            # It ended in order: with 0, and its socket is gone.
            self.assertEqual(0, one.process.wait(processes.LIMIT))
            self.assertFalse((scene.dir / "one.sock").exists())
            self.assertEqual(3, one.cli_raw("quit").returncode)
            one._forget()
            one.start()
            self.assertEqual([kept["id"]], [task["id"] for task in one.cli("list")])

    def test_over_tcp(self):
        with processes.Scene() as scene:
            one = scene.daemon("one", listen="tcp:127.0.0.1:0")
            token = ("--local-token-file", one.data_dir / "local-token")
            self.assertEqual(one.endpoint, (one.data_dir / "endpoint").read_text(encoding="utf-8").strip())
            # Without the token nobody ends it.
            refused = one.cli_raw("quit", "--local-token-file", "/dev/null")
            self.assertEqual(1, refused.returncode, refused.stderr)
            self.assertTrue(one.running())
            kept = one.cli("add", "Kept", *token)
            self.assertEqual({"process": one.pid}, one.cli("quit", *token))
            self.assertEqual(0, one.process.wait(processes.LIMIT))
            self.assertFalse((one.data_dir / "endpoint").exists())
            self.assertEqual(3, one.cli_raw("quit", *token).returncode)
            one._forget()
            one.start()
            self.assertEqual([kept["id"]], [task["id"] for task in one.cli("list", *token)])


if __name__ == "__main__":
    processes.need_grpc()
    processes.need_programs("hashirad", "hashira")
    sys.exit(0 if unittest.main(exit=False).result.wasSuccessful() else 1)
