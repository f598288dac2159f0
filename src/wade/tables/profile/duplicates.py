"""How many rows repeat another one: exact for small tables, by a fair sample of all different rows beyond."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa

from wade.tables.columns.cleaning import codes_of, one_piece
from wade.tables.columns.hashing import Hashes, hash_values, mix
from wade.tables.profile.distinct import Distinct, used_codes
from wade.types import Rows

MOST_ROWS: Final = 1 << 16


class Duplicates(NamedTuple):
    """How many rows have an earlier row that is the same, and whether that was counted or estimated."""

    rows: int
    exact: bool


def count_duplicates(batches: Iterable[pa.RecordBatch], names: Collection[str]) -> Duplicates:
    """Rows that repeat another in all of these columns, none of them nested.

    As in `distinct`, the different rows with the smallest hashes are kept with their counts: a fair sample.

    Examples
    --------
    >>> table = pa.table({"x": [1, 2, 1, 1], "y": ["a", "a", "a", None]})
    >>> count_duplicates(table.to_batches(), ["x", "y"])
    Duplicates(rows=1, exact=True)
    """
    kept, counts, total, exact = np.empty(0, np.uint64), np.empty(0, np.int64), 0, True
    for batch in batches:
        total += batch.num_rows
        hashes = row_hashes(batch, names)
        if not exact:
            hashes = hashes[hashes <= kept[-1]]
        kept, places = np.unique(np.concatenate([kept, hashes]), return_inverse=True)
        together = np.zeros(len(kept), np.int64)
        np.add.at(together, places, np.concatenate([counts, np.ones(len(hashes), np.int64)]))
        exact = exact and len(kept) <= MOST_ROWS
        kept, counts = kept[:MOST_ROWS], together[:MOST_ROWS]
    share = 1 - len(kept) / max(1, int(counts.sum()))
    return Duplicates(round(total * share), exact)


def repeats_by_chance(rows: int, columns: Iterable[tuple[Distinct, int]]) -> float:
    """How many rows would repeat another if the columns were independent: nearly all, where a few rounded values are.

    ::

        n − (1 − e^(−n C)) / C,   C = Π_j Σ_v (n_jv / n)²

    C is the chance that two rows are the same, and n_jv how often column j holds the value v (or none); `columns` are
    the values of each column and how many are missing. Where many rows are the same, this is the expectation for values
    that are equally frequent, and a little above it for others.

    Examples
    --------
    >>> values = Distinct.of(pa.array([1, 2, 3, 4] * 25))
    >>> round(repeats_by_chance(100, [(values, 0)])), round(repeats_by_chance(100, [(values, 0)] * 12), 4)
    (96, 0.0003)
    """
    same = 1.0
    for distinct, missing in columns:
        kept = float(((distinct.counts / rows) ** 2).sum())
        same *= min(1.0, kept * distinct.count / max(1, len(distinct.counts)) + (missing / rows) ** 2)
    if rows * same < 1e-6:
        return rows**2 * same / 2
    return rows + math.expm1(-rows * same) / same


def row_hashes(rows: pa.Table | pa.RecordBatch, names: Collection[str]) -> Hashes:
    """One hash for each row: the sum of its values' hashes, each mixed with the place of its column.

    A missing value equals a missing value. Two rows that differ share a hash once in 2⁶⁴: among a million rows, once in
    some ten million tables.

    Examples
    --------
    >>> hashes = row_hashes(pa.table({"wind": [45.0, 0.0, 45.0], "late": [1, 0, 1]}), ["wind", "late"])
    >>> bool(hashes[0] == hashes[2]), bool(hashes[0] == hashes[1])
    (True, False)
    """
    total = np.zeros(rows.num_rows, np.uint64)
    for place, name in enumerate(names, start=1):
        column = one_piece(rows[name])
        if pa.types.is_null(column.type):
            continue
        encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
        used, _ = used_codes(encoded)
        # The last entry serves the rows whose value is missing, −1.
        table = np.zeros(len(encoded.dictionary) + 1, np.uint64)
        table[used] = mix(hash_values(encoded.dictionary.take(pa.array(used))) ^ np.uint64(place))
        total += table[codes_of(encoded)]
    return total


def repeated(hashes: Hashes, rows: Rows, among: Rows) -> int:
    """How many of these rows repeat one of the others, as a test row may repeat a training row."""
    return int(np.isin(hashes[rows], hashes[among]).sum())
