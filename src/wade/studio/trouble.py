"""Why a training stopped by itself, and the step to go back to."""

from __future__ import annotations

from wade.errors import Diverged
from wade.studio.messages import Trouble
from wade.training.walk import Walk


def trouble_of(walk: Walk, error: Diverged) -> Trouble:
    """Of a training that diverged: back to before the last change, or a fifth of the way."""
    message, _, cause = str(error).partition(" Likely cause: ")
    steps, last = walk.steps, max((entry.at for entry in walk.journal), default=0)
    to, way = None, ""
    if last:
        to, way = last - 1, f" Go back to step {last - 1:,}, before the last change."
    elif steps:
        to = steps - max(1, steps // 5)
        way = f" Go back to step {to:,}, and go on from there with another setting."
    return Trouble(message, f"Likely cause: {cause}{way}", to)
