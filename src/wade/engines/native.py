"""The native engine: the same network in compiled code. The only module that calls the C++ kernels in native/.

Each call passes θ, the optimizer state and the rows to the kernels, which run without the interpreter on as many
threads as pay. Results do not depend on the number of threads.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import fields
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike

from wade import __version__
from wade.engines.protocol import Candidate, Predictor, Task
from wade.engines.racing import Doubles, in_turn, race_in_parts, steps_taken
from wade.errors import EngineUnavailable, unknown_name
from wade.maths.losses import Loss, mean_over_samples
from wade.maths.optimizers import Optimizer, State
from wade.maths.regularizers import Regularization
from wade.network import ForwardPass, Network
from wade.types import Array, Codes, Floats, Inputs, Rows, Samples

try:
    from wade.engines import _kernels
except ImportError as error:  # raised when the engine is chosen: the reference engine needs no kernels
    _missing: ImportError | None = error
else:
    _missing = None

ISA_VARIABLE: Final = "WADE_ISA"

# Numbers that a model keeps, θ and the optimizer state. With a model in each lane of a vector more than these would
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
        if _kernels.version != __version__:
            raise EngineUnavailable(
                f"The compiled kernels are of version {_kernels.version}, wade is {__version__}. Install wade again."
            )
        self.threads = threads or len(os.sched_getaffinity(0))
        self.instruction_set = instruction_set or os.environ.get(ISA_VARIABLE) or _kernels.instruction_sets()[0]
        if self.instruction_set not in _kernels.instruction_sets():
            raise unknown_name("instruction_set", self.instruction_set, _kernels.instruction_sets())
        self._processor = _kernels.Processor(self.instruction_set, self.threads)

    def lacks(self, task: Task) -> str | None:
        """What of this task the kernels cannot do, in words; None where they can do all of it."""
        for layer in task.network.layers:
            if layer.activation not in _kernels.activations():
                return f"the activation {layer.activation!r}"
        if task.loss and task.loss.name not in _kernels.losses():
            return f"the loss {task.loss.name!r}"
        if task.optimizer and task.optimizer.name not in _kernels.optimizers():
            return f"the optimizer {task.optimizer.name!r}"
        return None

    def forward(self, network: Network, X: Inputs) -> ForwardPass:
        """Z and A of every layer."""
        refuse(self.lacks(Task(network)))
        n_rows = len(X) * network.members
        Z, A = (tuple(np.empty((n_rows, layer.n_out), network.dtype) for layer in network.layers) for _ in "ZA")
        _kernels.forward(
            shape=_shape(network),
            processor=self._processor,
            theta=network.theta,
            samples=_kernels.samples(*_rows(X)),
            Z=Z,
            A=A,
        )
        return ForwardPass(Z, A)

    def loss_and_gradient(
        self, network: Network, X: Inputs, y: Array, loss: Loss, weights: Floats | None = None
    ) -> tuple[float, Floats]:
        """The mean loss over the rows and ∂J/∂θ."""
        refuse(self.lacks(Task(network, loss)))
        gradient = np.empty_like(network.theta)
        value = _kernels.loss_and_gradient(
            shape=_shape(network, loss),
            processor=self._processor,
            theta=network.theta,
            samples=_samples(network, loss, Samples(X, y, weights)),
            gradient=gradient,
        )
        return value, gradient

    def descend(
        self,
        task: Task,
        state: State,
        samples: Samples,
        rows: Rows,
        batch_size: int,
        learning_rates: Doubles,
        *,
        seed: int = 0,
    ) -> Doubles:
        """One step for each batch of `rows`, in place; the loss of each batch before its step.

        Ctrl-C interrupts between two steps: θ and the state are then those of the steps that were taken.
        """
        refuse(self.lacks(task))
        network, loss, optimizer, regularization = task.training()
        steps_taken = np.zeros(1, np.int64)
        try:
            return _kernels.descend(
                shape=_shape(network, loss),
                processor=self._processor,
                theta=network.theta,
                state=_arrays(state),
                samples=_samples(network, loss, samples),
                rule=_rule(optimizer, regularization),
                rows=rows,
                batch_size=batch_size,
                learning_rates=learning_rates,
                steps_before=state["step"],
                seed=seed,
                steps_taken=steps_taken,
            )
        finally:
            state["step"] += int(steps_taken[0])

    def race(
        self,
        task: Task,
        candidates: Sequence[Candidate],
        samples: Samples,
        rows: Rows,
        batch_size: int,
        factors: Doubles,
        *,
        seed: int = 0,
    ) -> Doubles:
        """Small models side by side in the lanes of vectors, each row being read once for many; others in turn."""
        refuse(self.lacks(task))
        network, loss, optimizer, regularization = task.training()
        prepared = _samples(network, loss, samples)

        def side_by_side(candidates: Sequence[Candidate], rows: Rows, factors: Doubles) -> Doubles:
            networks, states, learning_rates = zip(*candidates, strict=True)
            losses: Doubles = _kernels.race(
                shape=_shape(network, loss),
                processor=self._processor,
                thetas=[each.theta for each in networks],
                states=[_arrays(state) for state in states],
                samples=prepared,
                rule=_rule(optimizer, regularization),
                rows=rows,
                batch_size=batch_size,
                learning_rates=np.asarray(learning_rates, np.float64),
                factors=factors,
                steps_before=states[0]["step"],
            ).T
            for state, found in zip(states, losses, strict=True):
                state["step"] += steps_taken(found)
            return losses

        fits = _fits_lanes(network, [each.state for each in candidates], regularization)
        race_part = side_by_side if fits else in_turn(self, task, samples, batch_size, seed)
        return race_in_parts(race_part, candidates, rows, batch_size, factors)

    def predictor(self, network: Network) -> Predictor:
        """Shape and θ are prepared once: after that a row of numbers costs little more than its arithmetic."""
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

    def _ready(self, network: Network) -> _kernels.Predictor:
        refuse(self.lacks(Task(network)))
        return _kernels.predictor(_shape(network), self._processor, network.theta)


def refuse(lacking: str | None) -> None:
    """Raises EngineUnavailable where something is lacking."""
    if lacking:
        raise EngineUnavailable(f"The native engine has no kernel for {lacking}. Take engine='auto', or 'reference'.")


def instruction_sets() -> tuple[str, ...]:
    """The instruction sets in this build that this processor runs, the fastest first."""
    return tuple(_kernels.instruction_sets())


def _fits_lanes(network: Network, states: Sequence[State], regularization: Regularization) -> bool:
    """Whether a race may go through the lanes: all but plain descent of a small network goes in turn."""
    plain = network.members == 1 and not network.dropout and not network.inputs.piecewise
    in_step = len({state["step"] for state in states}) == 1
    numbers = network.n_parameters * len(states[0])  # θ, and the arrays of the state
    return plain and in_step and regularization.max_norm is None and numbers <= MOST_NUMBERS_IN_A_LANE


def _shape(network: Network, loss: Loss | None = None) -> _kernels.Shape:
    return _kernels.Shape(
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


def _last_layer(ready: _kernels.Predictor, X: Inputs, members: int, outputs: int, activated: bool) -> Floats:
    out = np.empty((len(X) * members, outputs), X.numbers.dtype)
    ready(*_rows(X), activated, out)
    return out


def _rows(X: Inputs) -> tuple[Floats, Codes, Floats]:
    return X.numbers, X.codes, X.positions


def _samples(network: Network, loss: Loss, samples: Samples) -> _kernels.Samples:
    """Rows, targets or classes, and weights, as the kernels take them."""
    X, y, weights = samples
    takes_classes = loss.name == "softmax_cross_entropy"
    return _kernels.samples(
        *_rows(X),
        targets=None if takes_classes else np.ascontiguousarray(y, network.dtype),
        classes=np.ascontiguousarray(y, np.int32) if takes_classes else None,
        weights=None if weights is None else np.ascontiguousarray(weights, network.dtype),
    )


def _rule(optimizer: Optimizer, regularization: Regularization) -> _kernels.UpdateRule:
    constants = {field.name: getattr(optimizer, field.name) for field in fields(optimizer)}
    l1, l2, max_norm = regularization.l1, regularization.l2, regularization.max_norm or 0.0
    return _kernels.UpdateRule(optimizer.name, constants, l1=l1, l2=l2, max_norm=max_norm)


def _arrays(state: State) -> dict[str, Floats]:
    """The optimizer's arrays by name, without the count of its steps."""
    return {name: array for name, array in state.items() if name != "step"}
