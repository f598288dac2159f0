"""Feature importance: permutation importance on labelled rows, in the columns of the table."""

from __future__ import annotations

from time import perf_counter
from typing import Any, Final

import numpy as np

from wade.engines import Task, choose_engine
from wade.errors import DataError, InvalidArgument
from wade.explanation.attributions.collinearity import Alike, find_alike
from wade.explanation.attributions.columns import spans_of
from wade.explanation.attributions.permutation_importance import (
    LOG_LOSS,
    RMSE,
    Doubles,
    Watcher,
    permutation_importance,
)
from wade.maths.random import permutation
from wade.model.evaluation.outputs import network_outputs, row_losses
from wade.model.model import Model, Report, require_model
from wade.tables import Dialect
from wade.types import Inputs

ROWS: Final = 10_000
REPEATS: Final = 5
MOST_RELATED: Final = 5
ROWS_STREAM: Final = (1 << 32) - 5


def importance(
    model: Model,
    data: Any,
    *,
    rows: int | None = ROWS,
    repeats: int = REPEATS,
    seed: int = 0,
    dialect: Dialect | None = None,
    watcher: Watcher | None = None,
) -> Report:
    """Permutation importance: the increase of the error where a column is shuffled, for each column of the table.

    Columns that are copies of each other are shuffled together. Correlated numbers can replace each other too, so that
    each seems less important than it is; a note names them.

    Parameters
    ----------
    model : Model
    data, dialect
        As in `Model.evaluate`. Use rows that the model was not trained on.
    rows : int, ≥ 2, or None
        At most this many of them, drawn at random; None: all.
    repeats : int, ≥ 1
        Number of shuffles of each column.
    seed : int
        Of the random rows and the shuffles.
    watcher : function of (passes done, all passes)
        Called after each pass over the rows.

    Returns
    -------
    dict
        "metric": "log_loss" for classes, "rmse" for numbers, in the target's unit; "value": on these rows;
        "columns", the most important first: ``{"columns", "importance", "interval"}``, what shuffling these columns
        adds to it, with a 95 % interval (`wade.explanation.attributions.permutation_importance`); "rows",
        "of_rows", "repeats", "related", "engine", "seconds", "notes".

    Raises
    ------
    InvalidArgument
        An argument is outside its range.
    DataError
        As in `Model.evaluate`, or fewer than two rows have a target.

    Examples
    --------
    >>> import numpy as np, pyarrow as pa, wade
    >>> x, noise = np.linspace(-1, 1, 300), np.arange(300.0) % 7
    >>> table = pa.table({"x": x, "noise": noise, "positive": np.where(x > 0, "yes", "no")})
    >>> model = wade.learn(table, "positive", hidden=(8,), learning_rate=0.02, epochs=20)
    >>> wade.importance(model, table)["columns"][0]["columns"]
    ['x']
    """
    started = perf_counter()
    require_model(model)
    for argument, value, least in (("rows", rows, 2), ("repeats", repeats, 1)):
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < least):
            raise InvalidArgument(argument, f"must be a whole number from {least} on", value)
    labelled, name, notes, *_ = model.open_labelled(data, dialect)
    table = labelled
    if rows is not None and rows < table.num_rows:
        table = table.take(np.sort(permutation(seed, ROWS_STREAM, table.num_rows)[:rows]))
    if table.num_rows < 2:
        raise DataError(name, "a single row cannot be shuffled", "Give more rows with a target.")
    y, X = model.target.encode(table, name), model.encoder.encode(table, name)
    engine = choose_engine(task=Task(model.network))

    unit = model.target.scale**2  # 1 but for numbers, whose errors are in the target's own unit

    def losses_of(inputs: Inputs) -> Doubles:
        return unit * row_losses(model.target, network_outputs(model.network, inputs, engine), y)

    alike = find_alike(table, model.schema.columns, name)
    spans = {span.column: span for span in spans_of(model.encoder)}
    groups = [[spans[name] for name in group] for group in alike.groups]
    metric = RMSE if model.target.task == "regression" else LOG_LOSS
    found = permutation_importance(X, losses_of, groups, metric, repeats=repeats, seed=seed, watcher=watcher)
    ranked = sorted(zip(alike.groups, found, strict=True), key=lambda each: -each[1].value)
    columns = [
        {"columns": list(group), "importance": each.value, "interval": list(each.interval)} for group, each in ranked
    ]
    return {
        "target": model.target.column,
        "metric": metric.name,
        "value": metric.of_mean(float(losses_of(X).mean())),
        "columns": columns,
        "related": [list(pair) for pair in alike.related],
        "rows": table.num_rows,
        "of_rows": labelled.num_rows,
        "repeats": repeats,
        "seed": seed,
        "engine": engine.name,
        "seconds": perf_counter() - started,
        "notes": [*notes, *model.trained_on(X, y), *model.unfamiliar(table, X, name).notes, *_notes(alike)],
    }


def _notes(alike: Alike) -> list[str]:
    """Notes on columns that replace each other."""
    notes = [
        f"Copies of each other, shuffled together: {', '.join(group)}." for group in alike.groups if len(group) > 1
    ]
    if alike.related:
        pairs = [f"{a} and {b} ({rho:+.2f})".replace("-", "−") for a, b, rho in alike.related[:MOST_RELATED]]
        more = len(alike.related) - MOST_RELATED
        also = f", and {more} more pairs" if more > 1 else ", and one more pair" if more == 1 else ""
        notes.append(
            f"Correlated columns (rank correlation): {', '.join(pairs)}{also}. One can replace the other, so each "
            "seems less important than it is."
        )
    return notes
