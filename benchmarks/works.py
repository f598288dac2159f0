"""The kinds of work: a network, its rows and how it descends. Everybody gets the same, from the same start."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wade.maths.optimizers import SGD, Adam, AdamW, Optimizer
from wade.model.preparation.column_options import choose
from wade.model.preparation.prepare import prepare
from wade.model.preparation.splitting import SplitOptions
from wade.network import Network
from wade.types import InputLayout, Inputs, Rows

LEARNING_RATE = 1e-3
TABLE_ROWS = 300_000  # for per-example descent: more than the caches hold
CALLS = 1_000  # with one row each, in one turn
OPTIMIZERS: dict[str, Optimizer] = {"SGD": SGD(), "Adam": Adam(), "AdamW": AdamW()}


@dataclass(frozen=True)
class Work:
    """One kind of descent. Hidden layers are ReLU; the output is a sigmoid, or a softmax where there are several."""

    widths: tuple[int, ...]  # numbers of a row, hidden layers, outputs
    batch_size: int
    optimizer: str
    steps: int  # in one turn
    slow_steps: int  # of a contestant that takes long
    flights: bool = False  # instead of random numbers
    dropout: float = 0.0

    @property
    def name(self) -> str:
        """As the table calls it."""
        what = "flights, " if self.flights else ""
        drops = f", dropout {self.dropout}" if self.dropout else ""
        return f"{what}{'-'.join(map(str, self.widths))}, batch {self.batch_size}, {self.optimizer}{drops}"

    @property
    def products(self) -> list[tuple[int, int]]:
        """Inputs and outputs of each layer."""
        return list(pairwise(self.widths))

    @property
    def flops(self) -> float:
        """Of the matrix products of one step: forward, ∂J/∂W, and ∂J/∂A but for the first layer."""
        (first_in, first_out), *others = self.products
        return 2.0 * self.batch_size * (2 * first_in * first_out + sum(3 * n_in * n_out for n_in, n_out in others))


class PreparedData(NamedTuple):
    """A table, what it should answer, and its rows in the order of descent."""

    layout: InputLayout
    X: Inputs
    y: NDArray[Any]  # (n, 1) float32, or (n,) int32 classes
    rows: Rows


class Batches(NamedTuple):
    """The rows of each step laid out one after another, so that nobody has to look for them."""

    numbers: NDArray[np.float32]  # (steps, batch_size, n_numbers)
    codes: NDArray[np.int32]  # (steps, batch_size, n_categories)
    y: NDArray[Any]  # (steps, batch_size, 1), or (steps, batch_size)


@cache
def flights() -> PreparedData:
    """The training rows of the built-in flights as `wade train` reads them, shuffled."""
    choices, missing = choose("flights")
    with ExitStack() as scratch:
        prepared = prepare("flights", choices, missing, None, SplitOptions(), None, scratch, lambda event: None)
    (X, y, _) = next(prepared.parts["train"].blocks())
    return PreparedData(prepared.encoder.layout, X, y.astype(np.float32), np.random.default_rng(1).permutation(len(y)))


@cache
def prepare_table(work: Work) -> PreparedData:
    """The rows that this work descends on."""
    n_rows = work.steps * work.batch_size
    if work.flights:
        return flights()._replace(rows=np.resize(flights().rows, n_rows))
    random = np.random.default_rng(0)
    count = TABLE_ROWS if work.batch_size == 1 else n_rows
    numbers = random.standard_normal((count, work.widths[0]), dtype=np.float32)
    if work.widths[-1] > 1:
        y = numbers[:, : work.widths[-1]].argmax(axis=1).astype(np.int32)
    else:
        y = (numbers[:, :1] + 0.5 * numbers[:, 1:2] ** 2 > 0.5).astype(np.float32)
    X = Inputs(numbers, np.empty((count, 0), np.int32))
    rows = np.resize(np.random.default_rng(1).permutation(count), n_rows)
    return PreparedData(InputLayout.of_count(work.widths[0]), X, y, rows)


def network_of(work: Work) -> Network:
    """The network, at its start."""
    output = "softmax" if work.widths[-1] > 1 else "sigmoid"
    layout = prepare_table(work).layout
    return Network(layout, work.widths[1:-1], work.widths[-1], output=output, dropout=work.dropout)


def batches_of(work: Work, steps: int) -> Batches:
    """The first steps' rows, in order."""
    prepared = prepare_table(work)
    rows = prepared.rows[: steps * work.batch_size]
    laid_out = (
        block[rows].reshape(steps, work.batch_size, *block.shape[1:])
        for block in (prepared.X.numbers, prepared.X.codes, prepared.y)
    )
    return Batches(*laid_out)
