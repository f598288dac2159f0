"""Learning rates on paths whose outcome is known, and on a quadratic where mathematics says what must happen."""

from __future__ import annotations

import json
from dataclasses import asdict
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from wade.training.chunk_losses import clearly_lower
from wade.training.sweep_outcomes import SweepOutcomes, classify_rates, failure

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
        pytest.param(
            [0.9 + 0.1 * FALL, BEST], 0, "too small", "ended at 0.9028, 12 % of the gain of rate 0.001", id="slow"
        ),
        pytest.param([START - 0.002, BEST], 0, "too small", "ended at 0.998, 0 % of the gain", id="still"),
        pytest.param([BEST + 0.01, BEST], 0, "converges", "99 % of the gain of rate 0.001", id="nearly as good"),
        pytest.param([BEST, BEST + 0.01], 0, "converges", "ended at 0.2, the best rate", id="the best"),
        pytest.param([BEST, BEST + 0.01], 1, "converges", "99 % of the gain of rate 0.0001", id="good, larger"),
        pytest.param(
            [BEST, BEST + 0.8 * BUMP], 1, "oscillates", "in steps 81–90, where rate 0.0001 has", id="up and down"
        ),
        pytest.param([BEST, BEST + 0.8 * BUMP - 0.1], 1, "oscillates", "ended at 0.1", id="up and down, ends lower"),
        pytest.param([BEST, OVERSHOT], 1, "oscillates", "rose from 1 to 2.", id="overshoots at first"),
        pytest.param([BEST, 0.6 + 0.4 * FALL], 1, "ends higher", "49 % of the gain of rate 0.0001", id="stuck above"),
        pytest.param(
            [BEST, 1 + 3 * (1 - FALL)],
            1,
            "diverges",
            "ended at 3.915, above the 1 of the untrained network",
            id="rises",
        ),
        pytest.param([BEST, LOST], 1, "diverges", "not a finite number from step 41 on", id="lost"),
        pytest.param([BEST, np.full(STEPS, np.nan)], 1, "diverges", "from step 1 on", id="at once"),
    ],
)
def test_a_path_and_its_outcome(paths: list[np.ndarray], place: int, kind: str, evidence: str) -> None:
    outcome = outcomes_of(*paths).outcomes[place]
    assert outcome.outcome == kind
    assert evidence in outcome.evidence


def test_the_best_rate_is_steady_even_where_another_ends_lower() -> None:
    found = outcomes_of(BEST, BEST + 0.8 * BUMP - 0.1)
    assert found.best == 1e-4
    assert found.outcomes[1].last < found.outcomes[0].last  # it ended lower, and rose on the way


def test_only_a_rise_above_a_lower_rate_on_the_same_batches_oscillates() -> None:
    slow_start = 0.2 + 0.8 * FALL  # it falls all the way, far above the lower rate: slower, but no rise
    assert outcomes_of(BEST, slow_start).outcomes[1].outcome == "converges"
    hard = np.where(np.arange(STEPS) < 150, 0.0, 5.0)  # the last batches are hard, also for the start
    found = outcomes_of(BEST + hard, BEST + 0.01 + hard, start=START + hard)
    assert [one.outcome for one in found.outcomes] == ["converges", "converges"]
    assert found.reference_loss == 6
    # A rise of the rate's own loss is none where the same batches raise that of a lower rate as much.
    both = 0.8 * BUMP
    assert outcomes_of(BEST + both, BEST + both).outcomes[1].outcome == "converges"
    assert outcomes_of(BEST, BEST + both).outcomes[1].outcome == "oscillates"


def test_batches_that_are_hard_for_everybody_count_against_nobody() -> None:
    hard = 2 * BUMP
    for path in (BEST, BEST + 0.01):
        alone = outcomes_of(BEST, path).outcomes[1].outcome
        together = outcomes_of(BEST + hard, path + hard, start=START + hard).outcomes[1].outcome
        assert alone == together == "converges"


