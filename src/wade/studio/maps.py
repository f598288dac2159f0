"""What frames bring of the network: a map of each shown neuron over the axes, weights, and the row at hand.

The grid is encoded once for each choice of axes; every frame is one forward pass of the engine over it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import Any, Final

import numpy as np

from wade.engines import Engine
from wade.explanation.trace import Trace
from wade.metrics.classification import class_probabilities
from wade.network import Network
from wade.studio.frames import Part, as_map, as_numbers
from wade.studio.grid import Grid
from wade.tables.encoding.target import Target
from wade.types import Floats, Samples

BINS: Final = 32
MOST_INPUTS: Final = 32
MOST_OUTPUTS: Final = 16
MOST_CLASSES: Final = 255
WITHIN: Final = {"sigmoid": (0.0, 1.0), "softmax": (0.0, 1.0), "tanh": (-1.0, 1.0)}
"""Activations that lie within fixed limits; the scale of any other follows its values."""


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
        parts += _layer_maps([f"map:a{layer}[{neuron}]" for neuron in some], values, grid, low, high)
    if outputs:
        parts += _output_maps(network, A[-1], grid, target, neurons, low_high)
        if target.task == "binary" and grid.kind == "plane" and network.members == 1:
            parts.append(_decision_map(len(network.layers), passed.Z[-1][:, 0].reshape(grid.shape)))
    return parts


def _decision_map(layer: int, Z: Floats) -> Part:
    """The output's pre-activation, 0 where both classes are equally likely: near there it is finer than the output."""
    size = float(np.abs(Z).max())
    return as_map(f"map:z{layer}[0]", Z, -size, size)


def _layer_maps(names: list[str], values: Floats, grid: Grid, low: float, high: float) -> list[Part]:
    """A map for each column of values, all of them converted at once where all are finite."""
    columns = np.ascontiguousarray(values.T).reshape(len(names), *grid.shape)
    together = as_map("", columns, low, high) if names else None
    if together is None or together.low is None:
        return [as_map(name, column, low, high) for name, column in zip(names, columns, strict=True)]
    return [Part(name, "u8", column, low, high) for name, column in zip(names, together.values, strict=True)]


def _output_maps(
    network: Network, A: Floats, grid: Grid, target: Target, neurons: ShownNeurons, low_high: tuple[float, float]
) -> list[Part]:
    last = len(network.layers)
    in_units = target.decode_number(A) if target.task == "regression" else A
    low, high = low_high if target.task == "regression" else (0.0, 1.0)
    shown = neurons.layers[-1]
    parts = _layer_maps([f"map:a{last}[{neuron}]" for neuron in shown], in_units[:, shown], grid, low, high)
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
