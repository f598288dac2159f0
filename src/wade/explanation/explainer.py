"""`wade.explain`: one row through one network, forward, backward and one update, with everything recorded."""

from __future__ import annotations

import os
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any, Protocol

import pyarrow as pa
from numpy.typing import ArrayLike

from wade.errors import DataError, InvalidArgument
from wade.explanation.stepper import Stepper
from wade.explanation.steps.encoding import columns_read, row_names
from wade.explanation.steps.native_check import compare
from wade.explanation.steps.record import EncodedColumn, Question
from wade.explanation.trace import Trace
from wade.maths.losses import Loss
from wade.maths.optimizers import Optimizer, State
from wade.maths.regularisers import UNREGULARISED, Regularisation
from wade.network import Network
from wade.settings import AUTO, USUAL_RATES, Settings, Settled, settle
from wade.tables import AUTO_DETECT, Dialect, Encoder, Schema, Target, read
from wade.tables.columns.cleaning import one_piece
from wade.tables.columns.views import in_short
from wade.training.automatic import build_optimizer
from wade.training.checkpoint import train_state_in
from wade.training.train_state import TrainState
from wade.types import Array, Inputs

FRESH = (
    "A model keeps no memory of its optimiser: this step begins with an empty one, as the first step of training did."
)


class TableModel(Protocol):
    """A network that reads raw tables: what `wade.learn` and `wade.load` give."""

    @property
    def network(self) -> Network:
        """The fitted network."""

    @property
    def encoder(self) -> Encoder:
        """From rows of a table to what the network reads."""

    @property
    def schema(self) -> Schema:
        """The role of each column."""

    @property
    def target(self) -> Target:
        """What is predicted."""

    @property
    def report(self) -> dict[str, Any]:
        """What was done."""

    @property
    def missing(self) -> tuple[str, ...]:
        """Texts that stand for a missing value."""

    @property
    def dialect(self) -> Dialect | None:
        """How the text was written that it learned from."""


def explain(
    subject: Network | TableModel,
    row: Any,
    target: Any = None,
    *,
    loss: str | Loss | None = None,
    optimizer: str | Optimizer | None = None,
    learning_rate: float | None = None,
    state: State | None = None,
    regularisation: Regularisation | None = None,
    dropout: bool = False,
    seed: int = 0,
    units: Mapping[str, str] | None = None,
) -> Trace:
    """Records one step on one row: its encoding, every Z, A, delta and gradient, the update, the loss after it.

    The step is taken on a copy, in float64, by the reference engine: the subject stays as it is. The native engine
    computes the same row in the subject's own dtype, and the record says how far the two are apart.

    Parameters
    ----------
    subject : Network or model
        At any moment of its training.
    row : one row
        For a model a mapping of column -> value or a frame of one row, in the user's own units; for a network Inputs or
        an array-like of numbers.
    target : class, number or array, optional
        What is true of the row. For a model it is taken from the row where it stands there. Without it there is a way
        forward, but no loss and no way back.
    loss, optimizer, learning_rate, regularisation : optional
        Where they are left out: those that a model was trained with; for a network the loss that belongs to its output,
        plain gradient descent, 0.01, and none.
    state : dict, optional
        The optimiser's memory at this moment of training; an empty one where it is left out. It stays as it is.
    dropout : bool
        Whether neurons are silent in this step, as in training, or all speak, as in a prediction.
    seed : int
        What dropout's masks are drawn from.
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

    Examples
    --------
    >>> import wade
    >>> perceptron = wade.Perceptron([0.1, 0.5, 2.5, 0.2], 3.0, "sigmoid")
    >>> trace = wade.explain(perceptron, [2, 3, -1, 5], target=1)
    >>> print(trace.text(form="numbers", digits=2).splitlines()[21].strip())
    z1[0] = 2·0.1 + 3·0.5 − 1·2.5 + 5·0.2 + 3.0 = 3.2
    >>> round(trace.J, 8), trace.check().is_fine, trace.native_check.agrees
    (0.03995333, True, True)
    """
    if not isinstance(subject, Network):
        table, name = _one_row(subject, row)
        return explain_row(
            subject,
            table,
            name,
            target,
            loss=loss,
            optimizer=optimizer,
            learning_rate=learning_rate,
            state=state,
            regularisation=regularisation,
            dropout=dropout,
            seed=seed,
            units=units,
        )
    return _recorded(
        subject,
        row,
        target,
        loss=loss,
        optimizer="sgd" if optimizer is None else optimizer,
        learning_rate=0.01 if learning_rate is None else learning_rate,
        state=state,
        regularisation=regularisation or UNREGULARISED,
        dropout=dropout,
        seed=seed,
    )


