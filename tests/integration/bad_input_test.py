#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What people and front ends get wrong by accident: each is answered with the right code and words that help."""
import json
import pathlib
import subprocess
import sys
import time
import unittest

import hashira_processes as processes

UNKNOWN = "0193a5b0-0000-7000-8000-00000000ffff"
DONE, FAILED, USAGE, NO_DAEMON = range(4)

# (what, payload, words of the message, which all begin with the command's index)
PAYLOADS = [
    ("NEW", "not json", "payload: is not a JSON object"),
    ("NEW", "", "payload: is not a JSON object"),
    ("NEW", '["name"]', "payload: is not a JSON object"),
    ("NEW", '{"name":', "payload: is not valid JSON at byte"),
    ("NEW", '{"name":"x"} and more', "payload: is not valid JSON at byte"),
    ("NEW", '{"name":"x","y":NaN}', "payload: is not valid JSON at byte"),
    ("NEW", '{"name":"a","name":"b"}', 'payload: has the name "name" twice'),
    ("NEW", '{"name":"x","deep":' + "[" * 40 + "]" * 40 + "}", "payload: is nested more than 32 deep"),
    ("NEW", "{}", "name: is missing"),
    ("NEW", '{"name":""}', "name: must not be empty"),
    ("NEW", '{"name":" \\t"}', "name: must not be empty"),
    ("NEW", '{"name":1}', "name: must be text"),
    ("NEW", '{"name":null}', "name: cannot be removed"),
    ("NEW", '{"name":"' + "n" * 1001 + '"}', "name: has 1001 characters, at most 1000"),
    ("NEW", '{"name":"a","note":{}}', "note: must be text"),
    ("NEW", '{"name":"a","note":"' + "n" * 65537 + '"}', "note: has 65537 characters, at most 65536"),
    ("NEW", '{"name":"a","id":"12"}', "id: must be a UUID"),
    ("NEW", '{"name":"a","place":"nowhere"}', 'place: must be "backlog", "todo", "doing" or "done"'),
    ("NEW", '{"name":"a","place":2}', "place: must be"),
    ("NEW", '{"name":"a","labels":"home"}', "labels: must be an array of texts"),
    ("NEW", '{"name":"a","labels":[1]}', "labels: each label must be text"),
    ("NEW", '{"name":"a","labels":' + json.dumps(["l"] * 65) + "}", "labels: has 65 labels, at most 64"),
    ("NEW", '{"name":"a","due":"tomorrow"}', 'due: must be a day like "2026-11-23"'),
    ("NEW", '{"name":"a","due":"2026-02-30"}', "due: must be a day"),
    ("NEW", '{"name":"a","done":"2026-11-23"}', "done: must be a date-time with an offset"),
    ("NEW", '{"name":"a","deleted":"yes"}', "deleted: must be true or false"),
    ("NEW", '{"name":"a","rank":"a b"}', "rank: must be 1 to 256 of [0-9A-Za-z]"),
    ("NEW", '{"name":"a","before":"' + UNKNOWN + '"}', f"before: there is no task {UNKNOWN}"),
    ("UPDATE", '{"name":"a"}', "id: is missing"),
    ("UPDATE", '{"id":"nope","name":"x"}', "id: must be a UUID"),
    ("UPDATE", '{"id":"' + UNKNOWN + '"}', "payload: names nothing to change"),
    ("UPDATE", '{"id":"' + UNKNOWN + '","name":null}', "name: cannot be removed"),
    ("DELETE", "{}", "id: is missing"),
    ("DELETE", '{"id":"' + UNKNOWN + '","name":"x"}', "name: a DELETE has no field but id"),
    ("UNSPECIFIED", '{"name":"x"}', "what: must be WHAT_NEW, WHAT_UPDATE or WHAT_DELETE"),
]

IMPORTED = """{"name":"good 1"}
not json
{"note":"no name"}
{"name":7}

{"name":"x","place":"nowhere"}
{"name":"x","labels":"home"}
{"name":"x","due":"whenever"}
[1]
{"name":"good 2"}
{"name":""}
{"name":"x","id":"12"}
"""
IMPORT_PROBLEMS = ["line 2: is not a JSON object", "line 3: name: is missing", "line 4: name: must be text",
                   "line 6: place: must be", "line 7: labels: must be an array", "line 8: due: must be a day",
                   "line 9: is not a JSON object", "line 11: name: must not be empty", "line 12: id: must be a UUID"]

