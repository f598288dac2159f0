"""From data to what a network learns from: read, find what each column is, split, encode."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import numpy as np
import pyarrow as pa

from wade.errors import InvalidArgument
from wade.maths.random import permutation
from wade.model.sources import built_in, open_table
from wade.model.splitting import Splitting, split_table
from wade.tables import Dialect, Encoder, Schema, Split, Target, find_leaks, infer_schema, labelled_rows
from wade.tables.checks import known
from wade.tables.choices import Choices, kept_as_text
from wade.types import Array, Inputs

ROWS_STREAM: Final = (1 << 32) - 2


@dataclass(frozen=True)
class Lesson:
    """Encoded rows, how they are split, and everything that is needed to read another table in the same way.

    Parameters
    ----------
    name : what messages call the table
    schema, encoder, target : fitted on the training rows
    split : row numbers of X and y
    X : every row that has a target, as the network reads it
    y : what it should answer
    missing : texts that stand for a missing value
    dialect : how the table's text was written; None: it was no text
    notes : what a user should be told about how it was read
    """

    name: str
    schema: Schema
    encoder: Encoder
    target: Target
    split: Split
    X: Inputs
    y: Array
    missing: tuple[str, ...]
    dialect: Dialect | None
    notes: tuple[str, ...]

    def part(self, which: Literal["train", "validation", "test"]) -> tuple[Inputs, Array]:
        """The rows of one part of the split."""
        rows = getattr(self.split, which)
        return self.X[rows], self.y[rows]

    @property
    def base_rate(self) -> list[float]:
        """Of the training rows: the share of the second of two classes, of each of many, or the mean of the numbers."""
        y = self.y[self.split.train]
        if self.target.kind == "many classes":
            return [float(share) for share in np.bincount(y, minlength=len(self.target.classes)) / len(y)]
        return [self.target.mean if self.target.kind == "number" else float(y.mean(dtype=np.float64))]


def prepare(
    data: Any, choices: Choices, missing: tuple[str, ...], dialect: Dialect | None, splitting: Splitting
) -> Lesson:
    """Read a table and make a lesson of it.

    Parameters
    ----------
    data : path, frame or built-in name
    choices, missing : what `choosing.choose` made of what the user says about columns
    dialect : how a text file is written, as far as it shall not be found out
    splitting : which rows are taken, and how they are split

    Raises
    ------
    WadeError
        The table, a column or a setting cannot be used.
    """
    drawing = splitting.rows, splitting.noise, splitting.seed
    reading = open_table(data, missing, kept_as_text(choices.roles), dialect, None, *drawing)
    table, name = reading.table, reading.name
    if choices.target is None:
        remedy = f"The columns are: {', '.join(table.column_names[:20])}."
        raise InvalidArgument("target", "must name the column to predict", None, remedy)
    for column in splitting.columns:
        known(column, table.column_names, name, "to split by")
    left_out = [*choices.drop, *splitting.columns]
    schema = infer_schema(
        table, name, choices.target, choices.columns, left_out, time=choices.time, roles=choices.roles
    )
    schema = replace(schema, notes=(*schema.notes, *map(str, find_leaks(table, schema))))
    table = _some_rows(table, schema, splitting)
    split = split_table(table, schema, name, splitting, _test_rows(data, splitting), choices.drop)
    future, piecewise = splitting.how == "time", choices.numbers == "piecewise"
    encoder = Encoder.fit(table.take(split.train), schema, future, name, piecewise)
    target = Target.fit(table, schema, split.train, name)
    X, y = encoder.encode(table, name), target.encode(table, name)
    return Lesson(name, schema, encoder, target, split, X, y, missing, reading.dialect, reading.notes)


def _test_rows(data: Any, splitting: Splitting) -> int | None:
    """How many rows to test on: as asked for, or as a built-in table has it where all of its rows are taken."""
    comes_with = built_in(data)
    if splitting.test_rows is not None or splitting.rows is not None or comes_with is None:
        return splitting.test_rows
    return (comes_with.test_rows or {}).get(splitting.how)


def _some_rows(table: pa.Table, schema: Schema, splitting: Splitting) -> pa.Table:
    """The rows that have a target; so many of them as are asked for, drawn at random and left in their order."""
    labelled, rows = labelled_rows(table, schema), splitting.rows
    if rows is not None and rows < len(labelled):
        labelled = labelled[np.sort(permutation(splitting.seed, ROWS_STREAM, len(labelled))[:rows])]
    return table if len(labelled) == table.num_rows else table.take(labelled)
