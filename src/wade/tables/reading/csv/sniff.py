"""From the beginning of a text file to its dialect: each setting is detected from evidence, kept as the reason.

What the user set is taken as it is. What the evidence leaves open falls to what is `expected` (the dialect of the
training table, or of the first of several files), and after that to the commonest case.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Collection, Sequence
from typing import NamedTuple

from wade.errors import UnreadableTable
from wade.tables.columns.cleaning import MISSING_MARKERS
from wade.tables.columns.views import numbered
from wade.tables.reading.csv.cells import MARKS_AMONG_NUMBERS, ROWS_LOOKED_AT, cells_of, rows_of
from wade.tables.reading.csv.footers import RowShape, is_suspect
from wade.tables.reading.csv.line_filter import Layout, repeated_names
from wade.tables.reading.csv.number_format import find_number_marks, is_value
from wade.tables.reading.csv.text_encoding import decoded, find_encoding
from wade.tables.reading.csv.top import ALIKE, any_above_values, fitting_names, lines_above
from wade.tables.reading.csv.unit_line import is_units
from wade.tables.reading.dialect import AUTO_DETECT, Dialect, Finding, separator_name

SEPARATORS = (",", "\t", ";", "|")
EXCEL_LINE = re.compile(r"sep=(.)\s*$", re.IGNORECASE)
SINGLE_QUOTED = re.compile(r"(^|[,;\t|])'[^']*'\s*($|[,;\t|])")
MOST_REPEATS = 0.1
YEAR = re.compile(r"(18|19|20)\d\d")


class Found(NamedTuple):
    """The settled dialect, the names of the columns as they stand in the file (or column_1, …), and other lines."""

    dialect: Dialect
    names: list[str]
    layout: Layout


def detect_dialect(
    beginning: bytes,
    name: str,
    given: Dialect = AUTO_DETECT,
    expected: Dialect = AUTO_DETECT,
    whole: bool = True,
    text: Collection[str] = (),
) -> Found:
    """Find out how a text file writes its table, from its first bytes; UnreadableTable where that is not clear.

    `given` is what the user set, `expected` what counts where the evidence leaves a setting open. Unless these bytes
    are the `whole` file, the last line may be cut off and is not looked at. The columns in `text` stay text, and are no
    evidence of how numbers are written.

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
    skip, separator = _top(lines, quote.value, given, expected)
    how = Dialect(separator=separator.value, quote=quote.value)
    rows = rows_of(lines[skip.value :], separator.value, quote.value)
    written, rows = rows[0], [fitting_names(rows[0], rows[1:]), *rows[1:]]
    header = _header(rows, given, expected, name)
    names = rows[0] if header.value else numbered(len(rows[0]))
    layout, body, units = _layout(lines, skip.value, rows, written if header.value else None, how, whole)
    decimal, thousands = find_number_marks(body, names, given, expected, name, text)
    missing = _missing(body, len(names), given, expected)
    nameless = _nameless(names)
    findings = (encoding, separator, quote, header, decimal, thousands, comment, skip, missing, units, nameless)
    dialect = Dialect(
        encoding=encoding.value,
        separator=separator.value,
        quote=quote.value,
        decimal=decimal.value,
        thousands=thousands.value,
        header=header.value,
        comment=comment.value,
        skip=layout.first - 1 if layout.explicit else skip.value,
        missing=missing.value,
        why=tuple(finding.why for finding in findings if finding.why),
        notes=tuple(finding.why for finding in findings if finding.notable),
    )
    return Found(dialect, names, layout)


def _without_repeats(rows: Sequence[list[str]], names: list[str]) -> list[list[str]]:
    """The rows without those that repeat the names, and without what may be a footer right above those."""
    kept: list[list[str]] = []
    for row in rows:
        if row != names:
            kept.append(row)
        while row == names and kept and is_suspect(kept[-1], len(names)):
            kept.pop()
    return kept


def _nameless(names: Sequence[str]) -> Finding[bool]:
    """Columns without a name: they are left out, and the reader refuses them where they hold a value."""
    places = [str(at) for at, name in enumerate(names, start=1) if not name]
    if not places or len(places) == len(names):
        return Finding(False, "")
    columns = f"Columns {', '.join(places[:-1])} and {places[-1]} have" if places[1:] else f"Column {places[0]} has"
    return Finding(True, f"{columns} neither a name nor a value: left out.", notable=True)


