"""Learning rates on paths whose outcome is known, and on a quadratic where mathematics says what must happen."""

from __future__ import annotations

import json
from dataclasses import asdict
from itertools import pairwise

import numpy as np
import pytest

from wade.training.sweep_outcomes import SweepOutcomes, classify_rates

STEPS = 160
FALL = np.linspace(1, 0, STEPS)
START = np.ones(STEPS)
BEST = 0.2 + 0.8 * FALL**4
BUMP = np.exp(-(((np.arange(STEPS) - 80) / 8) ** 2))
OVERSHOT = BEST + 3 * FALL**20 * (np.arange(STEPS) > 0)
LOST = np.where(np.arange(STEPS) < 40, 1 + np.arange(STEPS), np.nan)


def outcomes_of(*paths: np.ndarray, start: np.ndarray = START) -> SweepOutcomes:
    return classify_rates(np.geomspace(1e-4, 1e-4 * 10 ** (len(paths) - 1), len(paths)), np.stack(paths), start)


@pytest.mark.parametrize(
    ("paths", "place", "kind", "evidence"),
    [
        pytest.param([0.9 + 0.1 * FALL, BEST], 0, "too small", "fell from 1 to 0.9028 only, 12 % of", id="slow"),
        pytest.param([START - 0.002, BEST], 0, "too small", "to 0.998 only, 0 % of the gain with 0.001", id="still"),
        pytest.param([BEST + BUMP / 2, BEST - 0.1], 0, "converges", "89 % of", id="a rise below the best is chance"),
        pytest.param([BEST + 0.01, BEST], 0, "converges", "99 % of the gain with 0.001", id="nearly as good"),
        pytest.param([BEST, BEST + 0.01], 0, "converges", "fell from 1 to 0.2, the best", id="the best"),
        pytest.param([BEST, BEST + 0.01], 1, "converges", "99 % of the gain with 0.0001", id="good, larger"),
        pytest.param([BEST, BEST + 0.8 * BUMP], 1, "oscillates", "by step 90, ended at 0.2", id="up and down again"),
        pytest.param([BEST, OVERSHOT], 1, "oscillates", "rose from 1 to", id="overshoots at first"),
        pytest.param([BEST, 0.6 + 0.4 * FALL], 1, "oscillates", "49 % of the gain with 0.0001", id="stuck above"),
        pytest.param([BEST, 1 + 3 * (1 - FALL)], 1, "diverges", "rose from 1 to 3.915 by step 160", id="rises"),
        pytest.param([BEST, LOST], 1, "diverges", "rose from 1 to 40, and was no finite number at step 41", id="lost"),
        pytest.param([BEST, np.full(STEPS, np.nan)], 1, "diverges", "no finite number at step 1", id="at once"),
    ],
)
def test_a_path_and_its_verdict(paths: list[np.ndarray], place: int, kind: str, evidence: str) -> None:
    outcome = outcomes_of(*paths).outcomes[place]
    assert outcome.outcome == kind
    assert evidence in outcome.evidence


def test_a_rise_and_where_it_ended() -> None:
    path = np.where(np.arange(STEPS) < 40, 3.1, 1.5)
    path[0] = 1
    outcome = outcomes_of(BEST, path).outcomes[1]
    assert (outcome.outcome, outcome.evidence) == ("diverges", "rose from 1 to 3.1 by step 20, ended at 1.5")


def test_batches_that_are_hard_for_everybody_count_against_nobody() -> None:
    hard = 2 * BUMP
    for path in (BEST, BEST + 0.01):
        alone = outcomes_of(BEST, path).outcomes[1].outcome
        together = outcomes_of(BEST + hard, path + hard, start=START + hard).outcomes[1].outcome
        assert alone == together == "converges"


