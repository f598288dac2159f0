"""A fitted model: predictions, evaluation, decisions and explanations for raw tables."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wade.documents.html import fragment
from wade.documents.structure import Block, Document, Text
from wade.engines import Task, choose_engine
from wade.errors import DataError, InvalidArgument
from wade.explanation import StepOptions, Trace, explain_row, train_state_of
from wade.metrics import choose_metrics
from wade.metrics.classification import class_probabilities
from wade.model.evaluation import decisions
from wade.model.evaluation.costs import Costs
from wade.model.evaluation.labelled import LabelledRows, predict_labelled
from wade.model.evaluation.metrics_table import compare_metrics
from wade.model.evaluation.outputs import (
    CheckedPredictions,
    constant_outputs,
    finite,
    network_outputs,
    predictions,
)
from wade.model.evaluation.scoring import confusion_and_calibration, score
from wade.model.file import read_model, write_model
from wade.model.kept_report import kept_split
from wade.model.labelled_table import LabelledTable
from wade.model.one_row import OneRow, only_row
from wade.model.preparation.sources import open_table
from wade.model.training_rows import TrainingRows
from wade.network import Network
from wade.tables import Dialect, Encoder, Reading, Schema, Target, labelled_rows
from wade.tables.columns.kept_texts import new_notes
from wade.tables.columns.scalars import Unusual
from wade.tables.columns.views import row_of
from wade.tables.encoding.unfamiliar import Unfamiliar, find_unfamiliar
from wade.tables.schema.column_checks import known, require_target
from wade.types import Array, Floats, Inputs

Report: TypeAlias = dict[str, Any]


@dataclass(frozen=True, eq=False, repr=False)
class Model:
    """A network that reads raw tables.

    It keeps no row of the training data: only scales, the values of categories, and metrics.

    Parameters
    ----------
    network : Network
        The fitted network.
    schema : Schema
        The role of each column.
    encoder : Encoder
        From rows of a table to the network's inputs.
    target : Target
        From the network's outputs to classes or numbers.
    report : dict
        Plain JSON data: "test" and "baselines" (metrics with intervals), "confusion" and "calibration" on the test
        rows, "temperature", "diagnosis", "split", "settings", "engine", "epochs", "seconds", "history", and "base_rate"
        of the training rows (see `outputs.constant_outputs`).
    missing : tuple of str
        Texts that stand for a missing value in files, besides the usual ones.
    dialect : Dialect or None
        How the training data was written as text: the default for other files.
    training_rows : TrainingRows or None
        By which `evaluate` knows rows that the model was trained on; None in files of earlier versions.

    Examples
    --------
    >>> import numpy as np, pyarrow as pa, wade
    >>> x = np.linspace(-1, 1, 200)
    >>> table = pa.table({"x": x, "bent": np.where(np.abs(x) < 0.5, "yes", "no")})
    >>> model = wade.learn(table, "bent", hidden=(32,), learning_rate=0.02, epochs=60, batch_size=16)
    >>> model
    Model(bent from 1 column, hidden=(32,), 848 parameters)
    >>> model.predict(pa.table({"x": [0.0, 0.9]})).tolist()
    ['yes', 'no']
    """

    network: Network
    schema: Schema
    encoder: Encoder
    target: Target
    report: Report
    missing: tuple[str, ...] = ()
    dialect: Dialect | None = None
    training_rows: TrainingRows | None = None

    def predict(self, data: Any, dialect: Dialect | None = None) -> NDArray[Any]:
        """The predicted class or number of each row.

        Parameters
        ----------
        data : path, frame, built-in name, mapping of column name -> value, or list of such mappings
            With the model's columns; others, the target among them, are ignored. A mapping is one row; one row is
            predicted in microseconds.
        dialect : Dialect
            How text files are written; the rest is auto-detected.

        Returns
        -------
        array (n_rows,)
            The classes as they are in the table (object), or numbers in the target's own unit (float64).

        Raises
        ------
        DataError
            The table cannot be read, or a column is missing or of another type than in training.
        """
        outputs = self._outputs(data, dialect)
        if self.target.task == "regression":
            return self.target.decode_number(outputs[:, 0])
        classes = np.array(self.target.classes, dtype=object)
        return np.asarray(classes[class_probabilities(outputs).argmax(axis=1)])

    def predict_checked(self, data: Any, dialect: Dialect | None = None, ids: Sequence[str] = ()) -> CheckedPredictions:
        """Predictions and probabilities of rows that are read once, with what was never seen; as in `predict`.

        `ids` are columns of the data that are given back beside the predictions: what the model does not read, as it
        stands.
        """
        reading = self._open(data, dialect, ids)
        for column in ids:
            known(column, reading.table.column_names, reading.name, "to stand beside the predictions")
        encoded = self.encoder.encode(reading.table, reading.name)
        outputs = network_outputs(self.network, encoded, choose_engine(task=Task(self.network)))
        shares = None if self.target.task == "regression" else class_probabilities(outputs)
        found = self.unfamiliar(reading.table, encoded, reading.name)
        notes = (*reading.notes, *found.notes)
        kept = reading.table.select([*ids])
        return CheckedPredictions(predictions(self.target, outputs), shares, found.unseen, notes, kept)

    def check(self, data: Any, dialect: Dialect | None = None) -> Report:
        """What the model knows little of in these rows: values unseen in training, out of its range, or newly missing.

        `predict` says nothing of it, so that a single row is answered in microseconds. Parameters and errors are as
        there.

        Returns
        -------
        dict
            ``{"rows", "unseen", "outside", "missing", "notes"}``; unseen: for each category with such values
            ``{"column", "category", "unseen", "values", "examples"}``, how many of its values (missing ones left aside)
            they are; outside: for each number or date with values outside the range of its training rows, by more than
            5 % of its width, ``{"column", "values", "low", "high", "unit"}``; missing: for each column without a value
            in some of these rows, and in no training row, ``{"column", "missing", "rows"}``; notes: the same in words.

        Examples
        --------
        >>> import pyarrow as pa, wade
        >>> table = pa.table({"plan": ["basic", "plus"] * 30, "left": ["no", "yes"] * 30})
        >>> model = wade.learn(table, "left", hidden=(), epochs=1)
        >>> model.check({"plan": "platinum"})["notes"]
        ["column 'plan': 1 of 1 value never seen in training, or too rare there: 'platinum'; it ..."]
        """
        reading = self._open(data, dialect)
        found = self.unfamiliar(reading.table, self.encoder.encode(reading.table, reading.name), reading.name)
        return {
            "rows": reading.table.num_rows,
            "unseen": [one.to_dict() for one in found.unseen],
            "outside": [asdict(one) for one in found.outside],
            "missing": [asdict(one) for one in found.missing],
            "notes": [*reading.notes, *found.notes],
        }

    def unfamiliar(self, table: pa.Table, X: Inputs, name: str) -> Unfamiliar:
        """What `check` finds, of a tidy table and the rows that it is encoded as."""
        return find_unfamiliar(self.encoder, self.schema, table, X, name)

    def predict_probability(self, data: Any, dialect: Dialect | None = None) -> NDArray[np.float64]:
        """The probability of each class; parameters and errors as in `predict`.

        Returns
        -------
        array (n_rows, n_classes), float64
            One column for each of `target.classes`, in that order.

        Raises
        ------
        InvalidArgument
            The target is a number.
        """
        if self.target.task == "regression":
            raise InvalidArgument("target", "must have classes", self.target.column, "Use `predict` for numbers.")
        return class_probabilities(self._outputs(data, dialect))

    def evaluate(
        self, data: Any, seed: int = 0, dialect: Dialect | None = None, metrics: Collection[str] | None = None
    ) -> Report:
        """Evaluate the model on labelled rows: metrics, confusion matrix and calibration.

        Parameters
        ----------
        data, dialect
            As in `predict`, with the target; rows without it are dropped.
        seed : int
            Of the bootstrap intervals.
        metrics : names
            Of `wade.metrics.METRICS`, or aliases such as roc_auc. None: log-loss, AUC, accuracy, or RMSE, MAE, R².

        Returns
        -------
        dict
            ``{"rows", "test", "baselines": {"constant"}, "confusion", "calibration", "engine", "unseen", "notes"}``;
            unseen as in `check`; metrics as
            `scoring.score_classes` or `scoring.score_numbers` give them, the others as `scoring.confusion` and
            `calibration.reliability` do (None for numbers).

        Raises
        ------
        DataError
            As in `predict`, or the target is missing or holds an unknown class.
        InvalidArgument
            A metric is unknown for this task.
        """
        names = choose_metrics(self.target.task, metrics)
        rows, unseen, notes = self.labelled_outputs(self.open_labelled(data, dialect))
        constant = constant_outputs(self.target, self.report["base_rate"], len(rows))
        return {
            "rows": len(rows),
            "test": score(self.target, rows.outputs, rows.y, seed, names),
            "baselines": {"constant": score(self.target, constant, rows.y, seed, names)},
            **confusion_and_calibration(self.target, rows.outputs, rows.y, seed),
            "engine": rows.engine,
            "unseen": unseen,
            "notes": notes,
        }

    def decide(
        self,
        data: Any,
        cost_false_alarm: float,
        cost_miss: float,
        *,
        act_on: Any = None,
        capacity: int | None = None,
        threshold: float | None = None,
        currency: str = "",
        seed: int = 0,
        dialect: Dialect | None = None,
    ) -> Report:
        """When to act, given the cost of each kind of mistake, and what that saves on labelled rows.

        Parameters
        ----------
        data, dialect, seed
            As in `evaluate`. Use rows that the model was not trained on.
        cost_false_alarm, cost_miss : float, > 0
            Of acting on a row that did not need it, and of not acting on one that did; in one unit.
        act_on : class
            The class that needs acting on. None: the second of `target.classes`.
        capacity : int
            Act on at most this many of the rows: those with the highest probabilities.
        threshold : float in [0, 1]
            Act from this probability on, which is evaluated and not tuned. None: `cost_false_alarm / (cost_false_alarm
            + cost_miss)`.
        currency : str
            Of the costs, such as "EUR"; warnings name it.

        Returns
        -------
        dict
            What `decisions.evaluate_decision` gives, with "rows", "act_on", "costs", "currency", "capacity", "engine",
            "unseen" (as in `check`) and "notes".

        Raises
        ------
        InvalidArgument
            An argument is outside its range.
        DataError
            As in `evaluate`, or the target does not have two classes.
        """
        code = decisions.class_to_act_on(self.target, act_on)
        rule = decisions.rule_of(cost_false_alarm, cost_miss, threshold, capacity)
        costs = Costs(cost_false_alarm, cost_miss)
        rows, unseen, notes = self.labelled_outputs(self.open_labelled(data, dialect))
        found = decisions.evaluate_decision(rows.predicted[:, code], rows.observed == code, costs, rule, seed)
        return {
            "rows": len(rows),
            "act_on": self.target.classes[code],
            "costs": costs._asdict(),
            "currency": currency,
            "capacity": capacity,
            **found,
            "engine": rows.engine,
            "unseen": unseen,
            "notes": [*notes, *decisions.decision_warnings(found, costs, currency, act_on)],
        }

    def act(
        self,
        data: Any,
        cost_false_alarm: float | None = None,
        cost_miss: float | None = None,
        *,
        act_on: Any = None,
        capacity: int | None = None,
        threshold: float | None = None,
        seed: int = 0,
        dialect: Dialect | None = None,
    ) -> NDArray[np.bool_]:
        """Whether to act on each row, whose target need not be known; `decide` evaluates this on rows where it is.

        Parameters
        ----------
        data, dialect
            As in `predict`.
        cost_false_alarm, cost_miss, act_on, capacity, threshold, seed
            As in `decide`; the costs may be left out where there is a threshold.

        Returns
        -------
        array (n_rows,), bool

        Raises
        ------
        InvalidArgument
            An argument is outside its range, or there is neither a threshold nor both costs.
        DataError
            As in `predict`, or the target does not have two classes.

        Examples
        --------
        >>> import pyarrow as pa, wade
        >>> table = pa.table({"plan": ["basic", "plus"] * 30, "left": ["no", "yes"] * 30})
        >>> model = wade.learn(table, "left", hidden=(), epochs=1, members=1)
        >>> model.act(table.slice(0, 2), threshold=0.0).tolist()
        [True, True]
        """
        code = decisions.class_to_act_on(self.target, act_on)
        rule = decisions.rule_of(cost_false_alarm, cost_miss, threshold, capacity)
        return decisions.rows_to_act_on(self.predict_probability(data, dialect)[:, code], rule, seed)

    def explain(
        self,
        data: Any,
        row: int = 1,
        target: Any = None,
        *,
        dropout: bool = False,
        seed: int = 0,
        units: Mapping[str, str] | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
        dialect: Dialect | None = None,
    ) -> Trace:
        """Explain one row step by step: forward pass, backward pass and one update, all recorded.

        Parameters
        ----------
        data, dialect
            As in `predict`.
        row : int, ≥ 1
            The first row under the header is row 1.
        target, dropout, seed, units
            As in `wade.explain`.
        checkpoint : path
            A checkpoint of this model's training: the step is then the one after it, with its θ and optimizer state.
            None: with θ as it is now, and an empty optimizer state.

        Raises
        ------
        InvalidArgument, CheckpointError, DataError
            There is no such row; the checkpoint cannot be read, or belongs to another network; or as in `predict`.
        """
        reading = self._open(data, dialect)
        if isinstance(row, bool) or not 1 <= row <= reading.table.num_rows:
            expected = f"must be a row of {reading.name}, from 1 to {reading.table.num_rows:,}"
            raise InvalidArgument("row", expected, row)
        one, name = reading.table.slice(row - 1, 1), f"row {row:,} of {reading.name}"
        then = None if checkpoint is None else train_state_of(self, checkpoint)
        model = self if then is None else replace(self, network=then.network)
        options = StepOptions(state=None if then is None else then.state, dropout=dropout, seed=seed)
        with row_of(reading.name, row):
            trace = explain_row(model, one, reading.name, target, options, row=name, units=units)
            if self.training_rows is None or trace.y is None:
                return trace
            y = trace.y.astype(np.int32 if trace.y.ndim == 1 else np.float32)  # as in training
            part = self.training_rows.of_row(self.encoder.encode(one, reading.name), y)
        return replace(trace, target_info=replace(trace.target_info, row=", ".join(filter(None, (name, part)))))

    def open_labelled(self, data: Any, dialect: Dialect | None = None) -> LabelledTable:
        """The rows that have a target; DataError where there is none."""
        table, name, _, found = self._open(data, dialect)
        require_target(table, self.target.column, name)
        rows, notes = labelled_rows(table, self.target.column), list(found)
        if len(rows) == 0:
            raise DataError(name, f"no row has a value of {self.target.column!r}", "Give rows with the target.")
        labelled = table if len(rows) == table.num_rows else table.take(rows)
        return LabelledTable(labelled, name, notes, rows, table.num_rows, self.target.column)

    def predict_labelled(self, table: pa.Table, name: str) -> LabelledRows:
        """The outputs for rows of a tidy table that have a target."""
        return predict_labelled(self.network, self.encoder, self.target, table, name)

    def labelled_outputs(self, opened: LabelledTable) -> tuple[LabelledRows, list[dict[str, Any]], list[str]]:
        """The outputs for labelled rows, what was unseen in them, and warnings."""
        rows = self.predict_labelled(opened.table, opened.name)
        found = self.unfamiliar(opened.table, rows.X, opened.name)
        notes = [*opened.notes, *self.trained_on(rows.X, rows.y), *found.notes]
        return rows, [one.to_dict() for one in found.unseen], notes

    def trained_on(self, X: Inputs, y: Array) -> list[str]:
        """A warning where encoded rows are rows that the model was trained on."""
        return [] if self.training_rows is None else self.training_rows.warning(X, y)

    def open_row(self, row: Any, dialect: Dialect | None = None) -> tuple[pa.Table, str]:
        """A single row as a tidy table, and the name that messages use for it; InvalidArgument for several rows."""
        table, name, _, _ = self._open(row, dialect)
        if table.num_rows != 1:
            remedy = "Take one of them: of a pyarrow table, table.slice(16, 1) is row 17."
            raise InvalidArgument("row", "must be a single row", f"{table.num_rows:,} rows", remedy)
        return table, name

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model to a `.wade` file, whole or not at all (OSError); an older file is replaced."""
        write_model(path, {field.name: getattr(self, field.name) for field in fields(self)})

    def _open(self, data: Any, dialect: Dialect | None, ids: Sequence[str] = ()) -> Reading:
        read = {column.name for column in self.schema.columns}
        text = {**{name: () for name in ids if name not in read}, **self.schema.text_columns}
        reading = open_table(data, self.missing, text, dialect, self.dialect)
        return reading._replace(notes=new_notes(reading.notes, self.report.get("notes", ())))

    def _outputs(self, data: Any, dialect: Dialect | None) -> Floats:
        row = only_row(data)
        if row is not None:
            with suppress(Unusual):
                return finite(self._one_row(row))
        reading = self._open(data, dialect)
        encoded = self.encoder.encode(reading.table, reading.name)
        return network_outputs(self.network, encoded, choose_engine(task=Task(self.network)))

    @cached_property
    def _one_row(self) -> OneRow:
        return OneRow(self.network, self.encoder, [*self.missing, *(self.dialect.missing if self.dialect else ())])

    def _repr_html_(self) -> str:
        """For notebooks: the metrics beside the baselines, and the verdict; `wade.report` has everything."""
        blocks: list[Block] = []
        if {"test", "baselines"} <= {*self.report}:
            kept, target = self.report, self.target
            caption = f"Metrics on {kept_split(kept).test:,} test rows"
            blocks = [compare_metrics(kept["baselines"], kept["test"], target.task, caption, target.unit)]
            blocks += [Text(kept["diagnosis"]["summary"])] if kept.get("diagnosis") else []
        return fragment(Document(repr(self), tuple(blocks)))

    def __repr__(self) -> str:
        count = len(self.schema.columns)
        columns = f"{count} column{'s' if count != 1 else ''}"
        size = f"hidden={self.network.hidden}, {self.network.n_parameters:,} parameters"
        return f"Model({self.target.column} from {columns}, {size})"


def require_model(model: object) -> None:
    """Raise InvalidArgument where something else was given, such as an estimator, which keeps no columns.

    Examples
    --------
    >>> require_model(3)
    Traceback (most recent call last):
    wade.errors.InvalidArgument: `model` must be a Model, as wade.learn and wade.load give it; received 'int'. ...
    """
    if not isinstance(model, Model):
        expected = "must be a Model, as wade.learn and wade.load give it"
        remedy = "Estimators keep no columns: train with wade.learn instead."
        raise InvalidArgument("model", expected, type(model).__name__, remedy)


def load(path: str | os.PathLike[str]) -> Model:
    """Read a model from a `.wade` file, as `Model.save` wrote it; it predicts the same bits.

    Raises
    ------
    ModelFileError
        The file is missing, is not a model file, is damaged, or comes from a newer version of wade.
    """
    return Model(**read_model(path))
