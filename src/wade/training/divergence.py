"""Divergence: where a number was first not finite, and the likely cause.

The steps since the last snapshot are repeated up to the one before the loss was lost: the same seed gives the same
bits, so that the state at that step can be examined.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wade.engines import Engine
from wade.maths.losses import Loss
from wade.network import Network
from wade.training.train_state import TrainState
from wade.types import Floats, Inputs, Samples

HUGE_INPUT: Final = 1e4
HUGE_TARGET: Final = 1e4
USUAL_RATE: Final = 1.0
"""Beyond it, a tenth would diverge as well."""
FIRST: Final = "the first number that was not finite was"


def explain_steps(
    engine: Engine,
    train_state: TrainState,
    loss: Loss,
    losses: NDArray[np.float64],
    batch: Callable[[int], Samples],
    replay: Callable[[int], object],
    learning_rate: float,
) -> str:
    """What went wrong in a chunk of steps; afterwards the state is that of the snapshot.

    Parameters
    ----------
    engine, train_state, loss
        Of the training; the snapshot is from the beginning of the chunk.
    losses : array (n_steps,), float64
        Of the chunk's steps; some are not finite.
    batch, replay : functions of a number of steps
        The batch that follows them in the chunk; and one that repeats the chunk's first steps.
    learning_rate : float
        As it was set.
    """
    network, epoch = train_state.network, train_state.position.epoch
    lost = int(np.flatnonzero(~np.isfinite(losses))[0])
    gradient = None
    train_state.restore()
    try:
        if lost:
            replay(lost - 1)
            X, y, weights = batch(lost - 1)
            gradient = engine.loss_and_gradient(network, X, y, loss, weights)[1]
            train_state.restore()
            replay(lost)
        number = int(train_state.state["step"]) + 1
        culprit = _in_parameters(network, gradient) or _in_forward(engine, network, batch(lost).X)
    finally:
        train_state.restore()
    causes = _causes(batch(lost), learning_rate)
    return f"the loss became {losses[lost]} in epoch {epoch}, at step {number}: {culprit}. {causes}"


def explain_validation(
    engine: Engine, network: Network, loss: float, epoch: int, samples: Samples, learning_rate: float
) -> str:
    """What went wrong where all steps of an epoch had finite losses, but the result is not finite."""
    broken, causes = _in_parameters(network, None), _causes(samples, learning_rate)
    if broken:
        return f"the loss was lost with the last step of epoch {epoch}: {broken}. {causes}"
    culprit = _in_forward(engine, network, samples.X)
    return f"the loss became {loss} in epoch {epoch}, on the validation rows: {culprit}. {causes}"


def _in_parameters(network: Network, gradient: Floats | None) -> str | None:
    """The parameters that are not finite, or the gradient before them that was not; None where all are finite."""
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
    """The first layer whose pre-activations or activations are not finite."""
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
    """The likely causes, the data before the learning rate, and what to do."""
    X, y, _ = batch
    found = []
    for name, values, huge in (("an input", X.numbers, HUGE_INPUT), ("a target", y, HUGE_TARGET)):
        largest = float(np.abs(values.astype(np.float64)).max(initial=0.0))
        if values.dtype.kind == "f" and largest > huge:
            found.append(f"{name} as large as {largest:.3g}: bring it to a scale of about 1 first")
    tenth = (
        f"try a tenth of it, {learning_rate / 10:g}" if learning_rate <= USUAL_RATE else "leave it out, or try 0.001"
    )
    found.append(f"a learning rate of {learning_rate:g}, which is too high: {tenth}")
    return f"Likely cause: {'; or '.join(found)}"
