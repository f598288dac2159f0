"""How a column of times is read: its form and its zone, decided from the profile of all rows, with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from wade.errors import ColumnError, InvalidArgument
from wade.tables.columns.command_options import option, role_option
from wade.tables.columns.date_forms import CLOCK, COMPACT, ISO, check_form
from wade.tables.columns.zones import NO_ZONE, UTC, canonical, is_zone, to_local, zone_table
from wade.tables.kinds.column import Problem
from wade.tables.profile.column_profile import ColumnProfile
from wade.tables.profile.occurrences import Occurrence, Span

YEAR: Final = 365.25 * 86_400
WIDER: Final = 4
LEAST_DATES: Final = 3
ZONES_SHOWN: Final = 4
FORM_REMEDY: Final = "Such as date-time %d-%b-%Y, date-time Europe/Berlin, or date-time %d/%m/%Y Europe/Berlin."
MOST_OTHERS: Final = 0.5


def split_form(text: str) -> tuple[str, str | None]:
    """What a user wrote after the role: how dates are written, and the zone; empty and None where left open.

    Examples
    --------
    >>> split_form("%d/%m/%Y Europe/Berlin"), split_form("UTC"), split_form("%H:%M")
    (('%d/%m/%Y', 'Europe/Berlin'), ('', 'UTC'), ('%H:%M', None))
    """
    if text in ("", ISO, CLOCK):
        return text, None
    form, _, last = text.rpartition(" ")
    return (form.strip(), canonical(last)) if "%" not in last and is_zone(last) else (text, None)


def form_problem(text: str) -> tuple[str, str]:
    """What is wrong with a form, a zone, or both, as a user wrote them, and the remedy; empty where nothing is.

    Examples
    --------
    >>> form_problem("%d-%b-%Y"), form_problem("%d/%Y")[0]
    (('', ''), ' (it must hold a year (%Y or %y) and a month (%m or %b), or only a time of day (%H or %I), each once)')
    """
    form, zone = split_form(text)
    try:
        if form:
            check_form(form)
        if zone:
            zone_table(zone)
    except InvalidArgument as error:
        return f" (it {error.expected})", FORM_REMEDY
    except ColumnError as error:
        return f" (the zone {error.problem})", error.remedy
    return "", ""


def possible_forms(profile: ColumnProfile) -> list[str]:
    """The forms that the column may be written in; several only where day and month can be swapped.

    Two-digit years make "19-01-02" a day of 2019 or of 2002: where the dates of one reading lie much closer together
    than those of the other, they are meant.
    """
    forms = dict(profile.dates or {})
    if profile.times:
        return [*forms][:1] or [ISO]
    width = {form: span.high - span.low for form, span in forms.items()}
    by_year: dict[bool, float] = {}
    for form, wide in width.items():
        by_year[form.startswith("%y")] = min(wide, by_year.get(form.startswith("%y"), wide))
    return [
        form
        for form in forms
        if all(
            by_year[form.startswith("%y")] <= WIDER * wide + 3 * YEAR
            for year_first, wide in by_year.items()
            if year_first != form.startswith("%y")
        )
    ]


def are_compact_dates(profile: ColumnProfile) -> bool:
    """Whether whole numbers are dates such as 20240131 of several days, which no other numbers are by chance."""
    if not (profile.numbers and not profile.texts and COMPACT in (profile.dates or ())):
        return False
    days = {int(value) % 100 for value in profile.distinct.values if value}
    return profile.distinct.count >= LEAST_DATES and len(days) > 1


def chosen_zone(profile: ColumnProfile, form: str, wanted: str | None = None) -> str:
    """The zone that times are read in: the user's, the only one of the values, UTC where offsets vary, or none."""
    zones = profile.dated.zones
    if wanted or not zones or form == CLOCK:
        return wanted or NO_ZONE
    return zones[0] if len(zones) == 1 else UTC


def days_between(profile: ColumnProfile, form: str, zone: str) -> list[str]:
    """The first and the last day by the clock of a zone, or times of day; empty where the form does not fit."""
    span: Span | None = (profile.dates or {}).get(form)
    if span is None:
        return []
    seconds = np.array(span, np.float64).astype(np.int64)
    local = (to_local(seconds, zone) if zone else seconds).astype("datetime64[s]")
    if form == CLOCK:
        return [str(time)[11:16] for time in local]
    return [str(day) for day in local.astype("datetime64[D]")]


