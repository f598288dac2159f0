"""What every threshold gives: recall, false positive rate and precision of acting from a probability on.

Rows are sorted by falling probability; acting from the k-th on finds TP_k of the P rows of the class, and FP_k of the
other N. Equal probabilities share one point.

    recall = TP / P    false positive rate = FP / N    precision = TP / (TP + FP)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wade.metrics.weighted import Doubles, weighted_area, weighted_average_precision


@dataclass(frozen=True, eq=False)
class ThresholdSweep:
    """For each threshold, the highest first: rows acted on rightly and wrongly; the first acts on none.

    Parameters
    ----------
    thresholds, hits, false_alarms : array (n_thresholds,), float64
    positives, rows : int
        Rows of the class, and all of them; both the class and the others have one at least.
    """

    thresholds: Doubles
    hits: Doubles
    false_alarms: Doubles
    positives: int
    rows: int

    @cached_property
    def recall(self) -> Doubles:
        """The share of the class that is found."""
        return self.hits / self.positives

    @cached_property
    def false_positive_rate(self) -> Doubles:
        """The share of the others that is acted on."""
        return self.false_alarms / (self.rows - self.positives)

    @cached_property
    def precision(self) -> Doubles:
        """The share of the rows acted on that are of the class; 1 where none is acted on."""
        acted = self.hits + self.false_alarms
        return np.where(acted > 0, self.hits / np.maximum(1, acted), 1.0)

    @property
    def prevalence(self) -> float:
        """The share of rows of the class: the precision of acting at random."""
        return self.positives / self.rows

    @cached_property
    def area(self) -> float:
        """The area under the ROC curve."""
        return weighted_area(*self._counted())

    @cached_property
    def average_precision(self) -> float:
        """Σ (recall_t − recall_{t−1}) precision_t."""
        positive, scores, counts = self._counted()
        return float(weighted_average_precision(positive, scores)(counts[None])[0])

    def place(self, thresholds: Any) -> NDArray[np.int64]:
        """Where acting from these probabilities on is found among the thresholds."""
        return np.searchsorted(-self.thresholds, -np.asarray(thresholds, np.float64), "right") - 1

    def _counted(self) -> tuple[NDArray[np.bool_], Doubles, Doubles]:
        """Each threshold twice, for the class and for the others, with the rows that have it as their probability."""
        counts = np.concatenate([np.diff(self.hits), np.diff(self.false_alarms)])
        scores = np.tile(self.thresholds[1:], 2)
        return np.arange(len(scores)) < len(scores) // 2, scores, counts


def sweep_thresholds(shares: Doubles, y: NDArray[np.bool_]) -> ThresholdSweep:
    """Hits and false alarms of acting where the probability is at least each threshold.

    Parameters
    ----------
    shares : array (n,), float64 in [0, 1]
        The probability that a row is of the class.
    y : array (n,), bool
        Whether it is.

    Examples
    --------
    >>> swept = sweep_thresholds(np.array([0.9, 0.4, 0.4, 0.1]), np.array([True, True, False, False]))
    >>> swept.thresholds.tolist(), swept.hits.tolist(), swept.false_alarms.tolist()
    ([inf, 0.9, 0.4, 0.1], [0.0, 1.0, 2.0, 2.0], [0.0, 0.0, 1.0, 2.0])
    >>> float(swept.recall[swept.place(0.4)]), swept.place([1.0, 0.9]).tolist(), swept.area
    (1.0, [0, 1], 0.875)
    """
    order = np.argsort(-shares, kind="stable")
    ordered, hits = shares[order], np.cumsum(y[order], dtype=np.float64)
    last = np.append(np.diff(ordered) < 0, [True][: len(ordered)])
    false_alarms = np.arange(1, len(ordered) + 1) - hits
    return ThresholdSweep(
        np.concatenate([[np.inf], ordered[last]]),
        np.concatenate([[0.0], hits[last]]),
        np.concatenate([[0.0], false_alarms[last]]),
        int(y.sum()),
        len(y),
    )
