"""What stands around the names of columns: lines above them, and cells without a name.

A table that begins in its first line, with as many names as its rows have values, has none of these. What is not
certain is left as it is, and the reader refuses it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import takewhile

from wade.tables.reading.csv.cells import cells_of, filled, is_missing
from wade.tables.reading.csv.number_format import is_value

LINES_ABOVE = 25
LINES_LOOKED_AT = 150
ALIKE = 0.9


def lines_above(lines: Sequence[str], separator: str, quote: str) -> int:
    """How many lines stand above the line of names: a title, or facts about the table; 0 where that is not certain.

    They have another number of values than the rows, or cells that are mostly empty, and what follows them must be
    names: text, each different, none of which comes back in its column.

    Examples
    --------
    >>> lines_above(["Sales 2023\\n", "\\n", "shop,sales\\n", "north,5\\n", "south,7\\n"], ",", '"')
    2
    """
    rows = [cells_of(line, separator, quote) for line in lines[:LINES_LOOKED_AT]]
    width = _usual_width(rows)
    at = next((at for at, row in enumerate(rows) if len(row) == width and 2 * len(filled(row)) > width), 0)
    above = [row for row in rows[:at] if row]
    broken = quote and any(line.count(quote) % 2 for line in lines[: at + 1])
    if width < 2 or not above or at > LINES_ABOVE or broken:
        return 0
    names, body = rows[at], [row for row in rows[at + 1 :] if row]
    alike = [row for row in body if len(row) == width and row != names]
    if len(alike) < ALIKE * (len(body) - 1) or not alike or not _may_be_names(names, alike):
        return 0
    # With one value less than the rows, directly above them, it may be the names: rows then begin with a label.
    labelled = len(above) == 1 == at and len(filled(above[0])) == len(above[0]) == width - 1
    return 0 if labelled and not any_above_values(names, alike) else at


def any_above_values(names: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether text stands above a column of numbers or dates, as a name does."""
    columns = zip(names, zip(*rows, strict=True), strict=True)
    return any(not is_value(name) and not is_missing(name) and all_values(column) for name, column in columns)


def all_values(cells: Sequence[str]) -> bool:
    """Whether these cells are numbers and dates, missing ones left aside, and there is one."""
    present = {cell for cell in cells if not is_missing(cell)}
    return bool(present) and all(map(is_value, present))


def fitting_names(names: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The names, brought to the width of the rows where they differ in empty cells at the end only.

    Examples
    --------
    >>> fitting_names(["a", "b"], [["1", "2", ""]]), fitting_names(["a", "b", ""], [["1", "2"]])
    (['a', 'b', ''], ['a', 'b'])
    """
    width = _usual_width(rows)
    if not rows or width == len(names) or any("\n" in name or "\r" in name for name in names):
        return list(names)
    if width > len(names):
        spare = [row[len(names) :] for row in rows if len(row) == width]
        return [*names, *[""] * (width - len(names))] if not any(map(any, spare)) else list(names)
    return list(names[:width]) if not any(names[width:]) and width else list(names)


def _usual_width(rows: Sequence[Sequence[str]]) -> int:
    """How many values most rows of the later half have."""
    widths = Counter(len(row) for row in rows[len(rows) // 2 :] if row)
    return max(widths, key=lambda width: (widths[width], width), default=0)


def _may_be_names(names: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    named = list(takewhile(bool, names))
    texts = len(named) == len(filled(names)) and not any(is_value(name) or is_missing(name) for name in named)
    back = any(name in column for name, column in zip(named, zip(*rows, strict=True), strict=False))
    return texts and len(set(named)) == len(named) >= 2 and not back
