"""The perceptron: a network of one neuron, the smallest thing that predicts."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from wade.errors import InvalidArgument
from wade.network.network import Network


def Perceptron(weights: ArrayLike, bias: float = 0.0, activation: str = "sigmoid") -> Network:  # noqa: N802 - reads as a kind of Network
    r"""One neuron with these weights.

    .. math:: \text{output} = g\Big(\sum_i x_i w_i + b\Big) = g(X W + b)

    Parameters
    ----------
    weights : array-like (n_in,)
        One for each input.
    bias : float
        The sum where all inputs are 0.
    activation : str
        The g above: "sigmoid", "identity", or another of `wade.maths.activations`, but softmax.

    It is in float64, without hidden layers.

    Raises
    ------
    InvalidArgument
        Where the weights are not a row of numbers, or the activation is unknown.

    References
    ----------
    D. Khatwani, *Dipping your toes into Deep Learning!*, 2017, "The Perceptron"; F. Rosenblatt, *The Perceptron: a
    Probabilistic Model for Information Storage and Organization in the Brain*, 1958.

    Examples
    --------
    >>> perceptron = Perceptron([0.1, 0.5, 2.5, 0.2], bias=3.0, activation="sigmoid")
    >>> perceptron([2, 3, -1, 5]).round(4), perceptron([[2, 3, -1, 5], [0, 0, 0, 0]]).round(4)
    (array([0.9608]), array([[0.9608],
           [0.9526]]))
    """
    row = np.asarray(weights, dtype=np.float64)
    if row.ndim != 1 or not row.size:
        raise InvalidArgument("weights", "must be a row of at least one number", weights)
    network = Network(row.size, hidden=(), outputs=1, output=activation, dtype="float64")
    network.theta = np.append(row, bias)
    return network
