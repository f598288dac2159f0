"""The settings of a `Walk`: what a step takes that is neither θ nor a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wade.errors import InvalidArgument, unknown_name
from wade.maths.optimizers import SGD, Optimizer, choose_optimizer
from wade.maths.ranges import check_range
from wade.maths.regularizers import Regularization
from wade.maths.schedules import Constant, Schedule, choose_schedule

OF_NETWORK: Final = ("activation", "dropout")
"""Settings of the network that may change without new parameters."""


@dataclass(frozen=True)
class WalkSettings:
    """Settings of the steps from some step on.

    Parameters
    ----------
    optimizer : Optimizer
    learning_rate : float, > 0
        η, which the schedule multiplies.
    schedule : Schedule
        A function of progress: the share of `epochs` that is done. Afterwards its last value stays.
    epochs : int, ≥ 1
        The horizon of the schedule; a walk may go beyond it.
    batch_size : int, ≥ 1
    l1, l2 : float, ≥ 0
    clip_norm : float > 0, optional

    Examples
    --------
    >>> settings = WalkSettings().changed(optimizer="adam", learning_rate=0.01)
    >>> settings.changed(batch_size=8).batch_size, settings.optimizer.name
    (8, 'adam')
    """

    optimizer: Optimizer = field(default_factory=SGD)
    learning_rate: float = 0.1
    schedule: Schedule = field(default_factory=Constant)
    epochs: int = 100
    batch_size: int = 1
    l1: float = 0.0
    l2: float = 0.0
    clip_norm: float | None = None

    def __post_init__(self) -> None:
        check_range("learning_rate", self.learning_rate, "(0, ∞)", "Try 0.1.")
        for name in ("epochs", "batch_size"):
            if (value := getattr(self, name)) < 1:
                raise InvalidArgument(name, "must be at least 1", value, "Try 1.")
        for name in ("l1", "l2"):
            check_range(name, getattr(self, name), "[0, ∞)", "Try 0.0001, or 0 for none.")
        if self.clip_norm is not None:
            check_range("clip_norm", self.clip_norm, "(0, ∞)", "Try 1.0, or None.")

    @property
    def regularization(self) -> Regularization:
        """The penalties, and the limit to the gradient's norm."""
        return Regularization(self.l1, self.l2, self.clip_norm)

    def changed(self, **settings: Any) -> WalkSettings:
        """The same with other values, each checked; an optimizer and a schedule may be names."""
        for name in settings:
            if name not in CHANGEABLE:
                raise unknown_name("setting", name, [*CHANGEABLE, *OF_NETWORK])
        made = {name: read(settings[name]) for name, read in MADE_FROM_NAMES.items() if name in settings}
        return replace(self, **{**settings, **made})

    def rates(self, epoch: int, first: int, count: int, n_rows: int) -> NDArray[np.float64]:
        """η of `count` steps of an epoch (from 1), of which the first begins after `first` rows of it.

        With one batch size throughout, these are the rates of `wade.train` with as many epochs.

        Examples
        --------
        >>> from wade.maths.schedules import Cosine
        >>> WalkSettings(schedule=Cosine(), epochs=2, batch_size=2).rates(epoch=2, first=0, count=2, n_rows=4).round(4)
        array([0.05  , 0.0146])
        """
        steps = -(-n_rows // self.batch_size)
        done = (epoch - 1) * steps + first / self.batch_size + np.arange(count)
        progress = np.minimum(done / (self.epochs * steps), 1.0)
        return self.learning_rate * np.asarray(self.schedule(progress), dtype=np.float64)


MADE_FROM_NAMES: Final[Mapping[str, Callable[[Any], Any]]] = {
    "optimizer": choose_optimizer,
    "schedule": choose_schedule,
}
CHANGEABLE: Final = tuple(one.name for one in fields(WalkSettings))
