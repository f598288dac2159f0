r"""An optimiser turns a gradient into a step: θ := θ − η ∂J/∂θ, and its refinements.

The gradient points uphill. Plain gradient descent steps the other way, η times its length. Momentum lets steps add up,
like a ball that rolls. Adam gives every parameter its own pace: it divides by how large that parameter's gradient
usually is. Each optimiser is a pair of pure functions: `init` makes its memory, `update` takes parameters, gradient,
memory and learning rate, and returns new parameters and new memory. Nothing is changed in place.

Conventions are PyTorch's. `decays` marks the parameters that weight decay touches; None means all of them, biases
included, as in PyTorch. A network's own mask, `network.decays`, leaves biases alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Any, ClassVar, Final, Protocol, TypeAlias

from wade.errors import InvalidArgument, unknown_name
from wade.maths.arrays import namespace
from wade.types import Array

State: TypeAlias = dict[str, Any]


class Optimizer(Protocol):
    """What every optimiser offers."""

    name: ClassVar[str]

    def init(self, theta: Array) -> State:
        """The memory before the first step: `step` = 0 and arrays of zeros."""

    def update(
        self, theta: Array, gradient: Array, state: State, learning_rate: float, decays: Array | None = None
    ) -> tuple[Array, State]:
        """One step: new parameters and new memory."""


@dataclass(frozen=True)
class SGD:
    r"""Gradient descent, with momentum if wanted.

    .. math:: g \leftarrow \nabla J(\theta) + \lambda \theta, \qquad
              v \leftarrow \mu v + g, \qquad
              \theta \leftarrow \theta - \eta v

    v starts at 0, so the first step is plain. η multiplies v as it stands: no damping, no (1 − μ). With μ = 0 this is
    the deck's θ := θ − η ∂J/∂θ, and no v is kept.

    Parameters
    ----------
    momentum : float, μ in [0, 1)
    weight_decay : float, λ ≥ 0
        Added to the gradient as λθ, which is the penalty ½λ‖θ‖².

    Raises
    ------
    InvalidArgument
        Where a constant is outside its range.

    References
    ----------
    B. Polyak, *Some Methods of Speeding up the Convergence of Iteration Methods*, 1964; in this form
    I. Sutskever, J. Martens, G. Dahl, G. Hinton, *On the Importance of Initialization and Momentum in Deep Learning*,
    2013, equations (1) and (2), with η outside of v.

    Examples
    --------
    >>> import numpy as np
    >>> descent, theta = SGD(momentum=0.9), np.asarray([1.0])
    >>> state = descent.init(theta)
    >>> for _ in range(2):
    ...     theta, state = descent.update(theta, np.asarray([2.0]), state, learning_rate=0.1)
    ...     print(theta.round(12), state["momentum"])
    [0.8] [2.]
    [0.42] [3.8]
    """

    name: ClassVar[str] = "sgd"
    momentum: float = 0.0
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        _check_fraction("momentum", self.momentum)
        _check_not_negative("weight_decay", self.weight_decay)

    def init(self, theta: Array) -> State:
        """The memory before the first step: v = 0, where there is momentum."""
        return {"step": 0, "momentum": namespace(theta).zeros_like(theta)} if self.momentum else {"step": 0}

    def update(
        self, theta: Array, gradient: Array, state: State, learning_rate: float, decays: Array | None = None
    ) -> tuple[Array, State]:
        """One step: new parameters and new memory."""
        step = state["step"] + 1
        gradient = gradient + self.weight_decay * _decaying(theta, decays)
        if not self.momentum:
            return theta - learning_rate * gradient, {"step": step}
        momentum = self.momentum * state["momentum"] + gradient
        return theta - learning_rate * momentum, {"step": step, "momentum": momentum}


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
    Whatever the size of its gradient, the first step of a parameter is η long.

    >>> import numpy as np
    >>> adam, theta = Adam(), np.asarray([1.0, 1.0])
    >>> theta, state = adam.update(theta, np.asarray([100.0, -0.001]), adam.init(theta), learning_rate=0.1)
    >>> theta.round(4)
    array([0.9, 1.1])
    """

    name: ClassVar[str] = "adam"
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        _check_adam(self)

    def init(self, theta: Array) -> State:
        """The memory before the first step: m = v = 0."""
        return _zero_moments(theta)

    def update(
        self, theta: Array, gradient: Array, state: State, learning_rate: float, decays: Array | None = None
    ) -> tuple[Array, State]:
        """One step: new parameters and new memory."""
        gradient = gradient + self.weight_decay * _decaying(theta, decays)
        direction, state = _adam_direction(self, gradient, state)
        return theta - learning_rate * direction, state


