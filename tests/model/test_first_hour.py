"""What people try in their first hour: it works, or the message says what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import wade
from wade.errors import Diverged, InvalidArgument

FRAME = pd.DataFrame({"a": np.arange(60.0) % 7, "b": np.arange(60.0) % 5})
ANSWER = pd.Series(np.where(FRAME["a"] > FRAME["b"], "p", "q"))
QUICK: dict[str, Any] = {"epochs": 1, "hidden": (4,), "members": 1, "threads": 1}


def test_a_perceptron_takes_one_row_and_needs_no_bias() -> None:
    perceptron = wade.Perceptron([0.1, 0.5, 2.5, 0.2], 3.0)
    assert perceptron([2, 3, -1, 5]) == pytest.approx([1 / (1 + np.exp(-3.2))])
    assert perceptron(np.array([2, 3, -1, 5])).shape == (1,)
    assert perceptron([[2, 3, -1, 5]]).shape == (1, 1)
    assert wade.Perceptron([1.0, -1.0], activation="identity")([3.0, 1.0]).tolist() == [2.0]
    with pytest.raises(InvalidArgument):
        perceptron([2, 3, -1])
    with pytest.raises(InvalidArgument, match="must hold real numbers; received 'text'"):
        perceptron(["2", "3", "-1", "5"])


@pytest.mark.parametrize("target", [list(ANSWER), ANSWER, ANSWER.to_numpy(), 3])
def test_a_target_is_the_name_of_a_column(target: Any) -> None:
    with pytest.raises(InvalidArgument, match=r"`target` must be the name of a column; .*Make the values a column"):
        wade.learn(FRAME, target, **QUICK)


@pytest.mark.parametrize("target", [["a", "b"], ("a", "b"), "a,b", " b , a"])
@pytest.mark.parametrize("use", [wade.learn, wade.cross_validate, wade.race])
def test_several_targets_are_for_the_estimators(target: Any, use: Callable[..., Any]) -> None:
    with pytest.raises(
        InvalidArgument, match=r"must be the name of one column; .*train one for each.*wade\.NetRegressor"
    ):
        use(FRAME, target)


def test_what_is_advised_for_several_targets_works() -> None:
    two = wade.NetRegressor(epochs=1, hidden=(4,), members=1).fit(FRAME, FRAME.to_numpy())
    assert two.predict(FRAME[:3]).shape == (3, 2)
    labels = wade.NetClassifier(epochs=1, hidden=(4,), members=1).fit(FRAME, FRAME.to_numpy() > 3)
    assert labels.predict(FRAME[:3]).shape == (3, 2)


def test_a_name_with_a_comma_is_a_name_and_a_list_of_one_is_none() -> None:
    table = FRAME.rename(columns={"b": "a,b"}).assign(y=ANSWER)
    assert wade.learn(table, "a,b", **QUICK).target.column == "a,b"
    with pytest.raises(InvalidArgument, match="Give it alone: 'y'"):
        wade.learn(table, ["y"], **QUICK)


def test_without_a_target_the_likely_ones_are_named() -> None:
    with pytest.raises(InvalidArgument, match=r"Likely 'Label' or 'y'\. The columns are: a, Label, y\."):
        wade.learn(pd.DataFrame({"a": [1.0], "Label": [1], "y": [2]}), **QUICK)
    with pytest.raises(InvalidArgument, match=r"Likely 'b'\."):
        wade.learn(FRAME, **QUICK)


@pytest.mark.parametrize(
    "use",
    [
        lambda estimator, folder: wade.export(estimator, "numpy", folder / "late.py"),
        lambda estimator, folder: wade.importance(estimator, FRAME),
        lambda estimator, folder: wade.contributions(estimator, {"a": 1.0, "b": 2.0}),
        lambda estimator, folder: wade.counterfactuals(estimator, {"a": 1.0, "b": 2.0}),
    ],
)
def test_an_estimator_where_a_model_belongs_is_told_so(use: Callable[..., Any], tmp_path: Path) -> None:
    estimator = wade.NetClassifier(epochs=1, hidden=(4,)).fit(FRAME, ANSWER)
    with pytest.raises(InvalidArgument, match=r"`model` must be a Model, .*received 'NetClassifier'\. .*wade\.learn"):
        use(estimator, tmp_path)
    with pytest.raises(InvalidArgument, match="explain its `network_`"):
        wade.explain(estimator, {"a": 1.0, "b": 2.0})
    trace = wade.explain(estimator.network_, FRAME.to_numpy()[:1], 1)
    assert np.isfinite(trace.J)


def test_a_learning_rate_that_is_far_too_high_is_not_answered_by_a_tenth_of_it() -> None:
    with pytest.raises(Diverged, match=r"a learning rate of 1e\+30, which is too high: leave it out, or try 0\.001"):
        wade.learn(FRAME.assign(y=ANSWER), "y", **QUICK, learning_rate=1e30)


def test_what_a_prompt_shows_is_one_line() -> None:
    table = FRAME.assign(city=["Rome", "Oslo", "Bern"] * 20, y=ANSWER)
    model = wade.learn(table, "y", **QUICK)
    network = wade.Network(2, hidden=(3,), seed=1)
    history = wade.train(network, [[0, 0], [0, 1]], [0, 1], epochs=2, learning_rate=0.1, batch_size=1)
    assert repr(model.schema) == "Schema(y from 3 columns: 2 number, 1 category)"
    assert repr(model.encoder) == "Encoder(2 number, 1 category)"
    assert repr(model.network).startswith("Network(inputs=<2 numbers, 1 categories>, hidden=(4,)")
    assert repr(history) == f"History(engine='native', 2 epochs, best_epoch=2, loss={history.best.loss:.4g})"
    shown = [model, network, history, model.schema, model.encoder, wade.explain(model, dict(table.iloc[0]), "p")]
    assert max(len(repr(one)) for one in shown) < 160
    trace = wade.explain(wade.Perceptron([0.1, 0.5, 2.5, 0.2], 3.0), [2, 3, -1, 5], 1)
    chain = trace.chain("W1[3,0]")
    assert repr(chain) == "Chain(∂J/∂W1[3,0] = −0.1958, over 1 path)"
    assert repr(chain.paths[0].factors) == "(∂J/∂o[0] = −1.041, ∂o[0]/∂z1[0] = 0.03763, ∂z1[0]/∂W1[3,0] = 5)"
    assert repr(trace.check()).startswith("GradientCheck(5 correct; largest relative error ")
    assert "activation" not in repr(wade.Perceptron([1.0]))


def test_plain_is_gradient_descent_and_nothing_else() -> None:
    table = FRAME.assign(y=ANSWER)
    model = wade.learn(table, "y", plain=True, epochs=2, learning_rate=0.1, batch_size=4, hidden=(3,), threads=1)
    settings = model.report["settings"]
    expected = {"members": 1, "dropout": 0, "weight_decay": 0, "schedule": "constant", "optimizer": "sgd"}
    assert {name: settings[name] for name in expected} == expected
    assert not model.network.inputs.piecewise
    trace = wade.explain(model, {"a": 1.0, "b": 2.0}, "p")
    assert np.allclose(trace.theta_after, trace.network.theta - 0.1 * trace.gradient, rtol=1e-12)


def test_plain_leaves_what_is_asked_for() -> None:
    table = FRAME.assign(y=ANSWER)
    given = {"members": 2, "optimizer": "momentum", "schedule": "cosine", "numbers": "piecewise"}
    model = wade.learn(table, "y", plain=True, epochs=2, hidden=(3,), learning_rate=0.1, threads=1, **given)
    assert (model.network.members, model.report["settings"]["optimizer"]) == (2, "momentum")
    assert model.report["settings"]["schedule"] == "cosine"
    assert model.network.inputs.piecewise
