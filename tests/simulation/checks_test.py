#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Proves that the unit tests of what comes from outside can fail: each check of these sources is switched off by
itself, and rows of its test must notice; and each row of the test must be what notices one of them.

    checks_test.py BUILD_DIR

The checks are found in the source, so that a new one without a row fails this test. All switches of a file are
compiled at once: an environment variable tells which check is off."""
import collections
import os
import pathlib
import re
import resource
import signal
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from mutations.build import ROOT, Build, Failed, run  # noqa: E402

# `least`: checks that must be found, or what finds them is broken. `others`: rows that another check refuses too.
Group = collections.namedtuple("Group", "file test slot least others", defaults=((),))
GROUPS = [
    # What is no JSON is refused by json.cpp, and with its word not heard there are no rows at all.
    Group("service/engine/fetch_check.cpp", "fetch_check_test", "refuses", 27,
          ("not JSON", "no array", "wrong shape", "invalid UTF-8", "nested deep")),
    Group("service/model/command.cpp", "command_test", "refused", 28),
    # RapidJSON refuses it too, and would not what follows a zero byte.
    Group("service/model/json.cpp", "json_test", "refused", 5, ("zero byte inside",)),
    # What is not taken there is no id; and the fast reader of document_scan.cpp lets neither through.
    Group("service/model/document.cpp", "document_test", "refused", 8, ("id is no text",)),
]
SWITCH = """#include <cstdlib>
#include <cstring>
static inline bool checkIsOn(const char* name) {
    const char* off = std::getenv("HASHIRA_CHECK_OFF");
    return off == nullptr || std::strcmp(off, name) != 0;
}
#define HASHIRA_CHECK(name, ...) ((__VA_ARGS__) && checkIsOn(name))
"""
REFUSAL = r"(lie\(|invalid\(|Error\s*\{)"


def closing(text, at):
    """Where the bracket that opens at `at` closes."""
    depth = 0
    for found in re.finditer(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|[()]', text[at:]):
        depth += {"(": 1, ")": -1}.get(found.group(0), 0)
        if depth == 0:
            return at + found.start()
    raise Failed("a bracket is not closed")


class Switched:
    """The text of a source whose checks can be switched off, and their names."""

    def __init__(self, file):
        self.source = (ROOT / file).read_text()
        self.names, self.edits = [], []
        self.conditions()
        self.choices()
        self.last_words()
        self.last_branches()
        text = self.source
        for begin, end, new in sorted(self.edits, reverse=True):
            text = text[:begin] + new + text[end:]
        self.text = SWITCH + text

    def name(self, at, words):
        line = self.source.count("\n", 0, at) + 1
        self.names.append((f"{line}-{len(self.names)}", " ".join(words.split())))
        return self.names[-1][0]

    def conditions(self):
        """if (bad) return lie("…");"""
        for found in re.finditer(r"\bif \(", self.source):
            end = closing(self.source, found.end() - 1)
            if not re.match(r"\)\s*(\{\s*problem|return\s+" + REFUSAL + ")", self.source[end:]):
                continue
            begin = self.source.rfind(";", found.end(), end) + 1 or found.end()
            name = self.name(found.start(), self.source[begin:end])
            self.edits += [(begin, begin, f'HASHIRA_CHECK("{name}", '), (end, end, ")")]

    def choices(self):
        """return good ? Status() : lie("…");, or the other way round."""
        for found in re.finditer(r"return ([^;?]*?)\s*\? Status\(\)\s*: (Status\()?" + REFUSAL, self.source):
            name = self.name(found.start(), found.group(1))
            self.edits += [(*found.span(1), f'({found.group(1)}) || !HASHIRA_CHECK("{name}", true)')]
        for found in re.finditer(r"return ([^;?]*?)\s*\? Status\(" + REFUSAL + r"[^;]*: Status\(\);", self.source):
            name = self.name(found.start(), found.group(1))
            self.edits += [(*found.span(1), f'HASHIRA_CHECK("{name}", {found.group(1)})')]

    def last_words(self):
        """What a function that returns a Status ends with, when nothing was good."""
        for found in re.finditer(r"\n    (return invalid\([^;]*;)\n\}", self.source):
            before = self.source[self.source.rfind("\n}", 0, found.start()):found.start()]
            if not re.search(r"\nStatus [a-zA-Z:]+\(", before):
                continue
            name = self.name(found.start(1), found.group(1)[:60])
            self.edits += [(*found.span(1), f'if (HASHIRA_CHECK("{name}", true)) {found.group(1)} return {{}};')]

    def last_branches(self):
        """} else { return invalid("…"); }"""
        for found in re.finditer(r"\} (else) \{\s*(return invalid\([^;]*;)", self.source):
            name = self.name(found.start(2), found.group(2)[:60])
            self.edits += [(*found.span(1), f'else if (HASHIRA_CHECK("{name}", true))')]


class Program:
    """A test whose checks can be switched off."""

    def __init__(self, path, slot, directory):
        self.path, self.slot, self.directory = path, slot, directory
        tags = self.run("-datatags").text
        self.rows = re.findall(rf"^\w+ {slot} (.*)$", tags, re.MULTILINE)
        self.crashes = 0

    def run(self, *arguments, off=None):
        os.environ.pop("HASHIRA_CHECK_OFF", None)
        if off:
            os.environ["HASHIRA_CHECK_OFF"] = off
        told = run([self.path, *arguments], self.directory)
        if told.hung:
            raise Failed(f"{off} off: it hangs")
        return told

    def failed(self, off=None):
        """What fails with this check off: rows of the slot by their names, and functions."""
        told = self.run(self.slot, off=off)
        if told.code == 0:
            told = self.run(off=off)  # the other functions take longer
        if told.code >= 0:
            return {row or function for function, row in
                    re.findall(r"^FAIL!  : \w+::(\w+)\((.*?)\) ", told.text, re.MULTILINE)}
        # Where the check stood before what must not be done, the program ends there: each row by itself.
        self.crashes += 1
        rows = {row for row in self.rows if self.run(f"{self.slot}:{row}", off=off).code != 0}
        return rows if len(rows) < len(self.rows) else {"all rows"}


def check(build, group):
    """What is wrong with this test; nothing where all is well."""
    switched, problems, noticed = Switched(group.file), [], set()
    if len(switched.names) < group.least:
        problems.append(f"{group.file}: {len(switched.names)} checks were found, at least {group.least} are there")
    with tempfile.TemporaryDirectory(prefix="checks-", dir=build.path) as place:
        directory = pathlib.Path(place)
        obj = build.compile(group.file, switched.text, pathlib.Path(group.file).stem, directory)
        path = build.program(f"bin/tests/{group.test}", [obj], directory / group.test)
        program = Program(path, group.slot, directory)
        if program.failed():
            return problems + [f"{group.test} fails with all checks on"]
        for name, words in switched.names:
            failed = program.failed(name)
            noticed |= failed
            if not failed:
                problems.append(f"{group.file}:{name.split('-')[0]}: {group.test} passes without: {words}")
    unnoticed = set(program.rows) - noticed
    print(f"{group.test}: {len(switched.names)} checks off, one at a time, were noticed by {len(program.rows)} rows but "
          f"{len(unnoticed)}; {program.crashes} times it did not get to its end")
    problems += [f"{group.test}: {row}: passes whatever check is off" for row in sorted(unnoticed - set(group.others))]
    problems += [f"{group.test}: {row}: is not the exception that the table says" for row in
                 group.others if row not in unnoticed]
    return problems


def main():
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    build, problems = Build(pathlib.Path(sys.argv[1]).resolve()), []
    for group in GROUPS:
        try:
            problems += check(build, group)
        except Failed as problem:
            problems.append(f"{group.test}: {problem}")
    for problem in problems:
        print("FAIL " + problem)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{len(problems)} failures, {used.ru_utime + used.ru_stime:.0f} s of CPU")
    return 1 if problems else 0


sys.exit(main())
