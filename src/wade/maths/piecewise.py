"""Piecewise-linear numbers: each bin of a number's range has a slope of its own, so that any curve can be approximated.

One weight makes the effect of a number linear: delays that grow with wind, by the same amount for every km/h. With bins
each has parameters w of its own, and a number in the middle of the third bin adds w₀ + w₁ + ½·w₂. With running sums V
that is halfway between two rows of a table, V₂ and V₃. It is the product of the row (1, 1, ½, 0, …) and the matrix of
all w, without the ones and zeros: two rows are read, however many bins there are.

A *position* is the place of a number in its bins, from 0 to their count: 2.5 for the middle of the third.
"""

from __future__ import annotations

from wade.maths.arrays import namespace, one_hot
from wade.types import Array


def positions(x: Array, edges: Array) -> Array:
    r"""The positions of numbers in their bins.

    .. math:: p(x) = t + \frac{x - e_t}{e_{t+1} - e_t} \quad \text{for } e_t \le x \le e_{t+1}

    Beyond the outer edges the position is 0 or the number of bins: an outlier counts as much as the edge does.

    Parameters
    ----------
    x : array (n_samples,), floating, finite
        One column of numbers.
    edges : array (bins + 1,), floating
        Where the bins begin and end, strictly rising.

    Returns
    -------
    array (n_samples,), in 0 … bins

    References
    ----------
    Y. Gorishniy, I. Rubachev, A. Babenko, *On Embeddings for Numerical Features in Tabular Deep Learning*, 2022,
    equation (1), whose first and last bin go on beyond their edges.

    Examples
    --------
    >>> import numpy as np
    >>> positions(np.asarray([-7.0, 0.0, 15.0, 40.0, 99.0]), edges=np.asarray([0.0, 10.0, 30.0, 40.0]))
    array([0.  , 0.  , 1.25, 3.  , 3.  ])
    """
    xp = namespace(x, edges)
    bins = edges.shape[0] - 1
    t = xp.clip(xp.searchsorted(edges, x, side="right") - 1, 0, bins - 1)
    below, above = xp.take(edges, t), xp.take(edges, t + 1)
    position: Array = xp.astype(t, x.dtype) + xp.clip((x - below) / (above - below), 0, 1)
    return position


def piecewise_linear(positions: Array, P: Array) -> Array:
    r"""The sum over the bins below a number: an interpolation between two rows of running sums.

    .. math:: Z = (1 - f)\, V_t + f\, V_{t+1}, \qquad V_t = \sum_{s < t} w_s, \qquad t = \lfloor p \rfloor,\; f = p - t

    At the last edge t is the last bin and f is 1. At an edge both sides give the same Z; the
    derivative by the number itself is not needed, since no parameter lies below.

    Parameters
    ----------
    positions : array (n_samples,), floating, in 0 … bins
        p, one column.
    P : array (bins, n_out), floating
        w: what each whole bin adds.

    References
    ----------
    Y. Gorishniy, I. Rubachev, A. Babenko, *On Embeddings for Numerical Features in Tabular Deep Learning*, 2022,
    section 3.2, followed by a linear layer.

    Examples
    --------
    All of the first bin and a quarter of the second: 10 + ¼·4.

    >>> import numpy as np
    >>> piecewise_linear(np.asarray([0.0, 1.25, 3.0]), P=np.asarray([[10.0], [4.0], [-6.0]]))
    array([[ 0.],
           [11.],
           [ 8.]])
    """
    xp = namespace(positions, P)
    t, f = _bins_and_fractions(positions, P.shape[0])
    V = xp.cumulative_sum(P, axis=0, include_initial=True)
    Z: Array = (1 - f)[:, None] * xp.take(V, t, axis=0) + f[:, None] * xp.take(V, t + 1, axis=0)
    return Z


def piecewise_linear_backward(positions: Array, delta: Array, bins: int) -> Array:
    r"""The gradient of a bin is the sum over the samples above or in it, each by the share of the bin below it.

    .. math:: \frac{\partial J}{\partial V} = H^\top \delta, \qquad
              \frac{\partial J}{\partial w_s} = \sum_{t > s} \frac{\partial J}{\partial V_t}

    H has 1 − f in column t and f in column t + 1 of each sample's row.

    `positions` as in `piecewise_linear`; delta is ∂J/∂Z, (n_samples, n_out); the result is (bins, n_out).

    Examples
    --------
    >>> import numpy as np
    >>> piecewise_linear_backward(np.asarray([1.25, 3.0]), np.asarray([[1.0], [10.0]]), bins=3)
    array([[11.  ],
           [10.25],
           [10.  ]])
    """
    xp = namespace(positions, delta)
    t, f = _bins_and_fractions(positions, bins)
    H = (1 - f)[:, None] * one_hot(t, bins + 1, like=delta) + f[:, None] * one_hot(t + 1, bins + 1, like=delta)
    grad_V = H.T @ delta
    return xp.flip(xp.cumulative_sum(xp.flip(grad_V[1:], axis=0), axis=0), axis=0)


def _bins_and_fractions(positions: Array, bins: int) -> tuple[Array, Array]:
    xp = namespace(positions)
    t = xp.clip(xp.floor(positions), 0, bins - 1)
    return xp.astype(t, xp.int64), positions - t
