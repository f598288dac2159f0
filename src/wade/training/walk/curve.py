"""The curve of the training loss over the steps, in a bounded number of points."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

MOST_POINTS: Final = 512


@dataclass
class LossCurve:
    """Means of the losses of batches: each point of `stride` steps, which doubles whenever there are too many points.

    Attributes
    ----------
    stride : int
    ends : list of int
        The number of steps after which each point ends.
    means : list of float
        The mean loss of the batches of each point.
    rates : list of float
        The learning rate of the last step of each point.

    Examples
    --------
    >>> curve = LossCurve(most=4)
    >>> for _ in range(3):
    ...     curve.extend(np.asarray([3.0, 1.0]), np.asarray([0.1, 0.1]))
    >>> curve.stride, curve.ends, curve.means
    (2, [2, 4, 6], [2.0, 2.0, 2.0])
    """

    most: int = MOST_POINTS
    stride: int = 1
    ends: list[int] = field(default_factory=list)
    means: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    _sum: float = 0.0
    _count: int = 0

    def extend(self, losses: NDArray[np.float64], rates: NDArray[np.float64]) -> None:
        """Adds the losses and the learning rates of the next steps."""
        first = 0
        while first < len(losses):
            taken = min(self.stride - self._count, len(losses) - first)
            # One after another, so that the sum does not depend on how the steps are cut into calls.
            self._sum = float(np.add.accumulate(np.concatenate([[self._sum], losses[first : first + taken]]))[-1])
            self._count += taken
            first += taken
            if self._count == self.stride:
                self._close(float(rates[first - 1]))

    def copy(self) -> LossCurve:
        """One that does not change with this one."""
        return deepcopy(self)

    def _close(self, rate: float) -> None:
        self.ends.append((self.ends[-1] if self.ends else 0) + self.stride)
        self.means.append(self._sum / self.stride)
        self.rates.append(rate)
        self._sum, self._count = 0.0, 0
        if len(self.ends) == self.most:  # an even number: neighbors become one point
            self.stride *= 2
            pairs = np.asarray(self.means).reshape(-1, 2)
            self.ends, self.means, self.rates = self.ends[1::2], pairs.mean(axis=1).tolist(), self.rates[1::2]
