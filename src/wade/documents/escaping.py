"""Escapes names from untrusted tables, so that no terminal, browser or TeX interprets them."""

from __future__ import annotations

import re
from html import escape
from typing import Final

_OF_TEX: Final = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
}
LONGEST: Final = 40


def for_text(name: str) -> str:
    r"""What a terminal would obey, and marks that turn the direction of writing, as visible escapes.

    Examples
    --------
    >>> for_text("wind\x1b[31m\n"), for_text("a\u202eb")
    ('wind\\x1b[31m\\n', 'a\\u202eb')
    """
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape", "backslashreplace").decode()
        for character in name
    )


def for_html(name: str) -> str:
    """The same, with nothing that HTML or MathML would take for markup.

    Examples
    --------
    >>> for_html("<script>alert('x')</script>")
    '&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;'
    """
    return escape(for_text(name), quote=True)


def for_latex(name: str) -> str:
    r"""The same, with nothing that TeX would take for a command.

    Examples
    --------
    >>> print(for_latex(r"$\input{secret}"))
    \$\textbackslash{}input\{secret\}
    """
    return "".join(_OF_TEX.get(character, character) for character in for_text(name))


def one_word(name: str) -> str:
    """A name as one word: in quotes where it holds a blank, a comma or a bracket.

    Examples
    --------
    >>> one_word("temperature"), one_word("wind speed"), one_word(":")
    ('temperature', '"wind speed"', ':')
    """
    return f'"{name}"' if re.search(r"[\s,\[\]]", name) else name


def short(name: str) -> str:
    """A name within a formula, cut where it is long.

    Examples
    --------
    >>> short("temperature"), len(short(1000 * "x"))
    ('temperature', 40)
    """
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
