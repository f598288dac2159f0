"""Small pieces of sentences."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log10
from typing import Any, Final

LONGEST: Final = 60
MOST_PLACES: Final = 9


def counted(count: int, noun: str) -> str:
    """A number with its noun.

    Examples
    --------
    >>> counted(1, "row"), counted(2000, "row")
    ('1 row', '2,000 rows')
    """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def percent(share: float) -> str:
    """A share in per cent.

    Examples
    --------
    >>> percent(0.25), percent(0.0004), percent(1e-7)
    ('25.0 %', '0.04 %', 'less than 0.001 %')
    """
    if 0 < abs(share) < 1e-5:
        return "less than 0.001 %"
    return f"{100 * share:.1f} %" if share == 0 or abs(share) >= 0.001 else f"{100 * share:.2g} %"


def alike(values: Sequence[float], sign: bool = False) -> list[str]:
    """Numbers with the decimals that show three digits of the largest.

    Examples
    --------
    >>> alike([0.0271, -0.00019, 0.0062]), alike([12.3, -4.5], sign=True), alike([3e-12])
    (['0.0271', '−0.0002', '0.0062'], ['+12.3', '−4.5'], ['3.00e−12'])
    """
    largest = max(map(abs, values), default=0.0)
    places = max(0, 2 - floor(log10(largest))) if largest > 0 else 0
    form = f"z,.{places}f" if places <= MOST_PLACES else ".2e"
    texts = (f"{value:+{form}}" if sign else f"{value:{form}}" for value in values)
    return [text.replace("-", "−") for text in texts]


def in_a_column(values: Sequence[float | None]) -> list[str]:
    """Numbers below each other, with the decimals that show four digits of the middle one; nothing as a dash.

    Examples
    --------
    >>> in_a_column([1.011, 0.15, None, 0.06989]), in_a_column([20123.4, 900.0])
    (['1.0110', '0.1500', '–', '0.0699'], ['20,123', '900'])
    """
    sizes = sorted(abs(value) for value in values if value)
    places = max(0, 3 - floor(log10(sizes[len(sizes) // 2]))) if sizes else 0
    form = f"z,.{places}f" if places <= MOST_PLACES else ".3e"
    return ["–" if value is None else f"{value:{form}}".replace("-", "−") for value in values]


def compact(value: Any) -> str:
    """A value in few characters: numbers to four digits, True as "yes", nothing as a dash.

    Examples
    --------
    >>> compact(1234567.0), compact(0.123456), compact(None), compact(-2.5), compact(12)
    ('1,234,567', '0.1235', '–', '−2.5', '12')
    """
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        size = abs(value)
        text = f"{value:,.0f}" if 1000 <= size < 1e9 or (float(value).is_integer() and size < 1e9) else f"{value:.4g}"
        return text.replace("-", "−")
    return str(value)


def shown(text: str) -> str:
    """A name or value, cut where it is long.

    Examples
    --------
    >>> shown("carrier"), len(shown("x" * 1000))
    ('carrier', 60)
    """
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
