"""Where numbers first ceased to be finite, and why that is likely to be.

The steps since the last mark are taken again, one less than those that went well: the same seed gives the same bits, so
that the moment before the loss was lost can be looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from wade.engines import Engine
from wade.maths.losses import Loss
from wade.network import Network
from wade.training.train_state import TrainState
from wade.types import Array, Floats, Inputs, Rows, Samples

HUGE_INPUT: Final = 1e4
HUGE_TARGET: Final = 1e4
FIRST: Final = "the first number that was not finite was"

# Takes the first so many steps of the stretch.
Replay: TypeAlias = Callable[[int], object]


@dataclass(frozen=True)
class Chunk:
    """The steps among which the loss was lost.

    Parameters
    ----------
    samples : Samples
    rows : array (n_rows,)
        Their order.
    batch_size : int
    losses : array (n_steps,), float64
        Of which some are not finite.
    """

    samples: Samples
    rows: Rows
    batch_size: int
    losses: NDArray[np.float64]

    def batch(self, step: int) -> Samples:
        """What one of the steps learned from."""
        rows = self.rows[step * self.batch_size : (step + 1) * self.batch_size]
        X, y, weights = self.samples
        return Samples(X[rows], y[rows], None if weights is None else weights[rows])


def explain_steps(
    engine: Engine, standing: TrainState, loss: Loss, stretch: Chunk, replay: Replay, learning_rate: float
) -> str:
    """What went wrong in a stretch of steps; the standing is as it was at the mark afterwards.

    Parameters
    ----------
    engine, standing, loss
        Of the training; the standing has a mark at the beginning of the stretch.
    stretch : Chunk
    replay : function
        Takes the first so many steps of the stretch again.
    learning_rate : float
        The one that was set.
    """
    network, epoch = standing.network, standing.position.epoch
    lost = int(np.flatnonzero(~np.isfinite(stretch.losses))[0])
    gradient = None
    standing.back_to_mark()
    try:
        if lost:
            replay(lost - 1)
            gradient = engine.loss_and_gradient(network, *_apart(stretch.batch(lost - 1), loss))[1]
            standing.back_to_mark()
            replay(lost)
        number = int(standing.state["step"]) + 1
        culprit = _in_parameters(network, gradient) or _in_forward(engine, network, stretch.batch(lost).X)
    finally:
        standing.back_to_mark()
    causes = _causes(stretch.batch(lost), learning_rate)
    return f"the loss became {stretch.losses[lost]} in epoch {epoch}, at step {number}: {culprit}. {causes}"


def explain_validation(
    engine: Engine, network: Network, loss: float, epoch: int, X: Inputs, y: Array, learning_rate: float
) -> str:
    """What went wrong where all steps of an epoch had finite losses, but what came of them is no good."""
    broken, causes = _in_parameters(network, None), _causes(Samples(X, y), learning_rate)
    if broken:
        return f"the loss was lost with the last step of epoch {epoch}: {broken}. {causes}"
    culprit = _in_forward(engine, network, X)
    return f"the loss became {loss} in epoch {epoch}, on the rows that judge it: {culprit}. {causes}"


def _apart(batch: Samples, loss: Loss) -> tuple[Inputs, Array, Loss, Floats | None]:
    return batch.X, batch.y, loss, batch.weights


def _in_parameters(network: Network, gradient: Floats | None) -> str | None:
    """Weights that are no finite numbers, and whether the gradient of the step before was the first; None: all are."""
    broken = [name for name in network.parameters if not np.isfinite(network.parameters[name]).all()]
    if not broken:
        return None
    if gradient is not None:
        # Back-propagation comes from the last layer, so that one was the first.
        for number in range(len(network.layers), 0, -1):
            for name in _names(network, number):
                if not np.isfinite(gradient[network.slices[name]]).all():
                    return f"{FIRST} in the gradient of {name}, layer {number}"
    number = next(n for n in range(1, len(network.layers) + 1) if set(_names(network, n)) & set(broken))
    return f"{FIRST} in {broken[0]}, layer {number}, after its update"


def _in_forward(engine: Engine, network: Network, X: Inputs) -> str:
    """The first layer whose sums or answers are no finite numbers."""
    with np.errstate(all="ignore"):
        passed = engine.forward(network, X)
    for number, (Z, A) in enumerate(zip(passed.Z, passed.A, strict=True), start=1):
        for name, values in ((f"the pre-activations Z{number}", Z), (f"the activations A{number}", A)):
            if not np.isfinite(values).all():
                return f"{FIRST} in {name} of layer {number}"
    largest = np.abs(passed.Z[-1]).max()
    last = len(passed.Z)
    return f"all numbers were finite but the loss, of pre-activations Z{last} of layer {last} as large as {largest:.3g}"


def _names(network: Network, number: int) -> tuple[str, ...]:
    layer = network.layers[number - 1]
    return layer.weight, *layer.embeddings, *layer.piecewise, *layer.factors, layer.bias


def _causes(batch: Samples, learning_rate: float) -> str:
    """What is likely to have done it, the data before the learning rate, and what to do."""
    X, y, _ = batch
    found = []
    for name, values, huge in (("an input", X.numbers, HUGE_INPUT), ("a target", y, HUGE_TARGET)):
        largest = float(np.abs(values.astype(np.float64)).max(initial=0.0))
        if values.dtype.kind == "f" and largest > huge:
            found.append(f"{name} as large as {largest:.3g}: bring it to a scale of about 1 first")
    found.append(f"a learning rate of {learning_rate:g}, which is too high: try a tenth of it, {learning_rate / 10:g}")
    return f"Likely cause: {'; or '.join(found)}"
