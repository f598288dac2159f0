"""What is promised of any bytes at all: one of wade's own errors, or a model that answers with finite numbers."""

from __future__ import annotations

import tempfile
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa

import wade
from wade.tables.columns.date_forms import ISO
from wade.tables.kinds.datetime import DateTimeEncoding

SAMPLES: dict[str, list[Any]] = {
    "number": [1.5, None, -3e4, 7.0],
    "category": ["red", None, "blue, dark", "never seen"],
    "date-time": [datetime(2023, 4, 5), None, datetime(1969, 12, 31), datetime(2100, 1, 1, 23, 59, 59)],
    "boolean": [True, None, False, True],
    "text": ["late again", None, "", "no reason given"],
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
        table = samples_for(model)
        said = answers(model, table)
        model.save(on_disk.name)
        assert answers(wade.load(on_disk.name), table) == said
        answers(model, table.to_pylist()[0])


def samples_for(model: wade.Model) -> pa.Table:
    """A few rows with a value in each of the model's columns, dates as it reads them."""
    columns = {one.name: SAMPLES[one.role] for one in model.schema.columns}
    for encoding in model.encoder.encodings:
        if isinstance(encoding, DateTimeEncoding):
            written = "%Y-%m-%d %H:%M:%S" if encoding.form == ISO else encoding.form
            columns[encoding.column] = [day and day.strftime(written) for day in SAMPLES["date-time"]]
    return pa.table(columns)


def answers(model: wade.Model, rows: Any) -> list[Any] | None:
    """What the model predicts, all of it finite; None where it says why it cannot."""
    try:
        said = model.predict(rows) if model.target.task == "regression" else model.predict_probability(rows)
    except wade.errors.WadeError:
        return None
    assert np.isfinite(said).all()
    return said.tolist()
