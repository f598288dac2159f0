"""Prepare data for training: read, infer the schema, split, encode."""

from __future__ import annotations

from collections.abc import Collection
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
from wade.tables.encoding.unseen import find_unseen
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
    """Read a table and prepare it for training; the options are those of `wade.learn`.

    `cleanup` removes temporary files; `on_event` is called while a table that does not fit into memory is read.

    Raises
    ------
    WadeError
        The table, a column or a setting cannot be used.
    """
    opened = _open(data, choices, missing, dialect, splitting, cleanup)
    known = built_in(data)
    if known is not None and splitting.test_rows is None and splitting.rows is None:
        splitting = replace(splitting, test_rows=(known.test_rows or {}).get(splitting.how))
    chosen = plan(opened.size, memory)
    if chosen.streamed:
        return stream(opened, choices, splitting, chosen, cleanup, on_event)
    loaded = load_table(opened, choices, splitting)
    return prepare_table(loaded, loaded.split(splitting, splitting.test_rows, choices.drop), choices, chosen)


def prepare_whole(
    data: Any,
    choices: ColumnOverrides,
    missing: tuple[str, ...],
    dialect: Dialect | None,
    splitting: SplitOptions,
    cleanup: ExitStack,
) -> tuple[LoadedTable, Plan]:
    """Read a table into memory, to be split several times; DataError where it does not fit."""
    opened = _open(data, choices, missing, dialect, splitting, cleanup)
    chosen = plan(opened.size, None)
    if chosen.streamed:
        raise DataError(
            opened.name, f"it has to be in memory here. {chosen.why}", "Give a file with a part of its rows."
        )
    return load_table(opened, choices, splitting), chosen


def _open(
    data: Any,
    choices: ColumnOverrides,
    missing: tuple[str, ...],
    dialect: Dialect | None,
    splitting: SplitOptions,
    cleanup: ExitStack,
) -> Dataset:
    text, drawing = kept_as_text(choices.roles, choices.keep_text), (splitting.rows, splitting.noise, splitting.seed)
    return open_data(splitting.sources(data), cleanup, missing, text, dialect, *drawing)


class LoadedTable(NamedTuple):
    """The rows of a table that have a target, or a sample of these `of_rows`, with the schema and each row's source."""

    opened: Dataset
    reading: Reading
    table: pa.Table
    schema: Schema
    sources: Rows
    of_rows: int

    def split(self, splitting: SplitOptions, test_rows: int | None, drop: Collection[str]) -> Split:
        """Its parts, as `split_table` makes them."""
        name, sources = self.reading.name, self.sources
        return split_table(self.table, self.schema, name, splitting, test_rows, drop=drop, sources=sources)


def load_table(opened: Dataset, choices: ColumnOverrides, splitting: SplitOptions) -> LoadedTable:
    """Read the whole table, infer its schema, and keep the rows that have a target, or a random sample of them."""
    reading, rows_of = opened.whole()
    table, name = reading.table, reading.name
    left_out = [*choices.drop, *splitting.columns]
    check_names(table.column_names, name, choices, splitting)
    assert choices.target is not None
    schema = infer_schema(
        table,
        name,
        choices.target,
        choices.columns,
        left_out,
        time=choices.time,
        roles=choices.roles,
        decimal=reading.dialect.known_decimal if reading.dialect else "",
        keep_text=choices.keep_text,
    )
    schema = replace(schema, notes=(*schema.notes, *map(str, find_leaks(table, schema))))
    labelled, rows = labelled_rows(table, schema), splitting.rows
    of_rows = len(labelled)
    if rows is not None and rows < len(labelled):
        labelled = labelled[np.sort(permutation(splitting.seed, ROWS_STREAM, len(labelled))[:rows])]
    sources = np.repeat(np.arange(len(rows_of)), rows_of)[labelled]
    kept = table if len(labelled) == table.num_rows else table.take(labelled)
    return LoadedTable(opened, reading, kept, schema, sources, of_rows)


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
        unseen={
            part: find_unseen(encoder, table, X, rows)
            for part, rows in (("validation", split.validation), ("test", split.test))
        },
        of_rows=loaded.of_rows,
    )
