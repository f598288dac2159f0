"""The rows of a table, split and encoded for training, each found again by its number in the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from wade.errors import InvalidArgument, unknown_name
from wade.model.model import Model
from wade.model.preparation.prepare import prepare_table
from wade.model.preparation.prepared_data import PreparedData, base_rate
from wade.model.preparation.splitting import SplitOptions, split_keys, split_table, splitting_time
from wade.studio.data import SPLIT_SEED, Table
from wade.tables import Split
from wade.tables.columns.views import rows_at
from wade.tables.schema.overrides import ColumnOverrides
from wade.tables.splitting.train_test import PARTS, counted, draw_from, sizes
from wade.training.rows import InMemory, RowSource, gathered
from wade.types import Rows, Samples

USUAL_SHARE: Final = 0.2


@dataclass(frozen=True)
class PreparedTable:
    """A table whose rows are split and encoded.

    Parameters
    ----------
    table : Table
    data : PreparedData
        Schema, encoder, target, and the encoded parts.
    split : Split
        The rows of `table.rows` in each part.
    part : array (n,), int8
        Of each row of `table.rows`: 0 training, 1 validation, 2 test.
    place : array (n,), int64
        Of each row: its place among the rows of its part.
    """

    table: Table
    data: PreparedData
    split: Split
    part: NDArray[np.int8]
    place: Rows

    def samples(self, part: int) -> Samples:
        """The encoded rows of a part: 0 training, 1 validation, 2 test."""
        return gathered(self.data.parts[PARTS[part]])

    def row(self, index: int) -> Samples:
        """One encoded row, by its number in `table.rows`."""
        place = int(self.place[index])
        return self.samples(int(self.part[index])).take(slice(place, place + 1))


_SHARED: Final[WeakValueDictionary[tuple[Any, ...], PreparedTable]] = WeakValueDictionary()
"""Prepared tables, as long as a session has them."""


def usual_share(rows: int) -> float:
    """The share of validation rows of a table of this size.

    Examples
    --------
    >>> usual_share(500), usual_share(50_000)
    (0.2, 0.1)
    """
    return round(sizes(rows, None)[0] / rows, 3)


def prepare_rows(
    table: Table, inputs: Sequence[str], split: str, validation_share: float, numbers: str = "scaled"
) -> PreparedTable:
    """The rows of a table, split and encoded.

    Parameters
    ----------
    inputs : names of columns
    split : "random" or "time"
    validation_share : float
        The share of all rows that are validation rows; the test rows are those that `wade train` takes.
    numbers : "scaled", "piecewise" or "auto"

    Raises
    ------
    WadeError
        A column cannot be used, the table cannot be split so, or the share leaves a part without rows.
    """
    key = (id(table), tuple(inputs), split, validation_share, numbers)
    if (known := _SHARED.get(key)) is not None and known.table is table:
        return known
    names = [column.name for column in table.columns if column.name != table.target]
    for name in inputs:
        if name not in names:
            raise unknown_name("inputs", name, names)
    parts, choices = _split(table, split, validation_share)
    if {*inputs} <= {*table.usable}:
        # What turns out to be constant in the training rows is dropped, with a note.
        choices = replace(choices, drop=tuple(name for name in names if name not in inputs), numbers=numbers)
    else:
        choices = replace(choices, columns=tuple(inputs), numbers=numbers)
    data = prepare_table(table.loaded._replace(choices=choices), parts, table.memory)
    prepared = _SHARED[key] = _placed(table, data, parts)
    return prepared


def _placed(table: Table, data: PreparedData, parts: Split) -> PreparedTable:
    part, place = np.zeros(len(table.loaded.rows), np.int8), np.zeros(len(table.loaded.rows), np.int64)
    for number, rows in enumerate((parts.train, parts.validation, parts.test)):
        part[rows], place[rows] = number, np.arange(len(rows))
    return PreparedTable(table, data, parts, part, place)


def prepare_for_model(table: Table, model: Model, split: str, validation_share: float) -> PreparedTable:
    """The rows of a table, split, and encoded as a model reads them; errors as in `prepare_rows`."""
    parts, _ = _split(table, split, validation_share)
    loaded, target = table.loaded, model.target
    encoded: dict[str, RowSource] = {}
    for name, rows in zip(PARTS, (parts.train, parts.validation, parts.test), strict=True):
        some = loaded.whole.alone(loaded.rows[rows], model.schema.text_columns)
        with rows_at(loaded.rows[rows]):
            target.refuse_new_classes(some, loaded.name, name)
            encoded[name] = InMemory(Samples(model.encoder.encode(some, loaded.name), target.encode(some, loaded.name)))
    classes = np.bincount(gathered(encoded["train"]).y.ravel().astype(np.int64)) if target.classes else np.empty(0)
    classes.resize(len(target.classes))
    rate = base_rate(target, classes.astype(np.int64))
    data = PreparedData(
        loaded.name,
        model.schema,
        model.encoder,
        target,
        split=parts.summary,
        parts=encoded,
        base_rate=rate,
        missing=model.missing,
        dialect=loaded.whole.reading.dialect,
        notes=loaded.notes,
        memory=table.memory,
        choices={},
        unseen={},
        of_rows=loaded.of_rows,
    )
    return _placed(table, data, parts)


def _split(table: Table, how: str, share: float) -> tuple[Split, ColumnOverrides]:
    """The parts, and the columns' options, which name the time where it orders the rows."""
    if how not in ("random", "time"):
        raise unknown_name("split", how, ("random", "time"))
    loaded, options = table.loaded, SplitOptions(split=how, seed=SPLIT_SEED)
    choices = loaded.choices
    if how == "time":
        if not table.has_time:
            expected = f"must be 'random': {table.name} has no column of dates, or several, to order its rows in time"
            raise InvalidArgument("split", expected, how, "Split at random.")
        choices = replace(choices, time=splitting_time(loaded.tidy, loaded.name, choices).name)
    with rows_at(loaded.rows):
        keys = split_keys(loaded.tidy, loaded.name, options, choices, np.zeros(len(loaded.rows), np.int64))
    found, n = split_table(keys, len(loaded.rows), options, None), len(loaded.rows)
    if share == usual_share(n):
        return found, choices
    rest = np.concatenate([found.train, found.validation])
    count = round(share * n)
    if not 1 <= count < len(rest):
        expected = f"must leave rows for training and for validation: {len(rest):,} of {n:,} rows are no test rows"
        raise InvalidArgument("validation_share", expected, share, f"Try {USUAL_SHARE}.")
    if how == "time":
        train, validation = rest[:-count], rest[-count:]
    else:
        train, validation = draw_from(np.sort(rest), count, keys.labels, SPLIT_SEED)
    way = "By time" if how == "time" else "At random"
    why = f"{way}: {counted(len(train), len(validation), len(found.test))}."
    return Split(train, validation, found.test, how, why), choices
