# SPDX-License-Identifier: MIT
"""A Windows of a test's own: a Wine prefix in the scene's directory, with a screen, and what a test looks at in it.

    with Scene() as scene, Wine(scene) as windows:
        windows.run(setup, "/S")
        windows.registry(r"HKCU\\Software\\…\\Run", "Hashira")
"""
import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

import hashira_processes as processes

# A program's start under Wine takes a second by itself, and all of them share two cores.
LIMIT = 4 * processes.LIMIT
BUILD = processes.SOURCE / "installer/windows/build.sh"


def need_windows():
    """Where it can be built for Windows and run: the directory of the sysroot. Else skipped, with the reason."""
    for tool in ("wine", "Xvfb", "makensis", "x86_64-w64-mingw32-g++-posix"):
        if not shutil.which(tool):
            processes.skip(f"{tool} is missing: `dev test` installs it where there is a Windows sysroot")
    found = subprocess.run([BUILD, "--sysroot-dir"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if found.returncode == 77:
        processes.skip(found.stderr.strip())
    assert found.returncode == 0, found.stderr
    return pathlib.Path(found.stdout.strip())


class Wine(contextlib.AbstractContextManager):
    def __init__(self, scene):
        self.prefix = scene.dir / "wine"
        self._screen = None
        # Windows has none of these.
        self.env = {**{name: value for name, value in scene.env.items() if not name.startswith("XDG_")}, "WINEPREFIX": str(self.prefix), "WINEDEBUG": "-all",
                    "WINEDLLOVERRIDES": "mscoree,mshtml=", "WINEARCH": "win64"}

    def __enter__(self):
        self._screen = subprocess.Popen(["Xvfb", "-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.env["DISPLAY"] = ":" + self._screen.stdout.readline().decode().strip()
        self.run("wineboot", "-i")
        self.run("reg", "add", r"HKCU\Software\Wine", "/v", "Version", "/d", "win10", "/f")  # it takes itself for Windows 7
        return self

    def __exit__(self, *_):
        # It ends the programs of this prefix alone.
        subprocess.run(["wineserver", "-k"], env=self.env, timeout=LIMIT, check=False)
        subprocess.run(["wineserver", "-w"], env=self.env, timeout=LIMIT, check=False)
        self._screen.terminate()
        self._screen.wait(LIMIT)
        self._screen.stdout.close()
        return False

    def run(self, program, *arguments, limit=LIMIT, env=None):
        """The finished process; its output is text. By files: what it started may live on, and would hold a pipe open."""
        with tempfile.TemporaryFile("w+", encoding="utf-8") as out, tempfile.TemporaryFile("w+", encoding="utf-8") as err:
            done = subprocess.run(["wine", str(program), *map(str, arguments)], env={**self.env, **(env or {})},
                                  stdin=subprocess.DEVNULL, stdout=out, stderr=err, timeout=limit, check=False)
            for file in (out, err):
                file.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, out.read(), err.read())

    def start(self, program, *arguments, env=None, log=subprocess.DEVNULL):
        return subprocess.Popen(["wine", str(program), *map(str, arguments)], env={**self.env, **(env or {})},
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log)

    def wait(self, condition, what, limit=LIMIT):
        """Until condition() gives something; that. Wine tells nobody of what its programs do to files and the registry."""
        until = time.monotonic() + limit
        while not (value := condition()):
            assert time.monotonic() < until, f"not within {limit} s: {what}"
            time.sleep(0.1)
        return value

    @property
    def home(self):
        return next(path for path in (self.prefix / "drive_c/users").iterdir() if path.name != "Public")

    @property
    def local(self):
        return self.home / "AppData/Local"

    @property
    def roaming(self):
        return self.home / "AppData/Roaming"

    @property
    def temp(self):
        return next(path for path in (self.home / "Temp", self.local / "Temp") if path.exists())

    def registry(self, key, value):
        """The text of the value, or None."""
        told = self.run("reg", "query", key, "/v", value).stdout
        found = re.search(rf"^ +{re.escape(value)} +REG_\w+ +(.*?)\r?$", told, re.M)
        return found and found.group(1)

    def has_key(self, key):
        return self.run("reg", "query", key).returncode == 0

    def processes_of(self, name):
        """The ids of Windows of the processes of that program."""
        told = self.run("winedbg", "--command", "info proc").stdout  # Wine's tasklist lists none
        assert "services.exe" in told, told
        return [str(int(pid, 16)) for pid in re.findall(rf"^[ =]([0-9a-f]{{8}}) .*'{re.escape(name)}'", told, re.M)]


def build(*arguments, limit=1700):
    """What installer/windows/build.sh makes: its last line, and all that it said."""
    done = subprocess.run([BUILD, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          timeout=limit, check=False, env=os.environ)
    assert done.returncode == 0, done.stdout + done.stderr
    return pathlib.Path((done.stdout.split("\n")[-2:] or [""])[0]), done.stderr
