# SPDX-License-Identifier: MIT
"""Starts, stops and kills Hashira's programs for the tests of processes, and waits for what they do.

    with Scene() as scene:
        store = scene.datastore()
        laptop = scene.daemon("laptop", datastore=store, token=store.token("me"))
        task = laptop.cli("add", "Buy milk")
        laptop.wait_status(lambda status: status.pending == 0)

Every wait has a limit and waits for an event: a line on stdout, a message of a stream, the end of a
process. The logs of all servers are printed when the scene ends with an exception.
"""
import atexit
import contextlib
import itertools
import json
import os
import pathlib
import random
import re
import select
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

SOURCE = pathlib.Path(os.environ.get("HASHIRA_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
BIN = pathlib.Path(os.environ.get("HASHIRA_BIN_DIR", SOURCE / "build/dev/bin"))
# A busy machine of two cores: generous, as no test waits this long when all is well. Under a sanitizer ctest asks for more.
LIMIT = 30 * float(os.environ.get("HASHIRA_TEST_PATIENCE", "1"))


def skip(reason):
    """Ends the program as skipped."""
    print(reason)
    sys.exit(77)


def need_programs(*names):
    for name in names:
        if not (BIN / name).exists():
            skip(f"{BIN / name} is not built")


def sanitized(name="hashirad"):
    """Whether a sanitizer was built in: it has memory and threads of its own."""
    data = (BIN / name).read_bytes()
    return b"__asan_init" in data or b"__tsan_init" in data


def need_grpc():
    try:
        import grpc  # noqa: F401
    except ImportError as missing:
        skip(f"python3-grpcio is needed: {missing}")
    for tool in ("protoc", "grpc_python_plugin"):
        if not shutil.which(tool):
            skip(f"{tool} is missing")


def compile_protos(directory, out, *files):
    """Python modules of the protos under `directory`. Not with grpc_tools: Debian's is older than proto3's optional."""
    subprocess.run(["protoc", f"-I{directory}", f"--python_out={out}", f"--grpc_python_out={out}",
                    f"--plugin=protoc-gen-grpc_python={shutil.which('grpc_python_plugin')}", *files], check=True)


_stubs = None


def stubs():
    """(hashira_pb2, hashira_pb2_grpc, daemon_pb2, daemon_pb2_grpc, datastore_pb2, datastore_pb2_grpc) as one namespace."""
    global _stubs
    if _stubs is None:
        import importlib
        import types
        out = tempfile.mkdtemp(prefix="hsr-pb")
        try:
            compile_protos(SOURCE / "proto", out, "hashira/v1/hashira.proto", "hashira/v1/daemon.proto",
                           "hashira/v1/datastore.proto")
            sys.path.insert(0, out)
            found = types.SimpleNamespace()
            for name in ("hashira", "daemon", "datastore"):
                for end in ("_pb2", "_pb2_grpc"):
                    setattr(found, name + end, importlib.import_module(f"hashira.v1.{name}{end}"))
            _stubs = found
        finally:
            if out in sys.path:
                sys.path.remove(out)
            shutil.rmtree(out, ignore_errors=True)
    return _stubs


_postgresql = None


def postgresql():
    """The PostgreSQL of this program, begun when it is first needed."""
    global _postgresql
    if _postgresql is None:
        import postgresql_server
        _postgresql = postgresql_server.Postgresql()
        atexit.register(_postgresql.__exit__)
    return _postgresql


SQLITE_FILES = ("", "-wal", "-shm")


def copy_database(source, target):
    """A database file of a server that does not run, with what SQLite has beside it, in the place of another one."""
    for end in SQLITE_FILES:
        pathlib.Path(str(target) + end).unlink(missing_ok=True)
        if pathlib.Path(str(source) + end).exists():
            shutil.copy(str(source) + end, str(target) + end)


class Server:
    """One server process. Its endpoint is the last word of its first line on stdout."""

    def __init__(self, scene, name, command, env=None):
        self.scene, self.name, self.command, self.env = scene, name, [str(part) for part in command], env or {}
        self.process = None
        self.endpoint = None
        self.log = scene.dir / f"{name}.log"

    def start(self, limit=LIMIT):
        assert self.process is None, f"{self.name} runs already"
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                            stderr=log, env={**self.scene.env, **self.env})
        line = self._line(limit)
        if not line:
            code = None
            with contextlib.suppress(subprocess.TimeoutExpired):
                code = self.process.wait(2)  # it closed its stdout a moment before it was gone
            self.kill()
            raise AssertionError(f"{self.name} gave no endpoint within {limit} s (exit code {code})")
        self.endpoint = line.split()[-1]
        return self

    def start_refused(self, *words):
        """It does not start, exits with 1 and says why in these words; all that it said."""
        before = self.log.stat().st_size if self.log.exists() else 0
        try:
            self.start()
        except AssertionError as failure:
            ended = str(failure)
        else:
            raise AssertionError(f"{self.name} starts")
        said = self.log.read_bytes()[before:].decode()
        assert "exit code 1)" in ended, f"{ended}: {said}"
        missing = [word for word in words if word not in said]
        assert not missing and "terminate" not in said, f"{self.name} does not say {missing}: {said}"
        return said

    def wait_log(self, words, limit=LIMIT):
        """Until a line of its log has these words; that line."""
        with open(self.log, encoding="utf-8", errors="replace") as log:
            text, until = "", time.monotonic() + limit
            while True:
                text += log.read()
                found = next((line for line in text.splitlines() if words in line), None)
                if found:
                    return found
                assert self.running(), f"{self.name} ended without saying {words!r}"
                assert time.monotonic() < until, f"{self.name} did not say {words!r} within {limit} s"
                time.sleep(0.02)  # a file tells nobody that it grew

    def _line(self, limit):
        read, until = b"", time.monotonic() + limit
        out = self.process.stdout.fileno()
        while not read.endswith(b"\n"):
            if not select.select([out], [], [], max(0, until - time.monotonic()))[0]:
                return ""
            piece = os.read(out, 4096)
            if not piece:
                return ""
            read += piece
        return read.decode()

    @property
    def pid(self):
        return self.process.pid

    def running(self):
        return self.process is not None and self.process.poll() is None

    def stop(self, limit=LIMIT):
        """Ends it in order, as SIGTERM does; its exit code."""
        if self.process is None:
            return None
        if self.running():
            self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(limit)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.name} did not end within {limit} s of SIGTERM") from None
        self._forget()
        return code

    def kill(self):
        """As a crash or a power cut of the process: kill -9."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(LIMIT)
            self._forget()

    def _forget(self):
        self.process.stdout.close()
        self.process = None

    def restart(self):
        self.stop()
        return self.start()

    def rest(self):
        """Whatever it does by itself ends: called before the scene stops its servers."""

    @property
    def target(self):
        """The endpoint as gRPC takes it."""
        return re.sub(r"^tcp:", "", self.endpoint)


class Datastore(Server):
    """hashira-datastored on a port of the system's choice, and the same one after a restart."""

    def __init__(self, scene, name, database=None, tls=None, arguments=(), env=None):
        self.database = database or f"sqlite:{scene.dir / (name + '.db')}"
        self.on_postgresql = not self.database.startswith("sqlite:")
        self.tls = tls  # (certificate, key): then it is called by the name localhost
        self.arguments = [*(("--tls-cert", tls[0], "--tls-key", tls[1]) if tls else ()), *arguments]
        super().__init__(scene, name, [], env)
        self.port = 0

    def start(self, limit=LIMIT):
        self.command = [str(BIN / "hashira-datastored"), "serve", "--listen", f"tcp:127.0.0.1:{self.port}",
                        "--database", self.database, *map(str, self.arguments)]
        super().start(limit)
        self.port = int(self.endpoint.rsplit(":", 1)[1])
        return self

    @property
    def url(self):
        return f"hashira://localhost:{self.port}" if self.tls else f"hashira+plaintext://127.0.0.1:{self.port}"

    def admin(self, *arguments):
        done = subprocess.run([str(BIN / "hashira-datastored"), *arguments, "--database", self.database],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=LIMIT,
                              env=self.scene.env, check=False)
        assert done.returncode == 0, f"{' '.join(arguments)}: {done.stderr}"
        return done.stdout.strip()

    def back_up(self, file):
        """To a file, of a server that does not run; PostgreSQL's own tool may do so any time."""
        if self.on_postgresql:
            postgresql().tool("pg_dump", "-Fc", "-f", file, self.database)
        else:
            copy_database(self.database.removeprefix("sqlite:"), file)

    def restore(self, file):
        """What was backed up in the place of all that there is; a server on PostgreSQL may run."""
        if self.on_postgresql:
            # In one go: of half a backup daemons would believe that it is all that there is.
            postgresql().tool("pg_restore", "--single-transaction", "--clean", "--if-exists", "-d", self.database, file)
        else:
            copy_database(file, self.database.removeprefix("sqlite:"))

    def wipe(self):
        if self.on_postgresql:
            name = self.database.split("/")[3].split("?")[0]
            postgresql().sql(f"DROP DATABASE {name} WITH (FORCE)")
            postgresql().database(name)
        else:
            for end in SQLITE_FILES:
                pathlib.Path(self.database.removeprefix("sqlite:") + end).unlink(missing_ok=True)

    def rows(self, question):
        """What the database of a server that does not run answers, as texts; SQLite's file must be sound too."""
        if self.on_postgresql:
            lines = postgresql().sql(question, self.database).splitlines()
            return [line.split("|") for line in lines]
        with contextlib.closing(sqlite3.connect(self.database.removeprefix("sqlite:"))) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            return [[str(value) for value in row] for row in database.execute(question)]

    def account(self, name):
        self.admin("account", "add", name)

    def token(self, name):
        """A new token of the account, which is made when it is missing."""
        if name not in self.admin("account", "list").split():
            self.account(name)
        return self.admin("token", "new", name)


