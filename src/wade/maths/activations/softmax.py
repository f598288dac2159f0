r"""Softmax turns a row of scores into the probabilities of classes that exclude each other.

The other activations treat each number by itself; softmax depends on the whole row. Raising one score raises its
probability and lowers all the others, so the gradient of a score depends on the whole row as well.
"""

from __future__ import annotations

from typing import Final

from wade.maths.activations.entry import Activation
from wade.maths.arrays import namespace
from wade.maths.initializers import glorot_uniform
from wade.types import Array


def softmax(Z: Array) -> Array:
    r"""Each row of any numbers becomes a row of probabilities with the sum 1.

    .. math:: a_i = \frac{e^{z_i}}{\sum_j e^{z_j}} = \frac{e^{z_i - \max z}}{\sum_j e^{z_j - \max z}}

    Adding one number to a whole row changes nothing; so the largest is taken away first, and no exponential overflows.

    Z (n_samples, n_classes) holds pre-activations, floating.

    References
    ----------
    I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning*, 2016, equations (6.29) and (6.33).

    Examples
    --------
    >>> import numpy as np
    >>> softmax(np.asarray([[0.0, np.log(3.0)], [1e4, 1e4]]))
    array([[0.25, 0.75],
           [0.5 , 0.5 ]])
    """
    xp = namespace(Z)
    e = xp.exp(Z - xp.max(Z, axis=-1, keepdims=True))
    return e / xp.sum(e, axis=-1, keepdims=True)


def softmax_backward(Z: Array, grad_A: Array) -> Array:
    r"""The chain rule through softmax, where every output depends on every input of its row.

    .. math:: \frac{\partial a_j}{\partial z_i} = a_j ([i = j] - a_i), \qquad
              \frac{\partial J}{\partial z_i} = a_i \Big(\frac{\partial J}{\partial a_i}
              - \sum_j a_j \frac{\partial J}{\partial a_j}\Big)

    Z and ∂J/∂A have one shape, (n_samples, n_classes), which is also that of the result, ∂J/∂Z.

    References
    ----------
    J. Bridle, *Training Stochastic Model Recognition Algorithms as Networks can Lead to Maximum Mutual Information
    Estimation of Parameters*, 1989.

    Examples
    --------
    >>> import numpy as np
    >>> softmax_backward(np.asarray([[0.0, np.log(3.0)]]), np.asarray([[1.0, 0.0]]))
    array([[ 0.1875, -0.1875]])
    """
    A = softmax(Z)
    delta: Array = A * (grad_A - namespace(Z).sum(A * grad_A, axis=-1, keepdims=True))
    return delta


IN_C: Final = """\
/* A row of scores becomes probabilities with the sum 1. */
static void softmax(double *a, int n)
{
    double largest = a[0], total = 0;
    int j;
    for (j = 1; j < n; j++)
        largest = fmax(largest, a[j]);
    for (j = 0; j < n; j++)
        total += a[j] = exp(a[j] - largest);
    for (j = 0; j < n; j++)
        a[j] /= total;
}"""

ENTRIES: Final = (
    Activation(
        "softmax",
        softmax,
        None,
        glorot_uniform,
        row_backward=softmax_backward,
        exports={
            "pytorch": "torch.softmax(Z, dim=-1)",
            "keras": "keras.ops.softmax(Z, axis=-1)",
            "c": IN_C,
            "onnx": "Softmax(Z, axis=-1)",
        },
    ),
)
