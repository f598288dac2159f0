"""The metrics by which predictions are evaluated, one entry each: name, label, task, direction, unit, computation.

`wade evaluate` and `validate`, the choice of the best epoch, learning curves, feature importance, the help and the docs
read `METRICS`; adding a metric is adding one entry. A value is scikit-learn's. A replicate is the same metric of rows
that count more or less than once; hundreds of them are needed for an interval, for which scikit-learn's functions take
too long, so `classification` and `regression` compute them at once, and tests hold the two together.

Quick to import: what computes is imported when it is first called.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from math import isfinite
from typing import Any, Final, Literal, TypeAlias

from wade.errors import InvalidArgument, unknown_name

Task: TypeAlias = Literal["classification", "regression"]


@dataclass(frozen=True)
class Metric:
    """One metric.

    Parameters
    ----------
    name, label : str
        In code and options, and in a sentence.
    task : "classification" or "regression"
    direction : "lower" or "higher"
        Which is better.
    unit : "none", "share", "target" or "target²"
        A plain number, a share of the rows, or an amount in the target's unit, or in its square.
    value : function of (predictions, row weights or None)
        Of `ClassPredictions` or `NumberPredictions`; NaN where the rows cannot give it.
    replicates : function of the predictions, or None
        Makes the function of row weights (r, n) that gives the value of each of r replicates (`bootstrap.py`); or gives
        None, where there is a formula.
    undefined : str
        What the rows lack where there is no value.
    aliases : names
        What else the same number, with the same sign, is called.
    interval : function of (predictions, value), or None
        The 95 % interval of a metric without replicates, by a formula (`intervals.py`).
    """

    name: str
    label: str
    task: Task
    direction: Literal["lower", "higher"]
    unit: Literal["none", "share", "target", "target²"]
    value: Callable[..., float]
    replicates: Callable[..., Any] | None
    undefined: str = ""
    aliases: tuple[str, ...] = ()
    interval: Callable[..., list[float] | None] | None = None

    def is_better(self, value: float, than: float | None) -> bool:
        """Whether a value is better than another, or the first one that is a number."""
        if not isfinite(value):
            return False
        return than is None or (value > than if self.direction == "higher" else value < than)


def _metric(task: Any, name: str, label: str, direction: Any, unit: Any, undefined: str = "", *aliases: str) -> Metric:
    """A metric that the module of its task computes under its name; the module is imported when it is called."""

    def computation() -> Any:
        return getattr(import_module(f"wade.metrics.{task}"), name)

    def replicates(given: Any) -> Any:
        return computation().replicates and computation().replicates(given)

    return Metric(
        name,
        label,
        task,
        direction,
        unit,
        lambda *given: float(computation().value(*given)),
        replicates,
        undefined,
        aliases,
        lambda *given: computation().interval(*given),
    )


_classification, _regression = partial(_metric, "classification"), partial(_metric, "regression")
_ONE_CLASS: Final = "the rows are all of one class, so no pair of rows can be ranked"

METRICS: Final[dict[str, Metric]] = {
    metric.name: metric
    for metric in (
        _classification("log_loss", "log-loss", "lower", "none", "", "logloss", "cross_entropy"),
        _classification("auc", "AUC", "higher", "none", _ONE_CLASS, "roc_auc", "roc_auc_score"),
        _classification("accuracy", "accuracy", "higher", "share", "", "accuracy_score"),
        _classification(
            "average_precision", "average precision", "higher", "none", _ONE_CLASS, "average_precision_score"
        ),
        _classification("brier", "Brier score", "lower", "none", "", "brier_score", "brier_score_loss"),
        _classification("f1", "F1", "higher", "none", "no row is of that class or predicted as it", "f1_score"),
        _classification(
            "precision", "precision", "higher", "share", "no row is predicted as that class", "precision_score"
        ),
        _classification("recall", "recall", "higher", "share", "no row is of that class", "recall_score"),
        _classification("balanced_accuracy", "balanced accuracy", "higher", "share", "", "balanced_accuracy_score"),
        _classification(
            "matthews", "Matthews correlation", "higher", "none", "", "mcc", "matthews_corrcoef", "matthews_correlation"
        ),
        _regression("rmse", "RMSE", "lower", "target", "", "root_mean_squared_error"),
        _regression("mae", "MAE", "lower", "target", "", "mean_absolute_error"),
        _regression(
            "r2", "R²", "higher", "none", "the rows all have one value, so there is no variance to explain", "r2_score"
        ),
        _regression("median_absolute_error", "median absolute error", "lower", "target"),
        _regression(
            "mape", "MAPE", "lower", "share", "an observed value is 0, which no error is a share of",
            "mean_absolute_percentage_error",
        ),
        _regression("mse", "MSE", "lower", "target²", "", "mean_squared_error"),
    )
}  # fmt: skip

DEFAULT_METRICS: Final[dict[Task, tuple[str, ...]]] = {
    "classification": ("log_loss", "auc", "accuracy"),
    "regression": ("rmse", "mae", "r2"),
}


def metrics_of(task: str) -> dict[str, Metric]:
    """The metrics of a task: "classification" ("binary", "multiclass") or "regression".

    Examples
    --------
    >>> list(metrics_of("regression"))
    ['rmse', 'mae', 'r2', 'median_absolute_error', 'mape', 'mse']
    """
    return {name: metric for name, metric in METRICS.items() if (metric.task == "regression") == (task == "regression")}


def choose_metric(name: str, setting: str, task: str | None = None) -> Metric:
    """The metric that a name or an alias means, of this task or of any; InvalidArgument where there is none.

    Examples
    --------
    >>> choose_metric("roc_auc", "stop_on").name
    'auc'
    """
    known = METRICS if task is None else metrics_of(task)
    names = {alias: metric for metric in known.values() for alias in (metric.name, *metric.aliases)}
    if name in names:
        return names[name]
    negated = names.get(name.removeprefix("neg_")) if isinstance(name, str) else None
    if negated is not None:
        remedy = f"Use {negated.name!r}, where {negated.direction} is better."
        raise InvalidArgument(setting, "must be a metric as it is, not its negative", name, remedy)
    raise unknown_name(setting, name, known)


def choose_metrics(task: str, metrics: str | Collection[str] | None) -> tuple[str, ...]:
    """The checked names of the given metrics; the task's default ones for None. InvalidArgument for unknown names.

    Examples
    --------
    >>> choose_metrics("regression", None), choose_metrics("binary", ["f1", "mcc"])
    (('rmse', 'mae', 'r2'), ('f1', 'matthews'))
    """
    usual = DEFAULT_METRICS["regression" if task == "regression" else "classification"]
    if metrics is None:
        return usual
    names = [metrics] if isinstance(metrics, str) else metrics
    chosen = tuple(dict.fromkeys(choose_metric(name, "metrics", task).name for name in names))
    if not chosen:
        raise InvalidArgument("metrics", "must name at least one", chosen, f"Try {', '.join(usual)}.")
    return chosen
