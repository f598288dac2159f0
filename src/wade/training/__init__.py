"""Training by gradient descent: the loop, early stopping, checkpoints, events and history."""

from wade.training.history import (
    ChunkDone,
    EpochDone,
    EpochStarted,
    Event,
    History,
    TrainingEnded,
    ValidationDone,
)
from wade.training.listeners import Listeners, StopTraining
from wade.training.plateau import ReduceOnPlateau
from wade.training.stopping import EarlyStopping
from wade.training.train import train

__all__ = [
    "ChunkDone",
    "EarlyStopping",
    "EpochDone",
    "EpochStarted",
    "Event",
    "History",
    "Listeners",
    "ReduceOnPlateau",
    "StopTraining",
    "TrainingEnded",
    "ValidationDone",
    "train",
]
