from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wade.errors import InvalidArgument
from wade.maths.activations.sigmoids import sigmoid
from wade.maths.activations.softmax import softmax
from wade.maths.likelihood_losses import (
    binary_cross_entropy,
    sigmoid_cross_entropy,
    sigmoid_cross_entropy_gradient,
    softmax_cross_entropy,
    softmax_cross_entropy_gradient,
)
from wade.maths.losses import LOSSES, Loss, choose_loss, cross_entropy, huber, mean_loss, quantile
from wade.maths.reduction import mean_over_samples, shares
from wade.maths.regression_losses import squared_error, squared_error_gradient

DECK_PREDICTED = np.asarray([[0.05], [0.02], [0.96], [0.35]])
DECK_ACTUAL = np.asarray([[1.0], [0.0], [1.0], [1.0]])


def test_the_decks_cross_entropy() -> None:
    """−ln 0.05 = 2.995732, −ln 0.98 = 0.020203, −ln 0.96 = 0.040822, −ln 0.35 = 1.049822; their mean is 1.026645."""
    per_sample = binary_cross_entropy(DECK_PREDICTED, DECK_ACTUAL)
    np.testing.assert_allclose(per_sample, [2.995732, 0.020203, 0.040822, 1.049822], atol=1e-6)
    assert float(mean_over_samples(per_sample)) == pytest.approx(1.0266, abs=5e-5)


def test_the_decks_squared_error() -> None:
    """0.95² = 0.9025, 0.02² = 0.0004, 0.04² = 0.0016, 0.65² = 0.4225; sum 1.327, mean 0.33175."""
    per_sample = squared_error(DECK_PREDICTED, DECK_ACTUAL)
    np.testing.assert_allclose(per_sample, [0.9025, 0.0004, 0.0016, 0.4225], rtol=1e-12)
    assert float(mean_over_samples(per_sample)) == pytest.approx(0.33175, rel=1e-12)


def test_the_decks_count_of_mistakes() -> None:
    """At ½ the predictions say no, no, yes, no; it was yes, no, yes, yes: the first and the last are wrong."""
    assert int(((DECK_PREDICTED > 0.5) != (DECK_ACTUAL > 0.5)).sum()) == 2


