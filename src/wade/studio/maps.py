"""What frames bring of the network: a map of each shown neuron over the axes, weights, and the row at hand.

The grid is encoded once for each choice of axes; every frame is one forward pass of the engine over it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import floor, log10
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from wade.documents.wording import compact, shown
from wade.engines import Engine
from wade.errors import ColumnError, InvalidArgument, unknown_name
from wade.explanation.trace import Trace
from wade.metrics.classification import class_probabilities
from wade.network import Network
from wade.pictures.plane import axis_of, some_rows, with_columns
from wade.studio.data import PreparedTable
from wade.studio.frames import Part, as_map, as_numbers
from wade.studio.messages import Axes
from wade.tables.columns.cleaning import one_piece
from wade.tables.columns.metadata import units_of
from wade.tables.columns.views import as_numbers as column_as_numbers
from wade.tables.columns.views import column_location, in_short
from wade.tables.encoding.target import Target
from wade.types import Floats, Inputs, Rows, Samples

MOST_POINTS: Final = 500
MOST_IN_HISTOGRAMS: Final = 1_000
BINS: Final = 32
MOST_INPUTS: Final = 32
MOST_OUTPUTS: Final = 16
MOST_CLASSES: Final = 255
NAMED: Final = 4
"""Columns whose values a sentence names."""
WITHIN: Final = {"sigmoid": (0.0, 1.0), "softmax": (0.0, 1.0), "tanh": (-1.0, 1.0)}
"""Activations that lie within fixed limits; the scale of any other follows its values."""
Kind = Literal["plane", "line", "histogram"]


@dataclass(frozen=True)
class ShownNeurons:
    """The inputs and, for each layer, the neurons that frames bring."""

    inputs: list[int]
    layers: list[list[int]]

    @classmethod
    def of(cls, network: Network, neurons: int) -> ShownNeurons:
        """At most this many hidden neurons, as evenly as it goes from each layer; and some inputs and outputs.

        Examples
        --------
        >>> ShownNeurons.of(Network(2, hidden=(8, 2)), 6).layers
        [[0, 1, 2, 3], [0, 1], [0]]
        """
        widths, left, counts = list(network.hidden), neurons, [0] * len(network.hidden)
        for place in sorted(range(len(widths)), key=widths.__getitem__):
            rest = sum(1 for each in counts if each == 0)
            counts[place] = min(widths[place], max(1, left // rest)) if neurons else 0
            left -= counts[place]
        inputs = range(min(network.inputs.n_numbers, MOST_INPUTS))
        return cls(list(inputs), [list(range(count)) for count in (*counts, min(network.outputs, MOST_OUTPUTS))])


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
        inputs = encoder.encode(with_columns(table, row + 1, around), name)
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


def predict_row(network: Network, row: Samples) -> Floats:
    """The outputs for a row in the textbook's double precision, as `wade.explain` computes them, (outputs,)."""
    textbook = Network.from_dict({**network.to_dict(), "dtype": "float64"}, network.theta)
    outputs: Floats = textbook.mean_of_members(textbook.forward(textbook.as_inputs(row.X)).A[-1])[0]
    return outputs


def map_parts(
    network: Network, engine: Engine, grid: Grid, target: Target, neurons: ShownNeurons, outputs: bool, low_high: Any
) -> list[Part]:
    """The maps of inputs, hidden neurons and outputs over a grid, each kind of layer on one scale."""
    passed = engine.forward(network, network.as_inputs(grid.inputs))
    A = [network.mean_of_members(each) for each in passed.A]
    if grid.kind == "histogram":
        return _histograms(network, A, target, neurons, outputs)
    parts = []
    numbers = grid.inputs.numbers
    for place in neurons.inputs:
        if place in grid.varying:
            size = nice(float(np.abs(numbers[:, place]).max()))
            parts.append(as_map(f"map:a0[{place}]", numbers[:, place].reshape(grid.shape), -size, size))
    hidden = [values[:, list(some)] for values, some in zip(A[:-1], neurons.layers, strict=False)]
    low, high = hidden_scale(network, hidden)
    for layer, (values, some) in enumerate(zip(hidden, neurons.layers, strict=False), start=1):
        parts += [
            as_map(f"map:a{layer}[{neuron}]", values[:, at].reshape(grid.shape), low, high)
            for at, neuron in enumerate(some)
        ]
    if outputs:
        parts += _output_maps(network, A[-1], grid, target, neurons, low_high)
    return parts


