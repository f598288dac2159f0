"""The parts of a time: its share of the day and of the year, and its hour, weekday and month.

A table has far fewer different days, and seconds of a day, than rows. Values are computed once for each second
of a day and each day of a century, and looked up from then on; beyond that century they are computed when needed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final, NamedTuple

import numpy as np

from wade.types import Array, Rows

DAY: Final = 86_400
HOUR: Final = 3600
DAYS_PER_YEAR: Final = 365.25
DAYS_KNOWN: Final = 36_525  # from 1970 to 2069
LARGEST_PART: Final = 23
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class _Rule(NamedTuple):
    """How something is worked out, and whether of the second of the day or of the days since 1970."""

    by_clock: bool
    rule: Callable[[Rows], Array]


class CalendarTimes(NamedTuple):
    """Days since 1970 and seconds of the day."""

    days: Rows
    clock: Rows

    @classmethod
    def of(cls, seconds: Rows) -> CalendarTimes:
        """From seconds since 1970, (n,)."""
        days = seconds // DAY
        return cls(days, seconds - days * DAY)

    def value(self, what: str) -> Array:
        """One of `CIRCLES` (a share of the round, 0 to 1), `PARTS` (a whole number), or a wave like "time of day sin".

        Examples
        --------
        >>> afternoon = CalendarTimes.of(np.array([15 * HOUR]))
        >>> afternoon.value("hour"), afternoon.value("weekday"), afternoon.value("time of day sin").round(3)
        (array([15]), array([3]), array([-0.707], dtype=float32))
        """
        by_clock, rule = _RULES[what]
        if by_clock:
            return _known(what).take(self.clock)
        within = not len(self.days) or (self.days.min() >= 0 and self.days.max() < DAYS_KNOWN)
        return _known(what).take(self.days) if within else rule(self.days)


def calendar_value(what: str, seconds: int) -> Any:
    """A part of a single time.

    Examples
    --------
    >>> int(calendar_value("month", 40 * DAY))
    2
    """
    day, clock = divmod(seconds, DAY)
    by_clock, rule = _RULES[what]
    if by_clock:
        return _known(what)[clock]
    return _known(what)[day] if 0 <= day < DAYS_KNOWN else rule(np.array([day]))[0]


def part_label(part: str, value: str) -> str:
    """What a value of a part is called.

    Examples
    --------
    >>> part_label("weekday", "0"), part_label("hour", "17")
    ('Monday', 'hour 17')
    """
    return WEEKDAYS[int(value)] if part == "weekday" else f"{part} {value}"


@cache
def _known(what: str) -> Array:
    by_clock, rule = _RULES[what]
    return rule(np.arange(DAY if by_clock else DAYS_KNOWN))


def _day_of_year(days: Rows) -> Rows:
    dates = days.astype("datetime64[D]")
    return days - dates.astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)


def _month(days: Rows) -> Rows:
    months: Rows = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return months % 12 + 1


def _wave(wave: Callable[[Array], Array], circle: _Rule) -> _Rule:
    return _Rule(circle.by_clock, lambda values: wave(2 * np.pi * circle.rule(values)).astype(np.float32))


CIRCLES: Final = {
    "time of day": _Rule(True, lambda clock: clock / DAY),
    "day of year": _Rule(False, lambda days: _day_of_year(days) / DAYS_PER_YEAR),
}
PARTS: Final = {
    "hour": _Rule(True, lambda clock: clock // HOUR),
    # 1970-01-01 was a Thursday; Monday is 0.
    "weekday": _Rule(False, lambda days: (days + 3) % 7),
    "month": _Rule(False, _month),
}
WAVES: Final = {"sin": np.sin, "cos": np.cos}
_RULES: Final = {
    **CIRCLES,
    **PARTS,
    **{f"{circle} {wave}": _wave(WAVES[wave], CIRCLES[circle]) for circle in CIRCLES for wave in WAVES},
}
