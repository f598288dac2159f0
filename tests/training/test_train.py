"""What the training loop promises: it descends, keeps the best, stops for a reason, and does the same again."""

import os
import signal

import numpy as np
import pytest

from wade.errors import Diverged, InvalidArgument
from wade.maths.losses import choose_loss
from wade.maths.optimizers import NAMED
from wade.maths.random import permutation
from wade.maths.schedules import SCHEDULES
from wade.network import Network
from wade.training import ChunkDone, EarlyStopping, EpochDone, History, train
from wade.types import Category, InputLayout, Inputs

ENGINES = ("reference", "native")


def rings(n: int = 400, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Points inside and outside of a circle: no straight line parts them."""
    X = np.random.default_rng(seed).uniform(-1, 1, (n, 2))
    return X, (np.hypot(X[:, 0], X[:, 1]) < 0.75).astype(float)


def accuracy(network: Network, X: np.ndarray, y: np.ndarray) -> float:
    return float(((network(X)[:, 0] > 0.5) == y).mean())


@pytest.mark.parametrize("engine", ENGINES)
def test_hidden_layers_learn_what_no_straight_line_can(engine):
    X, y = rings()
    deep, flat = Network(2, hidden=(16, 16), seed=1), Network(2, hidden=(), seed=1)
    for network in (deep, flat):
        train(network, X, y, learning_rate=0.01, epochs=60, batch_size=16, engine=engine)
    assert accuracy(deep, X, y) > 0.95
    assert accuracy(flat, X, y) < 0.7


@pytest.mark.parametrize("engine", ENGINES)
def test_batch_size_1_is_the_algorithm_of_slide_16(engine):
    """For each example: gradient, then θ := θ − η ∂J/∂θ, written out here for a single neuron with the sigmoid."""
    X, y = rings(20)
    network = Network(2, hidden=(), dtype="float64", seed=3)
    theta = network.theta.copy()
    train(network, X, y, optimizer="sgd", learning_rate=0.5, epochs=3, batch_size=1, seed=7, engine=engine)
    for epoch in (1, 2, 3):
        for row in permutation(7, epoch, len(X)):
            output = 1 / (1 + np.exp(-(X[row] @ theta[:2] + theta[2])))
            theta -= 0.5 * (output - y[row]) * np.append(X[row], 1.0)
    np.testing.assert_allclose(network.theta, theta, rtol=1e-12)


def test_both_engines_walk_the_same_path():
    X, y = rings(300)
    ends = []
    for engine in ENGINES:
        network = Network(2, hidden=(12,), dtype="float64", seed=5)
        history = train(network, X, y, epochs=5, batch_size=32, schedule="cosine", engine=engine)
        assert history.engine == engine
        ends.append((network.theta, [epoch.loss for epoch in history.epochs]))
    np.testing.assert_allclose(ends[0][0], ends[1][0], atol=1e-12)
    np.testing.assert_allclose(ends[0][1], ends[1][1], atol=1e-12)


def test_the_same_seed_gives_the_same_bits_on_any_number_of_threads():
    X, y = rings(3000)
    ends = set()
    for threads in (1, 2, 4, 2):
        network = Network(2, hidden=(160, 160), seed=2)
        train(network, X, y, epochs=3, batch_size=512, seed=9, engine="native", threads=threads)
        ends.add(network.theta.tobytes())
    assert len(ends) == 1
    other = Network(2, hidden=(160, 160), seed=2)
    train(other, X, y, epochs=3, batch_size=512, seed=10, engine="native")
    assert other.theta.tobytes() not in ends


def test_the_parameters_of_the_best_epoch_are_restored():
    X, y = rings(60, seed=1)
    X_val, y_val = rings(200, seed=2)
    network = Network(2, hidden=(32,), seed=0)
    history = train(network, X, y, learning_rate=0.05, epochs=80, batch_size=8, validation=(X_val, y_val))
    validated = [epoch.validation_loss for epoch in history.epochs]
    assert (
        history.best_epoch == int(np.argmin(validated)) + 1 < len(validated)
    )  # it did overfit, so that there was a choice
    inputs = network.as_inputs(X_val)
    loss = choose_loss("cross_entropy", "sigmoid").per_sample(network.forward(inputs).Z[-1], y_val[:, None]).mean()
    assert loss == pytest.approx(min(validated), rel=1e-5)
    assert [epoch.epoch for epoch in history.epochs if epoch.is_best][-1] == history.best_epoch


def test_stopping_waits_as_long_as_its_patience_and_says_why():
    X, y = rings(60, seed=1)
    network = Network(2, hidden=(32,), seed=0)
    history = train(
        network, X, y, learning_rate=0.05, epochs=500, batch_size=8, validation=rings(200, seed=2),
        stopping=EarlyStopping(patience=7),
    )  # fmt: skip
    assert len(history.epochs) == history.best_epoch + 7 < 500
    assert history.stop_reason == (
        f"the validation loss has not improved since epoch {history.best_epoch}, 7 epochs ago"
    )


def test_events_tell_of_every_row_and_every_epoch():
    X, y = rings(100)
    events = []
    history = train(Network(2), X, y, epochs=2, batch_size=30, engine="native", on_event=events.append)
    chunks = [event for event in events if isinstance(event, ChunkDone)]
    assert [event for event in events if isinstance(event, EpochDone)] == history.epochs
    assert [event.rows_done for event in chunks if event.epoch == 2][-1] == 100
    assert chunks[-1].loss == history.epochs[-1].loss
    assert history.stop_reason == "all 2 epochs are done"


def test_the_loss_of_an_epoch_weighs_a_short_last_batch_by_its_rows():
    X, y = rings(5)
    network = Network(2, hidden=(), dtype="float64")
    history = train(network, X, y, optimizer="sgd", learning_rate=1e-12, epochs=1, batch_size=2, shuffle=False)
    Z = network.forward(X).Z[-1]
    per_row = choose_loss("cross_entropy", "sigmoid").per_sample(Z, y[:, None])
    assert history.epochs[0].loss == pytest.approx(per_row.mean())


def test_ctrl_c_keeps_the_best_so_far():
    X, y = rings(200)
    network = Network(2, hidden=(8,), seed=4)
    seen = {}

    def interrupt(event):
        if isinstance(event, EpochDone):
            seen[event.epoch] = (event.validation_loss, network.theta.copy())
            if event.epoch == 6:
                os.kill(os.getpid(), signal.SIGINT)

    history = train(network, X, y, learning_rate=0.02, epochs=10_000, validation=rings(100, 3), on_event=interrupt)
    assert history.interrupted
    assert history.stop_reason == "it was interrupted"
    best = min(seen, key=lambda epoch: seen[epoch][0])
    assert history.best_epoch == best
    np.testing.assert_array_equal(network.theta, seen[best][1])


def test_a_loss_that_is_no_longer_a_number_ends_training_with_a_remedy():
    X, y = rings(50)
    network = Network(2, hidden=(8,), output="identity", activation="identity")
    with pytest.raises(
        Diverged, match=r"the loss became (inf|nan) in epoch 1, .* a learning rate of 1e\+20, .* try 0\.001"
    ):
        train(network, X * 1e6, y, loss="mean_squared_error", optimizer="sgd", learning_rate=1e20, batch_size=5)


def test_a_late_divergence_keeps_the_last_good_parameters():
    X, y = rings(64)
    network = Network(2, hidden=(4,), output="identity", dtype="float32")
    good = {}

    def poison(event):
        if isinstance(event, EpochDone) and event.epoch == 2:
            good["theta"] = network.theta.copy()
            network.theta[:] = np.float32(1e30)

    history = train(network, X, y, loss="mean_squared_error", epochs=9, batch_size=64, on_event=poison, shuffle=False)
    assert history.best_epoch == 2
    assert "the loss became" in history.stop_reason
    np.testing.assert_array_equal(network.theta, good["theta"])


def test_weights_count_rows():
    X, y = rings(40)
    twice = np.concatenate([X, X[:10]]), np.concatenate([y, y[:10]])
    weights = np.where(np.arange(40) < 10, 2.0, 1.0)
    ends = []
    for rows, labels, counts in ((X, y, weights), (*twice, None)):
        network = Network(2, hidden=(6,), dtype="float64", seed=1)
        train(network, rows, labels, epochs=20, batch_size=1000, shuffle=False, weights=counts)
        ends.append(network.theta)
    np.testing.assert_allclose(ends[0], ends[1], atol=1e-12)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"learning_rate": -0.1}, r"`learning_rate` must be greater than 0; received -0\.1\. Try 0\.001\."),
        ({"learning_rate": float("nan")}, "`learning_rate` must be greater than 0; received nan"),
        ({"epochs": 0}, "`epochs` must be at least 1; received 0"),
        ({"batch_size": 0}, "`batch_size` must be at least 1; received 0"),
        ({"optimizer": "adma"}, "`optimizer` must be one of .* Did you mean 'adam'"),
        ({"schedule": "cosin"}, "`schedule` must be one of .* Did you mean 'cosine'"),
        ({"loss": "hinge"}, "`loss` must be one of"),
        ({"engine": "gpu"}, "`engine` must be one of 'auto', 'native', 'reference'"),
        ({"threads": 0}, "`threads` must be at least 1"),
        ({"stopping": EarlyStopping()}, "`stopping` needs validation rows"),
        ({"y": np.zeros(3)}, r"`y` must have the shape \(4, 1\); received \(3,\)"),
        ({"y": np.asarray([0, 1, 2, 0])}, r"`y` must lie in \[0, 1\] for a sigmoid output"),
        ({"X": np.asarray([[0, np.nan]] * 4)}, r"`X` must hold finite numbers only; received 'nan at \(0, 1\)'"),
        ({"X": np.empty((0, 2)), "y": np.empty(0)}, "`X` must hold at least one row"),
        ({"weights": -np.ones(4)}, "`weights` must be 0 or more; received -1"),
        ({"weights": np.ones(3)}, "`weights` must have one number for each of 4 rows"),
    ],
)
def test_what_cannot_be_trained_is_refused_before_anything_changes(changes, message):
    network = Network(2, hidden=(4,))
    before = network.theta.copy()
    arguments = {"X": np.eye(4, 2), "y": np.asarray([0, 1, 1, 0]), **changes}
    with pytest.raises(InvalidArgument, match=message):
        train(network, **arguments)
    np.testing.assert_array_equal(network.theta, before)


def test_counts_are_not_below_0():
    network = Network(2, output="identity")
    with pytest.raises(InvalidArgument, match="`y` must be 0 or more for the Poisson loss; received -1"):
        train(network, np.eye(2), np.asarray([3.0, -1.0]), loss="poisson")


@pytest.mark.parametrize("y", [np.asarray([0, 3]), np.asarray([0.0, 1.0]), np.asarray([[0], [1]])])
def test_class_numbers_are_checked_against_the_outputs(y):
    with pytest.raises(InvalidArgument, match="`y`"):
        train(Network(2, outputs=3, output="softmax"), np.eye(2), y)


def test_a_history_is_plain_data():
    X, y = rings(20)
    data = train(Network(2), X, y, epochs=1).to_dict()
    assert History(**data).best_epoch == 1
    assert data["epochs"][0]["loss"] > 0


def test_inputs_with_categories_train():
    random = np.random.default_rng(0)
    codes = random.integers(1, 4, (200, 1)).astype(np.int32)
    network = Network(InputLayout((), (Category("airport", 4),)), hidden=(8,))
    y = (codes[:, 0] == 2).astype(float)
    train(network, Inputs(np.empty((200, 0), np.float32), codes), y, learning_rate=0.05, epochs=50, batch_size=20)
    unseen = network(Inputs(np.empty((3, 0), np.float32), np.asarray([[1], [2], [3]], np.int32)))
    np.testing.assert_array_equal(unseen[:, 0].round(), [0, 1, 0])


@pytest.mark.parametrize("engine", ["reference", "native"])
def test_a_softmax_learns_from_class_numbers_by_a_distance_too(engine: str) -> None:
    X = np.repeat(np.eye(3), 20, axis=0)
    network = Network(3, hidden=(), outputs=3, output="softmax", seed=1)
    history = train(
        network,
        X,
        np.repeat([2, 0, 1], 20),
        loss="mean_squared_error",
        learning_rate=0.1,
        epochs=100,
        batch_size=20,
        engine=engine,
    )
    assert history.epochs[-1].loss < 0.02
    assert network(np.eye(3)).argmax(axis=1).tolist() == [2, 0, 1]


def test_the_docstring_names_every_optimizer_and_schedule() -> None:
    said = train.__doc__ or ""
    assert [name for name in (*NAMED, *SCHEDULES) if f'"{name}"' not in said] == []
