"""The network as a graph: neurons, weights by width and sign, and the activations or deltas of one recorded step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wade.errors import InvalidArgument, unknown_name
from wade.explanation import Trace
from wade.explanation.steps.parameter_index import AMONG_BINS
from wade.model.model import Model
from wade.network import Network
from wade.pictures.backend import Axes, matplotlib
from wade.pictures.display import MOST_VECTORS, Display, Numbers
from wade.pictures.labels import label, number
from wade.pictures.marks import colormap, key
from wade.pictures.theme import Theme

MOST_IN_A_LAYER: Final = 10
"""Neurons of a layer that are drawn; of a larger one the first and the last of them."""
VALUES: Final = ("weights", "activations", "deltas")


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


@dataclass(eq=False, repr=False)
class NetworkDisplay(Display):
    """A network as a graph.

    Parameters
    ----------
    columns : tuple of Column
        Inputs, each hidden layer, outputs.
    weights : tuple of arrays (n_from, n_to)
        Between the neurons that are drawn. A category, or a piecewise-linear number, has the root mean square of its
        table's entries; in a recorded step, the entries that the row reads.
    signed : tuple of arrays (n_from,), bool
        Whether a weight has a sign; of a root mean square it has none.
    values : tuple of arrays, or None
        Activations or deltas of the neurons that are drawn, from the inputs on; NaN where there is none.
    shows : "weights", "activations" or "deltas"

    Examples
    --------
    >>> display = NetworkDisplay.from_network(Network(2, hidden=(64,), seed=1))
    >>> [len(column.places) for column in display.columns], display.columns[1].of
    ([2, 10, 1], 64)
    """

    columns: tuple[Column, ...]
    weights: tuple[NDArray[np.float64], ...]
    signed: tuple[NDArray[np.bool_], ...]
    values: tuple[NDArray[np.float64], ...] | None = None
    shows: str = "weights"
    members: int = 1
    step: str = ""
    size: ClassVar[tuple[float, float]] = (7.4, 4.6)

    @classmethod
    def from_network(cls, network: Network, target: str = "", classes: Sequence[Any] = ()) -> NetworkDisplay:
        """Of a network; target and classes name its outputs."""
        columns = _columns(network, target, classes)
        weights, signed = _weights(network, columns, None)
        return cls(columns, weights, signed, members=network.members)

    @classmethod
    def from_model(cls, model: Model) -> NetworkDisplay:
        """Of a model."""
        return cls.from_network(model.network, model.target.column, model.target.classes)

    @classmethod
    def from_trace(cls, trace: Trace, shows: str = "activations") -> NetworkDisplay:
        """With the activations or the deltas of a recorded step on it.

        Raises
        ------
        InvalidArgument
            `shows` is unknown, or the step has no deltas, because the row has no target.

        Examples
        --------
        >>> import wade
        >>> trace = wade.explain(wade.Perceptron([0.1, 0.5, 2.5, 0.2], 3.0), [2, 3, -1, 5], 1)
        >>> [values.round(2).tolist() for values in NetworkDisplay.from_trace(trace).values]
        [[2.0, 3.0, -1.0, 5.0], [0.96]]
        """
        if shows not in VALUES:
            raise unknown_name("shows", shows, VALUES)
        network, info = trace.network, trace.target_info
        columns = _columns(network, info.target, info.classes)
        weights, signed = _weights(network, columns, trace)
        values = None if shows == "weights" else _values(trace, columns, shows)
        return cls(columns, weights, signed, values, shows, network.members, info.row)

    @property
    def title(self) -> str:
        """The widths, and what is on it."""
        widths = " → ".join(f"{column.of:,}" for column in self.columns)
        what = "" if self.shows == "weights" else f"{self.shows} of {label(self.step, 40) or 'one row'}, "
        return f"Network: {what}{widths} neurons"

    @property
    def note(self) -> str:
        """How to read it, and what is left out."""
        found = ["Line width: |weight|; solid green: positive, dashed purple: negative."]
        if not all(each.all() for each in self.signed):
            found.append("Gray: size of a table of category or bin weights, without a sign.")
        folded = [f"{column.of - len(column.places):,} of {column.title}" for column in self.columns if _folded(column)]
        if folded:
            found.append(f"Neurons not drawn: {', '.join(folded)}.")
        if self.members > 1:
            found.append(f"{self.members} ensemble members share these weights; values are their mean.")
        return " ".join(found)

    def parts(self) -> Mapping[str, Numbers]:
        """Every weight that is drawn, and every value."""
        edges: dict[str, list[Any]] = {"layer": [], "from": [], "to": [], "weight": []}
        for layer, (left, right, W) in enumerate(zip(self.columns, self.columns[1:], self.weights, strict=False), 1):
            for at, weights in enumerate(W):
                for to, weight in enumerate(weights):
                    row = layer, left.names[at], right.names[to], float(weight)
                    for name, value in zip(edges, row, strict=True):
                        edges[name].append(value)
        if self.values is None:
            return {"weights": edges}
        neurons = [name for column in self.columns for name in column.names]
        layers = [column.title for column in self.columns for _ in column.names]
        numbers = {"layer": layers, "neuron": neurons, self.shows: np.concatenate(self.values).tolist()}
        return {"weights": edges, self.shows: numbers}

    def description(self) -> str:
        """Layers, the largest weight, and the values."""
        widths = ", ".join(f"{column.title} {column.of:,}" for column in self.columns)
        layer = max(range(len(self.weights)), key=lambda each: np.abs(self.weights[each]).max(initial=0.0))
        W = np.abs(self.weights[layer])
        at, to = np.unravel_index(int(W.argmax()), W.shape) if W.size else (0, 0)
        ends = [self._neuron(layer + side, place) for side, place in enumerate((int(at), int(to)))]
        size = number(float(self.weights[layer][at, to])) if W.size else "none"
        largest = f"The largest weight drawn is {size}, from {ends[0]} to {ends[1]}."
        return f"Neurons by layer: {widths}. {largest} {self.note}"

    def _neuron(self, layer: int, place: int) -> str:
        """A neuron in words."""
        column = self.columns[layer]
        name = column.names[place]
        return f"neuron {name} of {column.title}" if column.title.startswith("hidden") else name

    def draw(self, axes: Sequence[Axes], theme: Theme) -> None:
        """Edges first, neurons on top, names beside them."""
        (ax,) = axes
        for layer, W in enumerate(self.weights):
            self._edges(ax, theme, layer, W)
        shown = self._neurons(ax, theme)
        tall = max(float(np.ptp(column.heights)) for column in self.columns) / 2
        for x, column in enumerate(self.columns):
            ax.text(x, tall + 0.9, column.title, ha="center", va="bottom", fontsize=9)
            if _folded(column):
                ax.text(x, 0.0, "⋮", ha="center", va="center", fontsize=13)
        ax.set_xlim(-0.75, len(self.columns) - 0.35)
        ax.set_ylim(-tall - 0.8, tall + 1.6)
        ax.set_axis_off()
        if shown is not None:
            key(ax, shown, self.shows.removesuffix("s"))

    def _edges(self, ax: Axes, theme: Theme, layer: int, W: NDArray[np.float64]) -> None:
        left, right = self.columns[layer].heights, self.columns[layer + 1].heights
        largest = max(1e-300, max(float(np.abs(each).max(initial=0.0)) for each in self.weights))
        segments, colors, widths, styles = [], [], [], []
        for at, to in np.ndindex(*W.shape):
            segments.append([(layer, left[at]), (layer + 1, right[to])])
            negative, signed = W[at, to] < 0, self.signed[layer][at]
            colors.append(theme.palettes["weight"][0 if negative else -1] if signed else theme.series[5])
            widths.append(0.15 + 3.2 * abs(W[at, to]) / largest)
            styles.append((0, (3, 1.5)) if negative else "solid")
        lines = matplotlib("collections").LineCollection(
            segments, colors=colors, linewidths=widths, linestyles=styles, alpha=0.75, zorder=1
        )
        lines.set_rasterized(sum(each.size for each in self.weights) > MOST_VECTORS)
        ax.add_collection(lines)

    def _neurons(self, ax: Axes, theme: Theme) -> Any:
        shown, small = None, max(len(column.places) for column in self.columns) <= MOST_IN_A_LAYER
        filled = None if self.values is None else np.concatenate(self.values)
        x = np.concatenate([np.full(len(column.places), at) for at, column in enumerate(self.columns)])
        y = np.concatenate([column.heights for column in self.columns])
        edge = {"edgecolors": theme.ink, "linewidths": 0.9, "zorder": 2, "s": 170}
        if filled is None:
            ax.scatter(x, y, color=theme.ground, **edge)
        else:
            known = np.isfinite(filled)
            ax.scatter(x[~known], y[~known], color=theme.ground, **edge)
            size = float(np.abs(filled[known]).max(initial=1e-300))
            limits = (
                (-size, size) if self.shows == "deltas" else (float(filled[known].min()), float(filled[known].max()))
            )
            cmap = colormap(theme, "delta" if self.shows == "deltas" else "activation")
            shown = ax.scatter(x[known], y[known], c=filled[known], cmap=cmap, vmin=limits[0], vmax=limits[1], **edge)
        names = [name for column in self.columns for name in column.names]
        first, last = len(self.columns[0].places), len(x) - len(self.columns[-1].places)
        for at, name in enumerate(names):
            value = "" if filled is None or not small or np.isnan(filled[at]) else number(float(filled[at]), 3)
            text = f"{label(name, 36)}: {value}" if value else label(name, 36)
            if at < first:
                place, side = x[at] - 0.1, "right"
            elif at >= last:
                place, side = x[at] + 0.1, "left"
            else:
                text, place, side = value, x[at] + 0.09, "left"
            halo = {"facecolor": theme.ground, "edgecolor": "none", "alpha": 0.75, "pad": 0.6}
            if text:
                ax.text(place, y[at], text, ha=side, va="center", fontsize=8, bbox=halo, zorder=3)
        return shown


def _folded(column: Column) -> bool:
    return len(column.places) < column.of


def _columns(network: Network, target: str, classes: Sequence[Any]) -> tuple[Column, ...]:
    inputs, last = network.inputs.names, network.outputs
    outputs = [str(one) for one in classes] if len(classes) == last else [target or "output"]
    if last > 1 and len(outputs) != last:
        outputs = [f"output {at}" for at in range(last)]
    elif len(classes) == 2:
        outputs = [f"{target} = {classes[1]}"]
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


def _weights(
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


def _values(trace: Trace, columns: Sequence[Column], shows: str) -> tuple[NDArray[np.float64], ...]:
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
