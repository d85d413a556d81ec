#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""form_test.py clang-format|shellcheck: the source is formatted, the scripts are clean."""
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(os.environ.get("HASHIRA_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
# Versions format differently: this is the one that the source is kept with.
VERSION = 14


def of_kind(*endings):
    for top in ("service", "app", "tests"):
        yield from sorted(str(path) for path in (ROOT / top).rglob("*") if path.suffix in endings)


def formatter():
    for name in (f"clang-format-{VERSION}", "clang-format"):
        tool = shutil.which(name)
        if not tool:
            continue
        told = subprocess.run([tool, "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout
        if int(re.search(r"version (\d+)", told).group(1)) == VERSION:
            return tool
    print(f"clang-format {VERSION} is missing")
    sys.exit(77)


def scripts():
    found = [str(ROOT / "dev"), str(ROOT / ".ci/run")]
    for top in ("tests", "installer"):
        found += sorted(str(path) for path in (ROOT / top).rglob("*.sh"))
    return found


def main():
    if sys.argv[1:] == ["clang-format"]:
        command = [formatter(), "--dry-run", "-Werror", "--ferror-limit=1", *of_kind(".h", ".cpp")]
    elif sys.argv[1:] == ["shellcheck"]:
        if not shutil.which("shellcheck"):
            print("shellcheck is missing")
            sys.exit(77)
        command = ["shellcheck", *scripts()]
    else:
        sys.exit(__doc__)
    sys.exit(subprocess.run(command, cwd=ROOT, check=False).returncode)


main()
