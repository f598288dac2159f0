"""Losses for predicted probabilities and counts: the negative log-likelihood of what was observed.

It is 0 where the observed outcome was certain and grows without bound as its predicted probability approaches 0; its
mean is least where the data are most likely. For a binary target, one class among many, or a count, a function turns
any Z into a valid distribution, and taken together with its negative log-likelihood the gradient is the plain
difference "predicted − observed". So these losses take the pre-activations Z, (n_samples, n_outputs) and floating;
`binary_cross_entropy` alone takes probabilities that are there already.

Each returns a number for each sample, (n_samples,), in nats; its gradient takes the same and returns an array of Z's
shape. `label_smoothing` is the ε of `smoothed`.
"""

from __future__ import annotations

from wade.maths.activations.sigmoids import sigmoid
from wade.maths.activations.softmax import softmax
from wade.maths.arrays import namespace, one_hot
from wade.types import Array


def smoothed(target: Array, n_classes: int, label_smoothing: float) -> Array:
    r"""Label smoothing: targets moved towards equal probabilities, against overconfidence.

    .. math:: t = (1 - \varepsilon) \, y + \frac{\varepsilon}{K}

    A sigmoid decides between K = 2, yes and no: its 1 becomes 1 − ε/2 and its 0 becomes ε/2, as in Keras. Among K
    classes the true one is left 1 − ε + ε/K, and each other one gets ε/K, as in PyTorch.

    `target` holds observed probabilities in [0, 1], zeros and ones as a rule, and K is at least 2. ε, in [0, 1), is
    `label_smoothing`; 0 changes nothing.

    References
    ----------
    C. Szegedy, V. Vanhoucke, S. Ioffe, J. Shlens, Z. Wojna, *Rethinking the Inception Architecture for Computer
    Vision*, 2016, section 7.

    Examples
    --------
    >>> import numpy as np
    >>> smoothed(np.asarray([0.0, 1.0, 0.0, 0.0]), n_classes=4, label_smoothing=0.2)
    array([0.05, 0.85, 0.05, 0.05])
    """
    return (1 - label_smoothing) * target + label_smoothing / n_classes


def binary_cross_entropy(A: Array, y: Array) -> Array:
    r"""The cross-entropy of predicted probabilities, for each sample: the sum over its outputs.

    .. math:: \ell = -\sum_k \big( y_k \ln a_k + (1 - y_k) \ln(1 - a_k) \big), \qquad 0 \ln 0 = 0

    A (n_samples, n_outputs), floating, holds probabilities in [0, 1], and y, of the same shape and floating, what was
    observed: 1 or 0, or a probability. The loss is infinite where a probability of 0 was observed all the same.
    Training takes `sigmoid_cross_entropy` of Z, the same number where a = σ(z).

    References
    ----------
    M. Nielsen, *Neural Networks and Deep Learning*, 2015, equation (63).

    Examples
    --------
    Four flights, two of them on the wrong side of ½; the mean loss is J.

    >>> import numpy as np
    >>> predicted = np.asarray([[0.05], [0.02], [0.96], [0.35]])
    >>> actual = np.asarray([[1.0], [0.0], [1.0], [1.0]])
    >>> losses = binary_cross_entropy(predicted, actual)
    >>> losses.round(4), losses.mean().round(4)
    (array([2.9957, 0.0202, 0.0408, 1.0498]), np.float64(1.0266))
    """
    return namespace(A, y).sum(_cost(y, A) + _cost(1 - y, 1 - A), axis=1)


def _cost(observed: Array, predicted: Array) -> Array:
    """−observed · ln(predicted): 0 where nothing was observed, infinite where it had no probability."""
    xp = namespace(observed, predicted)
    possible = predicted > 0
    cost = observed * (0 - xp.log(xp.where(possible, predicted, xp.ones_like(predicted))))
    return xp.where(possible | (observed <= 0), cost, xp.full_like(cost, float("inf")))


def sigmoid_cross_entropy(Z: Array, y: Array, label_smoothing: float = 0.0) -> Array:
    r"""The cross-entropy of binary targets, for each sample: the sum over its outputs.

    .. math:: \ell = -\sum_k \big( y_k \ln a_k + (1 - y_k) \ln(1 - a_k) \big)
              = \sum_k \big( \max(z_k, 0) - z_k y_k + \ln(1 + e^{-|z_k|}) \big), \qquad a = \sigma(z)

    The second form is used: it never takes the logarithm of 0. Where labels are smoothed, t stands for y.

    y (n_samples, n_outputs), floating, is 1 where it was observed, else 0, or a probability.

    References
    ----------
    M. Nielsen, *Neural Networks and Deep Learning*, 2015, equation (63); I. Goodfellow, Y. Bengio, A. Courville,
    *Deep Learning*, 2016, equations (6.24) to (6.26) for the second form.

    Examples
    --------
    At z = 0 it is ln 2; far on the right side 0; far on the wrong side |z|.

    >>> import numpy as np
    >>> sigmoid_cross_entropy(np.asarray([[0.0], [1e4], [1e4]]), np.asarray([[1.0], [1.0], [0.0]])).round(4)
    array([6.931e-01, 0.000e+00, 1.000e+04])
    """
    xp, target = namespace(Z, y), smoothed(y, 2, label_smoothing)
    return xp.sum(xp.maximum(Z, 0.0) - Z * target + xp.log1p(xp.exp(-xp.abs(Z))), axis=1)


