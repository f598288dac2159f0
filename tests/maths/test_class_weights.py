from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.utils.class_weight import compute_sample_weight

from wade.errors import InvalidArgument
from wade.maths.class_weights import class_weights
from wade.maths.reduction import mean_over_samples


def test_by_hand() -> None:
    y = np.asarray([2, 0, 0, 2, 2, 2])
    np.testing.assert_array_equal(class_weights(y, [3.0, 9.0, 0.5]), [0.5, 3, 3, 0.5, 0.5, 0.5])
    np.testing.assert_allclose(class_weights(y, "balanced"), [6 / 8, 6 / 4, 6 / 4, 6 / 8, 6 / 8, 6 / 8])


def test_the_mean_is_pytorchs() -> None:
    """Losses 1, 2, 4 of classes 0, 1, 1 with weights 5 and 2: (5·1 + 2·2 + 2·4) / (5 + 2 + 2) = 17/9."""
    weights = class_weights(np.asarray([0, 1, 1]), [5.0, 2.0])
    assert float(mean_over_samples(np.asarray([1.0, 2.0, 4.0]), weights)) == pytest.approx(17 / 9)


def test_a_column_of_yes_and_no() -> None:
    for y in (np.asarray([[0.0], [1.0]]), np.asarray([False, True]), np.asarray([0, 1], np.int32)):
        np.testing.assert_array_equal(class_weights(y, [1.0, 7.0]), [1, 7])


def test_one_class() -> None:
    np.testing.assert_array_equal(class_weights(np.zeros(2, int), [2.5]), [2.5, 2.5])
    np.testing.assert_array_equal(class_weights(np.full(2, 3), "balanced"), [1, 1])


def test_no_samples() -> None:
    nothing = np.empty(0, np.int32)
    assert class_weights(nothing, "balanced").shape == class_weights(nothing, [1.0, 2.0]).shape == (0,)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=40))
def test_balanced_is_what_scikit_learn_says(codes: list[int]) -> None:
    y = np.asarray(codes)
    weights = class_weights(y, "balanced")
    np.testing.assert_allclose(weights, compute_sample_weight("balanced", y), rtol=1e-14)
    assert weights.sum() == pytest.approx(len(y))
    in_all = [weights[y == one].sum() for one in np.unique(y)]
    np.testing.assert_allclose(in_all, len(y) / len(in_all))


@pytest.mark.parametrize(
    ("y", "weights", "said"),
    [
        ([0, 1], "even", "must be 'balanced'"),
        ([0, 2], [1.0, 1.0], "for each class up to 2"),
        ([0, 1], [1.0, -1.0], "at least 0"),
        ([0, 1], [1.0, np.nan], "finite"),
        ([0, 1], [[1.0, 1.0]], "a row"),
        ([0, -1], [1.0, 1.0], "from 0 on"),
        ([0.5, 1], [1.0, 1.0], "whole class numbers"),
        (["a", "b"], [1.0, 1.0], "whole class numbers"),
        ([[0, 1]], [1.0, 1.0], "one column"),
    ],
)
def test_what_cannot_be(y: list, weights: object, said: str) -> None:
    with pytest.raises(InvalidArgument, match=said):
        class_weights(np.asarray(y), weights)


def test_balanced_counts_samples_by_their_own_weights() -> None:
    # Classes 0, 0, 1 of weights 2, 1, 1 are as four samples, three of class 0: 4 / (2 · 3) and 4 / (2 · 1).
    y, own = np.asarray([0, 0, 1]), np.asarray([2.0, 1.0, 1.0])
    assert class_weights(y, "balanced", own).tolist() == [4 / 6, 4 / 6, 2.0]
