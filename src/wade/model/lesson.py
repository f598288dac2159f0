"""From data to what a network learns from: read, find what each column is, split, encode."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import numpy as np
import pyarrow as pa

from wade.errors import ColumnError, InvalidArgument
from wade.maths.random import permutation
from wade.model.choosing import choose
from wade.model.sources import built_in, open_table
from wade.tables import (
    Encoder,
    Schema,
    Split,
    Target,
    find_leaks,
    infer_schema,
    labelled_rows,
    split_rows,
    times_of,
)
from wade.tables.checks import known
from wade.tables.choices import kept_as_text
from wade.tables.columns import Text, as_text, is_nested, place
from wade.tables.duplicates import repeated, row_keys
from wade.tables.splits import parts_named
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
    """

    name: str
    schema: Schema
    encoder: Encoder
    target: Target
    split: Split
    X: Inputs
    y: Array
    missing: tuple[str, ...]

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
    data: Any,
    target: str | None,
    columns: Collection[str] | None,
    drop: Collection[str],
    categories: Collection[str],
    missing: Collection[str],
    rows: int | None,
    split: str,
    test_rows: int | None,
    time: str | None,
    seed: int,
    group: str | None = None,
    part: str | None = None,
    noise: float | None = None,
    roles: Mapping[str, str] | None = None,
    schema_file: str | os.PathLike[str] | None = None,
) -> Lesson:
    """Read a table and make a lesson of it; the arguments are those of `learn`.

    Raises
    ------
    WadeError
        The table, a column or a setting cannot be used.
    """
    split = _way(split, group, part)
    choices, missing = choose(data, target, columns, drop, categories, missing, time, roles, schema_file)
    comes_with = built_in(data)
    if comes_with is not None and test_rows is None and rows is None:
        test_rows = (comes_with.test_rows or {}).get(split)
    table, name = open_table(data, missing, kept_as_text(choices.roles), rows, noise, seed)
    if choices.target is None:
        remedy = f"The columns are: {', '.join(table.column_names[:20])}."
        raise InvalidArgument("target", "must name the column to predict", None, remedy)
    apart = [column for column in (group, part) if column is not None]  # they say how to split, and nothing else
    for column in apart:
        known(column, table.column_names, name, "to split by")
    left_out = [*choices.drop, *apart]
    schema = infer_schema(
        table, name, choices.target, choices.columns, left_out, time=choices.time, roles=choices.roles
    )
    schema = replace(schema, notes=(*schema.notes, *map(str, find_leaks(table, schema))))
    table = _some_rows(table, schema, rows, seed)
    if split == "time" and schema.time is None:
        raise InvalidArgument("time", "must name the column that orders the rows in time", time, "Or split at random.")
    parts = _split(table, schema, name, split, test_rows, seed, group, part)
    parts = replace(parts, repeated=_repeated(table, parts, schema, choices.drop))
    training_rows = table.take(parts.train)
    encoder = Encoder.fit(training_rows, schema, future=split == "time", name=name)
    fitted = Target.fit(table, schema, parts.train, name)
    return Lesson(
        name, schema, encoder, fitted, parts, encoder.encode(table, name), fitted.encode(table, name), missing
    )


def _some_rows(table: pa.Table, schema: Schema, rows: int | None, seed: int) -> pa.Table:
    """The rows that have a target; `rows` of them, drawn at random and left in their order, where that is given."""
    labelled = labelled_rows(table, schema)
    if rows is not None and not (isinstance(rows, int) and rows >= 1):
        raise InvalidArgument("rows", "must be a whole number from 1 on", rows, "Leave it out to take all.")
    if rows is not None and rows < len(labelled):
        labelled = labelled[np.sort(permutation(seed, ROWS_STREAM, len(labelled))[:rows])]
    return table if len(labelled) == table.num_rows else table.take(labelled)


def _way(split: str, group: str | None, part: str | None) -> str:
    """How to split: what was said, or what a column that was named for it means."""
    named = {"group": group, "part": part}
    chosen = [name for name, column in named.items() if column is not None]
    if not chosen:
        return split
    if len(chosen) > 1 or split != "random":
        received = ", ".join(f"{name}={named[name]!r}" for name in chosen)
        expected = f"cannot be {split!r} together with {received}"
        raise InvalidArgument("split", expected, split, "Choose one way to split.")
    return "group" if group is not None else "given"


def _split(
    table: pa.Table,
    schema: Schema,
    name: str,
    how: str,
    test_rows: int | None,
    seed: int,
    group: str | None,
    part: str | None,
) -> Split:
    labels = times = groups = given = None
    if how == "time" and schema.time is not None:
        times = times_of(table, schema, name)
    elif schema.target.role != "number":
        labels = Target.fit(table, schema, name=name).encode(table, name).ravel()
    if group is not None:
        groups = _complete_codes(table, group, name).codes
    if part is not None:
        text = _complete_codes(table, part, name)
        given = parts_named(text.values, place(name, part))[text.codes]
    return split_rows(table.num_rows, how, labels, times, test_rows, seed, groups, given)


def _complete_codes(table: pa.Table, column: str, name: str) -> Text:
    """The texts of a column that says how to split, of which none may be missing."""
    text = as_text(table[column], place(name, column))
    if (text.codes < 0).any():
        row = int((text.codes < 0).argmax()) + 1
        raise ColumnError(
            f"{place(name, column)}, row {row}", "the value is missing", "Fill it in, or leave the row out."
        )
    return text


def _repeated(table: pa.Table, split: Split, schema: Schema, drop: Collection[str]) -> int:
    """Test rows that are training rows word for word, in columns that are not learned from too, but for identifiers."""
    apart = {*drop, *(column.name for column in schema.left_out if column.role == "identifier")}
    compared = [name for name in table.column_names if name not in apart and not is_nested(table[name].type)]
    return repeated(row_keys(table, compared), split.test, among=split.train)
