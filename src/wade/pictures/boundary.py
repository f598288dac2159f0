"""Decision boundary: what a network predicts over two columns, with the rows of the table on top."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wade.engines import Task, choose_engine
from wade.metrics.classification import class_probabilities
from wade.model.evaluation.outputs import network_outputs
from wade.model.model import Model, require_model
from wade.network import Network
from wade.pictures.backend import Axes
from wade.pictures.display import Display, Numbers
from wade.pictures.labels import apart, label, number, percent
from wade.pictures.marks import blended, colormap, image, key, legend
from wade.pictures.plane import RESOLUTION, Plane, plane_of_model, plane_of_network
from wade.pictures.theme import Theme
from wade.tables import Dialect, Target

MOST_NAMED: Final = 12
"""Classes that a legend names."""


@dataclass(eq=False, repr=False)
class BoundaryDisplay(Display):
    """What a network predicts over two columns.

    For two classes the map shows the probability of the second, and the line where it is ½; for more classes the
    likeliest one, the paler the less certain; for a number the number itself.

    Parameters
    ----------
    plane : Plane
    values : array (n · n, n_classes) or (n · n, 1)
        Probabilities, or numbers in the target's own unit, at each point of the grid.
    target : Target

    Examples
    --------
    >>> network = Network(2, hidden=(), dtype="float64")
    >>> network.theta = [1.0, 0.0, 0.0]
    >>> display = BoundaryDisplay.from_network(network, [[-1.0, 0.0], [1.0, 1.0]], [0, 1], resolution=3)
    >>> display.values[:3, 1].round(2).tolist()
    [0.25, 0.5, 0.75]
    """

    plane: Plane
    values: NDArray[np.float64]
    target: Target
    heading: str = "Decision boundary"
    size: ClassVar[tuple[float, float]] = (6.0, 4.6)

    @classmethod
    def from_model(
        cls,
        model: Model,
        data: Any,
        columns: Sequence[str] | None = None,
        *,
        row: int = 1,
        resolution: int = RESOLUTION,
        dialect: Dialect | None = None,
    ) -> BoundaryDisplay:
        """Of a model over two of its number columns; arguments as in `plane_of_model`."""
        require_model(model)
        plane = plane_of_model(model, data, columns, row, resolution, dialect)
        outputs = network_outputs(model.network, plane.inputs, choose_engine(task=Task(model.network)))
        return cls(plane, _values(model.target, outputs), model.target)

    @classmethod
    def from_network(
        cls, network: Network, X: ArrayLike, y: ArrayLike, *, resolution: int = RESOLUTION, heading: str = ""
    ) -> BoundaryDisplay:
        """Of a network that reads two numbers; `y` holds class numbers, or numbers."""
        plane = plane_of_network(network, X, y, resolution)
        target = target_of(network)
        outputs = network_outputs(network, plane.inputs, choose_engine(task=Task(network)))
        return cls(plane, _values(target, outputs), target, heading or "Decision boundary")

    @property
    def title(self) -> str:
        """What is predicted over which columns."""
        x, y = map(label, self.plane.columns)
        what = f": {label(self.target.column)}" if self.target.column else ""
        heading = "Predictions" if self.target.task == "regression" else self.heading
        return f"{heading}{what} over {x} and {y}"

    @property
    def note(self) -> str:
        """What is held, how many rows are shown, and which classes the legend leaves out."""
        more = len(self.target.classes) - MOST_NAMED
        rest = f"The legend names the first {MOST_NAMED} of {len(self.target.classes)} classes." if more > 0 else ""
        return " ".join(filter(None, (self.plane.note, rest)))

    def parts(self) -> Mapping[str, Numbers]:
        """The map, and the rows on it."""
        x, y = (each.ravel() for each in np.meshgrid(self.plane.x, self.plane.y))
        first, second = self.plane.columns
        names = [f"probability of {each}" for each in self.target.classes] or ["prediction"]
        shown = {apart(name, self.plane.columns): one for name, one in zip(names, self.values.T, strict=True)}
        observed = [self.target.classes[int(code)] for code in self.plane.observed] if self.target.classes else None
        points: dict[str, Any] = {first: self.plane.points[:, 0], second: self.plane.points[:, 1]}
        points[apart("observed", points)] = (
            self.target.decode_number(self.plane.observed) if observed is None else observed
        )
        return {"map": {first: x, second: y, **shown}, "rows": points}

    def description(self) -> str:
        """How much of the map belongs to which class, or its range."""
        x, y = (label(each).replace(r"\$", "$") for each in self.plane.columns)
        where = f"{x} from {number(self.plane.x[0])} to {number(self.plane.x[-1])} and {y} from "
        where += f"{number(self.plane.y[0])} to {number(self.plane.y[-1])}"
        if self.target.task == "regression":
            low, high = float(self.values.min()), float(self.values.max())
            return f"Predictions run from {number(low)} to {number(high)} over {where}. {self.note}".strip()
        shares = np.bincount(self.values.argmax(axis=1), minlength=self.values.shape[1]) / len(self.values)
        each = ", ".join(f"{one} {percent(share, 0)}" for one, share in zip(self.target.classes, shares, strict=True))
        return f"The likeliest class over {where}, as parts of the area: {each}. {self.note}".strip()

    def draw(self, axes: Sequence[Axes], theme: Theme) -> None:
        """The map, the boundary, the rows."""
        (ax,) = axes
        draw_map(ax, theme, self.plane, self.values, self.target)
        draw_points(ax, theme, self.plane, self.target, self.values)
        ax.set_xlabel(label(self.plane.columns[0]))
        ax.set_ylabel(label(self.plane.columns[1]))


def draw_map(
    ax: Axes, theme: Theme, plane: Plane, values: NDArray[np.float64], target: Target, bar: bool = True
) -> None:
    """The predictions as a map, and the boundary between classes."""
    n_classes = values.shape[1]
    if target.task == "regression":
        shown = image(ax, plane, plane.grid(values[:, 0]), colormap(theme, "loss"))
        if bar:
            key(ax, shown, label(target.column) or "prediction")
        return
    if n_classes == 2:
        grid = plane.grid(values[:, 1])
        shown = image(ax, plane, grid, colormap(theme, "output"), (0.0, 1.0))
        if bar:
            key(ax, shown, f"probability of {label(target.classes[1])}")
    else:
        image(ax, plane, blended(theme, plane.grid(values.argmax(axis=1)), plane.grid(values.max(axis=1)), n_classes))
    # Where logarithms are equal, shares are; between points of the grid they are closer to straight lines.
    logs = np.log(np.maximum(values, np.finfo(float).tiny))
    margins = [logs[:, each] - np.delete(logs, each, axis=1).max(axis=1) for each in range(n_classes)]
    for margin in margins[1 if n_classes == 2 else 0 :]:
        if margin.min() < 0 < margin.max():
            ax.contour(plane.x, plane.y, plane.grid(margin), [0.0], colors=theme.ink, linewidths=1.4)


def draw_points(ax: Axes, theme: Theme, plane: Plane, target: Target, values: NDArray[np.float64]) -> None:
    """The rows, a color and a marker for each class; numbers in the colors of the map."""
    edge = {"edgecolors": theme.ground, "linewidths": 0.5}
    if target.task == "regression":
        shown = target.decode_number(plane.observed)
        low, high = float(values.min()), float(values.max())
        ax.scatter(
            *plane.points.T, c=shown, cmap=colormap(theme, "loss"), vmin=low, vmax=high, s=16, label="observed", **edge
        )
        return
    for code, name in enumerate(target.classes):
        own = plane.points[plane.observed == code]
        named = label(name, 18) if code < MOST_NAMED else "_"  # matplotlib leaves these out of a legend
        ax.scatter(*own.T, color=theme.color(code), marker=theme.marker(code), s=15, label=named, **edge)
    legend(ax, title=label(target.column) or "observed", outside=True)


def target_of(network: Network) -> Target:
    """The target of a bare network: classes 0, 1, … or a number."""
    if network.output == "softmax":
        return Target("", "multiclass", tuple(range(network.outputs)))
    return Target("", "binary", (0, 1)) if network.output == "sigmoid" else Target("", "regression")


def _values(target: Target, outputs: NDArray[Any]) -> NDArray[np.float64]:
    if target.task == "regression":
        return target.decode_number(outputs[:, :1])
    return class_probabilities(outputs)
