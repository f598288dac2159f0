"""Writes a document as text for a terminal, and as Markdown."""

from __future__ import annotations

import textwrap
from itertools import zip_longest
from typing import Final

from rich.cells import cell_len

from wade.documents.escaping import for_text
from wade.documents.structure import (
    Bars,
    Block,
    Cell,
    Chart,
    Command,
    Density,
    Document,
    Facts,
    Findings,
    Formulas,
    Number,
    Table,
    Text,
)

BLOCKS: Final = " ▁▂▃▄▅▆▇█"
MARKDOWN_MEANS: Final = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_{}[]<>#|~!"})
GAP, NARROWEST = 2, 8
NO_BREAK: Final = "\xa0"


def as_text(document: Document, width: int = 80) -> str:
    """For a terminal of this width."""
    parts = [for_text(document.title), "═" * min(width, cell_len(for_text(document.title)))]
    parts += [_text_block(block, width) for block in document.summary]
    for section in document.sections:
        parts += ["", section.title, "─" * cell_len(section.title)]
        parts += [_text_block(block, width) for block in section.blocks]
    return "\n".join(parts) + "\n"


def _text_block(block: Block, width: int) -> str:
    match block:
        case Text(text, _):
            return _filled(text, width)
        case Facts(items):
            room = min(max(cell_len(for_text(name)) for name, _ in items), width // 3) + 2
            return "\n".join(
                _filled(text, width, for_text(name).ljust(room - 1) + " ", " " * room) for name, text in items
            )
        case Table():
            return _text_table(block, width)
        case Chart() | Density():
            return _filled(f"{block.caption}: {block.summary}", width)
        case Findings():
            lines = [
                f"{one.code} {one.title} ({one.severity})\n{_filled(one.what, width, '  ', '  ')}\n"
                f"{_filled(f'Remedy: {one.remedy}', width, '  ', '  ')}"
                for one in block.found
            ]
            return "\n".join([*lines, _filled(block.checks_in_words(), width)])
        case Command(text):
            return f"  {for_text(text)}"
        case Formulas(_, text):
            return text


def _filled(text: str, width: int, first: str = "", later: str = "") -> str:
    # A number stays with its %.
    text = for_text(text).replace(" %", f"{NO_BREAK}%")
    lines = textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=later, break_long_words=False, break_on_hyphens=False
    )
    return "\n".join(lines).replace(NO_BREAK, " ")


def _text_table(table: Table, width: int) -> str:
    """Columns as wide as what they hold; where that is too wide, the widest become narrower, and texts wrap."""
    rows = [list(map(for_text, table.titles)), *([_plain_cell(cell) for cell in row] for row in table.rows)]
    keep = [place for place in range(len(table.titles)) if any(row[place] for row in rows[1:])]
    rows = [[row[place] for place in keep] for row in rows]
    numeric = [any(isinstance(row[place], Number) for row in table.rows) for place in keep]
    sizes = [max(cell_len(row[place]) for row in rows) for place in range(len(keep))]
    while sum(sizes) + GAP * (len(sizes) - 1) > width and max(sizes) > NARROWEST:
        sizes[sizes.index(max(sizes))] -= 1
    lines = [line for row in rows for line in _wrapped_row(row, sizes, numeric)]
    lines.insert(len(_wrapped_row(rows[0], sizes, numeric)), "─" * (sum(sizes) + GAP * (len(sizes) - 1)))
    return "\n".join(["", _filled(table.caption, width), *lines, *([_filled(table.note, width)] if table.note else [])])


def _wrapped_row(row: list[str], sizes: list[int], numeric: list[bool]) -> list[str]:
    cells = [textwrap.wrap(text, size, break_on_hyphens=False) or [""] for text, size in zip(row, sizes, strict=True)]
    return [
        (" " * GAP).join(_placed(*each) for each in zip(line, sizes, numeric, strict=True)).rstrip()
        for line in zip_longest(*cells, fillvalue="")
    ]


def _placed(text: str, size: int, numeric: bool) -> str:
    room = " " * (size - cell_len(text))
    return room + text if numeric else text + room


def _plain_cell(cell: Cell) -> str:
    match cell:
        case str():
            return for_text(cell)
        case Bars(shares, _):
            most = max(shares, default=0) or 1
            return "".join(BLOCKS[max(1 if share else 0, round(8 * share / most))] for share in shares)
        case _:
            return for_text(cell.text)


def as_markdown(document: Document) -> str:
    """As Markdown, with the tables of GitHub's dialect."""
    parts = [f"# {_marked(document.title)}", *(_markdown_block(block) for block in document.summary)]
    for section in document.sections:
        parts += [f"## {_marked(section.title)}", *(_markdown_block(block) for block in section.blocks)]
    return "\n\n".join(parts) + "\n"


def _markdown_block(block: Block) -> str:
    match block:
        case Text(text, emphasis):
            return f"**{_marked(text)}**" if emphasis else _marked(text)
        case Facts(items):
            return "\n".join(f"- {_marked(name)}: {_marked(text)}" for name, text in items)
        case Table():
            return _markdown_table(block)
        case Chart() | Density():
            return f"{_marked(block.summary)}\n\n{_markdown_table(block.table())}"
        case Findings():
            found = [
                f"- **{one.code} {_marked(one.title)}** ({one.severity}): {_marked(one.what)} "
                f"*Remedy:* {_marked(one.remedy)}"
                for one in block.found
            ]
            return "\n".join([*found, *([""] if found else []), _marked(block.checks_in_words())])
        case Command(text):
            return f"```sh\n{for_text(text)}\n```"
        case Formulas(_, text):
            fence = "```" if "```" not in text else "~~~~~~"
            return f"{fence}text\n{text.rstrip()}\n{fence}"


def _markdown_table(table: Table) -> str:
    numeric = [any(not isinstance(row[place], str | Bars) for row in table.rows) for place in range(len(table.titles))]
    lines = [[_marked(title) for title in table.titles], ["--:" if n else "---" for n in numeric]]
    lines += [[_marked(_plain_cell(cell)) for cell in row] for row in table.rows]
    written = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
    return "\n\n".join([_marked(table.caption), written, *([_marked(table.note)] if table.note else [])])


def _marked(text: str) -> str:
    """Text in which nothing means anything to Markdown or HTML."""
    return for_text(text).translate(MARKDOWN_MEANS)
