"""The steps and changes of a training once more, to the bit, to stand at some of them again."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from wade.studio.settings_to_walk import settings_of
from wade.studio.workspace import Workspace
from wade.training.walk import Edit, Entry


def replayed(space: Workspace, steps: Sequence[int]) -> Generator[float]:
    """Stands after each of these numbers of steps in turn, and in the end where it stood.

    Steps and changes are those taken before, to the bit. Yields the loss of the last batch before each; NaN where
    there is none.
    """
    end, entries, trouble, loss = space.walk.steps, list(space.walk.journal), space.trouble, float("nan")
    space.back(end)
    try:
        for to in steps:
            loss = _go_on(space, entries, to, loss)
            yield loss
    finally:
        _go_on(space, entries, end, loss)
        space.trouble = trouble


def _go_on(space: Workspace, entries: list[Entry], to: int, loss: float) -> float:
    """Takes steps and changes of a journal again, up to this number of steps; the loss of the last batch."""
    while entries and entries[0].at <= to:
        losses, entry = space.walk.step(entries[0].at - space.walk.steps), entries.pop(0)
        loss = float(losses[-1]) if len(losses) else loss
        if isinstance(entry, Edit):
            space.walk.edit(entry.parameter, entry.value)
        else:
            space.walk.change(**entry.settings)
    losses = space.walk.step(to - space.walk.steps)
    space.settings = settings_of(space.walk, space.settings)
    return float(losses[-1]) if len(losses) else loss
