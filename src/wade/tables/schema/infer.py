"""The schema of a table: look once at every column, then decide."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wade.errors import ColumnError
from wade.tables.columns.views import as_numbers, as_times, place
from wade.tables.profile.column_profile import Seen, look_at
from wade.tables.schema.column_checks import Problem, find_problem, find_target_problem, known, refuse_problems
from wade.tables.schema.overrides import Choices, date_form, role_problem
from wade.tables.schema.roles import as_column, asked, find_column, find_role, find_target
from wade.tables.schema.schema import USED, Column, Schema
from wade.types import Rows


def infer_schema(
    table: pa.Table,
    name: str,
    target: str,
    columns: Collection[str] | None = None,
    drop: Collection[str] = (),
    categories: Collection[str] = (),
    time: str | None = None,
    roles: Mapping[str, str] | None = None,
) -> Schema:
    """Find the role of every column, or say which one cannot be used and why.

    Identifiers and constants are left out, with a note; naming one of them as an input or giving it another
    role takes it all the same, but a constant that is asked for is refused: nothing can be learned from it.

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
    roles
        the role of each column whose role is not to be found (see `choices`)

    Raises
    ------
    ColumnError
        A name is unknown, a column that is used is of mixed type, infinite or nested, or cannot have the role that was
        asked for.
    InvalidArgument
        No input is left, the target is among the inputs, or a role is unknown.

    Examples
    --------
    >>> table = pa.table({"wind": [45.0, 0.0, 15.0], "year": [2013] * 3, "late": [1, 0, 1]})
    >>> schema = infer_schema(table, "flights.csv", "late")
    >>> [(column.name, column.role, column.why) for column in schema.columns]
    [('wind', 'number', 'numbers from 0 to 45')]
    >>> schema.notes
    ("Left out: 'year' (constant). To use such a column all the same, give it a role; to see why, run wade data.",)
    """
    given = {**(roles or {}), **dict.fromkeys(categories, "category")}
    choices = Choices(target, columns, drop, given, time)
    choices.check(table.column_names, name)
    return settle_schema(table, look_at(table), choices, name)


def settle_schema(table: pa.Table, seen: Mapping[str, Seen], choices: Choices, name: str) -> Schema:
    """The schema that follows from what was seen.

    Parameters
    ----------
    table
        the rows, or a sample of them: where the user gives a column a role, they are looked at once more
    seen
        of all rows
    choices
        checked; a target among it
    name
        what messages call the table
    """
    assert choices.target is not None
    target_column = settle_target(table, seen[choices.target], choices, name)
    found, problems = judge(table, seen, choices)
    refuse_problems(problems, name)
    used = tuple(column for column in found if column.role in USED)
    left_out = tuple(column for column in found if column.role not in USED)
    if not used:
        reasons = "; ".join(f"{column.name!r} is left out as {column.role}: {column.why}" for column in left_out)
        remedy = "Add a column whose values vary and come back, or give one another role with --role COLUMN=ROLE."
        raise ColumnError(name, f"no input column is left ({reasons})", remedy)
    notes = (*target_notes(seen[choices.target], choices.target), *_left_out(left_out))
    return Schema(used, target_column, choices.time or only_time(seen, choices), notes, left_out)


def judge(table: pa.Table, seen: Mapping[str, Seen], choices: Choices) -> tuple[list[Column], dict[str, Problem]]:
    """Every possible input with its role, and what stands in the way of using it."""
    found, problems = [], {}
    for name in choices.inputs(table.column_names):
        column, problem = _judged(table[name], seen[name], name, choices)
        found.append(column)
        if problem is not None:
            problems[name] = problem
    return found, problems


def only_time(seen: Mapping[str, Seen], choices: Choices) -> str | None:
    """The only date-time column, an input or not: `columns` may leave it out and a split by time still need it."""
    names = [name for name in seen if name != choices.target and name not in choices.drop]
    times = [name for name in names if _role(seen[name], name, choices) == "date-time"]
    return times[0] if len(times) == 1 else None


def settle_target(table: pa.Table, seen: Seen, choices: Choices, name: str) -> Column:
    """The target as a number or as classes; ColumnError where it cannot be predicted."""
    target = choices.target or ""
    role, form = choices.role_of(target)
    problem = find_target_problem(seen, target, role)
    if problem is None and role in ("number", "boolean"):
        problem = role_problem(table[target], seen, target, role, form)
    elif problem is None and role not in ("", "category"):
        problem = Problem(f"a target cannot have the role {role!r}", "It is a number, a category or a boolean.")
    if problem is not None:
        raise problem.as_error(name, target)
    return find_target(seen, target, role, name)


def target_notes(seen: Seen, name: str) -> tuple[str, ...]:
    """How many rows have no target, if any."""
    if seen.first_missing is None:
        return ()
    count = f"{seen.missing:,} of {seen.rows:,} rows have no {name}"
    row = seen.first_missing.row + 1
    return (f"{count} and are left out of training and testing (the first is row {row}).",)


def labelled_rows(table: pa.Table, schema: Schema) -> Rows:
    """The numbers of the rows that have a target: only these can teach or test."""
    return np.flatnonzero(np.asarray(table[schema.target.name].is_valid()))


def times_of(table: pa.Table, schema: Schema, name: str) -> NDArray[Any]:
    """What orders the rows in time: datetime64[s] (or float64, where time is a number such as a year).

    Raises
    ------
    ColumnError
        A time is missing, or the column holds neither dates nor numbers.
    """
    time = known(schema.time or "", table.column_names, name, "the time")
    column, where = table[time], place(name, time)
    found = time_column(schema, look_at(table.select([time]))[time], name)
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


def time_column(schema: Schema, seen: Seen, name: str) -> Column:
    """The column that orders the rows in time, an input or not.

    Raises
    ------
    ColumnError
        It holds neither dates nor numbers.
    """
    time = schema.time or ""
    chosen = [one for one in (*schema.columns, *schema.left_out) if one.name == time]
    found = chosen[0] if chosen else find_column(seen, time)
    if found.role != "date-time" and not seen.numbers:
        remedy = "Write dates as YYYY-MM-DD, or split at random."
        problem = f"rows cannot be ordered in time by a column of role {found.role}"
        raise ColumnError(place(name, time), problem, remedy)
    return found


def _judged(values: pa.ChunkedArray, seen: Seen, name: str, choices: Choices) -> tuple[Column, Problem | None]:
    role, form = choices.role_of(name)
    insisted = choices.insists_on(name)
    if not role:
        column = find_column(seen, name)
        if insisted and column.role == "identifier":
            column = as_column(seen, name, asked(seen, "number" if seen.numbers else "category"))
        return column, find_problem(seen, name, insisted=insisted)
    problem = find_problem(seen, name, role, insisted) if role in USED else None
    problem = problem or role_problem(values, seen, name, role, form)
    return as_column(seen, name, asked(seen, role, date_form(seen, form) if role == "date-time" else "")), problem


def _role(seen: Seen, name: str, choices: Choices) -> str:
    return choices.role_of(name)[0] or find_role(seen).role


def _left_out(columns: Sequence[Column]) -> tuple[str, ...]:
    """Which columns are not read, and as what."""
    if not columns:
        return ()
    listed = ", ".join(f"{column.name!r} ({column.role})" for column in columns)
    return (f"Left out: {listed}. To use such a column all the same, give it a role; to see why, run wade data.",)
