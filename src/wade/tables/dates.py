"""A date and time as what a calendar says about it.

A moment never comes back, but its time of day, weekday and season do. Time of day and day of year go round in circles
(sine and cosine: 23:59 lies beside 00:00); hour, weekday and month are categories too, for what does not go smoothly;
the elapsed days are a number on a robust scale. Parts that are constant in the training rows are left out.

When the model will be judged on the future (`future=True`), parts that the future cannot repeat are left out as well:
the elapsed time always, for every later day lies outside of what was seen; month and day of year unless the training
rows span two full years, for in a single year each season happens once, and what was special about that March (a storm,
a strike) would pass for a law about all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wade.tables.columns import Text, as_times
from wade.tables.encodings import Encoded, Scale, frequent_values, minimum_count, numbered
from wade.tables.values import NOT_A_TIME, Marks, seconds_in
from wade.types import Array, Category, Codes, Rows

DAY = 86_400
HOUR = 3600
DAYS_PER_YEAR = 365.25
TWO_YEARS = np.timedelta64(2 * 365 * DAY, "s")
SEASONAL = frozenset({"day of year", "month"})
ELAPSED = "elapsed days"
FEW_ROWS: Final = 64
NUMBERS_OF_A_PART: Final = 24


class Said(NamedTuple):
    """Something that is said about a moment: whether by its clock or its day, and by what rule."""

    of_clock: bool
    rule: Callable[[Rows], Array]


def _day_of_year(days: Rows) -> Rows:
    dates = days.astype("datetime64[D]")
    return days - dates.astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)


def _month(days: Rows) -> Rows:
    months: Rows = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return months % 12 + 1


CIRCLES: Final = {
    # As a share of the round.
    "time of day": Said(True, lambda clock: clock / DAY),
    "day of year": Said(False, lambda days: _day_of_year(days) / DAYS_PER_YEAR),
}
WAVES: Final = {
    "sin": lambda shares: np.sin(2 * np.pi * shares).astype(np.float32),
    "cos": lambda shares: np.cos(2 * np.pi * shares).astype(np.float32),
}
PARTS: Final = {
    "hour": Said(True, lambda clock: clock // HOUR),
    # 1970-01-01 was a Thursday; Monday is 0.
    "weekday": Said(False, lambda days: (days + 3) % 7),
    "month": Said(False, _month),
}


@dataclass(frozen=True)
class Moments:
    """Moments as days since 1970 and seconds of their day, with what a calendar and a clock say about them.

    A table has far fewer different days and seconds of a day than rows: what is said is found for each once.
    """

    seconds: Rows
    days: Rows
    clock: Rows

    @classmethod
    def of(cls, seconds: Rows) -> Moments:
        """From seconds since 1970."""
        days = seconds // DAY
        return cls(seconds, days, seconds - days * DAY)

    def look_up(self, said: Said, then: Callable[[Array], Array] = np.asarray) -> Array:
        """What is said about each moment, and what becomes of it."""
        values = self.clock if said.of_clock else self.days
        if len(values) < FEW_ROWS:
            return then(said.rule(values))
        low, high = int(values.min()), int(values.max())
        if high - low >= len(values):
            return then(said.rule(values))
        return then(said.rule(np.arange(low, high + 1)))[values - low]


@dataclass(frozen=True)
class DateEncoding:
    """A date-time column as circles, calendar categories and elapsed days.

    Parameters
    ----------
    column
        its name
    form
        how text is written (see `columns.as_times`)
    circles
        which of "time of day", "day of year" are used, each as sine and cosine
    parts
        which of "hour", "weekday", "month" are used, each with the values seen in training
    elapsed
        the scale of the days since 1970-01-01, or None
    indicator
        whether training rows had missing values
    """

    column: str
    form: str
    circles: tuple[str, ...]
    parts: tuple[tuple[str, tuple[str, ...]], ...]
    elapsed: Scale | None
    indicator: bool

    @classmethod
    def fit(cls, column: pa.Array, name: str, form: str, where: str, future: bool = False) -> DateEncoding:
        """Fitted on the training rows of one column.

        Examples
        --------
        >>> days = np.arange("2013-01-01", "2013-03-02", dtype="datetime64[D]").astype("datetime64[s]")
        >>> DateEncoding.fit(pa.array(days), "day", "ISO 8601", "table, column 'day'").numbers
        ('day day of year sin', 'day day of year cos', 'day elapsed days')
        >>> DateEncoding.fit(pa.array(days), "day", "ISO 8601", "table, column 'day'", future=True).numbers
        ()
        """
        times = as_times(column, form, where)
        present = times[~np.isnat(times)]
        short = len(present) == 0 or present.max() - present.min() < TWO_YEARS
        unrepeatable = SEASONAL if future and short else frozenset()
        moments = Moments.of(present.astype(np.int64))
        circles = tuple(c for c in CIRCLES if c not in unrepeatable and _varies(moments.look_up(CIRCLES[c])))
        least = minimum_count(len(times))
        parts = {part: moments.look_up(PARTS[part]) for part in PARTS if part not in unrepeatable}
        kept = tuple(
            (part, frequent_values(_as_texts(found), least)) for part, found in parts.items() if _varies(found)
        )
        elapsed = None if future or not _varies(moments.seconds) else Scale.fit(moments.seconds / DAY)
        return cls(name, form, circles, kept, elapsed, len(present) < len(times))

    @property
    def numbers(self) -> tuple[str, ...]:
        """The names of the numbers that it makes."""
        names = [f"{circle} {wave}" for circle in self.circles for wave in WAVES]
        names += [ELAPSED] if self.elapsed else []
        names += ["missing"] if self.indicator else []
        return tuple(f"{self.column} {name}" for name in names)

    @property
    def categories(self) -> tuple[Category, ...]:
        """The categories that it makes."""
        return tuple(Category(f"{self.column} {part}", len(seen) + 1) for part, seen in self.parts)

    @property
    def scales(self) -> Mapping[int, Scale]:
        """That of the elapsed days."""
        return {len(WAVES) * len(self.circles): self.elapsed} if self.elapsed else {}

    def encode(self, column: pa.Array, where: str) -> Encoded:
        """Rows of the column as numbers and codes; where the time is missing all are 0 but the indicator."""
        return self._encoded(as_times(column, self.form, where).view(np.int64))

    def encode_value(self, value: Any, marks: Marks) -> Encoded:
        """A single row."""
        return self._encoded(np.array([seconds_in(value, self.form, marks)]))

    def _encoded(self, seconds: Rows) -> Encoded:
        missing = seconds == NOT_A_TIME
        some = bool(missing.any())
        moments = Moments.of(np.where(missing, 0, seconds) if some else seconds)
        to_scale = [moments.seconds / DAY] if self.elapsed else []
        numbers = [moments.look_up(CIRCLES[circle], wave) for circle in self.circles for wave in WAVES.values()]
        codes = [moments.look_up(PARTS[part], code_of.__getitem__) for part, code_of in self._codes_of.items()]
        if some:
            for values in (*numbers, *codes):
                values[missing] = 0
            for values in to_scale:
                values[missing] = np.nan
        return Encoded(to_scale, [*numbers, *([missing] if self.indicator else [])], codes)

    @cached_property
    def _codes_of(self) -> dict[str, Codes]:
        """For each part: the code of each number that a calendar may say."""
        lookups = ((part, numbered(seen)) for part, seen in self.parts)
        return {
            part: np.array([code_of.get(str(number), 0) for number in range(NUMBERS_OF_A_PART)], np.int32)
            for part, code_of in lookups
        }

    def to_dict(self) -> dict[str, Any]:
        """The encoding as plain JSON data."""
        parts = [[part, list(seen)] for part, seen in self.parts]
        return {"kind": "date-time", **asdict(self), "circles": list(self.circles), "parts": parts}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> DateEncoding:
        """The encoding that `to_dict` described."""
        elapsed = Scale(**data["elapsed"]) if data["elapsed"] else None
        parts = tuple((part, tuple(seen)) for part, seen in data["parts"])
        return cls(data["column"], data["form"], tuple(data["circles"]), parts, elapsed, data["indicator"])


def _varies(values: NDArray[Any]) -> bool:
    return bool(len(values) and values.min() != values.max())


def _as_texts(values: NDArray[Any]) -> Text:
    """Small whole numbers as texts, without a look at each row."""
    return Text(tuple(map(str, range(int(values.max(initial=0)) + 1))), values)
