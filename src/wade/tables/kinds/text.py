"""Text of several words: the words that occur in it, hashed into a fixed number of buckets.

A dictionary of words would grow with the table and would not contain tomorrow's words. Instead a fixed hash sends each
word to one of 128 buckets and gives it a sign, so that words that share a bucket cancel on average instead of adding
up. Order is lost: "not good, bad" and "not bad, good" are the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wade.tables.columns.command_options import option
from wade.tables.columns.from_json import require
from wade.tables.columns.hashing import hash_values
from wade.tables.columns.scalars import MissingMarkers, text_in
from wade.tables.columns.views import as_text
from wade.tables.kinds.base import Encoded, Encoding, FitOptions, IncrementalFit, Kind, TrainingMask
from wade.tables.kinds.column import Column, Problem, Role
from wade.tables.kinds.operations import HashedWords, IsMissing, Operation, TextSource
from wade.tables.kinds.suspicions import foreign_dates_notes
from wade.tables.profile.column_profile import ColumnProfile

BUCKETS: Final = 128
MOST_BUCKETS: Final = 2**16
NON_WORD: Final = r"[^\p{L}\p{N}]+"
TEXTS_AT_ONCE: Final = 4096
LEAST_ROWS: Final = 50
WORDS_PER_TEXT: Final = 3.0
UNIQUE_SHARE: Final = 0.5


def hashed_words(texts: pa.Array, buckets: int = BUCKETS) -> NDArray[np.float32]:
    r"""The words of each of n texts, none missing, as numbers of unit length: (n, buckets), float32.

    .. math:: x_j = \frac{c_j}{\lVert c \rVert}, \qquad c_j = \sum_{w:\, h(w) = j} \xi(w)\, n_w

    n_w counts a word w, in small letters and without punctuation; h(w) is its bucket and ξ(w) = ±1 its sign, both from
    one fixed 64-bit hash. A text without words is 0. Source: K. Weinberger and others, "Feature Hashing for Large Scale
    Multitask Learning", 2009.

    Examples
    --------
    >>> X = hashed_words(pa.array(["Late again.", "again: late", ""]))
    >>> bool((X[0] == X[1]).all()), float((X[0] ** 2).sum().round(6)), bool(X[2].any())
    (True, 1.0, False)
    """
    parts = [_hashed(texts.slice(at, TEXTS_AT_ONCE), buckets) for at in range(0, len(texts), TEXTS_AT_ONCE)]
    return np.concatenate(parts) if parts else np.empty((0, buckets), np.float32)


def _hashed(texts: pa.Array, buckets: int) -> NDArray[np.float32]:
    lists = pc.utf8_split_whitespace(pc.replace_substring_regex(pc.utf8_lower(texts), NON_WORD, " "))
    words, rows = pc.list_flatten(lists), np.asarray(pc.list_parent_indices(lists), dtype=np.int64)
    real = np.asarray(pc.not_equal(words, ""))
    words, rows = words.filter(pa.array(real)), rows[real]
    hashes = hash_values(words)
    signs = np.where(hashes >> np.uint64(63), 1.0, -1.0)
    cells = rows * buckets + (hashes % np.uint64(buckets)).astype(np.int64)
    counts = np.bincount(cells, signs, minlength=len(texts) * buckets).reshape(len(texts), buckets)
    length = np.sqrt((counts**2).sum(axis=1, keepdims=True))
    return (counts / np.where(length > 0, length, 1.0)).astype(np.float32)


@dataclass(frozen=True)
class TextEncoding(Encoding):
    """A text as hashed words, 0 where it is missing, with an indicator where training rows had missing values."""

    kind: ClassVar = "text"
    why_no_alternatives: ClassVar = "text, which is not rewritten"

    buckets: int
    indicator: bool

    source = TextSource()

    def steps(self) -> Iterator[Operation]:
        """The words, the indicator."""
        yield HashedWords(self.buckets)
        if self.indicator:
            yield IsMissing()

    def encode(self, column: pa.Array, where: str) -> Encoded:
        """Rows of the column as numbers."""
        text = as_text(column, where)
        # The last row serves the rows whose text is missing, −1.
        words = np.vstack([hashed_words(pa.array(text.values, pa.string()), self.buckets), np.zeros(self.buckets)])
        block = words.astype(np.float32)[text.codes]
        return Encoded(numbers=[*block.T, *([text.codes < 0] if self.indicator else [])])

    def encode_value(self, value: Any, markers: MissingMarkers) -> Encoded:
        """A single row."""
        text = text_in(value, markers)
        known = text is not None
        words = hashed_words(pa.array([text], pa.string()), self.buckets)[0] if known else np.zeros(self.buckets)
        return Encoded(numbers=[*words, *([not known] if self.indicator else [])])

    def first(self, column: pa.Array, where: str) -> str | None:
        """The first text."""
        value = column[0].as_py()
        return None if value is None else str(value)

    def check(self) -> None:
        """A file may not ask for more memory than a text is worth."""
        require(1 <= self.buckets <= MOST_BUCKETS, "buckets", f"must be from 1 to {MOST_BUCKETS}", self.buckets)


class TextFit(IncrementalFit):
    """Whether training rows have missing values: nothing is fitted to the texts, so nothing of them can be kept."""

    _missing = False

    def add(self, column: pa.Array, training: TrainingMask, profile: ColumnProfile, where: str) -> None:
        """Only missing values count."""
        self._missing = self._missing or bool((np.asarray(column.is_null()) & training).any())

    def encoding(self, column: Column, options: FitOptions) -> TextEncoding:
        """The text's encoding."""
        return TextEncoding(column.name, BUCKETS, self._missing)


class Text(Kind):
    """Text of several words, hardly any of which comes back as a whole."""

    name = "text"
    encoding = TextEncoding
    incremental = TextFit
    may_hold = staticmethod(pa.types.is_dictionary)
    keeps_text = True  # "1.50" has the words 1 and 50, also where it stands in a table by itself

    def recognize(self, profile: ColumnProfile) -> Role | None:
        """Text of three words or more on average, most of which occur in one row only."""
        wordy = profile.words >= WORDS_PER_TEXT * profile.texts
        if not (profile.is_text and not profile.dates and wordy and mostly_unique(profile)):
            return None
        once = f"{profile.distinct.once:.0%} of which occur in one row only"
        return Role(self.name, f"texts of about {profile.words / profile.texts:.0f} words, {once}: read word by word")

    def notes(self, profile: ColumnProfile, column: Column) -> Iterator[str]:
        """Dates with the names of months in another language."""
        return foreign_dates_notes(profile, column.name)

    def describe(self, profile: ColumnProfile, form: str) -> str:
        """How it is read."""
        return "read word by word"

    def problem(self, column: pa.ChunkedArray, profile: ColumnProfile, name: str, form: str) -> Problem | None:
        """Words cannot be read where there are none."""
        if profile.texts:
            return None
        stored = " and ".join(profile.stored) or "no value"
        return Problem(f"expected text, found {stored}", f"Use {option('--drop', name)} instead.")

    def fit(self, values: pa.Array, column: Column, where: str, options: FitOptions) -> TextEncoding:
        """Whether values are missing."""
        return TextEncoding(column.name, BUCKETS, bool(values.null_count))


def mostly_unique(profile: ColumnProfile) -> bool:
    """Whether more than half of the values of a text occur in one row only: a network would memorize rows."""
    return bool(profile.texts and profile.reach - profile.missing > LEAST_ROWS and profile.distinct.once > UNIQUE_SHARE)
