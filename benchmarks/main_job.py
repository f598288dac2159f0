"""The main job from the shell, beside scikit-learn's MLP on the same rows; and what starting up costs.

usage: python benchmarks/main_job.py [--json] [--without-peer]

Quality: `wade train flights` with default settings, split at random and by time. Seconds are those of the whole
command, from the shell prompt back to it. The peer gets one-hot columns and standardised numbers, made by hand, and is
timed for its fit alone.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd

from wade.tables import BUILT_IN, Split, split_rows

WADE = str(Path(sys.executable).with_name("wade"))
TARGETS = {"random": {"log_loss": 0.440, "auc": 0.780}, "time": {"log_loss": 0.490, "auc": 0.685}}


def seconds_of(*command: str) -> float:
    """Wall seconds of a whole process."""
    began = perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return perf_counter() - began


def train_from_the_shell(how: str) -> dict[str, Any]:
    """`wade train flights`, its seconds and what it says of itself."""
    with tempfile.TemporaryDirectory() as folder:
        began = perf_counter()
        done = subprocess.run(
            [WADE, "train", "flights", "--split", how, "--json"], check=True, capture_output=True, cwd=folder
        )
        seconds = perf_counter() - began
    said = json.loads(done.stdout)
    figures = {name: said["test"][name] for name in ("log_loss", "auc")}
    return {**figures, "seconds": seconds, "epochs": said["epochs"], "test_rows": said["split"]["test"]}


def start_up(repeats: int = 11) -> dict[str, float]:
    """Median seconds of `wade --help`, and of `import wade` over `import numpy`, taken in turns."""
    helped = [seconds_of(WADE, "--help") for _ in range(repeats)]
    pairs = [
        (seconds_of(sys.executable, "-c", "import numpy, wade"), seconds_of(sys.executable, "-c", "import numpy"))
        for _ in range(repeats)
    ]
    over = [ours - theirs for ours, theirs in pairs]
    return {"help": statistics.median(helped), "import_over_numpy": statistics.median(over)}


def peer(how: str) -> dict[str, float]:
    """scikit-learn's MLP (256, 128) on the same rows."""
    from sklearn.metrics import log_loss, roc_auc_score
    from sklearn.neural_network import MLPClassifier

    flights = BUILT_IN["flights"]
    table = flights.read()
    y = table[flights.target].to_numpy()
    times = table[flights.time].to_numpy() if how == "time" else None
    split = split_rows(len(y), how, None if how == "time" else y, times, flights.test_rows[how], seed=0)
    X = by_hand(table.to_pandas().drop(columns=flights.target), split)
    mlp = MLPClassifier((256, 128), early_stopping=True, random_state=0, batch_size=512)
    learned = np.concatenate([split.train, split.validation])
    began = perf_counter()
    mlp.fit(X[learned], y[learned])
    seconds = perf_counter() - began
    p = mlp.predict_proba(X[split.test])[:, 1]
    return {"log_loss": log_loss(y[split.test], p), "auc": roc_auc_score(y[split.test], p), "seconds": seconds}


def by_hand(frame: pd.DataFrame, split: Split) -> np.ndarray:
    """What people write for scikit-learn: calendar parts and categories one-hot, numbers filled and standardised."""
    when = frame.pop("scheduled_departure").dt
    for part in ("month", "day_of_week", "hour"):
        frame[part] = getattr(when, part).astype("category")
    frame["day"] = when.day_of_year
    numbers = frame.select_dtypes("number")
    numbers = numbers.fillna(numbers.iloc[split.train].median())
    numbers = (numbers - numbers.iloc[split.train].mean()) / numbers.iloc[split.train].std()
    return np.hstack([numbers, pd.get_dummies(frame.select_dtypes("category"))]).astype(np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--without-peer", action="store_true")
    arguments = parser.parse_args()
    figures: dict[str, Any] = {"cores": os.cpu_count(), "start_up": start_up()}
    for how in TARGETS:
        figures[how] = {"wade": train_from_the_shell(how), "target": TARGETS[how]}
        if not arguments.without_peer:
            figures[how]["scikit-learn MLP"] = peer(how)
    if arguments.json:
        print(json.dumps(figures, indent=2))
        return
    print(f"{os.cpu_count()} cores\n")
    for name, limit in (("help", 0.3), ("import_over_numpy", 0.15)):
        print(f"{name:28} {figures['start_up'][name]:7.3f} s   target ≤ {limit} s")
    for how in TARGETS:
        print(f"\nsplit: {how:22} {'log-loss':>9} {'AUC':>8} {'seconds':>9}")
        for name in ("wade", "scikit-learn MLP", "target"):
            if row := figures[how].get(name):
                print(f"  {name:26} {row['log_loss']:9.4f} {row['auc']:8.4f} {row.get('seconds', 60):9.1f}")


if __name__ == "__main__":
    main()
