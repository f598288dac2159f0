r"""An activation g bends what a neuron has summed: A = g(Z). Without it, layers would add nothing.

Two layers without a bend are X·W₁·W₂ = X·(W₁·W₂): one layer again, and a straight line can separate only what a
straight line separates. There are three families, each with a page of its own: `sigmoids` are flat at both ends,
`rectifiers` at one, `gates` are rectifiers without a corner. Each activation stands there with its derivative g′,
written in terms of Z. Going forward a layer computes A = g(Z); going backward it is handed ∂J/∂A and passes on, by the
chain rule, ∂J/∂Z = ∂J/∂A ⊙ g′(Z). Softmax is the exception: each of its outputs depends on the whole row.

All of them hold for |Z| up to 10⁴ and beyond: no exponential is ever taken of a positive number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from wade.maths.activations.gates import (
    gelu,
    gelu_derivative,
    mish,
    mish_derivative,
    silu,
    silu_derivative,
    softplus,
    softplus_derivative,
)
from wade.maths.activations.rectifiers import (
    elu,
    elu_derivative,
    leaky_relu,
    leaky_relu_derivative,
    relu,
    relu_derivative,
    selu,
    selu_derivative,
)
from wade.maths.activations.sigmoids import sigmoid, sigmoid_derivative, tanh, tanh_derivative
from wade.maths.activations.softmax import softmax, softmax_backward
from wade.maths.arrays import namespace
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


def elementwise_backward(derivative: Callable[[Array], Array], Z: Array, grad_A: Array) -> Array:
    r"""The chain rule through an activation that treats each number by itself.

    .. math:: \frac{\partial J}{\partial Z} = \frac{\partial J}{\partial A} \odot g'(Z)

    Parameters
    ----------
    derivative : function
        g′, a derivative from one of the three families.
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


def _elementwise(name: str, forward: Callable[[Array], Array], derivative: Callable[[Array], Array]) -> Activation:
    return Activation(name, forward, partial(elementwise_backward, derivative))


ACTIVATIONS: Final[dict[str, Activation]] = {
    activation.name: activation
    for activation in (
        _elementwise("identity", identity, identity_derivative),
        _elementwise("sigmoid", sigmoid, sigmoid_derivative),
        _elementwise("tanh", tanh, tanh_derivative),
        _elementwise("relu", relu, relu_derivative),
        _elementwise("leaky_relu", leaky_relu, leaky_relu_derivative),
        _elementwise("elu", elu, elu_derivative),
        _elementwise("selu", selu, selu_derivative),
        _elementwise("gelu", gelu, gelu_derivative),
        _elementwise("silu", silu, silu_derivative),
        _elementwise("mish", mish, mish_derivative),
        _elementwise("softplus", softplus, softplus_derivative),
        Activation("softmax", softmax, softmax_backward),
    )
}
