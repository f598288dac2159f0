"""Comparison of optimizers and schedules, from the same start over the same batches.

Each method has a sweep of its own over learning rates, since a rate that is small for one is large for another. Methods
are compared by where their suggested rates end and by the width of the range of rates that converge. With p the
reference loss and b the least loss of all, a method that ends at m has a gain of (p − m) / (p − b).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Final

from wade.training.learning_rate_sweep import SweepLosses
from wade.training.sweep_outcomes import SweepOutcomes

AS_GOOD: Final = 0.97


@dataclass(frozen=True)
class Method:
    """An optimizer and a schedule: "sgd" and "constant" are plain gradient descent."""

    optimizer: str
    schedule: str


@dataclass(frozen=True)
class MethodResult:
    """The result of one method beside the others.

    Parameters
    ----------
    learning_rate : float or None
        Its first suggestion: the lowest final loss, with a margin to rates that are too high; None: it has none.
    loss : float or None
        The mean loss of that rate's last chunk.
    gain : float or None
        As a share of the best method's.
    lowest, highest : float or None
        The rates between which it converges.
    step_sizes : tuple of float
        The effective learning rates of the best rate's parameters: their 5 %, 50 % and 95 % quantiles. A method with
        one rate for all parameters has the same number three times.
    """

    optimizer: str
    schedule: str
    learning_rate: float | None
    loss: float | None
    gain: float | None
    lowest: float | None
    highest: float | None
    step_sizes: tuple[float, ...]
    evidence: str


def compare(
    methods: Sequence[Method], found: Sequence[SweepOutcomes], raced: Sequence[SweepLosses]
) -> tuple[MethodResult, ...]:
    """The results, the method with the lowest final loss first; those without any gain come last.

    Examples
    --------
    >>> import numpy as np
    >>> from wade.training.sweep_outcomes import classify_rates
    >>> fall, rates = np.linspace(1, 0, 16), np.array([0.1])
    >>> paths = [np.stack([0.2 + 0.8 * fall]), np.stack([0.4 + 0.6 * fall])]
    >>> raced = [SweepLosses(rates, path, np.ones(16), np.full((1, 3), 0.1), 1.0, "native", 0.0) for path in paths]
    >>> found = [classify_rates(rates, path, np.ones(16)) for path in paths]
    >>> first, second = compare([Method("adam", "constant"), Method("sgd", "constant")], found, raced)
    >>> first.evidence, second.evidence
    ('the best', '75 % of the gain of adam, constant')
    """
    ends = [_end(each) for each in found]
    known = [end for end in ends if end is not None]
    if not known:
        return tuple(_lost(method) for method in methods)
    least, winner = min(known), methods[ends.index(min(known))]
    reference_loss = min(each.reference_loss for each in found)
    results = []
    for method, end, each, race in zip(methods, ends, found, raced, strict=True):
        if end is None:
            results.append(_lost(method))
            continue
        rate = each.suggestions[0].learning_rate
        gain = (reference_loss - end) / (reference_loss - least) if reference_loss > least else 1.0
        step_sizes = race.step_sizes[int(abs(race.learning_rates - rate).argmin())]
        results.append(
            MethodResult(
                method.optimizer,
                method.schedule,
                learning_rate=rate,
                loss=end,
                gain=gain,
                lowest=each.lowest,
                highest=each.highest,
                step_sizes=tuple(step_sizes.tolist()),
                evidence=_evidence(method, winner, gain),
            )
        )
    return tuple(sorted(results, key=lambda one: inf if one.loss is None else one.loss))


def _end(found: SweepOutcomes) -> float | None:
    """Where the suggested rate ended; None where there is none."""
    if not found.suggestions:
        return None
    return next(one.last for one in found.outcomes if one.learning_rate == found.suggestions[0].learning_rate)


def _evidence(method: Method, winner: Method, gain: float) -> str:
    if method == winner:
        return "the best"
    share = f"{100 * gain:.0f} % of the gain of {winner.optimizer}, {winner.schedule}"
    if gain < 0:
        return "not below the constant baseline"
    return f"as good: {share}" if gain >= AS_GOOD else share


def _lost(method: Method) -> MethodResult:
    return MethodResult(
        method.optimizer,
        method.schedule,
        None,
        None,
        None,
        None,
        None,
        (),
        "no rate converges with a margin",
    )