def sigmoid_cross_entropy_gradient(Z: Array, y: Array, label_smoothing: float = 0.0) -> Array:
    r"""Predicted minus observed: the derivative of the sigmoid cancels.

    .. math:: \frac{\partial \ell}{\partial z_k} = \sigma(z_k) - t_k, \qquad t_k = y_k \text{ unless smoothed}

    References
    ----------
    M. Nielsen, *Neural Networks and Deep Learning*, 2015, equation (66).

    Examples
    --------
    >>> import numpy as np
    >>> sigmoid_cross_entropy_gradient(np.asarray([[0.0, 3.2]]), np.asarray([[1.0, 1.0]])).round(4)
    array([[-0.5   , -0.0392]])
    """
    return sigmoid(Z) - smoothed(y, 2, label_smoothing)


def softmax_cross_entropy(Z: Array, y: Array, label_smoothing: float = 0.0) -> Array:
    r"""The cross-entropy of one class among many, for each sample.

    .. math:: \ell = -\ln a_y = \ln \sum_j e^{z_j - m} - (z_y - m), \qquad a = \mathrm{softmax}(z), \quad m = \max_j z_j

    The second form is used: it never takes the logarithm of 0. Where labels are smoothed, −ln a_y becomes
    −Σ t_j ln a_j with the targets t, as in PyTorch.

    y (n_samples,) holds the observed classes, integers in 0 … n_classes − 1.

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
    xp, n_classes = namespace(Z, y), Z.shape[1]
    shifted = Z - xp.max(Z, axis=1, keepdims=True)
    target = smoothed(one_hot(y, n_classes, like=Z), n_classes, label_smoothing)
    return xp.log(xp.sum(xp.exp(shifted), axis=1)) - xp.sum(target * shifted, axis=1)


def softmax_cross_entropy_gradient(Z: Array, y: Array, label_smoothing: float = 0.0) -> Array:
    r"""Predicted minus observed.

    .. math:: \frac{\partial \ell}{\partial z_j} = a_j - t_j, \qquad t_j = [j = y] \text{ unless smoothed}

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
    n_classes = Z.shape[1]
    return softmax(Z) - smoothed(one_hot(y, n_classes, like=Z), n_classes, label_smoothing)


def poisson(Z: Array, y: Array) -> Array:
    r"""The negative log-likelihood of Poisson counts, for each sample: the mean over its K outputs.

    .. math:: \ell = \frac{1}{K} \sum_k \big( e^{z_k} - y_k z_k \big)

    The network predicts z = ln λ, the logarithm of the count that is to be expected, so that λ is positive whatever z
    is. The negative log-likelihood is −ln(λ^y e^{−λ} / y!) = λ − y ln λ + ln y!; its last term does not depend on the
    network and is left out, as in PyTorch, so that the loss may be negative. From z = 710 on (float32: 89) e^z is
    beyond all numbers and the loss is infinite, which training reports; there is no stabler form, since the loss itself
    is that large.

    y (n_samples, n_outputs) holds counts, ≥ 0.

    References
    ----------
    P. McCullagh, J. Nelder, *Generalized Linear Models*, 1989, section 6.2.

    Examples
    --------
    Two were expected and three came: 2 − 3 ln 2.

    >>> import numpy as np
    >>> poisson(np.log([[2.0]]), np.asarray([[3.0]])).round(4), round(2 - 3 * 0.693147, 4)
    (array([-0.0794]), -0.0794)
    """
    xp = namespace(Z, y)
    return xp.mean(xp.exp(Z) - y * Z, axis=1)


def poisson_gradient(Z: Array, y: Array) -> Array:
    r"""Expected minus counted, divided among the K outputs.

    .. math:: \frac{\partial \ell}{\partial z_k} = \frac{1}{K} \big( e^{z_k} - y_k \big)

    Examples
    --------
    >>> import numpy as np
    >>> poisson_gradient(np.asarray([[0.0, 0.0]]), np.asarray([[3.0, 1.0]]))
    array([[-1.,  0.]])
    """
    grad_Z: Array = (namespace(Z, y).exp(Z) - y) / Z.shape[1]
    return grad_Z