def _output_maps(
    network: Network, A: Floats, grid: Grid, target: Target, neurons: ShownNeurons, low_high: tuple[float, float]
) -> list[Part]:
    last = len(network.layers)
    in_units = target.decode_number(A) if target.task == "regression" else A
    low, high = low_high if target.task == "regression" else (0.0, 1.0)
    parts = [
        as_map(f"map:a{last}[{neuron}]", in_units[:, neuron].reshape(grid.shape), low, high)
        for neuron in neurons.layers[-1]
    ]
    if target.task == "multiclass" and len(target.classes) <= MOST_CLASSES and np.isfinite(A).all():
        shares = class_probabilities(A)
        likeliest = shares.argmax(axis=1).astype(np.uint8).reshape(grid.shape)
        parts.append(Part("class", "u8", likeliest, 0.0, 255.0))
        parts.append(as_map("confidence", shares.max(axis=1).reshape(grid.shape), 0.0, 1.0))
    return parts


def _histograms(
    network: Network, A: Sequence[Floats], target: Target, neurons: ShownNeurons, outputs: bool
) -> list[Part]:
    """How the activations of each neuron are distributed over rows of the table."""
    hidden = [values[:, list(some)] for values, some in zip(A[:-1], neurons.layers, strict=False)]
    parts, last = [], len(network.layers)
    layers = [(layer, each, hidden_scale(network, hidden)) for layer, each in enumerate(hidden, start=1)]
    if outputs:
        values = target.decode_number(A[-1]) if target.task == "regression" else A[-1]
        layers.append((last, values[:, neurons.layers[-1]], output_scale(network, values)))
    for layer, values, ends in layers:
        counts = [np.histogram(each, BINS, ends)[0] for each in values.T if np.isfinite(values).all()]
        most = float(max((each.max() for each in counts), default=1) or 1)
        for at, each in enumerate(counts):
            made = as_map(f"map:a{layer}[{neurons.layers[layer - 1][at]}]", each, 0.0, most)
            parts.append(made._replace(bins=ends))
    return parts


def hidden_scale(network: Network, values: Sequence[Floats]) -> tuple[float, float]:
    """The one scale of all hidden neurons: the limits of their activation, or even to both sides of 0."""
    limits = {WITHIN.get(name) for name in network.architecture.activations}
    if None not in limits and limits:
        lows, highs = zip(*(each for each in limits if each), strict=True)
        return min(lows), max(highs)
    sizes = [float(np.abs(each).max(initial=0.0)) for each in values]
    size = nice(max((each for each in sizes if np.isfinite(each)), default=1.0))
    return -size, size


def output_scale(network: Network, values: Floats) -> tuple[float, float]:
    """The scale of the outputs."""
    if network.output in WITHIN:
        return WITHIN[network.output]
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    return (low, high) if low < high else (low - 1, high + 1)


def number_parts(network: Network, neurons: ShownNeurons) -> list[Part]:
    """Weights and biases between what is shown."""
    parts, below = [], neurons.inputs
    for layer, some in zip(network.layers, neurons.layers, strict=True):
        W, b = network.parameters[layer.weight], network.parameters[layer.bias]
        parts.append(as_numbers(f"weights:{layer.weight}", W[np.ix_(below, some)]))
        parts.append(as_numbers(f"biases:{layer.bias}", (b.mean(axis=0) if b.ndim == 2 else b)[some]))
        below = some
    return parts


def row_parts(trace: Trace, phase: str, target: Target, neurons: ShownNeurons) -> list[Part]:
    """Of the row at hand, what the phases so far have computed: "forward", or "backward" as well."""
    assert trace.forward is not None
    assert trace.deltas is not None
    network, last = trace.network, len(trace.network.layers)
    parts: list[Part] = []
    for layer, some in enumerate(neurons.layers, start=1):
        Z = network.mean_of_members(trace.forward.Z[layer - 1])[0]
        A = network.mean_of_members(trace.forward.A[layer - 1])[0]
        if layer == last and target.task == "regression":
            A = target.decode_number(A)
        parts += [as_numbers(f"row:z{layer}", Z[some]), as_numbers(f"row:a{layer}", A[some])]
        if phase == "backward":
            delta = network.mean_of_members(trace.deltas[layer - 1])[0]
            parts.append(as_numbers(f"row:delta{layer}", delta[some]))
    return parts


def nice(size: float) -> float:
    """The next of 1, 2, 5, 10, … times a power of ten, so that a scale does not change with every step.

    Examples
    --------
    >>> nice(0.7), nice(1.3), nice(31.0), nice(0.0)
    (1.0, 2.0, 50.0, 1.0)
    """
    if not (np.isfinite(size) and size > 0):
        return 1.0
    power = 10.0 ** floor(log10(size))
    return float(next((step * power for step in (1, 2, 5) if size <= step * power), 10 * power))


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
    return np.asarray(column_as_numbers(taken, where, getattr(encoding, "form", "")), np.float64)


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
