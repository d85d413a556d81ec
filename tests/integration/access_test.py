#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Who must not get in: another user of the machine, a process without the token, the token of another account."""
import contextlib
import hashlib
import json
import os
import pathlib
import socket
import subprocess
import sys
import unittest
import uuid

import hashira_processes as processes

LIMIT = processes.LIMIT
NOBODY = 65_534
# A client's first bytes: the preface of HTTP/2 and its SETTINGS.
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes.fromhex("000000040000000000")
# Run by another user: what it can do with each path, as JSON.
STRANGER = """
import json, socket, sys
said = {}
for path in sys.argv[1:]:
    try:
        if path.endswith(".sock"):
            with socket.socket(socket.AF_UNIX) as caller:
                caller.settimeout(%f)
                caller.connect(path)
                said[path] = "connected"
                try:
                    caller.sendall(bytes.fromhex("%s"))
                    said[path] = "read " + str(len(caller.recv(100)))
                except (BrokenPipeError, ConnectionResetError):
                    said[path] = "cut"
        else:
            open(path, "rb").close()
            said[path] = "opened"
    except OSError as error:
        said[path] = type(error).__name__
print(json.dumps(said))
""" % (LIMIT, PREFACE.hex())


def as_stranger(*paths):
    done = subprocess.run(["/usr/bin/python3", "-c", STRANGER, *map(str, paths)], user=NOBODY, group=NOBODY,
                          extra_groups=[], stdout=subprocess.PIPE, timeout=LIMIT, check=True, cwd="/")
    return json.loads(done.stdout)


def by_token(daemon):
    return "--local-token-file", daemon.data_dir / "local-token"


@contextlib.contextmanager
def open_umask():
    """Whatever is made meanwhile is open to all, unless its maker says otherwise."""
    before = os.umask(0)
    try:
        yield
    finally:
        os.umask(before)


def open_to_others(top):
    return [f"{oct(path.lstat().st_mode)} {path}" for path in (pathlib.Path(top), *pathlib.Path(top).rglob("*"))
            if path.lstat().st_mode & 0o077]


@unittest.skipUnless(os.geteuid() == 0, "only root can be another user")
class AnotherUser(unittest.TestCase):
    def test_the_socket_and_the_files(self):
        with processes.Scene() as scene:
            os.chmod(scene.dir, 0o755)
            path = scene.dir / "own" / "daemon.sock"
            with open_umask():
                daemon = scene.daemon(listen=f"unix:{path}")
                daemon.cli("add", "Private")
            files = [file for file in daemon.data_dir.iterdir() if file.is_file()]
            self.assertLessEqual({"outbox.db", "documents.db", "lock"}, {file.name for file in files})
            for file, said in as_stranger(path, *files).items():
                self.assertEqual("PermissionError", said, file)
            # Even where a person opened the directory and the socket: who calls is looked at first.
            os.chmod(path.parent, 0o755)
            os.chmod(path, 0o666)
            os.chmod(daemon.data_dir, 0o755)
            said = as_stranger(path, *files)
            self.assertIn(said.pop(str(path)), ("cut", "read 0"))
            self.assertEqual({"PermissionError"}, set(said.values()))
            with socket.socket(socket.AF_UNIX) as own:
                own.settimeout(LIMIT)
                own.connect(str(path))
                own.sendall(PREFACE)
                self.assertTrue(own.recv(100), "the user's own connection")
            self.assertEqual(["Private"], [task.name for task in daemon.tasks().values()])

    def test_a_directory_that_was_there(self):
        """A data directory that others may list: what is in it is private all the same."""
        with processes.Scene() as scene:
            os.chmod(scene.dir, 0o755)
            (scene.dir / "daemon").mkdir(mode=0o755)
            with open_umask():
                daemon = scene.daemon(listen="tcp:127.0.0.1:0")
                daemon.cli("list", *by_token(daemon))
            files = [file for file in daemon.data_dir.iterdir() if file.is_file()]
            self.assertIn("local-token", {file.name for file in files})
            self.assertEqual({"PermissionError"}, set(as_stranger(*files).values()))


class Modes(unittest.TestCase):
    def test_whatever_is_made_is_private(self):
        with processes.Scene() as scene, open_umask():
            store = scene.datastore(database=f"sqlite:{scene.dir / 'own' / 'datastore.db'}", start=False)
            (scene.dir / "own").mkdir(mode=0o700)
            store.start()
            daemon = scene.daemon(datastore=store, token=store.token("me"), listen="tcp:127.0.0.1:0")
            task = daemon.cli("add", "Private", "--wait", "applied", *by_token(daemon))
            daemon.cli("done", task["id"], *by_token(daemon))
            daemon.cli("undo", *by_token(daemon))
            state = pathlib.Path(scene.env["XDG_STATE_HOME"])
            self.assertTrue(list(state.rglob("undo.json")))
            for top in (scene.dir / "own", daemon.data_dir, *state.iterdir()):
                self.assertEqual([], open_to_others(top))


