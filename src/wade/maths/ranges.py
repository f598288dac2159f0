"""Checks of constants against the range that each of them has."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Final

from wade.errors import InvalidArgument

RANGES: Final[dict[str, tuple[str, Callable[[float], bool]]]] = {
    "[0, 1)": ("at least 0 and less than 1", lambda value: 0 <= value < 1),
    "(0, 1)": ("greater than 0 and less than 1", lambda value: 0 < value < 1),
    "(0, 1]": ("greater than 0 and at most 1", lambda value: 0 < value <= 1),
    "[0, 1]": ("from 0 to 1", lambda value: 0 <= value <= 1),
    "[0, ∞)": ("a finite number of at least 0", lambda value: 0 <= value < inf),
    "(0, ∞)": ("a finite number greater than 0", lambda value: 0 < value < inf),
}


def check_range(name: str, value: float, allowed: str, remedy: str = "") -> None:
    """Raises `InvalidArgument` where a constant is outside of a key of `RANGES`, or not a number."""
    words, holds = RANGES[allowed]
    if not holds(value):
        raise InvalidArgument(name, f"must be {words}", value, remedy)
