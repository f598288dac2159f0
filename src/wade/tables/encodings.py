"""How one column becomes numbers and codes: one small class for each kind, fitted on training rows only.

Each encoding names what it makes (`numbers`, `categories`) and makes it in that order (`encode`). A missing value is
never NaN: it is 0 (the median) among numbers, with an indicator where training rows had missing values too, and code 0
among categories.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wade.tables.columns import Text, as_booleans, as_numbers, as_text
from wade.types import Category, Codes, Rows

MAXIMUM_CODES = 10_000
FARTHEST = 1e6
QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)


class Encoded(NamedTuple):
    """What one column gives: some float32 numbers and some int32 codes per row."""

    numbers: Sequence[NDArray[np.float32]] = ()
    codes: Sequence[Codes] = ()


class Encoding(Protocol):
    """What the encoder asks of the encoding of a column."""

    @property
    def column(self) -> str:
        """The column's name."""

    @property
    def numbers(self) -> tuple[str, ...]:
        """The names of the numbers that it makes."""

    @property
    def categories(self) -> tuple[Category, ...]:
        """The categories that it makes."""

    def encode(self, column: pa.Array, where: str) -> Encoded:
        """Rows of the column as numbers and codes; ColumnError where a value cannot be taken."""

    def to_dict(self) -> dict[str, Any]:
        """The encoding as plain JSON data."""


def minimum_count(n_rows: int) -> int:
    """How often a value must occur in training to get a code of its own.

    A value seen once is a single row: its code would memorise that row. Tables under 50 rows cannot afford to pool.
    """
    if n_rows < 50:
        return 1
    return 2 if n_rows < 5_000 else 5


@dataclass(frozen=True)
class Scale:
    """A robust scale with a smooth clip: nothing a column holds leaves (−3, 3).

    z = s·(x − median), then z / √(1 + (z/3)²), with s = 1/(q₇₅ − q₂₅), or 2/(max − min) where that is 0, or 0 where
    the column is constant. Source: Holzmüller et al., "Better by Default" (RealMLP), 2024.

    Examples
    --------
    >>> scale = Scale.fit(np.array([1.0, 2.0, 3.0, 4.0, 5.0]))
    >>> scale
    Scale(median=3.0, factor=0.5)
    >>> scale.apply(np.array([3.0, 5.0, 1e9])).round(4)
    array([0.    , 0.9487, 3.    ], dtype=float32)
    """

    median: float
    factor: float

    @classmethod
    def fit(cls, values: NDArray[np.float64]) -> Scale:
        """Median and factor of the values that are not NaN."""
        values = values[~np.isnan(values)]
        return cls.of(np.quantile(values, QUARTERS).tolist() if len(values) else ())

    @classmethod
    def of(cls, quarters: Sequence[float]) -> Scale:
        """Median and factor of a column with these quantiles at `QUARTERS`; of none where it holds no number."""
        if not quarters:
            return cls(0.0, 0.0)
        low, q25, median, q75, high = quarters
        # Halves first: the largest doubles have a range that is no double.
        half_range = (q75 / 2 - q25 / 2) or (high / 4 - low / 4)
        factor = 0.5 / half_range if half_range > np.finfo(float).tiny else 0.0
        return cls(median, factor)

    def apply(self, values: NDArray[np.float64]) -> NDArray[np.float32]:
        """The values on this scale, 0 where NaN."""
        with np.errstate(over="ignore"):
            z = np.clip((values - self.median) * self.factor, -FARTHEST, FARTHEST) if self.factor else 0.0 * values
        z /= np.sqrt(1.0 + (z / 3.0) ** 2)
        z[np.isnan(z)] = 0.0
        return z.astype(np.float32)


