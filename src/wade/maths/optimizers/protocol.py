"""What every optimizer offers, and what all of them share: weight decay."""

from __future__ import annotations

from dataclasses import Field
from typing import Any, ClassVar, Protocol, TypeAlias

from wade.maths.arrays import namespace
from wade.types import Array

State: TypeAlias = dict[str, Any]


class Optimizer(Protocol):
    """What every optimizer offers.

    A frozen dataclass of its constants, which raises `InvalidArgument` where one is outside its range. `is_adaptive`
    says whether it divides by the size of recent gradients, so that learning rates far from the usual one need not be
    tried; `effective_formula` is that of `effective_learning_rate`, in letters.
    """

    name: ClassVar[str]
    is_adaptive: ClassVar[bool]
    effective_formula: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def weight_decay(self) -> float:
        """λ: how strongly it pulls parameters that decay towards 0."""

    @property
    def usual_learning_rate(self) -> float:
        """Where no race finds a better one: rows that come in parts, or too few steps."""

    def init(self, theta: Array) -> State:
        """The state before the first step: `step` = 0 and arrays of zeros, in θ's shape."""

    def update(
        self, theta: Array, gradient: Array, state: State, learning_rate: float, decays: Array | None = None
    ) -> tuple[Array, State]:
        """One step: new parameters and new state."""

    def effective_learning_rate(self, state: State, learning_rate: float) -> Array | float:
        """The factor of each parameter by which the step that led to this state multiplied its direction.

        The direction is the gradient, or what the optimizer has made of the gradients so far; each class states which.
        The step was −factor ⊙ direction. `learning_rate` is that step's; the state must be one that `update` returned.
        Where all parameters have the same factor it is a number.
        """


def with_decay(gradient: Array, theta: Array, weight_decay: float, decays: Array | None) -> Array:
    r"""The gradient of the loss and of the penalty ½λ‖θ‖² on the parameters that decay.

    .. math:: g = \nabla J(\theta) + \lambda \theta
    """
    return gradient + weight_decay * decaying(theta, decays)


def decaying(theta: Array, decays: Array | None) -> Array:
    """The parameters that weight decay touches, 0 in place of the others."""
    return theta if decays is None else namespace(theta).where(decays, theta, 0.0)
