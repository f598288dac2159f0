"""`wade.explain`: one row through one network, forward, backward and one update, with everything recorded."""

from __future__ import annotations

import os
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike

from wade.errors import DataError, Diverged, InvalidArgument
from wade.explanation.stepper import Stepper
from wade.explanation.steps.encoding import columns_read, row_names
from wade.explanation.steps.native_check import compare
from wade.explanation.steps.record import EncodedColumn, TargetInfo
from wade.explanation.trace import Trace
from wade.maths.losses import Loss
from wade.maths.optimizers import Optimizer, State
from wade.maths.regularizers import UNREGULARIZED, Regularization
from wade.network import Network
from wade.settings import AUTO, Settings, Settled, settle
from wade.tables import Encoder, Schema, Target, read
from wade.tables.columns.cleaning import one_piece
from wade.tables.columns.metadata import units_of
from wade.tables.columns.views import in_short
from wade.tables.encoding.unfamiliar import find_unfamiliar
from wade.training.automatic import build_optimizer
from wade.training.checkpoint import train_state_in
from wade.training.train_state import TrainState
from wade.types import Array, Inputs

FRESH = "The optimizer state is empty, as in the first step of training: a model file does not store it."


class TableModel(Protocol):
    """A network that reads raw tables, such as `wade.learn` and `wade.load` return."""

    @property
    def network(self) -> Network:
        """The fitted network."""

    @property
    def encoder(self) -> Encoder:
        """From rows of a table to the inputs of the network."""

    @property
    def schema(self) -> Schema:
        """The role of each column."""

    @property
    def target(self) -> Target:
        """What is predicted."""

    @property
    def report(self) -> dict[str, Any]:
        """How the model was trained and evaluated."""

    @property
    def missing(self) -> tuple[str, ...]:
        """Texts that stand for a missing value."""

    def open_row(self, row: Any) -> tuple[pa.Table, str]:
        """A single row as a tidy table, and its name in messages."""


@dataclass(frozen=True)
class StepOptions:
    """How the recorded step is taken; None: as the model was trained, or the defaults of `explain`."""

    loss: str | Loss | None = None
    optimizer: str | Optimizer | None = None
    learning_rate: float | None = None
    state: State | None = None
    regularization: Regularization | None = None
    dropout: bool = False
    seed: int = 0


def explain(
    subject: Network | TableModel,
    row: Any,
    target: Any = None,
    *,
    loss: str | Loss | None = None,
    optimizer: str | Optimizer | None = None,
    learning_rate: float | None = None,
    state: State | None = None,
    regularization: Regularization | None = None,
    dropout: bool = False,
    seed: int = 0,
    units: Mapping[str, str] | None = None,
) -> Trace:
    """Records one step on one row: its encoding, every Z, A, delta and gradient, the update, the loss after it.

    The step is taken on a copy, in float64, by the reference engine; the subject is not changed. The native engine
    computes the same row in the subject's own dtype, and the record holds the differences.

    Parameters
    ----------
    subject : Network or model
        At any point of its training.
    row : one row
        For a model a mapping of column -> value or a frame of one row, in the user's own units; for a network Inputs or
        an array-like of numbers.
    target : class, number or array, optional
        The observed value. For a model it is taken from the row where the row has it. Without it there is a forward
        pass, but no loss and no backward pass.
    loss, optimizer, learning_rate, regularization : optional
        Defaults: those that a model was trained with; for a network the usual loss of its output, plain gradient
        descent, 0.01, and no regularization.
    state : dict, optional
        The optimizer state at this point of training; an empty one by default. It is not changed.
    dropout : bool
        Whether dropout is on, as in training, or off, as in prediction.
    seed : int
        Seed of the dropout masks.
    units : mapping from column to text, optional
        Such as {"temperature": "°C"}.

    Returns
    -------
    Trace

    Raises
    ------
    InvalidArgument
        Where the row is not one row, or an argument is outside its range.
    DataError
        Where a model cannot read the row.
    Diverged
        Where a number of a model's step is beyond all doubles.

    Examples
    --------
    >>> import wade
    >>> perceptron = wade.Perceptron([0.1, 0.5, 2.5, 0.2], 3.0, "sigmoid")
    >>> trace = wade.explain(perceptron, [2, 3, -1, 5], target=1)
    >>> report = trace.text(form="numbers", digits=2)
    >>> print(next(line.strip() for line in report.splitlines() if "z1[0] =" in line))
    z1[0] = 2·0.1 + 3·0.5 − 1·2.5 + 5·0.2 + 3.0 = 3.2
    >>> round(trace.J, 8), trace.check().is_fine, trace.native_check.agrees
    (0.03995333, True, True)
    """
    options = StepOptions(
        loss=loss,
        optimizer=optimizer,
        learning_rate=learning_rate,
        state=state,
        regularization=regularization,
        dropout=dropout,
        seed=seed,
    )
    if isinstance(subject, Network):
        trace = _recorded(subject, row, target, options)
        return trace if trace.y is None else replace(trace, notes=_of_defaults(options))
    if not hasattr(subject, "open_row"):
        remedy = "Of an estimator, explain its `network_`, with a row of numbers."
        raise InvalidArgument("subject", "must be a Model or a Network", type(subject).__name__, remedy)
    table, name = subject.open_row(row)
    return explain_row(subject, table, name, target, options, units=units)


