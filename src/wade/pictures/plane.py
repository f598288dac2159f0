"""Two columns as a plane: a grid of rows over it, every other column held at one row, and the rows of a table on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from wade.errors import ColumnError, InvalidArgument, unknown_name
from wade.model.model import Model
from wade.network import Network
from wade.pictures.labels import label, number
from wade.tables import Dialect
from wade.tables.columns.cleaning import one_piece
from wade.tables.columns.views import as_numbers, column_location
from wade.tables.encoding.known_units import known_units
from wade.types import Array, Inputs

RESOLUTION: Final = 96
"""Points of a grid along each axis."""
MARGIN: Final = 0.05
"""How far a grid goes beyond the rows, as a part of their range."""
MOST_POINTS: Final = 400
"""Rows that are drawn at most."""


@dataclass(frozen=True)
class Plane:
    """A grid over two columns.

    Parameters
    ----------
    columns : (str, str)
        Of the horizontal and the vertical axis.
    x, y : array (n,)
        The values along each axis, in the columns' own units.
    inputs : Inputs
        The encoded rows of the grid, n · n of them: the first line of the map first, x running.
    held : str
        What every other column is held at, as a sentence; "" where there is no other.
    points : array (m, 2)
        Rows of the table, in the columns' own units.
    observed : array (m,)
        Their target as the network takes it: a class number, or a number on its scale.
    of_rows : int
        How many rows with both numbers the points were chosen from.
    units : (str, str)
        Of the columns, "" where the table names none.
    limits : ((float, float), (float, float))
        The lowest and the highest number of each column in all rows.
    mark : (float, float), optional
        A point of interest, which the axes reach to.
    marked : str
        What the point is: a row of the table, or "" for one that is none.
    """

    columns: tuple[str, str]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    inputs: Inputs
    held: str
    points: NDArray[np.float64]
    observed: NDArray[np.float64]
    of_rows: int
    limits: tuple[tuple[float, float], tuple[float, float]]
    units: tuple[str, str] = ("", "")
    mark: tuple[float, float] | None = None
    marked: str = ""

    @property
    def axis_names(self) -> tuple[str, str]:
        """The columns with their units, as labels."""
        first, second = (
            f"{label(name)} ({label(unit)})" if unit else label(name)
            for name, unit in zip(self.columns, self.units, strict=True)
        )
        return first, second

    def is_outside(self, x: float, y: float) -> bool:
        """Whether a point lies beyond the rows in either column."""
        return any(not low <= at <= high for at, (low, high) in zip((x, y), self.limits, strict=True))

    @property
    def place(self) -> str:
        """The point of interest in words, "" where there is none."""
        if self.mark is None:
            return ""
        where = ", ".join(
            f"{label(name)} = {number(value)}{f' {label(unit)}' if unit else ''}"
            for name, value, unit in zip(self.columns, self.mark, self.units, strict=True)
        )
        return f"Star ({f'{self.marked}: ' if self.marked else ''}{where})"

    def grid(self, values: Array) -> Array:
        """Values of the rows as a map (n, n), the lowest y first."""
        return values.reshape(len(self.y), len(self.x))

    @property
    def note(self) -> str:
        """What a reader has to know of the rows and of the columns that are not drawn."""
        shown = len(self.points)
        some = f"{shown:,} of {self.of_rows:,} rows are shown." if shown < self.of_rows else ""
        return " ".join(filter(None, (self.held, some)))


def plane_of_model(
    model: Model,
    data: Any,
    columns: Sequence[str] | None = None,
    row: int | None = None,
    resolution: int = RESOLUTION,
    dialect: Dialect | None = None,
    mark: tuple[float, float] | None = None,
) -> Plane:
    """The plane of two number columns of a model.

    Parameters
    ----------
    model : Model
    data, dialect
        Rows with the target, as in `Model.evaluate`.
    columns : two names, optional
        None: the first two number columns.
    row : int, ≥ 1, optional
        The row of `data` that gives every other column its value, and is the point of interest where there is no
        other; None: the first with a target, which is not marked.
    resolution : int, ≥ 2
        Points along each axis.
    mark : (x, y), optional
        A point of interest in the columns' own units, which the axes reach to.

    Raises
    ------
    InvalidArgument
        There is no such row, or not two different number columns of the model.
    DataError
        As in `Model.evaluate`.
    """
    opened = model.open_labelled(data, dialect)
    table, name, place = opened.table, opened.name, 0 if row is None else opened.place_of(row)
    chosen = two_columns(number_columns(model), columns)
    values = np.column_stack([numbers_of(model, table, name, each) for each in chosen])
    if mark is not None and not np.isfinite(mark).all():
        raise InvalidArgument("mark", "must be two finite numbers", mark, "Give one for each column.")
    marked = ""
    if row is not None and mark is None:
        x, y = values[place].tolist()
        if not np.isfinite([x, y]).all():
            expected = f"must be a row of {name} with a value of {chosen[0]!r} and {chosen[1]!r}"
            raise InvalidArgument("row", expected, row, "Choose another row, or other columns.")
        mark, marked = (x, y), f"row {row:,}"
    reached = values if mark is None else np.vstack([values, mark])
    along, up = (axis_of(one, where, resolution) for one, where in zip(reached.T, chosen, strict=True))
    around = np.column_stack([each.ravel() for each in np.meshgrid(along, up)])
    known = np.flatnonzero(np.isfinite(values).all(axis=1))
    limits = [(float(np.nanmin(each)), float(np.nanmax(each))) for each in values.T]
    some = known[some_rows(len(known))]
    observed = model.target.encode(table, name).reshape(len(table))[some].astype(np.float64)
    units = known_units(model.encoder, model.schema, table)
    others = [each.column for each in model.encoder.encodings if each.column not in chosen]
    held = f"Other columns are held at row {int(opened.rows[place]) + 1:,} of {label(name)}: " if others else ""
    held += f"{_values(table, others, place)}." if others else ""
    inputs = model.encoder.encode(with_columns(table, place, dict(zip(chosen, around.T, strict=True))), name)
    in_units = units.get(chosen[0], ""), units.get(chosen[1], "")
    return Plane(
        chosen, along, up, inputs, held, values[some], observed, len(known), (limits[0], limits[1]), in_units, mark,
        marked,
    )  # fmt: skip


def plane_of_network(network: Network, X: ArrayLike, y: ArrayLike, resolution: int = RESOLUTION) -> Plane:
    """The plane of a network that reads two numbers; `y` holds class numbers or numbers, (n,).

    Raises
    ------
    InvalidArgument
        The network reads something else.

    Examples
    --------
    >>> plane = plane_of_network(Network(2, hidden=(3,)), [[0.0, 1.0], [2.0, 5.0]], [0, 1], resolution=3)
    >>> plane.x.round(2).tolist(), len(plane.inputs)
    ([-0.1, 1.0, 2.1], 9)
    """
    layout = network.inputs
    if layout.n_numbers != 2 or len(layout.names) != 2:
        remedy = "Of a model of more columns, give the model: BoundaryDisplay.from_model."
        raise InvalidArgument("network", "must read two numbers", layout.names, remedy)
    values = np.asarray(X, np.float64).reshape(-1, 2)
    first, second = layout.numbers
    x, up = (axis_of(one, name, resolution) for one, name in zip(values.T, layout.numbers, strict=True))
    around = np.column_stack([each.ravel() for each in np.meshgrid(x, up)])
    some = some_rows(len(values))
    observed = np.asarray(y, np.float64).reshape(len(values))[some]
    limits = [(float(each.min()), float(each.max())) for each in values.T]
    return Plane(
        (first, second), x, up, network.as_inputs(around), "", values[some], observed, len(values),
        (limits[0], limits[1]),
    )  # fmt: skip


def number_columns(model: Model) -> list[str]:
    """The number columns of a model."""
    roles = {column.name: column.role for column in model.schema.columns}
    return [each.column for each in model.encoder.encodings if roles.get(each.column) == "number"]


def two_columns(known: Sequence[str], wanted: Sequence[str] | None) -> tuple[str, str]:
    """Two of the known columns; InvalidArgument where they are not two of these.

    Examples
    --------
    >>> two_columns(["x", "y", "z"], None), two_columns(["x", "y", "z"], ["z", "x"])
    (('x', 'y'), ('z', 'x'))
    """
    chosen = list(known[:2]) if wanted is None else list(wanted)
    for name in chosen:
        if name not in known:
            raise unknown_name("columns", name, known)
    if len(chosen) != 2 or chosen[0] == chosen[1]:
        remedy = f"Number columns of the model: {', '.join(known[:8]) or 'none'}."
        raise InvalidArgument("columns", "must be two different number columns", chosen, remedy)
    return chosen[0], chosen[1]


def numbers_of(model: Model, table: pa.Table, name: str, column: str) -> NDArray[np.float64]:
    """A number column of a table, NaN where it is missing."""
    encoding = next(each for each in model.encoder.encodings if each.column == column)
    form = getattr(encoding, "form", "")
    return np.asarray(as_numbers(one_piece(table[column]), column_location(name, column), form), np.float64)


def with_columns(table: pa.Table, row: int, values: dict[str, NDArray[np.float64]]) -> pa.Table:
    """One row (counted from 0) again and again, with these columns in place of its own."""
    count = len(next(iter(values.values())))
    made = table.take(np.full(count, row))
    for column, numbers in values.items():
        made = made.set_column(made.column_names.index(column), column, pa.array(numbers))
    return made


def axis_of(values: NDArray[np.float64], column: str, resolution: int) -> NDArray[np.float64]:
    """Evenly spaced values over a column's range and a little beyond.

    Raises
    ------
    ColumnError
        The column has no two different numbers.

    Examples
    --------
    >>> axis_of(np.array([0.0, 10.0, np.nan]), "wind", 3)
    array([-0.5,  5. , 10.5])
    """
    if isinstance(resolution, bool) or not isinstance(resolution, int) or resolution < 2:
        raise InvalidArgument("resolution", "must be a whole number from 2 on", resolution, f"Try {RESOLUTION}.")
    known = values[np.isfinite(values)]
    if not len(known) or known.min() == known.max():
        raise ColumnError(column, "an axis needs two different numbers", "Choose another column.")
    low, high = float(known.min()), float(known.max())
    return np.linspace(low - MARGIN * (high - low), high + MARGIN * (high - low), resolution)


def some_rows(count: int, most: int = MOST_POINTS) -> NDArray[np.int64]:
    """At most this many rows, at even distances.

    Examples
    --------
    >>> some_rows(10, 4).tolist(), some_rows(3).tolist()
    ([0, 2, 5, 7], [0, 1, 2])
    """
    shown = min(count, most)
    return np.arange(shown) * count // max(1, shown)


def _values(table: pa.Table, columns: Sequence[str], row: int) -> str:
    """The values of a row in words, the first few of them."""
    values = [table[each][row].as_py() for each in columns[:4]]
    texts = [number(value) if isinstance(value, float) else label(value, 20) for value in values]
    shown = [f"{label(each, 24)} = {text}" for each, text in zip(columns, texts, strict=False)]
    more = f" and {len(columns) - 4} more" if len(columns) > 4 else ""
    return ", ".join(shown) + more
