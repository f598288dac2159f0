"""Small generated tables: problems with two inputs, to watch a network train on.

Every generator takes the number of rows, the noise and the seed, and gives columns "x" and "y" and what is to be
predicted: a "class", or a "height" above the plane. Noise is the standard deviation of what is added to x and y, or to
the height; without it every row follows the formula.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wade.maths.random import normal, uniform

# Rows, noise and seed → a table.
Draw: TypeAlias = Callable[[int, float, int], pa.Table]

PLACES, NOISE = (1 << 32) - 3, (1 << 32) - 4  # streams of random numbers


def xor(rows: int, noise: float = 0.0, seed: int = 0) -> pa.Table:
    """Four quarters of a square: class 1 where just one of x and y is above 0. No straight line separates them.

    Examples
    --------
    >>> xor(4).column_names
    ['x', 'y', 'class']
    """
    places = _square(rows, seed)
    return _classes(places, np.prod(places, axis=1) < 0, noise, seed)


def circles(rows: int, noise: float = 0.1, seed: int = 0) -> pa.Table:
    """A ring around a disc: class 1 lies in the middle."""
    inside, turn, reach = np.arange(rows) % 2, _turns(rows, seed), _places(rows, seed)[:, 1]
    radius = np.where(inside == 1, np.sqrt(reach) / 2, 0.7 + 0.3 * reach)
    return _classes(_around(radius, turn), inside, noise, seed)


def moons(rows: int, noise: float = 0.1, seed: int = 0) -> pa.Table:
    """Two half moons that reach into each other."""
    lower = np.arange(rows) % 2
    places = _around(np.ones(rows), _turns(rows, seed) / 2)
    places = np.where(lower[:, None] == 1, np.array([1.0, 0.5]) - places, places)
    return _classes(places, lower, noise, seed)


def spiral(rows: int, noise: float = 0.05, seed: int = 0) -> pa.Table:
    """Two arms that wind around each other, one and three quarter turns each."""
    arm, along = np.arange(rows) % 2, np.sqrt(_places(rows, seed)[:, 0])
    return _classes(_around(0.1 + 0.9 * along, 1.75 * along + arm / 2), arm, noise, seed)


def blobs(rows: int, noise: float = 0.35, seed: int = 0) -> pa.Table:
    """Three heaps of points around the corners of a triangle."""
    heap = np.arange(rows) % 3
    return _classes(_around(np.ones(rows), heap / 3 + 0.25), heap, noise, seed)


def plane(rows: int, noise: float = 0.05, seed: int = 0) -> pa.Table:
    """A sloping plane, the height (x + y) / 2: a single neuron is enough."""
    places = _square(rows, seed)
    return _heights(places, places.mean(axis=1), noise, seed)


def hills(rows: int, noise: float = 0.05, seed: int = 0) -> pa.Table:
    """Two hills and two hollows: the height sin(πx) · sin(πy)."""
    places = _square(rows, seed)
    return _heights(places, np.prod(np.sin(np.pi * places), axis=1), noise, seed)


GENERATORS: Final[Mapping[str, Draw]] = MappingProxyType(
    {draw.__name__: draw for draw in (xor, circles, moons, spiral, blobs, plane, hills)}
)


def _square(rows: int, seed: int) -> NDArray[np.float64]:
    return 2 * _places(rows, seed) - 1


def _turns(rows: int, seed: int) -> NDArray[np.float64]:
    """Angles, 1 being a full turn."""
    return _places(rows, seed)[:, 0]


def _places(rows: int, seed: int) -> NDArray[np.float64]:
    return np.asarray(uniform(seed, PLACES, (rows, 2)), np.float64)


def _around(radius: NDArray[np.float64], turns: NDArray[np.float64]) -> NDArray[np.float64]:
    corners: NDArray[np.float64] = radius[:, None] * np.stack(
        [np.cos(2 * np.pi * turns), np.sin(2 * np.pi * turns)], axis=1
    )
    return corners


def _classes(places: NDArray[np.float64], classes: NDArray[np.generic], noise: float, seed: int) -> pa.Table:
    x, y = (places + noise * normal(seed, NOISE, places.shape)).T
    return pa.table({"x": x, "y": y, "class": classes.astype(np.int64)})


def _heights(places: NDArray[np.float64], heights: NDArray[np.float64], noise: float, seed: int) -> pa.Table:
    x, y = places.T
    return pa.table({"x": x, "y": y, "height": heights + noise * normal(seed, NOISE, heights.shape)})
