"""What is the native engine's own: instruction sets, threads, and a seam that no wrong shape gets through."""

import numpy as np
import pytest

from wade.engines import ReferenceEngine, Task, choose_engine, native
from wade.errors import EngineUnavailable, InvalidArgument
from wade.maths.activations import ACTIVATIONS
from wade.maths.losses import LOSSES, choose_loss, cross_entropy, huber, quantile
from wade.maths.optimizers import SGD, AdaGrad, Adam, AdamW, Nesterov, RMSProp
from wade.maths.regularizers import Regularization
from wade.network import Network
from wade.types import Category, InputLayout, Inputs, Piecewise, Samples

LAYOUT = InputLayout(("a", "b", "c"), (Category("u", 5), Category("v", 9)))
BENT = InputLayout(("a", "b", "c"), (Category("u", 5), Category("v", 9)), (Piecewise("p", 6), Piecewise("q", 40)))
LOSS = choose_loss("cross_entropy", "sigmoid")
SLOWEST = native.instruction_sets()[-1]  # every processor of its kind runs it


def batch(network: Network, n: int) -> tuple[Inputs, np.ndarray]:
    random = np.random.default_rng(n)
    codes = np.stack([random.integers(0, size, n) for size in LAYOUT.sizes], axis=1)
    positions = random.random((n, len(network.inputs.bins))) * network.inputs.bins
    X = network.as_inputs(Inputs(random.standard_normal((n, 3)), codes, positions))
    return X, random.integers(0, 2, (n, 1)).astype(network.dtype)


@pytest.mark.parametrize("instruction_set", native.instruction_sets())
@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-12), ("float32", 2e-5)])
def test_every_instruction_set_computes_what_the_reference_does(instruction_set, dtype, tolerance):
    engine = native.NativeEngine(threads=2, instruction_set=instruction_set)
    for hidden in ((), (1,), (15, 16, 17), (70,) * 12):
        network = Network(LAYOUT, hidden, dtype=dtype, seed=1)
        X, y = batch(network, 101)
        value, gradient = engine.loss_and_gradient(network, X, y, LOSS)
        expected, expected_gradient = ReferenceEngine().loss_and_gradient(network, X, y, LOSS)
        assert value == pytest.approx(expected, rel=tolerance)
        np.testing.assert_allclose(gradient, expected_gradient, atol=tolerance, rtol=tolerance)


@pytest.mark.parametrize("instruction_set", native.instruction_sets())
@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-10), ("float32", 2e-3)])
@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize("members", [1, 5])
def test_every_instruction_set_drops_and_shares_as_the_reference_does(
    instruction_set, dtype, tolerance, activation, members
):
    """A hundred steps, the last of each pass through the rows a ragged one."""
    ends = []
    for engine in (ReferenceEngine(), native.NativeEngine(2, instruction_set)):
        network = Network(BENT, (70, 9), activation=activation, dropout=0.25, members=members, dtype=dtype, seed=4)
        X, y = batch(network, 99)
        adam, weights = Adam(epsilon=1e-3), np.random.default_rng(1).random(99).astype(dtype)
        state, losses = adam.init(network.theta), []
        for epoch in range(25):
            rows = np.random.default_rng(epoch).permutation(99)
            losses += [
                engine.descend(
                    Task(network, LOSS, adam), state, Samples(X, y, weights), rows, 26, np.full(4, 3e-3), seed=5
                )
            ]
        ends.append((np.concatenate(losses), network.theta, engine.predict(network, X)))
    for expected, found in zip(*ends, strict=True):
        np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("n_rows", [1, 7, 391, 1024])
