"""How one column becomes numbers and codes: one small class for each kind, fitted on training rows only.

Each encoding names what it makes (`numbers`, `categories`) and makes it in that order, of a column (`encode`) or of a
single value (`encode_value`). What goes on a scale, the encoder puts there, for all columns in one go. A missing value
is never NaN: it is 0 (the median) among numbers, with an indicator where training rows had missing values too, and code
0 among categories.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import pairwise
from math import isfinite, isnan
from typing import Any, NamedTuple, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wade.tables.columns.from_json import described, distinct, require
from wade.tables.columns.scalars import MissingMarkers, boolean_in, number_in, text_in
from wade.tables.columns.views import BOOLEANS, Text, as_booleans, as_numbers, as_text
from wade.tables.encoding.scales import Scale, among_bins, find_edges
from wade.tables.schema.schema import minimum_count
from wade.types import Array, Category, Codes, Floats, Piecewise, Rows

MAXIMUM_CODES = 10_000
"""Of one category; a layer of 256 neurons has ten megabytes of weights for as many."""


class Encoded(NamedTuple):
    """What one column gives, each (n_rows,): what goes on a scale, numbers that are ready, codes, positions in bins."""

    to_scale: Sequence[NDArray[np.float64]] = ()
    numbers: Sequence[Array] = ()
    codes: Sequence[Codes] = ()
    positions: Sequence[Floats] = ()


class EncodedValue(NamedTuple):
    """The same of a single row."""

    to_scale: Sequence[float] = ()
    numbers: Sequence[float] = ()
    codes: Sequence[int] = ()
    positions: Sequence[float] = ()


class Encoding(Protocol):
    """What the encoder asks of the encoding of a column."""

    @property
    def column(self) -> str:
        """The column's name."""

    @property
    def numbers(self) -> tuple[str, ...]:
        """The names of the numbers that it makes."""

    @property
    def scales(self) -> Mapping[int, Scale]:
        """By place among these numbers: the scales of those that go on one."""

    @property
    def categories(self) -> tuple[Category, ...]:
        """The categories that it makes."""

    @property
    def piecewise(self) -> tuple[Piecewise, ...]:
        """The numbers among bins that it makes."""

    def encode(self, column: pa.Array, where: str) -> Encoded:
        """Rows of the column as numbers and codes; ColumnError where a value cannot be taken."""

    def encode_value(self, value: Any, marks: MissingMarkers) -> EncodedValue:
        """A single row, from a value that is not tidied yet; Unusual where only a column can tell."""

    def to_dict(self) -> dict[str, Any]:
        """The encoding as plain JSON data."""


