"""Categories: a code for each value that comes back often enough in the training rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
import pyarrow as pa

from wade.tables.columns.canonical import SPELLED, merged, settle_comparison
from wade.tables.columns.scalars import MissingMarkers, text_in
from wade.tables.columns.views import as_text
from wade.tables.kinds.base import (
    Encoded,
)
from wade.tables.kinds.coded import CodedEncoding, CodedKind, most_frequent
from wade.tables.kinds.column import Column, Role, different_values, minimum_count
from wade.tables.kinds.operations import Operation, Source, TextSource
from wade.tables.kinds.suspicions import foreign_dates_notes, spelling_notes
from wade.tables.kinds.time_form import possible_forms
from wade.tables.profile.column_profile import ColumnProfile
from wade.tables.profile.long_numbers import why_codes
from wade.types import Rows


@dataclass(frozen=True)
class CategoryEncoding(CodedEncoding):
    """A category as a code, where it was seen `minimum_count` times or more."""

    kind: ClassVar = "category"

    compared_as: str = SPELLED  # see `columns/canonical.py`
    kept: tuple[str, ...] = ()  # texts that usually mean missing, and do not here

    read = staticmethod(as_text)
    read_value = staticmethod(text_in)

    @classmethod
    def of(cls, column: str, texts: Sequence[str], counts: Rows, minimum: int, missing: bool) -> Self:
        """How values are compared follows from the texts that occur."""
        kept = np.flatnonzero(counts).tolist()
        texts, counts = [texts[place] for place in kept], counts[kept]
        comparison = settle_comparison(texts)
        return cls(column, most_frequent(*merged(texts, counts, comparison), minimum), missing, comparison)

    def keeping(self, kept: tuple[str, ...]) -> Self:
        """The same with texts that do not mean missing."""
        return replace(self, kept=kept)

    @property
    def source(self) -> Source:
        """Text; some texts are kept that mean missing elsewhere."""
        return TextSource(self.kept)

    def encode_value(self, value: Any, markers: MissingMarkers) -> Encoded:
        """A single row."""
        return super().encode_value(value, markers.without(self.kept) if self.kept else markers)

    @property
    def comparison(self) -> str:
        """As it was settled when the column was fitted."""
        return self.compared_as

    def steps(self) -> Iterator[Operation]:
        """The code, if any value occurs often enough."""
        return super().steps() if self.values else iter(())


class Category(CodedKind):
    """Text that comes back."""

    name = "category"
    encoding = CategoryEncoding
    keeps_text = True
    may_be_identifier = True

    def recognize(self, profile: ColumnProfile) -> Role | None:
        """Any text; dates with an ambiguous order of day and month are named as such."""
        why = why_codes(profile)
        if why:
            return Role(self.name, f"{why}{different_values(profile)}")
        if not profile.is_text:
            return None
        if len(profile.dates or ()) > 1:
            either = " or ".join(possible_forms(profile))
            return Role(self.name, f"text that may be dates, but {either} fit alike; write dates as YYYY-MM-DD")
        return Role(self.name, f"text with {different_values(profile)}")

    def notes(self, profile: ColumnProfile, column: Column) -> Iterator[str]:
        """Dates with the names of months in another language, and values that differ in their spelling only."""
        yield from foreign_dates_notes(profile, column.name)
        yield from spelling_notes(profile, column.name)

    def describe(self, profile: ColumnProfile, form: str) -> str:
        """How many values there are."""
        return f"a category with {different_values(profile)}"

    @staticmethod
    def may_hold(arrow_type: pa.DataType) -> bool:
        """Text, and whole numbers that a double would not keep: others come as doubles."""
        return bool(pa.types.is_dictionary(arrow_type) or pa.types.is_int64(arrow_type))

    def minimum(self, n_rows: int) -> int:
        """See `minimum_count`."""
        return minimum_count(n_rows)
