"""Rows whose values stand in the wrong columns: a value of one column where the next one's values belong.

A cell fits its column where the column is numbers and the cell is one, or where the column is categories and the
cell is one of those that come back. A row is shifted where a cell of it does not fit, but does in the column beside,
whose own cell is missing or does not fit either.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa

from wade.tables.columns.cleaning import NUMBER, codes_of, one_piece
from wade.tables.columns.views import in_short
from wade.tables.kinds.column import Problem
from wade.tables.profile.column_profile import ColumnProfile

FEW: Final = 0.1
LEAST_ROWS: Final = 10
MOST_ROWS: Final = 1000
MOST_TEXTS: Final = 1000
SHOWN: Final = 5
_NUMBER: Final = re.compile(NUMBER)


class Shifted(NamedTuple):
    """A row (0-based), and a cell of it in the wrong column: the column, the value, the column where it belongs."""

    row: int
    column: str
    value: str
    belongs: str


class _Kind(NamedTuple):
    """What most values of a column are: numbers, or texts, those that come back."""

    numbers: bool
    known: frozenset[str]

    def fits(self, value: str | None) -> bool:
        return value is None or (bool(_NUMBER.fullmatch(value)) if self.numbers else value in self.known)

    def strange(self, value: str | None) -> bool:
        """Whether a value is of the other sort altogether."""
        return value is not None and bool(_NUMBER.fullmatch(value)) != self.numbers


def shifted_rows(table: pa.Table, profiles: Mapping[str, ColumnProfile]) -> list[Shifted]:
    """The rows that are shifted, the first 1,000 that may be.

    Examples
    --------
    >>> sizes, types = [*map(str, range(20)), "Free"], [*(["Free", "Paid"] * 10), "90"]
    >>> table = pa.table({"size": pa.array(sizes).dictionary_encode(), "type": pa.array(types).dictionary_encode()})
    >>> from wade.tables.profile.column_profile import profile_table
    >>> shifted_rows(table, profile_table(table))
    [Shifted(row=20, column='size', value='Free', belongs='type')]
    """
    names = [name for name in table.column_names if not profiles[name].nested]
    # Of a sample, the numbers of the rows are not known.
    if table.num_rows < LEAST_ROWS or any(profiles[name].rows != table.num_rows for name in names):
        return []
    kinds = {name: _kind(profiles[name]) for name in names}
    rows = sorted({row for name in names for row in _strange_rows(table[name], profiles[name])})[:MOST_ROWS]
    if not rows:
        return []
    cells = {name: _written(table[name].take(pa.array(rows))) for name in names}
    found = [_shift(row, names, [cells[name][at] for name in names], kinds) for at, row in enumerate(rows)]
    place = next(iter(profiles.values())).place
    return [shift._replace(row=place(shift.row)) for shift in found if shift is not None]


def as_problem(shifts: Sequence[Shifted]) -> Problem:
    """What is said of these rows."""
    numbers = [f"{shift.row + 1:,}" for shift in shifts[:SHOWN]]
    more = f" and {len(shifts) - SHOWN:,} more" if len(shifts) > SHOWN else ""
    first = shifts[0]
    which = f"rows {', '.join(numbers)}{more} are" if len(shifts) > 1 else f"row {numbers[0]} is"
    what = f"{which} shifted: {first.value!r} in {first.column!r} is a value of {first.belongs!r}"
    them = "these rows, or delete them" if len(shifts) > 1 else "this row, or delete it"
    why = "where a value of a row is left out or one too many, the others stand in the wrong columns"
    return Problem(what, f"Correct {them}: {why}.", first.row)


def _kind(profile: ColumnProfile) -> _Kind:
    numbers = profile.numbers + profile.number_texts
    pairs = zip(profile.distinct.values, profile.distinct.counts, strict=True)
    known = (in_short(value) for value, count in pairs if count > 1)
    return _Kind(2 * numbers > profile.present, frozenset(value for value in known if not _NUMBER.fullmatch(value)))


def _strange_rows(column: pa.ChunkedArray, profile: ColumnProfile) -> Iterator[int]:
    """The rows with a text among numbers, or a number among texts, where few are."""
    words = profile.texts - profile.number_texts
    few = min(words, profile.number_texts)
    if not (pa.types.is_dictionary(column.type) and 0 < few <= FEW * profile.present):
        return
    encoded = one_piece(column.unify_dictionaries() if isinstance(column, pa.ChunkedArray) else column)
    texts = encoded.dictionary.to_pylist()
    wanted = np.array([*(bool(_NUMBER.fullmatch(text)) == (words > profile.number_texts) for text in texts), False])
    yield from np.flatnonzero(wanted[codes_of(encoded)])[:MOST_TEXTS].tolist()


def _written(column: pa.ChunkedArray) -> list[str | None]:
    return [None if value is None else in_short(value) for value in column.to_pylist()]


def _shift(row: int, names: Sequence[str], cells: Sequence[str | None], kinds: Mapping[str, _Kind]) -> Shifted | None:
    """The first cell of the row that belongs to a neighbour, where that one's is gone, or does not fit either."""
    for at, (name, value) in enumerate(zip(names, cells, strict=True)):
        if value is None or not kinds[name].strange(value):
            continue
        for beside in (at + 1, at - 1):
            if not 0 <= beside < len(names) or not kinds[names[beside]].fits(value):
                continue
            there = cells[beside]
            if kinds[names[beside]].strange(there) or there is None:
                return Shifted(row, name, value, names[beside])
    return None
