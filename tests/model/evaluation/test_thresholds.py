"""What thresholds give is what scikit-learn gives, and what acting from them on costs is what a decision costs."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, brier_score_loss, precision_recall_curve, roc_auc_score, roc_curve

from wade.model.evaluation.costs import Costs, cost_curve
from wade.model.evaluation.decisions import Rule, evaluate_decision
from wade.model.evaluation.thresholds import sweep_thresholds


@pytest.fixture(scope="module", params=["few rows", "many rows with ties"])
def rows(request) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(1)
    n, decimals = (8, 12) if request.param == "few rows" else (400, 2)
    y = np.arange(n) % 3 == 0
    return np.round(np.clip(0.3 * y + 0.7 * random.random(n), 0, 1), decimals), y


def test_curves_and_areas_are_scikit_learns(rows):
    shares, y = rows
    swept = sweep_thresholds(shares, y)
    false_positive_rate, recall, thresholds = roc_curve(y, shares, drop_intermediate=False)
    np.testing.assert_allclose(swept.false_positive_rate, false_positive_rate)
    np.testing.assert_allclose(swept.recall, recall)
    np.testing.assert_allclose(swept.thresholds, thresholds)
    precision = precision_recall_curve(y, shares)[0]
    np.testing.assert_allclose(swept.precision[1:], precision[:-1][::-1])
    assert swept.area == pytest.approx(roc_auc_score(y, shares))
    assert swept.average_precision == pytest.approx(average_precision_score(y, shares))


def test_a_threshold_is_found_whether_a_row_has_it_or_not(rows):
    shares, y = rows
    swept = sweep_thresholds(shares, y)
    for threshold in (0.0, float(shares[0]), 0.33, 1.0):
        assert swept.hits[swept.place(threshold)] == (y & (shares >= threshold)).sum()


@pytest.mark.parametrize("costs", [Costs(50, 150), Costs(3, 1)])
def test_the_cost_of_a_threshold_is_that_of_the_decision(rows, costs):
    shares, y = rows
    swept = sweep_thresholds(shares, y)
    policies = evaluate_decision(shares, y, costs, Rule(costs.threshold))["policies"]
    per_row = costs.of_thresholds(swept)
    assert per_row[swept.place(costs.threshold)] == pytest.approx(policies["decision"]["cost_per_row"])
    assert per_row[[0, -1]].tolist() == pytest.approx([policies[name]["cost_per_row"] for name in ("never", "always")])
    curve, unit = cost_curve(swept, np.array([costs.threshold])), sum(costs)
    for name, one in zip(("decision", "never", "always"), curve[1:], strict=True):
        assert one[0] * unit == pytest.approx(policies[name]["cost_per_row"])


def test_the_area_under_a_cost_curve_is_half_the_brier_score(rows):
    shares, y = rows
    thresholds = np.linspace(0, 1, 200_001)
    area = np.trapezoid(cost_curve(sweep_thresholds(shares, y), thresholds).deciding, thresholds)
    assert area == pytest.approx(brier_score_loss(y, shares) / 2, abs=1e-5)
