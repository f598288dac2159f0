"""k-fold cross-validation: train on a table k times, each time tested on another fold; every row is a test row once.

One test evaluates one network on one random split. Folds show how much that depends on the split: each has its own
encoder, network and baselines, all fitted without its test rows. The spread over folds is not an interval, because the
folds' training rows overlap.

Folds are trained one after another, not as one race (`engines.protocol.Engine.race`): a race trains many networks on
the same encoded rows in the same batches, and folds differ in exactly these (docs/evaluation.md has timings).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from time import perf_counter
from typing import Any, Final, Unpack

import numpy as np

from wade.metrics import METRICS
from wade.model.evaluation.linear_comparison import compare_over_folds
from wade.model.learn import EvaluationOptions, Listener, StageStarted, TrialStarted, ignore_event, train_and_evaluate
from wade.model.model import Report
from wade.model.preparation.column_options import read_options
from wade.model.preparation.prepare import prepare_table, prepare_whole
from wade.settings import CrossValidationOptions, documented
from wade.tables import Dialect
from wade.tables.splitting.k_fold import describe_folds
from wade.tables.splitting.train_test import LATER

FOLDS: Final = 5
PER_FOLD: Final = ("test", "baselines", "temperature", "diagnosis", "epochs", "best_epoch", "stop_reason", "seconds")


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
        "folds": for each ``{"split", "test", "baselines", "temperature", "diagnosis", "epochs", "best_epoch",
        "stop_reason", "seconds"}``, as in the report of a model; "summary": for "network", "constant" and "linear" the
        "mean", "deviation", "lowest" and "highest" of each metric over the folds; "better_than_linear": in how many
        folds, by metric; "comparison": the network beside the linear baseline over the folds, as
        `linear_comparison.compare_over_folds` gives it, or None; "split": ``{"how", "why"}``; "data", "target", "task",
        "rows", "columns", "settings", "engine", "notes", "interrupted" and "seconds".

    Raises
    ------
    WadeError
        A setting, the table or a column cannot be used.

    Examples
    --------
    >>> found = cross_validate("wine", folds=3, hidden=(16,))
    >>> len(found["folds"]), found["split"]["why"]
    (3, 'At random, stratified by class: 178 rows in 3 folds; each fold is the test set once.')
    >>> found["summary"]["network"]["accuracy"]["mean"] > 0.9
    True
    """
    started, notify = perf_counter(), on_event or ignore_event
    settings, choices, missing, split = read_options(data, target, options, CrossValidationOptions)
    evaluation, reports = EvaluationOptions(options.get("calibrate", True), options.get("metrics")), []
    notify(StageStarted("reading"))
    with ExitStack() as cleanup:
        loaded, memory = prepare_whole(data, choices, missing, dialect, split, cleanup)
        splits = loaded.folds(split, folds)
        for number, fold in enumerate(splits, start=1):
            notify(TrialStarted(number, folds))
            prepared = prepare_table(loaded, fold, memory)
            reports.append(train_and_evaluate(prepared, settings, evaluation, perf_counter(), notify).report)
            if reports[-1]["interrupted"]:
                break
    whole = [report for report in reports if not report["interrupted"]]
    if not whole:
        raise KeyboardInterrupt
    words = describe_folds(splits, stratified=loaded.keys.labels is not None)
    return {
        **{name: reports[0][name] for name in ("data", "target", "task", "columns", "settings", "engine")},
        "rows": len(loaded.rows),
        "split": {"how": split.how, "why": f"{words} {LATER}" if split.how == "time" else words},
        "folds": [{"split": report["split"], **{name: report[name] for name in PER_FOLD}} for report in whole],
        "summary": dict(_summaries(whole)),
        "better_than_linear": _better(whole),
        "comparison": _comparison(whole, reports[0]["task"]),
        "interrupted": reports[-1]["interrupted"],
        "notes": list(dict.fromkeys(note for report in whole for note in report["notes"])),
        "seconds": perf_counter() - started,
    }


def _scores(report: Report) -> dict[str, Any]:
    """The metrics of the network and of both baselines, by name."""
    return {"network": report["test"], **report["baselines"]}


def _summaries(reports: Sequence[Report]) -> Iterator[tuple[str, dict[str, Any]]]:
    """For the network and each baseline that every fold has, the spread of each metric."""
    for predictor in _scores(reports[0]):
        found = [_scores(report)[predictor] for report in reports]
        if all(metrics is not None for metrics in found):
            names = [name for name in found[0] if name not in ("intervals", "undefined")]
            yield predictor, {name: spread([metrics[name] for metrics in found]) for name in names}


def spread(values: Sequence[float | None]) -> dict[str, float | None]:
    """Mean, standard deviation (with n − 1), lowest and highest; None where a fold has no value.

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
    """In how many folds the network is better than the linear baseline, by metric; None where a fold has none."""
    pairs = [(report["test"], report["baselines"]["linear"]) for report in reports]
    if any(linear is None for _, linear in pairs):
        return None
    wins = {}
    for name, metric in METRICS.items():
        values = [(network.get(name), linear.get(name)) for network, linear in pairs]
        if not any(None in pair for pair in values):
            wins[name] = sum(metric.is_better(network, than=linear) for network, linear in values)
    return wins


def _comparison(reports: Sequence[Report], task: str) -> dict[str, Any] | None:
    """The verdict by log-loss or RMSE, or where the user left it out, by the first metric that every fold has."""
    counted = _better(reports)
    if not counted:
        return None
    usual = "rmse" if task == "regression" else "log_loss"
    name = usual if usual in counted else next(iter(counted))
    tested, trained = (sum(report["split"][part] for report in reports) for part in ("test", "train"))
    network = [report["test"][name] for report in reports]
    linear = [report["baselines"]["linear"][name] for report in reports]
    return compare_over_folds(name, network, linear, tested / trained)
