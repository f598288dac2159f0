"""Booleans: true or false as a code, 0 where missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import pyarrow as pa

from wade.tables.columns.from_json import distinct, require
from wade.tables.columns.scalars import MissingMarkers, boolean_in
from wade.tables.columns.views import BOOLEANS, Text, as_booleans
from wade.tables.kinds.category import CodedEncoding, CodedKind
from wade.tables.kinds.column import Role
from wade.tables.kinds.operations import BooleanSource, Source
from wade.tables.profile.column_profile import ColumnProfile


@dataclass(frozen=True)
class BooleanEncoding(CodedEncoding):
    """True or false as a code: a category that takes nothing else."""

    kind: ClassVar = "boolean"

    @property
    def source(self) -> Source:
        """Booleans."""
        return BooleanSource()

    @staticmethod
    def read(column: pa.ChunkedArray | pa.Array, where: str) -> Text:
        """The column as "true" and "false"."""
        return as_booleans(column, where)

    @staticmethod
    def read_value(value: Any, markers: MissingMarkers) -> str | None:
        """One value as "true" or "false"."""
        return boolean_in(value, markers)

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
