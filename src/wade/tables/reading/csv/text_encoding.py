"""Which encoding the text of a file is in, by its first bytes."""

from __future__ import annotations

import codecs
import re

from wade.errors import UnreadableTable
from wade.tables.reading.dialect import Dialect, Finding

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
WESTERN = "windows-1252"
HIGH_BYTES = re.compile(rb"[\x80-\xff]+")
_SAY_IT = "Name its encoding (--encoding windows-1251, shift_jis, gb18030, ...), or save it as UTF-8."


def find_encoding(beginning: bytes, given: Dialect, expected: Dialect, name: str, whole: bool = True) -> Finding[str]:
    """The encoding: as given, by a byte order mark, UTF-16 by its zero bytes, UTF-8, or else Western European.

    Text that is not UTF-8 is taken as Windows-1252 only where its non-ASCII characters stand alone among ASCII letters,
    as accents and umlauts do; runs of them are of some alphabet that cannot be identified: UnreadableTable.

    Examples
    --------
    >>> find_encoding("café".encode("latin-1"), Dialect(), Dialect(), "menu.csv").value
    'windows-1252'
    """
    if given.encoding is not None:
        return Finding(given.encoding, f"The encoding is {given.encoding}, as given.")
    for byte_order_mark, encoding in BYTE_ORDER_MARKS:
        if beginning.startswith(byte_order_mark):
            return Finding(encoding, f"The encoding is {encoding}: the file begins with its byte order mark.")
    wide = _utf16(beginning)
    if wide:
        return Finding(wide, f"The encoding is {wide}: every other byte is zero.")
    if b"\0" in beginning:
        problem = "the file is not a table: it holds binary data"
        raise UnreadableTable(name, problem, "Give a CSV, TSV, Parquet or JSON lines file; save text as UTF-8.")
    if decoded(beginning, "utf-8", whole) is not None:
        return Finding("utf-8", "The encoding is utf-8.")
    if expected.encoding not in (None, "utf-8") and decoded(beginning, str(expected.encoding), whole) is not None:
        return Finding(str(expected.encoding), f"The encoding is {expected.encoding}, as it was before.")
    runs = HIGH_BYTES.findall(beginning)
    if decoded(beginning, WESTERN, whole) is None or sum(len(run) > 1 for run in runs) * 4 > len(runs):
        raise UnreadableTable(name, "the file holds text that is not UTF-8, in an encoding that is not clear", _SAY_IT)
    why = f"The text is not UTF-8 and was read as {WESTERN} (Western European); if letters look wrong: --encoding."
    return Finding(WESTERN, why, notable=True)


def decoded(beginning: bytes, encoding: str, whole: bool) -> str | None:
    """The text that these bytes are, or None; where they are not the whole file, a character may be cut off."""
    try:
        return codecs.getincrementaldecoder(encoding)("strict").decode(beginning, whole).removeprefix("\ufeff")
    except UnicodeError:
        return None


def _utf16(beginning: bytes) -> str | None:
    """UTF-16 without a byte order mark: text that is mostly ASCII has a zero in nearly every other byte."""
    half = len(beginning) // 2
    if half < 2:
        return None
    low_zeros, high_zeros = beginning[0 : 2 * half : 2].count(0), beginning[1 : 2 * half : 2].count(0)
    encoding = "utf-16-le" if high_zeros > low_zeros else "utf-16-be"
    most, least = max(low_zeros, high_zeros), min(low_zeros, high_zeros)
    is_text = 2 * most > half and least == 0 and decoded(beginning[: 2 * half], encoding, whole=False) is not None
    return encoding if is_text else None
