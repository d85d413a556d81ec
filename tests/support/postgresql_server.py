#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A real PostgreSQL for the tests, on a Unix socket only, in a directory of its own that goes with it.

As a program: prints the URL of the server, and keeps it until its stdin is closed, also by the death of whoever
holds it. The lines "crash" and "start" do that to the server, and each is answered by a line. With `--durable DIR`
it is as PostgreSQL comes, in that directory, for measuring.
"""
import collections
import contextlib
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

LIMIT = 60


def programs():
    """The folder of initdb and postgres: Debian keeps each version in its own."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    initdb = found[-1] if found else shutil.which("initdb")
    assert initdb, "PostgreSQL is needed: the package postgresql"
    return pathlib.Path(initdb).parent


# What docs/operating.md recommends for a machine that serves, and what tells how long the log took.
SERVER = {"shared_buffers": "512MB", "max_wal_size": "4GB", "checkpoint_timeout": "15min",
          "checkpoint_completion_target": "0.9", "track_wal_io_timing": "on"}


class Postgresql(contextlib.AbstractContextManager):
    """Nothing is fsynced, where a directory to be durable in is not given: the tests kill processes, not machines."""

    def __init__(self, durable=None):
        # PostgreSQL refuses to run as root.
        self.user = pwd.getpwnam("postgres") if os.getuid() == 0 else None
        self.durable = durable is not None
        if self.durable:
            self.dir = pathlib.Path(durable)
            self.dir.mkdir()
        else:
            self.dir = pathlib.Path(tempfile.mkdtemp(prefix="hsrpg", dir="/tmp"))
        if self.user:
            os.chown(self.dir, self.user.pw_uid, self.user.pw_gid)
        self.process = None
        try:
            done = self._run([programs() / "initdb", "-D", self.dir / "data", "-U", "hashira", "-A", "trust", "-E",
                              "UTF8", "--locale=C.UTF-8", "--no-sync"], stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True)
            output = done.communicate(timeout=LIMIT)[0]
            assert done.returncode == 0, output
            self.start()
        except BaseException:
            self.__exit__()
            raise

    def _run(self, command, **options):
        """As a user without privileges, and not to outlive us, however we end. By a program and not by preexec_fn: a
        fork that runs Python, of a process with threads and gRPC, may wait for ever."""
        prefix = ["setpriv", "--pdeathsig=QUIT"]
        if self.user:
            prefix += [f"--reuid={self.user.pw_uid}", f"--regid={self.user.pw_gid}", "--clear-groups"]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return subprocess.Popen([*prefix, *map(str, command)], cwd=self.dir, stdin=subprocess.DEVNULL,
                                env={**environment, "LC_ALL": "C"}, **options)

    def start(self):
        """It can be called when this returns. The same databases after a stop()."""
        settings = {"listen_addresses": "", "unix_socket_directories": self.dir, "max_connections": 300}
        if self.durable:
            settings |= SERVER
        else:
            settings |= {"fsync": "off", "shared_buffers": "16MB", "autovacuum": "off"}
        command = [programs() / "postgres", "-D", self.dir / "data"]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        self.process = self._run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.log, ready = collections.deque(maxlen=200), threading.Event()
        self.reader = threading.Thread(target=self._read, args=(self.process.stderr, ready), daemon=True)
        self.reader.start()
        assert ready.wait(LIMIT) and self.process.poll() is None, "PostgreSQL did not start:\n" + "".join(self.log)

    def _read(self, stderr, ready):
        with stderr:
            for line in stderr:
                self.log.append(line.decode(errors="replace"))
                if b"ready to accept connections" in line:
                    ready.set()
        ready.set()

    def stop(self, how=signal.SIGINT):
        """SIGINT hangs up on all clients and ends in order, SIGQUIT is as a crash."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(LIMIT)
            self.reader.join(LIMIT)
        self.process = None

    def kill(self):
        """As a crash of all its processes."""
        self.stop(signal.SIGQUIT)

    def url(self, database="postgres"):
        return f"postgresql://hashira@/{database}?host={self.dir}"

    def sql(self, statement, url=None):
        """What psql answers, unaligned."""
        done = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", url or self.url(), "-c", statement],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=LIMIT, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def tool(self, name, *arguments):
        done = subprocess.run([str(programs() / name), *map(str, arguments)], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=LIMIT, check=False)
        assert done.returncode == 0, done.stdout

    def database(self, name):
        """The URL of a new database."""
        self.sql(f"CREATE DATABASE {name} TEMPLATE template0")
        return self.url(name)

    def __exit__(self, *_):
        self.kill()
        shutil.rmtree(self.dir, ignore_errors=True)
        return False


def main():
    # Whoever runs the tests may end all of them with one key: whoever holds our stdin ends us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.setpgid(0, 0)
    with Postgresql(sys.argv[2] if sys.argv[1:2] == ["--durable"] else None) as server:
        print(server.url(), flush=True)
        for line in sys.stdin:
            if line == "crash\n":
                server.kill()
            elif line == "start\n":
                server.start()
            print("done", flush=True)


if __name__ == "__main__":
    main()
