"""What the history tells of each epoch besides losses, and that it costs next to nothing."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from wade import Network, train
from wade.engines import ReferenceEngine
from wade.maths.losses import choose_loss
from wade.maths.optimizers import SGD
from wade.training import EpochDone
from wade.training.diagnostics import DiagnosticRows
from wade.training.rows import InMemory
from wade.types import Inputs, Samples

X = np.random.default_rng(0).normal(size=(32, 3))  # so few that all of them are looked at
Y = (X[:, 0] > X[:, 1]).astype(float)


@pytest.mark.parametrize("engine", ["native", "reference"])
def test_the_signs_are_those_of_the_network_after_the_epoch(engine: str) -> None:
    network = Network(3, hidden=(16, 8), dtype="float64", seed=0)
    network.parameters["b1"][:5] = -100.0  # five of 24 neurons are dead
    found: list[Any] = []

    def look(event: Any) -> None:
        if isinstance(event, EpochDone):
            loss = choose_loss("cross_entropy", "sigmoid")
            inputs = network.as_inputs(X)
            _, gradient = ReferenceEngine().loss_and_gradient(network, inputs, Y[:, None], loss)
            step = event.learning_rate * gradient[network.decays]
            ratio = np.linalg.norm(step) / np.linalg.norm(network.theta[network.decays])
            alive = [(A > 0).any(axis=0) for A in network.forward(X).A[:-1]]
            found.append((np.linalg.norm(gradient), ratio, 1 - np.concatenate(alive).mean()))

    history = train(
        network, X, Y, optimizer=SGD(), learning_rate=0.1, epochs=4, batch_size=1, schedule="cosine", engine=engine,
        on_event=look,
    )  # fmt: skip
    signs = [(epoch.gradient_norm, epoch.update_ratio, epoch.dead_relus) for epoch in history.epochs]
    np.testing.assert_allclose(signs, found, rtol=1e-9)
    assert signs[0][2] >= 5 / 24


def test_the_learning_rate_is_that_of_the_last_step() -> None:
    history = train(Network(3, seed=0), X, Y, learning_rate=0.1, epochs=2, batch_size=16, schedule="cosine")
    expected = 0.05 * (1 + np.cos(np.pi * np.asarray([1 / 4, 3 / 4])))
    np.testing.assert_allclose([epoch.learning_rate for epoch in history.epochs], expected)


@pytest.mark.parametrize(("hidden", "activation"), [((8,), "tanh"), ((), "relu")])
def test_where_there_are_no_relus_none_is_dead(hidden: tuple[int, ...], activation: str) -> None:
    history = train(Network(3, hidden, activation=activation), X, Y, epochs=1)
    assert history.epochs[0].dead_relus is None


def test_members_have_neurons_of_their_own() -> None:
    network = Network(3, hidden=(4,), members=3, seed=0)
    network.parameters["b1"][1, :2] = -100.0  # two neurons of the second member
    history = train(network, X, Y, epochs=1, learning_rate=1e-6)
    alive = np.concatenate([(A.reshape(32, -1) > 0).any(axis=0) for A in network.forward(X).A[:-1]])
    assert history.epochs[0].dead_relus == pytest.approx(1 - alive.mean())
    assert history.epochs[0].dead_relus >= 2 / 12


def test_the_history_is_json_even_where_a_figure_is_not_finite() -> None:
    history = train(Network(3), X, Y, epochs=1)
    history.epochs.append(EpochDone(2, 2, float("inf"), None, None, 0.1, float("nan"), 0.0, None, False, 1.0))
    data = history.to_dict()
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert data["epochs"][1]["loss"] is None
    assert {"gradient_norm", "update_ratio", "dead_relus", "learning_rate", "metric"} <= set(data["epochs"][0])


def test_epochs_of_few_steps_have_signs_once_in_a_while() -> None:
    history = train(Network(3), X, Y, epochs=20, batch_size=4)
    taken = [epoch.epoch for epoch in history.epochs if epoch.gradient_norm is not None]
    assert taken == [1, 4, 8, 12, 16, 20]  # 8 steps each


@pytest.mark.parametrize(("rows", "looked_at"), [(10, 10), (100, 32), (3200, 200), (250_000, 256)])
def test_the_signs_look_at_few_rows(rows: int, looked_at: int) -> None:
    X = Inputs(np.zeros((rows, 1), np.float32), np.empty((rows, 0), np.int32))
    assert len(DiagnosticRows.of(InMemory(Samples(X, np.zeros((rows, 1))))).samples.X) == looked_at
