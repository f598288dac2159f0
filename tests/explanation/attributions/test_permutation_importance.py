"""Permutation importance finds what matters, its intervals keep their promise, and copies are known."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from wade.explanation.attributions.collinearity import find_alike
from wade.explanation.attributions.columns import plain_spans
from wade.explanation.attributions.permutation_importance import (
    LOG_LOSS,
    RMSE,
    Metric,
    donors_of,
    permutation_importance,
)
from wade.tables import read_table
from wade.tables.kinds.column import Column
from wade.types import InputLayout, Inputs

GROUPS = [[span] for span in plain_spans(InputLayout.of_count(3))]


def numbers_alone(numbers: np.ndarray) -> Inputs:
    return Inputs(numbers, np.empty((len(numbers), 0), np.int32))


def test_three_rows_by_hand() -> None:
    """Column and answer are (0, 1, 3) in a circle of three: every row borrows from another, and both circles are known.

    |x − y| sums to 1 + 2 + 3 = 6 either way round, so each shuffle costs 2 a row, where the plain loss is 0.
    """
    y = np.asarray([0.0, 1.0, 3.0])
    X = numbers_alone(np.column_stack([y, y, y]))
    (found, *_) = permutation_importance(X, lambda X: abs(X.numbers[:, 0] - y), GROUPS[:1], repeats=4, seed=3)
    assert found.value == pytest.approx(2.0)


@pytest.mark.parametrize("figure", [LOG_LOSS, RMSE])
def test_the_interval_holds_the_truth_19_times_in_20(figure: Metric) -> None:
    """L = (x − x_true)², x normal: a borrowed x has E(x_d − x)² = 2 more. 600 draws of 60 rows."""
    mean_loss = {"log_loss": 2.0, "rmse": np.sqrt(2.0 + 0.25) - np.sqrt(0.25)}[figure.name]
    hits = 0
    for seed in range(600):
        draw = np.random.default_rng(seed)
        X, noise = draw.normal(size=(60, 3)), 0.5 * draw.normal(size=60)
        target = X[:, 0] + noise
        (found, *_) = permutation_importance(
            numbers_alone(X), lambda X, y=target: (X.numbers[:, 0] - y) ** 2, GROUPS[:1], figure, repeats=5, seed=seed
        )
        hits += found.interval[0] <= mean_loss <= found.interval[1]
    assert 0.92 <= hits / 600 <= 0.985


@pytest.mark.parametrize("figure", [LOG_LOSS, RMSE])
def test_the_interval_is_made_of_what_each_row_does_to_the_figure(figure: Metric) -> None:
    """The delta method by differences: give one row a little more weight, as borrower and as lender, and look."""
    draw, n, repeats = np.random.default_rng(8), 12, 3
    x, y = draw.normal(size=(n, 3)), draw.normal(size=n)
    loss_with = lambda own, other: (0.5 * own[:, 1] + other[:, 0] - y) ** 2  # noqa: E731 - others' first column
    format_number = loss_with(x, x)
    circles = [donors_of(n, 5, repeat) for repeat in range(repeats)]

    def importance(w: np.ndarray) -> float:
        before = w @ format_number / w.sum()
        pairs = np.concatenate([w * w[donors] for donors in circles])
        more = np.concatenate([loss_with(x, x[donors]) - format_number for donors in circles])
        return figure.of_mean(before + pairs @ more / pairs.sum()) - figure.of_mean(before)

    h = np.asarray([(importance(1 + d) - importance(1 - d)) / 2e-6 for d in 1e-6 * np.eye(n)]) * n
    half = 1.959964 * np.sqrt((h**2).sum() / (n * (n - 1)))
    (found, *_) = permutation_importance(
        numbers_alone(x), lambda X: (0.5 * X.numbers[:, 1] + X.numbers[:, 0] - y) ** 2, GROUPS[:1], figure,
        repeats, seed=5,
    )  # fmt: skip
    assert found.value == pytest.approx(importance(np.ones(n)))
    assert found.interval == pytest.approx((found.value - half, found.value + half), rel=1e-6)


def test_shuffles_are_seeded_and_leave_the_rows_alone() -> None:
    draw = np.random.default_rng(0)
    X = numbers_alone(draw.normal(size=(40, 3)))
    kept = X.numbers.copy()
    losses = lambda X: X.numbers[:, 0] * kept[:, 1] + X.numbers[:, 2] ** 2  # noqa: E731
    runs = [permutation_importance(X, losses, GROUPS, seed=seed) for seed in (1, 1, 2)]
    assert runs[0] == runs[1] != runs[2]
    assert runs[0][1].value == 0  # nothing reads it
    np.testing.assert_array_equal(X.numbers, kept)


def test_a_group_is_shuffled_as_one() -> None:
    """Two copies whose difference is read: shuffled apart they differ, together never."""
    x = np.random.default_rng(1).normal(size=30)
    X = numbers_alone(np.column_stack([x, x, x]))
    losses = lambda X: abs(X.numbers[:, 0] - X.numbers[:, 1])  # noqa: E731
    together = [[GROUPS[0][0], GROUPS[1][0]]]
    apart = permutation_importance(X, losses, GROUPS[:1])[0].value
    assert (permutation_importance(X, losses, together)[0].value, apart > 0.5) == (0.0, True)


def test_the_watcher_hears_of_every_question() -> None:
    heard: list[tuple[int, int]] = []
    X = numbers_alone(np.zeros((5, 3)))
    permutation_importance(X, lambda X: X.numbers[:, 0], GROUPS, repeats=2, watcher=lambda *done: heard.append(done))
    assert heard == [(at, 6) for at in range(1, 7)]


@pytest.mark.parametrize("n", [2, 3, 100])
def test_no_row_borrows_from_itself(n: int) -> None:
    for repeat in range(5):
        donors = donors_of(n, 7, repeat)
        assert sorted(donors) == list(range(n))
        assert not (donors == np.arange(n)).any()


def test_copies_are_found_and_what_only_goes_together_is_told() -> None:
    draw = np.random.default_rng(2)
    x = draw.normal(size=500)
    letter = draw.choice(["a", "b", "c"], 500)
    table = read_table(
        pa.table(
            {
                "x": x,
                "fahrenheit": (1.8 * x + 32).round(3),
                "reversed": -x,
                "near": x + 0.3 * draw.normal(size=500),
                "letter": letter,
                "word": [{"a": "ant", "b": "bee", "c": "cat"}[one] for one in letter],
                "initial": [one if one == "a" else "z" for one in letter],
                "id": [f"{at}" for at in range(500)],
                "other id": [f"n{at}" for at in range(500)],
            }
        )
    )
    roles = dict.fromkeys(table.column_names, "category") | dict.fromkeys(
        ("x", "fahrenheit", "reversed", "near"), "number"
    )
    found = find_alike(table, [Column(name, role, "") for name, role in roles.items()])
    assert found.groups == (
        ("x", "fahrenheit", "reversed"), ("near",), ("letter", "word"), ("initial",), ("id",), ("other id",)
    )  # fmt: skip
    assert {pair[:2] for pair in found.related} == {("x", "near"), ("fahrenheit", "near"), ("reversed", "near")}
    assert all(0.9 < abs(pair[2]) < 0.999 for pair in found.related)


def test_missing_and_constant_columns_are_no_trouble() -> None:
    table = pa.table(
        {"a": pa.array([1.0, None, 3.0, 2.0] * 5), "b": pa.array([2.0, None, 6.0, 4.0] * 5), "c": [1.0] * 20}
    )
    found = find_alike(table, [Column(name, "number", "") for name in table.column_names])
    assert found == ((("a", "b"), ("c",)), ())
