"""Snapshots of a `Walk`, in bounded memory: many of late, ever fewer of long ago."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from wade.maths.optimizers import State
from wade.network.architecture import Architecture
from wade.training.walk.curve import LossCurve
from wade.training.walk.settings import WalkSettings
from wade.types import Floats

MOST_BYTES: Final = 64 * 2**20
MOST: Final = 256


@dataclass(frozen=True)
class Snapshot:
    """Everything that the steps after it depend on; `entries` is how many entries of the journal it includes."""

    steps: int
    epoch: int
    rows: int
    entries: int
    architecture: Architecture
    settings: WalkSettings
    theta: Floats
    optimizer_state: State
    curve: LossCurve

    @property
    def n_bytes(self) -> int:
        """Of its arrays and of its curve."""
        states = sum(value.nbytes for value in self.optimizer_state.values() if isinstance(value, np.ndarray))
        return int(self.theta.nbytes + states + 24 * self.curve.most)


class Snapshots:
    """Snapshots in the order of their steps; the first one always stays, and so does the last one.

    Where there are too many, every other one is dropped, the oldest gaps being the widest in the end.
    """

    def __init__(self, first: Snapshot, most: int = MOST, most_bytes: int = MOST_BYTES) -> None:
        self._kept = [first]
        self._most = max(3, min(most, most_bytes // max(1, first.n_bytes)))

    @property
    def last(self) -> Snapshot:
        """The one of most steps."""
        return self._kept[-1]

    def add(self, snapshot: Snapshot) -> None:
        """Keeps one more; of as many steps as the last one, it takes its place."""
        if len(self._kept) > 1 and self.last.steps == snapshot.steps:
            self._kept.pop()
        self._kept.append(snapshot)
        if len(self._kept) > self._most:
            half = len(self._kept) // 2
            self._kept[1:half] = self._kept[2:half:2]  # of the older half, every other one

    def return_to(self, steps: int) -> Snapshot:
        """The last one of at most this number of steps; those after it are dropped."""
        while len(self._kept) > 1 and self.last.steps > steps:
            self._kept.pop()
        return self.last
