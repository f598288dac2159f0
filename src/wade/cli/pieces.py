"""The pieces that every summary in a terminal is put together from.

Names come from strangers' tables: they are shown as plain text, never as markup, with nothing that a terminal obeys.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from wade.cli.outcome import printable


def show_facts(facts: Mapping[str, str]) -> None:
    """Labels and values, one below the other."""
    terminal().print(labelled(facts))


def terminal() -> Console:
    """Standard output as plain text: no markup, no emoji."""
    return Console(highlight=False, markup=False, emoji=False)


def headline(text: str) -> Text:
    """The first line of a summary."""
    return Text(f"\n{printable(text)}\n", style="bold")


def labelled(facts: Mapping[str, str]) -> Table:
    """Labels on the left, plain sentences on the right."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True, min_width=8)
    grid.add_column(overflow="fold")
    for label, text in facts.items():
        grid.add_row(Text(label), Text(printable(text)))
    return grid


def show_next(console: Console, command: list[str]) -> None:
    """The next command to try, on a line of its own that is never broken, so that it can be copied."""
    line = Text.assemble(("Next".ljust(10), "dim"), (printable(shlex.join(command)), "bold"))
    console.print(line, soft_wrap=True)


def counted(count: int, noun: str) -> str:
    """A number with its noun.

    Examples
    --------
    >>> counted(1, "row"), counted(2000, "row")
    ('1 row', '2,000 rows')
    """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
