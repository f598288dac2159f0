"""Every gradient beside a centred difference: how far apart they are, what that means, and corners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from wade.engines.recorded_step import GradientComparison, central_differences
from wade.engines.reference import loss_and_delta
from wade.errors import InvalidArgument
from wade.explanation.steps.parameter_index import ParameterIndex, find, parameter_index_of
from wade.explanation.steps.record import Record
from wade.maths.activations import ACTIVATIONS
from wade.maths.reduction import shares
from wade.network import Network
from wade.types import Array, Floats

EPSILON: Final = 1e-6
LARGER_STEPS: Final = (1e-5, 1e-4)
RIGHT, DOUBTFUL, WRONG = 1e-7, 1e-4, 1e-2
# Both sides of a difference are rounded to about 16 digits, and the difference is divided by 2h.
NOISE: Final = 8 * np.finfo(np.float64).eps / EPSILON


@dataclass(frozen=True)
class CheckedGradient:
    """One gradient and its check.

    Parameters
    ----------
    place : ParameterIndex
    gradient, difference : float
        By back-propagation, and by centred differences.
    relative_error : float
        |a − n| / (|a| + |n|).
    verdict : "right", "right where there are corners", "doubtful", "wrong", "too small to tell" or "a corner"
    why : str
        What there is to say about a corner, in a plain sentence.
    """

    place: ParameterIndex
    gradient: float
    difference: float
    relative_error: float
    verdict: str
    why: str = ""

    @property
    def is_fine(self) -> bool:
        """Whether nothing speaks against the gradient."""
        return self.verdict not in ("doubtful", "wrong")


@dataclass(frozen=True)
class GradientCheck:
    """Gradients and their checks.

    Parameters
    ----------
    entries : tuple of Checked
        In the order of θ.
    epsilon : float
        h: how far a parameter was moved to either side.
    """

    entries: tuple[CheckedGradient, ...]
    epsilon: float = EPSILON

    @property
    def worst(self) -> CheckedGradient:
        """The one with the largest relative error, of those that a difference can judge; else of all."""
        judged = [one for one in self.entries if one.verdict not in ("too small to tell", "a corner")]
        return max(judged or self.entries, key=lambda one: one.relative_error)

    @property
    def is_fine(self) -> bool:
        """Whether nothing speaks against any of the gradients."""
        return all(one.is_fine for one in self.entries)

    @property
    def verdicts(self) -> dict[str, int]:
        """How many there are of each verdict."""
        counts: dict[str, int] = {}
        for one in self.entries:
            counts[one.verdict] = counts.get(one.verdict, 0) + 1
        return counts


def check(record: Record, weight: str | None = None) -> GradientCheck:
    """Centred differences against every gradient, or the one asked for.

    Parameters
    ----------
    record : Record
        Forward and backward at least.
    weight : "W1[0,2]", or "W1" for all of its entries; optional

    Raises
    ------
    InvalidArgument
        Where the gradient is not computed yet, or there is no such weight.
    """
    if record.gradient is None or record.y is None:
        raise InvalidArgument("check", "needs a gradient", "none is computed yet", "Go backward first.")
    places = _places(record, weight)
    at = np.array([place.at for place in places], np.int64)
    network = _in_float64(record.network)
    X, y = record.X.astype("float64"), record.y.astype(np.float64) if record.y.dtype.kind == "f" else record.y
    differences = central_differences(network, X, y, record.loss, at, epsilon=EPSILON, masks=record.masks)
    found = GradientComparison(at, record.gradient[at].astype(np.float64), differences)
    judge = _GradientJudge(record, network, NOISE * _rounded_sizes(record))
    rows = zip(places, found.gradient.tolist(), found.difference.tolist(), found.relative_error.tolist(), strict=True)
    return GradientCheck(tuple(judge(*row) for row in rows))


def _rounded_sizes(record: Record) -> float:
    """The sizes whose rounding reaches J: its own, that of what the loss takes, and of what the last layer sums."""
    assert record.forward is not None
    assert record.deltas is not None
    last, y = record.network.layers[-1], record.network.for_members(record.y if record.y is not None else np.empty(0))
    taken = record.loss.taken(record.forward.Z[-1], record.forward.A[-1])
    blame = np.abs(record.loss.gradient(taken, y) * shares(np.ones(len(taken)))[:, None])
    W, b = (np.abs(record.network.parameters[name]) for name in (last.weight, last.bias))
    summed = np.abs(record.read(len(record.network.layers) - 1)) @ W + b
    sizes = abs(record.J or 0.0) + (blame * np.abs(taken)).sum() + (np.abs(record.deltas[-1]) * summed).sum()
    return float(max(sizes, np.finfo(np.float64).tiny))


def _places(record: Record, weight: str | None) -> Sequence[ParameterIndex]:
    if weight is not None and "[" in weight:
        return [find(record, weight)]
    parameters = record.network.parameters
    names = list(parameters) if weight is None else [weight]
    if names[0] not in parameters:
        return [find(record, names[0])]
    return [parameter_index_of(record, name, index) for name in names for index in np.ndindex(parameters[name].shape)]


def _in_float64(network: Network) -> Network:
    return Network.from_dict({**network.to_dict(), "dtype": "float64"}, network.theta)


class _GradientJudge:
    """What a relative error means, by the scale of Stanford's CS231n."""

    def __init__(self, record: Record, network: Network, floor: float) -> None:
        self.record, self.network, self.floor = record, network, floor

    def __call__(self, place: ParameterIndex, gradient: float, difference: float, error: float) -> CheckedGradient:
        verdict, why = self._verdict(place, gradient, difference, error)
        if verdict in ("right", "a corner", "too small to tell"):
            return CheckedGradient(place, gradient, difference, error, verdict, why)
        # What rounding spoils, a longer way to either side mends; what is wrong stays wrong.
        for epsilon in LARGER_STEPS:
            longer = self._difference(place, epsilon)
            found = GradientComparison(np.array([place.at]), np.array([gradient]), np.array([longer]))
            nearer = float(found.relative_error[0])
            if nearer < RIGHT:
                return CheckedGradient(
                    place, gradient, longer, nearer, "right", f"with h = {epsilon:.0e}, where rounding is less"
                )
        return CheckedGradient(place, gradient, difference, error, verdict, why)

    def _difference(self, place: ParameterIndex, epsilon: float) -> float:
        return (self._at(place, epsilon)[0] - self._at(place, -epsilon)[0]) / (2 * epsilon)

    def _verdict(self, place: ParameterIndex, gradient: float, difference: float, error: float) -> tuple[str, str]:
        if error < RIGHT:
            return "right", ""
        corner = self._corner(place)
        if corner:
            return self._at_a_corner(place, gradient, corner)
        if abs(gradient - difference) <= self.floor:
            return "too small to tell", "both are within the rounding of the difference"
        if error < DOUBTFUL:
            return "right where there are corners", "more than 1e-7, which a smooth network would keep"
        return ("wrong" if error > WRONG else "doubtful"), ""

    def _corner(self, place: ParameterIndex) -> str:
        """Which corner lies between the two sides of the difference, in words; "" where none does."""
        below, above = self._at(place, -EPSILON), self._at(place, EPSILON)
        for layer, one, other in zip(self.network.layers, below[1], above[1], strict=True):
            for kink in ACTIVATIONS[layer.activation].kinks:
                crossed = (one > kink) != (other > kink)
                if crossed.any():
                    neuron = int(np.argwhere(crossed)[0][-1])
                    where = f"z of neuron {neuron} in layer {layer.weight[1:]}"
                    return f"{where} passes {kink:g}, where {layer.activation} has its corner"
        if self.record.loss.has_kink and self.record.y is not None:
            y = self.network.for_members(self.record.y)
            if ((below[2] > y) != (above[2] > y)).any():
                return "the prediction passes what was observed, where the loss has its corner"
        return ""

    def _at_a_corner(self, place: ParameterIndex, gradient: float, corner: str) -> tuple[str, str]:
        """A gradient at a corner is one of the slopes on its two sides, or lies between them."""
        here = self._at(place, 0.0)[0]
        left = (here - self._at(place, -EPSILON)[0]) / EPSILON
        right = (self._at(place, EPSILON)[0] - here) / EPSILON
        low, high = min(left, right), max(left, right)
        room = self.floor + 1e-4 * max(abs(low), abs(high))
        sides = f"{corner}; the slope is {left:.4g} below it and {right:.4g} above"
        return ("a corner" if low - room <= gradient <= high + room else "wrong"), sides

    def _at(self, place: ParameterIndex, by: float) -> tuple[float, tuple[Floats, ...], Array]:
        """J, every Z, and the prediction with one parameter moved."""
        theta = self.network.theta[place.at]
        self.network.theta[place.at] = theta + by
        passed = self.network.forward(self.record.X.astype("float64"), self.record.masks)
        assert self.record.y is not None
        J, _ = loss_and_delta(self.network, passed, self.record.y, self.record.loss)
        self.network.theta[place.at] = theta
        return J, passed.Z, passed.A[-1]
