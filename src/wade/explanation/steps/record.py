"""What was recorded of one step: plain data, from the row in the user's units to the loss after the update.

A field is None where its phase has not been computed yet, which differs from 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from wade.explanation.notation.expressions import Equation
from wade.maths.losses import Loss
from wade.maths.optimizers import Optimizer, State
from wade.maths.regularizers import UNREGULARIZED, Regularization
from wade.network import ForwardPass, Network
from wade.types import Array, Floats, Inputs


@dataclass(frozen=True)
class EncodingStep:
    """One step in the encoding of a value: "scaled", "clipped", "code", "hour", …

    `read_by` is what reads it, such as "W1[0,:]"; "" where the next step does. `remark` is a sentence.
    """

    name: str
    value: float | int | str
    read_by: str = ""
    equation: Equation | None = None
    remark: str = ""


@dataclass(frozen=True)
class EncodedColumn:
    """One column of the row: its raw value, in the user's unit, and the steps of its encoding."""

    column: str
    role: str
    raw: float | int | str | bool | None
    unit: str
    encoding: tuple[EncodingStep, ...]


@dataclass(frozen=True)
class TargetInfo:
    """What is predicted, in the user's words.

    The column ("" of a bare network), its task and classes, the observed value (None: unknown), the unit, the scale of
    a number (value = mean + scale · output), and which row this is: "row 17 of flights".
    """

    target: str = ""
    task: str = ""
    classes: tuple[str, ...] = ()
    observed: str | None = None
    unit: str = ""
    mean: float = 0.0
    scale: float = 1.0
    row: str = ""


@dataclass(frozen=True)
class NativeCheck:
    """The native engine's results beside the record: whether and why not it ran, and in which dtype.

    `differences` has the largest difference of "prediction", "loss" and "gradient", each as a share of the largest
    number; `tolerance` is how much rounding may add.
    """

    ran: bool
    reason: str = ""
    dtype: str = ""
    differences: Mapping[str, float] = field(default_factory=dict)
    tolerance: float = 0.0

    @property
    def agrees(self) -> bool:
        """Whether all differences are no more than rounding."""
        return self.ran and all(difference <= self.tolerance for difference in self.differences.values())


@dataclass(frozen=True, eq=False)
class Record:
    """One step, up to the phase that was computed last.

    Parameters
    ----------
    network : Network
        A copy from before the step; not to be changed.
    X : Inputs
        The row, encoded.
    y : array or None
        The observed value, as the loss takes it; None where it is unknown.
    masks : tuple of arrays
        What dropout multiplied by; () where nothing was dropped.
    columns, target_info, loss, optimizer, regularization, learning_rate
        How the row was encoded, what is predicted, and how the step is taken.
    state_before : dict
        The optimizer state before the step.
    forward : ForwardPass or None
        Z and A of every layer.
    J : float or None
        The loss.
    deltas : tuple of arrays, or None
    gradient : array (n_parameters,) or None
        ∂J/∂θ.
    regularized_gradient : array (n_parameters,) or None
        The gradient after penalties and clipping.
    theta_after : array (n_parameters,) or None
    state_after : dict or None
    J_after : float or None
        The loss of the same row after the update.
    native_check : NativeCheck or None
        None where the native engine was not run.
    notes : tuple of str
        Sentences for the reader, on the step.
    row_notes : tuple of str
        Those on the row: what a model knows little of in it.
    category_names : mapping from "E1.carrier" to tuple of str
        The values with codes 1, 2, … of a category.
    at_terminal : bool
        Whether the report names options of the command line, "--weight", and not parameters of Python, "weight=".
    """

    network: Network
    X: Inputs
    y: Array | None
    masks: tuple[Floats, ...]
    columns: tuple[EncodedColumn, ...]
    target_info: TargetInfo
    loss: Loss
    optimizer: Optimizer
    learning_rate: float
    state_before: State
    regularization: Regularization = UNREGULARIZED
    forward: ForwardPass | None = None
    J: float | None = None
    deltas: tuple[Floats, ...] | None = None
    gradient: Floats | None = None
    regularized_gradient: Floats | None = None
    theta_after: Floats | None = None
    state_after: State | None = None
    J_after: float | None = None
    native_check: NativeCheck | None = None
    notes: tuple[str, ...] = ()
    row_notes: tuple[str, ...] = ()
    category_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    at_terminal: bool = False

    @property
    def output(self) -> Floats | None:
        """The prediction, (outputs,): the mean over members."""
        return None if self.forward is None else self.network.mean_of_members(self.forward.A[-1])[0]

    @property
    def effective_learning_rates(self) -> Floats | None:
        """What the direction of each parameter's step is multiplied by, (n_parameters,); before the update None."""
        if self.state_after is None:
            return None
        with np.errstate(over="ignore"):
            factors = self.optimizer.effective_learning_rate(self.state_after, self.learning_rate)
        return np.broadcast_to(np.asarray(factors, np.float64), self.network.theta.shape)

    def read(self, index: int) -> Floats:
        """The numbers that layer `index` (from 0) reads, a row for each member."""
        rows = self.network.for_members(self.X).numbers
        if not index:
            return rows
        assert self.forward is not None
        A = self.forward.A[index - 1]
        return A * self.masks[index - 1] if self.masks else A