class Replicas(Datastore):
    """Two programs on one database of a real PostgreSQL, as one: daemons get the one and the other in turn. With
    HASHIRA_TEST_KILLS=SEED one of them or the other is killed (-9) and started again at random, for as long as they run."""

    def __init__(self, scene, name, **options):
        database = postgresql().database(f"{scene.dir.name}_{name}".lower().replace("-", "_"))
        super().__init__(scene, name, database=database, **options)
        self.other = scene.datastore(f"{name}-other", start=False, database=database, **options)
        self.turns = itertools.cycle((super(), self.other))
        self.run = threading.RLock()  # protects that they run, or do not
        self.up = False
        self.ending, self.killer, self.kills = threading.Event(), None, 0

    @property
    def url(self):
        return next(self.turns).url

    def start(self, limit=LIMIT):
        with self.run:
            super().start(limit)
            self.other.start(limit)
            self.up = True
        seed = os.environ.get("HASHIRA_TEST_KILLS")
        if seed and not self.killer:
            self.killer = threading.Thread(target=self._kill_at_random, args=(random.Random(seed),), daemon=True)
            self.killer.start()
        return self

    def stop(self, limit=LIMIT):
        with self.run:
            self.up = False
            codes = [super().stop(limit), self.other.stop(limit)]
        return next((code for code in codes if code), codes[0])

    def kill(self):
        with self.run:
            self.up = False
            super().kill()
            self.other.kill()

    def rest(self):
        self.ending.set()
        if self.killer:
            self.killer.join(2 * LIMIT)
            print(f"{self.name}: {self.kills} kills of replicas", flush=True)

    def _kill_at_random(self, chance):
        while not self.ending.wait(chance.uniform(0.1, 1.5)):
            with self.run:
                if self.up:
                    victim = chance.choice((super(), self.other))
                    victim.kill()
                    victim.start()
                    self.kills += 1


