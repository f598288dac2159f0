"""Hidden neurons: what each of them gives over two columns, on one color scale; and a network without activations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wade.errors import InvalidArgument
from wade.model.learn import learn
from wade.model.model import Model, require_model
from wade.network import Network
from wade.pictures.boundary import BoundaryDisplay, draw_map, draw_points
from wade.pictures.display import Display, Numbers
from wade.pictures.labels import apart, label, number, percent
from wade.pictures.marks import colormap, image, key
from wade.pictures.plane import Plane, plane_of_model, plane_of_network
from wade.pictures.theme import Theme
from wade.tables import Dialect

MOST_NEURONS: Final = 12
RESOLUTION: Final = 48
WITHOUT: Final = "identity"


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
        row: int = 1,
        resolution: int = RESOLUTION,
        dialect: Dialect | None = None,
    ) -> NeuronsDisplay:
        """Of a model over two of its number columns; arguments as in `plane_of_model`."""
        require_model(model)
        check_layer(model.network, layer)
        return cls._of(model.network, plane_of_model(model, data, columns, row, resolution, dialect), layer)

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
        return " ".join(filter(None, ("Line: where the pre-activation z is 0.", added, rest, self.plane.held)))

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
            weight = f": × {number(self.weights[at], 3)}" if self.weights else ""
            ax.set_title(f"neuron {at}{weight}", fontsize=8.5)
            ax.set_xlabel(label(self.plane.columns[0]), fontsize=8)
            ax.set_ylabel(label(self.plane.columns[1]), fontsize=8)
            ax.tick_params(labelsize=7)
            ax.label_outer()
        key(list(axes), shown, "activation")


@dataclass(eq=False, repr=False)
class NonlinearityDisplay(Display):
    """The same network with activations and without: without them it is linear, however many layers it has."""

    with_activations: BoundaryDisplay
    without: BoundaryDisplay
    activation: str
    accuracies: tuple[float, float]
    size: ClassVar[tuple[float, float]] = (8.6, 4.4)

    @classmethod
    def from_table(cls, data: Any, target: str | None = None, **options: Any) -> NonlinearityDisplay:
        """Trains two networks on a table of classes, which differ in their activation alone, and draws both.

        `options` are those of `wade.learn`; by default a plain network of two hidden layers of eight tanh neurons.
        """
        plain = {"hidden": (8, 8), "activation": "tanh", "members": 1, "dropout": 0.0, "numbers": "scaled"}
        settings = {**plain, "learning_rate": 0.02, "epochs": 200, "batch_size": 32, **options}
        return cls.from_models(
            learn(data, target, **settings), learn(data, target, **{**settings, "activation": WITHOUT}), data
        )

    @classmethod
    def from_models(cls, with_activations: Model, without: Model, data: Any) -> NonlinearityDisplay:
        """Of two models that were trained on the same table.

        Raises
        ------
        InvalidArgument
            The second model has activations, or the target is a number.
        """
        for model in (with_activations, without):
            require_model(model)
            if model.target.task == "regression":
                raise InvalidArgument("model", "must predict classes", model.target.column, "Try circles, or spiral.")
        if without.network.activation != WITHOUT:
            remedy = 'Train it with activation="identity".'
            raise InvalidArgument("without", "must have no activations", without.network.activation, remedy)
        accuracies = with_activations.report["test"]["accuracy"], without.report["test"]["accuracy"]
        displays = [_as_read(each, data) for each in (with_activations, without)]
        return cls(displays[0], displays[1], with_activations.network.activation, accuracies)

    @property
    def title(self) -> str:
        """What is compared."""
        return "The same network with and without activations"

    @property
    def note(self) -> str:
        """Why the second one is straight."""
        return (
            "Without activations all layers are one matrix: a straight line over the columns as the network reads "
            "them, which are scaled."
        )

    def panels(self) -> tuple[int, int]:
        """Side by side."""
        return 1, 2

    def parts(self) -> Mapping[str, Numbers]:
        """Both maps."""
        return {f"with {self.activation}": self.with_activations.parts()["map"], "without": self.without.parts()["map"]}

    def description(self) -> str:
        """How often each is right."""
        first, second = self.accuracies
        return (
            f"With {self.activation} the boundary can be a curve, accuracy {percent(first)} on test rows; without "
            f"activations it is a straight line, accuracy {percent(second)}."
        )

    def draw(self, axes: Sequence[Any], theme: Theme) -> None:
        """Both boundaries."""
        names = f"with {self.activation}", "without activations"
        displays = self.with_activations, self.without
        for ax, display, name, accuracy in zip(axes, displays, names, self.accuracies, strict=True):
            draw_map(ax, theme, display.plane, display.values, display.target, bar=False)
            draw_points(ax, theme, display.plane, display.target, display.values)
            ax.set_title(f"{name}: accuracy {percent(accuracy)} on test rows", fontsize=9)
            ax.set_xlabel(label(display.plane.columns[0]))
            ax.set_ylabel(label(display.plane.columns[1]))


def _as_read(model: Model, data: Any) -> BoundaryDisplay:
    """The boundary over two columns as the network reads them; of more columns, over the first two in their units."""
    layout = model.network.inputs
    if layout.n_numbers != 2 or len(layout.names) != 2:
        return BoundaryDisplay.from_model(model, data)
    table, name, _ = model.open_labelled(data)
    X, y = model.encoder.encode(table, name).numbers, model.target.encode(table, name).reshape(len(table))
    shown = BoundaryDisplay.from_network(model.network, X, y)
    columns = f"{layout.names[0]}, scaled", f"{layout.names[1]}, scaled"
    return replace(shown, plane=replace(shown.plane, columns=columns), target=model.target)


def check_layer(network: Network, layer: int) -> None:
    """InvalidArgument where the network has no such hidden layer."""
    count = len(network.hidden)
    if not count:
        remedy = "Train a network with hidden layers, such as --hidden 8."
        raise InvalidArgument("layer", "needs a network with hidden layers", layer, remedy)
    if isinstance(layer, bool) or not isinstance(layer, int) or not 1 <= layer <= count:
        raise InvalidArgument("layer", f"must be a hidden layer, from 1 to {count}", layer)
