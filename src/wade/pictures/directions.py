r"""A plane in the space of all parameters, the loss over it, and paths of gradient descent on it.

A point of the plane is

.. math:: \theta(a, b) = \theta_0 + a\, u + b\, v

with two directions u and v: two single weights; random ones, each part of which is as long as that part of θ₀ (filter
normalization: Li, Xu, Taylor, Studer, Goldstein, *Visualizing the Loss Landscape of Neural Nets*, 2018, section 4); or
the first two principal components of a path (section 7 there). Of a path θ(t) the plane shows the point nearest to it,
and the rest is how far θ(t) lies off the plane.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wade.engines import Task, choose_engine
from wade.errors import InvalidArgument
from wade.explanation.stepper import Stepper
from wade.explanation.steps.parameter_index import find
from wade.maths.losses import Loss
from wade.maths.optimizers import OPTIMIZERS
from wade.maths.random import normal
from wade.network import Network
from wade.pictures.labels import percent
from wade.types import Inputs, Samples

Doubles = NDArray[np.float64]

DIRECTIONS_STREAM: Final = (1 << 32) - 7
ROWS: Final = (100, 400)
"""Rows that a surface is computed on, at least and at most."""
MOST_WORK: Final = 20_000_000_000
"""Multiplications that a surface takes, unless it would have too few rows."""
LARGEST: Final = 1e6
"""A path ends where its loss or a parameter is beyond this, or not a finite number."""


class Directions(NamedTuple):
    """θ₀ and two directions, each (n_parameters,), with a name for each axis."""

    origin: Doubles
    u: Doubles
    v: Doubles
    names: tuple[str, str]

    def at(self, a: float, b: float) -> Doubles:
        """θ at a point of the plane."""
        return self.origin + a * self.u + b * self.v

    def project(self, thetas: Doubles) -> tuple[Doubles, Doubles]:
        """The points of the plane nearest to each of these θ, (n, 2), and their distances from it, (n,).

        Examples
        --------
        >>> plane = Directions(np.zeros(3), np.array([1.0, 0, 0]), np.array([1.0, 1, 0]), ("u", "v"))
        >>> points, distances = plane.project(np.array([[3.0, 2.0, 5.0]]))
        >>> points.round(6).tolist(), distances.round(6).tolist()
        ([[1.0, 2.0]], [5.0])
        """
        basis = np.column_stack([self.u, self.v])
        away = (thetas - self.origin).T
        points, *_ = np.linalg.lstsq(basis, away, rcond=None)
        return np.asarray(points.T), np.sqrt(((away - basis @ points) ** 2).sum(axis=0))


@dataclass(frozen=True)
class Path:
    """A path of a training: θ and the loss before each step and after the last one, or after some epochs.

    `ended` says why it ended early: "" where it did not. `at` are the steps or epochs (`unit`) of each θ, () for every
    one from 0 on. `kept` are the parameters that a training keeps, those of its epoch `kept_at`.
    """

    name: str
    thetas: Doubles
    losses: Doubles
    ended: str = ""
    unit: str = "step"
    at: tuple[int, ...] = ()
    kept: Doubles | None = None
    kept_at: int = 0

    @property
    def times(self) -> tuple[int, ...]:
        """The step or epoch of each θ."""
        return self.at or tuple(range(len(self.thetas)))

    @property
    def length(self) -> str:
        """How many steps or epochs, in words.

        Examples
        --------
        >>> Path("", np.zeros((3, 1)), np.zeros(3)).length, Path("", np.zeros((2, 1)), np.zeros(2), at=(0, 1)).length
        ('2 steps', '1 step')
        """
        count = self.times[-1]
        return f"{count:,} {self.unit}{'' if count == 1 else 's'}"


def weight_directions(network: Network, entries: Sequence[tuple[str, int]]) -> Directions:
    """Two single parameters, by name and place in θ: the axes are their values, exactly.

    Examples
    --------
    >>> network = Network(1, hidden=(), dtype="float64")
    >>> network.theta = [2.0, 3.0]
    >>> weight_directions(network, [("W1[0,0]", 0), ("b1[0]", 1)]).at(5.0, 7.0)
    array([5., 7.])
    """
    (first, a), (second, b) = entries
    if a == b:
        raise InvalidArgument("weights", "must be two different weights", (first, second))
    origin = network.theta.astype(np.float64)
    u, v = np.zeros_like(origin), np.zeros_like(origin)
    u[a] = v[b] = 1.0
    origin[[a, b]] = 0.0
    return Directions(origin, u, v, (first, second))


def random_directions(network: Network, seed: int = 0) -> Directions:
    """Two random directions, scaled so that the weights into each neuron move as far as they are long.

    Parameters that weight decay leaves alone (biases, members' factors) stay where they are.

    Examples
    --------
    >>> network = Network(3, hidden=(4,), seed=1, dtype="float64")
    >>> plane = random_directions(network)
    >>> W, u = network.parameters["W1"], plane.u[network.slices["W1"]].reshape(3, 4)
    >>> bool(np.allclose(np.linalg.norm(W, axis=0), np.linalg.norm(u, axis=0)))
    True
    """
    origin = network.theta.astype(np.float64)
    drawn = np.asarray(normal(seed, DIRECTIONS_STREAM, (2, len(origin))), np.float64) * network.decays
    for direction in drawn:
        for name, values in network.parameters.items():
            part = direction[network.slices[name]].reshape(values.shape)
            if values.ndim == 2 and part.any():
                size = np.linalg.norm(part, axis=0)
                part *= np.linalg.norm(values.astype(np.float64), axis=0) / np.where(size > 0, size, 1.0)
    return Directions(origin, drawn[0], drawn[1], ("random direction 1", "random direction 2"))


def path_directions(thetas: Doubles) -> tuple[Directions, tuple[float, float]]:
    """The first two principal components of a path around its end, and which part of its variance each has.

    Examples
    --------
    >>> thetas = np.array([[0.0, 0.0, 0.0], [1.0, 0.1, 0.0], [2.0, 0.0, 0.0]])
    >>> plane, shares = path_directions(thetas)
    >>> np.abs(plane.u).round(3).tolist(), [round(share, 3) for share in shares]
    ([1.0, 0.0, 0.0], [0.997, 0.003])
    """
    end = thetas[-1]
    away = thetas - thetas.mean(axis=0)
    _, sizes, components = np.linalg.svd(away, full_matrices=False)
    if len(sizes) < 2 or sizes[1] <= 1e-12 * max(sizes[0], 1e-300):
        remedy = "Record more steps, or choose two weights."
        raise InvalidArgument("thetas", "must be a path that is not a straight line", thetas.shape, remedy)
    shares = sizes**2 / (sizes**2).sum()
    names = tuple(f"main direction {at + 1} of the path ({percent(shares[at], 0)} of its spread)" for at in range(2))
    return Directions(end, components[0], components[1], (names[0], names[1])), (float(shares[0]), float(shares[1]))


def rows_of_a_surface(network: Network, points: int) -> int:
    """How many rows a surface of this number of points is computed on: fewer of a large network, for a second's work.

    Examples
    --------
    >>> rows_of_a_surface(Network(2, hidden=(8,)), 1000), rows_of_a_surface(Network(60, hidden=(512, 512)), 1000)
    (400, 100)
    """
    work = points * network.n_parameters * network.members
    return int(np.clip(MOST_WORK // work, *ROWS))


def losses_over(network: Network, samples: Samples, loss: Loss, plane: Directions, a: Doubles, b: Doubles) -> Doubles:
    """The loss at each point of a grid, (len(b), len(a)); infinite where it is no finite number."""
    walker, engine = deepcopy(network), choose_engine(task=Task(network, loss))
    found = np.empty((len(b), len(a)))
    with np.errstate(all="ignore"):
        for row, column in np.ndindex(*found.shape):
            walker.theta = plane.at(float(a[column]), float(b[row]))
            found[row, column] = engine.loss(walker, samples.X, samples.y, loss, samples.weights)
    found[~np.isfinite(found)] = np.inf
    return found


def descend(
    network: Network,
    samples: Samples,
    loss: Loss,
    learning_rate: float,
    steps: int,
    *,
    optimizer: str = "sgd",
    only: Sequence[int] | None = None,
    name: str = "",
) -> Path:
    """Gradient descent from a network's θ over all rows at once, every θ recorded; the network is not changed.

    Parameters
    ----------
    optimizer : str
        "sgd" is the plain rule θ := θ − η ∂J/∂θ.
    only : places in θ, optional
        Only these are trained; the others stay.

    Examples
    --------
    >>> from wade.maths.losses import choose_loss
    >>> network = Network(1, hidden=(), output="identity", dtype="float64")
    >>> network.theta = [0.0, 0.0]
    >>> samples = Samples(network.as_inputs([[1.0], [2.0]]), np.array([[2.0], [4.0]]))
    >>> path = descend(network, samples, choose_loss("mean_squared_error", "identity"), 0.1, 50)
    >>> path.thetas.shape, bool(path.losses[-1] < 0.05)
    ((51, 2), True)
    """
    walker, engine, rule = deepcopy(network), choose_engine(task=Task(network, loss)), OPTIMIZERS[optimizer]()
    state = rule.init(walker.theta)
    trained = np.zeros(len(walker.theta), bool)
    trained[slice(None) if only is None else list(only)] = True
    thetas, losses, ended = [walker.theta.astype(np.float64)], [], ""
    with np.errstate(all="ignore"):
        for step in range(steps + 1):
            J, gradient = engine.loss_and_gradient(walker, samples.X, samples.y, loss, samples.weights)
            losses.append(float(J))
            if not np.isfinite(J) or abs(J) > LARGEST or np.abs(walker.theta).max() > LARGEST:
                ended = f"diverged at step {step}"
                break
            if step == steps:
                break
            moved, state = rule.update(walker.theta, gradient * trained, state, learning_rate, walker.decays)
            walker.theta = np.where(trained, moved, walker.theta)
            thetas.append(walker.theta.astype(np.float64))
    return Path(name or f"{optimizer}, rate {learning_rate:g}", np.array(thetas), np.array(losses), ended)


def samples_of(network: Network, X: Any, y: Any) -> Samples:
    """Rows and targets as an engine takes them."""
    rows = network.as_inputs(X if isinstance(X, Inputs) else np.asarray(X))
    targets = np.asarray(y)
    if network.output == "softmax":
        return Samples(rows, targets.reshape(-1).astype(np.int32))
    return Samples(rows, targets.reshape(len(rows), -1).astype(network.dtype))


def places_of(
    network: Network, weights: Sequence[str], category_names: Mapping[str, tuple[str, ...]] | None = None
) -> list[tuple[str, int]]:
    """Weights by name, such as "W1[0,2]" and "b1[0]", with their places in θ.

    With the values of the categories ("E1.carrier" → "UA", "B6", …), "E1.carrier[B6,2]" is one too.
    """
    layout = network.inputs
    nothing = Inputs(
        np.zeros((1, layout.n_numbers)),
        np.zeros((1, len(layout.categories)), np.int32),
        np.zeros((1, len(layout.piecewise))),
    )
    record = replace(Stepper(network, nothing).trace, category_names=category_names or {})
    return [(str(entry), entry.at) for entry in (find(record, each) for each in weights)]
