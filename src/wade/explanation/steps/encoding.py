"""How each column of one row becomes numbers, codes and positions: the encoder's own moves, told one by one.

The numbers that the network reads are taken from the encoder's result; the moves on the way there are asked of the
same functions that the encoder uses.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import floor, isnan, nan, pi
from typing import Any

import numpy as np
import pyarrow as pa

from wade.explanation.notation.expressions import (
    Apply,
    Constant,
    Equation,
    Expression,
    Label,
    Negative,
    Power,
    Product,
    Quantity,
    Quotient,
    Sum,
    Symbol,
)
from wade.explanation.steps.record import EncodedColumn, EncodingStep
from wade.tables import Encoder, Schema
from wade.tables.columns.calendar import DAY, calendar_value
from wade.tables.columns.cleaning import one_piece
from wade.tables.columns.scalars import NOT_A_TIME
from wade.tables.columns.views import as_booleans, as_numbers, as_text, as_times, column_location
from wade.tables.encoding.datetime import ELAPSED, DateEncoding
from wade.tables.encoding.kinds import BooleanEncoding, CategoryEncoding, NumberEncoding
from wade.tables.encoding.scales import Scale
from wade.tables.encoding.text_hashing import TextEncoding
from wade.types import InputLayout, Inputs

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FARTHEST_WORDS = 12


def columns_read(
    encoder: Encoder, schema: Schema, table: pa.Table, name: str, X: Inputs, units: Mapping[str, str]
) -> tuple[EncodedColumn, ...]:
    """Every column that the model reads, with the moves of its value.

    Parameters
    ----------
    encoder, schema
        The model's.
    table : pa.Table
        One tidy row.
    name : str
        What messages call the table.
    X : Inputs
        What the encoder made of that row.
    units : mapping from column to text
    """
    roles = {column.name: column.role for column in schema.columns}
    at = _Places(X, encoder.layout)
    found = []
    for encoding in encoder.encodings:
        column, where = encoding.column, column_location(name, encoding.column)
        values = one_piece(table[column]) if column in table.column_names else pa.nulls(1)
        raw, moves = _moves(encoding, values, where, at)
        found.append(EncodedColumn(column, roles.get(column, ""), raw, units.get(column, ""), tuple(moves)))
    return tuple(found)


def row_names(encoder: Encoder) -> dict[str, tuple[str, ...]]:
    """What rows 1, 2, … of each category's table are called."""
    values: list[tuple[str, ...]] = []
    for encoding in encoder.encodings:
        if isinstance(encoding, CategoryEncoding | BooleanEncoding):
            values += [encoding.values] if encoding.categories else []
        elif isinstance(encoding, DateEncoding):
            values += [tuple(_called(part, one) for one in seen) for part, seen in encoding.parts]
    return {f"E1.{one.name}": names for one, names in zip(encoder.layout.categories, values, strict=True)}


class _Places:
    """The next number, code and position of the encoded row, and what reads it."""

    def __init__(self, X: Inputs, layout: InputLayout) -> None:
        self.X, self.layout = X, layout
        self.number, self.code, self.position = -1, -1, -1

    def next_number(self) -> tuple[float, str]:
        """The value, and the row of W1."""
        self.number += 1
        return float(self.X.numbers[0, self.number]), f"W1[{self.number},:]"

    def next_code(self) -> tuple[int, str]:
        """The code, and the row of its table."""
        self.code += 1
        code = int(self.X.codes[0, self.code])
        return code, f"E1.{self.layout.categories[self.code].name}[{code},:]"

    def next_position(self) -> tuple[float, str]:
        """The position among bins, and the slopes that are walked along."""
        self.position += 1
        return float(self.X.positions[0, self.position]), f"P1.{self.layout.piecewise[self.position].name}"


def _moves(encoding: Any, values: pa.Array, where: str, at: _Places) -> tuple[Any, list[EncodingStep]]:
    match encoding:
        case NumberEncoding():
            return _number(encoding, float(as_numbers(values, where)[0]), values, at)
        case DateEncoding():
            return _date(encoding, int(as_times(values, encoding.form, where).view(np.int64)[0]), values, at)
        case TextEncoding():
            return _words(encoding, values, at)
        case BooleanEncoding() | CategoryEncoding():
            look = as_booleans if isinstance(encoding, BooleanEncoding) else as_text
            text = look(values, where)
            known = text.values[text.codes[0]] if text.codes[0] >= 0 else None
            return known, _category(encoding, known, at)
        case _:
            raise TypeError(f"no account of {type(encoding).__name__}")


def _number(encoding: NumberEncoding, value: float, values: pa.Array, at: _Places) -> tuple[Any, list[EncodingStep]]:
    missing = isnan(value)
    moves = _on_scale(encoding.scale, nan if missing else value, at)
    if encoding.indicator:
        flag, row = at.next_number()
        remark = "1 where the value is missing, else 0"
        moves.append(EncodingStep("missing?", int(flag), row, remark=remark))
    if encoding.edges:
        moves.append(_among_bins(encoding, encoding.scale.median if missing else value, at))
    return None if missing else values[0].as_py(), moves


