"""Whether hidden layers helped: the network's loss beside the linear baseline's, test row by test row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Any, Final, Literal, TypeAlias

import numpy as np

from wade.metrics import METRICS
from wade.metrics.intervals import beyond_chance, mean_interval, student_95
from wade.metrics.weighted import Doubles
from wade.network import is_linear

Better: TypeAlias = Literal["network", "level", "linear"]

SUMMARIES: Final[Mapping[Better, str]] = {
    "network": "",
    "level": "No better than the linear baseline by {error}, beyond chance.",
    "linear": "The linear baseline is better by {error} on the test rows.",
}
BOTH_LINEAR: Final = "Both are linear; the baseline is fitted exactly, with its own L2 penalty."
LINEAR_NETWORK: Final = "--hidden none trains a network that is linear"


def compare_with_linear(
    network: Doubles, linear: Doubles, hidden: Sequence[int], activation: str = "relu", error: str = "log-loss"
) -> dict[str, Any]:
    """Which of the two has the lower loss, with the 95 % interval of the difference, in words, and what to do.

    Parameters
    ----------
    network, linear : array (n_rows,)
        The loss of each test row.
    hidden : sequence of int
        The hidden layers of the network.
    activation : str
        Of its hidden layers.
    error : str
        What the loss is called.

    Returns
    -------
    dict
        ``{"better", "gain", "interval", "summary", "next"}``: "network", "level" or "linear"; by how much the network's
        mean loss is lower; "summary" is empty where the network is better.

    Examples
    --------
    >>> import numpy as np
    >>> found = compare_with_linear(np.array([0.9, 0.8, 0.7]), np.array([0.1, 0.1, 0.0]), (64,))
    >>> found["better"], found["summary"]
    ('linear', 'The linear baseline is better by log-loss on the test rows.')
    """
    gain, interval = mean_interval(linear - network)
    better: Better = "level"
    if beyond_chance(interval):
        better = "network" if gain > 0 else "linear"
    summary = SUMMARIES[better].format(error=error)
    return {
        "better": better,
        "gain": gain,
        "interval": interval,
        "summary": f"{summary} {BOTH_LINEAR}" if summary and is_linear(hidden, activation) else summary,
        "next": _next_steps(better, gain, hidden, activation),
    }


def compare_over_folds(
    metric: str, network: Sequence[float], linear: Sequence[float], share_tested: float
) -> dict[str, Any] | None:
    """Which of the two is better over the folds of a cross-validation; None for fewer than two folds.

    The mean difference d of k folds has the 95 % interval d ± t √((1/k + q) s²): s² is the variance of the folds'
    differences, t the quantile of Student's t with k − 1 degrees of freedom, and q the number of test rows for each
    training row, which corrects for training rows that folds share.

    Parameters
    ----------
    metric : str
        The name of the metric that decides.
    network, linear : sequence of float, (n_folds,)
        Its values.
    share_tested : float
        q.

    Returns
    -------
    dict
        ``{"metric", "better", "gain", "interval", "summary"}``; a gain above 0 is in favour of the network.

    Source: Nadeau and Bengio, *Inference for the generalization error*, Machine Learning 52, 2003, section 4.

    Examples
    --------
    >>> found = compare_over_folds("log_loss", [0.50, 0.48, 0.51], [0.51, 0.47, 0.52], 0.5)
    >>> found["better"], found["summary"]
    ('level', 'No better than the linear baseline by log-loss: 0.0033 better in the mean of 3 folds, ...')
    """
    sign = -1.0 if METRICS[metric].direction == "lower" else 1.0
    gains = sign * (np.array(network) - np.array(linear))
    k = len(gains)
    if k < 2:
        return None
    gain = float(gains.mean())
    width = student_95(k - 1) * float(gains.std(ddof=1)) * sqrt(1 / k + share_tested)
    interval = [gain - width, gain + width]
    better: Better = "level" if interval[0] <= 0 <= interval[1] else "network" if gain > 0 else "linear"
    label = METRICS[metric].label
    said = f"{abs(gain):.4f} {'better' if gain >= 0 else 'worse'} in the mean of {k} folds"
    bounds = f"95 % interval {interval[0]:+.4f} to {interval[1]:+.4f}, paired over folds".replace("-", "−")
    summary = {
        "network": f"Better than the linear baseline by {label}: {said} ({bounds}).",
        "level": f"No better than the linear baseline by {label}: {said}, which chance may explain ({bounds}). "
        f"The linear model is the simpler one: {LINEAR_NETWORK}.",
        "linear": f"Worse than the linear baseline by {label}: {said} ({bounds}). Prefer a linear model: "
        f"{LINEAR_NETWORK}.",
    }
    return {"metric": metric, "better": better, "gain": gain, "interval": interval, "summary": summary[better]}


def _next_steps(better: Better, gain: float, hidden: Sequence[int], activation: str) -> list[str]:
    if better == "network" or is_linear(hidden, activation):
        return []  # what a network that is linear itself needs, the diagnosis tells
    if better == "linear":
        return [f"Prefer a linear model: {LINEAR_NETWORK}. Or add rows."]
    if gain < 0:
        return [f"Consider the simpler model: {LINEAR_NETWORK}. wade validate DATA compares the two on all rows."]
    return ["wade validate DATA compares the network with the linear baseline on all rows."]
