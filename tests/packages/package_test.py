#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The packages without installing them: what lintian says, what is in them, and that they are the same when made again."""
import gzip
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import hashira_processes as processes
import packages

MOST_BYTES = 3_000_000  # of a .deb
# What lintian takes for faults, with the reason why it is none.
NO_FAULTS = {
    "spelling-error-in-binary": "pieces of mangled names, not words",
    "package-supports-alternative-init-but-no-init.d-script": "systemd is what runs it; without it an operator starts it",
}
if not packages.HARDENED:
    NO_FAULTS["hardening-no-fortify-functions"] = "these are made of the preset dev; ./dev package makes hardened ones"
FILES = {
    "hashira": {"/usr/bin/hashira", "/usr/bin/hashirad", "/usr/lib/hashira/plugins/libhashira-desktop.so",
                "/usr/lib/hashira/plugins/libhashira-tray.so",
                "/usr/lib/systemd/user/hashirad.service", "/etc/xdg/autostart/hashira.desktop",
                "/usr/share/metainfo/org.hashira.Hashira.metainfo.xml",
                "/usr/share/icons/hicolor/scalable/apps/hashira.svg", "/usr/share/icons/hicolor/48x48/apps/hashira.png",
                "/usr/share/man/man1/hashira.1.gz", "/usr/share/man/man1/hashirad.1.gz",
                "/usr/share/bash-completion/completions/hashira", "/usr/share/fish/vendor_completions.d/hashira.fish",
                "/usr/include/hashira/v1/hashira.proto"},
    "hashira-datastore": {"/usr/bin/hashira-datastored", "/usr/lib/systemd/system/hashira-datastored.service",
                          "/usr/lib/sysusers.d/hashira-datastore.conf", "/etc/default/hashira-datastored",
                          "/usr/share/man/man8/hashira-datastored.8.gz", "/usr/share/doc/hashira-datastore/operating.md"},
}
MENU = "hashira-board" if (processes.BIN / "hashira-board").exists() else "hashirad"
FILES["hashira"] |= {f"/usr/bin/{MENU}", f"/usr/share/man/man1/{MENU}.1.gz", f"/usr/share/applications/{MENU}.desktop"}
ZSH = {"DEB": "/usr/share/zsh/vendor-completions/_hashira", "RPM": "/usr/share/zsh/site-functions/_hashira"}


def run(*command, check=True, **more):
    """(exit code, all that it said)"""
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=300, check=False, **more)
    if check:
        assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}"
    return done.returncode, done.stdout


def need(tool):
    if not shutil.which(tool):
        raise unittest.SkipTest(f"{tool} is missing")


