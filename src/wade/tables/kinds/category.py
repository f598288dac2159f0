"""Categories: a code for each value that comes back often enough in the training rows."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Final

import numpy as np
import pyarrow as pa

from wade.tables.columns.cleaning import codes_of
from wade.tables.columns.from_json import distinct, require
from wade.tables.columns.scalars import MissingMarkers, text_in
from wade.tables.columns.views import Text, as_text, in_short
from wade.tables.kinds.base import (
    Alternative,
    Encoded,
    Encoding,
    FitOptions,
    IncrementalFit,
    Kind,
    TrainingMask,
)
from wade.tables.kinds.column import Column, ColumnSummary, Role, different_values, minimum_count
from wade.tables.kinds.operations import CodeOfValue, Operation, TextSource, numbered
from wade.tables.profile.column_profile import ColumnProfile
from wade.tables.profile.sketches import Counts
from wade.types import Codes, Rows

MAXIMUM_CODES: Final = 10_000
"""Of one category; a layer of 256 neurons has ten megabytes of weights for as many."""
MOST_ALTERNATIVES: Final = 200
EXAMPLES: Final = 5
EXAMPLE_CHARACTERS: Final = 40


@dataclass(frozen=True)
class CodedEncoding(Encoding):
    """A value as a code: 1 for the most frequent value of the training rows, 2 for the next, and so on."""

    arrow_type: ClassVar = pa.dictionary(pa.int32(), pa.string())

    values: tuple[str, ...]

    @staticmethod
    @abstractmethod
    def read(column: pa.ChunkedArray | pa.Array, where: str) -> Text:
        """The column as distinct texts and a code per row."""

    @staticmethod
    @abstractmethod
    def read_value(value: Any, markers: MissingMarkers) -> str | None:
        """One value as text, None where missing."""

    def steps(self) -> Iterator[Operation]:
        """The code."""
        yield CodeOfValue(self.values)

    def encode(self, column: pa.Array, where: str) -> Encoded:
        """Rows of the column as codes."""
        return Encoded(codes=[codes_in(self._code_of, self.read(column, where))] if self.operations else [])

    def encode_value(self, value: Any, markers: MissingMarkers) -> Encoded:
        """A single row."""
        return Encoded(codes=[self._code_of.get(self.read_value(value, markers), 0)] if self.operations else [])

    def first(self, column: pa.Array, where: str) -> str | None:
        """The first text."""
        text = self.read(column, where)
        return text.values[text.codes[0]] if text.codes[0] >= 0 else None

    @property
    def typical(self) -> str | None:
        """The most frequent value."""
        return self.values[0] if self.values else None

    def alternatives(self, value: str, column: Column) -> Iterator[Alternative]:
        """The values with a code, the most frequent first; each change has size 1."""
        return ((other, 1.0) for other in self.values[:MOST_ALTERNATIVES] if other != value)

    @cached_property
    def _code_of(self) -> Mapping[str | None, int]:
        return numbered(self.values)


@dataclass(frozen=True)
class CategoryEncoding(CodedEncoding):
    """A category as a code; code 0 stands for missing, never seen, and seen fewer than `minimum_count` times."""

    kind: ClassVar = "category"

    source = TextSource()
    read = staticmethod(as_text)
    read_value = staticmethod(text_in)

    def steps(self) -> Iterator[Operation]:
        """The code, if any value occurs often enough."""
        return super().steps() if self.values else iter(())

    def check(self) -> None:
        """No value has two codes."""
        require(distinct(self.values), "values", "must be different texts", self.values)


class TextCounts:
    """How often each text occurs in some rows of a column, and how many rows there are."""

    def __init__(self, read: Callable[[pa.Array, str], Text] = as_text) -> None:
        self.counts, self.rows = Counts(), 0
        self._read = read

    def add(self, column: pa.Array, mask: TrainingMask, where: str) -> None:
        """A batch, and which of its rows are counted."""
        if pa.types.is_dictionary(column.type) and self._read is as_text:
            # Dictionaries of text need no look at each of their texts.
            texts, codes = column.dictionary, codes_of(column)[mask]
        else:
            text = self._read(column, where)
            texts, codes = pa.array(text.values, pa.string()), text.codes[mask]
        self.rows += len(codes)
        self.counts.add(texts, Text(texts, codes).counts())


class CodedFit(IncrementalFit):
    """How often each text occurs in the training rows."""

    kind: CodedKind

    def __init__(self, kind: CodedKind, form: str = "") -> None:
        super().__init__(kind, form)
        self._texts = TextCounts(kind.encoding.read)

    def add(self, column: pa.Array, training: TrainingMask, profile: ColumnProfile, where: str) -> None:
        """Counted batch by batch."""
        self._texts.add(column, training, where)

    def encoding(self, column: Column, options: FitOptions) -> CodedEncoding:
        """The values that are frequent enough."""
        counts, minimum = self._texts.counts, self.kind.minimum(self._texts.rows)
        return self.kind.encoding(column.name, most_frequent(counts.texts, counts.counts, minimum))


class CodedKind(Kind):
    """A kind whose values are few and come back: each has a code."""

    encoding: ClassVar[type[CodedEncoding]]
    incremental = CodedFit
    discrete = True

    def minimum(self, n_rows: int) -> int:
        """How often a value must occur in this number of training rows to get a code."""
        return 1

    def summary(self, profile: ColumnProfile, form: str) -> ColumnSummary:
        """With examples of values that occur often enough to identify no row."""
        return replace(super().summary(profile, form), examples=examples(profile, minimum_count(profile.rows)))

    def fit(self, values: pa.Array, column: Column, where: str, options: FitOptions) -> CodedEncoding:
        """The values that are frequent enough."""
        text = self.encoding.read(values, where)
        return self.encoding(column.name, most_frequent(text.values, text.counts(), self.minimum(len(values))))


class Category(CodedKind):
    """Text that comes back."""

    name = "category"
    encoding = CategoryEncoding
    may_hold = staticmethod(pa.types.is_dictionary)
    keeps_text = True
    may_be_identifier = True

    def recognize(self, profile: ColumnProfile) -> Role | None:
        """Any text; dates with an ambiguous order of day and month are named as such."""
        if not profile.is_text:
            return None
        if len(profile.dates or ()) > 1:
            either = " or ".join(profile.dates or ())
            return Role(self.name, f"text that may be dates, but {either} fit alike; write dates as YYYY-MM-DD")
        return Role(self.name, f"text with {different_values(profile)}")

    def describe(self, profile: ColumnProfile, form: str) -> str:
        """How many values there are."""
        return f"a category with {different_values(profile)}"

    def minimum(self, n_rows: int) -> int:
        """See `minimum_count`."""
        return minimum_count(n_rows)


def examples(profile: ColumnProfile, least_count: int = 1) -> tuple[str, ...]:
    """Some of the most frequent values, shortened; values that occur in fewer rows than `least_count` are left out."""
    values = profile.distinct.most_frequent(EXAMPLES, least_count)
    return tuple(in_short(value)[:EXAMPLE_CHARACTERS] for value in values)


def most_frequent(values: Sequence[str], counts: Rows, minimum: int) -> tuple[str, ...]:
    """The values that occur at least `minimum` times, by descending frequency, then by name.

    Examples
    --------
    >>> most_frequent(["b", "a", "c"], np.array([1, 1, 2]), 1)
    ('c', 'a', 'b')
    """
    # Of millions of values, few come back.
    places = np.flatnonzero(np.asarray(counts) >= minimum).tolist()
    ranked = sorted((-int(counts[place]), values[place]) for place in places)
    return tuple(value for _, value in ranked[:MAXIMUM_CODES])


def codes_in(code_of: Mapping[str | None, int], text: Text) -> Codes:
    """The code of each row's text, 0 where it has none."""
    lookup = np.array([*(code_of.get(value, 0) for value in text.values), 0], dtype=np.int32)
    # The last entry serves the rows whose text is missing, −1.
    return lookup[text.codes]
