"""A free text as a block of numbers: the words that occur in it, hashed into a fixed number of buckets.

A dictionary of words would grow with the table and would not know tomorrow's words. Instead a fixed hash sends each
word to one of 128 buckets and gives it a sign, so that words that share a place cancel on average instead of adding up.
Order is lost: "not good, bad" and "not bad, good" are the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wade.tables.columns.from_json import described, require
from wade.tables.columns.hashing import hash_values
from wade.tables.columns.scalars import MissingMarkers, words_in
from wade.tables.columns.views import as_text
from wade.tables.encoding.kinds import Encoded, EncodedValue
from wade.tables.encoding.scales import Scale
from wade.types import Category, Piecewise

BUCKETS: Final = 128
MOST_BUCKETS: Final = 2**16
NON_WORD: Final = r"[^\p{L}\p{N}]+"
TEXTS_AT_ONCE: Final = 4096


def hashed_words(texts: pa.Array, buckets: int = BUCKETS) -> NDArray[np.float32]:
    r"""The words of each text as numbers of unit length.

    .. math:: x_j = \frac{c_j}{\lVert c \rVert}, \qquad c_j = \sum_{w:\, h(w) = j} \xi(w)\, n_w

    n_w counts a word w, in small letters and without punctuation; h(w) is its place and ξ(w) = ±1 its sign, both from
    one fixed 64-bit hash. A text without words is 0. Source: K. Weinberger and others, "Feature Hashing for Large Scale
    Multitask Learning", 2009.

    Parameters
    ----------
    texts
        (n,) strings, none missing
    buckets
        how many numbers each text becomes

    Returns
    -------
    array (n, buckets), float32

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
    spots = rows * buckets + (hashes % np.uint64(buckets)).astype(np.int64)
    counts = np.bincount(spots, signs, minlength=len(texts) * buckets).reshape(len(texts), buckets)
    length = np.sqrt((counts**2).sum(axis=1, keepdims=True))
    return (counts / np.where(length > 0, length, 1.0)).astype(np.float32)


@dataclass(frozen=True)
class TextEncoding:
    """A free text as hashed words, 0 where it is missing, with an indicator where training rows had missing values."""

    column: str
    buckets: int
    indicator: bool

    @classmethod
    def fit(cls, column: pa.Array, name: str, where: str) -> TextEncoding:
        """Nothing is learned from the texts, so nothing of them can be kept."""
        return cls(name, BUCKETS, bool(column.null_count))

    @property
    def numbers(self) -> tuple[str, ...]:
        """The names of the buckets, and the indicator's."""
        names = [f"{self.column} words {place}" for place in range(1, self.buckets + 1)]
        return (*names, f"{self.column} missing") if self.indicator else tuple(names)

    @property
    def scales(self) -> Mapping[int, Scale]:
        """None."""
        return {}

    @property
    def categories(self) -> tuple[Category, ...]:
        """None."""
        return ()

    @property
    def piecewise(self) -> tuple[Piecewise, ...]:
        """None."""
        return ()

    def encode(self, column: pa.Array, where: str) -> Encoded:
        """Rows of the column as numbers."""
        text = as_text(column, where)
        # The last row serves the rows whose text is missing, −1.
        words = np.vstack([hashed_words(pa.array(text.values, pa.string()), self.buckets), np.zeros(self.buckets)])
        block = words.astype(np.float32)[text.codes]
        return Encoded(numbers=[*block.T, *([text.codes < 0] if self.indicator else [])])

    def encode_value(self, value: Any, marks: MissingMarkers) -> EncodedValue:
        """A single row."""
        text = words_in(value, marks)
        known = text is not None
        words = hashed_words(pa.array([text], pa.string()), self.buckets)[0] if known else np.zeros(self.buckets)
        return EncodedValue(numbers=[*words, *([not known] if self.indicator else [])])

    def to_dict(self) -> dict[str, Any]:
        """The encoding as plain JSON data."""
        return {"kind": "text", **asdict(self)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> TextEncoding:
        """The encoding that `to_dict` described."""
        encoding = described(cls, data)
        require(1 <= encoding.buckets <= MOST_BUCKETS, "buckets", f"must be from 1 to {MOST_BUCKETS}", encoding.buckets)
        return encoding
