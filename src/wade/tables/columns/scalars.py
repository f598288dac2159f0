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
from wade.tables.columns.number_forms import form_of
from wade.tables.columns.views import ISO, ISO_PATTERN, PATTERNS, in_short, written_boolean

EXACT: Final = 1 << 53
DAY: Final = 86_400
FIRST_YEAR: Final = 1970
FIRST_DAY: Final = date(FIRST_YEAR, 1, 1).toordinal()
NOT_A_TIME: Final = int(np.datetime64("NaT").astype(np.int64))
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


def seconds_in(value: Any, form: str, markers: MissingMarkers) -> int:
    """A value of a date-time's column as seconds since 1970, `NOT_A_TIME` where it is missing.

    Examples
    --------
    >>> markers = MissingMarkers.of([])
    >>> seconds_in("1970-01-02 00:01", ISO, markers), seconds_in("2/1/1970", "%d/%m/%Y", markers)
    (86460, 86400)
    """
    value = _plain(value)
    if value is None:
        return NOT_A_TIME
    if type(value) is str:
        text = _tidy_text(value, markers)
        return NOT_A_TIME if text is None else _parsed(text, form)
    if type(value) is date:
        value = datetime(value.year, value.month, value.day)
    # Before 1970 a fraction of a second counts the other way, and a calendar's clock is not a zone's.
    if not isinstance(value, datetime) or value.tzinfo is not None or not FIRST_YEAR <= value.year <= MAXYEAR:
        _unusual()
    # Not by a difference: that of two times of pandas takes ten times as long.
    return (value.toordinal() - FIRST_DAY) * DAY + value.hour * 3600 + value.minute * 60 + value.second


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
    return text if (text[0] + text[-1]).isprintable() else _unusual()


def _parsed(text: str, form: str) -> int:
    try:
        if not _pattern(form).fullmatch(text):
            _unusual()
        time = datetime.fromisoformat(text) if form == ISO else datetime.strptime(text, form)
    except ValueError:
        _unusual()
    return seconds_in(time, form, _NO_MARKS)


@cache
def _pattern(form: str) -> re.Pattern[str]:
    return re.compile(ISO_PATTERN if form == ISO else PATTERNS[form], re.ASCII)


def _unusual() -> NoReturn:
    raise Unusual


_NO_MARKS: Final = MissingMarkers(frozenset(), frozenset())
