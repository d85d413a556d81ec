#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""kill -9 of daemons and datastore at random points under a stream of Sends: what was acknowledged is there, once.

    kill_test.py [--rounds N] [--seed S]
"""
import argparse
import json
import random
import shutil
import sqlite3
import sys
import threading
import time
import uuid

import hashira_processes as processes

# Sends that are still retried after this long are a failure.
ANSWERED = 60


class Writer(threading.Thread):
    """A front end: new tasks, ever newer counts of its tasks, and now and then an old command once more."""

    def __init__(self, number, daemon, seed, acknowledged):
        super().__init__(name=f"writer {number}", daemon=True)
        self.number, self.target = number, daemon.target
        self.random = random.Random(f"{seed} writer {number}")
        self.acknowledged = acknowledged  # called after each answer
        self.commands = {}  # id -> (command, task id): acknowledged
        self.names = {}     # name -> task id
        self.counts = {}    # task id -> the last count
        self.retries = self.replays = self.made = 0
        self.error = None
        self.ending = threading.Event()
        self.channel = None

    def run(self):
        try:
            while not self.ending.is_set():
                self.step()
        except Exception as error:  # pylint: disable=broad-except
            self.error = error
        finally:
            self.acknowledged()
            if self.channel:
                self.channel.close()

    def step(self):
        if self.commands and self.random.random() < 0.15:
            return self.replay()
        commands = [self.make() for _ in range(self.random.choice((1, 1, 1, 5, 40)))]
        receipts = self.send(commands)
        for command, receipt in zip(commands, receipts):
            self.commands[command.id] = (command, receipt.task_id)
            payload = json.loads(command.payload)
            if "name" in payload:
                self.names[payload["name"]] = receipt.task_id
                self.counts[receipt.task_id] = 0
            else:
                self.counts[receipt.task_id] = payload["x-count"]
        self.acknowledged()
        return None

    def replay(self):
        """An old command again: as it has a newer one after it, a second effect would set the task back."""
        self.replays += 1
        command, task = self.random.choice(list(self.commands.values()))
        assert self.send([command])[0].task_id == task, "the same command, the same task"

    def make(self):
        pb = processes.stubs().hashira_pb2
        number = str(uuid.UUID(int=self.random.getrandbits(128), version=4))
        if not self.counts or self.random.random() < 0.5:
            # The daemon makes the task's id: taken twice, the command would make two tasks.
            payload = {"name": f"{self.number} {number}", "place": self.random.choice(("todo", "doing", "done"))}
            return pb.Command(id=number, what=pb.WHAT_NEW, payload=json.dumps(payload))
        task = self.random.choice(list(self.counts))
        # Never twice the same, so that the order of two counts can be told.
        self.made += 1
        return pb.Command(id=number, what=pb.WHAT_UPDATE, payload=json.dumps({"id": task, "x-count": self.made}))

    def send(self, commands):
        """Sends until it is answered: the same ids each time."""
        import grpc
        pb, services = processes.stubs().hashira_pb2, processes.stubs().hashira_pb2_grpc
        until = time.monotonic() + ANSWERED
        while True:
            if self.channel is None:
                self.channel = grpc.insecure_channel(self.target, (("grpc.use_local_subchannel_pool", 1),
                                                                   ("grpc.initial_reconnect_backoff_ms", 50),
                                                                   ("grpc.max_reconnect_backoff_ms", 200)))
            try:
                answer = services.HashiraStub(self.channel).Send(pb.SendRequest(commands=commands), timeout=10,
                                                                 wait_for_ready=True)
                assert [receipt.command_id for receipt in answer.receipts] == [command.id for command in commands]
                return answer.receipts
            except grpc.RpcError as error:
                assert error.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED), error
                assert time.monotonic() < until, f"not answered within {ANSWERED} s: {error}"
                self.retries += 1
                self.channel.close()
                self.channel = None


class Run:
    def __init__(self, scene, seed, rounds):
        self.scene, self.seed, self.rounds = scene, seed, rounds
        self.random = random.Random(seed)
        self.progress = threading.Condition()
        self.answers = 0
        self.store = scene.datastore()
        # On PostgreSQL each device has a replica of its own, and one of these, or the database, is killed as well.
        self.more = [self.store.other, processes.postgresql()] if self.store.on_postgresql else []
        self.one, self.other = (scene.daemon(name, datastore=self.store, token=self.store.token("me"))
                                for name in ("one", "other"))
        self.writers = [Writer(number, daemon, seed, self.answered)
                        for number, daemon in enumerate((self.one, self.one, self.other))]

    def answered(self):
        with self.progress:
            self.answers += 1
            self.progress.notify_all()

    def wait_answers(self, count):
        with self.progress:
            wanted = self.answers + count
            assert self.progress.wait_for(lambda: self.answers >= wanted or self.failed(), ANSWERED), "no answers"
        self.check_writers()

    def failed(self):
        return any(writer.error for writer in self.writers)

    def check_writers(self):
        for writer in self.writers:
            if writer.error:
                raise AssertionError(f"{writer.name} failed") from writer.error

    def kill(self):
        victims = self.random.choice(([self.one], [self.one], [self.store], [self.store], [self.other],
                                      [self.one, self.store], [self.one, self.other, self.store],
                                      *(2 * [[victim] for victim in self.more])))
        # Somewhere in the middle of the next one or two.
        with self.progress:
            self.progress.wait_for(self.failed, self.random.uniform(0, 0.01))
        for victim in victims:
            victim.kill()
        if self.random.random() < 0.3 and self.one not in victims:
            self.wait_answers(self.random.randint(1, 20))  # work goes on without it
        for victim in sorted(victims, key=lambda _: self.random.random()):
            victim.start()

    def go(self):
        for writer in self.writers:
            writer.start()
        for _ in range(self.rounds):
            self.wait_answers(self.random.randint(5, 60))
            self.kill()
        self.wait_answers(3)
        for writer in self.writers:
            writer.ending.set()
        for writer in self.writers:
            writer.join(ANSWERED + 15)
            assert not writer.is_alive(), f"{writer.name} hangs"
        self.check_writers()

    def settle(self):
        """All is sent, and all have heard all."""
        for device in (self.one, self.other):
            status = device.wait_status(lambda status: status.pending == 0, limit=90)
            assert status.rejected == 0, f"{device.name}: {status.rejected} were refused"
        for device in (self.one, self.other):
            device.cli("sync")

    def check(self):
        fresh = self.scene.daemon("fresh", datastore=self.store, token=self.store.token("me"))
        names = {name: task for writer in self.writers for name, task in writer.names.items()}
        counts = {task: count for writer in self.writers for task, count in writer.counts.items()}
        fresh.wait_tasks(lambda tasks: len(tasks) >= len(names))
        lists = [device.cli("list") for device in (self.one, self.other, fresh)]
        for tasks in lists:
            assert tasks == lists[0], "all devices list the same"
        assert len(lists[0]) == len(names), f"{len(lists[0])} tasks of {len(names)} acknowledged ones"
        assert {task["name"]: task["id"] for task in lists[0]} == names
        shown = {task["id"]: task.get("x-count", 0) for task in lists[0]}
        wrong = [(task, count, shown[task]) for task, count in counts.items() if shown[task] != count]
        assert not wrong, f"(task, count, shown): {wrong[:5]}"
        for device in (self.one, self.other, fresh):
            report = device.cli("doctor")
            assert report["healthy"] and report["datastore_asked"], report
        listed = self.store.admin("account", "list")
        assert f"{len(names)} tasks" in listed, listed

    def check_files(self):
        """What is on disk: each command once, numbered without gaps, and so in the datastore."""
        for server in (self.one, self.other, self.store):
            server.stop()
        last = {device: int(number) for device, number in self.store.rows("SELECT device, last FROM devices")}
        assert not self.store.rows("SELECT number FROM refusals")
        for device, writers in ((self.one, self.writers[:2]), (self.other, self.writers[2:])):
            outbox = self.copy(device.data_dir / "outbox.db")
            made = {key for writer in writers for key in writer.commands}
            rows = [key for key, in outbox.execute("SELECT command_id FROM commands")]
            assert len(rows) == len(set(rows)) == len(made) and set(rows) == made, \
                f"{device.name}: {len(rows)} rows, {len(set(rows))} commands, {len(made)} acknowledged"
            for name, count, highest in outbox.execute(
                    "SELECT d.device, count(*), max(c.number) FROM commands c JOIN devices d ON d.ref = c.device "
                    "GROUP BY d.device"):
                assert count == highest == last[name], f"{device.name}: {count} rows, highest {highest}, {last}"

    def copy(self, file):
        copied = self.scene.dir / f"copy-{file.parent.name}-{file.name}"
        for end in ("", "-wal"):
            if file.with_name(file.name + end).exists():
                shutil.copy(file.with_name(file.name + end), str(copied) + end)
        return sqlite3.connect(copied)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", default=str(random.SystemRandom().getrandbits(32)))
    options = parser.parse_args()
    print(f"kill_test.py --rounds {options.rounds} --seed {options.seed}", flush=True)
    began = time.monotonic()
    with processes.Scene() as scene:
        run = Run(scene, options.seed, options.rounds)
        run.go()
        run.settle()
        run.check()
        run.check_files()
        sent = sum(len(writer.commands) for writer in run.writers)
        print(f"{options.rounds} rounds, {sent} commands, {sum(writer.retries for writer in run.writers)} retries, "
              f"{sum(writer.replays for writer in run.writers)} replays in {time.monotonic() - began:.1f} s: all there, once")


if __name__ == "__main__":
    processes.need_grpc()
    processes.need_programs("hashirad", "hashira-datastored", "hashira")
    main()
