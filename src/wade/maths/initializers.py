"""Initializers: random starting weights, different for every neuron, and of a variance that suits the layer.

Each neuron sums n_in products. Where weights and inputs are independent and the weights have mean 0, the variance of
the sum is n_in · Var(w) · E(x²). If n_in · Var(w) is too large, the signal grows from layer to layer until it
overflows; if it is too small, signal and gradient vanish. An initializer chooses Var(w) so that the variance stays the
same through the layers. Biases start at 0. An activation's entry names the initializer that suits it.

All take the same arguments: `key`, the pair (seed, stream) of `wade.maths.random`; `n_in`, how many numbers a neuron
sums; `n_out`, how many neurons there are; and `rows`, how many rows to draw, n_in where it is None (for a table of
rows, of which each sample adds one, it differs). All return an array (rows, n_out), float64.
"""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import TypeAlias

import numpy as np

from wade.maths.random import normal, uniform
from wade.types import Floats

Initializer: TypeAlias = Callable[[tuple[int, int], int, int, int | None], Floats]


def glorot_uniform(key: tuple[int, int], n_in: int, n_out: int, rows: int | None = None) -> Floats:
    r"""Glorot: weights that keep the variance of the signal forward and of the gradient backward.

    .. math:: w \sim U(-r, r), \quad r = \sqrt{\frac{6}{n_{in} + n_{out}}}, \qquad
              \mathrm{Var}(w) = \frac{r^2}{3} = \frac{2}{n_{in} + n_{out}}

    Forward a neuron sums n_in numbers and needs Var(w) = 1/n_in. Backward an input gathers n_out gradients and needs
    1/n_out. Both cannot be had, so the mean of n_in and n_out stands in for either. The argument takes g′ ≈ 1, as
    tanh has it near 0; it is the choice for tanh, sigmoid, softplus, identity and softmax.

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
    r"""He: weights that keep the variance of the signal through ReLU.

    .. math:: w \sim N\!\left(0, \frac{2}{n_{in}}\right), \qquad
              \mathrm{Var}(z) = n_{in} \, \mathrm{Var}(w) \, E(a^2) = n_{in} \cdot \frac{2}{n_{in}} \cdot
              \frac{\mathrm{Var}(z')}{2} = \mathrm{Var}(z')

    z′ is the pre-activation of the layer before and a = max(0, z′). ReLU lets through one half of a symmetric signal,
    so E(a²) = Var(z′)/2, and the 2 makes up for it. The relatives of ReLU start the same way. For the leaky one the
    argument is right within 0.01 %; for the others it is near: with normal z′ of variance 1, 2·E(a²) is 1.29 for ELU,
    0.85 for GELU, 0.71 for SiLU and 0.90 for Mish.

    References
    ----------
    K. He, X. Zhang, S. Ren, J. Sun, *Delving Deep into Rectifiers: Surpassing Human-Level Performance on ImageNet
    Classification*, 2015, equation (10).

    Examples
    --------
    >>> W = he_normal((0, 1), n_in=200, n_out=100)
    >>> W.shape, bool(abs(W.var() * 200 / 2 - 1) < 0.02)
    ((200, 100), True)
    """
    return sqrt(2 / n_in) * normal(*key, (n_in if rows is None else rows, n_out))


def lecun_normal(key: tuple[int, int], n_in: int, n_out: int, rows: int | None = None) -> Floats:
    r"""LeCun: weights that keep the variance of the signal where the activation keeps it too.

    .. math:: w \sim N\!\left(0, \frac{1}{n_{in}}\right), \qquad
              \mathrm{Var}(z) = n_{in} \, \mathrm{Var}(w) \, E(a^2) = E(a^2)

    SELU's constants make E(a²) = 1 out of Var(z′) = 1, so nothing is left to make up for; it is the choice for SELU.
    Any other variance would be drawn back to 1 by SELU, but only after some layers.

    References
    ----------
    Y. LeCun, L. Bottou, G. Orr, K.-R. Müller, *Efficient BackProp*, 1998, equation (16); G. Klambauer, T. Unterthiner,
    A. Mayr, S. Hochreiter, *Self-Normalizing Neural Networks*, 2017, "Initialization".

    Examples
    --------
    >>> W = lecun_normal((0, 1), n_in=200, n_out=100)
    >>> W.shape, bool(abs(W.var() * 200 - 1) < 0.02)
    ((200, 100), True)
    """
    return normal(*key, (n_in if rows is None else rows, n_out)) / sqrt(n_in)


def orthogonal(key: tuple[int, int], n_in: int, n_out: int, rows: int | None = None) -> Floats:
    r"""Orthogonal weights: they rotate and reflect the signal, so that every length stays the same.

    .. math:: W^\top W = I \text{ where rows} \ge n_{out}, \text{ else } W W^\top = I, \qquad
              \mathrm{Var}(w) = \frac{1}{\max(\mathrm{rows}, n_{out})}

    Where n_in ≥ n_out, each neuron's weights have the length 1, so Var(z) = Σ w² · E(a²) = E(a²), as with
    `lecun_normal`; but a product of independent random matrices lengthens some directions more and more and flattens
    others, and a product of square orthogonal ones never does. Where n_in > n_out, what no neuron looks at is lost.
    Where n_in < n_out the length stays, spread over more numbers, and Var(z) is E(a²) · n_in/n_out.

    W is the Q of a QR decomposition of normal numbers. Q is unique once R's diagonal is positive, so Q's columns take
    the signs of that diagonal; then every orthogonal matrix is as likely as any other. Only `rows` and n_out enter. The
    decomposition is LAPACK's, so the last bits may differ from machine to machine; the other initializers' do not.

    References
    ----------
    A. Saxe, J. McClelland, S. Ganguli, *Exact Solutions to the Nonlinear Dynamics of Learning in Deep Linear Neural
    Networks*, 2014; F. Mezzadri, *How to Generate Random Matrices from the Classical Compact Groups*, 2007,
    section 5, for the signs.

    Examples
    --------
    >>> W = orthogonal((0, 1), n_in=4, n_out=3)
    >>> W.shape, bool(abs(W.T @ W - np.eye(3)).max() < 1e-14)
    ((4, 3), True)
    """
    shape = (n_in if rows is None else rows, n_out)
    drawn = normal(*key, (max(shape), min(shape)))
    Q, R = np.linalg.qr(drawn)
    Q = Q * np.where(np.diag(R) < 0, -1.0, 1.0)
    return Q if shape[0] >= n_out else Q.T.copy()


def zeros(key: tuple[int, int], n_in: int, n_out: int, rows: int | None = None) -> Floats:
    r"""Zeros: right for biases, wrong for the weights of hidden layers.

    .. math:: w = 0, \qquad \mathrm{Var}(z) = n_{in} \cdot 0 \cdot E(a^2) = 0

    Neurons that start alike get the same gradient and stay alike for good, so a hidden layer of zeros is one neuron
    many times over; and behind weights of 0 no gradient reaches the layer below. A network without hidden layers may
    start here: its loss has one valley.

    References
    ----------
    I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning*, 2016, section 8.4.

    Examples
    --------
    >>> zeros((0, 1), n_in=2, n_out=3)
    array([[0., 0., 0.],
           [0., 0., 0.]])
    """
    return np.zeros((n_in if rows is None else rows, n_out))
