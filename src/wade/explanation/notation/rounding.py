"""Numbers as a person reads them: few digits, and none that would make the shown arithmetic wrong."""

from __future__ import annotations

from decimal import Decimal
from math import isfinite
from typing import Final

DIGITS: Final = 4
LARGE: Final = 6  # from 10⁶ on, and below 10⁻⁴, a power of ten stands beside the digits
SMALL: Final = -4


def rounded(value: float, digits: int = DIGITS, decimal_point: bool = False) -> Decimal:
    """The number to `digits` digits, or in full where it has no more; a whole one below a million stays whole.

    Parameters
    ----------
    value : float, finite
    digits : int, ≥ 1
    decimal_point : bool
        Whether a whole number is written with one, as weights are: 3.0.

    Examples
    --------
    >>> [str(rounded(value)) for value in (0.1, 3.0, -1234.567, 0.960834, 17882.3, 2.00004)]
    ['0.1', '3', '-1235', '0.9608', '17882', '2.000']
    >>> str(rounded(3.0, decimal_point=True))
    '3.0'
    """
    exact = Decimal(repr(float(value))).normalize()
    if exact == exact.to_integral_value() and exact.adjusted() < LARGE:
        return exact.quantize(Decimal("0.1") if decimal_point else Decimal(1))
    if len(exact.as_tuple().digits) <= digits:
        return exact
    # A second look: 9.9996 becomes 10.00 and not 10.000.
    return _to_digits(_to_digits(exact, digits), digits)


def _to_digits(number: Decimal, digits: int) -> Decimal:
    """Rounded to `digits` digits, all of them before the point where there is no power of ten beside the number."""
    last = number.adjusted() - digits + 1
    return number.quantize(Decimal(1).scaleb(min(last, 0) if number.adjusted() < LARGE else last))


def scientific_parts(number: Decimal) -> tuple[bool, str, int]:
    """Whether it is negative, the digits of its size, and the power of ten that they are times.

    Examples
    --------
    >>> scientific_parts(Decimal("-0.25")), scientific_parts(Decimal("0.00001234"))
    ((True, '0.25', 0), (False, '1.234', -5))
    """
    size = abs(number)
    if size and not SMALL <= size.adjusted() < LARGE:
        return number < 0, f"{size.scaleb(-size.adjusted()):f}", size.adjusted()
    return number < 0, f"{size:f}", 0


def format_number(value: float | None, digits: int = DIGITS, decimal_point: bool = False) -> str:
    """A number as text; "not computed yet" where there is none.

    Examples
    --------
    >>> format_number(-0.25), format_number(1.234e-05), format_number(None), format_number(float("nan"))
    ('−0.25', '1.234·10⁻⁵', 'not computed yet', 'not a number')
    """
    if value is None:
        return NOT_YET
    if not isfinite(value):
        return format_nonfinite(value)
    return format_decimal(rounded(value, digits, decimal_point))


def format_decimal(number: Decimal) -> str:
    """A rounded number as text, with a power of ten where it is very large or small."""
    negative, size, power = scientific_parts(number)
    return ("−" if negative else "") + size + (f"·10{str(power).translate(RAISED)}" if power else "")


def format_nonfinite(value: float) -> str:
    """What is no number, in words."""
    return "not a number" if value != value else "∞" if value > 0 else "−∞"


def agrees(left: float, right: float, digits: int = DIGITS, decimal_point: bool = False) -> bool:
    """Whether an equals sign may stand between what the left side comes to as it is shown, and a number.

    Where the number is shown in full, the left side has to be that number; where it is rounded, the left side has to
    round to the same digits.

    Examples
    --------
    >>> agrees(0.960834, 0.9608342), agrees(0.9612, 0.9608342), agrees(3.2, 3.2), agrees(0.999, 1.0)
    (True, False, True, False)
    """
    if not (isfinite(left) and isfinite(right)):
        return False
    shown = rounded(right, digits, decimal_point)
    noise = Decimal(abs(left)) * Decimal("1e-12")
    if shown == Decimal(repr(float(right))):
        return abs(Decimal(left) - shown) <= noise
    step = Decimal(1).scaleb(int(shown.as_tuple().exponent))
    return abs(Decimal(left) - shown) <= step / 2 + noise


NOT_YET: Final = "not computed yet"
RAISED: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
