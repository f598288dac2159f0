"""The sections on what the network relies on, and on one row, number by number."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np

from wade.documents.html import heading_levels_below
from wade.documents.structure import Block, Facts, Formulas, Section, Share, Table, Text
from wade.documents.wording import alike, compact, counted, shown
from wade.explanation.report.documents import as_text, html_body
from wade.explanation.report.sections import report_sections
from wade.metrics import METRICS
from wade.model.explanations.contributions import contributions
from wade.model.explanations.importance import importance
from wade.reports.evidence import Evidence
from wade.reports.wording import file_name
from wade.tables.columns.views import in_short

MOST_COLUMNS: Final = 15
MOST_CONTRIBUTIONS: Final = 10
MOST_PASSES: Final = 1_500_000  # rows times columns times shuffles
REPEATS: Final = 3
FEWEST_ROWS: Final = 200
DIGITS: Final = 4


def typical_row(evidence: Evidence) -> int:
    """The row of the median loss among those that are evaluated: neither the best nor the worst one."""
    order = np.argsort(evidence.losses, kind="stable")
    return int(order[len(order) // 2])


def reasons_section(evidence: Evidence) -> Section | None:
    """Permutation importance, and the contributions to one prediction; None without rows."""
    if evidence.table is None:
        return None
    table = [_importance(evidence)] if evidence.is_measurable else []
    return Section("reasons", "Reasons", (*table, *_contributions(evidence)))


def _importance(evidence: Evidence) -> Table:
    """How much the loss rises when a column is shuffled."""
    model = evidence.model
    columns = len(model.schema.columns)
    rows = max(FEWEST_ROWS, min(10_000, MOST_PASSES // (columns * REPEATS)))
    found = importance(model, evidence.evaluated, rows=rows, repeats=REPEATS, seed=evidence.seed)
    triples = [(one["importance"], *one["interval"]) for one in found["columns"][:MOST_COLUMNS]]
    written = iter(alike([number for each in triples for number in each], sign=True))
    label, most = METRICS[found["metric"]].label, max(1e-300, *(one["importance"] for one in found["columns"]))
    lines = tuple(
        (
            shown(", ".join(one["columns"])),
            Share(one["importance"], value, max(0.0, one["importance"] / most)),
            f"{low} to {high}",
        )
        for one, value, low, high in zip(found["columns"], written, written, written, strict=False)
    )
    left = len(found["columns"]) - len(lines)
    note = f"{label[:1].upper()}{label[1:]} is {compact(found['value'])} on {counted(found['rows'], 'row')}; each line "
    note += "shows by how much it rises when the column is shuffled."
    note += f" The other {counted(left, 'column')} matter less." if left else ""
    titles = ("column", f"rise in {label}", "95 % interval")
    return Table("Feature importance (permutation)", titles, lines, note)


def _contributions(evidence: Evidence) -> list[Block]:
    """What each column adds to the prediction of the typical row."""
    row = typical_row(evidence)
    found = contributions(evidence.model, evidence.evaluated.slice(row, 1))
    most = max(1e-300, *(abs(one["contribution"]) for one in found["columns"]))
    largest = found["columns"][:MOST_CONTRIBUTIONS]
    written = alike([one["contribution"] for one in largest], sign=True)
    lines = tuple(
        (
            shown(one["column"]),
            shown(f"{as_in_the_table(one['value'])} {one.get('unit', '')}".strip()),
            Share(one["contribution"], text, one["contribution"] / most),
        )
        for one, text in zip(largest, written, strict=True)
    )
    left = len(found["columns"]) - len(lines)
    which = "" if found["class"] is None else f" of {evidence.model.target.column} = {shown(str(found['class']))}"
    base, output = alike([found[name]["value"] for name in ("base", "output")])
    note = f"From {base}, for a typical row, to {output} for this one."
    note += f" The other {counted(left, 'column')} contribute less." if left else ""
    caption = f"Contributions to one prediction ({found['unit']}{which}): {row_in_words(evidence, row)}"
    return [Table(caption, ("column", "value", "contribution"), lines, note)]


def as_in_the_table(value: Any) -> str:
    """A value of a column: no digits beyond six, and no commas, which would make 1,984 of a year.

    Examples
    --------
    >>> as_in_the_table(1984.0), as_in_the_table(41.98650999999), as_in_the_table("JFK"), as_in_the_table(None)
    ('1984', '41.9865', 'JFK', 'missing')
    """
    if value is None:
        return "missing"
    return in_short(float(f"{value:.6g}") if isinstance(value, float) and not value.is_integer() else value)


def row_in_words(evidence: Evidence, row: int) -> str:
    """Which row of the table it is; rows count from 1, those without a target too."""
    return f"row {evidence.number(row):,} of {file_name(evidence.name)}, whose loss is the median"


def row_section(evidence: Evidence) -> Section | None:
    """Every number of one training step on the typical row; None without rows."""
    if evidence.table is None:
        return None
    row = typical_row(evidence)
    trace = evidence.model.explain(evidence.evaluated.slice(row, 1), 1)
    # The row is named above, and who reads a page gives no options.
    trace = replace(trace, target_info=replace(trace.target_info, row=""))
    blocks = report_sections(trace, can_choose=False)[1:]
    markup = heading_levels_below(html_body(blocks, "both", DIGITS))
    text = as_text(blocks, "both", DIGITS, 80)
    steps = "the encoding of its values, forward pass, loss, backward pass and update"
    intro = Text(f"One training step on {row_in_words(evidence, row)}: {steps}.")
    facts = Facts((("Parameters", f"{evidence.model.network.n_parameters:,}; the largest terms are written out"),))
    return Section("row", "The mathematics of one row", (intro, facts, Formulas(markup, text)))
