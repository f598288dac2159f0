"""Dates and times: circles, calendar categories and elapsed days.

A moment never comes back, but its time of day, weekday and season do. Time of day and day of year go round in circles
(sine and cosine: 23:59 lies beside 00:00); hour, weekday and month are categories too, for what does not go smoothly;
the elapsed days are a number on a robust scale. Parts that are constant in the training rows are left out.

For evaluation on later rows (`future`), parts that the future cannot repeat are left out as well: the elapsed time
always, for every later day lies outside the training range; month and day of year unless the training rows span two
full years, for in a single year each season happens once, and what was special about that March (a storm, a strike)
would pass for a law about all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import chain
from math import nan
from typing import Any, ClassVar, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wade.tables.columns.calendar import CIRCLES, DAY, LARGEST_PART, PARTS, WAVES, CalendarTimes, calendar_value
from wade.tables.columns.from_json import distinct, require
from wade.tables.columns.scalars import NOT_A_TIME, MissingMarkers, seconds_in
from wade.tables.columns.views import ISO, PATTERNS, as_times
from wade.tables.kinds.base import (
    Alternative,
    Encoded,
    Encoding,
    FitOptions,
    IncrementalFit,
    Kind,
    TrainingMask,
)
from wade.tables.kinds.category import most_frequent
from wade.tables.kinds.column import Column, ColumnSummary, Problem, Role, minimum_count
from wade.tables.kinds.operations import CodeOfPart, IsMissing, OnCircle, OnScale, Operation, Source, TimeSource
from wade.tables.kinds.scales import Scale, at_shares, quantiles_of
from wade.tables.profile.column_profile import ColumnProfile
from wade.tables.profile.sketches import Quantiles
from wade.types import Codes, Rows

TWO_YEARS: Final = 2 * 365
ROWS_AT_ONCE: Final = 1 << 13
"""What is computed for this number of rows stays in the cache."""
SEASONAL: Final = frozenset({"day of year", "month"})
ELAPSED: Final = "elapsed days"


class TimeStatistics:
    """What fitting needs of the training rows of a column of times in one form."""

    def __init__(self, form: str, missing: int = 0) -> None:
        self.form, self.rows, self.missing = form, missing, missing
        self.spans: dict[str, tuple[float, float]] = {}  # of each part of the calendar (see `calendar_of`)
        self.counts: dict[str, Rows] = {part: np.zeros(LARGEST_PART + 1, np.int64) for part in PARTS}

    def add(self, column: pa.Array, where: str, training: TrainingMask | None = None) -> NDArray[np.float64]:
        """A batch of times, or of texts in this form; the elapsed days of those that are not missing."""
        times = as_times(column, self.form, where)
        times = times if training is None else times[training]
        present = times[~np.isnat(times)]
        self.rows, self.missing = self.rows + len(times), self.missing + len(times) - len(present)
        calendar = calendar_of(present)
        for part, values in calendar.items():
            if len(values):
                low, high = self.spans.get(part, (np.inf, -np.inf))
                self.spans[part] = min(low, float(values.min())), max(high, float(values.max()))
        for part, counts in self.counts.items():
            counts += np.bincount(calendar[part], minlength=len(counts))
        return calendar[ELAPSED]


@dataclass(frozen=True)
class DateTimeEncoding(Encoding):
    """A date-time column as circles, calendar categories and elapsed days."""

    kind: ClassVar = "date-time"
    arrow_type: ClassVar = pa.timestamp("s")

    form: str  # how text is written (see `views.as_times`)
    circles: tuple[str, ...]  # which of `CIRCLES` are used, each as sine and cosine
    parts: tuple[tuple[str, tuple[str, ...]], ...]  # which of `PARTS`, with their training values
    elapsed: Scale | None  # of the days since 1970-01-01
    indicator: bool  # whether training rows had missing values

    @classmethod
    def of(cls, name: str, statistics: TimeStatistics, elapsed: Sequence[float], future: bool) -> DateTimeEncoding:
        """Fitted to the statistics of the training rows and the quantiles of the elapsed days at `SHARES`."""
        varying = {part for part, (low, high) in statistics.spans.items() if low != high}
        low, high = statistics.spans.get(ELAPSED, (0.0, 0.0))
        varying -= SEASONAL if future and high - low < TWO_YEARS else frozenset()
        least = minimum_count(statistics.rows)
        parts = tuple(
            (part, most_frequent([str(value) for value in range(len(counts))], counts, least))
            for part, counts in statistics.counts.items()
            if part in varying
        )
        scale = None if future or ELAPSED not in varying else Scale.of(elapsed)
        circles = tuple(circle for circle in CIRCLES if circle in varying)
        return cls(name, statistics.form, circles, parts, scale, statistics.missing > 0)

    @property
    def source(self) -> Source:
        """Times in the column's form."""
        return TimeSource(self.form)

    def steps(self) -> Iterator[Operation]:
        """Both coordinates of each circle, the elapsed days, the indicator; the codes of the parts."""
        for circle in self.circles:
            for wave in WAVES:
                yield OnCircle(circle, wave)
        if self.elapsed:
            yield OnScale(self.elapsed, DAY, ELAPSED)
        if self.indicator:
            yield IsMissing()
        for part, values in self.parts:
            yield CodeOfPart(values, part)

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
            times = CalendarTimes.of(known[now])
            for days in to_scale:
                np.divide(known[now], DAY, out=days[now])
            for wave, values in zip(self._waves, numbers, strict=True):
                values[now] = times.value(wave)
            for (part, code_of), coded in zip(self._codes_of.items(), codes, strict=True):
                coded[now] = code_of.take(times.value(part))
        if some:
            for ready in (*numbers, *codes):
                ready[missing] = 0
            for days in to_scale:
                days[missing] = np.nan
        return Encoded(to_scale, [*numbers, *([missing] if self.indicator else [])], codes)

    def encode_value(self, value: Any, markers: MissingMarkers) -> Encoded:
        """A single row."""
        seconds = seconds_in(value, self.form, markers)
        missing = seconds == NOT_A_TIME
        indicator = [float(missing)] if self.indicator else []
        if missing:
            to_scale = [nan] if self.elapsed else []
            return Encoded(to_scale, [*[0.0] * len(self._waves), *indicator], [0] * len(self.parts))
        numbers = [calendar_value(wave, seconds) for wave in self._waves]
        codes = [int(code_of[calendar_value(part, seconds)]) for part, code_of in self._codes_of.items()]
        return Encoded([seconds / DAY] if self.elapsed else [], [*numbers, *indicator], codes)

    def first(self, column: pa.Array, where: str) -> int | None:
        """The first time, in seconds since 1970."""
        seconds = int(as_times(column, self.form, where).view(np.int64)[0])
        return None if seconds == NOT_A_TIME else seconds

    def raw(self, column: pa.Array, where: str) -> str | None:
        """The first time to the minute."""
        seconds = self.first(column, where)
        if seconds is None:
            return None
        return str(np.datetime64(seconds, "s").astype("datetime64[m]")).replace("T", " ")

    def alternatives(self, value: int, column: Column) -> Iterator[Alternative]:
        """Other hours of the same day (size: hours over 12) and other days (size 1), where the encoding sees them.

        Days are those of the next and the last week, and the same weekday up to a year away, within the range of the
        training rows.
        """
        time = self.arrow_value(value)
        parts = {part for part, _ in self.parts} | set(self.circles)
        if parts & {"hour", "time of day"}:
            for hour in sorted(set(range(24)) - {time.hour}, key=lambda hour: abs(hour - time.hour)):
                yield _seconds(time.replace(hour=hour)), abs(hour - time.hour) / 12
        if parts & {"weekday", "month", "day of year"} or self.elapsed:
            low, high = (getattr(column.facts, end, None) for end in ("low", "high"))
            for days in sorted({*range(-7, 8), *range(-364, 365, 28)} - {0}, key=abs):
                other = time + timedelta(days=days)
                if low is None or high is None or date.fromisoformat(low) <= other.date() <= date.fromisoformat(high):
                    yield _seconds(other), 1.0

    def arrow_value(self, value: int) -> datetime:
        """Seconds since 1970 as a time."""
        time: datetime = np.datetime64(value, "s").item()
        return time

    def written(self, value: int) -> str:
        """Seconds since 1970 in the column's form."""
        time = self.arrow_value(value)
        if self.form != ISO:
            return time.strftime(self.form)
        return str(time) if time.second else f"{time:%Y-%m-%d %H:%M}"

    def check(self) -> None:
        """Forms, circles and parts are known ones, each once."""
        form, circles, parts = self.form, self.circles, dict(self.parts)
        require(form in (ISO, *PATTERNS), "form", f"must be {ISO!r} or a pattern that is known", form)
        require(distinct(circles) and {*circles} <= {*CIRCLES}, "circles", f"must be of {[*CIRCLES]}", circles)
        once = len(parts) == len(self.parts) and all(map(distinct, parts.values()))
        require(once and parts.keys() <= PARTS.keys(), "parts", f"must be of {[*PARTS]}, each once", self.parts)
        known = {str(number) for number in range(LARGEST_PART + 1)}
        require({*chain(*parts.values())} <= known, "parts", f"must have numbers from 0 to {LARGEST_PART}", self.parts)

    @cached_property
    def _waves(self) -> tuple[str, ...]:
        return tuple(f"{circle} {wave}" for circle in self.circles for wave in WAVES)

    @cached_property
    def _codes_of(self) -> dict[str, Codes]:
        """For each part: the code of each number that it may be."""
        return {part: np.array(CodeOfPart(values, part).codes, np.int32) for part, values in self.parts}


