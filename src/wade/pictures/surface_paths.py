"""Paths of trainings on a loss surface: how they are drawn, how far they reach, and what is said of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wade.pictures.backend import Axes, matplotlib
from wade.pictures.directions import Directions, Path
from wade.pictures.labels import label, number
from wade.pictures.theme import Theme

Doubles = NDArray[np.float64]

FEW_STEPS: Final = 60
"""A path of at most this many steps has a marker for each."""
MARGIN: Final = 0.25
COLORS: Final = ("#ff7b72", "#ffb84d", "#7fe3ff", "#ff9de0", "#b6f08a", "#ffffff")
"""With a black rim they are seen on the dark and on the bright end of the palette of losses, and on either ground."""


def draw_path(ax: Axes, theme: Theme, plane: Directions, a: Doubles, b: Doubles, path: Path, at: int) -> None:
    """A path on a surface whose axes are `a` and `b`; `at` is its number among the paths, from 0 on."""
    points, _ = plane.project(path.thetas)
    left = leaves_at(points, a, b)
    color = COLORS[at % len(COLORS)]
    few, effects = len(points) <= FEW_STEPS + 1, matplotlib("patheffects")
    ended = f", {path.ended}" if path.ended else ""
    out = f", leaves the picture at {path.unit} {path.times[left]}" if left else ""
    text = f"{label(path.name, 40)}: {path.length}{out}{ended}, loss {number(float(path.losses[-1]), 3)}"
    points = points[: left + 1] if left else points
    rim = {"markeredgecolor": "black", "linestyle": "none"}
    ax.plot(
        *points.T,
        color=color,
        linewidth=1.5,
        marker=theme.marker(at) if few else None,
        markersize=4,
        markeredgecolor="black",
        markeredgewidth=0.4,
        label=text,
        path_effects=[effects.Stroke(linewidth=2.8, foreground="black"), effects.Normal()],
    )
    ax.plot(*points[0], marker="o", markersize=7, color="white", **rim)
    ax.plot(*points[-1], marker=theme.marker(at), markersize=9, color=color, **rim)
    if path.kept is not None:
        ax.plot(*plane.project(path.kept[None])[0][0], marker="*", markersize=13, color="white", **rim)


def leaves_at(points: Doubles, a: Doubles, b: Doubles) -> int:
    """The first step that ends beyond the axes; 0 where none does. What follows is not drawn."""
    low, high = np.array([a[0], b[0]]), np.array([a[-1], b[-1]])
    outside = ((points < low) | (points > high)).any(axis=1)
    return int(outside.argmax())


def strides(plane: Directions, path: Path) -> str:
    """How long its first and its last step are on the plane, in words; "" of a path by epochs."""
    lengths = np.sqrt((np.diff(plane.project(path.thetas)[0], axis=0) ** 2).sum(axis=1))
    if not len(lengths) or path.unit != "step":
        return ""
    return f", first step {number(float(lengths[0]), 2)} long, last {number(float(lengths[-1]), 2)}"


def limits_around(points: Sequence[Doubles]) -> tuple[tuple[float, float], tuple[float, float]]:
    """Around these points with a margin; from −1 to 1 where there are none."""
    if not points:
        return (-1.0, 1.0), (-1.0, 1.0)
    every = np.concatenate(points)
    every = every[np.isfinite(every).all(axis=1)]
    low, high = every.min(axis=0), every.max(axis=0)
    wide = MARGIN * np.where(high > low, high - low, 1.0)
    (a0, b0), (a1, b1) = (low - wide).tolist(), (high + wide).tolist()
    return (a0, a1), (b0, b1)
