"""Decisions against costs counted by hand, and what a threshold that was chosen on its own rows is worth elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from math import inf, nan
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import wade
from wade.errors import ColumnError, DataError, InvalidArgument
from wade.model.evaluation.decisions import (
    Costs,
    Rule,
    acts_on,
    amount,
    best_threshold,
    cross_fitted,
    decision_warnings,
    evaluate_decision,
)

COSTS = Costs(50, 400)
SHARES = np.array([0.9, 0.7, 0.3, 0.2, 0.05])
TRUTH = np.array([True, True, False, True, False])


def drawn(rows: int, seed: int = 0, spread: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities, and answers for which they are right; `spread` ≠ 1 makes them too bold or too shy."""
    generator = np.random.default_rng(seed)
    shares = generator.beta(1, 3, rows)
    y = generator.random(rows) < shares
    return 1 / (1 + (1 / shares - 1) ** spread), y


def test_a_decision_counted_by_hand() -> None:
    found = evaluate_decision(SHARES, TRUTH, COSTS, Rule(COSTS.threshold))
    assert COSTS.threshold == pytest.approx(1 / 9)
    decision = {name: found["policies"]["decision"][name] for name in ("acts", "hits", "false_alarms", "misses")}
    assert decision == {"acts": 4, "hits": 3, "false_alarms": 1, "misses": 0}
    costs = {name: answer["cost_per_row"] for name, answer in found["policies"].items()}
    # 50 for one false alarm in 5 rows; 3 misses; 2 false alarms.
    assert (costs["decision"], costs["never"], costs["always"]) == (10, 240, 20)
    assert {name: found["savings_per_row"][name]["value"] for name in ("never", "always")} == {
        "never": 230,
        "always": 10,
    }
    assert found["last_probability"] == 0.2
    assert found["calibration"]["predicted"] == pytest.approx(2.15 / 5)
    assert found["calibration"]["observed"]["value"] == 0.6


def test_a_capacity_takes_the_highest_probabilities() -> None:
    found = evaluate_decision(SHARES[::-1], TRUTH[::-1], COSTS, Rule(COSTS.threshold, capacity=2))
    assert (found["policies"]["decision"]["acts"], found["policies"]["decision"]["hits"]) == (2, 2)
    assert found["policies"]["decision"]["cost_per_row"] == 400 / 5
    at_random = found["policies"]["at_random"]
    assert (at_random["acts"], at_random["hits"]) == (pytest.approx(2), pytest.approx(2 * 0.6))
    assert at_random["cost_per_row"] == pytest.approx((0.8 * 50 + 1.8 * 400) / 5)
    assert found["last_probability"] == 0.7
    assert set(found["policies"]) == {"never", "at_random", "decision"}


def test_a_capacity_that_is_not_worth_using_up_is_not() -> None:
    found = evaluate_decision(SHARES, TRUTH, COSTS, Rule(0.5, capacity=100))
    assert found["policies"]["decision"]["acts"] == 2
    wide, free = (evaluate_decision(SHARES, TRUTH, COSTS, Rule(0.25, capacity)) for capacity in (5, None))
    assert wide["policies"]["decision"] == free["policies"]["decision"]
    assert wide["savings_per_row"]["never"] == free["savings_per_row"]["never"]


def test_a_capacity_is_filled_anew_in_each_replicate() -> None:
    # All rows that are acted on are hits: with as many acted on in each replicate the worth would not vary at all.
    shares, y = np.linspace(1, 0, 1000), np.arange(1000) < 500
    worth = evaluate_decision(shares, y, Costs(1, 1), Rule(0.5, 100))["savings_per_row"]["never"]
    assert (worth["value"], worth["interval"]) == (pytest.approx(0.1), None)  # no width is no interval


def test_chance_decides_among_equal_probabilities_not_their_place() -> None:
    shares, y = np.full(1000, 0.5), np.arange(1000) < 300
    hits = [
        evaluate_decision(shares, y, COSTS, Rule(0.1, 100), seed)["policies"]["decision"]["hits"] for seed in range(20)
    ]
    assert np.mean(hits) == pytest.approx(30, abs=4)
    assert evaluate_decision(shares, y, COSTS, Rule(0.1, 100), 3) == evaluate_decision(
        shares, y, COSTS, Rule(0.1, 100), 3
    )