def explain_row(
    model: TableModel,
    table: pa.Table,
    name: str,
    target: Any = None,
    *,
    row: str = "",
    loss: str | Loss | None = None,
    optimizer: str | Optimizer | None = None,
    learning_rate: float | None = None,
    state: State | None = None,
    regularisation: Regularisation | None = None,
    dropout: bool = False,
    seed: int = 0,
    units: Mapping[str, str] | None = None,
) -> Trace:
    """The same for a table of one tidy row, as `read_table` gives it; `row` says which one it is, in words."""
    X = model.encoder.encode(table, name)
    units = {**units_of(table), **(units or {})}
    observed, y = _observed(model, table, name, target)
    what = model.target
    question = Question(
        what.column,
        what.task,
        tuple(in_short(one) for one in what.classes),
        observed,
        units.get(what.column, ""),
        what.mean,
        what.scale,
        row,
    )
    trained = _settings(model)
    usual = USUAL_RATES[trained.optimizer] if trained.learning_rate == AUTO else trained.learning_rate
    trace = _recorded(
        model.network,
        X,
        y,
        loss=loss,
        optimizer=build_optimizer(trained) if optimizer is None else optimizer,
        learning_rate=usual if learning_rate is None else learning_rate,
        state=state,
        regularisation=regularisation or Regularisation(trained.l1, trained.l2, trained.clip_norm),
        dropout=dropout,
        seed=seed,
        columns=columns_read(model.encoder, model.schema, table, name, X, units),
        question=question,
    )
    notes = (FRESH,) if state is None and y is not None else ()
    return replace(trace, notes=notes, row_names=row_names(model.encoder))


def train_state_of(model: TableModel, checkpoint: str | os.PathLike[str]) -> TrainState:
    """Where the training of a model stood when this checkpoint of it was written: θ, and the optimiser's memory.

    Raises
    ------
    CheckpointError
        The file cannot be read, or belongs to another network.
    """
    return train_state_in(checkpoint, model.network, build_optimizer(_settings(model)))


def units_of(table: pa.Table) -> dict[str, str]:
    """The units that the columns of a table say of themselves, as Parquet files can."""
    found = {}
    for field in table.schema:
        unit = (field.metadata or {}).get(b"unit")
        if unit:
            found[field.name] = unit.decode("utf-8", "replace")
    return found


def stepper_of(trace: Trace, network: Network | None = None) -> Stepper:
    """The row of a trace, to be taken through its moves one by one, from the place before the step.

    Parameters
    ----------
    trace : Trace
    network : Network, optional
        Whose θ moves; a copy of the trace's where it is left out.
    """
    moved = network or Network.from_dict(trace.network.to_dict(), trace.network.theta)
    stepper = Stepper(
        moved,
        trace.X,
        loss=trace.loss,
        optimizer=trace.optimizer,
        learning_rate=trace.learning_rate,
        state=deepcopy(trace.state_before),
        regularisation=trace.regularisation,
        columns=trace.columns,
        question=trace.question,
    )
    stepper.trace = replace(stepper.trace, y=trace.y, masks=trace.masks, notes=trace.notes, row_names=trace.row_names)
    return stepper


def _recorded(
    network: Network,
    row: Inputs | ArrayLike,
    target: object,
    *,
    loss: str | Loss | None,
    optimizer: str | Optimizer,
    learning_rate: float,
    state: State | None,
    regularisation: Regularisation,
    dropout: bool,
    seed: int,
    columns: tuple[EncodedColumn, ...] | None = None,
    question: Question | None = None,
) -> Trace:
    """All moves on a copy in float64, and the native engine beside them."""
    stepper = Stepper(
        Network.from_dict({**network.to_dict(), "dtype": "float64"}, network.theta),
        row,
        target,
        loss=loss,
        optimizer=optimizer,
        learning_rate=learning_rate,
        state=None if state is None else deepcopy(state),
        regularisation=regularisation,
        dropout=dropout,
        seed=seed,
        columns=columns,
        question=question,
    )
    while stepper.next_move and stepper.trace.theta_after is None:
        stepper.move()
    return replace(stepper.trace, native_check=compare(stepper.trace, network, seed))


def _one_row(model: TableModel, row: Any) -> tuple[pa.Table, str]:
    """A mapping or a frame as a table of one tidy row."""
    frame = pa.table({str(name): [value] for name, value in row.items()}) if isinstance(row, Mapping) else row
    text = model.schema.text_columns
    reading = read(frame, model.missing, text, AUTO_DETECT, model.dialect or AUTO_DETECT)
    if reading.table.num_rows != 1:
        remedy = "Take one of them, or use `model.explain(data, row=17)`."
        raise InvalidArgument("row", "must be one row", f"{reading.table.num_rows:,} rows", remedy)
    return reading.table, "the row" if isinstance(row, Mapping) else reading.name


def _observed(model: TableModel, table: pa.Table, name: str, target: Any) -> tuple[str | None, Array | None]:
    """What is true of the row, in the user's words and as the loss takes it."""
    column = model.target.column
    if target is not None:
        rest = table.drop_columns([column]) if column in table.column_names else table
        text = {column} & set(model.schema.text_columns)
        table = read(rest.append_column(column, pa.array([target])), model.missing, text).table
    if column not in table.column_names or one_piece(table[column]).null_count:
        return None, None
    value = one_piece(table[column])[0].as_py()
    y = model.target.encode(table, name)
    return in_short(value), y


def _settings(model: TableModel) -> Settled:
    """The settings that a model was trained with; the usual ones where its report has none."""
    found = model.report.get("settings") or {}
    known = ("optimizer", "learning_rate", "weight_decay", "l1", "l2", "clip_norm")
    try:
        return settle(Settings(**{name: found[name] for name in known if name in found}), rows=1)
    except InvalidArgument as error:
        raise DataError(
            "the model's report", f"its settings cannot be used ({error})", "Train the model again."
        ) from error
