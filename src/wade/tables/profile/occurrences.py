"""Where a value was first met, and the least and greatest of what was seen: parts of profiles."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wade.tables.columns.cleaning import codes_of
from wade.types import Rows


class Occurrence(NamedTuple):
    """A value that means something, and the row (0-based) where it was first met."""

    row: int
    value: Any

    @staticmethod
    def later(found: Occurrence | None, rows: int) -> Occurrence | None:
        """The same where this number of rows come before."""
        return None if found is None else Occurrence(found.row + rows, found.value)

    @staticmethod
    def at(found: Occurrence | None, places: Rows) -> Occurrence | None:
        """The same where the rows have these numbers."""
        return None if found is None else Occurrence(int(places[found.row]), found.value)


class Span(NamedTuple):
    """The least and the greatest of what was seen."""

    low: float
    high: float

    @classmethod
    def of(cls, values: NDArray[Any]) -> Span | None:
        """Of some values, none missing; None where there is none."""
        # Of −0 and 0, which come in any order, 0 is shown.
        return cls(values.min().item() + 0, values.max().item() + 0) if len(values) else None

    def join(self, other: Span | None) -> Span:
        """The span over both."""
        return self if other is None else Span(min(self.low, other.low), max(self.high, other.high))


def first_occurrence(column: pa.Array, wanted: Rows) -> Occurrence | None:
    """The first row of a text column whose code is one of those wanted."""
    if not len(wanted):
        return None
    is_wanted = np.zeros(len(column.dictionary) + 1, bool)
    is_wanted[wanted] = True
    codes = codes_of(column)
    row = int(is_wanted[codes].argmax())
    return Occurrence(row, column.dictionary[int(codes[row])].as_py())