@given(st.integers(0, 10_000), st.integers(1, 30), st.sampled_from([3, 1000]), st.floats(0.1, 10))
def test_no_threshold_is_cheaper_than_the_best(seed: int, rows: int, distinct: int, miss: float) -> None:
    generator = np.random.default_rng(seed)
    shares = np.sort(generator.integers(0, distinct, rows) / distinct)[::-1]
    y, costs = generator.random(rows) < 0.4, Costs(1, miss)

    def cost(threshold: float) -> float:
        return float(costs.of((shares >= threshold).astype(float), y).sum())

    least = min(cost(threshold) for threshold in (*shares, inf))
    assert cost(best_threshold(shares, y, costs)) == pytest.approx(least)


def test_where_acting_never_pays_the_best_is_never_to_act() -> None:
    assert best_threshold(np.array([0.9, 0.1]), np.array([False, False]), COSTS) == inf
    found = evaluate_decision(np.array([0.9, 0.1]), np.array([False, False]), COSTS, Rule(0.5))
    assert found["thresholds"] == {"decision": 0.5, "best_on_these_rows": None}
    nothing = evaluate_decision(np.array([0.4, 0.1]), np.array([True, False]), COSTS, Rule(0.5))
    assert nothing["last_probability"] is None
    json.dumps([found, nothing], allow_nan=False)


def test_the_threshold_of_the_costs_is_the_best_for_calibrated_probabilities() -> None:
    shares, y = drawn(200_000)
    found = evaluate_decision(shares, y, COSTS, Rule(COSTS.threshold))
    assert found["thresholds"]["best_on_these_rows"] == pytest.approx(1 / 9, abs=0.02)
    assert found["savings_per_row"]["cross_fitted"]["value"] > -0.05
    low, high = found["calibration"]["observed"]["interval"]
    assert low < found["calibration"]["predicted"] < high


def test_the_best_threshold_is_optimistic_and_the_cross_fitted_is_not() -> None:
    """200 rows at a time, beside 200,000 others; each cost as what it is more than that of t*, which varies less."""

    def more(acts: np.ndarray, y: np.ndarray, shares: np.ndarray) -> float:
        fixed = (shares >= COSTS.threshold).astype(float)
        return float((COSTS.of(acts.astype(float), y) - COSTS.of(fixed, y)).mean())

    elsewhere, truth = drawn(200_000, seed=99)
    flattering, fair, real = [], [], []
    for seed in range(1, 301):
        shares, y = drawn(200, seed)
        order = np.argsort(-shares)
        shares, y = shares[order], y[order]
        chosen = best_threshold(shares, y, COSTS)
        flattering.append(more(shares >= chosen, y, shares))
        fair.append(more(cross_fitted(shares, y, COSTS, seed), y, shares))
        real.append(more(elsewhere >= chosen, truth, elsewhere))
    assert np.mean(flattering) < 0 < np.mean(real)
    assert np.mean(fair) == pytest.approx(np.mean(real), abs=0.4)
    assert np.mean(real) - np.mean(flattering) > 1.5


def test_a_threshold_is_not_tuned_on_its_own_tenth() -> None:
    shares, y = np.linspace(0.99, 0.01, 100), np.arange(100) < 30
    acts = cross_fitted(shares, y, COSTS, seed=4)
    for row in (0, 29, 30, 99):
        changed = y.copy()
        changed[row] = not changed[row]
        assert cross_fitted(shares, changed, COSTS, seed=4)[row] == acts[row]


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    shares, y = drawn(200_000, seed=7)
    truth = evaluate_decision(shares, y, COSTS, Rule(COSTS.threshold))["savings_per_row"]["always"]["value"]
    covered = 0
    for few, answers in zip(np.split(shares, 400)[:100], np.split(y, 400)[:100], strict=True):
        low, high = evaluate_decision(few, answers, COSTS, Rule(COSTS.threshold))["savings_per_row"]["always"][
            "interval"
        ]
        covered += low <= truth <= high
    assert 88 <= covered <= 100


