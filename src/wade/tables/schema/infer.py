"""The schema of a table, inferred from the profile of every column."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wade.errors import ColumnError, InvalidArgument
from wade.tables.columns.cleaning import one_piece
from wade.tables.columns.command_options import option
from wade.tables.columns.metadata import units_of
from wade.tables.columns.views import column_location
from wade.tables.kinds.column import Column, Problem, Role
from wade.tables.kinds.registry import KINDS
from wade.tables.profile.column_profile import ColumnProfile, profile_table
from wade.tables.schema.advice import tried
from wade.tables.schema.cautions import cautions_of
from wade.tables.schema.column_checks import find_problem, find_target_problem, refuse_problems
from wade.tables.schema.overrides import ColumnOverrides, role_problem
from wade.tables.schema.repeated_rows import with_unrepeated
from wade.tables.schema.roles import IDENTIFIER_ROWS, as_column, find_column, find_role, find_target, requested_role
from wade.tables.schema.schema import Schema
from wade.tables.schema.shifted_rows import Shifted, as_problem, shifted_rows
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
    decimal: str = "",
    keep_text: Mapping[str, str] | None = None,
) -> Schema:
    """Infer the role of every column; a column that cannot be used is an error.

    Identifiers and constants are dropped, with a note; naming one of them as an input or giving it another
    role uses it anyway, but a constant that is requested is refused: it holds no information.

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
        the role of each column whose role is not to be found (see `overrides`)
    keep_text
        by column, a text that does not mean missing there
    decimal
        the decimal separator of the table's file, where that is known

    Raises
    ------
    ColumnError
        A name is unknown, a column that is used is of mixed type, infinite or nested, or cannot have the role that was
        requested.
    InvalidArgument
        No input is left, the target is among the inputs, or a role is unknown.

    Examples
    --------
    >>> table = pa.table({"wind": [45.0, 0.0, 15.0], "year": [2013] * 3, "late": [1, 0, 1]})
    >>> schema = infer_schema(table, "flights.csv", "late")
    >>> [(column.name, column.role, column.why) for column in schema.columns]
    [('wind', 'number', 'numbers from 0 to 45')]
    >>> schema.notes
    ("Dropped: 'year' (constant). To use such a column: --role COLUMN=ROLE. For the reasons: wade data.",)
    """
    given = {**(roles or {}), **dict.fromkeys(categories, "category")}
    overrides = ColumnOverrides(target, columns, drop, given, time, decimal=decimal, keep_text=keep_text or {})
    overrides.check(table.column_names, name)
    return settle_schema(table, profile_table(table), overrides, name)


def settle_schema(
    table: pa.Table, profile: Mapping[str, ColumnProfile], overrides: ColumnOverrides, name: str
) -> Schema:
    """The schema that follows from the profiles of these rows, which are training rows; the table may be some of them.

    Where the profiles know the numbers of the rows in a larger table, messages name these.
    """
    assert overrides.target is not None
    profile = with_unrepeated(table, with_decimal(profile, overrides.decimal))
    target_column = settle_target(table, profile[overrides.target], overrides, name)
    found, problems = assign_roles(table, profile, overrides)
    shifted = shifted_rows(table, profile)
    refuse_problems(problems | shifted_problems(shifted, problems), name)
    target_column, *found = with_kept_texts([target_column, *found], overrides)
    units = units_of(table)
    target_column, *found = (replace(one, unit=units.get(one.name, "")) for one in (target_column, *found))
    used = tuple(column for column in found if column.role in KINDS)
    left_out = tuple(column for column in found if column.role not in KINDS)
    if not used:
        reasons = "; ".join(f"{column.name!r} is dropped as {column.role}: {column.why}" for column in left_out)
        remedy = "Add a column whose values vary and repeat, or give one another role with --role COLUMN=ROLE."
        raise ColumnError(name, f"no input column is left ({reasons})", remedy)
    cautions = [cautions_of(one, profile[one.name], overrides.leaves_open(one.name)) for one in used]
    doubts = [caution.message for each in cautions for caution in each]
    doubts += [as_problem(shifted).as_note()] if shifted else []
    notes = (
        *target_notes(profile[overrides.target], overrides.target),
        *doubts,
        *_left_out(left_out),
        *column_notes(profile, (*used, target_column)),
    )
    return Schema(used, target_column, overrides.time or only_time(profile, overrides), notes, left_out)


def with_decimal(profile: Mapping[str, ColumnProfile], decimal: str) -> dict[str, ColumnProfile]:
    """The profiles with the decimal separator of the whole table: that of its file, or of the columns that show one."""
    texts = [one.written for one in profile.values() if one.written]
    shown = {mark for one in texts for mark, rows in ((".", one.point), (",", one.comma)) if rows}
    found = decimal or (shown.pop() if len(shown) == 1 else "")
    return {name: replace(one, decimal=found) if one.written else one for name, one in profile.items()}


def with_kept_texts(columns: Sequence[Column], overrides: ColumnOverrides) -> list[Column]:
    """The columns with the texts that are kept in them; InvalidArgument where such a column is no category."""
    found = []
    for column in columns:
        text = overrides.keep_text.get(column.name)
        if text is not None and column.role in KINDS and column.role != "category":
            remedy = f"Leave it out, or add {option('--category', column.name)}."
            expected = f"must name categories, and {column.name!r} has the role {column.role!r}"
            raise InvalidArgument("keep_text", expected, f"{column.name}={text}", remedy)
        found.append(column if text is None else replace(column, kept=(text,)))
    return found


def assign_roles(
    table: pa.Table, profile: Mapping[str, ColumnProfile], overrides: ColumnOverrides
) -> tuple[list[Column], dict[str, Problem]]:
    """Every possible input with its role, and what stands in the way of using it."""
    found, problems = [], {}
    for name in overrides.inputs(table.column_names):
        column, problem = _assigned(table[name], profile[name], name, overrides)
        found.append(column)
        if problem is not None:
            problems[name] = tried(problem, name, profile)
    if not any(column.role in KINDS for column in found):
        # In a small table of one column, what counts the rows may well be what is measured.
        found = [_kept(column, profile[column.name]) for column in found]
    return found, problems


def shifted_problems(shifted: Sequence[Shifted], problems: Mapping[str, Problem]) -> dict[str, Problem]:
    """The problems of columns that come from shifted rows, named as such."""
    found: dict[str, list[Shifted]] = {}
    for shift in shifted:
        found.setdefault(shift.column, []).append(shift)
    return {name: as_problem(shifts) for name, shifts in found.items() if name in problems}


def _kept(column: Column, profile: ColumnProfile) -> Column:
    if column.role != "identifier" or profile.rows > IDENTIFIER_ROWS or not profile.numbers:
        return column
    return as_column(profile, column.name, Role("number", KINDS["number"].describe(profile, "")))


def only_time(profile: Mapping[str, ColumnProfile], overrides: ColumnOverrides) -> str | None:
    """The only date-time column, an input or not: `columns` may leave it out and a split by time still need it."""
    times = date_times(profile, overrides)
    return times[0] if len(times) == 1 else None


def date_times(profile: Mapping[str, ColumnProfile], overrides: ColumnOverrides) -> list[str]:
    """The date-time columns, inputs or not."""
    names = [name for name in profile if name != overrides.target and name not in overrides.drop]
    return [name for name in names if _role(profile[name], name, overrides) == "date-time"]


def settle_target(table: pa.Table, profile: ColumnProfile, overrides: ColumnOverrides, name: str) -> Column:
    """The target as a number or as classes; ColumnError where it cannot be predicted."""
    target = overrides.target or ""
    role, form = overrides.role_of(target)
    problem = find_target_problem(profile, target, role)
    if problem is None and role in ("number", "boolean"):
        problem = role_problem(table[target], profile, target, role, form)
        form = KINDS[role].form(profile, form)
    elif problem is None and role not in ("", "category"):
        problem = Problem(f"a target cannot have the role {role!r}", "It is a number, a category or a boolean.")
    if problem is not None:
        raise problem.as_error(name, target)
    return find_target(profile, target, role, name, form)


def target_notes(profile: ColumnProfile, name: str) -> tuple[str, ...]:
    """How many rows have no target, if any."""
    if profile.first_missing is None:
        return ()
    count = f"{profile.missing:,} of {profile.rows:,} rows have no {name}"
    row = profile.first_missing.row + 1
    return (f"{count} and are dropped (the first is row {row}).",)


def column_notes(profile: Mapping[str, ColumnProfile], columns: Sequence[Column]) -> tuple[str, ...]:
    """What a user should know of how these columns are read."""
    return tuple(note for column in columns for note in KINDS[column.role].notes(profile[column.name], column))


def labelled_rows(table: pa.Table, target: str) -> Rows:
    """The numbers of the rows that have a target: only these can be training or test rows."""
    return np.flatnonzero(np.asarray(table[target].is_valid()))


def time_column(
    table: pa.Table, profile: Mapping[str, ColumnProfile], overrides: ColumnOverrides, name: str
) -> Column | None:
    """The column that orders the rows in time, an input or not; None where none was named and there is not just one.

    ColumnError where it holds no dates or numbers.
    """
    time = overrides.time or only_time(profile, overrides)
    if time is None:
        return None
    found, problem = _assigned(table[time], profile[time], time, overrides)
    if problem is not None:
        raise problem.as_error(name, time)
    if not ((found.role in KINDS and KINDS[found.role].ordered) or profile[time].numbers):
        remedy = "Write dates as YYYY-MM-DD, or split at random."
        problem = Problem(f"rows cannot be ordered in time by a column of role {found.role}", remedy)
        raise problem.as_error(name, time)
    return found


def times_of(table: pa.Table, time: Column, name: str) -> NDArray[np.float64]:
    """What orders the rows in time: days since 1970, or numbers; ColumnError where one is missing."""
    column, where = one_piece(table[time.name]), column_location(name, time.name)
    times = order_of(time, column, where)
    absent = np.isnan(times)
    if absent.any():
        row = int(absent.argmax())
        remedy = "Fill in the times, leave these rows out, or split at random."
        raise ColumnError(
            f"{where}, row {row + 1}",
            f"the time is missing (as in {int(absent.sum()):,} of {len(column):,} rows)",
            remedy,
        )
    return times


def order_of(column: Column, values: pa.Array, where: str) -> NDArray[np.float64]:
    """Numbers in the order of a column's values, NaN where missing: days since 1970 for dates."""
    kind = KINDS.get(column.role)
    return (kind if kind and kind.ordered else KINDS["number"]).order(values, column, where)


def _assigned(
    values: pa.ChunkedArray, profile: ColumnProfile, name: str, overrides: ColumnOverrides
) -> tuple[Column, Problem | None]:
    role, form = overrides.role_of(name)
    insisted = overrides.insists_on(name)
    if not role:
        column = find_column(profile, name)
        if insisted and column.role == "identifier":
            column = as_column(profile, name, requested_role(profile, "number" if profile.numbers else "category"))
        return column, find_problem(profile, name, insisted=insisted)
    problem = find_problem(profile, name, role, insisted) if role in KINDS else None
    problem = problem or role_problem(values, profile, name, role, form)
    return as_column(profile, name, requested_role(profile, role, form)), problem


def _role(profile: ColumnProfile, name: str, overrides: ColumnOverrides) -> str:
    return overrides.role_of(name)[0] or find_role(profile, name).role


def _left_out(columns: Sequence[Column]) -> tuple[str, ...]:
    """Which columns are not read, and as what."""
    if not columns:
        return ()
    listed = ", ".join(f"{column.name!r} ({column.role})" for column in columns)
    return (f"Dropped: {listed}. To use such a column: --role COLUMN=ROLE. For the reasons: wade data.",)
