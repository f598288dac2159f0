"""Troubles that are planted in a table or its settings, and the verdict of `wade.learn` on each."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import wade

ROWS = 400
X = np.random.default_rng(2).normal(size=(ROWS, 3))
COIN = np.random.default_rng(3).integers(0, 2, ROWS)
SIGNS = X[:, 0] * X[:, 1] > 0  # no line tells it
LINE = X @ [1.0, -1.0, 0.5] > 0
ARC = X[:, 0] + X[:, 1] ** 2 > 0.7  # a line tells much of it
SMALL: dict[str, Any] = {"hidden": (16,), "members": 1, "dropout": 0.0, "numbers": "scaled", "epochs": 40, "seed": 1}


def learned(target: Any, **options: Any) -> wade.Model:
    columns = {f"x{i}": X[:, i] for i in range(3)}
    return wade.learn(pa.table({**columns, "y": target}), "y", **{**SMALL, **options})


@pytest.mark.parametrize(
    ("target", "options", "cause", "said"),
    [
        pytest.param(LINE, {"learning_rate": 1e-7}, "learning_rate", "too low: 30,000 times lower", id="low rate"),
        pytest.param(LINE, {"learning_rate": 100.0}, "learning_rate", "too high: 33,000 times", id="high rate"),
        pytest.param(X[:, 0], {"learning_rate": 1e-6}, "learning_rate", "too low", id="low rate of a regression"),
        pytest.param(
            LINE, {"learning_rate": 1e-4, "optimizer": "sgd"}, "learning_rate", "too low", id="low rate of another"
        ),
        pytest.param(SIGNS, {"activation": "identity"}, "activation", "the network is linear", id="identity"),
        pytest.param(COIN == 1, {"weight_decay": 0.0}, "columns", "hardly predict the target", id="coin flips"),
        pytest.param(SIGNS, {"epochs": 200, "learning_rate": 0.03}, None, "", id="nothing wrong, at ten times"),
        pytest.param(SIGNS, {"hidden": ()}, "hidden", "without hidden layers", id="no hidden layers"),
        pytest.param(LINE, {"hidden": ()}, "epochs", "too few epochs", id="no hidden layers, on a line"),
        pytest.param(
            LINE, {"activation": "identity", "epochs": 6}, "epochs", "too few epochs", id="identity, on a line"
        ),
        pytest.param(ARC, {"activation": "identity"}, "activation", "the network is linear", id="identity, on an arc"),
        pytest.param(SIGNS, {"epochs": 8}, "epochs", "too few epochs", id="too few epochs"),
    ],
)
def test_the_verdict_names_what_was_planted(target: Any, options: dict[str, Any], cause: str, said: str) -> None:
    diagnosis = learned(target, **options).report["diagnosis"]
    assert diagnosis["cause"] == cause, diagnosis["summary"]
    assert said in diagnosis["summary"]


@pytest.mark.parametrize("engine", ["native", "reference"])
def test_a_linear_network_trains_to_about_its_minimum_with_automatic_settings(engine: str) -> None:
    table = pa.table({"x": X[:, 0], "z": X[:, 1], "y": ARC})
    report = wade.learn(table, "y", hidden=(), numbers="scaled", seed=1, engine=engine).report
    constant, linear = (report["baselines"][name]["log_loss"] for name in ("constant", "linear"))
    assert linear < 0.95 * constant
    assert report["test"]["log_loss"] < linear + 0.1 * (constant - linear)


def test_no_better_than_linear_is_said() -> None:
    report = learned(X @ [1.0, -1.0, 0.5] + 0.5 * np.random.default_rng(4).normal(size=ROWS)).report
    assert report["linear_baseline"]["comparison"]["better"] != "network"
    summary = report["linear_baseline"]["comparison"]["summary"]
    assert summary.startswith(("No better than the linear baseline", "The linear baseline is better"))


def test_cross_validation_keeps_the_cause_of_each_fold() -> None:
    table = pa.table({"x0": X[:, 0], "x1": X[:, 1], "y": LINE})
    found = wade.cross_validate(table, "y", folds=2, **{**SMALL, "epochs": 5, "learning_rate": 1e-7})
    assert [fold["diagnosis"]["cause"] for fold in found["folds"]] == ["learning_rate", "learning_rate"]
