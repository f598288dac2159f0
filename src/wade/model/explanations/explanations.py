"""Why a model answers one row as it does: what each column contributes, and what would change the answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

import numpy as np
import pyarrow as pa

from wade.engines import Task, choose_engine
from wade.errors import InvalidArgument, unknown_name
from wade.explanation.attributions.answers import Answer, Asked
from wade.explanation.attributions.candidates import options_of
from wade.explanation.attributions.columns import base_row, spans_of
from wade.explanation.attributions.counterfactuals import Asking, Counterfactual, Progress, nearest_changes
from wade.explanation.attributions.integrated_gradients import TOLERANCE, Attribution, integrated_gradients, occlusion
from wade.model.evaluation.outputs import network_outputs, probabilities
from wade.model.model import Model, Report
from wade.model.preparation.sources import open_table
from wade.network import Network
from wade.tables import Dialect
from wade.tables.columns.views import in_short
from wade.types import Inputs

METHODS: Final = {"integrated-gradients": integrated_gradients, "occlusion": occlusion}


def contributions(
    model: Model,
    row: Any,
    *,
    of: Any = None,
    method: str = "integrated-gradients",
    dialect: Dialect | None = None,
) -> Report:
    """What each column contributes to one answer: base + contributions = output.

    Everything that a column becomes (a date is many numbers and codes) is summed to that column. The base is the answer
    to the typical row: numbers at their median of the training rows, categories at their most frequent value, dates at
    no particular time, texts without words, and missing what mostly is
    (`wade.explanation.attributions.columns.base_row`).

    Parameters
    ----------
    model : Model
    row : mapping of column name -> value, frame or file of one row
        As `Model.predict` takes it.
    of : class
        The class whose log-odds are explained; None: the predicted one.
    method : "integrated-gradients" or "occlusion"
        Integrated gradients add up to the output; occlusion is simpler to say ("without this column"), but what columns
        do together is counted more than once or not at all. See `wade.explanation.attributions.integrated_gradients`.
    dialect : Dialect
        As in `Model.predict`.

    Returns
    -------
    dict
        "unit": "log-odds", or the target's name; "base" and "output": ``{"value", "probability"}``, probability of
        classes only; "columns", the largest contribution first: ``{"column", "value", "base", "contribution",
        "probability"}``, the last one the contribution to the probability; "check": ``{"gap", "tolerance", "error",
        "points"}``: by how much base + contributions misses the output, what is tolerated, how much the last refinement
        moved a contribution, and how many points were asked; "target", "class", "predicted", "method", "notes".

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
    if method not in METHODS:
        raise unknown_name("method", method, METHODS)
    table, name = _only_row(model, row, dialect)
    X, missing = model.encoder.encode(table, name), _mostly_missing(model)
    outputs = network_outputs(model.network, X, choose_engine(task=Task(model.network)))
    place = _class_of(model, of, outputs)
    exact = Network.from_dict({**model.network.to_dict(), "dtype": "float64"}, model.network.theta)
    found = METHODS[method](
        exact, X, base_row(model.encoder, missing), spans_of(model.encoder), Asked(model.target.task, place)
    )
    scale = model.target.scale if model.target.task == "regression" else 1.0
    return {
        "target": model.target.column,
        "task": model.target.task,
        "class": model.target.classes[place] if model.target.classes else None,
        "predicted": _predicted(model, outputs),
        "unit": "log-odds" if model.target.classes else model.target.column,
        "method": method,
        "base": _answer(model, found.base),
        "output": _answer(model, found.row),
        "columns": _columns(model, found, table, scale, missing),
        "check": {
            "gap": found.gap * scale,
            "tolerance": TOLERANCE * scale if method == "integrated-gradients" else None,
            "error": found.error * scale,
            "points": found.points,
        },
        "notes": _doubts(found, method),
    }