class TheLocalToken(unittest.TestCase):
    def test_no_call_without_it(self):
        with processes.Scene() as scene:
            daemon = scene.daemon(listen="tcp:127.0.0.1:0")
            file = daemon.data_dir / "local-token"
            old = file.read_text(encoding="utf-8").strip()
            daemon.restart()
            token = file.read_text(encoding="utf-8").strip()
            self.assertNotEqual(old, token)
            wrong = [None, "", f"Bearer {old}", f"Bearer {token}x", f"Bearer {token[:-1]}", "Bearer ", "Bearer", token,
                     f"bearer {token}", f"Bearer  {token}", f"Basic {token}", f"Bearer {token[::-1]}", "x" * 5_000,
                     f"Bearer {token[:-1]}{'A' if token[-1] != 'A' else 'B'}"]
            stubs = processes.stubs()
            methods = [f"/hashira.v1.{name}/{method.name}" for module, name in
                       ((stubs.hashira_pb2, "Hashira"), (stubs.daemon_pb2, "Daemon"))
                       for method in module.DESCRIPTOR.services_by_name[name].methods]
            methods += ["/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Watch", "/no.Such/Call",
                        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"]
            with grpc.insecure_channel(daemon.target) as channel:
                for method in methods:
                    for value in wrong:
                        metadata = [] if value is None else [("authorization", value)]
                        call = channel.stream_stream(method)(iter([b""]), timeout=LIMIT, metadata=metadata)
                        with self.assertRaises(grpc.RpcError, msg=method) as caught:
                            next(call)
                        self.assertEqual(grpc.StatusCode.UNAUTHENTICATED, caught.exception.code(), (method, value))
                        self.assertNotIn(token, caught.exception.details())
                status = channel.unary_unary("/hashira.v1.Daemon/GetStatus")(
                    b"", timeout=LIMIT, metadata=[("authorization", f"Bearer {token}")])
                self.assertTrue(status)
            self.assertNotIn(token, daemon.log.read_text(encoding="utf-8"))

    def test_a_page_in_a_browser(self):
        """What a page of any site can make a browser send to a port of this machine."""
        with processes.Scene() as scene:
            daemon = scene.daemon(listen="tcp:127.0.0.1:0")
            port = int(daemon.endpoint.rsplit(":", 1)[1])
            request = processes.stubs().hashira_pb2.SendRequest(
                commands=[{"what": 1, "payload": '{"name": "From a page"}'}]).SerializeToString()
            body = b"\0" + len(request).to_bytes(4, "big") + request
            for kind in ("text/plain", "application/grpc", "application/grpc-web+proto", "application/json"):
                for verb in ("POST", "OPTIONS", "GET"):
                    with socket.create_connection(("127.0.0.1", port), LIMIT) as page:
                        page.sendall(f"{verb} /hashira.v1.Hashira/Send HTTP/1.1\r\nHost: evil.example\r\n"
                                     f"Origin: https://evil.example\r\nContent-Type: {kind}\r\n"
                                     f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
                        page.shutdown(socket.SHUT_WR)
                        said = b""
                        while piece := page.recv(4096):
                            said += piece
                    self.assertFalse(said.startswith((b"HTTP/1.1 2", b"HTTP/1.0 2")), said)
                    self.assertNotIn(b"Access-Control", said)
            self.assertEqual([], daemon.cli("list", *by_token(daemon)))


class Accounts(unittest.TestCase):
    def setUp(self):
        self.scene = processes.Scene()
        self.addCleanup(self.scene.__exit__, None, None, None)
        self.store = self.scene.datastore()
        self.mine, self.yours = self.store.token("me"), self.store.token("you")
        self.daemon = self.scene.daemon("mine", datastore=self.store, token=self.mine)
        self.task = self.daemon.cli("add", "Mine", "--wait", "visible")["id"]
        channel = grpc.insecure_channel(self.store.target)
        self.addCleanup(channel.close)
        self.stub = processes.stubs().datastore_pb2_grpc.DatastoreStub(channel)
        self.pb = processes.stubs().datastore_pb2

    def call(self, name, request, token):
        metadata = [("authorization", f"Bearer {token}")] if token is not None else []
        return getattr(self.stub, name)(request, timeout=LIMIT, metadata=metadata)

    def hello(self, token, **request):
        stream = self.call("Watch", self.pb.WatchRequest(**request), token)
        self.addCleanup(stream.cancel)
        return next(stream).hello, stream

    def fetched(self, token, **request):
        return list(self.call("Fetch", self.pb.FetchRequest(**request), token))

    def document(self, note):
        return json.dumps({"fields": {"note": [note, "1764000000000.0.you"]}, "id": self.task})

    def test_another_account_sees_and_changes_nothing(self):
        device = self.daemon.status().device
        mine, _ = self.hello(self.mine, devices=[{"device_id": device}])
        yours, stream = self.hello(self.yours, devices=[{"device_id": device}], cursor=mine.cursor)
        self.assertNotEqual(mine.account, yours.account)
        self.assertGreater(mine.devices[0].last_number, 0)
        self.assertEqual((0, bytes(32)), (yours.devices[0].last_number, yours.devices[0].hash))
        self.assertFalse(yours.cursor_known)
        # By every question.
        asked = {"incarnation": yours.incarnation, "device_ids": [device]}
        for question in ({"ids": [self.task]}, {"from_week": "1970-W01", "open": True}, {"since": yours.cursor},
                         {"open": True, "digests_only": True}):
            answers = self.fetched(self.yours, **asked, **question)
            self.assertNotIn(self.task, "".join(answer.chunk.documents_json for answer in answers))
            self.assertEqual(0, sum(answer.chunk.count for answer in answers))
            self.assertEqual(0, answers[-1].state.devices[0].last_number)
        for question in ({"incarnation": mine.incarnation, "open": True},
                         {"incarnation": yours.incarnation, "since": mine.cursor}):
            self.assertTrue(self.fetched(self.yours, **question)[0].hello_needed)
        # By every change: what it names as mine becomes its own, and nothing of it is seen here.
        pushed = self.call("Push", self.pb.PushRequest(incarnation=yours.incarnation,
                                                       documents_json=f"[{self.document('pushed')}]"), self.yours)
        self.assertFalse(pushed.hello_needed)
        self.assertTrue(self.call("Push", self.pb.PushRequest(
            incarnation=mine.incarnation, documents_json=f"[{self.document('pushed')}]"), self.yours).hello_needed)
        payload = json.dumps({"id": self.task, "name": "Changed by you"}, separators=(",", ":"))
        command = {"number": 1, "command_id": str(uuid.uuid4()), "what": 2, "payload": payload,
                   "stamp": "1764000000000.1.you"}
        apply = {"device_id": device, "previous_hash": bytes(32), "commands": [command]}
        self.assertTrue(self.call("Apply", self.pb.ApplyRequest(incarnation=mine.incarnation, **apply),
                                  self.yours).hello_needed)
        done = self.call("Apply", self.pb.ApplyRequest(incarnation=yours.incarnation, **apply), self.yours)
        self.assertEqual([""], [result.refusal for result in done.results])
        again, _ = self.hello(self.mine, devices=[{"device_id": device}])
        self.assertEqual((mine.cursor, mine.devices[0]), (again.cursor, again.devices[0]))
        self.assertEqual("Mine", self.daemon.tasks()[self.task].name)
        # Nor is it told: the first notifications are of its own changes.
        self.daemon.cli("add", "Mine too", "--wait", "visible")
        self.call("Push", self.pb.PushRequest(incarnation=yours.incarnation, documents_json=f"[{self.document('z')}]"),
                  self.yours)
        versions = {next(stream).changed.version}
        self.assertLessEqual(versions, {1, 2, 3})

    def test_what_the_operator_sees_and_takes_away(self):
        """When a token was last used; a revoked one ends its stream, and the account's others go on. A token is shown once."""
        other = self.store.token("me")
        lines = self.store.admin("token", "list", "me").splitlines()
        self.assertEqual(2, len(lines))
        used, = [line for line in lines if "last used" in line]
        unused, = [line for line in lines if "never used" in line]
        self.assertRegex(used, r"^[0-9a-f]{12}  made \d{4}-\d\d-\d\dT[\d:]+Z  last used \d{4}-\d\d-\d\dT[\d:]+Z$")
        said = self.store.admin("token", "list", "me") + self.store.admin("account", "list")
        for token in (self.mine, self.yours, other):
            self.assertNotIn(token, said)
        _, stream = self.hello(self.mine)
        _, others = self.hello(other)
        self.assertIn("1 token revoked", self.store.admin("token", "revoke", "me", used.split()[0]))
        with self.assertRaises(grpc.RpcError) as ended:
            list(stream)
        self.assertEqual(grpc.StatusCode.UNAUTHENTICATED, ended.exception.code())
        waiting = processes.stubs().daemon_pb2.WAITING_FOR_TOKEN
        self.daemon.wait_status(lambda status: status.waiting_for == waiting)
        self.assertTrue(others.is_active())
        left, = self.store.admin("token", "list", "me").splitlines()
        self.assertEqual(unused.split()[0], left.split()[0])
        self.assertIn("last used", left)
        # And an account that is removed ends all of its streams.
        self.store.admin("account", "remove", "me")
        with self.assertRaises(grpc.RpcError) as ended:
            list(others)
        self.assertEqual(grpc.StatusCode.UNAUTHENTICATED, ended.exception.code())
        self.assertNotIn(" me ", self.store.admin("account", "list"))

    def test_of_a_token_only_a_hash_is_stored(self):
        tokens = [self.mine, self.yours, *(self.store.token("me") for _ in range(20))]
        self.assertEqual(len(tokens), len(set(tokens)))
        for token in tokens:
            self.assertEqual(256 // 8, len(bytes.fromhex(token)))
        self.daemon.stop()
        self.store.stop()
        stored = sorted(value for value, in self.store.rows("SELECT hash FROM access_tokens"))
        self.assertEqual(sorted(hashlib.sha256(token.encode()).hexdigest() for token in tokens), stored)
        held = [path for path in self.scene.dir.rglob("*") if path.is_file() and path.name.startswith("datastore")]
        self.assertTrue(held)
        for path in held:  # on SQLite the database is among them
            data = path.read_bytes()
            for token in tokens:
                self.assertNotIn(token.encode(), data, path)

    def test_tokens_that_are_none(self):
        revoked = self.store.token("me")
        self.store.admin("token", "revoke", "me", self.store.admin("token", "list", "me").split("\n")[-1].split()[0])
        mine, _ = self.hello(self.mine)
        requests = {"Watch": self.pb.WatchRequest(), "Fetch": self.pb.FetchRequest(incarnation=mine.incarnation, open=True),
                    "Apply": self.pb.ApplyRequest(incarnation=mine.incarnation),
                    "Push": self.pb.PushRequest(incarnation=mine.incarnation, documents_json="[]")}
        for token in (None, "", "garbage", self.mine + "x", self.mine[:-1], self.mine.swapcase(), "x" * 5_000, revoked):
            for name, request in requests.items():
                with self.assertRaises(grpc.RpcError, msg=name) as caught:
                    answer = self.call(name, request, token)
                    if name in ("Watch", "Fetch"):
                        next(answer)
                self.assertEqual(grpc.StatusCode.UNAUTHENTICATED, caught.exception.code(), (name, token))
                if token:
                    self.assertNotIn(token, caught.exception.details())

    def test_the_token_of_another_account_and_the_right_one_again(self):
        yours = self.scene.daemon("yours", datastore=self.store, token=self.yours)
        yours.cli("add", "Yours", "--wait", "visible")
        self.daemon.stop()
        file = self.scene.dir / "mine.token"
        file.write_text(self.yours, encoding="utf-8")
        self.daemon.start()
        self.daemon.cli("add", "Mine meanwhile")
        waiting = processes.stubs().daemon_pb2.WAITING_FOR_ACCOUNT
        status = self.daemon.wait_status(lambda status: status.waiting_for == waiting)
        self.assertEqual(1, status.pending)
        yours.cli("sync")
        self.assertEqual(["Yours"], [task.name for task in yours.tasks().values()])
        self.assertEqual(["Mine", "Mine meanwhile"], sorted(task.name for task in self.daemon.tasks().values()))
        self.daemon.stop()
        file.write_text(self.mine, encoding="utf-8")
        self.daemon.start()
        self.daemon.wait_status(lambda status: status.pending == 0 and not status.last_error)
        other = self.scene.daemon("other", datastore=self.store, token=self.mine)
        other.wait_status(lambda status: status.last_sync)
        self.assertEqual(["Mine", "Mine meanwhile"], sorted(task.name for task in other.tasks().values()))
        self.check_nobody_tells_a_token()

    def check_nobody_tells_a_token(self):
        said = [json.dumps(self.daemon.cli("status")), self.daemon.cli_raw("status").stdout]
        for server in self.scene.servers:
            said.append(server.log.read_text(encoding="utf-8"))
            said.append(pathlib.Path(f"/proc/{server.pid}/cmdline").read_text(encoding="utf-8"))
        for token in (self.mine, self.yours):
            self.assertNotIn(token, "\n".join(said))


if __name__ == "__main__":
    processes.need_grpc()
    processes.need_programs("hashirad", "hashira", "hashira-datastored")
    import grpc
    sys.exit(0 if unittest.main(exit=False).result.wasSuccessful() else 1)
