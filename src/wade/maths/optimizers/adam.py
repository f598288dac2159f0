"""Momentum and a learning rate for each parameter: Adam, and AdamW with decoupled weight decay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wade.maths.arrays import namespace
from wade.maths.optimizers.protocol import State, decaying, with_decay
from wade.maths.ranges import check_range
from wade.types import Array


@dataclass(frozen=True)
class Adam:
    r"""Adam: momentum and a learning rate for each parameter; weight decay is part of the gradient.

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
    usual_learning_rate: ClassVar[float] = 0.003
    is_adaptive: ClassVar[bool] = True
    effective_formula: ClassVar[str] = "η/(√v̂ + ε), v̂ being the average of recent squared gradients"
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        check_range("beta1", self.beta1, "[0, 1)")
        check_range("beta2", self.beta2, "[0, 1)")
        check_range("weight_decay", self.weight_decay, "[0, ∞)")
        check_range("epsilon", self.epsilon, "(0, ∞)", "Try 1e-8.")

    def init(self, theta: Array) -> State:
        """The state before the first step: m = v = 0."""
        xp = namespace(theta)
        return {"step": 0, "first_moment": xp.zeros_like(theta), "second_moment": xp.zeros_like(theta)}

    def update(
        self, theta: Array, gradient: Array, state: State, learning_rate: float, decays: Array | None = None
    ) -> tuple[Array, State]:
        """One step: new parameters and new state."""
        g = with_decay(gradient, theta, self.weight_decay, decays)
        m = self.beta1 * state["first_moment"] + (1 - self.beta1) * g
        v = self.beta2 * state["second_moment"] + (1 - self.beta2) * g**2
        state = {"step": state["step"] + 1, "first_moment": m, "second_moment": v}
        m_hat = m / (1 - self.beta1 ** state["step"])
        return theta - self.effective_learning_rate(state, learning_rate) * m_hat, state

    def effective_learning_rate(self, state: State, learning_rate: float) -> Array:
        """η / (√v̂ + ε) for each parameter; the direction is m̂."""
        v_hat = state["second_moment"] / (1 - self.beta2 ** state["step"])
        return learning_rate / (namespace(v_hat).sqrt(v_hat) + self.epsilon)


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
    usual_learning_rate: ClassVar[float] = 0.003
    is_adaptive: ClassVar[bool] = True
    effective_formula: ClassVar[str] = "η/(√v̂ + ε), v̂ being the average of recent squared gradients"
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.01

    def __post_init__(self) -> None:
        Adam(self.beta1, self.beta2, self.epsilon, self.weight_decay)  # checks them

    def init(self, theta: Array) -> State:
        """The state before the first step: m = v = 0."""
        return Adam().init(theta)

    def update(
        self, theta: Array, gradient: Array, state: State, learning_rate: float, decays: Array | None = None
    ) -> tuple[Array, State]:
        """One step: new parameters and new state."""
        theta = theta - learning_rate * self.weight_decay * decaying(theta, decays)
        return Adam(self.beta1, self.beta2, self.epsilon).update(theta, gradient, state, learning_rate)

    def effective_learning_rate(self, state: State, learning_rate: float) -> Array:
        """As in Adam. The decay of θ is not part of it."""
        return Adam(self.beta1, self.beta2, self.epsilon).effective_learning_rate(state, learning_rate)
