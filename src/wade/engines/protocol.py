"""The interface of an engine: forward, gradient of the loss, gradient descent.

The engines compute the same numbers and differ in speed alone; `tests/conformance` tests that. An engine's arguments
have been checked before: rows are `Inputs` in the network's dtype (`network.as_inputs`), a sample weight is finite and
not negative.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wade.errors import InvalidArgument
from wade.maths.losses import Loss
from wade.maths.optimizers import Optimizer, State
from wade.maths.regularizers import UNREGULARIZED, Regularization
from wade.network.network import ForwardPass, Network
from wade.types import Array, Floats, Inputs, Rows, Samples

# Rows in, the activations of the last layer out, (n_samples, outputs).
Predictor: TypeAlias = Callable[[Inputs | ArrayLike], Floats]


class Task(NamedTuple):
    """What an engine runs: a network; and to train it, the loss, the optimizer and the regularization."""

    network: Network
    loss: Loss | None = None
    optimizer: Optimizer | None = None
    regularization: Regularization = UNREGULARIZED

    def training(self) -> tuple[Network, Loss, Optimizer, Regularization]:
        """All four, for a call that needs them.

        Raises
        ------
        InvalidArgument
            Where the loss or the optimizer is missing.
        """
        if self.loss is None or self.optimizer is None:
            missing = "loss" if self.loss is None else "optimizer"
            remedy = "Give Task(network, loss, optimizer)."
            raise InvalidArgument("task", f"must have a {missing} to train by", self, remedy)
        return self.network, self.loss, self.optimizer, self.regularization


class Candidate(NamedTuple):
    """One of the models that are trained side by side: its network, its optimizer state and its learning rate."""

    network: Network
    state: State
    learning_rate: float


class Engine(Protocol):
    """Runs networks. How many threads it may use, its constructor decides."""

    name: str

    def lacks(self, task: Task) -> str | None:
        """What of this task the engine cannot do, in words; None where it can do all of it."""

    def forward(self, network: Network, X: Inputs) -> ForwardPass:
        """Every layer's pre-activations and activations for these rows."""

    def predict(self, network: Network, X: Inputs) -> Floats:
        """The activations of the last layer, (n_samples, outputs), in the network's dtype."""

    def predictor(self, network: Network) -> Predictor:
        """A function for many predictions by the network as it is now: what `predict` returns, sooner.

        Later changes of θ have no effect on it. It takes what the network itself takes, and raises the same errors; an
        array of numbers in the network's dtype and in C order is read where it lies.
        """

    def loss(self, network: Network, X: Inputs, y: Array, loss: Loss, weights: Floats | None = None) -> float:
        """The mean loss J over these rows, as in `loss_and_gradient`, without the work of the gradient."""

    def loss_and_gradient(
        self, network: Network, X: Inputs, y: Array, loss: Loss, weights: Floats | None = None
    ) -> tuple[float, Floats]:
        """The mean loss J over these rows, and ∂J/∂θ. Nothing is dropped.

        Parameters
        ----------
        network : Network
            It stays as it is.
        X : Inputs
            At least one row.
        y : array (n_samples, outputs) in the network's dtype, or (n_samples,) int32 for softmax cross-entropy
            What should have come out.
        loss : Loss
            What `choose_loss` gave for this network's output.
        weights : array (n_samples,) in the network's dtype, or None
            J = Σ wᵢ lossᵢ / Σ wᵢ, where lossᵢ is the mean over members; None weighs all alike. Where all weights are 0,
            J and its gradient are 0.

        Returns
        -------
        J : float
        gradient : array (n_parameters,), in the network's dtype
        """

    def descend(
        self,
        task: Task,
        state: State,
        samples: Samples,
        rows: Rows,
        batch_size: int,
        learning_rates: NDArray[np.float64],
        *,
        seed: int = 0,
    ) -> NDArray[np.float64]:
        """A chunk of steps, one for each batch: forward, loss, backward, regularize, update.

        Parameters
        ----------
        task : Task
            With a loss and an optimizer. θ of its network is changed in place; weight decay and penalties act on what
            `network.decays` marks. Each batch's gradient is regularized before the optimizer takes it: penalties are
            added, then the whole is clipped.
        state : dict
            What `optimizer.init(network.theta)` gave, or what the chunk before left; changed in place.
        samples : Samples
            The whole table, as in `loss_and_gradient`. Each batch is averaged by its own weights.
        rows : array (n_rows,), int64
            Row numbers, already shuffled; batches are consecutive slices of it, and the last may be short.
        batch_size : int, ≥ 1
            Rows of a batch.
        learning_rates : array (n_steps,), float64
            One for each step; n_steps = ⌈n_rows / batch_size⌉.
        seed : int in 0 … 2⁶⁴ − 1
            What dropout's masks are drawn from, with the number of the step; unused without dropout.

        Returns
        -------
        array (n_steps,), float64
            The loss J of each batch before its step, without any penalty.
        """

    def race(
        self,
        task: Task,
        candidates: Sequence[Candidate],
        samples: Samples,
        rows: Rows,
        batch_size: int,
        factors: NDArray[np.float64],
        *,
        seed: int = 0,
    ) -> NDArray[np.float64]:
        """The same chunk for many models of one architecture: each ends where `descend` would have taken it.

        A model whose loss is not finite in some step takes neither that step nor any later one, and costs nothing more:
        its θ and its optimizer state stay as they were before it. No model depends on another.

        Parameters
        ----------
        task : Task
            What all of them have in common; its network is one of theirs, or one of the same architecture.
        candidates : sequence of K Candidates
            Each one's θ and state are changed in place.
        samples, rows, batch_size, seed
            As in `descend`.
        factors : array (n_steps,), float64
            What all of them multiply their learning rate by in each step. Apart from the rates, because K × n_steps
            rates would take more memory than the table.

        Returns
        -------
        array (K, n_steps), float64
            The loss J of each batch before its step; from a model's first that is infinite or NaN on, the rest is NaN.
        """
