"""One step of a `Walk`, looked at: the trace of a row, and that row's share of the batch's mean gradient."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from wade.engines.reference import back_propagate, loss_and_delta, update
from wade.errors import InvalidArgument
from wade.explanation.stepper import Stepper
from wade.explanation.steps.record import EncodedColumn, TargetInfo
from wade.explanation.trace import Trace
from wade.maths.optimizers import State
from wade.network import Network
from wade.training.train_state import copy_state
from wade.training.walk import Walk
from wade.types import Floats, Inputs, Rows

TINY: Final = np.finfo(np.float64).tiny
"""Stands for a learning rate of 0, which a schedule may end with."""


@dataclass(frozen=True, eq=False)
class StepView:
    r"""The step at hand of a walk.

    A trace is of one row, a step of a batch: J and ∂J/∂θ of the step are means over the rows of the batch,

    .. math:: \frac{\partial J}{\partial \theta} = \sum_{i \in \text{batch}} s_i \frac{\partial J_i}{\partial \theta},
              \qquad s_i = \frac{w_i}{\sum_{j \in \text{batch}} w_j}

    with w = 1, and so s = 1 / rows, where rows have no weights.

    Parameters
    ----------
    trace : Trace
        Forward and backward pass of the chosen row, alone, before the step.
    update : Trace
        The update alone, for its section of a report: the batch's gradient, and the parameters after the step. What
        leads to that gradient is not in it: its forward pass is the row's, and so is `J_after`.
    row : int
        The number of the chosen row among the training rows; −1 where it is none of them.
    batch : array of int
        The training rows of the step.
    share : float
        s of the chosen row; 0 where the batch does not have it.
    loss : float
        J of the batch.
    gradient : array (n_parameters,)
        ∂J/∂θ of the batch, without penalties.
    learning_rate : float
        Of this step, by the schedule.
    """

    trace: Trace
    update: Trace
    row: int
    batch: Rows
    share: float
    loss: float
    gradient: Floats
    learning_rate: float

    def contribution(self, at: int) -> float:
        """What the chosen row adds to the batch's ∂J/∂θ of the parameter at this place of θ: s · ∂Jᵢ/∂θ."""
        assert self.trace.gradient is not None
        return self.share * float(self.trace.gradient[at])


@np.errstate(all="ignore")  # a step that diverges has numbers that are not finite, and shows them
def view_step(
    walk: Walk,
    row: int | None = None,
    *,
    X: Inputs | None = None,
    y: object = None,
    dtype: str = "float64",
    columns: tuple[EncodedColumn, ...] | None = None,
    target_info: TargetInfo | None = None,
) -> StepView:
    """The step at hand, computed by the formulas of `wade.maths`; the walk stays as it is.

    Parameters
    ----------
    walk : Walk
    row : int, optional
        A training row; the first of the batch where neither it nor `X` is given.
    X, y : Inputs of one row, and what was observed, as the loss takes it
        A row that is no training row.
    dtype : "float64" or "float32"
        What it is computed in: the textbook's precision, or the engine's.
    columns, target_info
        How the row was encoded, and what is predicted, for reports.

    Raises
    ------
    InvalidArgument
        There is no such row.

    Examples
    --------
    >>> import numpy as np
    >>> from wade.network import Network
    >>> X, y = np.asarray([[2.0], [4.0]]), np.asarray([1.0, 0.0])
    >>> walk = Walk(Network(1, hidden=(), seed=1), X, y, batch_size=2, learning_rate=0.1)
    >>> walk.edit("W1[0,0]", 0)
    >>> view = view_step(walk, row=1)
    >>> view.loss.__round__(4), view.share, view.trace.gradient, view.gradient
    (0.6931, 0.5, array([2. , 0.5]), array([0.5, 0. ]))
    >>> _ = walk.step()
    >>> bool(np.allclose(walk.network.theta, view.update.theta_after))
    True
    """
    batch = walk.batch()
    if X is None:
        row = int(batch[0]) if row is None else row
        if not 0 <= row < walk.n_rows:
            raise InvalidArgument("row", f"must be from 0 to {walk.n_rows - 1}", row, "Choose a training row.")
        X, y = walk.samples.X[np.asarray([row])], walk.samples.y[row]
    else:
        row = None
    network = Network.from_dict(walk.network.to_dict() | {"dtype": dtype}, walk.network.theta)
    masks = network.masks(len(batch), walk.seed, int(walk.optimizer_state["step"]))
    trace = _trace(walk, network, X, y, columns, target_info, masks=_of_row(network, masks, row, batch))
    J, gradient = _of_batch(walk, network, batch, masks)
    update = _updated(walk, trace, gradient)
    return StepView(trace, update, -1 if row is None else row, batch, _share(walk, row, batch), J, gradient,
                    trace.learning_rate)  # fmt: skip


def _trace(
    walk: Walk,
    network: Network,
    X: Inputs,
    y: object,
    columns: tuple[EncodedColumn, ...] | None,
    target_info: TargetInfo | None,
    masks: tuple[Floats, ...],
) -> Trace:
    """Forward and backward pass of the row alone."""
    stepper = Stepper(
        network,
        X,
        y,
        loss=walk.loss,
        optimizer=walk.settings.optimizer,
        learning_rate=max(walk.learning_rate, TINY),
        state=_in_dtype(walk.optimizer_state, network),
        regularization=walk.settings.regularization,
        columns=columns,
        target_info=target_info,
    )
    stepper.trace = replace(stepper.trace, masks=masks)
    stepper.forward()
    return stepper.trace if y is None else stepper.backward()


def _of_row(network: Network, masks: tuple[Floats, ...], row: int | None, batch: Rows) -> tuple[Floats, ...]:
    """Which units the step drops for this row; none for a row that the batch does not have."""
    found = np.flatnonzero(batch == row) if row is not None else np.empty(0, np.int64)
    first = int(found[0]) * network.members if len(found) else 0
    return tuple(mask[first : first + network.members] for mask in masks) if len(found) else ()


def _in_dtype(state: State, network: Network) -> State:
    """A copy, in the precision of the network."""
    return {
        name: value.astype(network.dtype) if isinstance(value, np.ndarray) else value for name, value in state.items()
    }


def _of_batch(walk: Walk, network: Network, batch: Rows, masks: tuple[Floats, ...]) -> tuple[float, Floats]:
    """J of the batch, and its gradient."""
    X, y, weights = walk.samples.take(batch)
    inputs = network.as_inputs(X)
    targets = y.astype(network.dtype) if y.dtype.kind == "f" else y
    passed = network.forward(inputs, masks)
    J, delta = loss_and_delta(network, passed, targets, walk.loss, weights)
    return J, back_propagate(network, inputs, passed, delta, masks).gradient


def _updated(walk: Walk, trace: Trace, gradient: Floats) -> Trace:
    after, state = Network.from_dict(trace.network.to_dict(), trace.network.theta), copy_state(trace.state_before)
    seen = update(after, gradient, trace.optimizer, state, trace.learning_rate, trace.regularization)
    J = None if trace.y is None else loss_and_delta(after, after.forward(trace.X, trace.masks), trace.y, trace.loss)[0]
    return replace(
        trace, gradient=gradient, regularized_gradient=seen, theta_after=after.theta, state_after=state, J_after=J
    )


def _share(walk: Walk, row: int | None, batch: Rows) -> float:
    """S of the row in the mean over the batch."""
    weights = walk.samples.weights
    if row is None or row not in batch:
        return 0.0
    return 1 / len(batch) if weights is None else float(weights[row] / weights[batch].sum(dtype=np.float64))