class Debs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.debs = packages.made("DEB")
        cls.other = pathlib.Path(tempfile.mkdtemp(prefix="hsr-package"))
        cls.addClassCleanup(shutil.rmtree, cls.other)
        cls.work = cls.other / "files"
        for deb in cls.debs:
            (cls.work / deb.name.split("_")[0]).mkdir(parents=True)
            run("dpkg-deb", "-x", deb, cls.work / deb.name.split("_")[0])

    def test_lintian_finds_no_fault(self):
        need("lintian")
        _, said = run("lintian", "--pedantic", "--display-info", "--allow-root", "--fail-on", "none", "--tag-display-limit", "0",
                      *self.debs)
        faults = [line for line in said.splitlines() if re.match(r"[EWIP]: ", line) and line.split()[2] not in NO_FAULTS]
        self.assertEqual([], faults)
        self.assertIn("spelling-error-in-binary", said, "lintian has looked at nothing, or the reason above is out of date")

    def test_they_are_small(self):
        for deb in self.debs:
            print(f"{deb.name}: {deb.stat().st_size / 1e6:.2f} MB")
            self.assertLess(deb.stat().st_size, MOST_BYTES)

    def test_what_is_in_them(self):
        self.assertEqual(set(FILES), {deb.name.split("_")[0] for deb in self.debs})
        for name, files in FILES.items():
            missing = [file for file in sorted(files) if not (self.work / name / file[1:]).is_file()]
            self.assertEqual([], missing)
        self.assertTrue((self.work / "hashira" / ZSH["DEB"][1:]).is_file())
        for file in self.work.rglob("*"):
            if file.is_file() and not file.is_symlink():
                data = file.read_bytes()
                if packages.HARDENED:
                    self.assertNotIn(str(processes.SOURCE).encode(), data, f"{file} names the directory of the source")
                self.assertIsNone(re.search(rb"@[A-Z_]{3,}@", data) if b"\0" not in data else None,
                                  f"{file} has a word that nobody filled in")

    def test_version_and_date_are_those_of_the_project(self):
        version, seconds = packages.changelog()
        self.assertEqual(packages.VERSION, version)
        for deb in self.debs:
            self.assertEqual(version, run("dpkg-deb", "-f", deb, "Version")[1].strip())
        metainfo = (self.work / "hashira/usr/share/metainfo/org.hashira.Hashira.metainfo.xml").read_text(encoding="utf-8")
        _, day = run("date", "-u", f"--date=@{seconds}", "+%F")
        self.assertIn(f'<release version="{version}" date="{day.strip()}"/>', metainfo)

    def test_the_desktop_understands_its_files(self):
        need("desktop-file-validate")
        root = self.work / "hashira"
        for file in (f"usr/share/applications/{MENU}.desktop", "etc/xdg/autostart/hashira.desktop"):
            self.assertEqual("", run("desktop-file-validate", root / file)[1])
        need("appstreamcli")
        run("appstreamcli", "validate", "--no-net", root / "usr/share/metainfo/org.hashira.Hashira.metainfo.xml")

    def test_pages_tell_all_options_and_no_others(self):
        need("man")
        for page in sorted(self.work.rglob("usr/share/man/man*/*.gz")):
            program = page.name.split(".")[0]
            _, warnings = run("man", "--warnings", "--encoding=UTF-8", "--local-file", page,
                              env={**os.environ, "MANWIDTH": "200", "MAN_KEEP_FORMATTING": "", "LC_ALL": "C.UTF-8"})
            self.assertNotIn("warning:", warnings)
            text = gzip.decompress(page.read_bytes()).decode().replace("\\-", "-")
            helps = [run(processes.BIN / program, "--help", env={**os.environ, "QT_QPA_PLATFORM": "offscreen"})[1]]
            for verb in re.findall(r"^  ([a-z]+)  +[A-Z]", helps[0], re.M) if program == "hashira" else []:
                helps.append(run(processes.BIN / program, "help", verb)[1])
                self.assertRegex(text, rf"(?m)^\.B {verb}( |$)")
            options = {option for text_ in helps for option in re.findall(r"^  (?:-\w, )?(--[a-z][a-z-]*)", text_, re.M)}
            self.assertGreater(len(options), 3)
            self.assertEqual(options, set(re.findall(r"^\.B (?:-\w, )?(--[a-z][a-z-]*)", text, re.M)), program)

    def test_shells_understand_the_completions(self):
        root = self.work / "hashira/usr/share"
        for shell, file in (("bash", "bash-completion/completions/hashira"), ("zsh", "zsh/vendor-completions/_hashira"),
                            ("fish", "fish/vendor_completions.d/hashira.fish")):
            if shutil.which(shell):
                run(shell, "-n", root / file)

    def test_scripts_are_clean(self):
        need("shellcheck")
        for deb in self.debs:
            control = self.other / deb.name
            run("dpkg-deb", "-e", deb, control)
            scripts = [control / name for name in ("postinst", "prerm", "postrm") if (control / name).exists()]
            self.assertGreaterEqual(len(scripts), 2)
            run("shellcheck", *scripts)

    def test_the_same_bytes_when_packed_again(self):
        """Elsewhere, later, by a person with other habits."""
        again = packages.make(self.other / "again", "DEB", "RPM", umask=0o077,
                              env={**os.environ, "TZ": "Pacific/Chatham", "LC_ALL": "C", "HOME": "/nonexistent"})
        for one, other in zip([*self.debs, *packages.made("RPM")], sorted(again, key=lambda path: (path.suffix, path))):
            self.assertEqual(one.name, other.name)
            self.assertEqual(hashlib.sha256(one.read_bytes()).hexdigest(), hashlib.sha256(other.read_bytes()).hexdigest(),
                             one.name)


class Rpms(unittest.TestCase):
    def test_they_install_into_a_root(self):
        need("rpm")
        rpms = packages.made("RPM")
        with tempfile.TemporaryDirectory(prefix="hsr-rpm") as root:
            run("rpm", "--root", root, "--initdb")
            run("rpm", "--root", root, "--nodeps", "--noscripts", "-i", *rpms)
            for name, files in FILES.items():
                missing = [file for file in sorted(files) if not (pathlib.Path(root) / file[1:]).is_file()]
                self.assertEqual([], missing)
                self.assertEqual(packages.VERSION, run("rpm", "--root", root, "-q", "--qf", "%{VERSION}", name)[1])
                code, said = run("rpm", "--root", root, "--nodeps", "-V", name, check=False)
                self.assertEqual((0, ""), (code, said))
            self.assertTrue((pathlib.Path(root) / ZSH["RPM"][1:]).is_file())
            configs = run("rpm", "--root", root, "-qc", *FILES)[1].split()
            self.assertEqual(["/etc/default/hashira-datastored", "/etc/xdg/autostart/hashira.desktop"], sorted(configs))
            run("rpm", "--root", root, "--nodeps", "--noscripts", "-e", *FILES)
            left = [str(path) for path in pathlib.Path(root).rglob("*hashira*")]
            self.assertEqual([], left)

    def test_scripts_are_clean(self):
        need("rpm")
        need("shellcheck")
        for rpm in packages.made("RPM"):
            _, scripts = run("rpm", "-qp", "--scripts", rpm)
            parts = re.split(r"^\w+ scriptlet \(using /bin/sh\):\n", scripts, flags=re.M)[1:]
            self.assertGreaterEqual(len(parts), 2)
            for part in parts:
                run("shellcheck", "--shell=sh", "-", input=part)


if __name__ == "__main__":
    processes.need_programs("hashirad", "hashira", "hashira-datastored")
    if processes.sanitized():
        processes.skip("nobody ships a program with a sanitizer")
    if not shutil.which("dpkg-deb"):
        processes.skip("dpkg-deb is missing: no .deb to look at")
    unittest.main(argv=sys.argv, verbosity=2)