class Daemon(Server):
    """hashirad, headless unless asked otherwise, on a Unix socket (or on TCP, with listen="tcp:127.0.0.1:0")."""

    def __init__(self, scene, name, datastore=None, token=None, listen=None, arguments=(), data_dir=None,
                 env=None, headless=True):
        self.data_dir = pathlib.Path(data_dir or scene.dir / name)
        listen = listen or f"unix:{scene.dir / (name + '.sock')}"
        command = [BIN / "hashirad", *(["--headless"] if headless else []), "--data-dir", self.data_dir,
                   "--listen", listen]
        if datastore:
            command += ["--datastore", getattr(datastore, "url", datastore)]
        if token:
            file = scene.dir / f"{name}.token"
            file.touch(mode=0o600)
            file.write_text(token + "\n", encoding="utf-8")
            command += ["--token-file", file]
        self._channel = None
        super().__init__(scene, name, [*command, *arguments], env)

    def start(self, limit=LIMIT):
        super().start(limit)
        self.hang_up()  # a call that came while nobody listened leaves a channel that rests first
        return self

    def cli_raw(self, *arguments, limit=LIMIT, stdin=""):
        """The finished process of the CLI."""
        endpoint = self.endpoint or self.command[self.command.index("--listen") + 1]
        return subprocess.run([str(BIN / "hashira"), "--socket", endpoint, *map(str, arguments)], input=stdin,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=limit,
                              env=self.scene.env, check=False)

    def cli(self, *arguments, limit=LIMIT, stdin=""):
        """What the CLI answers with --json; it must end well."""
        done = self.cli_raw(*arguments, "--json", limit=limit, stdin=stdin)
        until = time.monotonic() + limit
        while (os.environ.get("HASHIRA_TEST_KILLS") and arguments[0] in ("sync", "doctor") and done.returncode
               and "cannot be reached" in done.stderr and time.monotonic() < until):
            done = self.cli_raw(*arguments, "--json", limit=limit, stdin=stdin)  # its replica was killed just now
        assert done.returncode == 0, f"hashira {' '.join(map(str, arguments))}: {done.stderr}{done.stdout}"
        return json.loads(done.stdout)

    @property
    def channel(self):
        import grpc
        if self._channel is None:
            # Connections of its own: another channel to the same socket may rest after it was refused there.
            self._channel = grpc.insecure_channel(self.target, options=[("grpc.use_local_subchannel_pool", 1)])
        return self._channel

    @property
    def hashira(self):
        return stubs().hashira_pb2_grpc.HashiraStub(self.channel)

    @property
    def control(self):
        return stubs().daemon_pb2_grpc.DaemonStub(self.channel)

    def hang_up(self):
        """Closes our connection; the next call opens another one."""
        if self._channel is not None:
            self._channel.close()
            self._channel = None

    def _forget(self):
        self.hang_up()
        super()._forget()

    def send(self, *commands, limit=LIMIT):
        """Sends (what, payload) pairs, what as in "NEW"; the answer."""
        pb = stubs().hashira_pb2
        request = pb.SendRequest(commands=[
            pb.Command(what=pb.What.Value(f"WHAT_{what}"), payload=json.dumps(payload)) for what, payload in commands])
        return self.hashira.Send(request, timeout=limit)

    def tasks(self, weeks=1, deleted=False, limit=LIMIT):
        """The tasks of the newest weeks, by id."""
        request = stubs().hashira_pb2.RetrieveRequest(to=weeks - 1, include_deleted=deleted)
        return {task.id: task for piece in self.hashira.Retrieve(request, timeout=limit) for task in piece.tasks}

    def status(self, limit=LIMIT):
        return self.control.GetStatus(stubs().daemon_pb2.GetStatusRequest(), timeout=limit).status

    def wait_for(self, command_id, level, limit=LIMIT):
        """Until the command has reached "APPLIED" or "VISIBLE"; the receipt."""
        request = stubs().daemon_pb2.WaitForRequest(
            command_id=command_id, level=stubs().hashira_pb2.Level.Value(f"LEVEL_{level}"))
        return self.control.WaitFor(request, timeout=limit).receipt

    def wait_status(self, condition, limit=LIMIT):
        """Until WatchStatus tells a state that meets the condition; that state."""
        return self._first(self.control.WatchStatus(stubs().daemon_pb2.WatchStatusRequest(), timeout=limit),
                           lambda answer: answer.status, condition)

    def wait_tasks(self, condition, weeks=1, limit=LIMIT):
        """Until the tasks, read anew at each notification, meet the condition; those tasks."""
        stream = self.hashira.Subscribe(stubs().hashira_pb2.SubscribeRequest(), timeout=limit)
        return self._first(stream, lambda _: self.tasks(weeks), condition)

    def _first(self, stream, value_of, condition):
        import grpc
        value = None
        try:
            for message in stream:
                value = value_of(message)
                if condition(value):
                    return value
        except grpc.RpcError as error:
            raise AssertionError(f"{self.name}: {error.code()} while waiting; the last state was: {value}") from error
        finally:
            stream.cancel()
        raise AssertionError(f"{self.name} ended the stream; the last state was: {value}")


