"""Bars of plain text: their length is the number, their side its sign, so that they can be read without colour."""

from __future__ import annotations

from typing import Final

EIGHTHS: Final = " ▏▎▍▌▋▊▉█"
FULL, OTHER = "█", "▒"


def bar(value: float, largest: float, width: int) -> str:
    """A bar to the right, at most `width` long, to an eighth of a character; a value below 0 has none.

    Examples
    --------
    >>> bar(3.0, 4.0, 4), bar(0.5, 4.0, 4), bar(-1.0, 4.0, 4)
    ('███', '▌', '')
    """
    eighths = round(8 * width * max(value, 0.0) / largest) if largest > 0 else 0
    return FULL * (eighths // 8) + EIGHTHS[eighths % 8].strip()


def bar_to_either_side(value: float, largest: float, width: int) -> str:
    """A bar from a line in the middle: to the right and dark above 0, to the left and light below.

    Examples
    --------
    >>> bar_to_either_side(1.0, 2.0, 4), bar_to_either_side(-2.0, 2.0, 4)
    ('    │██  ', '▒▒▒▒│    ')
    """
    length = round(width * abs(value) / largest) if largest > 0 else 0
    left, right = (OTHER * length, "") if value < 0 else ("", FULL * length)
    return f"{left:>{width}}│{right:<{width}}"
