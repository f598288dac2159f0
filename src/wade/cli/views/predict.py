"""Predictions as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from wade.files.table_formats import as_csv as as_csv
from wade.files.table_formats import writer_of as writer_of
from wade.model.evaluation.outputs import CheckedPredictions


def predictions(found: CheckedPredictions, classes: Sequence[Any]) -> pa.Table:
    """The columns of the result; `classes` are the target's, none for a number.

    Regression: `prediction`. Classification: `prediction`, the most probable class, and `probability of <class>` for
    the second of two classes or for each of more.
    """
    of_class = pa.array(classes).type if classes else pa.float64()
    columns = {"prediction": pa.array(found.predictions, of_class)}
    shares = found.probabilities
    if shares is None:
        return pa.table(columns)
    for k in range(1 if len(classes) == 2 else 0, len(classes)):
        # The shortest digits that give the float32 back: more would be noise.
        digits = [float(str(share)) for share in shares[:, k].astype(np.float32)]
        columns[f"probability of {classes[k]}"] = pa.array(digits, pa.float64())
    return pa.table(columns)