def _layout(
    lines: Sequence[str], skip: int, rows: Sequence[list[str]], written: list[str] | None, how: Dialect, whole: bool
) -> tuple[Layout, list[list[str]], Finding[bool]]:
    """Which lines are no rows, the rows at the beginning, and whether a line under the names holds units."""
    separator, quote = how.separator or ",", how.quote or ""
    at = next(at for at in range(skip, len(lines)) if at == len(lines) - 1 or lines[at].strip())
    names, body = rows[0], _without_repeats(rows[1:], written) if written else list(rows)
    has_units = bool(written) and len(body) > 1 and is_units(body[0], body[1:])
    units = Finding(has_units, "")
    below: list[str] = []
    if has_units:
        under = next(under for under in range(at + 1, len(lines)) if lines[under].strip())
        below = list(lines[at + 1 : under + 1])
        shown = ", ".join(repr(cell) for cell in body[0] if cell)
        units = Finding(True, f"The line under the names holds units ({shown}), and is no row.", notable=True)
        body = body[1:]
    shape = RowShape.of(body, len(names), separator, quote, whole) if len(names) > 1 else None
    if shape is not None and whole and len(rows) < ROWS_LOOKED_AT:
        footer = [row for row in rows_of(lines[len(lines) - shape.footer(lines) :], separator, quote) if any(row)]
        body = body[: len(body) - len(footer)]
    explicit, pattern, needle = written is not None and names != written, b"", b""
    if written and len(written) > 1 and not any(break_ in name for name in written for break_ in "\r\n"):
        pattern, needle = repeated_names(written, lines[:skip], below, how), max(written, key=len).encode()
    layout = Layout(
        pattern, needle, shape, first=at + 1, explicit=explicit, under=len(below), one_column=len(names) == 1
    )
    return layout, body, units


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


def _top(lines: Sequence[str], quote: str, given: Dialect, expected: Dialect) -> tuple[Finding[int], Finding[str]]:
    """How many lines stand above the table, and what separates its values."""
    if given.skip is not None:
        skip = Finding(min(given.skip, len(lines) - 1), f"{given.skip} lines above the table are skipped, as given.")
        return skip, _separator(lines, skip.value, quote, given, expected)
    if EXCEL_LINE.match(lines[0]):
        return Finding(1, ""), _separator(lines, 1, quote, given, expected)
    plain = _separator(lines, 0, quote, given, expected)
    is_plain = given.separator is not None or _score(lines[:100], plain.value, quote)[0] >= ALIKE
    separators = [plain.value] if is_plain else list(SEPARATORS)
    above = {separator: lines_above(lines, separator, quote) for separator in separators}
    fitting = [separator for separator in separators if above[separator]]
    if not fitting:
        return Finding(_expected_skip(lines, plain.value, quote, expected), ""), plain
    best = max(fitting, key=lambda separator: _score(lines[above[separator] :][:100], separator, quote))
    title = next(line for line in lines if line.strip()).strip().strip(best)
    count = f"{above[best]} lines stand" if above[best] > 1 else "A line stands"
    why = f"{count} above the names of the columns ({title[:60]!r}): no rows."
    return Finding(above[best], why, notable=True), _separator(lines, above[best], quote, given, expected)


def _expected_skip(lines: Sequence[str], separator: str, quote: str, expected: Dialect) -> int:
    """As many lines as were skipped before, where the first of them is no row."""
    skip = min(expected.skip or 0, len(lines) - 1)
    rows = [cells_of(line, separator, quote) for line in (lines[0], lines[skip])]
    return skip if len(rows[0]) != len(rows[1]) else 0


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
    rows = rows_of(lines, separator, quote)
    width = len(rows[0])
    if width == 1:
        return 0.0, 0.0, 0, separator == ","
    cells = [cell for row in rows for cell in row]
    # 1,5;2,5 has one comma more than it has semicolons, but only the semicolon leaves numbers.
    values = sum(map(is_value, cells)) / len(cells)
    return sum(len(row) == width for row in rows) / len(rows), values, width, separator != ","


def _header(rows: Sequence[Sequence[str]], given: Dialect, expected: Dialect, name: str) -> Finding[bool]:
    """Whether the first line holds names: text above a column of numbers or dates is a name, a number there is not."""
    if given.header is not None:
        return Finding(given.header, f"The first line holds {'names' if given.header else 'values'}, as given.")
    first, body = rows[0], [row for row in rows[1:] if len(row) == len(rows[0])]
    without = [row for row in body if row != first]
    if without and any_above_values(first, without):
        return Finding(True, "The first line holds the names of the columns.")
    numbers = [cell for cell in first if is_value(cell)]
    if not numbers or _are_names(numbers):
        if expected.header is None and len(first) > 1 and len(body) - len(without) > MOST_REPEATS * len(body):
            problem = f"the first line comes again in {len(body) - len(without)} of {len(body)} lines: names, or a row"
            raise UnreadableTable(name, problem, "Say which: --header, or --no-header.")
        before = expected.header if expected.header is not None and not numbers else True
        return Finding(before, "The first line was taken as the names of the columns.")
    names = "column_1" if len(first) == 1 else f"column_1 … column_{len(first)}"
    why = f"The first line holds values, not names ({numbers[0]!r}), so the columns are called {names}."
    return Finding(False, why, notable=True)


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
