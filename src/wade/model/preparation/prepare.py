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
from wade.model.preparation.splitting import (
    ROWS_STREAM,
    SplitKeys,
    SplitOptions,
    check_names,
    fold_table,
    repeated_rows,
    split_keys,
    split_table,
    splitting_time,
)
from wade.model.preparation.streaming import Listener, stream
from wade.settings import settle_numbers
from wade.tables import Dialect, Encoder, Schema, Split, Target, find_leaks, labelled_rows
from wade.tables.columns.views import rows_at, told_by
from wade.tables.encoding.unseen import find_unseen
from wade.tables.profile.column_profile import profile_table
from wade.tables.reading.dataset import Dataset
from wade.tables.reading.whole import WholeTable
from wade.tables.schema.infer import settle_schema, settle_target, target_notes
from wade.tables.schema.overrides import ColumnOverrides, kept_as_text
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
    return prepare_table(loaded, loaded.split(splitting, splitting.test_rows), chosen)


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
    """The rows of a table that have a target, or a sample of these `of_rows`, by their numbers, and how to split them.

    `tidy` are these rows with the types that all rows allow; `prepare_table` reads those of each part alone.
    """

    opened: Dataset
    whole: WholeTable
    tidy: pa.Table
    rows: Rows
    keys: SplitKeys
    choices: ColumnOverrides
    of_rows: int
    notes: tuple[str, ...]

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.whole.reading.name

    def check(self) -> None:
        """ColumnError for the first column that cannot be used, from all rows of the table."""
        table = self.whole.reading.table
        settle_schema(table, profile_table(table), self.choices, self.name)

    def split(self, splitting: SplitOptions, test_rows: int | None) -> Split:
        """Its parts."""
        return split_table(self.keys, len(self.rows), splitting, test_rows)

    def folds(self, splitting: SplitOptions, folds: int) -> list[Split]:
        """Its parts in as many ways, each row a test row once."""
        return fold_table(self.keys, len(self.rows), splitting, folds)


def load_table(opened: Dataset, choices: ColumnOverrides, splitting: SplitOptions) -> LoadedTable:
    """Read the whole table, keep the rows that have a target, or a random sample of them, and find the split's keys."""
    whole = opened.whole()
    table, name, dialect = whole.reading.table, whole.reading.name, whole.reading.dialect
    check_names(table.column_names, name, choices, splitting)
    assert choices.target is not None
    target, decimal = choices.target, dialect.known_decimal if dialect else ""
    choices = replace(choices, drop=(*choices.drop, *splitting.columns), decimal=decimal)
    labels = profile_table(table.select([target]))[target]
    if not labels.present:
        settle_target(table, labels, choices, name)
    rows = labelled_rows(table, target)
    of_rows = len(rows)
    if splitting.rows is not None and splitting.rows < of_rows:
        rows = rows[np.sort(permutation(splitting.seed, ROWS_STREAM, of_rows)[: splitting.rows])]
    sources = np.repeat(np.arange(len(whole.rows_of)), whole.rows_of)[rows]
    tidy = table if len(rows) == table.num_rows else table.take(pa.array(rows))
    with rows_at(rows):
        if splitting.how == "time":
            choices = replace(choices, time=splitting_time(tidy, name, choices).name)
        keys = split_keys(tidy, name, splitting, choices, sources)
    notes = (*whole.reading.notes, *target_notes(labels, target))
    return LoadedTable(opened, whole, tidy, rows, keys, choices, of_rows, notes)


def prepare_table(loaded: LoadedTable, split: Split, memory: Plan, like: PreparedData | None = None) -> PreparedData:
    """Infer the schema from the training rows of a split, fit encoder and target to them, and encode all its rows.

    The rows of each part are read as if the table had no others: what a column is, is decided by the training rows
    alone, and a validation or test row is read as a row to be predicted later will be. `like` has the schema and the
    classes of a larger set of training rows, to be used instead.

    Raises
    ------
    ColumnError
        A column of the training rows cannot be used; a validation or test row holds what they cannot be compared with.
    """
    with told_by(loaded.check):
        return _prepared(loaded, split, memory, like)


def _prepared(loaded: LoadedTable, split: Split, memory: Plan, like: PreparedData | None) -> PreparedData:
    whole, choices, name = loaded.whole, loaded.choices, loaded.name
    in_order = np.argsort(split.train, kind="stable")
    places = loaded.rows[split.train[in_order]]
    train = whole.alone(places) if like is None else whole.alone(places, like.schema.text_columns)
    schema = infer_from(train, places, choices, name) if like is None else like.schema
    reading, chosen = settle_numbers(choices.numbers, len(split.train), schema.count("number"))
    with rows_at(places):
        encoder = Encoder.fit(train, schema, split.how == "time", name, reading == "piecewise")
        target = Target.fit(train, schema, name) if like is None or not like.target.classes else like.target
        X, y = encoder.encode(train, name), target.encode(train, name)
    parts, unseen = {"train": InMemory(_as_split(Samples(X, y), in_order))}, {}
    for part, rows in (("validation", split.validation), ("test", split.test)):
        others = whole.alone(loaded.rows[rows], schema.text_columns)
        with rows_at(loaded.rows[rows]):
            target.refuse_new_classes(others, name, part)
            there = encoder.encode(others, name)
            parts[part] = InMemory(Samples(there, target.encode(others, name)))
            unseen[part] = find_unseen(encoder, others, there)
    classes = np.bincount(y.ravel().astype(np.int64)) if target.classes else np.empty(0, np.int64)
    classes.resize(len(target.classes))
    shared = repeated_rows(loaded.tidy, split, schema, choices.drop)
    return PreparedData(
        name,
        schema,
        encoder,
        target,
        split=replace(split.summary, repeated=shared),
        parts=parts,
        base_rate=base_rate(target, classes),
        missing=loaded.opened.missing,
        dialect=whole.reading.dialect,
        notes=loaded.notes,
        memory=memory,
        choices=chosen,
        unseen=unseen,
        of_rows=loaded.of_rows,
    )


def infer_from(train: pa.Table, places: Rows, choices: ColumnOverrides, name: str) -> Schema:
    """The schema of training rows, of which these are the numbers in the table, with a note on columns that leak."""
    schema = settle_schema(train, profile_table(train, places), choices, name)
    return replace(schema, notes=(*schema.notes, *map(str, find_leaks(train, schema))))


def _as_split(samples: Samples, in_order: Rows) -> Samples:
    """Rows in the order of the split, from those in the order of the table."""
    if (np.diff(in_order) > 0).all():
        return samples
    back = np.argsort(in_order, kind="stable")
    return Samples(samples.X[back], samples.y[back])
