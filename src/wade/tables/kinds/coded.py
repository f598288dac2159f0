"""What kinds with a code for each value share: categories and booleans, and the classes of targets."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Final, Self

import numpy as np
import pyarrow as pa

from wade.tables.columns.canonical import KEYS, SPELLED, codes_by_key
from wade.tables.columns.cleaning import codes_of
from wade.tables.columns.from_json import distinct, require
from wade.tables.columns.scalars import MissingMarkers
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
from wade.tables.kinds.column import Column, ColumnSummary, minimum_count
from wade.tables.kinds.operations import CodeOfValue, Operation
from wade.tables.profile.column_profile import ColumnProfile
from wade.tables.profile.sketches import Counts
from wade.types import Codes, Rows

MAXIMUM_CODES: Final = 10_000
"""Of one category; a layer of 256 neurons has ten megabytes of weights for as many."""
MOST_ALTERNATIVES: Final = 200
EXAMPLES: Final = 5
EXAMPLE_CHARACTERS: Final = 40


class Coding:
    """From texts to codes: 1 for the first of the values, 2 for the next, …; 0 for any other; and one for missing ones.

    Examples
    --------
    >>> coding = Coding(("205", "101"), "number", missing_code=3)
    >>> coding.code("101.0"), coding.code("300"), coding.codes(Text(("0205", "101"), np.array([1, 0, -1]))).tolist()
    (2, 0, [2, 1, 3])
    """

    def __init__(self, values: Sequence[str], comparison: str, missing_code: int = 0) -> None:
        self._code_of: dict[str | None, int] = {None: missing_code}
        self._code_of.update(codes_by_key(values, comparison))
        self._key, self._missing = KEYS[comparison], missing_code

    def code(self, text: str | None) -> int:
        """The code of a text, None where it is missing."""
        found = self._code_of.get(text)
        if found is None and text is not None:
            found = self._code_of.get(self._key(text))
        return found or 0

    def codes(self, text: Text) -> Codes:
        """The code of each row's text."""
        # The last entry serves the rows whose text is missing, −1.
        return np.array([*map(self.code, text.values), self._missing], dtype=np.int32)[text.codes]


@dataclass(frozen=True)
class CodedEncoding(Encoding):
    """A value as a code: 1 for the most frequent value of the training rows, 2 for the next, and so on.

    Code 0 stands for values that have no code of their own: never seen, or too rare. A missing value has the last code
    where training rows had missing values (`missing`); where they had none, it is as new as any other, and has code 0.
    """

    arrow_type: ClassVar = pa.dictionary(pa.int32(), pa.string())

    values: tuple[str, ...]
    missing: bool = False  # whether a missing value has a code of its own

    @classmethod
    @abstractmethod
    def of(cls, column: str, texts: Sequence[str], counts: Rows, minimum: int, missing: bool) -> Self:
        """Fitted to the texts of the training rows and how often each occurs; codes are for `minimum` times or more.

        `missing`: whether values are missing in training rows.
        """

    def keeping(self, kept: tuple[str, ...]) -> Self:
        """The same with texts that do not mean missing; only categories have some."""
        return self

    @staticmethod
    @abstractmethod
    def read(column: pa.ChunkedArray | pa.Array, where: str) -> Text:
        """The column as distinct texts and a code per row."""

    @staticmethod
    @abstractmethod
    def read_value(value: Any, markers: MissingMarkers) -> str | None:
        """One value as text, None where missing."""

    @property
    def comparison(self) -> str:
        """Which texts are one value: an entry of `canonical.KEYS`."""
        return SPELLED

    def steps(self) -> Iterator[Operation]:
        """The code."""
        yield CodeOfValue(self.values, self.comparison, self.missing)

    def encode(self, column: pa.Array, where: str) -> Encoded:
        """Rows of the column as codes."""
        return Encoded(codes=[self._coding.codes(self.read(column, where))] if self.operations else [])

    def encode_value(self, value: Any, markers: MissingMarkers) -> Encoded:
        """A single row."""
        return Encoded(codes=[self._coding.code(self.read_value(value, markers))] if self.operations else [])

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
        same = self._coding.code(value)
        return ((other, 1.0) for code, other in enumerate(self.values[:MOST_ALTERNATIVES], start=1) if code != same)

    def check(self) -> None:
        """No value has two codes."""
        require(self.comparison in KEYS, "compared_as", f"must be one of {', '.join(KEYS)}", self.comparison)
        different = distinct(tuple(map(KEYS[self.comparison], self.values)))
        require(different, "values", "must be different values", self.values)

    @cached_property
    def _coding(self) -> Coding:
        return Coding(self.values, self.comparison, CodeOfValue(self.values, missing=self.missing).missing_code)


class TextCounts:
    """How often each text occurs in some rows of a column, how many rows there are, and how many lack a value."""

    def __init__(self, read: Callable[[pa.Array, str], Text] = as_text) -> None:
        self.counts, self.rows, self.missing = Counts(), 0, 0
        self._read = read

    def add(self, column: pa.Array, mask: TrainingMask, where: str) -> None:
        """A batch, and which of its rows are counted."""
        if pa.types.is_dictionary(column.type) and self._read is as_text:
            # Dictionaries of text need no look at each of their texts.
            texts, codes = column.dictionary, codes_of(column)[mask]
        else:
            text = self._read(column, where)
            texts, codes = pa.array(text.values, pa.string()), text.codes[mask]
        self.rows, self.missing = self.rows + len(codes), self.missing + int((codes < 0).sum())
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
        missing = self._texts.missing > 0
        return self.kind.encoding.of(column.name, counts.texts, counts.counts, minimum, missing).keeping(column.kept)


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
        missing = bool((text.codes < 0).any())
        minimum = self.minimum(len(values))
        return self.encoding.of(column.name, text.values, text.counts(), minimum, missing).keeping(column.kept)


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
