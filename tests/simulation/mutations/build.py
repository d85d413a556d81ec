# SPDX-License-Identifier: MIT
"""Compiles and links changed copies of sources beside the build: it and the source tree stay as they are."""
import ctypes
import dataclasses
import json
import os
import pathlib
import shlex
import signal
import subprocess
import sys
import threading

ROOT = pathlib.Path(__file__).resolve().parents[3]
# A program that takes longer hangs.
LIMIT_S = 90


class Failed(Exception):
    """The test fails with this text."""


@dataclasses.dataclass
class Run:
    """What a program said."""
    code: int
    text: str
    hung: bool


def die_with_parent():
    """In the child: killed when this script is, where the system can do so."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def run(command, cwd, until=None):
    """Runs a program in a process group of its own, which does not outlive this call; ends it as soon as
    what it said matches `until`."""
    with subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", start_new_session=True, preexec_fn=die_with_parent) as program:
        late = threading.Event()

        def give_up():
            late.set()
            os.killpg(program.pid, signal.SIGKILL)

        timer = threading.Timer(LIMIT_S, give_up)
        timer.start()
        text = ""
        try:
            for line in program.stdout:
                text += line
                if until and until.search(text):
                    break
            else:
                program.wait()
        finally:
            timer.cancel()
            if program.poll() is None:
                os.killpg(program.pid, signal.SIGKILL)
    return Run(program.returncode, text, late.is_set())


class Build:
    """The build directory: how each file is compiled and each program is linked."""

    def __init__(self, path):
        self.path = path
        commands = json.loads((path / "compile_commands.json").read_text())
        self.commands = {entry["file"]: entry for entry in commands}
        self.links = {}

    def link_line(self, target):
        if target not in self.links:
            told = run(["ninja", "-C", str(self.path), "-t", "commands", "-s", target], self.path)
            lines = [line for line in told.text.splitlines() if f"-o {target}" in line]
            if told.code != 0 or len(lines) != 1:
                raise Failed(f"no link line for {target}: {told.text[-500:]}")
            words = [word for word in shlex.split(lines[0]) if word not in (":", "&&")]
            at = words.index("-o")
            del words[at:at + 2]
            self.links[target] = words
        return self.links[target]

    def compile(self, file, text, name, directory):
        """Compiles `text` as the build compiles `file`; returns the object's path."""
        original = ROOT / file
        source = directory / (name + ".cpp")
        source.write_text(text)
        entry = self.commands[str(original)]
        words = shlex.split(entry["command"])
        out = directory / (name + ".o")
        words[words.index("-o") + 1] = str(out)
        words[words.index("-c") + 1] = str(source)
        words = [word for word in words if not word.startswith("-Werror")]
        # Not -I: a limits.h that stands beside the file would hide the C library's.
        words += ["-w", "-O1", "-g0", "-iquote", str(original.parent)]
        told = run(words, entry["directory"])
        if told.code != 0:
            raise Failed(f"{name} does not compile:\n{told.text}")
        return out

    def program(self, target, objects, out):
        """Links the target with these objects in front of the archives that hold the originals."""
        words = list(self.link_line(target))
        # At another level of optimisation an object may lack a copy of an inline function, for which the linker
        # fetches the original too; what comes first is taken.
        words[1:1] = [*map(str, objects), "-o", str(out), "-Wl,--allow-multiple-definition"]
        told = run(words, self.path)
        if told.code != 0:
            raise Failed(f"{out.name} does not link:\n{told.text}")
        return str(out)
