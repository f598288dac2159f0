"""One number as people write it, taken apart: sign, digits, unit and magnitude, or several units in a row.

Digits may be grouped by spaces, apostrophes, and the character that is not the decimal separator; which of the two that
is, a text alone does not always say, so the digits stay as they are written. Besides one number with its unit there are
durations as clocks and ISO 8601 write them ("1:35:20", "PT1H30M"), and units that follow each other ("5 ft 11 in").
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from wade.tables.columns.units import (
    COUNT,
    CURRENCIES,
    CURRENCY_SPELLINGS,
    MAGNITUDES,
    SPELLINGS_OF_PARTS,
    TABLE,
    TIME,
    is_known,
    meanings,
    named,
)

REMEMBERED: Final = 4096
ALIKE: Final = (
    (" ", "\u00a0\u2002\u2003\u2007\u2008\u2009\u200a\u202f\t"),
    ("-", "\u2212\u2012\u2013\u2014\ufe63\uff0d"),
    ("'", "\u2019\u2018\u02bc\u00b4`"),
)
"""Characters that are read as one: spaces, minus signs, apostrophes."""
ABBREVIATED: Final = r"\b(Rs|SFr|Fr|kr)\. ?"
"""A full stop that is no decimal point: "Rs.500"."""
MONEY: Final = "|".join(
    re.escape(spelling)
    for spelling in sorted(
        {*CURRENCY_SPELLINGS, *(code.lower() for code in CURRENCY_SPELLINGS if len(code) == 3 and code.isupper())},
        key=lambda spelling: (-len(spelling), spelling),
    )
)
BODY: Final = r"\d[\d.,' ]*\d|\d|[.,]\d+"
"""The digits of a number with what groups them: the first match in a text, after `alike`."""
SURROUNDINGS: Final = re.compile(
    rf"(?P<open>\(?)(?P<a>[-+]?) ?(?P<pre>(?:{MONEY})?) ?(?P<inner>\(?)(?P<b>[-+]?) ?#"
    r"(?P<exp>(?:[eE][-+]?\d{1,3})?)(?P<dash>(?:[.,] ?-{1,2})?)(?P<c>-?)"
    r"(?P<gap> ?)(?P<suf>(?:[^\d\s.,()+\-:;<>=~!?&#@][^():;<>=~!?&#@]*)?)(?P<close>\)?)"
)
"""What may stand around those digits, which are "#"."""
BEGINNING: Final = rf"^\(?[-+]? ?(?:{MONEY})? ?\(?[-+]? ?[0-9.,P]"
"""How texts begin that may be numbers."""
BODIES: Final = {
    ".": r"^(?:(?:\d+|[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d?(?:,\d{2})*,\d{3}|"
    r"[1-9]\d{0,2}(?:'\d{3})+|[1-9]\d{0,2}(?: \d{3})+)"
    r"(?:\.\d+)?|\.\d+)$",
    ",": r"^(?:(?:\d+|[1-9]\d{0,2}(?:\.\d{3})+|[1-9]\d{0,2}(?:'\d{3})+|[1-9]\d{0,2}(?: \d{3})+)(?:,\d+)?|,\d+)$",
}
CODE: Final = r"^0\d"
"""Digits that begin as codes do ("007"): with a unit that nothing is known of, they are none of a number."""
MONEY_LETTERS: Final = {"k": 3, "K": 3, "m": 6, "M": 6, "b": 9, "B": 9, "t": 12, "T": 12}
THOUSANDS_OF_EUROS: Final = frozenset(("TEUR", "T€"))
ISO_DURATION: Final = re.compile(
    r"P(?=.)(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d+)?)S)?)?", re.ASCII
)
ISO_UNITS: Final = ("week", "d", "h", "min", "s")
CLOCK: Final = re.compile(r"(?:(\d+) ?(?:d|days?),? )?(\d+):([0-5]\d)(?::([0-5]\d))?([.,]\d{1,9})?", re.ASCII)
PIECE_UNITS: Final = "|".join(
    re.escape(spelling) for spelling in sorted(SPELLINGS_OF_PARTS, key=lambda spelling: (-len(spelling), spelling))
)
PIECE: Final = re.compile(rf"(\d+(?:[.,]\d+)?) ?((?:{PIECE_UNITS})(?![a-z])\.?)?(?:,| and)? ?", re.ASCII)
SEVERAL_PARTS: Final = "^-?(?:{})".format(
    "|".join(
        (
            "P[0-9T]",
            rf"[0-9]+(?:[.,][0-9]+)? ?(?:{PIECE_UNITS})\.?,? ?(?:and )?[0-9]",
            "(?:[0-9]+ ?d(?:ays?)?,? )?[0-9]+:[0-9][0-9]",
        )
    )
)
"""How texts begin that may be numbers of several parts; Arrow and Python read it alike."""
NEXT_SMALLER: Final = {"h": "min", "min": "s", "ft": "in"}
_BODY: Final = re.compile(BODY, re.ASCII)
_BODIES: Final = {decimal: re.compile(body, re.ASCII) for decimal, body in BODIES.items()}
_CODE: Final = re.compile(CODE, re.ASCII)
_SEVERAL_PARTS: Final = re.compile(SEVERAL_PARTS, re.ASCII)
_ABBREVIATED: Final = re.compile(ABBREVIATED, re.ASCII)
_ALIKE: Final = str.maketrans({other: one for one, others in ALIKE for other in others})


class Factor(NamedTuple):
    """What a number is multiplied by: `times` · 10^`power` / `over`; powers of ten are exact."""

    times: int = 1
    power: int = 0
    over: int = 1


class Written(NamedTuple):
    """A number as it is written: its unit, and Σ digits · times · 10^power of that unit."""

    unit: str
    parts: tuple[tuple[str, int, int], ...]
    sign: int = 1

    def value(self, decimal: str, factor: Factor = Factor()) -> float | None:  # noqa: B008
        """The number; None where its digits are not written with this decimal separator.

        Examples
        --------
        >>> written_in("1h 30m").value("."), written_in("6.3M").value(".", Factor(power=6))
        (90.0, 6300000.0)
        """
        if not all(_BODIES[decimal].match(digits) for digits, _, _ in self.parts):
            return None
        total = sum(
            float(f"{plain(digits, decimal)}e{power + factor.power}") * times for digits, times, power in self.parts
        )
        return self.sign * total * factor.times / factor.over


def alike(text: str) -> str:
    """The text with one character for each that looks like it, and single spaces.

    Examples
    --------
    >>> alike("−1’234\\u202f€ ")
    "-1'234 €"
    """
    return _ABBREVIATED.sub(r"\1 ", " ".join(text.translate(_ALIKE).split()))


def plain(digits: str, decimal: str) -> str:
    """Digits without what groups them, and with a decimal point."""
    for group in ("'", " ", "," if decimal == "." else "."):
        digits = digits.replace(group, "")
    return digits.replace(decimal, ".")


@lru_cache(REMEMBERED)
def written_in(text: str) -> Written | None:
    """The number that a text writes, with whichever decimal separator; None where it writes none.

    Examples
    --------
    >>> written_in("-$5.50")
    Written(unit='$', parts=(('5.50', 1, 0),), sign=-1)
    >>> written_in("5 ft 11 in").parts, written_in("call us")
    ((('5', 12, 0), ('11', 1, 0)), None)
    """
    text = alike(text)
    return _single(text) or (_compound(text) if _SEVERAL_PARTS.match(text) else None)


def sign_of(signs: str) -> int | None:
    """−1 or 1 of what stands around a number, the closing bracket last; None where it makes no sense.

    Examples
    --------
    >>> sign_of("-"), sign_of("()"), sign_of(""), sign_of("--"), sign_of("(")
    (-1, -1, 1, None, None)
    """
    return {"": 1, "+": 1, "-": -1, "()": -1}.get(signs)


def unit_around(before: str, gap: str, after: str) -> tuple[str, int] | None:
    """The unit that stands around a number, and the power of ten of a magnitude with it; None where it is none.

    Examples
    --------
    >>> unit_around("$", "", "M"), unit_around("", " ", "Mio. €"), unit_around("", "", "km"), unit_around("", " ", "St")
    (('$', 6), ('€', 6), ('km', 0), ('st', 0))
    """
    if before:
        return _currency_around(CURRENCY_SPELLINGS.get(before) or CURRENCY_SPELLINGS[before.upper()], after)
    unit = named(after, glued=not gap)
    if unit is not None and is_known(unit):
        return unit, 0
    text = after.replace(".", "")
    if text in THOUSANDS_OF_EUROS:
        return "€", 3
    for letters, power in _POWERS:
        rest = text.removeprefix(letters)
        if rest != text and rest.strip():
            other = named(rest)
            if other in CURRENCIES or (rest[0] == " " and other is not None):
                return other, power
    return None if unit is None else (unit, 0)


def _currency_around(currency: str, after: str) -> tuple[str, int] | None:
    """A currency before the number, and what may follow: a magnitude, its own name, or "/h"."""
    text = after.replace(".", "")
    if not text:
        return currency, 0
    if text in MONEY_LETTERS:
        return currency, MONEY_LETTERS[text]
    if text in MAGNITUDES or text.casefold() in MAGNITUDES:
        return currency, (MAGNITUDES.get(text) or MAGNITUDES[text.casefold()])[1]
    if text.startswith(("/", "per ")):
        return f"{currency}/{text.removeprefix('per').strip('/ ').casefold()}", 0
    if named(text) == currency:
        return currency, 0
    # "$5 CAD" names its dollar twice, the second time in full.
    other = named(text)
    if other in CURRENCIES:
        return (other, 0) if currency == "$" else None
    # "$5 each" and "£73,000 p.a." are prices per something.
    return None if other is None else (f"{currency}/{text.casefold()}", 0)


@lru_cache(REMEMBERED)
def around(key: str) -> tuple[str, int, int] | None:
    """The unit, the power of ten and the sign that a text has of what stands around its digits; None: it is no number.

    Examples
    --------
    >>> around("-$#M"), around("# kg"), around("room #")
    (('$', 6, -1), ('kg', 0, 1), None)
    """
    found = SURROUNDINGS.fullmatch(key)
    if not found:
        return None
    sign = sign_of("".join(found[name] for name in ("open", "a", "inner", "b", "c", "close")))
    unit = unit_around(found["pre"], found["gap"], found["suf"])
    return None if sign is None or unit is None else (unit[0], unit[1] + int(found["exp"][1:] or 0), sign)


def _single(text: str) -> Written | None:
    digits = _BODY.search(text)
    found = around(f"{text[: digits.start()]}#{text[digits.end() :]}") if digits else None
    if digits is None or found is None or not any(pattern.match(digits[0]) for pattern in _BODIES.values()):
        return None
    unit, power, sign = found
    if _CODE.match(digits[0]) and not (unit and is_known(unit)):
        return None
    return Written(unit, ((digits[0], 1, power),), sign)


def _compound(text: str) -> Written | None:
    """A duration as ISO 8601 or a clock writes it, or several units, each smaller than the one before."""
    sign, text = (-1, text[1:].lstrip()) if text[:1] == "-" else (1, text)
    clock = CLOCK.fullmatch(text)
    if clock:
        return _clock(clock, sign)
    found = ISO_DURATION.fullmatch(text)
    pieces = [(digits, unit) for digits, unit in zip(found.groups(), ISO_UNITS, strict=True) if digits] if found else []
    return _joined(pieces or _pieces(text), sign)


def _clock(found: re.Match[str], sign: int) -> Written | None:
    days, first, second, third, fraction = found.groups(default="")
    if fraction and not third:
        # Minutes have no fraction, so these are minutes and seconds, as laps are timed.
        return None if days else Written("h:mm:ss", ((first, 60, 0), (second + fraction, 1, 0)), sign)
    if not third and not days:
        name = "hh:mm" if int(first) < 24 and sign == 1 else "h:mm"
        return Written(name, ((first, 60, 0), (second, 1, 0)), sign)
    of_day = not days and sign == 1 and len(first) == 2 and int(first) < 24
    parts = ((days or "0", 86400, 0), (first, 3600, 0), (second, 60, 0), (third + fraction or "0", 1, 0))
    return Written("hh:mm:ss" if of_day else "h:mm:ss", parts, sign)


def _pieces(text: str) -> list[tuple[str, str]]:
    """The numbers of a text with their units; nothing where that is not all it holds."""
    at, pieces = 0, list[tuple[str, str]]()
    while at < len(text):
        found = PIECE.match(text, at)
        unit = named(found[2], glued=True) if found and found[2] else None
        if found and not found[2] and pieces and found.end() == len(text):
            unit = NEXT_SMALLER.get(pieces[-1][1])
        if found is None or unit is None:
            return []
        pieces.append((found[1], unit))
        at = found.end()
    return pieces


def _joined(pieces: list[tuple[str, str]], sign: int) -> Written | None:
    """Several numbers as one of the smallest of their units."""
    if not pieces:
        return None
    for dimension in (unit.dimension for unit in meanings(pieces[0][1])):
        units = [unit for _, name in pieces for unit in meanings(name) if unit.dimension == dimension]
        sizes = [unit.times * 10.0**unit.power for unit in units]
        falling = all(large > small for large, small in pairwise(sizes))
        # 5 ft 30 in is no length: feet and inches stand for something else, minutes and seconds perhaps.
        within = dimension == TIME or all(
            float(digits.replace(",", ".")) * own < larger
            for (digits, _), own, larger in zip(pieces[1:], sizes[1:], sizes, strict=False)
        )
        last = units[-1]
        whole = all(unit.times % last.times == 0 for unit in units)
        if len(units) == len(pieces) and falling and within and whole and dimension in TABLE and dimension != COUNT:
            parts = zip(pieces, units, strict=True)
            found = ((digits, unit.times // last.times, unit.power - last.power) for (digits, _), unit in parts)
            return Written(last.symbol, tuple(found), sign)
    return None


_POWERS: Final = sorted(
    {letters: power for letters, power in MONEY_LETTERS.items() if letters not in "tT"}.items()
    | {letters: power for letters, (_, power) in MAGNITUDES.items()}.items()
    | {letters.title(): power for letters, (_, power) in MAGNITUDES.items() if len(letters) > 1}.items(),
    key=lambda entry: (-len(entry[0]), entry),
)
