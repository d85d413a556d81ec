#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a Mac needs, as far as it can be checked without one: CMake's rules lay out the bundle (with stand-ins for the
programs), and all that names something agrees with what is named."""
import pathlib
import plistlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import hashira_processes as processes

SOURCE = processes.SOURCE
MACOS = SOURCE / "installer/macos"
VERSION = re.search(r"^project\(hashira VERSION ([0-9.]+)", (SOURCE / "CMakeLists.txt").read_text(encoding="utf-8"),
                    re.M).group(1)
ICON_SIZES = (16, 32, 48, 128, 256, 512)
# As the root's CMakeLists.txt, with programs that do nothing, on a system that says it is a Mac.
STAND_IN = """
cmake_minimum_required(VERSION 3.25)
project(hashira VERSION %s LANGUAGES C)
set(APPLE TRUE)
foreach(program hashirad hashira hashira-board)
  add_executable(${program} main.c)
endforeach()
add_library(hashira-tray MODULE main.c)
add_subdirectory(installer)
"""


def text(name):
    return (MACOS / name).read_text(encoding="utf-8")


class Bundle(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = pathlib.Path(tempfile.mkdtemp(prefix="hsr-macos"))
        cls.addClassCleanup(shutil.rmtree, cls.work)
        source = cls.work / "source"
        source.mkdir()
        for entry in ("installer", "docs", "proto", "resources", "README.md", "CHANGELOG.md", "LICENSE"):
            (source / entry).symlink_to(SOURCE / entry)
        (source / "CMakeLists.txt").write_text(STAND_IN % VERSION, encoding="utf-8")
        (source / "main.c").write_text("int main(void) { return 0; }\n", encoding="utf-8")
        for command in (["-S", source, "-B", cls.work / "build"], ["--build", cls.work / "build"],
                        ["--install", cls.work / "build", "--prefix", cls.work / "stage", "--component", "hashira"]):
            done = subprocess.run(["cmake", *map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  text=True, check=False)
            assert done.returncode == 0, done.stdout
        cls.contents = cls.work / "stage/Hashira.app/Contents"
        cls.info = plistlib.loads((cls.contents / "Info.plist").read_bytes())

    def test_nothing_lies_beside_the_bundle(self):
        self.assertEqual(["Hashira.app"], [path.name for path in (self.work / "stage").iterdir()])
        self.assertEqual({"Info.plist", "MacOS", "PlugIns", "Resources"}, {path.name for path in self.contents.iterdir()})

    def test_the_bundle_knows_itself(self):
        info = self.info
        self.assertEqual((VERSION, VERSION), (info["CFBundleShortVersionString"], info["CFBundleVersion"]))
        self.assertTrue(info["LSUIElement"], "a tray's daemon has no place in the Dock")
        self.assertTrue((self.contents / "MacOS" / info["CFBundleExecutable"]).is_file())
        self.assertTrue((self.contents / "Resources" / info["CFBundleIconFile"]).is_file())
        self.assertEqual("APPL", info["CFBundlePackageType"])
        target = re.search(r"CMAKE_OSX_DEPLOYMENT_TARGET=([0-9.]+)", text("build.sh")).group(1)
        self.assertEqual(target, info["LSMinimumSystemVersion"])
        metainfo = (SOURCE / "installer/linux/org.hashira.Hashira.metainfo.xml.in").read_text(encoding="utf-8")
        self.assertIn(f"<id>{info['CFBundleIdentifier']}</id>", metainfo)

    def test_the_daemon_finds_its_plugin(self):
        rules = (SOURCE / "app/hashirad/CMakeLists.txt").read_text(encoding="utf-8")
        folder = re.search(r"if\(APPLE\)\s+set\(HASHIRA_PLUGIN_DIR (\S+)\)", rules).group(1)
        plugins = [path.name for path in (self.contents / "MacOS" / folder).resolve().iterdir()]
        self.assertEqual(["libhashira-tray.so"], plugins)
        self.assertIn("$kContents/PlugIns/hashira/libhashira-tray.so", text("deploy.sh"))

    def test_all_is_filled_in(self):
        plists = list(self.contents.rglob("*.plist"))
        self.assertEqual(2, len(plists))
        for path in plists:
            self.assertIsNone(re.search(r"@\w+@|\$\{|\$\(", path.read_text(encoding="utf-8")), path)

    def test_the_launch_agent_starts_the_bundles_program(self):
        agent = plistlib.loads((self.contents / "Resources/org.hashira.hashirad.plist").read_bytes())
        self.assertEqual([f"/Applications/Hashira.app/Contents/MacOS/{self.info['CFBundleExecutable']}"],
                         agent["ProgramArguments"])
        self.assertTrue(agent["RunAtLoad"])
        label = agent["Label"]
        # The tray's menu writes the same one, and the uninstaller takes it away.
        code = (SOURCE / "service/desktop/autostart_launch_agent.cpp").read_text(encoding="utf-8")
        self.assertEqual([label], re.findall(r'kLabel = QStringLiteral\("([^"]+)"\)', code))
        self.assertEqual([label], re.findall(r"^readonly kLabel=(\S+)$", text("uninstall.sh"), re.M))
        self.assertIn('kAgent=$HOME/Library/LaunchAgents/$kLabel.plist', text("uninstall.sh"))

    def test_uninstall_keeps_the_tasks_unless_told(self):
        """It is run, with a home and a bundle of its own."""
        home = self.work / "home"
        tasks = home / "Library/Application Support/hashira/outbox.db"
        agent = home / "Library/LaunchAgents/org.hashira.hashirad.plist"
        for purge in (False, True):
            app = self.work / "Applications/Hashira.app"
            shutil.copytree(self.work / "stage/Hashira.app", app)
            for file in (tasks, agent):
                file.parent.mkdir(parents=True, exist_ok=True)
                file.touch()
            subprocess.run(["bash", app / "Contents/Resources/uninstall.sh", *(["--purge"] if purge else [])], check=True,
                           stdout=subprocess.DEVNULL, env={"HOME": str(home), "PATH": "/usr/bin:/bin", "HASHIRA_APP": str(app)})
            self.assertEqual((False, False, not purge), (app.exists(), agent.exists(), tasks.exists()))

    def test_the_icon_is_made_of_the_kept_pictures(self):
        if not shutil.which("png2icns"):
            self.skipTest("png2icns is missing")
        made = self.work / "made.icns"
        subprocess.run(["png2icns", made, *[SOURCE / f"resources/icons/hashira-{size}.png" for size in ICON_SIZES]],
                       check=True, stdout=subprocess.DEVNULL)
        self.assertEqual(made.read_bytes(), (MACOS / "hashira.icns").read_bytes())
        told = subprocess.run(["icns2png", "-l", MACOS / "hashira.icns"], stdout=subprocess.PIPE, text=True, check=True).stdout
        for size in ICON_SIZES:
            self.assertIn(f"{size}x{size}", told)

    def test_the_runtime_is_hardened_without_exceptions(self):
        entitlements = plistlib.loads((MACOS / "entitlements.plist").read_bytes())
        self.assertEqual([], [name for name, value in entitlements.items() if value])
        sign = text("sign.sh")
        self.assertIn("--options runtime", sign)
        # From the inside outwards.
        steps = [sign.index(word) for word in ("'*.dylib'", "'*.framework'", '"$kApp/Contents/MacOS"/*', '"$kApp"\ncodesign --verify')]
        self.assertEqual(sorted(steps), steps)

    def test_the_image_is_made_of_a_complete_and_signed_bundle(self):
        config = (self.work / "build/CPackConfig.cmake").read_text(encoding="utf-8")
        for name, value in (("GENERATOR", "DragNDrop"), ("PACKAGE_FILE_NAME", f"Hashira-{VERSION}"),
                            ("COMPONENTS_ALL", "hashira"), ("PACKAGE_VERSION", VERSION)):
            self.assertIn(f'set(CPACK_{name} "{value}")', config)
        script = pathlib.Path(re.search(r'set\(CPACK_PRE_BUILD_SCRIPTS "([^"]+)"\)', config).group(1))
        for step in re.search(r"foreach\(script ([^)]*)\)", script.read_text(encoding="utf-8")).group(1).split():
            self.assertTrue((MACOS / step).stat().st_mode & 0o111, f"{step} cannot be run")

    def test_the_staging_script_calls_each_step_with_the_bundle(self):
        """With stand-ins for the tools that only a Mac has: each notes how it was called."""
        tools = self.work / "tools"
        tools.mkdir()
        notes = self.work / "notes"
        for name in ("macdeployqt", "codesign", "otool"):
            (tools / name).write_text(f'#!/bin/sh\necho "{name} $*" >>{notes}\n', encoding="utf-8")
            (tools / name).chmod(0o755)
        stage = self.work / "packed"
        shutil.copytree(self.work / "stage", stage / "ALL_IN_ONE")
        contents = stage / "ALL_IN_ONE/Hashira.app/Contents"
        drivers = contents / "PlugIns/sqldrivers"
        drivers.mkdir()
        for name in ("sqlite", "psql"):
            (drivers / f"libq{name}.dylib").touch()
        done = subprocess.run(["cmake", f"-DCPACK_TEMPORARY_INSTALL_DIRECTORY={stage}", f"-DCPACK_HASHIRA_SOURCE={MACOS}", "-P",
                               MACOS / "staging.cmake"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False, env={"PATH": f"{tools}:/usr/bin:/bin"})
        self.assertEqual(0, done.returncode, done.stdout)
        called = notes.read_text(encoding="utf-8").splitlines()
        deployed = [line for line in called if line.startswith("macdeployqt")]
        self.assertEqual(1, len(deployed))
        for program in ("MacOS/hashira", "MacOS/hashira-board", "PlugIns/hashira/libhashira-tray.so"):
            self.assertIn(f"-executable={contents / program}", deployed[0])
        self.assertEqual(["libqsqlite.dylib"], [path.name for path in drivers.iterdir()])
        signed = [line.split()[-1] for line in called if line.startswith("codesign --force")]
        self.assertEqual(contents.parent, pathlib.Path(signed[-1]))
        self.assertEqual({"hashira", "hashira-board", "libqsqlite.dylib", "libhashira-tray.so", "Hashira.app"},
                         {pathlib.Path(path).name for path in signed})
        self.assertLess(called.index(deployed[0]), next(i for i, line in enumerate(called) if line.startswith("codesign")))


if __name__ == "__main__":
    if not shutil.which("cmake"):
        processes.skip("cmake is missing")
    unittest.main(argv=sys.argv, verbosity=2)