# (arguments, exit code, words on stderr); {a} and {b} are tasks' ids, {both} begins both, {dir} a directory.
COMMAND_LINES = [
    ("nonsense", USAGE, 'unknown verb "nonsense"', "usage:"),
    ("add", USAGE, "NAME is missing", "usage: hashira add"),
    ("add|", USAGE, "the name of a task must not be empty"),
    ("add|" + "x" * 1001, FAILED, "name: has 1001 characters, at most 1000"),
    ("add|x|--nonsense", USAGE, "unknown option --nonsense", "usage: hashira add"),
    ("add|x|--note", USAGE, "--note needs a value"),
    ("add|x|--place|nowhere", USAGE, '"nowhere" is no place', "backlog, todo, doing and done"),
    ("add|x|--due|whenever", USAGE, '"whenever" is no date', "2026-12-01"),
    ("add|x|--due|2026-02-30", USAGE, '"2026-02-30" is no date'),
    ("add|x|--label|", FAILED, "a label must not be empty"),
    ("add|x|--wait|soon", USAGE, "durable, applied or visible", '"soon"'),
    ("add|x|--timeout|-1", USAGE, "--timeout", '"-1"'),
    ("show", USAGE, "ID is missing"),
    ("show|ffffffff", FAILED, "no task", '"ffffffff"'),
    ("show|{both}", FAILED, '"{both}" names 2 tasks', "Alpha", "Beta"),
    ("edit|ffffffff|--name|x", FAILED, "no task", '"ffffffff"'),
    ("edit|{both}|--name|x", FAILED, "names 2 tasks", "Alpha", "Beta"),
    ("edit|{a}", USAGE, "nothing to change"),
    ("edit|{a}|--name|", USAGE, "the name of a task must not be empty"),
    ("edit|{a}|--due|2026-13-01", USAGE, '"2026-13-01" is no date'),
    ("rm|ffffffff", FAILED, "no task", '"ffffffff"'),
    ("rm|{both}", FAILED, "names 2 tasks", "Alpha", "Beta"),
    ("done|{a}|ffffffff", FAILED, "no task", '"ffffffff"'),
    ("start|{both}", FAILED, "names 2 tasks"),
    ("restore|ffffffff", FAILED, "no task", '"ffffffff"'),
    ("move|{a}", USAGE, "--before ID, --after ID and --top"),
    ("move|{a}|--before|{a}", USAGE, "beside itself"),
    ("move|{a}|--before|ffffffff", FAILED, "no task", '"ffffffff"'),
    ("list|--weeks|0", USAGE, "--weeks takes a number", '"0"'),
    ("list|--weeks|ten", USAGE, "--weeks takes a number", '"ten"'),
    ("list|--from|5|--to|2", USAGE, "--from is after --to"),
    ("list|--from|2026-W99", USAGE, "--from takes", '"2026-W99"'),
    ("list|--weeks|3|--to|1", USAGE, "--weeks does not go with --from and --to"),
    ("list|--place|nowhere", USAGE, '"nowhere" is no place'),
    ("list|--color|mauve", USAGE, "--color", '"mauve"'),
    ("import", USAGE, "FILE|- is missing"),
    ("import|{dir}/none.jsonl", FAILED, "{dir}/none.jsonl: cannot be read"),
    ("import|{dir}", FAILED, "{dir}: cannot be read"),
    ("import|{dir}/bad.jsonl|--format|xml", USAGE, "jsonl or todotxt", '"xml"'),
    ("export|{dir}/no/x.jsonl", FAILED, "{dir}/no/x.jsonl: cannot be written"),
    ("sync", FAILED, "no datastore is set up"),
    ("pause|now", USAGE, "pause takes no argument"),
    ("pause|--for|soon", USAGE, '"soon" is no span of time'),
    ("pause|--until|yesterday", USAGE, '"yesterday" is not in the future'),
    ("rejected|retry|ffffffff", FAILED, "no rejected change has that id"),
    ("rejected|nonsense", USAGE, '"nonsense" is not list, retry or discard'),
    ("salvage|{dir}/none.db|--to|-", FAILED, "{dir}/none.db"),
    ("salvage|{dir}/bad.jsonl|--to|-", FAILED, "{dir}/bad.jsonl", "no outbox of Hashira"),
    ("completion|tcsh", USAGE, '"tcsh" is not bash, zsh or fish'),
    ("help|nonsense", USAGE, 'no verb "nonsense"'),
    ("login", USAGE, "URL is missing"),
    ("login|nonsense|--token-file|{dir}/none", FAILED, "cannot read {dir}/none"),
    ("login|nonsense|--token-file|{dir}/bad.jsonl", FAILED, "must be hashira://HOST:PORT"),
    ("login|hashira://localhost:1|--ca|{dir}/bad.jsonl|--token-file|{dir}/token", FAILED, "no certificate in PEM"),
    ("login|hashira://localhost:1|--token-file|{dir}/bad.jsonl", FAILED, "token: has characters that none has"),
    ("logout", FAILED, "nobody is signed in"),
    ("--socket|nonsense|list", USAGE, '"nonsense" is no endpoint', "unix:PATH or tcp:127.0.0.1:PORT"),
]

