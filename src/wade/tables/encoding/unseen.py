"""Values of categories that have no code: never seen in the training rows, or too rare there.

The network knows nothing of such a value, so its prediction rests on the other columns. They are counted where rows
are read, from the codes of the encoded rows: a row alone is not slower for it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa

from wade.tables.columns.cleaning import one_piece
from wade.tables.encoding.encoder import Encoder
from wade.tables.kinds.base import Encoding
from wade.tables.kinds.coded import CodedEncoding
from wade.types import Array, Inputs, Rows

EXAMPLES: Final = 3
EXAMPLE_CHARACTERS: Final = 40
NOTABLE_SHARE: Final = 0.05
"""Of the values of a training table's validation or test rows."""


@dataclass(frozen=True)
class Unseen:
    """The values of a category that have no code: `unseen` of the `values` that are not missing, with examples.

    Examples
    --------
    >>> print(Unseen("store", "store", 119, 120, ("205", "422", "7")))
    column 'store': 119 of 120 values never seen in training, or too rare there, such as '205', '422' and '7'; they ...
    """

    column: str
    category: str  # the column, or a part of its times such as "day month"
    unseen: int
    values: int
    examples: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.unseen / max(1, self.values)

    def __str__(self) -> str:
        part = self.category.removeprefix(f"{self.column} ")
        where = f"column {self.column!r}" + ("" if part == self.category else f", {part}")
        are_all = len(self.examples) < EXAMPLES or self.unseen <= EXAMPLES
        such = f"{':' if are_all else ', such as'} {_listed(self.examples)}" if self.examples else ""
        counts = f"{self.unseen:,} of {self.values:,} value{'s' if self.values != 1 else ''}"
        taken = "it counts as unknown" if self.unseen == 1 else "they count as one unknown value"
        return f"{where}: {counts} never seen in training, or too rare there{such}; {taken}."

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON data."""
        return {**asdict(self), "examples": list(self.examples)}


class UnseenValues:
    """Counts them in rows that have been encoded, batch by batch."""

    def __init__(self, encoder: Encoder) -> None:
        self._encodings = [encoding for encoding in encoder.encodings if encoding.categories]
        self._unseen: Counter[str] = Counter()
        self._values: Counter[str] = Counter()
        self._examples: dict[str, Counter[str]] = {}

    def add(self, table: pa.Table | pa.RecordBatch, X: Inputs, rows: Rows | None = None) -> None:
        """Tidy rows and what they are encoded as; `rows` are the numbers of those that count (None: all)."""
        at = 0
        for encoding in self._encodings:
            column = one_piece(table.column(encoding.column))
            valid = np.asarray(column.is_valid())
            for place, category in enumerate(encoding.categories, start=at):
                unseen = (X.codes[:, place] == 0) & valid
                counted = unseen if rows is None else unseen[rows]
                self._values[category.name] += int((valid if rows is None else valid[rows]).sum())
                if counted.any():
                    self._unseen[category.name] += int(counted.sum())
                    self._keep_examples(encoding, column, np.flatnonzero(unseen) if rows is None else rows[counted])
            at += len(encoding.categories)

    def found(self) -> tuple[Unseen, ...]:
        """One for each category with such values."""
        names = [(encoding.column, one.name) for encoding in self._encodings for one in encoding.categories]
        return tuple(
            Unseen(column, name, self._unseen[name], self._values[name], self._shown(name))
            for column, name in names
            if self._unseen[name]
        )

    def _keep_examples(self, encoding: Encoding, column: pa.Array, rows: Array) -> None:
        if not isinstance(encoding, CodedEncoding):
            return
        text = encoding.read(column.take(pa.array(rows)), "")
        counts = self._examples.setdefault(encoding.column, Counter())
        for value, count in zip(text.values, text.counts().tolist(), strict=True):
            counts[value[:EXAMPLE_CHARACTERS]] += count
        # Of many different values, those that came first are as good examples as any.
        self._examples[encoding.column] = Counter(dict(counts.most_common(1000)))

    def _shown(self, name: str) -> tuple[str, ...]:
        counts = self._examples.get(name, Counter())
        ranked = sorted((-count, value) for value, count in counts.items() if count)
        return tuple(value for _, value in ranked[:EXAMPLES])


def find_unseen(encoder: Encoder, table: pa.Table, X: Inputs, rows: Rows | None = None) -> tuple[Unseen, ...]:
    """Those of one table.

    Examples
    --------
    >>> from wade.tables.kinds.category import CategoryEncoding
    >>> encoder = Encoder((CategoryEncoding("store", ("205", "101")),))
    >>> table = pa.table({"store": pa.array(["205", "300", None, "300"]).dictionary_encode()})
    >>> [str(one) for one in find_unseen(encoder, table, encoder.encode(table, "table"))]
    ["column 'store': 2 of 3 values never seen in training, or too rare there: '300'; they ..."]
    """
    counted = UnseenValues(encoder)
    counted.add(table, X, rows)
    return counted.found()


def _listed(texts: tuple[str, ...]) -> str:
    *first, last = map(repr, texts)
    return f"{', '.join(first)} and {last}" if first else last
