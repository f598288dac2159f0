"""A story as a document: text for a terminal, LaTeX, MathML, HTML. What strangers wrote is made harmless here."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Sequence
from typing import Final

from rich.cells import cell_len

from wade.explanation.notation.escaping import for_html, for_latex, for_text
from wade.explanation.notation.printers import HTML, LATEX, MATHML, TEXT, Html, Latex, Text
from wade.explanation.notation.rendering import Form, render, write
from wade.explanation.notation.rounding import format_number
from wade.explanation.report.blocks import Block, Cell, Formula, Heading, Number, Prose, Table
from wade.explanation.report.page import page

BREAK: Final = re.compile(r" (?=[=≈+−·⊙] )")
LONGEST_NAME: Final = 24


def as_text(blocks: Sequence[Block], form: Form, digits: int, width: int) -> str:
    """For a terminal: formulas and tables indented, prose no wider than `width`."""
    parts = []
    for block in blocks:
        match block:
            case Heading(text, level):
                title = for_text(text)
                parts.append(f"\n{title}" + (f"\n{'═─'[level - 1] * cell_len(title)}" if level < 3 else ""))
            case Prose(text):
                parts.append(textwrap.fill(_readable(text), width, break_long_words=False, break_on_hyphens=False))
            case Formula(equation, label, _):
                lines = render(equation, TEXT, form, digits).split("\n")
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
                parts.append(_latex_prose(text) + "\n")
            case Formula(equation, label, _):
                note = f"{for_latex(label)}:\n" if label else ""
                parts.append(f"{note}\\[\n{render(equation, LATEX, form, digits)}\n\\]")
            case Table(titles, rows):
                head = " & ".join(map(_latex_prose, titles))
                body = " \\\\\n".join(
                    " & ".join(_cell(cell, LATEX, _latex_prose, digits) for cell in row) for row in rows
                )
                columns = "".join("r" if _is_numeric(rows, place) else "l" for place in range(len(titles)))
                parts.append(f"\\begin{{tabular}}{{{columns}}}\n{head} \\\\ \\hline\n{body}\n\\end{{tabular}}\n")
    return "\n".join(parts) + "\n"


def as_mathml(blocks: Sequence[Block], form: Form, digits: int) -> str:
    """The formulas alone, one on each line."""
    found = [render(block.equation, MATHML, form, digits) for block in blocks if isinstance(block, Formula)]
    return "\n".join(found) + "\n"


def as_html(blocks: Sequence[Block], form: Form, digits: int) -> str:
    """A page of its own, with its formulas in MathML: no script, and nothing from elsewhere."""
    title = next((block.text for block in blocks if isinstance(block, Heading)), "wade")
    parts = []
    for block in blocks:
        match block:
            case Heading(text, level):
                parts.append(f"<h{level}>{for_html(text)}</h{level}>")
            case Prose(text):
                parts.append(f"<p>{for_html_prose(text)}</p>")
            case Formula(equation, label, is_short):
                caption = f"<figcaption>{for_html_prose(label)}</figcaption>" if label else ""
                figure = f"<figure>{caption}{render(equation, MATHML, form, digits)}</figure>"
                beside = is_short and parts and parts[-1].endswith("</figure></div>")
                if beside:
                    figure = f"{parts.pop().removesuffix('</div>')}{figure}</div>"
                elif is_short:
                    figure = f'<div class="row">{figure}</div>'
                parts.append(figure)
            case Table(titles, rows):
                numeric = [_is_numeric(rows, place) for place in range(len(titles))]
                head = "".join(
                    f"<th{_class(n)}>{for_html(title)}</th>" for title, n in zip(titles, numeric, strict=True)
                )
                body = "\n".join(
                    ('<tr class="more">' if row[0] == "" else "<tr>")
                    + "".join(
                        f"<td{_class(n)}>{_cell(cell, HTML, _bdi, digits)}</td>"
                        for cell, n in zip(row, numeric, strict=True)
                    )
                    + "</tr>"
                    for row in rows
                )
                parts.append(f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table>")
    return page(for_html(title), "\n".join(parts))


def for_html_prose(text: str) -> str:
    """Sentences, which may be longer than a name."""
    return " ".join(for_html(word) for word in text.split(" "))


def _readable(text: str) -> str:
    return " ".join(for_text(word) for word in text.split(" "))


def _latex_prose(text: str) -> str:
    """Sentences, with the letters that TeX has in its mathematics only."""
    return " ".join(for_latex(word) for word in text.split(" "))


def _bdi(text: str) -> str:
    return f"<bdi>{for_html(text)}</bdi>" if text else ""


def _class(numeric: bool) -> str:
    return ' class="number"' if numeric else ""


def _is_numeric(rows: Sequence[Sequence[Cell]], place: int) -> bool:
    return any(isinstance(row[place], Number) for row in rows)


def _cell(cell: Cell, alphabet: Text | Latex | Html, words: Callable[[str], str], digits: int) -> str:
    if isinstance(cell, str):
        return words(cell)
    if isinstance(cell, Number):
        return words(format_number(cell.value, digits))
    return write(cell, alphabet, numbers=False)


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
    """Columns side by side; the widest one folds where the line would be too long."""
    body = [[_cell(cell, TEXT, _readable, digits) for cell in row] for row in table.rows]
    grid = [list(table.titles), *body]
    numeric = [_is_numeric(table.rows, place) for place in range(len(table.titles))]
    widths = [max(cell_len(row[place]) for row in grid) for place in range(len(table.titles))]
    least = [max(max(map(cell_len, row[place].split(" "))) for row in grid) for place in range(len(widths))]
    spare = width - 4 - 2 * (len(widths) - 1)
    while sum(widths) > spare:
        # A column gives way as long as its words fit; then whichever is widest.
        fitting = [place for place in range(len(widths)) if widths[place] > least[place]] or range(len(widths))
        widths[max(fitting, key=lambda place: widths[place])] -= 1
    lines = []
    for number, row in enumerate(grid):
        folded = [_folded(cell, room) for cell, room in zip(row, widths, strict=True)]
        for line in range(max(map(len, folded))):
            cells = [
                _padded(cell[line] if line < len(cell) else "", room, right)
                for cell, room, right in zip(folded, widths, numeric, strict=True)
            ]
            lines.append(("    " + "  ".join(cells)).rstrip())
        if not number:
            lines.append("    " + "  ".join("─" * room for room in widths))
    return "\n".join(lines)


def _folded(text: str, room: int) -> list[str]:
    return textwrap.wrap(text, room) if cell_len(text) > room else [text]


def _padded(text: str, room: int, right: bool) -> str:
    spaces = " " * max(0, room - cell_len(text))
    return spaces + text if right else text + spaces