def counterfactuals(
    model: Model,
    row: Any,
    *,
    to: Any = None,
    limit: int = 5,
    dialect: Dialect | None = None,
) -> Report:
    """What would change the answer: the smallest changes of one column or two, in the user's units.

    Values are tried that were seen in training, as far as the model knows them: numbers in their range, categories with
    a code (`wade.explanation.attributions.candidates`). Each answer was checked with `Model.predict`.

    Parameters
    ----------
    model : Model
    row : mapping of column name -> value, frame or file of one row
        As `Model.predict` takes it.
    to : class or number
        The class to reach; None: any other. Of a number: what to reach from below or from above.
    limit : int, ≥ 1
        How many to tell.
    dialect : Dialect
        As in `Model.predict`.

    Returns
    -------
    dict
        "predicted", "to", and "counterfactuals", the smallest first: ``{"changes": [{"column", "value", "to"}, …],
        "size", "predicted", "probability"}``, empty where no change of two columns at most leads there, which a note
        then says; "searched": the columns that were tried; "notes".

    Raises
    ------
    InvalidArgument
        There is not one row, `to` is no class or is the answer already, or it is missing for a number.
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
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
        raise InvalidArgument("limit", "must be a whole number from 1 on", limit, "Try 5.")
    table, name = _only_row(model, row, dialect)
    engine = choose_engine(task=Task(model.network))
    X = model.encoder.encode(table, name)

    def outputs_of(rows: Inputs) -> Any:
        return network_outputs(model.network, rows, engine)

    now = _predicted(model, outputs_of(X))
    goal = _goal(model, to, now, outputs_of)
    columns = {column.name: column for column in model.schema.columns}
    each = zip(spans_of(model.encoder), model.encoder.encodings, strict=True)
    tried = [(span, options_of(encoding, columns[encoding.column], table, name)) for span, encoding in each]
    options = [(span, found) for span, found in tried if found is not None]
    found = nearest_changes(X, options, goal) if options else []
    values = {column: table[column][0].as_py() for column in table.column_names}
    told = [_told(model, values, one) for one in found[:limit]]
    return {
        "target": model.target.column,
        "task": model.target.task,
        "predicted": now,
        "to": to,
        "counterfactuals": told,
        "searched": [each.column for _, each in options],
        "notes": _searching_notes(model, told, [span.column for span, each in tried if each is None]),
    }


def _only_row(model: Model, row: Any, dialect: Dialect | None) -> tuple[pa.Table, str]:
    """The one row as a tidy table, and what messages call it."""
    table, name, _, _ = open_table(row, model.missing, model.schema.text_columns, dialect, model.dialect)
    if table.num_rows != 1:
        remedy = "Take one of them: of a pyarrow table, table.slice(16, 1) is row 17."
        raise InvalidArgument("row", "must be a single row", f"{table.num_rows:,} rows", remedy)
    return table, name


def _class_of(model: Model, of: Any, outputs: Any) -> int:
    """The place of the class that is explained; 0 for a number."""
    target = model.target
    if target.task == "regression":
        if of is not None:
            raise InvalidArgument("of", f"must be left out: {target.column!r} is a number", of)
        return 0
    return int(probabilities(target, outputs)[0].argmax()) if of is None else _place(model, "of", of)


def _place(model: Model, argument: str, wanted: Any) -> int:
    """Which class this is; it may be given as text."""
    texts = [in_short(value) for value in model.target.classes]
    if in_short(wanted) not in texts:
        raise unknown_name(argument, wanted, texts)
    return texts.index(in_short(wanted))


def _predicted(model: Model, outputs: Any) -> Any:
    """What `Model.predict` says of the first row."""
    if model.target.task == "regression":
        return float(model.target.decode_number(outputs[:1, 0])[0])
    return model.target.classes[int(probabilities(model.target, outputs)[0].argmax())]


def _answer(model: Model, answer: Answer) -> dict[str, float]:
    """F in the target's unit; of classes the probability too."""
    if model.target.task == "regression":
        return {"value": float(model.target.decode_number(answer.F)[0])}
    return {"value": float(answer.F[0]), "probability": float(answer.p[0])}


