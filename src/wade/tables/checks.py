"""What makes a column unusable, found before any training, said with its row and its remedy."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from difflib import get_close_matches
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wade.errors import ColumnError
from wade.tables.cleaning import codes_of, parse_numbers
from wade.tables.columns import EMPTY_IS_MISSING, is_nested, place

NAMES_SHOWN = 20


class Problem(NamedTuple):
    """Why a column cannot be used: the row (0-based) where it shows, if there is one, and what to do."""

    what: str
    remedy: str
    row: int | None = None


def known(wanted: str, names: Sequence[str], table: str, use: str) -> str:
    """`wanted`, if the table has such a column.

    Raises
    ------
    ColumnError
        There is no such column; the nearest name is suggested and the columns are listed.
    """
    if wanted in names:
        return wanted
    folded = {name.casefold(): name for name in names}
    near = get_close_matches(wanted.casefold(), folded, n=1, cutoff=0.6)
    suggestion = f"Did you mean {folded[near[0]]!r}? " if near else ""
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    listed = ", ".join(names[:NAMES_SHOWN]) + more
    raise ColumnError(table, f"there is no column {wanted!r} ({use})", f"{suggestion}The columns are: {listed}.")


def require_columns(table: pa.Table, names: Iterable[str], table_name: str) -> None:
    """Refuse a table that lacks a column which the model needs."""
    absent = [name for name in names if name not in table.column_names]
    if absent:
        columns = "column " + repr(absent[0]) if len(absent) == 1 else "columns " + ", ".join(map(repr, absent))
        remedy = "Add what is missing; where values are unknown, leave the cells empty."
        raise ColumnError(table_name, f"{columns} missing, on which the model was trained", remedy)


def refuse_unusable(table: pa.Table, names: Iterable[str], categories: Collection[str], table_name: str) -> None:
    """Refuse a table in which an input column cannot be used; one message names them all.

    Raises
    ------
    ColumnError
        A column is all missing, constant, of mixed type, holds infinities, or is of a type that no role fits.
    """
    problems = {name: find_problem(table[name].combine_chunks(), name, name in categories) for name in names}
    found = {name: problem for name, problem in problems.items() if problem is not None}
    if not found:
        return
    name, problem = next(iter(found.items()))
    others = "; ".join(f"{other!r}: {its.what}" for other, its in list(found.items())[1:])
    more = f" Also {others}; to leave all of them out: --drop {','.join(found)}." if others else ""
    raise ColumnError(_where(table_name, name, problem), problem.what, problem.remedy + more)


def refuse_unusable_target(column: pa.Array, name: str, category: bool, table_name: str) -> None:
    """Refuse a target from which nothing can be learned.

    Raises
    ------
    ColumnError
        The target is all missing, has one value only, is of mixed type, holds infinities, dates, or nested values.
    """
    problem = find_problem(column, name, category, target=True)
    if problem is None and (column.null_count and _is_constant(pc.drop_null(column))):
        problem = _constant(column, name, target=True)
    if problem is None and pa.types.is_timestamp(column.type):
        problem = Problem("dates cannot be predicted", "Choose a number or a category with --target.")
    if problem is not None:
        raise ColumnError(_where(table_name, name, problem), problem.what, problem.remedy)


def find_problem(column: pa.Array, name: str, category: bool, target: bool = False) -> Problem | None:
    """The first thing that makes a tidy column unusable, or None.

    Parameters
    ----------
    column
        one tidy column
    name
        its name
    category
        whether the user wants it as a category, numbers or not
    target
        whether it is what shall be predicted

    Examples
    --------
    >>> find_problem(pa.array([7, 7, 7]), "year", category=False).what
    "the value is always '7'"
    """
    if is_nested(column.type):
        return Problem(f"values of type {column.type} cannot be used", _leave_out(name, target))
    if column.null_count == len(column):
        return Problem("every value is missing", _leave_out(name, target))
    if not column.null_count and _is_constant(column):
        return _constant(column, name, target)
    if pa.types.is_dictionary(column.type) and not category:
        return _mixed(column, name, target)
    return _infinite(column) if pa.types.is_floating(column.type) else None


def _where(table_name: str, name: str, problem: Problem) -> str:
    row = "" if problem.row is None else f", row {problem.row + 1}"
    return place(table_name, name) + row


def _leave_out(name: str, target: bool) -> str:
    return "Choose another column with --target." if target else f"Leave it out with --drop {name}."


def _is_constant(column: pa.Array) -> bool:
    if pa.types.is_dictionary(column.type):
        return len(np.unique(np.asarray(column.indices))) == 1
    extremes = pc.min_max(column)
    return bool(pc.equal(extremes["min"], extremes["max"]).as_py())


def _constant(column: pa.Array, name: str, target: bool) -> Problem:
    value = str(pc.drop_null(column)[0].as_py())
    always = f"the value is always {value!r}"
    return Problem(f"{always}, so there is nothing to predict" if target else always, _leave_out(name, target))


def _mixed(column: pa.Array, name: str, target: bool) -> Problem | None:
    """Text among numbers: at least half of the values are numbers, but not all."""
    codes = codes_of(column)
    text = np.asarray(parse_numbers(column.dictionary).is_null())
    rows = np.flatnonzero((codes >= 0) & text[codes])
    present = len(column) - column.null_count
    if len(rows) == 0 or 2 * len(rows) > present:
        return None
    value = column.dictionary[int(codes[rows[0]])].as_py()
    share = f"{len(rows):,} of {present:,} values are text"
    ways = [
        "Correct the text",
        f"take it as missing with --missing {value!r}",
        f"take the column as a category with --category {name}",
        "choose another column with --target" if target else f"leave it out with --drop {name}",
    ]
    remedy = ", or ".join([", ".join(ways[:-1]), ways[-1]]) + "."
    return Problem(f"mixed type: {value!r} among numbers ({share})", remedy, int(rows[0]))


def _infinite(column: pa.Array) -> Problem | None:
    infinite = np.asarray(pc.is_inf(column).fill_null(False))
    if not infinite.any():
        return None
    row = int(infinite.argmax())
    return Problem(f"the value is infinite ({column[row].as_py()})", EMPTY_IS_MISSING, row)
