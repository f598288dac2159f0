r"""A loss says in one number how wrong a prediction is; learning makes the mean of that number small.

Counting mistakes would be the natural measure, but a count is a staircase: it does not say which way is down. A loss
is its smooth stand-in. Each loss stands here as two functions side by side: per sample, and the gradient of that with
respect to what it takes. The mean over samples happens in one place, `wade.maths.reduction`.

Conventions. A cross-entropy takes the last layer's pre-activations Z, where it is stable and where its gradient is the
plain difference "predicted − actual"; it sums over outputs. The squared error takes the activations A; it is the mean
over outputs, without the factor ½, as PyTorch and Keras report it. All of them average over samples.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from wade.errors import InvalidArgument, unknown_name
from wade.maths.activations import sigmoid
from wade.maths.arrays import namespace, one_hot
from wade.maths.reduction import mean_over_samples as mean_over_samples
from wade.maths.softmax import softmax
from wade.types import Array


def sigmoid_cross_entropy(Z: Array, y: Array) -> Array:
    r"""How surprised a forecaster of yes or no is, for each sample: the sum over its outputs.

    .. math:: \ell = -\sum_k \big( y_k \ln a_k + (1 - y_k) \ln(1 - a_k) \big)
              = \sum_k \big( \max(z_k, 0) - z_k y_k + \ln(1 + e^{-|z_k|}) \big), \qquad a = \sigma(z)

    The second form is used: it never takes the logarithm of 0.

    Parameters
    ----------
    Z : array (n_samples, n_outputs), floating
        Pre-activations.
    y : array (n_samples, n_outputs), floating, in [0, 1]
        1 where it happened, 0 where it did not.

    Returns
    -------
    array (n_samples,), ≥ 0, in nats

    References
    ----------
    M. Nielsen, *Neural Networks and Deep Learning*, 2015, equation (57); I. Goodfellow, Y. Bengio, A. Courville,
    *Deep Learning*, 2016, equations (6.24) to (6.26) for the second form.

    Examples
    --------
    Undecided, it costs ln 2; sure and right, nothing; sure and wrong, as much as it was sure.

    >>> import numpy as np
    >>> sigmoid_cross_entropy(np.asarray([[0.0], [1e4], [1e4]]), np.asarray([[1.0], [1.0], [0.0]])).round(4)
    array([6.931e-01, 0.000e+00, 1.000e+04])
    """
    xp = namespace(Z, y)
    return xp.sum(xp.maximum(Z, 0.0) - Z * y + xp.log1p(xp.exp(-xp.abs(Z))), axis=1)


def sigmoid_cross_entropy_gradient(Z: Array, y: Array) -> Array:
    r"""Predicted minus actual: the sigmoid's slope has cancelled.

    .. math:: \frac{\partial \ell}{\partial z_k} = \sigma(z_k) - y_k

    Parameters
    ----------
    Z : array (n_samples, n_outputs), floating
        Pre-activations.
    y : array (n_samples, n_outputs), floating, in [0, 1]
        1 where it happened, 0 where it did not.

    Returns
    -------
    array of Z's shape

    References
    ----------
    M. Nielsen, *Neural Networks and Deep Learning*, 2015, equation (68).

    Examples
    --------
    >>> import numpy as np
    >>> sigmoid_cross_entropy_gradient(np.asarray([[0.0, 3.2]]), np.asarray([[1.0, 1.0]])).round(4)
    array([[-0.5   , -0.0392]])
    """
    return sigmoid(Z) - y


def softmax_cross_entropy(Z: Array, y: Array) -> Array:
    r"""How surprised a forecaster of one class among many is, for each sample.

    .. math:: \ell = -\ln a_y = \ln \sum_j e^{z_j - m} - (z_y - m), \qquad a = \mathrm{softmax}(z), \quad m = \max_j z_j

    The second form is used: it never takes the logarithm of 0.

    Parameters
    ----------
    Z : array (n_samples, n_classes), floating
        Pre-activations.
    y : array (n_samples,), integers in 0 … n_classes − 1
        The class that it was.

    Returns
    -------
    array (n_samples,), ≥ 0, in nats

    References
    ----------
    I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning*, 2016, equation (6.30).

    Examples
    --------
    At chance among K classes it costs ln K.

    >>> import numpy as np
    >>> softmax_cross_entropy(np.zeros((1, 10)), np.asarray([3])).round(4), np.log(10).round(4)
    (array([2.3026]), np.float64(2.3026))
    """
    xp = namespace(Z, y)
    shifted = Z - xp.max(Z, axis=1, keepdims=True)
    return xp.log(xp.sum(xp.exp(shifted), axis=1)) - xp.sum(one_hot(y, Z.shape[1], like=Z) * shifted, axis=1)


def softmax_cross_entropy_gradient(Z: Array, y: Array) -> Array:
    r"""Predicted minus actual, once more.

    .. math:: \frac{\partial \ell}{\partial z_j} = a_j - [j = y]

    Parameters
    ----------
    Z : array (n_samples, n_classes), floating
        Pre-activations.
    y : array (n_samples,), integers in 0 … n_classes − 1
        The class that it was.

    Returns
    -------
    array of Z's shape
        Each row sums to 0.

    References
    ----------
    J. Bridle, *Training Stochastic Model Recognition Algorithms as Networks can Lead to Maximum Mutual Information
    Estimation of Parameters*, 1989.

    Examples
    --------
    >>> import numpy as np
    >>> softmax_cross_entropy_gradient(np.zeros((1, 4)), np.asarray([2]))
    array([[ 0.25,  0.25, -0.75,  0.25]])
    """
    return softmax(Z) - one_hot(y, Z.shape[1], like=Z)


def squared_error(A: Array, y: Array) -> Array:
    r"""The distance of prediction and truth, squared, for each sample: the mean over its K outputs, without ½.

    .. math:: \ell = \frac{1}{K} \sum_k (a_k - y_k)^2

    Parameters
    ----------
    A : array (n_samples, n_outputs), floating
        Activations.
    y : array (n_samples, n_outputs), floating
        What should have come out.

    Returns
    -------
    array (n_samples,), ≥ 0, in the target's unit squared

    References
    ----------
    C. Bishop, *Pattern Recognition and Machine Learning*, 2006, equation (5.11), there as a sum and with ½.

    Examples
    --------
    >>> import numpy as np
    >>> squared_error(np.asarray([[1.0, 5.0]]), np.asarray([[0.0, 2.0]]))
    array([5.])
    """
    return namespace(A, y).mean((A - y) ** 2, axis=1)


def squared_error_gradient(A: Array, y: Array) -> Array:
    r"""Twice the difference, divided among the K outputs.

    .. math:: \frac{\partial \ell}{\partial a_k} = \frac{2}{K} (a_k - y_k)

    Parameters
    ----------
    A : array (n_samples, n_outputs), floating
        Activations.
    y : array (n_samples, n_outputs), floating
        What should have come out.

    Returns
    -------
    array of A's shape

    Examples
    --------
    >>> import numpy as np
    >>> squared_error_gradient(np.asarray([[1.0, 5.0]]), np.asarray([[0.0, 2.0]]))
    array([[1., 3.]])
    """
    grad_A: Array = (A - y) * (2 / A.shape[1])
    return grad_A


@dataclass(frozen=True)
class Loss:
    """A loss and its gradient with respect to what it takes.

    Parameters
    ----------
    name : str
        "sigmoid_cross_entropy", "softmax_cross_entropy" or "mean_squared_error".
    takes : "pre-activation" or "activation"
        Whether it is computed from Z or from A of the last layer.
    per_sample : function
        (Z or A, y) → losses (n_samples,).
    gradient : function
        (Z or A, y) → ∂(a sample's loss)/∂(Z or A), not yet divided by the number of samples.
    """

    name: str
    takes: Literal["pre-activation", "activation"]
    per_sample: Callable[[Array, Array], Array]
    gradient: Callable[[Array, Array], Array]

    def taken(self, Z: Array, A: Array) -> Array:
        """Which of the last layer's two arrays it is computed from."""
        return Z if self.takes == "pre-activation" else A


LOSSES: Final[dict[str, Loss]] = {
    loss.name: loss
    for loss in (
        Loss("sigmoid_cross_entropy", "pre-activation", sigmoid_cross_entropy, sigmoid_cross_entropy_gradient),
        Loss("softmax_cross_entropy", "pre-activation", softmax_cross_entropy, softmax_cross_entropy_gradient),
        Loss("mean_squared_error", "activation", squared_error, squared_error_gradient),
    )
}


def choose_loss(name: str, output: str) -> Loss:
    """The loss that a name means for a network that ends in this activation.

    Parameters
    ----------
    name : "cross_entropy" or "mean_squared_error"
        The family of losses.
    output : str
        The activation of the last layer. Cross-entropy needs "sigmoid" or "softmax"; the squared error takes any.

    Returns
    -------
    Loss

    Raises
    ------
    InvalidArgument
        Where the name is unknown, or the output gives no probabilities for a cross-entropy.

    Examples
    --------
    >>> choose_loss("cross_entropy", output="softmax").name
    'softmax_cross_entropy'
    """
    if name == "mean_squared_error":
        return LOSSES["mean_squared_error"]
    if name != "cross_entropy":
        raise unknown_name("loss", name, ("cross_entropy", "mean_squared_error"))
    if output not in ("sigmoid", "softmax"):
        expected = f"'cross_entropy' needs probabilities, but the network's output is {output!r}"
        remedy = 'Give the network output="sigmoid" or "softmax", or take loss="mean_squared_error".'
        raise InvalidArgument("loss", expected, name, remedy)
    return LOSSES[f"{output}_cross_entropy"]
