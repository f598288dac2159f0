"""How the text of a table is written, as the options --separator, --decimal, --encoding and --header say it."""

from __future__ import annotations

from typing import TypedDict

import wade

SEPARATORS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "bar": "|", "space": " "}


class Written(TypedDict):
    """What the options hold; None: find it out."""

    separator: str | None
    decimal: str | None
    encoding: str | None
    header: bool | None


def as_dialect(written: Written) -> wade.Dialect:
    """The options as a dialect.

    Raises
    ------
    InvalidArgument
        An option is outside its range.

    Examples
    --------
    >>> as_dialect({"separator": "tab", "decimal": ",", "encoding": None, "header": None}).separator
    '\\t'
    """
    separator = written["separator"]
    return wade.Dialect(
        separator=None if separator is None else SEPARATORS.get(separator, separator),
        decimal=written["decimal"],
        encoding=written["encoding"],
        header=written["header"],
    )
