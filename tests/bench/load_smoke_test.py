# SPDX-License-Identifier: MIT
"""The load program's short form runs, and its JSON has every row with numbers that can be numbers. No goal is asserted."""
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile

ROWS = ["watch_memory_sqlite", "apply_sqlite", "notify_sqlite", "watch_memory_postgresql", "apply_postgresql",
        "notify_postgresql", "replicas_apply", "commits_notified", "commits_inside"]
FIELDS = {"name", "value", "floor", "unit", "ratio", "goal", "met"}

load = pathlib.Path(os.environ["HASHIRA_BIN_DIR"]) / "hashira-load"
with tempfile.TemporaryDirectory() as directory:
    out = pathlib.Path(directory) / "rows.json"
    subprocess.run([load, "--quick", "--json", out, "--dir", "/tmp"], check=True)
    rows = json.loads(out.read_text(encoding="utf-8"))["rows"]

wrong = [] if [row["name"] for row in rows] == ROWS else [f"the rows are {[row['name'] for row in rows]}"]
for row in rows:
    if row.keys() != FIELDS:
        wrong.append(f"{row['name']}: has {sorted(row.keys())}")
        continue
    for field in ("value", "floor", "ratio", "goal"):
        if not isinstance(row[field], (int, float)) or not math.isfinite(row[field]) or row[field] <= 0:
            wrong.append(f"{row['name']}: {field} is {row[field]}")
    if not math.isclose(row["ratio"], row["value"] / row["floor"], rel_tol=1e-9):
        wrong.append(f"{row['name']}: ratio is not value / floor")
    if not isinstance(row["met"], bool):
        wrong.append(f"{row['name']}: met is {row['met']}")
print("\n".join(wrong))
sys.exit(1 if wrong else 0)
