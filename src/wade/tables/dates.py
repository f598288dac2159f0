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
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wade.tables.columns import Text, as_times
from wade.tables.encodings import QUARTERS, Encoded, Scale, codes_in, minimum_count, most_frequent
from wade.types import Category, Rows

DAY = 86_400
DAYS_PER_YEAR = 365.25
TWO_YEARS = 2 * 365
CIRCLES = ("time of day", "day of year")
PARTS = ("hour", "weekday", "month")
SEASONAL = frozenset({"day of year", "month"})
ELAPSED = "elapsed days"


class DatesSeen(NamedTuple):
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
        the quantiles of the elapsed days at `QUARTERS`
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
        elapsed = np.quantile(calendar[ELAPSED], QUARTERS).tolist() if len(present) else ()
        spans = {part: (values.min(), values.max()) for part, values in calendar.items() if len(present)}
        counts = {part: np.bincount(calendar[part].astype(np.int64)) for part in PARTS}
        return cls.of(name, form, DatesSeen(len(times), len(times) - len(present), spans, counts, elapsed), future)

    @classmethod
    def of(cls, name: str, form: str, seen: DatesSeen, future: bool) -> DateEncoding:
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
        names = [f"{circle} {wave}" for circle in self.circles for wave in ("sin", "cos")]
        names += [ELAPSED] if self.elapsed else []
        names += ["missing"] if self.indicator else []
        return tuple(f"{self.column} {name}" for name in names)

    @property
    def categories(self) -> tuple[Category, ...]:
        """The categories that it makes."""
        return tuple(Category(f"{self.column} {part}", len(seen) + 1) for part, seen in self.parts)

    def encode(self, column: pa.Array, where: str) -> Encoded:
        """Rows of the column as numbers and codes; where the time is missing all are 0 but the indicator."""
        times = as_times(column, self.form, where)
        missing = np.isnat(times)
        calendar = calendar_of(np.where(missing, np.datetime64(0, "s"), times))
        angles = [2 * np.pi * calendar[circle] for circle in self.circles]
        numbers = [wave(angle).astype(np.float32) for angle in angles for wave in (np.sin, np.cos)]
        numbers += [self.elapsed.apply(calendar[ELAPSED])] if self.elapsed else []
        codes = [codes_in(seen, _as_texts(calendar[part])) for part, seen in self.parts]
        if missing.any():
            for values in (*numbers, *codes):
                values[missing] = 0
        return Encoded([*numbers, *([missing.astype(np.float32)] if self.indicator else [])], codes)

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


def calendar_of(times: NDArray[np.datetime64]) -> dict[str, NDArray[Any]]:
    """What the calendar says: circles as a share of their round, parts as whole numbers, elapsed days."""
    days = times.astype("datetime64[D]")
    seconds = (times - days).astype(np.int64)
    day_of_year = (days - days.astype("datetime64[Y]").astype("datetime64[D]")).astype(np.int64)
    return {
        "time of day": seconds / DAY,
        "day of year": day_of_year / DAYS_PER_YEAR,
        "hour": seconds // 3600,
        # 1970-01-01 was a Thursday; Monday is 0.
        "weekday": (days.astype(np.int64) + 3) % 7,
        "month": days.astype("datetime64[M]").astype(np.int64) % 12 + 1,
        ELAPSED: times.astype(np.int64) / DAY,
    }


def _as_texts(values: NDArray[Any]) -> Text:
    """Small whole numbers as texts, without a look at each row."""
    return Text(tuple(map(str, range(int(values.max(initial=0)) + 1))), values)
