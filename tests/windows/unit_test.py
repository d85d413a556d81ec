#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The unit tests of model, engine and store, built for Windows by windows_build, under Wine."""
import re
import sys
import unittest
import xml.etree.ElementTree

import hashira_processes as processes
import wine

PROGRAMS = processes.SOURCE / "build/windows/bin/tests"
EXPECTED = {"autostart_test", "base_test", "chain_test", "command_test", "database_test", "document_test", "engine_test", "json_test", "rank_test",
            "stamp_test", "week_test"}


class Units(unittest.TestCase):
    def test_each(self):
        programs = sorted(PROGRAMS.glob("*_test.exe"))
        self.assertLessEqual(EXPECTED, {path.stem for path in programs}, "windows_build did not make them")
        sysroot = wine.need_windows()
        with processes.Scene() as scene, wine.Wine(scene) as windows:
            libraries = [sysroot / "qt6/bin", *map(processes.pathlib.Path, (
                "/usr/lib/gcc/x86_64-w64-mingw32/12-posix", "/usr/x86_64-w64-mingw32/lib"))]
            paths = {"WINEPATH": ";".join("Z:" + str(path).replace("/", "\\") for path in libraries),
                     "QT_PLUGIN_PATH": "Z:" + str(sysroot / "qt6/plugins").replace("/", "\\"),
                     "HASHIRA_SOURCE_DIR": str(processes.SOURCE)}
            for program in programs:
                with self.subTest(program.stem):
                    # QtTest prints nothing under Wine.
                    report = scene.dir / f"{program.stem}.xml"
                    done = windows.run(program, "-o", f"Z:{report},junitxml".replace("/", "\\"), env=paths)
                    self.assertTrue(report.exists(), f"exit code {done.returncode}: {done.stdout}{done.stderr}")
                    suite = xml.etree.ElementTree.parse(report).getroot()
                    text = report.read_text(encoding="utf-8")
                    self.assertGreater(int(suite.get("tests")), 2, text)  # two are of QtTest itself
                    self.assertEqual(("0", "0"), (suite.get("failures"), suite.get("errors")), text)
                    self.assertEqual(0, done.returncode, text)
                    print(program.stem, suite.get("tests"), "tests,", len(re.findall("<skipped", text)), "skipped")


if __name__ == "__main__":
    wine.need_windows()
    sys.exit(0 if unittest.main(exit=False).result.wasSuccessful() else 1)
