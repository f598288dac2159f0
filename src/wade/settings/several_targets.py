"""Several targets where one is expected: what is said, and what works instead."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from wade.errors import InvalidArgument

ONE_TARGET: Final = (
    "A model predicts one column: train one for each. For one network with several outputs, in Python: "
    "wade.NetRegressor takes a y of several columns of numbers, wade.NetClassifier one of zeros and ones with a column "
    "for each label."
)
"""The remedy."""


def refuse_several_targets(target: str, names: Collection[str]) -> None:
    """InvalidArgument where a target is no column but a list of some, such as "late,cancelled".

    Examples
    --------
    >>> refuse_several_targets("late,cancelled", ["wind", "late", "cancelled"])
    Traceback (most recent call last):
    wade.errors.InvalidArgument: `target` must be the name of one column; received 'late,cancelled'. A model ...
    """
    parts = [part.strip() for part in target.split(",") if part.strip()]
    if target not in names and len(parts) > 1 and any(part in names for part in parts):
        raise InvalidArgument("target", "must be the name of one column", target, ONE_TARGET)
