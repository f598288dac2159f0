"""The profile of a column: a few counts and extremes, from batches of rows, in bounded memory.

`ColumnProfile.of` profiles one batch and `merge` joins two neighbouring ones, so a column need never be in memory as a
whole. Everything decided about a column (`schema/roles.py`, `schema/column_checks.py`) is decided from its profile.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from math import inf
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wade.tables.columns.cleaning import parse_numbers
from wade.tables.columns.date_forms import ISO
from wade.tables.columns.number_forms import NumberForm
from wade.tables.columns.times import as_timestamps
from wade.tables.columns.views import is_nested, is_number
from wade.tables.profile.date_profile import NO_DATES, DateProfile, dates_of_numbers, dates_of_texts, dates_of_times
from wade.tables.profile.distinct import NOTHING, Distinct, used_codes
from wade.tables.profile.number_texts import NumberTexts
from wade.tables.profile.number_verdict import Verdict, settle
from wade.tables.profile.occurrences import Occurrence, Span, first_occurrence
from wade.types import Rows

BATCH_ROWS: Final = 1 << 16


@dataclass(frozen=True)
class ColumnProfile:
    """One column, or a batch of its rows.

    >>> seen = ColumnProfile.of(pa.array([3, None, 5])).merge(ColumnProfile.of(pa.array([1.5, 3.0])))
    >>> seen.rows, seen.missing, seen.range, seen.whole, seen.distinct.count
    (5, 1, Span(low=1.5, high=5), False, 3)
    """

    rows: int = 0
    missing: int = 0  # rows without a value
    numbers: int = 0  # values stored as such, like the next three
    booleans: int = 0
    times: int = 0
    texts: int = 0
    number_texts: int = 0  # texts that are numbers
    words: int = 0  # of all texts together, split at white space
    nested: str = ""  # the type of values that no role fits, such as "list<item: int64>"
    range: Span | None = None  # of the finite numbers, those written as text included
    whole: bool = True  # no number has a fraction
    integers: bool = True  # each number is stored as an integer
    steps: Span | None = None  # the least and the greatest step from one number to the next, per row
    first: Occurrence | None = None  # number, as `last`
    last: Occurrence | None = None
    dated: DateProfile = NO_DATES  # what of it is dates
    first_missing: Occurrence | None = None
    first_infinite: Occurrence | None = None
    first_text: Occurrence | None = None  # that is no number
    first_number: Occurrence | None = None
    distinct: Distinct = NOTHING
    written: NumberTexts | None = None  # numbers among the texts, with units and grouped digits
    decimal: str = ""  # the decimal separator of the whole table, where that is known
    reach: int = 0  # how many rows of the table there are up to the last of these
    unrepeated: ColumnProfile | None = None  # without rows that repeat another as a whole, where that may matter
    places: Rows | None = field(default=None, compare=False)  # their numbers in the table; None: they are all its rows

    @classmethod
    def of(cls, column: pa.Array, limit: np.uint64 | None = None, places: Rows | None = None) -> ColumnProfile:
        """One batch of a tidy column (see `cleaning`); a column that holds text in one batch should be text in all.

        Parameters
        ----------
        column
            the values
        limit
            that of `Distinct.of`: the profile then serves to be merged into what has that limit, and nothing else
        places
            where these are some rows of a table: their numbers in it, in rising order and counted from the row that
            follows the rows before them
        """
        if places is None:
            return cls._of(column, limit, np.arange(len(column)))
        return cls._of(column, limit, places)._placed(places)

    @classmethod
    def _of(cls, column: pa.Array, limit: np.uint64 | None, places: Rows) -> ColumnProfile:
        missing = np.asarray(column.is_null())
        rest: dict[str, Any] = {"rows": len(column), "missing": int(missing.sum())}
        rest["reach"] = int(places[-1]) + 1 if len(places) else 0
        if rest["missing"]:
            rest["first_missing"] = Occurrence(int(missing.argmax()), None)
        arrow_type = column.type
        if pa.types.is_null(arrow_type) or not len(column):
            return cls(**rest)
        if is_nested(arrow_type):
            return cls(**rest, nested=str(arrow_type))
        if pa.types.is_timestamp(arrow_type) or pa.types.is_time(arrow_type):
            rest["dated"] = dates_of_times(column)
            # What counts values knows no zones.
            column = as_timestamps(column)
            arrow_type = column.type
        rest["distinct"] = Distinct.of(column, limit)
        if is_number(arrow_type):
            rest |= _numbers(column, places)
        elif pa.types.is_boolean(arrow_type):
            rest |= {"booleans": len(column) - rest["missing"]}
        elif pa.types.is_timestamp(arrow_type):
            rest |= {"times": len(column) - rest["missing"]}
        else:
            rest |= _texts(column)
        return cls(**rest)

    @property
    def present(self) -> int:
        """How many values are not missing."""
        return self.rows - self.missing

    @property
    def is_text(self) -> bool:
        """Whether values are texts that are not all numbers in batches among which some hold numbers."""
        return bool(self.texts) and not (self.numbers and self.texts == self.number_texts)

    @property
    def stored(self) -> tuple[str, ...]:
        """What the values are stored as; texts that are dates in the form of times beside them count as times."""
        dated = self.times and bool(self.dates)
        found = {
            "numbers": self.numbers and not self.texts,
            "text": self.texts and not dated,
            "true and false": self.booleans,
            "times": self.times,
        }
        return tuple(name for name, count in found.items() if count)

    @property
    def dates(self) -> Mapping[str, Span] | None:
        """By form in which every value is a date: seconds since 1970; None where no value is one or no date."""
        return self.dated.forms

    @property
    def different(self) -> int:
        """How many different values there are, or about how many (see `Distinct.count`)."""
        return min(self.distinct.count, self.present)

    def merge(self, other: ColumnProfile) -> ColumnProfile:
        """What one pass over both batches would have seen, `other` being the one that follows."""
        parts: dict[str, Any] = {name: getattr(self, name) + getattr(other, name) for name in SUMS}
        for name in FIRSTS:
            parts[name] = getattr(self, name) or Occurrence.later(getattr(other, name), self.rows)
        last = Occurrence.later(other.last, self.rows)
        ends = [end for end in (self.last, Occurrence.later(other.first, self.rows)) if end is not None]
        between = _steps(np.array([end.value for end in ends]), np.array([end.row for end in ends]))
        steps = [step for step in (self.steps, other.steps, between) if step is not None]
        written = (self.written or NumberTexts({})).merge(other.written, self.rows) if other.written else self.written
        return ColumnProfile(
            **parts,
            nested=self.nested or other.nested,
            range=other.range if self.range is None else self.range.join(other.range),
            whole=self.whole and other.whole,
            integers=self.integers and other.integers,
            steps=reduce(Span.join, steps) if steps else None,
            last=last or self.last,
            dated=self.dated.merge(other.dated, self.rows),
            distinct=self.distinct.merge(other.distinct),
            written=written,
            decimal=self.decimal,
            reach=max(self.reach, other.reach + self.rows),
        )

    @property
    def part(self) -> str:
        """What these rows are of the table, before a noun: "training " where they are not all of it."""
        return "training " if self.rows < self.reach else ""

    def place(self, row: int) -> int:
        """The number in the table (0-based) of one of these rows."""
        return row if self.places is None else int(self.places[row])

    def _placed(self, places: Rows) -> ColumnProfile:
        """The same, the rows in which something was met by their numbers in the table."""
        firsts: dict[str, Any] = {name: Occurrence.at(getattr(self, name), places) for name in FIRSTS}
        return replace(
            self,
            **firsts,
            dated=self.dated.placed(places),
            written=self.written and self.written.placed(places),
        )

    def texts_as_numbers(self, given: str = "") -> Verdict:
        """What the texts are as numbers (see `number_verdict.settle`), in the form that the user gave, if any."""
        return settle(self.written, NumberForm.read(given) if given else None, self.decimal, self.distinct.count)


SUMS: Final = ("rows", "missing", "numbers", "booleans", "times", "texts", "number_texts", "words")
FIRSTS: Final = ("first_missing", "first_infinite", "first_text", "first_number", "first")


def profile_batches(batches: Iterable[pa.RecordBatch]) -> dict[str, ColumnProfile]:
    """What is seen in each column of a stream of batches of tidy columns.

    Examples
    --------
    >>> table = pa.table({"wind": [45.0, None, 15.0]})
    >>> profile_batches(table.to_batches(max_chunksize=2))["wind"].missing
    1
    """
    seen: dict[str, ColumnProfile] = {}
    for batch in batches:
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            before = seen.get(name, ColumnProfile())
            seen[name] = before.merge(ColumnProfile.of(column, before.distinct.limit))
    return seen


def profile_table(table: pa.Table, places: Rows | None = None) -> dict[str, ColumnProfile]:
    """The same for a table in memory, and for one without rows; `places` are the numbers of its rows (see `of`).

    Examples
    --------
    >>> wind = profile_table(pa.table({"wind": [45.0, None, 15.0]}), np.array([3, 4, 8]))["wind"]
    >>> wind.first_missing.row, wind.rows, wind.reach
    (4, 3, 9)
    """
    found = {name: ColumnProfile() for name in table.column_names}
    if places is None:
        return found | profile_batches(table.to_batches(max_chunksize=BATCH_ROWS))
    row = 0
    for batch in table.to_batches(max_chunksize=BATCH_ROWS):
        here = places[row : row + batch.num_rows] - row
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            before = found[name]
            found[name] = before.merge(ColumnProfile.of(column, before.distinct.limit, here))
        row += batch.num_rows
    return {name: replace(seen, places=places) for name, seen in found.items()}


def _numbers(column: pa.Array, places: Rows) -> dict[str, Any]:
    integers = bool(pa.types.is_integer(column.type))
    values = np.asarray(column.drop_null())
    if not len(values):
        return {}
    infinite = np.asarray(pc.is_inf(column).fill_null(False)) if not integers else np.zeros(1, bool)
    rows = np.flatnonzero(np.asarray(column.is_valid()))
    finite = values[np.isfinite(values)]
    return {
        "numbers": len(values),
        "dated": dates_of_numbers(column, values),
        "range": Span.of(finite),
        "whole": integers or bool(np.all(finite == np.floor(finite))),
        "integers": integers,
        "steps": _steps(values, places[rows]),
        "first": Occurrence(int(rows[0]), values[0].item()),
        "last": Occurrence(int(places[rows[-1]]), values[-1].item()),
        "first_infinite": Occurrence(int(infinite.argmax()), column[int(infinite.argmax())].as_py())
        if infinite.any()
        else None,
        "first_number": Occurrence(int(rows[0]), values[0].item()),
    }


def _texts(column: pa.Array) -> dict[str, Any]:
    # A batch may carry the dictionary of a whole table: only the texts that it uses are looked at.
    used, counts = used_codes(column)
    if not len(used):
        return {}
    texts = column.dictionary.take(pa.array(used))
    parsed = parse_numbers(texts)
    numeric = np.asarray(parsed.is_valid())
    finite = np.asarray(parsed.drop_null())
    finite = finite[np.isfinite(finite)]
    dated = dates_of_texts(column, texts, used, counts)
    # What begins with a year, a month and a day is no number, and need not be looked at as one.
    written = NumberTexts.of_words if ISO in (dated.forms or ()) and not dated.no_dates else NumberTexts.of
    spaces = np.asarray(pc.count_substring_regex(texts, r"\s+"), dtype=np.int64)
    return {
        "texts": int(counts.sum()),
        "number_texts": int(counts[numeric].sum()),
        "words": int(((spaces + 1) * counts).sum()),
        "integers": False,
        "range": Span.of(finite),
        "whole": bool(np.all(finite == np.floor(finite))),
        "dated": dated,
        "first_text": first_occurrence(column, used[~numeric]),
        "first_number": first_occurrence(column, used[numeric]),
        "written": written(column, used, counts),
    }


def _steps(values: NDArray[Any], places: Rows) -> Span | None:
    """From one number to the next, for each row of the table that lies between them."""
    with np.errstate(all="ignore"):
        steps = np.diff(values) / np.diff(places)
    # From and to infinity, every step was made.
    return Span.of(steps) if np.isfinite(steps).all() else Span(-inf, inf)