# (arguments, exit code, words); {url} is a datastore's, {held} a data directory in use, {endpoint} another daemon's.
DAEMONS = [
    ("--nonsense", USAGE, "nonsense", "--help"),
    ("extra", USAGE, '"extra"', "takes options only"),
    ("--data-dir", USAGE, "--data-dir"),
    ("--data-dir|{dir}/plain", FAILED, "{dir}/plain", "data directory"),
    ("--data-dir|{held}|--listen|unix:{dir}/other.sock", FAILED, "{held} is in use by another daemon (process {pid})"),
    ("--data-dir|{dir}/d|--listen|nonsense", USAGE, '"nonsense" must be unix:PATH or tcp:127.0.0.1:PORT'),
    ("--data-dir|{dir}/d|--listen|tcp:0.0.0.0:99", USAGE, "0.0.0.0:99", "only 127.0.0.1"),
    ("--data-dir|{dir}/d|--listen|tcp:127.0.0.1:99999", USAGE, "a port from 0 to 65535"),
    ("--data-dir|{dir}/d|--listen|unix:/" + "x" * 120, USAGE, "at most 107"),
    ("--data-dir|{dir}/d|--listen|unix:{dir}/plain", FAILED, "{dir}/plain is in the way and is not a socket"),
    ("--data-dir|{dir}/d|--listen|{endpoint}", FAILED, "another program listens on {endpoint}"),
    ("--data-dir|{dir}/d|--datastore|nonsense", USAGE, '"nonsense" must be hashira://HOST:PORT'),
    ("--data-dir|{dir}/d|--datastore|http://127.0.0.1:80", USAGE, '"http://127.0.0.1:80" must be hashira://HOST:PORT'),
    ("--data-dir|{dir}/d|--datastore|hashira://127.0.0.1", USAGE, "must name HOST:PORT"),
    ("--data-dir|{dir}/d|--datastore|hashira+plaintext://example.com:80", USAGE, "plaintext goes to this machine only"),
    ("--data-dir|{dir}/d|--datastore|{url}", USAGE, "needs a token", "--token-file"),
    ("--data-dir|{dir}/d|--datastore|{url}|--token-file|{dir}/none", FAILED, "cannot read the token file {dir}/none"),
    ("--data-dir|{dir}/d|--datastore|{url}|--token-file|{dir}", FAILED, "cannot read the token file {dir}"),
    ("--data-dir|{dir}/d|--datastore|{url}|--token-file|{dir}/empty", FAILED, "{dir}/empty is empty"),
    ("--data-dir|{dir}/d|--datastore|{url}|--token-file|{dir}/bad.jsonl", FAILED, "{dir}/bad.jsonl must hold one token"),
    ("--data-dir|{dir}/d|--datastore|{url}|--token-file|/dev/zero", FAILED, "/dev/zero must hold one token"),
    ("--data-dir|{dir}/d|--weeks-kept|0", USAGE, "--weeks-kept must be a whole number", '"0"'),
    ("--data-dir|{dir}/d|--weeks-kept|ten", USAGE, "--weeks-kept", '"ten"'),
    ("--data-dir|{dir}/d|--network|maybe", USAGE, '"maybe"', "on or off"),
    ("--data-dir|{dir}/d|--notifications|maybe", USAGE, "--notifications must be on or off", '"maybe"'),
    ("--data-dir|{dir}/d|--sync-interval|-3", USAGE, "--sync-interval must be a number", '"-3"'),
]

