"""The step at hand of a walk: its rows, their shares of the gradient, and where the step leads."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import wade
from wade.errors import InvalidArgument
from wade.explanation.step_view import view_step
from wade.training.walk import Walk

rng = np.random.default_rng(2)
X = rng.normal(size=(23, 3)).astype(np.float32)
Y = (X[:, :1] > 0.2).astype(np.float32)
CLASSES = rng.integers(0, 3, 23)
WEIGHTS = rng.uniform(0.5, 2, 23)


def walk(y: Any = Y, weights: Any = None, network: dict[str, Any] | None = None, **options: Any) -> Walk:
    made = wade.Network(3, hidden=(5, 4), activation="tanh", seed=3, **(network or {}))
    return Walk(made, X, y, weights=weights, **{"learning_rate": 0.05, "batch_size": 4, **options})


WALKS: list[dict[str, Any]] = [
    {},
    {"batch_size": 1, "optimizer": "adam"},
    {"optimizer": "momentum", "l2": 0.1, "clip_norm": 0.05},
    {"weights": WEIGHTS, "optimizer": "rmsprop"},
    {"y": CLASSES, "network": {"outputs": 3, "output": "softmax"}, "schedule": "one_cycle", "epochs": 2},
    {"y": X[:, :2], "network": {"outputs": 2, "output": "identity"}},
    {"network": {"dropout": 0.4}, "batch_size": 8},
    {"network": {"members": 3}, "optimizer": "adamw"},
]


@pytest.mark.parametrize("options", WALKS)
@pytest.mark.parametrize("taken", [0, 7])
def test_the_rows_of_a_batch_add_up_to_its_gradient_and_the_step_leads_there(
    options: dict[str, Any], taken: int
) -> None:
    one = walk(**options)
    one.step(taken)
    before = one.network.theta.copy()
    views = [view_step(one, int(row)) for row in one.batch()]
    assert one.network.theta.tobytes() == before.tobytes()
    total = np.sum([[view.contribution(at) for at in range(len(before))] for view in views], axis=0)
    np.testing.assert_allclose(total, views[0].gradient, rtol=1e-12, atol=1e-15)
    assert sum(view.share for view in views) == pytest.approx(1, abs=1e-12)
    assert one.step()[0] == pytest.approx(views[0].loss, rel=1e-5)
    assert views[0].update.theta_after is not None
    np.testing.assert_allclose(one.network.theta, views[0].update.theta_after, rtol=1e-4, atol=2e-6)


def test_float32_is_what_the_engine_computes() -> None:
    one = walk(engine="reference")
    view = view_step(one, dtype="float32")
    one.step()
    assert view.update.theta_after is not None
    assert view.update.theta_after.tobytes() == one.network.theta.tobytes()


def test_a_row_outside_of_the_batch_has_no_share_and_its_own_trace() -> None:
    one = walk()
    outside = next(row for row in range(23) if row not in one.batch())
    view = view_step(one, outside)
    assert (view.row, view.share, view.contribution(0)) == (outside, 0.0, 0.0)
    alone = wade.explain(
        wade.Network.from_dict(one.network.to_dict() | {"dtype": "float64"}, one.network.theta), X[outside], Y[outside]
    )
    assert alone.gradient is not None
    assert view.trace.gradient is not None
    np.testing.assert_allclose(view.trace.gradient, alone.gradient, rtol=1e-12)
    new = view_step(one, X=one.network.as_inputs(X[:1] * 2), y=1.0)
    assert (new.row, new.share) == (-1, 0.0)
    assert new.trace.J is not None
    unknown = view_step(one, X=one.network.as_inputs(X[:1]))
    assert unknown.trace.gradient is None


def test_there_is_no_such_row() -> None:
    with pytest.raises(InvalidArgument, match="from 0 to 22"):
        view_step(walk(), 23)


def test_the_trace_is_that_of_the_row_and_the_update_that_of_the_batch() -> None:
    view = view_step(walk(optimizer="adam"))
    assert "BP4" in view.trace.text()
    chain = view.trace.chain("W1[0,2]")
    assert chain.gradient == pytest.approx(view.trace.gradient[2])  # type: ignore[index]
    assert view.update.gradient is view.gradient
    assert view.trace.check().is_fine
