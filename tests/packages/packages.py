# SPDX-License-Identifier: MIT
"""Makes the packages of this build, for the tests of packages."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
from email.utils import parsedate_to_datetime

import hashira_processes as processes

BUILD = processes.BIN.parent
MADE = BUILD / "packages"
LINUX = processes.SOURCE / "installer/linux"
# Whether they are made as releases are: hardened, and with nothing in the objects that tells of the directory.
HARDENED = "HASHIRA_HARDENED:BOOL=ON" in (BUILD / "CMakeCache.txt").read_text(encoding="utf-8")
VERSION = re.search(r"^project\(hashira VERSION ([0-9.]+)", (processes.SOURCE / "CMakeLists.txt").read_text(
    encoding="utf-8"), re.M).group(1)


def changelog():
    """(version, seconds since 1970) of the newest entry of Debian's changelog."""
    text = (LINUX / "deb/changelog").read_text(encoding="utf-8")
    time = parsedate_to_datetime(re.search(r"^ -- .*>  (.*)$", text, re.M).group(1))
    return re.search(r"\((.*?)\)", text).group(1), int(time.timestamp())


def make(directory, *kinds, build=BUILD, **options):
    """Those of make_packages.sh: DEB, RPM; the files."""
    done = subprocess.run([LINUX / "make_packages.sh", build, directory, *kinds], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False, **options)
    if done.returncode:
        sys.exit(done.stdout)
    return [pathlib.Path(line) for line in done.stdout.splitlines()]


def made(kind):
    """Those that package_make has made."""
    found = sorted(MADE.glob(f"*.{kind.lower()}"))
    assert found, f"package_make has made no .{kind.lower()}"
    return found


def older(deb, version, directory):
    """The same package as if it were of another version: its programs are other files, its number is lower."""
    with tempfile.TemporaryDirectory() as work:
        subprocess.run(["dpkg-deb", "--raw-extract", deb, work], check=True)
        control = pathlib.Path(work) / "DEBIAN/control"
        control.write_text(re.sub(r"^Version: .*$", f"Version: {version}", control.read_text(encoding="utf-8"), flags=re.M),
                           encoding="utf-8")
        sums = pathlib.Path(work) / "DEBIAN/md5sums"
        for program in (pathlib.Path(work) / "usr/bin").iterdir():
            with open(program, "ab") as file:
                file.write(b"older")  # behind what the loader reads
            digest = subprocess.run(["md5sum", program], stdout=subprocess.PIPE, text=True, check=True).stdout.split()[0]
            sums.write_text(re.sub(rf"^\S+(  usr/bin/{program.name})$", rf"{digest}\1", sums.read_text(encoding="utf-8"),
                                   flags=re.M), encoding="utf-8")
        target = pathlib.Path(directory) / f"{deb.name.split('_')[0]}_{version}.deb"
        subprocess.run(["dpkg-deb", "--build", "--root-owner-group", work, target], check=True,
                       stdout=subprocess.DEVNULL)
    return target


def older_rpms(version, directory):
    """The same packages with a lower number."""
    subprocess.run(["cpack", "--config", BUILD / "CPackConfig.cmake", "-G", "RPM", "-R", version, "-B", directory], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
    found = sorted(pathlib.Path(directory).glob(f"*-{version}-*.rpm"))
    assert len(found) == 2, list(pathlib.Path(directory).iterdir())
    return found


if __name__ == "__main__":
    processes.need_programs("hashirad", "hashira", "hashira-datastored")
    if processes.sanitized():
        processes.skip("nobody ships a program with a sanitizer")
    for tool in ("cpack", "dpkg-deb", "rpmbuild"):
        if not shutil.which(tool):
            processes.skip(f"{tool} is missing: no packages to make")
    for old in [*MADE.glob("*.deb"), *MADE.glob("*.rpm")]:
        old.unlink()
    began = time.monotonic()
    for package in make(MADE, "DEB", "RPM"):
        print(f"{package.name}: {package.stat().st_size / 1e6:.2f} MB")
    print(f"{time.monotonic() - began:.0f} s")
