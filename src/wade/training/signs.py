"""A network's vital signs after an epoch, on a few of the rows that it learns from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from wade.engines import Engine
from wade.maths.losses import Loss
from wade.maths.optimizers import Optimizer
from wade.maths.regularisers import Regularisation
from wade.maths.vital_signs import dead_share, length, update_to_weight_ratio
from wade.network import Network
from wade.training.rows import RowSource, Samples
from wade.training.standing import Standing
from wade.types import Inputs

ROWS: Final = 256


class Signs(NamedTuple):
    """What `EpochDone` tells of them."""

    gradient_norm: float
    update_ratio: float
    dead_relus: float | None


@dataclass(frozen=True)
class Sample:
    """The rows on which the signs are taken: the same ones after each epoch, so that its numbers can be compared.

    Examples
    --------
    >>> from wade.training.rows import InMemory
    >>> X = Inputs(np.arange(600.0)[:, None], np.empty((600, 0), np.int32))
    >>> some = Sample.of(InMemory(Samples(X, np.zeros((600, 1)))))
    >>> len(some.samples.X), some.samples.X.numbers[:3, 0]
    (256, array([0., 2., 4.]))
    """

    samples: Samples

    @classmethod
    def of(cls, rows: RowSource) -> Sample:
        """Rows at even distances in the first block: rows that stand in order are all there."""
        X, y, weights = next(iter(rows.blocks()))
        some = np.arange(min(len(X), ROWS)) * len(X) // min(len(X), ROWS)
        return cls(Samples(X[some], y[some], None if weights is None else weights[some]))

    def signs(
        self,
        engine: Engine,
        standing: Standing,
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
    if network.activation != "relu" or not network.hidden:
        return None
    return dead_share(engine.forward(network, X).A[:-1], network.members)