def test_gains_count_from_the_constant_baseline_on_the_same_batches() -> None:
    # From 1 anybody comes down to 0.5, the loss of the base rate; what is learned of the rows lies below.
    paths = 0.48 + 0.52 * FALL**4, 0.3 + 0.7 * FALL**4
    rates, half = np.array([1e-3, 1e-2]), np.full(STEPS, 0.5)
    outcomes = classify_rates(rates, np.stack(paths), START).outcomes
    assert [one.outcome for one in outcomes] == ["too small", "converges"]
    found = classify_rates(rates, np.stack(paths), START, half)
    assert found.reference_loss == 0.5
    assert found.outcomes[0].evidence == "ended at 0.48, 10 % of the gain of rate 0.01"
    higher = classify_rates(rates, np.stack([0.6 + 0.4 * FALL**4, paths[1]]), START, half)
    assert higher.outcomes[0].evidence == "ended at 0.6, not below the 0.5 of the constant baseline"
    # Where no rate gets below it, rates are still told apart by how far they came from the start.
    unreached = np.full(STEPS, 0.2)
    assert classify_rates(rates, np.stack([0.9 + 0.1 * FALL, paths[1]]), START, unreached).reference_loss == 1
    # The baseline's own losses differ from batch to batch: those of the last chunk count.
    uneven = np.where(np.arange(STEPS) < 150, 3.0, 0.5)
    assert classify_rates(rates, np.stack(paths), START, uneven).reference_loss == 0.5


def test_where_nobody_gains_nothing_converges() -> None:
    found = outcomes_of(START, START - 0.001, 1 + 2 * (1 - FALL))
    assert [outcome.outcome for outcome in found.outcomes] == ["too small", "too small", "diverges"]
    assert "not clearly below the 1 of the untrained network" in found.outcomes[0].evidence
    assert (found.best, found.lowest, found.highest, found.suggestions) == (None, None, None, ())


def test_the_range_goes_from_the_lowest_rate_that_converges_to_the_first_that_is_too_high() -> None:
    slow, wild = 0.9 + 0.1 * FALL, BEST + 0.8 * BUMP
    found = outcomes_of(BEST + 0.05, slow, BEST + 0.02, BEST, BEST + 0.03, wild, BEST + 0.04)
    assert [found.lowest, found.highest] == pytest.approx([1e-4, 1])
    assert found.outcomes[1].outcome == "ends higher"
    assert found.best == pytest.approx(0.1)
    # 10 oscillates: what is suggested is more than two times lower than that.
    assert [one.learning_rate for one in found.suggestions] == pytest.approx([0.1])
    assert found.suggestions[0].why.startswith(
        "lowest loss at the end, 0.2, of the rates more than 2 times lower than 10"
    )


def test_no_rate_above_one_that_converges_is_too_small() -> None:
    # As measured with batches of one row: 0.33 reached 99 % of the best gain, 0.42 ended at 73 %, 0.64 was the best.
    found = outcomes_of(BEST + 0.5, BEST + 0.008, BEST + 0.22, BEST + 0.09, BEST)
    kinds = [one.outcome for one in found.outcomes]
    assert kinds == ["too small", "converges", "ends higher", "converges", "converges"]
    assert [found.lowest, found.highest] == pytest.approx([1e-3, 1])


def test_a_rate_barely_below_the_share_is_not_told_apart_from_lower_neighbors() -> None:
    found = outcomes_of(BEST + 0.1195, BEST + 0.1205, BEST)  # 85.06 % and 84.94 % of the best gain
    assert [one.outcome for one in found.outcomes] == ["converges"] * 3
    assert found.outcomes[1].evidence.endswith("84.9 % of the gain of rate 0.01, 100 % of that of lower rates")


def test_a_rise_counts_below_the_best_rate_too() -> None:
    found = outcomes_of(BEST + 0.02, BEST + 0.01, BEST + 0.01 + 0.8 * BUMP, BEST)
    assert [one.outcome for one in found.outcomes] == ["converges", "converges", "oscillates", "converges"]
    assert [found.lowest, found.highest, found.too_high] == pytest.approx([1e-4, 1e-3, 1e-2])


