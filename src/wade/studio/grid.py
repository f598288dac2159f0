"""The axes of maps: a grid of rows over two number columns, one, or none, encoded once for each choice of axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from wade.documents.wording import compact, shown
from wade.errors import ColumnError, InvalidArgument, unknown_name
from wade.pictures.plane import axis_of, some_rows, with_columns
from wade.studio.messages import Axes
from wade.studio.prepared_table import PreparedTable
from wade.tables.columns.cleaning import one_piece
from wade.tables.columns.metadata import units_of
from wade.tables.columns.views import as_numbers, column_location, in_short
from wade.tables.encoding.target import Target
from wade.types import Inputs, Rows

MOST_POINTS: Final = 500
MOST_IN_HISTOGRAMS: Final = 1_000
NAMED: Final = 4
"""Columns whose values a sentence names."""
Kind = Literal["plane", "line", "histogram"]


@dataclass(frozen=True)
class Grid:
    """The rows over which maps are drawn, encoded, and the axes that they lie on."""

    kind: Kind
    columns: tuple[str, ...]
    size: int
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    inputs: Inputs
    axes: Axes

    @property
    def shape(self) -> tuple[int, ...]:
        """Of a map, but for histograms."""
        return (self.size, self.size) if self.kind == "plane" else (self.size,)

    @cached_property
    def varying(self) -> frozenset[int]:
        """The encoded inputs that are not the same all over the axes."""
        numbers = self.inputs.numbers
        return frozenset(np.flatnonzero((numbers != numbers[:1]).any(axis=0)).tolist())


def drawable(prepared: PreparedTable) -> list[str]:
    """The number columns among the inputs, which an axis can show."""
    rows = prepared.table.rows
    found = [column.name for column in prepared.data.schema.columns if column.role == "number"]
    return [name for name in found if _has_range(_numbers_of(prepared, name, np.arange(rows.num_rows)))]


def make_grid(prepared: PreparedTable, columns: Sequence[str], row: int, size: int) -> Grid:
    """The grid over these columns, every other column held at the value of a row.

    Parameters
    ----------
    columns : names
        Two number columns, one, or none.
    row : int
        Of `prepared.table.rows`, from 0.
    size : int
        Points along each axis.
    """
    table, name = prepared.table.rows, prepared.table.name
    target, every = prepared.data.target, np.arange(prepared.table.rows.num_rows)
    values = np.column_stack([_numbers_of(prepared, each, every) for each in columns] or [np.zeros(len(every))])
    known = np.flatnonzero(np.isfinite(values).all(axis=1))
    some = known[some_rows(len(known), MOST_POINTS)]
    observed = observed_values(prepared, some)
    kind: Kind = ("histogram", "line", "plane")[len(columns)]
    encoder = prepared.data.encoder
    x, y = np.empty(0), np.empty(0)
    if kind == "histogram":
        inputs = encoder.encode(table.take(every[some_rows(len(every), MOST_IN_HISTOGRAMS)]), name)
    else:
        x = axis_of(values[:, 0], columns[0], size)
        around = {columns[0]: x}
        if kind == "plane":
            y = axis_of(values[:, 1], columns[1], size)
            around = dict(zip(columns, (each.ravel() for each in np.meshgrid(x, y)), strict=True))
        inputs = encoder.encode(with_columns(table, row, around), name)
    if kind == "line":
        y = _range_of_target(target, observed_values(prepared, every))
        values = np.column_stack([values, observed_values(prepared, every)])
    units = units_of(table)
    names = (*columns, target.column, "")[:2] if kind != "histogram" else ("", "")
    others = [] if kind == "histogram" else [each.column for each in encoder.encodings if each.column not in columns]
    points = [] if kind == "histogram" else [(_brief(a), _brief(b)) for a, b in values[some]]
    axes = Axes(
        kind=kind,
        columns=(names[0], names[1]),
        units=(units.get(names[0], ""), units.get(names[1], "")),
        x=(float(x[0]), float(x[-1])) if len(x) else (0.0, 0.0),
        y=(float(y[0]), float(y[-1])) if len(y) else (0.0, 0.0),
        held=_held(prepared, others, row),
        points=points,
        observed=[_brief(each) for each in observed] if points else [],
        parts=[int(prepared.part[each] > 0) for each in some] if points else [],
        of_rows=len(known),
        rows=some.tolist() if points else [],
    )
    return Grid(kind, tuple(columns), size, x, y, inputs, axes)


def two_drawn(known: Sequence[str], wanted: Sequence[str] | None) -> tuple[str, ...]:
    """The columns of the axes: two different ones of those known, or as many as there are."""
    if wanted is None:
        return tuple(known[:2])
    for name in wanted:
        if name not in known:
            raise unknown_name("columns", name, known)
    if len(known) > 1 and len({*wanted}) != 2:
        raise InvalidArgument("columns", "must be two different number columns", list(wanted), "Choose another.")
    return tuple(dict.fromkeys(wanted))


def observed_values(prepared: PreparedTable, rows: Rows) -> NDArray[np.float64]:
    """The target of some rows: class numbers, or values in the target's own unit."""
    found = np.empty(len(rows))
    for part in range(3):
        among = prepared.part[rows] == part
        found[among] = prepared.samples(part).y.reshape(-1)[prepared.place[rows[among]]]
    return prepared.data.target.decode_number(found) if prepared.data.target.task == "regression" else found


def target_range(prepared: PreparedTable) -> tuple[float, float]:
    """The range of a number to predict, and a little beyond."""
    every = observed_values(prepared, np.arange(prepared.table.rows.num_rows))
    ends = _range_of_target(prepared.data.target, every)
    return float(ends[0]), float(ends[-1])


def _range_of_target(target: Target, observed: NDArray[np.float64]) -> NDArray[np.float64]:
    if target.task != "regression":
        return np.array([0.0, max(1.0, len(target.classes) - 1.0)])
    low, high = float(observed.min()), float(observed.max())
    margin = 0.05 * (high - low) or 1.0
    return np.array([low - margin, high + margin])


def _numbers_of(prepared: PreparedTable, column: str, rows: Rows) -> NDArray[np.float64]:
    encoding = next(each for each in prepared.data.encoder.encodings if each.column == column)
    table, where = prepared.table.rows, column_location(prepared.table.name, column)
    values = one_piece(table[column])
    taken = values if len(rows) == len(values) else values.take(rows)
    return np.asarray(as_numbers(taken, where, getattr(encoding, "form", "")), np.float64)


def _has_range(values: NDArray[np.float64]) -> bool:
    try:
        axis_of(values, "", 2)
    except ColumnError:
        return False
    return True


def _held(prepared: PreparedTable, columns: Sequence[str], row: int) -> str:
    """What the other columns are held at, as a sentence; "" where there is none."""
    if not columns:
        return ""
    table = prepared.table.rows
    values = [table[each][row].as_py() for each in columns[:NAMED]]
    texts = [compact(value) if isinstance(value, int | float | None) else shown(in_short(value)) for value in values]
    named = ", ".join(f"{shown(name)} = {text}" for name, text in zip(columns, texts, strict=False))
    more = f" and {len(columns) - NAMED} more" if len(columns) > NAMED else ""
    return f"Other columns are held at row {row + 1:,}: {named}{more}."


def _brief(value: float) -> float:
    """A number with the digits that a picture can show."""
    return float(f"{value:.5g}")
