"""From one end of an epoch to another."""

from __future__ import annotations

from wade.studio.workspace import Workspace
from wade.training.walk import Walk


def steps_of_epochs(walk: Walk, count: int) -> int:
    """Steps to the end of the running epoch, and of those after it."""
    size = walk.settings.batch_size
    return -(-(walk.n_rows - walk.rows_done) // size) + (count - 1) * -(-walk.n_rows // size)


def back_epochs(space: Workspace, count: int) -> None:
    """Back to the start of the running epoch, or of one before it."""
    walk = space.walk
    wanted = max(1, walk.epoch - count + (walk.rows_done > 0))
    size = walk.settings.batch_size
    steps = -(-walk.rows_done // size) + (walk.epoch - wanted) * -(-walk.n_rows // size)
    if all(entry.at <= walk.steps - steps for entry in walk.journal):
        space.back(min(steps, walk.steps))
    # With batches of another size on the way, there were fewer steps or more: half of the way at a time.
    while walk.steps and (walk.epoch, walk.rows_done) > (wanted, 0):
        rows = (walk.epoch - wanted) * walk.n_rows + walk.rows_done
        space.back(min(walk.steps, max(1, rows // walk.settings.batch_size // 2)))
    if (walk.epoch, walk.rows_done) < (wanted, 0):
        space.train(0, steps_of_epochs(walk, wanted - walk.epoch))
