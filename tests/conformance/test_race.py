"""A race is as many descents as there are models, whatever an engine does to be quick about it."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
import pytest

from wade.engines import Candidate, Engine, ReferenceEngine, Task, choose_engine, native
from wade.maths.activations import ACTIVATIONS
from wade.maths.losses import LOSSES, Loss, choose_loss, cross_entropy, huber, quantile
from wade.maths.optimizers import SGD, AdaGrad, Adam, AdamW, Nesterov, Optimizer, RMSProp
from wade.maths.regularizers import UNREGULARIZED, Regularization
from wade.network import Network
from wade.types import Category, InputLayout, Inputs, Samples

ROWS = 61
NUMBERS = InputLayout(("a", "b", "c"))
TABLE = InputLayout(("a", "b", "c"), (Category("u", 5), Category("v", 3)))
CROSS_ENTROPY = choose_loss("cross_entropy", "sigmoid")
EXACT = {"rtol": 1e-10, "atol": 1e-10}


class Field(NamedTuple):
    """The models, and what they run over."""

    networks: list[Network]
    X: Inputs
    y: np.ndarray
    weights: np.ndarray | None
    rows: np.ndarray
    learning_rates: np.ndarray


def field(
    count: int,
    hidden: Sequence[int] = (8,),
    activation: str = "relu",
    output: str = "sigmoid",
    outputs: int = 1,
    layout: InputLayout = NUMBERS,
    weighted: bool = False,
    dtype: str = "float64",
    epochs: int = 2,
    fastest: float = 0.1,
) -> Field:
    draw = np.random.RandomState(7)
    networks = [Network(layout, hidden, outputs, activation, output, dtype=dtype, seed=k) for k in range(count)]
    codes = np.stack([draw.randint(0, size, ROWS) for size in (5, 3)], axis=1).astype(np.int32)
    X = Inputs(draw.uniform(-2, 2, (ROWS, 3)), codes[:, : len(layout.categories)])
    y = draw.randint(0, 2, (ROWS, outputs)).astype(dtype)
    if output == "softmax":
        y = draw.randint(0, outputs, ROWS).astype(np.int32)
    weights = draw.uniform(0, 2, ROWS).astype(dtype) if weighted else None
    rows = np.concatenate([draw.permutation(ROWS) for _ in range(epochs)]).astype(np.int64)
    return Field(networks, networks[0].as_inputs(X), y, weights, rows, np.geomspace(1e-3, fastest, count))


def factors(n_rows: int, batch_size: int) -> np.ndarray:
    """A schedule that falls, so that no two steps go at the same rate."""
    return np.linspace(1, 0.3, -(-n_rows // batch_size))


def candidates(networks: list[Network], states: list[dict[str, Any]], rates: np.ndarray) -> list[Candidate]:
    return [Candidate(*each) for each in zip(networks, states, rates.tolist(), strict=True)]


def race(
    engine: Engine,
    given: Field,
    loss: Loss = CROSS_ENTROPY,
    optimizer: Optimizer | None = None,
    batch_size: int = 1,
    regularization: Regularization = UNREGULARIZED,
    states: list[dict[str, Any]] | None = None,
) -> tuple[np.ndarray, list[dict[str, Any]]]:
    optimizer = optimizer or SGD()
    states = [optimizer.init(network.theta) for network in given.networks] if states is None else states
    entered = candidates(given.networks, states, given.learning_rates)
    samples = Samples(given.X, given.y, given.weights)
    task = Task(given.networks[0], loss, optimizer, regularization)
    losses = engine.race(task, entered, samples, given.rows, batch_size, factors(len(given.rows), batch_size), seed=5)
    assert losses.dtype == np.float64
    return losses, states


def check(engine: Engine, given: Field, again: Field, tolerance: dict[str, float] = EXACT, **options: Any) -> None:
    """The race gives the losses, parameters and memory of the reference engine's descents, one after another."""
    losses, states = race(engine, given, **options)
    loss, optimizer = options.get("loss", CROSS_ENTROPY), options.get("optimizer", SGD())
    batch_size = options.get("batch_size", 1)
    for k, network in enumerate(again.networks):
        state = optimizer.init(network.theta)
        rates = again.learning_rates[k] * factors(len(again.rows), batch_size)
        task = Task(network, loss, optimizer, options.get("regularization", UNREGULARIZED))
        samples = Samples(again.X, again.y, again.weights)
        expected = ReferenceEngine().descend(task, state, samples, again.rows, batch_size, rates, seed=5)
        np.testing.assert_allclose(losses[k], expected, **tolerance)
        np.testing.assert_allclose(given.networks[k].theta, network.theta, **tolerance)
        assert states[k].pop("step") == state.pop("step") == len(expected)
        assert states[k].keys() == state.keys()
        for name, memory in state.items():
            np.testing.assert_allclose(states[k][name], memory, **tolerance)