@pytest.mark.parametrize(
    ("layout", "options"),
    [
        (LAYOUT, {}),
        (BENT, {}),
        (BENT, {"members": 4}),
        (BENT, {"dropout": 0.2}),
        (BENT, {"dropout": 0.2, "members": 4, "activation": "tanh"}),
    ],
    ids=["plain", "piecewise", "members", "dropout", "all at once"],
)
def test_the_number_of_threads_changes_no_bit(layout, options, n_rows):
    ends = set()
    for threads in (1, 2, 3, 4):
        network = Network(layout, (128, 96), seed=1, **options)
        X, y = batch(network, 1024)
        engine, adam = native.NativeEngine(threads), Adam()
        state = adam.init(network.theta)
        rows = np.random.default_rng(0).permutation(1024)[: 1024 if n_rows > 1 else 40]
        rates, rule = np.full(-(-len(rows) // n_rows), 1e-3), Regularization(max_norm=0.5)
        losses = engine.descend(Task(network, LOSS, adam, rule), state, Samples(X, y), rows, n_rows, rates)
        losses += engine.descend(Task(network, LOSS, adam), state, Samples(X, y), rows, n_rows, rates, seed=2**64 - 1)
        J, gradient = engine.loss_and_gradient(network, X, y, LOSS)
        arrays = network.theta, losses, engine.predict(network, X), gradient, *list(state.values())[1:]
        ends.add((J, b"".join(array.tobytes() for array in arrays)))
    assert len(ends) == 1


SPOKEN = [
    cross_entropy("sigmoid", label_smoothing=0.1),
    cross_entropy("softmax", label_smoothing=0.2),
    cross_entropy("softmax"),
    huber(delta=0.7),
    quantile(tau=0.8),
    *(LOSSES[name] for name in ("mean_squared_error", "mean_absolute_error", "poisson")),
]


@pytest.mark.parametrize("activation", [name for name in ACTIVATIONS if name != "softmax"])
@pytest.mark.parametrize("loss", SPOKEN, ids=lambda loss: f"{loss.name}{loss.constants or ''}")
def test_every_activation_under_every_loss(activation, loss):
    """Hidden layers and, where the loss takes activations, the output too; one batch, every gradient."""
    fixed = {"sigmoid_cross_entropy": "sigmoid", "softmax_cross_entropy": "softmax", "poisson": "identity"}
    network = Network(LAYOUT, (9, 17), 3, activation, fixed.get(loss.name, activation), dtype="float64", seed=4)
    X, y = batch(network, 23)
    y = np.arange(23, dtype=np.int32) % 3 if network.output == "softmax" else np.repeat(y, 3, axis=1)
    weights = np.random.default_rng(1).random(23)
    value, gradient = native.NativeEngine(2).loss_and_gradient(network, X, y, loss, weights)
    expected, expected_gradient = ReferenceEngine().loss_and_gradient(network, X, y, loss, weights)
    assert value == pytest.approx(expected, rel=1e-12)
    np.testing.assert_allclose(gradient, expected_gradient, atol=1e-13)


@pytest.mark.parametrize("rule", [Regularization(), Regularization(0.01, 0.02), Regularization(0.01, 0.02, 0.05)])
@pytest.mark.parametrize(
    "optimizer",
    [SGD(), SGD(0.9, 0.01), Nesterov(0.8, 0.01), AdaGrad(weight_decay=0.01), RMSProp(0.9, 1e-6, 0.01),
     Adam(weight_decay=0.01), AdamW(0.8, 0.99)],
    ids=repr,
)  # fmt: skip
def test_every_optimizer_with_and_without_penalties_and_clipping(optimizer, rule):
    ends = []
    for engine in (ReferenceEngine(), native.NativeEngine(1), native.NativeEngine(3)):
        network = Network(LAYOUT, (130, 20), activation="tanh", dtype="float64", seed=4)
        X, y = batch(network, 300)
        state, rates = optimizer.init(network.theta), np.linspace(0.01, 0.001, 10)
        losses = engine.descend(Task(network, LOSS, optimizer, rule), state, Samples(X, y), np.arange(300), 30, rates)
        memory = [np.asarray(state[name]) for name in sorted(state)]
        ends.append((network.theta.copy(), losses, *memory))
    for expected, found, threaded in zip(*ends, strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-12)
        np.testing.assert_array_equal(found, threaded)


def test_a_chunk_may_be_cut_anywhere():
    """Two calls of ten steps end where one call of twenty does, bit for bit: θ, moments and step count included."""
    whole, parts = (Network(LAYOUT, (32,), seed=1) for _ in range(2))
    X, y = batch(whole, 200)
    adam, engine, rows, rates = Adam(), native.NativeEngine(), np.arange(200), np.linspace(1e-2, 1e-3, 20)
    state, pieces = adam.init(whole.theta), adam.init(parts.theta)
    engine.descend(Task(whole, LOSS, adam), state, Samples(X, y), rows, 10, rates)
    for half in (0, 1):
        engine.descend(
            Task(parts, LOSS, adam), pieces, Samples(X, y), rows[half * 100 :][:100], 10, rates[half * 10 :][:10]
        )
    assert whole.theta.tobytes() == parts.theta.tobytes()
    assert state["step"] == pieces["step"] == 20
    assert state["second_moment"].tobytes() == pieces["second_moment"].tobytes()


@pytest.mark.parametrize("optimizer", [SGD(0.9), RMSProp(), Adam(), AdamW()], ids=repr)
def test_the_optimizer_state_is_found_by_name(optimizer):
    """Whatever the order of the dict: one that came out of a file, for example, may be sorted otherwise."""
    ends = []
    for order in (list, lambda names: list(reversed(names))):
        network = Network(LAYOUT, (8,), seed=1)
        X, y = batch(network, 60)
        state = optimizer.init(network.theta)
        state = {name: state[name] for name in order(state)}
        task, rows, rates = Task(network, LOSS, optimizer), np.arange(60), np.full(6, 1e-2)
        for _ in range(2):
            native.NativeEngine().descend(task, state, Samples(X, y), rows, 10, rates)
        ends.append([network.theta, *(np.asarray(state[name]) for name in sorted(state))])
    for straight, reverse in zip(*ends, strict=True):
        np.testing.assert_array_equal(straight, reverse)
        assert np.isfinite(straight).all()


def test_a_state_of_another_optimizer_is_refused():
    network = Network(LAYOUT, (8,), seed=1)
    X, y = batch(network, 10)
    for optimizer, state in ((Adam(), RMSProp().init(network.theta)), (SGD(), Adam().init(network.theta))):
        with pytest.raises(ValueError, match=r"state: ('first_moment' is missing|sgd keeps no 'first_moment')"):
            native.NativeEngine().descend(
                Task(network, LOSS, optimizer), state, Samples(X, y), np.arange(10), 5, np.ones(2)
            )


def test_nan_is_never_hidden():
    """ReLU keeps a NaN: a network that diverged must not look like a quiet one."""
    network = Network(2, hidden=(3,))
    network.parameters["W1"][:] = np.nan
    for engine in (native.NativeEngine(), ReferenceEngine()):
        assert np.isnan(engine.predict(network, network.as_inputs([[1.0, 2.0]]))).all()


def test_the_environment_chooses_the_instruction_set(monkeypatch):
    monkeypatch.setenv(native.ISA_VARIABLE, SLOWEST)
    assert native.NativeEngine().instruction_set == SLOWEST
    monkeypatch.setenv(native.ISA_VARIABLE, "avx9000")
    with pytest.raises(InvalidArgument, match=r"`instruction_set` must be one of .*'baseline'.*; received 'avx9000'"):
        choose_engine("auto")


def test_asking_for_an_engine_that_cannot_load_says_why_and_auto_takes_the_other(monkeypatch):
    monkeypatch.setattr(native, "_missing", ImportError("no such library"))
    with pytest.raises(EngineUnavailable, match="cannot load: no such library"):
        choose_engine("native")
    assert choose_engine("auto").name == "reference"


def test_kernels_of_another_version_are_refused(monkeypatch):
    monkeypatch.setattr(native, "__version__", "99.0")
    with pytest.raises(EngineUnavailable, match=r"of version 0\.\d+\.\d+, wade is 99\.0"):
        choose_engine("native")
