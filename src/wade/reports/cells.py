"""Into which cell of its column each row falls: bins of equal counts for numbers and dates, else the values."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wade.documents.wording import shown
from wade.tables.columns.cleaning import codes_of, one_piece
from wade.tables.kinds.column import Column
from wade.tables.kinds.registry import KINDS
from wade.types import Rows

MOST_VALUES: Final = 30
MISSING: Final = "missing"
OTHERS: Final = "other values"


@dataclass(frozen=True)
class Cells:
    """The cell of each row, and what the cells are called."""

    column: str
    of_row: Rows
    names: tuple[str, ...]

    def shares(self, rows: Rows | None = None) -> NDArray[np.float64]:
        """The share of these rows in each cell."""
        counts = np.bincount(self.of_row if rows is None else self.of_row[rows], minlength=len(self.names))
        return np.asarray(counts / max(1, counts.sum()))


def cells_of(table: pa.Table, column: Column, bins: int, where: str) -> Cells | None:
    """The cells of a column; None for text, whose rows are all different.

    Examples
    --------
    >>> table = pa.table({"x": [1.0, 2.0, 3.0, None]})
    >>> found = cells_of(table, Column("x", "number", ""), 2, "table")
    >>> found.names, found.of_row.tolist()
    (('1 to 2', '2 to 3', 'missing'), [0, 1, 1, 2])
    """
    kind = KINDS.get(column.role)
    if kind is None or column.role == "text" or column.name not in table.column_names:
        return None
    if not kind.ordered:
        return _values(table, column.name)
    numbers = kind.order(one_piece(table[column.name]), column, where)
    present = numbers[~np.isnan(numbers)]
    if not len(present):
        return None
    edges = np.unique(np.quantile(present, np.linspace(0, 1, bins + 1), method="lower"))
    inner = edges[1:-1] if len(edges) > 2 else edges[1:]
    of_row = np.where(np.isnan(numbers), len(inner) + 1, np.searchsorted(inner, numbers, "right"))
    ends = [edges[0], *inner, edges[-1]]
    names = [_span(low, high, column.role) for low, high in pairwise(ends)]
    return Cells(column.name, of_row.astype(np.int64), (*names, MISSING))


def histogram(table: pa.Table, column: Column, bars: int, where: str) -> tuple[tuple[float, ...], str] | None:
    """The shares of values in each bar, and in words; bars of equal width, the outer ones with what lies beyond."""
    kind = KINDS.get(column.role)
    if kind is None or column.role == "text" or column.name not in table.column_names:
        return None
    if not kind.ordered:
        cells = _values(table, column.name)
        shares = np.sort(cells.shares()[: len(cells.names) - 1])[::-1][:bars]
        return tuple(np.round(shares, 4).tolist()), f"shares of the most frequent values: {_listed(shares)}"
    numbers = kind.order(one_piece(table[column.name]), column, where)
    present = numbers[~np.isnan(numbers)]
    if not len(present):
        return None
    low, high = np.quantile(present, [0.01, 0.99])
    counts, _ = np.histogram(np.clip(present, low, high), bars, (low, high) if high > low else None)
    shares = counts / counts.sum()
    words = f"{_span(float(low), float(high), column.role)}: {_listed(shares)}"
    return tuple(np.round(shares, 4).tolist()), words


def _values(table: pa.Table, name: str) -> Cells:
    """The most frequent values, all others, and what is missing."""
    column = one_piece(table[name])
    column = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    codes = codes_of(column)
    counts = np.bincount(codes[codes >= 0], minlength=len(column.dictionary))
    first = np.argsort(-counts, kind="stable")[:MOST_VALUES]
    first = first[counts[first] > 0]
    place = np.full(len(counts) + 1, len(first), np.int64)  # the last one, for code −1, is missing
    place[first], place[-1] = np.arange(len(first)), len(first) + 1
    texts = [shown(str(column.dictionary[int(code)].as_py())) for code in first]
    return Cells(name, place[codes], (*texts, OTHERS, MISSING))


def _span(low: float, high: float, role: str) -> str:
    return f"{_one(low, role)} to {_one(high, role)}"


def _one(value: float, role: str) -> str:
    """A number, or a time as its date."""
    if role == "date-time":
        return str(np.datetime64(round(value * 86_400), "s").astype("datetime64[m]")).replace("T", " ")
    return (f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.4g}").replace("-", "−")


def _listed(shares: NDArray[np.float64]) -> str:
    return ", ".join(f"{100 * share:.0f} %" for share in shares)
