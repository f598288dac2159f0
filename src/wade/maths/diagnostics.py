"""Diagnostics of training that hold for any loss: gradient norm, update-to-weight ratio, and dead units.

A gradient that explodes or vanishes, steps out of proportion to the weights, and units that are 0 for every row show
here before they show in the loss.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from wade.maths.arrays import namespace
from wade.maths.optimizers.protocol import decaying
from wade.types import Array


def length(vector: Array) -> float:
    r"""How long a vector is, over all its numbers at once, summed in double precision.

    .. math:: \lVert v \rVert_2 = \sqrt{\textstyle\sum_i v_i^2}

    Examples
    --------
    >>> import numpy as np
    >>> length(np.asarray([3.0, 4.0]))
    5.0
    """
    xp = namespace(vector)
    return sqrt(float(xp.sum(xp.astype(vector, xp.float64) ** 2)))


def update_to_weight_ratio(theta: Array, updated: Array, decays: Array | None = None) -> float:
    r"""How far one step moves the weights, as a part of how large they are.

    .. math:: r = \frac{\lVert \theta' - \theta \rVert_2}{\lVert \theta \rVert_2}

    over the parameters that decay: weights, not biases, which start at 0. About 10⁻³ is usual; far more and the steps
    throw away what was learned, far less and nothing happens. Where all weights are 0, r is 0.

    Parameters
    ----------
    theta, updated : array (n_parameters,)
        Before the step, and after it.
    decays : array (n_parameters,), bool, or None
        Which of them are weights; None means all.

    References
    ----------
    A. Karpathy, *CS231n: Neural Networks Part 3*, "Ratio of weights:updates".

    Examples
    --------
    >>> import numpy as np
    >>> update_to_weight_ratio(np.asarray([3.0, 4.0]), np.asarray([3.0, 4.5]))
    0.1
    """
    size = length(decaying(theta, decays))
    return length(decaying(updated - theta, decays)) / size if size else 0.0


def dead_share(activations: Sequence[Array], members: int = 1) -> float:
    r"""The share of neurons that give 0 for every row: a ReLU whose sum is never above 0 has no gradient, and stays so.

    Parameters
    ----------
    activations : sequence of arrays (n_rows · members, n_out)
        What each layer of rectifiers gives, A = max(0, Z); at least one.
    members : int
        Where members share the weights, row i·k + m is sample i for member m, and each has neurons of its own.

    Returns
    -------
    float in [0, 1]

    References
    ----------
    L. Lu, Y. Shin, Y. Su, G. Karniadakis, *Dying ReLU and Initialization*, 2019, section 1.

    Examples
    --------
    >>> import numpy as np
    >>> dead_share([np.asarray([[0.0, 2.0], [0.0, 0.0]]), np.asarray([[1.0, 0.5], [0.0, 3.0]])])
    0.25
    """
    dead = neurons = 0
    for A in activations:
        xp = namespace(A)
        off = xp.all(xp.reshape(A, (-1, members * A.shape[1])) == 0, axis=0)
        dead, neurons = dead + int(xp.count_nonzero(off)), neurons + off.shape[0]
    return dead / neurons
