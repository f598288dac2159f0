"""Rows that say the same: a test row that is also a training row asks what the network has already been told."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wade.tables.cleaning import codes_of, one_piece
from wade.tables.columns import as_numbers
from wade.tables.hashing import STEP, scramble
from wade.types import Rows

MISSING: Final = np.uint64(0xD1B54A32D192ED03)  # a value that no table holds


def row_keys(table: pa.Table, columns: Collection[str]) -> NDArray[np.uint64]:
    """A number for each row, the same where rows have the same values in these columns.

    Two rows that differ share a number once in 2⁶⁴: among a million rows, once in some ten million tables.

    Parameters
    ----------
    table
        tidy table, as `read_table` gives it
    columns
        those that are compared; a missing value equals a missing value

    Examples
    --------
    >>> keys = row_keys(pa.table({"wind": [45.0, 0.0, 45.0], "late": [1, 0, 1]}), ["wind", "late"])
    >>> bool(keys[0] == keys[2]), bool(keys[0] == keys[1])
    (True, False)
    """
    keys = np.zeros(table.num_rows, np.uint64)
    for name in columns:
        keys = scramble((keys + STEP) ^ _words(one_piece(table[name])))
    return keys


def repeated(keys: NDArray[np.uint64], rows: Rows, among: Rows) -> int:
    """How many of these rows have their like among the others."""
    return int(np.isin(keys[rows], keys[among]).sum())


def _words(column: pa.Array) -> NDArray[np.uint64]:
    """A column's values as 64 bits, the same bits for the same value of this column."""
    missing = np.asarray(column.is_null())
    if pa.types.is_dictionary(column.type):
        words = codes_of(column).view(np.uint64)
    elif pa.types.is_floating(column.type):
        words = (as_numbers(column, "") + 0.0).view(np.uint64)  # −0 is 0
    elif pa.types.is_null(column.type):
        words = np.zeros(len(column), np.uint64)
    else:
        words = np.asarray(column.cast(pa.int64(), safe=False).fill_null(0)).view(np.uint64)
    return np.where(missing, MISSING, words)
