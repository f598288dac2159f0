"""Regularization: penalties on large weights and a limit to the gradient's norm, applied before the optimizer.

With large weights a network can fit the noise in its training rows. A penalty R(θ) added to the loss favors small ones:
training then minimizes J(θ) + R(θ). L2 shrinks each weight in proportion to its size; L1 shrinks all alike, so that
weights that help little end near 0. Clipping by norm is no penalty: it shortens a gradient that is too long and keeps
its direction, so that one bad batch cannot move the network far.

`decays` marks the parameters that are penalized, as in `optimizers`; None means all of them. A network's own mask,
`network.decays`, leaves biases alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from wade.maths.arrays import namespace
from wade.maths.diagnostics import length
from wade.maths.optimizers.protocol import decaying
from wade.maths.ranges import check_range
from wade.types import Array


def clip_by_norm(gradient: Array, max_norm: float) -> Array:
    r"""The gradient, shortened to `max_norm` where it is longer.

    .. math:: g \leftarrow g \cdot \min\left(1, \frac{c}{\lVert g \rVert_2 + 10^{-6}}\right)

    g is the gradient, its norm over all parameters at once, summed in double precision. The 1e-6 is PyTorch's: a
    clipped gradient is shorter than c by up to that much.

    References
    ----------
    R. Pascanu, T. Mikolov, Y. Bengio, *On the Difficulty of Training Recurrent Neural Networks*, 2013, algorithm 1;
    with the 1e-6 of PyTorch's `clip_grad_norm_`.

    Examples
    --------
    >>> import numpy as np
    >>> clip_by_norm(np.asarray([3.0, 4.0]), max_norm=1.0).round(4), clip_by_norm(np.asarray([0.3, 0.4]), max_norm=1.0)
    (array([0.6, 0.8]), array([0.3, 0.4]))
    """
    norm = length(gradient)
    # A norm that is not a number must not be taken for a short one: NaN is passed on to where divergence is noticed.
    factor = max_norm / (norm + 1e-6)
    return gradient if factor >= 1 else gradient * factor


@dataclass(frozen=True)
class Regularization:
    r"""Penalties on the weights, and a limit to the length of the gradient.

    .. math:: R(\theta) = \lambda_1 \sum_i |\theta_i| + \tfrac{1}{2} \lambda_2 \sum_i \theta_i^2, \qquad
              \frac{\partial R}{\partial \theta_i} = \lambda_1 \operatorname{sign}(\theta_i) + \lambda_2 \theta_i

    over the parameters that decay; sign(0) = 0. The sums are not divided by the number of rows: J is a mean over them,
    and R stands beside it as it is.

    **L2 and weight decay.** λ₂ adds λ₂θ to the gradient, and so does the `weight_decay` of every optimizer but AdamW;
    without clipping the two are the same step. With clipping they differ: the penalty is part of what is clipped, as it
    is in PyTorch where it is part of the loss, and weight decay comes after. AdamW's decay is another thing: it
    shrinks θ by ηλθ beside Adam's step, while a penalty passes through Adam's moments and is divided by √v̂.

    Parameters
    ----------
    l1 : float, λ₁ ≥ 0
    l2 : float, λ₂ ≥ 0
    max_norm : float > 0, or None
        None does not clip.

    Raises
    ------
    InvalidArgument
        Where a constant is outside its range.

    References
    ----------
    I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning*, 2016, sections 7.1.1 (L2) and 7.1.2 (L1).

    Examples
    --------
    >>> import numpy as np
    >>> theta, decays = np.asarray([2.0, -4.0, 9.0]), np.asarray([True, True, False])
    >>> rule = Regularization(l1=0.5, l2=0.1)
    >>> rule.penalty(theta, decays)  # 0.5 · (2 + 4) + ½ · 0.1 · (4 + 16)
    4.0
    >>> rule.regularize(np.zeros(3), theta, decays)  # 0.5 · (±1) + 0.1 · θ
    array([ 0.7, -0.9,  0. ])
    """

    l1: float = 0.0
    l2: float = 0.0
    max_norm: float | None = None

    def __post_init__(self) -> None:
        check_range("l1", self.l1, "[0, ∞)")
        check_range("l2", self.l2, "[0, ∞)")
        if self.max_norm is not None:
            check_range("max_norm", self.max_norm, "(0, ∞)", "Try 1.0, or None for no limit.")

    def penalty(self, theta: Array, decays: Array | None = None) -> float:
        """R(θ), which is added to the loss."""
        xp, theta = namespace(theta), decaying(theta, decays)
        return self.l1 * float(xp.sum(xp.abs(theta))) + self.l2 / 2 * float(xp.sum(theta**2))

    def regularize(self, gradient: Array, theta: Array, decays: Array | None = None) -> Array:
        """The gradient for the optimizer: ∂J/∂θ + ∂R/∂θ, and then clipped."""
        penalized = decaying(theta, decays)
        if self.l1:
            gradient = gradient + self.l1 * namespace(theta).sign(penalized)
        if self.l2:
            gradient = gradient + self.l2 * penalized
        return gradient if self.max_norm is None else clip_by_norm(gradient, self.max_norm)


UNREGULARIZED = Regularization()
