"""Diagnostics of a network after an epoch, on some of its training rows: gradient norm, update ratio, dead ReLUs.

They must cost little beside training: they take few rows of a small table, and at most one step in `STEPS_APART`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import compress
from typing import Final, NamedTuple

import numpy as np

from wade.engines import Engine, Task
from wade.maths.activations import ACTIVATIONS
from wade.maths.diagnostics import dead_share, length, update_to_weight_ratio
from wade.maths.optimizers import State
from wade.training.rows import RowSource
from wade.types import Samples

FEWEST_ROWS: Final = 32
MOST_ROWS: Final = 256
SHARE_OF_ROWS: Final = 16
STEPS_APART: Final = 32


class Diagnostics(NamedTuple):
    """As in `EpochDone`; None where they were not computed."""

    gradient_norm: float | None = None
    update_ratio: float | None = None
    dead_relus: float | None = None


NO_DIAGNOSTICS: Final = Diagnostics()


def are_due(epoch: int, steps: int) -> bool:
    """Whether diagnostics are computed after this epoch: it depends on the count of steps, not on the clock.

    Examples
    --------
    >>> [epoch for epoch in range(1, 20) if are_due(epoch, steps=8)]
    [1, 4, 8, 12, 16]
    >>> all(are_due(epoch, steps=40) for epoch in range(1, 20))
    True
    """
    return epoch == 1 or epoch * steps // STEPS_APART > (epoch - 1) * steps // STEPS_APART


@dataclass(frozen=True)
class DiagnosticRows:
    """The rows on which they are computed: the same ones after each epoch, so that the numbers can be compared.

    Examples
    --------
    >>> from wade.training.rows import InMemory
    >>> from wade.types import Inputs
    >>> X = Inputs(np.arange(1600.0)[:, None], np.empty((1600, 0), np.int32))
    >>> some = DiagnosticRows.of(InMemory(Samples(X, np.zeros((1600, 1)))))
    >>> len(some.samples.X), some.samples.X.numbers[:3, 0]
    (100, array([ 0., 16., 32.]))
    """

    samples: Samples

    @classmethod
    def of(cls, rows: RowSource) -> DiagnosticRows:
        """Rows at even distances in the first block, so that sorted rows are all represented."""
        samples = next(iter(rows.blocks()))
        n_rows = len(samples.X)
        count = min(n_rows, MOST_ROWS, max(FEWEST_ROWS, len(rows) // SHARE_OF_ROWS))
        return cls(samples.take(np.arange(count) * n_rows // count))

    def diagnose(self, engine: Engine, task: Task, state: State, learning_rate: float) -> Diagnostics:
        """Of one more step at this learning rate; the network and the optimizer state are not changed."""
        network, loss, optimizer, regularization = task.training()
        X, y, weights = self.samples
        _, gradient = engine.loss_and_gradient(network, X, y, loss, weights)
        with np.errstate(all="ignore"):  # a network that has diverged has diagnostics that are not finite
            regularized = regularization.regularize(gradient, network.theta, network.decays)
            updated, _ = optimizer.update(network.theta, regularized, state, learning_rate, network.decays)
            ratio = update_to_weight_ratio(network.theta, updated, network.decays)
            dead_relus = None
            can_die = [ACTIVATIONS[name].can_die for name in network.activations]
            if any(can_die):
                A = tuple(compress(engine.forward(network, X).A, can_die))
                dead_relus = dead_share(A, network.members)
            return Diagnostics(length(gradient), ratio, dead_relus)
