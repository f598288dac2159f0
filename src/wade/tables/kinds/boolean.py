"""Booleans: true or false as a code, and one for missing values where training rows had some."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import pyarrow as pa

from wade.tables.columns.from_json import distinct, require
from wade.tables.columns.scalars import boolean_in
from wade.tables.columns.views import BOOLEANS, as_booleans
from wade.tables.kinds.coded import CodedEncoding, CodedKind, most_frequent
from wade.tables.kinds.column import Role
from wade.tables.kinds.operations import BooleanSource
from wade.tables.profile.column_profile import ColumnProfile
from wade.types import Rows


@dataclass(frozen=True)
class BooleanEncoding(CodedEncoding):
    """True or false as a code: a category that takes nothing else."""

    kind: ClassVar = "boolean"

    source = BooleanSource()
    read = staticmethod(as_booleans)
    read_value = staticmethod(boolean_in)

    @classmethod
    def of(cls, column: str, texts: Sequence[str], counts: Rows, minimum: int, missing: bool) -> Self:
        """The more frequent one first."""
        return cls(column, most_frequent(texts, counts, minimum), missing)

    def check(self) -> None:
        """No other values have codes."""
        known = distinct(self.values) and {*self.values} <= {*BOOLEANS.values()}
        require(known, "values", "must be 'false' and 'true', each once", self.values)


class Boolean(CodedKind):
    """Stored booleans; 0 and 1 are numbers unless the user gives them this role. No value is too rare for a code."""

    name = "boolean"
    encoding = BooleanEncoding
    may_hold = staticmethod(pa.types.is_boolean)

    def recognize(self, profile: ColumnProfile) -> Role | None:
        """Stored as true and false."""
        return Role(self.name, "true or false") if profile.booleans else None

    def describe(self, profile: ColumnProfile, form: str) -> str:
        """Both values."""
        return "true or false"

    def check(self, column: pa.ChunkedArray, form: str) -> None:
        """Refuse whatever is neither true nor false."""
        as_booleans(column, "")
