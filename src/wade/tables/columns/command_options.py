"""Options of the command line as a shell reads them, for remedies that can be copied."""

from __future__ import annotations

import csv
import io
from shlex import quote


def option(flag: str, *names: str) -> str:
    """An option that takes names, quoted for its own list and for the shell.

    Examples
    --------
    >>> option("--drop", "size"), option("--drop", "zip code", "a,b"), option("--drop", "-x")
    ('--drop size', '--drop \\'zip code,"a,b"\\'', '--drop=-x')
    """
    text = listed(*names)
    return f"{flag}={quote(text)}" if text.startswith("-") else f"{flag} {quote(text)}"


def listed(*names: str) -> str:
    """Names as the text of one option.

    Examples
    --------
    >>> listed("size", "a,b")
    'size,"a,b"'
    """
    text = io.StringIO()
    # Line ends inside a name are quoted only where one ends the text.
    csv.writer(text, lineterminator="\r\n").writerow(names)
    return text.getvalue().removesuffix("\r\n")


def role_option(name: str, role: str) -> str:
    """The option that gives a column a role.

    Examples
    --------
    >>> role_option("zip", "category"), role_option("day", "date-time %d/%m/%Y")
    ('--role zip=category', "--role 'day=date-time %d/%m/%Y'")
    """
    return pair_option("--role", name, role)


def pair_option(flag: str, name: str, value: str) -> str:
    """An option that takes COLUMN=VALUE, quoted for the shell.

    Examples
    --------
    >>> pair_option("--keep-text", "region", "NA"), pair_option("--keep-text", "-x", "N A")
    ('--keep-text region=NA', "--keep-text='-x=N A'")
    """
    text = f"{name}={value}"
    return f"{flag}={quote(text)}" if text.startswith("-") else f"{flag} {quote(text)}"
