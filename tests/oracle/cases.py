"""The cases that every engine runs and that PyTorch has run: one list for the recording and for the conformance suite.

All numbers come from NumPy's `RandomState`, whose streams are frozen for good, and from no initialiser of wade's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np

from wade.maths.losses import Loss, choose_loss
from wade.maths.optimizers import SGD, Adam, AdamW, Optimizer
from wade.maths.schedules import choose_schedule
from wade.network import Network
from wade.types import Array, Category, Floats, InputLayout, Inputs, Rows

FOLDER = Path(__file__).parent
STEPS = 100


@dataclass(frozen=True)
class Case:
    """A network, a loss, an optimiser and a way of cutting rows into batches."""

    name: str
    numbers: int
    sizes: tuple[int, ...] = ()
    hidden: tuple[int, ...] = ()
    outputs: int = 1
    activation: str = "relu"
    output: str = "sigmoid"
    loss: str = "cross_entropy"
    optimizer: Optimizer = field(default_factory=SGD)
    learning_rate: float = 0.05
    schedule: str = "constant"
    rows: int = 13
    batch_size: int = 4
    weighted: bool = False

    @property
    def has_classes(self) -> bool:
        """Whether the targets are class codes."""
        return (self.loss, self.output) == ("cross_entropy", "softmax")

    @property
    def recorded(self) -> Path:
        """Where PyTorch's results are."""
        return FOLDER / f"{self.name}.npz"


