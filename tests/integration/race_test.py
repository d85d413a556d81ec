# SPDX-License-Identifier: MIT
"""ThreadSanitizer sees real races: each that planted_race plants is reported with its name, under the
very options of the suite, and the same accesses in order are not."""

import os
import subprocess
import sys

PROGRAM = os.path.join(os.environ["HASHIRA_BIN_DIR"], "tests", "planted_race")
RACES = {
    "handlers": "plantedRace",
    "core": "plantedRace",
    "timer": "plantedRace",
    "hand-over": "keepWriting",
}


def run(mode):
    environment = dict(os.environ)
    options = environment.get("TSAN_OPTIONS", "")
    environment["TSAN_OPTIONS"] = options + ":halt_on_error=1:exitcode=66"
    result = subprocess.run([PROGRAM, mode], env=environment, stderr=subprocess.PIPE, timeout=60,
                            text=True, errors="replace")
    return result.returncode, result.stderr


def main():
    if "ignore_noninstrumented_modules=1" not in os.environ.get("TSAN_OPTIONS", ""):
        print("run it through `./dev test tsan`, which sets the suite's TSAN_OPTIONS")
        return 77
    failures = 0
    for mode, name in RACES.items():
        code, errors = run(mode)
        seen = code == 66 and "data race" in errors and name in errors
        print(f"{mode}: {'reported' if seen else f'NOT REPORTED (exit {code})'}")
        failures += not seen
    code, errors = run("ordered")
    print(f"ordered: {'silent' if code == 0 else f'exit {code}'}")
    if code != 0:
        print(errors)
        failures += 1
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
