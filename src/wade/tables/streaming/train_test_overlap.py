"""Test rows that are training rows too, counted while all rows pass by once."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa

from wade.tables.columns.hashing import Hashes
from wade.tables.profile.duplicates import row_hashes
from wade.tables.streaming.split import TEST, TRAIN, Parts

MOST_KEPT: Final = 1 << 20


class TrainTestOverlap:
    """About how many test rows have their like among the training rows; exact while about a million rows have passed.

    Every row has a hash that looks random, the same for equal rows. Kept are the rows with small ones:
    equal rows are kept or forgotten together, so the share of shared rows among those kept is a fair estimate.

    Examples
    --------
    >>> shared = TrainTestOverlap(["x"])
    >>> shared.add(pa.record_batch({"x": [1, 2, 3, 1]}), np.array([TRAIN, TRAIN, TEST, TEST]))
    >>> shared.count
    1
    """

    def __init__(self, names: list[str]) -> None:
        self._names = names
        self._limit = np.uint64(2**64 - 1)
        self._kept: dict[int, Hashes] = {part: np.empty(0, np.uint64) for part in (TRAIN, TEST)}
        self._test_rows = 0

    def add(self, rows: pa.RecordBatch, parts: Parts) -> None:
        """Some more rows, and the part of each."""
        hashes = row_hashes(rows, self._names)
        small = hashes < self._limit
        self._test_rows += int((parts == TEST).sum())
        for part, kept in self._kept.items():
            self._kept[part] = np.concatenate([kept, hashes[small & (parts == part)]])
        while sum(map(len, self._kept.values())) > MOST_KEPT:
            self._limit >>= np.uint64(1)
            self._kept = {part: kept[kept < self._limit] for part, kept in self._kept.items()}

    @property
    def count(self) -> int:
        """How many test rows are training rows too, or about how many."""
        test = self._kept[TEST]
        share = float(np.isin(test, self._kept[TRAIN]).mean()) if len(test) else 0.0
        return round(share * self._test_rows)
