#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Signing in and out: a real keyring (open, locked, none, appearing later), a real datastore with TLS and without."""
import contextlib
import json
import shutil
import subprocess
import sys
import unittest

import certificates
import hashira_processes as processes
import keyring

FAILED = 1


@contextlib.contextmanager
def desk(ring=True):
    """(scene, bus, keyring): what a desktop session has."""
    with processes.Scene() as scene, keyring.Bus(scene.dir) as bus:
        yield scene, bus, keyring.Keyring(bus, scene.dir / "ring").start() if ring else None


def login(daemon, store, token, *arguments, code=0):
    """What the CLI says: the status as JSON, or the words on stderr."""
    url = getattr(store, "url", store)
    done = daemon.cli_raw("login", url, "--json", *arguments, stdin=token + "\n")
    assert done.returncode == code, f"exit code {done.returncode}: {done.stderr}"
    return json.loads(done.stdout) if code == 0 else done.stderr


def online(status):
    return status.connectivity == processes.stubs().daemon_pb2.CONNECTIVITY_ONLINE and status.pending == 0


def waits(reason):
    return lambda status: status.waiting_for == processes.stubs().daemon_pb2.WaitingFor.Value(f"WAITING_FOR_{reason}")


class SignIn(unittest.TestCase):
    def test_first_sign_in_adopts_and_stays(self):
        with desk() as (scene, bus, ring):
            store = scene.datastore()
            token = store.token("me")
            daemon = scene.daemon(env=bus.env)
            daemon.wait_status(waits("SIGN_IN"))
            daemon.cli("add", "Made before")
            # Nothing is adopted without a word.
            said = login(daemon, store, token, code=FAILED)
            self.assertIn("1 change was made here", said)
            self.assertIn("--adopt", said)
            self.assertEqual(0, ring.secrets())
            self.assertEqual("", daemon.status().datastore)

            status = login(daemon, store, token, "--adopt")
            self.assertEqual(store.url, status["datastore"])
            daemon.wait_status(online)
            self.assertEqual(1, ring.secrets())
            # The whole history is there, for another device.
            other = scene.daemon("other", datastore=store, token=token)
            other.wait_tasks(lambda tasks: [task.name for task in tasks.values()] == ["Made before"])
            # No file holds the token: neither the daemon's nor settings, logs, the keyring's, the datastore's. The other daemon was
            # told to read it from one.
            files = [file for file in scene.dir.rglob("*") if file.is_file() and file.name != "other.token"]
            self.assertEqual([], [file for file in files if token.encode() in file.read_bytes()])
            self.assertIn(daemon.data_dir / "sign-in.json", files)
            self.assertEqual(0o600, (daemon.data_dir / "sign-in.json").stat().st_mode & 0o777)

            daemon.restart()
            daemon.wait_status(online)
            daemon.cli("add", "Made after", "--wait", "applied")
            # The same again is no other sign-in: a new token of the same account.
            login(daemon, store, store.token("me"))
            daemon.wait_status(online)
            self.assertEqual(1, ring.secrets())

    def test_what_is_wrong_is_told_and_nothing_kept(self):
        with desk() as (scene, bus, ring):
            certificate = certificates.Authority(scene.dir, "ca")
            other = certificates.Authority(scene.dir, "other")
            store = scene.datastore(tls=certificate.leaf("server"))
            token = store.token("me")
            daemon = scene.daemon(env=bus.env)
            for url, given, options, words in (
                    ("hashira://localhost:1", token, (), "cannot be reached"),
                    ("hashira+plaintext://example.org:1", token, (), "plaintext goes to this machine only"),
                    ("http://localhost", token, (), "must be hashira://"),
                    (store.url, token, (), "certificate is not from a CA"),
                    (store.url, token, ("--ca", other.cert), "certificate is not from a CA"),
                    (store.url, "wrong", ("--ca", certificate.cert), "token"),
                    (store.url, "two words", ("--ca", certificate.cert), "characters that none has")):
                with self.subTest(url=url, options=options, token=given):
                    self.assertIn(words, login(daemon, url, given, *options, code=FAILED))
                    self.assertEqual(0, ring.secrets())
                    self.assertTrue(waits("SIGN_IN")(daemon.status()))
            self.assertFalse((daemon.data_dir / "sign-in.json").exists())

            login(daemon, store, token, "--ca", certificate.cert)
            # The certificate is kept: its file may go.
            copy = shutil.copyfile(certificate.cert, scene.dir / "copy.crt")
            certificate.cert.unlink()
            daemon.restart()
            daemon.wait_status(online)
            # A wrong token now leaves the good one as it is.
            self.assertIn("token", login(daemon, store, "wrong", "--ca", copy, code=FAILED))
            daemon.restart()
            daemon.wait_status(online)

    def test_statuses_of_the_call(self):
        import grpc
        pb = processes.stubs().daemon_pb2
        with desk(ring=False) as (scene, bus, _):
            store = scene.datastore()
            daemon = scene.daemon(env=bus.env)

            def code(**request):
                with self.assertRaises(grpc.RpcError) as raised:
                    daemon.control.SignIn(pb.SignInRequest(**request), timeout=processes.LIMIT)
                return raised.exception.code()

            token = store.token("me")
            self.assertEqual(grpc.StatusCode.INVALID_ARGUMENT, code(datastore="x", token=token))
            self.assertEqual(grpc.StatusCode.INVALID_ARGUMENT, code(datastore=store.url))
            self.assertEqual(grpc.StatusCode.UNAVAILABLE, code(datastore="hashira://localhost:1", token=token))
            self.assertEqual(grpc.StatusCode.PERMISSION_DENIED, code(datastore=store.url, token="wrong"))
            self.assertEqual(grpc.StatusCode.FAILED_PRECONDITION, code(datastore=store.url, token=token))
            answer = daemon.control.SignIn(pb.SignInRequest(datastore=store.url, token=token, check_only=True))
            self.assertRegex(answer.account, "^[0-9a-f-]{36}$")
            given = scene.daemon("given", datastore=store, token=token)
            self.assertIn("started with a datastore", login(given, store, token, code=FAILED))
            self.assertIn("started with a datastore", given.cli_raw("logout").stderr)


