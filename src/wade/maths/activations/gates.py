r"""Gated activations pass a share of z: g(z) = z · share(z), where the share rises smoothly from 0 to 1 as z grows.

ReLU is the gate that is either shut or open. These are smooth, so there is no kink at which to choose a derivative, and
a little of the negative passes. SiLU's share is the sigmoid, GELU's the standard normal distribution function, Mish's
the tanh of softplus. Softplus itself is no gate: it is the integral of the sigmoid, a smooth ReLU. As z falls all of
them approach 0, as z grows they approach z.

Every function takes Z, an array of pre-activations, floating, of any shape, and returns an array of its shape.
"""

from __future__ import annotations

from math import pi, sqrt
from typing import Final

from wade.maths.activations.entry import Activation
from wade.maths.activations.error_function import erfc
from wade.maths.activations.sigmoids import sigmoid, sigmoid_derivative
from wade.maths.arrays import namespace
from wade.maths.initializers import glorot_uniform, he_normal
from wade.types import Array


def softplus(Z: Array) -> Array:
    r"""Softplus: a smooth ReLU, always positive, and so an output for numbers that are never negative.

    .. math:: g(z) = \ln(1 + e^{z}) = \max(z, 0) + \ln(1 + e^{-|z|})

    The second form is used: its exponential cannot overflow. Above z = 20 PyTorch gives z itself, which differs by
    less than 2.1e-9; here the formula holds everywhere.

    Range: ≥ 0.

    References
    ----------
    C. Dugas, Y. Bengio, F. Bélisle, C. Nadeau, R. Garcia, *Incorporating Second-Order Functional Knowledge for Better
    Option Pricing*, 2001.

    Examples
    --------
    >>> import numpy as np
    >>> softplus(np.asarray([-1e4, 0.0, 3.0])).round(4)
    array([0.    , 0.6931, 3.0486])
    """
    xp = namespace(Z)
    A: Array = xp.maximum(Z, 0.0) + xp.log1p(xp.exp(-xp.abs(Z)))
    return A


def softplus_derivative(Z: Array) -> Array:
    r"""The derivative of softplus is the sigmoid.

    .. math:: g'(z) = \frac{e^{z}}{1 + e^{z}} = \sigma(z)

    Range: in [0, 1].

    Examples
    --------
    >>> import numpy as np
    >>> softplus_derivative(np.asarray([-1e4, 0.0, 1e4]))
    array([0. , 0.5, 1. ])
    """
    return sigmoid(Z)


def silu(Z: Array) -> Array:
    r"""SiLU, also called Swish: the gate opens by the sigmoid.

    .. math:: g(z) = z \, \sigma(z)

    Range: ≥ −0.2785.

    References
    ----------
    S. Elfwing, E. Uchibe, K. Doya, *Sigmoid-Weighted Linear Units for Neural Network Function Approximation in
    Reinforcement Learning*, 2018.

    Examples
    --------
    >>> import numpy as np
    >>> silu(np.asarray([-1.0, 0.0, 1.0])).round(4)
    array([-0.2689,  0.    ,  0.7311])
    """
    return Z * sigmoid(Z)


def silu_derivative(Z: Array) -> Array:
    r"""The derivative of SiLU, by the product rule: the share itself, and how fast the gate opens, times z.

    .. math:: g'(z) = \sigma(z) + z \, \sigma'(z)

    Range: in [−0.1, 1.1].

    Examples
    --------
    >>> import numpy as np
    >>> silu_derivative(np.asarray([-1.0, 0.0, 1.0])).round(4)
    array([0.0723, 0.5   , 0.9277])
    """
    slope: Array = sigmoid(Z) + Z * sigmoid_derivative(Z)
    return slope


def gelu(Z: Array) -> Array:
    r"""GELU: the gate opens by Φ, the standard normal distribution function, in the exact form.

    .. math:: g(z) = z \, \Phi(z), \qquad \Phi(z) = \tfrac{1}{2} \big( 1 + \mathrm{erf}(z / \sqrt{2}) \big)
              = \tfrac{1}{2} \, \mathrm{erfc}(-z / \sqrt{2})

    The last form is used: left of 0, the sum of 1 and erf would lose its digits.

    Range: ≥ −0.17.

    References
    ----------
    D. Hendrycks, K. Gimpel, *Gaussian Error Linear Units (GELUs)*, 2016, section 2.

    Examples
    --------
    >>> import numpy as np
    >>> gelu(np.asarray([-1.0, 0.0, 1.0])).round(4)
    array([-0.1587,  0.    ,  0.8413])
    """
    return Z * _normal_share(Z)


def gelu_derivative(Z: Array) -> Array:
    r"""The derivative of GELU, by the product rule: the share, and the bell curve's height, times z.

    .. math:: g'(z) = \Phi(z) + z \, \varphi(z), \qquad \varphi(z) = \frac{1}{\sqrt{2 \pi}} e^{-z^2 / 2}

    Range: in [−0.13, 1.13].

    Examples
    --------
    >>> import numpy as np
    >>> gelu_derivative(np.asarray([-1.0, 0.0, 1.0])).round(4)
    array([-0.0833,  0.5   ,  1.0833])
    """
    height = namespace(Z).exp(-(Z**2) / 2) / sqrt(2 * pi)
    return _normal_share(Z) + Z * height


