"""Many models over the same rows, one in turn after another, and what becomes of one whose loss stops being finite."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from wade.engines.protocol import Engine
from wade.maths.losses import Loss
from wade.maths.optimizers import Optimizer, State
from wade.maths.regularisers import Regularisation
from wade.network.network import Network
from wade.types import Array, Floats, Inputs, Rows

# Few enough to be still in the cache when the next model comes for them, and that nobody waits long for their end.
ROWS_AT_ONCE: Final = 4096

Rates: TypeAlias = NDArray[np.float64]

# Networks, states, rows, learning rates and factors of a part of a race → their losses, (models, steps).
RacePart: TypeAlias = Callable[[Sequence[Network], Sequence[State], Rows, Rates, Rates], Rates]


def race_in_parts(
    race_part: RacePart,
    networks: Sequence[Network],
    states: Sequence[State],
    rows: Rows,
    batch_size: int,
    learning_rates: Rates,
    factors: Rates,
) -> Rates:
    """A race a few thousand rows at a time, each part by those whose losses have been finite so far."""
    losses = np.full((len(networks), len(factors)), np.nan)
    steps_at_once = max(1, ROWS_AT_ONCE // batch_size)
    running = list(range(len(networks)))
    for first in range(0, len(factors), steps_at_once):
        steps = slice(first, first + steps_at_once)
        part = rows[first * batch_size : (first + steps_at_once) * batch_size]
        runners = [networks[k] for k in running], [states[k] for k in running]
        losses[running, steps] = race_part(*runners, part, learning_rates[running], factors[steps])
        running = [k for k in running if np.isfinite(losses[k, steps][-1])]
        if not running:
            break
    return losses


def in_turn(
    engine: Engine,
    X: Inputs,
    y: Array,
    loss: Loss,
    optimizer: Optimizer,
    batch_size: int,
    weights: Floats | None,
    regularisation: Regularisation,
    seed: int,
) -> RacePart:
    """Races a part by `Engine.descend`, one model after another."""

    def race_part(
        networks: Sequence[Network], states: Sequence[State], rows: Rows, learning_rates: Rates, factors: Rates
    ) -> Rates:
        rest = (batch_size, weights, regularisation, seed)
        each = zip(networks, states, learning_rates, strict=True)
        losses = (
            _descend_while_finite(engine, network, X, y, loss, optimizer, state, rows, rate * factors, *rest)
            for network, state, rate in each
        )
        return np.stack(list(losses))

    return race_part


def steps_taken(losses: Rates) -> int:
    """How many steps a model took: all, or those before the first loss that is not finite."""
    return len(losses) if np.isfinite(losses[-1:]).all() else int(np.argmin(np.isfinite(losses)))


def _descend_while_finite(
    engine: Engine,
    network: Network,
    X: Inputs,
    y: Array,
    loss: Loss,
    optimizer: Optimizer,
    state: State,
    rows: Rows,
    learning_rates: Rates,
    batch_size: int,
    *rest: Any,
) -> Rates:
    """`Engine.descend` up to the first loss that is not finite, and NaN for all that come after it."""
    theta, memory = network.theta.copy(), deepcopy(state)

    def descend(steps: int) -> Rates:
        part, rates = rows[: steps * batch_size], learning_rates[:steps]
        with np.errstate(all="ignore"):
            return engine.descend(network, X, y, loss, optimizer, state, part, batch_size, rates, *rest)

    losses = descend(len(learning_rates))
    lost = np.flatnonzero(~np.isfinite(losses))
    if lost.size:  # the steps before it once more, from where the stretch began
        network.theta[:] = theta
        state.update(memory)
        descend(int(lost[0]))
        losses[lost[0] + 1 :] = np.nan
    return losses
