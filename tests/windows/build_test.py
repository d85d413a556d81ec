#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The programs are cross-built for Windows and packed into the setup program: whole, small enough, the same bytes each time.

What it makes stays in build/windows, for windows_unit and windows_setup."""
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import hashira_processes as processes
import wine

MIB = 1024 * 1024
TOOL = "x86_64-w64-mingw32"
WORK = processes.SOURCE / "build/windows"
# What every Windows 10 has. A name that is not here and not in the package is a program that does not start.
SYSTEM = set("advapi32 authz bcrypt comctl32 comdlg32 crypt32 d3d11 d3d9 dbghelp dnsapi dwmapi dwrite dxgi gdi32 imm32 iphlpapi kernel32 "
             "mpr msvcrt ncrypt netapi32 ole32 oleaut32 secur32 setupapi shell32 shlwapi user32 userenv uxtheme version winhttp winmm "
             "winspool.drv ws2_32 wtsapi32 shcore".split())


def read(*command):
    return subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, text=True, check=True).stdout


class Build(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.setup, cls.said = wine.build("--tests", "--build", WORK, "--out", WORK / "out")
        cls.stage = WORK / "stage"
        cls.files = (WORK / "lists/files.txt").read_text(encoding="utf-8").splitlines()

    def test_it_is_small_enough(self):
        installed = sum((self.stage / name).stat().st_size for name in self.files)
        print(f"setup {self.setup.stat().st_size / MIB:.1f} MiB, installed {installed / MIB:.1f} MiB")
        self.assertLessEqual(self.setup.stat().st_size, 16 * MIB)
        self.assertLessEqual(installed, 45 * MIB)

    def test_it_holds_all_that_it_needs(self):
        on_disk = {str(path.relative_to(self.stage)) for path in self.stage.rglob("*") if path.is_file()}
        self.assertEqual(on_disk, set(self.files))
        self.assertLessEqual({"hashirad.exe", "hashira.exe", "hashira-board.exe", "hashira-core.dll", "libhashira-tray.dll", "platforms/qwindows.dll",
                              "sqldrivers/qsqlite.dll", "LICENSE.txt", "licenses/Qt.txt", "licenses/LGPL-3.txt"}, on_disk)
        beside = {name.lower() for name in on_disk}
        for name in on_disk:
            if not name.endswith((".exe", ".dll")):
                continue
            for library in re.findall(r"DLL Name: (\S+)", read(f"{TOOL}-objdump", "-p", self.stage / name)):
                low = library.lower()
                known = low in beside or low.removesuffix(".dll") in SYSTEM or low.startswith("api-ms-win-")
                self.assertTrue(known, f"{name} needs {library}")

    def test_the_programs_are_what_windows_expects(self):
        for name, subsystem in (("hashirad.exe", "Windows GUI"), ("hashira-board.exe", "Windows GUI"), ("hashira.exe", "Windows CUI")):
            told = read(f"{TOOL}-objdump", "-x", self.stage / name)
            self.assertRegex(told, rf"Subsystem\s+\d+\s+\({re.escape(subsystem)}\)")
            data = (self.stage / name).read_bytes()
            version = re.search(r"VERSION ([\d.]+)", (processes.SOURCE / "CMakeLists.txt").read_text(encoding="utf-8").split("project(")[1])
            self.assertIn("ProductVersion\0".encode("utf-16-le") + version.group(1).encode("utf-16-le"),
                          data.replace(b"\0\0\0\0", b"\0\0"))
            self.assertIn(b"longPathAware", data)
            self.assertIn(b'level="asInvoker"', data)
            self.assertIn(b"\x89PNG", data)  # the icon
            for path in (processes.SOURCE, pathlib.Path.home(), "/var/tmp"):
                self.assertNotIn(str(path).encode() + b"/", data, "it tells where it was built")

    def test_the_same_bytes_each_time(self):
        with tempfile.TemporaryDirectory() as directory:
            again, _ = wine.build("--build", WORK, "--out", directory)
            self.assertEqual(self.setup.read_bytes(), again.read_bytes())


if __name__ == "__main__":
    wine.need_windows()
    sys.exit(0 if unittest.main(exit=False).result.wasSuccessful() else 1)
