"""Why a training stopped by itself, and the step to go back to."""

from __future__ import annotations

from typing import Final

import numpy as np

from wade.errors import Diverged
from wade.studio.messages import Trouble
from wade.training.walk import Walk

HUGE: Final = 1e8
"""A weight as large as this has no use; activations saturate and gradients vanish long before a number overflows."""


def exploded(walk: Walk) -> Diverged | None:
    """What to say of weights that are huge, though every number is finite; None where they are not."""
    largest = float(np.abs(walk.network.theta).max(initial=0.0))
    if largest < HUGE:
        return None
    rate = walk.settings.learning_rate
    return Diverged(
        f"Training diverged: the largest weight is {largest:.3g} after step {walk.steps:,}, with which no more can "
        f"be learned. Likely cause: a learning rate of {rate:g}, which is too high: try a tenth of it, {rate / 10:g}."
    )


def trouble_of(walk: Walk, error: Diverged, before: int | None = None) -> Trouble:
    """Of a training that diverged: back to before the last change, or a fifth of the way.

    `before` is the step to which a divergence before this one offered to go back, where nobody has: what came after it
    has not recovered.
    """
    message, _, cause = str(error).partition(" Likely cause: ")
    cause = cause.replace("leave it out, or try", "try")  # there is always a learning rate on the page
    steps, last = walk.steps, max((entry.at for entry in walk.journal), default=0)
    if before is not None and before <= steps:
        remedy = f"Training has not recovered from its divergence. Go back to step {before:,}, before it."
        return Trouble(message, remedy, before)
    to, way = None, ""
    if last:
        to, way = last - 1, f" Go back to step {last - 1:,}, before the last change."
    elif steps:
        to = steps - max(1, steps // 5)
        way = f" Go back to step {to:,}, and go on from there with another setting."
    return Trouble(message, f"Likely cause: {cause}{way}", to)