class Ring(unittest.TestCase):
    def test_without_a_keyring_nothing_is_kept_until_one_comes(self):
        with desk(ring=False) as (scene, bus, _):
            store = scene.datastore()
            token = store.token("me")
            daemon = scene.daemon(env=bus.env)
            self.assertIn("there is no keyring", login(daemon, store, token, code=FAILED))
            self.assertFalse((daemon.data_dir / "sign-in.json").exists())
            ring = keyring.Keyring(bus, scene.dir / "ring").start()
            login(daemon, store, token)
            daemon.wait_status(online)

            # It is gone at the next start: the daemon serves, waits, and keeps what is made.
            daemon.stop()
            ring.stop()
            bus.wait_owner(keyring.SECRETS, present=False)
            daemon.start()
            daemon.cli("add", "Made meanwhile")
            status = daemon.wait_status(waits("KEYRING"))
            self.assertIn("there is no keyring", status.last_error)
            self.assertEqual(1, status.pending)
            self.assertEqual(store.url, status.datastore)
            self.assertIn("there is no keyring", daemon.cli_raw("sync").stderr)
            # … and goes on when it comes, without being told.
            ring.start()
            daemon.wait_status(online)

    def test_without_a_bus(self):
        with processes.Scene() as scene:
            store = scene.datastore()
            daemon = scene.daemon(env={"DBUS_SESSION_BUS_ADDRESS": f"unix:path={scene.dir}/none"})
            self.assertIn("there is no keyring", login(daemon, store, store.token("me"), code=FAILED))
            self.assertFalse((daemon.data_dir / "sign-in.json").exists())

    def test_what_leads_to_the_keyring_is_loaded_when_it_is_needed(self):
        linked = subprocess.run(["ldd", processes.BIN / "hashirad"], capture_output=True, text=True, check=True).stdout
        self.assertIn("libQt6Core", linked)
        for library in ("Qt6DBus", "Qt6Network", "keychain"):
            self.assertNotIn(library, linked)

    def test_without_the_plugin_it_serves_and_says_what_is_missing(self):
        with desk() as (scene, bus, _):
            store = scene.datastore()
            daemon = scene.daemon(env=bus.env, start=False)
            daemon.command[0] = str(shutil.copy(processes.BIN / "hashirad", scene.dir))
            daemon.start()
            daemon.wait_log("the plugin for keyring and network, libhashira-desktop.so, is not installed")
            daemon.cli("add", "Without a keyring")
            self.assertIn("is not installed", login(daemon, store, store.token("me"), "--adopt", code=FAILED))
            self.assertFalse((daemon.data_dir / "sign-in.json").exists())
            # It need not be started anew.
            shutil.copy(processes.BIN / "libhashira-desktop.so", scene.dir)
            login(daemon, store, store.token("me"), "--adopt")
            daemon.wait_status(online)

    def test_a_locked_keyring_is_waited_for(self):
        with desk() as (scene, bus, ring):
            store = scene.datastore()
            token = store.token("me")
            daemon = scene.daemon(env=bus.env)
            ring.lock()
            self.assertIn("keyring", login(daemon, store, token, code=FAILED))
            self.assertFalse((daemon.data_dir / "sign-in.json").exists())
            ring.unlock()
            login(daemon, store, token)
            daemon.wait_status(online)
            daemon.stop()
            ring.lock()
            daemon.start()
            status = daemon.wait_status(waits("KEYRING"))
            self.assertIn("keyring is locked", status.last_error)
            self.assertNotEqual("", status.next_attempt)
            ring.unlock()
            daemon.wait_status(online)

    def test_a_token_that_left_the_keyring_is_told(self):
        with desk() as (scene, bus, ring):
            store = scene.datastore()
            token = store.token("me")
            daemon = scene.daemon(env=bus.env)
            login(daemon, store, token)
            daemon.wait_status(online)
            ring.forget()
            daemon.restart()
            self.assertIn("sign in again", daemon.wait_status(waits("TOKEN")).last_error)
            login(daemon, store, token)
            daemon.wait_status(online)


