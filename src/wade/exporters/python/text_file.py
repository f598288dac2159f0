"""How exported Python programs read a text file: each function is written out as it stands here.

A program reads what its model's training table was written like, and a file with another usual separator whose line of
names has every column; anything else is refused with what is wrong. The constants are the program's own. `wade.tables`
has the counterparts, in `reading/csv`.
"""

import csv
import io
import os
import re
import sys
from collections.abc import Iterable, Iterator
from inspect import getsource
from typing import Any

from wade.exporters.python.helpers import refuse, tidy
from wade.files.csv_lines import csv_lines

COLUMNS: dict[str, str] = {}
ENCODING, SEPARATORS, QUOTE, DECIMAL, GROUP = "utf-8", ",\t;|", '"', ".", ""
HEADER, COMMENT, SKIP = True, "", 0


def printed(rows: Any) -> list[list[Any]]:
    """What the command prints of these rows, titles first: the program has its own."""
    raise NotImplementedError


def text_of(path: str) -> str:
    """The text of a file: UTF-8, UTF-16 with a byte order mark, or in the encoding of the training table."""
    with open(path, "rb") as file:
        content = file.read()
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    else:
        encodings = [ENCODING] if b"\0" in content else ["utf-8-sig", ENCODING]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeError:
            continue
        if "\0" not in text:
            return text
    expected = " or ".join(dict.fromkeys(encoding.removesuffix("-sig") for encoding in encodings))
    raise ValueError(f"expected text in {expected}, found other bytes. Save it as UTF-8.")


def lines_in(text: str) -> Iterator[str]:
    """The lines of a text; those of comment are left out, unless a quoted value goes on in them."""
    quoted = False
    for line in io.StringIO(text, newline=""):
        if quoted or not COMMENT or not line.startswith(COMMENT):
            quoted ^= bool(QUOTE and line.count(QUOTE) % 2)
            yield line


def records_in(text: str, separator: str, strict: bool = False) -> list[list[str]]:
    """The records of a text, without blank lines; `strict` refuses quotation marks that stand where none belongs.

    In a table of one column, a blank line between others is a row whose value is missing.
    """
    csv.field_size_limit(2**31 - 1)
    found = csv.reader(
        lines_in(text),
        delimiter=separator,
        quotechar=QUOTE or None,
        quoting=csv.QUOTE_MINIMAL if QUOTE else csv.QUOTE_NONE,
        strict=strict,
    )
    records = list(found)
    while records and not records[-1]:
        records.pop()
    while records and not records[0]:
        records.pop(0)
    if all(len(record) < 2 for record in records):
        return [record or [""] for record in records]
    return [record for record in records if record]


def table_in(text: str) -> tuple[list[str], list[list[str]]]:
    """The names of the columns, and the rows under them; of the separators, the one that finds every column is used."""
    for separator in SEPARATORS:
        records = records_in(text, separator)
        # Lines may stand above the line of names: a title, "sep=;".
        tops = range(min(max(SKIP, 20) + 1, len(records)))
        found = [([name.strip() for name in records[top]], records[top + 1 :]) for top in tops]
        if not HEADER and len(records) > SKIP:
            names = [f"column_{number}" for number in range(1, len(records[SKIP]) + 1)]
            found.append((names, records[SKIP:]))
        for names, rows in found:
            if set(names) >= set(COLUMNS):
                if any("\n" in value or "\r" in value for row in rows for value in row):
                    # A mark that was forgotten swallows rows; where each is closed, a value may hold line breaks.
                    records_in(text, separator, strict=True)
                return names, rows
    names = [name.strip() for name in next(iter(records_in(text, SEPARATORS[0])), [])]
    absent = ", ".join(repr(name) for name in COLUMNS if name not in names)
    raise ValueError(f"no column {absent}; read with {SEPARATORS[0]!r} between names, the first line is {names}")


def rows_of(path: str) -> dict[str, list[Any]]:
    """The columns of a text file that the network reads."""
    try:
        names, rows = table_in(text_of(path))
    except csv.Error as error:
        raise ValueError(f"a quotation mark is never closed, or stands where none belongs ({error})") from None
    # The names may come once more, as in files that were put together.
    rows = [row for row in rows if [value.strip() for value in row] != names]
    if not rows:
        raise ValueError("it has column names but no rows")
    for name in COLUMNS:
        if names.count(name) > 1:
            raise ValueError(f"two columns share the name {name!r}")
    for number, row in enumerate(rows, start=1):
        if len(row) != len(names):
            raise ValueError(f"row {number}: {len(row)} values under {len(names)} column names")
    return {name: [with_point(name, row[names.index(name)]) for row in rows] for name in COLUMNS}


def with_point(name: str, text: str) -> Any:
    """A number of a file as Python writes it: 1.234,5 as 1234.5 where the training table had a decimal comma."""
    if COLUMNS[name] != "a number" or DECIMAL + GROUP == ".":
        return text
    value = tidy(text)
    if value is None:
        return None
    groups = rf"|[1-9]\d{{0,2}}(?:{re.escape(GROUP)}\d{{3}})+" if GROUP else ""
    point = re.escape(DECIMAL)
    if not re.fullmatch(rf"[+-]?(?:(?:\d+{groups})(?:{point}\d*)?|{point}\d+)(?:[eE][+-]?\d+)?", value, re.ASCII):
        refuse(name, f"a number with {DECIMAL!r} before its fraction", value)
    return (value.replace(GROUP, "") if GROUP else value).replace(DECIMAL, ".")


def sources() -> list[str]:
    """What every program has of this."""
    functions = (text_of, lines_in, records_in, table_in, rows_of, with_point, csv_lines, print_lines)
    return [getsource(function).rstrip() for function in functions]


def main() -> None:
    """The command: a text file in, CSV out: a line of titles, and one for each row."""
    if sys.argv[1:] in (["-h"], ["--help"]):
        print(f"usage: python {sys.argv[0]} ROWS.csv\n\n{__doc__}")
        return
    if len(sys.argv) != 2:
        sys.exit(f"usage: python {sys.argv[0]} ROWS.csv (--help says more)")
    try:
        lines = printed(rows_of(sys.argv[1]))
    except (OSError, ValueError) as error:
        sys.exit(f"{sys.argv[1]}: {getattr(error, 'strerror', None) or error}")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    print_lines(csv_lines(lines), "the predictions")


def print_lines(lines: Iterable[str], what: str) -> None:
    """The lines on standard output; a reader that has seen enough (`| head`) need not be told."""
    try:
        sys.stdout.writelines(f"{line}\n" for line in lines)
        sys.stdout.flush()
    except OSError as error:
        # Python flushes once more at the end, which must not fail as well.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1 if isinstance(error, BrokenPipeError) else f"{what} cannot be written: {error.strerror}")
