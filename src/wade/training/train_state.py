"""Where a training stands: all that changes while it goes on, and so all that is needed to go on from there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from wade.maths.optimizers import State
from wade.network import Network
from wade.training.history import History
from wade.training.plateau import Watch
from wade.types import Floats


class Position(NamedTuple):
    """A place between two steps.

    Parameters
    ----------
    epoch : int
        The epoch that is running, counted from 1.
    rows : int
        Rows of it that have been learned from: whole batches, but for the last.
    total : float
        The sum of their losses, each batch's taken before its own step, added up one batch after another.
    """

    epoch: int = 1
    rows: int = 0
    total: float = 0.0


@dataclass
class TrainState:
    """Where a training stands.

    Parameters
    ----------
    network : Network
        θ is in it.
    state : dict
        The optimiser's memory.
    history : History
        The epochs that have ended.
    watch : Watch
        What a plateau has been told of.
    position : Position
        Where the running epoch is.
    best_theta : array (n_parameters,)
        θ after the best epoch so far.
    """

    network: Network
    state: State
    history: History
    watch: Watch = field(default_factory=Watch)
    position: Position = field(default_factory=Position)
    best_theta: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.best_theta = self.network.theta.copy()
        self._mark = self.network.theta.copy(), _copied(self.state), self.position

    def mark(self) -> None:
        """Remember θ, the optimiser's memory and the position, to come back to."""
        theta, _, _ = self._mark
        np.copyto(theta, self.network.theta)
        self._mark = theta, _copied(self.state), self.position

    def back_to_mark(self) -> None:
        """Undo the steps since the mark."""
        theta, state, self.position = self._mark
        self.network.theta[:] = theta
        self.state.update(_copied(state))

    @property
    def is_whole(self) -> bool:
        """Whether what is here belongs together: not so in the moment in which an epoch is entered into the history."""
        return len(self.history.epochs) == self.position.epoch - 1


def _copied(state: State) -> State:
    return {name: memory.copy() if isinstance(memory, np.ndarray) else memory for name, memory in state.items()}