def _mostly_missing(model: Model) -> set[str]:
    """The columns that are missing in more than half of the rows of the table that the model learned from."""
    known = {column.name: column.facts for column in model.schema.columns if column.facts}
    return {name for name, facts in known.items() if 0 < facts.rows < 2 * facts.missing}


def _columns(
    model: Model, found: Attribution, table: pa.Table, scale: float, missing: Collection[str]
) -> list[dict[str, Any]]:
    """What each column contributes, the largest first."""
    rows = []
    for at, encoding in enumerate(model.encoder.encodings):
        row = {
            "column": encoding.column,
            "value": plain(table[encoding.column][0].as_py()) if encoding.column in table.column_names else None,
            "base": None if encoding.column in missing else encoding.typical,
            "contribution": float(found.contributions[at]) * scale,
        }
        if model.target.classes:
            row["probability"] = float(found.probability[at])
        rows.append(row)
    return sorted(rows, key=lambda row: -abs(row["contribution"]))


def plain(value: Any) -> Any:
    """A value as JSON can hold it: a time as text.

    Examples
    --------
    >>> from datetime import datetime
    >>> plain(datetime(2013, 2, 10, 18, 0)), plain(4.5), plain(None)
    ('2013-02-10 18:00:00', 4.5, None)
    """
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _doubts(found: Attribution, method: str) -> list[str]:
    """What a user should be told about the sum."""
    if method == "occlusion" or abs(found.gap) <= TOLERANCE:
        return []
    return [
        f"Base + contributions misses the output by {abs(found.gap):.1e}, more than {TOLERANCE:.0e}: the network bends "
        "in more places than were looked at. Take the last digits for what they are."
    ]


def _goal(model: Model, to: Any, now: Any, outputs_of: Callable[[Inputs], Any]) -> Asking:
    """Whether rows have the answer that is looked for, and how close they come."""
    target = model.target
    if target.task == "regression":
        if isinstance(to, bool) or not isinstance(to, int | float) or not np.isfinite(to):
            remedy = f"It is predicted as {now:.6g}: which other value would count as another answer?"
            raise InvalidArgument("to", f"must be a number, for {target.column!r} is one", to, remedy)
        if to == now:
            raise InvalidArgument("to", "must be another answer than the one there is", to)
        sign = 1.0 if to > now else -1.0

        def reach(rows: Inputs) -> Progress:
            beyond = sign * (target.decode_number(outputs_of(rows)[:, 0]) - to)
            return Progress(beyond >= 0, beyond)

        return reach
    current = target.classes.index(now)
    wanted = None if to is None else _place(model, "to", to)
    if wanted == current:
        raise InvalidArgument("to", "must be another class than the predicted one", to, "Leave it out for any other.")

    def turn(rows: Inputs) -> Progress:
        shares = probabilities(target, outputs_of(rows))
        likeliest = shares.argmax(axis=1)
        if wanted is None:
            return Progress(likeliest != current, -shares[:, current])
        return Progress(likeliest == wanted, shares[:, wanted])

    return turn


def _told(model: Model, row: Mapping[str, Any], found: Counterfactual) -> dict[str, Any]:
    """A counterfactual as plain data, with what the model predicts where its changes are made."""
    changed = {**row, **{change.column: change.to for change in found.changes}}
    predicted = model.predict(changed).tolist()[0]
    told = {"changes": [change._asdict() for change in found.changes], "size": found.size, "predicted": predicted}
    if model.target.classes:
        shares = model.predict_probability(changed)[0]
        told["probability"] = float(shares[model.target.classes.index(predicted)])
    return told


def _searching_notes(model: Model, told: list[dict[str, Any]], untried: list[str]) -> list[str]:
    """What the search was, and what it did not find."""
    notes = []
    if not told:
        notes.append(
            "No change of one column or two, to values like those seen in training, leads there. Larger changes may."
        )
    if untried:
        notes.append(f"Not tried: {', '.join(untried)} (missing in this row, free text, or without other values).")
    return notes
