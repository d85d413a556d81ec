#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""reproducible_test.py [--all]: the same source compiled in two directories, without ccache, gives the same objects.

In the suite some of each kind; with --all everything, and the packages are compared (some minutes):
    PYTHONPATH=tests/support python3 tests/packages/reproducible_test.py --all
"""
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import hashira_processes as processes
import packages

# Code of ours, what protoc, moc and rcc make, and a plugin's.
SOME = ("service/base/CMakeFiles/hashira_base.dir/utf8.cpp.o",
        "proto/CMakeFiles/hashira_proto.dir/hashira/v1/daemon.pb.cc.o",
        "service/desktop/CMakeFiles/hashira_keyring.dir/hashira_keyring_autogen/mocs_compilation.cpp.o",
        "service/datastore/CMakeFiles/hashira_ledger_sql_resources_1.dir/.rcc/qrc_hashira_sql_datastore.cpp.o",
        "app/hashirad/tray/CMakeFiles/hashira-tray.dir/icons.cpp.o")
# What they have in common with this build.
SETTINGS = ("CMAKE_BUILD_TYPE", "CMAKE_CXX_FLAGS", "CMAKE_CXX_FLAGS_RELWITHDEBINFO", "CMAKE_EXE_LINKER_FLAGS",
            "CMAKE_SHARED_LINKER_FLAGS", "CMAKE_CXX_COMPILER", "CMAKE_C_COMPILER", "CMAKE_INSTALL_PREFIX")


def digest(file, work):
    """Of an object as it is when it is stripped."""
    stripped = work / "stripped.o"
    subprocess.run(["objcopy", "--strip-debug", file, stripped], check=True)
    return hashlib.sha256(stripped.read_bytes()).hexdigest()


def run(*command):
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False, env={**os.environ, "CCACHE_DISABLE": "1"})
    if done.returncode:
        sys.exit(f"{command}\n{done.stdout[-3000:]}")


def configured(source, build):
    """The same source in another directory, configured as this build is, and hardened as releases are."""
    shutil.copytree(processes.SOURCE, source, symlinks=True,
                    ignore=shutil.ignore_patterns("build", ".git", "__pycache__"))
    cache = (packages.BUILD / "CMakeCache.txt").read_text(encoding="utf-8")
    settings = [f"-D{name}={value}" for name, value in re.findall(r"^(\w+):\w+=(.*)$", cache, re.M) if name in SETTINGS]
    run("cmake", "-S", source, "-B", build, "-G", "Ninja", *settings, "-DHASHIRA_HARDENED=ON")
    return build


def main():
    everything = sys.argv[1:] == ["--all"]
    targets = ["installed_files"] if everything else SOME
    with tempfile.TemporaryDirectory(prefix="hsr-elsewhere") as work:
        work = pathlib.Path(work)
        builds = [configured(work / "source", work / "source/build"),
                  configured(work / "the-source-elsewhere", work / "and-its-build")]
        for build in builds:
            run("cmake", "--build", build, "--parallel", os.cpu_count() if everything else 1, "--target", *targets)
        different = [name for name in SOME if len({digest(build / name, work) for build in builds}) > 1]
        print(f"{len(SOME) - len(different)} of {len(SOME)} objects are the same")
        if everything:
            made = [packages.make(work / build.name, "DEB", "RPM", build=build) for build in builds]
            for one, other in zip(*made):
                same = one.read_bytes() == other.read_bytes()
                print(f"{one.name}: {'the same' if same else 'different'}")
                different += [] if same else [one.name]
    if different:
        sys.exit(f"different when compiled elsewhere: {different}")


if __name__ == "__main__":
    processes.need_programs("hashirad", "hashira", "hashira-datastored")
    if processes.sanitized():
        processes.skip("nobody ships a program with a sanitizer")
    main()
