"""Prepare data for training: read, infer the schema, split, encode."""

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
from wade.model.preparation.splitting import ROWS_STREAM, SplitOptions, check_names, split_table
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
    splitting: SplitOptions,
    memory: int | str | None,
    cleanup: ExitStack,
    on_event: Listener,
) -> PreparedData:
    """Read a table and prepare it for training.

    Parameters
    ----------
    data : path, frame or built-in name
    choices, missing : as `column_options.choose` gives them
    dialect : how a text file is written; the rest is auto-detected
    splitting : which rows are used, and how they are split
    memory : the limit, as `memory.plan` reads it
    cleanup : removes temporary files when training is over
    on_event : called while a table that does not fit into memory is read

    Raises
    ------
    WadeError
        The table, a column or a setting cannot be used.
    """
    text, drawing = kept_as_text(choices.roles), (splitting.rows, splitting.noise, splitting.seed)
    opened = open_data(splitting.sources(data), cleanup, missing, text, dialect, *drawing)
    splitting = replace(splitting, test_rows=_test_rows(data, splitting))
    chosen = plan(opened.size, memory)
    if chosen.streamed:
        return stream(opened, choices, splitting, chosen, cleanup, on_event)
    return _in_memory(opened, choices, splitting, chosen)


def prepare_whole(
    data: Any,
    choices: ColumnOverrides,
    missing: tuple[str, ...],
    dialect: Dialect | None,
    splitting: SplitOptions,
    cleanup: ExitStack,
) -> tuple[LoadedTable, Plan]:
    """Read a table into memory, to be split several times; the arguments are those of `prepare`.

    Raises
    ------
    WadeError
        The table or a column cannot be used, or the table does not fit into memory.
    """
    text, drawing = kept_as_text(choices.roles), (splitting.rows, splitting.noise, splitting.seed)
    opened = open_data(splitting.sources(data), cleanup, missing, text, dialect, *drawing)
    chosen = plan(opened.size, None)
    if chosen.streamed:
        raise DataError(
            opened.name, f"it has to be in memory here. {chosen.why}", "Give a file with a part of its rows."
        )
    return load_table(opened, choices, splitting), chosen


class LoadedTable(NamedTuple):
    """The rows of a table that have a target, in memory, with the schema and the source of each row."""

    opened: Dataset
    reading: Reading
    table: pa.Table
    schema: Schema
    sources: Rows


def load_table(opened: Dataset, choices: ColumnOverrides, splitting: SplitOptions) -> LoadedTable:
    """Read the whole table, infer its schema, and keep the rows that have a target."""
    reading, rows_of = opened.whole()
    table, name = reading.table, reading.name
    left_out = [*choices.drop, *splitting.columns]
    check_names(table.column_names, name, choices, splitting)
    assert choices.target is not None
    schema = infer_schema(
        table, name, choices.target, choices.columns, left_out, time=choices.time, roles=choices.roles
    )
    schema = replace(schema, notes=(*schema.notes, *map(str, find_leaks(table, schema))))
    loaded = _some_rows(table, schema, splitting)
    sources = np.repeat(np.arange(len(rows_of)), rows_of)[loaded]
    return LoadedTable(opened, reading, table if len(loaded) == table.num_rows else table.take(loaded), schema, sources)


def prepare_table(loaded: LoadedTable, split: Split, choices: ColumnOverrides, memory: Plan) -> PreparedData:
    """Fit encoder and target on the training rows of a split, and encode all its rows."""
    table, schema, name = loaded.table, loaded.schema, loaded.reading.name
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
        split=split.summary,
        parts={part: InMemory(Samples(X[rows], y[rows])) for part, rows in parts.items()},
        base_rate=base_rate(target, classes),
        missing=loaded.opened.missing,
        dialect=loaded.reading.dialect,
        notes=loaded.reading.notes,
        memory=memory,
        choices=chosen,
    )


def _in_memory(opened: Dataset, choices: ColumnOverrides, splitting: SplitOptions, memory: Plan) -> PreparedData:
    """Prepared data in memory."""
    loaded = load_table(opened, choices, splitting)
    table, schema, name = loaded.table, loaded.schema, loaded.reading.name
    split = split_table(table, schema, name, splitting, splitting.test_rows, drop=choices.drop, sources=loaded.sources)
    return prepare_table(loaded, split, choices, memory)


def _test_rows(data: Any, splitting: SplitOptions) -> int | None:
    """The size of the test: as given, or as a built-in table has it where all of its rows are used."""
    built_in_table = built_in(data)
    if splitting.test_rows is not None or splitting.rows is not None or built_in_table is None:
        return splitting.test_rows
    return (built_in_table.test_rows or {}).get(splitting.how)


def _some_rows(table: pa.Table, schema: Schema, splitting: SplitOptions) -> Rows:
    """The rows that have a target, or a random sample of them in their order."""
    labelled, rows = labelled_rows(table, schema), splitting.rows
    if rows is not None and rows < len(labelled):
        labelled = labelled[np.sort(permutation(splitting.seed, ROWS_STREAM, len(labelled))[:rows])]
    return labelled
