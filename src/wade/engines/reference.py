r"""The reference engine: the textbook's algorithm in NumPy, line by line; the native engine has to agree with it.

Two stages, never one word. *Back-propagation* computes the gradient: it walks the layers from last to first with
delta = ∂J/∂Z, by the four equations of Nielsen's second chapter (rows are samples, W is (n_in, n_out), A₀ is X):

.. math::

    \delta_L &= \frac{\partial J}{\partial A_L} \odot g_L'(Z_L) && \text{(BP1)} \\
    \delta_l &= (\delta_{l+1} W_{l+1}^\top) \odot g_l'(Z_l) && \text{(BP2)} \\
    \partial J / \partial b_l &= \textstyle\sum_i \delta_{l,i} && \text{(BP3)} \\
    \partial J / \partial W_l &= A_{l-1}^\top \delta_l && \text{(BP4)}

*Gradient descent* does the learning: it takes a step against that gradient, once for each batch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wade.engines.protocol import Candidate, Predictor, Task
from wade.engines.racing import in_turn, race_in_parts
from wade.maths.activations import ACTIVATIONS
from wade.maths.losses import Loss
from wade.maths.optimizers import Optimizer, State
from wade.maths.reduction import mean_over_samples, shares
from wade.maths.regularizers import Regularization
from wade.network.network import ForwardPass, Network
from wade.network.preactivation import (
    NO_ROWS,
    FirstLayerInputs,
    first_layer_inputs_backward,
    preactivation_backward,
)
from wade.types import Array, Floats, Inputs, Rows, Samples


class ReferenceEngine:
    """The textbook's algorithm in NumPy; `wade.engines.protocol.Engine` documents each method.

    Examples
    --------
    >>> from wade.maths.losses import choose_loss
    >>> network = Network(1, hidden=(), dtype="float64")
    >>> network.theta[:] = 0
    >>> X, y = network.as_inputs([[2.0]]), np.asarray([[1.0]])
    >>> J, gradient = ReferenceEngine().loss_and_gradient(network, X, y, choose_loss("cross_entropy", "sigmoid"))
    >>> round(J, 4), gradient
    (0.6931, array([-1. , -0.5]))
    """

    name = "reference"

    def lacks(self, task: Task) -> str | None:
        """Nothing: this engine runs every task."""
        return None

    def forward(self, network: Network, X: Inputs) -> ForwardPass:
        """Every layer's pre-activations and activations for these rows."""
        return network.forward(X)

    def predict(self, network: Network, X: Inputs) -> Floats:
        """The activations of the last layer."""
        return network(X)

    def predictor(self, network: Network) -> Predictor:
        """The forward pass of a copy of the network."""
        copied = deepcopy(network)
        return lambda X: copied(copied.as_inputs(X))

    def loss(self, network: Network, X: Inputs, y: Array, loss: Loss, weights: Floats | None = None) -> float:
        """The mean loss J over these rows."""
        passed = network.forward(X)
        weights = None if weights is None else network.for_members(weights)
        losses = loss.per_sample(loss.taken(passed.Z[-1], passed.A[-1]), network.for_members(y))
        return float(mean_over_samples(losses, weights))

    def loss_and_gradient(
        self, network: Network, X: Inputs, y: Array, loss: Loss, weights: Floats | None = None
    ) -> tuple[float, Floats]:
        """The mean loss J over these rows, and ∂J/∂θ."""
        passed = network.forward(X)
        J, delta = loss_and_delta(network, passed, y, loss, weights)
        return J, back_propagate(network, X, passed, delta).gradient

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
        """A chunk of steps, one for each batch."""
        losses = np.empty(len(learning_rates))
        batches = consecutive_batches(rows, batch_size)
        for step, (batch, learning_rate) in enumerate(zip(batches, learning_rates.tolist(), strict=True)):
            masks = task.network.masks(len(batch), seed, state["step"])
            _, losses[step], _ = descend_once(task, state, samples.take(batch), learning_rate, masks)
        return losses

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
        """The same chunk for each model in turn."""
        race_part = in_turn(self, task, samples, batch_size, seed)
        return race_in_parts(race_part, candidates, rows, batch_size, factors)


def descend_once(
    task: Task, state: State, samples: Samples, learning_rate: float, masks: tuple[Floats, ...]
) -> tuple[ForwardPass, float, BackwardPass]:
    """One step: forward, loss, backward, regularize, update. The parameters are `Engine.descend`'s, for one batch."""
    (network, loss, optimizer, regularization), (X, y, weights) = task.training(), samples
    passed = network.forward(X, masks)
    J, delta = loss_and_delta(network, passed, y, loss, weights)
    backward = back_propagate(network, X, passed, delta, masks)
    update(network, backward.gradient, optimizer, state, learning_rate, regularization)
    return passed, J, backward


def update(
    network: Network,
    gradient: Floats,
    optimizer: Optimizer,
    state: State,
    learning_rate: float,
    regularization: Regularization,
) -> Floats:
    """The end of a step: θ and the optimizer state change in place; returns the regularized gradient."""
    regularized = regularization.regularize(gradient, network.theta, network.decays)
    network.theta, new_state = optimizer.update(network.theta, regularized, state, learning_rate, network.decays)
    state.update(new_state)
    return regularized


def consecutive_batches(rows: Rows, batch_size: int) -> Iterator[Rows]:
    """Slices of `rows`, one after another; the last one may be short.

    Examples
    --------
    >>> [batch.tolist() for batch in consecutive_batches(np.asarray([4, 0, 3, 1, 2]), 2)]
    [[4, 0], [3, 1], [2]]
    """
    return (rows[start : start + batch_size] for start in range(0, len(rows), batch_size))


