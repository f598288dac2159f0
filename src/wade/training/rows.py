"""Row sources: arrays in memory, or encoded rows on disk that pass through a window of memory."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Final

import numpy as np

from wade.maths.random import permutation, permutations
from wade.types import Inputs, Rows, Samples

NUMBERS_AT_ONCE: Final = 8_192
"""Small tables: the orders of as many epochs as make this number of rows are drawn in one go, and kept."""


class RowSource(ABC):
    """Rows that can be iterated over again and again, in their own order or in a seeded one.

    Its numbers are finite and its codes in range: the encoder or `check_samples` has checked them.
    """

    @abstractmethod
    def __len__(self) -> int:
        """How many rows there are."""

    @property
    @abstractmethod
    def shuffled_at_a_time(self) -> int:
        """How many rows are shuffled together: with another number, the same seed gives another order."""

    @abstractmethod
    def blocks(self) -> Iterator[Samples]:
        """All rows in their own order, some at a time; a block is overwritten by the next one."""

    @abstractmethod
    def epoch(self, number: int, batch_size: int, seed: int | None) -> Iterator[tuple[Samples, Rows]]:
        """Some samples at a time, and their row numbers in the order of one epoch; overwritten by the next.

        They make whole batches, but for the last. The order is a function of the seed and of the epoch's number, from
        1; without a seed it is the order of the table.
        """


class InMemory(RowSource):
    """Arrays: one block, and any order of all its rows.

    Examples
    --------
    >>> from wade.types import Inputs
    >>> rows = InMemory(Samples(Inputs(np.zeros((3, 1)), np.zeros((3, 0), np.int32)), np.zeros(3)))
    >>> [sorted(order.tolist()) for _, order in rows.epoch(1, batch_size=2, seed=0)]
    [[0, 1, 2]]
    """

    def __init__(self, samples: Samples) -> None:
        self.samples = samples
        self._orders: tuple[int, int, Rows] = 0, 0, np.empty((0, 0), np.int64)
        """The seed, the first epoch, and the order of that one and of those after it."""

    def __len__(self) -> int:
        return len(self.samples.X)

    @property
    def shuffled_at_a_time(self) -> int:
        """All of them."""
        return len(self)

    def blocks(self) -> Iterator[Samples]:
        """All rows at once."""
        yield self.samples

    def epoch(self, number: int, batch_size: int, seed: int | None) -> Iterator[tuple[Samples, Rows]]:
        """All rows at once."""
        yield self.samples, np.arange(len(self)) if seed is None else self._order(number, seed)

    def _order(self, number: int, seed: int) -> Rows:
        drawn_seed, first, orders = self._orders
        if seed != drawn_seed or not first <= number < first + len(orders):
            count, first = NUMBERS_AT_ONCE // max(1, len(self)), number
            if count < 2:
                orders = permutation(seed, number, len(self))[None]
            else:
                orders = permutations(seed, range(number, number + count), len(self))
            self._orders = seed, first, orders
        order: Rows = orders[number - first]
        return order


def sample_rows(rows: RowSource, count: int, seed: int) -> RowSource:
    """At most `count` of the rows, drawn at random: of rows on disk, from those that an epoch has in memory first."""
    if len(rows) <= count:
        return rows
    (X, y, weights), order = next(rows.epoch(1, 1, seed))
    drawn = order[:count]
    return InMemory(Samples(X[drawn], y[drawn], None if weights is None else weights[drawn]))


def gathered(rows: RowSource) -> Samples:
    """All rows in memory."""
    if isinstance(rows, InMemory):
        return rows.samples
    blocks = [samples.take(np.arange(len(samples.X))) for samples in rows.blocks()]  # a copy
    X = Inputs(
        *(np.concatenate([getattr(X, name) for X, _, _ in blocks]) for name in ("numbers", "codes", "positions"))
    )
    weights = [weights for _, _, weights in blocks if weights is not None]
    return Samples(X, np.concatenate([y for _, y, _ in blocks]), np.concatenate(weights) if weights else None)
