"""What a report costs beside its peers: seconds and bytes of the flights' report, and of a table of 200 columns.

    python -m benchmarks.report_peers [--repeats 3] [--json]

Each is a command in a process of its own, from the shell prompt back to it: read the table and the model, write one
HTML file. Contestants take turns, and the least of the repeats counts; of a machine that others use too, processor
seconds say more than the clock. What each report holds differs: skrub's
TableReport is about the table alone, skore's EstimatorReport about a fitted scikit-learn model on the same test rows
(metrics, curves, checks), wade's about both, with baselines, intervals, groups, importance and the mathematics of one
row. Models are trained before, and not timed.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet

import wade
from wade.tables import BUILT_IN

TEST_ROWS = 60_000
WIDE_ROWS, WIDE_NUMBERS, WIDE_CATEGORIES = 100_000, 150, 49  # and the target: 200 columns
MOST_SECONDS = {"flights": 10.0, "200 columns": 30.0}
MOST_BYTES = 3e6
PEERS = {"skrub": "skrub TableReport", "skore": "skore EstimatorReport"}
REMEDY = "pip install -e '.[benchmarks]'"
WITH_SKRUB = """
import sys, pandas, skrub
skrub.TableReport(pandas.read_parquet(sys.argv[1]), verbose=0).write_html(sys.argv[2])
"""
WITH_SKORE = """
import sys, joblib, pandas, skore
table = pandas.read_parquet(sys.argv[3])
report = skore.EstimatorReport(joblib.load(sys.argv[1]), X_test=table.drop(columns="delayed"), y_test=table["delayed"])
open(sys.argv[2], "w", encoding="utf-8").write(report._repr_html_())
"""


class Contestant(NamedTuple):
    """Who writes which file about which table, by which command."""

    table: str
    name: str
    command: list[str]
    page: Path


def wide(seed: int = 0) -> pa.Table:
    """Numbers and categories, of which some make the target."""
    random = np.random.default_rng(seed)
    columns: dict[str, Any] = {f"number {k}": random.normal(size=WIDE_ROWS) for k in range(WIDE_NUMBERS)}
    names = np.array([f"value {k}" for k in range(20)])
    columns |= {f"category {k}": names[random.integers(0, 20, WIDE_ROWS)] for k in range(WIDE_CATEGORIES)}
    score = columns["number 0"] + columns["number 1"] * (columns["category 0"] < "value 2")
    return pa.table({**columns, "y": np.where(score + random.normal(size=WIDE_ROWS) > 0, "yes", "no")})


def contestants(folder: Path) -> list[Contestant]:
    """Tables and trained models in this folder, and the commands that report on them."""
    flights, broad = folder / "flights.parquet", folder / "wide.parquet"
    parquet.write_table(BUILT_IN["flights"].read(), flights)
    parquet.write_table(wide(), broad)
    wade.learn("flights").save(folder / "flights.wade")
    wade.learn(broad, "y", epochs=1, hidden=(32,), learning_rate=0.002).save(folder / "wide.wade")
    of_wade, test = [sys.executable, "-m", "wade", "report", "-q"], folder / "test.parquet"
    found = [
        ("flights", "wade report", [*of_wade, str(folder / "flights.wade"), "flights", "-o"]),
        ("flights", PEERS["skrub"], [sys.executable, "-c", WITH_SKRUB, str(flights)]),
        ("200 columns", "wade report", [*of_wade, str(folder / "wide.wade"), str(broad), "-o"]),
        ("200 columns", PEERS["skrub"], [sys.executable, "-c", WITH_SKRUB, str(broad)]),
        ("flights", PEERS["skore"], [sys.executable, "-c", WITH_SKORE, str(_boosted_trees(folder, test))]),
    ]
    pages = [folder / f"{place}.html" for place in range(len(found))]
    commands = [
        Contestant(table, name, [*command, str(page), *([str(test)] if name == PEERS["skore"] else [])], page)
        for (table, name, command), page in zip(found, pages, strict=True)
    ]
    return sorted(commands, key=lambda one: (list(MOST_SECONDS).index(one.table), one.name != "wade report"))


def _boosted_trees(folder: Path, test: Path) -> Path:
    """A scikit-learn model of the flights, and the file of its test rows."""
    import joblib
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.model_selection import train_test_split

    frame = BUILT_IN["flights"].read().to_pandas()
    when = frame.pop("scheduled_departure").dt
    frame = frame.assign(hour=when.hour, weekday=when.day_of_week, day=when.day_of_year)
    texts = frame.select_dtypes(exclude="number").columns
    frame[texts] = frame[texts].astype("category")
    kept, tested = train_test_split(frame, test_size=TEST_ROWS, random_state=0, stratify=frame["delayed"])
    trees = HistGradientBoostingClassifier(max_iter=20, categorical_features="from_dtype")
    joblib.dump(trees.fit(kept.drop(columns="delayed"), kept["delayed"]), folder / "trees.joblib")
    tested.to_parquet(test)
    return folder / "trees.joblib"


def seconds_of(command: list[str]) -> tuple[float, float]:
    """Wall and processor seconds of a whole process; SystemExit with what it said where it fails."""
    began, before = perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    wall, after = perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measured(repeats: int, say: Callable[[dict[str, Any]], None]) -> list[dict[str, Any]]:
    """The least seconds and the bytes of each, taking turns."""
    with tempfile.TemporaryDirectory(prefix="wade-reports-") as folder:
        them = contestants(Path(folder))
        rounds = [[seconds_of(one.command) for one in them] for _ in range(repeats)]
        found = []
        for place, one in enumerate(them):
            row = {"table": one.table, "report": one.name, "seconds": min(times[place][0] for times in rounds)}
            row["processor_seconds"] = min(times[place][1] for times in rounds)
            row["bytes"] = one.page.stat().st_size
            if one.name == "wade report":
                row["met"] = row["seconds"] <= MOST_SECONDS[one.table] and row["bytes"] <= MOST_BYTES
            say(row)
            found.append(row)
        return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    for peer in PEERS:
        if subprocess.run([sys.executable, "-c", f"import {peer}"], capture_output=True, check=False).returncode:
            raise SystemExit(f"{peer} is not installed: {REMEDY}")
    before = os.getloadavg()[0]

    def say(row: dict[str, Any]) -> None:
        target = f"≤ {MOST_SECONDS[row['table']]:.0f} s, ≤ {MOST_BYTES / 1e6:.0f} MB" if "met" in row else ""
        verdict = {True: ", met", False: ", **missed**"}.get(row.get("met"), "")
        size = f"{row['bytes'] / 1e6:.2f} MB"
        times = f"{row['seconds']:.1f} s | {row['processor_seconds']:.1f} s"
        print(f"| {row['table']} | {row['report']} | {times} | {size} | {target}{verdict} |", flush=True)

    found = measured(asked.repeats, (lambda row: None) if asked.json else say)
    load = f"{os.cpu_count()} cores, load {before:.1f} before and {os.getloadavg()[0]:.1f} after"
    print(json.dumps({"load": load, "reports": found}) if asked.json else f"\n{load}")


if __name__ == "__main__":
    main()
