#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""kill -9 in any step of Sends, an import, a sync, a migration, a rebuild, a set-back datastore's repair.

    kill_steps_test.py [--rounds N] [--seed S]

Each round begins something, kills who takes part in it at a moment of its span (after so many frames of a
log or answers, or so much time, as the seed says), starts all again, and then everything that was
acknowledged must be there exactly once, both devices must agree, and the doctor must find nothing.
"""
import argparse
import collections
import json
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
import uuid

import hashira_processes as processes

ROUNDS_IN_A_SCENE = 40  # small stores keep a round cheap
ANSWERED = 60
FRAME = 4096 + 24


def files_of(base):
    return [base.with_name(base.name + end) for end in ("", "-wal", "-shm")]


def size_of(file):
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


class Spans:
    """How long each thing takes, learned from the rounds: so that any moment of it may be the last."""

    def __init__(self):
        self.seconds = collections.defaultdict(lambda: 0.05)
        self.frames = collections.defaultdict(lambda: 4)

    def learn(self, what, seconds, grown, finished):
        if finished:
            self.seconds[what] = 0.7 * self.seconds[what] + 0.3 * seconds
        for file, size in grown.items():
            self.frames[what, file] = max(self.frames[what, file] * 0.98, size / FRAME, 1)


class Act(threading.Thread):
    """What runs while somebody is killed."""

    def __init__(self, work):
        super().__init__(daemon=True)
        self.work, self.answers, self.error = work, 0, None
        self.over = threading.Event()

    def run(self):
        import grpc
        try:
            self.work(self)
        except grpc.RpcError as error:
            if error.code() not in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED):
                self.error = error
        except Exception as error:  # pylint: disable=broad-except
            self.error = error
        self.over.set()


class Scenery:
    """One datastore and two devices with little in them, for some rounds."""

    def __init__(self, scene, source, spans, counts):
        self.scene, self.random, self.spans, self.counts = scene, source, spans, counts
        self.store = scene.datastore()
        self.one, self.other = (scene.daemon(name, datastore=self.store, token=self.store.token("me"))
                                for name in ("one", "other"))
        self.servers = [self.store, self.one, self.other]
        self.files = {"base": scene.dir / "datastore.db-wal", "outbox": self.one.data_dir / "outbox.db-wal",
                      "documents": self.one.data_dir / "documents.db-wal",
                      "theirs": self.other.data_dir / "documents.db-wal"}
        self.names = {}      # name -> task id, acknowledged
        self.tallies = {}    # task id -> the last count acknowledged
        self.commands = collections.defaultdict(set)  # device -> ids acknowledged
        self.unanswered = []
        self.imported = None
        self.made = 0

    # --- what goes on ---

    def make(self, count):
        pb = processes.stubs().hashira_pb2
        commands = []
        for _ in range(count):
            key = str(uuid.UUID(int=self.random.getrandbits(128), version=4))
            self.made += 1
            if self.tallies and self.random.random() < 0.4:
                task = self.random.choice(list(self.tallies))
                commands.append(pb.Command(id=key, what=pb.WHAT_UPDATE,
                                           payload=json.dumps({"id": task, "x-count": self.made})))
            else:
                place = self.random.choice(("todo", "doing", "done"))
                commands.append(pb.Command(id=key, what=pb.WHAT_NEW,
                                           payload=json.dumps({"name": f"Task {key}", "place": place})))
        return commands

    def send(self, device, commands):
        """Until the answer is lost; what has none yet is sent again when all runs again."""
        self.unanswered.append((device, commands))
        answer = device.hashira.Send(processes.stubs().hashira_pb2.SendRequest(commands=commands), timeout=ANSWERED)
        self.unanswered.pop()
        for command, receipt in zip(commands, answer.receipts):
            assert command.id == receipt.command_id
            self.commands[device.name].add(command.id)
            payload = json.loads(command.payload)
            if "name" in payload:
                assert self.names.setdefault(payload["name"], receipt.task_id) == receipt.task_id
                self.tallies.setdefault(receipt.task_id, 0)
            else:
                self.tallies[receipt.task_id] = max(self.tallies[receipt.task_id], payload["x-count"])
        return answer

    def act(self, what, work, files, victims):
        """Does `work` and kills the victims in its middle."""
        start = {name: size_of(self.files[name]) for name in files}
        kind = self.random.choice(("frames", "frames", "answers", "time"))
        file = self.random.choice(files)
        frames = self.random.uniform(0, self.spans.frames[what, file] * 1.1)
        seconds = self.random.uniform(0, self.spans.seconds[what] * 1.1)
        answers = self.random.randint(0, 6)
        reached = {"frames": lambda: size_of(self.files[file]) - start[file] >= frames * FRAME,
                   "answers": lambda: running.answers > answers,
                   "time": lambda: time.monotonic() - began >= seconds}[kind]
        running = Act(work)
        began = time.monotonic()
        running.start()
        while not running.over.is_set() and not reached():
            assert time.monotonic() - began < ANSWERED, f"{what} hangs"
            running.over.wait(0.0005)
        finished = running.over.is_set()
        for victim in victims:
            victim.kill()
        self.spans.learn(what, time.monotonic() - began, {name: size_of(self.files[name]) - start[name] for name in files},
                         finished)
        self.counts[what, "after the end" if finished else "in the middle"] += 1
        return running

    def end(self, running):
        running.join(ANSWERED)
        assert not running.is_alive(), "what was under way hangs"
        if running.error:
            raise AssertionError("what was under way failed") from running.error

    def sends(self):
        batches = [self.make(self.random.choice((1, 1, 3, 20))) for _ in range(6)]

        def work(running):
            for batch in batches:
                self.send(self.one, batch)
                running.answers += 1
        self.end(self.act("sends", work, ("outbox", "documents"), [self.one]))

    def import_file(self):
        self.made += 1
        names = [f"Line {self.made}.{i}" for i in range(self.random.choice((1, 30, 80)))]
        file = self.scene.dir / "import.jsonl"
        file.write_text("".join(json.dumps({"name": name}) + "\n" for name in names), encoding="utf-8")
        self.imported = (file, names)
        client = {}

        def work(_):
            with open(self.scene.dir / "import.log", "wb") as log:
                client["process"] = subprocess.Popen(
                    [processes.BIN / "hashira", "--socket", self.one.endpoint, "import", file], env=self.scene.env,
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            client["process"].wait(ANSWERED)
        running = self.act("import", work, ("outbox", "documents"), [self.one] if self.random.random() < 0.8 else [])
        if running.is_alive() and "process" in client:
            client["process"].kill()
        self.end(running)

    def sync(self):
        pb = processes.stubs().daemon_pb2
        self.one.control.Pause(pb.PauseRequest(), timeout=ANSWERED)
        receipts = [self.send(self.one, self.make(self.random.choice((1, 20, 60)))) for _ in range(2)][-1].receipts

        def work(running):
            self.one.control.Resume(pb.ResumeRequest(), timeout=ANSWERED)
            for level in ("APPLIED", "VISIBLE"):
                self.one.wait_for(receipts[-1].command_id, level, limit=ANSWERED)
                running.answers += 3
        victims = self.random.choice(([self.one], [self.other], [self.store], [self.store], self.servers))
        running = self.act("sync", work, ("base", "outbox", "documents", "theirs"), victims)
        self.start_all()  # the wait goes on where only others were killed
        if self.one not in victims:
            self.one.control.Resume(pb.ResumeRequest(), timeout=ANSWERED)
        self.end(running)

    def set_back(self):
        """The datastore is what it was, or empty: the devices make it whole."""
        base = self.scene.dir / "datastore.db"
        self.store.stop()
        backup = [(file, file.read_bytes()) for file in files_of(base) if file.exists()]
        self.store.start()
        self.send(self.one, self.make(20))
        self.send(self.other, self.make(20))
        self.settle()
        self.store.stop()
        for file in files_of(base):
            file.unlink(missing_ok=True)
        for file, data in backup:
            file.write_bytes(data)
        self.store.start()

        def work(running):
            for device in (self.one, self.other):
                device.control.SyncNow(processes.stubs().daemon_pb2.SyncNowRequest(), timeout=ANSWERED)
                running.answers += 3
        victims = self.random.choice(([self.one], [self.store], [self.store], self.servers))
        self.end(self.act("set back", work, ("base", "outbox", "documents", "theirs"), victims))

    def launched(self, what, server, files, tries=1):
        """Starts a server and kills it while it starts, some times."""
        for _ in range(tries):
            def work(running):
                # The one line says that it can be called: the end of its start.
                running.answers += bool(running.process.stdout.readline())
            with open(server.log, "ab") as log:
                process = subprocess.Popen(server.command, env=self.scene.env, stdin=subprocess.DEVNULL,
                                           stdout=subprocess.PIPE, stderr=log)

            class Victim:
                @staticmethod
                def kill():
                    process.kill()
                    process.wait(ANSWERED)

            def begin(running):
                running.process = process
                work(running)
            self.end(self.act(what, begin, files, [Victim]))
            process.stdout.close()

    def rebuild(self):
        file = self.one.data_dir / "documents.db"
        self.one.kill()
        damage = self.random.choice(("delete", "cut", "header"))
        if damage == "delete":
            for each in files_of(file):
                each.unlink(missing_ok=True)
        elif damage == "cut":
            with open(file, "r+b") as opened:
                opened.truncate(self.random.choice((100, 1000, 4096, size_of(file) // 2)))
        else:
            with open(file, "r+b") as opened:
                opened.write(b"\xa5" * 100)
        self.launched("rebuild", self.one, ("documents",), self.random.choice((1, 1, 2)))
        self.one.start()
        if damage == "cut":  # a lost page may show only when it is read
            self.one.control.RunDoctor(processes.stubs().daemon_pb2.RunDoctorRequest(), timeout=ANSWERED)
        if self.random.random() < 0.5:  # the first full fetch is part of it
            def work(running):
                self.one.control.SyncNow(processes.stubs().daemon_pb2.SyncNowRequest(), timeout=ANSWERED)
                running.answers += 3
            self.end(self.act("refetch", work, ("documents",), [self.one]))
        for each in self.one.data_dir.glob("documents.db*damaged*"):
            each.unlink()

    def migration(self):
        """Files of each version up to now, from none on, are brought up to date."""
        directory = self.scene.dir / "young"
        database = self.scene.dir / "young.db"
        shutil.rmtree(directory, ignore_errors=True)
        for file in files_of(database):
            file.unlink(missing_ok=True)
        directory.mkdir(mode=0o700)
        for schema in ("outbox", "documents"):
            self.old_file(directory / f"{schema}.db", sorted((processes.SOURCE / "resources/sql/local").glob(f"*_{schema}.sql")))
        young = processes.Daemon(self.scene, "young")
        self.files["young"] = directory / "outbox.db-wal"
        self.launched("migration", young, ("young",), 2)
        base = processes.Datastore(self.scene, "young-base", database=f"sqlite:{database}")
        base.command = [str(processes.BIN / "hashira-datastored"), "--listen", "tcp:127.0.0.1:0", "--database", base.database]
        self.files["young-base"] = database.with_name(database.name + "-wal")
        self.launched("the datastore's migration", base, ("young-base",), 1)
        base.account("young")
        assert "young" in base.admin("account", "list")
        young.start()
        try:
            young.send(("NEW", {"name": "In a young store"}))
            young.kill()
            young.start()
            assert [task.name for task in young.tasks().values()] == ["In a young store"]
            assert not young.status().warnings, young.status().warnings
            assert not young.cli("doctor")["findings"]
        finally:
            young.kill()

    def old_file(self, file, scripts):
        version = self.random.randint(0, len(scripts) - 1)
        if version == 0:
            return
        with sqlite3.connect(file) as database:
            database.executescript("".join(script.read_text(encoding="utf-8") for script in scripts[:version]))
            database.execute(f"PRAGMA user_version = {version}")
        database.close()

    # --- and what must hold after it ---

    def start_all(self):
        for server in sorted(self.servers, key=lambda _: self.random.random()):
            if not server.running():
                server.start()

    def finish(self):
        self.start_all()
        self.one.control.Resume(processes.stubs().daemon_pb2.ResumeRequest(), timeout=ANSWERED)
        lost, self.unanswered = self.unanswered, []
        for device, commands in lost:
            self.send(device, commands)
        if self.imported:
            file, names = self.imported
            done = self.one.cli("import", file, limit=ANSWERED)
            assert done["failed"] == 0 and done["imported"] + done["skipped"] == len(names), done
            self.imported = None
            found = {task.name: key for key, task in self.one.tasks().items()}
            for name in names:
                self.names[name] = found[name]
                self.tallies[found[name]] = 0

    def settle(self):
        import grpc
        request = processes.stubs().daemon_pb2.SyncNowRequest()
        for device in (self.one, self.other, self.one):
            until = time.monotonic() + ANSWERED
            while True:
                try:
                    if device.control.SyncNow(request, timeout=ANSWERED).status.pending == 0:
                        break
                except grpc.RpcError as error:
                    assert error.code() == grpc.StatusCode.UNAVAILABLE, error
                assert time.monotonic() < until, f"{device.name} does not come to rest: {device.status()}"

    def check(self):
        shown = []
        for device in (self.one, self.other):
            tasks = device.tasks()
            shown.append({key: task.SerializeToString(deterministic=True) for key, task in tasks.items()})
            names = {task.name: key for key, task in tasks.items()}
            assert len(names) == len(tasks), f"{device.name} shows {len(tasks) - len(names)} tasks twice"
            missing, more = set(self.names) - set(names), set(names) - set(self.names)
            assert not missing and not more, f"{device.name} lacks {list(missing)[:5]}, has {list(more)[:5]} beyond"
            wrong = [key for name, key in self.names.items() if names[name] != key]
            assert not wrong, f"{device.name} shows {wrong[:5]} under another id"
            counts = {key: json.loads(task.extra_json or "{}").get("x-count", 0) for key, task in tasks.items()}
            late = [(key, count, counts[key]) for key, count in self.tallies.items() if counts[key] != count]
            assert not late, f"{device.name}: (task, acknowledged, shown) {late[:5]}"
        assert shown[0] == shown[1], "the devices differ"
        for device in (self.one, self.other):
            report = device.control.RunDoctor(processes.stubs().daemon_pb2.RunDoctorRequest(), timeout=ANSWERED)
            assert report.healthy and report.datastore_asked and not report.findings, report

    def check_files(self):
        """Each command stands once, numbered without gaps, where it was sent."""
        for server in reversed(self.servers):
            server.stop()
        for device in (self.one, self.other):
            with sqlite3.connect(device.data_dir / "outbox.db") as outbox:
                rows = [key for key, in outbox.execute("SELECT command_id FROM commands")]
                gaps = outbox.execute("SELECT device FROM commands WHERE device IS NOT NULL GROUP BY device "
                                      "HAVING count(*) <> max(number)").fetchall()
            outbox.close()
            assert len(rows) == len(set(rows)), f"{device.name}: a command stands twice"
            assert self.commands[device.name] <= set(rows), f"{device.name}: acknowledged commands are missing"
            assert not gaps, f"{device.name}: numbers are missing"
        for server in self.servers:
            server.start()

    def round(self):
        what = self.random.choice((self.sends, self.sends, self.import_file, self.import_file, self.sync, self.sync, self.sync,
                                   self.rebuild, self.rebuild, self.migration, self.set_back))
        try:
            what()
            self.finish()
            self.settle()
            self.check()
        except Exception:
            print(f"failed in a round of: {what.__name__}", flush=True)
            raise


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--seed", default=str(random.SystemRandom().getrandbits(32)))
    options = parser.parse_args()
    print(f"kill_steps_test.py --rounds {options.rounds} --seed {options.seed}", flush=True)
    began, spans, counts = time.monotonic(), Spans(), collections.Counter()
    done = commands = 0
    while done < options.rounds:
        with processes.Scene() as scene:
            scenery = Scenery(scene, random.Random(f"{options.seed} {done}"), spans, counts)
            for _ in range(min(ROUNDS_IN_A_SCENE, options.rounds - done)):
                scenery.round()
                done += 1
            scenery.check_files()
            commands += sum(len(ids) for ids in scenery.commands.values())
        minutes = (time.monotonic() - began) / 60
        print(f"{done} rounds, {commands} commands in {minutes:.1f} minutes, {done / minutes:.0f} a minute: all there, once",
              flush=True)
    for (what, when), count in sorted(counts.items()):
        print(f"{count:6} {what}, killed {when}")


if __name__ == "__main__":
    processes.need_grpc()
    processes.need_programs("hashirad", "hashira-datastored", "hashira")
    main()
