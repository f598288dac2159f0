"""Temperature scaling: how sure a trained network may be, found on validation rows and written into its last layer.

Dividing the last layer's sums by T is dividing its weights, tables, slopes and biases by T. So nothing but θ changes:
what predicts, explains or exports the network is calibrated without knowing of it, and of one network the likeliest
class stays the likeliest.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np

from wade.engines import Engine
from wade.maths.temperature import best_temperature, log_shares, temperature_slope, tempered_cross_entropy
from wade.metrics.weighted import Doubles
from wade.model.evaluation.intervals import mean_interval
from wade.network import Network
from wade.tables import Target
from wade.training.rows import RowSource

MOST_CELLS: Final = 10**6
"""Rows × members × classes: one number asks for no more, and this much is looked at in under a second."""
ROWS_AT_ONCE: Final = 4096
FEWEST_MISTAKES: Final = 3
"""The rule of three: n rows without one mistake still allow three in n, at 95 %."""


class Sums(NamedTuple):
    """What a network sums in its last layer, (n, members, n_classes), and which classes it were, (n, n_classes)."""

    Z: Doubles
    targets: Doubles


def calibrate(network: Network, target: Target, rows: RowSource, engine: Engine) -> dict[str, Any] | None:
    """Divide the last layer by its best temperature, if these rows say beyond chance that it helps.

    T surprises least on the rows. It is applied where the slope of the mean surprise at T = 1 is not 0, with its 95 %
    interval, so that another temperature lowers it beyond chance. These rows have chosen the epoch that is kept, and so
    flatter it; to make it surer, T < 1, takes more: the 95 % interval of the gain per row has to lie above 0 (as much
    as twice the slope's evidence), and n rows cannot show that fewer than three in n are mistaken.

    Parameters
    ----------
    network : Network
        Its θ changes in place where the temperature is applied.
    target : Target
    rows : RowSource
        For validation: neither learned from nor judged by.
    engine : Engine

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
    Z, targets = last_sums(network, rows, engine)
    temperature = best_temperature(Z, targets)
    before, after = (tempered_cross_entropy(Z, targets, each) for each in (1.0, temperature))
    slope, interval = mean_interval(temperature_slope(Z, targets, 1.0))
    gain, gain_interval = mean_interval(before - after)
    lacking, surer = None, temperature < 1
    if interval[0] <= 0 <= interval[1] or (surer and gain_interval[0] <= 0):
        lacking = f"what one of {temperature:.3g} would gain on the validation rows could be chance"
    elif surer and _expected_mistakes(Z, temperature) < FEWEST_MISTAKES:
        lacking = f"{len(targets):,} validation rows cannot show that a network may be so sure"
    if lacking is None:
        divide_last_sums(network, temperature)
    return {
        "temperature": temperature,
        "applied": lacking is None,
        "why": lacking or "it lowers the validation log-loss beyond chance",
        "rows": len(targets),
        "log_loss": {"before": float(before.mean()), "after": float(after.mean())},
        "gain": {"value": gain, "interval": gain_interval},
        "slope": {"value": slope, "interval": interval},
    }


def _expected_mistakes(Z: Doubles, temperature: float) -> float:
    """How many of the rows the network itself thinks that it gets wrong."""
    shares = np.exp(log_shares(Z, temperature)).mean(axis=1)
    return float((1 - shares.max(axis=1)).sum())


def divide_last_sums(network: Network, temperature: float) -> None:
    """Divide everything that the last layer sums, in place; members' factors stay as they are."""
    layer = network.layers[-1]
    for name in (layer.weight, *layer.embeddings, *layer.piecewise, layer.bias):
        network.parameters[name][...] /= temperature


def last_sums(network: Network, rows: RowSource, engine: Engine) -> Sums:
    """The last layer's sums of rows that are evenly spread over these, so many that `MOST_CELLS` is not passed.

    One sigmoid is two classes, with the sums 0 and z.
    """
    n_classes = max(2, network.outputs)
    every = -(-len(rows) * network.members * n_classes // MOST_CELLS)
    found, codes, passed = [], [], 0
    for X, y, _ in rows.blocks():
        taken = np.arange(-passed % every, len(X), every)
        passed += len(X)
        for first in range(0, len(taken), ROWS_AT_ONCE):
            some = taken[first : first + ROWS_AT_ONCE]
            Z = engine.forward(network, network.as_inputs(X[some])).Z[-1].astype(np.float64)
            found.append(Z.reshape(len(some), network.members, network.outputs))
            codes.append(y[some].reshape(len(some)).astype(np.int64))
    Z = np.concatenate(found)
    if network.outputs == 1:
        Z = np.concatenate([np.zeros_like(Z), Z], axis=2)
    return Sums(Z, np.eye(n_classes)[np.concatenate(codes)])