def _on_scale(scale: Scale, value: float, at: _Places, what: str = "") -> list[EncodingStep]:
    """Stretched, and then clipped."""
    encoded, row = at.next_number()
    if isnan(value):
        return [EncodingStep("scaled and clipped", encoded, row, remark="missing: it counts as the median, which is 0")]
    stretched, _ = scale.steps(value)
    x, z = Quantity(Symbol("x"), value), Quantity(Symbol("z"), stretched)
    difference = Sum((x, Negative(Quantity(Label("median"), scale.median))))
    scaling = Equation(z.name, (Product((Quantity(Symbol("s"), scale.factor), difference)),), stretched)
    third = Power(Quotient(z, Constant(3)), Constant(2))
    bend = Quotient(z, Apply("sqrt", Sum((Constant(1), third))))
    clipping = Equation(Label("clipped"), (bend,), encoded)
    return [
        EncodingStep(f"{what}scaled", stretched, equation=scaling),
        EncodingStep(f"{what}clipped", encoded, row, clipping, "smoothly: nothing leaves (−3, 3)"),
    ]


def _among_bins(encoding: NumberEncoding, value: float, at: _Places) -> EncodingStep:
    """The position among bins: whole bins, and a part of the one that the value is in."""
    (position, slopes), edges = at.next_position(), encoding.edges
    bins = len(edges) - 1
    t = min(floor(position), bins - 1)
    low, high = edges[t], edges[t + 1]
    known = min(max(value, edges[0]), edges[-1])
    x, e = Quantity(Symbol("x"), known), Quantity(Symbol("e", index=(t,)), low)
    width = Sum((Quantity(Symbol("e", index=(t + 1,)), high), Negative(e)))
    formula: Expression = Sum((Constant(t), Quotient(Sum((x, Negative(e))), width)))
    remark = f"of {bins} bins; it is in the one from {low:g} to {high:g}"
    return EncodingStep("position", position, slopes, Equation(Symbol("p"), (formula,), position), remark)


def _category(encoding: CategoryEncoding | BooleanEncoding, known: str | None, at: _Places) -> list[EncodingStep]:
    if not encoding.categories:
        return [
            EncodingStep("left out", "not read", remark="no value came back often enough in training to learn from")
        ]
    code, row = at.next_code()
    why = "missing" if known is None else "too rare in training, or never seen there"
    remark = f"{why}: code 0" if code == 0 else _ordinal(code)
    return [EncodingStep("code", code, row, remark=remark)]


def _date(encoding: DateEncoding, seconds: int, values: pa.Array, at: _Places) -> tuple[Any, list[EncodingStep]]:
    missing = seconds == NOT_A_TIME
    moves = []
    for circle in encoding.circles:
        share = nan if missing else float(calendar_value(circle, seconds))
        for wave in ("sin", "cos"):
            encoded, row = at.next_number()
            turn = Product(
                (Constant(2), Quantity(Symbol("π"), pi), Quantity(Label(f"share of the {_round(circle)}"), share))
            )
            equation = None if missing else Equation(Label(f"{circle} {wave}"), (Apply(wave, turn),), encoded)
            moves.append(EncodingStep(f"{circle} {wave}", encoded, row, equation, "missing: 0" if missing else ""))
    if encoding.elapsed:
        moves += _on_scale(encoding.elapsed, nan if missing else seconds / DAY, at, f"{ELAPSED}, ")
    if encoding.indicator:
        flag, row = at.next_number()
        moves.append(EncodingStep("missing?", int(flag), row, remark="1 where the time is missing, else 0"))
    for part, _ in encoding.parts:
        code, row = at.next_code()
        said = "missing" if missing else _called(part, str(int(calendar_value(part, seconds))))
        remark = f"{said}: code 0, too rare in training" if code == 0 and not missing else said
        moves.append(EncodingStep(f"{part}, as a code", code, row, remark=remark))
    return None if missing else str(np.datetime64(seconds, "s").astype("datetime64[m]")).replace("T", " "), moves


def _words(encoding: TextEncoding, values: pa.Array, at: _Places) -> tuple[Any, list[EncodingStep]]:
    numbers = [at.next_number() for _ in range(encoding.buckets)]
    used = [(value, row) for value, row in numbers if value]
    moves = [
        EncodingStep(f"words, {row}", value, row, remark="their counts, hashed") for value, row in used[:FARTHEST_WORDS]
    ]
    if len(used) > FARTHEST_WORDS:
        moves.append(
            EncodingStep("words, others", f"{len(used) - FARTHEST_WORDS} more", remark="in places of their own")
        )
    if encoding.indicator:
        flag, row = at.next_number()
        moves.append(EncodingStep("missing?", int(flag), row, remark="1 where the text is missing, else 0"))
    raw = values[0].as_py()
    return (None if raw is None else str(raw)), moves or [EncodingStep("words", 0, remark="no word in it")]


def _called(part: str, number: str) -> str:
    """What a number of a calendar's part is called: weekday 0 is Monday."""
    return WEEKDAYS[int(number)] if part == "weekday" else f"{part} {number}"


def _round(circle: str) -> str:
    return {"time of day": "day", "day of year": "year"}[circle]


def _ordinal(code: int) -> str:
    """How often a value came in training, from its code.

    Examples
    --------
    >>> _ordinal(1), _ordinal(2), _ordinal(11)
    ('the most frequent value in training', 'the 2nd most frequent in training', 'the 11th most frequent in training')
    """
    if code == 1:
        return "the most frequent value in training"
    ending = "th" if code % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(code % 10, "th")
    return f"the {code}{ending} most frequent in training"
