"""Checks every gradient against a central difference, by the scale of Stanford's CS231n, and explains kinks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from wade.engines.central_differences import GradientComparison, central_differences
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
CORRECT, SUSPICIOUS, WRONG = 1e-7, 1e-4, 1e-2
# Both sides of a difference are rounded to about 16 digits, and the difference is divided by 2h.
NOISE: Final = 8 * np.finfo(np.float64).eps / EPSILON


@dataclass(frozen=True)
class CheckedGradient:
    """One gradient and its check.

    Parameters
    ----------
    place : ParameterIndex
    gradient, difference : float
        By back-propagation, and by central differences.
    relative_error : float
        |a − n| / (|a| + |n|).
    result : "correct", "correct near kinks", "suspicious", "wrong", "too small to check" or "at a kink"
    note : str
        One sentence where the result needs it.
    """

    place: ParameterIndex
    gradient: float
    difference: float
    relative_error: float
    result: str
    note: str = ""

    @property
    def is_fine(self) -> bool:
        """Whether the gradient is neither suspicious nor wrong."""
        return self.result not in ("suspicious", "wrong")


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

    def __repr__(self) -> str:
        """As short as a prompt can show it; `entries` holds each gradient beside its difference."""
        counts = ", ".join(f"{count} {result}" for result, count in self.counts.items())
        return f"GradientCheck({counts}; largest relative error {self.worst.relative_error:.1e})"

    @property
    def worst(self) -> CheckedGradient:
        """The one with the largest relative error, if possible among those that a difference can check."""
        checkable = [one for one in self.entries if one.result not in ("too small to check", "at a kink")]
        return max(checkable or self.entries, key=lambda one: one.relative_error)

    @property
    def is_fine(self) -> bool:
        """Whether no gradient is suspicious or wrong."""
        return all(one.is_fine for one in self.entries)

    @property
    def counts(self) -> dict[str, int]:
        """The number of gradients with each result."""
        return dict(Counter(one.result for one in self.entries))


def check(record: Record, weight: str | None = None) -> GradientCheck:
    """Central differences against every gradient, or those of one weight or parameter, as in `Trace.check`."""
    if record.gradient is None or record.y is None:
        raise InvalidArgument("check", "needs a gradient", "none is computed yet", "Run `backward` first.")
    places = _places(record, weight)
    at = np.array([place.at for place in places], np.int64)
    network = _in_float64(record.network)
    X, y = record.X.astype("float64"), record.y.astype(np.float64) if record.y.dtype.kind == "f" else record.y
    differences = central_differences(network, X, y, record.loss, at, epsilon=EPSILON, masks=record.masks)
    found = GradientComparison(at, record.gradient[at].astype(np.float64), differences)
    classify = _Classifier(record, network, NOISE * _rounded_sizes(record))
    rows = zip(places, found.gradient.tolist(), found.difference.tolist(), found.relative_error.tolist(), strict=True)
    return GradientCheck(tuple(classify(*row) for row in rows))


def _rounded_sizes(record: Record) -> float:
    """The magnitudes whose rounding reaches J: J itself, the input of the loss, and the sums of the last layer."""
    assert record.forward is not None
    assert record.deltas is not None
    last, y = record.network.layers[-1], record.network.for_members(record.y if record.y is not None else np.empty(0))
    taken = record.loss.taken(record.forward.Z[-1], record.forward.A[-1])
    output_gradient = np.abs(record.loss.gradient(taken, y) * shares(np.ones(len(taken)))[:, None])
    W, b = (np.abs(record.network.parameters[name]) for name in (last.weight, last.bias))
    summed = np.abs(record.read(len(record.network.layers) - 1)) @ W + b
    sizes = abs(record.J or 0.0) + (output_gradient * np.abs(taken)).sum() + (np.abs(record.deltas[-1]) * summed).sum()
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


class _Classifier:
    """Turns relative errors into results."""

    def __init__(self, record: Record, network: Network, floor: float) -> None:
        self.record, self.network, self.floor = record, network, floor

    def __call__(self, place: ParameterIndex, gradient: float, difference: float, error: float) -> CheckedGradient:
        result, note = self._result(place, gradient, difference, error)
        if result in ("correct", "at a kink", "too small to check"):
            return CheckedGradient(place, gradient, difference, error, result, note)
        # A larger h reduces the error by rounding; a wrong gradient stays wrong.
        for epsilon in LARGER_STEPS:
            longer = self._difference(place, epsilon)
            found = GradientComparison(np.array([place.at]), np.array([gradient]), np.array([longer]))
            nearer = float(found.relative_error[0])
            if nearer < CORRECT:
                return CheckedGradient(
                    place, gradient, longer, nearer, "correct", f"with h = {epsilon:.0e}, where rounding matters less"
                )
        return CheckedGradient(place, gradient, difference, error, result, note)

    def _difference(self, place: ParameterIndex, epsilon: float) -> float:
        return (self._at(place, epsilon)[0] - self._at(place, -epsilon)[0]) / (2 * epsilon)

    def _result(self, place: ParameterIndex, gradient: float, difference: float, error: float) -> tuple[str, str]:
        if error < CORRECT:
            return "correct", ""
        kink = self._kink_between(place)
        if kink:
            return self._at_a_kink(place, gradient, kink)
        if abs(gradient - difference) <= self.floor:
            return "too small to check", "both are within the rounding error of the difference"
        if error < SUSPICIOUS:
            return "correct near kinks", "more than the 1e-7 of a smooth network"
        return ("wrong" if error > WRONG else "suspicious"), ""

    def _kink_between(self, place: ParameterIndex) -> str:
        """The kink between the two sides of the difference, as text; "" where there is none."""
        below, above = self._at(place, -EPSILON), self._at(place, EPSILON)
        for layer, one, other in zip(self.network.layers, below[1], above[1], strict=True):
            for kink in ACTIVATIONS[layer.activation].kinks:
                crossed = (one > kink) != (other > kink)
                if crossed.any():
                    neuron = int(np.argwhere(crossed)[0][-1])
                    where = f"z of neuron {neuron} in layer {layer.weight[1:]}"
                    return f"{where} passes {kink:g}, where {layer.activation} has its kink"
        if self.record.loss.has_kink and self.record.y is not None:
            y = self.network.for_members(self.record.y)
            if ((below[2] > y) != (above[2] > y)).any():
                return "the prediction passes the observed value, where the loss has its kink"
        return ""

    def _at_a_kink(self, place: ParameterIndex, gradient: float, kink: str) -> tuple[str, str]:
        """A gradient at a kink is one of the slopes on its two sides, or lies between them."""
        here = self._at(place, 0.0)[0]
        left = (here - self._at(place, -EPSILON)[0]) / EPSILON
        right = (self._at(place, EPSILON)[0] - here) / EPSILON
        low, high = min(left, right), max(left, right)
        room = self.floor + 1e-4 * max(abs(low), abs(high))
        sides = f"{kink}; the slope is {left:.4g} below it and {right:.4g} above"
        return ("at a kink" if low - room <= gradient <= high + room else "wrong"), sides

    def _at(self, place: ParameterIndex, by: float) -> tuple[float, tuple[Floats, ...], Array]:
        """J, every Z, and the prediction with one parameter moved."""
        theta = self.network.theta[place.at]
        self.network.theta[place.at] = theta + by
        passed = self.network.forward(self.record.X.astype("float64"), self.record.masks)
        assert self.record.y is not None
        J, _ = loss_and_delta(self.network, passed, self.record.y, self.record.loss)
        self.network.theta[place.at] = theta
        return J, passed.Z, passed.A[-1]
