"""The engine that runs the textbook's network in compiled code: the one seam to the C++ kernels in native/.

Each call hands θ, the optimiser's memory and the rows to the kernels, which work without the interpreter on as many
threads as pay. Results do not depend on the number of threads.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wade import __version__
from wade.engines.protocol import Predictor, Task
from wade.engines.racing import Rates, in_turn, race_in_parts, steps_taken
from wade.errors import EngineUnavailable, unknown_name
from wade.maths.losses import Loss, mean_over_samples
from wade.maths.optimizers import SGD, AdaGrad, Adam, AdamW, Nesterov, Optimizer, RMSProp, State
from wade.maths.regularisers import UNREGULARISED, Regularisation
from wade.network import ForwardPass, Network
from wade.types import Array, Codes, Floats, Inputs, Rows

try:
    from wade.engines import _core
except ImportError as error:  # told when the engine is asked for: the reference engine needs no kernels
    _missing: ImportError | None = error
else:
    _missing = None

ISA_VARIABLE: Final = "WADE_ISA"

# Numbers that a model keeps, θ and the optimiser's memory. With a model in each lane of a vector more than these would
# crowd the cache, and a network of that size fills the vectors by itself.
MOST_NUMBERS_IN_A_LANE: Final = 8192


class NativeEngine:
    """Forward, backward and update in compiled code.

    Parameters
    ----------
    threads : int, optional
        At most this many threads; as many as the process may use where it is left out.
    instruction_set : str, optional
        One of `instruction_sets()`; the fastest, or what the environment variable WADE_ISA names, where it is left out.

    Raises
    ------
    EngineUnavailable
        Where the compiled kernels do not load, or belong to another version of wade.
    InvalidArgument
        Where the processor does not run the instruction set.
    """

    name = "native"

    def __init__(self, threads: int | None = None, instruction_set: str | None = None) -> None:
        if _missing:
            raise EngineUnavailable(
                f"The native engine cannot load: {_missing}. Install wade again, or take engine='reference'."
            ) from _missing
        if _core.version != __version__:
            raise EngineUnavailable(
                f"The compiled kernels are of version {_core.version}, wade is {__version__}. Install wade again."
            )
        self.threads = threads or len(os.sched_getaffinity(0))
        self.instruction_set = instruction_set or os.environ.get(ISA_VARIABLE) or _core.instruction_sets()[0]
        if self.instruction_set not in _core.instruction_sets():
            raise unknown_name("instruction_set", self.instruction_set, _core.instruction_sets())

    def lacks(self, task: Task) -> str | None:
        """What of this task the kernels cannot do, in words; None where they can do all of it."""
        for layer in task.network.layers:
            if layer.activation not in _core.activations():
                return f"the activation {layer.activation!r}"
        if task.loss and task.loss.name not in _core.losses():
            return f"the loss {task.loss.name!r}"
        if task.optimizer and task.optimizer.name not in _core.optimizers():
            return f"the optimiser {task.optimizer.name!r}"
        return None

    def forward(self, network: Network, X: Inputs) -> ForwardPass:
        """Z and A of every layer."""
        refuse(self.lacks(Task(network)))
        n_rows = len(X) * network.members
        Z, A = (tuple(np.empty((n_rows, layer.n_out), network.dtype) for layer in network.layers) for _ in "ZA")
        _core.forward(_shape(network), self.instruction_set, network.theta, *_rows(X), Z, A)
        return ForwardPass(Z, A)

    def loss_and_gradient(
        self, network: Network, X: Inputs, y: Array, loss: Loss, weights: Floats | None = None
    ) -> tuple[float, Floats]:
        """The mean loss over the rows and ∂J/∂θ."""
        refuse(self.lacks(Task(network, loss)))
        gradient = np.empty_like(network.theta)
        value = _core.loss_and_gradient(
            _shape(network, loss), self.instruction_set, self.threads,
            network.theta, *_rows(X), *_observed(network, y, loss, weights), gradient,
        )  # fmt: skip
        return value, gradient

    def descend(
        self,
        network: Network,
        X: Inputs,
        y: Array,
        loss: Loss,
        optimizer: Optimizer,
        state: State,
        rows: Rows,
        batch_size: int,
        learning_rates: NDArray[np.float64],
        weights: Floats | None = None,
        regularisation: Regularisation = UNREGULARISED,
        seed: int = 0,
    ) -> NDArray[np.float64]:
        """One step for each batch of `rows`, in place; the loss of each batch before its step.

        Ctrl-C is heard between two steps: θ and the state are then those of the steps that were taken.
        """
        refuse(self.lacks(Task(network, loss, optimizer, regularisation)))
        kind, constants, moments = _optimizer(optimizer, state)
        steps_taken = np.zeros(1, np.int64)
        try:
            return _core.descend(
                _shape(network, loss), self.instruction_set, self.threads,
                network.theta, moments, *_rows(X), *_observed(network, y, loss, weights),
                rows, batch_size, learning_rates, kind, constants,
                (regularisation.l1, regularisation.l2, regularisation.max_norm or 0.0),
                state["step"], seed, steps_taken,
            )  # fmt: skip
        finally:
            state["step"] += int(steps_taken[0])

    def race(
        self,
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
        """Small models side by side in the lanes of vectors, each row being read once for many; others in turn."""
        first = networks[0]
        refuse(self.lacks(Task(first, loss, optimizer, regularisation)))
        observed = _observed(first, y, loss, weights)

        def side_by_side(
            networks: Sequence[Network], states: Sequence[State], rows: Rows, learning_rates: Rates, factors: Rates
        ) -> Rates:
            kind, constants, _ = _optimizer(optimizer, states[0])
            losses: Rates = _core.race(
                _shape(first, loss), self.instruction_set, self.threads,
                [network.theta for network in networks], [_optimizer(optimizer, state)[2] for state in states],
                *_rows(X), *observed, rows, batch_size, learning_rates, factors,
                kind, constants, (regularisation.l1, regularisation.l2), states[0]["step"],
            ).T  # fmt: skip
            for state, found in zip(states, losses, strict=True):
                state["step"] += steps_taken(found)
            return losses

        fits = _fits_lanes(first, states, regularisation)
        rest = (batch_size, weights, regularisation, seed)
        race_part = side_by_side if fits else in_turn(self, X, y, loss, optimizer, *rest)
        return race_in_parts(race_part, networks, states, rows, batch_size, learning_rates, factors)

    def predictor(self, network: Network) -> Predictor:
        """Shape and θ are looked at once: after that a row of numbers costs little more than its arithmetic."""
        ready, outputs, dtype = self._ready(network), network.outputs, network.dtype
        members, as_inputs, mean = network.members, network.as_inputs, network.mean_of_members

        def checked(X: Inputs | ArrayLike) -> Floats:
            return mean(_last_layer(ready, as_inputs(X), members, outputs, activated=True))

        def lean(X: Any) -> Floats:
            numbers = X.numbers if isinstance(X, Inputs) else X
            try:
                out = np.empty((len(numbers), outputs), dtype)
                ready(numbers, None, None, True, out)
            except (TypeError, ValueError):  # not as the kernels read it: it is converted, or refused with the reason
                return checked(X)
            return out

        return checked if members > 1 or network.inputs.categories or network.inputs.piecewise else lean

    def predict(self, network: Network, X: Inputs) -> Floats:
        """The activations of the last layer, the mean over members."""
        return self.predictor(network)(X)

    def loss(self, network: Network, X: Inputs, y: Array, loss: Loss, weights: Floats | None = None) -> float:
        """The mean loss J over these rows."""
        taken = _last_layer(
            self._ready(network), X, network.members, network.outputs, activated=loss.takes == "activation"
        )
        weights = None if weights is None else network.for_members(weights)
        return float(mean_over_samples(loss.per_sample(taken, network.for_members(y)), weights))

    def _ready(self, network: Network) -> _core.Predictor:
        refuse(self.lacks(Task(network)))
        return _core.predictor(_shape(network), self.instruction_set, self.threads, network.theta)


def refuse(lacking: str | None) -> None:
    """Raises EngineUnavailable where something is lacking."""
    if lacking:
        raise EngineUnavailable(f"The native engine has no kernel for {lacking}. Take engine='auto', or 'reference'.")


def instruction_sets() -> tuple[str, ...]:
    """The instruction sets in this build that this processor runs, the fastest first."""
    return tuple(_core.instruction_sets())


def _fits_lanes(network: Network, states: Sequence[State], regularisation: Regularisation) -> bool:
    """Whether a race may go through the lanes: whatever is not plain descent of a small network goes in turn."""
    plain = network.members == 1 and not network.dropout and not network.inputs.piecewise
    in_step = len({state["step"] for state in states}) == 1
    numbers = network.n_parameters * len(states[0])  # θ, and all of the memory but the number of the step
    return plain and in_step and regularisation.max_norm is None and numbers <= MOST_NUMBERS_IN_A_LANE


def _shape(network: Network, loss: Loss | None = None) -> _core.Shape:
    return _core.Shape(
        n_numbers=network.inputs.n_numbers,
        sizes=network.inputs.sizes,
        bins=network.inputs.bins,
        widths=[layer.n_out for layer in network.layers],
        activations=[layer.activation for layer in network.layers],
        loss=loss.name if loss else "mean_squared_error",
        loss_constant=loss.constants[0] if loss and loss.constants else 0.0,
        members=network.members,
        dropout=network.dropout,
    )


def _last_layer(ready: _core.Predictor, X: Inputs, members: int, outputs: int, activated: bool) -> Floats:
    out = np.empty((len(X) * members, outputs), X.numbers.dtype)
    ready(*_rows(X), activated, out)
    return out


def _rows(X: Inputs) -> tuple[Floats, Codes, Floats]:
    return X.numbers, X.codes, X.positions


def _observed(
    network: Network, y: Array, loss: Loss, weights: Floats | None
) -> tuple[Floats | None, Codes | None, Floats | None]:
    """`y` as targets or classes, and the weights, as the kernels take them."""
    weighed = None if weights is None else np.ascontiguousarray(weights, network.dtype)
    if loss.name == "softmax_cross_entropy":
        return None, np.ascontiguousarray(y, np.int32), weighed
    return np.ascontiguousarray(y, network.dtype), None, weighed


def _optimizer(optimizer: Optimizer, state: State) -> tuple[str, Sequence[float], Sequence[Any]]:
    """The optimiser as the kernels take it: kind; momentum, β₁, β₂ (or α), ε and weight decay; its arrays."""
    decay = optimizer.weight_decay
    match optimizer:
        case SGD() | Nesterov():
            constants = (optimizer.momentum, 0.0, 0.0, 0.0, decay)
        case AdaGrad():
            constants = (0.0, 0.0, 0.0, optimizer.epsilon, decay)
        case RMSProp():
            constants = (0.0, 0.0, optimizer.alpha, optimizer.epsilon, decay)
        case Adam() | AdamW():
            constants = (0.0, optimizer.beta1, optimizer.beta2, optimizer.epsilon, decay)
        case _:
            raise unknown_name("optimizer", optimizer, _core.optimizers())
    return optimizer.name, constants, [memory for name, memory in state.items() if name != "step"]
