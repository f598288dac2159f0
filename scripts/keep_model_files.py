#!/usr/bin/env python3
"""Keeps a small model file of each kind, with what it predicts, for tests/model/test_kept.py: a file loads for ever.

Run it when a file can say something new, with a folder that is not there yet; never over files that are kept:
`python scripts/keep_model_files.py tests/model/kept/format-2`.
"""

import argparse
import contextlib
import json
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv

import wade

ROWS = 300
ASKED = 12
QUICK: dict[str, Any] = {"hidden": (4,), "epochs": 3, "batch_size": 32, "learning_rate": 0.02, "seed": 0}
QUICK |= {"members": 1, "dropout": 0.0, "numbers": "scaled"}


def everything() -> pa.Table:
    """A column of each role, with gaps, and three targets that follow from them."""
    draw = np.random.default_rng(3)
    size, colour = draw.normal(10, 3, ROWS), draw.choice(["red", "green", "blue, dark"], ROWS)
    push = size - 10 + 3 * (colour == "red")
    days = [datetime(2023, 1, 1) + timedelta(int(day)) for day in draw.integers(0, 900, ROWS)]
    words = np.array(["late", "again", "on time", "storm", "no reason given", "crew", "gate"])
    return pa.table(
        {
            "size": pa.array(size, mask=draw.random(ROWS) < 0.1),
            "count": draw.integers(0, 40, ROWS),
            "colour": pa.array(colour.tolist(), mask=draw.random(ROWS) < 0.1),
            "day": [f"{day:%d/%m/%Y}" for day in days],
            "made": pa.array(days, pa.timestamp("s")),
            "new": draw.random(ROWS) < 0.5,
            "note": [" ".join(draw.choice(words, 9)) for _ in range(ROWS)],
            "late": np.where(push > 1, "yes", "no"),
            "grade": np.digitize(push, [-1, 2]),
            "price": np.round(1000 + 50 * push, 2),
        }
    )


def models() -> dict[str, tuple[wade.Model, pa.Table]]:
    """A model of each kind by its name, and the table that it learned from."""
    table = everything()
    plain = table.select(["size", "colour", "late"])
    day = "date-time %d/%m/%Y"
    learned: dict[str, tuple[pa.Table, dict[str, Any]]] = {
        "two-classes": (plain, {}),
        "many-classes": (
            table.select(["size", "colour", "grade"]),
            {"target": "grade", "roles": {"grade": "category"}},
        ),
        "number": (table.select(["size", "colour", "price"]), {"target": "price"}),
        "every-role": (table.drop_columns(["grade", "price"]), {"roles": {"note": "text", "day": day}}),
        "piecewise": (table.select(["size", "count", "late"]), {"numbers": "piecewise"}),
        "members": (plain, {"members": 3, "dropout": 0.1}),
        "no-hidden-layer": (plain, {"hidden": ()}),
    }
    found = {
        name: (wade.learn(data, **{"target": "late"} | QUICK | more), data) for name, (data, more) in learned.items()
    }
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        sizes = [None if size is None else f"{size:.2f}".replace(".", ",") for size in plain["size"].to_pylist()]
        pyarrow.csv.write_csv(
            plain.set_column(0, "size", pa.array(sizes)), "sizes.csv", pyarrow.csv.WriteOptions(delimiter=";")
        )
        found["written"] = (wade.learn("sizes.csv", "late", **QUICK), plain)
    return found


def main() -> int:
    """Writes `NAME.wade` for each model, and one `predictions.json` with rows and answers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="a new folder")
    folder = parser.parse_args().folder
    folder.mkdir(parents=True)
    answers = {}
    for name, (model, table) in models().items():
        model.report["seconds"] = 0.0
        model.save(folder / f"{name}.wade")
        rows = table.slice(0, ASKED).drop_columns([model.target.column])
        said = model.predict(rows) if model.target.task == "regression" else model.predict_probability(rows)
        answers[name] = {"rows": rows.to_pylist(), "said": said.tolist()}
    text = json.dumps(answers, indent=1, default=str)
    (folder / "predictions.json").write_text(text + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
