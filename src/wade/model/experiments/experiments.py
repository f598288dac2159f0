"""What cross-validation and learning curves share: settings by name, many trainings, and word of each as it begins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeAlias

from wade.errors import unknown_name
from wade.model.learn import StageStarted
from wade.model.preparation.streaming import RowsRead
from wade.settings import Settings
from wade.training import Event
from wade.training.by_settings import check_settings


@dataclass(frozen=True)
class TrialStarted:
    """The next of several trainings begins; both are counted from 1."""

    number: int
    trials: int


Listener: TypeAlias = Callable[[Event | StageStarted | RowsRead | TrialStarted], None]


def settings_named(named: Mapping[str, Any]) -> Settings:
    """The settings of training that are given by name, checked.

    Raises
    ------
    InvalidArgument
        A name is no setting, or a value is outside its range.

    Examples
    --------
    >>> settings_named({"hidden": (8,), "epochs": 3}).epochs
    3
    """
    known = [field.name for field in fields(Settings)]
    for name in named:
        if name not in known:
            raise unknown_name("settings", name, known)
    settings = Settings(**named)
    check_settings(settings)
    return settings
