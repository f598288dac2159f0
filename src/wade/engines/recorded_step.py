r"""One recorded step of gradient descent that can be undone, and the numerical check of any gradient.

The numbers are the reference engine's own, recorded where it computes them; only the check computes anew, by centred
differences of J.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass

import numpy as np

from wade.engines.protocol import Task
from wade.engines.reference import ReferenceEngine, descend_once, loss_and_delta
from wade.errors import InvalidArgument
from wade.maths.losses import Loss
from wade.maths.optimizers import State
from wade.network.network import ForwardPass, Network
from wade.network.preactivation import FirstLayerInputs, first_layer_inputs_backward
from wade.types import Array, Floats, Inputs, Samples


@dataclass(frozen=True)
class RecordedStep:
    """One step of descent, as it was computed.

    Parameters
    ----------
    passed : ForwardPass
        Z and A of every layer, before the step.
    masks : tuple of arrays (n_samples · members, n_out)
        What dropout multiplied the activations of each hidden layer by; () without dropout.
    loss : float
        J of the batch, before the step.
    deltas : tuple of arrays (n_samples · members, n_out)
        ∂J/∂Z of every layer, the first one first.
    gradient : array (n_parameters,)
        ∂J/∂θ, laid out as θ is.
    theta_before, theta_after : arrays (n_parameters,)
    state_before, state_after : dict
        The optimizer state.
    """

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
        """Undoes the step: θ and the optimizer state are what they were, bit for bit.

        Parameters
        ----------
        network : Network
            The one of the step; changed in place.
        state : dict
            Its optimizer state; changed in place.

        Raises
        ------
        InvalidArgument
            Where the network has taken another step since.
        """
        if network.theta.tobytes() != self.theta_after.tobytes():
            raise InvalidArgument("network", "must be where this step left it", network, "Undo the later steps first.")
        network.theta[:] = self.theta_before
        state.clear()
        state.update(deepcopy(self.state_before))


def take_step(task: Task, state: State, samples: Samples, learning_rate: float, *, seed: int = 0) -> RecordedStep:
    """Forward, loss, backward, regularise, update on these rows, all of it recorded.

    Parameters
    ----------
    task : Task
        With a loss and an optimizer; θ of its network is changed in place.
    state : dict
        What `optimizer.init(network.theta)` gave, or what the step before left; changed in place.
    samples : Samples
        The batch.
    learning_rate : float
    seed : int
        As in `Engine.descend`.

    Returns
    -------
    Step

    Examples
    --------
    >>> from wade.maths.losses import choose_loss
    >>> from wade.maths.optimizers import SGD
    >>> network = Network(1, hidden=(), dtype="float64")
    >>> network.theta[:] = 0
    >>> descent, start = SGD(), network.theta.copy()
    >>> state = descent.init(network.theta)
    >>> samples = Samples(network.as_inputs([[2.0]]), np.asarray([[1.0]]))
    >>> task = Task(network, choose_loss("cross_entropy", "sigmoid"), descent)
    >>> step = take_step(task, state, samples, learning_rate=0.1)
    >>> step.deltas[0], step.gradient, network.theta
    (array([[-0.5]]), array([-1. , -0.5]), array([0.1 , 0.05]))
    >>> step.undo(network, state)
    >>> network.theta, state
    (array([0., 0.]), {'step': 0})
    """
    network = task.network
    theta_before, state_before = network.theta.copy(), deepcopy(state)
    masks = network.masks(len(samples.X), seed, state["step"])
    passed, J, (deltas, gradient) = descend_once(task, state, samples, learning_rate, masks)
    return RecordedStep(
        passed, masks, J, deltas, gradient, theta_before, network.theta.copy(), state_before, deepcopy(state)
    )


@dataclass(frozen=True)
class GradientComparison:
    """Gradients by back-propagation beside centred differences.

    Parameters
    ----------
    places : array (n,), int64
        Which entries of θ.
    gradient : array (n,)
        By back-propagation.
    difference : array (n,)
        By centred differences.
    """

    places: Array
    gradient: Floats
    difference: Floats

    @property
    def relative_error(self) -> Floats:
        r"""How far apart the two are: |a − n| / (|a| + |n|), 0 where both are 0. Under 1e-7 right, above 1e-2 wrong."""
        apart, size = np.abs(self.gradient - self.difference), np.abs(self.gradient) + np.abs(self.difference)
        return apart / np.where(size > 0, size, 1.0)


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
    r"""Checks gradients by moving one parameter at a time.

    .. math:: \frac{\partial J}{\partial \theta_i} \approx \frac{J(\theta + h e_i) - J(\theta - h e_i)}{2h}

    Parameters
    ----------
    network : Network
        In float64: a float32 has too few digits for a difference of this kind. It stays as it is.
    X, y, loss, weights
        As in `Engine.loss_and_gradient`.
    parameters : names such as "W1" and "b2", optional
        All of θ where it is left out.
    epsilon : float
        h.

    Returns
    -------
    GradientCheck

    Raises
    ------
    InvalidArgument
        Where the network computes in float32, or a name is unknown.

    References
    ----------
    The notes of Stanford's CS231n, *Learning*, for the formula and the scale of errors.

    Examples
    --------
    >>> from wade.maths.losses import choose_loss
    >>> network = Network(2, hidden=(3,), activation="tanh", dtype="float64", seed=1)
    >>> rows = network.as_inputs([[0.5, -1.0]]), np.asarray([[1.0]])
    >>> check = check_gradient(network, *rows, choose_loss("cross_entropy", "sigmoid"), parameters=["W1"])
    >>> len(check.places), bool(check.relative_error.max() < 1e-7)
    (6, True)
    """
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


def central_differences(
    network: Network,
    X: Inputs,
    y: Array,
    loss: Loss,
    places: Array,
    *,
    weights: Floats | None = None,
    epsilon: float = 1e-6,
    masks: tuple[Floats, ...] = (),
) -> Floats:
    """∂J/∂θᵢ as `check_gradient` has it from J alone.

    Parameters
    ----------
    network, X, y, loss, weights, epsilon
        As in `check_gradient`.
    places : array (n,), int64
        Which entries of θ.
    masks : tuple of arrays
        What dropout multiplied by in the step that is checked; () where nothing was dropped.

    Returns
    -------
    array (n,)
    """
    theta = network.theta.copy()

    def moved(place: int, by: float) -> float:
        network.theta[place] = theta[place] + by
        J, _ = loss_and_delta(network, network.forward(X, masks), y, loss, weights)
        network.theta[place] = theta[place]
        return J

    return np.asarray([(moved(place, epsilon) - moved(place, -epsilon)) / (2 * epsilon) for place in places])
