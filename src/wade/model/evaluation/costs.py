"""What mistakes cost: of a row, of every threshold, and of every ratio of costs.

    cost per row = (FP · c_FA + FN · c_miss) / n

Where both costs together are 1, the cost of a false alarm is the threshold t* = c_FA / (c_FA + c_miss) itself. So one
curve over t* shows what deciding costs whatever mistakes cost, beside never acting, (1 − t*) P / n, and always acting,
t* N / n. The area under it is half the Brier score.

Source: Hernández-Orallo, Flach, Ferri, *Brier curves*, ICML 2011, section 3; Drummond, Holte, *Cost curves*, Machine
Learning 65 (2006).
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from wade.metrics.weighted import Doubles
from wade.model.evaluation.thresholds import ThresholdSweep

Flags: TypeAlias = NDArray[np.bool_]


class Costs(NamedTuple):
    """The cost of each kind of mistake, in one unit; right decisions cost nothing.

    Examples
    --------
    >>> Costs(50, 150).threshold
    0.25
    >>> Costs(50, 150).of(np.array([1.0, 1.0, 0.0, 0.5]), np.array([False, True, True, True])).tolist()
    [50.0, 0.0, 150.0, 75.0]
    """

    false_alarm: float
    miss: float

    @property
    def threshold(self) -> float:
        """t*: from this probability on, acting is cheaper."""
        return self.false_alarm / (self.false_alarm + self.miss)

    def of(self, acts: Doubles, y: Flags) -> Doubles:
        """The cost of each row; `acts` from 0 to 1, the probability that it is acted on."""
        return np.where(y, (1 - acts) * self.miss, acts * self.false_alarm)

    def of_thresholds(self, swept: ThresholdSweep) -> Doubles:
        """The cost per row of acting from each threshold on, the highest first."""
        return cost_per_row(swept, slice(None), self.false_alarm, self.miss)


class CostCurve(NamedTuple):
    """The cost per row of deciding, of never and of always acting, where a false alarm costs t* and a miss 1 − t*."""

    thresholds: Doubles
    deciding: Doubles
    never: Doubles
    always: Doubles


def cost_curve(swept: ThresholdSweep, thresholds: Doubles) -> CostCurve:
    """What decisions cost at each ratio of costs, where they act from the threshold on that follows from it.

    Examples
    --------
    >>> from wade.model.evaluation.thresholds import sweep_thresholds
    >>> swept = sweep_thresholds(np.array([0.9, 0.6, 0.2, 0.1]), np.array([True, False, True, False]))
    >>> [each.tolist() for each in cost_curve(swept, np.array([0.25, 0.5]))]
    [[0.25, 0.5], [0.25, 0.25], [0.375, 0.25], [0.125, 0.25]]
    """
    places = (swept.place(thresholds), 0, -1)
    return CostCurve(thresholds, *(cost_per_row(swept, at, thresholds, 1 - thresholds) for at in places))


def cost_per_row(swept: ThresholdSweep, at: Any, false_alarm: float | Doubles, miss: float | Doubles) -> Doubles:
    """(FP · c_FA + FN · c_miss) / n of acting from the thresholds at these places on: the first acts on no row."""
    misses = swept.positives - swept.hits[at]
    return np.asarray((swept.false_alarms[at] * false_alarm + misses * miss) / swept.rows)
