"""How the text of a command line becomes a value, and which values are in range."""

from __future__ import annotations

import csv
from collections.abc import Callable
from math import inf
from typing import Final, Literal, TypeAlias

from wade.errors import InvalidArgument

AUTO: Final = "auto"
Auto: TypeAlias = Literal["auto"]
LARGEST_COUNT: Final = 2**31 - 1


def names(name: str, text: str) -> tuple[str, ...]:
    """The names in a comma-separated list; a name that holds a comma is in double quotes.

    Examples
    --------
    >>> names("drop", 'id, "size, in cm"')
    ('id', 'size, in cm')
    """
    try:
        return tuple(each.strip() for each in next(csv.reader([text], skipinitialspace=True))) if text else ()
    except csv.Error as error:
        remedy = "Put a name with a line break in double quotes."
        raise InvalidArgument(name, f"must be names with commas between them ({error})", text, remedy) from error


def pairs(what: str, example: str) -> Callable[[str, list[str]], dict[str, str]]:
    """A reader of COLUMN=VALUE texts; a column's name may hold =, a value may not.

    Examples
    --------
    >>> pairs("UNIT", "--unit temperature=°C")("unit", ["temperature=°C"])
    {'temperature': '°C'}
    """

    def read(name: str, texts: list[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for text in texts:
            column, equals, value = text.rpartition("=")
            if not equals or not column:
                raise InvalidArgument(name, f"must be COLUMN={what}", text, f"Try {example}.")
            if column in found:
                expected = f"must give {column!r} one {what.lower()}"
                raise InvalidArgument(name, expected, text, f"It has {found[column]!r} already.")
            found[column] = value
        return found

    return read


def widths(name: str, text: str) -> tuple[int, ...] | Auto:
    """The widths in a comma-separated list; none for "none"."""
    if text == AUTO:
        return AUTO
    if text.strip().lower() in ("", "none"):
        return ()
    try:
        return tuple(int(width) for width in text.split(","))
    except ValueError as error:
        raise InvalidArgument(name, "must hold whole numbers from 1 on", text, "Try --hidden 256,128.") from error


def _or_auto(convert: Callable[[str], float], expected: str) -> Callable[[str, str], float | Auto]:
    def read(name: str, text: str) -> float | Auto:
        try:
            return AUTO if text == AUTO else convert(text)
        except ValueError as error:
            raise InvalidArgument(name, f"must be {expected}, or auto", text) from error

    return read


count: Final = _or_auto(int, "a whole number from 1 on")
number: Final = _or_auto(float, "a number")


def span(name: str, text: str) -> tuple[float, float]:
    """The two ends of LOW..HIGH.

    Examples
    --------
    >>> span("learning_rates", "1e-5..10")
    (1e-05, 10.0)
    """
    low, _, high = text.partition("..")
    try:
        return float(low), float(high)
    except ValueError as error:
        raise InvalidArgument(name, "must be LOW..HIGH", text, "Try 1e-5..10.") from error


def point(name: str, text: str) -> tuple[float, float]:
    """The two coordinates of X,Y.

    Examples
    --------
    >>> point("mark", "-20,45")
    (-20.0, 45.0)
    """
    x, _, y = text.partition(",")
    try:
        return float(x), float(y)
    except ValueError as error:
        raise InvalidArgument(name, "must be X,Y", text, "Try --mark -20,45.") from error


def is_count(value: object) -> bool:
    """Whether it is a whole number from 1 to `LARGEST_COUNT`."""
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= LARGEST_COUNT


def is_positive(value: object) -> bool:
    """Whether it is a finite number greater than 0."""
    return is_not_negative(value) and value != 0


def is_not_negative(value: object) -> bool:
    """Whether it is a finite number of at least 0."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < inf
