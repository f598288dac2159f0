"""What else could stand in a column: values like those of the training rows, each with how large a change it is.

A model file holds no rows, but its encoder knows scales and values, and its schema the range of each column. A change
is measured so that columns can be compared:

- a number: |change| over the distance between its quartiles, q₇₅ − q₂₅ (its scale; see `wade.tables.encoding.scales`).
  Values lie on a grid of round steps within the range that was seen, and on the edges of its bins where it has some.
- a category or a boolean: 1. Values are those with a code, the most frequent first.
- a date and time: hours over 12 on the same day, 1 for another day; only where the encoder looks at that. Days of the
  next and the last week, and the same weekday up to a year away, within the range that was seen; hours, weekdays and
  months with a code.

A free text and a missing value have no options.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil, floor, isnan, log10
from typing import Any, Final, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wade.tables import Encoder
from wade.tables.columns.cleaning import one_piece
from wade.tables.columns.views import ISO, as_booleans, as_numbers, as_text, as_times, column_location
from wade.tables.encoding.datetime import DateEncoding
from wade.tables.encoding.kinds import BooleanEncoding, CategoryEncoding, Encoding, NumberEncoding
from wade.tables.schema.schema import Column
from wade.types import Inputs

Option: TypeAlias = tuple[Any, float]

TEXTS: Final = pa.dictionary(pa.int32(), pa.string())
MOST_VALUES: Final = 200
STEPS: Final = 8
"""Steps of the grid between the quartiles of a number, at least."""
REACH: Final = 4
"""How far from the median the grid goes, in distances between quartiles."""


@dataclass(frozen=True)
class Options:
    """What else could stand in a column of one row.

    Parameters
    ----------
    column : str
    value : number or text
        What stands there.
    values : tuple of numbers or texts
        What else could, as `Model.predict` takes it.
    sizes : array (n,), float64
        How large each change is; rising.
    encoded : Inputs, n rows
        The values as the network reads them, of this column alone.
    """

    column: str
    value: Any
    values: tuple[Any, ...]
    sizes: NDArray[np.float64]
    encoded: Inputs


def options_of(encoding: Encoding, column: Column, table: pa.Table, name: str = "the row") -> Options | None:
    """What else could stand in this column of a row; None where nothing could.

    Parameters
    ----------
    encoding, column
        Of the model.
    table
        tidy, of one row
    name
        what messages call it

    Examples
    --------
    >>> table = pa.table({"wet": [True]})
    >>> options_of(BooleanEncoding("wet", ("false", "true")), Column("wet", "boolean", ""), table).values
    ('false',)
    """
    found = _found(encoding, column, one_piece(table[column.name]), column_location(name, column.name))
    if found is None or not found[1]:
        return None
    value, options, kind = found
    options.sort(key=lambda option: option[1])
    values, sizes = zip(*options, strict=True)
    encoded = Encoder((encoding,)).encode(pa.table({column.name: pa.array(values, kind)}), name)
    known = np.flatnonzero(encoded.codes.all(axis=1))  # an hour or a weekday without a code was never seen
    if not len(known):
        return None
    shown = tuple(_written(values[at], encoding) for at in known)
    return Options(column.name, _written(value, encoding), shown, np.asarray(sizes, np.float64)[known], encoded[known])


def _found(
    encoding: Encoding, column: Column, values: pa.Array, where: str
) -> tuple[Any, list[Option], pa.DataType] | None:
    """What stands there, what else could, and the type of both; None where nothing does."""
    if isinstance(encoding, NumberEncoding):
        number = float(as_numbers(values, where)[0])
        return None if isnan(number) else (number, list(_numbers(encoding, column, number)), pa.float64())
    if isinstance(encoding, DateEncoding):
        time = as_times(values, column.form, where)[0].item()
        return None if time is None else (time, list(_times(encoding, column, time)), pa.timestamp("s"))
    if isinstance(encoding, CategoryEncoding | BooleanEncoding):
        text = (as_text if isinstance(encoding, CategoryEncoding) else as_booleans)(values, where)
        if text.codes[0] < 0:
            return None
        now = text.values[text.codes[0]]
        return now, [(value, 1.0) for value in encoding.values[:MOST_VALUES] if value != now], TEXTS
    return None


def _numbers(encoding: NumberEncoding, column: Column, value: float) -> Iterator[Option]:
    """A grid of round steps, the ends of the range, and the edges of the bins."""
    median, factor = encoding.scale.median, encoding.scale.factor
    low, high = (getattr(column.facts, end, None) for end in ("low", "high"))
    if not factor:
        return
    found = set(encoding.edges)
    if isinstance(low, int | float) and isinstance(high, int | float):
        step = round_step(1 / (factor * STEPS))
        if all(float(end).is_integer() for end in (low, high, median, value)):
            step = max(step, 1.0)
        first, last = max(low, median - REACH / factor) / step, min(high, median + REACH / factor) / step
        found |= {low, high, *(float(f"{place * step:.12g}") for place in range(ceil(first), floor(last) + 1))}
    for other in sorted(found - {value}):
        yield other, abs(other - value) * factor


def round_step(largest: float) -> float:
    """The largest of …, 0.1, 0.2, 0.5, 1, 2, 5, 10, … that is not larger.

    Examples
    --------
    >>> round_step(1.9), round_step(0.07), round_step(500.0)
    (1.0, 0.05, 500.0)
    """
    power = 10.0 ** floor(log10(largest))
    return float(f"{max(digit for digit in (1, 2, 5) if digit * power <= largest * (1 + 1e-9)) * power:.6g}")


def _times(encoding: DateEncoding, column: Column, time: datetime) -> Iterator[Option]:
    """Other hours of the same day, and other days; each the nearest first."""
    parts = {part for part, _ in encoding.parts} | set(encoding.circles)
    if parts & {"hour", "time of day"}:
        for hour in sorted(set(range(24)) - {time.hour}, key=lambda hour: abs(hour - time.hour)):
            yield time.replace(hour=hour), abs(hour - time.hour) / 12
    if parts & {"weekday", "month", "day of year"} or encoding.elapsed:
        low, high = (getattr(column.facts, end, None) for end in ("low", "high"))
        for days in sorted({*range(-7, 8), *range(-364, 365, 28)} - {0}, key=abs):
            other = time + timedelta(days=days)
            if low is None or high is None or date.fromisoformat(low) <= other.date() <= date.fromisoformat(high):
                yield other, 1.0


def _written(value: Any, encoding: Encoding) -> Any:
    """A time as the column writes it; anything else as it is."""
    if not isinstance(encoding, DateEncoding):
        return value
    if encoding.form != ISO:
        return str(value.strftime(encoding.form))
    return str(value) if value.second else f"{value:%Y-%m-%d %H:%M}"
