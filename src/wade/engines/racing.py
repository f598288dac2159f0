"""Many models over the same rows, one after another, each until its loss stops being finite."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from wade.engines.protocol import Candidate, Engine, Task
from wade.types import Rows, Samples

# Few enough to be still in the cache when the next model reads them, and to stop soon when all have diverged.
ROWS_AT_ONCE: Final = 4096

Doubles: TypeAlias = NDArray[np.float64]

# Candidates, rows and factors of a part of a race → their losses, (models, steps).
RacePart: TypeAlias = Callable[[Sequence[Candidate], Rows, Doubles], Doubles]


def race_in_parts(
    race_part: RacePart, candidates: Sequence[Candidate], rows: Rows, batch_size: int, factors: Doubles
) -> Doubles:
    """A race a few thousand rows at a time, each part by those whose losses have been finite so far."""
    losses = np.full((len(candidates), len(factors)), np.nan)
    steps_at_once = max(1, ROWS_AT_ONCE // batch_size)
    running = list(range(len(candidates)))
    for first in range(0, len(factors), steps_at_once):
        steps = slice(first, first + steps_at_once)
        part = rows[first * batch_size : (first + steps_at_once) * batch_size]
        losses[running, steps] = race_part([candidates[k] for k in running], part, factors[steps])
        running = [k for k in running if np.isfinite(losses[k, steps][-1])]
        if not running:
            break
    return losses


def in_turn(engine: Engine, task: Task, samples: Samples, batch_size: int, seed: int) -> RacePart:
    """Races a part by `Engine.descend`, one model after another."""

    def race_part(candidates: Sequence[Candidate], rows: Rows, factors: Doubles) -> Doubles:
        return np.stack([descend_while_finite(candidate, rows, factors) for candidate in candidates])

    def descend_while_finite(candidate: Candidate, rows: Rows, factors: Doubles) -> Doubles:
        """The losses up to the first that is not finite, and NaN for all that come after it."""
        network, state, learning_rate = candidate
        theta_before, state_before = network.theta.copy(), deepcopy(state)

        def descend(steps: int) -> Doubles:
            part, rates = rows[: steps * batch_size], learning_rate * factors[:steps]
            own = task._replace(network=network)
            with np.errstate(all="ignore"):
                return engine.descend(own, state, samples, part, batch_size, rates, seed=seed)

        losses = descend(len(factors))
        lost = np.flatnonzero(~np.isfinite(losses))
        if lost.size:  # the steps before it once more, from where the chunk began
            network.theta[:] = theta_before
            state.update(state_before)
            descend(int(lost[0]))
            losses[lost[0] + 1 :] = np.nan
        return losses

    return race_part


def steps_taken(losses: Doubles) -> int:
    """The steps that a model took: all, or those before the first loss that is not finite."""
    return len(losses) if np.isfinite(losses[-1:]).all() else int(np.argmin(np.isfinite(losses)))
