"""The cells of the lines of a text file, as the standard library's reader splits them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence

from wade.tables.columns.cleaning import MISSING_MARKERS

ROWS_LOOKED_AT = 500
MARKS_AMONG_NUMBERS = frozenset(("-", "--", ".", "*", "n.a.", "N.A.", "missing", "unknown", "(null)"))


def rows_of(lines: Iterable[str], separator: str, quote: str) -> list[list[str]]:
    """The cells of the first rows, without white space around them; there is at least one row."""
    # A line has its own line end, so a value over several lines stays one.
    how = {"quotechar": quote} if quote else {"quoting": csv.QUOTE_NONE}
    rows: list[list[str]] = []
    try:
        for row in csv.reader(lines, delimiter=separator, **how):
            if row:
                rows.append([cell.strip() for cell in row])
            if len(rows) == ROWS_LOOKED_AT:
                break
    except csv.Error:
        pass  # a value without end: what stands before it is evidence enough
    return rows or [[""]]


def cells_of(line: str, separator: str, quote: str) -> list[str]:
    """The cells of one line; none where it is blank.

    Examples
    --------
    >>> cells_of("JFK, 45 \\n", ",", '"'), cells_of("\\n", ",", '"')
    (['JFK', '45'], [])
    """
    return rows_of([line], separator, quote)[0] if line.strip() else []


def filled(row: Sequence[str]) -> list[str]:
    """The cells that are not empty."""
    return [cell for cell in row if cell]


def is_missing(cell: str) -> bool:
    """Whether a cell stands for a missing value, or may do so among numbers."""
    return cell in MISSING_MARKERS or cell in MARKS_AMONG_NUMBERS