OPTIMIZERS = [
    SGD(), SGD(0.9), SGD(weight_decay=0.02), Nesterov(0.8, 0.01), AdaGrad(weight_decay=0.01), RMSProp(0.9, 1e-6, 0.01),
    Adam(weight_decay=0.01), AdamW(0.8, 0.99, weight_decay=0.1),
]  # fmt: skip


@pytest.mark.parametrize("batch_size", [1, 7])
@pytest.mark.parametrize("layout", [NUMBERS, TABLE], ids=["numbers", "categories"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
def test_every_optimizer(engine: Engine, optimizer: Optimizer, layout: InputLayout, batch_size: int) -> None:
    options = {"hidden": (5, 4), "activation": "tanh", "layout": layout}
    check(engine, field(5, **options), field(5, **options), optimizer=optimizer, batch_size=batch_size)


@pytest.mark.parametrize("batch_size", [1, 7])
@pytest.mark.parametrize("activation", [name for name in ACTIVATIONS if name != "softmax"])
def test_every_activation(engine: Engine, activation: str, batch_size: int) -> None:
    """In hidden layers, and in the output, whose activations the loss takes."""
    options = {"hidden": (6, 5), "activation": activation, "output": activation, "outputs": 2, "fastest": 0.02}
    loss = LOSSES["mean_squared_error"]
    check(engine, field(3, **options), field(3, **options), loss=loss, batch_size=batch_size)


@pytest.mark.parametrize("batch_size", [1, 20])
@pytest.mark.parametrize(
    ("loss", "output"),
    [
        (cross_entropy("sigmoid", label_smoothing=0.1), "sigmoid"),
        (cross_entropy("softmax", label_smoothing=0.2), "softmax"),
        (cross_entropy("softmax"), "softmax"),
        (huber(delta=0.7), "identity"),
        (quantile(tau=0.8), "identity"),
        (LOSSES["mean_absolute_error"], "tanh"),
        (LOSSES["poisson"], "identity"),
    ],
    ids=str,
)
def test_every_loss(engine: Engine, loss: Loss, output: str, batch_size: int) -> None:
    options = {"output": output, "outputs": 3, "weighted": True, "activation": "tanh"}
    check(engine, field(4, **options), field(4, **options), loss=loss, batch_size=batch_size)


@pytest.mark.parametrize("batch_size", [1, 2, 15, 16, 17, 48, 61, 200])
@pytest.mark.parametrize("optimizer", [SGD(), Adam()], ids=repr)
def test_every_size_of_batch(engine: Engine, optimizer: Optimizer, batch_size: int) -> None:
    options = {"layout": TABLE, "weighted": True, "epochs": 3}
    check(engine, field(3, **options), field(3, **options), optimizer=optimizer, batch_size=batch_size)


@pytest.mark.parametrize("count", [1, 2, 15, 16, 17, 64])
@pytest.mark.parametrize("batch_size", [1, 10])
def test_any_number_of_models(engine: Engine, count: int, batch_size: int) -> None:
    check(engine, field(count, epochs=1), field(count, epochs=1), batch_size=batch_size)


@pytest.mark.parametrize("batch_size", [1, 12])
@pytest.mark.parametrize("hidden", [(), (1,), (15, 16, 17), (3,) * 12, (100, 90)], ids=str)
def test_every_shape(engine: Engine, hidden: tuple[int, ...], batch_size: int) -> None:
    """The widest does not fit the lanes."""
    options = {"hidden": hidden, "layout": TABLE}
    check(engine, field(3, **options), field(3, **options), batch_size=batch_size)


def test_categories_alone(engine: Engine) -> None:
    layout = InputLayout((), TABLE.categories)
    given, again = ([Network(layout, (4,), dtype="float64", seed=k) for k in range(3)] for _ in range(2))
    base = field(3, layout=TABLE)
    X = Inputs(np.empty((ROWS, 0)), base.X.codes)
    check(engine, base._replace(networks=given, X=X), base._replace(networks=again, X=X), batch_size=3)


@pytest.mark.parametrize("rule", [Regularization(0.01, 0.02), Regularization(max_norm=0.05)], ids=repr)
def test_penalties_and_clipping(engine: Engine, rule: Regularization) -> None:
    options = {"layout": TABLE}
    check(engine, field(3, **options), field(3, **options), regularization=rule, batch_size=4)


@pytest.mark.parametrize("instruction_set", native.instruction_sets())
@pytest.mark.parametrize("optimizer", [SGD(), SGD(0.9), RMSProp(), Adam()], ids=repr)
@pytest.mark.parametrize("batch_size", [1, 20])
def test_every_instruction_set(instruction_set: str, optimizer: Optimizer, batch_size: int) -> None:
    engine = native.NativeEngine(2, instruction_set)
    options = {"layout": TABLE, "hidden": (9,), "activation": "tanh", "epochs": 1, "fastest": 0.01}
    check(engine, field(33, **options), field(33, **options), optimizer=optimizer, batch_size=batch_size)
    single = {"rtol": 1e-3, "atol": 1e-4}
    options["dtype"] = "float32"
    check(engine, field(33, **options), field(33, **options), single, optimizer=optimizer, batch_size=batch_size)


def test_a_race_may_be_cut_anywhere(engine: Engine) -> None:
    whole, parts = field(5), field(5)
    adam, batches = Adam(), factors(len(whole.rows), 4)
    losses, states = race(engine, whole, optimizer=adam, batch_size=4)
    pieces = [adam.init(network.theta) for network in parts.networks]
    entered, samples = candidates(parts.networks, pieces, parts.learning_rates), Samples(parts.X, parts.y)
    task = Task(parts.networks[0], CROSS_ENTROPY, adam)
    found = [
        engine.race(task, entered, samples, parts.rows[steps.start * 4 : steps.stop * 4], 4, batches[steps])
        for steps in (slice(0, 11), slice(11, len(batches)))
    ]
    np.testing.assert_array_equal(np.concatenate(found, axis=1), losses)
    for k in range(5):
        assert parts.networks[k].theta.tobytes() == whole.networks[k].theta.tobytes()
        assert pieces[k]["step"] == states[k]["step"]


def test_models_that_have_not_taken_the_same_number_of_steps(engine: Engine) -> None:
    """Adam undoes the bias of its moments by the number of the step, each model by its own."""
    given, again, adam = field(3), field(3), Adam()
    states = [{**adam.init(network.theta), "step": 10 * k} for k, network in enumerate(given.networks)]
    losses, _ = race(engine, given, optimizer=adam, batch_size=6, states=states)
    for k, network in enumerate(again.networks):
        state, rates = {**adam.init(network.theta), "step": 10 * k}, again.learning_rates[k] * factors(2 * ROWS, 6)
        ReferenceEngine().descend(
            Task(network, CROSS_ENTROPY, adam), state, Samples(again.X, again.y), again.rows, 6, rates
        )
        np.testing.assert_allclose(given.networks[k].theta, network.theta, **EXACT)
    assert [state["step"] for state in states] == [losses.shape[1] + 10 * k for k in range(3)]


@pytest.mark.parametrize("batch_size", [1, 8, 24])
@pytest.mark.parametrize("hidden", [(8,), (100, 90)], ids=str)
@pytest.mark.parametrize("optimizer", [SGD(), SGD(0.9), AdamW(weight_decay=0.1)], ids=repr)
def test_a_model_that_diverges_is_reported_and_disturbs_nobody(
    engine: Engine, optimizer: Optimizer, hidden: tuple[int, ...], batch_size: int
) -> None:
    options = {"hidden": hidden, "output": "identity", "epochs": 3, "dtype": "float32"}
    loss = LOSSES["mean_squared_error"]
    calm, wild = field(17, **options), field(17, **options)
    wild.learning_rates[6] = 1e6
    expected, _ = race(engine, calm, loss, optimizer, batch_size)
    losses, states = race(engine, wild, loss, optimizer, batch_size)
    others = [k for k in range(17) if k != 6]
    np.testing.assert_array_equal(losses[others], expected[others])
    for k in others:
        assert wild.networks[k].theta.tobytes() == calm.networks[k].theta.tobytes()

    taken = states[6]["step"]
    assert 0 < taken < losses.shape[1]
    assert np.isfinite(losses[6, :taken]).all()
    assert not np.isfinite(losses[6, taken])
    assert np.isnan(losses[6, taken + 1 :]).all()
    # What it was before the step that it did not take.
    left = field(17, **options)
    first = left._replace(networks=left.networks[6:7], learning_rates=np.asarray([1e6]))
    state = optimizer.init(first.networks[0].theta)
    with np.errstate(all="ignore"):
        rates = 1e6 * factors(len(first.rows), batch_size)[:taken]
        task, samples = Task(first.networks[0], loss, optimizer), Samples(first.X, first.y)
        engine.descend(task, state, samples, first.rows[: taken * batch_size], batch_size, rates)
    np.testing.assert_allclose(wild.networks[6].theta, first.networks[0].theta, rtol=1e-3)
    for name, memory in state.items():
        np.testing.assert_allclose(states[6][name], memory, rtol=1e-3)


def test_a_race_that_all_have_lost_costs_nothing_more() -> None:
    engine = choose_engine("native")

    def seconds(learning_rate: float) -> float:
        """The least of three, since the machine may be busy."""
        times = []
        for _ in range(3):
            given = field(64, (40, 40), output="identity", dtype="float32", epochs=20)
            given.learning_rates[:] = learning_rate
            began = perf_counter()
            losses, _ = race(engine, given, LOSSES["mean_squared_error"], Adam())
            times.append(perf_counter() - began)
            assert np.isfinite(losses[:, -1]).all() == (learning_rate < 1)
        return min(times)

    assert seconds(1e30) < seconds(1e-3) / 10


@pytest.mark.parametrize("batch_size", [1, 10])
@pytest.mark.parametrize("hidden", [(8,), (20, 20)], ids=str)
def test_the_number_of_threads_changes_no_bit(hidden: tuple[int, ...], batch_size: int) -> None:
    ends = set()
    for threads in (1, 2, 4):
        given = field(70, hidden, dtype="float32", epochs=20)
        losses, _ = race(native.NativeEngine(threads), given, batch_size=batch_size)
        ends.add(b"".join(array.tobytes() for array in (losses, *(network.theta for network in given.networks))))
    assert len(ends) == 1


def test_what_becomes_of_a_model_depends_on_no_other(engine: Engine) -> None:
    together, alone = field(40, dtype="float32"), field(40, dtype="float32")
    losses, _ = race(engine, together)
    by_itself, _ = race(
        engine, alone._replace(networks=alone.networks[33:34], learning_rates=alone.learning_rates[33:34])
    )
    np.testing.assert_array_equal(by_itself[0], losses[33])
    assert alone.networks[33].theta.tobytes() == together.networks[33].theta.tobytes()