@dataclass(frozen=True)
class Problem:
    """A case with its numbers."""

    network: Network
    X: Inputs
    y: Array
    loss: Loss
    weights: Floats | None
    stretches: tuple[Rows, ...]
    learning_rates: Floats

    def stretch_rates(self, batch_size: int) -> Iterator[tuple[Rows, Floats]]:
        """Each stretch of rows with its learning rates."""
        start = 0
        for rows in self.stretches:
            steps = -(-len(rows) // batch_size)
            yield rows, self.learning_rates[start : start + steps]
            start += steps


CASES = (
    Case("perceptron", numbers=4, learning_rate=0.1, rows=20, batch_size=1),
    Case("flight_delay", numbers=2, hidden=(3,), optimizer=SGD(momentum=0.9)),
    Case(
        "regression_tanh",
        numbers=3,
        hidden=(5, 4),
        activation="tanh",
        output="identity",
        loss="mean_squared_error",
        optimizer=Adam(),
        learning_rate=0.01,
        schedule="cosine",
    ),
    Case("sigmoids_decaying", numbers=3, hidden=(4,), activation="sigmoid", optimizer=SGD(weight_decay=0.1)),
    Case("categories", numbers=2, sizes=(3, 5), hidden=(6,), optimizer=Adam(), learning_rate=0.01, rows=30),
    Case(
        "categories_weighted",
        numbers=2,
        sizes=(4,),
        hidden=(5, 3),
        activation="tanh",
        optimizer=AdamW(weight_decay=0.1),
        learning_rate=0.02,
        schedule="cosine",
        rows=17,
        batch_size=8,
        weighted=True,
    ),
    Case("classes", numbers=4, hidden=(6,), outputs=3, output="softmax", optimizer=Adam(), learning_rate=0.01, rows=25),
    Case(
        "classes_categories_weighted",
        numbers=1,
        sizes=(3, 2),
        hidden=(4, 4),
        outputs=4,
        activation="sigmoid",
        output="softmax",
        optimizer=AdamW(beta1=0.8, beta2=0.95),
        learning_rate=0.05,
        rows=22,
        batch_size=7,
        weighted=True,
    ),
    Case(
        "classes_squared",
        numbers=3,
        hidden=(4,),
        outputs=3,
        activation="tanh",
        output="softmax",
        loss="mean_squared_error",
        optimizer=SGD(momentum=0.5, weight_decay=0.01),
        learning_rate=0.3,
    ),
    Case("many_answers", numbers=3, hidden=(5,), outputs=3, optimizer=SGD(momentum=0.9), schedule="cosine"),
    Case(
        "many_targets_weighted",
        numbers=3,
        sizes=(3,),
        hidden=(5,),
        outputs=4,
        output="identity",
        loss="mean_squared_error",
        optimizer=Adam(),
        learning_rate=0.02,
        weighted=True,
    ),
    Case(
        "relu_output",
        numbers=3,
        hidden=(6,),
        activation="tanh",
        output="relu",
        loss="mean_squared_error",
        optimizer=SGD(),
        schedule="cosine",
    ),
    Case(
        "tanh_output",
        numbers=2,
        hidden=(4, 3),
        outputs=2,
        output="tanh",
        loss="mean_squared_error",
        optimizer=Adam(weight_decay=0.05, epsilon=1e-3),
        learning_rate=0.02,
    ),
    Case(
        "sigmoid_squared",
        numbers=2,
        hidden=(4,),
        activation="sigmoid",
        loss="mean_squared_error",
        learning_rate=0.5,
        rows=12,
        batch_size=12,
    ),
    Case("only_categories", numbers=0, sizes=(4, 6), hidden=(5,), optimizer=AdamW(), learning_rate=0.01, rows=26),
    Case(
        "deep",
        numbers=3,
        hidden=(4, 5, 4, 5, 4),
        activation="tanh",
        optimizer=Adam(),
        learning_rate=0.01,
        rows=40,
        batch_size=16,
    ),
    Case(
        "one_by_one_weighted",
        numbers=2,
        sizes=(3,),
        hidden=(4,),
        optimizer=Adam(),
        learning_rate=0.01,
        rows=20,
        batch_size=1,
        weighted=True,
    ),
    Case(
        "one_by_one_momentum",
        numbers=3,
        hidden=(6, 5),
        optimizer=SGD(momentum=0.9, weight_decay=0.01),
        learning_rate=0.01,
        schedule="cosine",
        rows=20,
        batch_size=1,
    ),
    Case(
        "one_by_one_classes",
        numbers=3,
        hidden=(5,),
        outputs=3,
        activation="tanh",
        output="softmax",
        learning_rate=0.1,
        rows=20,
        batch_size=1,
    ),
    Case("widths_of_a_vector", numbers=3, hidden=(17, 16, 15), optimizer=SGD(momentum=0.9), rows=33, batch_size=16),
    Case(
        "straight_lines",
        numbers=3,
        hidden=(4, 4),
        activation="identity",
        output="identity",
        loss="mean_squared_error",
        optimizer=AdamW(),
        learning_rate=0.02,
        schedule="cosine",
        rows=19,
        batch_size=19,
    ),
)


def problem_of(case: Case, dtype: str = "float64") -> Problem:
    """The case's numbers, the same on every machine; float32 ones are the float64 ones, rounded."""
    draw = np.random.RandomState(crc32(case.name.encode()))
    layout = InputLayout(
        tuple(f"x{index}" for index in range(case.numbers)),
        tuple(Category(f"c{index}", size) for index, size in enumerate(case.sizes)),
    )
    network = Network(layout, case.hidden, case.outputs, case.activation, case.output, dtype)
    network.theta = draw.uniform(-0.7, 0.7, network.n_parameters)
    numbers = draw.uniform(-2, 2, (case.rows, case.numbers))
    codes = np.stack([np.zeros(case.rows, int), *(draw.randint(0, size, case.rows) for size in case.sizes)], axis=1)[
        :, 1:
    ]
    y = _targets(case, draw)
    weights = draw.uniform(0.2, 3, case.rows) if case.weighted else None
    return Problem(
        network=network,
        X=network.as_inputs(Inputs(numbers, codes.astype(np.int32))),
        y=y if case.has_classes else y.astype(dtype),
        loss=choose_loss(case.loss, case.output),
        weights=None if weights is None else weights.astype(dtype),
        stretches=tuple(_stretches(case, draw)),
        learning_rates=case.learning_rate * choose_schedule(case.schedule)(np.arange(STEPS) / STEPS),
    )


def _targets(case: Case, draw: np.random.RandomState) -> Any:
    if case.has_classes:
        return draw.randint(0, case.outputs, case.rows).astype(np.int32)
    soft = draw.uniform(0, 1, (case.rows, case.outputs))
    return soft.round() if case.loss == "cross_entropy" and case.outputs == 1 else soft


def _stretches(case: Case, draw: np.random.RandomState) -> Iterator[Rows]:
    """Shuffled epochs, the last one cut where the steps are used up."""
    left = STEPS
    while left > 0:
        rows = draw.permutation(case.rows).astype(np.int64)[: left * case.batch_size]
        left -= -(-len(rows) // case.batch_size)
        yield rows
