"""Lines under a table that are no rows of it: totals, sources and remarks, recognized strictly by what rows look like.

A line is one only where no row could be written like it: its first cell is "Total" or the like, or it is the only one,
a remark, and nothing that stands in that column elsewhere. A last row that was cut off is none: it is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import isclose

from wade.tables.columns.number_forms import SAMPLES
from wade.tables.columns.written_numbers import written_in
from wade.tables.reading.csv.cells import ROWS_LOOKED_AT, cells_of, filled, is_missing
from wade.tables.reading.csv.number_format import is_value

MOST_LINES = 20
ROWS_OF_A_TOTAL = 3
TOTAL = re.compile(
    r"(grand |sub-?|overall )?(totals?|sums?|averages?|means?|counts?|median|summe|gesamt|gesamtsumme|insgesamt"
    r"|mittelwert|durchschnitt|totaal|totale|somma|suma|somme|moyenne|media|promedio)( general| général)?"
    r"( \(.*\)| of .*)?:?",
    re.IGNORECASE,
)
REMARK = re.compile(
    r"(sources?|notes?|footnotes?|remarks?|generated|created|exported|printed|downloaded|retrieved|report"
    r"|data (from|source)|(last )?updated|copyright|end of|page|quellen?|hinweise?|anmerkung(en)?|stand|fuente|nota"
    r"|fonte|bron|legend|disclaimer|confidential)\b.*|[©*†].*|\(?\d[\d,. ]* (rows?|records?|lines?)\b.*"
    r"|(rows?|records?|lines?):.*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class RowShape:
    """What the rows of a text file look like, from those at its beginning."""

    separator: str
    quote: str
    width: int
    seen: tuple[frozenset[str], ...]  # values of each column
    totals: tuple[tuple[float, ...], ...] = ()  # sum and mean of each column of numbers, where all rows are known

    @classmethod
    def of(cls, rows: Sequence[Sequence[str]], width: int, separator: str, quote: str, whole: bool) -> RowShape:
        """The shape of these rows; what stands at the end of them and may be a footer is left aside."""
        kept = list(rows)
        for _ in range(MOST_LINES):
            if len(kept) > 1 and is_suspect(kept[-1], width):
                kept.pop()
        alike = [row for row in kept if len(row) == width]
        columns = list(zip(*alike, strict=True))
        known = whole and len(rows) < ROWS_LOOKED_AT and len(alike) >= ROWS_OF_A_TOTAL
        return cls(
            separator, quote, width, tuple(map(frozenset, columns)), tuple(map(_totals, columns)) if known else ()
        )

    def footer(self, lines: Sequence[str]) -> int:
        """How many lines at the end of these are no rows; blank lines above them are counted too.

        Examples
        --------
        >>> shape = RowShape.of([["north", "x", "5"], ["south", "y", "7"]], 3, ",", '"', whole=False)
        >>> shape.footer(["east,z,9\\n", "\\n", "Total,,21\\n", "Source: the shops\\n"])
        3
        """
        rows = [cells_of(line, self.separator, self.quote) for line in lines[-MOST_LINES:]]
        found = 0
        for count, row in enumerate(reversed(rows), start=1):
            if any(row):
                if not self._is_footer(row, apart=count < len(rows) and not any(rows[-count - 1])):
                    break
                found = count
        else:
            return 0
        while not any(rows[-found - 1]):
            found += 1
        below = rows[len(rows) - found :]
        # One row of empty cells may be a row whose values are all missing.
        empty = self.width > 2 and sum(bool(row) for row in below) > 1
        return found if empty or any(map(any, below)) else 0

    def _is_footer(self, row: Sequence[str], apart: bool) -> bool:
        """Whether a line with a value is no row; `apart`: the line above it is blank."""
        cells, width = filled(row), self.width
        first, column, ragged = cells[0], row.index(cells[0]), len(row) != width
        values = self.seen[column] if column < len(self.seen) else frozenset()
        if first in values or is_missing(first):
            return False
        if TOTAL.fullmatch(first) and len(row) <= width:
            return ragged or self._lacks_what_is_never_missing(row) or self._adds_up(row)
        if REMARK.fullmatch(first):
            return ragged or (len(cells) == 1 < width and (apart or ":" in first))
        wordy = len(cells) == 1 and column == 0 and width > 2 and not is_value(first) and " " in first
        return wordy and (apart or (ragged and not any(" " in value for value in values)))

    def _lacks_what_is_never_missing(self, row: Sequence[str]) -> bool:
        return any(not cell and "" not in values for cell, values in zip(row, self.seen, strict=False))

    def _adds_up(self, row: Sequence[str]) -> bool:
        """Whether each number is the sum or the mean of its column."""
        pairs = [(_numbers(cell), totals) for cell, totals in zip(row, self.totals, strict=False) if totals]
        return bool(pairs) and all(
            any(isclose(cell, total, rel_tol=1e-3) for cell in cells for total in totals) for cells, totals in pairs
        )


def _totals(column: Sequence[str]) -> tuple[float, ...]:
    """Sum and mean of a column of numbers, under the decimal separator that all of them fit; nothing of any other."""
    written = [written_in(cell) for cell in column if not is_missing(cell)]
    for decimal in SAMPLES:
        numbers = [cell.value(decimal) for cell in written if cell is not None]
        known = [number for number in numbers if number is not None]
        if written and len(known) == len(written):
            return sum(known), sum(known) / len(known)
    return ()


def _numbers(cell: str) -> list[float]:
    """What a cell may mean, with a decimal point or comma."""
    written = written_in(cell)
    values = [written.value(decimal) for decimal in SAMPLES] if written else []
    return [value for value in values if value is not None]


def is_suspect(row: Sequence[str], width: int) -> bool:
    """Whether a line may be a footer; whether it is one takes the rows beside it."""
    cells = filled(row)
    if len(row) != width or not cells:
        return True
    return bool(TOTAL.fullmatch(cells[0]) or REMARK.fullmatch(cells[0])) or (len(cells) == 1 < width)
