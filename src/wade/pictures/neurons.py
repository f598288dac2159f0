"""Hidden neurons: what each of them gives over two columns, on one color scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wade.errors import InvalidArgument
from wade.model.model import Model, require_model
from wade.network import Network
from wade.pictures.display import Display, Numbers
from wade.pictures.labels import apart, label, number
from wade.pictures.marks import colormap, image, key, star
from wade.pictures.plane import Plane, plane_of_model, plane_of_network
from wade.pictures.theme import Theme
from wade.tables import Dialect

MOST_NEURONS: Final = 12
RESOLUTION: Final = 48


@dataclass(eq=False, repr=False)
class NeuronsDisplay(Display):
    """The activations of a hidden layer over two columns, a map for each neuron.

    Parameters
    ----------
    plane : Plane
    Z, A : array (n · n, n_neurons)
        Pre-activation and activation at each point of the grid, the mean over ensemble members.
    layer : int
        Counted from 1.
    of_neurons : int
        How many neurons the layer has; at most 12 are shown.
    weights : tuple of float
        With which each shown neuron is added to the output, where the layer is the last and there is one output.
    """

    plane: Plane
    Z: NDArray[np.float64]
    A: NDArray[np.float64]
    layer: int
    of_neurons: int
    weights: tuple[float, ...] = ()

    @classmethod
    def from_model(
        cls,
        model: Model,
        data: Any,
        columns: Sequence[str] | None = None,
        *,
        layer: int = 1,
        row: int | None = None,
        resolution: int = RESOLUTION,
        dialect: Dialect | None = None,
        mark: tuple[float, float] | None = None,
    ) -> NeuronsDisplay:
        """Of a model over two of its number columns; arguments as in `plane_of_model`."""
        require_model(model)
        check_layer(model.network, layer)
        return cls._of(
            model.network, plane_of_model(model, data, columns, row, resolution, dialect=dialect, mark=mark), layer
        )

    @classmethod
    def from_network(
        cls, network: Network, X: ArrayLike, y: ArrayLike, *, layer: int = 1, resolution: int = RESOLUTION
    ) -> NeuronsDisplay:
        """Of a network that reads two numbers; `y` holds class numbers, or numbers.

        Examples
        --------
        >>> network = Network(2, hidden=(5,), seed=1)
        >>> display = NeuronsDisplay.from_network(network, [[0.0, 0.0], [1.0, 2.0]], [0, 1], resolution=4)
        >>> display.A.shape
        (16, 5)
        """
        check_layer(network, layer)
        return cls._of(network, plane_of_network(network, X, y, resolution), layer)

    @classmethod
    def _of(cls, network: Network, plane: Plane, layer: int) -> NeuronsDisplay:
        passed = network.forward(plane.inputs)
        Z, A = (network.mean_of_members(each[layer - 1]).astype(np.float64) for each in (passed.Z, passed.A))
        weights: tuple[float, ...] = ()
        if layer == len(network.hidden) and network.outputs == 1 and network.members == 1:
            last = network.parameters[network.layers[-1].weight][:MOST_NEURONS, 0]
            weights = tuple(float(each) for each in last)
        return cls(plane, Z[:, :MOST_NEURONS], A[:, :MOST_NEURONS], layer, network.hidden[layer - 1], weights)

    @property
    def title(self) -> str:
        """The layer, and the columns."""
        x, y = map(label, self.plane.columns)
        return f"Hidden layer {self.layer}: the activation of each neuron over {x} and {y}"

    @property
    def note(self) -> str:
        """What the lines are, and which neurons are left out."""
        more = self.of_neurons - self.A.shape[1]
        rest = f"{more} more neurons are not shown." if more > 1 else "1 more neuron is not shown." if more else ""
        added = "×: the weight with which the output adds the neuron." if self.weights else ""
        marked = f"{self.plane.place}." if self.plane.mark else ""
        return " ".join(filter(None, ("Line: where the pre-activation z is 0.", added, marked, rest, self.plane.held)))

    def panels(self) -> tuple[int, int]:
        """At most four beside each other."""
        columns = min(4, self.A.shape[1])
        return ceil(self.A.shape[1] / columns), columns

    def inches(self) -> tuple[float, float]:
        """So large that each map is the same size."""
        rows, columns = self.panels()
        return 1.2 + 1.7 * max(columns, 3), 0.9 + 1.6 * rows

    def parts(self) -> Mapping[str, Numbers]:
        """Every map."""
        x, y = (each.ravel() for each in np.meshgrid(self.plane.x, self.plane.y))
        first, second = self.plane.columns
        neurons = {apart(f"neuron {at}", self.plane.columns): one for at, one in enumerate(self.A.T)}
        return {"map": {first: x, second: y, **neurons}}

    def description(self) -> str:
        """How far the activations reach, and which neurons are the same everywhere."""
        low, high = float(self.A.min()), float(self.A.max())
        same = [str(at) for at, one in enumerate(self.A.T) if np.ptp(one) == 0]
        constant = f" Neurons that give the same everywhere: {', '.join(same)}." if same else ""
        count = self.A.shape[1]
        return f"{count} neurons, with activations from {number(low)} to {number(high)}.{constant} {self.note}"

    def draw(self, axes: Sequence[Any], theme: Theme) -> None:
        """A map for each neuron."""
        limits, shown = (float(self.A.min()), float(self.A.max())), None
        for at, ax in enumerate(axes):
            if at >= self.A.shape[1]:
                ax.set_axis_off()
                continue
            shown = image(ax, self.plane, self.plane.grid(self.A[:, at]), colormap(theme, "activation"), limits)
            Z = self.Z[:, at]
            if Z.min() < 0 < Z.max():
                ax.contour(self.plane.x, self.plane.y, self.plane.grid(Z), [0.0], colors="white", linewidths=1.1)
            if self.plane.mark is not None:
                star(ax, theme, *self.plane.mark)
            weight = f": × {number(self.weights[at], 3)}" if self.weights else ""
            ax.set_title(f"neuron {at}{weight}", fontsize=8.5)
            ax.set_xlabel(label(self.plane.columns[0]), fontsize=8)
            ax.set_ylabel(label(self.plane.columns[1]), fontsize=8)
            ax.tick_params(labelsize=7)
            ax.label_outer()
        key(list(axes), shown, "activation")


def check_layer(network: Network, layer: int) -> None:
    """InvalidArgument where the network has no such hidden layer."""
    count = len(network.hidden)
    if not count:
        remedy = "Train a network with hidden layers, such as --hidden 8."
        raise InvalidArgument("layer", "needs a network with hidden layers", layer, remedy)
    if isinstance(layer, bool) or not isinstance(layer, int) or not 1 <= layer <= count:
        raise InvalidArgument("layer", f"must be a hidden layer, from 1 to {count}", layer)
