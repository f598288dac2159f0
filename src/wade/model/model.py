"""A fitted model: a network with the table it understands, what it answers, and how it was judged."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wade.engines import Task, choose_engine
from wade.errors import DataError, InvalidArgument
from wade.explanation import StepOptions, Trace, explain_row, train_state_of
from wade.metrics import choose_metrics
from wade.model.evaluation.decisions import Costs, Rule, check_decision, chosen_class, doubts, weigh
from wade.model.evaluation.outputs import constant_outputs, finite, network_outputs, probabilities
from wade.model.evaluation.scoring import confusion_and_calibration, score
from wade.model.file import write_file
from wade.model.one_row import OneRow
from wade.model.preparation.sources import open_table
from wade.network import Network
from wade.tables import Dialect, Encoder, Reading, Schema, Target, labelled_rows
from wade.tables.columns.scalars import Unusual
from wade.tables.encoding.one_row import only_row
from wade.tables.schema.column_checks import require_columns
from wade.types import Array, Floats

Report: TypeAlias = dict[str, Any]


class Asked(NamedTuple):
    """What the network says of rows, what is true of them, which engine ran, and what a user should be told."""

    outputs: Floats
    y: Array
    engine: str
    notes: list[str]


class Labelled(NamedTuple):
    """Rows whose answers are known, what messages call their table, and what a user should be told."""

    table: pa.Table
    name: str
    notes: list[str]


@dataclass(frozen=True, eq=False, repr=False)
class Model:
    """A network that reads raw tables.

    It keeps no row that it learned from: only scales, the values of categories, and figures.

    Parameters
    ----------
    network : Network
        The fitted network.
    schema : Schema
        The role of each column.
    encoder : Encoder
        From rows of a table to what the network reads.
    target : Target
        From what the network gives to classes or numbers.
    report : dict
        Plain JSON data: "test" and "baselines" (metrics with intervals), "confusion" and "calibration" on the test
        rows, "temperature", "diagnosis", "split", "settings", "engine", "epochs", "seconds", "history", and "base_rate"
        of the training rows (see `judgement.constant_outputs`).
    missing : tuple of str
        Texts that stand for a missing value in files, besides the usual marks.
    dialect : Dialect or None
        How the text file was written that it learned from: what another one leaves open is read in the same way.

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

    def predict(self, data: Any, dialect: Dialect | None = None) -> NDArray[Any]:
        """The likeliest class of each row, or the expected number.

        Parameters
        ----------
        data : path, frame, built-in name, or mapping of column name -> value
            It must have the columns that the model reads; others, the target among them, are ignored. A mapping is one
            row; it, and a frame of one row, are answered in microseconds.
        dialect : Dialect
            How text files are written, as far as it shall not be found out.

        Returns
        -------
        array (n_rows,)
            The classes as they were in the table (object), or numbers in the target's own unit (float64).

        Raises
        ------
        DataError
            The table cannot be read, or a column is missing or of another type than in training.
        """
        outputs = self._outputs(data, dialect)
        if self.target.task == "regression":
            return self.target.decode_number(outputs[:, 0])
        classes = np.array(self.target.classes, dtype=object)
        return np.asarray(classes[probabilities(self.target, outputs).argmax(axis=1)])

    def predict_probability(self, data: Any, dialect: Dialect | None = None) -> NDArray[np.float64]:
        """The probability of each class.

        Parameters
        ----------
        data : path, frame or built-in name
            As in `predict`.
        dialect : Dialect
            As in `predict`.

        Returns
        -------
        array (n_rows, n_classes), float64
            One column for each of `target.classes`, in that order.

        Raises
        ------
        InvalidArgument
            The target is a number.
        DataError
            As in `predict`.
        """
        if self.target.task == "regression":
            raise InvalidArgument("target", "must have classes", self.target.column, "Use `predict` for numbers.")
        return probabilities(self.target, self._outputs(data, dialect))

    def evaluate(
        self,
        data: Any,
        seed: int = 0,
        dialect: Dialect | None = None,
        metrics: Collection[str] | None = None,
    ) -> Report:
        """Measure the model on rows whose answers are known.

        Parameters
        ----------
        data : path, frame or built-in name
            With the target; rows without one are left out.
        seed : int
            Of the draws behind the intervals.
        dialect : Dialect
            As in `predict`.
        metrics : names
            Of `wade.metrics.METRICS`, or aliases such as roc_auc. None: log-loss, AUC, accuracy, or RMSE, MAE, R².

        Returns
        -------
        dict
            ``{"rows", "test", "baselines": {"constant"}, "confusion", "calibration", "engine", "notes"}``; metrics as
            `scoring.score_classes` or `scoring.score_numbers` give them, the others as `scoring.confusion` and
            `calibration.reliability` do (None for numbers). The base rate is that of the training rows.

        Raises
        ------
        DataError
            As in `predict`, or the target is missing or holds a class that the model does not know.
        InvalidArgument
            A metric is unknown for this task.
        """
        names = choose_metrics(self.target.task, metrics)
        outputs, y, engine, notes = self._asked(data, dialect)
        base_rate = constant_outputs(self.target, self.report["base_rate"], len(y))
        return {
            "rows": len(y),
            "test": score(self.target, outputs, y, seed, names),
            "baselines": {"constant": score(self.target, base_rate, y, seed, names)},
            **confusion_and_calibration(self.target, outputs, y, seed),
            "engine": engine,
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
        seed: int = 0,
        dialect: Dialect | None = None,
    ) -> Report:
        """When to act, given what each kind of mistake costs, and what that is worth on rows whose answers are known.

        Parameters
        ----------
        data : path, frame or built-in name
            With the target; rows without one are left out. Best rows that the model did not learn from.
        cost_false_alarm, cost_miss : float, > 0
            Of acting on a row that needed nothing, and of leaving one alone that needed something; in one unit.
        act_on : class
            The class that needs acting on. None: the second of `target.classes`.
        capacity : int
            Act on so many of these rows at most: on those with the highest probabilities.
        threshold : float in [0, 1]
            Act from this probability on. None: from the one that follows from the costs,
            `cost_false_alarm / (cost_false_alarm + cost_miss)`.
        seed : int
            Of the draws behind the intervals.
        dialect : Dialect
            As in `predict`.

        Returns
        -------
        dict
            What `decisions.weigh` gives, with "rows", "act_on", "costs", "capacity", "engine" and "notes".

        Raises
        ------
        InvalidArgument
            An argument is outside its range.
        DataError
            As in `evaluate`, or the target has not two classes.
        """
        costs = Costs(cost_false_alarm, cost_miss)
        place = chosen_class(self.target, act_on)
        check_decision(costs, threshold, capacity)
        rule = Rule(costs.threshold if threshold is None else threshold, capacity)
        outputs, y, engine, notes = self._asked(data, dialect)
        shares = probabilities(self.target, outputs)[:, place]
        found = weigh(shares, y[:, 0] == place, costs, rule, seed)
        return {
            "rows": len(y),
            "act_on": self.target.classes[place],
            "costs": costs._asdict(),
            "capacity": capacity,
            **found,
            "engine": engine,
            "notes": [*notes, *doubts(found)],
        }

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
        """One row of a table, taken through the network forward, backward and through one update, all of it recorded.

        Parameters
        ----------
        data : path, frame or built-in name
            As in `predict`.
        row : int, ≥ 1
            Which one; the first row under the header is row 1.
        target, dropout, seed, units
            As in `wade.explain`.
        checkpoint : path
            A checkpoint of this model's training: the step is then the one after it, with θ and the optimiser's memory
            as they were. None: with θ as it is now, and no memory.
        dialect : Dialect
            As in `predict`.

        Returns
        -------
        Trace

        Raises
        ------
        InvalidArgument
            There is no such row.
        CheckpointError
            The checkpoint cannot be read, or belongs to another network.
        DataError
            As in `predict`.
        """
        reading = self._open(data, dialect)
        if isinstance(row, bool) or not 1 <= row <= reading.table.num_rows:
            expected = f"must be a row of {reading.name}, from 1 to {reading.table.num_rows:,}"
            raise InvalidArgument("row", expected, row)
        one, name = reading.table.slice(row - 1, 1), f"row {row:,} of {reading.name}"
        then = None if checkpoint is None else train_state_of(self, checkpoint)
        model = self if then is None else replace(self, network=then.network)
        options = StepOptions(state=None if then is None else then.state, dropout=dropout, seed=seed)
        return explain_row(model, one, reading.name, target, options, row=name, units=units)

    def labelled(self, data: Any, dialect: Dialect | None = None) -> Labelled:
        """The rows that have a target, as a tidy table.

        Parameters
        ----------
        data, dialect
            As in `evaluate`.

        Raises
        ------
        DataError
            The table cannot be read, or has no row with a target.
        """
        table, name, _, notes = self._open(data, dialect)
        require_columns(table, [self.target.column], name)
        rows = labelled_rows(table, self.schema)
        if len(rows) == 0:
            raise DataError(name, f"no row has a value of {self.target.column!r}", "Give rows whose answers are known.")
        table = table if len(rows) == table.num_rows else table.take(rows)
        return Labelled(table, name, [*notes, *self._flattering(name)])

    def _asked(self, data: Any, dialect: Dialect | None) -> Asked:
        """What the network says of every row that has a target."""
        table, name, notes = self.labelled(data, dialect)
        engine = choose_engine(task=Task(self.network))
        y = self.target.encode(table, name)
        return Asked(network_outputs(self.network, self.encoder.encode(table, name), engine), y, engine.name, notes)

    def _flattering(self, name: str) -> list[str]:
        """A warning where the table goes by the name of the one that the model learned from."""
        if name != self.report["data"]:
            return []
        parts = self.report["split"]
        return [
            f"{name} is the table that this model learned from: {parts['train']:,} of its {self.report['rows']:,} rows "
            "taught it, so these figures flatter it. Judge it by its test, or by rows that it has not seen."
        ]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model to a `.wade` file: whole, or not at all.

        Parameters
        ----------
        path : str or path
            An older file there is replaced.

        Raises
        ------
        OSError
            The file cannot be written; an older one is still as it was.
        """
        document = {
            "network": self.network.to_dict(),
            "schema": self.schema.to_dict(),
            "encoder": self.encoder.to_dict(),
            "target": self.target.to_dict(),
            "report": self.report,
            "missing": list(self.missing),
            "dialect": self.dialect and self.dialect.to_dict(),
        }
        write_file(path, self.network.parameters, document)

    def _open(self, data: Any, dialect: Dialect | None) -> Reading:
        return open_table(data, self.missing, self.schema.text_columns, dialect, self.dialect)

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

    def __repr__(self) -> str:
        count = len(self.schema.columns)
        columns = f"{count} column{'s' if count != 1 else ''}"
        size = f"hidden={self.network.hidden}, {self.network.n_parameters:,} parameters"
        return f"Model({self.target.column} from {columns}, {size})"
