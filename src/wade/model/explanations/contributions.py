"""The contribution of each column to one prediction, in the columns of the table."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

import numpy as np
import pyarrow as pa

from wade.engines import Task, choose_engine
from wade.errors import InvalidArgument, unknown_name
from wade.explanation.attributions.columns import base_row, spans_of
from wade.explanation.attributions.integrated_gradients import TOLERANCE, Attribution, integrated_gradients, occlusion
from wade.explanation.attributions.outputs import ExplainedOutput, OutputValue
from wade.metrics.classification import class_probabilities
from wade.model.evaluation.outputs import class_code, network_outputs, predictions
from wade.model.model import Model, Report, require_model
from wade.network import Network
from wade.tables import Dialect, Target
from wade.tables.columns.cleaning import one_piece
from wade.tables.columns.views import column_location
from wade.tables.encoding.known_units import known_units
from wade.tables.kinds.base import Encoding
from wade.types import Floats

METHODS: Final = {"integrated-gradients": integrated_gradients, "occlusion": occlusion}


def contributions(
    model: Model,
    row: Any,
    *,
    of: Any = None,
    method: str = "integrated-gradients",
    dialect: Dialect | None = None,
) -> Report:
    """The contribution of each column to one prediction: base + contributions = output.

    Everything that a column is encoded as (a date is many numbers and codes) is summed to that column. The base is the
    output for the typical row: numbers at their median of the training rows, categories at their most frequent value,
    dates at their median day but no particular time of day or year, texts without words, and missing what mostly is
    (`wade.explanation.attributions.columns.base_row`).

    Parameters
    ----------
    model : Model
    row, dialect
        As in `Model.predict`: a mapping of column name -> value, a frame or a file of one row.
    of : class
        The class whose log-odds are explained; None: the predicted one.
    method : "integrated-gradients" or "occlusion"
        Integrated gradients add up to the output. Occlusion ("without this column") is simpler, but joint effects of
        columns are counted more than once or not at all. See `wade.explanation.attributions.integrated_gradients`.

    Returns
    -------
    dict
        "unit": "log-odds", or the target's unit, or its name; "base" and "output": ``{"value", "probability"}``,
        probability of classes only; "columns", the largest contribution first: ``{"column", "value", "base",
        "contribution", "probability"}``, the last one the contribution to the probability, and "unit" where the column
        has one; "check": ``{"gap", "tolerance", "error", "points"}``: the difference between base + contributions and
        the output, its tolerance, by how much the last refinement changed a contribution, and the number of points;
        "target", "class", "predicted", "method", "notes".

    Raises
    ------
    InvalidArgument
        There is not one row, or an argument is unknown.
    DataError
        As in `Model.predict`.

    Examples
    --------
    >>> import pyarrow as pa, wade
    >>> table = pa.table({"x": [0.0, 1.0, 2.0, 3.0] * 10, "late": ["no", "no", "yes", "yes"] * 10})
    >>> model = wade.learn(table, "late", hidden=(), epochs=5)
    >>> found = wade.contributions(model, {"x": 3.0})
    >>> found["columns"][0]["column"], abs(found["check"]["gap"]) <= found["check"]["tolerance"]
    ('x', True)
    """
    require_model(model)
    if method not in METHODS:
        raise unknown_name("method", method, METHODS)
    table, name = model.open_row(row, dialect)
    target, X, missing = model.target, model.encoder.encode(table, name), _mostly_missing(model)
    outputs = network_outputs(model.network, X, choose_engine(task=Task(model.network)))
    code = _class_to_explain(target, of, outputs)
    exact = Network.from_dict({**model.network.to_dict(), "dtype": "float64"}, model.network.theta)
    base, spans = base_row(model.encoder, missing), spans_of(model.encoder)
    with np.errstate(over="ignore", invalid="ignore"):  # numbers that overflow are refused
        found = METHODS[method](exact, X, base, spans, ExplainedOutput(target.task, code))
    scale = target.scale if target.task == "regression" else 1.0
    return {
        "target": target.column,
        "task": target.task,
        "class": target.classes[code] if target.classes else None,
        "predicted": predictions(target, outputs)[0],
        "unit": "log-odds" if target.classes else target.unit or target.column,
        "method": method,
        "base": _output(target, found.base),
        "output": _output(target, found.row),
        "columns": _columns(model, found, table, name, scale, missing),
        "check": {
            "gap": found.gap * scale,
            "tolerance": TOLERANCE * scale if method == "integrated-gradients" else None,
            "error": found.error * scale,
            "points": found.points,
        },
        "notes": [*_warnings(found, method), *model.unfamiliar(table, X, name).notes],
    }


def _class_to_explain(target: Target, of: Any, outputs: Floats) -> int:
    """The code of the class; 0 for a number."""
    if target.task == "regression":
        if of is not None:
            raise InvalidArgument("of", f"must be left out: {target.column!r} is a number", of)
        return 0
    return int(class_probabilities(outputs)[0].argmax()) if of is None else class_code(target, "of", of)


def _output(target: Target, answer: OutputValue) -> dict[str, float]:
    """The output in the target's unit; for classes, log-odds and the probability."""
    if target.task == "regression":
        return {"value": float(target.decode_number(answer.F)[0])}
    return {"value": float(answer.F[0]), "probability": float(answer.p[0])}


def _mostly_missing(model: Model) -> set[str]:
    """The columns that are missing in more than half of the rows of the table that the model was trained on."""
    known = {column.name: column.facts for column in model.schema.columns if column.facts}
    return {name for name, facts in known.items() if 0 < facts.rows < 2 * facts.missing}


def _columns(
    model: Model, found: Attribution, table: pa.Table, name: str, scale: float, missing: Collection[str]
) -> list[dict[str, Any]]:
    """The contribution of each column, the largest first."""
    rows, units = [], known_units(model.encoder, model.schema, table)
    for at, encoding in enumerate(model.encoder.encodings):
        row = {
            "column": encoding.column,
            "value": _value(encoding, table, name),
            "base": None if encoding.column in missing else encoding.typical,
            "contribution": float(found.contributions[at]) * scale,
            **({"unit": units[encoding.column]} if encoding.column in units else {}),
        }
        if model.target.classes:
            row["probability"] = float(found.probability[at])
        rows.append(row)
    return sorted(rows, key=lambda row: -abs(row["contribution"]))


def _value(encoding: Encoding, table: pa.Table, name: str) -> Any:
    """The row's value as JSON can hold it: of a column with a unit, the number in that unit."""
    column = encoding.column
    if column not in table.column_names:
        return None
    if encoding.unit:
        return encoding.first(one_piece(table[column]), column_location(name, column))
    return to_json(table[column][0].as_py())


def to_json(value: Any) -> Any:
    """A value of a table as JSON can hold it: a time as text.

    Examples
    --------
    >>> from datetime import datetime
    >>> to_json(datetime(2013, 2, 10, 18, 0)), to_json(4.5), to_json(None)
    ('2013-02-10 18:00:00', 4.5, None)
    """
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _warnings(found: Attribution, method: str) -> list[str]:
    """A warning where the contributions do not add up."""
    if method == "occlusion" or abs(found.gap) <= TOLERANCE:
        return []
    return [
        f"Base + contributions differs from the output by {abs(found.gap):.1e}, more than the tolerance of "
        f"{TOLERANCE:.0e}: the network has more kinks than were evaluated. The last digits are not reliable."
    ]
