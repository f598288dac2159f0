"""How numbers are written in a text file: with a decimal point or comma, and with or without grouped digits.

A column is evidence for one of the two where all of its numbers can be read in one way only: 12,5 and 1.234,50 have a
decimal comma, 12.5 and 1,234.50 a decimal point, and 1,234,567 groups its digits by commas. 1,234 alone may be either:
it is read like the rest of the file, and refused where that is ambiguous too. 1.234 alone is a decimal point's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from wade.errors import UnreadableTable
from wade.tables.columns import exact_numbers
from wade.tables.columns.exact_numbers import all_match
from wade.tables.reading.dialect import Dialect, Finding

SPACES = " \u00a0\u202f"
GROUPS = {".": f",'’{SPACES}", ",": f".'’{SPACES}"}
CELLS_REMEMBERED = 4096
DATE = re.compile(r"\d{4}-\d\d-\d\d.*|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}.*|\d{1,2}:\d\d(:\d\d)?")


def number_pattern(decimal: str, thousands: str) -> str:
    """The pattern of a number; `thousands` holds every character that may group digits, the same one in a number.

    Examples
    --------
    >>> bool(re.fullmatch(number_pattern(",", "."), "1.234,5")), bool(re.fullmatch(number_pattern(",", "."), "1.5"))
    (True, False)
    """
    point = re.escape(decimal)
    # One alternative for each character: RE2, which Arrow uses, has no back references.
    groups = "".join(rf"|[1-9]\d{{0,2}}(?:{re.escape(group)}\d{{3}})+" for group in thousands)
    return rf"[+-]?(?:(?:\d+{groups})(?:{point}\d*)?|{point}\d+)(?:[eE][+-]?\d+)?"


NUMBERS = {decimal: re.compile(number_pattern(decimal, groups)) for decimal, groups in GROUPS.items()}
ADDRESS = re.compile(exact_numbers.ADDRESS, re.ASCII)
VALUES = (*NUMBERS.values(), DATE)


@lru_cache(CELLS_REMEMBERED)
def is_value(cell: str) -> bool:
    """Whether a cell holds a number or a date, as names of columns do not.

    Examples
    --------
    >>> is_value("-1.234,5"), is_value("2013-01-31"), is_value("wind")
    (True, True, False)
    """
    return any(pattern.fullmatch(cell) for pattern in VALUES)


def find_number_marks(
    rows: Sequence[Sequence[str]],
    names: Sequence[str],
    given: Dialect,
    expected: Dialect,
    name: str,
    text: Collection[str] = (),
) -> tuple[Finding[str], Finding[str]]:
    """The decimal separator and what groups digits ("": nothing), from cells without white space around them.

    The columns in `text` stay text, and are not looked at.

    UnreadableTable where numbers such as "1,234" may be read in two ways, and nothing decides which.

    Examples
    --------
    >>> decimal, thousands = find_number_marks([["1.234,5"], ["12"]], ["x"], Dialect(), Dialect(), "file")
    >>> decimal.value, thousands.value
    (',', '.')
    """
    columns = [
        [cell for cell in column if any(map(str.isdigit, cell))] if column_name not in text else []
        for column_name, column in zip(names, _columns(rows, len(names)), strict=True)
    ]
    votes, unclear = Counter[str](), None
    examples: dict[str, tuple[str, str]] = {}
    for column_name, cells in zip(names, columns, strict=True):
        marked = [cell for cell in cells if not cell.lstrip("+-").isdigit()]
        fitting = [decimal for decimal, pattern in NUMBERS.items() if all(map(pattern.fullmatch, cells))]
        if not marked or not fitting or all(map(ADDRESS.fullmatch, cells)):
            continue
        if len(fitting) == 1:
            votes[fitting[0]] += 1
            examples.setdefault(fitting[0], (column_name, _telling(marked, fitting[0])))
        elif "," in marked[0] and unclear is None:
            unclear = column_name, marked[0]
    decimal = _decimal(votes, examples, given, expected)
    if decimal is None:
        if unclear is not None:
            _refuse_unclear(*unclear, name)
        decimal = Finding(".", "The decimal separator is a point.")
    return decimal, _thousands(columns, decimal.value, given, expected)


def parse_grouped(column: pa.ChunkedArray, decimal: str, thousands: str, markers: pa.Array) -> pa.ChunkedArray | None:
    """A text column in which every value is a number in this way of writing, as numbers; None where one is not."""
    encoded = column.combine_chunks().dictionary_encode()
    texts = pc.utf8_trim_whitespace(encoded.dictionary)
    texts = pc.if_else(pc.is_in(texts, markers), pa.scalar(None, texts.type), texts)
    fitting = pc.match_substring_regex(texts, f"^{number_pattern(decimal, thousands)}$")
    if texts.null_count == len(texts) or not pc.all(fitting).as_py() or all_match(texts, exact_numbers.ADDRESS):
        return None
    for group in thousands:
        texts = pc.replace_substring(texts, group, "")
    texts = pc.replace_substring(texts, decimal, ".")
    whole = pc.all(pc.match_substring_regex(texts, r"^[+-]?\d{1,18}$")).as_py()
    numbers = pc.cast(pc.utf8_ltrim(texts, "+"), pa.int64() if whole else pa.float64())
    return pa.chunked_array([numbers.take(encoded.indices)])


def _columns(rows: Sequence[Sequence[str]], width: int) -> list[list[str]]:
    """The distinct cells of each column, in their order."""
    alike = [row for row in rows if len(row) == width]
    return [list(dict.fromkeys(column)) for column in zip(*alike, strict=True)] if alike else [[]] * width


def _telling(cells: Sequence[str], decimal: str) -> str:
    """A number that only this decimal separator explains."""
    other = NUMBERS["," if decimal == "." else "."]
    return next(cell for cell in cells if not other.fullmatch(cell))


def _decimal(
    votes: Counter[str], examples: dict[str, tuple[str, str]], given: Dialect, expected: Dialect
) -> Finding[str] | None:
    if given.decimal is not None:
        return Finding(given.decimal, f"The decimal separator is {given.decimal!r}, as given.")
    if votes:
        found = max(votes, key=lambda decimal: (votes[decimal], decimal == "."))
        column, example = examples[found]
        words = {".": "a point", ",": "a comma"}[found]
        return Finding(
            found, f"The decimal separator is {words}, as in {example!r} of column {column!r}.", found == ","
        )
    if expected.decimal is not None:
        return Finding(expected.decimal, f"The decimal separator is {expected.decimal!r}, as it was before.")
    return None


def _thousands(columns: Sequence[Sequence[str]], decimal: str, given: Dialect, expected: Dialect) -> Finding[str]:
    if given.thousands is not None:
        return Finding(given.thousands, f"Digits are grouped by {given.thousands!r}, as given.")
    plain, grouped = re.compile(number_pattern(decimal, "")), NUMBERS[decimal]
    found = Counter[str]()
    for cells in columns:
        marked = [cell for cell in cells if not plain.fullmatch(cell)]
        if marked and all(map(grouped.fullmatch, cells)):
            found[next(group for group in GROUPS[decimal] if group in marked[0])] += 1
    if found:
        group = found.most_common(1)[0][0]
        return Finding(group, f"Digits are grouped by {group!r}.", notable=True)
    return Finding((expected.decimal == decimal and expected.thousands) or "", "")


def _refuse_unclear(column: str, value: str, name: str) -> None:
    as_point, as_comma = value.replace(",", ""), value.replace(",", ".")
    problem = f"{value!r} may mean {as_point} or {as_comma}, and no other number of the file decides which"
    remedy = 'Set --decimal "." or --decimal "," (in Python: dialect=Dialect(decimal=...)).'
    raise UnreadableTable(f"{name}, column {column!r}", problem, remedy)
