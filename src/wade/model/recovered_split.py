"""The split of a training, found again: the same rows, from the table and what a model keeps.

The seed and the sizes of the parts are in the report, and the hashes of training rows (`training_rows.py`) tell whether
a split is the one of the training.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from wade.maths.random import permutation
from wade.model.kept_report import kept_split
from wade.model.model import Model
from wade.model.preparation.sources import open_table
from wade.model.preparation.splitting import ROWS_STREAM, SplitOptions, split_keys, split_table
from wade.model.training_rows import MOST_HASHES, row_hashes
from wade.tables import Dialect, Reading, Split, labelled_rows
from wade.tables.schema.column_checks import require_target
from wade.tables.schema.overrides import DATE, ColumnOverrides
from wade.types import Rows


class LabelledTable(NamedTuple):
    """The rows that have a target (of a sample, as in training), their table's name, warnings, and their numbers."""

    table: pa.Table
    name: str
    notes: tuple[str, ...]
    rows: Rows


def open_as_in_training(model: Model, data: Any, dialect: Dialect | None = None) -> LabelledTable:
    """The table of the training, with its sample of rows; any other table whole. DataError without the target."""
    report, seed = model.report, _seed(model)
    noise = report.get("options", {}).get("noise")
    reading: Reading = open_table(
        data,
        model.missing,
        model.schema.text_columns,
        dialect,
        model.dialect,
        rows=report["rows"],
        noise=noise,
        seed=seed,
    )
    require_target(reading.table, model.target.column, reading.name)
    rows = labelled_rows(reading.table, model.target.column)
    if report["rows"] < len(rows) == report.get("of_rows", len(rows)):
        rows = rows[np.sort(permutation(seed, ROWS_STREAM, len(rows))[: report["rows"]])]
    table = reading.table if len(rows) == reading.table.num_rows else reading.table.take(rows)
    return LabelledTable(table, reading.name, reading.notes, rows)


def recovered_split(model: Model, table: pa.Table, name: str) -> Split | None:
    """The split of the training; None where these are not its rows, or their split cannot be found again.

    Examples
    --------
    >>> import pyarrow as pa, wade
    >>> table = pa.table({"x": [0.5, 1.0, 2.5, 3.0] * 25, "late": ["no", "no", "yes", "yes"] * 25})
    >>> model = wade.learn(table, "late", hidden=(), epochs=1)
    >>> split = recovered_split(model, *open_as_in_training(model, table)[:2])
    >>> [len(split.train), len(split.validation), len(split.test)]
    [60, 20, 20]
    """
    if model.training_rows is None or table.num_rows != model.report["rows"]:
        return None
    for split in splits_like(model, table, name):
        train = table.take(split.train)
        found = np.unique(row_hashes(model.encoder.encode(train, name), model.target.encode(train, name)))
        if tuple(found[:MOST_HASHES].tolist()) == model.training_rows.hashes:
            return split
    return None


def splits_like(model: Model, table: pa.Table, name: str) -> Iterator[Split]:
    """By every way that the report leaves open: those whose parts have the sizes of the training's."""
    kept, options = kept_split(model.report), model.report.get("options", {})
    sizes, how = [kept.train, kept.validation, kept.test], kept.how
    group, part = options.get("group"), options.get("part")
    if how in ("", "files") or (how == "group" and group is None) or (how == "given" and part is None):
        return
    splitting = SplitOptions(how if how == "time" else "random", group=group, part=part, seed=_seed(model))
    roles = {column.name: f"{column.role} {column.form}" for column in model.schema.columns if column.role == DATE}
    choices = ColumnOverrides(model.target.column, time=model.schema.time, roles=roles)
    keys = split_keys(table, name, splitting, choices, np.zeros(table.num_rows, np.int64))
    # Whether all rows showed classes is not in the report: training rows alone decide what the target is.
    ways = [keys] if keys.labels is None else [keys, keys._replace(labels=None)]
    for test_rows, by in product(dict.fromkeys((None, sizes[-1])), ways):
        if test_rows is None or test_rows < table.num_rows:
            split = split_table(by, table.num_rows, splitting, test_rows)
            if [len(split.train), len(split.validation), len(split.test)] == sizes:
                yield split


def _seed(model: Model) -> int:
    return int(model.report["settings"]["seed"])
