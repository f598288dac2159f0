"""Optimizers and schedules beside each other: who leads, by how much, and who gained nothing."""

from __future__ import annotations

import numpy as np
import pytest

from wade.training.learning_rate_sweep import SweepLosses
from wade.training.optimizer_comparison import Method, compare
from wade.training.sweep_outcomes import SweepOutcomes, classify_rates

RATES, START = np.array([0.01, 0.1]), np.ones(32)
FALL = np.linspace(1, 0, 32)


def race(*ends: float) -> tuple[SweepOutcomes, SweepLosses]:
    """A straight method from 1 to each of these ends."""
    losses = np.stack([end + (1 - end) * FALL for end in ends])
    step_sizes = np.array([[1.0, 2.0, 3.0], [10.0, 20.0, 30.0]])
    return classify_rates(RATES, losses, START, np.full(32, 0.9)), SweepLosses(
        RATES, losses, START, step_sizes, 1.0, "native", 0.0
    )


def test_the_lowest_end_leads_and_gains_are_shares_of_its_own() -> None:
    methods = [Method("sgd", "constant"), Method("adam", "constant"), Method("adam", "cosine")]
    found, raced = zip(race(0.8, 0.6), race(0.3, 0.1), race(0.11, 0.5), strict=True)
    first, second, third = compare(methods, found, raced)
    assert [one.optimizer for one in (first, second, third)] == ["adam", "adam", "sgd"]
    assert [one.schedule for one in (first, second, third)] == ["constant", "cosine", "constant"]
    assert (first.learning_rate, second.learning_rate, third.learning_rate) == (0.1, 0.01, 0.1)
    assert (first.gain, first.evidence) == (1, "the best")
    # The last chunk is the mean of the last two steps, 1/62 of the method before the end.
    ends = [end + (1 - end) / 62 for end in (0.6, 0.1)]
    assert third.gain == pytest.approx((0.9 - ends[0]) / (0.9 - ends[1]))
    assert second.evidence == "as good: 99 % of the gain of adam, constant"
    assert (first.step_sizes, second.step_sizes) == ((10, 20, 30), (1, 2, 3))


def test_who_gains_nothing_comes_last() -> None:
    methods = [Method("sgd", "constant"), Method("adam", "constant")]
    found, raced = zip(race(1.0, 1.0), race(0.3, 0.1), strict=True)
    last = compare(methods, found, raced)[-1]
    assert (last.optimizer, last.learning_rate, last.loss, last.gain, last.step_sizes) == ("sgd", None, None, None, ())
    assert last.evidence == "no rate converges with a margin"
    nobody = compare(methods, (found[0], found[0]), (raced[0], raced[0]))
    assert [one.loss for one in nobody] == [None, None]
