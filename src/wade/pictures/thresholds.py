"""What every threshold gives: hits and false alarms of acting from a probability on.

Rows are sorted by falling probability; acting from the k-th on finds TP_k of the P rows of the class, and FP_k of the
others. Equal probabilities share one point.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]


class Sweep(NamedTuple):
    """For each threshold, the highest first: rows acted on rightly and wrongly; the first acts on none."""

    thresholds: Doubles
    hits: Doubles
    false_alarms: Doubles


def sweep_thresholds(shares: Doubles, y: NDArray[np.bool_]) -> Sweep:
    """Hits and false alarms of acting where the probability is at least each threshold.

    Examples
    --------
    >>> swept = sweep_thresholds(np.array([0.9, 0.4, 0.4, 0.1]), np.array([True, True, False, False]))
    >>> swept.thresholds.tolist(), swept.hits.tolist(), swept.false_alarms.tolist()
    ([inf, 0.9, 0.4, 0.1], [0.0, 1.0, 2.0, 2.0], [0.0, 0.0, 1.0, 2.0])
    """
    order = np.argsort(-shares, kind="stable")
    ordered, hits = shares[order], np.cumsum(y[order], dtype=np.float64)
    last = np.append(np.diff(ordered) < 0, [True][: len(ordered)])
    false_alarms = np.arange(1, len(ordered) + 1) - hits
    nothing = np.zeros(1)
    return Sweep(
        np.concatenate([[np.inf], ordered[last]]),
        np.concatenate([nothing, hits[last]]),
        np.concatenate([nothing, false_alarms[last]]),
    )
