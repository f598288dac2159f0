"""From data to what a network learns from: read, find what each column is, split, encode."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from wade.errors import DataError
from wade.maths.random import permutation
from wade.model.preparation.memory import Plan, plan
from wade.model.preparation.prepared_data import PreparedData, base_rate
from wade.model.preparation.sources import built_in, open_data
from wade.model.preparation.splitting import ROWS_STREAM, Splitting, check_names, split_table
from wade.model.preparation.streaming import Listener, stream
from wade.settings import settle_numbers
from wade.tables import Dialect, Encoder, Reading, Schema, Split, Target, find_leaks, infer_schema, labelled_rows
from wade.tables.reading.dataset import Dataset
from wade.tables.schema.overrides import ColumnOverrides, kept_as_text
from wade.tables.splitting.train_test import PARTS
from wade.training.rows import InMemory
from wade.types import Rows, Samples


def prepare(
    data: Any,
    choices: ColumnOverrides,
    missing: tuple[str, ...],
    dialect: Dialect | None,
    splitting: Splitting,
    memory: int | str | None,
    scratch: ExitStack,
    say: Listener,
) -> PreparedData:
    """Read a table and make a prepared of it.

    Parameters
    ----------
    data : path, frame or built-in name
    choices, missing : what `choosing.choose` made of what the user says about columns
    dialect : how a text file is written, as far as it shall not be found out
    splitting : which rows are taken, and how they are split
    memory : the most that may be taken, as `memory.plan` reads it
    scratch : what removes temporary files when the prepared is over
    say : called while a table that does not fit into memory passes by

    Raises
    ------
    WadeError
        The table, a column or a setting cannot be used.
    """
    text, drawing = kept_as_text(choices.roles), (splitting.rows, splitting.noise, splitting.seed)
    opened = open_data(splitting.sources(data), scratch, missing, text, dialect, *drawing)
    splitting = replace(splitting, test_rows=_test_rows(data, splitting))
    chosen = plan(opened.size, memory)
    if chosen.streamed:
        return stream(opened, choices, splitting, chosen, scratch, say)
    return _in_memory(opened, choices, splitting, chosen)


def prepare_whole(
    data: Any,
    choices: ColumnOverrides,
    missing: tuple[str, ...],
    dialect: Dialect | None,
    splitting: Splitting,
    scratch: ExitStack,
) -> tuple[Taken, Plan]:
    """Read a table into memory, for what splits it again and again; the arguments are those of `prepare`.

    Raises
    ------
    WadeError
        The table or a column cannot be used, or the table does not fit into memory.
    """
    text, drawing = kept_as_text(choices.roles), (splitting.rows, splitting.noise, splitting.seed)
    opened = open_data(splitting.sources(data), scratch, missing, text, dialect, *drawing)
    chosen = plan(opened.size, None)
    if chosen.streamed:
        raise DataError(
            opened.name, f"it has to be in memory here. {chosen.why}", "Give a file with a part of its rows."
        )
    return take(opened, choices, splitting), chosen


class Taken(NamedTuple):
    """The rows of a table that have a target, in memory, and what each column is."""

    opened: Dataset
    reading: Reading
    table: pa.Table
    schema: Schema
    sources: Rows


def take(opened: Dataset, choices: ColumnOverrides, splitting: Splitting) -> Taken:
    """Read the whole table, find what its columns are, and keep the rows that have a target."""
    reading, rows_of = opened.whole()
    table, name = reading.table, reading.name
    left_out = [*choices.drop, *splitting.columns]
    check_names(table.column_names, name, choices, splitting)
    assert choices.target is not None
    schema = infer_schema(
        table, name, choices.target, choices.columns, left_out, time=choices.time, roles=choices.roles
    )
    schema = replace(schema, notes=(*schema.notes, *map(str, find_leaks(table, schema))))
    taken = _some_rows(table, schema, splitting)
    sources = np.repeat(np.arange(len(rows_of)), rows_of)[taken]
    return Taken(opened, reading, table if len(taken) == table.num_rows else table.take(taken), schema, sources)


def prepare_table(taken: Taken, split: Split, choices: ColumnOverrides, memory: Plan) -> PreparedData:
    """Everything that is learned from a table before training, from the training rows of this split alone."""
    table, schema, name = taken.table, taken.schema, taken.reading.name
    reading, chosen = settle_numbers(choices.numbers, len(split.train), schema.count("number"))
    encoder = Encoder.fit(table.take(split.train), schema, split.how == "time", name, reading == "piecewise")
    target = Target.fit(table, schema, split.train, name)
    X, y = encoder.encode(table, name), target.encode(table, name)
    parts = dict(zip(PARTS, (split.train, split.validation, split.test), strict=True))
    classes = np.bincount(y[split.train].ravel().astype(np.int64)) if target.classes else np.empty(0, np.int64)
    classes.resize(len(target.classes))
    return PreparedData(
        name,
        schema,
        encoder,
        target,
        split.summary,
        {part: InMemory(Samples(X[rows], y[rows])) for part, rows in parts.items()},
        base_rate(target, classes),
        taken.opened.missing,
        taken.reading.dialect,
        taken.reading.notes,
        memory,
        chosen,
    )


def _in_memory(opened: Dataset, choices: ColumnOverrides, splitting: Splitting, memory: Plan) -> PreparedData:
    """A prepared whose rows are in memory."""
    taken = take(opened, choices, splitting)
    table, schema, name = taken.table, taken.schema, taken.reading.name
    split = split_table(table, schema, name, splitting, splitting.test_rows, choices.drop, taken.sources)
    return prepare_table(taken, split, choices, memory)


def _test_rows(data: Any, splitting: Splitting) -> int | None:
    """How many rows to test on: as asked for, or as a built-in table has it where all of its rows are taken."""
    comes_with = built_in(data)
    if splitting.test_rows is not None or splitting.rows is not None or comes_with is None:
        return splitting.test_rows
    return (comes_with.test_rows or {}).get(splitting.how)


def _some_rows(table: pa.Table, schema: Schema, splitting: Splitting) -> Rows:
    """The rows that have a target; so many of them as are asked for, drawn at random and left in their order."""
    labelled, rows = labelled_rows(table, schema), splitting.rows
    if rows is not None and rows < len(labelled):
        labelled = labelled[np.sort(permutation(splitting.seed, ROWS_STREAM, len(labelled))[:rows])]
    return labelled
