"""Loss surface: the loss over two weights, or over two directions in the space of all of them, with paths on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wade.errors import InvalidArgument
from wade.explanation.steps.encoding import row_names
from wade.maths.losses import Loss, choose_loss, usual_loss
from wade.model.learn import Listener
from wade.model.model import Model, require_model
from wade.network import Network
from wade.pictures.backend import Axes
from wade.pictures.directions import (
    Directions,
    Path,
    losses_over,
    path_directions,
    places_of,
    random_directions,
    rows_of_a_surface,
    samples_of,
    weight_directions,
)
from wade.pictures.display import Display, Numbers
from wade.pictures.labels import label, number
from wade.pictures.marks import colormap, edges_of, key, legend
from wade.pictures.plane import some_rows
from wade.pictures.surface_paths import FEW_STEPS, draw_path, limits_around, strides
from wade.pictures.theme import Theme
from wade.pictures.training_path import SCALED, train_on_table
from wade.tables import Dialect

RESOLUTION: Final = 31
LEVELS: Final = 14


@dataclass(eq=False, repr=False)
class SurfaceDisplay(Display):
    """The loss over a plane of parameters.

    Parameters
    ----------
    plane : Directions
    a, b : array
        The grid along each axis.
    losses : array (len(b), len(a))
    paths : tuple of Path
        Each as its nearest points on the plane.
    rows, of_rows : int
        How many rows the loss is the mean over, and of how many they are, at even distances.
    loss : str
        The name of the loss.
    exact : bool
        Whether the paths lie on the plane, so that each point of a path has the loss of the surface below it.
    """

    plane: Directions
    a: NDArray[np.float64]
    b: NDArray[np.float64]
    losses: NDArray[np.float64]
    paths: tuple[Path, ...] = ()
    rows: int = 0
    exact: bool = True
    subject: str = "Loss surface"
    remark: str = ""
    loss: str = ""
    of_rows: int = 0

    @classmethod
    def from_network(
        cls,
        network: Network,
        X: Any,
        y: Any,
        plane: Directions | None = None,
        paths: Sequence[Path] = (),
        *,
        loss: str | Loss | None = None,
        limits: tuple[tuple[float, float], tuple[float, float]] | None = None,
        resolution: int = RESOLUTION,
        seed: int = 0,
        subject: str = "Loss surface",
        remark: str = "",
        of_rows: int = 0,
    ) -> SurfaceDisplay:
        """The loss of a network on rows, over a plane of its parameters.

        Parameters
        ----------
        network : Network
            What the plane does not move stays as it is there.
        X, y
            Rows and targets, as in `wade.train`.
        plane : Directions, optional
            `weight_directions`, `random_directions` or `path_directions`; None: random ones from `seed`.
        paths : sequence of Path
            As `descend` records them.
        loss : str or Loss, optional
            None: the usual one of the output.
        limits : ((a₀, a₁), (b₀, b₁)), optional
            Of the axes; None: around the paths, or from −1 to 1.

        Examples
        --------
        >>> network = Network(1, hidden=(), output="identity", dtype="float64")
        >>> plane = weight_directions(network, [("W1[0,0]", 0), ("b1[0]", 1)])
        >>> display = SurfaceDisplay.from_network(
        ...     network, [[1.0], [2.0]], [2.0, 4.0], plane, limits=((0, 4), (-1, 1)), resolution=5
        ... )
        >>> float(display.losses[2, 2])  # W = 2, b = 0
        0.0
        """
        chosen = choose_loss(usual_loss(network.output) if loss is None else loss, network.output)
        named = usual_loss(network.output) if loss is None else loss if isinstance(loss, str) else loss.name
        samples = samples_of(network, X, y)
        plane = random_directions(network, seed) if plane is None else plane
        projected = [plane.project(path.thetas) for path in paths]
        (a0, a1), (b0, b1) = limits or limits_around([points for points, _ in projected])
        a, b = np.linspace(a0, a1, resolution), np.linspace(b0, b1, resolution)
        losses = losses_over(network, samples, chosen, plane, a, b)
        off = max((float(distances.max()) for _, distances in projected), default=0.0)
        exact = off <= 1e-6 * max(1.0, float(np.abs(plane.origin).max()))
        rows = len(samples.X)
        return cls(plane, a, b, losses, tuple(paths), rows, exact, subject, remark, named, of_rows or rows)

    @classmethod
    def from_model(
        cls,
        model: Model,
        data: Any,
        weights: Sequence[str] | None = None,
        *,
        reach: float = 1.0,
        resolution: int = RESOLUTION,
        seed: int = 0,
        dialect: Dialect | None = None,
    ) -> SurfaceDisplay:
        """Around a model, on labelled rows: over two of its weights, or two random directions.

        Parameters
        ----------
        model : Model
        data, dialect
            As in `Model.evaluate`; at most 400 rows, at even distances.
        weights : two texts such as "W1[0,2]", optional
            As in `wade.explain`; None: two random directions, filter-normalized.
        reach : float, > 0
            How far the axes go to each side: in lengths of the weights, or of two single weights in their values.
        """
        require_model(model)
        if not reach > 0 or not np.isfinite(reach):
            raise InvalidArgument("reach", "must be greater than 0 and finite", reach, "Try 1.")
        table, name, *_ = model.open_labelled(data, dialect)
        of_rows = table.num_rows
        table = table.take(some_rows(table.num_rows, rows_of_a_surface(model.network, resolution**2)))
        X, y = model.encoder.encode(table, name), model.target.encode(table, name)
        scaled = f"{SCALED} " if model.target.task == "regression" else ""
        network, limits = model.network, ((-reach, reach), (-reach, reach))
        if table.num_rows < of_rows:
            scaled += "The rows are taken at even distances. "
        own = number(_loss_of(network, X, y))
        if weights is None:
            remark = scaled + (
                f"Star: the model, at 0, loss {own}. At 1 the weights into each neuron have moved by their own "
                "length along a random direction (filter normalization)."
            )
            return cls.from_network(
                network, X, y, limits=limits, resolution=resolution, seed=seed, remark=remark, of_rows=of_rows
            )
        if len(weights) != 2:
            raise InvalidArgument("weights", "must be two weights", list(weights), 'Try "W1[0,0]" and "W1[1,0]".')
        places = places_of(network, weights, row_names(model.encoder))
        theta = network.theta
        middle = [float(theta[at]) for _, at in places]
        around = tuple((value - reach, value + reach) for value in middle)
        remark = f"{scaled}Every other weight stays. The model is at {number(middle[0], 3)} and "
        remark += f"{number(middle[1], 3)}, with a loss of {own}."
        return cls.from_network(
            network,
            X,
            y,
            weight_directions(network, places),
            limits=(around[0], around[1]),
            resolution=resolution,
            remark=remark,
            of_rows=of_rows,
        )

    @classmethod
    def from_path(
        cls,
        network: Network,
        X: Any,
        y: Any,
        path: Path,
        *,
        resolution: int = RESOLUTION,
        loss: str | Loss | None = None,
        remark: str = "",
    ) -> SurfaceDisplay:
        """Over the first two principal components of a path of a training."""
        plane, _ = path_directions(path.thetas)
        subject = "Loss surface along a training"
        return cls.from_network(
            network, X, y, plane, [path], loss=loss, resolution=resolution, subject=subject, remark=remark
        )

    @classmethod
    def from_table(
        cls,
        data: Any,
        target: str | None = None,
        *,
        resolution: int = RESOLUTION,
        dialect: Dialect | None = None,
        on_event: Listener | None = None,
        **options: Any,
    ) -> SurfaceDisplay:
        """Trains a network as `wade.learn` does, and draws the path of its training over its principal components.

        `options` are those of `wade.learning_curves`; the loss is the mean over at most 400 training rows.
        """
        found = train_on_table(data, target, resolution**2, dialect, on_event, options)
        X, y = found.samples.X, found.samples.y
        return cls.from_path(found.network, X, y, found.path, resolution=resolution, remark=found.remark)

    def inches(self) -> tuple[float, float]:
        """Taller where there are paths, which have a legend."""
        return 6.6, 4.9 + 0.2 * len(self.paths)

    @property
    def title(self) -> str:
        """Over what."""
        some = f"{self.rows:,} of {self.of_rows:,}" if self.rows < self.of_rows else f"{self.rows:,}"
        what = f"{self.loss.replace('_', ' ')}, " if self.loss else ""
        return f"{self.subject}: {what}the mean over {some} row{'s' if self.rows != 1 else ''}"

    @property
    def note(self) -> str:
        """What the surface and the paths leave out."""
        off = "" if self.exact else "Paths are projected: they lie off this plane, so their own loss may differ."
        cut = "The brightest color stands for every higher loss." if self._is_cut() else ""
        long = any(len(path.thetas) > FEW_STEPS + 1 or path.unit == "epoch" for path in self.paths)
        kept = [f" Star: the kept parameters, of epoch {path.kept_at}." for path in self.paths if path.kept is not None]
        ends = f"White circle: the start; large marker: the end.{''.join(kept)}" if long else ""
        low = "" if self.paths else self._lowest()
        return " ".join(filter(None, (self.remark, low, ends, off, cut)))

    def _lowest(self) -> str:
        row, column = np.unravel_index(int(self.losses.argmin()), self.losses.shape)
        return (
            f"The lowest loss on the grid is {number(float(self.losses[row, column]))}, at {self.plane.names[0]} = "
            f"{number(float(self.a[column]), 3)} and {self.plane.names[1]} = {number(float(self.b[row]), 3)}."
        )

    def parts(self) -> Mapping[str, Numbers]:
        """The surface, and every path."""
        a, b = (each.ravel() for each in np.meshgrid(self.a, self.b))
        first, second = self.plane.names
        found: dict[str, Numbers] = {"surface": {first: a, second: b, "loss": self.losses.ravel()}}
        for path in self.paths:
            points, distances = self.plane.project(path.thetas)
            found[path.name] = {
                path.unit: list(path.times), first: points[:, 0], second: points[:, 1], "loss": path.losses,
                "off the plane": distances,
            }  # fmt: skip
        return found

    def description(self) -> str:
        """The lowest point, and where each path ends."""
        low = self._lowest() if self.paths else ""
        ends = [
            f"{path.name}: {path.length}, loss {number(float(path.losses[0]))} to "
            f"{number(float(path.losses[-1]))}{f' ({path.ended})' if path.ended else ''}"
            f"{strides(self.plane, path)}"
            for path in self.paths
        ]
        return " ".join(filter(None, (low, f"{'; '.join(ends)}." if ends else "", self.note)))

    def draw(self, axes: Sequence[Axes], theme: Theme) -> None:
        """The surface as colors with contour lines, the paths on top."""
        (ax,) = axes
        finite = self.losses[np.isfinite(self.losses)]
        high = self._highest()
        shown = ax.imshow(
            np.minimum(self.losses, high),
            origin="lower",
            extent=edges_of(self.a, self.b),
            aspect="auto",
            interpolation="bilinear",
            cmap=colormap(theme, "loss"),
            vmin=float(finite.min()),
            vmax=high,
        )
        levels = np.unique(np.quantile(finite[finite <= high], np.linspace(0.02, 0.97, LEVELS)))
        if len(levels) > 1 and np.ptp(finite) > 0:
            lines = ax.contour(
                self.a, self.b, np.minimum(self.losses, high), levels, colors="white", linewidths=0.5, alpha=0.55
            )
            ax.clabel(lines, levels[1::3], fontsize=6.5, fmt=lambda value: number(value, 2))
        for at, path in enumerate(self.paths):
            draw_path(ax, theme, self.plane, self.a, self.b, path=path, at=at)
        ax.set_xlim(self.a[0], self.a[-1])
        ax.set_ylim(self.b[0], self.b[-1])
        ax.set_xlabel(label(self.plane.names[0], 60))
        ax.set_ylabel(label(self.plane.names[1], 60))
        key(ax, shown, "loss")
        if self.paths:
            legend(ax, outside=True)
        else:
            inside = all(axis[0] < 0 < axis[-1] for axis in (self.a, self.b))
            if inside and not self.plane.names[0].startswith(("W", "b", "E", "P")):
                ax.plot(0, 0, marker="*", markersize=13, color="white", markeredgecolor="black")

    def _highest(self) -> float:
        finite = self.losses[np.isfinite(self.losses)]
        high = float(np.quantile(finite, 0.97))
        return high if high > finite.min() else float(finite.max())

    def _is_cut(self) -> bool:
        return bool((self.losses > self._highest()).any())


def _loss_of(network: Network, X: Any, y: Any) -> float:
    """The loss of a network as it is, by the usual loss of its output."""
    loss, theta = choose_loss(usual_loss(network.output), network.output), np.asarray(network.theta, np.float64)
    here = Directions(theta, np.zeros_like(theta), np.zeros_like(theta), ("", ""))
    return float(losses_over(network, samples_of(network, X, y), loss, here, np.zeros(1), np.zeros(1))[0, 0])
