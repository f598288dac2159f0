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
from wade.pictures.labels import apart, class_label, label, number, percent
from wade.pictures.marks import blended, colormap, image, key, legend, star
from wade.pictures.plane import RESOLUTION, Plane, plane_of_model, plane_of_network, with_columns
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
    marked : array (n_classes,) or (1,), optional
        What is predicted at the point of interest, `plane.mark`.
    observed : array (1,) or (), optional
        Its target as the network takes it, where it is a row of the table.

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
    subject: str = "Decision boundary"
    marked: NDArray[np.float64] | None = None
    observed: NDArray[Any] | None = None
    size: ClassVar[tuple[float, float]] = (6.0, 4.6)

    @classmethod
    def from_model(
        cls,
        model: Model,
        data: Any,
        columns: Sequence[str] | None = None,
        *,
        row: int | None = None,
        resolution: int = RESOLUTION,
        dialect: Dialect | None = None,
        mark: tuple[float, float] | None = None,
    ) -> BoundaryDisplay:
        """Of a model over two of its number columns; arguments as in `plane_of_model`.

        `mark` is a point of interest, or `row` one of the table: it is drawn as a star and gets its own prediction.
        """
        require_model(model)
        plane = plane_of_model(model, data, columns, row, resolution, dialect=dialect, mark=mark)
        engine = choose_engine(task=Task(model.network))
        values = _values(model.target, network_outputs(model.network, plane.inputs, engine))
        display = cls(plane, values, model.target)
        if plane.mark is not None:
            opened = model.open_labelled(data, dialect)
            place = 0 if row is None else opened.place_of(row)
            if mark is None:
                table = opened.table.slice(place, 1)
                display.observed = model.target.encode(table, opened.name)[0]
            else:
                table = with_columns(opened.table, place, dict(zip(plane.columns, np.array([mark]).T, strict=True)))
            inputs = model.encoder.encode(table, opened.name)
            display.marked = _values(model.target, network_outputs(model.network, inputs, engine))[0]
        return display

    @classmethod
    def from_network(
        cls, network: Network, X: ArrayLike, y: ArrayLike, *, resolution: int = RESOLUTION, subject: str = ""
    ) -> BoundaryDisplay:
        """Of a network that reads two numbers; `y` holds class numbers, or numbers."""
        plane = plane_of_network(network, X, y, resolution)
        target = target_of(network)
        outputs = network_outputs(network, plane.inputs, choose_engine(task=Task(network)))
        return cls(plane, _values(target, outputs), target, subject or "Decision boundary")

    @property
    def title(self) -> str:
        """What is predicted over which columns."""
        x, y = map(label, self.plane.columns)
        what = f" of {label(self.target.column)}" if self.target.column else ""
        subject = "Predictions" if self.target.task == "regression" else self.subject
        if self.is_one_sided:
            subject, what = "Probability of", f" {self._class(1)}"
        return f"{subject}{what} over {x} and {y}"

    @property
    def is_one_sided(self) -> bool:
        """Whether one of two classes is the likelier one everywhere: then there is no boundary."""
        shares = self.values[:, -1]
        return len(self.target.classes) == 2 and not self.in_movie and not shares.min() < 0.5 < shares.max()

    def _class(self, code: int) -> str:
        """A class with its column."""
        name = class_label(self.target.classes[code])
        return f"{label(self.target.column)} = {name}" if self.target.column else f"class {name}"

    @property
    def note(self) -> str:
        """What is held, how many rows are shown, and which classes the legend leaves out."""
        more = len(self.target.classes) - MOST_NAMED
        rest = f"The legend names the first {MOST_NAMED} of {len(self.target.classes)} classes." if more > 0 else ""
        many = len(self.target.classes) > 2
        scale = (
            f"The fainter, the less certain: at the faintest, the likeliest class has 1 in {len(self.target.classes)}."
            if many
            else ""
        )
        return " ".join(filter(None, (self._marked(), scale, self.plane.note, rest)))

    def _marked(self) -> str:
        """What is predicted at the point of interest, and whether any row is near."""
        if self.marked is None or self.plane.mark is None:
            return ""
        if self.target.task == "regression":
            what = f"the prediction is {number(float(self.marked[0]))}"
        else:
            code = 1 if len(self.marked) == 2 else int(self.marked.argmax())
            what = f"the probability of {self._class(code)} is {percent(float(self.marked[code]))}"
        outside = self.plane.is_outside(*self.plane.mark)
        guess = "; no row is out there, so this is a guess" if outside else ""
        return f"{self.plane.place}: {what}{guess}{self._observed()}."

    def _observed(self) -> str:
        if self.observed is None:
            return ""
        if self.target.task == "regression":
            return f"; observed: {number(float(self.target.decode_number(self.observed).ravel()[0]))}"
        return f"; observed: {self._class(int(self.observed.ravel()[0]))}"

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
        if self.is_one_sided:
            likelier = int(self.values[0].argmax())
            least, most = (percent(float(end)) for end in (self.values[:, 1].min(), self.values[:, 1].max()))
            rows = float((self.plane.observed == 1).mean())
            text = f"{self._class(likelier)} is likelier everywhere: the probability of {self._class(1)} runs from "
            text += (
                f"{least} to {most} over {where}. Of the rows shown {percent(rows)} are {self._class(1)}. {self.note}"
            )
            return text.replace(r"\$", "$").strip()
        shares = np.bincount(self.values.argmax(axis=1), minlength=self.values.shape[1]) / len(self.values)
        each = ", ".join(
            f"{self._class(code)} in {percent(share, 0)}" if code < MOST_NAMED else ""
            for code, share in enumerate(shares)
        ).rstrip(", ")
        text = f"The likeliest class over {where}, in parts of the area: {each}. {self.note}"
        return text.replace(r"\$", "$").strip()

    def draw(self, axes: Sequence[Axes], theme: Theme) -> None:
        """The map, the boundary, the rows."""
        (ax,) = axes
        draw_map(ax, theme, self.plane, self.values, self.target, alone=self.is_one_sided)
        draw_points(ax, theme, self.plane, self.target, self.values, alone=self.is_one_sided)
        if self.plane.mark is not None:
            star(ax, theme, *self.plane.mark)
        ax.set_xlabel(self.plane.axis_names[0])
        ax.set_ylabel(self.plane.axis_names[1])


