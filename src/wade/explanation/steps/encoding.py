"""How each column of one row becomes numbers, codes and positions, step by step: one formula for each operation.

The numbers that the network reads are taken from the encoder's result; the steps on the way there come from the same
functions that the encoder uses. An encoding is nothing but its operations, so a kind needs no formula of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import floor, pi
from typing import Any, Final

import pyarrow as pa

from wade.explanation.notation.expressions import (
    Apply,
    Constant,
    Equation,
    Label,
    Product,
    Quantity,
    Symbol,
)
from wade.explanation.steps.record import EncodedColumn, EncodingStep
from wade.tables import Encoder, Schema
from wade.tables.columns.calendar import calendar_value, part_label
from wade.tables.columns.cleaning import one_piece
from wade.tables.columns.views import column_location
from wade.tables.kinds.operations import (
    AmongBins,
    CodeOfPart,
    CodeOfValue,
    HashedWords,
    IsMissing,
    OnCircle,
    OnScale,
    unknown_operation,
)
from wade.types import InputLayout, Inputs

MOST_WORDS: Final = 12
ROUNDING: Final = 1e-7  # of a sine or cosine that would be 0, in float32


def columns_read(
    encoder: Encoder, schema: Schema, table: pa.Table, name: str, X: Inputs, units: Mapping[str, str]
) -> tuple[EncodedColumn, ...]:
    """Every column that the model reads, with the steps of its value; `X` is the encoded row of `table`.

    Raises
    ------
    ColumnError
        An operation of a column has no formula here.
    """
    roles = {column.name: column.role for column in schema.columns}
    at = _Position(X, encoder.layout)
    found = []
    for encoding in encoder.encodings:
        column, where = encoding.column, column_location(name, encoding.column)
        values = one_piece(table[column]) if column in table.column_names else pa.nulls(1)
        value, steps = encoding.first(values, where), []
        for operation in encoding.operations:
            formula = FORMULAS.get(type(operation))
            if formula is None:
                home = "FORMULAS in explanation/steps/encoding.py"
                raise unknown_operation("the explanation", encoding.kind, column, operation, home)
            steps += formula(operation, value, at)
        raw = encoding.raw(values, where)
        found.append(EncodedColumn(column, roles.get(column, ""), raw, units.get(column, ""), tuple(steps or NOT_READ)))
    return tuple(found)


def row_names(encoder: Encoder) -> dict[str, tuple[str, ...]]:
    """What rows 1, 2, … of each category's table are called."""
    labels = [names for encoding in encoder.encodings for names in encoding.labels]
    return {f"E1.{one.name}": names for one, names in zip(encoder.layout.categories, labels, strict=True)}


class _Position:
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
        """The position in its bins, and the slopes of its bins."""
        self.position += 1
        return float(self.X.positions[0, self.position]), f"P1.{self.layout.piecewise[self.position].name}"


def _on_scale(operation: OnScale, value: float | None, at: _Position) -> list[EncodingStep]:
    """Scaled, and then clipped."""
    encoded, row = at.next_number()
    if value is None:
        what = f"{operation.name}, scaled and clipped" if operation.name else "scaled and clipped"
        return [EncodingStep(what, encoded, row, remark="missing: replaced by the median, 0 on its scale")]
    scale, number = operation.scale, value / operation.unit
    scaled, _ = scale.steps(number)
    raw = [EncodingStep(f"{operation.name} since 1970-01-01", number)] if operation.name else []
    given, z = Quantity(Label(operation.name or "value"), number), Quantity(Label("scaled"), scaled)
    difference = given - Quantity(Label("median"), scale.median)
    scaling = Equation(z.name, (Quantity(Symbol("s"), scale.factor) * difference,), scaled)
    clipping = Equation(Label("clipped"), (z / Apply("sqrt", Constant(1) + (z / 3) ** 2),), encoded)
    return [
        *raw,
        EncodingStep("scaled", scaled, equation=scaling, remark=_range_of(scale.factor)),
        EncodingStep("clipped", encoded, row, clipping, "soft-clipped to (−3, 3)"),
    ]


