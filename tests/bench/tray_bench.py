#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the tray costs: hashirad with its icon against an empty QApplication with one, both at rest in the same minutes, in
the same tray host. tray_bench.py [--seconds S] [--json FILE] [--profile]"""
import argparse
import contextlib
import json
import pathlib
import re
import sys
import time

import desktop
import hashira_processes as processes

GOAL_MEMORY, GOAL_WAKE_UPS = 1.4, 1.0
SETTLE = 15  # seconds until what starts late has started, and a daemon has come to rest (limits::kRestAfterMs)


class Floor(processes.Server):
    def __init__(self, scene, env):
        super().__init__(scene, "floor", [processes.BIN / "hashira-bench-floor-tray"], env)


def number(path, key):
    return int(re.search(rf"^{key}\s*(\d+)", pathlib.Path(path).read_text(encoding="ascii"), re.M)[1])


def pss_mb(pid):
    return number(f"/proc/{pid}/smaps_rollup", "Pss:") / 1024


def sleeps(pid):
    """How often its threads went to sleep: as often they woke up."""
    return sum(number(task / "status", "voluntary_ctxt_switches:") for task in pathlib.Path(f"/proc/{pid}/task").iterdir())


def pass_time(seconds):
    """The desktop's parts go on meanwhile. What is measured is time that passes: there is no event to wait for."""
    until = time.monotonic() + seconds
    desktop.wait(lambda: time.monotonic() >= until, "time passes", limit=seconds + processes.LIMIT)


def settle(daemon):
    desktop.wait(lambda: daemon.status().pending == 0, "all is synced")
    daemon.hang_up()
    pass_time(SETTLE)


def profile(pid):
    """PSS by what is mapped, in MB, the largest first."""
    sums, name = {}, ""
    for line in pathlib.Path(f"/proc/{pid}/smaps").read_text(encoding="utf-8", errors="replace").splitlines():
        words = line.split()
        if re.match(r"^[0-9a-f]+-[0-9a-f]+$", words[0]):
            name = pathlib.Path(words[5]).name if len(words) > 5 else "[anonymous]"
        elif words[0] == "Pss:":
            sums[name] = sums.get(name, 0) + int(words[1]) / 1024
    return sorted(sums.items(), key=lambda entry: -entry[1])


def measure(seconds, show_profile):
    with processes.Scene() as scene, desktop.Desktop(scene) as place:
        host, store = place.tray_host(), scene.datastore()
        floor = scene.servers.append(Floor(scene, place.env)) or scene.servers[-1].start()
        host.wait_icon()
        daemon = scene.daemon("daemon", env=place.env, headless=False, datastore=store, token=store.token("me"))
        icon = host.wait_icon(2)
        for name in ("Report", "Letters"):
            daemon.cli("add", name, "--place", "todo")
        icon.menu()
        busy = {each.name: pss_mb(each.pid) for each in (floor, daemon)}
        settle(daemon)
        # Before another hashirad shares its pages.
        memory = {each.name: pss_mb(each.pid) for each in (floor, daemon)}
        if show_profile:
            for each in (floor, daemon):
                print(f"{each.name}:", ", ".join(f"{name} {mb:.1f}" for name, mb in profile(each.pid)[:16]))
        headless = scene.daemon("headless", datastore=store, token=store.token("me"))
        settle(headless)
        memory["headless"] = pss_mb(headless.pid)
        before = {each.name: sleeps(each.pid) for each in (floor, daemon, headless)}
        began = time.monotonic()
        pass_time(seconds)
        took = time.monotonic() - began
        wakes = {each.name: (sleeps(each.pid) - before[each.name]) / took for each in (floor, daemon, headless)}
        with contextlib.suppress(AssertionError):
            floor.kill()  # it ends in no order
        return memory, busy, wakes


def row(name, value, floor, unit, goal, note=""):
    made = {"name": name, "value": value, "floor": floor, "unit": unit, "ratio": value / floor if floor else None,
            "goal": goal, "met": value <= goal * floor}
    ratio = f"{made['ratio']:6.2f}" if floor else "     -"
    print(f"{name:<20} {value:11.3f} {floor:11.3f} {'':11} {unit:<10} {ratio} <= {goal:5.2f}  "
          f"{'met' if made['met'] else 'MISSED'}")
    if note:
        print(f"    {note}")
    return made


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--json")
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    processes.need_programs("hashirad", "hashira", "hashira-datastored", "hashira-bench-floor-tray")
    processes.need_grpc()
    desktop.need_desktop()
    memory, busy, wakes = measure(options.seconds, options.profile)
    rows = [row("tray_memory", memory["daemon"], memory["floor"], "MB", GOAL_MEMORY,
                f"PSS at rest; right after the menu was opened {busy['daemon']:.1f} MB, the floor {busy['floor']:.1f} MB; hashirad "
                f"--headless beside both: {memory['headless']:.1f} MB"),
            row("tray_wakeups", wakes["daemon"], wakes["floor"], "1/s", GOAL_WAKE_UPS,
                f"hashirad --headless in the same minutes: {wakes['headless']:.2f}/s")]
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps({"rows": rows}, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
