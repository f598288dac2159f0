"""How good predictions are: scikit-learn's figures, each with a 95 % interval over rows.

For classes: log-loss, AUC, accuracy. For numbers: root mean squared error, mean absolute error, R². A figure that the
rows cannot give (an AUC of rows of one class) is None, and `undefined` says why: never NaN.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from wade.model.intervals import Doubles, bootstrap, means, replicates_for, weighted_auc
from wade.training.figures import accuracy, as_shares, auc, log_loss, mae, r2, rmse
from wade.types import Array, Floats

Metrics: TypeAlias = dict[str, Any]


def score_classes(codes: Array, probabilities: Floats, seed: int = 0) -> Metrics:
    """Log-loss, AUC and accuracy of predicted probabilities, with 95 % intervals.

    ::

        log-loss = −1/n Σ_i ln p_i[y_i]          accuracy = share of rows whose likeliest class is the true one
        AUC      = P(a positive row scores higher than a negative one), ties one half

    With more than two classes, AUC is the plain mean over the classes that occur of "this class against the rest".

    Parameters
    ----------
    codes : array (n,), integer
        The true classes, 0 … n_classes − 1.
    probabilities : array (n, n_classes), any float
        Non-negative rows; they are clipped to [1.2e-7, 1] and scaled to sum to 1.
    seed : int
        Of the bootstrap.

    Returns
    -------
    dict
        ``{"log_loss", "auc", "accuracy", "intervals": {...the same names: [low, high]}}``, and ``"undefined"``:
        name -> reason for each figure that is None.

    Examples
    --------
    >>> figures = score_classes(np.array([0, 1]), np.array([[0.8, 0.2], [0.4, 0.6]]))
    >>> round(figures["log_loss"], 4), figures["auc"], figures["accuracy"]
    (0.367, 1.0, 1.0)
    """
    # The running sums of the bootstrap go through the rows by score; in that order memory is read in one sweep.
    order = np.argsort(probabilities[:, -1])
    codes, probabilities = codes[order], probabilities[order]
    classes = range(probabilities.shape[1])
    shares = as_shares(probabilities)
    likeliest = shares.argmax(axis=1)
    present = [k for k in (classes[1:] if len(classes) == 2 else classes) if 0 < (codes == k).sum() < len(codes)]
    figures: Metrics = {
        "log_loss": log_loss(codes, shares),
        "auc": auc(codes, shares) if present else None,
        "accuracy": accuracy(codes, shares),
    }
    per_row = np.column_stack([-np.log(shares[np.arange(len(codes)), codes]), likeliest == codes])
    mean_auc = _mean_auc([weighted_auc(codes == k, shares[:, k]) for k in present])

    def statistics(counts: Doubles) -> Doubles:
        loss, right = means(counts, per_row).T
        return np.column_stack([loss, mean_auc(counts), right])

    _add_intervals(figures, statistics, len(codes), len(present), seed)
    if not present:
        figures["undefined"] = {"auc": "the rows are all of one class, so no pair of rows can be put in order"}
    return figures


def score_numbers(truth: Array, predictions: Array, seed: int = 0) -> Metrics:
    """Root mean squared error, mean absolute error and R² of predicted numbers, with 95 % intervals.

    ::

        RMSE = √(1/n Σ (ŷ − y)²)     MAE = 1/n Σ |ŷ − y|     R² = 1 − Σ (ŷ − y)² / Σ (y − ȳ)²

    Parameters
    ----------
    truth, predictions : array (n,), any float
        In the target's own units.
    seed : int
        Of the bootstrap.

    Returns
    -------
    dict
        ``{"rmse", "mae", "r2", "intervals": {...}}``, and ``"undefined"`` where R² is None.

    Examples
    --------
    >>> figures = score_numbers(np.array([1.0, 3.0]), np.array([2.0, 3.0]))
    >>> round(figures["rmse"], 4), figures["mae"], figures["r2"]
    (0.7071, 0.5, 0.5)
    """
    truth, predictions = truth.astype(np.float64), predictions.astype(np.float64)
    varied = bool((truth != truth[0]).any())
    figures: Metrics = {
        "rmse": rmse(truth, predictions),
        "mae": mae(truth, predictions),
        "r2": r2(truth, predictions) if varied else None,
    }
    error, centred = predictions - truth, truth - truth.mean()
    per_row = np.column_stack([error**2, np.abs(error), centred, centred**2])

    def statistics(counts: Doubles) -> Doubles:
        squared, absolute, mean, mean_of_squares = means(counts, per_row).T
        variance = mean_of_squares - mean**2
        variance[variance <= 1e-12 * mean_of_squares] = np.nan  # the replicate drew one value only
        explained = 1 - squared / variance
        return np.column_stack([np.sqrt(squared), absolute, explained])

    _add_intervals(figures, statistics, len(truth), 1, seed)
    if not varied:
        figures["undefined"] = {"r2": "the rows all have one value, so there is no variance to explain"}
    return figures


def _mean_auc(curves: list[Callable[[Doubles], Doubles]]) -> Callable[[Doubles], Doubles]:
    """The mean of the areas that a replicate defines; NaN where it defines none."""

    def mean(counts: Doubles) -> Doubles:
        areas = np.array([curve(counts) for curve in curves]).reshape(len(curves), len(counts))
        defined = np.isfinite(areas)
        with np.errstate(invalid="ignore"):
            return np.asarray(np.where(defined, areas, 0.0).sum(axis=0) / defined.sum(axis=0))

    return mean


def _add_intervals(figures: Metrics, statistics: Callable[[Doubles], Doubles], n: int, passes: int, seed: int) -> None:
    """Put the interval of every figure under "intervals"."""
    names = list(figures)
    found = bootstrap(n, statistics, replicates_for(n, passes), seed)
    figures["intervals"] = {
        name: None if figures[name] is None else bounds for name, bounds in zip(names, found, strict=True)
    }
