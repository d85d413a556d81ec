# SPDX-License-Identifier: MIT
"""The benchmark's short form runs, and its JSON has every row with numbers that can be numbers. No goal is asserted."""
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile

ROWS = {"send_one", "send_64_callers", "send_64_shared", "send_bulk", "retrieve_10_weeks", "retrieve_one_change", "sync_backlog",
        "sync_one_change", "start", "idle_memory", "idle_wakeups_online", "idle_wakeups_offline", "idle_cpu_online",
        "idle_cpu_offline", "outbox_send", "outbox_group", "outbox_start", "store_send", "store_start",
        "store_retrieve", "store_memory", "sync_memory_sender", "sync_memory_receiver"}
FIELDS = {"name", "value", "floor", "unit", "ratio", "goal", "met"}

bench = pathlib.Path(os.environ["HASHIRA_BIN_DIR"]) / "hashira-bench"
with tempfile.TemporaryDirectory() as directory:
    out = pathlib.Path(directory) / "rows.json"
    subprocess.run([bench, "--quick", "--json", out, "--dir", "/tmp"], check=True)
    rows = json.loads(out.read_text(encoding="utf-8"))["rows"]

names = [row["name"] for row in rows]
wrong = [f"{name}: is missing" for name in sorted(ROWS - set(names))]
wrong += [f"{name}: is not known here, or twice" for name in names if name not in ROWS or names.count(name) > 1]
for row in rows:
    wrong += [f"{row['name']}: no {field}" for field in FIELDS - row.keys()]
    wrong += [f"{row['name']}: {field} is too much" for field in row.keys() - FIELDS]
    for field in ("value", "floor", "ratio", "goal"):
        number = row[field]
        # At rest, and on a machine that is busy with others, a daemon may do nothing for the whole of a short look.
        least = 0 if row["name"].startswith("idle_") and field in ("value", "ratio") else sys.float_info.min
        if not isinstance(number, (int, float)) or not math.isfinite(number) or number < least:
            wrong.append(f"{row['name']}: {field} is {number}")
    if not math.isclose(row["ratio"], row["value"] / row["floor"], rel_tol=1e-9):
        wrong.append(f"{row['name']}: ratio is not value / floor")
    if not isinstance(row["met"], bool):
        wrong.append(f"{row['name']}: met is {row['met']}")
print("\n".join(wrong))
sys.exit(1 if wrong else 0)
