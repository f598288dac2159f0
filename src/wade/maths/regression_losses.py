"""Losses for predicted numbers: how far the prediction is from the observed value.

The squared error weighs large errors most, and is least at the mean of the possible values; the absolute error at their
median. Huber's is squared near 0 and linear beyond, so that outliers count less. The quantile loss has different prices
for too low and too high, and is least at the value that a chosen share of cases lies below.

Each takes the activations A and the observed targets y, both (n_samples, n_outputs) and floating, and returns the mean
over a sample's K outputs, (n_samples,), ≥ 0, in the target's unit (squared: the squared error and Huber's). Each
gradient takes the same and returns an array of A's shape. d = a − y is predicted minus observed; Huber's δ is a
distance, not ∂J/∂Z.
"""

from __future__ import annotations

from wade.maths.arrays import namespace
from wade.types import Array


def squared_error(A: Array, y: Array) -> Array:
    r"""The distance of prediction and truth, squared, for each sample: the mean over its K outputs, without ½.

    .. math:: \ell = \frac{1}{K} \sum_k (a_k - y_k)^2

    References
    ----------
    C. Bishop, *Pattern Recognition and Machine Learning*, 2006, equation (5.11), there as a sum and with ½.

    Examples
    --------
    >>> import numpy as np
    >>> squared_error(np.asarray([[1.0, 5.0]]), np.asarray([[0.0, 2.0]]))
    array([5.])
    """
    return namespace(A, y).mean((A - y) ** 2, axis=1)


def squared_error_gradient(A: Array, y: Array) -> Array:
    r"""Twice the difference, divided among the K outputs.

    .. math:: \frac{\partial \ell}{\partial a_k} = \frac{2}{K} (a_k - y_k)

    Examples
    --------
    >>> import numpy as np
    >>> squared_error_gradient(np.asarray([[1.0, 5.0]]), np.asarray([[0.0, 2.0]]))
    array([[1., 3.]])
    """
    grad_A: Array = (A - y) * (2 / A.shape[1])
    return grad_A


def absolute_error(A: Array, y: Array) -> Array:
    r"""The distance of prediction and truth, for each sample: the mean over its K outputs.

    .. math:: \ell = \frac{1}{K} \sum_k |a_k - y_k|

    References
    ----------
    P. S. Laplace, *Mémoire sur la probabilité des causes par les événements*, 1774: the median makes it least.

    Examples
    --------
    >>> import numpy as np
    >>> absolute_error(np.asarray([[1.0, 5.0]]), np.asarray([[0.0, 2.0]]))
    array([2.])
    """
    xp = namespace(A, y)
    return xp.mean(xp.abs(A - y), axis=1)


def absolute_error_gradient(A: Array, y: Array) -> Array:
    r"""Which side the prediction is on, divided among the K outputs; how far off it is does not matter.

    .. math:: \frac{\partial \ell}{\partial a_k} = \frac{1}{K} \, \mathrm{sign}(a_k - y_k)

    At the kink, a = y, it is 0, as in PyTorch: what is right stays.

    Examples
    --------
    >>> import numpy as np
    >>> absolute_error_gradient(np.asarray([[1.0, 5.0]]), np.asarray([[1.0, 2.0]]))
    array([[0. , 0.5]])
    """
    grad_A: Array = namespace(A, y).sign(A - y) / A.shape[1]
    return grad_A


def huber_error(A: Array, y: Array, delta: float = 1.0) -> Array:
    r"""Half the square of what is near, the plain distance of what is far: the mean over a sample's K outputs.

    .. math:: \ell = \frac{1}{K} \sum_k h(a_k - y_k), \qquad
              h(d) = \tfrac{1}{2} d^2 \text{ where } |d| \le \delta, \text{ else } \delta (|d| - \tfrac{1}{2} \delta)

    With c = min(|d|, δ), both are c (|d| − c/2). Unlike the squared error it carries the factor ½, as in PyTorch, so
    that its slope ends at δ. At |d| = δ the two pieces meet with the same value and the same slope.

    `delta`, > 0 and in the target's unit, is where near ends.

    References
    ----------
    P. Huber, *Robust Estimation of a Location Parameter*, 1964.

    Examples
    --------
    ½ · 0.5² = 0.125, and 1 · (3 − ½) = 2.5.

    >>> import numpy as np
    >>> huber_error(np.asarray([[0.5], [3.0]]), np.zeros((2, 1)), delta=1.0)
    array([0.125, 2.5  ])
    """
    xp = namespace(A, y)
    distance = xp.abs(A - y)
    near = xp.minimum(distance, delta)
    return xp.mean(near * (distance - near / 2), axis=1)


def huber_error_gradient(A: Array, y: Array, delta: float = 1.0) -> Array:
    r"""The difference, cut at ±δ, divided among the K outputs.

    .. math:: \frac{\partial \ell}{\partial a_k} = \frac{1}{K} \max(-\delta, \min(\delta, a_k - y_k))

    Examples
    --------
    >>> import numpy as np
    >>> huber_error_gradient(np.asarray([[0.5], [3.0], [-3.0]]), np.zeros((3, 1)), delta=1.0)
    array([[ 0.5],
           [ 1. ],
           [-1. ]])
    """
    xp = namespace(A, y)
    grad_A: Array = xp.maximum(xp.minimum(A - y, delta), -delta) / A.shape[1]
    return grad_A


def quantile_error(A: Array, y: Array, tau: float = 0.5) -> Array:
    r"""Too low costs τ a unit, too high 1 − τ (the pinball loss): the mean over a sample's K outputs.

    .. math:: \ell = \frac{1}{K} \sum_k \max\big( \tau (y_k - a_k), (\tau - 1) (y_k - a_k) \big)

    It is least where a share τ of what happens lies below the prediction: with τ = 0.9, nine in ten. τ = ½ is half the
    absolute error.

    `tau`, in (0, 1), is the share that is to lie below.

    References
    ----------
    R. Koenker, G. Bassett, *Regression Quantiles*, 1978.

    Examples
    --------
    At τ = 0.9, 2 too low costs 1.8 and 2 too high costs 0.2.

    >>> import numpy as np
    >>> quantile_error(np.asarray([[-2.0], [2.0]]), np.zeros((2, 1)), tau=0.9).round(12)
    array([1.8, 0.2])
    """
    xp = namespace(A, y)
    missing = y - A
    return xp.mean(xp.maximum(tau * missing, (tau - 1) * missing), axis=1)


def quantile_error_gradient(A: Array, y: Array, tau: float = 0.5) -> Array:
    r"""−τ where the prediction is too low, 1 − τ where it is too high, divided among the K outputs.

    .. math:: \frac{\partial \ell}{\partial a_k} = \frac{1}{K} \begin{cases} -\tau & a_k < y_k \\ 0 & a_k = y_k \\
              1 - \tau & a_k > y_k \end{cases}

    At the kink, a = y, any number from −τ to 1 − τ would do; here it is 0, as for the absolute error.

    Examples
    --------
    >>> import numpy as np
    >>> quantile_error_gradient(np.asarray([[-2.0], [0.0], [2.0]]), np.zeros((3, 1)), tau=0.75)
    array([[-0.75],
           [ 0.  ],
           [ 0.25]])
    """
    xp = namespace(A, y)
    side = xp.sign(A - y)
    grad_A: Array = xp.where(side > 0, (1 - tau) * side, tau * side) / A.shape[1]
    return grad_A