class DateTimeFit(IncrementalFit):
    """Statistics of the training rows in every form that fits all rows so far, or in the one that the user gave."""

    def __init__(self, kind: Kind, form: str = "") -> None:
        super().__init__(kind, form)
        self._missing = 0
        self._fits: dict[str, tuple[TimeStatistics, Quantiles]] = {}

    def add(self, column: pa.Array, training: TrainingMask, profile: ColumnProfile, where: str) -> None:
        """As long as every value was missing, no form is known."""
        if profile.dates is None:
            self._missing += int(training.sum())
            return
        forms = [self.form] if self.form else [*profile.dates]
        if not forms:
            # What is no date, at least not in the form that fitted so far, is reported with its row.
            as_times(column, next(iter(self._fits), ISO), where)
        new = {form: (TimeStatistics(form, self._missing), Quantiles()) for form in forms if form not in self._fits}
        self._fits = {form: self._fits.get(form) or new[form] for form in forms}
        for statistics, quantiles in self._fits.values():
            quantiles.add(statistics.add(column, where, training))

    def encoding(self, column: Column, options: FitOptions) -> DateTimeEncoding:
        """The encoding in the column's form."""
        statistics, quantiles = self._fits[column.form]
        return DateTimeEncoding.of(column.name, statistics, at_shares(quantiles), options.future)

    def quantiles(self, column: Column) -> Quantiles:
        """Of the days since 1970."""
        return self._fits[column.form][1]


