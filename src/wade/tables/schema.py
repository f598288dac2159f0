"""What each column is: a role with its reason, found once on the whole table and kept with the model."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wade.errors import ColumnError, InvalidArgument
from wade.tables.checks import known, refuse_unusable, refuse_unusable_target
from wade.tables.cleaning import one_piece
from wade.tables.columns import ISO, as_numbers, as_text, as_times, date_forms, is_number, place
from wade.types import Rows

IDENTIFIER_ROWS = 50
CLASS_NUMBERS = 20
ROWS_PER_CLASS = 20


@dataclass(frozen=True)
class Column:
    """One column: its role ("number", "category", "boolean", "date-time"), why, and how its dates are written."""

    name: str
    role: str
    why: str
    form: str = ""


@dataclass(frozen=True)
class Schema:
    """The inputs, the target, the column that orders the rows in time, and what the user should be told.

    Parameters
    ----------
    columns
        the inputs, in the order of the table
    target
        what is predicted; its role is "number", "category" or "boolean"
    time
        the column that orders the rows in time, or None; it need not be an input
    notes
        plain sentences, such as how many rows have no target
    """

    columns: tuple[Column, ...]
    target: Column
    time: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def text_columns(self) -> tuple[str, ...]:
        """The columns whose values stay text even where a file holds nothing but numbers in them."""
        return tuple(column.name for column in (*self.columns, self.target) if column.role == "category")

    def to_dict(self) -> dict[str, Any]:
        """The schema as plain JSON data."""
        return {
            "columns": [asdict(column) for column in self.columns],
            "target": asdict(self.target),
            "time": self.time,
            "notes": list(self.notes),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Schema:
        """The schema that `to_dict` described."""
        columns = tuple(Column(**column) for column in data["columns"])
        return cls(columns, Column(**data["target"]), data["time"], tuple(data["notes"]))


def infer_schema(
    table: pa.Table,
    name: str,
    target: str,
    columns: Collection[str] | None = None,
    drop: Collection[str] = (),
    categories: Collection[str] = (),
    time: str | None = None,
) -> Schema:
    """Find the role of every column that is used, or say which one cannot be used and why.

    Parameters
    ----------
    table
        tidy table, as `read_table` gives it
    name
        what messages call the table
    target
        the column to predict
    columns
        the inputs; None takes every column but the target
    drop
        columns to leave out
    categories
        columns to take as categories whatever they hold
    time
        the column that orders the rows in time; None takes the only date-time column, if there is just one

    Raises
    ------
    ColumnError
        A name is unknown, or a column that is used is all missing, constant, of mixed type, infinite or nested.
    InvalidArgument
        No input is left, or the target is among the inputs.

    Examples
    --------
    >>> table = pa.table({"wind": [45.0, 0.0, 15.0], "late": [1, 0, 1]})
    >>> infer_schema(table, "flights.csv", "late").columns
    (Column(name='wind', role='number', why='numbers from 0 to 45', form=''),)
    """
    names = table.column_names
    known(target, names, name, "the target")
    for use, wanted in (("to leave out", drop), ("as an input", columns or ()), ("as a category", categories)):
        for column in wanted:
            known(column, names, name, use)
    inputs = _inputs(names, target, columns, drop)
    refuse_unusable_target(one_piece(table[target]), target, target in categories, name)
    refuse_unusable(table, inputs, categories, name)
    found = tuple(_column(one_piece(table[column]), column, column in categories) for column in inputs)
    if time is not None:
        known(time, names, name, "the time")
    else:
        time = _only_time(table, [column for column in names if column != target and column not in drop])
    target_column = _target(one_piece(table[target]), target, target in categories, name)
    return Schema(found, target_column, time, _notes(table[target], target))


def labelled_rows(table: pa.Table, schema: Schema) -> Rows:
    """The numbers of the rows that have a target: only these can teach or test."""
    return np.flatnonzero(np.asarray(table[schema.target.name].is_valid()))


def times_of(table: pa.Table, time: str, name: str) -> NDArray[Any]:
    """What orders the rows in time: datetime64[s] (or float64, where time is a number such as a year).

    Raises
    ------
    ColumnError
        A time is missing, or the column holds neither dates nor numbers.
    """
    column = one_piece(table[known(time, table.column_names, name, "the time")])
    found = _column(column, time, category=False)
    where = place(name, time)
    if found.role not in ("date-time", "number"):
        remedy = "Write dates as YYYY-MM-DD, or split at random."
        raise ColumnError(where, f"rows cannot be ordered in time by a column of role {found.role}", remedy)
    times = as_times(column, found.form, where) if found.role == "date-time" else as_numbers(column, where)
    if column.null_count:
        row = int(np.asarray(column.is_null()).argmax())
        remedy = "Fill in the times, leave these rows out, or split at random."
        raise ColumnError(
            f"{where}, row {row + 1}",
            f"the time is missing (as in {column.null_count:,} of {len(column):,} rows)",
            remedy,
        )
    return times


def _inputs(
    names: Sequence[str], target: str, columns: Collection[str] | None, drop: Collection[str]
) -> tuple[str, ...]:
    if target in (columns or ()):
        raise InvalidArgument("columns", "must not hold the target", target, "Leave it out of the inputs.")
    if target in drop:
        raise InvalidArgument("drop", "must not hold the target", target, "Keep it, or choose another target.")
    chosen = tuple(c for c in names if c != target and c not in drop and (columns is None or c in columns))
    if not chosen:
        which, given = ("drop", drop) if columns is None or drop else ("columns", columns)
        raise InvalidArgument(which, "must leave at least one input column", list(given))
    return chosen


def _only_time(table: pa.Table, names: Sequence[str]) -> str | None:
    """The only date-time column, an input or not: `columns` may leave it out and a split by time still need it."""
    times = [name for name in names if _is_time(one_piece(table[name]))]
    return times[0] if len(times) == 1 else None


def _is_time(column: pa.Array) -> bool:
    if pa.types.is_dictionary(column.type):
        return len(date_forms(column.dictionary)) == 1
    return bool(pa.types.is_timestamp(column.type))


def _notes(target: pa.ChunkedArray, name: str) -> tuple[str, ...]:
    if not target.null_count:
        return ()
    row = int(np.asarray(target.is_null()).argmax()) + 1
    count = f"{target.null_count:,} of {len(target):,} rows have no {name}"
    return (f"{count} and are left out of training and testing (the first is row {row}).",)


def _column(column: pa.Array, name: str, category: bool) -> Column:
    missing = f", {_percent(column.null_count / len(column))} missing" if column.null_count else ""
    if category:
        return Column(name, "category", f"taken as a category, as asked, with {_kinds(column)}{missing}")
    if pa.types.is_boolean(column.type):
        return Column(name, "boolean", f"true or false{missing}")
    if pa.types.is_timestamp(column.type):
        return Column(name, "date-time", f"{_span(column, ISO)}{missing}", ISO)
    if is_number(column.type):
        return Column(name, "number", f"{_range(column)}{missing}")
    return _text_column(column, name, missing)


def _text_column(column: pa.Array, name: str, missing: str) -> Column:
    forms = date_forms(column.dictionary)
    if len(forms) == 1:
        return Column(name, "date-time", f"{_span(column, forms[0])}, written as {forms[0]}{missing}", forms[0])
    if forms:
        either = " or ".join(forms)
        return Column(name, "category", f"text that may be dates, but {either} fit alike; write dates as YYYY-MM-DD")
    if len(column.dictionary) == len(column) - column.null_count > IDENTIFIER_ROWS:
        why = "text with another value in every row: an identifier, in which there is nothing to learn; all are pooled"
        return Column(name, "category", why + missing)
    return Column(name, "category", f"text with {_kinds(column)}{missing}")


def _kinds(column: pa.Array) -> str:
    return f"{len(as_text(column, '').values):,} different values"


def _range(column: pa.Array) -> str:
    extremes = pc.min_max(column)
    low, high = extremes["min"].as_py(), extremes["max"].as_py()
    why = f"numbers from {low:.6g} to {high:.6g}"
    counts_up = pa.types.is_integer(column.type) and not column.null_count and len(column) > IDENTIFIER_ROWS
    if counts_up and high - low == len(column) - 1 and (np.diff(np.asarray(column)) == 1).all():
        return f"{why}, one more in every row: it looks like a row number; if so, leave it out with --drop"
    return why


def _span(column: pa.Array, form: str) -> str:
    days = as_times(column.drop_null(), form, "").astype("datetime64[D]")
    return f"dates from {days.min()} to {days.max()}"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if share >= 0.0005 else "under 0.1 %"


def _target(column: pa.Array, name: str, category: bool, table_name: str) -> Column:
    present = pc.drop_null(column)
    if category:
        return Column(name, "category", f"classes, as asked: {_kinds(present)}")
    if pa.types.is_boolean(column.type):
        return Column(name, "boolean", "two classes: true and false")
    if is_number(column.type):
        return _number_target(np.asarray(present), name)
    kinds = len(as_text(present, "").values)
    if 2 * kinds > len(present) > IDENTIFIER_ROWS:
        problem = f"{kinds:,} different texts in {len(present):,} rows are too many to be classes"
        raise ColumnError(place(table_name, name), problem, "Choose another column with --target.")
    return Column(name, "category", f"text with {kinds:,} different values: {_classes(kinds)}")


def _number_target(values: NDArray[Any], name: str) -> Column:
    """Numbers are classes where there are two whole ones, or where they count 0, 1, 2 … or 1, 2, 3 … without a gap.

    Such a run of few whole numbers, each in 20 rows or more on average, is how classes are written (digits, grades);
    measured quantities and counts have gaps, fractions or a long tail.
    """
    distinct = np.unique(values)
    whole = bool(np.all(distinct == np.floor(distinct)))
    count = len(distinct)
    if whole and count == 2:
        return Column(name, "category", f"two classes: {distinct[0]:.0f} and {distinct[1]:.0f}")
    run = whole and count <= CLASS_NUMBERS and distinct[0] in (0, 1) and distinct[-1] - distinct[0] == count - 1
    if run and len(values) >= ROWS_PER_CLASS * count:
        return Column(name, "category", f"whole numbers {distinct[0]:.0f} … {distinct[-1]:.0f} without a gap: classes")
    why = f"numbers from {distinct[0]:.6g} to {distinct[-1]:.6g}"
    hint = f"; as classes instead: --category {name}" if whole and count <= CLASS_NUMBERS else ""
    return Column(name, "number", why + hint)


def _classes(count: int) -> str:
    return "two classes" if count == 2 else "many classes"
