"""Predictions as columns and as CSV."""

from __future__ import annotations

from typing import Any

import numpy as np

import wade
from wade.files.csv_lines import csv_lines


def predictions(model: wade.Model, data: Any, dialect: wade.Dialect | None = None) -> dict[str, list[Any]]:
    """The columns of the result.

    Regression: `prediction`. Classification: `prediction`, the most probable class, and `probability of <class>` for
    the second of two classes or for each of more.
    """
    if model.target.task == "regression":
        return {"prediction": model.predict(data, dialect).tolist()}
    shares = model.predict_probability(data, dialect)
    classes = model.target.classes
    columns: dict[str, list[Any]] = {"prediction": [classes[k] for k in shares.argmax(axis=1)]}
    for k in range(1 if len(classes) == 2 else 0, len(classes)):
        # The shortest digits that give the float32 back: more would be noise.
        columns[f"probability of {classes[k]}"] = [float(str(share)) for share in shares[:, k].astype(np.float32)]
    return columns


def as_csv(columns: dict[str, list[Any]]) -> str:
    """The columns as CSV, with a header line.

    Examples
    --------
    >>> as_csv({"prediction": ["yes", "no"], "probability of yes": [0.75, 0.125]})
    'prediction,probability of yes\\nyes,0.75\\nno,0.125\\n'
    """
    return "".join(f"{line}\n" for line in csv_lines([columns, *zip(*columns.values(), strict=True)]))