@pytest.mark.parametrize("seed", range(20))
def test_neighbors_have_consistent_outcomes_whatever_the_noise(seed: int) -> None:
    rng = np.random.default_rng(seed)
    ends = np.concatenate([np.linspace(0.95, 0.2, 12), 0.2 + 0.3 * rng.random(12)])
    paths = [end + (1 - end) * FALL**4 + 0.02 * rng.normal(size=STEPS) for end in ends]
    found = classify_rates(np.geomspace(1e-4, 1, 24), np.stack(paths), START)
    assert found.lowest is not None
    small = [one.learning_rate for one in found.outcomes if one.outcome == "too small"]
    assert small
    assert max(small) < found.lowest
    too_high = [
        one.learning_rate
        for one in found.outcomes
        if one.outcome in ("oscillates", "diverges") and one.learning_rate > found.lowest
    ]
    assert all(2 * one.learning_rate < rate for one in found.suggestions for rate in too_high)


def test_a_printed_margin_holds_for_the_printed_rates() -> None:
    rates = np.array([0.14, 0.22, 0.33, 0.64])
    paths = np.stack([BEST + 0.03, BEST + 0.02, BEST + 0.01, BEST])
    first = classify_rates(rates, paths, START).below(0.66, "oscillates in a longer run of 900 steps").suggestions[0]
    assert first.learning_rate == 0.22  # 0.33 ended lower, but is exactly two times lower
    assert "of the rates more than 2 times lower than 0.66, which" in first.why
    longer = classify_rates(rates, paths, START).below(0.288, "diverges").suggestions[0]
    assert "more than 2 times lower than 0.288, which" in longer.why  # 0.29 / 0.14 would hide nothing, 0.29 / 2 would


RATES = np.array([0.01, 0.03, 0.1, 0.3, 0.5, 0.9])
WILD = BEST + 0.8 * BUMP


@pytest.mark.parametrize(
    ("paths", "suggested", "why"),
    [
        pytest.param(
            [0.1, 0.05, 0.02, 0, 0.05, WILD], [0.3, 0.1], "of the rates more than 2 times", id="a margin of 3"
        ),
        pytest.param([0.1, 0.05, 0.02, 0.01, 0, WILD], [0.3, 0.1], "lower than 0.9, which oscillates", id="too near"),
        pytest.param([0.1, 0.05, 0.02, 0, WILD, LOST], [0.1, 0.03], "lower than 0.5, ", id="lowest"),
        pytest.param([0, WILD, WILD, WILD, WILD, WILD], [0.01], "lower than 0.03, which oscillates", id="the first"),
        pytest.param([0.1, 0.05, 0.02, 0.01, 0.01, 0], [0.9], "lowest loss at the end, 0.2; fastest", id="no edge"),
    ],
)
def test_suggestions_keep_a_margin_to_rates_that_are_too_high(
    paths: list[Any], suggested: list[float], why: str
) -> None:
    losses = np.stack([path if isinstance(path, np.ndarray) else BEST + path for path in paths])
    found = classify_rates(RATES, losses, START)
    assert [one.learning_rate for one in found.suggestions] == suggested
    assert why in found.suggestions[0].why


def test_a_rate_that_fails_later_moves_the_suggestions_below_it() -> None:
    paths = np.stack([BEST + higher for higher in (0.1, 0.05, 0.02, 0, 0.01, 0.01)])
    found = classify_rates(RATES, paths, START).below(0.6, "oscillates in a longer run of 2,000 steps")
    assert [one.learning_rate for one in found.suggestions] == [0.1, 0.03]  # 0.3 is half of 0.6: not enough
    assert (
        found.suggestions[1].why
        == "cautious: of the rates swept nearest to a third of 0.1; 20 times lower than 0.6, which oscillates in a "
        "longer run of 2,000 steps"
    )
    assert classify_rates(RATES, paths, START).below(0.02, "diverges").suggestions == ()


