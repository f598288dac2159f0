"""What exported C programs are told of times: their forms and zones; `time_text.py` reads them."""

from __future__ import annotations

import re
from typing import Final

from wade.exporters.literals import c_text, wrapped
from wade.tables.columns.date_forms import CLOCK, ISO
from wade.tables.columns.zones import NO_ZONE, zone_table
from wade.tables.kinds.operations import TimeSource

LOCAL: Final = """\
/* Seconds since 1970 in UTC as those by the clock of a zone, which is ahead by an offset from each start on. */
static int64_t local(int64_t seconds, const int64_t *starts, const int *offsets, int count)
{
    int low = 0, high = count;
    while (high - low > 1) {
        int middle = (low + high) / 2;
        if (seconds >= starts[middle])
            low = middle;
        else
            high = middle;
    }
    return seconds + offsets[low];
}"""


def c_form(form: str) -> str:
    """A form as `read_part` reads it: digits beside digits have a fixed width, and what may follow is written out.

    Examples
    --------
    >>> c_form("%d/%m/%Y"), c_form("%Y%m%d"), c_form("%I:%M %p %d-%B-%y")
    ('%d/%m/%Y%T', '%Y%1%2%T', '%H:%M %p %d-%b-%y%O')
    """
    if form == ISO:
        return "%Y-%m-%d%T"
    if form == CLOCK:
        return "%H:%M%s%P"
    parts = re.findall(r"%.|.", form)
    written = []
    for place, part in enumerate(parts):
        beside = {*parts[max(0, place - 1) : place], *parts[place + 1 : place + 2]}
        digits = bool(beside & {f"%{name}" for name in "YymdHIMS"})
        part = {"%B": "%b", "%A": "%a", "%I": "%H"}.get(part, part)
        written.append({"%m": "%1", "%d": "%2", "%H": "%3"}.get(part, part) if digits else part)
    if "%S" in written and "%f" not in written:
        written[written.index("%S")] = "%S%F"
    timed = {"%H", "%3"} & {*written}
    return "".join(written) + ("%T" if not timed else "" if "%z" in written else "%O")


def arguments(source: TimeSource) -> str:
    """What `read_time` takes between the text and the place of the value."""
    zones = -1 if source.zone is None else int(source.zone != NO_ZONE)
    return f", {c_text(c_form(source.form))}, {zones}"


def zone_data(source: TimeSource, number: int) -> str:
    """The transitions of the zone of the column with this number."""
    starts, offsets = zone_table(source.zone or "")
    listed = wrapped(f"INT64_C({start})" for start in starts)
    return (
        f"/* The clock of {re.sub(r'[^A-Za-z0-9_+/:-]', '', source.zone or '').replace('*/', '')}. */\n"
        f"static const int64_t STARTS_{number}[] = {{\n{listed}\n}};\n"
        f"static const int OFFSETS_{number}[] = {{\n{wrapped(map(str, offsets))}\n}};"
    )


def what(source: TimeSource) -> str:
    """The comment of the field."""
    clock = "in UTC" if source.zone else "by the clock as it is written"
    return f"seconds since 1970-01-01 00:00 {clock}; TIME_MISSING where it is missing"


def second_of(source: TimeSource, number: int) -> str:
    """The expression of the seconds by the clock of the zone."""
    field = f"row->column_{number}"
    if not source.zone:
        return field
    return f"local({field}, STARTS_{number}, OFFSETS_{number}, sizeof OFFSETS_{number} / sizeof OFFSETS_{number}[0])"
