"""How the text of a table is written, as the options --separator, --decimal, --encoding and --header say it."""

from __future__ import annotations

import wade
from wade.cli.options import Written

SEPARATORS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "bar": "|", "space": " "}


def as_dialect(written: Written) -> wade.Dialect:
    """The options as a dialect.

    Raises
    ------
    InvalidArgument
        An option is outside its range.

    Examples
    --------
    >>> as_dialect(Written(separator="tab", decimal=",")).separator
    '\\t'
    """
    separator = written.separator
    return wade.Dialect(
        separator=None if separator is None else SEPARATORS.get(separator, separator),
        decimal=written.decimal,
        encoding=written.encoding,
        header=written.header,
    )
