"""The compiled kernels; `native.py` is the only one to call them."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wade.types import Codes, Floats, Rows

version: Final[str]

def instruction_sets() -> list[str]: ...
def activations() -> list[str]: ...
def losses() -> list[str]: ...
def optimizers() -> list[str]: ...

class Shape:
    def __init__(
        self,
        n_numbers: int,
        sizes: Sequence[int],
        bins: Sequence[int],
        widths: Sequence[int],
        activations: Sequence[str],
        loss: str,
        loss_constant: float = 0.0,
        members: int = 1,
        dropout: float = 0.0,
    ) -> None: ...
    @property
    def n_parameters(self) -> int: ...

class Processor:
    def __init__(self, instruction_set: str, threads: int) -> None: ...

class UpdateRule:
    def __init__(
        self,
        optimizer: str,
        constants: Mapping[str, float],
        l1: float = 0.0,
        l2: float = 0.0,
        max_norm: float = 0.0,
    ) -> None: ...

class Samples: ...

def samples(
    numbers: Floats,
    codes: Codes | None,
    positions: Floats | None,
    targets: Floats | None = None,
    classes: Codes | None = None,
    weights: Floats | None = None,
) -> Samples: ...
def descend(
    *,
    shape: Shape,
    processor: Processor,
    theta: Floats,
    state: Mapping[str, Floats],
    samples: Samples,
    rule: UpdateRule,
    rows: Rows,
    batch_size: int,
    learning_rates: NDArray[np.float64],
    steps_before: int,
    seed: int,
    steps_taken: NDArray[np.int64],
) -> NDArray[np.float64]: ...
def race(
    *,
    shape: Shape,
    processor: Processor,
    thetas: Sequence[Floats],
    states: Sequence[Mapping[str, Floats]],
    samples: Samples,
    rule: UpdateRule,
    rows: Rows,
    batch_size: int,
    learning_rates: NDArray[np.float64],
    factors: NDArray[np.float64],
    steps_before: int,
) -> NDArray[np.float64]: ...
def loss_and_gradient(
    *, shape: Shape, processor: Processor, theta: Floats, samples: Samples, gradient: Floats
) -> float: ...

class Predictor:
    def __call__(
        self, numbers: Floats, codes: Codes | None, positions: Floats | None, activated: bool, out: Floats
    ) -> None: ...

def predictor(shape: Shape, processor: Processor, theta: Floats) -> Predictor: ...
def forward(
    *,
    shape: Shape,
    processor: Processor,
    theta: Floats,
    samples: Samples,
    Z: Sequence[Floats],
    A: Sequence[Floats],
) -> None: ...

# One function by itself, for tests and benchmarks.
def evaluate(function: str, instruction_set: str, x: Floats, out: Floats) -> None: ...
