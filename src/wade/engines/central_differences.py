"""Centred differences: ∂J/∂θ from J alone, to check any gradient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wade.engines.reference import loss_and_delta
from wade.maths.losses import Loss
from wade.network.network import Network
from wade.types import Array, Floats, Inputs


@dataclass(frozen=True)
class GradientComparison:
    """Gradients by back-propagation beside centred differences.

    Parameters
    ----------
    places : array (n,), int64
        Which entries of θ.
    gradient : array (n,)
        By back-propagation.
    difference : array (n,)
        By centred differences.
    """

    places: Array
    gradient: Floats
    difference: Floats

    @property
    def relative_error(self) -> Floats:
        r"""How far apart the two are: |a − n| / (|a| + |n|), 0 where both are 0. Under 1e-7 right, above 1e-2 wrong."""
        apart, size = np.abs(self.gradient - self.difference), np.abs(self.gradient) + np.abs(self.difference)
        return apart / np.where(size > 0, size, 1.0)


def central_differences(
    network: Network,
    X: Inputs,
    y: Array,
    loss: Loss,
    places: Array,
    *,
    weights: Floats | None = None,
    epsilon: float = 1e-6,
    masks: tuple[Floats, ...] = (),
) -> Floats:
    r"""∂J/∂θ at some places, one parameter moved at a time.

    .. math:: \\frac{\\partial J}{\\partial \\theta_i} \\approx \\frac{J(\\theta + h e_i) - J(\\theta - h e_i)}{2h}

    Parameters
    ----------
    network : Network
        In float64: a float32 has too few digits for a difference of this kind. It stays as it is.
    X, y, loss, weights
        As in `Engine.loss_and_gradient`.
    places : array (n,), int64
        Which entries of θ.
    epsilon : float
        h.
    masks : tuple of arrays
        What dropout multiplied by in the step that is checked; () where nothing was dropped.

    References
    ----------
    The notes of Stanford's CS231n, *Learning*, for the formula and the scale of errors.

    Examples
    --------
    >>> from wade.maths.losses import choose_loss
    >>> network = Network(1, hidden=(), dtype="float64")
    >>> network.theta = [0.0, 0.0]
    >>> rows = network.as_inputs([[2.0]]), np.asarray([[1.0]])
    >>> central_differences(network, *rows, choose_loss("cross_entropy", "sigmoid"), np.arange(2)).round(6)
    array([-1. , -0.5])
    """
    theta = network.theta.copy()

    def moved(place: int, by: float) -> float:
        network.theta[place] = theta[place] + by
        J, _ = loss_and_delta(network, network.forward(X, masks), y, loss, weights)
        network.theta[place] = theta[place]
        return J

    return np.asarray([(moved(place, epsilon) - moved(place, -epsilon)) / (2 * epsilon) for place in places])