def test_gains_count_from_the_constant_baseline() -> None:
    # From 1 anybody comes down to 0.5, the loss of the base rate; what is learned of the rows lies below.
    paths = 0.48 + 0.52 * FALL**4, 0.3 + 0.7 * FALL**4
    rates, start = np.array([1e-3, 1e-2]), START
    assert [one.outcome for one in classify_rates(rates, np.stack(paths), start).outcomes] == ["too small", "converges"]
    found = classify_rates(rates, np.stack(paths), start, constant=0.5)
    assert found.reference_loss == 0.5
    assert found.outcomes[0].evidence == "fell from 1 to 0.48 only, 10 % of the gain with 0.01"
    higher = classify_rates(rates, np.stack([0.6 + 0.4 * FALL**4, paths[1]]), start, constant=0.5)
    assert higher.outcomes[0].evidence == "fell from 1 to 0.6 only, not yet to the 0.5 of the constant baseline"
    # Where no rate gets below it, rates are still told apart by how far they came from the start.
    assert classify_rates(rates, np.stack([0.9 + 0.1 * FALL, paths[1]]), start, constant=0.2).reference_loss == 1


def test_where_nobody_gains_nothing_converges() -> None:
    found = outcomes_of(START, START - 0.001, 1 + 2 * (1 - FALL))
    assert [outcome.outcome for outcome in found.outcomes] == ["too small", "too small", "diverges"]
    assert (found.best, found.lowest, found.highest, found.suggestions) == (None, None, None, ())


def test_the_range_is_the_unbroken_run_around_the_best() -> None:
    slow, wild = 0.9 + 0.1 * FALL, BEST + 0.8 * BUMP
    found = outcomes_of(BEST + 0.05, slow, BEST + 0.02, BEST, BEST + 0.03, wild, BEST + 0.04)
    assert [found.lowest, found.highest] == pytest.approx([1e-2, 1])
    assert found.best == pytest.approx(0.1)
    (best,) = found.suggestions  # a tenth of it is far from a third
    assert best.learning_rate == pytest.approx(0.1)
    assert best.why.startswith("the lowest loss at the end, 0.2; the fastest decrease")


def test_the_cautious_suggestion_is_a_third_of_the_best_and_says_how_far_it_is_from_trouble() -> None:
    paths = np.stack([BEST + 0.05, BEST + 0.02, BEST, BEST + 0.03, BEST + 0.8 * BUMP])
    _, cautious = classify_rates(np.array([0.01, 0.03, 0.1, 0.3, 0.9]), paths, START).suggestions
    assert cautious.learning_rate == 0.03
    assert cautious.why == "cautious: a factor of 30 below 0.9, which oscillates"


def test_suggestions_differ_where_the_quickest_is_not_the_lowest() -> None:
    quick = 0.25 + 0.75 * FALL**40
    lowest, quickest = outcomes_of(BEST, quick).suggestions
    assert (lowest.learning_rate, quickest.learning_rate) == pytest.approx((1e-4, 1e-3))


@pytest.mark.parametrize("steps", [1, 2, 15, 17, 300])
def test_a_race_of_any_length_is_classified(steps: int) -> None:
    path = np.linspace(1, 0.1, steps)
    found = classify_rates(np.array([0.1]), path[None], np.ones(steps))
    assert found.steps[-1] == steps
    assert all(low < high for low, high in pairwise(found.steps))
    assert len(found.outcomes[0].losses) == min(16, steps)


def test_gradient_descent_on_a_parabola_does_what_slide_18_says() -> None:
    # J = ½ λ θ² with λ = 1: θ shrinks by |1 − η| in each step, so η = 2 is the edge beyond which it grows.
    rates = np.array([1e-4, 1e-3, 0.1, 0.5, 1.0, 1.9, 2.1, 3.0])
    with np.errstate(over="ignore", invalid="ignore"):
        losses = 0.5 * ((1 - rates[:, None]) ** np.arange(2000)) ** 2
    found = classify_rates(rates, losses, np.full(2000, 0.5))
    kinds = [outcome.outcome for outcome in found.outcomes]
    assert kinds == ["too small"] + ["converges"] * 5 + ["diverges"] * 2
    assert (found.lowest, found.highest) == (1e-3, 1.9)


def test_all_of_it_is_plain_data() -> None:
    found = outcomes_of(BEST, LOST)
    data = json.loads(json.dumps(asdict(found), allow_nan=False))
    assert data["outcomes"][1]["losses"][-1] is None
    assert data["outcomes"][0]["outcome"] == "converges"
    assert data["lowest"] == found.lowest