def explain_row(
    model: TableModel,
    table: pa.Table,
    name: str,
    target: Any,
    options: StepOptions,
    *,
    row: str = "",
    units: Mapping[str, str] | None = None,
) -> Trace:
    """The same for a table of one tidy row, as `read_table` returns it; `row` is the row's name in the report."""
    X = model.encoder.encode(table, name)
    # Of texts with a unit, the value itself has it.
    kept = {one.name: one.unit for one in (*model.schema.columns, model.schema.target) if one.unit}
    units = {**kept, **units_of(table), **(units or {})}
    observed, y = _observed(model, table, name, target)
    predicted = model.target
    target_info = TargetInfo(
        target=predicted.column,
        task=predicted.task,
        classes=tuple(in_short(one) for one in predicted.classes),
        observed=observed,
        unit=units.get(predicted.column, ""),
        mean=predicted.mean,
        scale=predicted.scale,
        row=row,
    )
    trained = _settings(model)
    rate = build_optimizer(trained).usual_learning_rate if trained.learning_rate == AUTO else trained.learning_rate
    penalties = Regularization(trained.l1, trained.l2, trained.clip_norm)
    of_rate = () if options.learning_rate is not None else (_of_rate(model),)
    options = replace(
        options,
        optimizer=build_optimizer(trained) if options.optimizer is None else options.optimizer,
        learning_rate=rate if options.learning_rate is None else options.learning_rate,
        regularization=options.regularization or penalties,
    )
    columns = columns_read(model.encoder, model.schema, table, name, X, units)
    with np.errstate(over="ignore", invalid="ignore"):  # numbers that overflow are refused
        trace = _recorded(model.network, X, y, options, columns, target_info)
    _require_finite(trace)
    fresh = (FRESH,) if options.state is None and {*trace.state_before} - {"step"} else ()
    notes = () if y is None else (*of_rate, *_of_batch(model), *fresh)
    unfamiliar = find_unfamiliar(model.encoder, model.schema, table, X, name).notes
    return replace(trace, notes=notes, row_notes=tuple(unfamiliar), category_names=row_names(model.encoder))


def _of_rate(model: TableModel) -> str:
    """Where the learning rate comes from."""
    settings = model.report.get("settings") or {}
    if settings.get("learning_rate", AUTO) == AUTO:
        return "η is the usual learning rate of this optimizer: the model does not say which it was trained with."
    schedule = settings.get("schedule", "constant")
    varied = "" if schedule == "constant" else f", there times a factor that the schedule {schedule} set at each step"
    return f"η is the learning rate that the model was trained with{varied}."


def _of_defaults(options: StepOptions) -> tuple[str, ...]:
    """What a bare network does not know of its training, where `explain` was not told."""
    given = {"optimizer": 'optimizer="adam"', "learning_rate": "learning_rate=0.1"}
    lacking = [name for name in given if getattr(options, name) is None]
    if not lacking:
        return ()
    listed = " and ".join(name.replace("_", " ") for name in lacking)
    are = "are defaults" if len(lacking) > 1 else "is the default"
    such = ", ".join(given[name] for name in lacking)
    return (
        f"A network does not hold how it was trained: {listed} here {are} of wade.explain; pass it others, such as "
        f"{such}.",
    )


