"""Per-example descent has a path of its own in the kernels: the same steps as the textbook, for every shape."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from wade.engines import Engine, ReferenceEngine, Task, native
from wade.maths.activations import ACTIVATIONS
from wade.maths.losses import LOSSES, Loss, choose_loss, cross_entropy, huber, quantile
from wade.maths.optimizers import SGD, AdaGrad, Adam, AdamW, Nesterov, Optimizer, RMSProp
from wade.maths.regularizers import UNREGULARIZED, Regularization
from wade.network import Network
from wade.types import Category, InputLayout, Inputs, Samples

ROWS = 40
CROSS_ENTROPY = choose_loss("cross_entropy", "sigmoid")
EXACT = {"rtol": 1e-10, "atol": 1e-10}


@dataclass(frozen=True)
class Setting:
    """A network, what it learns from, and how."""

    numbers: int = 3
    sizes: tuple[int, ...] = ()
    hidden: tuple[int, ...] = (6, 5)
    outputs: int = 1
    activation: str = "relu"
    output: str = "sigmoid"
    loss: Loss = CROSS_ENTROPY
    optimizer: Optimizer = field(default_factory=SGD)
    rule: Regularization = UNREGULARIZED
    weighted: bool = False
    steps: int = 100
    learning_rate: float = 0.02

    def after_descent(self, engine: Engine, dtype: str = "float64") -> list[np.ndarray]:
        """The losses, θ and the optimizer state."""
        draw = np.random.RandomState(11)
        layout = InputLayout(
            tuple(f"x{index}" for index in range(self.numbers)),
            tuple(Category(f"c{index}", size) for index, size in enumerate(self.sizes)),
        )
        network = Network(layout, self.hidden, self.outputs, self.activation, self.output, dtype=dtype)
        network.theta = draw.uniform(-0.5, 0.5, network.n_parameters).astype(dtype)
        codes = np.empty((ROWS, len(self.sizes)), np.int32)
        for column, size in enumerate(self.sizes):
            codes[:, column] = draw.randint(0, size, ROWS)
        X = network.as_inputs(Inputs(draw.uniform(-2, 2, (ROWS, self.numbers)), codes))
        y: Any = draw.randint(0, 2, (ROWS, self.outputs)).astype(dtype)
        if self.output == "softmax" and self.loss.name == "softmax_cross_entropy":
            y = draw.randint(0, self.outputs, ROWS).astype(np.int32)
        weights = draw.randint(0, 3, ROWS).astype(dtype) if self.weighted else None
        rows, rates = draw.randint(0, ROWS, self.steps), self.learning_rate * np.linspace(1, 0.5, self.steps)
        state = self.optimizer.init(network.theta)
        losses = engine.descend(
            Task(network, self.loss, self.optimizer, self.rule), state, Samples(X, y, weights), rows, 1, rates
        )
        return [losses, network.theta, *(state[name] for name in sorted(state) if name != "step")]


@pytest.fixture(params=native.instruction_sets())
def kernels(request: pytest.FixtureRequest) -> native.NativeEngine:
    return native.NativeEngine(threads=1, instruction_set=request.param)


@cache
def by_the_textbook(setting: Setting) -> list[np.ndarray]:
    return setting.after_descent(ReferenceEngine())


def assert_like_the_reference(setting: Setting, kernels: native.NativeEngine) -> None:
    for ours, wanted in zip(setting.after_descent(kernels), by_the_textbook(setting), strict=True):
        np.testing.assert_allclose(ours, wanted, **EXACT)


WIDTHS = (1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 65)
SHAPES = {
    **{f"{width} neurons": Setting(hidden=(width,)) for width in WIDTHS},
    **{f"{width} to 16": Setting(hidden=(width, 16)) for width in WIDTHS},
    **{f"16 to {width}": Setting(hidden=(16, width)) for width in WIDTHS},
    **{f"{width} outputs": Setting(outputs=width) for width in WIDTHS},
    **{f"{width} inputs": Setting(numbers=width) for width in WIDTHS},
    "no hidden layer": Setting(hidden=()),
    "no hidden layer, many outputs": Setting(hidden=(), outputs=17),
    "no hidden layer, only categories": Setting(numbers=0, sizes=(3, 7), hidden=()),
    "only categories": Setting(numbers=0, sizes=(3, 7)),
    "categories": Setting(sizes=(1, 40), hidden=(17, 9)),
    "deep": Setting(hidden=(7, 8, 9, 15, 16, 17, 33, 3), activation="tanh"),
    "differing activations": Setting(hidden=(9, 8, 7), activation="tanh,relu,softplus", sizes=(4,)),
    "wide": Setting(hidden=(200, 300), steps=20, learning_rate=0.001),
    "weights, some of them 0": Setting(weighted=True, sizes=(4,)),
    "classes": Setting(outputs=5, output="softmax", loss=choose_loss("cross_entropy", "softmax")),
    "one step": Setting(steps=1),
    "a long way": Setting(steps=2000, activation="tanh", sizes=(6,), hidden=(9, 17)),
}


@pytest.mark.parametrize("setting", SHAPES.values(), ids=SHAPES.keys())
def test_every_shape_descends_like_the_reference(kernels: native.NativeEngine, setting: Setting) -> None:
    assert_like_the_reference(setting, kernels)


@pytest.mark.parametrize("setting", SHAPES.values(), ids=SHAPES.keys())
def test_single_precision_stays_near_double(kernels: native.NativeEngine, setting: Setting) -> None:
    single = setting.after_descent(kernels, "float32")
    assert single[1].dtype == np.float32
    for ours, wanted in zip(single, by_the_textbook(setting), strict=True):
        np.testing.assert_allclose(ours, wanted, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize(
    "rule", [UNREGULARIZED, Regularization(0.01, 0.02), Regularization(max_norm=0.05), Regularization(0.01, 0.02, 0.05)]
)
@pytest.mark.parametrize(
    "optimizer",
    [SGD(), SGD(weight_decay=0.1), SGD(0.9, 0.01), Nesterov(0.8, 0.01), AdaGrad(weight_decay=0.01),
     RMSProp(0.9, 1e-6, 0.01), Adam(weight_decay=0.01, epsilon=1e-4), AdamW(0.8, 0.99, epsilon=1e-4)],
    ids=repr,
)  # fmt: skip
def test_every_optimizer_with_and_without_penalties_and_clipping(
    kernels: native.NativeEngine, optimizer: Optimizer, rule: Regularization
) -> None:
    shape = Setting(sizes=(3, 5), hidden=(17, 5), activation="tanh", weighted=True, steps=50)
    assert_like_the_reference(replace(shape, optimizer=optimizer, rule=rule), kernels)


SPOKEN = [
    CROSS_ENTROPY,
    cross_entropy("sigmoid", label_smoothing=0.1),
    cross_entropy("softmax", label_smoothing=0.2),
    huber(delta=0.7),
    quantile(tau=0.8),
    *(LOSSES[name] for name in ("mean_squared_error", "mean_absolute_error", "poisson")),
]


@pytest.mark.parametrize("activation", [name for name in ACTIVATIONS if name != "softmax"])
@pytest.mark.parametrize("loss", SPOKEN, ids=lambda loss: f"{loss.name}{loss.constants or ''}")
def test_every_activation_under_every_loss(kernels: native.NativeEngine, activation: str, loss: Loss) -> None:
    fixed = {"sigmoid_cross_entropy": "sigmoid", "softmax_cross_entropy": "softmax", "poisson": "identity"}
    setting = Setting(
        hidden=(9, 17),
        outputs=3,
        activation=activation,
        output=fixed.get(loss.name, activation),
        loss=loss,
        steps=20,
        learning_rate=0.005,
    )
    assert_like_the_reference(setting, kernels)


@pytest.mark.parametrize("activation", ["relu", "tanh", "identity", "softplus"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_network_that_diverges_shows_it(kernels: native.NativeEngine, activation: str, dtype: str) -> None:
    setting = Setting(
        hidden=(17, 9),
        activation=activation,
        output="identity",
        loss=LOSSES["mean_squared_error"],
        learning_rate=1e30,
        steps=60,
    )
    with np.errstate(all="ignore"):
        losses, theta = setting.after_descent(kernels, dtype)
    assert not np.isfinite(losses[-1])
    assert not np.isfinite(theta).all()


def test_the_number_of_threads_changes_no_bit() -> None:
    """The last one is large enough for two threads in the general path."""
    for setting in (Setting(sizes=(4,)), Setting(hidden=(600, 600), steps=3)):
        ends = {
            b"".join(array.tobytes() for array in setting.after_descent(native.NativeEngine(threads), "float32"))
            for threads in (1, 2, 4)
        }
        assert len(ends) == 1
