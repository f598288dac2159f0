"""A training that is held in the hand: step by step, forwards and backwards, with changes on the way."""

from wade.training.walk.curve import LossCurve
from wade.training.walk.journal import Change, Edit, Entry
from wade.training.walk.settings import CHANGEABLE, WalkSettings
from wade.training.walk.walk import PHASES, Walk

__all__ = ["CHANGEABLE", "PHASES", "Change", "Edit", "Entry", "LossCurve", "Walk", "WalkSettings"]
