"""The sections on the table and on its split."""

from __future__ import annotations

from typing import Final

from wade.documents.structure import Bars, Block, Cell, Facts, Number, Section, Share, Table, Text
from wade.documents.wording import counted, percent, shown
from wade.model.kept_report import kept_split
from wade.reports.cells import histogram
from wade.reports.evidence import Evidence
from wade.reports.wording import file_name, meaning_of_target, rows_in_words, target_in_words
from wade.tables.kinds.column import Column
from wade.tables.kinds.registry import KINDS

BARS: Final = 12
MOST_COLUMNS: Final = 250
MOST_CLASSES: Final = 20
MOST_DRIFTS: Final = 8


def table_section(evidence: Evidence) -> Section:
    """What is predicted from which columns, what each of them is, and the shares of the classes."""
    model, report = evidence.model, evidence.report
    schema = model.schema
    facts = [
        ("Table", f"{file_name(report['data'])}, {rows_in_words(report)}"),
        ("Target", f"{schema.target.name}{meaning_of_target(report)}: {target_in_words(model)}"),
        ("Inputs", counted(len(schema.columns), "column")),
    ]
    if schema.left_out:
        names = [f"{shown(column.name)} ({column.role})" for column in schema.left_out[:MOST_CLASSES]]
        more = len(schema.left_out) - len(names)
        facts.append(("Dropped", ", ".join(names) + (f" and {more} more" if more else "")))
    blocks: list[Block] = [Facts(tuple(facts)), *_classes(evidence)]
    rows = tuple(_row(evidence, column) for column in schema.columns[:MOST_COLUMNS])
    left = len(schema.columns) - len(rows)
    notes = [f"{counted(left, 'more column')} left out: wade data lists every one."] if left else []
    if evidence.table is None:
        notes.append("Histograms need the table: wade report MODEL DATA.")
    else:
        ordered = {KINDS[column.role].ordered for column in schema.columns if column.role in KINDS}
        if True in ordered:
            notes.append("The first and the last bar hold what lies beyond the 1st and the 99th percentile.")
        if False in ordered:
            notes.append("Of categories, the bars are the most frequent values, in falling order.")
    titles = ("column", "role", "values", "missing", "what it holds")
    blocks.append(Table("Columns that the network reads", titles, rows, " ".join(notes)))
    # What was dropped stands above, cut where it is long.
    noted = dict.fromkeys((*report.get("notes", ()), *schema.notes, *evidence.notes))
    blocks += [Text(note) for note in noted if not note.startswith("Dropped: ")]
    return Section("table", "The table", tuple(blocks))


def _classes(evidence: Evidence) -> list[Block]:
    target, rates = evidence.model.target, evidence.report["base_rate"]
    if target.task == "regression":
        found = evidence.table and histogram(evidence.table, evidence.model.schema.target, BARS, evidence.name)
        if not found:
            return []
        return [Table(f"Distribution of {target.column}", ("target", "values"), ((target.column, Bars(*found)),))]
    shares = [1 - rates[0], rates[0]] if target.task == "binary" else list(rates)
    order = sorted(range(len(shares)), key=lambda place: -shares[place])[:MOST_CLASSES]
    rows = tuple(
        (shown(str(target.classes[place])), Share(shares[place], percent(shares[place]), shares[place]))
        for place in order
    )
    left = len(shares) - len(order)
    note = f"The other {left:,} {'class is' if left == 1 else 'classes are'} left out." if left else ""
    return [Table("Classes among the training rows", ("class", "share"), rows, note)]


def _row(evidence: Evidence, column: Column) -> tuple[Cell, ...]:
    facts = column.facts
    found = evidence.table and histogram(evidence.table, column, BARS, evidence.name)
    bars: Cell = Bars(*found) if found else ""
    if facts is None:
        return (shown(column.name), column.role, bars, "", column.why)
    missing = facts.missing / facts.rows if facts.rows else None
    text = "" if missing is None else "none" if missing == 0 else percent(missing)
    such = f", such as {', '.join(map(shown, facts.examples[:3]))}" if facts.examples else ""
    return (shown(column.name), column.role, bars, Number(missing, text), f"{column.why}{such}")


def split_section(evidence: Evidence) -> Section:
    """How the rows were split, why, and how far apart the parts are."""
    blocks: list[Block] = [Text(kept_split(evidence.report).why)]
    if evidence.table is not None and evidence.split is None:
        blocks.append(
            Text(
                f"{file_name(evidence.name)} is not the table of the training, or its split cannot be found again: "
                f"what is evaluated here is every row of it that has a target, {evidence.table.num_rows:,} in all."
            )
        )
    drifted = [one.column for one in evidence.drifts if one.is_notable]
    if evidence.drifts and not drifted and evidence.is_measurable:
        blocks.append(Text("No column's values differ between training and test rows by more than chance makes."))
    if drifted:
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (shown(one.column), *(Number(share, percent(share)) for share in (one.distance, one.by_chance)))
            for one in evidence.drifts[:MOST_DRIFTS]
        )
        left = len(evidence.drifts) - len(rows)
        note = "The share of test rows that would need another value (total variation distance)."
        note += f" The other {counted(left, 'column')} differ less." if left else ""
        titles = ("column", "difference", "by chance")
        blocks.append(Table("How far apart training and test rows are", titles, rows, note))
    return Section("split", "The split", tuple(blocks))
