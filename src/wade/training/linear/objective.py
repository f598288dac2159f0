r"""The penalized loss of the linear baseline, over rows in memory or on disk.

.. math:: f(\theta) = J(\theta) + \frac{\lambda}{2} \sum_j \theta_j^2, \qquad
          \lambda = \frac{\alpha}{n} \cdot \begin{cases} 2 & \text{squared error} \\ 1 & \text{cross-entropy}\end{cases}

The bias is not penalized. α is scikit-learn's: `Ridge(alpha=α)` and `LogisticRegression(C=1/α)` have this minimum.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from wade.engines import Engine
from wade.maths.losses import Loss
from wade.maths.quasi_newton import Doubles
from wade.network import Network
from wade.training.rows import RowSource
from wade.types import Samples

BLOCK_ROWS: Final = 65_536


@dataclass(frozen=True)
class LinearTask:
    """A network without hidden layers in float64, whose θ changes; its loss; the engine that computes both."""

    network: Network
    loss: Loss
    engine: Engine

    @property
    def is_squared(self) -> bool:
        """Whether the loss is the squared error: quadratic in θ."""
        return self.loss.name == "mean_squared_error"

    def penalties(self, strength: float, rows: int) -> Doubles:
        """λ of each parameter, the diagonal of the penalty's Hessian; 0 for biases."""
        return np.where(self.network.decays, (2.0 if self.is_squared else 1.0) * strength / rows, 0.0)

    def curvature(self, theta: Doubles, samples: Samples) -> Doubles:
        """The second derivative of each row's loss by each of its pre-activations, (n_rows, outputs)."""
        if self.is_squared:
            return np.full((len(samples.X), self.network.outputs), 2.0)
        self.network.theta[:] = theta
        shares = np.asarray(self.engine.predict(self.network, samples.X), np.float64)
        return shares * (1 - shares)

    def mean_loss(self, theta: Doubles, samples: Samples) -> float:
        """J of these rows, without the penalty."""
        self.network.theta[:] = theta
        X, y, weights = samples
        return self.engine.loss(self.network, X, y, self.loss, weights)


@dataclass(frozen=True)
class PenalizedLoss:
    """f and its gradient, as a function of θ."""

    task: LinearTask
    rows: RowSource | Samples
    penalties: Doubles

    def __call__(self, theta: Doubles) -> tuple[float, Doubles]:
        """The value and the gradient."""
        task = self.task
        task.network.theta[:] = theta
        total, gradient, count = 0.0, np.zeros_like(theta), 0.0
        for X, y, weights in self._blocks():
            loss, slope = task.engine.loss_and_gradient(task.network, X, y, task.loss, weights)
            here = len(X) if weights is None else float(weights.sum())
            total, gradient, count = total + here * loss, gradient + here * slope, count + here
        shrunk = self.penalties * theta
        return total / count + 0.5 * float(shrunk @ theta), gradient / count + shrunk

    def _blocks(self) -> Iterator[Samples]:
        if isinstance(self.rows, Samples):
            yield self.rows
            return
        for block in self.rows.blocks():
            for first in range(0, len(block.X), BLOCK_ROWS):
                yield in_doubles(block.take(slice(first, first + BLOCK_ROWS)))


def in_doubles(samples: Samples) -> Samples:
    """The rows in float64; class codes stay whole numbers."""
    X, y, weights = samples
    y = y if y.dtype.kind in "iu" else np.ascontiguousarray(y, np.float64)
    return Samples(X.astype("float64"), y, None if weights is None else weights.astype(np.float64))
