"""k-fold cross-validation: a table trained on k times, each time judged on another part, so that every row judges once.

One test says how good one network was on one draw of rows. Folds say how much that depends on the draw: each has an
encoder, a network and baselines of its own, and nothing of its test is known to any of them. The spread over folds is
not an interval, for the folds' training rows overlap; it says how much another draw of the same table may show.

Folds are trained one after another, not as one race (`engines.protocol.Engine.race`): a race runs many networks over
the same encoded rows in the same batches, and folds differ in exactly these (docs/evaluation.md has the figures).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from time import perf_counter
from typing import Any, Final, Unpack

import numpy as np

from wade.metrics import METRICS
from wade.model.experiments.experiments import Listener, TrialStarted
from wade.model.learn import EvaluationOptions, StageStarted, learned
from wade.model.model import Report
from wade.model.preparation.column_options import choose
from wade.model.preparation.prepare import prepare_table, prepare_whole
from wade.model.preparation.splitting import Splitting, fold_table
from wade.settings import CrossValidationOptions, Settings, chosen, documented, refuse_unknown
from wade.settings.table import ColumnOptions, InputOptions
from wade.tables import Dialect
from wade.tables.splitting.k_fold import describe_folds
from wade.tables.splitting.train_test import LATER
from wade.training.by_settings import check_settings

FOLDS: Final = 5
PER_FOLD: Final = ("test", "baselines", "temperature", "epochs", "best_epoch", "stop_reason", "seconds")


@documented(CrossValidationOptions)
def cross_validate(
    data: Any,
    target: str | None = None,
    *,
    folds: int = FOLDS,
    dialect: Dialect | None = None,
    on_event: Listener | None = None,
    **options: Unpack[CrossValidationOptions],
) -> Report:
    """Cross-validate: train `folds` times, each time evaluated on another fold.

    Parameters
    ----------
    data, target, dialect
        As in `wade.learn`.
    folds : int, ≥ 2
        At random and by group each row is a test row once. By time there are as many test folds, one after another,
        each after all of its training rows.
    on_event : function of an event
        Called with TrialStarted as each fold begins, and with the events of `wade.learn`.
    {options}

    Returns
    -------
    dict
        "folds": for each ``{"split", "test", "baselines", "temperature", "epochs", "best_epoch", "stop_reason",
        "seconds"}``, as in the report of a model; "summary": for "network", "constant" and "linear" the
        "mean", "deviation", "lowest" and "highest" of each metric over the folds; "better_than_linear": in
        how many folds, by metric; "split": ``{"how", "why"}``; "data", "target", "task", "rows", "columns", "settings",
        "engine", "notes", "interrupted" and "seconds".

    Raises
    ------
    WadeError
        A setting, the table or a column cannot be used; the message says which and what to do.

    Examples
    --------
    >>> found = cross_validate("wine", folds=3, hidden=(16,))
    >>> len(found["folds"]), found["split"]["why"]
    (3, 'At random, each class with its share in every fold: 178 rows in 3 folds, each the test once.')
    >>> found["summary"]["network"]["accuracy"]["mean"] > 0.9
    True
    """
    started, say = perf_counter(), on_event or (lambda event: None)
    refuse_unknown(options, CrossValidationOptions)
    settings = Settings(**chosen(options, Settings))
    check_settings(settings)
    choices, marks = choose(data, target, **chosen(options, ColumnOptions), **chosen(options, InputOptions))
    splitting = Splitting(**chosen(options, Splitting))
    judging, reports = EvaluationOptions(options.get("calibrate", True), options.get("metrics")), []
    say(StageStarted("reading"))
    with ExitStack() as scratch:
        taken, memory = prepare_whole(data, choices, marks, dialect, splitting, scratch)
        splits = fold_table(taken.table, taken.schema, taken.reading.name, splitting, folds, choices.drop)
        for number, fold in enumerate(splits, start=1):
            say(TrialStarted(number, folds))
            prepared = prepare_table(taken, fold, choices, memory)
            reports.append(learned(prepared, settings, judging, perf_counter(), say).report)
            if reports[-1]["interrupted"]:
                break
    whole = [report for report in reports if not report["interrupted"]]
    if not whole:
        raise KeyboardInterrupt
    return {
        **{name: reports[0][name] for name in ("data", "target", "task", "columns", "settings", "engine")},
        "rows": taken.table.num_rows,
        "split": {"how": splitting.how, "why": _why(splits, taken.schema.target.role)},
        "folds": [{"split": report["split"], **{name: report[name] for name in PER_FOLD}} for report in whole],
        "summary": dict(_summaries(whole)),
        "better_than_linear": _better(whole),
        "interrupted": reports[-1]["interrupted"],
        "notes": list(dict.fromkeys(note for report in whole for note in report["notes"])),
        "seconds": perf_counter() - started,
    }


def _why(splits: Sequence[Any], role: str) -> str:
    words = describe_folds(splits, stratified=role != "number")
    return f"{words} {LATER}" if splits[0].how == "time" else words


def _answers(report: Report) -> dict[str, Any]:
    """The metrics of each way of answering, by its name."""
    return {"network": report["test"], **report["baselines"]}


def _summaries(reports: Sequence[Report]) -> Iterator[tuple[str, dict[str, Any]]]:
    """For each way of answering that every fold has, the spread of each metric."""
    for answer in _answers(reports[0]):
        found = [_answers(report)[answer] for report in reports]
        if all(metrics is not None for metrics in found):
            names = [name for name in found[0] if name not in ("intervals", "undefined")]
            yield answer, {name: spread([metrics[name] for metrics in found]) for name in names}


def spread(values: Sequence[float | None]) -> dict[str, float | None]:
    """Mean, standard deviation (with n − 1), least and greatest; None where a fold has no value.

    Examples
    --------
    >>> spread([1.0, 2.0, 3.0])
    {'mean': 2.0, 'deviation': 1.0, 'lowest': 1.0, 'highest': 3.0}
    """
    known = np.array([value for value in values if value is not None])
    if len(known) < len(values):
        return dict.fromkeys(("mean", "deviation", "lowest", "highest"))
    deviation = float(known.std(ddof=1)) if len(known) > 1 else None
    return {
        "mean": float(known.mean()),
        "deviation": deviation,
        "lowest": float(known.min()),
        "highest": float(known.max()),
    }


def _better(reports: Sequence[Report]) -> dict[str, int] | None:
    """In how many folds the network is better than one without hidden layers, by metric; None where a fold has none."""
    pairs = [(report["test"], report["baselines"]["linear"]) for report in reports]
    if any(plain is None for _, plain in pairs):
        return None
    wins = {}
    for name, metric in METRICS.items():
        values = [(ours.get(name), plain.get(name)) for ours, plain in pairs]
        if not any(None in pair for pair in values):
            sign = 1 if metric.direction == "higher" else -1
            wins[name] = sum(sign * ours > sign * plain for ours, plain in values)
    return wins
