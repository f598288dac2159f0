"""Do probabilities keep their word: tables of bins by hand, the error against theory, the temperature end to end."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import binomtest

import wade
from wade.engines import ReferenceEngine
from wade.maths.activations.softmax import softmax
from wade.metrics.intervals import mean_interval, share_interval
from wade.model.evaluation.calibration import predicted_and_observed, reliability
from wade.model.evaluation.temperature import calibrate, divide_last_layer, last_preactivations
from wade.model.preparation import prepare as lessons
from wade.model.preparation.memory import Plan
from wade.network import Network
from wade.tables import Target
from wade.training.rows import InMemory
from wade.types import Category, InputLayout, Inputs, Piecewise, Samples

TableOf = Callable[[str], pa.Table]
GENERATOR = np.random.default_rng(21)


def test_a_table_of_bins_by_hand() -> None:
    predicted = np.repeat([0.1, 0.4, 0.9], 20)
    observed = np.concatenate([np.arange(20) < 3, np.arange(20) < 8, np.arange(20) < 15])
    found = reliability(predicted, observed)
    rows = [(one["rows"], round(one["predicted"], 9), one["observed"]) for one in found["bins"]]
    assert rows == [(20, 0.1, 0.15), (20, 0.4, 0.4), (20, 0.9, 0.75)]
    assert found["expected_calibration_error"]["value"] == pytest.approx((0.05 + 0.0 + 0.15) / 3)
    assert found["bins"][0]["interval"] == share_interval(3, 20)
    json.dumps(found, allow_nan=False)


def test_equal_probabilities_stay_together_and_few_rows_make_one_bin() -> None:
    assert [one["rows"] for one in reliability(np.full(500, 0.3), GENERATOR.random(500) < 0.3)["bins"]] == [500]
    assert [one["rows"] for one in reliability(GENERATOR.random(7), np.ones(7, bool))["bins"]] == [7]


def test_honest_probabilities_show_what_chance_makes_and_dishonest_ones_more() -> None:
    truth = GENERATOR.uniform(0.05, 0.95, 4000)
    found = [reliability(truth, GENERATOR.random(4000) < truth, seed) for seed in range(20)]
    errors = [one["expected_calibration_error"]["value"] for one in found]
    assert np.mean(errors) == pytest.approx(found[0]["by_chance"], rel=0.15)
    assert sum(one["expected_calibration_error"]["interval"][0] < one["by_chance"] for one in found) >= 18
    bold = reliability(np.clip(truth + 0.1, 0, 1), GENERATOR.random(4000) < truth)["expected_calibration_error"]
    assert bold["interval"][0] < 0.1 < bold["interval"][1] + 0.01
    assert bold["interval"][0] > 0.07


@pytest.mark.parametrize("rows", [30, 300, 1200])
@pytest.mark.parametrize("bias", [0.0, 0.05, 0.2])
def test_the_interval_holds_the_corrected_error(rows: int, bias: float) -> None:
    for seed in range(5):
        random = np.random.default_rng(seed)
        truth = random.uniform(0.05, 0.75, rows)
        error = reliability(truth + bias, random.random(rows) < truth, seed)["expected_calibration_error"]
        low, high = error["interval"]
        assert low <= error["corrected"] <= high


@pytest.mark.parametrize("bias", [0.0, 0.02])
def test_the_corrected_error_is_nearer_to_the_true_one(bias: float) -> None:
    random = np.random.default_rng(1)
    found = []
    for seed in range(20):
        truth = random.uniform(0.05, 0.85, 800)
        found.append(reliability(truth + bias, random.random(800) < truth, seed)["expected_calibration_error"])
    plain, corrected = (np.mean([abs(one[name] - bias) for one in found]) for name in ("value", "corrected"))
    assert corrected < plain


def test_a_single_row_has_neither_a_corrected_error_nor_an_interval() -> None:
    error = reliability(np.array([0.3]), np.array([True]))["expected_calibration_error"]
    assert error == {"value": 0.7, "corrected": None, "interval": None}


@pytest.mark.parametrize(("hits", "rows"), [(0, 10), (3, 20), (20, 20), (700, 1000)])
def test_the_interval_of_a_share_is_wilsons_unless_few_rows_are_the_exception(hits: int, rows: int) -> None:
    expected = binomtest(hits, rows).proportion_ci(method="wilson")
    assert share_interval(hits, rows) == pytest.approx([expected.low, expected.high], abs=1e-12)


def test_the_interval_of_a_mean_covers_it_19_times_in_20() -> None:
    draws = GENERATOR.exponential(size=(400, 200))
    covered = sum(low < 1 < high for _, (low, high) in map(mean_interval, draws))
    assert 0.90 < covered / 400 < 0.98


def test_of_many_classes_the_likeliest_is_predicted() -> None:
    predicted, observed = predicted_and_observed(np.array([2, 0]), np.array([[0.1, 0.2, 0.7], [0.3, 0.5, 0.2]]))
    assert predicted.tolist() == [0.7, 0.5]
    assert observed.tolist() == [True, False]


LAYOUT = InputLayout(("x",), (Category("c", 3),), (Piecewise("p", 4),))


@pytest.mark.parametrize("hidden", [(), (5,)])
@pytest.mark.parametrize(("members", "outputs", "output"), [(1, 1, "sigmoid"), (1, 3, "softmax"), (4, 3, "softmax")])
def test_dividing_the_parameters_is_dividing_the_sums(
    hidden: tuple[int, ...], members: int, outputs: int, output: str
) -> None:
    network = Network(LAYOUT, hidden, outputs, output=output, members=members, dtype="float64", seed=3)
    network.theta = GENERATOR.normal(size=network.n_parameters)
    X = Inputs(
        GENERATOR.normal(size=(30, 1)),
        GENERATOR.integers(0, 3, (30, 1)).astype(np.int32),
        GENERATOR.uniform(0, 4, (30, 1)),
    )
    before = network.forward(X).Z[-1].copy()
    divide_last_layer(network, 1.6)
    np.testing.assert_allclose(network.forward(X).Z[-1], before / 1.6, rtol=1e-12)
    assert network(X).shape == (30, outputs)


def overconfident(factor: float, rows: int, n_classes: int) -> tuple[Network, Target, InMemory]:
    """A network that reads the true sums and says `factor` times as much, with rows that follow the true ones."""
    outputs, output = (1, "sigmoid") if n_classes == 2 else (n_classes, "softmax")
    network = Network(outputs, (), outputs, output=output, seed=0)
    network.theta = np.concatenate([np.eye(outputs).ravel() * factor, np.zeros(outputs)])
    Z = GENERATOR.normal(scale=1.5, size=(rows, outputs))
    shares = softmax(np.column_stack([np.zeros(rows), Z]) if n_classes == 2 else Z)
    y = (shares.cumsum(axis=1) < GENERATOR.random((rows, 1))).sum(axis=1).astype(np.int32)
    target = Target.of_classes("y", [str(k) for k in range(n_classes)])
    observed = y[:, None].astype(np.float32) if n_classes == 2 else y
    return network, target, InMemory(Samples(network.as_inputs(Z.astype(np.float32)), observed))


@pytest.mark.parametrize("n_classes", [2, 4])
@pytest.mark.parametrize("factor", [3.0, 0.4])
def test_too_bold_or_too_mild_networks_are_set_right(factor: float, n_classes: int) -> None:
    network, target, rows = overconfident(factor, 3000, n_classes)
    found = calibrate(network, target, rows, ReferenceEngine())
    assert found is not None
    assert found["applied"]
    assert found["temperature"] == pytest.approx(factor, rel=0.1)
    assert network.parameters["W1"][0, 0] == pytest.approx(factor / found["temperature"], rel=1e-6)
    assert found["log_loss"]["after"] < found["log_loss"]["before"]
    again = calibrate(network, target, rows, ReferenceEngine())
    assert again is not None
    assert again["temperature"] == pytest.approx(1, rel=1e-4)
    assert not again["applied"]


def test_a_calibrated_network_is_left_as_it_is_19_times_in_20() -> None:
    applied = []
    for _ in range(60):
        network, target, rows = overconfident(1.0, 300, 2)
        before = network.theta.copy()
        found = calibrate(network, target, rows, ReferenceEngine())
        assert found is not None
        assert found["applied"] == (network.theta.tolist() != before.tolist())
        applied.append(found["applied"])
    assert 0 <= sum(applied) <= 8


@pytest.mark.parametrize("rows", [1, 2, 5, 19])
def test_fewer_than_20_rows_are_no_evidence(rows: int) -> None:
    network, target, few = overconfident(8.0, rows, 2)
    found = calibrate(network, target, few, ReferenceEngine())
    assert found is not None
    assert not found["applied"]
    are = "1 validation row is" if rows == 1 else f"{rows} validation rows are"
    assert found["why"] == f"{are} no evidence for a temperature; at least 20 are needed"
    json.dumps(found, allow_nan=False)


def test_20_rows_seldom_move_a_network_that_keeps_its_word() -> None:
    found = [calibrate(*overconfident(1.0, 20, 2), ReferenceEngine()) for _ in range(100)]
    assert sum(one is not None and one["applied"] for one in found) <= 12


def test_few_rows_that_are_all_right_do_not_make_it_sure() -> None:
    network, target, rows = overconfident(1.0, 40, 2)
    sure = InMemory(Samples(rows.samples.X, (rows.samples.X.numbers > 0).astype(np.float32)))
    found = calibrate(network, target, sure, ReferenceEngine())
    assert found is not None
    assert found["temperature"] < 0.1
    assert not found["applied"]
    assert "would expect 0.9 mistakes on these 40 validation rows" in found["why"]


def test_numbers_have_no_temperature() -> None:
    network, _, rows = overconfident(1.0, 40, 2)
    assert calibrate(network, Target.of_numbers("y", 0.0, 1.0), rows, ReferenceEngine()) is None


def test_many_rows_are_looked_at_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wade.model.evaluation.temperature.MOST_CELLS", 200)
    network, _, rows = overconfident(1.0, 1000, 2)
    Z, targets = last_preactivations(network, rows, ReferenceEngine())
    assert (Z.shape, targets.shape) == ((100, 1, 2), (100, 2))
    np.testing.assert_allclose(Z[:, 0, 1], rows.samples.X.numbers[::10, 0], rtol=1e-6)


def learned(table: pa.Table, **choices: Any) -> wade.Model:
    settings = {"hidden": (8,), "epochs": 4, "batch_size": 32, "learning_rate": 0.01, "schedule": "cosine"}
    settings |= {"members": 1, "dropout": 0.0, "numbers": "scaled"}
    return wade.learn(table, "answer", **{**settings, **choices})


@pytest.mark.parametrize("task", ["binary", "multiclass"])
def test_a_model_is_calibrated_in_every_way_of_asking_it(task: str, table_of: TableOf, tmp_path: Path) -> None:
    table = table_of(task)
    plain, model = learned(table, calibrate=False), learned(table)
    found = model.report["temperature"]
    assert plain.report["temperature"] is None
    assert found["applied"]  # four epochs are too few to be sure
    assert found["temperature"] < 1
    assert found["gain"]["value"] == pytest.approx(found["log_loss"]["before"] - found["log_loss"]["after"])
    raw = plain.predict_probability(table)
    powers = raw ** (1 / found["temperature"])
    expected = powers / powers.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(model.predict_probability(table), expected, rtol=1e-4, atol=1e-6)
    assert model.predict(table).tolist() == plain.predict(table).tolist()
    row = table.slice(0, 1).to_pylist()[0]
    np.testing.assert_allclose(model.predict_probability(row)[0], expected[0], rtol=1e-4, atol=1e-6)
    model.save(tmp_path / "model.wade")
    loaded = wade.load(tmp_path / "model.wade")
    assert loaded.predict_probability(table).tobytes() == model.predict_probability(table).tobytes()
    assert loaded.report["temperature"] == found
    assert model.report["test"]["log_loss"] < plain.report["test"]["log_loss"]


def test_a_streamed_table_is_calibrated_too(table_of: TableOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lessons, "plan", lambda size, memory: Plan(True, "The test says so.", 1 << 26, 10**6))
    table = pa.concat_tables([table_of("binary")] * 4)
    plain, model = learned(table, epochs=1, calibrate=False), learned(table, epochs=1)
    found = model.report["temperature"]
    assert model.report["memory"]["streamed"]
    assert found["applied"]
    powers = plain.predict_probability(table) ** (1 / found["temperature"])
    expected = powers / powers.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(model.predict_probability(table), expected, rtol=1e-4, atol=1e-6)
    assert model.report["diagnosis"]["errors"]["network"]["train"]["value"] > 0