@dataclass(frozen=True)
class NumberEncoding:
    """A number on its robust scale, with an indicator of missing values where training rows had some.

    Where values are missing at prediction only, they count as the median: the network never learned anything else.
    """

    column: str
    scale: Scale
    indicator: bool

    @classmethod
    def fit(cls, column: pa.Array, name: str, where: str) -> NumberEncoding:
        """Fitted on the training rows of one column."""
        values = as_numbers(column, where)
        return cls(name, Scale.fit(values), bool(np.isnan(values).any()))

    @property
    def numbers(self) -> tuple[str, ...]:
        """The column's name, and the indicator's."""
        return (self.column, f"{self.column} missing") if self.indicator else (self.column,)

    @property
    def categories(self) -> tuple[Category, ...]:
        """None."""
        return ()

    def encode(self, column: pa.Array, where: str) -> Encoded:
        """Rows of the column as numbers."""
        values = as_numbers(column, where)
        indicators = [np.isnan(values).astype(np.float32)] if self.indicator else []
        return Encoded(numbers=[self.scale.apply(values), *indicators])

    def to_dict(self) -> dict[str, Any]:
        """The encoding as plain JSON data."""
        return {"kind": "number", **asdict(self)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> NumberEncoding:
        """The encoding that `to_dict` described."""
        return cls(data["column"], Scale(**data["scale"]), data["indicator"])


@dataclass(frozen=True)
class CategoryEncoding:
    """A category as a code: 1 for the most frequent value of the training rows, 2 for the next, and so on.

    Code 0 stands for missing, never seen, and seen fewer than `minimum_count` times.
    """

    column: str
    values: tuple[str, ...]

    @classmethod
    def fit(cls, column: pa.Array, name: str, where: str) -> CategoryEncoding:
        """Fitted on the training rows of one column."""
        text = as_text(column, where)
        return cls(name, frequent_values(text, minimum_count(len(column))))

    @property
    def numbers(self) -> tuple[str, ...]:
        """None."""
        return ()

    @property
    def categories(self) -> tuple[Category, ...]:
        """The category, if any value occurs often enough to learn from."""
        return (Category(self.column, len(self.values) + 1),) if self.values else ()

    def encode(self, column: pa.Array, where: str) -> Encoded:
        """Rows of the column as codes."""
        if not self.values:
            return Encoded()
        return Encoded(codes=[codes_in(self.values, as_text(column, where))])

    def to_dict(self) -> dict[str, Any]:
        """The encoding as plain JSON data."""
        return {"kind": "category", "column": self.column, "values": list(self.values)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> CategoryEncoding:
        """The encoding that `to_dict` described."""
        return cls(data["column"], tuple(data["values"]))


@dataclass(frozen=True)
class BooleanEncoding:
    """True or false as a code, 0 where missing: a category that takes nothing else."""

    column: str
    values: tuple[str, ...]

    @classmethod
    def fit(cls, column: pa.Array, name: str, where: str) -> BooleanEncoding:
        """Fitted on the training rows of one column."""
        return cls(name, frequent_values(as_booleans(column, where), 1))

    @property
    def numbers(self) -> tuple[str, ...]:
        """None."""
        return ()

    @property
    def categories(self) -> tuple[Category, ...]:
        """The category."""
        return (Category(self.column, len(self.values) + 1),)

    def encode(self, column: pa.Array, where: str) -> Encoded:
        """Rows of the column as codes."""
        return Encoded(codes=[codes_in(self.values, as_booleans(column, where))])

    def to_dict(self) -> dict[str, Any]:
        """The encoding as plain JSON data."""
        return {"kind": "boolean", "column": self.column, "values": list(self.values)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> BooleanEncoding:
        """The encoding that `to_dict` described."""
        return cls(data["column"], tuple(data["values"]))


def frequent_values(text: Text, minimum: int) -> tuple[str, ...]:
    """The values that occur at least `minimum` times, by descending frequency, then by name.

    Examples
    --------
    >>> frequent_values(Text(("b", "a", "c"), np.array([0, 1, 2, 2, -1])), 1)
    ('c', 'a', 'b')
    """
    return most_frequent(text.values, text.counts(), minimum)


def most_frequent(values: Sequence[str], counts: Rows, minimum: int) -> tuple[str, ...]:
    """The same, of values that have been counted."""
    ranked = sorted((-int(count), value) for value, count in zip(values, counts, strict=True))
    return tuple(value for count, value in ranked if -count >= minimum)[:MAXIMUM_CODES]


def codes_in(values: Sequence[str], text: Text) -> Codes:
    """For each row 1 + the position of its text in `values`, 0 where it is not there."""
    code_of = {value: code for code, value in enumerate(values, start=1)}
    lookup = np.array([*(code_of.get(value, 0) for value in text.values), 0], dtype=np.int32)
    # The last entry serves the rows whose text is missing, −1.
    return lookup[text.codes]
