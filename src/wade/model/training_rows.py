"""Which rows a model was trained on, told by their content and without keeping any of them.

Every encoded row with its target has a hash. The smallest hashes of the training rows are kept with the model, at most
1,024: of small tables all, of large ones a fair sample. Rows to be evaluated whose hash lies in the range of those that
are kept are either among them, or not training rows. 48 bits of a hash do not give a row back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from itertools import pairwise
from math import sqrt
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wade.tables.columns.from_json import described, require
from wade.tables.columns.hashing import Hashes, mix
from wade.training.rows import RowSource
from wade.types import Array, Inputs

MOST_HASHES: Final = 1_024
BITS: Final = 48
LEAST_SHARE: Final = 0.01
"""Of shared rows, beyond what chance makes, that is worth a warning."""
REMEDY: Final = "Use rows that it was not trained on, such as a file kept for testing (wade train DATA --test FILE)."


@dataclass(frozen=True)
class TrainingRows:
    """The number of training rows, and the smallest of their hashes in rising order.

    `by_chance` is the share of the test rows that equal a training row, as they do where columns have few values.
    """

    rows: int
    hashes: tuple[int, ...]
    by_chance: float = 0.0

    @classmethod
    def of(cls, training: RowSource, test: RowSource) -> TrainingRows:
        """Of these training rows; what chance makes is measured on the test rows."""
        kept, rows = np.empty(0, np.uint64), 0
        for X, y, _ in training.blocks():
            rows += len(X)
            kept = np.unique(np.concatenate([kept, row_hashes(X, y)]))[:MOST_HASHES]
        found = cls(rows, tuple(kept.tolist()))
        shared, of_rows = np.sum([found.count(X, y) for X, y, _ in test.blocks()] or [(0, 0)], axis=0)
        return cls(rows, found.hashes, float(shared / of_rows) if of_rows else 0.0)

    def count(self, X: Inputs, y: Array) -> tuple[int, int]:
        """How many of these rows are training rows, and of how many that is known."""
        hashes = row_hashes(X, y)
        if len(self.hashes) == MOST_HASHES:
            hashes = hashes[hashes <= self.hashes[-1]]
        return int(np.isin(hashes, np.array(self.hashes, np.uint64)).sum()), len(hashes)

    def of_row(self, X: Inputs, y: Array) -> str:
        """Whether one row is a training row, in words; "" where the hashes that are kept do not tell."""
        shared, known = self.count(X, y)
        # Where rows often equal others by chance, this one need not be the one that was trained on.
        same = "equal to a training row" if self.by_chance else "a training row"
        return (same if shared else "not a training row") if known else ""

    def warning(self, X: Inputs, y: Array) -> list[str]:
        """A warning where more of these rows are training rows than chance makes; else nothing."""
        shared, known = self.count(X, y)
        if not known:
            return []
        share, chance = shared / known, self.by_chance
        if share <= chance + max(LEAST_SHARE, 3 * sqrt(chance * (1 - chance) / known)):
            return []
        # An estimated count would read like an exact one that is wrong: an estimate is a share.
        rows = f"{shared:,} of {known:,}" if known == len(X) else f"about {100 * share:.0f} % of these {len(X):,}"
        return [f"{rows} rows equal a row that this model was trained on, so these results are optimistic. {REMEDY}"]

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON data."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Any) -> TrainingRows:
        """What `to_dict` described; InvalidArgument where it is wrong."""
        found = described(cls, data)
        hashes = found.hashes
        rising = all(a < b for a, b in pairwise(hashes))
        require(rising and all(0 <= one < 1 << BITS for one in hashes), "hashes", "must rise, in 48 bits", len(hashes))
        require(len(hashes) <= MOST_HASHES, "hashes", f"must be at most {MOST_HASHES}", len(hashes))
        require(0 <= found.by_chance <= 1, "by_chance", "must be a share", found.by_chance)
        return found


def row_hashes(X: Inputs, y: Array) -> Hashes:
    """48 bits for each encoded row with its target.

    Examples
    --------
    >>> X = Inputs(np.array([[1.0], [2.0], [1.0]], np.float32), np.zeros((3, 1), np.int32))
    >>> hashes = row_hashes(X, np.zeros(3, np.int32))
    >>> bool(hashes[0] == hashes[2]), bool(hashes[0] == hashes[1])
    (True, False)
    """
    total = np.zeros(len(X), np.uint64)
    for place, column in enumerate(_columns([X.numbers, X.codes, X.positions, y]), start=1):
        total += mix(column ^ mix(np.full(1, place, np.uint64)))
    return mix(total) >> np.uint64(64 - BITS)


def _columns(blocks: Iterable[NDArray[Any] | None]) -> Iterable[Hashes]:
    """Each column of the blocks as the bits of its values."""
    for block in blocks:
        if block is None:
            continue
        for column in block.reshape(len(block), -1).T if block.size else ():
            yield np.ascontiguousarray(column).view(f"u{column.itemsize}").astype(np.uint64)
