"""The few shapes of data that every floor of the house passes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
Floats: TypeAlias = NDArray[np.floating[Any]]
Codes: TypeAlias = NDArray[np.int32]
Rows: TypeAlias = NDArray[np.int64]


class Category(NamedTuple):
    """A column of codes 0 … size − 1, where code 0 stands for missing, rare or never seen."""

    name: str
    size: int


@dataclass(frozen=True)
class InputLayout:
    """What one encoded row holds: named numbers, then named category codes.

    Examples
    --------
    >>> layout = InputLayout(("temperature", "wind_speed"), (Category("carrier", 17),))
    >>> layout.n_numbers, layout.sizes
    (2, (17,))
    """

    numbers: tuple[str, ...]
    categories: tuple[Category, ...] = ()

    @property
    def n_numbers(self) -> int:
        """How many numbers a row holds."""
        return len(self.numbers)

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many codes each category has, code 0 included."""
        return tuple(category.size for category in self.categories)

    @classmethod
    def of_count(cls, count: int) -> InputLayout:
        """Plain numbers without names of their own: x0, x1, …"""
        return cls(tuple(f"x{index}" for index in range(count)))


@dataclass(frozen=True)
class Inputs:
    """Encoded rows: a block of numbers and a block of category codes.

    Parameters
    ----------
    numbers : array (n_samples, n_numbers), float32 or float64, C order
    codes : array (n_samples, n_categories), int32, C order
    """

    numbers: Floats
    codes: Codes

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, rows: slice | Rows | Sequence[int]) -> Inputs:
        return Inputs(self.numbers[rows], self.codes[rows])

    def astype(self, dtype: str | np.dtype[Any]) -> Inputs:
        """The same rows with the numbers in `dtype`, contiguous; no copy where nothing changes."""
        return Inputs(np.ascontiguousarray(self.numbers, dtype=dtype), np.ascontiguousarray(self.codes, np.int32))