@dataclass(frozen=True)
class AdamW:
    r"""Adam, with weight decay kept apart from the gradient.

    .. math:: \theta \leftarrow (1 - \eta \lambda) \theta, \qquad \text{then as in Adam with } g = \nabla J(\theta):
              \quad \theta \leftarrow \theta - \eta \frac{\hat m}{\sqrt{\hat v} + \varepsilon}

    The gradient is that of the parameters before they decayed. The decay is multiplied by η, so a schedule shrinks it
    along with the step.

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
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.01

    def __post_init__(self) -> None:
        _check_adam(self)

    def init(self, theta: Array) -> State:
        """The memory before the first step: m = v = 0."""
        return _zero_moments(theta)

    def update(
        self, theta: Array, gradient: Array, state: State, learning_rate: float, decays: Array | None = None
    ) -> tuple[Array, State]:
        """One step: new parameters and new memory."""
        direction, state = _adam_direction(self, gradient, state)
        theta = theta - learning_rate * self.weight_decay * _decaying(theta, decays)
        return theta - learning_rate * direction, state


def _adam_direction(constants: Adam | AdamW, gradient: Array, state: State) -> tuple[Array, State]:
    """m̂ / (√v̂ + ε), and the memory that goes with it."""
    step = state["step"] + 1
    first_moment = constants.beta1 * state["first_moment"] + (1 - constants.beta1) * gradient
    second_moment = constants.beta2 * state["second_moment"] + (1 - constants.beta2) * gradient**2
    m_hat = first_moment / (1 - constants.beta1**step)
    v_hat = second_moment / (1 - constants.beta2**step)
    direction = m_hat / (namespace(v_hat).sqrt(v_hat) + constants.epsilon)
    return direction, {"step": step, "first_moment": first_moment, "second_moment": second_moment}


def _zero_moments(theta: Array) -> State:
    xp = namespace(theta)
    return {"step": 0, "first_moment": xp.zeros_like(theta), "second_moment": xp.zeros_like(theta)}


def _decaying(theta: Array, decays: Array | None) -> Array:
    """The parameters that weight decay touches, 0 in place of the others."""
    return theta if decays is None else namespace(theta).where(decays, theta, 0.0)


def _check_fraction(name: str, value: float) -> None:
    if not 0 <= value < 1:
        raise InvalidArgument(name, "must be at least 0 and less than 1", value)


def _check_not_negative(name: str, value: float) -> None:
    if not (value >= 0 and isfinite(value)):
        raise InvalidArgument(name, "must be a finite number of at least 0", value)


def _check_adam(constants: Adam | AdamW) -> None:
    _check_fraction("beta1", constants.beta1)
    _check_fraction("beta2", constants.beta2)
    _check_not_negative("weight_decay", constants.weight_decay)
    if not (constants.epsilon > 0 and isfinite(constants.epsilon)):
        raise InvalidArgument("epsilon", "must be a finite number greater than 0", constants.epsilon, "Try 1e-8.")


OPTIMIZERS: Final[dict[str, type[SGD] | type[Adam] | type[AdamW]]] = {"sgd": SGD, "adam": Adam, "adamw": AdamW}


def choose_optimizer(optimizer: str | Optimizer) -> SGD | Adam | AdamW:
    """The optimiser that a name means, with its usual constants; an optimiser is passed on as it is.

    Parameters
    ----------
    optimizer : "sgd", "adam", "adamw", or an optimiser
        A name stands for the usual constants.

    Returns
    -------
    Optimizer

    Raises
    ------
    InvalidArgument
        Where the name is unknown, or it is no optimiser.

    Examples
    --------
    >>> choose_optimizer("adam")
    Adam(beta1=0.9, beta2=0.999, epsilon=1e-08, weight_decay=0.0)
    """
    if isinstance(optimizer, str):
        if optimizer not in OPTIMIZERS:
            raise unknown_name("optimizer", optimizer, OPTIMIZERS)
        return OPTIMIZERS[optimizer]()
    if not isinstance(optimizer, SGD | Adam | AdamW):
        raise InvalidArgument("optimizer", "must be a name or an optimiser such as Adam(beta1=0.9)", optimizer)
    return optimizer
