#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""reproducible_test.py [--all]: the same source compiled in another directory, without ccache, gives the same objects.

In the suite some of each kind; with --all everything, and the packages are compared (some minutes):
    HASHIRA_BIN_DIR=$PWD/build/package/bin PYTHONPATH=tests/support python3 tests/packages/reproducible_test.py --all
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
SOME = ("service/base/CMakeFiles/hashira_base.dir/utf8.cpp.o", "app/hashirad/CMakeFiles/hashirad.dir/options.cpp.o",
        "proto/CMakeFiles/hashira_proto.dir/hashira/v1/daemon.pb.cc.o",
        "service/desktop/CMakeFiles/hashira_keyring.dir/hashira_keyring_autogen/mocs_compilation.cpp.o",
        "service/datastore/CMakeFiles/hashira_ledger_sql_resources_1.dir/.rcc/qrc_hashira_sql_datastore.cpp.o",
        "app/hashirad/tray/CMakeFiles/hashira-tray.dir/icons.cpp.o")
# What the two configurations must have in common.
SETTINGS = ("CMAKE_BUILD_TYPE", "CMAKE_CXX_FLAGS", "CMAKE_CXX_FLAGS_RELWITHDEBINFO", "CMAKE_EXE_LINKER_FLAGS",
            "CMAKE_SHARED_LINKER_FLAGS", "CMAKE_CXX_COMPILER", "CMAKE_C_COMPILER", "CMAKE_INSTALL_PREFIX", "HASHIRA_HARDENED")


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


def main():
    everything = sys.argv[1:] == ["--all"]
    with tempfile.TemporaryDirectory(prefix="hsr-elsewhere-with-a-longer-name") as work:
        work = pathlib.Path(work)
        source, build = work / "source", work / "build"
        shutil.copytree(processes.SOURCE, source, symlinks=True, ignore=shutil.ignore_patterns("build", ".git", "__pycache__"))
        cache = (packages.BUILD / "CMakeCache.txt").read_text(encoding="utf-8")
        settings = [f"-D{name}={value}" for name, value in re.findall(r"^(\w+):\w+=(.*)$", cache, re.M) if name in SETTINGS]
        run("cmake", "-S", source, "-B", build, "-G", "Ninja", *settings)
        targets = ["installed_files"] if everything else SOME
        run("cmake", "--build", build, "--parallel", os.cpu_count() if everything else 1, "--target", *targets)
        different = [name for name in SOME if digest(packages.BUILD / name, work) != digest(build / name, work)]
        print(f"{len(SOME) - len(different)} of {len(SOME)} objects are the same")
        if everything:
            for one, other in ((packages.BUILD, work / "one"), (build, work / "other")):
                packages.make(other, "DEB", "RPM", build=one)
            for file in sorted((work / "one").glob("*hashira*")):
                same = file.read_bytes() == (work / "other" / file.name).read_bytes()
                print(f"{file.name}: {'the same' if same else 'different'}")
                different += [] if same else [file.name]
    if different:
        sys.exit(f"different when compiled elsewhere: {different}")


if __name__ == "__main__":
    processes.need_programs("hashirad", "hashira", "hashira-datastored")
    if processes.sanitized():
        processes.skip("nobody ships a program with a sanitizer")
    main()
