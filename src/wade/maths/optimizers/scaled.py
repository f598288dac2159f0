"""A learning rate for each parameter, from the squares of its gradients: AdaGrad sums them, RMSProp averages them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wade.maths.arrays import namespace
from wade.maths.optimizers.protocol import State, with_decay
from wade.maths.ranges import check_range
from wade.types import Array


@dataclass(frozen=True)
class AdaGrad:
    r"""AdaGrad: steps divided by the root of the sum of all squared gradients.

    .. math:: g \leftarrow \nabla J(\theta) + \lambda \theta, \qquad
              G \leftarrow G + g^2, \qquad
              \theta \leftarrow \theta - \eta \frac{g}{\sqrt{G} + \varepsilon}

    G starts at 0 and only grows, so a parameter that seldom has a gradient keeps long steps for when it has one. ε
    stands outside the root. The learning rate itself has no decay; a schedule is there for that.

    Parameters
    ----------
    epsilon : float, > 0
    weight_decay : float, λ ≥ 0
        Added to the gradient as λθ, so that it too is divided by √G.

    References
    ----------
    J. Duchi, E. Hazan, Y. Singer, *Adaptive Subgradient Methods for Online Learning and Stochastic Optimization*, 2011,
    figure 1, with diagonal matrices.

    Examples
    --------
    The same gradient again and again: G is 4, 8, 12, and a step of η/√1, then η/√2, then η/√3.

    >>> import numpy as np
    >>> adagrad, theta = AdaGrad(), np.asarray([1.0])
    >>> state = adagrad.init(theta)
    >>> for _ in range(3):
    ...     theta, state = adagrad.update(theta, np.asarray([2.0]), state, learning_rate=0.1)
    ...     print(theta.round(4), adagrad.effective_learning_rate(state, learning_rate=0.1).round(4))
    [0.9] [0.05]
    [0.8293] [0.0354]
    [0.7716] [0.0289]
    """

    name: ClassVar[str] = "adagrad"
    usual_learning_rate: ClassVar[float] = 0.02
    is_adaptive: ClassVar[bool] = False
    effective_formula: ClassVar[str] = "η/(√G + ε), G being the sum of squared gradients"
    epsilon: float = 1e-10
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        check_range("epsilon", self.epsilon, "(0, ∞)", "Try 1e-10.")
        check_range("weight_decay", self.weight_decay, "[0, ∞)")

    def init(self, theta: Array) -> State:
        """The state before the first step: G = 0."""
        return {"step": 0, "sum_of_squares": namespace(theta).zeros_like(theta)}

    def update(
        self, theta: Array, gradient: Array, state: State, learning_rate: float, decays: Array | None = None
    ) -> tuple[Array, State]:
        """One step: new parameters and new state."""
        gradient = with_decay(gradient, theta, self.weight_decay, decays)
        state = {"step": state["step"] + 1, "sum_of_squares": state["sum_of_squares"] + gradient**2}
        return theta - self.effective_learning_rate(state, learning_rate) * gradient, state

    def effective_learning_rate(self, state: State, learning_rate: float) -> Array:
        """η / (√G + ε) for each parameter; the direction is g."""
        G = state["sum_of_squares"]
        return learning_rate / (namespace(G).sqrt(G) + self.epsilon)


@dataclass(frozen=True)
class RMSProp:
    r"""RMSProp: steps divided by the root of the mean of recent squared gradients.

    .. math:: g \leftarrow \nabla J(\theta) + \lambda \theta, \qquad
              v \leftarrow \alpha v + (1 - \alpha) g^2, \qquad
              \theta \leftarrow \theta - \eta \frac{g}{\sqrt{v} + \varepsilon}

    AdaGrad with an exponential average in place of the sum. v starts at 0 and that bias is not undone: the first step
    is η / √(1 − α) long, ten times η with the usual constants, and the next ones are long too. ε stands outside the
    root; no momentum, and v is not centred.

    Parameters
    ----------
    alpha : float, α in [0, 1)
    epsilon : float, > 0
    weight_decay : float, λ ≥ 0
        Added to the gradient as λθ, so that it too is divided by √v.

    References
    ----------
    T. Tieleman, G. Hinton, *Neural Networks for Machine Learning*, lecture 6.5, 2012, with PyTorch's α = 0.99.

    Examples
    --------
    >>> import numpy as np
    >>> rmsprop, theta = RMSProp(), np.asarray([1.0, 1.0])
    >>> theta, state = rmsprop.update(theta, np.asarray([100.0, -0.001]), rmsprop.init(theta), learning_rate=0.01)
    >>> theta.round(4)
    array([0.9, 1.1])
    """

    name: ClassVar[str] = "rmsprop"
    usual_learning_rate: ClassVar[float] = 0.001
    is_adaptive: ClassVar[bool] = True
    effective_formula: ClassVar[str] = "η/(√v + ε), v being the average of recent squared gradients"
    alpha: float = 0.99
    epsilon: float = 1e-8
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        check_range("alpha", self.alpha, "[0, 1)")
        check_range("epsilon", self.epsilon, "(0, ∞)", "Try 1e-8.")
        check_range("weight_decay", self.weight_decay, "[0, ∞)")

    def init(self, theta: Array) -> State:
        """The state before the first step: v = 0."""
        return {"step": 0, "second_moment": namespace(theta).zeros_like(theta)}

    def update(
        self, theta: Array, gradient: Array, state: State, learning_rate: float, decays: Array | None = None
    ) -> tuple[Array, State]:
        """One step: new parameters and new state."""
        gradient = with_decay(gradient, theta, self.weight_decay, decays)
        second_moment = self.alpha * state["second_moment"] + (1 - self.alpha) * gradient**2
        state = {"step": state["step"] + 1, "second_moment": second_moment}
        return theta - self.effective_learning_rate(state, learning_rate) * gradient, state

    def effective_learning_rate(self, state: State, learning_rate: float) -> Array:
        """η / (√v + ε) for each parameter; the direction is g."""
        v = state["second_moment"]
        return learning_rate / (namespace(v).sqrt(v) + self.epsilon)
