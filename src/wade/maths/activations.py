r"""An activation g bends what a neuron has summed: A = g(Z). Without it, layers would add nothing.

Two layers without a bend are X·W₁·W₂ = X·(W₁·W₂): one layer again, and a straight line can separate only what a
straight line separates. Each activation stands here with its derivative g′, written in terms of Z. Going forward a
layer computes A = g(Z); going backward it is handed ∂J/∂A and passes on, by the chain rule, ∂J/∂Z = ∂J/∂A ⊙ g′(Z).
Softmax is the exception: each of its outputs depends on the whole row, so it has a page of its own.

All of them are exact for |Z| up to 10⁴ and beyond: no exponential is ever taken of a positive number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from wade.maths.arrays import namespace
from wade.maths.softmax import softmax, softmax_backward
from wade.types import Array


def identity(Z: Array) -> Array:
    r"""Nothing is bent: what a layer that predicts any number ends in.

    .. math:: g(z) = z

    Parameters
    ----------
    Z : array, floating
        Pre-activations.

    Returns
    -------
    array of Z's shape

    Examples
    --------
    >>> import numpy as np
    >>> identity(np.asarray([-2.0, 3.0]))
    array([-2.,  3.])
    """
    return Z


def identity_derivative(Z: Array) -> Array:
    r"""The slope of the identity.

    .. math:: g'(z) = 1

    Parameters
    ----------
    Z : array, floating
        Pre-activations.

    Returns
    -------
    array of Z's shape

    Examples
    --------
    >>> import numpy as np
    >>> identity_derivative(np.asarray([-2.0, 3.0]))
    array([1., 1.])
    """
    return namespace(Z).ones_like(Z)


def sigmoid(Z: Array) -> Array:
    r"""Any number becomes a probability.

    .. math:: \sigma(z) = \frac{1}{1 + e^{-z}} = \frac{e^{z}}{e^{z} + 1}

    The first form is used for z ≥ 0 and the second for z < 0, so that neither exponential can overflow.

    Parameters
    ----------
    Z : array, floating
        Pre-activations.

    Returns
    -------
    array of Z's shape, in [0, 1]

    References
    ----------
    M. Nielsen, *Neural Networks and Deep Learning*, 2015, equation (3).

    Examples
    --------
    >>> import numpy as np
    >>> sigmoid(np.asarray([-1e4, 0.0, 3.2])).round(4)
    array([0.    , 0.5   , 0.9608])
    """
    xp = namespace(Z)
    e = xp.exp(-xp.abs(Z))
    A: Array = xp.where(Z >= 0, 1.0, e) / (1 + e)
    return A


def sigmoid_derivative(Z: Array) -> Array:
    r"""The slope of the sigmoid: ¼ in the middle, vanishing on both sides.

    .. math:: \sigma'(z) = \sigma(z) (1 - \sigma(z)) = \frac{e^{-|z|}}{(1 + e^{-|z|})^2}

    The second form is used: in the first, 1 − σ(z) rounds to 0 from z = 37 on.

    Parameters
    ----------
    Z : array, floating
        Pre-activations.

    Returns
    -------
    array of Z's shape, in [0, ¼]

    References
    ----------
    M. Nielsen, *Neural Networks and Deep Learning*, 2015, chapter 3, below equation (60).

    Examples
    --------
    >>> import numpy as np
    >>> sigmoid_derivative(np.asarray([-3.2, 0.0, 3.2])).round(4)
    array([0.0376, 0.25  , 0.0376])
    """
    xp = namespace(Z)
    e = xp.exp(-xp.abs(Z))
    slope: Array = e / (1 + e) ** 2
    return slope


def tanh(Z: Array) -> Array:
    r"""The sigmoid, stretched so that it runs from −1 to 1 through 0.

    .. math:: \tanh z = \frac{e^{z} - e^{-z}}{e^{z} + e^{-z}} = 2 \sigma(2 z) - 1

    Parameters
    ----------
    Z : array, floating
        Pre-activations.

    Returns
    -------
    array of Z's shape, in [−1, 1]

    References
    ----------
    Y. LeCun, L. Bottou, G. Orr, K.-R. Müller, *Efficient BackProp*, 1998, section 4.4.

    Examples
    --------
    >>> import numpy as np
    >>> tanh(np.asarray([-1e4, 0.0, 1.0])).round(4)
    array([-1.    ,  0.    ,  0.7616])
    """
    return namespace(Z).tanh(Z)


def tanh_derivative(Z: Array) -> Array:
    r"""The slope of tanh: 1 in the middle, vanishing on both sides.

    .. math:: \tanh' z = 1 - \tanh^2 z = 4 \sigma'(2 z)

    The second form is used: in the first, the difference rounds to 0 from z = 19 on.

    Parameters
    ----------
    Z : array, floating
        Pre-activations.

    Returns
    -------
    array of Z's shape, in [0, 1]

    Examples
    --------
    >>> import numpy as np
    >>> tanh_derivative(np.asarray([0.0, 1.0])).round(4)
    array([1.  , 0.42])
    """
    return 4 * sigmoid_derivative(2 * Z)


def relu(Z: Array) -> Array:
    r"""What is negative becomes 0; what is positive stays.

    .. math:: g(z) = \max(0, z)

    Not-a-number stays not-a-number, so that a run that goes wrong is seen to.

    Parameters
    ----------
    Z : array, floating
        Pre-activations.

    Returns
    -------
    array of Z's shape, ≥ 0

    References
    ----------
    X. Glorot, A. Bordes, Y. Bengio, *Deep Sparse Rectifier Neural Networks*, 2011, section 3.1.

    Examples
    --------
    >>> import numpy as np
    >>> relu(np.asarray([-2.0, 0.0, 3.0]))
    array([0., 0., 3.])
    """
    return namespace(Z).maximum(Z, 0.0)


def relu_derivative(Z: Array) -> Array:
    r"""The slope of ReLU: 1 where the neuron is on, 0 where it is off.

    .. math:: g'(z) = 1 \text{ where } z > 0, \text{ else } 0

    At the kink, z = 0, any number between 0 and 1 would do; here it is 0, as in PyTorch and Keras.

    Parameters
    ----------
    Z : array, floating
        Pre-activations.

    Returns
    -------
    array of Z's shape, 0 or 1

    Examples
    --------
    >>> import numpy as np
    >>> relu_derivative(np.asarray([-2.0, 0.0, 3.0]))
    array([0., 0., 1.])
    """
    return namespace(Z).astype(Z > 0, Z.dtype)


def elementwise_backward(derivative: Callable[[Array], Array], Z: Array, grad_A: Array) -> Array:
    r"""The chain rule through an activation that treats each number by itself.

    .. math:: \frac{\partial J}{\partial Z} = \frac{\partial J}{\partial A} \odot g'(Z)

    Parameters
    ----------
    derivative : function
        g′, one of the derivatives above.
    Z : array (n_samples, n_out), floating
        Pre-activations.
    grad_A : array of Z's shape
        ∂J/∂A.

    Returns
    -------
    array of Z's shape
        ∂J/∂Z.

    References
    ----------
    M. Nielsen, *Neural Networks and Deep Learning*, 2015, equation (BP1).

    Examples
    --------
    >>> import numpy as np
    >>> elementwise_backward(relu_derivative, np.asarray([[-1.0, 2.0]]), np.asarray([[5.0, 5.0]]))
    array([[0., 5.]])
    """
    return grad_A * derivative(Z)


@dataclass(frozen=True)
class Activation:
    """An activation and the way back through it.

    Parameters
    ----------
    name : str
    forward : function
        Z → A.
    backward : function
        (Z, ∂J/∂A) → ∂J/∂Z.
    """

    name: str
    forward: Callable[[Array], Array]
    backward: Callable[[Array, Array], Array]


ACTIVATIONS: Final[dict[str, Activation]] = {
    activation.name: activation
    for activation in (
        Activation("identity", identity, partial(elementwise_backward, identity_derivative)),
        Activation("sigmoid", sigmoid, partial(elementwise_backward, sigmoid_derivative)),
        Activation("tanh", tanh, partial(elementwise_backward, tanh_derivative)),
        Activation("relu", relu, partial(elementwise_backward, relu_derivative)),
        Activation("softmax", softmax, softmax_backward),
    )
}
