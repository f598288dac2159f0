"""The encoding of dates and times: circles, calendar categories, elapsed days; and the statistics it is fitted to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC as UTC_ZONE
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import chain
from math import nan
from typing import Any, ClassVar, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wade.tables.columns.calendar import CIRCLES, DAY, HOUR, LARGEST_PART, PARTS, WAVES, CalendarTimes, calendar_value
from wade.tables.columns.date_forms import CLOCK, ISO, check_form, has_date
from wade.tables.columns.from_json import distinct, require
from wade.tables.columns.scalars import MissingMarkers, seconds_in
from wade.tables.columns.times import as_times
from wade.tables.columns.zones import NOT_A_TIME, is_zone, utc_second
from wade.tables.kinds.base import (
    Alternative,
    Encoded,
    Encoding,
    TrainingMask,
)
from wade.tables.kinds.coded import most_frequent
from wade.tables.kinds.column import Column, minimum_count
from wade.tables.kinds.operations import CodeOfPart, IsMissing, OnCircle, OnScale, Operation, Source, TimeSource
from wade.tables.kinds.scales import Scale
from wade.types import Codes, Rows

TWO_YEARS: Final = 2 * 365
ROWS_AT_ONCE: Final = 1 << 13
"""What is computed for this number of rows stays in the cache."""
SEASONAL: Final = frozenset({"day of year", "month"})
ELAPSED: Final = "elapsed days"


class TimeStatistics:
    """What fitting needs of the training rows of a column of times in one form, by the clock of one zone."""

    def __init__(self, form: str, zone: str | None, missing: int = 0) -> None:
        self.form, self.zone, self.rows, self.missing = form, zone, missing, missing
        self.spans: dict[str, tuple[float, float]] = {}  # of each part of the calendar (see `calendar_of`)
        self.counts: dict[str, Rows] = {part: np.zeros(LARGEST_PART + 1, np.int64) for part in PARTS}

    def add(self, column: pa.Array, where: str, training: TrainingMask | None = None) -> NDArray[np.float64]:
        """A batch of times, or of texts in this form; the elapsed days of those that are not missing."""
        times = as_times(column, self.form, where, self.zone)
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
    why_no_alternatives: ClassVar = "neither the day nor the hour varied in training"

    form: str  # how text is written (see `columns/date_forms.py`)
    circles: tuple[str, ...]  # which of `CIRCLES` are used, each as sine and cosine
    parts: tuple[tuple[str, tuple[str, ...]], ...]  # which of `PARTS`, with their training values
    elapsed: Scale | None  # of the days since 1970-01-01
    indicator: bool  # whether training rows had missing values
    zone: str | None = None  # the zone of training times, `NO_ZONE` of times without one; None of older models

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
        return cls(name, statistics.form, circles, parts, scale, statistics.missing > 0, statistics.zone)

    @property
    def source(self) -> Source:
        """Times in the column's form and zone."""
        return TimeSource(self.form, self.zone)

    @property
    def arrow_type(self) -> pa.DataType:
        """Times of the column's zone, or times of day."""
        return pa.time32("s") if self.form == CLOCK else pa.timestamp("s", self.zone or None)

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
        seconds = as_times(column, self.form, where, self.zone).view(np.int64)
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
        seconds = seconds_in(value, self.form, markers, self.zone)
        missing = seconds == NOT_A_TIME
        indicator = [float(missing)] if self.indicator else []
        if missing:
            to_scale = [nan] if self.elapsed else []
            return Encoded(to_scale, [*[0.0] * len(self._waves), *indicator], [0] * len(self.parts))
        numbers = [calendar_value(wave, seconds) for wave in self._waves]
        codes = [int(code_of[calendar_value(part, seconds)]) for part, code_of in self._codes_of.items()]
        return Encoded([seconds / DAY] if self.elapsed else [], [*numbers, *indicator], codes)

    def first(self, column: pa.Array, where: str) -> int | None:
        """The first time by the clock of the zone, in seconds since 1970."""
        seconds = int(as_times(column, self.form, where, self.zone).view(np.int64)[0])
        return None if seconds == NOT_A_TIME else seconds

    def raw(self, column: pa.Array, where: str) -> str | None:
        """The first time to the minute."""
        seconds = self.first(column, where)
        if seconds is None:
            return None
        shown = str(np.datetime64(seconds, "s").astype("datetime64[m]")).replace("T", " ")
        return shown if has_date(self.form) else shown.partition(" ")[2]

    @property
    def typical(self) -> str | None:
        """The median day, as it is written; None where the encoding does not see which day it is."""
        if self.elapsed is None:
            return None
        with_clock = self.form in (ISO, CLOCK) or "%H" in self.form or "%I" in self.form
        return _time(int(self.elapsed.median // 1) * DAY).strftime("%Y-%m-%d" if with_clock else self.form)

    def alternatives(self, value: int, column: Column) -> Iterator[Alternative]:
        """Other hours of the same day (size: hours over 12) and other days (size 1), where the encoding sees them.

        Days are those of the next and the last week, and the same weekday up to a year away, within the range of the
        training rows: counted from the day, or from the end of the range that lies nearest to a day outside of it.
        """
        moment = _time(value)
        parts = {part for part, _ in self.parts} | set(self.circles)
        if parts & {"hour", "time of day"}:
            for hour in sorted(set(range(24)) - {moment.hour}, key=lambda hour: abs(hour - moment.hour)):
                if self._exists(_seconds(moment.replace(hour=hour))):
                    yield _seconds(moment.replace(hour=hour)), abs(hour - moment.hour) / 12
        if has_date(self.form) and (parts & {"weekday", "month", "day of year"} or self.elapsed):
            low, high = (getattr(column.facts, end, None) for end in ("low", "high"))
            nearest = moment
            if isinstance(low, str) and isinstance(high, str):
                day = min(max(str(moment.date()), low), high)
                nearest = datetime.combine(date.fromisoformat(day), moment.time())
            for days in sorted({*range(-7, 8), *range(-364, 365, 28)}, key=abs):
                other = nearest + timedelta(days=days)
                inside = low is None or high is None or low <= str(other.date()) <= high
                if inside and other != moment and self._exists(_seconds(other)):
                    yield _seconds(other), 1.0

    def arrow_value(self, value: int) -> datetime | time:
        """Seconds since 1970 by the clock of the zone as a time, with its zone where there is one."""
        if self.form == CLOCK:
            return _time(value).time()
        if not self.zone:
            return _time(value)
        return _time(self._instant(value)).replace(tzinfo=UTC_ZONE)

    def existing(self, value: int) -> int:
        """Seconds since 1970 by the clock of the zone; an hour later where the clock skips them."""
        return value if self._exists(value) else value + HOUR

    def written(self, value: int) -> str:
        """Seconds since 1970 in the column's form, with the offset from UTC where there is a zone."""
        moment = _time(value)
        day = moment.strftime("%Y-%m-%d" if self.form == ISO else "" if self.form == CLOCK else self.form)
        if "%H" in self.form or "%I" in self.form:
            return day
        clock = f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"
        if self.form not in (ISO, CLOCK) and not (moment.hour or moment.minute or moment.second):
            return day
        ahead = f"{_offset(value - self._instant(value))}" if self.zone else ""
        return f"{day} {clock}{ahead}".strip()

    def check(self) -> None:
        """Forms, zones, circles and parts are known ones, each once."""
        circles, parts = self.circles, dict(self.parts)
        check_form(self.form)
        require(not self.zone or is_zone(self.zone), "zone", "must be written like Europe/Berlin or +01:00", self.zone)
        require(distinct(circles) and {*circles} <= {*CIRCLES}, "circles", f"must be of {[*CIRCLES]}", circles)
        once = len(parts) == len(self.parts) and all(map(distinct, parts.values()))
        require(once and parts.keys() <= PARTS.keys(), "parts", f"must be of {[*PARTS]}, each once", self.parts)
        known = {str(number) for number in range(LARGEST_PART + 1)}
        require({*chain(*parts.values())} <= known, "parts", f"must have numbers from 0 to {LARGEST_PART}", self.parts)

    def _instant(self, value: int) -> int:
        found = utc_second(value, self.zone) if self.zone else value
        assert found is not None
        return found

    def _exists(self, value: int) -> bool:
        """Whether the clock of the zone ever shows this."""
        return not self.zone or utc_second(value, self.zone) is not None

    @cached_property
    def _waves(self) -> tuple[str, ...]:
        return tuple(f"{circle} {wave}" for circle in self.circles for wave in WAVES)

    @cached_property
    def _codes_of(self) -> dict[str, Codes]:
        """For each part: the code of each number that it may be."""
        return {part: np.array(CodeOfPart(values, part).codes, np.int32) for part, values in self.parts}


def calendar_of(times: NDArray[np.datetime64]) -> dict[str, NDArray[Any]]:
    """Circles as a share of their round, parts as whole numbers, and the elapsed days."""
    seconds = times.astype(np.int64)
    calendar = CalendarTimes.of(seconds)
    return {**{what: calendar.value(what) for what in (*CIRCLES, *PARTS)}, ELAPSED: seconds / DAY}


def _time(seconds: int) -> datetime:
    moment: datetime = np.datetime64(seconds, "s").item()
    return moment


def _offset(seconds: int) -> str:
    minutes = abs(seconds) // 60
    return f"{'-' if seconds < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}"


def _seconds(moment: datetime) -> int:
    return int(np.datetime64(moment, "s").astype(np.int64))
