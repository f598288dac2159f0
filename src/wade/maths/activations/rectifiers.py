r"""Rectifiers pass positive numbers through unchanged and suppress negative ones: wholly, in part, or down to a floor.

The derivative is 1 (SELU's 1.05) for every positive z, so that a gradient passes through many layers undiminished.
The members of the family differ below 0, and so in whether a neuron that is off still receives a gradient.

The derivative at the kink, z = 0, is a convention; each formula states it, and it is PyTorch's.

Every function takes Z, an array of pre-activations, floating, of any shape, and returns an array of its shape.
"""

from __future__ import annotations

from typing import Final

from wade.maths.activations.entry import Activation
from wade.maths.arrays import namespace
from wade.maths.initializers import he_normal, lecun_normal
from wade.types import Array

LEAK: Final = 0.01
SELU_SCALE: Final = 1.0507009873554804934193349852946
SELU_FLOOR: Final = 1.6732632423543772848170429916717


def relu(Z: Array) -> Array:
    r"""Negative numbers become 0; positive ones stay.

    .. math:: g(z) = \max(0, z)

    NaN stays NaN, so that a diverged run is noticed.

    Range: ≥ 0.

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
    r"""The derivative of ReLU: 1 where the neuron is on, 0 where it is off.

    .. math:: g'(z) = 1 \text{ where } z > 0, \text{ else } 0

    At the kink, z = 0, any number between 0 and 1 would do; here it is 0, as in PyTorch and Keras.

    Range: 0 or 1.

    Examples
    --------
    >>> import numpy as np
    >>> relu_derivative(np.asarray([-2.0, 0.0, 3.0]))
    array([0., 0., 1.])
    """
    return namespace(Z).astype(Z > 0, Z.dtype)


def leaky_relu(Z: Array) -> Array:
    r"""ReLU with a slope of 0.01 below 0, so that the gradient is never 0.

    .. math:: g(z) = z \text{ where } z > 0, \text{ else } 0.01 \, z

    References
    ----------
    A. Maas, A. Hannun, A. Ng, *Rectifier Nonlinearities Improve Neural Network Acoustic Models*, 2013, section 2.

    Examples
    --------
    >>> import numpy as np
    >>> leaky_relu(np.asarray([-2.0, 0.0, 3.0]))
    array([-0.02,  0.  ,  3.  ])
    """
    A: Array = namespace(Z).where(Z > 0, Z, LEAK * Z)
    return A


def leaky_relu_derivative(Z: Array) -> Array:
    r"""The derivative of the leaky ReLU: 1 where the neuron is on, 0.01 where it is off.

    .. math:: g'(z) = 1 \text{ where } z > 0, \text{ else } 0.01

    At the kink, z = 0, it is 0.01, as in PyTorch.

    Range: 0.01 or 1.

    Examples
    --------
    >>> import numpy as np
    >>> leaky_relu_derivative(np.asarray([-2.0, 0.0, 3.0]))
    array([0.01, 0.01, 1.  ])
    """
    xp = namespace(Z)
    slope: Array = xp.where(Z > 0, xp.ones_like(Z), xp.full_like(Z, LEAK))
    return slope


def elu(Z: Array) -> Array:
    r"""Negative numbers approach a floor at −1, so that the mean of the activations stays near 0.

    .. math:: g(z) = z \text{ where } z > 0, \text{ else } \alpha (e^{z} - 1), \qquad \alpha = 1

    Computed as max(z, 0) + expm1(min(z, 0)): small z keep their digits, and the exponential is of no positive number.

    Range: ≥ −1.

    References
    ----------
    D.-A. Clevert, T. Unterthiner, S. Hochreiter, *Fast and Accurate Deep Network Learning by Exponential Linear Units
    (ELUs)*, 2016, section 3.

    Examples
    --------
    >>> import numpy as np
    >>> elu(np.asarray([-1e4, -np.log(2), 0.0, 3.0]))
    array([-1. , -0.5,  0. ,  3. ])
    """
    xp = namespace(Z)
    A: Array = xp.maximum(Z, 0.0) + xp.expm1(xp.minimum(Z, 0.0))
    return A


def elu_derivative(Z: Array) -> Array:
    r"""The derivative of ELU: 1 where the neuron is on, approaching 0 below.

    .. math:: g'(z) = e^{\min(z, 0)}

    With α = 1 there is no kink: both sides meet at z = 0 with the slope 1.

    Range: in [0, 1].

    Examples
    --------
    >>> import numpy as np
    >>> elu_derivative(np.asarray([-1e4, -np.log(2), 0.0, 3.0]))
    array([0. , 0.5, 1. , 1. ])
    """
    xp = namespace(Z)
    return xp.exp(xp.minimum(Z, 0.0))


def selu(Z: Array) -> Array:
    r"""ELU, scaled so that layer after layer the activations settle at mean 0 and variance 1 by themselves.

    .. math:: g(z) = \lambda z \text{ where } z > 0, \text{ else } \lambda \alpha (e^{z} - 1),
              \qquad \lambda = 1.0507\ldots, \quad \alpha = 1.6732\ldots

    The two constants solve E(g(z)) = 0 and E(g(z)²) = 1 for normal z of mean 0 and variance 1: normalized goes in,
    normalized comes out. It needs the weights of `wade.maths.initializers.lecun_normal`.

    Range: ≥ −λα = −1.7581….

    References
    ----------
    G. Klambauer, T. Unterthiner, A. Mayr, S. Hochreiter, *Self-Normalizing Neural Networks*, 2017, equation (2).

    Examples
    --------
    >>> import numpy as np
    >>> selu(np.asarray([-1e4, 0.0, 1.0])).round(4)
    array([-1.7581,  0.    ,  1.0507])
    """
    xp = namespace(Z)
    A: Array = SELU_SCALE * xp.maximum(Z, 0.0) + SELU_SCALE * SELU_FLOOR * xp.expm1(xp.minimum(Z, 0.0))
    return A


def selu_derivative(Z: Array) -> Array:
    r"""The derivative of SELU: λ where the neuron is on, steeper just below 0, fading from there.

    .. math:: g'(z) = \lambda \text{ where } z > 0, \text{ else } \lambda \alpha e^{z}

    At the kink, z = 0, it is λα = 1.7581…, the slope from below, as in PyTorch.

    Range: in [0, λα].

    Examples
    --------
    >>> import numpy as np
    >>> selu_derivative(np.asarray([-1e4, 0.0, 3.0])).round(4)
    array([0.    , 1.7581, 1.0507])
    """
    xp = namespace(Z)
    off = SELU_SCALE * SELU_FLOOR * xp.exp(xp.minimum(Z, 0.0))
    slope: Array = xp.where(Z > 0, SELU_SCALE * xp.ones_like(Z), off)
    return slope


ENTRIES: Final = (
    Activation(
        "relu", relu, relu_derivative, he_normal, kinks=(0.0,), piecewise_linear=True,
        formula=("z where z > 0, else 0", "1 where z > 0, else 0"),
        exports={
            "pytorch": "torch.relu(Z)", "keras": "keras.ops.relu(Z)", "sklearn": "relu", "c": "z > 0 ? z : 0",
            "onnx": "Relu(Z)",
        },
    ),
    Activation(
        "leaky_relu", leaky_relu, leaky_relu_derivative, he_normal, kinks=(0.0,), piecewise_linear=True,
        formula=(f"z where z > 0, else {LEAK}·z", f"1 where z > 0, else {LEAK}"),
        exports={
            "pytorch": f"functional.leaky_relu(Z, {LEAK})",
            "keras": f"keras.ops.leaky_relu(Z, negative_slope={LEAK})", "c": f"z > 0 ? z : {LEAK} * z",
            "onnx": f"Max(Z, {LEAK} * Z)",
        },
    ),
    Activation(
        "elu", elu, elu_derivative, he_normal, breakpoints=(0.0,),
        formula=("z where z > 0, else exp(z) − 1", "1 where z > 0, else exp(z)"),
        exports={
            "pytorch": "functional.elu(Z)", "keras": "keras.ops.elu(Z)", "c": "z > 0 ? z : expm1(z)",
            "onnx": "Relu(Z) + (Exp(Min(Z, 0)) - 1)",
        },
    ),
    Activation(
        "selu", selu, selu_derivative, lecun_normal, kinks=(0.0,),
        formula=(
            f"{SELU_SCALE:.7f}·z where z > 0, else {SELU_SCALE * SELU_FLOOR:.7f}·(exp(z) − 1)",
            f"{SELU_SCALE:.7f} where z > 0, else {SELU_SCALE * SELU_FLOOR:.7f}·exp(z)",
        ),
        exports={
            "pytorch": "functional.selu(Z)", "keras": "keras.ops.selu(Z)",
            "c": f"{SELU_SCALE} * (z > 0 ? z : {SELU_FLOOR} * expm1(z))",
            "onnx": f"{SELU_SCALE} * (Relu(Z) + {SELU_FLOOR} * (Exp(Min(Z, 0)) - 1))",
        },
    ),
)  # fmt: skip
