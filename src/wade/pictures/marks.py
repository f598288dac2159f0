"""Marks that several pictures share: maps, color bars, legends, bars with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wade.pictures.backend import Axes, matplotlib
from wade.pictures.plane import Plane
from wade.pictures.theme import Theme


def colormap(theme: Theme, quantity: str) -> Any:
    """The palette of a quantity as matplotlib takes it."""
    return matplotlib("colors").LinearSegmentedColormap.from_list(quantity, theme.palettes[quantity])


def image(
    ax: Axes, plane: Plane, grid: NDArray[Any], cmap: Any = None, limits: tuple[float, float] | None = None
) -> Any:
    """A map over a plane, each value in the middle of its cell."""
    low, high = limits or (None, None)
    shown = ax.imshow(
        grid,
        origin="lower",
        extent=edges_of(plane.x, plane.y),
        aspect="auto",
        interpolation="nearest",
        cmap=cmap,
        vmin=low,
        vmax=high,
        zorder=0,
    )
    ax.set_xlim(plane.x[0], plane.x[-1])
    ax.set_ylim(plane.y[0], plane.y[-1])
    return shown


def edges_of(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[float, float, float, float]:
    """The outer edges of the cells around evenly spaced values.

    Examples
    --------
    >>> edges_of(np.array([0.0, 1.0, 2.0]), np.array([0.0, 10.0]))
    (-0.5, 2.5, -5.0, 15.0)
    """
    half_x, half_y = (x[1] - x[0]) / 2, (y[1] - y[0]) / 2
    return float(x[0] - half_x), float(x[-1] + half_x), float(y[0] - half_y), float(y[-1] + half_y)


def blended(theme: Theme, classes: NDArray[Any], shares: NDArray[Any], n_classes: int) -> NDArray[np.float64]:
    """The color of each class, mixed with the ground the more the less certain the class is, (n, n, 3)."""
    to_rgb = matplotlib("colors").to_rgb
    colors = np.array([to_rgb(theme.color(each)) for each in range(n_classes)])
    sure = np.clip((shares - 1 / n_classes) / (1 - 1 / n_classes), 0, 1)[..., None]
    return np.asarray(np.array(to_rgb(theme.ground)) * (1 - 0.75 * sure) + colors[classes] * 0.75 * sure)


def key(ax: Axes | Sequence[Axes], shown: Any, text: str) -> Any:
    """A color bar with its meaning."""
    first: Axes = ax[0] if isinstance(ax, Sequence) else ax
    bar = first.figure.colorbar(shown, ax=ax, shrink=0.9, pad=0.02)
    bar.set_label(text)
    bar.outline.set_visible(False)
    return bar


def legend(ax: Axes, title: str | None = None, outside: bool = False, below: float = 0.42, **where: Any) -> None:
    """A legend; `outside` puts it under the axes, this many inches below them, where it covers no data."""
    if outside:
        transforms, figure = matplotlib("transforms"), ax.figure
        _, names = ax.get_legend_handles_labels()
        spec = ax.get_subplotspec()
        wide = figure.get_size_inches()[0] * 13 / (spec.get_gridspec().ncols if spec else 1)
        columns = max(1, min(5, len(names), int(wide / (max(map(len, names)) + 6))))
        down = ax.transAxes + transforms.ScaledTranslation(0.0, -below, figure.dpi_scale_trans)
        where = {"loc": "upper left", "bbox_to_anchor": (0.0, 0.0), "bbox_transform": down, "ncols": columns, **where}
    made = ax.legend(title=title, alignment="left", borderaxespad=0.0 if outside else None, **where)
    made.get_title().set_fontsize(8.5)


def star(ax: Axes, theme: Theme, x: float, y: float, text: str = "_") -> None:
    """The marker of a row or point of interest; `text` is its line in the legend, if it has one."""
    ax.plot(
        x,
        y,
        marker="*",
        markersize=15,
        color=theme.ground,
        markeredgecolor=theme.ink,
        markeredgewidth=1.2,
        linestyle="none",
        zorder=5,
        label=text,
        clip_on=False,
    )


def interval_bars(values: Sequence[float], intervals: Sequence[Sequence[float] | None]) -> NDArray[np.float64]:
    """Lengths below and above each value, as matplotlib takes them; 0 where there is no interval.

    Examples
    --------
    >>> interval_bars([2.0, 3.0], [[1.5, 4.0], None]).tolist()
    [[0.5, 0.0], [2.0, 0.0]]
    """
    ends = [[value, value] if ends is None else ends for value, ends in zip(values, intervals, strict=True)]
    low, high = np.asarray(ends, np.float64).reshape(-1, 2).T
    return np.asarray(np.maximum(0.0, np.vstack([np.asarray(values) - low, high - np.asarray(values)])))
