"""A table with every kind of column and names that would do harm, and models that read it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

import wade
from wade.model.preparation.sources import open_table
from wade.network import Network
from wade.tables import Encoder, Target, infer_schema

ROWS = 300
HOSTILE = (
    'say "hi" \\',
    "a\nb */ ??/ /*",
    "{x} %s %n",
    "\u202eevil\u200f",
    "''' + exit() + '''",
    "Größe 漢字 \U0001f600",
    "'); //",
)
ROLES = {"notes": "text"}
OUTPUTS = {"binary": (1, "sigmoid"), "multiclass": (3, "softmax"), "regression": (1, "identity")}
TARGETS = {"binary": "two", "multiclass": "many", "regression": "amount"}


def make_table(rows: int = ROWS) -> pa.Table:
    """Columns of every kind, some values missing; names that would end a literal, a comment or a line."""
    generator = np.random.default_rng(11)
    size, gap = generator.normal(10, 5, rows), generator.random(rows)
    kind = generator.choice([*HOSTILE, "plain"], rows)
    when = np.datetime64("2012-11-03") + generator.integers(0, 900 * 86_400, rows).astype("timedelta64[s]")
    days = zip(generator.integers(1, 29, rows), generator.integers(1, 13, rows), strict=True)
    words = [
        " ".join(generator.choice(["late", "AGAIN!", "Ärger", "not-good", "ÜBER", "42", "漢字"], 5))
        for _ in range(rows)
    ]
    score = size / 5 + 2 * (kind == "plain") + generator.normal(size=rows)
    columns: dict[str, Any] = {
        'size "x"\n*/ ??/': [None if g < 0.1 else float(v) for v, g in zip(size, gap, strict=True)],
        "count": generator.integers(-3, 9, rows),
        "wide": 1e9 * generator.exponential(size=rows),
        "kind\\": [None if g > 0.95 else str(v) for v, g in zip(kind, gap, strict=True)],
        "{flag}": generator.random(rows) < 0.3,
        "when\u202e": [None if g > 0.9 else v for v, g in zip(when.astype("datetime64[s]").tolist(), gap, strict=True)],
        "day": [f"{d}.{m:02d}.2013" for d, m in days],
        "notes": [None if g < 0.05 else f"{w} {i}" for i, (w, g) in enumerate(zip(words, gap, strict=True))],
        "two": np.where(score > 2, "yes */", 'no "never"'),
        "many": np.array(["low", "mid;\n", "top"])[np.digitize(score, [1.5, 3.0])],
        "amount": 1000 + 50 * score,
    }
    return pa.table(columns)


def make_model(
    table: pa.Table,
    task: str = "binary",
    without: tuple[str, ...] = (),
    piecewise: bool = False,
    missing: tuple[str, ...] = (),
    **network: Any,
) -> wade.Model:
    """A model of the table with weights that mean something, but were not learned: that takes no time.

    Parameters
    ----------
    task : of the target
    without : columns that it does not read
    piecewise : whether numbers are read among bins too
    missing : marks of missing values
    **network : settings of the network
    """
    target = TARGETS[task]
    tidy = open_table(table, missing).table
    others = {*without, *TARGETS.values()} - {target}
    dropped = [name for name in tidy.column_names if name in others]
    schema = infer_schema(
        tidy,
        "table",
        target,
        drop=dropped,
        roles=ROLES if "notes" in tidy.column_names and "notes" not in without else {},
    )
    encoder = Encoder.fit(tidy, schema, piecewise=piecewise)
    outputs, output = OUTPUTS[task]
    made = Network(encoder.layout, outputs=outputs, output=output, seed=4, **network)
    made.theta = made.theta + np.random.default_rng(0).normal(scale=0.1, size=len(made.theta))
    return wade.Model(made, schema, encoder, Target.fit(tidy, schema), {"base_rate": [0.0]}, missing)


def answer_of(model: wade.Model, data: Any) -> np.ndarray:
    """What wade itself predicts: probabilities, or numbers."""
    return model.predict(data) if model.target.task == "regression" else model.predict_probability(data)


def exactly(model: wade.Model, table: pa.Table) -> np.ndarray:
    """The same by the textbook in float64."""
    double = {**model.network.to_dict(), "dtype": "float64"}
    network = Network.from_dict(double, model.network.theta.astype(np.float64))
    outputs = network(model.encoder.encode(open_table(table, model.missing).table, "table"))
    if model.target.task == "regression":
        return model.target.decode_number(outputs[:, 0])
    return np.concatenate([1 - outputs, outputs], axis=1) if model.target.task == "binary" else outputs
