"""What a model knows little of in rows that it reads: unseen values, values out of range, cells that were never empty.

Wherever rows are predicted, evaluated or explained, the same notes say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import pyarrow as pa

from wade.documents.wording import counted
from wade.tables.encoding.encoder import Encoder
from wade.tables.encoding.outside import Outside, find_outside
from wade.tables.encoding.unseen import Unseen, find_unseen
from wade.tables.schema.schema import Schema
from wade.types import Inputs

MOST_LISTED: Final = 12
"""Columns that one note lists."""
EXTRAPOLATED: Final = "Predictions there are extrapolations."
NOT_LEARNED: Final = "What that means was not learned: numbers and dates count as their median, categories as unknown."


@dataclass(frozen=True)
class NewlyMissing:
    """A column without a value in some rows, which had one in every training row.

    Examples
    --------
    >>> print(NewlyMissing("carrier", 3, 1200))
    'carrier' in 3 rows
    """

    column: str
    missing: int
    rows: int

    def __str__(self) -> str:
        return f"{self.column!r} in {counted(self.missing, 'row')}"


class Unfamiliar(NamedTuple):
    """All three, by column."""

    unseen: tuple[Unseen, ...]
    outside: tuple[Outside, ...]
    missing: tuple[NewlyMissing, ...]

    @property
    def notes(self) -> list[str]:
        """In words: a note for each category with unseen values, and one for all columns of each other kind."""
        return [*map(str, self.unseen), *self.beyond]

    @property
    def beyond(self) -> list[str]:
        """The notes on ranges and on missing values."""
        return [
            *([f"Outside the training range: {_listed(self.outside)}. {EXTRAPOLATED}"] if self.outside else []),
            *([f"Missing here, never in training: {_listed(self.missing)}. {NOT_LEARNED}"] if self.missing else []),
        ]


def find_unfamiliar(encoder: Encoder, schema: Schema, table: pa.Table, X: Inputs, name: str) -> Unfamiliar:
    """Those of a tidy table and the rows that it is encoded as; `name` is what messages call it.

    Examples
    --------
    >>> import wade
    >>> table = pa.table({"x": [0.0, 1.0, 2.0, 3.0] * 10, "late": ["no", "no", "yes", "yes"] * 10})
    >>> model = wade.learn(table, "late", hidden=(), epochs=1)
    >>> rows = pa.table({"x": [9.0, None]})
    >>> X = model.encoder.encode(rows, "rows")
    >>> for note in find_unfamiliar(model.encoder, model.schema, rows, X, "rows").notes:
    ...     print(note)
    Outside the training range: 'x' in 1 row (training 0 to 3). Predictions there are extrapolations.
    Missing here, never in training: 'x' in 1 row. What that means was not learned: numbers and ...
    """
    return Unfamiliar(
        find_unseen(encoder, table, X), find_outside(encoder, schema, table, name), _newly_missing(schema, table)
    )


def _newly_missing(schema: Schema, table: pa.Table) -> tuple[NewlyMissing, ...]:
    """Of models from before the number of training rows was kept, none is known."""
    complete = [one.name for one in schema.columns if one.facts and one.facts.rows and not one.facts.missing]
    counts = ((name, table.column(name).null_count) for name in complete)
    return tuple(NewlyMissing(name, missing, table.num_rows) for name, missing in counts if missing)


def _listed(found: tuple[Outside, ...] | tuple[NewlyMissing, ...]) -> str:
    more = len(found) - MOST_LISTED
    others = [f"and {counted(more, 'more column')}"] if more > 0 else []
    return ", ".join([*map(str, found[:MOST_LISTED]), *others])
