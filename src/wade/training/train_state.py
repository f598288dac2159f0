"""The state of a training: all that changes while it runs, and so all that is needed to resume it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from wade.maths.optimizers import State
from wade.network import Network
from wade.training.history import History
from wade.training.plateau import PlateauState
from wade.types import Floats


class Position(NamedTuple):
    """A place between two steps: the running epoch, its rows that have been trained on, and the sum of their losses."""

    epoch: int = 1
    rows: int = 0
    total: float = 0.0


@dataclass
class TrainState:
    """The state of a training: `state` is the optimizer's, `best_theta` is θ after the best epoch so far."""

    network: Network
    state: State
    history: History
    plateau: PlateauState = field(default_factory=PlateauState)
    position: Position = field(default_factory=Position)
    best_theta: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.best_theta = self.network.theta.copy()
        self._snapshot = self.network.theta.copy(), copy_state(self.state), self.position

    def snapshot(self) -> None:
        """Keeps θ, the optimizer state and the position, for `restore`."""
        theta, _, _ = self._snapshot
        np.copyto(theta, self.network.theta)
        self._snapshot = theta, copy_state(self.state), self.position

    def restore(self) -> None:
        """Undoes the steps since the snapshot."""
        theta, state, self.position = self._snapshot
        self.network.theta[:] = theta
        self.state.update(copy_state(state))

    @property
    def is_whole(self) -> bool:
        """Whether all parts agree: not so in the moment in which an epoch is added to the history."""
        return len(self.history.epochs) == self.position.epoch - 1


def copy_state(state: State) -> State:
    """A copy that does not change with the state."""
    return {name: value.copy() if isinstance(value, np.ndarray) else value for name, value in state.items()}
