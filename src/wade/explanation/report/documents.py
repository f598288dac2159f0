"""Writes a report as a document: text for a terminal, LaTeX, MathML, HTML. Untrusted names are escaped here.

Formulas that may be wider than a page, and tables, scroll by themselves there; `data-of` on each symbol and number of a
formula is its address: data-of="W1[0,2]".
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

from rich.cells import cell_len

from wade.documents.escaping import for_html, for_latex, for_text
from wade.documents.page import page, scrolling
from wade.explanation.notation.printers import Format
from wade.explanation.notation.rendering import Form, render, render_symbol
from wade.explanation.notation.rounding import format_number
from wade.explanation.report.blocks import Block, Cell, Formula, Heading, Number, Prose, Table

NO_BREAK: Final = "\xa0"
BREAK: Final = re.compile(r" (?=[=≈+−·⊙] )")
SIDE: Final = re.compile(r" (?=[=≈←] )")
WIDEST: Final = 26
"""Letters of a formula's left and longest right side that fit into a phone's width; a wider one scrolls."""


def as_text(blocks: Sequence[Block], form: Form, digits: int, width: int) -> str:
    """For a terminal: formulas and tables indented, prose no wider than `width`."""
    parts = []
    for block in blocks:
        match block:
            case Heading(text, level):
                title = for_text(text)
                parts.append(f"\n{title}" + (f"\n{'═─'[level - 1] * cell_len(title)}" if level < 3 else ""))
            case Prose(_, is_typeset=True):
                continue
            case Prose(text):
                parts.append(textwrap.fill(for_text(text), width, break_long_words=False, break_on_hyphens=False))
            case Formula(equation, label, _):
                lines = render(equation, "text", form, digits).split("\n")
                start = [f"  {for_text(label)}:"] if label else []
                parts.append("\n".join([*start, *(broken for line in lines for broken in _broken(line, width))]))
            case Table():
                parts.append(_text_table(block, digits, width))
    return "\n".join(parts).strip("\n") + "\n"


def as_latex(blocks: Sequence[Block], form: Form, digits: int) -> str:
    """The body of a document that loads amsmath."""
    parts = []
    for block in blocks:
        match block:
            case Heading(text, level):
                command = ("section", "subsection", "subsubsection")[level - 1]
                parts.append(rf"\{command}*{{{for_latex(text)}}}")
            case Prose(text):
                parts.append(for_latex(text) + "\n")
            case Formula(equation, label, _):
                note = f"{for_latex(label)}:\n" if label else ""
                parts.append(f"{note}\\[\n{render(equation, 'latex', form, digits)}\n\\]")
            case Table(titles, rows):
                head = " & ".join(map(for_latex, titles))
                body = " \\\\\n".join(
                    " & ".join(_cell(cell, "latex", for_latex, digits) for cell in row) for row in rows
                )
                columns = "".join("r" if _is_numeric(rows, place) else "l" for place in range(len(titles)))
                parts.append(f"\\begin{{tabular}}{{{columns}}}\n{head} \\\\ \\hline\n{body}\n\\end{{tabular}}\n")
    return "\n".join(parts) + "\n"


def as_mathml(blocks: Sequence[Block], form: Form, digits: int) -> str:
    """The formulas alone, one on each line."""
    found = [render(block.equation, "mathml", form, digits) for block in blocks if isinstance(block, Formula)]
    return "\n".join(found) + "\n"


def as_html(blocks: Sequence[Block], form: Form, digits: int) -> str:
    """A page with its formulas in MathML: no script, nothing loaded from elsewhere."""
    title = next((block.text for block in blocks if isinstance(block, Heading)), "wade")
    return page(title, html_body(blocks, form, digits))


def html_body(blocks: Sequence[Block], form: Form, digits: int) -> str:
    """What stands between the headings of a page and its end, to be part of `wade.documents.page.page`."""
    parts: list[str] = []
    heading = ""
    for block in blocks:
        match block:
            case Heading(text, level):
                heading = text
                parts.append(f"<h{level}>{for_html(text)}</h{level}>")
            case Prose(text):
                parts.append(f"<p>{for_html(text)}</p>")
            case Formula(_, _, is_short):
                figure = _figure(block, form, digits)
                beside = is_short and parts and parts[-1].endswith("</figure></div>")
                if beside:
                    figure = f"{parts.pop().removesuffix('</div>')}{figure}</div>"
                elif is_short:
                    figure = f'<div class="row">{figure}</div>'
                parts.append(figure)
            case Table():
                parts.append(scrolling(_html_table(block, digits), f"Table: {heading}"))
    return "\n".join(parts)


def _figure(formula: Formula, form: Form, digits: int) -> str:
    """A formula under its label; one that is wider than a phone scrolls."""
    written = render(formula.equation, "mathml", form, digits)
    left, *sides = SIDE.split(render(formula.equation, "text", form, digits).replace("\n", " "))
    if len(left) + max(len(side.strip()) for side in sides) > WIDEST:
        written = scrolling(written, f"Formula of {left}{f': {formula.label}' if formula.label else ''}")
    caption = f"<figcaption>{for_html(formula.label)}</figcaption>" if formula.label else ""
    return f"<figure>{caption}{written}</figure>"


def _html_table(table: Table, digits: int) -> str:
    """Of a grouped table, a name and its value are beside all rows that they have."""
    numeric = [_is_numeric(table.rows, place) for place in range(len(table.titles))]
    head = "".join(
        f'<th scope="col"{_class(n)}>{for_html(title)}</th>' for title, n in zip(table.titles, numeric, strict=True)
    )
    starts = [place for place, row in enumerate(table.rows) if row[0] != "" or not table.is_grouped]
    spans = {start: end - start for start, end in pairwise([*starts, len(table.rows)])}
    lines = []
    for place, row in enumerate(table.rows):
        first = 0 if place in spans else 2
        cells = [
            f"<td{_class(n)}>{_cell(cell, 'html', _bdi, digits)}</td>" for cell, n in zip(row, numeric, strict=True)
        ]
        if spans.get(place, 1) > 1:
            cells[:2] = [f'<td rowspan="{spans[place]}"{cell[3:]}' for cell in cells[:2]]
        lines.append(f"<tr>{''.join(cells[first:])}</tr>")
    body = "\n".join(lines)
    kind = ' class="grouped"' if table.is_grouped else ""
    return f"<table{kind}><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table>"


def _bdi(text: str) -> str:
    return f"<bdi>{for_html(text)}</bdi>" if text else ""


def _class(numeric: bool) -> str:
    return ' class="number"' if numeric else ""


def _is_numeric(rows: Sequence[Sequence[Cell]], place: int) -> bool:
    return any(isinstance(row[place], Number) for row in rows)


def _cell(cell: Cell, format: Format, escaped: Callable[[str], str], digits: int) -> str:
    if isinstance(cell, str):
        return escaped(cell)
    if isinstance(cell, Number):
        return escaped(format_number(cell.value, digits))
    return render_symbol(cell, format)


def _broken(line: str, width: int) -> list[str]:
    """A formula in as many lines as it needs, broken before its signs."""
    indent, room = "    ", width - 4
    if cell_len(line) <= room:
        return [indent + line]
    aligned = max(len(line) - len(line.lstrip()), 4)
    lines, current = [], ""
    for piece in BREAK.split(line):
        longer = f"{current} {piece}" if current else piece
        if current and cell_len(longer) > room:
            lines.append(current)
            current = " " * min(aligned, room // 3) + piece.lstrip()
        else:
            current = longer
    return [indent + one for one in (*lines, current)]


def _text_table(table: Table, digits: int, width: int) -> str:
    """Columns side by side; of a grouped table the name and the value on a line above the other cells."""
    if not table.is_grouped:
        return "\n".join(_indented(line) for lines in _text_rows(table, digits, width - 4) for line in lines)
    others = Table(table.titles[2:], tuple(row[2:] for row in table.rows))
    head, *body = _text_rows(others, digits, width - 6)
    parts = [_indented(line, 6) for line in head]
    for (name, value, *_), lines in zip(table.rows, body, strict=True):
        if name != "":
            group = f"{_cell(name, 'text', for_text, digits)} = {_cell(value, 'text', for_text, digits)}"
            parts += [_indented(line) for line in textwrap.wrap(group, width - 4, subsequent_indent="  ")]
        parts += [_indented(line, 6) for line in lines]
    return "\n".join(parts)


def _text_rows(table: Table, digits: int, width: int) -> list[list[str]]:
    """The lines of each row, the titles' first; the widest column folds where a line would be too long."""
    body = [[_kept_whole(_cell(cell, "text", for_text, digits)) for cell in row] for row in table.rows]
    grid = [list(table.titles), *body]
    numeric = [_is_numeric(table.rows, place) for place in range(len(table.titles))]
    widths = [max(cell_len(row[place]) for row in grid) for place in range(len(table.titles))]
    least = [max(max(map(cell_len, row[place].split(" "))) for row in grid) for place in range(len(widths))]
    spare = width - 2 * (len(widths) - 1)
    while sum(widths) > spare:
        # A column gives way as long as its words fit; then whichever is widest.
        fitting = [place for place in range(len(widths)) if widths[place] > least[place]] or range(len(widths))
        widths[max(fitting, key=lambda place: widths[place])] -= 1
    found = []
    for row in grid:
        folded = [_folded(cell, room) for cell, room in zip(row, widths, strict=True)]
        found.append(
            [
                "  ".join(
                    _padded(cell[line] if line < len(cell) else "", room, right)
                    for cell, room, right in zip(folded, widths, numeric, strict=True)
                ).replace(NO_BREAK, " ")
                for line in range(max(map(len, folded)))
            ]
        )
    found[0].append("  ".join("─" * room for room in widths))
    return found


def _kept_whole(cell: str) -> str:
    """The text with blanks that no line breaks at within names in quotes."""
    return re.sub(r'"[^"]*"', lambda name: name[0].replace(" ", NO_BREAK), cell)


def _indented(line: str, by: int = 4) -> str:
    return (" " * by + line).rstrip()


def _folded(text: str, room: int) -> list[str]:
    return textwrap.wrap(text, room, break_on_hyphens=False) if cell_len(text) > room else [text]


def _padded(text: str, room: int, right: bool) -> str:
    spaces = " " * max(0, room - cell_len(text))
    return spaces + text if right else text + spaces
