"""Names from a table as labels: never read as mathematics or markup, never long, never on several lines.

matplotlib reads a text between two dollar signs as a formula. A column may be called anything, so a dollar sign of a
name is escaped. Control characters, and characters that the font lacks, are shown as escapes; a long name loses its
middle.
"""

from __future__ import annotations

import textwrap
from collections.abc import Collection
from functools import cache
from typing import Any, Final

from wade.pictures.backend import matplotlib
from wade.tables.columns.views import in_short

LONGEST: Final = 28


def label(name: Any, longest: int = LONGEST) -> str:
    r"""A name as matplotlib shows it.

    Examples
    --------
    >>> label("$x^2$"), label("a\nb"), label("<b>wind</b>")
    ('\\$x^2\\$', 'a\\nb', '<b>wind</b>')
    >>> label("the temperature at the airport of departure")
    'the temperatur… of departure'
    """
    return shortened(visible(str(name)), longest).replace("$", r"\$")


def class_label(value: Any, longest: int = LONGEST) -> str:
    """A class as the table writes it: true and 1, not True and 1.0.

    Examples
    --------
    >>> class_label(True), class_label(2.0), class_label("on time")
    ('true', '2', 'on time')
    """
    return label(in_short(value), longest)


def label_note(note: str) -> str:
    """A warning, of which nothing is read as mathematics."""
    return label(note, 300)


def apart(name: str, taken: Collection[str]) -> str:
    """The name of a column of plotted numbers, changed where a column of the table has it too.

    Examples
    --------
    >>> apart("rows", ["size"]), apart("rows", ["size", "rows"])
    ('rows', 'rows (plotted)')
    """
    while name in taken:
        name += " (plotted)"
    return name


def visible(text: str) -> str:
    """The text with control characters, and those without a glyph in the font, as escapes."""
    return "".join(one if _is_shown(one) else one.encode("unicode_escape").decode() for one in text)


def shortened(text: str, longest: int = LONGEST) -> str:
    """The text without its middle where it is longer than this.

    Examples
    --------
    >>> shortened("scheduled_departure", 10)
    'sched…ture'
    """
    if len(text) <= longest:
        return text
    end = (longest - 1) // 2
    return f"{text[: longest - 1 - end]}…{text[len(text) - end :]}"


def wrapped(text: str, width: int) -> str:
    """The text on lines of at most this many characters; a number stays with its %."""
    return "\n".join(textwrap.wrap(text.replace(" %", "\xa0%"), width))


def number(value: float, digits: int = 4) -> str:
    """A number in few digits, with a real minus sign.

    Examples
    --------
    >>> number(-0.123456), number(12345.6), number(1164.2, 3), number(0.00001234)
    ('−0.1235', '12,346', '1,164', '1.234e−05')
    """
    size = abs(value)
    text = f"{value:,.0f}" if 10**digits <= size < 1e9 else f"{value:.{digits}g}"
    return text.replace("-", "−")


def percent(share: float, digits: int = 1) -> str:
    """A share in per cent.

    Examples
    --------
    >>> percent(0.1234), percent(0.5, 0)
    ('12.3 %', '50 %')
    """
    return f"{100 * share:.{digits}f} %"


def _is_shown(character: str) -> bool:
    return character.isprintable() and (character.isascii() or ord(character) in _glyphs())


@cache
def _glyphs() -> frozenset[int]:
    """The characters of the sans-serif font."""
    fonts = matplotlib("font_manager")
    path = fonts.findfont(fonts.FontProperties(family=["sans-serif"]))
    return frozenset(fonts.get_font(path).get_charmap())
