"""Booleans: true or false as a code, 0 where missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import pyarrow as pa

from wade.tables.columns.from_json import distinct, require
from wade.tables.columns.scalars import MissingMarkers, boolean_in
from wade.tables.columns.views import BOOLEANS, Text, as_booleans
from wade.tables.kinds.base import FitOptions, IncrementalFit, Kind, TrainingMask
from wade.tables.kinds.category import CodedEncoding, TextCounts, frequent_values, with_examples
from wade.tables.kinds.column import Column, ColumnSummary, Role
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


class BooleanFit(IncrementalFit):
    """How often each value occurs in the training rows; none is too rare for a code."""

    def __init__(self) -> None:
        self._texts = TextCounts(as_booleans)

    def add(self, column: pa.Array, training: TrainingMask, profile: ColumnProfile, where: str) -> None:
        """Counted batch by batch."""
        self._texts.add(column, training, where)

    def encoding(self, column: Column, options: FitOptions) -> BooleanEncoding:
        """The boolean's encoding."""
        return BooleanEncoding(column.name, self._texts.most_frequent(1))


class Boolean(Kind):
    """Stored booleans; 0 and 1 are numbers, unless the user says otherwise."""

    name = "boolean"
    encoding = BooleanEncoding
    discrete = True

    def recognize(self, profile: ColumnProfile) -> Role | None:
        """Stored as true and false."""
        return Role(self.name, "true or false") if profile.booleans else None

    def requested(self, profile: ColumnProfile, form: str) -> Role:
        """No more is to be said of two values."""
        return Role(self.name, "true or false, as asked")

    def summary(self, profile: ColumnProfile, form: str) -> ColumnSummary:
        """With both values."""
        return with_examples(super().summary(profile, form), profile)

    def check(self, column: pa.ChunkedArray, form: str) -> None:
        """Refuse whatever is neither true nor false."""
        as_booleans(column, "")

    def fit(self, values: pa.Array, column: Column, where: str, options: FitOptions) -> BooleanEncoding:
        """The values that occur."""
        return BooleanEncoding(column.name, frequent_values(as_booleans(values, where), 1))

    def may_hold(self, arrow_type: pa.DataType) -> bool:
        """Stored booleans."""
        return bool(pa.types.is_boolean(arrow_type))

    def incremental(self, form: str) -> BooleanFit:
        """Counts."""
        return BooleanFit()
