"""The shapes of data that all packages share: encoded rows, their layout, and rows with their targets and weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
Floats: TypeAlias = NDArray[np.floating[Any]]
Codes: TypeAlias = NDArray[np.int32]
Rows: TypeAlias = NDArray[np.int64]


class Category(NamedTuple):
    """A column of codes 0 … size − 1, where code 0 stands for values that are rare or were never seen."""

    name: str
    size: int


class Piecewise(NamedTuple):
    """A piecewise-linear number, read as a position in bins, from 0 to `bins`: 2.25 is a quarter into the third."""

    name: str
    bins: int


@dataclass(frozen=True)
class InputLayout:
    """What one encoded row holds: named numbers, then named category codes, then named positions in bins.

    Examples
    --------
    >>> layout = InputLayout(("temperature", "wind_speed"), (Category("carrier", 17),), (Piecewise("hour", 24),))
    >>> layout.n_numbers, layout.sizes, layout.bins, layout.names
    (2, (17,), (24,), ('temperature', 'wind_speed', 'carrier', 'hour'))
    """

    numbers: tuple[str, ...]
    categories: tuple[Category, ...] = ()
    piecewise: tuple[Piecewise, ...] = ()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every column: numbers, categories, piecewise-linear numbers."""
        return (*self.numbers, *(one.name for one in self.categories), *(one.name for one in self.piecewise))

    @property
    def n_numbers(self) -> int:
        """How many numbers a row holds."""
        return len(self.numbers)

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """How many codes each category has, code 0 included."""
        return tuple(category.size for category in self.categories)

    @cached_property
    def bins(self) -> tuple[int, ...]:
        """How many bins each number that is read piecewise has."""
        return tuple(one.bins for one in self.piecewise)

    @classmethod
    def of_count(cls, count: int) -> InputLayout:
        """Plain numbers without names of their own: x0, x1, …"""
        return cls(tuple(f"x{index}" for index in range(count)))


@dataclass(frozen=True, init=False)
class Inputs:
    """Encoded rows: a block of numbers, a block of category codes and a block of positions in bins.

    Parameters
    ----------
    numbers : array (n_samples, n_numbers), float32 or float64, C order
    codes : array (n_samples, n_categories), int32, C order
    positions : array (n_samples, n_piecewise), of the numbers' dtype, C order; no columns where it is left out
    """

    numbers: Floats
    codes: Codes
    positions: Floats

    def __init__(self, numbers: Floats, codes: Codes, positions: Floats | None = None) -> None:
        if positions is None:
            positions = np.empty((len(numbers), 0), numbers.dtype)
        for name, block in (("numbers", numbers), ("codes", codes), ("positions", positions)):
            object.__setattr__(self, name, block)

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, rows: slice | Rows | Sequence[int]) -> Inputs:
        return Inputs(self.numbers[rows], self.codes[rows], self.positions[rows])

    def astype(self, dtype: str | np.dtype[Any]) -> Inputs:
        """The same rows with the numbers and positions in `dtype`, contiguous; no copy where nothing changes."""
        numbers, positions = (np.ascontiguousarray(block, dtype) for block in (self.numbers, self.positions))
        return Inputs(numbers, np.ascontiguousarray(self.codes, np.int32), positions)


class Samples(NamedTuple):
    """Rows, what was observed for each, and how much each counts.

    Parameters
    ----------
    X : Inputs
    y : array (n_samples, outputs) in the network's dtype, or (n_samples,) int32 for softmax cross-entropy
    weights : array (n_samples,) in the network's dtype, or None
        None weighs all alike.
    """

    X: Inputs
    y: Array
    weights: Floats | None = None

    def take(self, rows: slice | Rows | Sequence[int]) -> Samples:
        """These rows of it."""
        return Samples(self.X[rows], self.y[rows], None if self.weights is None else self.weights[rows])
