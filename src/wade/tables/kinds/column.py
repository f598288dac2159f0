"""One column of a table: its role with the reason, and the statistics that are kept with a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from wade.errors import ColumnError
from wade.tables.columns.views import column_location
from wade.tables.profile.column_profile import ColumnProfile


@dataclass(frozen=True)
class ColumnSummary:
    """Statistics of a column, as plain data."""

    missing: int  # rows without a value
    different: int  # different values, or about how many unless `exact`
    exact: bool = True
    low: float | str | None = None  # of the range: a number to six digits, a date as YYYY-MM-DD, else None
    high: float | str | None = None
    examples: tuple[str, ...] = ()  # some of the most frequent values of a category
    rows: int = 0  # that were profiled; 0 in models from before it was kept


@dataclass(frozen=True)
class Column:
    """One column: its role, the reason, how its dates are written, and its statistics.

    Of identifiers and text nothing but counts is kept: a model must not contain names and notes of its training rows.
    """

    name: str
    role: str
    why: str
    form: str = ""
    facts: ColumnSummary | None = None
    kept: tuple[str, ...] = ()  # texts that usually mean missing, and do not here
    zone: str | None = None  # of times: the zone they are read in, "" for none; None of other roles and older models
    unit: str = ""  # that the metadata of its file says


class Role(NamedTuple):
    """A role, its reason, and for dates how they are written and in which zone they are read."""

    role: str
    why: str
    form: str = ""
    zone: str | None = None


class Problem(NamedTuple):
    """Why a column cannot be used: the row (0-based) where it shows, if there is one, and the remedy."""

    what: str
    remedy: str
    row: int | None = None

    def as_note(self) -> str:
        """The problem and its remedy in one text, for what does not stand in the way."""
        return f"{self.what[0].upper()}{self.what[1:]}. {self.remedy}"

    def as_error(self, table_name: str, name: str, more: str = "") -> ColumnError:
        """The problem of this column as an error."""
        row = "" if self.row is None else f", row {self.row + 1}"
        return ColumnError(column_location(table_name, name) + row, self.what, self.remedy + more)


def different_values(profile: ColumnProfile) -> str:
    """The number of different values, in words."""
    about = "" if profile.distinct.complete else "about "
    return f"{about}{profile.different:,} different values"


def minimum_count(n_rows: int) -> int:
    """How often a value must occur in training to get a code of its own.

    A value seen once is a single row: its code would memorize that row. Tables under 50 rows cannot afford to pool.
    """
    if n_rows < 50:
        return 1
    return 2 if n_rows < 5_000 else 5
