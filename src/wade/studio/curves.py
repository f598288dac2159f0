"""The curves of a training: its loss by steps, and what was measured on training and validation rows on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np

from wade.studio.messages import Curves
from wade.training.walk import Walk

MOST_POINTS: Final = 400


class Measured(NamedTuple):
    """What was measured after this number of steps."""

    step: int
    progress: float  # in epochs
    validation: float
    train_metric: float
    validation_metric: float


@dataclass
class MeasuredCurves:
    """Measurements in the order of their steps, and of at most some hundred of them.

    Examples
    --------
    >>> curves = MeasuredCurves()
    >>> for step in (0, 10, 20):
    ...     curves.add(Measured(step, step / 10, 1.0, 0.5, 0.5))
    >>> curves.add(Measured(5, 0.5, 1.1, 0.5, 0.5))  # the training went back
    >>> [each.step for each in curves.points]
    [0, 5]
    """

    points: list[Measured] = field(default_factory=list)

    def add(self, measured: Measured) -> None:
        """One more, in place of those of as many steps or more."""
        while self.points and self.points[-1].step >= measured.step:
            self.points.pop()
        self.points.append(measured)
        if len(self.points) > MOST_POINTS:
            del self.points[1:-1:2]

    def message(self, walk: Walk, metric: str, loss: str) -> Curves:
        """The curves as they are now; a point of the training loss is the mean over the steps that it stands for."""
        curve, points = walk.curve, self.points
        known = [(0, 0.0), *((each.step, each.progress) for each in points), (walk.steps, walk.progress)]
        steps, progress = zip(*known, strict=True)
        return Curves(
            steps=list(curve.ends),
            epochs=np.interp(curve.ends, steps, progress).round(6).tolist() if curve.ends else [],
            train=[_number(each) for each in curve.means],
            validation_steps=[each.step for each in points],
            validation=[_number(each.validation) for each in points],
            train_metric=[_number(each.train_metric) for each in points],
            validation_metric=[_number(each.validation_metric) for each in points],
            metric=metric,
            loss=loss,
            learning_rate=list(curve.rates),
        )


def _number(value: float) -> float | None:
    return value if np.isfinite(value) else None
