"""Momentum and a learning rate for each parameter at once: Adam, and AdamW with weight decay of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wade.maths.arrays import namespace
from wade.maths.optimizers.protocol import (
    State,
    check_fraction,
    check_not_negative,
    check_positive,
    decaying,
    with_decay,
)
from wade.types import Array


@dataclass(frozen=True)
class Adam:
    r"""Every parameter at its own pace, weight decay being part of the gradient.

    .. math:: g \leftarrow \nabla J(\theta) + \lambda \theta, \qquad
              m \leftarrow \beta_1 m + (1 - \beta_1) g, \qquad
              v \leftarrow \beta_2 v + (1 - \beta_2) g^2

    .. math:: \hat m = \frac{m}{1 - \beta_1^t}, \qquad \hat v = \frac{v}{1 - \beta_2^t}, \qquad
              \theta \leftarrow \theta - \eta \frac{\hat m}{\sqrt{\hat v} + \varepsilon}

    m and v start at 0; dividing by 1 − βᵗ, t being the step counted from 1, undoes that bias. ε stands outside the
    root and after the bias is undone.

    Parameters
    ----------
    beta1, beta2 : float, in [0, 1)
    epsilon : float, > 0
    weight_decay : float, λ ≥ 0
        Added to the gradient as λθ, so that it too is divided by √v̂; `AdamW` keeps it apart.

    Raises
    ------
    InvalidArgument
        Where a constant is outside its range.

    References
    ----------
    D. Kingma, J. Ba, *Adam: A Method for Stochastic Optimization*, 2015, algorithm 1.

    Examples
    --------
    Whatever the size of its gradient, the first step of a parameter is η long, but for ε.

    >>> import numpy as np
    >>> adam, theta = Adam(), np.asarray([1.0, 1.0])
    >>> theta, state = adam.update(theta, np.asarray([100.0, -0.001]), adam.init(theta), learning_rate=0.1)
    >>> theta.round(4)
    array([0.9, 1.1])
    """

    name: ClassVar[str] = "adam"
    is_adaptive: ClassVar[bool] = True
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        _check_adam(self)

    @property
    def usual_learning_rate(self) -> float:
        """Where no race finds a better one."""
        return 0.003

    def init(self, theta: Array) -> State:
        """The state before the first step: m = v = 0."""
        return _zero_moments(theta)

    def update(
        self, theta: Array, gradient: Array, state: State, learning_rate: float, decays: Array | None = None
    ) -> tuple[Array, State]:
        """One step: new parameters and new state."""
        state = _moments(self, with_decay(gradient, theta, self.weight_decay, decays), state)
        return theta - self.effective_learning_rate(state, learning_rate) * state["first_moment"], state

    def effective_learning_rate(self, state: State, learning_rate: float) -> Array:
        """η / (1 − β₁ᵗ) / (√v̂ + ε) for each parameter; the direction is m."""
        return _rate(self, state, learning_rate)


@dataclass(frozen=True)
class AdamW:
    r"""Adam, with weight decay kept apart from the gradient.

    .. math:: \theta \leftarrow (1 - \eta \lambda) \theta, \qquad \text{then as in Adam with } g = \nabla J(\theta):
              \quad \theta \leftarrow \theta - \eta \frac{\hat m}{\sqrt{\hat v} + \varepsilon}

    The gradient is that of the parameters before they decayed. The decay is multiplied by η, as in PyTorch, so a
    schedule shrinks it along with the step; the paper multiplies it by the schedule's factor alone.

    Parameters
    ----------
    beta1, beta2 : float, in [0, 1)
    epsilon : float, > 0
    weight_decay : float, λ ≥ 0

    Raises
    ------
    InvalidArgument
        Where a constant is outside its range.

    References
    ----------
    I. Loshchilov, F. Hutter, *Decoupled Weight Decay Regularization*, 2019, algorithm 2.

    Examples
    --------
    >>> import numpy as np
    >>> adamw, theta = AdamW(weight_decay=0.5), np.asarray([1.0])
    >>> theta, state = adamw.update(theta, np.asarray([3.0]), adamw.init(theta), learning_rate=0.1)
    >>> theta.round(4)  # 1 · (1 − 0.1 · 0.5) − 0.1
    array([0.85])
    """

    name: ClassVar[str] = "adamw"
    is_adaptive: ClassVar[bool] = True
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.01

    def __post_init__(self) -> None:
        _check_adam(self)

    @property
    def usual_learning_rate(self) -> float:
        """Where no race finds a better one."""
        return 0.003

    def init(self, theta: Array) -> State:
        """The state before the first step: m = v = 0."""
        return _zero_moments(theta)

    def update(
        self, theta: Array, gradient: Array, state: State, learning_rate: float, decays: Array | None = None
    ) -> tuple[Array, State]:
        """One step: new parameters and new state."""
        state = _moments(self, gradient, state)
        theta = theta - learning_rate * self.weight_decay * decaying(theta, decays)
        return theta - self.effective_learning_rate(state, learning_rate) * state["first_moment"], state

    def effective_learning_rate(self, state: State, learning_rate: float) -> Array:
        """η / (1 − β₁ᵗ) / (√v̂ + ε) for each parameter; the direction is m. The decay of θ is not part of it."""
        return _rate(self, state, learning_rate)


def _moments(constants: Adam | AdamW, gradient: Array, state: State) -> State:
    """The state after this gradient: t, m and v."""
    return {
        "step": state["step"] + 1,
        "first_moment": constants.beta1 * state["first_moment"] + (1 - constants.beta1) * gradient,
        "second_moment": constants.beta2 * state["second_moment"] + (1 - constants.beta2) * gradient**2,
    }


def _rate(constants: Adam | AdamW, state: State, learning_rate: float) -> Array:
    """η / (1 − β₁ᵗ) / (√v̂ + ε), so that times m it is η m̂ / (√v̂ + ε)."""
    v_hat = state["second_moment"] / (1 - constants.beta2 ** state["step"])
    unbiased: float = learning_rate / (1 - constants.beta1 ** state["step"])
    return unbiased / (namespace(v_hat).sqrt(v_hat) + constants.epsilon)


def _zero_moments(theta: Array) -> State:
    xp = namespace(theta)
    return {"step": 0, "first_moment": xp.zeros_like(theta), "second_moment": xp.zeros_like(theta)}


def _check_adam(constants: Adam | AdamW) -> None:
    check_fraction("beta1", constants.beta1)
    check_fraction("beta2", constants.beta2)
    check_not_negative("weight_decay", constants.weight_decay)
    check_positive("epsilon", constants.epsilon, "Try 1e-8.")
