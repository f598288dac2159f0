r"""A schedule shortens the steps as learning goes on: large ones to get near, small ones to settle.

It is a function of progress, from 0 at the first step to 1 at the end, and gives the factor by which the learning rate
is multiplied. Step s of S (counted from 0) has progress s / S, so that the first step has the full learning rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, Protocol

import numpy as np

from wade.errors import InvalidArgument, unknown_name
from wade.types import Floats


class Schedule(Protocol):
    """What every schedule offers."""

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
class Cosine:
    r"""Half a wave from 1 down to `final`: flat at first, steep in the middle, flat at the end.

    .. math:: f(p) = f_1 + (1 - f_1) \frac{1 + \cos \pi p}{2}

    Parameters
    ----------
    final : float, f₁ in [0, 1]
        The factor at the end.

    Raises
    ------
    InvalidArgument
        Where `final` is outside its range.

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
        if not 0 <= self.final <= 1:
            raise InvalidArgument("final", "must be from 0 to 1", self.final)

    def __call__(self, progress: Floats | float) -> Floats:
        """The factor of the learning rate, at this progress in [0, 1]."""
        wave = (1 + np.cos(np.pi * np.asarray(progress, dtype=np.float64))) / 2
        return np.asarray(self.final + (1 - self.final) * wave)


SCHEDULES: Final[dict[str, type[Constant] | type[Cosine]]] = {"constant": Constant, "cosine": Cosine}


def choose_schedule(schedule: str | Schedule) -> Schedule:
    """The schedule that a name means, with its usual constants; a schedule is passed on as it is.

    Parameters
    ----------
    schedule : "constant", "cosine", or a schedule
        A name stands for the usual constants.

    Returns
    -------
    Schedule

    Raises
    ------
    InvalidArgument
        Where the name is unknown, or it is no schedule.

    Examples
    --------
    >>> choose_schedule("cosine")
    Cosine(final=0.0)
    """
    if isinstance(schedule, str):
        if schedule not in SCHEDULES:
            raise unknown_name("schedule", schedule, SCHEDULES)
        return SCHEDULES[schedule]()
    if not isinstance(schedule, tuple(SCHEDULES.values())):
        raise InvalidArgument("schedule", "must be a name or a schedule such as Cosine(final=0.1)", schedule)
    return schedule
