#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""TLS between daemons and the datastore, with certificates made here: which are trusted, that no wrong server is told
anything, and that a new certificate is taken while streams stand."""
import os
import pathlib
import shutil
import signal
import socket
import ssl
import sys
import tempfile
import threading
import unittest

import certificates
import hashira_processes as processes

LIMIT = processes.LIMIT


class Recorder:
    """Somebody else's server: with TLS or without, it keeps each byte that it is told and says nothing."""

    def __init__(self, pair=None, oldest=ssl.TLSVersion.TLSv1_2, newest=ssl.TLSVersion.TLSv1_3):
        self.context = None
        if pair:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.set_ciphers("DEFAULT@SECLEVEL=0")
            self.context.minimum_version, self.context.maximum_version = oldest, newest
            self.context.set_alpn_protocols(["h2"])
            self.context.load_cert_chain(*pair)
        self.told = bytearray()
        self.came = threading.Event()  # whoever comes in
        self.spoke = threading.Event()  # … and says something
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            self.came.set()
            peer.settimeout(LIMIT)
            try:
                if self.context:
                    peer = self.context.wrap_socket(peer, server_side=True)
                while piece := peer.recv(65536):
                    self.told += piece
                    self.spoke.set()
            except OSError:
                pass  # the client broke off, as it should
            finally:
                peer.close()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(LIMIT)


def serial(port, ca):
    """The serial number of the certificate that a new connection is shown."""
    context = ssl.create_default_context(cafile=ca)
    with socket.create_connection(("127.0.0.1", port), LIMIT) as plain:
        with context.wrap_socket(plain, server_hostname="localhost") as secure:
            return secure.getpeercert()["serialNumber"]


def write_pair(pair, files):
    """Puts another pair into the place of the files, each at once."""
    for source, target in zip(pair, files):
        fresh = target.with_suffix(".new")
        shutil.copyfile(source, fresh)
        fresh.chmod(0o600)
        fresh.rename(target)


