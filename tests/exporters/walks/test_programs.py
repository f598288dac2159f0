"""Programs of walks: what is easily lost on the way from a journal to a program."""

import runpy

import numpy as np
import pytest

from wade.exporters.walks.numpy_program import write_with_numpy
from wade.exporters.walks.recorded import RecordedWalk
from wade.exporters.walks.torch_program import write_with_torch
from wade.exporters.walks.wade_program import write_with_wade
from wade.maths.activations import ACTIVATIONS
from wade.maths.optimizers import NAMED, Adam
from wade.maths.schedules import SCHEDULES
from wade.network import Network
from wade.training.walk import Walk

X = np.array([[0.5, -1.0], [1.5, 0.25], [-0.75, 2.0], [0.1, 0.2], [-1.0, -1.0]], np.float32)
Y = np.array([[1.0], [0.0], [1.0], [1.0], [0.0]], np.float32)


def begun(**settings):
    """A walk, and the record of its beginning."""
    network = Network(2, hidden=(3,), activation="tanh", seed=4)
    start = Network.from_dict(network.to_dict(), network.theta)
    walk = Walk(network, X, Y, batch_size=2, threads=1, seed=9, **settings)
    first = walk.settings
    return walk, lambda: RecordedWalk(
        "rows", start, first, walk.loss, walk.seed, walk.samples, walk.journal, walk.steps
    )


def theta_of(written, folder):
    path = folder / "program.py"
    path.write_text(written.text)
    made = runpy.run_path(str(path))
    return made["walk"].network.theta if "walk" in made else made["training"]


def ends_where_it_should(walk, record, folder):
    assert (theta_of(write_with_wade(record()), folder) == walk.network.theta).all()
    np.testing.assert_allclose(
        theta_of(write_with_numpy(record()), folder).theta, walk.network.theta, rtol=1e-5, atol=1e-6
    )


def test_an_optimizer_that_is_left_and_taken_again_begins_anew(tmp_path, capsys):
    walk, record = begun(optimizer="momentum", learning_rate=0.1)
    walk.step(3)
    walk.change(optimizer="adam")
    walk.change(optimizer="momentum")
    walk.step(3)
    ends_where_it_should(walk, record, tmp_path)


def test_an_optimizer_with_other_constants_keeps_its_state(tmp_path, capsys):
    walk, record = begun(optimizer="adam", learning_rate=0.05)
    walk.step(3)
    walk.change(optimizer=Adam(beta1=0.5, epsilon=1e-6))
    walk.step(3)
    ends_where_it_should(walk, record, tmp_path)


def test_edits_and_changes_at_the_same_step_come_in_their_order(tmp_path, capsys):
    walk, record = begun(learning_rate=0.1)
    walk.edit("W1[0,0]", 0.5)
    walk.change(dropout=0.0, activation="relu")
    walk.edit("b2[0]", -1.0)
    walk.step(2)
    walk.edit("W2[2,0]", 2.0)
    ends_where_it_should(walk, record, tmp_path)


def test_dropout_draws_the_same_masks(tmp_path, capsys):
    walk, record = begun(learning_rate=0.1)
    walk.step(2)
    walk.change(dropout=0.4)
    walk.step(5)
    walk.change(dropout=0.0)
    walk.step(2)
    ends_where_it_should(walk, record, tmp_path)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_schedules_reach_the_end_of_their_horizon_and_stay_there(schedule, tmp_path, capsys):
    walk, record = begun(learning_rate=0.1, schedule=schedule, epochs=2)
    walk.step(9)
    ends_where_it_should(walk, record, tmp_path)


@pytest.mark.parametrize("optimizer", NAMED)
def test_every_optimizer_ends_where_it_should(optimizer, tmp_path, capsys):
    walk, record = begun(optimizer=optimizer, learning_rate=0.02, l1=0.01, l2=0.02, clip_norm=0.3)
    walk.step(6)
    ends_where_it_should(walk, record, tmp_path)


@pytest.mark.parametrize("activation", [name for name, entry in ACTIVATIONS.items() if entry.is_elementwise])
def test_every_activation_ends_where_it_should(activation, tmp_path, capsys):
    walk, record = begun(learning_rate=0.1)
    walk.change(activation=activation)
    walk.step(6)
    ends_where_it_should(walk, record, tmp_path)


@pytest.mark.parametrize("optimizer", NAMED)
def test_every_optimizer_has_its_counterpart_in_pytorch(optimizer, tmp_path, capsys):
    pytest.importorskip("torch", reason="PyTorch is no dependency of wade")
    walk, record = begun(optimizer=optimizer, learning_rate=0.02, l1=0.01, l2=0.02, clip_norm=0.3)
    walk.step(8)
    parameters = theta_of(write_with_torch(record()), tmp_path).parameters
    theta = np.concatenate([tensor.detach().numpy().ravel() for tensor in parameters.values()])
    np.testing.assert_allclose(theta, walk.network.theta, rtol=1e-4, atol=1e-5)
