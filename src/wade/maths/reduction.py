"""The mean loss over samples, each by its weight. Nothing else averages losses.

A loss and its gradient have to be averaged alike. So each sample's share of the mean is a function of its own: the mean
multiplies losses by the shares, and the engine multiplies gradients by the same.
"""

from __future__ import annotations

from wade.maths.arrays import namespace
from wade.types import Array


def shares(weights: Array) -> Array:
    r"""How much of the mean each sample makes up: what its gradient is multiplied by.

    .. math:: s_i = \frac{\partial J}{\partial \ell_i} = \frac{w_i}{\sum_j w_j}, \qquad s = 0 \text{ where all } w = 0

    `weights` (n_samples,) are floating and ≥ 0; the shares are in [0, 1].

    Examples
    --------
    >>> import numpy as np
    >>> shares(np.asarray([2.0, 1.0, 1.0])), shares(np.zeros(2))
    (array([0.5 , 0.25, 0.25]), array([0., 0.]))
    """
    xp = namespace(weights)
    total = xp.sum(weights)
    return weights / xp.where(total > 0, total, xp.ones_like(total))


def mean_over_samples(per_sample: Array, weights: Array | None = None) -> Array:
    r"""The mean over samples, weighted.

    .. math:: J = \frac{\sum_i w_i \ell_i}{\sum_i w_i}

    Where all weights are 0 the mean is 0, so that such a batch has no gradient.

    Parameters
    ----------
    per_sample : array (n_samples,), floating
        The loss of each sample; at least one.
    weights : array (n_samples,), floating, ≥ 0, or None
        None gives all the same weight. A weight of 2 is the same as having the sample twice.

    References
    ----------
    I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning*, 2016, section 8.1.1, for weights that are all alike.

    Examples
    --------
    >>> import numpy as np
    >>> losses = np.asarray([1.0, 4.0])
    >>> float(mean_over_samples(losses)), float(mean_over_samples(losses, np.asarray([2.0, 1.0])))
    (2.5, 2.0)
    """
    xp = namespace(per_sample)
    return xp.mean(per_sample) if weights is None else xp.sum(shares(weights) * per_sample)
