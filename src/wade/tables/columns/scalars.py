"""One value as a number, as text or as a time, without a column around it.

A single row must be answered in microseconds, and a column of one costs more than that before anything is looked at.
Here are the values that people send (numbers, text, true and false, dates, nothing), each as `cleaning` and `columns`
would make it of a column of one. Whatever else comes is `Unusual`, wrong or not: then such a column is made after all,
which has all rules and every message.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import MAXYEAR, date, datetime
from functools import cache
from math import isinf, nan
from typing import Any, Final, NamedTuple, NoReturn

import numpy as np

from wade.tables.columns.cleaning import MISSING_MARKERS, NUMBER
from wade.tables.columns.date_forms import CLOCK, COMPACT, is_no_date, moment_in
from wade.tables.columns.number_forms import form_of
from wade.tables.columns.views import in_short, written_boolean
from wade.tables.columns.zones import NO_ZONE, NOT_A_TIME, local_second

EXACT: Final = 1 << 53
DAY: Final = 86_400
FIRST_DAY: Final = date(1970, 1, 1).toordinal()
PRECISE: Final = ("s", "ms", "us", "ns")
_OF_PYTHON: Final = frozenset((float, int, bool, str, type(None)))
_OF_NUMPY: Final = (np.floating, np.integer, np.bool_)
_NUMBER: Final = re.compile(NUMBER, re.ASCII)


class Unusual(Exception):
    """Only a column can decide what this value is, or what is wrong with it."""


class MissingMarkers(NamedTuple):
    """What stands for a missing value: as text, and as a number."""

    texts: frozenset[str]
    numbers: frozenset[float]

    @classmethod
    def of(cls, markers: Iterable[str]) -> MissingMarkers:
        """The usual markers, and these.

        Examples
        --------
        >>> markers = MissingMarkers.of(["-999", "gone"])
        >>> sorted(markers.texts & {"-999", "gone", "NA"}), sorted(markers.numbers)
        (['-999', 'NA', 'gone'], [-999.0])
        """
        markers = tuple(markers)
        return cls(
            frozenset((*MISSING_MARKERS, *markers)), frozenset(float(m) for m in markers if _NUMBER.fullmatch(m))
        )

    def without(self, kept: tuple[str, ...]) -> MissingMarkers:
        """The same but for texts that are values in some column."""
        return _without(self, kept)


@cache
def _without(markers: MissingMarkers, kept: tuple[str, ...]) -> MissingMarkers:
    return MissingMarkers(markers.texts - {*kept}, markers.numbers)


def number_in(value: Any, markers: MissingMarkers, form: str = "") -> float:
    """A value of a number's column, whose texts are written in this form: NaN where it is missing.

    Examples
    --------
    >>> number_in(" 4.5", MissingMarkers.of([])), number_in("NA", MissingMarkers.of([]))
    (4.5, nan)
    >>> number_in("$1,200", MissingMarkers.of([]), "1,234.56 $")
    1200.0
    """
    value = _plain(value)
    type_of_value = type(value)
    if type_of_value is float:
        number = value
    elif type_of_value is int:
        number = float(value) if -EXACT < value < EXACT else _unusual()
    elif value is None:
        return nan
    elif type_of_value is bool:
        return float(value)
    else:
        text = _tidy_text(value, markers)
        if text is None:
            return nan
        if form:
            found = form_of(form).number(text)
            number = _unusual() if found is None else found
        else:
            number = float(text) if _NUMBER.fullmatch(text) else _unusual()
    if isinf(number):
        _unusual()
    return nan if number in markers.numbers else number


def text_in(value: Any, markers: MissingMarkers) -> str | None:
    """A value of a category's column: None where it is missing.

    Examples
    --------
    >>> markers = MissingMarkers.of([])
    >>> text_in(" JFK", markers), text_in(12.0, markers), text_in(None, markers)
    ('JFK', '12', None)
    """
    value = _plain(value)
    type_of_value = type(value)
    if type_of_value is str:
        return _tidy_text(value, markers)
    if value is None:
        return None
    if type_of_value is int or type_of_value is float:
        if value != value or value in markers.numbers:
            return None
        # Among larger numbers, neighbours may share a double.
        return in_short(value) if -EXACT < value < EXACT else _unusual()
    return in_short(value) if type_of_value is bool else _unusual()


def boolean_in(value: Any, markers: MissingMarkers) -> str | None:
    """A value of a boolean's column: "true", "false", or None where it is missing.

    Examples
    --------
    >>> markers = MissingMarkers.of([])
    >>> boolean_in(1, markers), boolean_in("False", markers), boolean_in("", markers)
    ('true', 'false', None)
    """
    text = text_in(value, markers)
    return None if text is None else written_boolean(text) or _unusual()


def seconds_in(value: Any, form: str, markers: MissingMarkers, zone: str | None = NO_ZONE) -> int:
    """A value of a date-time's column as seconds since 1970 by the clock of its zone; `NOT_A_TIME` where missing.

    Examples
    --------
    >>> markers = MissingMarkers.of([])
    >>> from wade.tables.columns.date_forms import ISO
    >>> seconds_in("1970-01-02 00:01", ISO, markers), seconds_in("2/1/1970", "%d/%m/%Y", markers)
    (86460, 86400)
    >>> seconds_in("1970-01-01T00:00Z", ISO, markers, "+01:00")
    3600
    """
    value = _plain(value)
    if type(value) is str:
        text = _tidy_text(value, markers)
        return NOT_A_TIME if text is None else _seconds_of_text(text, form, zone)
    if value is None:
        return NOT_A_TIME
    if form == CLOCK:
        _unusual()
    if type(value) is date:
        return (value.toordinal() - FIRST_DAY) * DAY if not zone else _unusual()
    if isinstance(value, np.datetime64) and (np.isnat(value) or np.datetime_data(value)[0] in PRECISE):
        seconds = int(value.astype("datetime64[s]").astype(np.int64))
        return seconds if not zone or seconds == NOT_A_TIME else _unusual()
    if not isinstance(value, datetime) or value != value:
        return _compact(value, form, markers, zone)
    if value.year > MAXYEAR:
        _unusual()
    # Not by a difference: that of two times of pandas takes ten times as long.
    seconds = (value.toordinal() - FIRST_DAY) * DAY + value.hour * 3600 + value.minute * 60 + value.second
    ahead = None if value.tzinfo is None else value.utcoffset()
    if ahead is None or zone is None:
        return seconds if not zone else _unusual()
    return local_second(seconds - ahead.days * DAY - ahead.seconds, zone) if zone else _unusual()


def _seconds_of_text(text: str, form: str, zone: str | None) -> int:
    moment = moment_in(text, form)
    if moment is None:
        # A column of texts that are numbers becomes one of numbers.
        return NOT_A_TIME if is_no_date(text) and not _NUMBER.fullmatch(text) else _unusual()
    seconds, ahead = moment
    if ahead is None:
        return seconds if not zone or form == CLOCK else _unusual()
    if zone == NO_ZONE:
        _unusual()
    return local_second(seconds - ahead, zone) if zone else seconds - ahead


def _compact(value: Any, form: str, markers: MissingMarkers, zone: str | None) -> int:
    """A whole number such as 20240131."""
    if form != COMPACT or zone or type(value) not in (int, float) or not 1e6 <= value < 1e8 or value % 1:
        _unusual()
    if value in markers.numbers:
        return NOT_A_TIME
    moment = moment_in(f"{int(value):08}", COMPACT)
    return _unusual() if moment is None else moment.seconds


def _plain(value: Any) -> Any:
    """NumPy's numbers and booleans as Python's."""
    return value if type(value) in _OF_PYTHON or not isinstance(value, _OF_NUMPY) else value.item()


def _tidy_text(value: Any, markers: MissingMarkers) -> str | None:
    if type(value) is not str:
        _unusual()
    text = value.strip(" ")
    if text in markers.texts:
        return None
    # Every other space that Arrow trims is none that Python prints.
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        _unusual()
    return text if (text[0] + text[-1]).isprintable() else _unusual()


def _unusual() -> NoReturn:
    raise Unusual
