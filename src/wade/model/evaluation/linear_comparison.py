"""Whether hidden layers helped: the network's loss beside the linear baseline's, test row by test row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, TypeAlias

from wade.metrics.intervals import beyond_chance, mean_interval
from wade.metrics.weighted import Doubles
from wade.network import is_linear

Better: TypeAlias = Literal["network", "level", "linear"]

SUMMARIES: Final[Mapping[Better, str]] = {
    "network": "",
    "level": "No better than the linear baseline on the test rows, beyond chance.",
    "linear": "The linear baseline is better than this network on the test rows.",
}
LINEAR_NETWORK: Final = "--hidden none trains a network that is linear"


def compare_with_linear(
    network: Doubles, linear: Doubles, hidden: Sequence[int], activation: str = "relu"
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
    ('linear', 'The linear baseline is better than this network on the test rows.')
    """
    gain, interval = mean_interval(linear - network)
    better: Better = "level"
    if beyond_chance(interval):
        better = "network" if gain > 0 else "linear"
    return {
        "better": better,
        "gain": gain,
        "interval": interval,
        "summary": SUMMARIES[better],
        "next": _next_steps(better, gain, hidden, activation),
    }


def _next_steps(better: Better, gain: float, hidden: Sequence[int], activation: str) -> list[str]:
    if better == "network" or is_linear(hidden, activation):
        return []  # what a network that is linear itself needs, the diagnosis tells
    if better == "linear":
        return [f"Prefer a linear model: {LINEAR_NETWORK}. Or add rows."]
    if gain < 0:
        return [f"Consider the simpler model: {LINEAR_NETWORK}. wade validate DATA compares the two on all rows."]
    return ["wade validate DATA compares the network with the linear baseline on all rows."]
