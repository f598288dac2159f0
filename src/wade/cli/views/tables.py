"""The parts that every view is made of: headings, facts with labels, tables and bars of plain text.

Names come from users' tables: they are shown as plain text, never as markup, without control characters. Text is
wrapped between words and never inside one; a word that is longer than the line stays whole.
"""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Final

from rich.console import Console
from rich.text import Text

from wade.cli.output import printable
from wade.documents.wording import counted as counted

LABEL: Final = 12
NO_BREAK: Final = "\xa0"
EIGHTHS: Final = " ▏▎▍▌▋▊▉█"
FULL, OTHER = "█", "▒"


def terminal() -> Console:
    """Standard output as plain text: no markup, no emoji."""
    return Console(highlight=False, markup=False, emoji=False)


def headline(out: Console, text: str) -> None:
    """The first line of a view."""
    out.print()
    paragraph(out, text, "bold")
    out.print()


def paragraph(out: Console, text: str, style: str = "") -> None:
    """A text, wrapped."""
    for line in wrapped(printable(text), out.width):
        out.print(Text(line, style=style), soft_wrap=True)


def facts(out: Console, labelled: Mapping[str, str], most: int | None = None, whole: str = "") -> None:
    """Labels on the left, texts on the right; what has no text is left out.

    A text has an item in each line, and of those as many are shown as fit into `most` lines, the first in any case;
    `whole` is the command that shows all.
    """
    for label, text in labelled.items():
        lines = _items(printable(text), out.width - LABEL, most, whole) if text else []
        width = max(LABEL, len(label) + 1)
        for at, line in enumerate(lines):
            head = Text((label if at == 0 else "").ljust(width if at == 0 else LABEL), style="dim")
            out.print(Text.assemble(head, line), soft_wrap=True)


def _items(text: str, width: int, most: int | None, whole: str) -> list[str]:
    """Whole items of a text, in at most `most` lines, and how many more there are.

    Examples
    --------
    >>> _items("Add rows.\\nOr widen the network.\\nOr add columns.", 24, 2, "wade show m.wade")
    ['Add rows.', 'Or widen the network.', '(1 more: wade show', 'm.wade)']
    """
    items, lines, shown = text.split("\n"), list[str](), 0
    for item in items:
        own = wrapped(item, width)
        if most and shown and len(lines) + len(own) > most:
            break
        lines, shown = lines + own, shown + 1
    left = len(items) - shown
    if left:
        more = f"({left} more: {whole})"
        fits = len(lines[-1]) + 1 + len(more) <= width
        lines = [*lines[:-1], f"{lines[-1]} {more}"] if fits else [*lines, *wrapped(more, width)]
    return lines


def wrapped(text: str, width: int) -> list[str]:
    """The lines of a text, broken between words only; a number stays with its %.

    Examples
    --------
    >>> wrapped("between 20 and 29 % of them", 17)
    ['between 20 and', '29 % of them']
    """
    lines: list[str] = []
    for line in text.replace(" %", f"{NO_BREAK}%").split("\n"):
        lines += textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False) or [""]
    return [line.replace(NO_BREAK, " ") for line in lines]


def table(
    out: Console,
    titles: Sequence[str],
    rows: Sequence[Sequence[str]],
    left: Sequence[int] = (0,),
    styles: Sequence[str] = (),
) -> None:
    """Rows below their titles, in columns as wide as what they hold.

    Parameters
    ----------
    titles, rows
        A cell may have several lines. Where the table is too wide, what is in brackets in the first column goes below.
    left : column numbers
        Which columns are flush left.
    styles
        Of the rows.
    """

    def widths_of(rows: Sequence[Sequence[str]]) -> list[int]:
        return [max(len(line) for cell in column for line in cell.split("\n")) for column in zip(*rows, strict=True)]

    widths = widths_of([titles, *rows])
    if sum(widths) + 2 * (len(widths) - 1) > out.width:
        rows = [[cells[0].replace(" (", "\n  ("), *cells[1:]] for cells in rows]
        widths = widths_of([titles, *rows])

    def written(cells: Sequence[str]) -> str:
        placed = (
            cell.ljust(width) if at in left else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return "  ".join(placed).rstrip()

    out.print(Text(written(titles), style="dim"), soft_wrap=True)
    out.print(Text("─" * (sum(widths) + 2 * (len(widths) - 1)), style="dim"), soft_wrap=True)
    for cells, style in zip_longest(rows, styles[: len(rows)], fillvalue=""):
        for line in zip_longest(*(printable(cell).split("\n") for cell in cells), fillvalue=""):
            out.print(Text(written(line), style=style), soft_wrap=True)


def width_left(out: Console, titles: Sequence[str], rows: Sequence[Sequence[str]], least: int = 20) -> int:
    """The width that these first columns of a table leave for one more, at least `least`."""
    columns = zip(titles, *rows, strict=True)
    used = (max(len(line) for cell in column for line in cell.split("\n")) for column in columns)
    return max(least, out.width - sum(width + 2 for width in used))


def folded(text: str, width: int) -> str:
    """A text for a cell of at most this width, in lines; a longer word makes the cell wider."""
    return "\n".join(wrapped(text, width))


def shortened(text: str, width: int) -> str:
    """A text cut to a width, with … where something is left out.

    Examples
    --------
    >>> shortened("temperature", 6)
    'tempe…'
    """
    return text if len(text) <= width else f"{text[: width - 1]}…"


def next_command(out: Console, command: Sequence[str], label: str = "Next") -> None:
    """A command to try, on a line of its own that is never broken, so that it can be copied."""
    line = Text.assemble((label.ljust(LABEL), "dim"), (printable(shlex.join(command)), "bold"))
    out.print(line, soft_wrap=True)


def bar(value: float, largest: float, width: int) -> str:
    """A bar to the right, at most `width` long, to an eighth of a character; a value below 0 has none.

    Examples
    --------
    >>> bar(3.0, 4.0, 4), bar(0.5, 4.0, 4), bar(-1.0, 4.0, 4)
    ('███', '▌', '')
    """
    eighths = round(8 * width * max(value, 0.0) / largest) if largest > 0 else 0
    return FULL * (eighths // 8) + EIGHTHS[eighths % 8].strip()


def bar_to_either_side(value: float, largest: float, width: int) -> str:
    """A bar from a line in the middle: to the right and dark above 0, to the left and light below.

    Examples
    --------
    >>> bar_to_either_side(1.0, 2.0, 4), bar_to_either_side(-2.0, 2.0, 4)
    ('    │██  ', '▒▒▒▒│    ')
    """
    length = round(width * abs(value) / largest) if largest > 0 else 0
    left, right = (OTHER * length, "") if value < 0 else ("", FULL * length)
    return f"{left:>{width}}│{right:<{width}}"