@given(st.floats(-20, 20), st.sampled_from([0.0, 0.25, 1.0]))
def test_the_cross_entropy_of_probabilities_is_that_of_their_logits(z: float, y: float) -> None:
    Z, Y = np.asarray([[z, 0.5]]), np.asarray([[y, 1.0]])
    expected = sigmoid_cross_entropy(Z, Y)
    np.testing.assert_allclose(binary_cross_entropy(sigmoid(Z), Y), expected, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(
    ("predicted", "observed", "expected"),
    [(0, 0, 0), (1, 1, 0), (0, 1, np.inf), (1, 0, np.inf), (0, 0.5, np.inf), (0.25, 0.5, -np.log(0.1875) / 2)],
)
def test_certain_probabilities_cost_nothing_or_without_bound(
    predicted: float, observed: float, expected: float
) -> None:
    [found] = binary_cross_entropy(np.asarray([[predicted]], np.float32), np.asarray([[observed]], np.float32))
    assert found.dtype == np.float32
    assert float(found) == pytest.approx(expected)
    assert not np.signbit(found)


@pytest.mark.parametrize(
    "form", [list, np.asarray, lambda row: np.asarray(row, np.float32)[:, None], lambda row: [[v] for v in row]]
)
def test_the_mean_loss_of_predictions_in_any_form(form: Any) -> None:
    predicted, actual = form([0.05, 0.02, 0.96, 0.35]), form([1, 0, 1, 1])
    assert mean_loss(predicted, actual) == pytest.approx(1.026645, abs=1e-6)
    assert mean_loss(predicted, actual, "mean_squared_error") == pytest.approx(0.33175)
    assert mean_loss(predicted, actual, "mean_absolute_error") == pytest.approx(1.66 / 4)
    assert mean_loss(predicted, actual, huber(0.5)) == pytest.approx(
        (0.5 * (0.95 - 0.25) + 0.5 * (0.65 - 0.25) + 0.001) / 4
    )


@pytest.mark.parametrize(
    ("predicted", "actual", "loss", "named"),
    [
        ([0.5], [1, 0], "cross_entropy", "`actual` must have the shape of the predictions"),
        ([1.5], [1], "cross_entropy", "`predicted` must be probabilities from 0 to 1"),
        ([0.5], [2], "cross_entropy", "`actual` must be probabilities from 0 to 1"),
        ([np.nan], [1], "mean_squared_error", "`predicted` must be finite numbers"),
        ([], [], "cross_entropy", "`predicted` must be finite numbers"),
        (["a"], [1], "cross_entropy", "`predicted` must be numbers"),
        ([0.5], [1], "poisson", "takes logarithms"),
        ([0.5], [1], "mse", "must be one of"),
        ([0.5], [1], cross_entropy("sigmoid"), "does not fit"),
    ],
)
def test_what_has_no_mean_loss_is_named(predicted: Any, actual: Any, loss: Any, named: str) -> None:
    with pytest.raises(InvalidArgument) as refused:
        mean_loss(predicted, actual, loss)
    assert named in str(refused.value)


def test_softmax_cross_entropy_by_hand() -> None:
    """Scores ln 1, ln 2, ln 5 give probabilities 1/8, 2/8, 5/8; the second class costs −ln ¼ = ln 4."""
    Z = np.log([[1.0, 2.0, 5.0]])
    np.testing.assert_allclose(softmax_cross_entropy(Z, np.asarray([1])), [np.log(4)], rtol=1e-14)
    np.testing.assert_allclose(
        softmax_cross_entropy_gradient(Z, np.asarray([1])), [[1 / 8, 2 / 8 - 1, 5 / 8]], rtol=1e-14
    )


def test_many_outputs_are_summed_by_cross_entropy_and_averaged_by_squared_error() -> None:
    Z, y = np.zeros((1, 4)), np.ones((1, 4))
    np.testing.assert_allclose(sigmoid_cross_entropy(Z, y), [4 * np.log(2)])
    np.testing.assert_allclose(squared_error(Z, y), [1.0])
    np.testing.assert_allclose(squared_error_gradient(Z, y), [[-0.5] * 4])  # 2/4 · (0 − 1)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize(("n", "k"), [(1, 2), (5, 3), (3, 7), (0, 2)])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_gradient_is_the_slope_of_the_mean(name: str, n: int, k: int, weighted: bool, slope) -> None:
    draw = np.random.RandomState(n + 10 * k)
    taken = draw.uniform(-3, 3, (n, k))
    y = draw.randint(0, k, n) if name == "softmax_cross_entropy" else draw.uniform(0, 1, (n, k))
    weights = draw.uniform(0.1, 3, n) if weighted else np.ones(n)
    loss = LOSSES[name]
    expected = slope(lambda taken: mean_over_samples(loss.per_sample(taken, y), weights), taken)
    np.testing.assert_allclose(loss.gradient(taken, y) * shares(weights)[:, None], expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_extreme_scores_cost_what_they_should(dtype: str) -> None:
    Z = np.asarray([[1e4], [-1e4], [1e4], [-1e4]], dtype=dtype)
    y = np.asarray([[1], [0], [0], [1]], dtype=dtype)
    np.testing.assert_array_equal(sigmoid_cross_entropy(Z, y), np.asarray([0, 0, 1e4, 1e4], dtype=dtype))
    np.testing.assert_array_equal(sigmoid_cross_entropy_gradient(Z, y)[:, 0], [0, 0, 1, -1])
    scores = np.asarray([[1e4, 0, -1e4]] * 3, dtype=dtype)
    np.testing.assert_array_equal(softmax_cross_entropy(scores, np.arange(3)), np.asarray([0, 1e4, 2e4], dtype=dtype))
    assert sigmoid_cross_entropy(Z, y).dtype == softmax_cross_entropy(scores, np.arange(3)).dtype == dtype
    assert softmax_cross_entropy_gradient(scores, np.arange(3)).dtype == dtype
    assert squared_error_gradient(Z, y).dtype == dtype


def test_a_small_loss_keeps_its_digits() -> None:
    """Sure and right by 30: ln(1 + e^−30) = 9.357622968840175e-14, far below the rounding of 1 + e^−30 itself."""
    assert sigmoid_cross_entropy(np.asarray([[30.0]]), np.ones((1, 1))).item() == pytest.approx(
        9.357622968840175e-14, rel=1e-12
    )


@given(st.lists(st.floats(-20, 20), min_size=2, max_size=6), st.data())
def test_the_gradient_of_a_cross_entropy_is_predicted_minus_actual(row: list[float], data: st.DataObject) -> None:
    Z, y = np.asarray([row]), np.asarray([data.draw(st.integers(0, len(row) - 1))])
    expected = softmax(Z)
    expected[0, y[0]] -= 1
    np.testing.assert_allclose(softmax_cross_entropy_gradient(Z, y), expected, atol=1e-15)
    assert softmax_cross_entropy_gradient(Z, y).sum() == pytest.approx(0, abs=1e-12)


@given(st.lists(st.tuples(st.floats(0, 10), st.integers(1, 4)), min_size=1, max_size=8))
def test_a_whole_weight_is_that_number_of_copies(samples: list[tuple[float, int]]) -> None:
    losses, counts = (np.asarray(column, dtype=float) for column in zip(*samples, strict=True))
    copies = np.repeat(losses, counts.astype(int))
    assert float(mean_over_samples(losses, counts)) == pytest.approx(float(mean_over_samples(copies)), abs=1e-12)


def test_nothing_weighs_nothing() -> None:
    assert float(mean_over_samples(np.asarray([3.0, 4.0]), np.zeros(2))) == 0
    np.testing.assert_array_equal(shares(np.zeros(2)), [0, 0])


@pytest.mark.parametrize(
    ("name", "output", "chosen", "takes"),
    [
        ("cross_entropy", "sigmoid", "sigmoid_cross_entropy", "pre-activation"),
        ("cross_entropy", "softmax", "softmax_cross_entropy", "pre-activation"),
        ("poisson", "identity", "poisson", "pre-activation"),
        *((name, "identity", name, "activation") for name in ("mean_absolute_error", "huber", "quantile")),
        *(
            ("mean_squared_error", output, "mean_squared_error", "activation")
            for output in ("identity", "sigmoid", "softmax")
        ),
    ],
)
def test_choosing(name: str, output: str, chosen: str, takes: str) -> None:
    loss = choose_loss(name, output)
    assert (loss.name, loss.takes) == (chosen, takes)


@pytest.mark.parametrize("output", ["identity", "relu", "tanh"])
def test_cross_entropy_needs_probabilities(output: str) -> None:
    with pytest.raises(InvalidArgument, match=f"output is '{output}'.*mean_squared_error"):
        choose_loss("cross_entropy", output)


def test_unknown_loss_names_the_nearest() -> None:
    with pytest.raises(InvalidArgument, match="Did you mean 'cross_entropy'"):
        choose_loss("crossentropy", "sigmoid")
    with pytest.raises(InvalidArgument, match="'cross_entropy', 'huber', 'mean_absolute_error'"):
        choose_loss("sigmoid_cross_entropy", "sigmoid")


def test_a_made_loss_is_passed_on() -> None:
    for loss in (huber(2.0), quantile(0.9)):
        assert choose_loss(loss, "identity") is loss
    for output in ("sigmoid", "softmax"):
        loss = cross_entropy(output, label_smoothing=0.1)
        assert choose_loss(loss, output) is loss
        assert (loss.name, loss.takes) == (f"{output}_cross_entropy", "pre-activation")


def test_what_a_loss_is_computed_from() -> None:
    Z, A = np.zeros(1), np.ones(1)
    assert LOSSES["poisson"].taken(Z, A) is Z
    assert LOSSES["huber"].taken(Z, A) is A


def test_constants_are_told_and_settled() -> None:
    """Huber's at d = 3: ½ · 9 with δ = 4, 2 · (3 − 1) with δ = 2. The quantile's: 3 too high costs 3 · (1 − τ)."""
    three, zero = np.asarray([[3.0]]), np.zeros((1, 1))
    assert [huber(delta).per_sample(three, zero).item() for delta in (4, 2)] == [4.5, 4]
    assert [huber(delta).gradient(three, zero).item() for delta in (4, 2)] == [3, 2]
    assert quantile(0.75).per_sample(three, zero).item() == quantile(0.75).gradient(three, zero).item() * 3 == 0.75
    assert (huber(2).constants, quantile(0.9).constants) == ((2.0,), (0.9,))
    assert cross_entropy("sigmoid", 0.2).constants == (0.2,)
    assert cross_entropy("sigmoid", 0.5).gradient(zero, zero + 1).item() == 0.5 - 0.75
    usual = {name: loss.constants for name, loss in LOSSES.items() if loss.constants}
    no_smoothing = {"sigmoid_cross_entropy": (0.0,), "softmax_cross_entropy": (0.0,)}
    assert usual == no_smoothing | {"huber": (1.0,), "quantile": (0.5,)}


@pytest.mark.parametrize("loss", [*LOSSES.values(), huber(3.0)], ids=lambda loss: loss.name)
def test_a_loss_can_be_sent_to_another_process(loss: Loss) -> None:
    again = pickle.loads(pickle.dumps(loss))
    assert (again.name, again.takes, again.constants) == (loss.name, loss.takes, loss.constants)
    assert again.gradient(np.ones((1, 2)), np.zeros(1, int) if "softmax" in loss.name else np.zeros((1, 2))).shape == (
        1,
        2,
    )


@pytest.mark.parametrize(
    ("make", "value", "said"),
    [
        (huber, 0, "`delta` must be a finite number greater than 0"),
        (huber, float("nan"), "delta"),
        (huber, float("inf"), "delta"),
        (quantile, 0, "`tau` must be greater than 0 and less than 1"),
        (quantile, 1, "tau"),
        (quantile, float("nan"), "tau"),
        (lambda value: cross_entropy("softmax", value), 1, "`label_smoothing` must be at least 0 and less than 1"),
        (lambda value: cross_entropy("sigmoid", value), -0.1, "label_smoothing"),
        (cross_entropy, "tanh", "`output` must be 'sigmoid' or 'softmax'"),
        (lambda value: choose_loss(value, "identity"), 3, "a loss such as"),
    ],
)
def test_constants_out_of_range(make, value: object, said: str) -> None:
    with pytest.raises(InvalidArgument, match=said):
        make(value)


def test_a_loss_that_does_not_fit_the_output() -> None:
    with pytest.raises(InvalidArgument, match=r'softmax_cross_entropy.*output is \'sigmoid\'.*output="softmax"'):
        choose_loss(cross_entropy("softmax", 0.1), "sigmoid")
    with pytest.raises(InvalidArgument, match=r'logarithm of a count.*output="identity"'):
        choose_loss("poisson", "softplus")