def draw_map(
    ax: Axes,
    theme: Theme,
    plane: Plane,
    values: NDArray[np.float64],
    target: Target,
    bar: bool = True,
    alone: bool = False,
) -> None:
    """The predictions as a map, and the boundary between classes; `alone`: one class is likelier everywhere."""
    n_classes = values.shape[1]
    if target.task == "regression":
        shown = image(ax, plane, plane.grid(values[:, 0]), colormap(theme, "loss"))
        if bar:
            key(ax, shown, label(target.column) or "prediction")
        return
    if n_classes == 2:
        grid = plane.grid(values[:, 1])
        # Of a map without a boundary the range that it has is shown, in a palette without a middle.
        cmap, limits = colormap(theme, "count" if alone else "output"), None if alone else (0.0, 1.0)
        shown = image(ax, plane, grid, cmap, limits)
        if bar:
            column = f"{label(target.column)} = " if target.column else ""
            key(ax, shown, f"probability of {column}{class_label(target.classes[1])}")
    else:
        image(ax, plane, blended(theme, plane.grid(values.argmax(axis=1)), plane.grid(values.max(axis=1)), n_classes))
    # Where logarithms are equal, shares are; between points of the grid they are closer to straight lines.
    logs = np.log(np.maximum(values, np.finfo(float).tiny))
    margins = [logs[:, each] - np.delete(logs, each, axis=1).max(axis=1) for each in range(n_classes)]
    for margin in margins[1 if n_classes == 2 else 0 :]:
        if margin.min() < 0 < margin.max():
            ax.contour(plane.x, plane.y, plane.grid(margin), [0.0], colors=theme.ink, linewidths=1.4)


def draw_points(
    ax: Axes, theme: Theme, plane: Plane, target: Target, values: NDArray[np.float64], alone: bool = False
) -> None:
    """The rows, a color and a marker for each class; numbers in the colors of the map."""
    rim = theme.ink if len(target.classes) > 2 or alone else theme.ground
    edge = {"edgecolors": rim, "linewidths": 0.5}
    if target.task == "regression":
        shown = target.decode_number(plane.observed)
        low, high = float(values.min()), float(values.max())
        ax.scatter(
            *plane.points.T, c=shown, cmap=colormap(theme, "loss"), vmin=low, vmax=high, s=16, label="observed", **edge
        )
        return
    for code, name in enumerate(target.classes):
        own = plane.points[plane.observed == code]
        named = class_label(name, 18) if code < MOST_NAMED else "_"  # matplotlib leaves these out of a legend
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
