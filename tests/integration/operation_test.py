#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What an operator sees of a datastore: its log, and its metrics as Prometheus reads them."""
import contextlib
import hashlib
import http.client
import json
import re
import socket
import sqlite3
import sys
import threading
import time
import unittest

import hashira_processes as processes
import raw_calls

LIMIT = processes.LIMIT
SERVICE = "hashira.v1.Datastore"


def metrics_port(store):
    return int(store.wait_log("metrics url=").rsplit(":", 1)[1].split("/")[0])


def ask(port, method="GET", path="/metrics"):
    """(status, headers, body)."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LIMIT)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    finally:
        connection.close()


def scrape(port):
    """{(name, (label values in the labels' order)): value} of all samples, and the families' types."""
    status, headers, text = ask(port)
    assert status == 200 and headers["Content-Type"].startswith("text/plain; version=0.0.4"), (status, headers)
    families = list(text_string_to_metric_families(text))
    samples = {}
    for family in families:
        assert family.documentation and family.type != "unknown", family
        for sample in family.samples:
            key = sample.name, tuple(value for _, value in sorted(sample.labels.items()))
            assert key not in samples, f"{key} twice"
            samples[key] = sample.value
    return samples, {family.name: family.type for family in families}


def raw(port, request):
    """What is answered to those bytes, to the end."""
    with socket.create_connection(("127.0.0.1", port), LIMIT) as connection:
        connection.sendall(request)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
        return answer


class Operation(unittest.TestCase):
    def test_metrics(self):
        with processes.Scene() as scene:
            begin = time.time()
            store = scene.datastore(arguments=["--metrics", "tcp:127.0.0.1:0"])
            port = metrics_port(store)
            silent = socket.create_connection(("127.0.0.1", port), LIMIT)
            token = store.token("me")
            laptop = scene.daemon("laptop", datastore=store, token=token)
            phone = scene.daemon("phone", datastore=store, token=token)
            for device in (laptop, phone):
                device.wait_status(lambda now: now.last_sync)
            receipts = laptop.send(*[("NEW", {"name": f"Task {n}"}) for n in range(40)]).receipts
            laptop.wait_status(lambda now: now.pending == 0)
            phone.wait_tasks(lambda tasks: len(tasks) == 40)
            laptop.wait_for(receipts[-1].command_id, "VISIBLE")
            with grpc.insecure_channel(store.target) as channel:
                for token_of_nobody in ((), (("authorization", "Bearer nobody"),)):
                    code, _ = raw_calls.call(channel, f"{SERVICE}/Apply", b"", metadata=token_of_nobody)
                    self.assertEqual("UNAUTHENTICATED", code)
            # A call has ended for the client a moment before it has for us.
            processes.eventually(
                lambda: scrape(port)[0].get(("hashira_calls_total", ("UNAUTHENTICATED", "Apply"))) == 2,
                lambda _: None)
            samples, types = scrape(port)
            self.assertEqual(40, samples["hashira_applied_commands_total", ()])
            self.assertEqual(0, samples["hashira_refused_commands_total", ()])
            self.assertEqual(2, samples["hashira_open_calls", ("Watch",)])
            self.assertGreaterEqual(samples["hashira_calls_total", ("OK", "Apply")], 1)
            self.assertGreaterEqual(samples["hashira_calls_total", ("OK", "Fetch")], 2)
            # Two greetings, and the change told to both.
            self.assertGreaterEqual(samples["hashira_sent_messages_total", ("Watch",)], 4)
            self.assertEqual(1, samples["hashira_serving", ()])
            for queue in ("write", "read"):
                self.assertGreaterEqual(samples["hashira_database_connections", (queue,)], 1)
                self.assertLessEqual(samples["hashira_busy_connections", (queue,)],
                                     samples["hashira_database_connections", (queue,)])
            self.assertEqual("histogram", types["hashira_call_seconds"])
            self.assertEqual("counter", types["hashira_applied_commands"])
            if "sqlite" in store.database:
                self.assertGreater(samples["hashira_database_bytes", ()], 4096)
            self.assertGreater(samples["process_resident_memory_bytes", ()], 1e6)
            self.assertGreater(samples["process_open_fds", ()], 5)
            self.assertTrue(begin - 1 < samples["process_start_time_seconds", ()] < time.time() + 1)
            self.check_histogram(samples, "Apply")
            self.check_documented(types)
            # Devices that leave are counted out.
            phone.stop()
            processes.eventually(lambda: scrape(port)[0]["hashira_open_calls", ("Watch",)] == 1, lambda _: None)
            self.check_http(port)
            # Who says nothing is shown the door.
            silent.settimeout(60 + LIMIT)
            self.assertEqual(b"", silent.recv(1))
            silent.close()

    def check_documented(self, types):
        """docs/operating.md tells of each metric, and of no other."""
        guide = (processes.SOURCE / "docs/operating.md").read_text(encoding="utf-8")
        # The parser takes the end off a counter's name, and the certificate's is there with TLS only.
        told = {name + ("_total" if kind == "counter" else "") for name, kind in types.items()}
        table = {name for line in re.findall(r"^\| (`(?:hashira|process)_[^|]*)\|", guide, re.M)
                 for name in re.findall(r"`([a-z_]+)", line)}
        self.assertEqual(told | {"hashira_certificate_not_after_seconds", "hashira_database_bytes"}, table)

    def check_histogram(self, samples, method):
        buckets = sorted((float(labels[0]), value) for (name, labels), value in samples.items()
                         if name == "hashira_call_seconds_bucket" and labels[1] == method)
        counts = [count for _, count in buckets]
        self.assertEqual(sorted(counts), counts)
        self.assertEqual(float("inf"), buckets[-1][0])
        self.assertEqual(samples["hashira_call_seconds_count", (method,)], counts[-1])
        ended = sum(value for (name, labels), value in samples.items()
                    if name == "hashira_calls_total" and labels[1] == method)
        self.assertEqual(ended, counts[-1])
        self.assertGreater(samples["hashira_call_seconds_sum", (method,)], 0)

    def check_http(self, port):
        self.assertEqual(404, ask(port, path="/")[0])
        self.assertEqual(405, ask(port, method="POST")[0])
        status, headers, body = ask(port, method="HEAD")
        self.assertEqual((200, ""), (status, body))
        self.assertGreater(int(headers["Content-Length"]), 1000)
        self.assertTrue(raw(port, b"nonsense\r\n\r\n").startswith(b"HTTP/1.1 400 "))
        self.assertTrue(raw(port, b"GET /metrics HTTP/1.1\r\n" + b"x" * 8300).startswith(b"HTTP/1.1 431 "))
        # In pieces, as a slow network brings it.
        with socket.create_connection(("127.0.0.1", port), LIMIT) as slow:
            for byte in b"GET /metrics HTTP/1.1\r\nHost: here\r\n\r\n":
                slow.sendall(bytes([byte]))
            self.assertTrue(slow.recv(100).startswith(b"HTTP/1.1 200 OK"))
        # Only so many at once; the others are served again when they have gone.
        idle = [socket.create_connection(("127.0.0.1", port), LIMIT) for _ in range(24)]
        closed = []

        def wait_for_end(connection):
            connection.settimeout(LIMIT)
            try:
                if not connection.recv(1):
                    closed.append(connection)
            except OSError:
                pass

        threads = [threading.Thread(target=wait_for_end, args=(connection,)) for connection in idle[-7:]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(7, len(closed))
        for connection in idle:
            connection.close()

        def served():
            try:
                return raw(port, b"GET /metrics HTTP/1.1\r\n\r\n")
            except ConnectionResetError:
                return b""

        processes.eventually(served, lambda _: None)

    def test_metrics_stay_on_this_machine(self):
        with processes.Scene() as scene:
            for number, address in enumerate(("tcp:0.0.0.0:0", "tcp:[::]:0", "tcp:192.0.2.1:0")):
                scene.datastore(f"open{number}", start=False, arguments=["--metrics", address]).start_refused(
                    "refusing to tell metrics", "127.0.0.1")
            with socket.create_server(("127.0.0.1", 0)) as taken:
                scene.datastore("taken", start=False, arguments=[
                    "--metrics", f"tcp:127.0.0.1:{taken.getsockname()[1]}"]).start_refused("another program listens")
            with self.assertRaisesRegex(AssertionError, "exit code 2"):
                scene.datastore("words", arguments=["--metrics", "everywhere"])

    def test_the_journal_is_told_levels(self):
        """Where stderr is the journal's stream, by its device and inode as systemd names them."""
        with processes.Scene() as scene:
            for name, off, first in (("journal", 0, "<6>health serving=yes"), ("redirected", 1, None)):
                store = scene.datastore(name, start=False)
                store.log.touch()
                file = store.log.stat()
                store.env["JOURNAL_STREAM"] = f"{file.st_dev}:{file.st_ino + off}"
                store.start()
                line = store.log.read_text(encoding="utf-8").splitlines()[0]
                if first:
                    self.assertEqual(first, line)
                else:
                    self.assertRegex(line, r"^\d{4}-.* info ")

    def test_the_log_tells_nothing_of_anybody(self):
        """At its most talkative, while devices work and strangers try."""
        secret = "ZanzibarQuince"
        with processes.Scene() as scene:
            store = scene.datastore(arguments=["--log-level", "debug", "--log-format", "json"])
            account = f"account-{secret}"
            token = store.token(account)
            laptop = scene.daemon("laptop", datastore=store, token=token)
            task = {"name": f"Name {secret}", "note": f"Note {secret}", "labels": [f"label-{secret}"], "x": secret}
            first = laptop.send(("NEW", task)).receipts[0]
            laptop.send(("UPDATE", {"id": first.task_id, "name": f"Again {secret}"}))
            done = laptop.send(("UPDATE", {"id": first.task_id, "place": "done"})).receipts[0]
            laptop.wait_for(done.command_id, "VISIBLE")
            codes = set()
            with grpc.insecure_channel(store.target) as channel:
                good = (("authorization", f"Bearer {token}"),)
                for method, stream in (("Apply", False), ("Push", False), ("Fetch", True), ("Watch", True)):
                    for metadata, request in (
                            ((("authorization", f"Bearer {secret}"),), b""),
                            (good, secret.encode()),
                            (good, raw_calls.message((1, secret), (2, secret), (3, secret), (4, secret)))):
                        codes.add(raw_calls.call(channel, f"{SERVICE}/{method}", request, stream, metadata)[0])
                codes.add(raw_calls.call(channel, f"{SERVICE}/{secret}", b"")[0])
            self.assertIn("UNAUTHENTICATED", codes)
            self.assertGreaterEqual(len(codes), 3, codes)
            laptop.stop()
            store.stop()
            log = store.log.read_text(encoding="utf-8")
            events = [json.loads(line) for line in log.splitlines()]
            self.assertLessEqual({"listening", "call ended", "stopping"}, {event["what"] for event in events})
            for event in events:
                self.assertRegex(event["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
                self.assertIn(event["level"], ("error", "warning", "info", "debug"))
            ended = [event for event in events if event["what"] == "call ended"]
            self.assertLessEqual({"Apply", "Fetch", "Push", "Watch"}, {event["method"] for event in ended})
            digest = hashlib.sha256(token.encode())
            for word in (secret, secret.lower(), token, digest.hexdigest(), digest.hexdigest()[:16], first.task_id,
                         first.task_id.replace("-", "")):
                self.assertNotIn(word, log)

    def test_what_a_database_refuses_tells_nothing_of_anybody(self):
        """PostgreSQL quotes the row beside such an error, and a trigger may say anything but that."""
        secret = "ZanzibarQuince"
        with processes.Scene() as scene:
            store = scene.datastore(arguments=["--log-level", "debug"])
            laptop = scene.daemon("laptop", datastore=store, token=store.token("me"))
            laptop.cli("add", "Before", "--wait", "visible")
            refuse, allow = self.refusing(store, secret)
            refuse()
            receipt = laptop.send(("NEW", {"name": f"Name {secret}", "note": secret})).receipts[0]
            status = laptop.wait_status(lambda now: now.waiting_for and now.last_error)
            self.assertIn("database", status.last_error)
            self.assertEqual((1, 0), (status.pending, status.rejected))
            allow()
            laptop.cli("sync", limit=2 * LIMIT)
            laptop.wait_for(receipt.command_id, "VISIBLE")
            programs = [store, store.other] if store.on_postgresql else [store]
            said = "".join(program.log.read_text(encoding="utf-8") for program in programs) + status.last_error
            self.assertIn("call failed method=Apply", said)
            for word in (secret, receipt.task_id, receipt.task_id.replace("-", "")):
                self.assertNotIn(word, said)

    def refusing(self, store, secret):
        """Two functions: from the first on no document with that word can be written, until the second."""
        if store.on_postgresql:
            def run(statement):
                return lambda: processes.postgresql().sql(statement, store.database)

            return (run(f"ALTER TABLE documents ADD CONSTRAINT refused CHECK (position('{secret}' IN body) = 0)"),
                    run("ALTER TABLE documents DROP CONSTRAINT refused"))

        def execute(statement):
            def run():
                with contextlib.closing(sqlite3.connect(store.database.removeprefix("sqlite:"), timeout=LIMIT)) as database:
                    database.execute(statement)
                    database.commit()
            return run

        return (execute("CREATE TRIGGER refused BEFORE INSERT ON documents "
                        f"WHEN instr(NEW.body, '{secret}') BEGIN SELECT RAISE(ABORT, 'refused'); END"),
                execute("DROP TRIGGER refused"))


if __name__ == "__main__":
    processes.need_programs("hashirad", "hashira-datastored")
    processes.need_grpc()
    try:
        from prometheus_client.parser import text_string_to_metric_families
    except ImportError as missing:
        processes.skip(f"python3-prometheus-client is needed: {missing}")
    import grpc
    unittest.main(argv=sys.argv, verbosity=2)
