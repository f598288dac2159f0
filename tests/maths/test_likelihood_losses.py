from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wade.maths.activations.sigmoids import sigmoid
from wade.maths.activations.softmax import softmax
from wade.maths.likelihood_losses import (
    poisson,
    poisson_gradient,
    sigmoid_cross_entropy,
    sigmoid_cross_entropy_gradient,
    smoothed,
    softmax_cross_entropy,
    softmax_cross_entropy_gradient,
)

scores = st.lists(st.floats(-30, 30), min_size=2, max_size=6)


def test_smoothed_softmax_by_hand() -> None:
    """Probabilities ⅛, ¼, ⅝, class 1, ε = 0.3: targets 0.1, 0.8, 0.1, so 0.1 ln 8 + 0.8 ln 4 + 0.1 ln 1.6 = 1.36398."""
    Z, y = np.log([[1.0, 2.0, 5.0]]), np.asarray([1])
    assert softmax_cross_entropy(Z, y, 0.3).item() == pytest.approx(1.363980, abs=1e-6)
    gradient = softmax_cross_entropy_gradient(Z, y, 0.3)
    np.testing.assert_allclose(gradient, [[0.125 - 0.1, 0.25 - 0.8, 0.625 - 0.1]], rtol=1e-14)


def test_smoothed_sigmoid_by_hand() -> None:
    """σ(ln 3) = ¾, ε = 0.2: yes becomes 0.9, so 0.9 ln 4/3 + 0.1 ln 4 = 0.397543; no becomes 0.1."""
    Z = np.log([[3.0], [3.0]])
    y = np.asarray([[1.0], [0.0]])
    expected = [0.9 * np.log(4 / 3) + 0.1 * np.log(4), 0.1 * np.log(4 / 3) + 0.9 * np.log(4)]
    np.testing.assert_allclose(sigmoid_cross_entropy(Z, y, 0.2), expected, rtol=1e-14)
    np.testing.assert_allclose(sigmoid_cross_entropy_gradient(Z, y, 0.2), [[0.75 - 0.9], [0.75 - 0.1]], rtol=1e-14)


def test_poisson_by_hand() -> None:
    """e^ln 2 − 3 ln 2 = −0.079442 and e^0 − 0 = 1; their mean is 0.460279; the gradient is (2 − 3)/2 and (1 − 0)/2."""
    Z, y = np.asarray([[np.log(2), 0.0]]), np.asarray([[3.0, 0.0]])
    assert poisson(Z, y).item() == pytest.approx(0.460279, abs=1e-6)
    np.testing.assert_allclose(poisson_gradient(Z, y), [[-0.5, 0.5]], rtol=1e-14)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_poisson_far_out(dtype: str) -> None:
    """At z = −10⁴ nothing is expected: 3 · 10⁴ for three that came. At 10⁴ the loss exceeds all numbers."""
    Z, y = np.asarray([[-1e4]], dtype=dtype), np.full((1, 1), 3, dtype)
    assert poisson(Z, y).item() == 3e4
    assert poisson_gradient(Z, y).item() == -3
    assert poisson(Z, y).dtype == poisson_gradient(Z, y).dtype == dtype
    with np.errstate(over="ignore"):
        assert poisson(-Z, y).item() == poisson_gradient(-Z, y).item() == np.inf


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_smoothed_labels_far_out(dtype: str) -> None:
    """ε = 0.2. Sigmoid at ±10⁴: being right costs 0.1 · 10⁴. Three classes: 0.2/3 · (10⁴ + 2 · 10⁴) for the first."""
    Z, y = np.asarray([[1e4], [-1e4]], dtype=dtype), np.asarray([[1], [0]], dtype=dtype)
    np.testing.assert_allclose(sigmoid_cross_entropy(Z, y, 0.2), [1e3, 1e3], rtol=1e-6)
    three = np.asarray([[1e4, 0, -1e4]], dtype=dtype)
    np.testing.assert_allclose(softmax_cross_entropy(three, np.asarray([0]), 0.2), [2e3], rtol=1e-6)
    assert softmax_cross_entropy_gradient(three, np.asarray([0]), 0.2).dtype == dtype


@given(scores, st.floats(0, 0.9), st.integers(0, 1))
def test_smoothing_mixes_the_label_with_every_label(row: list[float], epsilon: float, label: int) -> None:
    """The loss is linear in the target: (1 − ε) of the label's own, and ε of the mean over all labels."""
    Z = np.asarray([row])
    every = np.asarray([softmax_cross_entropy(Z, np.asarray([c])).item() for c in range(len(row))])
    mixed = (1 - epsilon) * every[label] + epsilon * every.mean()
    assert softmax_cross_entropy(Z, np.asarray([label]), epsilon).item() == pytest.approx(mixed, rel=1e-12, abs=1e-12)


@given(st.floats(-30, 30), st.floats(0, 0.9))
def test_two_classes_are_yes_and_no(z: float, epsilon: float) -> None:
    """Softmax of (0, z) is the sigmoid of z, its loss too, smoothed or not."""
    for label in (0, 1):
        two = softmax_cross_entropy(np.asarray([[0.0, z]]), np.asarray([label]), epsilon)
        one = sigmoid_cross_entropy(np.asarray([[z]]), np.asarray([[float(label)]]), epsilon)
        np.testing.assert_allclose(one, two, rtol=1e-12, atol=1e-12)


@given(scores, st.floats(0.01, 0.9))
def test_the_best_prediction_is_the_smoothed_label(row: list[float], epsilon: float) -> None:
    """Where probabilities equal the targets the gradient is 0, and not elsewhere."""
    target = smoothed(np.eye(len(row))[:1], len(row), epsilon)
    assert target.sum() == pytest.approx(1)
    np.testing.assert_allclose(softmax_cross_entropy_gradient(np.log(target), np.asarray([0]), epsilon), 0, atol=1e-15)
    Z = np.asarray([row])
    expected = softmax(Z) - target
    np.testing.assert_allclose(softmax_cross_entropy_gradient(Z, np.asarray([0]), epsilon), expected, atol=1e-15)


@given(st.integers(0, 20), st.floats(-3, 3))
def test_poisson_is_least_at_the_logarithm_of_the_count(count: int, step: float) -> None:
    y = np.asarray([[count + 1.0]])
    best = np.log(y)
    assert poisson(best + step, y).item() >= poisson(best, y).item() - 1e-12
    assert poisson_gradient(best, y).item() == pytest.approx(0, abs=1e-12)


def test_nothing_is_smoothed_by_default() -> None:
    Z, y = np.asarray([[0.3, -2.0]]), np.asarray([[1.0, 0.0]])
    np.testing.assert_array_equal(sigmoid_cross_entropy_gradient(Z, y), sigmoid(Z) - y)
    np.testing.assert_array_equal(smoothed(y, 2, 0.0), y)
