r"""Schedules: how the learning rate changes during training, from large steps to small ones; and the registry of them.

It is a function of progress, from 0 at the first step to 1 at the end, and gives the factor by which the learning rate
is multiplied. Step s of S (counted from 0) has progress s / S: a schedule that falls gives the first step the full
learning rate, and the value at 1 is what a further step would have had.

Read `falling`, then `rising`. What depends on how learning goes, such as waiting for a plateau, is no function of
progress: `training.ReduceOnPlateau` decides that. To add one, write the class and its place in `SCHEDULES`.
"""

from __future__ import annotations

from typing import Final

from wade.errors import InvalidArgument, unknown_name
from wade.maths.registry import Registry
from wade.maths.schedules.falling import Constant, Cosine, Exponential, InverseTime, Schedule, Step
from wade.maths.schedules.rising import CosLog4, OneCycle, WarmUp

__all__ = [
    "SCHEDULES",
    "Constant",
    "CosLog4",
    "Cosine",
    "Exponential",
    "InverseTime",
    "OneCycle",
    "Schedule",
    "Step",
    "WarmUp",
    "choose_schedule",
]

SCHEDULES: Final[Registry[type[Schedule]]] = Registry(
    "schedule", Constant, Step, Exponential, InverseTime, Cosine, WarmUp, OneCycle, CosLog4
)


def choose_schedule(schedule: str | Schedule) -> Schedule:
    """The schedule that a name means, with its usual constants; a schedule is passed on as it is.

    Parameters
    ----------
    schedule : a key of `SCHEDULES`, such as "cosine", or a schedule
        A name stands for the usual constants.

    Raises
    ------
    InvalidArgument
        Where the name is unknown, or it is no schedule.

    Examples
    --------
    >>> choose_schedule("cosine")
    Cosine(final=0.0)
    """
    if isinstance(schedule, str):
        if schedule not in SCHEDULES:
            raise unknown_name("schedule", schedule, SCHEDULES)
        return SCHEDULES[schedule]()
    if not isinstance(schedule, tuple(SCHEDULES.values())):
        raise InvalidArgument("schedule", "must be a name or a schedule such as Cosine(final=0.1)", schedule)
    return schedule
