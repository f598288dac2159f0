"""Schedules that start at the full learning rate and only fall."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol, TypeAlias

import numpy as np

from wade.errors import InvalidArgument
from wade.maths.ranges import check_range
from wade.types import Floats


class Schedule(Protocol):
    """What every schedule offers: a frozen dataclass that raises `InvalidArgument` where a constant is out of range."""

    name: ClassVar[str]

    def __call__(self, progress: Floats | float) -> Floats:
        """The factor of the learning rate, at this progress in [0, 1]."""


@dataclass(frozen=True)
class Constant:
    r"""The learning rate stays what it is.

    .. math:: f(p) = 1

    Examples
    --------
    >>> import numpy as np
    >>> Constant()(np.asarray([0.0, 0.5, 1.0]))
    array([1., 1., 1.])
    """

    name: ClassVar[str] = "constant"

    def __call__(self, progress: Floats | float) -> Floats:
        """The factor of the learning rate, at this progress in [0, 1]."""
        return np.ones_like(progress, dtype=np.float64)


@dataclass(frozen=True)
class Step:
    r"""Down a staircase: the same learning rate for a while, then a part of it, and so on.

    .. math:: f(p) = \gamma^{\min(\lfloor n p \rfloor, \, n - 1)}

    With S steps and S divisible by n this is PyTorch's `StepLR(step_size=S/n, gamma=γ)`. An n p less than 1e-9 below a
    whole number counts as that number, for s / S is seldom a round number in binary.

    Parameters
    ----------
    stairs : int, n ≥ 1
        How many learning rates there are, each for the same share of the way.
    drop : float, γ in (0, 1]
        What is left of the learning rate on the next stair.

    References
    ----------
    K. He, X. Zhang, S. Ren, J. Sun, *Deep Residual Learning for Image Recognition*, 2016, section 3.4, which divides by
    10 when the error stands still; thirds became the custom.

    Examples
    --------
    >>> import numpy as np
    >>> Step()(np.asarray([0.0, 0.33, 0.34, 0.66, 0.67, 1.0]))
    array([1.  , 1.  , 0.1 , 0.1 , 0.01, 0.01])
    """

    name: ClassVar[str] = "step"
    stairs: int = 3
    drop: float = 0.1

    def __post_init__(self) -> None:
        if self.stairs < 1:
            raise InvalidArgument("stairs", "must be at least 1", self.stairs)
        check_range("drop", self.drop, "(0, 1]")

    def __call__(self, progress: Floats | float) -> Floats:
        """The factor of the learning rate, at this progress in [0, 1]."""
        stair = np.floor(self.stairs * np.asarray(progress, dtype=np.float64) + 1e-9)
        return np.asarray(self.drop ** np.minimum(stair, self.stairs - 1))


@dataclass(frozen=True)
class Exponential:
    r"""The same share of the learning rate is lost with every step.

    .. math:: f(p) = f_1^{\,p}

    With S steps this is PyTorch's `ExponentialLR(gamma=f₁^(1/S))`.

    Parameters
    ----------
    final : float, f₁ in (0, 1]
        The factor at the end.

    References
    ----------
    I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning*, 2016, section 8.3.1, on why the learning rate must fall.

    Examples
    --------
    >>> import numpy as np
    >>> Exponential(final=0.01)(np.asarray([0.0, 0.5, 1.0])).round(12)
    array([1.  , 0.1 , 0.01])
    """

    name: ClassVar[str] = "exponential"
    final: float = 0.01

    def __post_init__(self) -> None:
        check_range("final", self.final, "(0, 1]")

    def __call__(self, progress: Floats | float) -> Floats:
        """The factor of the learning rate, at this progress in [0, 1]."""
        return np.asarray(self.final ** np.asarray(progress, dtype=np.float64))


@dataclass(frozen=True)
class InverseTime:
    r"""Fast at first, ever slower: the classic rule for noisy gradients.

    .. math:: f(p) = \frac{1}{1 + k p}, \qquad k = \frac{1}{f_1} - 1

    With S steps this is PyTorch's `LambdaLR(lambda s: 1 / (1 + k * s / S))`. Steps like 1/s are short enough to settle,
    Σ η² < ∞, and long enough to get anywhere, Σ η = ∞.

    Parameters
    ----------
    final : float, f₁ in (0, 1]
        The factor at the end.

    References
    ----------
    H. Robbins, S. Monro, *A Stochastic Approximation Method*, 1951.

    Examples
    --------
    >>> import numpy as np
    >>> InverseTime(final=0.25)(np.asarray([0.0, 1 / 3, 1.0]))  # k = 3
    array([1.  , 0.5 , 0.25])
    """

    name: ClassVar[str] = "inverse_time"
    final: float = 0.1

    def __post_init__(self) -> None:
        check_range("final", self.final, "(0, 1]")

    def __call__(self, progress: Floats | float) -> Floats:
        """The factor of the learning rate, at this progress in [0, 1]."""
        return np.asarray(1 / (1 + (1 / self.final - 1) * np.asarray(progress, dtype=np.float64)))


@dataclass(frozen=True)
class Cosine:
    r"""Half a wave from 1 down to `final`: flat at first, steep in the middle, flat at the end.

    .. math:: f(p) = f_1 + (1 - f_1) \frac{1 + \cos \pi p}{2}

    With S steps this is PyTorch's `CosineAnnealingLR(T_max=S, eta_min=f₁η)`.

    Parameters
    ----------
    final : float, f₁ in [0, 1]
        The factor at the end.

    References
    ----------
    I. Loshchilov, F. Hutter, *SGDR: Stochastic Gradient Descent with Warm Restarts*, 2017, equation (5), without
    restarts.

    Examples
    --------
    >>> import numpy as np
    >>> Cosine()(np.asarray([0.0, 0.5, 1.0])).round(12), Cosine(final=0.2)(np.asarray([0.5, 1.0])).round(12)
    (array([1. , 0.5, 0. ]), array([0.6, 0.2]))
    """

    name: ClassVar[str] = "cosine"
    final: float = 0.0

    def __post_init__(self) -> None:
        check_range("final", self.final, "[0, 1]")

    def __call__(self, progress: Floats | float) -> Floats:
        """The factor of the learning rate, at this progress in [0, 1]."""
        wave = (1 + np.cos(np.pi * np.asarray(progress, dtype=np.float64))) / 2
        return np.asarray(self.final + (1 - self.final) * wave)


Falling: TypeAlias = Constant | Step | Exponential | InverseTime | Cosine
