"""Which part each row belongs to, batch by batch: the splits of `splits` without ever having all rows at once.

A row is drawn by a random number that is a function of the seed and of the row's own number. So parts have about the
requested sizes, each class its share of them to within chance, and any pass over the rows finds the same
parts again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wade.errors import ColumnError
from wade.maths.random import words
from wade.tables.columns.hashing import hash_values, mix
from wade.tables.columns.views import Text, as_text, column_location, offset_rows
from wade.tables.kinds.column import Column
from wade.tables.reading.dataset import Batch
from wade.tables.schema.infer import order_of
from wade.tables.splitting.train_test import SPLIT_STREAM, parts_named
from wade.types import Floats

TRAIN, VALIDATION, TEST, OUT = 0, 1, 2, -1
UNIT: Final = 2.0**-53

Parts: TypeAlias = NDArray[np.int8]
RowMask: TypeAlias = NDArray[np.bool_]


class Shares(NamedTuple):
    """The shares of rows that are drawn for validation and for the test; the others are training rows."""

    validation: float
    test: float

    def parts(self, draws: Floats) -> Parts:
        """The part of each row by its number from [0, 1).

        Examples
        --------
        >>> Shares(0.1, 0.2).parts(np.array([0.15, 0.25, 0.5])).tolist()
        [2, 1, 0]
        """
        held_out = (draws < self.test + self.validation).astype(np.int8)
        return held_out + (draws < self.test)


BatchSplit: TypeAlias = Callable[[Batch, RowMask], Parts]
"""A way to split: the part of each row of a batch; parts of rows that are not used mean nothing."""


def random_split(shares: Shares, seed: int) -> BatchSplit:
    """Each row by its own number."""
    return lambda batch, used: shares.parts(draws(seed, SPLIT_STREAM, batch))


def group_split(column: str, shares: Shares, seed: int, name: str) -> BatchSplit:
    """Rows with the same value in a column are in one part: that of a hash of the value and the seed."""

    def parts(batch: Batch, used: RowMask) -> Parts:
        text = complete_texts(batch, used, column, name)
        hashes = mix(hash_values(pa.array(text.values, pa.string())) ^ words(seed, SPLIT_STREAM, 1))
        return shares.parts((hashes >> np.uint64(11)) * UNIT)[text.codes]

    return parts


def time_split(column: Column, validation_from: float, test_from: float, name: str) -> BatchSplit:
    """The latest rows are the test, those before them validation; rows of one time are in one part.

    Both begin at a number, or at days since 1970, of the column that orders the rows.
    """

    def parts(batch: Batch, used: RowMask) -> Parts:
        times = order_in_time(batch, used, column, name)
        return (times >= validation_from).astype(np.int8) + (times >= test_from)

    return parts


def given_split(column: str, shares: Shares, seed: int, name: str) -> BatchSplit:
    """As a column gives it; parts that it does not name, `shares` draws from the training rows."""

    def parts(batch: Batch, used: RowMask) -> Parts:
        text = complete_texts(batch, used, column, name)
        given = parts_named(text.values, column_location(name, column)).astype(np.int8)[text.codes]
        return np.where(given == TRAIN, random_split(shares, seed)(batch, used), given)

    return parts


def file_split(part_of: tuple[int, ...], shares: Shares, seed: int) -> BatchSplit:
    """As the files give it: the part of each source; parts without a file, `shares` draws from the training rows."""

    def parts(batch: Batch, used: RowMask) -> Parts:
        part = part_of[batch.source]
        if part == TRAIN:
            return random_split(shares, seed)(batch, used)
        return np.full(batch.rows.num_rows, part, np.int8)

    return parts


def draws(seed: int, stream: int, batch: Batch) -> Floats:
    """A number from [0, 1) for each row, a function of its number in the table."""
    return (words(seed, stream, batch.rows.num_rows, batch.first) >> np.uint64(11)) * UNIT


def order_in_time(batch: Batch, used: RowMask, column: Column, name: str) -> Floats:
    """The times of the rows, in days since 1970, or the numbers that stand for them; none may be missing."""
    values, where = batch.rows.column(column.name), column_location(name, column.name)
    with offset_rows(batch.first):
        remedy = "Fill it in, leave the row out, or split at random."
        _refuse_missing(values, used, where, "the time is missing", remedy)
        return order_of(column, values, where)


def complete_texts(batch: Batch, used: RowMask, column: str, name: str) -> Text:
    """The texts of a column that defines the split, of which none may be missing."""
    values, where = batch.rows.column(column), column_location(name, column)
    with offset_rows(batch.first):
        _refuse_missing(values, used, where, "the value is missing", "Fill it in, or leave the row out.")
        return as_text(values, where)


def _refuse_missing(values: pa.Array, used: RowMask, where: str, problem: str, remedy: str) -> None:
    missing = np.asarray(values.is_null()) & used
    if missing.any():
        raise ColumnError(f"{where}, row {int(missing.argmax()) + 1}", problem, remedy)
