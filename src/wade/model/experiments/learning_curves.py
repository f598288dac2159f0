"""Learning curves: training and validation error against the number of training rows, or the width of the network.

With few rows a network overfits: its training error is low, its validation error high. With more rows the two converge.
Where they have converged, more rows do not help; where the validation error still falls, they do. The same with width:
a narrow network has a high error on training and validation rows, a wide one a low training error.

All points are evaluated on the same validation rows, so the last two are compared row by row:

    d = 1/n Σ_i (loss_i of the last but one − loss_i of the last),   ± 1.96 s_d / √n
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from time import perf_counter
from typing import Any, Final, NamedTuple, Unpack

import numpy as np

from wade.engines import Task, choose_engine
from wade.errors import InvalidArgument, unknown_name
from wade.maths.random import permutation
from wade.metrics.intervals import mean_interval
from wade.metrics.weighted import Doubles
from wade.model.evaluation.compared_losses import constant_losses, network_losses, rows_to_compare
from wade.model.evaluation.outputs import output_shape
from wade.model.evaluation.temperature import calibrate
from wade.model.learn import Listener, StageStarted, TrialStarted, ignore_event, train_network
from wade.model.model import Report
from wade.model.preparation.column_options import read_options
from wade.model.preparation.prepare import prepare_table, prepare_whole
from wade.model.preparation.prepared_data import PreparedData
from wade.settings import LearningCurvesOptions, Settings, documented, settle
from wade.tables import Dialect
from wade.tables.splitting.train_test import Split

POINTS: Final = 6
FEWEST_ROWS: Final = 20
ROWS_STREAM: Final = (1 << 32) - 5
BY: Final = ("rows", "width")


@documented(LearningCurvesOptions)
def learning_curves(
    data: Any,
    target: str | None = None,
    *,
    by: str = "rows",
    points: int = POINTS,
    dialect: Dialect | None = None,
    on_event: Listener | None = None,
    **options: Unpack[LearningCurvesOptions],
) -> Report:
    """Learning curves: training and validation error for more and more rows, or wider and wider networks.

    Parameters
    ----------
    data, target, dialect
        As in `wade.learn`.
    by : "rows" or "width"
        By rows: all training rows, half of them, a quarter, …, each subset within the next. By width: no hidden layer,
        then hidden layers of a fraction of the widths `hidden`, doubled up to twice as wide.
    points : int, ≥ 2
        Number of trainings.
    on_event : function of an event
        As in `wade.cross_validate`.
    {options}

    Returns
    -------
    dict
        "points": for each ``{"rows", "hidden", "parameters", "train", "validation", "epochs", "seconds"}``, errors as
        ``{"value", "interval"}``; "error": "log_loss" or "rmse"; "constant": the validation error of the constant
        baseline; "last_step": the gain of the last point over the one before it, per validation row, with its
        interval; "summary": a sentence; "by", "data", "target", "task", "split", "settings", "engine",
        "interrupted", "notes" and "seconds".

    Raises
    ------
    WadeError
        A setting, the table or a column cannot be used.

    Examples
    --------
    >>> found = learning_curves("moons", points=3, hidden=(16,), epochs=20)
    >>> [point["rows"] for point in found["points"]]
    [150, 300, 600]
    >>> [point["hidden"] for point in learning_curves("moons", by="width", points=3, hidden=(16,), epochs=5)["points"]]
    [[], [16], [32]]
    """
    started, notify = perf_counter(), on_event or ignore_event
    if by not in BY:
        raise unknown_name("by", by, BY)
    if isinstance(points, bool) or not isinstance(points, int) or points < 2:
        raise InvalidArgument("points", "must be a whole number from 2 on", points, f"Try {POINTS}.")
    settings, choices, missing, split = read_options(data, target, options, LearningCurvesOptions)
    found: list[_Point] = []
    notify(StageStarted("reading"))
    with ExitStack() as cleanup:
        loaded, memory = prepare_whole(data, choices, missing, dialect, split, cleanup)
        whole = loaded.split(split, None)
        all_rows = prepare_table(loaded, whole, memory)
        hidden = settle(settings, len(whole.train), *output_shape(all_rows.target)).hidden
        plans = _by_rows(whole, settings, points) if by == "rows" else _by_width(whole, settings, hidden, points)
        for number, (part, settings_here) in enumerate(plans, start=1):
            notify(TrialStarted(number, len(plans)))
            prepared = all_rows if part is whole else prepare_table(loaded, part, memory, like=all_rows)
            point = _train_point(prepared, settings_here, options.get("calibrate", True), notify)
            if point is None:
                break
            found.append(point)
    if not found:
        raise KeyboardInterrupt
    return {
        "data": loaded.name,
        "target": prepared.target.column,
        "task": prepared.target.task,
        "by": by,
        "error": "rmse" if prepared.target.task == "regression" else "log_loss",
        "points": [point.facts for point in found],
        "constant": found[-1].constant,
        **_last_step(by, found),
        "split": {"train": len(whole.train), "validation": len(whole.validation), "how": whole.how, "why": whole.why},
        "settings": {name: value for name, value in vars(settings).items() if name != "hidden"},
        "engine": found[0].engine,
        "interrupted": len(found) < len(plans),
        "notes": [*prepared.notes, *prepared.schema.notes],
        "seconds": perf_counter() - started,
    }


class _Point(NamedTuple):
    """One training: its facts, the loss of each validation row, and the constant baseline's error there."""

    facts: dict[str, Any]
    validation_losses: Doubles
    constant: float
    engine: str


