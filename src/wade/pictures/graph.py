"""The numbers of a network's graph: its columns of neurons, the weights between them, and those of a recorded step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wade.errors import InvalidArgument
from wade.explanation import Trace
from wade.explanation.steps.parameter_index import AMONG_BINS
from wade.maths.activations import ACTIVATIONS
from wade.network import Network
from wade.pictures.labels import number
from wade.tables.columns.views import in_short

MOST_IN_A_LAYER: Final = 10
"""Neurons of a layer that are drawn; of a larger one the first and the last of them."""


class Column(NamedTuple):
    """One column of neurons: its title, the names and places of those that are drawn, and how many there are."""

    title: str
    names: tuple[str, ...]
    places: tuple[int, ...]
    of: int

    @property
    def heights(self) -> NDArray[np.float64]:
        """Where each neuron stands, around 0; a gap where neurons are left out."""
        count = len(self.places)
        heights = (count - 1) / 2 - np.arange(count, dtype=np.float64)
        if self.of > count:
            heights[count // 2 :] -= 0.5
            heights[: count // 2] += 0.5
        return heights


def formulas_of(trace: Trace) -> tuple[str, ...]:
    """Of a network of one layer: z with its bias, and the activation of it, for each output; of one member alone."""
    network, layer = trace.network, trace.network.layers[0]
    if trace.forward is None or network.members > 1:
        return ()
    biases, Z = network.parameters[layer.bias].ravel(), trace.forward.Z[-1].ravel()
    name = network.output
    return tuple(
        f"z = Σ weight × input {'+' if bias >= 0 else '−'} {number(abs(float(bias)), 3)} (bias) = "
        f"{number(float(z), 4)}, {name}(z)"
        for bias, z in zip(biases, Z, strict=True)
    )


def largest_delta(trace: Trace) -> str:
    """The largest delta of the last hidden layer, as the deltas after it × weights × slope."""
    network = trace.network
    if trace.deltas is None or trace.forward is None or not network.hidden or network.members > 1:
        return ""
    after, own = trace.deltas[-1].ravel(), trace.deltas[-2].ravel()
    neuron = int(np.abs(own).argmax())
    slope = ACTIVATIONS[network.activations[-1]].derivative
    assert slope is not None
    steep = float(slope(trace.forward.Z[-2].ravel()[neuron : neuron + 1])[0])
    row = network.parameters[network.layers[-1].weight][neuron]
    terms = [f"{number(float(d), 3)} × {_signed(float(w))}" for d, w in zip(after, row, strict=True)]
    sum_ = terms[0] if len(terms) == 1 else f"({' + '.join(terms)})" if len(terms) <= 3 else "Σ δ × weight"
    value = float((after * row).sum()) * steep
    return (
        f"Neuron {neuron} of the last hidden layer: δ = {sum_} × {number(steep, 3)} = {number(value, 3)} (δ of the "
        f"output × weight between × slope of {network.activations[-1]} at z)."
    )


def _signed(value: float) -> str:
    """A factor, in brackets where it is negative."""
    return f"({number(value, 3)})" if value < 0 else number(value, 3)


def is_folded(column: Column) -> bool:
    """Whether some of its neurons are not drawn."""
    return len(column.places) < column.of


def columns_of(network: Network, target: str, classes: Sequence[Any]) -> tuple[Column, ...]:
    """Inputs, hidden layers and outputs, with the names of those that are drawn."""
    inputs, last = network.inputs.names, network.outputs
    outputs = [in_short(one) for one in classes] if len(classes) == last else [target or "output"]
    if last > 1 and len(outputs) != last:
        outputs = [f"output {at}" for at in range(last)]
    elif len(classes) == 2:
        outputs = [f"{target} = {in_short(classes[1])}"]
    readable = [
        f"{each.removesuffix(AMONG_BINS)} (piecewise)" if each.endswith(AMONG_BINS) else each for each in inputs
    ]
    named = [("inputs", readable)]
    named += [(f"hidden layer {at}", [str(each) for each in range(n)]) for at, n in enumerate(network.hidden, 1)]
    named += [("output" if last == 1 else "outputs", outputs)]
    made = []
    for title, names in named:
        places = _shown(len(names))
        made.append(Column(title, tuple(names[at] for at in places), places, len(names)))
    return tuple(made)


def _shown(count: int) -> tuple[int, ...]:
    """The places that are drawn: all of them, or the first and the last."""
    half = MOST_IN_A_LAYER // 2
    return tuple(range(count)) if count <= MOST_IN_A_LAYER else (*range(half), *range(count - half, count))


def weights_of(
    network: Network, columns: Sequence[Column], trace: Trace | None
) -> tuple[tuple[NDArray[np.float64], ...], tuple[NDArray[np.bool_], ...]]:
    """The weights between the neurons that are drawn, and which rows of them have a sign."""
    found, signs = [], []
    for at, layer in enumerate(network.layers):
        W = network.parameters[layer.weight].astype(np.float64)
        signed = np.ones(len(W), bool)
        if at == 0:
            tables = [network.parameters[name].astype(np.float64) for name in (*layer.embeddings, *layer.piecewise)]
            rows = [np.sqrt((each**2).mean(axis=0)) for each in tables]
            signed = np.concatenate([signed, np.zeros(len(rows), bool)])
            if trace is not None:
                for place, name in enumerate(layer.embeddings):
                    rows[place] = network.parameters[name][trace.X.codes[0, place]].astype(np.float64)
                    signed[len(W) + place] = True
            W = np.vstack([W, *rows]) if rows else W
        left, right = list(columns[at].places), list(columns[at + 1].places)
        found.append(W[np.ix_(left, right)])
        signs.append(signed[left])
    return tuple(found), tuple(signs)


def values_of(trace: Trace, columns: Sequence[Column], shows: str) -> tuple[NDArray[np.float64], ...]:
    """Activations, or deltas, of the neurons that are drawn; a delta of an input there is not."""
    network, layout = trace.network, trace.network.inputs
    if shows == "deltas":
        if trace.deltas is None:
            remedy = "Give the row its target."
            raise InvalidArgument("shows", "needs a step with a backward pass", shows, remedy)
        # Each member's delta holds its share of the mean: they add up.
        layers = [each.sum(axis=0) for each in trace.deltas]
        every = [np.full(len(layout.names), np.nan), *layers]
    else:
        assert trace.forward is not None
        inputs = np.concatenate([trace.X.numbers[0], np.full(len(layout.categories), np.nan), trace.X.positions[0]])
        every = [inputs, *(network.mean_of_members(each)[0] for each in trace.forward.A)]
    return tuple(each[list(column.places)].astype(np.float64) for each, column in zip(every, columns, strict=True))
