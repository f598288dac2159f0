r"""L-BFGS: minimizes a smooth function from its values and gradients, with an approximate inverse Hessian of your own.

.. math:: \theta := \theta - s H \nabla f(\theta)

H starts as the given approximation of the inverse Hessian, and the last steps correct it by their changes of the
gradient; s is 1, or less where f would not fall enough. Where the approximation is the inverse Hessian of a quadratic
function, the first step reaches the minimum.

Source: Nocedal and Wright, *Numerical Optimization*, second edition, algorithms 7.4 and 3.1.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Doubles: TypeAlias = NDArray[np.float64]

REMEMBERED: Final = 10
"""Steps that correct the approximation."""
ENOUGH: Final = 1e-4
"""Armijo's constant: the share of the promised decrease that a step must reach."""
SHORTEST: Final = 1e-10


class Minimum(NamedTuple):
    """Where the minimization ended, the value there, and whether it is a minimum within the tolerance."""

    theta: Doubles
    value: float
    converged: bool


class _Step(NamedTuple):
    """A step, the change of the gradient along it, and the inverse of their product."""

    step: Doubles
    change: Doubles
    inverse: float


def minimize(
    objective: Callable[[Doubles], tuple[float, Doubles]],
    start: Doubles,
    precondition: Callable[[Doubles], Doubles],
    tolerance: float = 1e-9,
    most: int = 100,
) -> Minimum:
    """Minimize a function.

    Parameters
    ----------
    objective : function of θ
        Returns the value and the gradient.
    start : array (n_parameters,)
    precondition : function of a gradient
        Multiplies it by a symmetric, positive definite approximation of the inverse Hessian.
    tolerance : float
        Converged where ∇f·H∇f, about twice the distance of f from its minimum, is no more than this.
    most : int
        Steps at most.

    Examples
    --------
    >>> found = minimize(lambda x: (float((x - 3) @ (x - 3)), 2 * (x - 3)), np.zeros(2), lambda g: g / 2)
    >>> found.theta, found.converged
    (array([3., 3.]), True)
    """
    theta, (value, gradient) = start, objective(start)
    steps: deque[_Step] = deque(maxlen=REMEMBERED)
    for _ in range(most):
        direction = -_times_inverse_hessian(gradient, steps, precondition)
        slope = float(gradient @ direction)
        if -slope <= tolerance:
            return Minimum(theta, value, True)
        length = 1.0
        while True:
            moved = theta + length * direction
            moved_value, moved_gradient = objective(moved)
            if moved_value <= value + ENOUGH * length * slope:
                break
            length *= 0.3
            if length < SHORTEST:  # as near as rounding allows
                return Minimum(theta, value, bool(steps) or -slope <= tolerance)
        step, change = moved - theta, moved_gradient - gradient
        product = float(step @ change)
        if product > 1e-14 * float(np.linalg.norm(step) * np.linalg.norm(change)):
            steps.append(_Step(step, change, 1 / product))
        theta, value, gradient = moved, moved_value, moved_gradient
    return Minimum(theta, value, False)


def _times_inverse_hessian(
    gradient: Doubles, steps: deque[_Step], precondition: Callable[[Doubles], Doubles]
) -> Doubles:
    """The two loops of L-BFGS."""
    result, factors = gradient.copy(), []
    for each in reversed(steps):
        factor = each.inverse * float(each.step @ result)
        result -= factor * each.change
        factors.append(factor)
    result = precondition(result)
    for each, factor in zip(steps, reversed(factors), strict=True):
        result = result + (factor - each.inverse * float(each.change @ result)) * each.step
    return result
