"""Numbers and dates outside the range of the training rows, where a network extrapolates.

A value hardly beyond the range says nothing: the largest value of many new rows often is. So only those count that are
beyond it by more than a small part of its width.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa

from wade.documents.wording import counted
from wade.tables.columns.cleaning import one_piece
from wade.tables.columns.date_forms import has_date
from wade.tables.columns.views import column_location
from wade.tables.encoding.encoder import Encoder
from wade.tables.encoding.known_units import known_units
from wade.tables.kinds.column import Column
from wade.tables.kinds.registry import KINDS
from wade.tables.schema.schema import Schema

MARGIN: Final = 0.05
"""How far beyond the range a value is outside, as a part of the range's width."""
ROUNDED: Final = 5e-6
"""A range is kept to six digits: by at most this part of an end may a training row be beyond it."""


@dataclass(frozen=True)
class Outside:
    """The values of a column that are outside the range of its training rows: how many, and that range.

    Examples
    --------
    >>> print(Outside("temperature", 1, -11.7, 37.8, "°C"))
    'temperature' in 1 row (training −11.7 to 37.8 °C)
    """

    column: str
    values: int
    low: float | str  # of dates: the first and the last day, such as "2013-01-01"
    high: float | str
    unit: str = ""

    def __str__(self) -> str:
        ends = (self.low, self.high)
        low, high = (end if isinstance(end, str) else f"{end:.6g}".replace("-", "−") for end in ends)
        unit = f" {self.unit}" if self.unit else ""
        return f"{self.column!r} in {counted(self.values, 'row')} (training {low} to {high}{unit})"


def find_outside(encoder: Encoder, schema: Schema, table: pa.Table, name: str) -> tuple[Outside, ...]:
    """One for each column of numbers or dates with such values.

    Examples
    --------
    >>> import wade
    >>> table = pa.table({"x": [0.0, 1.0, 2.0, 3.0] * 10, "late": ["no", "no", "yes", "yes"] * 10})
    >>> model = wade.learn(table, "late", hidden=(), epochs=1)
    >>> rows = pa.table({"x": [3.1, 4.0, -9.0, None]})
    >>> [(one.values, one.low, one.high) for one in find_outside(model.encoder, model.schema, rows, "rows")]
    [(2, 0.0, 3.0)]
    """
    units, found = known_units(encoder, schema, table), []
    for column in schema.columns:
        ends = _range(column)
        if ends is None:
            continue
        low, high = ends
        values = KINDS[column.role].order(
            one_piece(table.column(column.name)), column, column_location(name, column.name)
        )
        rounding = 0.0 if has_date(column.form) else ROUNDED * max(abs(low), abs(high))
        margin = max(MARGIN * (high - low), rounding)
        count = int(((values < low - margin) | (values > high + margin)).sum())
        if count:
            assert column.facts is not None
            assert column.facts.low is not None
            assert column.facts.high is not None
            found.append(Outside(column.name, count, column.facts.low, column.facts.high, units.get(column.name, "")))
    return tuple(found)


def _range(column: Column) -> tuple[float, float] | None:
    """The training range in what orders the values: numbers, or days since 1970 up to the end of the last day."""
    facts = column.facts
    if facts is None or not KINDS[column.role].ordered:
        return None
    low, high = facts.low, facts.high
    if isinstance(low, int | float) and isinstance(high, int | float) and low < high:
        return float(low), float(high)
    if isinstance(low, str) and isinstance(high, str) and has_date(column.form):
        first, last = (float(np.datetime64(day, "D").astype(np.int64)) for day in (low, high))
        return first, last + 1
    return None