class DateTime(Kind):
    """Stored times, or text in which every value is a date of one form."""

    name = "date-time"
    encoding = DateTimeEncoding
    incremental = DateTimeFit
    ordered = True
    forms = PATTERNS

    def recognize(self, profile: ColumnProfile) -> Role | None:
        """Times, or dates that can be read in one form only."""
        if profile.times:
            return Role(self.name, self.describe(profile, ISO), ISO)
        if not profile.is_text or len(profile.dates or ()) != 1:
            return None
        form = next(iter(profile.dates or ()))
        return Role(self.name, f"{self.describe(profile, form)}, written as {form}", form)

    def describe(self, profile: ColumnProfile, form: str) -> str:
        """The range."""
        days = _days(profile, form)
        return f"dates from {days[0]} to {days[1]}" if days else "dates"

    def form(self, profile: ColumnProfile, form: str) -> str:
        """The form of the user, or the only one that fits."""
        return form or next(iter(profile.dates or ()), ISO)

    def summary(self, profile: ColumnProfile, form: str) -> ColumnSummary:
        """With the first and the last day."""
        low, high = _days(profile, form) or (None, None)
        return replace(super().summary(profile, form), low=low, high=high)

    def problem(self, column: pa.ChunkedArray, profile: ColumnProfile, name: str, form: str) -> Problem | None:
        """Dates that can be read in two forms need a form from the user."""
        if not form and len(profile.dates or ()) > 1:
            forms = list(profile.dates or ())
            ways = " or ".join(f"--role '{name}={self.name} {form}'" for form in forms)
            return Problem(f"its dates may be written as {' or '.join(forms)}", f"Give the form: {ways}.")
        return super().problem(column, profile, name, self.form(profile, form))

    def check(self, column: pa.ChunkedArray, form: str) -> None:
        """Refuse what is no date of this form."""
        as_times(column, form, "")

    def fit(self, values: pa.Array, column: Column, where: str, options: FitOptions) -> DateTimeEncoding:
        """Circles, parts and elapsed days that vary in the training rows.

        Examples
        --------
        >>> days = pa.array(np.arange("2013-01-01", "2013-03-02", dtype="datetime64[D]").astype("datetime64[s]"))
        >>> column = Column("day", "date-time", "", ISO)
        >>> DateTime().fit(days, column, "table, column 'day'", FitOptions()).numbers
        ('day day of year sin', 'day day of year cos', 'day elapsed days')
        >>> DateTime().fit(days, column, "table, column 'day'", FitOptions(future=True)).numbers
        ()
        """
        statistics = TimeStatistics(column.form)
        elapsed = quantiles_of(statistics.add(values, where))
        return DateTimeEncoding.of(column.name, statistics, elapsed, options.future)

    @staticmethod
    def may_hold(arrow_type: pa.DataType) -> bool:
        """Stored times and text."""
        return bool(pa.types.is_timestamp(arrow_type) or pa.types.is_dictionary(arrow_type))

    def order(self, values: pa.Array, form: str, where: str) -> NDArray[np.float64]:
        """Days since 1970."""
        times = as_times(values, form, where)
        return np.where(np.isnat(times), np.nan, times.astype(np.int64) / DAY)


def calendar_of(times: NDArray[np.datetime64]) -> dict[str, NDArray[Any]]:
    """Circles as a share of their round, parts as whole numbers, and the elapsed days."""
    seconds = times.astype(np.int64)
    calendar = CalendarTimes.of(seconds)
    return {**{what: calendar.value(what) for what in (*CIRCLES, *PARTS)}, ELAPSED: seconds / DAY}


def _days(profile: ColumnProfile, form: str) -> list[str]:
    """The first and the last day; empty where not every value is a date in this form."""
    span = (profile.dates or {}).get(form, ())
    return [str(np.datetime64(int(seconds), "s").astype("datetime64[D]")) for seconds in span]


def _seconds(time: datetime) -> int:
    return int(np.datetime64(time, "s").astype(np.int64))
