"""What a user sets for columns: which are used, and in which role; refused by name where it makes no sense."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa

from wade.errors import InvalidArgument, unknown_name
from wade.settings.several_targets import ONE_TARGET, refuse_several_targets
from wade.tables.columns.command_options import option
from wade.tables.kinds.column import Problem
from wade.tables.kinds.registry import KINDS, keeps_text, role_names
from wade.tables.kinds.time_form import form_problem
from wade.tables.profile.column_profile import ColumnProfile
from wade.tables.schema.column_checks import known
from wade.tables.schema.roles import why_constant

DATE: Final = "date-time"
READINGS: Final = ("auto", "scaled", "piecewise")


@dataclass(frozen=True)
class ColumnOverrides:
    """What the user sets for columns."""

    target: str | None = None  # the column to predict; None where it is not set yet
    columns: Collection[str] | None = None  # the inputs; None takes every column but the target
    drop: Collection[str] = ()  # columns to leave out
    roles: Mapping[str, str] = field(default_factory=dict)  # by name; "date-time %d/%m/%Y" gives the form of dates
    time: str | None = None  # what orders the rows; None takes the only date-time column
    numbers: str = "auto"  # how they are read: one of `READINGS`
    decimal: str = ""  # the decimal separator of the table's file, where that is known
    keep_text: Mapping[str, str] = field(default_factory=dict)  # by name: a text that does not mean missing there

    def __post_init__(self) -> None:
        if self.numbers not in READINGS:
            raise unknown_name("numbers", self.numbers, READINGS)

    def check(self, names: Sequence[str], table_name: str) -> None:
        """Refuse names that the table does not have, roles that do not exist, and contradictions."""
        if self.target is not None:
            refuse_several_targets(self.target, names)
            known(self.target, names, table_name, "the target")
        uses = {"to leave out": self.drop, "as an input": self.columns or (), "which is given a role": self.roles}
        uses["whose text is kept"] = self.keep_text
        for use, wanted in uses.items():
            for name in wanted:
                known(name, names, table_name, use)
        if self.time is not None:
            known(self.time, names, table_name, "the time")
        for name, role in self.roles.items():
            read_role(name, role)
        for where, chosen in (("columns", self.columns), ("drop", self.drop)):
            if self.target is not None and self.target in (chosen or ()):
                remedy = "Leave it out of the inputs." if where == "columns" else "Keep it, or choose another target."
                raise InvalidArgument(where, "must not hold the target", self.target, remedy)
        if not self.inputs(names):
            where, given = ("drop", self.drop) if self.columns is None or self.drop else ("columns", self.columns)
            raise InvalidArgument(where, "must leave at least one input column", list(given))

    def inputs(self, names: Sequence[str]) -> tuple[str, ...]:
        """The columns that may be inputs, in the order of the table."""
        chosen = names if self.columns is None else [name for name in names if name in self.columns]
        return tuple(name for name in chosen if name != self.target and name not in self.drop)

    def role_of(self, name: str) -> tuple[str, str]:
        """The requested role, and how dates are written; both empty where there is none."""
        return read_role(name, self.roles[name]) if name in self.roles else ("", "")

    def leaves_open(self, name: str) -> bool:
        """Whether the user has said nothing of this column."""
        return not (self.role_of(name)[0] or self.insists_on(name))

    def insists_on(self, name: str) -> bool:
        """Whether the user named this column as an input."""
        return name in (self.columns or ()) or self.role_of(name)[0] in KINDS


def read_role(column: str, text: str) -> tuple[str, str]:
    """A role as a user writes it, and how dates are written; InvalidArgument where there is no such role or form.

    Examples
    --------
    >>> read_role("note", "Text"), read_role("day", "date-time %d/%m/%Y")
    (('text', ''), ('date-time', '%d/%m/%Y'))
    >>> read_role("price", "number € 1.234,56")
    ('number', '1.234,56 €')
    """
    if not isinstance(text, str):
        raise InvalidArgument("roles", f"must be a role's name for the column {column!r}", text, _listed())
    role, form = _role_and_form(text)
    if role is None:
        remedy = unknown_name("roles", text.strip().partition(" %")[0], role_names()).remedy
        raise InvalidArgument("roles", f"must be a role's name for the column {column!r}", text, remedy or _listed())
    read = KINDS[role].read_form(form) if form and role in KINDS else ""
    if form and not read:
        expected = f"must be {DATE!r} followed by a form of dates, or a time zone, for the column {column!r}"
        if role == "number":
            expected = f"must be 'number' followed by 1,234.56 or 1.234,56 and a unit for the column {column!r}"
        why, remedy = form_problem(form) if role == DATE else ("", "")
        raise InvalidArgument("roles", expected + why, text, remedy)
    return role, read or ""


def _role_and_form(text: str) -> tuple[str | None, str]:
    """A role's name, in one word or two, and what follows it."""
    names = {role.replace("-", " "): role for role in role_names()}
    words = text.split()
    for count in (2, 1):
        folded = " ".join(words[:count]).casefold().replace("-", " ").replace("_", " ")
        if folded in names:
            return names[folded], " ".join(words[count:])
    return None, ""