@pytest.mark.parametrize(
    ("choices", "named"),
    [
        ({"cost_miss": 0}, "`cost_miss` must be greater than 0"),
        ({"cost_miss": inf}, "`cost_miss` must be greater than 0"),
        ({"cost_false_alarm": -1}, "`cost_false_alarm` must be greater than 0"),
        ({"cost_false_alarm": "50"}, "`cost_false_alarm` must be greater than 0"),
        ({"capacity": 0}, "`capacity` must be a whole number from 1 on"),
        ({"capacity": 2.5}, "`capacity` must be a whole number from 1 on"),
        ({"capacity": True}, "`capacity` must be a whole number from 1 on"),
        ({"threshold": 1.5}, "`threshold` must be a probability from 0 to 1"),
        ({"threshold": nan}, "`threshold` must be a probability from 0 to 1"),
        ({"act_on": "yse"}, "Did you mean 'yes'?"),
    ],
)
def test_what_cannot_be_decided_is_named(
    model_of: Callable[[str], wade.Model], choices: dict[str, Any], named: str
) -> None:
    with pytest.raises(InvalidArgument) as refused:
        model_of("binary").decide("no such file.csv", **{"cost_false_alarm": 50, "cost_miss": 400, **choices})
    assert named in str(refused.value)


@pytest.mark.parametrize("task", ["multiclass", "regression"])
def test_only_two_classes_can_be_decided(model_of: Callable[[str], wade.Model], task: str) -> None:
    with pytest.raises(ColumnError, match="answer: a decision needs a target of two classes, and this one"):
        model_of(task).decide("no such file.csv", 50, 400)


def test_rows_without_targets_cannot_be_evaluated(
    model_of: Callable[[str], wade.Model], table_of: Callable[[str], pa.Table]
) -> None:
    table = table_of("binary")
    with pytest.raises(DataError, match="answer"):
        model_of("binary").decide(table.drop_columns(["answer"]), 50, 400)
    empty = table.set_column(2, "answer", pa.nulls(table.num_rows, pa.string()))
    with pytest.raises(DataError, match="no row has a value of 'answer'"):
        model_of("binary").decide(empty, 50, 400)


def test_a_models_decision_is_that_of_its_probabilities(
    model_of: Callable[[str], wade.Model], table_of: Callable[[str], pa.Table]
) -> None:
    model, table = model_of("binary"), table_of("binary")
    truth = np.array(table["answer"].to_pylist())
    for act_on, column in ((None, 1), ("yes", 1), ("no", 0)):
        found = model.decide(table, 1, 3, act_on=act_on)
        acts = model.predict_probability(table)[:, column] >= 0.25
        needed = truth == model.target.classes[column]
        assert found["act_on"] == model.target.classes[column]
        assert found["policies"]["decision"]["acts"] == acts.sum()
        cost = ((acts & ~needed).sum() + 3 * (~acts & needed).sum()) / len(truth)
        assert found["policies"]["decision"]["cost_per_row"] == pytest.approx(cost)
    json.dumps(found, allow_nan=False)


def test_a_higher_threshold_acts_on_fewer(
    model_of: Callable[[str], wade.Model], table_of: Callable[[str], pa.Table]
) -> None:
    decide = model_of("binary").decide
    acts = [decide(table_of("binary"), 1, 3, threshold=t)["policies"]["decision"]["acts"] for t in (0, 0.3, 0.9, 1)]
    assert acts[0] == 400
    assert all(more >= fewer for more, fewer in pairwise(acts))


