"""Penalties and clipping in training, every optimizer by name, and which engine runs them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from wade.engines import ReferenceEngine, native
from wade.errors import EngineUnavailable, InvalidArgument
from wade.maths.losses import choose_loss, cross_entropy
from wade.maths.optimizers import OPTIMIZERS
from wade.maths.regularizers import Regularization
from wade.maths.schedules import SCHEDULES
from wade.network import Network
from wade.training import train

DRAW = np.random.RandomState(0)
X, y = DRAW.uniform(-1, 1, (80, 3)), DRAW.uniform(0, 1, 80)
RULES = {"l1": 0.02, "l2": 0.03, "clip_norm": 0.01}


def started() -> Network:
    return Network(3, (5,), dtype="float64", activation="tanh", seed=1)


def test_a_step_goes_down_the_loss_with_its_penalty() -> None:
    """One step of gradient descent is −η times the centred difference of J + R, biases being free of R."""
    network, rule, h = started(), Regularization(l1=0.02, l2=0.03), 1e-6
    before = network.theta.copy()
    history = train(network, X, y, optimizer="sgd", learning_rate=0.1, epochs=1, batch_size=80, l1=0.02, l2=0.03)
    loss, engine, probe = choose_loss("cross_entropy", "sigmoid"), ReferenceEngine(), started()

    def objective(theta: np.ndarray) -> float:
        probe.theta = theta
        J = engine.loss(probe, probe.as_inputs(X), y[:, None], loss)
        return J + rule.penalty(theta, probe.decays)

    for index in range(len(before)):
        there = h * (np.arange(len(before)) == index)
        slope = (objective(before + there) - objective(before - there)) / (2 * h)
        assert network.theta[index] - before[index] == pytest.approx(-0.1 * slope, abs=1e-9)
    probe.theta = before
    data_loss = engine.loss(probe, probe.as_inputs(X), y[:, None], loss)
    assert history.epochs[0].loss == pytest.approx(data_loss, rel=1e-12)  # the penalty is not in it


def test_a_clipped_step_is_no_longer_than_it_may_be() -> None:
    network = started()
    before = network.theta.copy()
    train(network, X, y, optimizer="sgd", learning_rate=2.0, epochs=1, batch_size=80, clip_norm=0.01)
    assert np.linalg.norm(network.theta - before) == pytest.approx(2.0 * 0.01, rel=1e-3)


def test_l1_ends_with_weights_near_nothing_and_l2_with_small_ones() -> None:
    """Of ten inputs, one means something: L1 leaves that one alone and brings the others to within a step of 0."""
    inputs = np.random.RandomState(1).normal(size=(300, 10))
    answers, found = 2 * inputs[:, 0], {}
    for name, rules in {"none": {}, "l1": {"l1": 0.2}, "l2": {"l2": 1.0}}.items():
        network = Network(10, (), output="identity", dtype="float64", seed=0)
        train(
            network, inputs, answers, loss="mean_squared_error", optimizer="sgd", learning_rate=0.05, epochs=200,
            batch_size=300, schedule="cosine", **rules,
        )  # fmt: skip
        found[name] = np.abs(network.parameters["W1"][:, 0])
    assert found["none"][0] == pytest.approx(2, abs=1e-3)
    assert found["l1"][0] == pytest.approx(1.9, abs=0.03)  # where 2 (w − 2) + 0.2 = 0, for inputs of variance 1
    assert found["l1"][1:].max() < 1e-3
    assert found["l2"][0] == pytest.approx(4 / 3, abs=0.1)  # where 2 (w − 2) + w = 0


NAMES = [*((name, "cosine") for name in OPTIMIZERS), *(("adam", name) for name in SCHEDULES if name != "cosine")]


@pytest.mark.parametrize(("optimizer", "schedule"), NAMES)
def test_every_name_learns(optimizer: str, schedule: str) -> None:
    network = started()
    target = (X[:, 0] > 0).astype(float)
    rate = {"sgd": 1.0, "nesterov": 0.3, "adagrad": 0.3}.get(optimizer, 0.03)
    history = train(
        network, X, target, optimizer=optimizer, schedule=schedule, learning_rate=rate, epochs=40, batch_size=16
    )
    assert history.epochs[-1].loss < 0.3 < history.epochs[0].loss
    assert np.isfinite(network.theta).all()


CASES: list[dict[str, Any]] = [
    {},
    *({"optimizer": name} for name in OPTIMIZERS),
    *({name: value} for name, value in RULES.items()),
    RULES,
]


@pytest.mark.parametrize("settings", CASES, ids=str)
def test_both_engines_do_it_alike(settings: dict[str, Any]) -> None:
    ends = []
    for engine in ("native", "reference"):
        network = started()
        assert train(network, X, y, epochs=3, batch_size=16, engine=engine, **settings).engine == engine
        ends.append(network.theta)
    np.testing.assert_allclose(*ends, atol=1e-11)


@pytest.mark.parametrize(
    ("kernels", "lacking"),
    [
        ("activations", "the activation 'tanh'"),
        ("losses", "the loss 'sigmoid_cross_entropy'"),
        ("optimizers", "the optimizer 'adagrad'"),
    ],
)
def test_what_the_kernels_lack_is_said_and_only_auto_falls_back(
    monkeypatch: pytest.MonkeyPatch, kernels: str, lacking: str
) -> None:
    monkeypatch.setattr(native._kernels, kernels, list)
    network = started()
    before = network.theta.copy()
    with pytest.raises(EngineUnavailable, match=f"no kernel for {lacking}"):
        train(network, X, y, optimizer="adagrad", engine="native")
    np.testing.assert_array_equal(network.theta, before)
    assert train(network, X, y, epochs=1, optimizer="adagrad", engine="auto").engine == "reference"


def test_a_smoothed_loss_does_not_pass_for_a_plain_one() -> None:
    """It has the plain loss's name and another constant: both engines must mean the same by it, or one refuse."""
    smoothed = cross_entropy("sigmoid", label_smoothing=0.3)
    ends = []
    for engine in ("auto", "reference"):
        network = started()
        train(network, X, y, loss=smoothed, epochs=3, batch_size=16, engine=engine)
        ends.append(network.theta)
    np.testing.assert_allclose(*ends, atol=1e-11)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"l1": -0.1}, "`l1` must be a finite number of at least 0"),
        ({"l2": float("nan")}, "`l2` must be a finite number of at least 0"),
        ({"clip_norm": 0.0}, "`clip_norm` must be greater than 0"),
        ({"clip_norm": float("inf")}, "`clip_norm` must be greater than 0"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_changes(settings: dict[str, Any], message: str) -> None:
    network = started()
    before = network.theta.copy()
    with pytest.raises(InvalidArgument, match=message):
        train(network, X, y, **settings)
    np.testing.assert_array_equal(network.theta, before)
