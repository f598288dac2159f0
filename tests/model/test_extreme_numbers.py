"""Numbers near the ends of the doubles give a finite answer or a clear refusal, never a warning or an infinity."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import wade
from wade.errors import ColumnError, DataError, Diverged
from wade.model.preparation import prepare
from wade.model.preparation.memory import Plan
from wade.network import Network

X = np.random.default_rng(0).normal(size=200)
QUICK: dict[str, Any] = {"hidden": (4,), "epochs": 5, "batch_size": 16, "learning_rate": 0.05, "threads": 1}
REFUSED = [
    (X * 1e160, "beyond 1e+70", "Divide them by 1e160"),
    (X * 1e300, "beyond 1e+70", "Divide them by 1e300"),
    (X * 1e75, "beyond 1e+70", "Divide them by 1e75"),
    (np.where(X > 0, 1.7e308, -1.7e308) * (0.9 + np.abs(X) / 100), "beyond 1e+70", "Divide them by 1e308"),
    (1e300 + X * 1e285, "beyond 1e+70", "Divide them by 1e300"),
    (X * 1e-160, "differ by less than 1e-70", "Multiply them by 1e160"),
    (X * 1e-200, "differ by less than 1e-70", "Multiply them by 1e200"),
    (X * 1e-310, "differ by less than 1e-70", "Multiply them by 1e300"),
    (5 + X * 1e-14, "differ in their last digits only", "Subtract"),
    (-1e6 + X * 1e-8, "differ in their last digits only", "Subtract"),
    (np.where(np.arange(200) == 7, 1e80, X), "beyond 1e+70", "Divide them by 1e80"),
]
KEPT = [X * 1e60, X * 1e-60, 1e9 + X, X * 1e20, X * 1e-20, np.where(np.arange(200) == 7, 1e12, X)]


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        yield


@pytest.mark.parametrize(("y", "problem", "remedy"), REFUSED)
@pytest.mark.parametrize("streams", [False, True])
def test_a_target_that_cannot_be_squared_is_refused_with_its_column_and_range(y, problem, remedy, streams, monkeypatch):
    if streams:
        monkeypatch.setattr(prepare, "plan", lambda size, memory: Plan(True, "The test says so.", 1 << 26, 10**6))
    with pytest.raises(ColumnError, match=r"column 'y': its numbers, from ") as refused:
        wade.learn(pa.table({"x": X, "y": y}), "y", **QUICK)
    assert problem in str(refused.value)
    assert remedy in str(refused.value)
    with pytest.raises(DataError, match=r"^y: its numbers, from "):
        wade.NetRegressor(epochs=1).fit(X[:, None], y)


def test_the_remedy_works():
    model = wade.learn(pa.table({"x": X, "y": X * 1e160 / 1e160}), "y", **QUICK)
    assert np.isfinite(model.report["test"]["rmse"])
    assert wade.learn(pa.table({"x": X, "y": X * 1e-200 * 1e200}), "y", **QUICK).target.scale > 0.1


@pytest.mark.parametrize("y", KEPT)
def test_a_target_of_any_other_size_is_predicted_in_its_unit(y):
    table = pa.table({"x": X, "y": y})
    model = wade.learn(table, "y", **QUICK)
    assert all(np.isfinite(model.report["test"][name]) for name in ("rmse", "mae"))
    predicted = model.predict(table)
    assert np.isfinite(predicted).all()
    assert y.min() - 3 * np.ptp(y) <= predicted.min() <= predicted.max() <= y.max() + 3 * np.ptp(y)
    assert np.isfinite(wade.NetRegressor(epochs=2).fit(X[:, None], y).predict(X[:, None])).all()


@pytest.mark.parametrize("value", [1e60, 1e300, -1e308])
def test_a_value_far_beyond_the_training_rows_is_refused_when_evaluated(value):
    model = wade.learn(pa.table({"x": X, "y": X}), "y", **QUICK)
    with pytest.raises(ColumnError, match=r"column 'y', row 2: the value .* standard deviations from the mean"):
        model.evaluate(pa.table({"x": [0.5, 1.0, 2.0], "y": [0.5, value, 2.0]}))


INPUTS = [
    X * 1e160,
    X * 1e307,
    np.where(X > 0, 1.7e308, -1.7e308),
    np.where(X > 0, 1.7e308, -1.7e308) * (0.5 + np.abs(X) / 100),
    np.linspace(-1, 1, 200) * 1.79e308,
    X * 1e-160,
    X * 1e-310,
    np.arange(200) * 5e-324,
    5 + X * 1e-15,
    1e300 + X * 1e285,
    np.where(np.arange(200) == 7, 1e308, X),
]


@pytest.mark.parametrize("x", INPUTS)
@pytest.mark.parametrize("numbers", ["scaled", "piecewise"])
def test_an_input_of_any_size_gives_finite_predictions(x, numbers):
    table = pa.table({"x": x, "z": X, "y": X * 2})
    model = wade.learn(table, "y", numbers=numbers, **QUICK)
    assert np.isfinite(model.predict(table)).all()
    for value in (0.0, 1.7e308, -1.7e308, 5e-324, None):
        assert np.isfinite(model.predict({"x": value, "z": 0.5}))


ASKED: dict[str, Callable[[wade.Model, dict[str, Any], Any], Any]] = {
    "explain": lambda model, row, observed: wade.explain(model, row, observed).html(),
    "trace": lambda model, row, observed: wade.explain(model, row, observed).to_dict(),
    "contributions": lambda model, row, _: wade.contributions(model, row),
    "occlusion": lambda model, row, _: wade.contributions(model, row, method="occlusion"),
}


@pytest.mark.parametrize("y", [X, np.where(X > 0, "yes", "no"), np.digitize(X, [-0.5, 0.5]).astype(str)])
@pytest.mark.parametrize("ask", ASKED)
def test_weights_that_overflow_are_a_typed_error_where_they_are_explained(ask, y):
    """Large weights are explained; a step that leaves the doubles is refused."""
    settings = {**QUICK, "epochs": 1, "learning_rate": 0.01, "members": 2}
    model = wade.learn(pa.table({"x": X, "z": X**2, "y": y}), "y", **settings)
    row = {"x": 1.5, "z": 2.0}
    for size, refused in ((1.0, False), (1e20, False), (1e308, True)):
        theta = np.sign(model.network.theta.astype(np.float64)) * size
        large = replace(model, network=Network.from_dict({**model.network.to_dict(), "dtype": "float64"}, theta))
        with pytest.raises(Diverged) if refused else nullcontext():
            ASKED[ask](large, row, y[0])


def test_an_estimator_never_predicts_an_infinity():
    regressor = wade.NetRegressor(epochs=1, hidden=(4,), members=1).fit(X[:, None], X)
    for size in (1e20, 3e38):
        regressor.network_.theta = np.full(regressor.network_.n_parameters, size)
        with pytest.raises(Diverged, match="not finite"):
            regressor.predict(np.full((3, 1), 50.0))
