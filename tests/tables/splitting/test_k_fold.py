"""Folds: each row judges once, nobody is judged by a group it was taught by, and nobody by its past."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wade.errors import DataError, InvalidArgument
from wade.tables.splitting.k_fold import describe_folds, fold_rows

GENERATOR = np.random.default_rng(2)


@settings(max_examples=60, deadline=None)
@given(st.integers(10, 300), st.integers(2, 5), st.integers(1, 4), st.integers(0, 2**32))
def test_at_random_each_row_is_a_test_row_once_and_each_class_has_its_share(
    n: int, folds: int, k: int, seed: int
) -> None:
    labels = np.random.default_rng(seed).integers(0, k, n)
    splits = fold_rows(n, folds, labels=labels, seed=seed)
    assert sorted(np.concatenate([split.test for split in splits])) == list(range(n))
    for split in splits:
        assert sorted(np.concatenate([split.train, split.validation, split.test])) == list(range(n))
        assert min(len(split.train), len(split.validation), len(split.test)) >= 1
        for label in range(k):
            share = (labels == label).sum() / folds
            assert abs((labels[split.test] == label).sum() - share) < 1


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 5), st.integers(0, 2**32))
def test_by_group_nobody_is_torn(folds: int, seed: int) -> None:
    groups = np.random.default_rng(seed).integers(0, 12, 200)
    splits = fold_rows(200, folds, "group", groups=groups, seed=seed)
    assert sorted(np.concatenate([split.test for split in splits])) == list(range(200))
    for split in splits:
        parts = [set(groups[rows]) for rows in (split.train, split.validation, split.test)]
        assert all(parts)
        assert not parts[0] & parts[1]
        assert not parts[2] & (parts[0] | parts[1])


def test_groups_make_folds_of_like_sizes() -> None:
    sizes = np.array([50, 30, 20, 20, 15, 15, 10, 10, 10, 10, 5, 5])
    groups = GENERATOR.permutation(np.repeat(np.arange(12), sizes))
    tests = [len(split.test) for split in fold_rows(200, 4, "group", groups=groups)]
    assert max(tests) - min(tests) <= 10


def test_groups_validate_until_they_are_nearest_to_a_tenth_of_the_other_rows() -> None:
    # 100 groups of 3 rows in 4 folds: of the 225 other rows, 22 are wanted; 7 groups have 21, 8 have 24.
    for split in fold_rows(300, 4, "group", groups=np.arange(300) % 100):
        assert [len(rows) for rows in (split.train, split.validation, split.test)] == [204, 21, 75]


def test_by_time_no_test_row_is_earlier_than_training_rows() -> None:
    times = GENERATOR.permutation(90)
    splits = fold_rows(90, 5, "time", times=times)
    assert [len(split.test) for split in splits] == [15] * 5
    for split in splits:
        assert times[split.train].max() < times[split.validation].min()
        assert times[split.validation].max() < times[split.test].min()
    assert all(len(a.train) < len(b.train) for a, b in itertools.pairwise(splits))
    assert sorted(np.concatenate([split.test for split in splits])) == sorted(np.argsort(times)[15:])


def test_the_same_seed_makes_the_same_folds() -> None:
    first, same, other = (fold_rows(50, 5, seed=seed)[0].test.tolist() for seed in (3, 3, 4))
    assert first == same
    assert first != other
    assert fold_rows(50, 5)[0].test.tolist() == fold_rows(50, 5, seed=0)[0].test.tolist()


@pytest.mark.parametrize(("how", "fewest"), [("random", 10), ("time", 12)])
def test_the_fewest_rows_for_five_folds(how: str, fewest: int) -> None:
    splits = fold_rows(fewest, 5, how, times=np.arange(fewest))
    assert all(min(len(split.train), len(split.validation), len(split.test)) >= 1 for split in splits)
    with pytest.raises(DataError, match=f"{fewest - 1} rows with a target are too few for 5 folds.*at least {fewest}"):
        fold_rows(fewest - 1, 5, how, times=np.arange(fewest - 1))


def test_what_cannot_be_folded_is_refused() -> None:
    for folds in (1, True, 2.5):
        with pytest.raises(InvalidArgument, match="`folds` must be a whole number from 2 on"):
            fold_rows(100, folds)  # type: ignore[arg-type]
    with pytest.raises(DataError, match="9 rows with a target are too few for 5 folds"):
        fold_rows(9, 5)
    with pytest.raises(DataError, match="5 groups are too few for 5 folds"):
        fold_rows(100, 5, "group", groups=np.arange(100) % 5)
    with pytest.raises(InvalidArgument, match="for folds; received 'given'"):
        fold_rows(100, 5, "given")
    with pytest.raises(InvalidArgument, match="needs a date-time column"):
        fold_rows(100, 5, "time")


def test_it_is_said_in_words() -> None:
    assert "each later than its training rows" in describe_folds(fold_rows(90, 5, "time", times=np.arange(90)), False)
    assert "belong together" in describe_folds(fold_rows(90, 5, "group", groups=np.arange(90) % 9), True)
    assert describe_folds(fold_rows(90, 5), False) == "At random: 90 rows in 5 folds; each fold is the test set once."