class Accounts(unittest.TestCase):
    def test_another_account_mixes_nothing(self):
        with desk() as (scene, bus, ring):
            store = scene.datastore()
            mine, yours = store.token("me"), store.token("you")
            daemon = scene.daemon(env=bus.env)
            daemon.cli("add", "Mine")
            login(daemon, store, mine, "--adopt")
            daemon.wait_status(online)
            account = daemon.status().account
            stream = daemon.hashira.Subscribe(processes.stubs().hashira_pb2.SubscribeRequest(), timeout=processes.LIMIT)
            epoch = next(stream).revision.epoch

            # What waits is told, and nothing happens without a word.
            daemon.cli("pause")
            daemon.cli("add", "Mine, not synced")
            said = login(daemon, store, yours, code=FAILED)
            self.assertIn("1 change of the account so far is not synced", said)
            self.assertEqual(account, daemon.status().account)
            login(daemon, store, yours, "--force")
            self.assertEqual({}, daemon.tasks())
            daemon.wait_status(online)
            self.assertNotEqual(account, daemon.status().account)
            # Front ends are told to read all anew.
            note = next(note for note in stream if note.revision.epoch != epoch)
            self.assertTrue(note.full)
            stream.cancel()

            daemon.cli("add", "Yours", "--wait", "applied")
            daemon.restart()
            daemon.wait_status(online)
            self.assertEqual(["Yours"], [task.name for task in daemon.tasks().values()])
            # Back again all is there, and goes on; it was paused.
            login(daemon, store, mine)
            self.assertEqual(["Mine", "Mine, not synced"], sorted(task.name for task in daemon.tasks().values()))
            daemon.wait_status(waits("RESUME"))
            self.assertEqual(1, daemon.status().pending)
            daemon.cli("resume")
            daemon.wait_status(online)
            self.assertEqual(1, ring.secrets())
            for token, names in ((mine, ["Mine", "Mine, not synced"]), (yours, ["Yours"])):
                fresh = scene.daemon("fresh" + names[0], datastore=store, token=token)
                fresh.wait_tasks(lambda tasks, names=names: sorted(task.name for task in tasks.values()) == names)

    def test_sign_out_leaves_the_tasks(self):
        with desk() as (scene, bus, ring):
            store = scene.datastore()
            token = store.token("me")
            daemon = scene.daemon(env=bus.env)
            self.assertIn("nobody is signed in", daemon.cli_raw("logout").stderr)
            login(daemon, store, token)
            daemon.cli("add", "Synced", "--wait", "applied")
            daemon.cli("pause")
            daemon.cli("add", "Not synced")
            self.assertIn("1 change is not synced yet", daemon.cli_raw("logout").stderr)
            self.assertEqual(1, ring.secrets())
            daemon.cli("logout", "--force")
            self.assertEqual(0, ring.secrets())
            daemon.cli("resume")
            status = daemon.status()
            self.assertTrue(waits("SIGN_IN")(status))
            self.assertEqual("", status.datastore)
            daemon.cli("add", "Made signed out")
            daemon.restart()
            self.assertTrue(waits("SIGN_IN")(daemon.status()))
            self.assertEqual(3, len(daemon.tasks()))
            # It is still that account's: nobody is asked again, all is sent.
            login(daemon, store, token)
            daemon.wait_status(online)

    def test_a_damaged_sign_in_is_refused(self):
        with desk() as (scene, bus, _):
            store = scene.datastore()
            daemon = scene.daemon(env=bus.env)
            login(daemon, store, store.token("me"))
            daemon.stop()
            file = daemon.data_dir / "sign-in.json"
            good = file.read_text(encoding="utf-8")
            account = json.loads(good)["account"]
            for text, words in (("", "damaged"), ("{", "damaged"), (good.replace(account, "../.."), "damaged"),
                                (good.replace('"version": 1', '"version": 2'), "newer version"),
                                (good.replace("{", '{"directory": "../elsewhere",', 1), "damaged")):
                with self.subTest(text):
                    file.write_text(text, encoding="utf-8")
                    daemon.start_refused("sign-in.json", words)
                    self.assertEqual(text, file.read_text(encoding="utf-8"))
            file.write_text(good, encoding="utf-8")
            daemon.start()
            daemon.wait_status(online)


if __name__ == "__main__":
    certificates.need_daemons()
    keyring.need_keyring()
    unittest.main(argv=sys.argv, verbosity=2)
