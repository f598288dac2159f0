"""Writes a document as a web page, or as a piece of one for a notebook."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from wade.documents.charts import (
    CHART_STYLE,
    bars_svg,
    cell_svg,
    chart_svg,
    density_levels,
    density_svg,
    legend_svg,
    shade_of,
    share_svg,
)
from wade.documents.escaping import for_html
from wade.documents.page import page, scrolling
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
    Section,
    Share,
    Table,
    Text,
)
from wade.documents.wording import counted

FLAG: Final = re.compile(r"(?<!\S)--[a-z][a-z-]*")
SHORT: Final = 18
LONG_WORD: Final = re.compile(r"[^\s<>]{13,}")
WORD_ENDS: Final = re.compile(r"(?<=[_/-])(?=\w)|(?<=[.,])(?=[^\W\d])|(?<=[a-z])(?=[A-Z])")

COLORS: Final = """
:root { --first: #0b62a0; --second: #a34a00; --third: #5b4a8a; }
@media (prefers-color-scheme: dark) { :root { --first: #6fb7ec; --second: #f2a65a; --third: #b9a6ec; } }
@media print { :root { --first: #0b62a0; --second: #a34a00; --third: #5b4a8a; } }
"""
STYLE: Final = f"""{COLORS}{CHART_STYLE}
.lead {{ font-size: 1.08rem; font-weight: 600; }}
nav ol {{ columns: 2 16rem; padding-left: 1.3rem; margin: .6rem 0; }}
a {{ color: var(--accent); }}
dl {{ display: grid; grid-template-columns: minmax(6rem, max-content) 1fr; gap: .25rem 1rem; margin: .7rem 0; }}
dt {{ color: var(--soft); overflow-wrap: break-word; }} dd {{ margin: 0; overflow-wrap: anywhere; }}
.caption {{ font-size: .88rem; color: var(--soft); margin: 1rem 0 -.5rem; }}
td {{ max-width: 24rem; }}
tbody th {{ min-width: 6rem; }} thead .number {{ white-space: normal; }}
td:last-child:not(.number):not(:only-child) {{ min-width: 8rem; }}
.short, .flag {{ white-space: nowrap; }}
.strong td, .strong th {{ font-weight: 600; }}
.remark {{ font-size: .88rem; color: var(--soft); }}
.finding {{ border-left: 4px solid var(--second); padding: .1rem .8rem; margin: .9rem 0; background: var(--raised); }}
.finding.note {{ border-left-color: var(--edge); }}
.finding h3 {{ color: var(--text); margin: .3rem 0; }}
.legend {{ display: flex; flex-wrap: wrap; gap: .1rem 1.2rem; font-size: .85rem; padding: 0; margin: .2rem 0;
  list-style: none; }}
.charts {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 21rem), 1fr)); gap: 0 1rem; }}
.drawn {{ max-width: 34rem; }} .charts .drawn {{ max-width: none; }}
figcaption strong {{ color: var(--text); display: block; }}
details {{ margin: .3rem 0; font-size: .92rem; }}
summary {{ color: var(--accent); cursor: pointer; padding: .25rem 0; }}
pre {{ background: var(--raised); padding: .6rem .8rem; margin: .5rem 0; white-space: pre-wrap;
  overflow-wrap: anywhere; }}
@media (max-width: 30rem) {{
  body {{ margin: 1rem auto; padding: 0 .9rem; }}
  dl {{ grid-template-columns: 1fr; gap: 0; }}
  dd {{ margin-bottom: .5rem; }} nav ol {{ columns: 1; }} .share {{ width: 4rem; }}
}}
@media print {{
  nav {{ display: none; }}
  .finding, .chart {{ break-inside: avoid; }} .drawn {{ break-inside: auto; }}
  .caption {{ break-after: avoid; }} .legend, .remark {{ break-before: avoid; }}
  details::details-content {{ content-visibility: visible; block-size: auto; }}
  summary {{ list-style: none; color: var(--soft); break-after: avoid; }}
  details .caption {{ display: none; }} .short {{ white-space: normal; }}
  details table {{ font-size: .85rem; }} details th, details td {{ padding-right: .6rem; }}
  .charts {{ grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }}
}}
"""


NOTEBOOK: Final = f""".wade {{
  --first: #2f7fb5; --second: #c26a1a; --third: #8672b8; --line: #808a90; --faint: #80808040; --soft: #808a90;
  color: inherit; max-width: 54rem;
  & h4 {{ margin: .2rem 0 .4rem; }} & p {{ margin: .3rem 0; }} .lead {{ font-weight: 600; }}
  & table {{ border-collapse: collapse; margin: .3rem 0; }}
  & th, & td {{ text-align: left; padding: .1rem .8rem .1rem 0; vertical-align: top; max-width: 24rem; }}
  & tbody th {{ font-weight: 400; }} .strong th, .strong td {{ font-weight: 600; }}
  & .number {{ text-align: right; font-variant-numeric: tabular-nums; }}
  .scroll {{ overflow-x: auto; }} & figure {{ margin: .4rem 0; }}
  & dl {{ display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .3rem 0; }}
  & dt {{ opacity: .8; }} & dd {{ margin: 0; }}
  {CHART_STYLE} }}"""
"""For a piece of a page in a notebook, light or dark: colors that can be read on both."""


def as_html(document: Document) -> str:
    """One file: complete without scripts, and nothing is loaded."""
    head = [f"<h1>{for_html(document.title)}</h1>", *(_block(block) for block in document.summary)]
    links = "".join(f'<li><a href="#{one.key}">{for_html(one.title)}</a></li>' for one in document.sections)
    nav = f'<nav aria-label="Sections"><ol>{links}</ol></nav>' if links else ""
    return page(document.title, "\n".join([*head, nav, *map(_section, document.sections)]), STYLE)


def fragment(document: Document) -> str:
    """A piece of a page, for a notebook: it brings its style, and takes the colors of what it stands in."""
    return notebook_piece(document.title, "\n".join(_block(block) for block in document.summary))


def notebook_piece(title: str, body: str) -> str:
    """The same from markup, in which names are escaped already."""
    return f'<div class="wade"><style>{NOTEBOOK}</style><h4>{for_html(title)}</h4>\n{body}</div>'


def heading_levels_below(markup: str) -> str:
    """Markup whose headings go one level down, to stand within a section."""
    return re.sub(r"<(/?)h([2-5])>", lambda found: f"<{found[1]}h{int(found[2]) + 1}>", markup)


def _section(section: Section) -> str:
    inner = "\n".join(_blocks(section.blocks))
    title = f'<h2 id="{section.key}-title">{for_html(section.title)}</h2>'
    return f'<section id="{section.key}" aria-labelledby="{section.key}-title">\n{title}\n{inner}\n</section>'


def _blocks(blocks: Iterable[Block]) -> Iterator[str]:
    """Each as markup; charts that follow each other stand side by side where there is room."""
    for are_charts, some in groupby(blocks, key=lambda block: isinstance(block, Chart | Density)):
        written = [_block(block) for block in some]
        if are_charts and len(written) > 1:
            yield f'<div class="charts">{"".join(written)}</div>'
        else:
            yield from written


def _block(block: Block) -> str:
    match block:
        case Text(text, emphasis):
            kind = ' class="lead"' if emphasis else ""
            return f"<p{kind}>{_prose(text)}</p>"
        case Facts(items):
            return f"<dl>{''.join(f'<dt>{_bdi(name)}</dt><dd>{_bdi(text)}</dd>' for name, text in items)}</dl>"
        case Table():
            return _table(block)
        case Chart():
            return _chart(block)
        case Density():
            return _density(block)
        case Findings():
            return _findings(block)
        case Command(text):
            return f"<pre><code>{for_html(text)}</code></pre>"
        case Formulas(markup, _):
            return markup


def _table(table: Table) -> str:
    numeric = [any(isinstance(row[place], Number) for row in table.rows) for place in range(len(table.titles))]
    head = "".join(
        f'<th scope="col"{_class(n)}>{for_html(title)}</th>' for title, n in zip(table.titles, numeric, strict=True)
    )
    rows = []
    for place, row in enumerate(table.rows):
        cells = [f"<td{_class(n, _is_short(cell))}>{_cell(cell)}</td>" for cell, n in zip(row, numeric, strict=True)]
        if isinstance(row[0], str):
            cells[0] = f'<th scope="row">{_bdi(row[0])}</th>'
        kind = ' class="strong"' if place in table.strong else ""
        rows.append(f"<tr{kind}>{''.join(cells)}</tr>")
    note = f'<p class="remark">{_prose(table.note)}</p>' if table.note else ""
    written = (
        f'<table aria-label="{for_html(table.caption)}"><thead><tr>{head}</tr></thead>'
        f"<tbody>\n{chr(10).join(rows)}\n</tbody></table>"
    )
    caption = f'<p class="caption" aria-hidden="true">{for_html(table.caption)}</p>'
    return f"{caption}{scrolling(written, f'Table: {table.caption}')}{note}"


def _cell(cell: Cell) -> str:
    match cell:
        case str():
            return _bdi(cell)
        case Number(_, text):
            return for_html(text)
        case Bars():
            return bars_svg(cell)
        case Share(_, text):
            return f"{share_svg(cell)} {for_html(text)}"


def _chart(chart: Chart) -> str:
    keys = [f"{legend_svg(number, one.style)} {for_html(one.name)}" for number, one in enumerate(chart.series)]
    return _figure(chart, chart_svg(chart), keys if len(keys) > 1 else [])


def _density(density: Density) -> str:
    levels = density_levels(density)
    keys = [
        f"{cell_svg(shade_of(level, len(levels)))} {_rows(low, high)}" for level, (low, high) in enumerate(levels, 1)
    ]
    return _figure(density, density_svg(density), keys)


def _rows(low: int, high: int) -> str:
    return counted(high, "row") if low == high else f"{low:,} to {high:,} rows"


def _figure(drawn: Chart | Density, svg: str, keys: list[str]) -> str:
    """The picture with what it shows in words, its legend, and its numbers."""
    legend = f'<ul class="legend">{"".join(f"<li>{one}</li>" for one in keys)}</ul>' if keys else ""
    caption = f"<figcaption><strong>{_prose(drawn.caption)}</strong> {_prose(drawn.summary)}</figcaption>"
    numbers = f"<details><summary>Numbers of this chart</summary>{_table(drawn.table())}</details>"
    return f'<figure class="drawn">{caption}{svg}{legend}{numbers}</figure>'


def _findings(findings: Findings) -> str:
    parts = [
        f'<div class="finding {one.severity}"><h3>{one.code} {for_html(one.title)}</h3>'
        f"<p>{_prose(one.what)}</p><p><strong>Remedy:</strong> {_prose(one.remedy)}</p></div>"
        for one in findings.found
    ]
    return "\n".join([*parts, f'<p class="remark">{for_html(findings.checks_in_words())}</p>'])


def _bdi(text: str) -> str:
    # <bdi> keeps a right-to-left name from turning the text around it.
    return f"<bdi>{_breakable(_prose(text))}</bdi>" if text else ""


def _breakable(markup: str) -> str:
    """Long words of a name may break after a separator, and before a capital letter."""
    return LONG_WORD.sub(lambda found: WORD_ENDS.sub("<wbr>", found[0]), markup)


def _prose(text: str) -> str:
    """Escaped; a number stays with its %, and an option in one line."""
    return FLAG.sub(r'<span class="flag">\g<0></span>', for_html(text).replace(" %", "&nbsp;%"))


def _is_short(cell: Cell) -> bool:
    """Whether it stands in one line: what is a number or two."""
    return isinstance(cell, Share) or (isinstance(cell, str) and " " in cell and len(cell) <= SHORT)


def _class(numeric: bool, short: bool = False) -> str:
    return ' class="number"' if numeric else ' class="short"' if short else ""