def reason(profile: ColumnProfile, form: str, zone: str) -> str:
    """What the dates are, how they are written, and what was decided about them."""
    found = days_between(profile, form, zone)
    what = "times of day" if form == CLOCK else "dates"
    parts = [f"{what} from {found[0]} to {found[1]}" if found else what]
    if not profile.times and form != CLOCK:
        parts.append(f"written as {form}{_order(profile, form)}")
    if "%y" in form:
        parts.append("years 69 to 99 are 1969 to 1999, 00 to 68 are 2000 to 2068")
    zones = profile.dated.zones
    if zone and zones == (zone,):
        parts.append(f"in the zone {zone}")
    elif zone and zones:
        parts.append(f"with offsets {_listed(zones)}, read in the zone {zone}")
    if profile.dated.no_dates:
        parts.append(f"{profile.dated.no_dates:,} {_no_date(profile)!r} read as missing")
    return ", ".join(parts)


def find_time_problem(profile: ColumnProfile, name: str, wanted: str | None = None) -> Problem | None:
    """Times of which some have an offset and others none, or none where the user set a zone."""
    dated = profile.dated
    naive = dated.first_of_zone.get(NO_ZONE)
    if not (profile.dates and naive and (dated.zones or wanted)):
        return None
    if dated.zones:
        aware = dated.first_of_zone[dated.zones[0]]
        problem = f"{naive.value!r} has no offset from UTC, and {aware.value!r} (row {aware.row + 1}) has one"
        return Problem(problem, "Write all times of a column with an offset (+01:00, Z) or all without.", naive.row)
    problem = f"{naive.value!r} has no offset from UTC, so it cannot be converted to {wanted}"
    remedy = f"Leave out the zone ({role_option(name, 'date-time')}): the clock is then read as it is written."
    return Problem(problem, remedy, naive.row)


def find_mixed_dates(profile: ColumnProfile, name: str, way_out: str) -> Problem | None:
    """Dates of several forms in one column, or text among dates: at least half of the values are dates."""
    dated = profile.dated
    if not profile.is_text or profile.dates is None or profile.dates:
        return None
    others = profile.present - dated.rows - dated.no_dates
    if not dated.rows or others > MOST_OTHERS * profile.present:
        return None
    if others and dated.first_other is not None:
        row, value = dated.first_other
        problem = f"mixed type: {value!r} among dates ({others:,} of {profile.present:,} values are none)"
        ways = f"Correct the text, take it as missing with {option('--missing', value)}"
        return Problem(problem, f"{ways}, {_as_category(name, way_out)}", row)
    shown = [f"{first.value!r} (row {first.row + 1}: {form})" for form, first in _in_turn(dated.first_of_form)]
    problem = f"dates in several forms: {', '.join(shown)}"
    return Problem(problem, f"Write all dates in one form, {_as_category(name, way_out)}")


def time_notes(profile: ColumnProfile, name: str, zone: str) -> Iterator[str]:
    """What a user should know of a column that is read as times."""
    zones = profile.dated.zones
    if len(zones) > 1 and zone == UTC:
        yield (
            f"The times of {name!r} have several offsets from UTC ({_listed(zones)}): hours and days are those of UTC. "
            f"For those of a place, name its zone: {role_option(name, 'date-time Europe/Berlin')}."
        )
    if profile.dated.no_dates:
        count = f"{profile.dated.no_dates:,} of {profile.rows:,} {profile.part}values"
        yield f"{count} of {name!r} are no dates ({_no_date(profile)!r}) and are read as missing."


def _order(profile: ColumnProfile, form: str) -> str:
    """How the order of day and month was decided, where it can be mistaken."""
    if form.startswith("%y"):
        return " (year first: with the year last, the dates would lie much further apart)" if _others(profile) else ""
    first, second = (form.find(directive) for directive in ("%d", "%m"))
    if min(first, second) < 0 or min(first, second) > 0:
        return ""
    order = ("day before month", "month before day")
    here, other = order if first < second else order[::-1]
    return f" ({here}: read as {other}, some would be no dates)" if not _ambiguous(profile, form) else f" ({here})"


def _ambiguous(profile: ColumnProfile, form: str) -> bool:
    swapped = form.replace("%d", "%?").replace("%m", "%d").replace("%?", "%m")
    return swapped in (profile.dates or ())


def _others(profile: ColumnProfile) -> bool:
    return any(not form.startswith("%y") for form in profile.dates or ())


def _no_date(profile: ColumnProfile) -> str:
    first = profile.dated.first_no_date
    return "0" if first is None else str(first.value)


def _in_turn(firsts: Mapping[str, Occurrence]) -> list[tuple[str, Occurrence]]:
    """Each first value once, with one of its forms, in the order of rows."""
    found: dict[Occurrence, str] = {}
    for form, first in firsts.items():
        found.setdefault(first, form)
    return [(form, first) for first, form in sorted(found.items())][:3]


def _as_category(name: str, way_out: str) -> str:
    return f"take the column as a category with {option('--category', name)}, or {way_out}."


def _listed(zones: tuple[str, ...]) -> str:
    more = f" and {len(zones) - ZONES_SHOWN} more" if len(zones) > ZONES_SHOWN else ""
    return ", ".join(zones[:ZONES_SHOWN]) + more
