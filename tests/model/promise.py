"""What is promised of any bytes at all: one of wade's own errors, or a model that answers with finite numbers."""

from __future__ import annotations

import tempfile
from typing import Any

import numpy as np
import pyarrow as pa

import wade

SAMPLES: dict[str, list[Any]] = {
    "number": [1.5, None, -3e4, 7.0],
    "category": ["red", None, "blue, dark", "never seen"],
    "date-time": ["2023-04-05", None, "1969-12-31", "2100-01-01 23:59:59"],
    "boolean": [True, None, False, True],
    "free text": ["late again", None, "", "no reason given"],
}


def keep_the_promise(file: bytes) -> None:
    """Load, predict, save, load, predict; AssertionError or whatever goes wrong where the promise is not kept."""
    with tempfile.NamedTemporaryFile(suffix=".wade") as on_disk:
        on_disk.write(file)
        on_disk.flush()
        try:
            model = wade.load(on_disk.name)
        except wade.errors.ModelFileError:
            return
        table = pa.table({one.name: SAMPLES[one.role] for one in model.schema.columns})
        said = answers(model, table)
        model.save(on_disk.name)
        assert answers(wade.load(on_disk.name), table) == said
        answers(model, table.to_pylist()[0])


def answers(model: wade.Model, rows: Any) -> list[Any] | None:
    """What the model predicts, all of it finite; None where it says why it cannot."""
    try:
        said = model.predict(rows) if model.target.kind == "number" else model.predict_probability(rows)
    except wade.errors.WadeError:
        return None
    assert np.isfinite(said).all()
    return said.tolist()
