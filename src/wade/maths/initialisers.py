r"""Learning has to start somewhere: at weights that are random, so that neurons differ, and of the right size.

Each neuron sums n_in products. Where weights and inputs are independent and the weights have mean 0, the variance of
the sum is n_in · Var(w) · mean(x²). If n_in · Var(w) is too large, the signal grows from layer to layer until it
overflows; if it is too small, the signal dies, and the gradient with it. An initialiser picks Var(w) so that the
variance stays the same through the layers. Biases start at 0 and are nobody's random choice.

`key` is the pair (seed, stream) of `wade.maths.random`. `n_in` is how many numbers a neuron sums; for a table of rows,
of which each sample adds one, `rows` may differ from it.
"""

from __future__ import annotations

from math import sqrt

from wade.maths.random import normal, uniform
from wade.types import Floats


def glorot_uniform(key: tuple[int, int], n_in: int, n_out: int, rows: int | None = None) -> Floats:
    r"""Weights that keep the variance, both of the signal going forward and of the gradient going back.

    .. math:: w \sim U(-r, r), \quad r = \sqrt{\frac{6}{n_{in} + n_{out}}}, \qquad
              \mathrm{Var}(w) = \frac{r^2}{3} = \frac{2}{n_{in} + n_{out}}

    Forward a neuron sums n_in numbers and asks for Var(w) = 1/n_in. Backward an input gathers n_out gradients and asks
    for 1/n_out. Both cannot be had, so the mean of n_in and n_out stands in for either. The argument takes g′ ≈ 1, as
    tanh has it near 0; it is the choice for tanh, sigmoid, identity and softmax.

    Parameters
    ----------
    key : (seed, stream)
        What the draw is a function of.
    n_in, n_out : int
        How many numbers a neuron sums, and how many neurons there are.
    rows : int or None
        How many rows to draw; None means `n_in`.

    Returns
    -------
    array (rows, n_out), float64

    References
    ----------
    X. Glorot, Y. Bengio, *Understanding the Difficulty of Training Deep Feedforward Neural Networks*, 2010,
    equations (12) and (16).

    Examples
    --------
    >>> W = glorot_uniform((0, 1), n_in=200, n_out=100)
    >>> W.shape, bool(abs(W.var() * 300 / 2 - 1) < 0.02), bool(abs(W).max() <= (6 / 300) ** 0.5)
    ((200, 100), True, True)
    """
    limit = sqrt(6 / (n_in + n_out))
    return limit * (2 * uniform(*key, (n_in if rows is None else rows, n_out)) - 1)


def he_normal(key: tuple[int, int], n_in: int, n_out: int, rows: int | None = None) -> Floats:
    r"""Weights that keep the variance of the signal through ReLU.

    .. math:: w \sim N\!\left(0, \frac{2}{n_{in}}\right), \qquad
              \mathrm{Var}(z) = n_{in} \, \mathrm{Var}(w) \, E(a^2) = n_{in} \cdot \frac{2}{n_{in}} \cdot
              \frac{\mathrm{Var}(z')}{2} = \mathrm{Var}(z')

    z′ is the pre-activation of the layer before and a = max(0, z′). ReLU lets through one half of a symmetric signal,
    so E(a²) = Var(z′)/2, and the 2 makes up for it.

    Parameters
    ----------
    key : (seed, stream)
        What the draw is a function of.
    n_in, n_out : int
        How many numbers a neuron sums, and how many neurons there are.
    rows : int or None
        How many rows to draw; None means `n_in`.

    Returns
    -------
    array (rows, n_out), float64

    References
    ----------
    K. He, X. Zhang, S. Ren, J. Sun, *Delving Deep into Rectifiers*, 2015, equation (10).

    Examples
    --------
    >>> W = he_normal((0, 1), n_in=200, n_out=100)
    >>> W.shape, bool(abs(W.var() * 200 / 2 - 1) < 0.02)
    ((200, 100), True)
    """
    return sqrt(2 / n_in) * normal(*key, (n_in if rows is None else rows, n_out))
