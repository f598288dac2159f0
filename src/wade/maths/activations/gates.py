r"""A gate lets a share of z through: g(z) = z · share(z), the share going smoothly from 0 to 1 as z grows.

ReLU is the gate that is either shut or open. Round its corner off and there is no kink to choose a slope for, a little
of the negative passes, and small networks often learn more. SiLU opens by the sigmoid, GELU by the bell curve's
share, Mish by the tanh of softplus. Softplus itself is no gate: it is the integral of the sigmoid, a ReLU with its
corner rounded off. Far to the left all of them are near 0, far to the right near z.
"""

from __future__ import annotations

from math import pi, sqrt

from wade.maths.activations.error_function import erfc
from wade.maths.activations.sigmoids import sigmoid, sigmoid_derivative
from wade.maths.arrays import namespace
from wade.types import Array


def softplus(Z: Array) -> Array:
    r"""ReLU with its corner rounded off; always positive, and so an output for what is never negative.

    .. math:: g(z) = \ln(1 + e^{z}) = \max(z, 0) + \ln(1 + e^{-|z|})

    The second form is used: its exponential cannot overflow. Above z = 20 PyTorch says z itself, which differs by
    less than 2.1e-9; here the formula holds everywhere.

    Parameters
    ----------
    Z : array, floating
        Pre-activations.

    Returns
    -------
    array of Z's shape, ≥ 0

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
    r"""The slope of softplus is the sigmoid.

    .. math:: g'(z) = \frac{e^{z}}{1 + e^{z}} = \sigma(z)

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
    >>> softplus_derivative(np.asarray([-1e4, 0.0, 1e4]))
    array([0. , 0.5, 1. ])
    """
    return sigmoid(Z)


def silu(Z: Array) -> Array:
    r"""The gate opens by the sigmoid; SiLU is also called Swish.

    .. math:: g(z) = z \, \sigma(z)

    Parameters
    ----------
    Z : array, floating
        Pre-activations.

    Returns
    -------
    array of Z's shape, ≥ −0.2785

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
    r"""The slope of SiLU, by the product rule: the share itself, and how fast the gate opens, times z.

    .. math:: g'(z) = \sigma(z) + z \, \sigma'(z)

    Parameters
    ----------
    Z : array, floating
        Pre-activations.

    Returns
    -------
    array of Z's shape, in [−0.1, 1.1]

    Examples
    --------
    >>> import numpy as np
    >>> silu_derivative(np.asarray([-1.0, 0.0, 1.0])).round(4)
    array([0.0723, 0.5   , 0.9277])
    """
    slope: Array = sigmoid(Z) + Z * sigmoid_derivative(Z)
    return slope


def gelu(Z: Array) -> Array:
    r"""The gate opens by Φ, the share of a bell curve that lies below z: the exact form, no approximation by tanh.

    .. math:: g(z) = z \, \Phi(z), \qquad \Phi(z) = \tfrac{1}{2} \big( 1 + \mathrm{erf}(z / \sqrt{2}) \big)
              = \tfrac{1}{2} \, \mathrm{erfc}(-z / \sqrt{2})

    The last form is used: left of 0, the sum of 1 and erf would lose its digits.

    Parameters
    ----------
    Z : array, floating
        Pre-activations.

    Returns
    -------
    array of Z's shape, ≥ −0.17

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
    r"""The slope of GELU, by the product rule: the share, and the bell curve's height, times z.

    .. math:: g'(z) = \Phi(z) + z \, \varphi(z), \qquad \varphi(z) = \frac{1}{\sqrt{2 \pi}} e^{-z^2 / 2}

    Parameters
    ----------
    Z : array, floating
        Pre-activations.

    Returns
    -------
    array of Z's shape, in [−0.13, 1.13]

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
    r"""The gate opens by the tanh of softplus.

    .. math:: g(z) = z \tanh \ln(1 + e^{z}) = z \, \frac{n}{n + 2}, \qquad n = e^{z} (e^{z} + 2)

    because tanh ln u = (u² − 1)/(u² + 1), with u = 1 + e^z. For z ≥ 0 the fraction is shortened by e^{2z}, so that no
    exponential can overflow.

    Parameters
    ----------
    Z : array, floating
        Pre-activations.

    Returns
    -------
    array of Z's shape, ≥ −0.3089

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
    r"""The slope of Mish, by the product rule.

    .. math:: g'(z) = \frac{n}{n + 2} + z \, \frac{4 e^{z} (1 + e^{z})}{(n + 2)^2}, \qquad n = e^{z} (e^{z} + 2)

    because dn/dz = 2e^z (1 + e^z), and n/(n + 2) has the slope 2/(n + 2)² in n. For z ≥ 0 both fractions are shortened,
    by e^{2z} and by e^{4z}.

    Parameters
    ----------
    Z : array, floating
        Pre-activations.

    Returns
    -------
    array of Z's shape, in [−0.12, 1.09]

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
