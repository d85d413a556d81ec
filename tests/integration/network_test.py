#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What NetworkManager and logind say on the system bus, and what the daemon makes of it: its status, and each connection
that it makes to its datastore, which leads over a road of the test's.

The datastore is called by an address that is not one of this machine's own to hashirad, although it is: 0.0.0.0.
"""
import contextlib
import datetime
import os
import select
import signal
import socket
import sys
import threading
import time
import unittest
import urllib.request

import certificates
import desktop
import hashira_processes as processes
import network_manager as nm

HOST = "0.0.0.0"  # where it leads to is 127.0.0.1
QUIET = 4  # seconds in which several attempts would have been made
AT_ONCE = 3  # what a busy machine may take for what needs some 50 ms


class Road:
    """A way to a port of this machine. Counts who comes along; `to` None: nobody gets through."""

    def __init__(self, to):
        self.to, self.came, self.open = to, [], []
        self.changed = threading.Condition()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                here, _ = self.listener.accept()
            except OSError:
                return
            with self.changed:
                self.came.append(time.monotonic())
                self.changed.notify_all()
            try:
                if self.to is None:
                    raise ConnectionRefusedError
                there = socket.create_connection(("127.0.0.1", self.to))
            except OSError:
                here.close()
                continue
            threading.Thread(target=self._carry, args=(here, there), daemon=True).start()

    def _carry(self, *ends):
        self.open.append(ends[0])
        with ends[0], ends[1], contextlib.suppress(OSError):
            while ready := select.select(ends, [], [])[0]:
                for end in ready:
                    piece = end.recv(65536)
                    if not piece:
                        return
                    ends[end is ends[0]].sendall(piece)

    def lead(self, to):
        """From now on it leads there, and who was under way is cut off."""
        self.to = to
        while self.open:
            with contextlib.suppress(OSError):
                self.open.pop().shutdown(socket.SHUT_RDWR)

    def wait(self, count):
        """Until so many came; when the last of them did."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.came) >= count, processes.LIMIT), f"{len(self.came)} came"
            return self.came[count - 1]

    def close(self):
        self.listener.close()
        self.lead(None)


def fetches(store):
    """How many Fetches the datastore has answered."""
    port = int(store.wait_log("metrics url=").rsplit(":", 1)[1].split("/")[0])
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=processes.LIMIT) as answer:
        lines = answer.read().decode().splitlines()
    return sum(float(line.split()[-1]) for line in lines
               if line.startswith("hashira_calls_total") and 'Fetch' in line)


def until(text):
    """Seconds until that moment."""
    moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (moment - datetime.datetime.now(datetime.timezone.utc)).total_seconds()


class Base(unittest.TestCase):
    def setUp(self):
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        self.scene = stack.enter_context(processes.Scene())
        self.bus = stack.enter_context(nm.SystemBus(self.scene.dir))
        # The daemon ends before its bus does.
        stack.callback(lambda: [server.stop() for server in reversed(self.scene.servers)])
        self.ca = certificates.Authority(self.scene.dir, "our-ca")
        self.store = self.scene.datastore(tls=self.ca.leaf("store", names=[f"IP:{HOST}"]),
                                          arguments=["--metrics", "tcp:127.0.0.1:0"])
        self.road = Road(self.store.port)
        stack.callback(self.road.close)

    def daemon(self, url=None, env=None, interval=3_600, more=(), **options):
        return self.scene.daemon(
            datastore=url or f"hashira://{HOST}:{self.road.port}", token=self.store.token("me"),
            arguments=["--datastore-ca", self.ca.cert, "--sync-interval", interval, *more],
            env={**self.bus.env, **(env or {})}, **options)

    def online(self, daemon):
        return daemon.wait_status(lambda status: status.connectivity == processes.stubs().daemon_pb2.CONNECTIVITY_ONLINE
                                  and status.last_sync and status.pending == 0)

    def wait_network(self, daemon, name):
        value = processes.stubs().daemon_pb2.Network.Value(f"NETWORK_{name}")
        return daemon.wait_status(lambda status: status.network == value)

    def quiet(self):
        """Nobody comes along the road for a while."""
        came = len(self.road.came)
        # What is watched is that nothing happens: there is no event to wait for.
        time.sleep(QUIET)
        self.assertEqual(came, len(self.road.came))

    def backing_off(self, daemon):
        """Until its next attempt is some seconds away."""
        daemon.wait_status(lambda status: status.next_attempt and until(status.next_attempt) > AT_ONCE + 1,
                           limit=4 * processes.LIMIT)


