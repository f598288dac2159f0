"""One case: a network, a loss, an optimizer, and the numbers that they run on, the same on every machine.

All numbers come from NumPy's `RandomState`, whose streams are frozen for good, and from no initializer of wade's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np

from wade.maths.losses import Loss, choose_loss, cross_entropy, huber, quantile
from wade.maths.optimizers import SGD, Optimizer
from wade.maths.schedules import choose_schedule
from wade.network import Network
from wade.types import Array, Category, Floats, InputLayout, Inputs, Piecewise, Rows

FOLDER = Path(__file__).parent
STEPS = 100
SEED = 2**40 + 1  # of the dropout masks


@dataclass(frozen=True)
class Case:
    """A network, a loss, an optimizer and a way of cutting rows into batches."""

    name: str
    numbers: int
    sizes: tuple[int, ...] = ()
    hidden: tuple[int, ...] = ()
    outputs: int = 1
    activation: str = "relu"
    output: str = "sigmoid"
    loss: str = "cross_entropy"
    constant: float | None = None
    optimizer: Optimizer = field(default_factory=SGD)
    learning_rate: float = 0.05
    schedule: str = "constant"
    rows: int = 13
    batch_size: int = 4
    weighted: bool = False
    bins: tuple[int, ...] = ()
    members: int = 1
    dropout: float = 0.0

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


def problem_of(case: Case, dtype: str = "float64") -> Problem:
    """The case's numbers, the same on every machine; float32 ones are the float64 ones, rounded."""
    draw = np.random.RandomState(crc32(case.name.encode()))
    layout = InputLayout(
        tuple(f"x{index}" for index in range(case.numbers)),
        tuple(Category(f"c{index}", size) for index, size in enumerate(case.sizes)),
        tuple(Piecewise(f"p{index}", bins) for index, bins in enumerate(case.bins)),
    )
    network = Network(
        layout, case.hidden, case.outputs, case.activation, case.output, case.dropout, case.members, dtype=dtype
    )
    network.theta = draw.uniform(-0.7, 0.7, network.n_parameters)
    numbers = draw.uniform(-2, 2, (case.rows, case.numbers))
    codes = np.stack([np.zeros(case.rows, int), *(draw.randint(0, size, case.rows) for size in case.sizes)], axis=1)[
        :, 1:
    ]
    positions = draw.uniform(0, 1, (case.rows, len(case.bins))) * case.bins
    y = _targets(case, draw)
    weights = draw.uniform(0.2, 3, case.rows) if case.weighted else None
    return Problem(
        network=network,
        X=network.as_inputs(Inputs(numbers, codes.astype(np.int32), positions)),
        y=y if case.has_classes else y.astype(dtype),
        loss=_loss(case),
        weights=None if weights is None else weights.astype(dtype),
        stretches=tuple(_stretches(case, draw)),
        learning_rates=case.learning_rate * choose_schedule(case.schedule)(np.arange(STEPS) / STEPS),
    )


def _loss(case: Case) -> Loss:
    """The loss by its name, or made with the case's constant."""
    if case.constant is None:
        return choose_loss(case.loss, case.output)
    if case.loss == "cross_entropy":
        return cross_entropy(case.output, label_smoothing=case.constant)
    return {"huber": huber, "quantile": quantile}[case.loss](case.constant)


def _targets(case: Case, draw: np.random.RandomState) -> Any:
    if case.has_classes:
        return draw.randint(0, case.outputs, case.rows).astype(np.int32)
    if case.loss == "poisson":
        return draw.randint(0, 6, (case.rows, case.outputs)).astype(float)
    soft = draw.uniform(0, 1, (case.rows, case.outputs))
    return soft.round() if case.loss == "cross_entropy" and case.outputs == 1 else soft


def _stretches(case: Case, draw: np.random.RandomState) -> Iterator[Rows]:
    """Shuffled epochs, the last one cut where the steps are used up."""
    left = STEPS
    while left > 0:
        rows = draw.permutation(case.rows).astype(np.int64)[: left * case.batch_size]
        left -= -(-len(rows) // case.batch_size)
        yield rows