def test_probabilities_that_are_off_are_said_to_be() -> None:
    right, bold = (evaluate_decision(*drawn(20_000, 1, spread), COSTS, Rule(COSTS.threshold)) for spread in (1.0, 3.0))
    assert decision_warnings(right, COSTS) == []
    tuned = (
        "cross-fitted thresholds (each chosen on nine tenths of the rows and evaluated on the other tenth) cost less"
    )
    always = "On these rows always acting costs less than the decision, by 8.66 to 12.13"
    for currency, unit in (("EUR", " EUR per row"), ("", " per row, in the unit of the costs")):
        said = decision_warnings(bold, COSTS, currency)
        assert said[0] == f"{always}{unit} (95 % interval)."
        which = f"the threshold {COSTS.threshold:.3g} that follows from the costs"
        assert said[1].startswith(f"On these rows {tuned} than {which}, by ")
        assert f"{unit} (95 % interval). So probabilities near it are not calibrated" in said[1]
        assert "wade decide MODEL OTHER.csv --cost-false-alarm 50 --cost-miss 400 --verbose" in said[1]
    assert "--cost-miss 400 --act-on no --verbose" in decision_warnings(bold, COSTS, act_on="no")[1]
    useless = evaluate_decision(np.full(500, 0.3), np.arange(500) % 3 == 0, COSTS, Rule(COSTS.threshold))
    assert decision_warnings(useless, COSTS) == [
        "On these rows the decision does not clearly save anything over always acting."
    ]


def test_a_given_threshold_that_is_costly_says_nothing_about_calibration() -> None:
    """Calibrated probabilities, and a threshold far from that of the costs: not the probabilities are wrong."""
    *_, said = decision_warnings(evaluate_decision(*drawn(20_000, 1, 1.0), COSTS, Rule(0.3)), COSTS, "EUR")
    assert "calibrated" not in said
    assert said.startswith("On these rows cross-fitted thresholds (each chosen ")
    assert " cost less than the given 0.3, by " in said
    assert said.endswith(f"Or leave --threshold out: from the costs follows {COSTS.threshold:.3g}.")


def test_the_best_threshold_acts_on_the_rows_from_it_on() -> None:
    shares, y = np.array([0.9, 0.6, 0.2, 0.1]), np.array([True, False, True, False])
    best = evaluate_decision(shares, y, Costs(50, 150), Rule(0.25))["policies"]["best_on_these_rows"]
    assert (best["acts"], best["hits"]) == (3, 2)
    all_of_them = evaluate_decision(np.array([0.5, 0.0]), np.array([False, True]), Costs(1, 9), Rule(0.25))
    assert all_of_them["thresholds"]["best_on_these_rows"] == 0
    assert all_of_them["policies"]["best_on_these_rows"]["acts"] == 2  # a probability of 0 is from 0 on
    assert acts_on(np.array([0.5, 0.25, 0.2]), Rule(0.25)).tolist() == [True, True, False]


@pytest.mark.parametrize(
    ("interval", "said"),
    [
        ([-3.0, -1.0], "costs less than the decision, by 1.00 to 3.00 per row"),
        ([-2.0, 0.0], "does not clearly save anything over never acting"),
        ([-1.0, 2.0], "does not clearly save anything over never acting"),
        ([0.0, 2.0], "does not clearly save anything over never acting"),
        (None, "does not clearly save anything over never acting"),
        ([0.5, 2.0], ""),
    ],
)
def test_a_warning_needs_an_interval_on_one_side_of_0(interval: list[float] | None, said: str) -> None:
    found = {"savings_per_row": {"never": {"value": 0.0, "interval": interval}}, "thresholds": {"decision": 0.5}}
    warnings = decision_warnings(found, COSTS)
    assert len(warnings) == bool(said)
    assert said in "".join(warnings)


@pytest.mark.parametrize(
    ("interval", "count"), [([-3.0, -1.0], 1), ([-1.0, 0.0], 0), ([-1.0, 1.0], 0), ([1.0, 2.0], 0), (None, 0)]
)
def test_a_tuned_threshold_is_advised_where_it_costs_less_beyond_chance(
    interval: list[float] | None, count: int
) -> None:
    found = {"savings_per_row": {"cross_fitted": {"interval": interval}}, "thresholds": {"decision": 0.5}}
    assert len(decision_warnings(found, COSTS)) == count


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0"),
        (9e-10, "0"),
        (1e-9, "1.00e−09"),
        (-1.5e-9, "−1.50e−09"),
        (0.55, "0.550"),
        (1.0, "1.00"),
        (-999.994, "−999.99"),
        (1000.0, "1,000"),
        (1500.4, "1,500"),
        (-1234567.0, "−1,234,567"),
    ],
)
def test_an_amount_has_the_digits_that_are_useful(value: float, shown: str) -> None:
    assert amount(value) == shown