def loss_and_delta(
    network: Network, passed: ForwardPass, y: Array, loss: Loss, weights: Floats | None = None
) -> tuple[float, Array]:
    r"""The mean loss J, and the delta of the last layer, where back-propagation starts (BP1).

    A loss that takes Z gives ∂J/∂Z at once; one that takes A gives ∂J/∂A, and the activation passes it on. y and
    weights are as in `Engine.loss_and_gradient`.

    Returns
    -------
    J : float
    delta : array (n_samples · members, outputs)
        ∂J/∂Z of the last layer; each sample's share of the mean is in it.

    References
    ----------
    M. Nielsen, *Neural Networks and Deep Learning*, 2015, equation (BP1).
    """
    Z, A = passed.Z[-1], passed.A[-1]
    taken, y = loss.taken(Z, A), network.for_members(y)
    weights = np.ones(len(y), Z.dtype) if weights is None else network.for_members(weights).astype(Z.dtype, copy=False)
    J = mean_over_samples(loss.per_sample(taken, y), weights)
    delta = loss.gradient(taken, y) * shares(weights)[:, None]
    if loss.takes == "activation":
        delta = ACTIVATIONS[network.output].backward(Z, delta)
    return float(J), delta


class BackwardPass(NamedTuple):
    """What back-propagation found.

    Parameters
    ----------
    deltas : tuple of arrays (n_samples · members, n_out)
        ∂J/∂Z of every layer, the first one first.
    gradient : array (n_parameters,)
        ∂J/∂θ, laid out as θ is.
    """

    deltas: tuple[Floats, ...]
    gradient: Floats


@np.errstate(invalid="ignore")  # as in `Network.forward`
def back_propagate(
    network: Network, X: Inputs, passed: ForwardPass, delta: Array, masks: tuple[Floats, ...] = ()
) -> BackwardPass:
    r"""Back-propagation: from the delta of the last layer to ∂J/∂θ (BP2, BP3, BP4).

    Parameters
    ----------
    network, X, passed
        The network, the rows, and their forward pass.
    delta : array (n_samples · members, outputs)
        ∂J/∂Z of the last layer.
    masks : tuple of arrays
        What dropout multiplied the hidden layers' activations by on the way forward; () where nothing was dropped.

    References
    ----------
    M. Nielsen, *Neural Networks and Deep Learning*, 2015, equations (BP2), (BP3) and (BP4).
    """
    rows, gradient = network.for_members(X), np.empty_like(network.theta)
    deltas, gradients = back_propagate_to_first_layer(network, passed, delta, masks)
    _, of_first = preactivation_backward(network.layers[0], network.parameters, rows.numbers, rows, deltas[0])
    for name, values in (gradients | of_first).items():
        gradient[network.slices[name]] = values.reshape(-1)
    return BackwardPass(deltas, gradient)


@np.errstate(invalid="ignore")  # as in `Network.forward`
def back_propagate_to_first_layer(
    network: Network, passed: ForwardPass, delta: Array, masks: tuple[Floats, ...] = ()
) -> tuple[tuple[Floats, ...], dict[str, Array]]:
    """Back-propagation as far as Z₁, for which the rows of the table are not needed; as in `back_propagate`.

    Returns
    -------
    deltas : tuple of arrays (n_samples · members, n_out)
        ∂J/∂Z of every layer, the first one first (BP2).
    gradients : dict from name to array
        ∂J/∂ each parameter of the layers above the first (BP3, BP4).
    """
    deltas, gradients = [delta], {}
    for index in reversed(range(1, len(network.layers))):
        mask = masks[index - 1] if masks else 1
        read = passed.A[index - 1] * mask
        grad_read, found = preactivation_backward(network.layers[index], network.parameters, read, NO_ROWS, deltas[-1])
        gradients.update(found)
        deltas.append(ACTIVATIONS[network.layers[index - 1].activation].backward(passed.Z[index - 1], grad_read * mask))
    return tuple(reversed(deltas)), gradients


def input_gradient(network: Network, delta: Array) -> FirstLayerInputs:
    r"""∂F/∂ what the first layer reads, for a function F of the output: the last step of back-propagation.

    .. math:: \frac{\partial F}{\partial X} = \delta_1 W_1^\top, \qquad
              \frac{\partial F}{\partial E_c[\text{code}_c]} = \delta_1, \qquad
              \frac{\partial F}{\partial P_p(\text{position}_p)} = \delta_1

    A code has no derivative, but the vector that it looks up has; so has the one of a position among its bins. Where
    members share the weights, each has its own factors (`wade.network.preactivation`), and their gradients add up.

    Parameters
    ----------
    network : Network
    delta : array (n_samples · members, n_out)
        ∂F/∂Z₁, as `back_propagate_to_first_layer` finds it from ∂F/∂Z of the last layer. The gradient is linear in it.

    Returns
    -------
    FirstLayerInputs
        numbers (n_samples, n_numbers); looked_up (n_samples, n_categories + n_piecewise, n_out).

    Examples
    --------
    >>> network = Network(2, hidden=(), output="identity", dtype="float64")
    >>> network.theta = [3.0, 4.0, 0.5]
    >>> input_gradient(network, delta=np.ones((1, 1))).numbers
    array([[3., 4.]])
    """
    found = first_layer_inputs_backward(network.layers[0], network.parameters, delta)
    shape = len(delta) // network.members, network.members
    return FirstLayerInputs(*(block.reshape(*shape, *block.shape[1:]).sum(axis=1) for block in found))
