"""The first part of a story: the row in the user's units, and what the network reads of it."""

from __future__ import annotations

from wade.explanation.notation.rounding import format_number
from wade.explanation.report.blocks import Block, Cell, Formula, Heading, Prose, Table
from wade.explanation.steps.parameter_index import ParameterIndex
from wade.explanation.steps.record import EncodedColumn, EncodingStep, Record


def row_section(record: Record, place: ParameterIndex) -> list[Block]:
    """The row in the user's units, and what the network reads of it."""
    rows: list[tuple[Cell, ...]] = []
    for column in record.columns:
        raw = "missing" if column.raw is None else plain_value(column.raw)
        shown = f"{raw} {column.unit}" if column.unit and column.raw is not None else raw
        first, so_far = (column.column, shown), ""
        for move in column.encoding:
            so_far += f"{move.name}: {_step_value(move)}"
            if move.read_by:
                rows.append((*first, so_far, move.read_by))
                first, so_far = ("", ""), ""
            else:
                so_far += " → "
        if so_far:
            rows.append((*first, so_far.removesuffix(" → "), ""))
    blocks: list[Block] = [
        Heading("The row, and what the network reads"),
        Table(("column", "in the row", "becomes", "read by"), tuple(rows)),
    ]
    blocks += _encoding_formulas(record, place)
    return blocks


def _step_value(move: EncodingStep) -> str:
    """The value of a move, and what there is to say about it where no formula says it."""
    value = format_number(float(move.value)) if isinstance(move.value, int | float) else move.value
    return f"{value}, {move.remark}" if move.remark and move.equation is None and "?" not in move.name else value


def _encoding_formulas(record: Record, place: ParameterIndex) -> list[Block]:
    """The formulas of one column: the one that the weight belongs to, or the first that has some."""
    own = f"{place.name}[{place.index[0]},:]" if len(place.index) > 1 else ""
    candidates = sorted(record.columns, key=lambda column: not any(move.read_by == own for move in column.encoding))
    column = next((one for one in candidates if any(move.equation for move in one.encoding)), None)
    if column is None:
        return []
    told = [move for move in column.encoding if move.equation]
    if any(move.read_by == own for move in told):
        # Of a date, the part that the weight reads, and what leads to it.
        last = next(number for number, move in enumerate(told) if move.read_by == own)
        told = [move for move in told[: last + 1] if not move.read_by or move.read_by == own]
    blocks: list[Block] = [Prose(f"{column.column}, move by move{_unit_note(column)}:")]
    for move in told:
        assert move.equation is not None
        blocks.append(Formula(move.equation, move.name + (f" ({move.remark})" if move.remark else "")))
    return blocks


def _unit_note(column: EncodedColumn) -> str:
    return f", x in {column.unit}" if column.unit else ""


def plain_value(value: object) -> str:
    """A value of the row as it stands there."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        # Seven digits are all that a table in float32 has.
        return format_number(float(f"{value:.7g}"), digits=7)
    return str(value).replace("-", "−") if isinstance(value, int) else str(value)