def named_target(target: Any, roles: Mapping[str, str]) -> tuple[str | None, dict[str, str]]:
    """The target, which may be named by its role, and the roles of the others; InvalidArgument where there are two.

    Examples
    --------
    >>> named_target(None, {"left": "target", "zip": "category"})
    ('left', {'zip': 'category'})
    """
    if target is not None and not isinstance(target, str):
        remedy = "Make the values a column of the table, and give its name."
        names = isinstance(target, list | tuple) and all(isinstance(each, str) for each in target)
        if names and len({*target}) == len(target):
            remedy = ONE_TARGET if len(target) > 1 else f"Give it alone: {', '.join(map(repr, target))}."
            raise InvalidArgument("target", "must be the name of one column", list(target), remedy)
        raise InvalidArgument("target", "must be the name of a column", type(target).__name__, remedy)
    called = [name for name, role in roles.items() if read_role(name, role)[0] == "target"]
    both = list(dict.fromkeys([*([] if target is None else [target]), *called]))
    if len(both) > 1:
        raise InvalidArgument("roles", "must name one target", ", ".join(map(repr, both)), "Keep one of them.")
    return (both[0] if both else None), {name: role for name, role in roles.items() if name not in called}


def kept_as_text(roles: Mapping[str, str], keep_text: Mapping[str, str] | None = None) -> dict[str, tuple[str, ...]]:
    """The columns that are to be read as text even where a file holds nothing but numbers in them: the categories.

    Each comes with the texts that do not mean missing there.

    Examples
    --------
    >>> kept_as_text({"zip": "category", "size": "number"}, {"region": "NA"})
    {'zip': (), 'region': ('NA',)}
    """
    found: dict[str, tuple[str, ...]] = {name: () for name, role in roles.items() if keeps_text(*read_role(name, role))}
    return found | {name: (text,) for name, text in (keep_text or {}).items()}


def joined_roles(
    roles: Mapping[str, str], categories: Collection[str], drop: Collection[str], file_roles: Mapping[str, str]
) -> dict[str, str]:
    """The roles of a schema file, those given by hand above them; InvalidArgument where those contradict each other.

    Examples
    --------
    >>> joined_roles({"zip": "category"}, ["month"], [], {"zip": "number", "day": "date-time"})
    {'zip': 'category', 'day': 'date-time', 'month': 'category'}
    """
    for name, role in roles.items():
        if name in categories and read_role(name, role)[0] != "category":
            raise InvalidArgument("roles", f"must not contradict the categories, which hold {name!r}", role)
        if name in drop:
            raise InvalidArgument("roles", f"must not give a role to {name!r}, which is left out", role)
    return {**file_roles, **roles, **dict.fromkeys(categories, "category")}


def role_problem(column: pa.ChunkedArray, profile: ColumnProfile, name: str, role: str, form: str) -> Problem | None:
    """Why a column cannot have the requested role, with the first row that shows it; or None."""
    if role == "constant" and not why_constant(profile):
        other = f"{profile.distinct.most_frequent(2)[1]!r} and {profile.distinct.most_frequent(1)[0]!r}"
        return Problem(f"expected one value in every row, found {other}", f"To leave it out: {option('--drop', name)}.")
    return KINDS[role].problem(column, profile, name, form) if role in KINDS else None


def _listed() -> str:
    return f"The roles are: {', '.join(role_names())}."