def _range_of(factor: float) -> str:
    """The range of training rows that s comes from; a model keeps its length."""
    if not factor:
        return "s = 0: constant in the training rows"
    return f"s = 1 / {1 / factor:.6g}, the interquartile range; a wider one if that is 0"


def _is_missing(operation: IsMissing, value: Any, at: _Position) -> list[EncodingStep]:
    flag, row = at.next_number()
    return [EncodingStep("missing?", int(flag), row, remark="1 where the value is missing, else 0")]


def _among_bins(operation: AmongBins, value: float | None, at: _Position) -> list[EncodingStep]:
    """The position in bins: whole bins, and a part of the one that holds the value."""
    (position, slopes), edges = at.next_position(), operation.edges
    bins = len(edges) - 1
    t = min(floor(position), bins - 1)
    low, high = edges[t], edges[t + 1]
    known = min(max(operation.median if value is None else value, edges[0]), edges[-1])
    given, e = Quantity(Label("value"), known), Quantity(Symbol("e", index=(t,)), low)
    formula = Constant(t) + (given - e) / (Quantity(Symbol("e", index=(t + 1,)), high) - e)
    replaced = "missing: that of the median, " if value is None else ""
    remark = f"{replaced}bin {t} of 0 to {bins - 1}, from {low:g} to {high:g}".replace("-", "−")
    return [EncodingStep("position", position, slopes, Equation(Label("position"), (formula,), position), remark)]


def _code_of_value(operation: CodeOfValue, value: str | None, at: _Position) -> list[EncodingStep]:
    code, row = at.next_code()
    if code and code == operation.missing_code:
        return [EncodingStep("code", code, row, remark="missing: a code of its own")]
    why = "missing, as in no training row" if value is None else "too rare in training, or never seen there"
    return [EncodingStep("code", code, row, remark=why if code == 0 else "")]


def _on_circle(operation: OnCircle, value: int | None, at: _Position) -> list[EncodingStep]:
    encoded, row = at.next_number()
    what = f"{operation.circle} {operation.wave}"
    if value is None:
        return [EncodingStep(what, encoded, row, remark="missing: 0")]
    of = {"time of day": "day", "day of year": "year"}[operation.circle]
    share = Quantity(Label(f"share of the {of}"), float(calendar_value(operation.circle, value)))
    turn = Product((Constant(2), Quantity(Symbol("π"), pi), share))
    remark = "0, but for rounding" if 0 < abs(encoded) < ROUNDING else ""
    return [EncodingStep(what, encoded, row, Equation(Label(what), (Apply(operation.wave, turn),), encoded), remark)]


def _code_of_part(operation: CodeOfPart, value: int | None, at: _Position) -> list[EncodingStep]:
    code, row = at.next_code()
    remark = "missing"
    if value is not None:
        label = part_label(operation.part, str(int(calendar_value(operation.part, value))))
        remark = label if code else f"{label}, too rare in training, or never seen there"
    return [EncodingStep(f"{operation.part} code", code, row, remark=remark)]


def _hashed_words(operation: HashedWords, value: str | None, at: _Position) -> list[EncodingStep]:
    numbers = [at.next_number() for _ in range(operation.buckets)]
    used = [(bucket, *each) for bucket, each in enumerate(numbers, start=1) if each[0]]
    steps = [EncodingStep(f"words {bucket}", number, row) for bucket, number, row in used[:MOST_WORDS]]
    if len(used) > MOST_WORDS:
        steps.append(EncodingStep("words, others", f"{len(used) - MOST_WORDS} more", remark="in buckets of their own"))
    return steps or [EncodingStep("words", 0, remark="missing" if value is None else "no word in it")]


NOT_READ: Final = (EncodingStep("dropped", "not read", remark="no value is frequent enough in the training rows"),)
FORMULAS: Final[dict[type, Callable[..., list[EncodingStep]]]] = {
    OnScale: _on_scale,
    IsMissing: _is_missing,
    OnCircle: _on_circle,
    HashedWords: _hashed_words,
    CodeOfValue: _code_of_value,
    CodeOfPart: _code_of_part,
    AmongBins: _among_bins,
}
"""How each operation is explained; a new operation is one entry here."""