def _normal_share(Z: Array) -> Array:
    """Φ(z)."""
    return 0.5 * erfc(-Z / sqrt(2))


def mish(Z: Array) -> Array:
    r"""Mish: the gate opens by the tanh of softplus.

    .. math:: g(z) = z \tanh \ln(1 + e^{z}) = z \, \frac{n}{n + 2}, \qquad n = e^{z} (e^{z} + 2)

    because tanh ln u = (u² − 1)/(u² + 1), with u = 1 + e^z. For z ≥ 0 the fraction is shortened by e^{2z}, so that no
    exponential can overflow.

    Range: ≥ −0.3089.

    References
    ----------
    D. Misra, *Mish: A Self Regularized Non-Monotonic Activation Function*, 2020.

    Examples
    --------
    >>> import numpy as np
    >>> mish(np.asarray([-1.0, 0.0, 1.0])).round(4)
    array([-0.3034,  0.    ,  0.8651])
    """
    above, below = _mish_fraction(Z)
    return Z * (above / below)


def mish_derivative(Z: Array) -> Array:
    r"""The derivative of Mish, by the product rule.

    .. math:: g'(z) = \frac{n}{n + 2} + z \, \frac{4 e^{z} (1 + e^{z})}{(n + 2)^2}, \qquad n = e^{z} (e^{z} + 2)

    because dn/dz = 2e^z (1 + e^z), and n/(n + 2) has the slope 2/(n + 2)² in n. For z ≥ 0 both fractions are shortened,
    by e^{2z} and by e^{4z}.

    Range: in [−0.12, 1.09].

    Examples
    --------
    >>> import numpy as np
    >>> mish_derivative(np.asarray([-1.0, 0.0, 1.0])).round(4)
    array([0.0592, 0.6   , 1.049 ])
    """
    xp = namespace(Z)
    above, below = _mish_fraction(Z)
    e = xp.exp(-xp.abs(Z))
    opening = 4 * xp.where(Z >= 0, e**2, e) * (1 + e) / below**2
    slope: Array = above / below + Z * opening
    return slope


def _mish_fraction(Z: Array) -> tuple[Array, Array]:
    """The fraction's n and n + 2, both divided by e^{2z} where z ≥ 0."""
    xp = namespace(Z)
    e = xp.exp(-xp.abs(Z))
    above = xp.where(Z >= 0, 1 + 2 * e, e * (e + 2))
    return above, above + 2 * xp.where(Z >= 0, e**2, 1.0)


ENTRIES: Final = (
    Activation(
        "gelu", gelu, gelu_derivative, he_normal,
        formula=("z·(1 + erf(z/√2))/2", "(1 + erf(z/√2))/2 + z·exp(−z²/2)/√(2·π)"),
        exports={
            # Runtimes of ONNX have the error function in float32 only.
            "pytorch": "functional.gelu(Z)", "keras": "keras.ops.gelu(Z, approximate=False)",
            "c": "z * erfc(-z / sqrt(2.0)) / 2", "onnx": f"0.5 * Z * (double(Erf(float(Z * {1 / sqrt(2)}))) + 1)",
        },
    ),
    Activation(
        "silu", silu, silu_derivative, he_normal, aliases=("swish",),
        formula=("z/(1 + exp(−z))", "(1 + exp(−z)·(1 + z))/(1 + exp(−z))²"),
        exports={
            "pytorch": "functional.silu(Z)", "keras": "keras.ops.silu(Z)",
            "c": "z >= 0 ? z / (1 + exp(-z)) : z * exp(z) / (exp(z) + 1)", "onnx": "Z * Sigmoid(Z)",
        },
    ),
    Activation(
        "mish", mish, mish_derivative, he_normal,
        formula=(
            "z·tanh(ln(1 + exp(z)))",
            "tanh(ln(1 + exp(z))) + z·(1 − tanh(ln(1 + exp(z)))²)/(1 + exp(−z))",
        ),
        exports={
            "pytorch": "functional.mish(Z)", "keras": "Z * keras.ops.tanh(keras.ops.softplus(Z))",
            "c": "z * tanh(fmax(z, 0) + log1p(exp(-fabs(z))))", "onnx": "Z * Tanh(Relu(Z) + Log(Exp(-Abs(Z)) + 1))",
        },
    ),
    Activation(
        "softplus", softplus, softplus_derivative, glorot_uniform,
        formula=("ln(1 + exp(z))", "1/(1 + exp(−z))"),
        exports={
            "pytorch": "functional.softplus(Z)", "keras": "keras.ops.softplus(Z)",
            "c": "fmax(z, 0) + log1p(exp(-fabs(z)))", "onnx": "Relu(Z) + Log(Exp(-Abs(Z)) + 1)",
        },
    ),
)  # fmt: skip