def test_suggestions_differ_where_the_quickest_is_not_the_lowest() -> None:
    quick = 0.25 + 0.75 * FALL**40  # higher at the end, lower on average
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


@pytest.mark.parametrize(
    ("losses", "how"),
    [
        (BEST, None),
        (START, "ends no lower than the untrained network"),
        (START + 0.5 * (1 - FALL), "diverges"),
        (LOST, "diverges"),
        (np.where(np.arange(STEPS) == 100, 2.1, BEST), "oscillates"),  # one batch far above the start
        (np.where(np.arange(STEPS) == 100, 1.9, BEST), None),
        (WILD + 2 * BUMP, "oscillates"),
    ],
)
def test_a_longer_run_says_how_a_rate_turns_out_to_be_too_high(losses: np.ndarray, how: str | None) -> None:
    assert failure(losses, START) == how


def test_in_a_longer_run_one_row_that_is_wrong_is_no_jump() -> None:
    # A confident network gets one row of 50 wrong, at four times the loss of the start: its mean falls all the same.
    losses = 0.1 + 0.9 * np.linspace(1, 0, 4000) ** 4 + np.where(np.arange(4000) % 50 == 0, 3.9, 0)
    assert failure(losses, np.ones(4000)) == "oscillates"
    assert failure(losses, np.ones(4000), steps_at_once=64) is None
    wrong = np.where((np.arange(4000) > 2000) & (np.arange(4000) < 2100), 5.0, losses)
    assert failure(wrong, np.ones(4000), steps_at_once=64) == "oscillates"


def test_a_difference_that_chance_explains_is_not_clearly_lower() -> None:
    rng = np.random.default_rng(0)
    noise = rng.normal(size=400)
    assert clearly_lower(1 + noise, 1.05 + noise)  # the same batches: the difference is the same in each
    assert not clearly_lower(1 + noise, 1.05 + rng.normal(size=400))
    assert not clearly_lower(1.05 + noise, 1 + noise)


def test_a_rate_that_ends_lower_after_a_rise_did_not_lack_effect() -> None:
    # It falls by a tenth, after a rise as large as that: no best rate, and none that is too small.
    found = outcomes_of(0.9 + 0.1 * FALL + 0.2 * BUMP)
    assert found.best is None
    assert [one.outcome for one in found.outcomes] == ["oscillates"]
    assert found.outcomes[0].evidence.startswith("rose from")


def test_a_gain_that_chance_explains_does_not_tell_rates_apart() -> None:
    # Both end 0.01 below the constant baseline: on the same batches always, or among differences of 0.3.
    rng = np.random.default_rng(0)
    rates, noise = np.array([1e-3, 1e-2]), 0.3 * rng.normal(size=STEPS)
    paths = np.stack([0.492 + 0.508 * FALL**4, 0.49 + 0.51 * FALL**4])
    half = np.full(STEPS, 0.5)
    assert not classify_rates(rates, paths + noise, START + noise, half + noise).above_constant
    assert [one.outcome for one in classify_rates(rates, paths, START, half).outcomes] == ["too small", "converges"]
    found = classify_rates(rates, paths + noise, START, half)
    assert found.above_constant
    assert found.reference_loss == 1
    assert [one.outcome for one in found.outcomes] == ["converges", "converges"]


def test_a_rise_that_chance_explains_is_none() -> None:
    # The higher rate lies 0.06 above the lower one for a while: more than half of its gain over the constant baseline.
    rates, constant = np.array([1e-3, 1e-2]), np.full(STEPS, 0.5)
    rise = 0.06 * (np.arange(STEPS) // 25 == 5)
    paths = np.stack([0.402 + 0.6 * FALL**8, 0.4 + 0.6 * FALL**8 + rise])
    assert classify_rates(rates, paths, START, constant).outcomes[1].outcome == "oscillates"
    noise = 0.15 * np.random.default_rng(2).normal(size=STEPS)  # two standard errors of ten steps are 0.09
    found = classify_rates(rates, paths, START + noise, constant + noise)
    assert not found.above_constant
    assert found.outcomes[1].outcome == "converges"
