r"""Ensemble members: networks that share each weight matrix W and differ in a few parameters of their own.

The mean of many networks' predictions is better than most of them alone, but many networks cost many times as much.
Members share W, which is large; each has a factor for each input and a factor and a bias for each sum, which are small:

.. math:: Z = ((A \odot R) W) \odot S + B

That is a network with weights of its own, w_{ij} r_i s_j, for every member. One member with all factors 1 is the plain
layer. R of the first layer starts at random signs, so that members differ from the start.

The rows of members stand sample by sample: row i·k + m is sample i for member m, k members in all. So the product with
W is one product over a longer batch, in which the rows of R, S and B alternate.
"""

from __future__ import annotations

from wade.maths.arrays import namespace
from wade.types import Array


def in_turn(factors: Array, n_rows: int) -> Array:
    r"""Every row gets its member's factors.

    .. math:: r'_{ij} = r_{mj}, \qquad m = i \bmod k

    Parameters
    ----------
    factors : array (k, n), floating
        R, S or B, a member in each row.
    n_rows : int, a multiple of k
        Samples times members.

    References
    ----------
    Y. Wen, D. Tran, J. Ba, *BatchEnsemble: An Alternative Approach to Efficient Ensemble and Lifelong Learning*, 2020,
    section 3; Y. Gorishniy, A. Kotelnikov, A. Babenko, *TabM: Advancing Tabular Deep Learning with Parameter-Efficient
    Ensembling*, 2024, section 3.

    Examples
    --------
    One sample with inputs (1, 2), for two members.

    >>> import numpy as np
    >>> A, R = np.asarray([[1.0, 2.0], [1.0, 2.0]]), np.asarray([[1.0, 1.0], [10.0, -1.0]])
    >>> A * in_turn(R, 2)
    array([[ 1.,  2.],
           [10., -2.]])
    """
    return namespace(factors).tile(factors, (n_rows // factors.shape[0], 1))


def in_turn_backward(delta: Array, members: int) -> Array:
    r"""The gradient of a member's factors is the sum over its rows.

    .. math:: \frac{\partial J}{\partial r_{mj}} = \sum_{i:\, i \bmod k = m} \delta_{ij}

    delta (n_rows, n) is ∂J/∂r of each row: for A ⊙ R the gradient of the product, times A. The result is (k, n).

    Examples
    --------
    >>> import numpy as np
    >>> in_turn_backward(np.asarray([[3.0], [5.0], [70.0], [9.0]]), members=2).ravel()
    array([73., 14.])
    """
    xp = namespace(delta)
    return xp.sum(xp.reshape(delta, (delta.shape[0] // members, members, delta.shape[1])), axis=0)
