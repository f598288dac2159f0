"""How many different values a column holds, and how often each occurs: exact while they are few, a fair sample beyond.

Every value has a hash that looks random. Kept are the values with the smallest hashes, with their counts. A value that
is among the smallest at the end was among them all along, so its count is exact; and since hashes know nothing of
values, those kept are a fair sample of all different values. The k-th smallest of m evenly spread hashes lies near k/m
of the way, which gives m. Source: K. Beyer and others, "On Synopses for Distinct-Value Estimation under Multiset
Operations", 2007 (the KMV synopsis).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wade.tables.columns.hashing import Hashes, hash_values
from wade.types import Rows

MOST_VALUES: Final = 4096
MOST_CHARACTERS: Final = 80


@dataclass(frozen=True, eq=False)
class Distinct:
    """Different values and their counts, `MOST_VALUES` of them at most.

    Examples
    --------
    >>> one, two = Distinct.of(pa.array(["a", "b", "a"])), Distinct.of(pa.array(["b", "c"]))
    >>> both = one.merge(two)
    >>> both.count, sorted(zip(both.values, both.counts.tolist()))
    (3, [('a', 2), ('b', 2), ('c', 1)])
    """

    hashes: Hashes  # of the values kept, ascending
    counts: Rows  # how often each of them occurs
    values: NDArray[np.object_]  # as Python values; of long texts the first 80 characters
    complete: bool = True  # no value was ever left out

    @classmethod
    def of(cls, column: pa.Array, limit: np.uint64 | None = None) -> Distinct:
        """The different values of one batch, missing ones left aside.

        `limit` is that of what it will be merged into: numbers and times with greater hashes are left aside at once.
        """
        if limit is not None and not pa.types.is_dictionary(column.type):
            values = column.drop_null()
            column = values.filter(pa.array(hash_values(values) <= limit))
        distinct, counts = value_counts(column)
        # Two values may share a hash: 0.0 and −0.0 are to be one.
        hashes, first, places = np.unique(hash_values(distinct), return_index=True, return_inverse=True)
        kept = distinct.take(pa.array(first[:MOST_VALUES]))
        values = np.empty(len(kept), dtype=object)
        values[:] = [value[:MOST_CHARACTERS] if isinstance(value, str) else value for value in kept.to_pylist()]
        counts = _sums(places, counts, len(hashes))[:MOST_VALUES]
        return cls(hashes[:MOST_VALUES], counts, values, len(values) == len(hashes))

    def merge(self, other: Distinct) -> Distinct:
        """What one pass over both would have found."""
        hashes, first, places = np.unique(
            np.concatenate([self.hashes, other.hashes]), return_index=True, return_inverse=True
        )
        counts = _sums(places, np.concatenate([self.counts, other.counts]), len(hashes))
        values = np.concatenate([self.values, other.values])[first]
        complete = self.complete and other.complete and len(hashes) <= MOST_VALUES
        # Beyond the largest hash of a part that left values out, nothing is known of that part.
        limit = min((part.limit for part in (self, other) if part.limit is not None), default=None)
        known = len(hashes) if limit is None else int(np.searchsorted(hashes, limit, "right"))
        most = min(known, MOST_VALUES)
        return Distinct(hashes[:most], counts[:most], values[:most], complete)

    @property
    def limit(self) -> np.uint64 | None:
        """The greatest hash of a value that is sure to be kept where it occurs; None: all are kept."""
        return None if self.complete else self.hashes[-1]

    @property
    def count(self) -> int:
        """How many different values there are: exact where `complete`, else within 5 % (three standard errors)."""
        if self.complete or len(self.hashes) == 0:
            return len(self.hashes)
        return round((len(self.hashes) - 1) / (float(self.hashes[-1]) / 2.0**64))

    @property
    def once(self) -> float:
        """The share of rows whose value occurs in no other row, from 0 to 1 (of the sample, where not `complete`)."""
        return float(np.sum(self.counts == 1) / max(1, self.counts.sum()))

    def most_frequent(self, most: int, least_count: int = 1) -> list[Any]:
        """The values that occur most often, those under `least_count` left out; ties in their own order."""
        ranked = sorted((-int(count), value) for count, value in zip(self.counts, self.values, strict=True))
        return [value for count, value in ranked if -count >= least_count][:most]


NOTHING: Final = Distinct(np.empty(0, np.uint64), np.empty(0, np.int64), np.empty(0, object))


def value_counts(column: pa.Array) -> tuple[pa.Array, Rows]:
    """The different values of a tidy column and how often each occurs; a dictionary's unused texts are left out."""
    column = column.drop_null()
    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    used, counts = used_codes(encoded)
    return encoded.dictionary.take(pa.array(used)), counts


def used_codes(encoded: pa.Array) -> tuple[Rows, Rows]:
    """The codes of a dictionary-encoded column that occur, and how often each does."""
    used, counts = np.unique(np.asarray(encoded.indices.drop_null(), dtype=np.int64), return_counts=True)
    return used, counts.astype(np.int64)


def _sums(places: Rows, counts: Rows, n: int) -> Rows:
    sums = np.zeros(n, np.int64)
    np.add.at(sums, places, counts)
    return sums
