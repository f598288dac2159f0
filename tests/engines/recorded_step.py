"""One recorded step of gradient descent that can be undone, and the numerical check of a gradient."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass

import numpy as np

from wade.engines import ReferenceEngine, Task
from wade.engines.central_differences import GradientComparison, central_differences
from wade.engines.reference import descend_once
from wade.errors import InvalidArgument
from wade.maths.losses import Loss
from wade.maths.optimizers import State
from wade.network import ForwardPass, Network
from wade.types import Array, Floats, Inputs, Samples


@dataclass(frozen=True)
class RecordedStep:
    """One step of descent, as it was computed; `gradient` is laid out as θ is."""

    passed: ForwardPass
    masks: tuple[Floats, ...]
    loss: float
    deltas: tuple[Floats, ...]
    gradient: Floats
    theta_before: Floats
    theta_after: Floats
    state_before: State
    state_after: State

    def undo(self, network: Network, state: State) -> None:
        """Undoes the step: θ and the optimizer state are what they were, bit for bit."""
        if network.theta.tobytes() != self.theta_after.tobytes():
            raise InvalidArgument("network", "must be where this step left it", network, "Undo the later steps first.")
        network.theta[:] = self.theta_before
        state.clear()
        state.update(deepcopy(self.state_before))


def take_step(task: Task, state: State, samples: Samples, learning_rate: float, *, seed: int = 0) -> RecordedStep:
    """Forward, loss, backward, regularize, update on these rows, all of it recorded."""
    network = task.network
    theta_before, state_before = network.theta.copy(), deepcopy(state)
    masks = network.masks(len(samples.X), seed, state["step"])
    passed, J, (deltas, gradient) = descend_once(task, state, samples, learning_rate, masks)
    return RecordedStep(
        passed, masks, J, deltas, gradient, theta_before, network.theta.copy(), state_before, deepcopy(state)
    )


def check_gradient(
    network: Network,
    X: Inputs,
    y: Array,
    loss: Loss,
    *,
    parameters: Sequence[str] | None = None,
    weights: Floats | None = None,
    epsilon: float = 1e-6,
) -> GradientComparison:
    """Gradients by back-propagation beside centred differences, of all of θ or of some parameters."""
    if network.dtype != "float64":
        raise InvalidArgument(
            "network", "must compute in float64 to be checked", network.dtype, 'Give it dtype="float64".'
        )
    names = network.slices if parameters is None else parameters
    unknown = [name for name in names if name not in network.slices]
    if unknown:
        raise InvalidArgument("parameters", f"must be among {', '.join(network.slices)}", unknown[0])
    places = np.concatenate([np.arange(network.theta.size)[network.slices[name]] for name in names])
    _, gradient = ReferenceEngine().loss_and_gradient(network, X, y, loss, weights)
    difference = central_differences(network, X, y, loss, places, weights=weights, epsilon=epsilon)
    return GradientComparison(places, gradient[places], difference)
