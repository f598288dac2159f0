"""From the beginning of a text file to its dialect: each setting is detected from evidence, kept as the reason.

What the user set is taken as it is. What the evidence leaves open falls to what is `expected` (the dialect of the
training table, or of the first of several files), and after that to the commonest case.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Sequence
from typing import NamedTuple

from wade.errors import UnreadableTable
from wade.tables.columns.cleaning import MISSING_MARKERS
from wade.tables.reading.csv.number_format import find_number_marks, is_value
from wade.tables.reading.csv.text_encoding import decoded, find_encoding
from wade.tables.reading.dialect import AUTO_DETECT, Dialect, Finding, separator_name

SEPARATORS = (",", "\t", ";", "|")
ROWS_LOOKED_AT = 500
MARKS_AMONG_NUMBERS = frozenset(("-", "--", ".", "*", "n.a.", "N.A.", "missing", "unknown", "(null)"))
EXCEL_LINE = re.compile(r"sep=(.)\s*$", re.IGNORECASE)
SINGLE_QUOTED = re.compile(r"(^|[,;\t|])'[^']*'\s*($|[,;\t|])")
YEAR = re.compile(r"(18|19|20)\d\d")


class Found(NamedTuple):
    """The settled dialect, and the names of the columns as they stand in the file (or column_1, column_2, …)."""

    dialect: Dialect
    names: list[str]


def detect_dialect(
    beginning: bytes,
    name: str,
    given: Dialect = AUTO_DETECT,
    expected: Dialect = AUTO_DETECT,
    whole: bool = True,
) -> Found:
    """Find out how a text file writes its table, from its first bytes; UnreadableTable where that is not clear.

    `given` is what the user set, `expected` what counts where the evidence leaves a setting open. Unless these bytes
    are the `whole` file, the last line may be cut off and is not looked at.

    Examples
    --------
    >>> found = detect_dialect(b"wind;origin\\n45,5;JFK\\n12,25;LGA\\n", "flights.csv").dialect
    >>> found.separator, found.decimal, found.header
    (';', ',', True)
    >>> detect_dialect(b"45,JFK\\n12,LGA\\n", "flights.csv").names
    ['column_1', 'column_2']
    """
    encoding = find_encoding(beginning, given, expected, name, whole)
    lines = _lines(beginning, encoding.value, name, whole)
    quote = _quote(lines, given, expected)
    comment = _comment(lines, given, expected)
    if comment.value:
        lines = [line for line in lines if not line.startswith(comment.value)]
    if not any(map(str.strip, lines)):
        remedy = "Give a table with rows, or set in Python that there are no comments: Dialect(comment='')."
        raise UnreadableTable(name, "the file holds comments only", remedy)
    skip = _skip(lines, given, expected)
    separator = _separator(lines, skip.value, quote.value, given, expected)
    rows = _rows(lines[skip.value :], separator.value, quote.value)
    header = _header(rows, given, expected)
    names = rows[0] if header.value else [f"column_{number}" for number in range(1, len(rows[0]) + 1)]
    body = rows[1:] if header.value else rows
    decimal, thousands = find_number_marks(body, names, given, expected, name)
    missing = _missing(body, len(names), given, expected)
    findings = (encoding, separator, quote, header, decimal, thousands, comment, skip, missing)
    dialect = Dialect(
        encoding=encoding.value,
        separator=separator.value,
        quote=quote.value,
        decimal=decimal.value,
        thousands=thousands.value,
        header=header.value,
        comment=comment.value,
        skip=skip.value,
        missing=missing.value,
        why=tuple(finding.why for finding in findings if finding.why),
        notes=tuple(finding.why for finding in findings if finding.notable),
    )
    return Found(dialect, names)


def _lines(beginning: bytes, encoding: str, name: str, whole: bool) -> list[str]:
    """The lines that are there in full."""
    text = decoded(beginning, encoding, whole)
    if text is None:
        remedy = "Name another encoding, or leave it out: it is then detected."
        raise UnreadableTable(name, f"the file holds text that is not {encoding}", remedy)
    if "\0" in text:
        problem = "the file is not a table: it holds binary data"
        raise UnreadableTable(name, problem, "Give a CSV, TSV, Parquet, Feather or JSON lines file.")
    lines = list(io.StringIO(text, newline=""))
    return lines if whole or len(lines) < 2 else lines[:-1]


def _quote(lines: Sequence[str], given: Dialect, expected: Dialect) -> Finding[str]:
    if given.quote is not None:
        return Finding(given.quote, f"Values are quoted by {given.quote!r}, as given.")
    looked_at = lines[:ROWS_LOOKED_AT]
    single = [line for line in looked_at if "'" in line and SINGLE_QUOTED.search(line)]
    if 2 * len(single) > len(looked_at) and not any('"' in line for line in looked_at):
        return Finding("'", "Values are quoted by ' instead of \".", notable=True)
    return Finding(expected.quote or '"', "")


def _comment(lines: Sequence[str], given: Dialect, expected: Dialect) -> Finding[str]:
    """Lines with # at the top are comments, unless the first is the line of names, as in "#id,wind"."""
    if given.comment is not None:
        return Finding(given.comment, f"Lines that begin with {given.comment!r} are no rows, as given.")
    top = [line for line in lines[:2] if line.startswith("#")]
    if not top:
        return Finding(expected.comment or "", "")
    is_header = len(top) == 1 < len(lines) and any(
        top[0].count(separator) == lines[1].count(separator) > 0 for separator in SEPARATORS
    )
    return Finding("", "") if is_header else Finding("#", "Lines that begin with '#' are comments.", notable=True)


