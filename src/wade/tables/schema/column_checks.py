"""What makes a column unusable, found before any training, with its row and its remedy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

import pyarrow as pa

from wade.errors import ColumnError
from wade.tables.columns.cleaning import NUMBER
from wade.tables.columns.command_options import option
from wade.tables.columns.views import EMPTY_IS_MISSING, numbered
from wade.tables.kinds.column import Problem
from wade.tables.kinds.number_texts import texts_problem
from wade.tables.kinds.registry import KINDS
from wade.tables.kinds.time_form import find_mixed_dates, find_time_problem
from wade.tables.profile.column_profile import ColumnProfile
from wade.tables.schema.roles import why_constant

NAMES_SHOWN = 20
TEXTS_ADVISED = 3
NUMBERS = re.compile(NUMBER)


def known(wanted: str, names: Sequence[str], table: str, use: str) -> str:
    """`wanted`, if the table has such a column; else a ColumnError that suggests the nearest name and lists all."""
    if wanted in names:
        return wanted
    near = nearest(wanted, names)
    suggestion = f"Did you mean {near!r}? " if near else ""
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    listed = ", ".join(names[:NAMES_SHOWN]) + more
    if list(names) == numbered(len(names)):
        suggestion = (
            "The first line of the file holds values, not names, so the columns are numbered: write the names above "
            "it, or name a column by its number. If it does hold names: --header. "
        )
    raise ColumnError(table, f"there is no column {wanted!r} ({use})", f"{suggestion}The columns are: {listed}.")


def nearest(wanted: str, names: Sequence[str]) -> str:
    """The name that is most like this one, in letters of any case; empty where none is.

    Examples
    --------
    >>> nearest("Ordered on", ["ordered_on", "price"]), nearest("x", ["price"])
    ('ordered_on', '')
    """
    folded = {name.casefold(): name for name in names}
    near = get_close_matches(wanted.casefold(), folded, n=1, cutoff=0.6)
    return folded[near[0]] if near else ""


def require_target(table: pa.Table, target: str, table_name: str) -> None:
    """Refuse a table without the target, where predictions are compared with it."""
    if target not in table.column_names:
        meant = nearest(target, table.column_names)
        rename = f"Rename {meant!r} if it is meant. " if meant else ""
        remedy = f"{rename}This needs rows with the target; wade predict predicts rows without it."
        raise ColumnError(table_name, f"there is no column {target!r}, the target", remedy)


def require_columns(table: pa.Table, names: Iterable[str], table_name: str) -> None:
    """Refuse a table that lacks a column which the model needs."""
    names = [*names]
    absent = [name for name in names if name not in table.column_names]
    if absent:
        columns = "column " + repr(absent[0]) if len(absent) == 1 else "columns " + ", ".join(map(repr, absent))
        meant = nearest(absent[0], [name for name in table.column_names if name not in names])
        rename = f"Rename {meant!r} if {absent[0]!r} is meant. " if meant else ""
        remedy = f"{rename}Add what is missing; where values are unknown, leave the cells empty."
        raise ColumnError(table_name, f"{columns} missing, on which the model was trained", remedy)


def refuse_problems(problems: Mapping[str, Problem], table_name: str) -> None:
    """Raise a ColumnError that names all that stands in the way of using these columns, if anything does."""
    if not problems:
        return
    (name, problem), *others = problems.items()
    also = "; ".join(f"{other!r}: {its.what}" for other, its in others)
    more = f" Also {also}; to leave all of them out: {option('--drop', *problems)}." if others else ""
    raise problem.as_error(table_name, name, more)


def find_problem(profile: ColumnProfile, name: str, wanted: str = "", insisted: bool = False) -> Problem | None:
    """The first thing that makes a column unusable as an input, or None.

    `wanted` is the role that the user asks for; a column that is `insisted` on as an input must hold information.

    Examples
    --------
    >>> find_problem(ColumnProfile.of(pa.array([7, 7, 7])), "year", insisted=True).what
    "the value is always '7'"
    """
    leave_out = f"Leave it out with {option('--drop', name)}."
    if profile.nested:
        return Problem(f"values of type {profile.nested} cannot be used", leave_out)
    vacant = why_constant(profile)
    if vacant:
        return Problem(vacant, leave_out) if insisted else None
    way_out = f"leave it out with {option('--drop', name)}"
    return (
        _mixed_storage(profile, name)
        or _unclear(profile, name, wanted, way_out)
        or (None if wanted else find_time_problem(profile, name) or _mixed_dates(profile, name, way_out))
    )


def _mixed_dates(profile: ColumnProfile, name: str, way_out: str) -> Problem | None:
    """Dates of several forms, or text among dates; durations such as 1:30 are numbers, whatever else they may be."""
    return None if KINDS["number"].form(profile, "") else find_mixed_dates(profile, name, way_out)


def find_target_problem(profile: ColumnProfile, name: str, wanted: str = "") -> Problem | None:
    """The first thing that keeps a column from being predicted, or None; the arguments are those of `find_problem`."""
    another = "Choose another column with --target."
    if profile.nested:
        return Problem(f"values of type {profile.nested} cannot be used", another)
    if profile.missing == profile.rows:
        return Problem("every value is missing", another)
    if profile.distinct.complete and profile.distinct.count == 1:
        value = str(profile.distinct.values[0])
        return Problem(f"the value is always {value!r}, so there is nothing to predict", another)
    several = _mixed_storage(profile, name)
    if several is not None:
        return several
    if profile.times and not wanted:
        return Problem("dates cannot be predicted", "Choose a number or a category with --target.")
    return _unclear(profile, name, wanted, "choose another column with --target")


def _mixed_storage(profile: ColumnProfile, name: str) -> Problem | None:
    """Values stored in several ways, as a stream of files that do not fit each other may hold them."""
    if len(profile.stored) < 2:
        return None
    return Problem(f"mixed type: {' and '.join(profile.stored)} side by side", f"Give {name!r} one type in every part.")


def _unclear(profile: ColumnProfile, name: str, wanted: str, way_out: str) -> Problem | None:
    """Text among numbers, or a number without end, where a role has to do with numbers."""
    if wanted not in ("", "number"):
        return None
    if profile.first_infinite is not None:
        row, value = profile.first_infinite
        return Problem(f"the value is infinite ({value})", EMPTY_IS_MISSING, row)
    if wanted or profile.dates or KINDS["number"].form(profile, ""):
        return None
    return texts_problem(profile, name, way_out=way_out) or _mixed(profile, name, way_out)


def _mixed(profile: ColumnProfile, name: str, way_out: str) -> Problem | None:
    """Text among numbers: at least half of the values are numbers, but not all."""
    words = profile.texts - profile.number_texts
    if profile.first_text is None or 2 * words > profile.texts + profile.numbers:
        return None
    row, value = profile.first_text
    texts = [str(text) for text in profile.distinct.values if not NUMBERS.fullmatch(str(text))]
    texts = sorted(texts) if len(texts) <= TEXTS_ADVISED else [value]
    ways = [
        "Correct the text",
        f"take it as missing with {option('--missing', *texts)}",
        f"take the column as a category with {option('--category', name)}",
    ]
    problem = f"mixed type: {value!r} among numbers ({words:,} of {profile.present:,} values are text)"
    return Problem(problem, f"{', '.join(ways)}, or {way_out}.", row)
