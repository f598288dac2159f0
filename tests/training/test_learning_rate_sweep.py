"""A race of learning rates is as many trainings from one start."""

from __future__ import annotations

import numpy as np
import pytest

from wade.errors import Diverged, InvalidArgument
from wade.maths.optimizers import SGD, AdamW
from wade.network import Network
from wade.training.learning_rate_sweep import sweep_learning_rates

X = np.random.default_rng(3).normal(size=(50, 3))
Y = (X.sum(axis=1) > 0).astype(float)
RATES = np.array([1e-4, 1e-2, 0.3])


def network(hidden: tuple[int, ...] = (6,)) -> Network:
    return Network(3, hidden, activation="tanh", dtype="float64", seed=4)


@pytest.mark.parametrize("engine", ["reference", "native"])
@pytest.mark.parametrize("optimizer", [SGD(), AdamW(weight_decay=0.1)], ids=repr)
@pytest.mark.parametrize("hidden", [(6,), (90, 80)], ids=str)
def test_each_rate_goes_where_it_would_go_alone(engine: str, optimizer: SGD | AdamW, hidden: tuple[int, ...]) -> None:
    start = network(hidden)
    before = start.theta.copy()
    raced = sweep_learning_rates(start, X, Y, RATES, optimizer=optimizer, batch_size=8, steps=13, seed=2, engine=engine)
    alone = sweep_learning_rates(
        start, X, Y, RATES[1:2], optimizer=optimizer, batch_size=8, steps=13, seed=2, engine=engine
    )
    assert start.theta.tobytes() == before.tobytes()
    assert raced.losses.shape == (3, 13)
    np.testing.assert_allclose(raced.losses[1], alone.losses[0], rtol=1e-10)
    assert raced.passes == pytest.approx(13 * 8 / 50)
    assert raced.engine == engine
    # The start, on the same batches: the first is what every rate sees first.
    np.testing.assert_allclose(raced.losses[:, 0], raced.start[0])


def test_a_rate_that_is_lost_stays_lost_and_disturbs_nobody() -> None:
    y = 10 * X[:, 0]
    line = Network(3, (), output="identity", dtype="float64")
    calm = sweep_learning_rates(line, X, y, RATES[:2], "mean_squared_error", "sgd", 5, 300)
    wild = sweep_learning_rates(line, X, y, np.array([1e-4, 1e-2, 1e12]), "mean_squared_error", "sgd", 5, 300)
    np.testing.assert_array_equal(wild.losses[:2], calm.losses)
    lost = int(np.argmin(np.isfinite(wild.losses[2])))
    assert 0 < lost < 100
    assert not np.isfinite(wild.losses[2, lost:]).any()


def test_rates_come_back_in_rising_order() -> None:
    raced = sweep_learning_rates(network(), X, Y, RATES[::-1], batch_size=10, steps=20)
    assert raced.learning_rates.tolist() == RATES.tolist()
    again = sweep_learning_rates(network(), X, Y, RATES, batch_size=10, steps=20)
    np.testing.assert_array_equal(raced.losses, again.losses)


def test_the_watcher_sees_the_race_go_on() -> None:
    seen: list[tuple[int, int]] = []
    sweep_learning_rates(network(), X, Y, RATES, batch_size=10, steps=70, watcher=lambda *step: seen.append(step))
    assert seen[-1] == (70, 70)
    assert len(seen) > 10
    assert seen == sorted(seen)


@pytest.mark.parametrize("rates", [[], [0.0], [-1.0, 0.1], [0.1, np.inf]])
def test_rates_that_cannot_race_are_named(rates: list[float]) -> None:
    with pytest.raises(InvalidArgument, match="`learning_rates` must be greater than 0"):
        sweep_learning_rates(network(), X, Y, np.array(rates))
    with pytest.raises(InvalidArgument, match="`steps` must be at least 1"):
        sweep_learning_rates(network(), X, Y, RATES, steps=0)


def test_a_start_without_a_finite_loss_is_said_to_have_none() -> None:
    line = Network(3, (), output="identity", dtype="float32")
    with pytest.raises(Diverged, match="before any step"):
        sweep_learning_rates(line, X, np.full(50, 1e30), RATES, "mean_squared_error", "sgd", 10, 5)
