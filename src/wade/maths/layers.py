"""Layers: weighted sums plus a bias, Z = X·W + b, and the gradient of the loss through them.

A perceptron is g(Σ xᵢwᵢ + b). Many neurons side by side make W a matrix, many samples make X one, and the sums are one
product. Going backward a layer receives delta = ∂J/∂Z and computes two things: the gradients of its own parameters
(grad_W, grad_b), and the gradient of what it was given (grad_X), which is the ∂J/∂A of the layer below. A category is a
layer too: its code picks a row of a table, which is what a one-hot row times a matrix would give, without the zeros.

`delta` holds the 1/n of the mean loss already, so the gradients below are plain sums over samples.
"""

from __future__ import annotations

from wade.maths.arrays import namespace, one_hot
from wade.types import Array


def dense(X: Array, W: Array, b: Array) -> Array:
    r"""Every output is a weighted sum of all inputs, plus a bias.

    .. math:: Z = X W + b, \qquad z_{ij} = \sum_k x_{ik} w_{kj} + b_j

    Parameters
    ----------
    X : array (n_samples, n_in), floating
        Inputs, a sample in each row.
    W : array (n_in, n_out), floating
        Weights, a neuron in each column.
    b : array (n_out,), floating
        Biases.

    References
    ----------
    M. Nielsen, *Neural Networks and Deep Learning*, 2015, equation (25), with rows as samples.

    Examples
    --------
    A perceptron with four inputs: 2·0.1 + 3·0.5 − 1·2.5 + 5·0.2 + 3 = 3.2.

    >>> import numpy as np
    >>> X = np.asarray([[2.0, 3.0, -1.0, 5.0]])
    >>> W = np.asarray([[0.1], [0.5], [2.5], [0.2]])
    >>> dense(X, W, np.asarray([3.0])).round(12)
    array([[3.2]])
    """
    return X @ W + b


def dense_backward(X: Array, W: Array, delta: Array) -> tuple[Array, Array, Array]:
    r"""The gradients of inputs, weights and biases, from delta = ∂J/∂Z.

    .. math:: \frac{\partial J}{\partial X} = \delta W^\top, \qquad
              \frac{\partial J}{\partial W} = X^\top \delta, \qquad
              \frac{\partial J}{\partial b_j} = \sum_i \delta_{ij}

    X and W as in `dense`; delta (n_samples, n_out). Returns grad_X, grad_W and grad_b, in the shapes of X, W and b.

    References
    ----------
    M. Nielsen, *Neural Networks and Deep Learning*, 2015, equations (BP2), (BP4) and (BP3).

    Examples
    --------
    >>> import numpy as np
    >>> X, W = np.asarray([[1.0, 2.0]]), np.asarray([[3.0], [4.0]])
    >>> grad_X, grad_W, grad_b = dense_backward(X, W, delta=np.asarray([[10.0]]))
    >>> grad_X, grad_W.T, grad_b
    (array([[30., 40.]]), array([[10., 20.]]), array([10.]))
    """
    grad_X = delta @ W.T
    grad_W = X.T @ delta
    grad_b = namespace(delta).sum(delta, axis=0)
    return grad_X, grad_W, grad_b


def embedding(codes: Array, E: Array) -> Array:
    r"""Each code picks its row of a table.

    .. math:: Z = H E, \qquad z_{ij} = e_{c_i j}

    H is the one-hot matrix of the codes; it is never built here, a row is simply looked up.

    Parameters
    ----------
    codes : array (n_samples,), integers in 0 … size − 1
        One column of category codes; 0 stands for values that are rare or were never seen.
    E : array (size, n_out), floating
        The table.

    References
    ----------
    C. Guo, F. Berkhahn, *Entity Embeddings of Categorical Variables*, 2016.

    Examples
    --------
    >>> import numpy as np
    >>> E = np.asarray([[0.0, 0.0], [1.0, 2.0], [3.0, 4.0]])
    >>> embedding(np.asarray([2, 0]), E)
    array([[3., 4.],
           [0., 0.]])
    """
    return namespace(codes, E).take(E, codes, axis=0)


def embedding_backward(codes: Array, delta: Array, size: int) -> Array:
    r"""The gradient of a row of the table is the sum over the samples that picked it.

    .. math:: \frac{\partial J}{\partial E} = H^\top \delta, \qquad
              \frac{\partial J}{\partial e_{kj}} = \sum_{i:\, c_i = k} \delta_{ij}

    `codes` as in `embedding`; delta (n_samples, n_out). Rows of the table, `size` in all, that no sample picked get 0.

    Examples
    --------
    >>> import numpy as np
    >>> embedding_backward(np.asarray([2, 0, 2]), np.asarray([[1.0], [5.0], [10.0]]), size=3)
    array([[ 5.],
           [ 0.],
           [11.]])
    """
    return one_hot(codes, size, like=delta).T @ delta
