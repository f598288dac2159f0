"""Time zones: from instants to the clock of a place and back, by one table of transitions for each zone.

A zone is "UTC", a fixed offset such as "+02:00", or a name of the IANA database such as "Europe/Berlin"; the empty text
is the zone of times that were written without one: a clock at a place that nobody named. The transitions of a named
zone come from `zoneinfo` (the system's database, or the package tzdata); they are written into exported programs, so a
program needs no database and agrees to the second.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from datetime import UTC as UTC_ZONE
from datetime import datetime
from functools import cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from wade.errors import ColumnError
from wade.types import Rows

UTC: Final = "UTC"
NO_ZONE: Final = ""
FIXED: Final = re.compile(r"([+-])(\d{2}):?(\d{2})")
NAMED: Final = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{1,31}(/[A-Za-z0-9_+-]{1,31}){0,3}")
ALIASES: Final = frozenset({"Z", "UTC", "GMT", "ETC/UTC", "ETC/GMT", "ZULU", "ETC/ZULU", "+00:00", "-00:00"})
FIRST_YEAR, LAST_YEAR = 1900, 2100
"""Transitions are known in these years; before and after them the offset stays what it is there."""
STEP: Final = 5 * 86_400
"""No clock was changed and changed back within five days."""
NOT_A_TIME: Final = int(np.datetime64("NaT").astype(np.int64))


class ZoneTable(NamedTuple):
    """From each of `starts` (seconds since 1970 in UTC, rising) on, the clock is ahead of UTC by its offset (seconds).

    The first offset holds before the first start too.
    """

    starts: Rows
    offsets: Rows


def canonical(zone: str) -> str:
    """The name under which a zone is kept.

    Examples
    --------
    >>> canonical("z"), canonical("+0230"), canonical("Europe/Berlin")
    ('UTC', '+02:30', 'Europe/Berlin')
    """
    if zone.upper() in ALIASES:
        return UTC
    fixed = FIXED.fullmatch(zone)
    return f"{fixed[1]}{fixed[2]}:{fixed[3]}" if fixed else zone


def is_zone(zone: str) -> bool:
    """Whether this is written like a zone, known here or not.

    Examples
    --------
    >>> is_zone("Europe/Berlin"), is_zone("-05:00"), is_zone("../zone"), is_zone("%d/%m/%Y")
    (True, True, False, False)
    """
    fixed = FIXED.fullmatch(zone)
    return int(fixed[2]) < 24 and int(fixed[3]) < 60 if fixed else bool(NAMED.fullmatch(zone))


def offset_zone(seconds: int) -> str:
    """The zone of a fixed offset.

    Examples
    --------
    >>> offset_zone(-12600), offset_zone(0)
    ('-03:30', 'UTC')
    """
    minutes = abs(seconds) // 60
    return f"{'-' if seconds < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}" if seconds else UTC


@cache
def zone_table(zone: str) -> ZoneTable:
    """The transitions of a zone; ColumnError where it is not known on this machine.

    Examples
    --------
    >>> berlin = zone_table("Europe/Berlin")
    >>> int(berlin.offsets[np.searchsorted(berlin.starts, 1_720_000_000, "right") - 1])
    7200
    """
    zone = canonical(zone)
    fixed = FIXED.fullmatch(zone) if is_zone(zone) else None
    if zone == UTC or fixed:
        ahead = 0
        if fixed:
            ahead = int(f"{fixed[1]}1") * (int(fixed[2]) * 3600 + int(fixed[3]) * 60)
        return ZoneTable(np.zeros(1, np.int64), np.array([ahead], np.int64))
    place = _place(zone)
    low, last = (_seconds_of_year(year) for year in (FIRST_YEAR, LAST_YEAR))
    starts, offsets = [low], [_ahead(place, low)]
    while low < last:
        high = min(low + STEP, last)
        if _ahead(place, high) != offsets[-1]:
            starts.append(_transition(place, low, high))
            offsets.append(_ahead(place, high))
        low = high
    return ZoneTable(np.array(starts, np.int64), np.array(offsets, np.int64))


def to_local(seconds: Rows, zone: str) -> Rows:
    """Seconds since 1970 in UTC → by the clock of the zone; `NOT_A_TIME` stays.

    Examples
    --------
    >>> to_local(np.array([0, 15_552_000]), "Europe/Berlin") - np.array([0, 15_552_000])
    array([3600, 3600])
    """
    starts, offsets = zone_table(zone)
    if len(starts) == 1:
        ahead: int | Rows = int(offsets[0])
    else:
        ahead = offsets.take(np.searchsorted(starts, seconds, "right") - 1, mode="clip")
    return np.where(seconds == NOT_A_TIME, NOT_A_TIME, seconds + ahead)


def local_second(seconds: int, zone: str) -> int:
    """The same for one instant."""
    starts, offsets = _lists(zone)
    return seconds + offsets[max(0, bisect_right(starts, seconds) - 1)]


def utc_second(local: int, zone: str) -> int | None:
    """The instant at which the clock of the zone shows this, the first of two; None where it never does.

    Examples
    --------
    >>> utc_second(3600, "+01:00"), utc_second(1_711_852_200, "Europe/Berlin")  # 2024-03-31 02:30
    (0, None)
    """
    _, offsets = _lists(zone)
    instants = sorted({local - ahead for ahead in set(offsets)})
    return next((instant for instant in instants if local_second(instant, zone) == local), None)


@cache
def _lists(zone: str) -> tuple[list[int], list[int]]:
    starts, offsets = zone_table(zone)
    return starts.tolist(), offsets.tolist()


def _place(zone: str) -> ZoneInfo:
    try:
        if not is_zone(zone):
            raise ZoneInfoNotFoundError(zone)
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        remedy = "Check its name (such as Europe/Berlin); if it is right, install the database: pip install tzdata."
        raise ColumnError("time zone", f"{zone!r} is not known on this machine", remedy) from error


def _ahead(place: ZoneInfo, at: int) -> int:
    """How far the clock of a place is ahead of UTC, in seconds."""
    ahead = datetime.fromtimestamp(at, place).utcoffset()
    return 0 if ahead is None else round(ahead.total_seconds())


def _transition(place: ZoneInfo, low: int, high: int) -> int:
    """The first second between the two at which the offset is no longer that of `low`."""
    before = _ahead(place, low)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _ahead(place, middle) == before else (low, middle)
    return high


def _seconds_of_year(year: int) -> int:
    return round(datetime(year, 1, 1, tzinfo=UTC_ZONE).timestamp())
