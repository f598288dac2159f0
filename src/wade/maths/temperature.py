"""Temperature scaling: one number that makes probabilities less or more confident and keeps the order of the classes.

Trained networks are often overconfident. The last layer's pre-activations are divided by a temperature T that is fitted
on held-out rows: above 1 the probabilities become less confident, below 1 more. The T of least negative log-likelihood
is where its derivative is 0.

With ensemble members each one's pre-activations are divided, and the probability is still the mean of theirs.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from wade.maths.arrays import namespace
from wade.types import Array

MOST: Final = 20.0
"""Temperatures from 1/20 to 20 are searched; beyond, all probabilities are equal, or 0 and 1."""
HALVINGS: Final = 40


def log_shares(Z: Array, temperature: float) -> Array:
    r"""The logarithm of each class's probability, for each member.

    .. math:: \ln a_{imk} = \frac{z_{imk}}{T} - \ln \sum_j e^{z_{imj} / T}

    Parameters
    ----------
    Z : array (n_samples, members, n_classes), floating
        Pre-activations of the last layer; of two classes with one sigmoid, 0 and z.
    temperature : float, > 0
        T.

    References
    ----------
    C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger, *On Calibration of Modern Neural Networks*, 2017, equation (9).

    Examples
    --------
    σ(ln 9) = 0.9; at T = 2 it is σ(ln 3) = 0.75.

    >>> import numpy as np
    >>> np.exp(log_shares(np.log([[[1.0, 9.0]]]), 2.0)).round(4)
    array([[[0.25, 0.75]]])
    """
    xp = namespace(Z)
    scaled = Z / temperature
    shifted = scaled - xp.max(scaled, axis=2, keepdims=True)
    return shifted - xp.log(xp.sum(xp.exp(shifted), axis=2, keepdims=True))


def tempered_cross_entropy(Z: Array, targets: Array, temperature: float) -> Array:
    r"""The cross-entropy of each sample at a temperature.

    .. math:: \ell_i(T) = -\sum_k t_{ik} \ln \Big( \frac{1}{M} \sum_m a_{imk} \Big)

    Z and T as in `log_shares`; `targets` t (n_samples, n_classes), floating, has rows of sum 1, with 1 for the observed
    class. The result is (n_samples,), ≥ 0, in nats.

    Examples
    --------
    >>> import numpy as np
    >>> Z = np.log([[[1.0, 9.0]]])
    >>> tempered_cross_entropy(Z, np.asarray([[0.0, 1.0]]), 1.0).round(4)  # −ln 0.9
    array([0.1054])
    """
    xp = namespace(Z)
    return -xp.sum(targets * _log_means(log_shares(Z, temperature)), axis=1)


def temperature_slope(Z: Array, targets: Array, temperature: float) -> Array:
    r"""The derivative of each sample's cross-entropy with respect to the logarithm of the temperature.

    .. math:: \frac{\partial \ell_i}{\partial \ln T} = \frac{1}{T} \sum_k t_{ik} \sum_m r_{imk}
              \Big( z_{imk} - \sum_j a_{imj} z_{imj} \Big), \qquad r_{imk} = \frac{a_{imk}}{\sum_{m'} a_{im'k}}

    With one member r is 1, and what is left is Σ (t − a) z: predicted minus observed. Their mean J is
    then convex in 1/T, so that its slope has one zero.

    Takes what `tempered_cross_entropy` takes; the result is (n_samples,).

    Examples
    --------
    It is 0 at the best temperature: 0.9 predicted, right 9 times in 10.

    >>> import numpy as np
    >>> Z = np.log(np.tile([[[1.0, 9.0]]], (10, 1, 1)))
    >>> targets = np.asarray([[1.0, 0.0]] + [[0.0, 1.0]] * 9)
    >>> bool(abs(temperature_slope(Z, targets, 1.0).mean()) < 1e-12)
    True
    """
    xp = namespace(Z)
    of_members = log_shares(Z, temperature)
    ahead = Z - xp.sum(xp.exp(of_members) * Z, axis=2, keepdims=True)
    among_members = xp.exp(of_members - xp.max(of_members, axis=1, keepdims=True))
    among_members = among_members / xp.sum(among_members, axis=1, keepdims=True)
    slopes: Array = xp.sum(targets * xp.sum(among_members * ahead, axis=1), axis=1) / temperature
    return slopes


def best_temperature(Z: Array, targets: Array) -> float:
    r"""The temperature from 1/20 to 20 of least cross-entropy, by bisection of ln T where the derivative changes sign.

    Z and `targets` as in `tempered_cross_entropy`. Where the derivative has one sign throughout, it is an end of it.

    Examples
    --------
    0.9 predicted, right 3 times in 4, should have been 3/4: T = ln 9 / ln 3 = 2.

    >>> import numpy as np
    >>> Z = np.log(np.tile([[[1.0, 9.0]]], (4, 1, 1)))
    >>> round(best_temperature(Z, np.asarray([[1.0, 0.0]] + [[0.0, 1.0]] * 3)), 6)
    2.0
    """
    xp = namespace(Z)
    low, high = -float(np.log(MOST)), float(np.log(MOST))
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if float(xp.mean(temperature_slope(Z, targets, float(np.exp(middle))))) > 0:
            high = middle
        else:
            low = middle
    return float(np.exp((low + high) / 2))


def _log_means(of_members: Array) -> Array:
    """The logarithm of the mean over members of what these are the logarithms of."""
    xp = namespace(of_members)
    largest = xp.max(of_members, axis=1, keepdims=True)
    means = xp.mean(xp.exp(of_members - largest), axis=1)
    return xp.log(means) + largest[:, 0]
