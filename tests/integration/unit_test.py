#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""systemd's units: that systemd understands each line of them, and how closed the datastore's is, by its own measure."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import hashira_processes as processes

UNITS = processes.SOURCE / "installer/linux"
# What CMake puts in; the programs are those that were built.
WORDS = {"HASHIRAD": processes.BIN / "hashirad", "HASHIRA_DATASTORED": processes.BIN / "hashira-datastored",
         "SYSCONFDIR": "/etc", "SYSTEM_SERVICE": "@system-service",
         "SYSTEM_REFUSED": "@privileged @resources"}
# systemd-analyze gives 0 (closed) to 10 points, here in tenths. It counts 0.5 for what a server needs: the network.
MOST_EXPOSED = 15


def analyze(*arguments):
    """(exit code, all that it said); nothing of this machine's own units or users is read."""
    done = subprocess.run(["systemd-analyze", *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=processes.LIMIT, check=False,
                          env={**os.environ, "SYSTEMD_LOG_LEVEL": "warning", "SYSTEMD_COLORS": "0"})
    return done.returncode, done.stdout


class Units(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="hsr-unit"))
        self.addCleanup(shutil.rmtree, self.dir)

    def unit(self, name, change=lambda text: text):
        text = (UNITS / name).read_text(encoding="utf-8")
        for word, value in WORDS.items():
            text = text.replace(f"@{word}@", str(value))
        self.assertIsNone(re.search(r"@[A-Z_]+@", text), "a word that nobody puts in")
        path = self.dir / name
        path.write_text(change(text), encoding="utf-8")
        return path

    def verify(self, path, *options):
        """What systemd has to say of this very file; nothing when all is well."""
        _, said = analyze("verify", "--man=no", "--recursive-errors=no", *options, path)
        return [line for line in said.splitlines() if path.name in line or str(self.dir) in line]

    def test_systemd_understands_each_line(self):
        self.assertEqual([], self.verify(self.unit("hashira-datastored.service")))
        self.assertEqual([], self.verify(self.unit("hashirad.service"), "--user"))
        # It does complain where something is wrong.
        for change in (lambda text: text.replace("ProtectClock=yes", "ProtectClok=yes"),
                       lambda text: text.replace(str(WORDS["HASHIRA_DATASTORED"]), "/nowhere/hashira-datastored"),
                       lambda text: text.replace("@system-service", "@no-such-set")):
            self.assertNotEqual([], self.verify(self.unit("hashira-datastored.service", change)))

    def test_the_datastore_is_closed_in(self):
        path = self.unit("hashira-datastored.service")
        code, said = analyze("security", "--offline=yes", "--no-pager", f"--threshold={MOST_EXPOSED}", path)
        self.assertEqual(0, code, said)
        print(said.strip().splitlines()[-1])
        code, said = analyze("security", "--offline=yes", "--no-pager", f"--threshold={MOST_EXPOSED}", self.unit(
            "hashira-datastored.service", lambda text: text.replace("ProtectSystem=strict\n", "").replace(
                "CapabilityBoundingSet=\n", "").replace("SystemCallFilter", "#SystemCallFilter")))
        self.assertNotEqual(0, code, "the threshold lets more through than it should")

    def test_the_options_in_it_are_the_programs(self):
        """Each variable that the unit names, also in its example, is one that the program reads."""
        source = "".join(path.read_text(encoding="utf-8")
                         for path in (processes.SOURCE / "app/hashira-datastored").glob("*.cpp"))
        named = set(re.findall(r"HASHIRA_DATASTORED_[A-Z_]+", (UNITS / "hashira-datastored.service").read_text(
            encoding="utf-8")))
        self.assertGreaterEqual(len(named), 5)
        for variable in named:
            self.assertIn(f'"{variable}"', source)


if __name__ == "__main__":
    processes.need_programs("hashirad", "hashira-datastored")
    if not shutil.which("systemd-analyze"):
        processes.skip("systemd-analyze is missing: the units are not checked")
    unittest.main(argv=sys.argv, verbosity=2)
