"""Many models over the same rows, one in turn after another, and what becomes of one whose loss stops being finite."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wade.engines.protocol import Engine
from wade.maths.losses import Loss
from wade.maths.optimizers import Optimizer, State
from wade.maths.regularisers import UNREGULARISED, Regularisation
from wade.network.network import Network
from wade.types import Array, Floats, Inputs, Rows

ROWS_AT_ONCE: Final = 4096  # few enough to be still in the cache when the next model comes for them


def race_in_turn(
    engine: Engine,
    networks: Sequence[Network],
    X: Inputs,
    y: Array,
    loss: Loss,
    optimizer: Optimizer,
    states: Sequence[State],
    rows: Rows,
    batch_size: int,
    learning_rates: NDArray[np.float64],
    factors: NDArray[np.float64],
    weights: Floats | None = None,
    regularisation: Regularisation = UNREGULARISED,
    seed: int = 0,
) -> NDArray[np.float64]:
    """`Engine.race` by `Engine.descend`: a stretch of rows for each model in turn, then the next stretch."""
    losses = np.full((len(networks), len(factors)), np.nan)
    steps_at_once = max(1, ROWS_AT_ONCE // batch_size)
    running = set(range(len(networks)))
    for first in range(0, len(factors), steps_at_once):
        steps = slice(first, first + steps_at_once)
        stretch = rows[first * batch_size : (first + steps_at_once) * batch_size]
        for k in sorted(running):
            rates = learning_rates[k] * factors[steps]
            rest = (loss, optimizer, states[k], stretch, batch_size, rates, weights, regularisation, seed)
            losses[k, steps] = _descend_while_finite(engine, networks[k], X, y, *rest)
            if not np.isfinite(losses[k, steps]).all():
                running.remove(k)
    return losses


def steps_taken(losses: Floats) -> int:
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
    batch_size: int,
    learning_rates: NDArray[np.float64],
    *rest: Any,
) -> Floats:
    """`Engine.descend` up to the first loss that is not finite, and NaN for all that come after it."""
    theta, memory = network.theta.copy(), deepcopy(state)

    def descend(steps: int) -> Floats:
        with np.errstate(all="ignore"):
            return engine.descend(
                network,
                X,
                y,
                loss,
                optimizer,
                state,
                rows[: steps * batch_size],
                batch_size,
                learning_rates[:steps],
                *rest,
            )

    losses = descend(len(learning_rates))
    lost = np.flatnonzero(~np.isfinite(losses))
    if lost.size:  # the steps before it once more, from where the stretch began
        network.theta[:] = theta
        state.update(memory)
        descend(int(lost[0]))
        losses[lost[0] + 1 :] = np.nan
    return losses
