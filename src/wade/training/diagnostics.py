"""A network's vital signs after an epoch, on a few of the rows that it learns from.

They shall cost little beside learning. So the larger the table, the more rows are looked at, up to `MOST_ROWS`; and
where an epoch has few steps, the signs are taken once in so many epochs as make `STEPS_APART` of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from wade.engines import Engine
from wade.maths.activations import ACTIVATIONS
from wade.maths.diagnostics import dead_share, length, update_to_weight_ratio
from wade.maths.losses import Loss
from wade.maths.optimizers import Optimizer
from wade.maths.regularisers import Regularisation
from wade.network import Network
from wade.training.rows import RowSource
from wade.training.train_state import TrainState
from wade.types import Inputs, Samples

FEWEST_ROWS: Final = 32
MOST_ROWS: Final = 256
SHARE_OF_ROWS: Final = 16
STEPS_APART: Final = 32


class Signs(NamedTuple):
    """What `EpochDone` tells of them."""

    gradient_norm: float | None = None
    update_ratio: float | None = None
    dead_relus: float | None = None


NOT_TAKEN: Final = Signs()


def are_due(epoch: int, steps: int) -> bool:
    """Whether the signs are taken after this epoch of so many steps: a matter of counting, not of the clock.

    Examples
    --------
    >>> [epoch for epoch in range(1, 20) if are_due(epoch, steps=8)]
    [1, 4, 8, 12, 16]
    >>> all(are_due(epoch, steps=40) for epoch in range(1, 20))
    True
    """
    return epoch == 1 or epoch * steps // STEPS_APART > (epoch - 1) * steps // STEPS_APART


@dataclass(frozen=True)
class Sample:
    """The rows on which the signs are taken: the same ones after each epoch, so that its numbers can be compared.

    Examples
    --------
    >>> from wade.training.rows import InMemory
    >>> X = Inputs(np.arange(1600.0)[:, None], np.empty((1600, 0), np.int32))
    >>> some = Sample.of(InMemory(Samples(X, np.zeros((1600, 1)))))
    >>> len(some.samples.X), some.samples.X.numbers[:3, 0]
    (100, array([ 0., 16., 32.]))
    """

    samples: Samples

    @classmethod
    def of(cls, rows: RowSource) -> Sample:
        """Rows at even distances in the first block: rows that stand in order are all there."""
        X, y, weights = next(iter(rows.blocks()))
        count = min(len(X), MOST_ROWS, max(FEWEST_ROWS, len(rows) // SHARE_OF_ROWS))
        some = np.arange(count) * len(X) // count
        return cls(Samples(X[some], y[some], None if weights is None else weights[some]))

    def signs(
        self,
        engine: Engine,
        standing: TrainState,
        loss: Loss,
        optimizer: Optimizer,
        regularisation: Regularisation,
        learning_rate: float,
    ) -> Signs:
        """The signs of the network as it stands; it and the optimiser's memory stay as they are.

        Parameters
        ----------
        engine, standing, loss, optimizer, regularisation
            Of the training.
        learning_rate : float
            Of the epoch's last step: what the step that is tried here would have had.
        """
        network, (X, y, weights) = standing.network, self.samples
        _, gradient = engine.loss_and_gradient(network, X, y, loss, weights)
        with np.errstate(all="ignore"):  # a network that has diverged has signs too: they are no finite numbers
            seen = regularisation.regularise(gradient, network.theta, network.decays)
            updated, _ = optimizer.update(network.theta, seen, standing.state, learning_rate, network.decays)
            ratio = update_to_weight_ratio(network.theta, updated, network.decays)
            return Signs(length(gradient), ratio, _dead_relus(engine, network, X))


def _dead_relus(engine: Engine, network: Network, X: Inputs) -> float | None:
    if not network.hidden or not ACTIVATIONS[network.activation].can_die:
        return None
    return dead_share(engine.forward(network, X).A[:-1], network.members)
