"""Numbers far outside the range of the training rows, where a network extrapolates.

They are counted where rows are read for a prediction. A value a little beyond the range says nothing: the largest value
of many new rows often is. So only those count that are beyond it by more than a part of its width.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from wade.tables.columns.cleaning import one_piece
from wade.tables.columns.views import column_location
from wade.tables.encoding.encoder import Encoder
from wade.tables.kinds.number import NumberEncoding
from wade.tables.schema.schema import Schema

MARGIN: Final = 0.25
"""How far beyond the range a value is clearly outside, as a part of the range's width."""


@dataclass(frozen=True)
class Outside:
    """The values of a number that are clearly outside the range of its training rows: how many, and that range.

    Examples
    --------
    >>> print(Outside("temperature", 1, -11.7, 37.8, "°C"))
    column 'temperature': 1 value far outside the training range, −11.7 to 37.8 °C; ...
    """

    column: str
    values: int
    low: float
    high: float
    unit: str = ""

    def __str__(self) -> str:
        low, high = (f"{end:.6g}".replace("-", "−") for end in (self.low, self.high))
        counted = f"{self.values:,} value{'s' if self.values != 1 else ''}"
        unit = f" {self.unit}" if self.unit else ""
        where = f"far outside the training range, {low} to {high}{unit}"
        return f"column {self.column!r}: {counted} {where}; what is predicted there is an extrapolation."


def find_outside(encoder: Encoder, schema: Schema, table: pa.Table, name: str) -> tuple[Outside, ...]:
    """One for each number with such values.

    Examples
    --------
    >>> import wade
    >>> table = pa.table({"x": [0.0, 1.0, 2.0, 3.0] * 10, "late": ["no", "no", "yes", "yes"] * 10})
    >>> model = wade.learn(table, "late", hidden=(), epochs=1)
    >>> rows = pa.table({"x": [3.5, 4.0, -9.0, None]})
    >>> [(one.values, one.low, one.high) for one in find_outside(model.encoder, model.schema, rows, "rows")]
    [(2, 0.0, 3.0)]
    """
    facts, found = {column.name: column.facts for column in schema.columns}, []
    for encoding in encoder.encodings:
        known = facts.get(encoding.column)
        if not isinstance(encoding, NumberEncoding) or known is None:
            continue
        low, high = known.low, known.high
        if not (isinstance(low, int | float) and isinstance(high, int | float) and low < high):
            continue
        values = encoding.as_read(one_piece(table.column(encoding.column)), column_location(name, encoding.column))
        margin = MARGIN * (high - low)
        count = int(((values < low - margin) | (values > high + margin)).sum())
        if count:
            found.append(Outside(encoding.column, count, float(low), float(high), encoding.unit))
    return tuple(found)
