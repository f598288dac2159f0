"""Counterfactuals: the smallest changes of one row that flip its prediction, in the columns of the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from wade.engines import Task, choose_engine
from wade.errors import InvalidArgument
from wade.explanation.attributions.columns import spans_of
from wade.explanation.attributions.counterfactuals import (
    Counterfactual,
    Goal,
    GoalProgress,
    NoOptions,
    Options,
    nearest_changes,
    options_of,
)
from wade.metrics.classification import class_probabilities
from wade.model.evaluation.outputs import class_code, network_outputs, predictions
from wade.model.model import Model, Report, require_model
from wade.tables import Dialect, Target
from wade.tables.encoding.known_units import known_units
from wade.types import Floats, Inputs


def counterfactuals(
    model: Model,
    row: Any,
    *,
    to: Any = None,
    limit: int = 5,
    dialect: Dialect | None = None,
) -> Report:
    """The smallest changes of one column or two that flip the prediction, in the user's units.

    Values like those of the training rows are tried: numbers in their range, categories with a code
    (`wade.explanation.attributions.counterfactuals`). Each result is checked with `Model.predict`.

    Parameters
    ----------
    model : Model
    row, dialect
        As in `Model.predict`: a mapping of column name -> value, a frame or a file of one row.
    to : class or number
        The class to reach; None: any other. For a number: the value to reach, from below or from above.
    limit : int, ≥ 1
        The number of counterfactuals, at most.

    Returns
    -------
    dict
        "predicted", "to", and "counterfactuals", the smallest first: ``{"changes": [{"column", "value", "to"}, …],
        "size", "predicted", "probability"}``, empty where no change of two columns at most flips the prediction, as a
        note then says; "searched": the columns that were tried; "notes".

    Raises
    ------
    InvalidArgument
        There is not one row, `to` is no class or is predicted already, or it is missing for a number.
    DataError
        As in `Model.predict`.

    Examples
    --------
    >>> import pyarrow as pa, wade
    >>> table = pa.table({"x": [0.0, 1.0, 2.0, 3.0] * 30, "late": ["no", "no", "yes", "yes"] * 30})
    >>> model = wade.learn(table, "late", hidden=(8,), learning_rate=0.05, epochs=60)
    >>> (first, *_) = wade.counterfactuals(model, {"x": 3.0})["counterfactuals"]
    >>> first["changes"][0]["column"], first["predicted"], first["changes"][0]["to"] < 2
    ('x', 'no', True)
    """
    require_model(model)
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
        raise InvalidArgument("limit", "must be a whole number from 1 on", limit, "Try 5.")
    table, name = model.open_row(row, dialect)
    engine = choose_engine(task=Task(model.network))
    X = model.encoder.encode(table, name)

    def outputs_of(rows: Inputs) -> Floats:
        return network_outputs(model.network, rows, engine)

    predicted = predictions(model.target, outputs_of(X))[0]
    goal = _goal(model.target, to, predicted, outputs_of)
    columns = {column.name: column for column in model.schema.columns}
    each = zip(spans_of(model.encoder), model.encoder.encodings, strict=True)
    tried = [(span, options_of(encoding, columns[encoding.column], table, name)) for span, encoding in each]
    options = [(span, values) for span, values in tried if isinstance(values, Options)]
    found = nearest_changes(X, options, goal) if options else []
    values = {column: table[column][0].as_py() for column in table.column_names}
    units = known_units(model.encoder, model.schema, table)
    checked = [_checked(model, values, one, units) for one in found[:limit]]
    return {
        "target": model.target.column,
        "task": model.target.task,
        "predicted": predicted,
        "to": to,
        "counterfactuals": checked,
        "searched": [each.column for _, each in options],
        "notes": _notes(checked, [each for _, each in tried if isinstance(each, NoOptions)]),
    }


def _goal(target: Target, to: Any, predicted: Any, outputs_of: Callable[[Inputs], Floats]) -> Goal:
    """Whether rows have the prediction that is looked for, and how close they come."""
    if target.task == "regression":
        if isinstance(to, bool) or not isinstance(to, int | float) or not np.isfinite(to):
            remedy = f"The prediction is {predicted:.6g}: give the value to reach."
            raise InvalidArgument("to", f"must be a number, for {target.column!r} is one", to, remedy)
        if to == predicted:
            raise InvalidArgument("to", "must differ from the prediction", to)
        sign = 1.0 if to > predicted else -1.0

        def reached(rows: Inputs) -> GoalProgress:
            beyond = sign * (target.decode_number(outputs_of(rows)[:, 0]) - to)
            return GoalProgress(beyond >= 0, beyond)

        return reached
    current = target.classes.index(predicted)
    wanted = None if to is None else class_code(target, "to", to)
    if wanted == current:
        raise InvalidArgument("to", "must be another class than the predicted one", to, "Leave it out for any other.")

    def flipped(rows: Inputs) -> GoalProgress:
        shares = class_probabilities(outputs_of(rows))
        likeliest = shares.argmax(axis=1)
        if wanted is None:
            return GoalProgress(likeliest != current, -shares[:, current])
        return GoalProgress(likeliest == wanted, shares[:, wanted])

    return flipped


def _checked(model: Model, row: Mapping[str, Any], found: Counterfactual, units: Mapping[str, str]) -> dict[str, Any]:
    """A counterfactual as plain data, with what the model predicts for it."""
    changed = {**row, **{change.column: change.to for change in found.changes}}
    predicted = model.predict(changed).tolist()[0]
    changes = [
        {**change._asdict(), **({"unit": units[change.column]} if change.column in units else {})}
        for change in found.changes
    ]
    checked = {"changes": changes, "size": found.size, "predicted": predicted}
    if model.target.classes:
        shares = model.predict_probability(changed)[0]
        checked["probability"] = float(shares[model.target.classes.index(predicted)])
    return checked


def _notes(found: list[dict[str, Any]], untried: list[NoOptions]) -> list[str]:
    """What the search did not find or try."""
    notes = []
    if not found:
        notes.append(
            "No change of one or two columns, to values like those seen in training, flips the prediction. Larger "
            "changes may."
        )
    if untried:
        columns: dict[str, list[str]] = {}
        for each in untried:
            columns.setdefault(each.why, []).append(each.column)
        listed = "; ".join(f"{', '.join(names)} ({why})" for why, names in columns.items())
        notes.append(f"Not tried: {listed}.")
    return notes
