"""The section on the row: its values in the user's units, and how each becomes what the network reads."""

from __future__ import annotations

from wade.explanation.notation.rounding import format_number
from wade.explanation.report.blocks import Block, Cell, Formula, Heading, Prose, Table
from wade.explanation.report.legends import of_encoding
from wade.explanation.steps.parameter_index import ParameterIndex, written_entry
from wade.explanation.steps.record import EncodingStep, Record

WIDER = (
    "A wider range than the interquartile one is that between the quantiles 1/8 and 7/8, or, if that is 0 too, between "
    "1/16 and 15/16, and so on, up to the whole range."
)


def row_section(record: Record, place: ParameterIndex) -> list[Block]:
    """The row in the user's units, and the numbers that the network reads."""
    rows: list[tuple[Cell, ...]] = []
    for column in record.columns:
        raw = "missing" if column.raw is None else _raw_text(column.raw)
        first = (column.column, f"{raw} {column.unit}" if column.unit and column.raw is not None else raw)
        pending = ""
        for step in column.encoding:
            pending += _step_text(step)
            if step.read_by:
                rows.append((*first, pending, written_entry(step.read_by)))
                first, pending = ("", ""), ""
            else:
                pending += " → "
        if pending:
            rows.append((*first, pending.removesuffix(" → "), ""))
    table = Table(("column", "value", "encoded as", "read by"), tuple(rows), is_grouped=True)
    notes = [Prose(" ".join(record.row_notes))] if record.row_notes else []
    opening: list[Block] = [Heading("The row and its encoding"), Prose(of_encoding(record))]
    return [*opening, table, *notes, *_encoding_formulas(record, place)]


def _step_text(step: EncodingStep) -> str:
    """The name and value of an encoding step, and its remark where no formula shows it."""
    if step.name.endswith("?"):
        return f"{step.name[:-1]}: {'1 (yes)' if step.value else '0 (no)'}"
    value = format_number(float(step.value)) if isinstance(step.value, int | float) else step.value
    remarked = step.remark and step.name not in ("scaled", "clipped")
    return f"{step.name}: {value} ({step.remark})" if remarked else f"{step.name}: {value}"


def _encoding_formulas(record: Record, place: ParameterIndex) -> list[Block]:
    """The formulas of one column: the one that the weight reads, or the first that has any."""
    own = f"{place.name}[{place.index[0]},:]" if len(place.index) > 1 else ""
    own = place.name if place.name.startswith("P") else own
    candidates = sorted(record.columns, key=lambda column: not any(step.read_by == own for step in column.encoding))
    column = next((one for one in candidates if any(step.equation for step in one.encoding)), None)
    if column is None:
        return []
    steps = [step for step in column.encoding if step.equation]
    if any(step.read_by == own for step in steps):
        # Of a date only the part that the weight reads, and the steps before it.
        last = next(number for number, step in enumerate(steps) if step.read_by == own)
        steps = [step for step in steps[: last + 1] if not step.read_by or step.read_by == own]
    unit = f" (its value in {column.unit})" if column.unit and isinstance(column.raw, float) else ""
    blocks: list[Block] = [Prose(f'Encoding of "{column.column}"{unit}:')]
    for step in steps:
        assert step.equation is not None
        blocks.append(Formula(step.equation, step.name + (f" ({step.remark})" if step.remark else "")))
    if any(step.name == "position" for step in steps):
        blocks.append(Prose("e are the edges of the bins: bin 0 lies between e[0] and e[1]."))
    others = [one for one in record.columns if one is not column and any(step.equation for step in one.encoding)]
    if any(step.name == "scaled" for step in steps):
        same = (
            "Other numbers are scaled and clipped in the same way, each with its own median and s. " if others else ""
        )
        blocks.append(Prose(same + WIDER))
    return blocks


def _raw_text(value: object) -> str:
    """A value as it stands in the row."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        # A float32 has seven digits.
        return format_number(float(f"{value:.7g}"), digits=7)
    return str(value).replace("-", "−") if isinstance(value, int) else str(value)
