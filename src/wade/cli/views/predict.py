"""Predictions as columns and as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from wade.files.csv_lines import csv_lines
from wade.model.evaluation.outputs import CheckedPredictions


def predictions(found: CheckedPredictions, classes: Sequence[Any]) -> dict[str, list[Any]]:
    """The columns of the result; `classes` are the target's, none for a number.

    Regression: `prediction`. Classification: `prediction`, the most probable class, and `probability of <class>` for
    the second of two classes or for each of more.
    """
    columns: dict[str, list[Any]] = {"prediction": found.predictions}
    shares = found.probabilities
    if shares is None:
        return columns
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