@dataclass(frozen=True)
class NumberEncoding:
    """A number on its robust scale, with an indicator of missing values where training rows had some.

    Where values are missing at prediction only, they count as the median: the network never learned anything else.

    Parameters
    ----------
    column
        its name
    scale
        of the number
    indicator
        whether training rows had missing values
    edges
        of the bins among which the number has a position too, strictly rising; none where it is not read piecewise
    """

    column: str
    scale: Scale
    indicator: bool
    edges: tuple[float, ...] = ()

    @classmethod
    def fit(cls, column: pa.Array, name: str, where: str, piecewise: bool = False) -> NumberEncoding:
        """Fitted on the training rows of one column."""
        values = as_numbers(column, where)
        edges = find_edges(values) if piecewise else ()
        return cls(name, Scale.fit(values), bool(np.isnan(values).any()), edges)

    @property
    def numbers(self) -> tuple[str, ...]:
        """The column's name, and the indicator's."""
        return (self.column, f"{self.column} missing") if self.indicator else (self.column,)

    @property
    def scales(self) -> Mapping[int, Scale]:
        """That of the number."""
        return {0: self.scale}

    @property
    def categories(self) -> tuple[Category, ...]:
        """None."""
        return ()

    @property
    def piecewise(self) -> tuple[Piecewise, ...]:
        """The number, where it is read piecewise."""
        return (Piecewise(f"{self.column} among bins", len(self.edges) - 1),) if self.edges else ()

    def encode(self, column: pa.Array, where: str) -> Encoded:
        """Rows of the column as numbers."""
        values = as_numbers(column, where)
        indicators = [np.isnan(values)] if self.indicator else []
        return Encoded([values], indicators, positions=[self._positions(values)] if self.edges else [])

    def encode_value(self, value: Any, marks: MissingMarkers) -> EncodedValue:
        """A single row."""
        number = number_in(value, marks)
        indicators = [isnan(number)] if self.indicator else []
        return EncodedValue(
            [number], indicators, positions=[self._positions(np.array([number]))[0]] if self.edges else []
        )

    def _positions(self, values: NDArray[np.float64]) -> Floats:
        """Where the values stand among the bins."""
        return among_bins(values, self.scale.median, self._edges)

    @cached_property
    def _edges(self) -> NDArray[np.float64]:
        return np.array(self.edges)

    def to_dict(self) -> dict[str, Any]:
        """The encoding as plain JSON data."""
        return {"kind": "number", **asdict(self), "edges": list(self.edges)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> NumberEncoding:
        """The encoding that `to_dict` described."""
        # Models from before numbers were read piecewise have no edges.
        encoding = described(cls, data)
        edges = encoding.edges
        rising = all(a < b for a, b in pairwise(edges)) and len(edges) != 1
        require(rising and (not edges or isfinite(edges[-1] - edges[0])), "edges", "must rise strictly", edges)
        return encoding


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
    def scales(self) -> Mapping[int, Scale]:
        """None."""
        return {}

    @property
    def categories(self) -> tuple[Category, ...]:
        """The category, if any value occurs often enough to learn from."""
        return (Category(self.column, len(self.values) + 1),) if self.values else ()

    @property
    def piecewise(self) -> tuple[Piecewise, ...]:
        """None."""
        return ()

    def encode(self, column: pa.Array, where: str) -> Encoded:
        """Rows of the column as codes."""
        return Encoded(codes=[codes_in(self._code_of, as_text(column, where))] if self.values else [])

    def encode_value(self, value: Any, marks: MissingMarkers) -> EncodedValue:
        """A single row."""
        return EncodedValue(codes=[self._code_of.get(text_in(value, marks), 0)] if self.values else [])

    @cached_property
    def _code_of(self) -> Mapping[str | None, int]:
        return numbered(self.values)

    def to_dict(self) -> dict[str, Any]:
        """The encoding as plain JSON data."""
        return {"kind": "category", "column": self.column, "values": list(self.values)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> CategoryEncoding:
        """The encoding that `to_dict` described."""
        encoding = described(cls, data)
        require(distinct(encoding.values), "values", "must be different texts", encoding.values)
        return encoding


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
    def scales(self) -> Mapping[int, Scale]:
        """None."""
        return {}

    @property
    def categories(self) -> tuple[Category, ...]:
        """The category."""
        return (Category(self.column, len(self.values) + 1),)

    @property
    def piecewise(self) -> tuple[Piecewise, ...]:
        """None."""
        return ()

    def encode(self, column: pa.Array, where: str) -> Encoded:
        """Rows of the column as codes."""
        return Encoded(codes=[codes_in(self._code_of, as_booleans(column, where))])

    def encode_value(self, value: Any, marks: MissingMarkers) -> EncodedValue:
        """A single row."""
        return EncodedValue(codes=[self._code_of.get(boolean_in(value, marks), 0)])

    @cached_property
    def _code_of(self) -> Mapping[str | None, int]:
        return numbered(self.values)

    def to_dict(self) -> dict[str, Any]:
        """The encoding as plain JSON data."""
        return {"kind": "boolean", "column": self.column, "values": list(self.values)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> BooleanEncoding:
        """The encoding that `to_dict` described."""
        encoding = described(cls, data)
        known = distinct(encoding.values) and {*encoding.values} <= {*BOOLEANS.values()}
        require(known, "values", "must be 'false' and 'true', each once", encoding.values)
        return encoding


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
    # Of millions of values, few come back.
    places = np.flatnonzero(np.asarray(counts) >= minimum).tolist()
    ranked = sorted((-int(counts[place]), values[place]) for place in places)
    return tuple(value for _, value in ranked[:MAXIMUM_CODES])


def numbered(values: Sequence[str]) -> dict[str | None, int]:
    """The code of each value: 1 for the first, 2 for the second, and so on."""
    return {value: code for code, value in enumerate(values, start=1)}


def codes_in(code_of: Mapping[str | None, int], text: Text) -> Codes:
    """The code of each row's text, 0 where it has none."""
    lookup = np.array([*(code_of.get(value, 0) for value in text.values), 0], dtype=np.int32)
    # The last entry serves the rows whose text is missing, −1.
    return lookup[text.codes]
