"""Gradient descent on rows: the loop, when to stop, and what is remembered of it."""

from wade.training.history import EpochDone, Event, History, StretchDone
from wade.training.plateau import ReduceOnPlateau
from wade.training.stopping import EarlyStopping
from wade.training.train import train

__all__ = ["EarlyStopping", "EpochDone", "Event", "History", "ReduceOnPlateau", "StretchDone", "train"]