def _by_rows(whole: Split, settings: Settings, points: int) -> list[tuple[Split, Settings]]:
    """All training rows, half of them, …, as long as 20 rows are left; each subset within the next."""
    order = permutation(settings.seed, ROWS_STREAM, len(whole.train))
    counts = [len(order) >> halvings for halvings in range(points)]
    counts = [count for count in counts if count >= FEWEST_ROWS] or counts[:1]
    return [(replace(whole, train=whole.train[np.sort(order[:count])]), settings) for count in reversed(counts)]


def _by_width(whole: Split, settings: Settings, hidden: Sequence[int], points: int) -> list[tuple[Split, Settings]]:
    """No hidden layer, then ever wider ones, up to twice these widths."""
    factors = [2.0 ** (doublings - points + 2) for doublings in range(1, points)]
    widths = [tuple(max(1, round(width * factor)) for width in hidden) for factor in factors]
    linear = replace(settings, hidden=(), dropout=0.0, members=1)
    sizes = dict.fromkeys(widths)  # narrow layers that are halved to one neuron are one size
    return [(whole, linear), *((whole, replace(settings, hidden=size)) for size in sizes)]


def _train_point(prepared: PreparedData, settings: Settings, calibrated: bool, notify: Listener) -> _Point | None:
    """Train once and evaluate; None where Ctrl-C ended it."""
    notify(StageStarted("training"))
    network, history, *_ = train_network(prepared, settings, notify)
    if history.interrupted:
        return None
    engine = choose_engine(settings.engine, settings.threads, Task(network))
    if calibrated:
        calibrate(network, prepared.target, prepared.parts["validation"], engine)
    rows = rows_to_compare(prepared, settings.seed)
    # Losses of numbers are in standard deviations of the training rows, which differ from point to point.
    unit = prepared.target.scale**2
    losses, constant_loss = network_losses(prepared.target, network, rows, engine), constant_losses(prepared, rows)
    train, validation = (_error(unit * each, prepared.target.task) for each in losses)
    facts = {
        "rows": prepared.split.train,
        "hidden": list(network.hidden),
        "parameters": network.n_parameters,
        "train": train,
        "validation": validation,
        "epochs": len(history.epochs),
        "seconds": history.seconds,
    }
    constant = _error(unit * constant_loss.validation, prepared.target.task)["value"]
    return _Point(facts, unit * losses.validation, constant, history.engine)


def _error(losses: Doubles, task: str) -> dict[str, Any]:
    """The mean log-loss, or the root of the mean squared error, with its interval."""
    value, interval = mean_interval(losses)
    if task != "regression":
        return {"value": value, "interval": interval}
    bounds = interval and [float(np.sqrt(max(0.0, bound))) for bound in interval]
    return {"value": float(np.sqrt(value)), "interval": bounds}


def _last_step(by: str, points: Sequence[_Point]) -> dict[str, Any]:
    """Whether the last point is better than the one before it, beyond chance, and what follows."""
    if len(points) < 2:
        return {"last_step": None, "summary": "One point is not a curve."}
    gain, interval = mean_interval(points[-2].validation_losses - points[-1].validation_losses)
    more = "more rows" if by == "rows" else "wider layers"
    if interval and interval[0] > 0:
        summary = f"The last step still lowered the validation error: {more} should lower it further."
    elif interval and interval[1] < 0:
        summary = f"The last step increased the validation error: {more} do not help with these settings."
    else:
        summary = f"The last step changed the validation error by no more than chance: no sign that {more} would help."
    return {"last_step": {"gain": gain, "interval": interval}, "summary": summary}
