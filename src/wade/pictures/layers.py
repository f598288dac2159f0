"""Activation statistics: how the pre-activations of each layer are spread, and how many neurons are saturated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wade.maths.activations import ACTIVATIONS
from wade.model.model import Model, require_model
from wade.network import Network
from wade.pictures.activations import SATURATED
from wade.pictures.backend import Axes
from wade.pictures.display import Display, Numbers
from wade.pictures.labels import number, percent
from wade.pictures.marks import legend
from wade.pictures.neurons import check_layer
from wade.pictures.plane import some_rows
from wade.pictures.theme import Theme
from wade.tables import Dialect
from wade.types import Inputs

QUANTILES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
ROWS: Final = 1_000
RANGE: Final = 6.0
"""The largest derivative of an activation is looked for from −6 to 6."""


@dataclass(eq=False, repr=False)
class LayersDisplay(Display):
    """The pre-activations of each hidden layer over some rows, and the shares of saturated and of dead neurons.

    Parameters
    ----------
    quantiles : array (n_layers, 5)
        5, 25, 50, 75 and 95 % of the pre-activations.
    saturated : array (n_layers,)
        The share of values whose derivative is at most a twentieth of the activation's largest.
    dead : array (n_layers,)
        The share of neurons that are saturated for every row: no gradient passes them.
    """

    quantiles: NDArray[np.float64]
    saturated: NDArray[np.float64]
    dead: NDArray[np.float64]
    activation: str
    rows: int
    size: ClassVar[tuple[float, float]] = (7.6, 3.8)

    @classmethod
    def from_network(cls, network: Network, X: Inputs | ArrayLike) -> LayersDisplay:
        """Of a network with hidden layers, on these rows.

        Examples
        --------
        >>> network = Network(1, hidden=(2,), activation="relu", dtype="float64")
        >>> network.theta[:] = [1.0, -1.0, 0.0, -5.0, 1.0, 1.0, 0.0]  # W1, b1, W2, b2
        >>> display = LayersDisplay.from_network(network, [[1.0], [2.0]])
        >>> display.saturated.tolist(), display.dead.tolist()
        ([0.5], [0.5])
        """
        check_layer(network, 1)
        hidden = [Z.astype(np.float64) for Z in network.forward(X).Z[:-1]]
        quantiles = np.array([np.quantile(Z, QUANTILES) for Z in hidden])
        flat = [_saturated(name, Z) for name, Z in zip(network.activations, hidden, strict=True)]
        # A neuron of each ensemble member is one of its own.
        every = [each.reshape(-1, network.members * each.shape[1]) for each in flat]
        return cls(
            quantiles,
            np.array([each.mean() for each in flat]),
            np.array([each.all(axis=0).mean() for each in every]),
            network.activation,
            len(every[0]),
        )

    @classmethod
    def from_model(cls, model: Model, data: Any, *, dialect: Dialect | None = None) -> LayersDisplay:
        """Of a model, on at most 1,000 rows at even distances."""
        require_model(model)
        table, name, *_ = model.open_labelled(data, dialect)
        return cls.from_network(model.network, model.encoder.encode(table.take(some_rows(table.num_rows, ROWS)), name))

    @property
    def title(self) -> str:
        """Of what."""
        name = ", ".join(self.activation.split(","))
        return f"Pre-activations and saturation of each hidden layer ({name}, {self.rows:,} rows)"

    @property
    def note(self) -> str:
        """What saturated and dead mean."""
        text = "Saturated: the derivative is at most a twentieth of its largest."
        if self.activation == "relu":
            text += " Of ReLU that is every negative z, where its derivative is 0."
        return f"{text} Dead: saturated for every row."

    def panels(self) -> tuple[int, int]:
        """Side by side."""
        return 1, 2

    def parts(self) -> Mapping[str, Numbers]:
        """A row for each layer."""
        names = {f"{percent(share, 0)}": self.quantiles[:, at] for at, share in enumerate(QUANTILES)}
        layers = list(range(1, len(self.quantiles) + 1))
        return {"layers": {"layer": layers, **names, "saturated": self.saturated, "dead": self.dead}}

    def description(self) -> str:
        """Median and saturation of each layer."""
        each = [
            f"layer {at}: pre-activations mostly from {number(q[0], 3)} to {number(q[4], 3)}, "
            f"{percent(s, 0)} saturated, {percent(d, 0)} of the neurons dead"
            for at, (q, s, d) in enumerate(zip(self.quantiles, self.saturated, self.dead, strict=True), 1)
        ]
        return f"{'; '.join(each)}. {self.note}"

    def draw(self, axes: Sequence[Axes], theme: Theme) -> None:
        """Bars of quantiles on the left, shares on the right."""
        left, right = axes
        x, q = np.arange(1, len(self.quantiles) + 1), self.quantiles
        left.vlines(x, q[:, 0], q[:, 4], color=theme.color(0), linewidth=1.5, label="5 % to 95 %")
        left.vlines(x, q[:, 1], q[:, 3], color=theme.color(0), linewidth=9, alpha=0.6, label="25 % to 75 %")
        left.plot(x, q[:, 2], "o", color=theme.ink, markersize=5, label="median")
        left.axhline(0, color=theme.ink, linewidth=0.6)
        left.set_ylabel("pre-activation z")
        right.bar(x - 0.2, self.saturated, 0.36, color=theme.color(1), label="saturated values")
        right.bar(
            x + 0.2, self.dead, 0.36, color=theme.color(5), hatch="///", edgecolor=theme.ground, label="dead neurons"
        )
        for shares, aside in ((self.saturated, -0.2), (self.dead, 0.2)):
            for at, share in zip(x, shares, strict=True):
                right.text(at + aside, share + 0.015, percent(float(share), 0), ha="center", va="bottom", fontsize=8)
        right.set_ylim(0, 1)
        right.set_ylabel("share")
        for ax in axes:
            ax.set_xticks(x)
            ax.set_xlim(0.4, len(x) + 0.6)
            ax.set_xlabel("hidden layer")
            ax.grid(axis="y")
            legend(ax, outside=True)


def _saturated(activation: str, Z: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Where the derivative is at most a twentieth of its largest."""
    derivative = ACTIVATIONS[activation].derivative
    assert derivative is not None
    largest = float(np.abs(derivative(np.linspace(-RANGE, RANGE, 481))).max())
    return np.asarray(np.abs(derivative(Z)) <= SATURATED * largest)
