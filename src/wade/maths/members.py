r"""Many networks for little more than the price of one: members share each W, and every member turns its own knobs.

The mean of many networks' predictions is better than most of them alone, but many networks cost many times as much.
Members share what is large, the matrix W, and keep to themselves what is small: a factor for each number that goes in,
a factor and a bias for each sum that comes out,

.. math:: Z = ((A \odot R) W) \odot S + B

That is a network with weights of its own, w_{ij} r_i s_j, for every member. One member with all factors 1 is the plain
layer. R of the first layer starts at random signs, so that members see the table from different sides from the start.

Rows that members see stand sample by sample: row i·k + m is sample i as member m sees it, k members in all. So a batch
is a longer batch, and the product with W one product; all that is new is that the rows of R, S and B take turns.
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

    Returns
    -------
    array (n_rows, n)

    References
    ----------
    Y. Wen, D. Tran, J. Ba, *BatchEnsemble: An Alternative Approach to Efficient Ensemble and Lifelong Learning*, 2020,
    section 3; Y. Gorishniy, A. Kotelnikov, A. Babenko, *TabM: Advancing Tabular Deep Learning with Parameter-Efficient
    Ensembling*, 2024, section 3.

    Examples
    --------
    One sample with inputs (1, 2), as two members hear it.

    >>> import numpy as np
    >>> A, R = np.asarray([[1.0, 2.0], [1.0, 2.0]]), np.asarray([[1.0, 1.0], [10.0, -1.0]])
    >>> A * in_turn(R, 2)
    array([[ 1.,  2.],
           [10., -2.]])
    """
    return namespace(factors).tile(factors, (n_rows // factors.shape[0], 1))


def in_turn_backward(delta: Array, members: int) -> Array:
    r"""A member's factors take the blame of all of its rows.

    .. math:: \frac{\partial J}{\partial r_{mj}} = \sum_{i:\, i \bmod k = m} \delta_{ij}

    Parameters
    ----------
    delta : array (n_rows, n), floating
        The blame of the factors in each row: for A ⊙ R that of the product, times A.
    members : int
        k.

    Returns
    -------
    array (k, n)

    References
    ----------
    Those of `in_turn`, by the chain rule.

    Examples
    --------
    >>> import numpy as np
    >>> in_turn_backward(np.asarray([[3.0], [5.0], [70.0], [9.0]]), members=2).ravel()
    array([73., 14.])
    """
    xp = namespace(delta)
    return xp.sum(xp.reshape(delta, (delta.shape[0] // members, members, delta.shape[1])), axis=0)