# (arguments, exit code, words); {db} is the database of a running datastore, {store} its endpoint.
DATASTORES = [
    ("--nonsense", USAGE, "nonsense"),
    ("nonsense", USAGE, 'no verb "nonsense"', "serve, account and token"),
    ("account|nonsense", USAGE, "usage:", "account add NAME"),
    ("account|add|--database|{db}", USAGE, "account add NAME"),
    ("account|add|me|--database|{db}", FAILED, "exists already"),
    ("account|add|x|--id|nonsense|--database|{db}", FAILED, "--id: must be a UUID"),
    ("account|remove|nobody|--database|{db}", FAILED, 'no account "nobody"'),
    ("token|new|nobody|--database|{db}", FAILED, 'no account "nobody"'),
    ("token|list|nobody|--database|{db}", FAILED, 'no account "nobody"'),
    ("token|revoke|nobody|--database|{db}", FAILED, 'no account "nobody"'),
    ("token|new|--database|{db}", USAGE, "token new NAME"),
    ("serve|--listen|nonsense|--database|{db}", USAGE, '"nonsense" must be tcp:HOST:PORT'),
    ("serve|--listen|tcp:0.0.0.0:0|--database|{db}", FAILED, "0.0.0.0", "TLS"),
    ("serve|--listen|{store}|--database|{db}", FAILED, "cannot listen on", "another program listens there"),
    ("serve|--database|nonsense", USAGE, '"nonsense" must be sqlite:PATH'),
    ("serve|--listen|tcp:127.0.0.1:0|--database|sqlite:{dir}", FAILED, "{dir}: is a directory, not a database"),
    ("serve|--listen|tcp:127.0.0.1:0|--database|sqlite:{dir}/plain", FAILED, "{dir}/plain", "not a database"),
    ("serve|--listen|tcp:127.0.0.1:0|--database|postgresql://u:secret@127.0.0.1:1/d", FAILED,
     "cannot open the database postgresql://127.0.0.1/d: ", "Connection refused"),
    ("account|list|--database|postgresql://u:sec/ret@127.0.0.1:1/d", USAGE, "postgresql://[USER@]HOST", "as %XX"),
    ("account|list|--database|postgresq://u:secret@127.0.0.1:1/d", USAGE, '"postgresq://…" must be'),
]


