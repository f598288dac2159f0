"""The learning rate of each step: the schedule, by steps or, with a time limit, by time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wade.maths.schedules import Schedule


@dataclass(frozen=True)
class LearningRateSchedule:
    """The learning rate of each step of a training.

    Progress is the share of the steps that are done. With a time limit it is the share of the time that has gone, from
    where that is the larger one: a schedule that falls has then fallen when the time is up, not broken off half-way.

    Parameters
    ----------
    learning_rate : float
        η, which the schedule multiplies.
    schedule : Schedule
    epochs : int
    steps : int
        Of an epoch.
    time_limit : float or None
        Seconds.

    Examples
    --------
    >>> from wade.maths.schedules import Cosine
    >>> schedule = LearningRateSchedule(0.1, Cosine(), epochs=2, steps=2, time_limit=10.0)
    >>> schedule.of_epoch(2).round(4)  # half of all steps are done before it
    array([0.05  , 0.0146])
    >>> schedule.by_time(2, 0, 1, seconds=7.5).round(4)  # and three quarters of the time have gone
    array([0.0146])
    """

    learning_rate: float
    schedule: Schedule
    epochs: int
    steps: int
    time_limit: float | None = None

    def of_epoch(self, epoch: int) -> NDArray[np.float64]:
        """η of each step of an epoch, as if there were no time limit."""
        return self._at(np.arange((epoch - 1) * self.steps, epoch * self.steps) / (self.epochs * self.steps))

    def by_time(self, epoch: int, step: int, count: int, seconds: float) -> NDArray[np.float64] | None:
        """η of `count` steps from `step` of an epoch on, where time is ahead of the steps; None where it is not."""
        first, total = (epoch - 1) * self.steps + step, self.epochs * self.steps
        # Before the first step the speed is unknown.
        if self.time_limit is None or first == 0 or seconds / self.time_limit <= first / total:
            return None
        return self._at(np.minimum(seconds / self.time_limit + np.arange(count) / total, 1.0))

    def _at(self, progress: NDArray[np.float64]) -> NDArray[np.float64]:
        return self.learning_rate * np.asarray(self.schedule(progress), dtype=np.float64)
