#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Proves that the simulation's checks check: each rule of sync is switched off by itself, and seeds or
scripts must notice.

    mutation_test.py BUILD_DIR [--part I/N] [--only NAME]... [--list]

A mutation is compiled beside the build with the flags of the original, and linked in front of the
archive that holds the original: the source tree and the build stay as they are."""
import argparse
import dataclasses
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from mutations import daemon, ledger, store  # noqa: E402
from mutations.entry import Mutation  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
ALL = ledger.MUTATIONS + daemon.MUTATIONS + store.MUTATIONS
# A run that takes longer than this caught nothing.
LIMIT_S = 240
SEEDS = 60
# The same way without a change: everything must pass.
NOTHING = Mutation("nothing", "no rule is switched off", ledger.LEDGER,
                   "bool continues(", "bool continues(", "script")


class Failed(Exception):
    """The test fails with this text."""


@dataclasses.dataclass
class Run:
    """What a program said."""
    code: int
    text: str


def run(command, cwd, limit=LIMIT_S):
    try:
        done = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors="replace", timeout=limit, check=False)
        return Run(done.returncode, done.stdout)
    except subprocess.TimeoutExpired as late:
        said = late.stdout or b""
        return Run(-1, said.decode(errors="replace") + f"\n(given up after {limit} s)")


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


def judge(kind, told):
    """The line in which a check failed; nothing where all passed."""
    words = r"^seed \d+ fails:\n  .*" if kind == "seeds" else r"^FAIL!  : .*\n.*"
    found = re.search(words, told.text, re.MULTILINE)
    if found:
        return found.group(0).replace("\n", " ")
    if told.code == 0:
        return None
    raise Failed(f"no check failed, but it ended with {told.code}: {told.text[-2000:]}")


def try_one(build, kind, number, mutation, obj, directory):
    program = build.program(kind, mutation, obj, directory)
    command = [program]
    if kind == "seeds":
        command += ["--until-failure", "--check-always", "--count", str(SEEDS)]
        if number is not None:
            command += ["--kind", str(number), "--count", str(SEEDS // 2)]
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    try:
        return judge(kind, run(command, directory))
    finally:
        os.unlink(program)


def check(build, mutation):
    """Returns how it was caught, or nothing."""
    with tempfile.TemporaryDirectory(prefix="mutation-", dir=build.path) as place:
        directory = pathlib.Path(place)
        obj = build.object_of(mutation, directory)
        first, _, number = mutation.caught.partition(" ")
        ways = [(first, int(number) if number else None), ("script" if first == "seeds" else "seeds", None)]
        for kind, number in ways:
            how = try_one(build, kind, number, mutation, obj, directory)
            if how:
                return how if kind == first else f"{how} (not by {mutation.caught}, as the table says)"
    return None


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
    index, parts = (int(word) for word in options.part.split("/"))
    chosen = [each for each in ALL if each.name in options.only] if options.only else ALL[index::parts]
    build = Build(options.build.resolve())
    failures = []
    if index == 0 and not options.only:
        try:
            told = check(build, NOTHING)
            if told:
                failures.append(f"without a mutation: {told}")
        except Failed as problem:
            failures.append(str(problem))
    for mutation in chosen:
        begun = time.monotonic()
        try:
            how = check(build, mutation)
            if not how:
                failures.append(f"{mutation.name} is not caught: {mutation.rule}")
        except Failed as problem:
            how = None
            failures.append(f"{mutation.name}: {problem}")
        print(f"{mutation.name}: {how or 'NOT CAUGHT'} ({time.monotonic() - begun:.1f} s)", flush=True)
    for failure in failures:
        print("FAIL " + failure)
    print(f"{len(chosen)} mutations, {len(failures)} failures")
    return 1 if failures else 0


sys.exit(main())
