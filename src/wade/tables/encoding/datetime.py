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

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from math import nan
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wade.tables.columns.calendar import CIRCLES, DAY, LARGEST_PART, PARTS, WAVES, CalendarTimes, calendar_value
from wade.tables.columns.from_json import described, distinct, require
from wade.tables.columns.scalars import NOT_A_TIME, MissingMarkers, seconds_in
from wade.tables.columns.views import ISO, PATTERNS, as_times
from wade.tables.encoding.kinds import Encoded, EncodedValue, most_frequent, numbered
from wade.tables.encoding.scales import Scale, quantiles_of
from wade.tables.schema.schema import minimum_count
from wade.types import Category, Codes, Piecewise, Rows

TWO_YEARS = 2 * 365
ROWS_AT_ONCE = 1 << 13
"""What is worked out of so many rows stays in the cache."""
SEASONAL = frozenset({"day of year", "month"})
ELAPSED = "elapsed days"


class TimeStatistics(NamedTuple):
    """What has to be known of the training rows of a column of times.

    Parameters
    ----------
    rows, missing
        how many rows there are, and in how many the time is missing
    spans
        the least and the greatest of each part of the calendar (see `calendar_of`); nothing where all are missing
    counts
        for hour, weekday and month how often 0, 1, 2, … occurs
    elapsed
        the quantiles of the elapsed days at `SHARES`
    """

    rows: int
    missing: int
    spans: Mapping[str, tuple[float, float]]
    counts: Mapping[str, Rows]
    elapsed: Sequence[float]


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
        calendar = calendar_of(present)
        elapsed = quantiles_of(calendar[ELAPSED])
        spans = {part: (values.min(), values.max()) for part, values in calendar.items() if len(present)}
        counts = {part: np.bincount(calendar[part].astype(np.int64)) for part in PARTS}
        return cls.of(name, form, TimeStatistics(len(times), len(times) - len(present), spans, counts, elapsed), future)

    @classmethod
    def of(cls, name: str, form: str, seen: TimeStatistics, future: bool) -> DateEncoding:
        """Fitted on what was seen in the training rows of one column."""
        varying = {part for part, (low, high) in seen.spans.items() if low != high}
        low, high = seen.spans.get(ELAPSED, (0.0, 0.0))
        varying -= SEASONAL if future and high - low < TWO_YEARS else frozenset()
        least = minimum_count(seen.rows)
        parts = tuple(
            (part, most_frequent([str(value) for value in range(len(counts))], counts, least))
            for part, counts in seen.counts.items()
            if part in varying
        )
        elapsed = None if future or ELAPSED not in varying else Scale.of(seen.elapsed)
        return cls(name, form, tuple(c for c in CIRCLES if c in varying), parts, elapsed, seen.missing > 0)

    @property
    def numbers(self) -> tuple[str, ...]:
        """The names of the numbers that it makes."""
        names = list(self._waves)
        names += [ELAPSED] if self.elapsed else []
        names += ["missing"] if self.indicator else []
        return tuple(f"{self.column} {name}" for name in names)

    @property
    def categories(self) -> tuple[Category, ...]:
        """The categories that it makes."""
        return tuple(Category(f"{self.column} {part}", len(seen) + 1) for part, seen in self.parts)

    @property
    def piecewise(self) -> tuple[Piecewise, ...]:
        """None."""
        return ()

    @property
    def scales(self) -> Mapping[int, Scale]:
        """That of the elapsed days."""
        return {len(self._waves): self.elapsed} if self.elapsed else {}

    def encode(self, column: pa.Array, where: str) -> Encoded:
        """Rows of the column as numbers and codes; where the time is missing all are 0 but the indicator."""
        seconds = as_times(column, self.form, where).view(np.int64)
        missing = seconds == NOT_A_TIME
        some = bool(missing.any())
        known = np.where(missing, 0, seconds) if some else seconds
        to_scale = [np.empty(len(known))] if self.elapsed else []
        numbers = [np.empty(len(known), np.float32) for _ in self._waves]
        codes = [np.empty(len(known), np.int32) for _ in self.parts]
        for start in range(0, len(known), ROWS_AT_ONCE):
            now = slice(start, start + ROWS_AT_ONCE)
            moments = CalendarTimes.of(known[now])
            for days in to_scale:
                np.divide(known[now], DAY, out=days[now])
            for wave, values in zip(self._waves, numbers, strict=True):
                values[now] = moments.say(wave)
            for (part, code_of), coded in zip(self._codes_of.items(), codes, strict=True):
                coded[now] = code_of.take(moments.say(part))
        if some:
            for ready in (*numbers, *codes):
                ready[missing] = 0
            for days in to_scale:
                days[missing] = np.nan
        return Encoded(to_scale, [*numbers, *([missing] if self.indicator else [])], codes)

    def encode_value(self, value: Any, marks: MissingMarkers) -> EncodedValue:
        """A single row."""
        seconds = seconds_in(value, self.form, marks)
        if seconds == NOT_A_TIME:
            numbers = [0.0] * len(self._waves)
            return EncodedValue(
                [nan] if self.elapsed else [], [*numbers, *([1.0] if self.indicator else [])], [0] * len(self.parts)
            )
        numbers = [calendar_value(wave, seconds) for wave in self._waves]
        codes = [int(code_of[calendar_value(part, seconds)]) for part, code_of in self._codes_of.items()]
        return EncodedValue(
            [seconds / DAY] if self.elapsed else [], [*numbers, *([0.0] if self.indicator else [])], codes
        )

    @cached_property
    def _waves(self) -> tuple[str, ...]:
        return tuple(f"{circle} {wave}" for circle in self.circles for wave in WAVES)

    @cached_property
    def _codes_of(self) -> dict[str, Codes]:
        """For each part: the code of each number that a calendar may say."""
        lookups = ((part, numbered(seen)) for part, seen in self.parts)
        return {
            part: np.array([code_of.get(str(number), 0) for number in range(LARGEST_PART + 1)], np.int32)
            for part, code_of in lookups
        }

    def to_dict(self) -> dict[str, Any]:
        """The encoding as plain JSON data."""
        parts = [[part, list(seen)] for part, seen in self.parts]
        return {"kind": "date-time", **asdict(self), "circles": list(self.circles), "parts": parts}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> DateEncoding:
        """The encoding that `to_dict` described."""
        encoding = described(cls, data)
        form, circles, parts = encoding.form, encoding.circles, dict(encoding.parts)
        require(form in (ISO, *PATTERNS), "form", f"must be {ISO!r} or a pattern that is known", form)
        require(distinct(circles) and {*circles} <= {*CIRCLES}, "circles", f"must be of {[*CIRCLES]}", circles)
        once = len(parts) == len(encoding.parts) and all(map(distinct, parts.values()))
        require(once and parts.keys() <= PARTS.keys(), "parts", f"must be of {[*PARTS]}, each once", encoding.parts)
        return encoding


def calendar_of(times: NDArray[np.datetime64]) -> dict[str, NDArray[Any]]:
    """What the calendar says: circles as a share of their round, parts as whole numbers, elapsed days."""
    seconds = times.astype(np.int64)
    moments = CalendarTimes.of(seconds)
    return {**{what: moments.say(what) for what in (*CIRCLES, *PARTS)}, ELAPSED: seconds / DAY}
