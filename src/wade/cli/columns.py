"""The columns of a table as a person reads them in a terminal of 80 columns.

Names and values come from strangers: what a terminal would obey is shown as an escape, and nothing is markup.
"""

from __future__ import annotations

import shlex

from rich import box
from rich.table import Table
from rich.text import Text

from wade.cli.pieces import counted, headline, labelled, show_next, terminal
from wade.tables.kinds.column import Column
from wade.tables.kinds.registry import KINDS
from wade.tables.schema.overview import UNUSABLE, Overview

NAME_WIDTH = 22
EXAMPLE_WIDTH = 18
EXAMPLES = 3
STYLES = {UNUSABLE: "bold red", "target": "bold"}


def show_overview(overview: Overview, data: str) -> None:
    """One line or more for each column, then the cautions and notes, then what to do next."""
    out = terminal()
    target = f", target {overview.target}" if overview.target else ""
    size = f"{counted(len(overview.columns), 'column')}, {counted(overview.rows, 'row')}"
    out.print(headline(f"{escaped(overview.name)}: {size}{escaped(target)}"))
    out.print(_table(overview))
    out.print()
    if overview.cautions:
        out.print(Text("Look twice", style="bold"))
        for caution in overview.cautions:
            out.print(labelled({caution.kind: escaped(caution.message)}))
        out.print()
    for note in overview.notes:
        out.print(labelled({"Note": escaped(note)}))
    target_option = ["--target", overview.target or "COLUMN"]
    show_next(out, ["wade", "train", data, *target_option])
    out.print(
        Text(f"Edit      wade data {escaped(shlex.join([data, *target_option]))} --toml > schema.toml"), soft_wrap=True
    )


def escaped(text: str) -> str:
    """The text with what a terminal would obey as a visible escape.

    Examples
    --------
    >>> escaped("wind\\x1b[31m\\n")
    'wind\\\\x1b[31m\\\\n'
    """
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in text
    )


def _table(overview: Overview) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, expand=True)
    table.add_column("column", overflow="fold", max_width=NAME_WIDTH)
    table.add_column("role", no_wrap=True)
    table.add_column("missing", justify="right", no_wrap=True)
    table.add_column("why, and what was seen", overflow="fold", ratio=1)
    for column in overview.columns:
        role = "target" if column.name == overview.target else column.role
        style = STYLES.get(role, "" if role in KINDS else "dim")
        table.add_row(
            Text(escaped(column.name), style=style),
            Text(role, style=style),
            Text(_missing(column, overview.rows), style="dim"),
            Text(escaped(_seen(column, overview)), style="" if role in KINDS else style),
        )
    return table


def _seen(column: Column, overview: Overview) -> str:
    """The reason, how many different values there are, and some of them."""
    facts = column.facts
    text = column.why
    if facts is not None and column.role in ("number", "date-time"):
        about = "" if facts.exact else "about "
        text += f"; {about}{facts.different:,} different"
    told = column.role in ("number", "date-time", "boolean", "constant", UNUSABLE) or "classes: " in text
    values = () if told else overview.examples[column.name]
    shown = [value if len(value) <= EXAMPLE_WIDTH else f"{value[: EXAMPLE_WIDTH - 1]}…" for value in values[:EXAMPLES]]
    more = ", …" if shown and facts is not None and facts.different > len(shown) else ""
    return f"{text}: {', '.join(shown)}{more}" if shown else text


def _missing(column: Column, rows: int) -> str:
    missing = column.facts.missing if column.facts else 0
    share = missing / rows
    return "–" if not missing else f"{share:.1%}" if share >= 0.001 else "< 0.1%"
