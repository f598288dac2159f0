"""How a text file writes its table: what was detected, why, and what the user set instead."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from wade.errors import InvalidArgument
from wade.tables.columns.from_json import described

Value = TypeVar("Value")
LONGEST_ENCODING = 40

SEPARATOR_NAMES = {"\t": "a tab", " ": "a space", ",": "a comma", ";": "a semicolon", "|": "a bar"}


@dataclass(frozen=True)
class Dialect:
    """How a text file writes its table. None: detected from the beginning of the file.

    Parameters
    ----------
    encoding
        of its text, such as "utf-8" or "windows-1252"
    separator
        what stands between two values, one character
    quote
        what stands around a value that holds a separator, one character; "" for nothing
    decimal
        "." or ","
    thousands
        what groups the digits of large numbers, one character; "" for nothing
    header
        whether the first line holds the names of the columns
    comment
        what a line begins with that is no row; "" for nothing
    skip
        how many lines stand above the table
    missing
        texts that stand for a missing value in this file, besides the usual markers
    why
        how each of these came about, in plain sentences
    notes
        those of the sentences that a user should read unasked

    Examples
    --------
    >>> dialect = Dialect(separator=";", decimal=",")
    >>> Dialect.from_dict(dialect.to_dict()) == dialect
    True
    """

    encoding: str | None = None
    separator: str | None = None
    quote: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    header: bool | None = None
    comment: str | None = None
    skip: int | None = None
    missing: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.encoding is not None and not _is_encoding(self.encoding):
            expected = "must be the name of a text encoding"
            raise InvalidArgument("encoding", expected, self.encoding, "Try utf-8, windows-1252 or utf-16.")
        for name in ("separator", "quote", "thousands", "comment"):
            value = getattr(self, name)
            if value is not None and not _is_mark(value, name):
                raise InvalidArgument(name, "must be one character, no line end, digit or letter", value)
        if self.decimal not in (None, ".", ","):
            raise InvalidArgument("decimal", "must be '.' or ','", self.decimal)
        if self.decimal is not None and self.decimal == self.thousands:
            raise InvalidArgument("thousands", "must be another character than the decimal separator", self.thousands)
        if self.separator is not None and self.separator == self.quote:
            raise InvalidArgument("separator", "must be another character than the quotation mark", self.separator)
        if not (self.header is None or isinstance(self.header, bool)):
            raise InvalidArgument("header", "must be True or False", self.header)
        if self.skip is not None and (isinstance(self.skip, bool) or not isinstance(self.skip, int) or self.skip < 0):
            raise InvalidArgument("skip", "must be a whole number from 0 on", self.skip)

    @property
    def known_decimal(self) -> str:
        """The decimal separator, where it was given or the file shows it; else empty."""
        if self.decimal == ",":
            return ","
        shown = any(reason.startswith("The decimal separator is ") and ", as " in reason for reason in self.why)
        return self.decimal or "" if shown or not self.why else ""

    def to_dict(self) -> dict[str, Any]:
        """The dialect as plain JSON data."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Dialect:
        """The dialect that `to_dict` described."""
        return described(cls, data)


class Finding(NamedTuple, Generic[Value]):
    """A setting, why it is so (a sentence, or ""), and whether a user should read it unasked."""

    value: Value
    why: str
    notable: bool = False


AUTO_DETECT = Dialect()


def separator_name(separator: str) -> str:
    """The name of a separator.

    Examples
    --------
    >>> separator_name("\\t"), separator_name("^")
    ('a tab', "'^'")
    """
    return SEPARATOR_NAMES.get(separator, repr(separator))


def _is_encoding(name: str) -> bool:
    # Python looks for a module of that name.
    if not isinstance(name, str) or len(name) > LONGEST_ENCODING or not name.isascii():
        return False
    try:
        return bool(codecs.lookup(name)._is_text_encoding)
    except (LookupError, ValueError, TypeError):
        return False


def _is_mark(value: Any, name: str) -> bool:
    if not isinstance(value, str) or len(value) > 1:
        return False
    if not value:
        return name != "separator"
    # Digits may be grouped by spaces that do not break; the other characters are single bytes to the reader.
    return value not in "\r\n\0" and not value.isalnum() and (value.isascii() or name == "thousands")
