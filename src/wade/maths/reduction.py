"""Many losses become one: the mean over samples, each as heavy as its weight. Nothing else averages losses.

A loss and its gradient have to be averaged alike, or descent follows another hill than the one that is shown. So the
shares that make up the mean are a function of their own: the mean multiplies losses by them, and the engine multiplies
gradients by the same.
"""

from __future__ import annotations

from wade.maths.arrays import namespace
from wade.types import Array


def shares(weights: Array) -> Array:
    r"""How much of the mean each sample makes up: what its gradient is multiplied by.

    .. math:: s_i = \frac{\partial J}{\partial \ell_i} = \frac{w_i}{\sum_j w_j}, \qquad s = 0 \text{ where all } w = 0

    Parameters
    ----------
    weights : array (n_samples,), floating, ≥ 0
        How heavy each sample is.

    Returns
    -------
    array (n_samples,), in [0, 1]

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
    r"""The one reduction of the house: the mean over samples, each as heavy as its weight.

    .. math:: J = \frac{\sum_i w_i \ell_i}{\sum_i w_i}

    Samples that weigh nothing at all together have the mean 0, so that a batch of them moves nothing.

    Parameters
    ----------
    per_sample : array (n_samples,), floating
        What each sample's loss is; at least one sample.
    weights : array (n_samples,), floating, ≥ 0, or None
        None weighs all alike. A weight of 2 is the same as having the sample twice.

    Returns
    -------
    array (), floating

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
