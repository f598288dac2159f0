"""What a column's value is replaced by in partial dependence: a grid of numbers, frequent values, or moved dates.

A date cannot be put in place of another without losing its time of day or its season. So each row keeps its own date,
which is moved to another year, month, weekday or hour; everything else of the calendar follows from the moved date.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wade.errors import ColumnError, InvalidArgument, unknown_name
from wade.model.model import Model
from wade.pictures.plane import number_columns, numbers_of, some_rows
from wade.tables.columns.calendar import DAY, HOUR, WEEKDAYS, CalendarTimes
from wade.tables.columns.cleaning import one_piece
from wade.tables.columns.command_options import option
from wade.tables.columns.times import as_times
from wade.tables.columns.views import column_location, in_short
from wade.tables.kinds.datetime_encoding import ELAPSED, DateTimeEncoding
from wade.types import Rows

Doubles = NDArray[np.float64]

POINTS: Final = 41
MOST_VALUES: Final = 12
BINS: Final = 30
OUTER: Final = (0.005, 0.995)
"""The quantiles of a number column between which it is drawn."""
DRAWN: Final = ("number", "category", "boolean", "date-time")
"""The roles of columns whose values can be put in place of one another."""
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SEEN_BY: Final = {
    "hour": {"hour", "time of day"},
    "weekday": {"weekday"},
    "month": {"month", "day of year", ELAPSED},
    "year": {ELAPSED},
}
"""Which parts of an encoded date change with its hour, weekday, month and year."""
TEXT: Final = "it holds text, which the network reads word by word: texts have no order and no few values to draw over"


@dataclass(frozen=True)
class Replacements:
    """The values of a column that take each other's place.

    Parameters
    ----------
    values : array or list of text
        Numbers, or names of categories or of positions in the calendar.
    edges, counts : array
        A histogram of the column's numbers; of other columns the rows of each value (edges are then empty).
    own : array (n_rows,)
        Where each row's own value is among them: the number, or a place from 0 on; NaN where it has none.
    replaced : function of row numbers
        The column of n_values · n_rows values that takes the place of theirs, all rows with the first value first.
    by : str
        "year", "month", "weekday" or "hour" of a date; "" of other columns.
    """

    values: Any
    edges: Doubles
    counts: NDArray[np.int64]
    own: Doubles
    replaced: Callable[[Rows], pa.Array]
    by: str = ""

    @property
    def are_ordered(self) -> bool:
        """Whether lines between them mean something."""
        return len(self.edges) > 0 or self.by != ""


def replacements(model: Model, table: pa.Table, name: str, column: str, by: str | None) -> Replacements:
    """Of a column of a model that can be drawn.

    Raises
    ------
    InvalidArgument
        It has no such part of a date.
    ColumnError
        It has no two different values in these rows.
    """
    encoding = next(each for each in model.encoder.encodings if each.column == column)
    if isinstance(encoding, DateTimeEncoding):
        return _of_dates(encoding, table, name, by)
    if by is not None:
        raise InvalidArgument("by", f"is for dates, and {column!r} holds none", by, "Leave it out.")
    if column in number_columns(model):
        return _of_numbers(numbers_of(model, table, name, column), column)
    return _of_categories(one_piece(table[column]), column)


def drawn_column(model: Model, column: str | None) -> str:
    """The column, or the first that can be drawn; InvalidArgument with the reason where it cannot."""
    roles = {each.name: each.role for each in model.schema.columns}
    known = [each.column for each in model.encoder.encodings if roles.get(each.column) in DRAWN]
    if not known:
        remedy = f"A model of a {' or a '.join(DRAWN)} has one."
        raise InvalidArgument("column", "needs a column of a kind that can be drawn", sorted(roles), remedy)
    if column is None:
        return known[0]
    if column in known:
        return column
    if column == model.target.column:
        raise InvalidArgument("column", "must be an input, and this is the target", column, _try(known))
    for dropped in (each for each in model.schema.left_out if each.name == column):
        raise InvalidArgument("column", f"must be an input, and this was dropped: {dropped.why}", column, _try(known))
    if roles.get(column) == "text":
        raise InvalidArgument("column", f"cannot be drawn: {TEXT}", column, f"{_try(known)} Or draw importance.")
    raise unknown_name("column", column, known)


def _try(known: list[str]) -> str:
    return f"Try {option('--column', known[0])}."


def grid_and_histogram(numbers: Doubles, column: str) -> tuple[Doubles, Doubles, NDArray[np.int64]]:
    """Evenly spaced values over all but the outermost of the numbers, and a histogram over the same range.

    Raises
    ------
    ColumnError
        There are not two different numbers.

    Examples
    --------
    >>> values, edges, counts = grid_and_histogram(np.arange(1001.0), "wind")
    >>> values[[0, -1]].tolist(), len(edges), int(counts.sum())
    ([5.0, 995.0], 31, 991)
    """
    if not len(numbers) or numbers.min() == numbers.max():
        raise ColumnError(column, "needs two different numbers to be drawn", "Choose another column.")
    low, high = (float(end) for end in np.quantile(numbers, OUTER))
    if low == high:
        low, high = float(numbers.min()), float(numbers.max())
    counts, edges = np.histogram(numbers, BINS, (low, high))
    return np.linspace(low, high, POINTS), edges, counts


def _of_numbers(numbers: Doubles, column: str) -> Replacements:
    values, edges, counts = grid_and_histogram(numbers[np.isfinite(numbers)], column)
    return Replacements(values, edges, counts, numbers, lambda rows: pa.array(np.repeat(values, len(rows))))


def _of_categories(column: pa.Array, name: str) -> Replacements:
    found = pc.value_counts(column.drop_null())
    order = np.argsort(-found.field("counts").to_numpy(), kind="stable")[:MOST_VALUES]
    values = found.field("values").take(order)
    if not len(values):
        raise ColumnError(name, "has no value in these rows", "Choose another column.")
    own = pc.index_in(_plain(column), value_set=_plain(values)).cast(pa.float64()).to_numpy(zero_copy_only=False)
    return Replacements(
        [in_short(one) for one in values.to_pylist()], np.empty(0), found.field("counts").to_numpy()[order], own,
        lambda rows: values.take(pa.array(np.repeat(np.arange(len(values)), len(rows)))),
    )  # fmt: skip


def _plain(values: pa.Array) -> pa.Array:
    """Without a dictionary."""
    return values.dictionary_decode() if pa.types.is_dictionary(values.type) else values


def _of_dates(encoding: DateTimeEncoding, table: pa.Table, name: str, by: str | None) -> Replacements:
    parts = {*encoding.circles, *(part for part, _ in encoding.parts), *([ELAPSED] if encoding.elapsed else [])}
    read = [each for each, seen in SEEN_BY.items() if seen & parts]
    if by is not None and by not in SEEN_BY:
        raise unknown_name("by", by, SEEN_BY)
    if by is not None and by not in read:
        others = f"Try {' or '.join(read)}." if read else "Choose another column."
        raise InvalidArgument("by", f"is nothing that the model reads of {encoding.column!r}", by, others)
    if not read:
        expected = "cannot be drawn: the model reads no part of its dates, which are the same in all training rows"
        raise InvalidArgument("column", expected, encoding.column, "Choose another column.")
    where = column_location(name, encoding.column)
    times = as_times(one_piece(table[encoding.column]), encoding.form, where, encoding.zone)
    known = ~np.isnat(times)
    seconds = np.where(known, times.astype(np.int64), 0)
    chosen = by or next((each for each in read if len(np.unique(position(seconds[known], each))) > 1), read[0])
    places = position(seconds, chosen)
    values, counts = np.unique(places[known], return_counts=True)
    if len(values) < 2:
        same = f"all rows have the same {chosen}" if len(values) else "it has no date in these rows"
        raise ColumnError(where, f"{same}, so there is nothing to compare", "Choose another part or column.")
    some = some_rows(len(values), POINTS)
    values, counts = values[some], counts[some]
    own = np.where(known & np.isin(places, values), np.searchsorted(values, places), np.nan)

    def replaced(rows: Rows) -> pa.Array:
        moved = np.concatenate([moved_to(seconds[rows], chosen, int(value)) for value in values])
        there = np.tile(known[rows], len(values))
        texts = [
            encoding.arrow_value(encoding.existing(int(each))) if is_known else None
            for each, is_known in zip(moved, there, strict=True)
        ]
        return pa.array(texts, encoding.arrow_type)

    names = [_named(int(value), chosen) for value in values]
    return Replacements(names, np.empty(0), counts, own, replaced, chosen)


def position(seconds: Rows, by: str) -> Rows:
    """The year, month (1 to 12), weekday (0 is Monday) or hour of times in seconds since 1970.

    Examples
    --------
    >>> position(np.array([40 * DAY + 3 * HOUR]), "month"), position(np.array([40 * DAY + 3 * HOUR]), "hour")
    (array([2]), array([3]))
    """
    if by == "year":
        years: Rows = (seconds // DAY).astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
        return years
    return np.asarray(CalendarTimes.of(seconds).value(by), np.int64)


def moved_to(seconds: Rows, by: str, value: int) -> Rows:
    """Times moved to another year, month, weekday of the same week, or hour of the same day.

    The last day of a month stands for those that it lacks: 31 January moves to 28 February.

    Examples
    --------
    >>> day = np.array(["2013-01-31T10:30"], "datetime64[s]").astype(np.int64)
    >>> moves = (("month", 2), ("weekday", 0), ("hour", 7))
    >>> [str(moved_to(day, by, value).astype("datetime64[s]")[0]) for by, value in moves]
    ['2013-02-28T10:30:00', '2013-01-28T10:30:00', '2013-01-31T07:30:00']
    """
    days, clock = np.divmod(seconds, DAY)
    if by == "hour":
        return np.asarray(days * DAY + value * HOUR + clock % HOUR)
    if by == "weekday":
        return np.asarray((days + value - position(seconds, "weekday")) * DAY + clock)
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    day = (dates - months.astype("datetime64[D]")).astype(np.int64)
    years = position(seconds, "year") if by == "month" else np.full(len(seconds), value)
    month = np.full(len(seconds), value) if by == "month" else position(seconds, "month")
    first = ((years - 1970) * 12 + month - 1).astype("datetime64[M]")
    length = ((first + 1).astype("datetime64[D]") - first.astype("datetime64[D]")).astype(np.int64)
    moved: Rows = first.astype("datetime64[D]").astype(np.int64) + np.minimum(day, length - 1)
    return moved * DAY + clock


def _named(value: int, by: str) -> str:
    return MONTHS[value - 1] if by == "month" else WEEKDAYS[value][:3] if by == "weekday" else str(value)
