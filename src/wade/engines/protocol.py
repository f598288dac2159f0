"""What an engine must do: run a network forward, find the gradient of its loss, and descend.

The engines compute the same numbers and differ in speed alone; `tests/conformance` holds each to that. What reaches an
engine has been checked: rows are `Inputs` in the network's dtype (`network.as_inputs`), a sample weight is finite and
not negative.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wade.maths.losses import Loss
from wade.maths.optimizers import Optimizer, State
from wade.maths.regularisers import UNREGULARISED, Regularisation
from wade.network.network import ForwardPass, Network
from wade.types import Array, Floats, Inputs, Rows

# Rows in, the activations of the last layer out, (n_samples, outputs).
Predictor: TypeAlias = Callable[[Inputs | ArrayLike], Floats]


class Task(NamedTuple):
    """What an engine is wanted for; None where that part is not asked of it."""

    network: Network
    loss: Loss | None = None
    optimizer: Optimizer | None = None
    regularisation: Regularisation = UNREGULARISED


class Engine(Protocol):
    """Runs networks. How many threads it may use is a matter of its constructor."""

    name: str

    def lacks(self, task: Task) -> str | None:
        """What of this task the engine cannot do, in words; None where it can do all of it."""

    def forward(self, network: Network, X: Inputs) -> ForwardPass:
        """Every layer's pre-activations and activations for these rows."""

    def predict(self, network: Network, X: Inputs) -> Floats:
        """The activations of the last layer, (n_samples, outputs), in the network's dtype."""

    def predictor(self, network: Network) -> Predictor:
        """The network as it is now, made ready to be asked again and again: what `predict` would say, sooner.

        Parameters
        ----------
        network : Network
            What becomes of its θ afterwards does not show.

        Returns
        -------
        function of X
            X is whatever the network itself takes, and raises what that raises. An array of numbers in the network's
            dtype and in C order is read where it lies.
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
        """A stretch of steps, one for each batch: forward, loss, backward, regularise, update.

        Parameters
        ----------
        network : Network
            Its θ is changed in place.
        X, y, loss, weights
            As in `loss_and_gradient`, for the whole table.
        optimizer : Optimizer
            Weight decay touches what `network.decays` marks.
        state : dict
            What `optimizer.init(network.theta)` gave, or what the stretch before left; changed in place.
        rows : array (n_rows,), int64
            Row numbers, already shuffled; batches are consecutive slices of it, and the last may be short.
        batch_size : int, ≥ 1
            Rows of a batch.
        learning_rates : array (n_steps,), float64
            One for each step; n_steps = ⌈n_rows / batch_size⌉.
        weights : array (n_samples,) in the network's dtype, or None
            Each batch is averaged by its own weights.
        regularisation : Regularisation
            Made of each batch's gradient before the optimiser sees it: penalties on what `network.decays` marks are
            added, then the whole is clipped.
        seed : int in 0 … 2⁶⁴ − 1
            What dropout's masks are drawn from, with the number of the step; nothing where the network drops nothing.

        Returns
        -------
        array (n_steps,), float64
            The loss J of each batch before its step, without any penalty.
        """

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
        """The same stretch for many models of one architecture: each ends where `descend` would have taken it.

        A model whose loss is not finite in some step takes neither that step nor any later one, and costs nothing more:
        its θ and its memory stay as they were before it. What becomes of one model depends on no other.

        Parameters
        ----------
        networks : sequence of K Networks
            Alike but for θ; each one's is changed in place.
        X, y, loss, optimizer, rows, batch_size, weights, regularisation, seed
            As in `descend`.
        states : sequence of K dicts
            Each model's memory; changed in place.
        learning_rates : array (K,), float64
            η of each model …
        factors : array (n_steps,), float64
            … and what all of them multiply it by in each step. Apart, because K × n_steps rates would take more memory
            than the table.

        Returns
        -------
        array (K, n_steps), float64
            The loss J of each batch before its step; from a model's first that is infinite or NaN on, the rest is NaN.
        """
