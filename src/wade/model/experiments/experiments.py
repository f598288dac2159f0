"""What cross-validation and learning curves share: the event that the next of several trainings begins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from wade.model.learn import StageStarted
from wade.model.preparation.streaming import RowsRead
from wade.training import Event


@dataclass(frozen=True)
class TrialStarted:
    """The next of several trainings begins; both are counted from 1."""

    number: int
    trials: int


Listener: TypeAlias = Callable[[Event | StageStarted | RowsRead | TrialStarted], None]