class Reach(Base):
    def test_without_a_network_it_waits_and_goes_on_at_once(self):
        network = self.bus.network_manager()
        daemon = self.daemon()
        self.online(daemon)
        network.set(state=nm.DISCONNECTED)
        self.wait_network(daemon, "NONE")
        daemon.cli("add", "Made without a network")
        status = daemon.cli("status")
        self.assertEqual(("offline", "network", "none", 1, None),
                         tuple(status[name] for name in ("connectivity", "waiting_for", "network", "pending",
                                                         "next_attempt")))
        self.assertIn("no network", status["last_error"])
        self.assertIn("no network", daemon.cli_raw("status").stdout)
        self.quiet()
        came = len(self.road.came)
        begin = time.monotonic()
        network.set(state=nm.CONNECTED)
        took = self.road.wait(came + 1) - begin
        self.online(daemon)
        synced = time.monotonic() - begin
        print(f"after the network came back: an attempt in {took * 1000:.0f} ms, synced in {synced * 1000:.0f} ms")
        self.assertLess(synced, AT_ONCE)

    def test_started_without_a_network_it_does_not_try(self):
        network = self.bus.network_manager(state=nm.DISCONNECTED)
        daemon = self.daemon()
        self.wait_network(daemon, "NONE")
        daemon.cli("add", "Made without a network")
        self.quiet()
        self.assertEqual([], self.road.came)
        # As a network comes up: unknown for a moment, which means try; here nothing gets through yet.
        self.road.lead(None)
        network.set(state=nm.CONNECTING)
        self.road.wait(1)
        self.road.lead(self.store.port)
        network.set(state=nm.CONNECTED)
        self.online(daemon)

    def test_a_network_that_becomes_whole_cuts_a_running_backoff_short(self):
        network = self.bus.network_manager(state=nm.SITE)
        self.road.lead(None)
        daemon = self.daemon()
        daemon.cli("add", "Cannot be sent")
        self.backing_off(daemon)
        self.road.lead(self.store.port)
        begin = time.monotonic()
        network.set(state=nm.CONNECTED)
        self.online(daemon)
        self.assertLess(time.monotonic() - begin, AT_ONCE)

    def test_a_person_who_asks_is_not_told_no(self):
        self.bus.network_manager(state=nm.DISCONNECTED)  # and that is wrong
        daemon = self.daemon()
        self.wait_network(daemon, "NONE")
        daemon.cli("add", "Made without a network")
        daemon.cli("sync")
        self.online(daemon)
        # What works is not given up again.
        came = len(self.road.came)
        self.road.lead(self.store.port)
        self.road.wait(came + 1)
        self.online(daemon)

    def test_what_is_said_need_not_be_heeded(self):
        self.bus.network_manager(state=nm.DISCONNECTED)
        daemon = self.daemon(more=["--network", "off"])
        daemon.cli("add", "Sent all the same", "--wait", "applied")
        self.assertEqual(None, daemon.cli("status")["network"])

    def test_a_loopback_address_is_no_exception(self):
        network = self.bus.network_manager(state=nm.DISCONNECTED)
        store = self.scene.datastore("mine")
        daemon = self.scene.daemon(datastore=store, token=store.token("me"), env=self.bus.env)
        daemon.cli("add", "Made without a network")
        self.wait_network(daemon, "NONE")
        self.assertEqual((1, None), tuple(daemon.cli("status")[key] for key in ("pending", "next_attempt")))
        network.set(state=nm.CONNECTED)
        daemon.cli("add", "Made with one", "--wait", "applied")
        self.assertEqual(0, daemon.cli("status")["pending"])

    def test_a_portal_is_told_as_such(self):
        network = self.bus.network_manager()
        daemon = self.daemon()
        self.online(daemon)
        # It answers in the place of the datastore, and is none that one could trust.
        other = certificates.Authority(self.scene.dir, "portal-ca")
        portal = self.scene.datastore("portal", tls=other.leaf("portal", names=[f"IP:{HOST}"]))
        network.set(connectivity=nm.PORTAL)
        self.wait_network(daemon, "PORTAL")
        self.road.lead(portal.port)
        daemon.cli("add", "Made behind a portal")
        pb = processes.stubs().daemon_pb2
        status = daemon.wait_status(lambda status: "cannot be trusted" in status.last_error)
        self.assertEqual(pb.WAITING_FOR_NETWORK, status.waiting_for)
        self.assertIn("sign in to it first", status.last_error)
        self.assertEqual("portal", daemon.cli("status")["network"])
        self.assertIn("sign in to this network first", daemon.cli_raw("status").stdout)
        # Without the portal the same is what it is.
        network.set(connectivity=nm.FULL)
        daemon.wait_status(lambda status: status.waiting_for == pb.WAITING_FOR_TLS)
        self.road.lead(self.store.port)
        network.set(connectivity=nm.PORTAL)
        network.set(connectivity=nm.FULL)
        self.online(daemon)

    def test_a_network_of_this_place_alone_is_tried(self):
        network = self.bus.network_manager(state=nm.LOCAL)
        daemon = self.daemon()
        self.online(daemon)
        for state, name, words in ((nm.SITE, "site", "its own site"), (nm.LOCAL, "local", "the next machines")):
            network.set(state=state)
            self.wait_network(daemon, name.upper())
            self.assertEqual((name, "online"), tuple(daemon.cli("status")[key] for key in ("network", "connectivity")))
            self.assertIn(words, daemon.cli_raw("status").stdout)
        self.road.lead(None)
        status = daemon.wait_status(lambda status: "the next machines" in status.last_error)
        self.assertEqual(processes.stubs().daemon_pb2.WAITING_FOR_NETWORK, status.waiting_for)


