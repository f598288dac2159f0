"""The linear baseline is scikit-learn's ridge or logistic regression on the same encoded rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression, Ridge

from wade.training.linear import LinearFit, fit_linear
from wade.training.linear.design import design_matrix, squares_of, width_of
from wade.training.rows import InMemory, RowSource
from wade.types import Category, InputLayout, Inputs, Piecewise, Rows, Samples

OUTPUTS = {"regression": (1, "identity"), "binary": (1, "sigmoid"), "multiclass": (3, "softmax")}


class Case(NamedTuple):
    task: str
    rows: int
    numbers: int
    categories: tuple[int, ...] = ()
    bins: tuple[int, ...] = ()
    collinear: bool = False
    shift: float = 0.0


CASES = {
    "numbers": Case("regression", 100, 8),
    "one column": Case("regression", 30, 1),
    "more columns than rows": Case("regression", 60, 100),
    "categories and bins": Case("regression", 200, 3, (3, 5), (6, 12)),
    "equal columns": Case("regression", 90, 6, collinear=True),
    "many codes": Case("regression", 1600, 2, (1100,), collinear=True),
    "two classes": Case("binary", 300, 10, (5,)),
    "two classes, equal columns": Case("binary", 200, 4, collinear=True),
    "two classes, more columns than rows": Case("binary", 60, 200, (4,)),
    "a rare class": Case("binary", 800, 5, (4,), shift=4.0),
    "three classes": Case("multiclass", 300, 6, (4,), (8,)),
    "three classes, more columns than rows": Case("multiclass", 80, 120),
    "two classes, thousands of rows": Case("binary", 6000, 6, (12, 40), (16,)),
}


def make(case: Case) -> tuple[Samples, InputLayout]:
    generator = np.random.default_rng(3)
    layout = InputLayout(
        tuple(f"x{i}" for i in range(case.numbers)),
        tuple(Category(f"c{i}", size) for i, size in enumerate(case.categories)),
        tuple(Piecewise(f"p{i}", count) for i, count in enumerate(case.bins)),
    )
    numbers = generator.normal(size=(case.rows, case.numbers))
    if case.collinear:
        numbers[:, 1] = numbers[:, 0]
    codes = np.zeros((case.rows, len(case.categories)), np.int32)
    for at, size in enumerate(case.categories):
        codes[:, at] = generator.integers(0, size, case.rows)
    positions = generator.uniform(0, 1, (case.rows, len(case.bins))) * case.bins
    X = Inputs(numbers, codes, positions).astype("float32")
    D = design_matrix(X, layout)
    Z = D @ generator.normal(size=(D.shape[1], 3))
    Z = 2 * (Z - Z.mean(axis=0)) / Z.std(axis=0) + generator.logistic(size=Z.shape) / 2
    y = {
        "regression": Z[:, :1].astype(np.float32),
        "binary": (Z[:, :1] > case.shift).astype(np.float32),
        "multiclass": Z.argmax(axis=1).astype(np.int32),
    }[case.task]
    return Samples(X, y), layout


def fit(samples: Samples, layout: InputLayout, task: str, rows: type[RowSource] = InMemory) -> LinearFit:
    train = len(samples.X) * 3 // 4
    parts = samples.take(slice(0, train)), samples.take(slice(train, len(samples.X)))
    return fit_linear(rows(parts[0]), rows(parts[1]), layout, *OUTPUTS[task])  # type: ignore[call-arg]


def of_scikit_learn(samples: Samples, layout: InputLayout, task: str, penalty: float) -> NDArray[np.float64]:
    D, train = design_matrix(samples.X, layout)[:, :-1], len(samples.X) * 3 // 4
    if task == "regression":
        return np.asarray(Ridge(alpha=penalty).fit(D[:train], samples.y[:train, 0]).predict(D)[:, None])
    logistic = LogisticRegression(C=1 / penalty, max_iter=20_000, tol=1e-8).fit(D[:train], samples.y[:train].ravel())
    shares = logistic.predict_proba(D)
    return np.asarray(shares[:, 1:] if task == "binary" else shares)


@pytest.mark.parametrize("name", CASES)
def test_it_is_the_model_of_scikit_learn_with_the_same_penalty(name: str) -> None:
    samples, layout = make(CASES[name])
    found = fit(samples, layout, CASES[name].task)
    expected = of_scikit_learn(samples, layout, CASES[name].task, found.penalty)
    assert np.abs(found.network(samples.X) - expected).max() < 5e-4


@pytest.mark.parametrize("name", ["numbers", "two classes", "three classes"])
def test_the_same_rows_give_the_same_bits(name: str) -> None:
    samples, layout = make(CASES[name])
    first, second = (fit(samples, layout, CASES[name].task).network.theta.tobytes() for _ in range(2))
    assert first == second


class InBlocks(InMemory):
    """The same rows as a table that does not fit into memory brings them: in one place that is overwritten."""

    def blocks(self) -> Iterator[Samples]:
        place = self.samples.take(np.arange(min(64, len(self))))
        for first in range(0, len(self), 64):
            block = self.samples.take(slice(first, first + 64))
            n = len(block.X)
            for name in ("numbers", "codes", "positions"):
                getattr(place.X, name)[:n] = getattr(block.X, name)
            place.y[:n] = block.y
            yield place.take(slice(0, n))

    def epoch(self, number: int, batch_size: int, seed: int | None) -> Iterator[tuple[Samples, Rows]]:
        for block in self.blocks():
            yield block, np.arange(len(block.X))


class Elsewhere(RowSource):
    """Rows that are not in memory."""

    def __init__(self, samples: Samples) -> None:
        self._rows = InBlocks(samples)
        self.blocks, self.epoch = self._rows.blocks, self._rows.epoch  # type: ignore[method-assign]

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def shuffled_at_a_time(self) -> int:
        return 64

    def blocks(self) -> Iterator[Samples]:
        raise NotImplementedError

    def epoch(self, number: int, batch_size: int, seed: int | None) -> Iterator[tuple[Samples, Rows]]:
        raise NotImplementedError


@pytest.mark.parametrize("name", ["categories and bins", "a rare class", "three classes"])
def test_rows_on_disk_give_the_same_baseline(name: str) -> None:
    samples, layout = make(CASES[name])
    task = CASES[name].task
    streamed, in_memory = fit(samples, layout, task, Elsewhere), fit(samples, layout, task)
    assert streamed.penalty == in_memory.penalty
    assert streamed.network.theta.tobytes() == in_memory.network.theta.tobytes()


def test_all_rows_count_where_the_penalty_is_chosen_on_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wade.training.linear.fit.SEARCH_ROWS", 500)
    case = CASES["two classes, thousands of rows"]
    samples, layout = make(case)
    found = fit(samples, layout, case.task)
    expected = of_scikit_learn(samples, layout, case.task, found.penalty)
    assert np.abs(found.network(samples.X) - expected).max() < 1e-3


def test_noise_is_penalized_and_a_line_is_not() -> None:
    x = np.random.default_rng(0).normal(size=(400, 3)).astype(np.float32)
    X, layout = Inputs(x, np.zeros((400, 0), np.int32)), InputLayout.of_count(3)
    noise = np.random.default_rng(1).normal(size=(400, 1)).astype(np.float32)
    assert fit(Samples(X, noise), layout, "regression").penalty >= 100
    assert fit(Samples(X, 2 * x[:, :1]), layout, "regression").penalty <= 0.01


def test_the_squares_are_those_of_the_design() -> None:
    samples, layout = make(CASES["categories and bins"])
    D, curvature = design_matrix(samples.X, layout), np.random.default_rng(0).uniform(size=200)
    assert D.shape[1] == width_of(layout)
    np.testing.assert_allclose(squares_of(samples.X, layout, curvature), curvature @ D**2)
