#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What one account may take of a datastore: more is told in words, waits on the device, and arrives when there is room."""
import sys
import unittest

import hashira_processes as processes



def note(letter):
    return letter * 60_000


class Limits(unittest.TestCase):
    def test_an_account_that_is_full(self):
        full = processes.stubs().daemon_pb2.WAITING_FOR_DATASTORE
        with processes.Scene() as scene:
            store = scene.datastore(arguments=["--account-megabytes", "1"])
            mine = store.token("me")
            me, also_me = (scene.daemon(name, datastore=store, token=mine) for name in ("me", "also-me"))
            you = scene.daemon("you", datastore=store, token=store.token("you"))
            first = me.send(*[("NEW", {"name": f"Fits {n}", "note": note("a")}) for n in range(10)]).receipts
            me.wait_for(first[-1].command_id, "VISIBLE")
            also_me.wait_tasks(lambda tasks: len(tasks) == 10)
            more = me.send(*[("NEW", {"name": f"More {n}", "note": note("b")}) for n in range(20)]).receipts
            status = me.wait_status(lambda now: now.waiting_for == full)
            self.assertIn("this account is full", status.last_error)
            self.assertIn("1 MB are allowed", status.last_error)
            self.assertEqual(20, status.pending)
            self.assertIn("this account is full", me.cli_raw("status").stdout)
            # It is no refusal: all of it is shown here, and there is nothing to be retried or discarded.
            self.assertEqual((30, 0), (len(me.tasks()), status.rejected))
            self.assertEqual(10, len(also_me.tasks()))
            # Others have their own share.
            you.cli("add", "Yours", "--wait", "visible")
            accounts = {line.split("  ")[1]: line.split("  ")[2:] for line in store.admin("account", "list").splitlines()}
            self.assertEqual({"me": ["10 tasks", "1 MB"], "you": ["1 tasks", "1 MB"]}, accounts)
            # There is room again, and a person asks.
            programs = [store, store.other] if hasattr(store, "other") else [store]
            for program in programs:
                program.arguments[program.arguments.index("1")] = "100"
            store.restart()
            me.cli("sync")
            me.wait_for(more[-1].command_id, "VISIBLE")
            also_me.cli("sync")
            also_me.wait_tasks(lambda tasks: len(tasks) == 30)

    def test_an_account_that_asks_for_more_than_its_share(self):
        """Pushes of nothing, as large as they may be: each counts for what could be in it."""
        pb = processes.stubs()
        with processes.Scene() as scene:
            store = scene.datastore()
            with grpc.insecure_channel(store.target) as channel:
                stub = pb.datastore_pb2_grpc.DatastoreStub(channel)

                def call(name, token, **request):
                    return getattr(stub, name)(getattr(pb.datastore_pb2, f"{name}Request")(**request), timeout=processes.LIMIT,
                                               metadata=[("authorization", f"Bearer {token}")])

                mine, yours = store.token("me"), store.token("you")
                here = next(call("Watch", mine)).hello.incarnation
                there = next(call("Watch", yours)).hello.incarnation
                nothing = "[" + " " * ((1 << 20) - 2) + "]"
                pushed = 0
                with self.assertRaises(grpc.RpcError) as refused:
                    while pushed < 1_000:  # 500,000 at once are 122 of these, and one more every four seconds
                        call("Push", mine, incarnation=here, documents_json=nothing)
                        pushed += 1
                self.assertEqual(grpc.StatusCode.RESOURCE_EXHAUSTED, refused.exception.code())
                self.assertIn("asks for more than its share", refused.exception.details())
                self.assertGreaterEqual(pushed, 122)
                # It says for how long.
                details = dict(refused.exception.trailing_metadata())["grpc-status-details-bin"]
                self.assertIn(b"google.rpc.RetryInfo", details)
                call("Push", yours, incarnation=there, documents_json=nothing)

    def test_wrong_words(self):
        with processes.Scene() as scene:
            for words in ("0", "-1", "x", "1.5", "99999999999"):
                store = scene.datastore("wrong", start=False, database=f"sqlite:{scene.dir}/wrong.db",
                                        arguments=["--account-megabytes", words])
                with self.assertRaisesRegex(AssertionError, "exit code 2"):
                    store.start()
                self.assertIn("--account-megabytes must be a number from 1 to 8192",
                              store.log.read_text(encoding="utf-8"))


if __name__ == "__main__":
    processes.need_programs("hashirad", "hashira-datastored", "hashira")
    processes.need_grpc()
    import grpc
    unittest.main(argv=sys.argv, verbosity=2)