class Metered(Base):
    def test_the_periodic_sync_is_rarer(self):
        network = self.bus.network_manager(metered=True)
        daemon = self.daemon(interval=1)
        self.online(daemon)
        self.assertTrue(daemon.cli("status")["metered"])
        self.assertIn("metered", daemon.cli_raw("status").stdout)
        before = fetches(self.store)
        time.sleep(6)  # what is measured is how little happens in this time
        metered = fetches(self.store) - before
        network.set(metered=False)
        daemon.wait_status(lambda status: not status.metered)
        before = fetches(self.store)
        time.sleep(6)
        free = fetches(self.store) - before
        print(f"Fetches in 6 s at an interval of 1 s: {metered:.0f} where it is metered, {free:.0f} where not")
        self.assertLessEqual(metered, 1)
        self.assertGreaterEqual(free, 3)
        # What others change comes by notification all the same.
        network.set(metered=True)
        daemon.wait_status(lambda status: status.metered)
        other = self.daemon(name="other")
        task = other.cli("add", "From elsewhere")["id"]
        daemon.wait_tasks(lambda tasks: task in tasks)


class NobodyToAsk(Base):
    def test_no_bus_and_no_network_manager(self):
        for number, env in enumerate(({}, {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self.scene.dir}/nowhere"})):
            daemon = self.daemon(env=env, name=f"daemon{number}")
            daemon.cli("add", "Somewhere", "--wait", "applied")
            self.assertEqual(None, daemon.cli("status")["network"])

    def test_one_that_comes_later(self):
        daemon = self.daemon()
        self.online(daemon)
        self.bus.network_manager(state=nm.DISCONNECTED)
        self.wait_network(daemon, "NONE")
        daemon.wait_status(lambda status: status.connectivity == processes.stubs().daemon_pb2.CONNECTIVITY_OFFLINE)

    def test_one_that_does_not_answer(self):
        network = self.bus.network_manager()
        os.kill(network.process.pid, signal.SIGSTOP)
        try:
            daemon = self.daemon()
            begin = time.monotonic()
            daemon.cli("add", "Meanwhile", "--wait", "applied")
            print(f"synced {time.monotonic() - begin:.1f} s after the start, with a NetworkManager that hangs")
        finally:
            os.kill(network.process.pid, signal.SIGCONT)
        self.wait_network(daemon, "ONLINE")

    def test_one_that_ends(self):
        network = self.bus.network_manager(state=nm.DISCONNECTED)
        daemon = self.daemon()
        self.wait_network(daemon, "NONE")
        daemon.cli("add", "Meanwhile")
        network.stop()
        self.online(daemon)
        # Another one, which says the same as the last at first.
        network = self.bus.network_manager(state=nm.CONNECTED)
        network.set(state=nm.DISCONNECTED)
        network.set(state=nm.CONNECTED)
        self.wait_network(daemon, "ONLINE")
        network.set(state=nm.DISCONNECTED)
        self.wait_network(daemon, "NONE")


class Sleep(Base):
    def test_waking_up_syncs_at_once(self):
        logind = self.bus.logind()
        self.road.lead(None)
        daemon = self.daemon()
        daemon.cli("add", "Cannot be sent")
        self.backing_off(daemon)
        self.road.lead(self.store.port)
        begin = time.monotonic()
        logind.wake()
        self.online(daemon)
        synced = time.monotonic() - begin
        # A session that was up is not trusted after it: it is begun anew.
        came = len(self.road.came)
        begin = time.monotonic()
        logind.wake()
        took = self.road.wait(came + 1) - begin
        self.online(daemon)
        print(f"after waking up: synced in {synced * 1000:.0f} ms; with a session, another in {took * 1000:.0f} ms")
        self.assertLess(max(synced, took), AT_ONCE)


if __name__ == "__main__":
    certificates.need_daemons()
    desktop.need_bus()
    unittest.main(argv=sys.argv, verbosity=2)
