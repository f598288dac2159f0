"""One learning rate for all parameters: gradient descent, and descent with momentum in its two kinds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wade.maths.arrays import namespace
from wade.maths.optimizers.protocol import State, with_decay
from wade.maths.ranges import check_range
from wade.types import Array


@dataclass(frozen=True)
class SGD:
    r"""Gradient descent, with momentum if wanted.

    .. math:: g \leftarrow \nabla J(\theta) + \lambda \theta, \qquad
              v \leftarrow \mu v + g, \qquad
              \theta \leftarrow \theta - \eta v

    v starts at 0, so the first step is plain. η multiplies v as it stands: no damping, no (1 − μ). With μ = 0 this is
    plain descent, θ ← θ − η ∂J/∂θ, and no v is kept.

    Parameters
    ----------
    momentum : float, μ in [0, 1)
    weight_decay : float, λ ≥ 0
        Added to the gradient as λθ, which is the penalty ½λ‖θ‖².

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
    is_adaptive: ClassVar[bool] = False
    effective_formula: ClassVar[str] = "η"
    momentum: float = 0.0
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        check_range("momentum", self.momentum, "[0, 1)")
        check_range("weight_decay", self.weight_decay, "[0, ∞)")

    @property
    def usual_learning_rate(self) -> float:
        """Where no race finds a better one."""
        return 0.02 if self.momentum else 0.1

    def init(self, theta: Array) -> State:
        """The state before the first step: v = 0, where there is momentum."""
        return {"step": 0, "momentum": namespace(theta).zeros_like(theta)} if self.momentum else {"step": 0}

    def update(
        self, theta: Array, gradient: Array, state: State, learning_rate: float, decays: Array | None = None
    ) -> tuple[Array, State]:
        """One step: new parameters and new state."""
        step = state["step"] + 1
        gradient = with_decay(gradient, theta, self.weight_decay, decays)
        if not self.momentum:
            return theta - learning_rate * gradient, {"step": step}
        momentum = self.momentum * state["momentum"] + gradient
        return theta - learning_rate * momentum, {"step": step, "momentum": momentum}

    def effective_learning_rate(self, state: State, learning_rate: float) -> float:
        """η, for every parameter alike; the direction is v, or g where there is no momentum."""
        return learning_rate


@dataclass(frozen=True)
class Nesterov:
    r"""Nesterov momentum: the step looks ahead to where the next step of v would lead.

    .. math:: g \leftarrow \nabla J(\theta) + \lambda \theta, \qquad
              v \leftarrow \mu v + g, \qquad
              \theta \leftarrow \theta - \eta (g + \mu v)

    v starts at 0, so the first step is (1 + μ) times the plain one. Nesterov's own text takes the gradient at the place
    that v is about to reach, θ − ημv. Here θ stands for that place, so that the gradient at θ is enough. No
    damping, as in PyTorch's `SGD(nesterov=True)`.

    It is an algorithm of its own and not a flag of `SGD`: another equation, another name.

    Parameters
    ----------
    momentum : float, μ in (0, 1)
        At 0 it would be `SGD()`.
    weight_decay : float, λ ≥ 0
        Added to the gradient as λθ, which is the penalty ½λ‖θ‖².

    References
    ----------
    Y. Nesterov, *A Method of Solving a Convex Programming Problem with Convergence Rate O(1/k²)*, 1983; in this form
    Y. Bengio, N. Boulanger-Lewandowski, R. Pascanu, *Advances in Optimizing Recurrent Networks*, 2013, section 3.5.

    Examples
    --------
    >>> import numpy as np
    >>> nesterov, theta = Nesterov(momentum=0.9), np.asarray([1.0])
    >>> theta, state = nesterov.update(theta, np.asarray([2.0]), nesterov.init(theta), learning_rate=0.1)
    >>> theta.round(12), state["momentum"]  # 1 − 0.1 · (2 + 0.9 · 2)
    (array([0.62]), array([2.]))
    """

    name: ClassVar[str] = "nesterov"
    usual_learning_rate: ClassVar[float] = 0.02
    is_adaptive: ClassVar[bool] = False
    effective_formula: ClassVar[str] = "η"
    momentum: float = 0.9
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        check_range("momentum", self.momentum, "[0, 1)")
        check_range("momentum", self.momentum, "(0, ∞)", "Try 0.9, or take SGD().")
        check_range("weight_decay", self.weight_decay, "[0, ∞)")

    def init(self, theta: Array) -> State:
        """The state before the first step: v = 0."""
        return {"step": 0, "momentum": namespace(theta).zeros_like(theta)}

    def update(
        self, theta: Array, gradient: Array, state: State, learning_rate: float, decays: Array | None = None
    ) -> tuple[Array, State]:
        """One step: new parameters and new state."""
        gradient = with_decay(gradient, theta, self.weight_decay, decays)
        momentum = self.momentum * state["momentum"] + gradient
        ahead = gradient + self.momentum * momentum
        return theta - learning_rate * ahead, {"step": state["step"] + 1, "momentum": momentum}

    def effective_learning_rate(self, state: State, learning_rate: float) -> float:
        """η, for every parameter alike; the direction is g + μv."""
        return learning_rate
