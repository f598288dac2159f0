"""A walk takes the steps of `wade.train`, and goes back to any of them bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import wade
from wade.errors import Diverged, InvalidArgument
from wade.maths.optimizers import Adam
from wade.training.walk import Walk, snapshots, walk

rng = np.random.default_rng(5)
X = rng.normal(size=(37, 3)).astype(np.float32)
Y = (X[:, :1] * X[:, 1:2] > 0).astype(np.float32)
CLASSES = rng.integers(0, 3, 37)


def network(**options: Any) -> wade.Network:
    return wade.Network(3, **{"hidden": (5, 4), "activation": "tanh", "seed": 3, **options})


def made(**options: Any) -> Walk:
    return Walk(network(), X, Y, **{"learning_rate": 0.3, "batch_size": 4, **options})


def state(one: Walk) -> tuple[Any, ...]:
    """All that a walk consists of, as bytes and numbers."""
    optimizer = {
        name: value.tobytes() if isinstance(value, np.ndarray) else value for name, value in one.optimizer_state.items()
    }
    curve = tuple(one.curve.ends), tuple(one.curve.means), tuple(one.curve.rates), one.curve.stride
    return (one.steps, one.epoch, one.rows_done, one.network.theta.tobytes(), optimizer, one.settings, curve)


@pytest.mark.parametrize("engine", ["native", "reference"])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"optimizer": "adam", "learning_rate": 0.01, "schedule": "cosine", "epochs": 6},
        {"optimizer": "momentum", "batch_size": 1, "l2": 0.01, "clip_norm": 0.5, "learning_rate": 0.02},
        {"shuffle": False, "batch_size": 37},
        {"schedule": "one_cycle", "epochs": 6, "seed": 11},
    ],
)
def test_steps_are_those_of_train(options: dict[str, Any], engine: str) -> None:
    trained = network()
    usual = {"learning_rate": 0.3, "batch_size": 4, "optimizer": "sgd", "epochs": 6, "loss": "cross_entropy"}
    wade.train(trained, X, Y, **{**usual, **options}, engine=engine)
    one = made(**options, engine=engine)
    for count in (1, 2):
        one.step(count)
    while one.epoch <= 6:
        one.run_epochs()
    assert one.network.theta.tobytes() == trained.theta.tobytes()


def test_classes_and_numbers_and_dropout_too() -> None:
    for y, options in ((CLASSES, {"outputs": 3, "output": "softmax"}), (X[:, :1], {"output": "identity"})):
        trained, held = network(dropout=0.2, **options), network(dropout=0.2, **options)
        loss = "cross_entropy" if options["output"] == "softmax" else "mean_squared_error"
        wade.train(trained, X, y, loss=loss, optimizer="adamw", learning_rate=0.01, epochs=3, batch_size=5)
        Walk(held, X, y, optimizer="adamw", learning_rate=0.01, batch_size=5).run_epochs(3)
        assert held.theta.tobytes() == trained.theta.tobytes()


ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("step"), st.integers(1, 40)),
        st.tuples(st.just("epochs"), st.integers(1, 2)),
        st.tuples(st.just("back"), st.floats(0, 1)),
        st.tuples(st.just("edit"), st.integers(0, 4)),
        st.tuples(st.just("change"), st.integers(0, 6)),
        st.tuples(st.just("phase"), st.integers(-2, 2)),
    ),
    max_size=14,
)
CHANGES: list[dict[str, Any]] = [
    {"learning_rate": 0.05},
    {"batch_size": 3},
    {"optimizer": "adam"},
    {"optimizer": Adam(beta1=0.5)},
    {"activation": "relu"},
    {"l1": 0.001, "schedule": "cosine"},
    {"dropout": 0.25},
]


@settings(deadline=None, max_examples=60)
@given(ACTIONS)
def test_going_back_is_exact_whatever_was_done(actions: list[tuple[str, Any]]) -> None:
    one, seen = made(), {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(walk, "SECONDS_PER_SNAPSHOT", 0.0002)  # many snapshots
        patch.setattr(snapshots, "MOST", 5)
        for kind, number in actions:
            match kind:
                case "step":
                    one.step(number)
                case "epochs":
                    one.run_epochs(number)
                case "back":
                    target = int(number * one.steps)
                    one.back(one.steps - target)
                    seen = {at: found for at, found in seen.items() if at <= target}
                    if target in seen:
                        assert state(one) == seen[target]
                case "edit":
                    one.edit(f"W1[0,{number}]", number / 7)
                case "change":
                    one.change(**CHANGES[number])
                case _:
                    for _ in range(abs(number)):
                        one.advance() if number > 0 else one.steps and one.retreat()
                    seen = {at: found for at, found in seen.items() if at <= one.steps}
            seen[one.steps] = state(one)
    again = made()
    for entry in one.journal:
        again.step(entry.at - again.steps)
        if isinstance(entry, wade.training.walk.Edit):
            again.edit(entry.parameter, entry.value)
        else:
            again.change(**entry.settings)
    again.step(one.steps - again.steps)
    assert state(again) == state(one)


def test_phases_go_forward_and_back_to_identical_numbers() -> None:
    one = made()
    states = [(one.phase, state(one))]
    for _ in range(50):
        one.advance()
        states.append((one.phase, state(one)))
    assert [phase for phase, _ in states[:5]] == ["", "forward", "backward", "", "forward"]
    assert one.steps == 16
    for expected in reversed(states[:-1]):
        one.retreat()
        assert (one.phase, state(one)) == expected
    with pytest.raises(InvalidArgument, match="at most 0"):
        one.retreat()


def test_the_batch_at_hand_is_that_of_the_next_step() -> None:
    one = made(learning_rate=0.1)
    for _ in range(12):
        rows, theta = one.batch(), one.network.theta.copy()
        J, gradient = one.engine.loss_and_gradient(
            one.network, one.samples.X[rows], one.samples.y[rows], one.loss, None
        )
        assert one.step()[0] == pytest.approx(J, rel=1e-6)
        np.testing.assert_allclose(one.network.theta, theta - np.float32(0.1) * gradient, rtol=1e-5, atol=1e-7)
    assert len(made(batch_size=100).batch()) == 37


@pytest.mark.parametrize("most", [1, 7, 250])
def test_run_for_a_time_takes_no_more_steps_than_it_may(most: int) -> None:
    one, other = made(), made()
    assert one.run_for(60, most).tolist() == other.step(most).tolist()
    assert one.steps == most


def test_run_for_a_time_takes_steps_that_can_be_taken_again() -> None:
    one = made()
    losses = one.run_for(0.05)
    again = made()
    assert again.step(one.steps).tobytes() == losses.tobytes()
    assert state(again) == state(one)
    one.back(one.steps)
    assert state(one) == state(made())


def test_divergence_is_explained_and_leaves_the_last_finite_step() -> None:
    one = Walk(network(activation="relu", output="identity"), X * 100, X[:, :1] * 1e3, learning_rate=10.0)
    with pytest.raises(Diverged, match=r"at step \d+.*learning rate of 10"):
        one.step(500)
    assert one.steps > 0
    assert np.isfinite(one.network.theta).all()
    taken = one.steps
    with pytest.raises(Diverged):
        one.step(2)
    assert one.steps == taken
    one.back(taken)
    assert state(one) == state(Walk(network(activation="relu", output="identity"), X * 100, X[:, :1] * 1e3,
                                    learning_rate=10.0))  # fmt: skip


def test_restart_takes_the_settings_of_now_and_the_same_or_another_start() -> None:
    one, start = made(), network().theta
    one.step(20)
    one.change(learning_rate=0.01, activation="relu")
    one.restart()
    assert one.steps == 0
    assert not one.journal
    assert one.settings.learning_rate == 0.01
    assert one.network.activation == "relu"
    fresh = network(activation="relu").theta
    assert one.network.theta.tobytes() == fresh.tobytes()
    one.restart(seed=9)
    assert one.network.theta.tobytes() != fresh.tobytes()
    assert one.network.theta.shape == start.shape


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda one: one.change(learning_rate=0), "learning_rate"),
        (lambda one: one.change(batch_size=0), "batch_size"),
        (lambda one: one.change(optimiser="adam"), "optimizer"),
        (lambda one: one.change(optimizer="adamm"), "adam"),
        (lambda one: one.change(l2=float("nan")), "l2"),
        (lambda one: one.change(clip_norm=-1), "clip_norm"),
        (lambda one: one.change(activation="rellu"), "relu"),
        (lambda one: one.edit("W9[0,0]", 1), "W1"),
        (lambda one: one.edit("W1", 1), "W1"),
        (lambda one: one.edit("W1[0]", 1), r"W1\[2,4\]"),
        (lambda one: one.edit("W1[0,-1]", 1), r"W1\[2,4\]"),
        (lambda one: one.edit("W1[0,5]", 1), r"W1\[2,4\]"),
        (lambda one: one.edit("W1[0,0]", float("nan")), "finite"),
        (lambda one: one.edit("W1[0,0]", 1e39), "finite float32"),
        (lambda one: one.back(1), "at most 0"),
        (lambda one: one.step(-1), "back"),
    ],
)
def test_what_is_not_valid_changes_nothing(call: Any, message: str) -> None:
    one = made()
    before = state(one)
    with pytest.raises(InvalidArgument, match=message):
        call(one)
    assert state(one) == before
    assert not one.journal


def test_snapshots_stay_within_their_memory() -> None:
    one = made(batch_size=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(walk, "SECONDS_PER_SNAPSHOT", 0.0)
        for _ in range(700):
            one.step(1)
    kept = [each.steps for each in one._snapshots._kept]
    assert len(kept) <= snapshots.MOST
    assert kept[0] == 0
    assert kept == sorted(set(kept))
    gaps = np.diff(kept)
    assert gaps[: len(gaps) // 2].mean() > gaps[len(gaps) // 2 :].mean()
