"""The network as a graph: neurons, weights by width and sign, and the activations or deltas of one recorded step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from wade.errors import unknown_name
from wade.explanation import Trace
from wade.model.model import Model
from wade.network import Network
from wade.pictures.backend import Axes, matplotlib
from wade.pictures.display import MOST_VECTORS, Display, Numbers
from wade.pictures.graph import (
    MOST_IN_A_LAYER,
    Column,
    columns_of,
    formulas_of,
    is_folded,
    largest_delta,
    values_of,
    weights_of,
)
from wade.pictures.labels import label, number
from wade.pictures.marks import colormap, key
from wade.pictures.theme import Theme

VALUES: Final = ("weights", "activations", "deltas")
FEW_EDGES: Final = 8
"""Weights of a graph of at most this many have their number on the line."""
MANY_EDGES: Final = 100
"""Of more, the small ones are thin, so that the large ones show."""
WIDEST: Final = 3.4


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
    parameters : int
        How many numbers θ holds.
    formulas : tuple of str
        Of a recorded step of one layer: how each output follows from its z.
    remark : str
        Of deltas: one of them as the product that it is.

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
    parameters: int = 0
    formulas: tuple[str, ...] = ()
    remark: str = ""
    size: ClassVar[tuple[float, float]] = (7.4, 4.6)

    @classmethod
    def from_network(cls, network: Network, target: str = "", classes: Sequence[Any] = ()) -> NetworkDisplay:
        """Of a network; target and classes name its outputs."""
        columns = columns_of(network, target, classes)
        weights, signed = weights_of(network, columns, None)
        return cls(columns, weights, signed, members=network.members, parameters=len(network.theta))

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
        columns = columns_of(network, info.target, info.classes)
        weights, signed = weights_of(network, columns, trace)
        values = None if shows == "weights" else values_of(trace, columns, shows)
        formulas = formulas_of(trace) if shows == "activations" and not network.hidden else ()
        remark = largest_delta(trace) if shows == "deltas" else ""
        return cls(
            columns, weights, signed, values, shows, network.members, info.row, len(network.theta), formulas, remark
        )

    @property
    def title(self) -> str:
        """The widths, and what is on it."""
        widths = " → ".join(f"{column.of:,}" for column in self.columns)
        what = "" if self.shows == "weights" else f"{self.shows} of {label(self.step, 40) or 'one row'}, "
        return f"Network: {what}{widths} neurons"

    @property
    def note(self) -> str:
        """How to read it, and what is left out."""
        kinds = (("solid green: positive", 1), ("dashed purple: negative", -1))
        signs = [text for text, sign in kinds if self._has(sign)]
        widest = f"Line width: |weight|, the widest {number(self._largest(), 3)}"
        found = [f"{'; '.join([widest, *signs])}."]
        if not all(each.all() for each in self.signed):
            found.append(
                "Gray: a category, or a number read by intervals (piecewise), has a weight for each of its values; the "
                "line is their root mean square."
            )
        if self.parameters:
            found.append(f"θ, all weights and biases together, holds {self.parameters:,} numbers.")
        if self.remark:
            found.append(f"Squares: inputs, which have no delta. {self.remark}")
        folded = [
            f"{column.of - len(column.places):,} of {column.title}" for column in self.columns if is_folded(column)
        ]
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
            if is_folded(column):
                ax.text(x, 0.0, "⋮", ha="center", va="center", fontsize=13)
        ax.set_xlim(-0.75, len(self.columns) - 0.35)
        ax.set_ylim(-tall - 0.8, tall + 1.6)
        ax.set_axis_off()
        if self.shows == "deltas":
            ax.annotate("", (0.0, -tall - 0.75), (len(self.columns) - 1, -tall - 0.75),
                        arrowprops={"arrowstyle": "->", "color": theme.ink})  # fmt: skip
            ax.text((len(self.columns) - 1) / 2, -tall - 0.7, "backward, from the loss to the first layer", ha="center",
                    va="bottom", fontsize=8)  # fmt: skip
        if shown is not None:
            key(ax, shown, "delta δ = ∂J/∂z" if self.shows == "deltas" else self.shows.removesuffix("s"))

    def _edges(self, ax: Axes, theme: Theme, layer: int, W: NDArray[np.float64]) -> None:
        left, right = self.columns[layer].heights, self.columns[layer + 1].heights
        largest, thinnest = max(1e-300, self._largest()), 0.6 if self._edge_count() <= MANY_EDGES else 0.15
        segments, colors, widths, styles = [], [], [], []
        for at, to in np.ndindex(*W.shape):
            segments.append([(layer, left[at]), (layer + 1, right[to])])
            negative, signed = W[at, to] < 0, self.signed[layer][at]
            colors.append(theme.palettes["weight"][0 if negative else -1] if signed else theme.series[5])
            widths.append(thinnest + (WIDEST - thinnest) * abs(W[at, to]) / largest)
            styles.append((0, (3, 1.5)) if negative else "solid")
        lines = matplotlib("collections").LineCollection(
            segments,
            colors=colors,
            linewidths=widths,
            linestyles=styles,
            alpha=0.9 if self._edge_count() <= MANY_EDGES else 0.6,
            zorder=1,
        )
        lines.set_rasterized(self._edge_count() > MOST_VECTORS)
        ax.add_collection(lines)
        if self._edge_count() <= FEW_EDGES:
            for at, to in np.ndindex(*W.shape):
                y = 0.6 * left[at] + 0.4 * right[to]
                ax.text(layer + 0.4, y, f"× {number(float(W[at, to]), 3)}", ha="center", va="center", fontsize=8.5,
                        bbox=_halo(theme), zorder=3)  # fmt: skip

    def _edge_count(self) -> int:
        return sum(each.size for each in self.weights)

    def _largest(self) -> float:
        return max(float(np.abs(each).max(initial=0.0)) for each in self.weights)

    def _has(self, sign: int) -> bool:
        """Whether a weight that is drawn has this sign."""
        pairs = zip(self.weights, self.signed, strict=True)
        return any(bool((sign * W[signed] > 0).any()) for W, signed in pairs)

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
            ax.scatter(x[~known], y[~known], color=theme.ground, marker="s", **edge)
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
            sign = ", δ =" if self.shows == "deltas" else ":"
            text = f"{label(name, 36)}{sign} {value}" if value else label(name, 36)
            if at < first:
                place, side = x[at] - 0.1, "right"
            elif at >= last:
                place, side = x[at] + 0.1, "left"
                if self.formulas:
                    text = f"{text}\n{label(self.formulas[at - last], 80)}"
            else:
                place, side = x[at] + 0.09, "left"
            if small or at < first or at >= last:
                ax.text(place, y[at], text, ha=side, va="center", fontsize=8, bbox=_halo(theme), zorder=3)
        return shown


def _halo(theme: Theme) -> dict[str, Any]:
    return {"facecolor": theme.ground, "edgecolor": "none", "alpha": 0.85, "pad": 0.6}
