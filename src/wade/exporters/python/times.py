"""How exported Python programs read times: each function is written out as it stands here.

`read_moment` and `is_no_date` are wade's own, with their source. `NO_DATE` is a constant of the program.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wade.exporters.literals import python, wrapped
from wade.exporters.python.helpers import refuse, tidy, values_of
from wade.tables.columns.date_forms import COMPACT, NO_DATE, is_no_date, pattern_of, read_moment
from wade.tables.columns.zones import NO_ZONE, zone_table
from wade.tables.kinds.operations import TimeSource


def moment_of(value: Any, pattern: str) -> tuple[float, int | None] | None:
    """Seconds since 1970 by the clock as it is given, and how far that is ahead of UTC; None where it is no time."""
    if isinstance(value, str):
        if re.fullmatch(r"\d{8}\.0*", value, re.ASCII):
            value = value[:8]
        return (np.nan, None) if is_no_date(value) else read_moment(value, pattern)
    if isinstance(value, np.datetime64):
        return int(value.astype("datetime64[s]").astype(np.int64)), None
    if isinstance(value, datetime):
        offset = value.utcoffset()
        ahead = None if offset is None else round(offset.total_seconds())
        days = value.toordinal() - 719163
        return days * 86400 + value.hour * 3600 + value.minute * 60 + value.second, ahead
    if isinstance(value, date):
        return (value.toordinal() - 719163) * 86400, None
    if isinstance(value, time):
        return read_moment(f"{value:%H:%M:%S}", pattern)
    # A number such as 20240131.
    whole = isinstance(value, int | float) and value % 1 == 0
    return (np.nan, None) if value == 0 else read_moment(f"{int(value):08}", pattern) if whole else None


def times_in(rows: Any, name: str, pattern: str, zone: Any) -> NDArray[np.float64]:
    """A column of times as seconds since 1970 by the clock of a zone, NaN where one is missing.

    A text has the pattern. The zone is its transitions: seconds since 1970 in UTC, and how far the clock is ahead from
    each of them on; "" where times have no zone and are read as they are written.
    """
    seconds = []
    for value in values_of(rows, name):
        given = tidy(value)
        found = (np.nan, None) if given is None else moment_of(given, pattern)
        if found is None:
            refuse(name, f"a time of the pattern {pattern}", value)
        else:
            since, ahead = found
            if zone is None:
                since -= ahead or 0 if isinstance(given, str) else 0
            elif since == since and (ahead is None) != (zone == ""):
                refuse(name, "a time " + ("without" if zone == "" else "with") + " an offset from UTC", value)
            elif ahead is not None:
                since -= ahead
                since += zone[1][max(0, bisect_right(zone[0], since) - 1)]
            seconds.append(since)
    return np.array(seconds, np.float64)


FUNCTIONS: Final[tuple[Callable[..., Any], ...]] = (read_moment, is_no_date, moment_of, times_in)


def arguments(source: TimeSource, number: int) -> str:
    """What `times_in` takes besides rows and name, for the column with this number."""
    zone = f"ZONE_{number}" if source.zone else python(source.zone)
    return f"{python(pattern_of(source.form))}, {zone}"


def constants(sources: list[tuple[int, TimeSource]]) -> list[str]:
    """The constants of the columns with these numbers."""
    lines = [f"NO_DATE = {python(NO_DATE)}"] if sources else []
    for number, source in sources:
        if source.zone:
            starts, offsets = zone_table(source.zone)
            lines.append(f"# The clock of {source.zone}: from when on (UTC), and how far ahead.")
            written = [f"[\n{wrapped(map(python, values))}\n]" for values in (starts, offsets)]
            lines.append(f"ZONE_{number} = ({', '.join(written)})")
    return lines


def described(source: TimeSource) -> str:
    """What the column holds, in words."""
    zone = {None: "", NO_ZONE: ", without a zone"}.get(source.zone, ", with an offset from UTC or a zone")
    number = "a whole number, or " if source.form == COMPACT else ""
    return f"a date or time{zone}, {number}or text in the form {source.form}"