class Tls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = pathlib.Path(tempfile.mkdtemp(prefix="hsr-tls"))
        cls.ca = certificates.Authority(cls.dir, "our-ca")
        cls.stranger = certificates.Authority(cls.dir, "a-stranger")
        cls.good = cls.ca.leaf("good")
        cls.renewed = cls.ca.leaf("renewed")
        cls.expired = cls.ca.leaf("expired", begins=-9, ends=-1)
        cls.elsewhere = cls.ca.leaf("elsewhere", names=["DNS:elsewhere.example"])
        cls.unknown = cls.stranger.leaf("unknown")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.dir)

    def wait_for(self, device, reason, *words):
        """Status names that reason, and says so in these words."""
        wanted = processes.stubs().daemon_pb2.WaitingFor.Value(f"WAITING_FOR_{reason}")
        status = device.wait_status(lambda now: now.waiting_for == wanted and now.last_error)
        for word in words:
            self.assertIn(word, status.last_error)
        return status

    def assert_synced(self, device):
        receipt = device.send(("NEW", {"name": "Over TLS"})).receipts[0]
        device.wait_for(receipt.command_id, "VISIBLE")

    def test_a_ca_of_ones_own_and_the_systems_roots(self):
        with processes.Scene() as scene:
            store = scene.datastore(tls=self.good)
            own = scene.daemon("own", datastore=store, token=store.token("me"),
                               arguments=["--datastore-ca", self.ca.cert])
            self.assert_synced(own)
            roots = scene.daemon("roots", datastore=store, token=store.token("me"),
                                 env={"GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": str(self.ca.cert)})
            self.assert_synced(roots)
            by_address = scene.daemon("by-address", datastore=f"hashira://127.0.0.1:{store.port}",
                                      token=store.token("me"), arguments=["--datastore-ca", self.ca.cert])
            self.assert_synced(by_address)
            # The system's own roots hold no CA of a test.
            strange = scene.daemon("strange", datastore=store, token=store.token("me"))
            self.wait_for(strange, "TLS", "not from a CA that this machine trusts")
            # What belongs together is needed together.
            self.wait_for(scene.daemon("plain", datastore=f"hashira+plaintext://127.0.0.1:{store.port}",
                                       token=store.token("me")), "NETWORK")

    def test_a_wrong_server_is_told_nothing(self):
        rows = (
            ("its name", dict(pair=self.elsewhere), "TLS", "for another name"),
            ("its CA", dict(pair=self.unknown), "TLS", "not from a CA that this machine trusts"),
            ("its time", dict(pair=self.expired), "TLS", "expired"),
            ("old TLS", dict(pair=self.good, oldest=ssl.TLSVersion.TLSv1, newest=ssl.TLSVersion.TLSv1_1), "TLS",
             "cannot be trusted"),
            ("no TLS", {}, "TLS", ""),
            ("nothing", dict(pair=self.good), None, None),
        )
        with processes.Scene() as scene:
            token = "t0" * 32
            for wrong, server, reason, words in rows:
                recorder = Recorder(**server)
                try:
                    with self.subTest(wrong):
                        device = scene.daemon(f"to-{recorder.port}", datastore=f"hashira://localhost:{recorder.port}",
                                              token=token, arguments=["--datastore-ca", self.ca.cert])
                        if reason is None:
                            # The recorder does hear those who trust it.
                            self.assertTrue(recorder.spoke.wait(LIMIT))
                            self.assertTrue(recorder.told.startswith(b"PRI * HTTP/2"), bytes(recorder.told[:80]))
                            device.stop()
                            continue
                        if server:
                            self.wait_for(device, reason, words)
                        self.assertTrue(recorder.came.wait(LIMIT))
                        device.stop()
                        self.assertNotIn(token.encode(), recorder.told)
                        if server:
                            self.assertEqual(b"", bytes(recorder.told))
                        else:
                            # A plaintext server hears the hello of TLS, and no word of HTTP/2.
                            self.assertTrue(recorder.spoke.is_set())
                            self.assertEqual(b"\x16\x03", bytes(recorder.told[:2]))
                            self.assertNotIn(b"HTTP/2", recorder.told)
                finally:
                    recorder.close()

    def test_old_and_no_tls_are_refused_by_the_server(self):
        with processes.Scene() as scene:
            store = scene.datastore(tls=self.good)
            for newest, taken in ((ssl.TLSVersion.TLSv1_1, False), (ssl.TLSVersion.TLSv1_2, True),
                                  (ssl.TLSVersion.TLSv1_3, True)):
                context = ssl.create_default_context(cafile=self.ca.cert)
                context.set_ciphers("DEFAULT@SECLEVEL=0")
                context.set_alpn_protocols(["h2"])
                context.minimum_version = ssl.TLSVersion.TLSv1
                context.maximum_version = newest
                with socket.create_connection(("127.0.0.1", store.port), LIMIT) as plain:
                    try:
                        with context.wrap_socket(plain, server_hostname="localhost") as secure:
                            version = secure.version()
                    except ssl.SSLError as refused:
                        self.assertFalse(taken, refused)
                    else:
                        self.assertTrue(taken, version)
            with grpc.insecure_channel(f"127.0.0.1:{store.port}") as channel:
                stub = processes.stubs().datastore_pb2_grpc.DatastoreStub(channel)
                with self.assertRaises(grpc.RpcError) as refused:
                    stub.Apply(processes.stubs().datastore_pb2.ApplyRequest(), timeout=LIMIT)
                self.assertEqual(grpc.StatusCode.UNAVAILABLE, refused.exception.code())

    def test_a_new_certificate_while_a_stream_stands(self):
        with processes.Scene() as scene:
            files = scene.dir / "server.crt", scene.dir / "server.key"
            write_pair(self.good, files)
            store = scene.datastore(tls=files)
            laptop = scene.daemon("laptop", datastore=store, token=store.token("me"),
                                  arguments=["--datastore-ca", self.ca.cert])
            self.assert_synced(laptop)
            pb = processes.stubs()
            roots = grpc.ssl_channel_credentials(self.ca.cert.read_bytes())
            with grpc.secure_channel(f"localhost:{store.port}", roots) as channel:
                watch = pb.datastore_pb2_grpc.DatastoreStub(channel).Watch(
                    pb.datastore_pb2.WatchRequest(), metadata=[("authorization", f"Bearer {store.token('me')}")],
                    timeout=4 * LIMIT)
                self.assertTrue(next(watch).HasField("hello"))
                shown = {serial(store.port, self.ca.cert)}

                def the_watch_stands():
                    self.assert_synced(laptop)
                    self.assertGreater(next(watch).changed.version, 0)

                def taken():
                    store.wait_log(f'certificate loaded subject="{name}"')
                    shown.add(serial(store.port, self.ca.cert))
                    the_watch_stands()

                # When it is told to.
                name = "/CN=renewed"
                write_pair(self.renewed, files)
                os.kill(store.pid, signal.SIGHUP)
                taken()
                self.assertEqual(2, len(shown), "new connections see the new certificate")
                # A bad pair, told or not, leaves the last good one.
                for pair, why in (((self.good[0], self.renewed[1]), "is not the one of the certificate"),
                                  (self.expired, "expired"),
                                  ((self.good[1], self.good[1]), "is no certificate in PEM")):
                    write_pair(pair, files)
                    os.kill(store.pid, signal.SIGHUP)
                    self.assertIn("the last one stays", store.wait_log(why))
                    shown.add(serial(store.port, self.ca.cert))
                    self.assertEqual(2, len(shown))
                # Nobody told it of this one.
                write_pair(self.ca.leaf("tomorrow", begins=1), files)
                self.assertIn("the last one stays", store.wait_log("is not valid before"))
                shown.add(serial(store.port, self.ca.cert))
                self.assertEqual(2, len(shown))
                the_watch_stands()
                # By itself.
                third = self.ca.leaf("third")
                name = "/CN=third"
                write_pair(third, files)
                taken()
                self.assertEqual(3, len(shown))
                watch.cancel()

    def test_what_does_not_start(self):
        with processes.Scene() as scene:
            cert, key = self.good
            chain = scene.dir / "damaged-chain.crt"
            chain.write_bytes(cert.read_bytes() + b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
            locked = scene.dir / "locked.key"
            certificates.openssl("pkcs8", "-topk8", "-in", key, "-out", locked, "-passout", "pass:secret")
            rows = (
                ((scene.dir / "none.crt", key), "there is no certificate"),
                ((cert, scene.dir / "none.key"), "there is no key"),
                ((key, key), "is no certificate in PEM"),
                ((cert, cert), "is no private key in PEM"),
                ((cert, self.renewed[1]), "is not the one of the certificate"),
                ((cert, locked), "has a password"),
                ((chain, key), "the chain in"),
                (self.expired, "expired at"),
                (self.ca.leaf("tomorrow", begins=1), "not valid before"),
            )
            for number, (pair, words) in enumerate(rows):
                with self.subTest(words):
                    scene.datastore(f"bad{number}", start=False, tls=pair).start_refused(words)
            for options, words in ((["--tls-cert", cert], "belong together"), (["--tls-key", key], "belong together"),
                                   (["--log-level", "loud"], "must be error"),
                                   (["--log-format", "xml"], "must be text")):
                with self.subTest(options):
                    store = scene.datastore("words", start=False, arguments=options)
                    with self.assertRaisesRegex(AssertionError, "exit code 2"):
                        store.start()
                    self.assertIn(words, store.log.read_text(encoding="utf-8"))
            # Beyond loopback only with TLS.
            for tls, starts in ((None, False), (self.good, True)):
                store = scene.datastore(f"beyond{starts}", start=False, tls=tls,
                                        arguments=["--listen", "tcp:0.0.0.0:0"])
                if starts:
                    store.start()
                    serial(store.port, self.ca.cert)
                    store.stop()
                else:
                    store.start_refused("refusing to listen on 0.0.0.0", "--tls-cert")

    def test_a_key_that_others_can_read_is_told(self):
        with processes.Scene() as scene:
            files = scene.dir / "server.crt", scene.dir / "server.key"
            write_pair(self.good, files)
            store = scene.datastore(tls=files)
            self.assertNotIn("can be read by everybody", store.log.read_text(encoding="utf-8"))
            files[1].chmod(0o644)
            store.restart()
            self.assertIn(str(files[1]), store.wait_log("can be read by everybody"))
            self.assertIn(" warning ", store.wait_log("can be read by everybody"))
            self.assertNotIn("PRIVATE KEY", store.log.read_text(encoding="utf-8"))


if __name__ == "__main__":
    processes.need_programs("hashirad", "hashira-datastored")
    processes.need_grpc()
    certificates.need_openssl()
    import grpc
    unittest.main(argv=sys.argv, verbosity=2)
