"""Lines of CSV, written the same way by the command line and by every exported program."""

import csv
import io
from collections.abc import Iterable
from typing import Any


def csv_lines(rows: Iterable[Iterable[Any]], delimiter: str = ",") -> list[str]:
    r"""A line of CSV for each row, without its end; what holds a delimiter, a quotation mark or a line end is quoted.

    Examples
    --------
    >>> csv_lines([["no, never", 0.5], ["a\rb", 2]])
    ['"no, never",0.5', '"a\rb",2']
    """
    lines, text = [], io.StringIO(newline="")
    # Only where lines end in both characters does the standard library quote a value for either of them.
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    for row in rows:
        writer.writerow(row)
        lines.append(text.getvalue().removesuffix("\r\n"))
        text.seek(0)
        text.truncate()
    return lines
