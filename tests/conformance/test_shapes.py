"""Every engine on the shapes that break engines: no hidden layer, one neuron, one more than a vector, one row, none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from wade.engines import Engine, ReferenceEngine, Task
from wade.maths.losses import choose_loss
from wade.maths.optimizers import SGD, Adam, AdamW
from wade.network import Network
from wade.types import Category, InputLayout, Inputs, Piecewise, Samples


@dataclass(frozen=True)
class Shape:
    """A network and how many rows it sees."""

    numbers: int = 5
    sizes: tuple[int, ...] = ()
    hidden: tuple[int, ...] = (6,)
    outputs: int = 1
    activation: str = "relu"
    output: str = "sigmoid"
    rows: int = 9
    batch_size: int = 4
    bins: tuple[int, ...] = ()
    members: int = 1
    dropout: float = 0.0

    def problem(self, dtype: str = "float64") -> tuple[Network, Inputs, Any, Any]:
        draw = np.random.RandomState(7)
        layout = InputLayout(
            tuple(f"x{index}" for index in range(self.numbers)),
            tuple(Category(f"c{index}", size) for index, size in enumerate(self.sizes)),
            tuple(Piecewise(f"p{index}", bins) for index, bins in enumerate(self.bins)),
        )
        network = Network(
            layout, self.hidden, self.outputs, self.activation, self.output, self.dropout, self.members, dtype, seed=5
        )
        network.theta += draw.uniform(-0.1, 0.1, network.n_parameters).astype(dtype)
        codes = np.empty((self.rows, len(self.sizes)), np.int32)
        for column, size in enumerate(self.sizes):
            codes[:, column] = draw.randint(0, size, self.rows)
        numbers = draw.uniform(-2, 2, (self.rows, self.numbers))
        X = network.as_inputs(Inputs(numbers, codes, self._positions(draw)))
        if self.output == "softmax":
            return (
                network,
                X,
                draw.randint(0, self.outputs, self.rows).astype(np.int32),
                choose_loss("cross_entropy", "softmax"),
            )
        y = draw.randint(0, 2, (self.rows, self.outputs)).astype(dtype)
        return network, X, y, choose_loss("cross_entropy", "sigmoid")

    def _positions(self, draw: np.random.RandomState) -> np.ndarray:
        """Anywhere among the bins, and now and then on an edge, the outer two among them."""
        bins = np.asarray(self.bins, dtype=float)
        positions = draw.uniform(0, 1, (self.rows, len(self.bins))) * bins
        return np.where(draw.uniform(0, 1, positions.shape) < 0.4, positions.round(), positions)


WIDTHS = (1, 2, 3, 15, 16, 17, 31, 33, 65)

SHAPES = {
    "no hidden layer": Shape(hidden=()),
    "no hidden layer, one input": Shape(numbers=1, hidden=()),
    "no hidden layer, only categories": Shape(numbers=0, sizes=(3, 4), hidden=()),
    **{f"width {width}": Shape(hidden=(width, width), rows=37, batch_size=16) for width in WIDTHS},
    "unequal widths": Shape(hidden=(1, 17, 2, 33, 3)),
    "12 layers": Shape(hidden=(8,) * 12, activation="tanh"),
    "one row": Shape(rows=1, batch_size=1),
    "one row, big batch": Shape(rows=1, batch_size=256),
    "batches of 1": Shape(rows=11, batch_size=1, hidden=(17, 5)),
    "batches of 1, categories": Shape(sizes=(3, 9), rows=11, batch_size=1, hidden=(16, 16)),
    "batches of 1, only categories": Shape(numbers=0, sizes=(3, 9), rows=11, batch_size=1),
    "batches of 1, classes": Shape(outputs=5, output="softmax", rows=11, batch_size=1),
    "batches of 1, no hidden layer": Shape(hidden=(), rows=11, batch_size=1),
    "a last batch of one row": Shape(rows=33, batch_size=16),
    "rows one short of the batch": Shape(rows=31, batch_size=32),
    "many rows": Shape(rows=1025, batch_size=512, hidden=(20, 20)),
    "only categories": Shape(numbers=0, sizes=(4, 3)),
    "categories of one code": Shape(sizes=(1, 1)),
    "many codes": Shape(numbers=1, sizes=(5000, 300), hidden=(8,), rows=64, batch_size=16),
    "many categories": Shape(numbers=2, sizes=(3,) * 40),
    "multiclass": Shape(outputs=100, output="softmax", rows=40, batch_size=16),
    "binary": Shape(outputs=2, output="softmax"),
    "many answers": Shape(outputs=17, rows=20),
    "many inputs": Shape(numbers=257, hidden=(7,)),
    "piecewise-linear numbers": Shape(bins=(4, 7), hidden=(17, 5), rows=37, batch_size=16),
    "only piecewise-linear numbers": Shape(numbers=0, bins=(3, 5), hidden=()),
    "one bin": Shape(numbers=0, bins=(1,), rows=20),
    "many bins": Shape(numbers=1, bins=(500, 48), hidden=(33,), rows=64, batch_size=16),
    "batches of 1, bins": Shape(sizes=(3,), bins=(4,), rows=11, batch_size=1),
    "members": Shape(members=3, hidden=(17, 5), rows=37, batch_size=16),
    "members of every column": Shape(members=4, sizes=(3, 4), bins=(5,), hidden=(20, 33), rows=37, batch_size=16),
    "members without numbers": Shape(members=2, numbers=0, sizes=(3,), bins=(4, 1), rows=21),
    "members, no hidden layer": Shape(members=5, sizes=(3,), bins=(2,), hidden=()),
    "members, classes": Shape(members=3, outputs=5, output="softmax", rows=20),
    "members, batches of 1": Shape(members=3, sizes=(3,), bins=(4,), rows=11, batch_size=1),
    "members, one row": Shape(members=32, bins=(4,), rows=1, batch_size=1),
    "more members than rows at once": Shape(members=101, bins=(4,), rows=5, batch_size=3),
    "members, many rows": Shape(members=8, bins=(4,), hidden=(70, 30), rows=331, batch_size=128),
    "dropout": Shape(dropout=0.3, hidden=(17, 5), rows=37, batch_size=16),
    "dropout, wide": Shape(dropout=0.1, hidden=(513, 64), rows=20, batch_size=7),
    "dropout, narrow": Shape(dropout=0.5, hidden=(1, 8, 9), rows=100, batch_size=64),
    "dropout, nothing left": Shape(dropout=0.99999, hidden=(6, 6)),
    "dropout, no hidden layer": Shape(dropout=0.5, hidden=()),
    "dropout, tanh": Shape(dropout=0.3, activation="tanh", hidden=(17, 5), rows=37, batch_size=16),
    "dropout, gelu": Shape(dropout=0.3, activation="gelu", hidden=(17, 5), rows=37, batch_size=16),
    "dropout, identity": Shape(dropout=0.3, activation="identity", hidden=(17, 5), rows=37, batch_size=16),
    "dropout, batches of 1": Shape(dropout=0.3, bins=(3,), rows=11, batch_size=1),
    "dropout for members": Shape(dropout=0.2, members=3, hidden=(17, 5), rows=37, batch_size=16),
    "all at once": Shape(dropout=0.2, members=4, sizes=(3,), bins=(5, 2), hidden=(33, 20), rows=37, batch_size=16),
    "all at once, silu": Shape(dropout=0.2, members=4, sizes=(3,), bins=(5,), activation="silu", rows=37),
    "all at once, batches of 1": Shape(dropout=0.2, members=4, sizes=(3,), bins=(5,), rows=11, batch_size=1),
}  # fmt: skip

every_shape = pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())


@every_shape
def test_the_gradient_is_the_slope_of_the_loss(engine: Engine, shape: Shape) -> None:
    """Along a random direction v: ∂J/∂θ · v = (J(θ + hv) − J(θ − hv)) / 2h."""
    network, X, y, loss = replace(shape, activation="tanh").problem()
    direction, h = np.random.RandomState(3).uniform(-1, 1, network.n_parameters), 1e-6
    _, gradient = engine.loss_and_gradient(network, X, y, loss)
    theta = network.theta.copy()
    network.theta = theta + h * direction
    above, _ = engine.loss_and_gradient(network, X, y, loss)
    network.theta = theta - h * direction
    below, _ = engine.loss_and_gradient(network, X, y, loss)
    np.testing.assert_allclose(gradient @ direction, (above - below) / (2 * h), rtol=1e-5, atol=1e-8)


@every_shape
def test_agrees_with_the_reference(other_engine: Engine, shape: Shape) -> None:
    network, X, y, loss = shape.problem()
    expected = ReferenceEngine()
    for ours, theirs in zip(other_engine.forward(network, X), expected.forward(network, X), strict=True):
        for values, wanted in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(values, wanted, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(other_engine.predict(network, X), expected.predict(network, X), rtol=1e-10, atol=1e-12)
    J, gradient = other_engine.loss_and_gradient(network, X, y, loss)
    J_wanted, gradient_wanted = expected.loss_and_gradient(network, X, y, loss)
    np.testing.assert_allclose(J, J_wanted, rtol=1e-10)
    np.testing.assert_allclose(gradient, gradient_wanted, rtol=1e-10, atol=1e-12)


@every_shape
def test_descends_like_the_reference(other_engine: Engine, shape: Shape) -> None:
    for optimizer in (SGD(), SGD(momentum=0.9, weight_decay=0.01), Adam(epsilon=1e-4), AdamW(epsilon=1e-4)):
        ends = []
        for engine in (other_engine, ReferenceEngine()):
            network, X, y, loss = shape.problem()
            rows = np.random.RandomState(1).permutation(shape.rows).astype(np.int64)
            state = optimizer.init(network.theta)
            rates = np.full(-(-shape.rows // shape.batch_size), 0.05)
            losses = engine.descend(
                Task(network, loss, optimizer), state, Samples(X, y), rows, shape.batch_size, rates, seed=2**40 + 9
            )
            ends.append((losses, network.theta, *(state[name] for name in sorted(state))))
        for ours, wanted in zip(*ends, strict=True):
            np.testing.assert_allclose(ours, wanted, rtol=1e-10, atol=1e-10, err_msg=str(optimizer))


@every_shape
def test_single_precision(engine: Engine, shape: Shape) -> None:
    single, X_single, y_single, loss = shape.problem("float32")
    double, X, y, _ = shape.problem()
    double.theta = single.theta
    X = double.as_inputs(X_single)
    J, gradient = engine.loss_and_gradient(single, X_single, y_single, loss)
    J_wanted, wanted = ReferenceEngine().loss_and_gradient(double, X, y, loss)
    np.testing.assert_allclose(J, J_wanted, rtol=1e-5)
    np.testing.assert_allclose(gradient, wanted, rtol=1e-5, atol=1e-5 * abs(wanted).max())


@every_shape
def test_no_rows(engine: Engine, shape: Shape) -> None:
    network, X, _, _ = shape.problem()
    nothing = X[:0]
    assert engine.predict(network, nothing).shape == (0, shape.outputs)
    Zs, As = engine.forward(network, nothing)
    assert [Z.shape for Z in Zs] == [A.shape for A in As] == [(0, layer.n_out) for layer in network.layers]


def test_no_rows_no_steps(engine: Engine) -> None:
    network, X, y, loss = Shape().problem()
    before, state = network.theta.copy(), SGD().init(network.theta)
    losses = engine.descend(Task(network, loss, SGD()), state, Samples(X, y), np.empty(0, np.int64), 4, np.empty(0))
    assert losses.shape == (0,)
    assert state == {"step": 0}
    np.testing.assert_array_equal(network.theta, before)
