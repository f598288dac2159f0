"""The compiled kernels; `native.py` is the only one to call them."""

from collections.abc import Sequence
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

def descend(
    shape: Shape,
    instruction_set: str,
    threads: int,
    theta: Floats,
    moments: Sequence[Floats],
    numbers: Floats,
    codes: Codes,
    positions: Floats,
    targets: Floats | None,
    classes: Codes | None,
    weights: Floats | None,
    rows: Rows,
    batch_size: int,
    learning_rates: NDArray[np.float64],
    optimizer: str,
    constants: Sequence[float],
    regularisation: Sequence[float],
    steps_before: int,
    seed: int,
    steps_taken: NDArray[np.int64],
) -> NDArray[np.float64]: ...
def race(
    shape: Shape,
    instruction_set: str,
    threads: int,
    thetas: Sequence[Floats],
    moments: Sequence[Sequence[Floats]],
    numbers: Floats,
    codes: Codes,
    positions: Floats,
    targets: Floats | None,
    classes: Codes | None,
    weights: Floats | None,
    rows: Rows,
    batch_size: int,
    learning_rates: NDArray[np.float64],
    factors: NDArray[np.float64],
    optimizer: str,
    constants: Sequence[float],
    regularisation: Sequence[float],
    steps_before: int,
) -> NDArray[np.float64]: ...
def loss_and_gradient(
    shape: Shape,
    instruction_set: str,
    threads: int,
    theta: Floats,
    numbers: Floats,
    codes: Codes,
    positions: Floats,
    targets: Floats | None,
    classes: Codes | None,
    weights: Floats | None,
    gradient: Floats,
) -> float: ...

class Predictor:
    def __call__(
        self, numbers: Floats, codes: Codes | None, positions: Floats | None, activated: bool, out: Floats
    ) -> None: ...

def predictor(shape: Shape, instruction_set: str, threads: int, theta: Floats) -> Predictor: ...
def forward(
    shape: Shape,
    instruction_set: str,
    theta: Floats,
    numbers: Floats,
    codes: Codes,
    positions: Floats,
    Z: Sequence[Floats],
    A: Sequence[Floats],
) -> None: ...

# One function by itself, for tests and benchmarks.
def evaluate(function: str, instruction_set: str, x: Floats, out: Floats) -> None: ...
