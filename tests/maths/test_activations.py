from __future__ import annotations

from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wade.maths.activations import ACTIVATIONS
from wade.maths.activations.rectifiers import relu, relu_derivative
from wade.maths.activations.sigmoids import sigmoid, sigmoid_derivative, tanh_derivative
from wade.maths.activations.softmax import softmax

every_activation = pytest.mark.parametrize("name", ACTIVATIONS)
rows_of_numbers = st.lists(st.floats(-50, 50), min_size=2, max_size=8).map(lambda row: np.asarray([row]))


def test_the_chapter_has_these_activations() -> None:
    bounded, rectifiers = {"sigmoid", "tanh", "softmax"}, {"relu", "leaky_relu", "elu", "selu"}
    assert set(ACTIVATIONS) == {"identity", "gelu", "silu", "mish", "softplus"} | bounded | rectifiers
    assert all(activation.name == name for name, activation in ACTIVATIONS.items())


def test_numbers_worked_by_hand() -> None:
    """e^−3.2 = 0.0407622, so σ(3.2) = 1 / 1.0407622 = 0.960834 and σ′(3.2) = 0.960834 · 0.039166 = 0.037632."""
    Z = np.asarray([[3.2]])
    assert sigmoid(Z).item() == pytest.approx(0.960834, abs=1e-6)
    assert sigmoid_derivative(Z).item() == pytest.approx(0.037632, abs=1e-6)
    assert ACTIVATIONS["tanh"].forward(np.log([2.0])).item() == pytest.approx((2 - 1 / 2) / (2 + 1 / 2))  # = 0.6
    assert tanh_derivative(np.log([2.0])).item() == pytest.approx(1 - 0.6**2)
    np.testing.assert_allclose(softmax(np.log([[1.0, 2.0, 5.0]])), [[1 / 8, 2 / 8, 5 / 8]], rtol=1e-15)


@every_activation
@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (5, 1), (4, 3), (0, 3)])
def test_backward_is_the_slope_of_forward(name: str, shape: tuple[int, int], slope) -> None:
    draw = np.random.RandomState(1)
    Z, grad_A = draw.uniform(-4, 4, shape), draw.uniform(-1, 1, shape)
    activation = ACTIVATIONS[name]
    expected = slope(lambda Z: (grad_A * activation.forward(Z)).sum(), Z)
    np.testing.assert_allclose(activation.backward(Z, grad_A), expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name != "softmax"])
def test_the_derivative_is_the_slope(name: str, slope) -> None:
    Z = np.linspace(-6, 6, 25)[:, None] + 0.01
    forward, derivative = ACTIVATIONS[name].forward, ACTIVATIONS[name].derivative
    assert derivative is not None
    np.testing.assert_allclose(derivative(Z), slope(lambda Z: forward(Z).sum(), Z), rtol=1e-6, atol=1e-8)


def test_relu_is_off_at_its_kink() -> None:
    kink = np.asarray([-0.0, 0.0, 5e-324])
    np.testing.assert_array_equal(relu_derivative(kink), [0, 0, 1])
    np.testing.assert_array_equal(relu(kink), [0, 0, 5e-324])


@every_activation
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_extreme_numbers_stay_finite(name: str, dtype: str) -> None:
    Z = np.asarray([[-1e4, -750, -88.8, -1, 0, 1, 88.8, 750, 1e4]], dtype=dtype)
    A = ACTIVATIONS[name].forward(Z)
    grad_Z = ACTIVATIONS[name].backward(Z, np.ones_like(Z))
    assert A.dtype == grad_Z.dtype == dtype
    assert np.isfinite(A).all()
    assert np.isfinite(grad_Z).all()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("name", "off", "slope_off", "on_slope"),
    [
        ("relu", 0, 0, 1),
        ("leaky_relu", -100, 0.01, 1),
        ("elu", -1, 0, 1),
        ("selu", -1.7580993408473766, 0, 1.0507009873554805),
        *((name, 0, 0, 1) for name in ("gelu", "silu", "mish", "softplus")),
    ],
)
def test_far_out_a_rectifier_is_on_or_off(name: str, off: float, slope_off: float, on_slope: float, dtype: str) -> None:
    Z = np.asarray([-1e4, 1e4], dtype=dtype)
    tolerance = 1e-15 if dtype == "float64" else 1e-7
    np.testing.assert_allclose(ACTIVATIONS[name].forward(Z), [off, on_slope * 1e4], rtol=tolerance)
    slopes = ACTIVATIONS[name].backward(Z, np.ones_like(Z))
    np.testing.assert_allclose(slopes, [slope_off, on_slope], rtol=tolerance, atol=1e-30)


@pytest.mark.parametrize("z", [-700.0, -40.0, -18.5, -3.0, 0.3, 12.0, 36.0, 41.0, 700.0])
def test_sigmoid_and_tanh_keep_their_digits_far_out(z: float) -> None:
    """Against 60 digits: σ = 1/(1+e^−z), σ′ = σ(1 − σ), tanh′(z/2) = 4 σ′(z)."""
    with localcontext() as context:
        context.prec = 400
        exact = 1 / (1 + (-Decimal(z)).exp())
        exact_slope = exact * (1 - exact)
    Z = np.asarray([z])
    assert sigmoid(Z).item() == pytest.approx(float(exact), rel=1e-14)
    assert sigmoid_derivative(Z).item() == pytest.approx(float(exact_slope), rel=1e-14)
    assert tanh_derivative(Z / 2).item() == pytest.approx(4 * float(exact_slope), rel=1e-14)


@every_activation
def test_not_a_number_stays_one(name: str) -> None:
    Z = np.asarray([[np.nan, 1.0]])
    assert np.isnan(ACTIVATIONS[name].forward(Z)[0, 0])


@given(st.floats(-100, 100))
def test_the_relatives_of_relu_agree_with_it_where_it_matters(z: float) -> None:
    """Each lies within a fixed distance of ReLU, and equals it as z grows."""
    Z = np.asarray([z])
    off = relu(-Z).item()
    for name, furthest in (("elu", 1), ("gelu", 0.17), ("silu", 0.2785), ("mish", 0.3089), ("softplus", np.log(2))):
        distance = abs(ACTIVATIONS[name].forward(Z) - relu(Z)).item()
        assert distance <= furthest * (1 + 1e-12)
        assert distance <= 1e-9 or z < 25
    assert ACTIVATIONS["leaky_relu"].forward(Z).item() == pytest.approx(relu(Z).item() - 0.01 * off, abs=1e-15)


@given(rows_of_numbers, st.floats(-1e3, 1e3))
def test_softmax_does_not_see_a_shift(Z: np.ndarray, shift: float) -> None:
    np.testing.assert_allclose(softmax(Z + shift), softmax(Z), rtol=1e-9, atol=1e-12)


@given(rows_of_numbers)
def test_softmax_gives_probabilities_in_the_order_of_the_scores(Z: np.ndarray) -> None:
    A = softmax(Z)
    assert (A >= 0).all()
    assert A.sum() == pytest.approx(1)
    assert (np.diff(A[0][np.argsort(Z[0])]) >= 0).all()


@given(st.floats(-700, 700))
def test_softmax_of_two_is_the_sigmoid_of_the_difference(z: float) -> None:
    np.testing.assert_allclose(softmax(np.asarray([[z, 0.0]]))[0, 0], sigmoid(np.asarray(z)), rtol=1e-12)
