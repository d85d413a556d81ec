#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Proves that the simulation's checks check: each rule of sync is switched off by itself, and seeds or
scripts must notice.

    mutation_test.py BUILD_DIR [--part I/N] [--only NAME]... [--list]

A mutation is compiled beside the build with the flags of the original, and linked in front of the
archive that holds the original: the source tree and the build stay as they are."""
import argparse
import ctypes
import dataclasses
import json
import os
import pathlib
import re
import resource
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from mutations import daemon, ledger, store  # noqa: E402
from mutations.entry import Mutation  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
ALL = ledger.MUTATIONS + daemon.MUTATIONS + store.MUTATIONS
# A program that takes longer hangs: that is no failed check, unless the table says so.
LIMIT_S = 90
# How many seeds of the kind that the table names, and of all kinds where they did not notice.
SEEDS = 8
MORE_SEEDS = 24
# What a failed check looks like; nothing more is read of the program then.
FAILED = {"seeds": re.compile(r"^seed \d+ fails:\n  .*\n", re.MULTILINE),
          "script": re.compile(r"^FAIL!  : .*\n", re.MULTILINE)}
# The same way without a change: everything must pass.
NOTHING = Mutation("nothing", "no rule is switched off", ledger.LEDGER,
                   "bool continues(", "bool continues(", "")


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
        self.compile = {entry["file"]: entry for entry in commands}
        self.link = {name: self.link_line(target) for name, target in
                     (("seeds", "bin/hashira-simulation"), ("script", "bin/tests/scripts_test"))}

    def link_line(self, target):
        told = run(["ninja", "-C", str(self.path), "-t", "commands", "-s", target], self.path)
        lines = [line for line in told.text.splitlines() if f"-o {target}" in line]
        if told.code != 0 or len(lines) != 1:
            raise Failed(f"no link line for {target}: {told.text[-500:]}")
        words = [word for word in shlex.split(lines[0]) if word not in (":", "&&")]
        at = words.index("-o")
        del words[at:at + 2]
        return words

    def object_of(self, mutation, directory):
        """Compiles the mutated file; returns the object's path."""
        original = ROOT / mutation.file
        text = original.read_text()
        if text.count(mutation.old) != 1:
            raise Failed(f"the table is stale: the old text of {mutation.name} stands "
                         f"{text.count(mutation.old)} times in {mutation.file}")
        source = directory / (mutation.name + ".cpp")
        source.write_text(text.replace(mutation.old, mutation.new))
        entry = self.compile[str(original)]
        words = shlex.split(entry["command"])
        out = directory / (mutation.name + ".o")
        words[words.index("-o") + 1] = str(out)
        words[words.index("-c") + 1] = str(source)
        words = [word for word in words if not word.startswith("-Werror")]
        words += ["-w", "-O1", "-g0", "-I", str(original.parent)]
        told = run(words, entry["directory"])
        if told.code != 0:
            raise Failed(f"{mutation.name} does not compile:\n{told.text}")
        return out

    def program(self, kind, mutation, obj, directory):
        """Links the simulation (`seeds`) or the scripts with the object; returns the program's path."""
        out = directory / f"{mutation.name}-{kind}"
        words = list(self.link[kind])
        words[1:1] = [str(obj), "-o", str(out)]
        told = run(words, self.path)
        if told.code != 0:
            raise Failed(f"{mutation.name} does not link:\n{told.text}")
        return str(out)


def judge(mutation, kind, told):
    """The line in which a check failed; nothing where all passed."""
    found = FAILED[kind].search(told.text)
    if found:
        return found.group(0).strip().replace("\n", " ")
    if told.hung:
        if mutation.hangs:
            return f"it hangs, as the table says: given up after {LIMIT_S} s"
        raise Failed(f"no check failed, but it hangs (given up after {LIMIT_S} s): {told.text[-2000:]}")
    if told.code == 0:
        return None
    raise Failed(f"no check failed, but it ended with {told.code}: {told.text[-2000:]}")


def try_one(build, way, mutation, obj, directory):
    """Runs what `way` names: "script", "seeds" or "seeds KIND". Returns the check that failed, or nothing."""
    kind, _, number = way.partition(" ")
    program = build.program(kind, mutation, obj, directory)
    command = [program]
    if kind == "seeds":
        command += ["--until-failure", "--check-always"]
        command += ["--kind", number, "--count", str(SEEDS)] if number else ["--count", str(MORE_SEEDS)]
    try:
        return judge(mutation, kind, run(command, directory, FAILED[kind]))
    finally:
        os.unlink(program)


def check(build, mutation, ways):
    """Returns how it was caught by the first of the ways that notices, or nothing."""
    with tempfile.TemporaryDirectory(prefix="mutation-", dir=build.path) as place:
        directory = pathlib.Path(place)
        obj = build.object_of(mutation, directory)
        for way in ways:
            how = try_one(build, way, mutation, obj, directory)
            if how:
                return how if way == ways[0] else f"{how} (not by {ways[0]}, as the table says)"
    return None


def check_nothing(build):
    """What fails without any mutation, by all ways that the table names; nothing where all is well."""
    try:
        told = check(build, NOTHING, sorted({each.caught for each in ALL}))
        return [f"without a mutation: {told}"] if told else []
    except Failed as problem:
        return [f"without a mutation: {problem}"]


def check_one(build, mutation):
    """What is wrong with the check of this rule; nothing where it was caught. Prints a line."""
    begun = time.monotonic()
    ways = [mutation.caught, "script" if mutation.caught != "script" else "seeds"]
    how, failures = None, []
    try:
        how = check(build, mutation, ways)
        if not how:
            failures = [f"{mutation.name} is not caught: {mutation.rule}"]
    except Failed as problem:
        failures = [f"{mutation.name}: {problem}"]
    print(f"{mutation.name}: {how or 'NOT CAUGHT'} ({time.monotonic() - begun:.1f} s)", flush=True)
    return failures


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--part", default="0/1")
    parser.add_argument("--only", action="append")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    if options.list:
        for each in ALL:
            print(f"{each.name}: {each.rule} ({each.caught})")
        return 0
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    # Ended in order: what runs and what was compiled goes too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    index, parts = (int(word) for word in options.part.split("/"))
    chosen = [each for each in ALL if each.name in options.only] if options.only else ALL[index::parts]
    build = Build(options.build.resolve())
    failures = check_nothing(build) if index == 0 and not options.only else []
    for mutation in chosen:
        failures += check_one(build, mutation)
    for failure in failures:
        print("FAIL " + failure)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{len(chosen)} mutations, {len(failures)} failures, {used.ru_utime + used.ru_stime:.0f} s of CPU")
    return 1 if failures else 0


sys.exit(main())
