r"""Bounded, S-shaped activations: the sigmoid runs from 0 to 1, tanh from −1 to 1.

The sigmoid's values can be read as probabilities; tanh is centered at 0. Far from 0 both are flat: their derivatives
vanish, and with them the gradients of the layers below, which is why deep networks use rectifiers instead.

Every function takes Z, an array of pre-activations, floating, of any shape, and returns an array of its shape.
"""

from __future__ import annotations

from typing import Final

from wade.maths.activations.entry import Activation
from wade.maths.arrays import namespace
from wade.maths.initializers import glorot_uniform
from wade.types import Array


def sigmoid(Z: Array) -> Array:
    r"""The sigmoid: any number becomes a probability.

    .. math:: \sigma(z) = \frac{1}{1 + e^{-z}} = \frac{e^{z}}{e^{z} + 1}

    The first form is used for z ≥ 0 and the second for z < 0, so that neither exponential can overflow.

    Range: in [0, 1].

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
    r"""The derivative of the sigmoid: ¼ in the middle, vanishing on both sides.

    .. math:: \sigma'(z) = \sigma(z) (1 - \sigma(z)) = \frac{e^{-|z|}}{(1 + e^{-|z|})^2}

    The second form is used: in the first, 1 − σ(z) rounds to 0 from z = 37 on.

    Range: in [0, ¼].

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
    r"""The hyperbolic tangent: a sigmoid from −1 to 1, through 0.

    .. math:: \tanh z = \frac{e^{z} - e^{-z}}{e^{z} + e^{-z}} = 2 \sigma(2 z) - 1

    Range: in [−1, 1].

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
    r"""The derivative of tanh: 1 in the middle, vanishing on both sides.

    .. math:: \tanh' z = 1 - \tanh^2 z = 4 \sigma'(2 z)

    The second form is used: in the first, the difference rounds to 0 from z = 20 on.

    Range: in [0, 1].

    Examples
    --------
    >>> import numpy as np
    >>> tanh_derivative(np.asarray([0.0, 1.0])).round(4)
    array([1.  , 0.42])
    """
    return 4 * sigmoid_derivative(2 * Z)


ENTRIES: Final = (
    Activation(
        "sigmoid", sigmoid, sigmoid_derivative, glorot_uniform, symbol=("σ", r"\sigma"),
        formula=("1/(1 + exp(−z))", "σ(z)·(1 − σ(z))"),
        exports={
            "pytorch": "torch.sigmoid(Z)", "keras": "keras.ops.sigmoid(Z)", "sklearn": "logistic",
            "c": "z >= 0 ? 1 / (1 + exp(-z)) : exp(z) / (exp(z) + 1)", "onnx": "Sigmoid(Z)",
        },
    ),
    Activation(
        "tanh", tanh, tanh_derivative, glorot_uniform, symbol=("tanh", r"\tanh"),
        formula=("(exp(z) − exp(−z))/(exp(z) + exp(−z))", "1 − tanh(z)²"),
        exports={
            "pytorch": "torch.tanh(Z)", "keras": "keras.ops.tanh(Z)", "sklearn": "tanh", "c": "tanh(z)",
            "onnx": "Tanh(Z)",
        },
    ),
)  # fmt: skip
