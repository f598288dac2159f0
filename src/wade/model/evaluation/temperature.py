"""Temperature scaling: calibrates a trained network on validation rows, and writes the result into its last layer.

Dividing the last layer's pre-activations by T is dividing its weights, embeddings, slopes and biases by T. So only θ
changes: predictions, explanations and exports are calibrated without further code, and of a network with one member the
predicted class stays the same.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from wade.engines import Engine
from wade.maths.temperature import best_temperature, log_shares, temperature_slope, tempered_cross_entropy
from wade.metrics.intervals import beyond_chance, estimate, mean_interval
from wade.metrics.weighted import Doubles
from wade.network import Network
from wade.tables import Target
from wade.training.rows import RowSource

MOST_CELLS: Final = 10**6
"""Rows × members × classes: one number needs no more, and this much takes under a second."""
ROWS_AT_ONCE: Final = 4096
FEWEST_ROWS: Final = 20
"""That can be evidence: fewer are of one kind too often."""
FEWEST_MISTAKES: Final = 3
"""The rule of three: n rows without a mistake still allow three in n, at 95 %."""


def calibrate(network: Network, target: Target, rows: RowSource, engine: Engine) -> dict[str, Any] | None:
    """Divide the last layer by its best temperature, if that lowers the log-loss of these rows beyond chance.

    T minimizes the log-loss of the rows. It is applied where there are at least 20 of them, and the slope of their mean
    log-loss at T = 1 is not 0, with its 95 % interval. Since these rows have also chosen the epoch that is kept, they
    are optimistic: T < 1, which makes the network more confident, takes more. The 95 % interval of the gain per row has
    to lie above 0 (as much as twice the slope's evidence), and n rows cannot show that fewer than three in n are
    mistaken.

    Parameters
    ----------
    network : Network
        Its θ changes in place where the temperature is applied.
    rows : RowSource
        Validation rows.

    Returns
    -------
    dict or None
        ``{"temperature", "applied", "why", "rows", "log_loss": {"before", "after"},
        "gain", "slope"}``, the last two each ``{"value", "interval"}``; None for numbers.

    References
    ----------
    C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger, *On Calibration of Modern Neural Networks*, 2017, section 4.
    """
    if target.task == "regression":
        return None
    Z, targets = last_preactivations(network, rows, engine)
    temperature = best_temperature(Z, targets)
    before, after = (tempered_cross_entropy(Z, targets, each) for each in (1.0, temperature))
    slope, interval = mean_interval(temperature_slope(Z, targets, 1.0))
    gain, gain_interval = mean_interval(before - after)
    why_not, more_confident = None, temperature < 1
    evidence = beyond_chance(interval) and (not more_confident or (gain > 0 and beyond_chance(gain_interval)))
    if len(targets) < FEWEST_ROWS:
        why_not = f"{_rows(len(targets))} no evidence for a temperature; at least {FEWEST_ROWS} are needed"
    elif not evidence:
        why_not = f"a temperature of {temperature:.3g} lowers the validation log-loss by no more than chance"
    elif more_confident and (mistakes := _expected_mistakes(Z, temperature)) < FEWEST_MISTAKES:
        why_not = (
            f"at a temperature of {temperature:.3g} the network would expect {mistakes:.1f} mistakes on these "
            f"{len(targets):,} validation rows; they can verify no fewer than {FEWEST_MISTAKES}"
        )
    if why_not is None:
        divide_last_layer(network, temperature)
    return {
        "temperature": temperature,
        "applied": why_not is None,
        "why": why_not or "it lowers the validation log-loss beyond chance",
        "rows": len(targets),
        "log_loss": {"before": float(before.mean()), "after": float(after.mean())},
        "gain": estimate(gain, gain_interval),
        "slope": estimate(slope, interval),
    }


def _rows(count: int) -> str:
    return "1 validation row is" if count == 1 else f"{count} validation rows are"


def _expected_mistakes(Z: Doubles, temperature: float) -> float:
    """The number of mistakes that the network's own probabilities predict for these rows."""
    shares = np.exp(log_shares(Z, temperature)).mean(axis=1)
    return float((1 - shares.max(axis=1)).sum())


def divide_last_layer(network: Network, temperature: float) -> None:
    """Divide every parameter that the last layer sums, in place; the factors of ensemble members stay as they are."""
    layer = network.layers[-1]
    for name in (layer.weight, *layer.embeddings, *layer.piecewise, layer.bias):
        network.parameters[name][...] /= temperature


def last_preactivations(network: Network, rows: RowSource, engine: Engine) -> tuple[Doubles, Doubles]:
    """The last layer's pre-activations, (n, members, n_classes), and the observed classes as one-hot rows.

    Of evenly spread rows, as many as `MOST_CELLS` allows. One sigmoid is two classes, with the pre-activations 0 and z.
    """
    n_classes = max(2, network.outputs)
    every = -(-len(rows) * network.members * n_classes // MOST_CELLS)
    found, codes, passed = [], [], 0
    for X, y, _ in rows.blocks():
        chosen = np.arange(-passed % every, len(X), every)
        passed += len(X)
        for first in range(0, len(chosen), ROWS_AT_ONCE):
            some = chosen[first : first + ROWS_AT_ONCE]
            Z = engine.forward(network, network.as_inputs(X[some])).Z[-1].astype(np.float64)
            found.append(Z.reshape(len(some), network.members, network.outputs))
            codes.append(y[some].reshape(len(some)).astype(np.int64))
    Z = np.concatenate(found)
    if network.outputs == 1:
        Z = np.concatenate([np.zeros_like(Z), Z], axis=2)
    return Z, np.eye(n_classes)[np.concatenate(codes)]