def _skip(lines: Sequence[str], given: Dialect, expected: Dialect) -> Finding[int]:
    if given.skip is not None:
        return Finding(min(given.skip, len(lines) - 1), f"{given.skip} lines above the table are skipped, as given.")
    excel = int(bool(EXCEL_LINE.match(lines[0])))
    return Finding(excel or min(expected.skip or 0, len(lines) - 1), "")


def _separator(lines: Sequence[str], skip: int, quote: str, given: Dialect, expected: Dialect) -> Finding[str]:
    """The separator in the first line that gives the most rows as many values as the first has."""
    if given.separator is not None:
        return Finding(given.separator, f"Values are separated by {separator_name(given.separator)}, as given.")
    declared = EXCEL_LINE.match(lines[0]) if skip else None
    if declared:
        return Finding(
            declared[1], f"Values are separated by {separator_name(declared[1])}: the first line declares it."
        )
    before = expected.separator
    scores = {
        separator: _score(lines[skip : skip + 100], separator, quote) for separator in (before or ",", *SEPARATORS)
    }
    best = max(scores, key=lambda separator: scores[separator])
    # A table of one column shows no separator at all.
    if before and (scores[before][0] == 1 or scores[best][0] == 0):
        best = before
    return Finding(best, f"Values are separated by {separator_name(best)}.")


def _score(lines: Sequence[str], separator: str, quote: str) -> tuple[float, float, int, bool]:
    """How well a separator explains these lines: rows alike, cells that are numbers or dates, many cells, no comma."""
    rows = _rows(lines, separator, quote)
    width = len(rows[0])
    if width == 1:
        return 0.0, 0.0, 0, separator == ","
    cells = [cell for row in rows for cell in row]
    # 1,5;2,5 has one comma more than it has semicolons, but only the semicolon leaves numbers.
    values = sum(map(is_value, cells)) / len(cells)
    return sum(len(row) == width for row in rows) / len(rows), values, width, separator != ","


def _rows(lines: Sequence[str], separator: str, quote: str) -> list[list[str]]:
    """The cells of the first rows, without white space around them; there is at least one row."""
    # A line has its own line end, so a value over several lines stays one.
    how = {"quotechar": quote} if quote else {"quoting": csv.QUOTE_NONE}
    rows: list[list[str]] = []
    try:
        for row in csv.reader(lines, delimiter=separator, **how):
            if row:
                rows.append([cell.strip() for cell in row])
            if len(rows) == ROWS_LOOKED_AT:
                break
    except csv.Error:
        pass  # a value without end: what stands before it is evidence enough
    return rows or [[""]]


def _header(rows: Sequence[Sequence[str]], given: Dialect, expected: Dialect) -> Finding[bool]:
    """Whether the first line holds names: text above a column of numbers or dates is a name, a number there is not."""
    if given.header is not None:
        return Finding(given.header, f"The first line holds {'names' if given.header else 'values'}, as given.")
    first, body = rows[0], [row for row in rows[1:] if len(row) == len(rows[0])]
    columns = list(zip(first, map(set, zip(*body, strict=True)) if body else [set()] * len(first), strict=True))
    if any(not is_value(top) and not _is_missing(top) and _all_values(cells) for top, cells in columns):
        return Finding(True, "The first line holds the names of the columns.")
    numbers = [cell for cell in first if is_value(cell)]
    if not numbers or _are_names(numbers):
        before = expected.header if expected.header is not None and not numbers else True
        return Finding(before, "The first line was taken as the names of the columns.")
    names = "column_1" if len(first) == 1 else f"column_1 … column_{len(first)}"
    why = f"The first line holds values, not names ({numbers[0]!r}), so the columns are called {names}."
    return Finding(False, why, notable=True)


def _all_values(cells: Collection[str]) -> bool:
    present = [cell for cell in cells if not _is_missing(cell)]
    return bool(present) and all(map(is_value, present))


def _is_missing(cell: str) -> bool:
    return cell in MISSING_MARKERS or cell in MARKS_AMONG_NUMBERS


def _are_names(numbers: Sequence[str]) -> bool:
    """Years side by side, or 0, 1, 2, …: numbers that name columns."""
    years = len(numbers) > 1 and all(map(YEAR.fullmatch, numbers))
    return (years and len(set(numbers)) == len(numbers)) or (
        len(numbers) > 2 and list(numbers) == [str(number) for number in range(len(numbers))]
    )


def _missing(rows: Sequence[Sequence[str]], width: int, given: Dialect, expected: Dialect) -> Finding[tuple[str, ...]]:
    """Missing markers such as "-" in columns of numbers that hold no other text."""
    found: dict[str, None] = {}
    for column in zip(*(row for row in rows if len(row) == width), strict=True):
        cells = Counter(column)
        for marker in MISSING_MARKERS:
            cells.pop(marker, 0)
        texts = {cell for cell in cells if not is_value(cell)}
        if texts and texts <= MARKS_AMONG_NUMBERS and 2 * sum(cells[cell] for cell in texts) <= cells.total():
            found.update(dict.fromkeys(sorted(texts)))
    given_markers = dict.fromkeys((*given.missing, *expected.missing))
    new = [marker for marker in found if marker not in given_markers]
    why = f"{' and '.join(map(repr, new))} among numbers is taken as a missing value." if new else ""
    return Finding((*given_markers, *new), why, notable=bool(new))
