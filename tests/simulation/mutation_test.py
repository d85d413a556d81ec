#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Proves that the simulation's checks check: each rule of sync is switched off by itself, and seeds or
scripts must notice.

    mutation_test.py BUILD_DIR [--part I/N] [--only NAME]... [--list]

A mutation is compiled beside the build with the flags of the original, and linked in front of the
archive that holds the original: the source tree and the build stay as they are."""
import argparse
import os
import pathlib
import re
import resource
import signal
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from mutations import daemon, ledger, store  # noqa: E402
from mutations.build import LIMIT_S, ROOT, Build, Failed, run  # noqa: E402
from mutations.entry import Mutation  # noqa: E402

ALL = ledger.MUTATIONS + daemon.MUTATIONS + store.MUTATIONS
PROGRAMS = {"seeds": "bin/hashira-simulation", "script": "bin/tests/scripts_test"}
# How many seeds of the kind that the table names, and of all kinds where they did not notice.
SEEDS = 8
MORE_SEEDS = 24
# What a failed check looks like; nothing more is read of the program then.
FAILED = {"seeds": re.compile(r"^seed \d+ fails:\n  .*\n", re.MULTILINE),
          "script": re.compile(r"^FAIL!  : .*\n", re.MULTILINE)}
# The same way without a change: everything must pass.
NOTHING = Mutation("nothing", "no rule is switched off", ledger.LEDGER,
                   "bool continues(", "bool continues(", "")


def mutated(mutation):
    """The file's text without the rule."""
    text = (ROOT / mutation.file).read_text()
    if text.count(mutation.old) != 1:
        raise Failed(f"the table is stale: the old text of {mutation.name} stands "
                     f"{text.count(mutation.old)} times in {mutation.file}")
    return text.replace(mutation.old, mutation.new)


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
    program = build.program(PROGRAMS[kind], [obj], directory / f"{mutation.name}-{kind}")
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
        obj = build.compile(mutation.file, mutated(mutation), mutation.name, directory)
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
