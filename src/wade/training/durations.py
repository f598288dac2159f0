"""Durations as text: 30s, 5m, 1.5h."""

from __future__ import annotations

import re
from math import isfinite
from typing import Final

from wade.errors import InvalidArgument

SECONDS: Final = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
WRITTEN: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([smhd]?)\s*", re.IGNORECASE)


def read_duration(name: str, duration: float | str) -> float:
    """A length of time in seconds.

    Parameters
    ----------
    name : str
        What is set by it, for messages.
    duration : float or str
        Seconds, or a number with s, m, h or d after it.

    Returns
    -------
    float, > 0

    Raises
    ------
    InvalidArgument
        It is not a duration greater than 0.

    Examples
    --------
    >>> read_duration("every", "30s"), read_duration("time_limit", "1.5h"), read_duration("every", 2)
    (30.0, 5400.0, 2.0)
    """
    if isinstance(duration, str):
        found = WRITTEN.fullmatch(duration)
        seconds = float(found[1]) * SECONDS[found[2].lower()] if found else 0.0
    else:
        seconds = 0.0 if isinstance(duration, bool) else float(duration)
    if not (seconds > 0 and isfinite(seconds)):
        raise InvalidArgument(name, "must be a length of time greater than 0", duration, "Try 30s, 5m or 1.5h.")
    return seconds


def in_words(seconds: float) -> str:
    """A length of time for a sentence.

    Examples
    --------
    >>> in_words(30), in_words(60), in_words(5400), in_words(0.25)
    ('30 seconds', '1 minute', '1.5 hours', '0.25 seconds')
    """
    for unit, size in (("hour", 3600.0), ("minute", 60.0), ("second", 1.0)):
        if seconds >= size or unit == "second":
            count = f"{seconds / size:.3g}"
            return f"{count} {unit}{'' if count == '1' else 's'}"
    raise AssertionError("every length of time has seconds")