def _of_batch(model: TableModel) -> tuple[str, ...]:
    """How a step of training differs in its rows."""
    size = (model.report.get("settings") or {}).get("batch_size")
    if not size:
        return ()
    if size == 1:
        return ("In training, too, each step had one row.",)
    return (f"In training, a step averaged the gradients of {size:,} rows; here it has this row alone.",)


def train_state_of(model: TableModel, checkpoint: str | os.PathLike[str]) -> TrainState:
    """The train state in a checkpoint of this model: θ and the optimizer state.

    Raises
    ------
    CheckpointError
        The file cannot be read, or belongs to another network.
    """
    return train_state_in(checkpoint, model.network, build_optimizer(_settings(model)))


def stepper_of(trace: Trace, network: Network | None = None) -> Stepper:
    """A stepper at the beginning of a recorded step; it updates θ of `network`, by default of a copy of the trace's."""
    stepped = network or Network.from_dict(trace.network.to_dict(), trace.network.theta)
    stepper = Stepper(
        stepped,
        trace.X,
        loss=trace.loss,
        optimizer=trace.optimizer,
        learning_rate=trace.learning_rate,
        state=deepcopy(trace.state_before),
        regularization=trace.regularization,
        columns=trace.columns,
        target_info=trace.target_info,
    )
    stepper.trace = replace(
        stepper.trace,
        y=trace.y,
        masks=trace.masks,
        notes=trace.notes,
        row_notes=trace.row_notes,
        category_names=trace.category_names,
        at_terminal=trace.at_terminal,
    )
    return stepper


def _recorded(
    network: Network,
    row: Inputs | ArrayLike,
    target: object,
    options: StepOptions,
    columns: tuple[EncodedColumn, ...] | None = None,
    target_info: TargetInfo | None = None,
) -> Trace:
    """The whole step on a copy in float64, and the native engine beside it."""
    stepper = Stepper(
        Network.from_dict({**network.to_dict(), "dtype": "float64"}, network.theta),
        row,
        target,
        loss=options.loss,
        optimizer="sgd" if options.optimizer is None else options.optimizer,
        learning_rate=0.01 if options.learning_rate is None else options.learning_rate,
        state=deepcopy(options.state),
        regularization=options.regularization or UNREGULARIZED,
        dropout=options.dropout,
        seed=options.seed,
        columns=columns,
        target_info=target_info,
    )
    while stepper.next_phase and stepper.trace.theta_after is None:
        stepper.advance()
    return replace(stepper.trace, native_check=compare(stepper.trace, network, options.seed))


def _require_finite(trace: Trace) -> None:
    """Raise Diverged where a number of the step is infinite or none: no formula can be worked out with it."""
    assert trace.forward is not None
    steps = (trace.J, trace.gradient, trace.theta_after, trace.J_after)
    known = [np.asarray(one) for one in (*trace.forward.Z, *trace.forward.A, *steps) if one is not None]
    if not all(np.isfinite(one).all() for one in known):
        remedy = "Train again with a smaller learning rate."
        raise Diverged(f"The network's numbers overflow in this step, so that it cannot be explained. {remedy}")


def _observed(model: TableModel, table: pa.Table, name: str, target: Any) -> tuple[str | None, Array | None]:
    """The observed value as the table has it, and as the loss takes it."""
    column = model.target.column
    if target is not None:
        rest = table.drop_columns([column]) if column in table.column_names else table
        text = {name: kept for name, kept in model.schema.text_columns.items() if name == column}
        table = read(rest.append_column(column, pa.array([target])), model.missing, text).table
    if column not in table.column_names or one_piece(table[column]).null_count:
        return None, None
    value = one_piece(table[column])[0].as_py()
    y = model.target.encode(table, name)
    return in_short(value), y


def _settings(model: TableModel) -> Settled:
    """The settings that a model was trained with; the defaults where its report has none."""
    found = model.report.get("settings") or {}
    known = ("optimizer", "learning_rate", "weight_decay", "l1", "l2", "clip_norm")
    try:
        return settle(Settings(**{name: found[name] for name in known if name in found}), rows=1)
    except InvalidArgument as error:
        raise DataError(
            "the model's report", f"its settings cannot be used ({error})", "Train the model again."
        ) from error
