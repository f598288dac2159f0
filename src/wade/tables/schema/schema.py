"""What each column is: a role with its reason and what was seen, found once and kept with the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from wade.tables.columns.from_json import described, distinct, require

ROLES: Final = ("number", "category", "date-time", "boolean", "text", "identifier", "constant", "target")
USED: Final = ("number", "category", "date-time", "boolean", "text")
"""The roles of inputs; columns of other roles are left out."""


@dataclass(frozen=True)
class ColumnSummary:
    """What was seen in a column, as plain data.

    Parameters
    ----------
    missing
        in how many rows the value is missing
    different
        how many different values there are, where `exact`, or about how many
    low, high
        the range of a number, to six digits; of dates, as YYYY-MM-DD; None otherwise
    examples
        some of the most frequent values of a category
    rows
        in how many rows all of this was seen; 0 in models from before it was kept
    """

    missing: int
    different: int
    exact: bool = True
    low: float | str | None = None
    high: float | str | None = None
    examples: tuple[str, ...] = ()
    rows: int = 0


@dataclass(frozen=True)
class Column:
    """One column: its role, why, how its dates are written, and what was seen.

    Of identifiers and free text nothing but counts is kept: a model must not carry names and notes out of the house.
    """

    name: str
    role: str
    why: str
    form: str = ""
    facts: ColumnSummary | None = None


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
    left_out
        columns that are not read, for what they are: identifiers and constants
    """

    columns: tuple[Column, ...]
    target: Column
    time: str | None = None
    notes: tuple[str, ...] = ()
    left_out: tuple[Column, ...] = ()

    @property
    def text_columns(self) -> tuple[str, ...]:
        """The columns whose values stay text even where a file holds nothing but numbers in them."""
        return tuple(column.name for column in (*self.columns, self.target) if column.role == "category")

    def count(self, role: str) -> int:
        """How many inputs have this role."""
        return sum(column.role == role for column in self.columns)

    def to_dict(self) -> dict[str, Any]:
        """The schema as plain JSON data."""
        return {
            "columns": [asdict(column) for column in self.columns],
            "target": asdict(self.target),
            "time": self.time,
            "notes": list(self.notes),
            "left_out": [asdict(column) for column in self.left_out],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Schema:
        """The schema that `to_dict` described; files from before columns were left out have none."""
        schema = described(cls, data)
        columns = (*schema.columns, schema.target, *schema.left_out)
        names = tuple(column.name for column in columns)
        require(distinct(names), "columns", "must have different names", names)
        roles = {column.role for column in columns}
        require(roles <= {*ROLES}, "role", f"must be one of {', '.join(ROLES)}", roles)
        return schema


def minimum_count(n_rows: int) -> int:
    """How often a value must occur in training to get a code of its own.

    A value seen once is a single row: its code would memorise that row. Tables under 50 rows cannot afford to pool.
    """
    if n_rows < 50:
        return 1
    return 2 if n_rows < 5_000 else 5