class Scene(contextlib.AbstractContextManager):
    """A directory of its own, short enough for sockets, and the servers that live in it."""

    def __init__(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="hsr", dir="/tmp"))
        # Nothing of the person who runs the tests is seen or touched.
        self.env = {**{name: value for name, value in os.environ.items() if not name.startswith("HASHIRA_")},
                    "HOME": str(self.dir), "XDG_DATA_HOME": str(self.dir / "share"),
                    "XDG_CONFIG_HOME": str(self.dir / "config"), "XDG_STATE_HOME": str(self.dir / "state"),
                    "XDG_RUNTIME_DIR": str(self.dir / "run"), "TZ": "UTC", "LC_ALL": "C.UTF-8", "NO_COLOR": "1"}
        (self.dir / "run").mkdir(mode=0o700)
        self.servers = []

    def datastore(self, name="datastore", start=True, **options):
        """On SQLite; where HASHIRA_TEST_DATABASE=postgresql says so, and no other database is named, two replicas on
        PostgreSQL: the same script is a test of each."""
        replicated = "database" not in options and os.environ.get("HASHIRA_TEST_DATABASE") == "postgresql"
        return self._add((Replicas if replicated else Datastore)(self, name, **options), start)

    def daemon(self, name="daemon", start=True, **options):
        return self._add(Daemon(self, name, **options), start)

    def _add(self, server, start):
        self.servers.append(server)
        return server.start() if start else server

    def __exit__(self, kind, error, trace):
        """Stops all, the daemons first. Each must end well, unless the test failed already."""
        failed = kind is not None and not (kind is SystemExit and error.code in (0, 77))
        problems = []
        for server in self.servers:
            server.rest()
        for server in reversed(self.servers):
            try:
                code = server.kill() if failed else server.stop()
                if code not in (None, 0):
                    problems.append(f"{server.name} ended with {code}")
            except AssertionError as problem:
                problems.append(str(problem))
        if failed or problems:
            self._show_logs()
        shutil.rmtree(self.dir, ignore_errors=True)
        assert not problems, "; ".join(problems)
        return False

    def _show_logs(self):
        for server in self.servers:
            text = server.log.read_text(errors="replace") if server.log.exists() else ""
            print(f"--- log of {server.name} ---\n{text[-8000:]}", file=sys.stderr)


def peak_memory(pid):
    """The most memory that the process ever had, in bytes; 0 where the system does not tell."""
    status = pathlib.Path(f"/proc/{pid}/status")
    lines = status.read_text(encoding="utf-8").splitlines() if status.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")), 0)


def eventually(condition, event, limit=LIMIT):
    """Until condition() holds; asked again each time that event(seconds) returns, which waits for something to happen."""
    until = time.monotonic() + limit
    while not (value := condition()):
        left = until - time.monotonic()
        assert left > 0, f"not within {limit} s"
        event(left)
    return value
