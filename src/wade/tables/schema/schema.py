"""What each column is: a role with its reason and its statistics, inferred once and kept with the model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, time
from typing import Any, Final

from wade.documents.html import fragment
from wade.documents.structure import Document, Table
from wade.documents.wording import counted, shown
from wade.tables.columns.from_json import described, distinct, require
from wade.tables.kinds.column import Column
from wade.tables.kinds.registry import keeps_text, role_names

MOST_SHOWN: Final = 100  # columns, in a notebook


@dataclass(frozen=True)
class Schema:
    """The inputs, the target, the column that orders the rows in time, and notes for the user."""

    columns: tuple[Column, ...]  # the inputs, in the order of the table
    target: Column  # of role "number", "category" or "boolean"
    time: str | None = None  # the column that orders the rows in time; it need not be an input
    notes: tuple[str, ...] = ()  # plain sentences, such as how many rows have no target
    left_out: tuple[Column, ...] = ()  # columns that are not read: identifiers and constants

    @property
    def text_columns(self) -> dict[str, tuple[str, ...]]:
        """The columns whose values stay text even where a file holds nothing but numbers in them.

        Each comes with the texts that do not mean missing there.
        """
        columns = (*self.columns, self.target)
        return {column.name: column.kept for column in columns if keeps_text(column.role, column.form) or column.kept}

    def __repr__(self) -> str:
        """As short as a prompt can show it; `columns` and `to_dict` hold every reason."""
        counts = Counter(column.role for column in self.columns)
        roles = ", ".join(f"{count} {role}" for role, count in counts.items())
        left_out = f"; {len(self.left_out)} left out" if self.left_out else ""
        return f"Schema({self.target.name} from {len(self.columns)} columns: {roles}{left_out})"

    def _repr_html_(self) -> str:
        """For notebooks: each column with its role and the reason."""
        rows = [(column, "") for column in self.columns]
        rows += [(self.target, "target"), *((column, "dropped") for column in self.left_out)]
        cells = tuple((shown(one.name), note or "input", one.role, one.why) for one, note in rows[:MOST_SHOWN])
        note = f"{counted(len(rows) - len(cells), 'more column')}." if len(rows) > len(cells) else ""
        table = Table("Columns", ("column", "use", "role", "why"), cells, note, strong=(len(self.columns),))
        return fragment(Document(repr(self), (table,)))

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
        found = {column.role for column in columns}
        require(found <= {*role_names()}, "role", f"must be one of {', '.join(role_names())}", found)
        spans = [(one.facts.low, one.facts.high) for one in columns if one.role == "date-time" and one.facts]
        dated = all(end is None or _is_day_or_time(end) for span in spans for end in span)
        require(dated, "low and high", "must be like 2013-01-31 or 23:59 for dates and times", spans)
        return schema


def _is_day_or_time(end: Any) -> bool:
    """Whether this is written as an end of a range of dates or of times of day is."""
    try:
        return isinstance(end, str) and bool(time.fromisoformat(end) if ":" in end else date.fromisoformat(end))
    except ValueError:
        return False