class BadInput(unittest.TestCase):
    maxDiff = None

    def check(self, done, code, words):
        said = done.stderr.strip()
        self.assertEqual(code, done.returncode, said)
        for word in words:
            self.assertIn(word, said)
        self.assertEqual("", done.stdout)
        for never in ("StatusCode", "grpc", "Aborted", "terminate", "    at ", "secret", "sec/ret"):
            self.assertNotIn(never, said)

    def run_table(self, scene, program, table, **names):
        files(scene)
        names["dir"] = scene.dir
        for line, code, *words in table:
            arguments = [argument.format(**names) for argument in line.split("|")]
            with self.subTest(" ".join(arguments)[:120]):
                done = subprocess.run([str(processes.BIN / program), *arguments], stdin=subprocess.DEVNULL,
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False,
                                      timeout=processes.LIMIT, env=scene.env)
                self.check(done, code, [word.format(**names) for word in words])

    def test_command_lines(self):
        with processes.Scene() as scene:
            daemon = scene.daemon()
            scene.env["HASHIRA_SOCKET"] = daemon.endpoint
            one, other = ("0193a5b0-0000-7000-8000-00000000000" + end for end in "ab")
            daemon.send(("NEW", {"id": one, "name": "Alpha"}), ("NEW", {"id": other, "name": "Beta"}))
            before = daemon.cli("list")
            self.run_table(scene, "hashira", COMMAND_LINES, a=one, b=other, both="0193a5b0")
            self.assertEqual(before, daemon.cli("list"), "nothing was changed by any of them")

    def test_daemons(self):
        with processes.Scene() as scene:
            store = scene.datastore()
            daemon = scene.daemon("held")
            self.run_table(scene, "hashirad", [("--headless|" + line, *rest) for line, *rest in DAEMONS], url=store.url,
                           held=daemon.data_dir, pid=daemon.pid, endpoint=daemon.endpoint)
            self.assertEqual([], daemon.cli("list"), "the one that runs is not disturbed")

    def test_datastores(self):
        with processes.Scene() as scene:
            store = scene.datastore()
            store.account("me")
            self.run_table(scene, "hashira-datastored", DATASTORES, db=store.database, store=store.endpoint)
            self.assertEqual("x" * 8192, (scene.dir / "plain").read_text(encoding="utf-8"), "no file is overwritten")

    def test_import_of_broken_lines(self):
        with processes.Scene() as scene:
            files(scene)
            daemon = scene.daemon()
            done = daemon.cli_raw("import", scene.dir / "bad.jsonl")
            self.assertEqual((1, "2 imported, 0 there already, 9 failed\n"), (done.returncode, done.stdout))
            lines = done.stderr.splitlines()
            self.assertEqual(len(IMPORT_PROBLEMS), len(lines), done.stderr)
            for problem, line in zip(IMPORT_PROBLEMS, lines):
                self.assertIn(problem, line)
            self.assertEqual({"good 1", "good 2"}, {task["name"] for task in daemon.cli("list")})
            again = daemon.cli_raw("import", "-", "--json", stdin=IMPORTED)
            self.assertEqual((1, {"imported": 0, "skipped": 2, "failed": 9}),
                             (again.returncode, json.loads(again.stdout)))

    def refused(self, call, request, code, *words):
        import grpc
        with self.assertRaises(grpc.RpcError) as caught:
            answer = call(request, timeout=processes.LIMIT)
            list(answer) if hasattr(answer, "__iter__") else None  # pylint: disable=expression-not-assigned
        self.assertEqual(code, caught.exception.code().name, caught.exception.details())
        for word in words:
            self.assertIn(word, caught.exception.details())

    def test_payloads(self):
        with processes.Scene() as scene:
            daemon = scene.daemon()
            pb = processes.stubs().hashira_pb2
            good = pb.Command(what=pb.WHAT_NEW, payload='{"name":"Good, but in bad company"}')
            for what, payload, words in PAYLOADS:
                with self.subTest(f"{what} {payload[:60]}"):
                    bad = pb.Command(what=pb.What.Value(f"WHAT_{what}"), payload=payload)
                    self.refused(daemon.hashira.Send, pb.SendRequest(commands=[good, bad, good]), "INVALID_ARGUMENT",
                                 "commands[1]: " + words)
            self.refused(daemon.hashira.Send, pb.SendRequest(commands=[pb.Command(
                id="not-a-uuid", what=pb.WHAT_NEW, payload='{"name":"x"}')]), "INVALID_ARGUMENT", "commands[0]", "UUID")
            self.refused(daemon.hashira.Send, pb.SendRequest(commands=[good] * 20001), "RESOURCE_EXHAUSTED", "20000",
                         "20001")
            self.assertEqual({}, daemon.tasks(10, deleted=True), "all or none")
            self.assertEqual(0, daemon.status().pending)
            daemon.send(("NEW", {"name": "And it works on"}))
            self.assertEqual(1, len(daemon.tasks()))

    def test_changes_of_a_task_that_is_not_known(self):
        """They are taken, as the task may be on another device, and show nothing until it has a name."""
        with processes.Scene() as scene:
            daemon = scene.daemon()
            daemon.send(("UPDATE", {"id": UNKNOWN, "note": "early"}), ("DELETE", {"id": UNKNOWN}))
            self.assertEqual({}, daemon.tasks(10, deleted=True))
            daemon.send(("NEW", {"id": UNKNOWN, "name": "There it is"}))
            self.assertEqual(("There it is", "early", True),
                             next((task.name, task.note, task.deleted) for task in daemon.tasks(deleted=True).values()))

    def test_other_calls(self):
        with processes.Scene() as scene:
            daemon = scene.daemon()
            pb, control = processes.stubs().hashira_pb2, processes.stubs().daemon_pb2
            retrieve = daemon.hashira.Retrieve
            self.refused(retrieve, pb.RetrieveRequest(**{"from": 3, "to": 1}), "INVALID_ARGUMENT", "from 3, to 1")
            self.refused(retrieve, pb.RetrieveRequest(**{"from": -1, "to": 1}), "INVALID_ARGUMENT", "cannot be negative")
            self.refused(retrieve, pb.RetrieveRequest(to=10001), "INVALID_ARGUMENT", "at most 10000")
            self.refused(daemon.control.WaitFor, control.WaitForRequest(command_id=UNKNOWN, level=pb.LEVEL_APPLIED),
                         "NOT_FOUND", UNKNOWN)
            self.refused(daemon.control.WaitFor, control.WaitForRequest(command_id="x", level=pb.LEVEL_APPLIED),
                         "INVALID_ARGUMENT", "command_id: must be a UUID")
            self.refused(daemon.control.RetryRejected, control.RetryRejectedRequest(command_id=UNKNOWN), "NOT_FOUND",
                         UNKNOWN)
            self.refused(daemon.control.DiscardRejected, control.DiscardRejectedRequest(command_id=UNKNOWN),
                         "NOT_FOUND", UNKNOWN)
            self.refused(daemon.control.SyncNow, control.SyncNowRequest(), "FAILED_PRECONDITION", "no datastore")

    def test_no_daemon(self):
        with processes.Scene() as scene:
            files(scene)
            daemon = scene.daemon()
            left = daemon.endpoint
            daemon.kill()  # its socket's file stays
            self.assertTrue(pathlib.Path(left.removeprefix("unix:")).exists())
            for endpoint in (left, f"unix:{scene.dir}/none.sock", f"unix:{scene.dir}/plain", "tcp:127.0.0.1:1"):
                for arguments in (["list"], ["add", "x"], ["status"], ["watch"], ["sync"], ["import", "-"], []):
                    with self.subTest(endpoint=endpoint, arguments=arguments):
                        began = time.monotonic()
                        done = daemon.cli_raw("--socket", endpoint, *arguments, stdin='{"name":"x"}\n')
                        self.assertLess(time.monotonic() - began, 2.0)
                        self.check(done, NO_DAEMON, ["no daemon is running", endpoint, "hashirad"])

    def test_no_datastore(self):
        with processes.Scene() as scene:
            store = scene.datastore()
            token = store.token("me")
            store.stop()
            daemon = scene.daemon(datastore=store, token=token)
            done = daemon.cli_raw("sync")
            self.check(done, FAILED, [f"127.0.0.1:{store.port}", "cannot be reached", "connection refused"])
            daemon.wait_status(lambda status: status.waiting_for == processes.stubs().daemon_pb2.WAITING_FOR_NETWORK)
            added = daemon.cli_raw("add", "Safe", "--wait", "applied", "--timeout", "0.2")
            self.assertEqual(FAILED, added.returncode)
            self.assertIn("not applied within 0.2 s; the task is safe on this machine", added.stderr)
            self.assertEqual(["Safe"], [task["name"] for task in daemon.cli("list")])
            daemon.cli("pause")
            self.check(daemon.cli_raw("sync"), FAILED, ["paused", "resume"])

    def test_a_bad_token(self):
        with processes.Scene() as scene:
            store = scene.datastore()
            good = store.token("me")
            daemon = scene.daemon(datastore=store, token="0123456789abcdef")
            pb = processes.stubs().daemon_pb2
            daemon.wait_status(lambda status: status.waiting_for == pb.WAITING_FOR_TOKEN
                               and "does not know this access token" in status.last_error)
            status = daemon.cli("status")
            self.assertEqual("token", status["waiting_for"])
            self.assertIn("--token-file", daemon.cli_raw("status").stdout)
            # It is the datastore's token that is wrong, not the one of the local endpoint.
            self.check(daemon.cli_raw("sync"), FAILED, [f"127.0.0.1:{store.port}", "does not know this access token"])
            daemon.cli("add", "Kept meanwhile")
            # With the right one all goes on; a token that is revoked while it is used stops it with a reason.
            daemon.stop()
            (scene.dir / "daemon.token").write_text(good, encoding="utf-8")
            daemon.start()
            daemon.wait_status(lambda status: status.pending == 0 and status.last_sync)
            store.admin("token", "revoke", "me")
            daemon.wait_status(lambda status: status.waiting_for == pb.WAITING_FOR_TOKEN)
            daemon.cli("add", "After it was revoked")
            daemon.wait_status(lambda status: status.waiting_for == pb.WAITING_FOR_TOKEN and status.pending == 1)

    def test_the_token_of_another_account(self):
        with processes.Scene() as scene:
            store = scene.datastore()
            daemon = scene.daemon(datastore=store, token=store.token("me"))
            daemon.wait_status(lambda status: status.last_sync)
            daemon.stop()
            (scene.dir / "daemon.token").write_text(store.token("you"), encoding="utf-8")
            daemon.start()
            daemon.cli("add", "Mine")
            pb = processes.stubs().daemon_pb2
            status = daemon.wait_status(lambda status: status.waiting_for == pb.WAITING_FOR_ACCOUNT)
            self.assertIn("another account", status.last_error)
            self.check(daemon.cli_raw("sync"), FAILED, ["belong to another account"])


def files(scene):
    (scene.dir / "bad.jsonl").write_text(IMPORTED, encoding="utf-8")
    (scene.dir / "token").write_text("a-token\n", encoding="utf-8")
    (scene.dir / "plain").write_text("x" * 8192, encoding="utf-8")
    (scene.dir / "empty").write_text("\n", encoding="utf-8")


if __name__ == "__main__":
    processes.need_grpc()
    processes.need_programs("hashirad", "hashira-datastored", "hashira")
    sys.exit(0 if unittest.main(exit=False).result.wasSuccessful() else 1)
