from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import lazy_loader
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wade.errors import InvalidArgument
from wade.maths.optimizers import SGD, Nesterov, RMSProp
from wade.maths.regularizers import UNREGULARIZED, Regularization, clip_by_norm

torch = lazy_loader.load("torch")
with_torch = pytest.mark.skipif(find_spec("torch") is None, reason="PyTorch is not installed (it is in CI)")

THETA, DECAYS = np.asarray([1.5, -2.0, 0.25, 4.0]), np.asarray([True, True, True, False])
RULES = [Regularization(l1=0.3), Regularization(l2=0.7), Regularization(l1=0.3, l2=0.7)]


def test_penalties_by_hand() -> None:
    """0.3 · (1.5 + 2 + 0.25) = 1.125 and ½ · 0.7 · (2.25 + 4 + 0.0625) = 2.209375; the bias 4 is free."""
    assert RULES[0].penalty(THETA, DECAYS) == pytest.approx(1.125, rel=1e-15)
    assert RULES[1].penalty(THETA, DECAYS) == pytest.approx(2.209375, rel=1e-15)
    assert RULES[2].penalty(THETA, DECAYS) == pytest.approx(3.334375, rel=1e-15)


def test_gradients_by_hand() -> None:
    """0.3 · sign θ = (0.3, −0.3, 0.3) and 0.7 θ = (1.05, −1.4, 0.175) come to a gradient of ones, but for the bias."""
    np.testing.assert_allclose(RULES[0].regularize(np.ones(4), THETA, DECAYS), [1.3, 0.7, 1.3, 1])
    np.testing.assert_allclose(RULES[1].regularize(np.ones(4), THETA, DECAYS), [2.05, -0.4, 1.175, 1])
    np.testing.assert_allclose(RULES[2].regularize(np.ones(4), THETA, DECAYS), [2.35, -0.7, 1.475, 1])


@pytest.mark.parametrize("rule", RULES, ids=str)
@pytest.mark.parametrize("decays", [DECAYS, None])
def test_every_gradient_is_a_slope(rule: Regularization, decays: Any, slope: Any) -> None:
    expected = slope(lambda theta: rule.penalty(theta, decays), THETA)
    np.testing.assert_allclose(rule.regularize(np.zeros(4), THETA, decays), expected, atol=1e-8)


@with_torch
@pytest.mark.parametrize("rule", RULES, ids=str)
def test_penalties_are_what_autograd_finds(rule: Regularization) -> None:
    theta = torch.tensor([*THETA, 0.0], requires_grad=True)  # at 0, PyTorch too takes the slope of |θ| to be 0
    (rule.l1 * theta.abs().sum() + rule.l2 * 0.5 * (theta**2).sum()).backward()
    ours = rule.regularize(np.zeros(5), np.append(THETA, 0.0))
    np.testing.assert_allclose(ours, theta.grad.numpy(), rtol=1e-14)


def test_a_weight_of_zero_stays_at_zero() -> None:
    assert Regularization(l1=1.0).regularize(np.zeros(2), np.zeros(2)).tolist() == [0, 0]


def test_clipping_by_hand() -> None:
    """‖(6, 8)‖ = 10: to 5 it is halved, (3, 4), but for the 1e-6; to 10 it is too long by that hair; to 11 it stays."""
    gradient = np.asarray([6.0, 8.0])
    np.testing.assert_allclose(clip_by_norm(gradient, 5.0), np.asarray([3, 4]) * 10 / 10.000001, rtol=1e-14)
    np.testing.assert_allclose(clip_by_norm(gradient, 10.0), gradient * 10 / 10.000001, rtol=1e-14)
    np.testing.assert_array_equal(clip_by_norm(gradient, 11.0), gradient)
    np.testing.assert_array_equal(gradient, [6, 8])


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=5), st.floats(1e-3, 1e3))
def test_clipping_keeps_the_direction_and_bounds_the_length(entries: list[float], max_norm: float) -> None:
    gradient = np.asarray(entries)
    clipped, norm = clip_by_norm(gradient, max_norm), np.linalg.norm(gradient)
    assert np.linalg.norm(clipped) <= max_norm * (1 + 1e-12)
    np.testing.assert_allclose(clipped * norm, gradient * np.linalg.norm(clipped), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("entries", [[0.0, 0.0], [], [1e-30, 0.0]])
def test_a_short_gradient_stays(entries: list[float]) -> None:
    assert clip_by_norm(np.asarray(entries), 1.0).tolist() == entries


def test_a_length_beyond_single_precision_is_still_clipped() -> None:
    """(3e30)² is infinite in single precision; the norm is summed in double."""
    clipped = clip_by_norm(np.asarray([3e30, 4e30], np.float32), 1.0)
    assert clipped.dtype == np.float32
    np.testing.assert_allclose(clipped, [0.6, 0.8], rtol=1e-6)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_no_number_is_not_hidden(bad: float) -> None:
    with np.errstate(invalid="ignore"):
        assert np.isnan(clip_by_norm(np.asarray([bad, 1.0]), 1.0)).any()


@with_torch
@pytest.mark.parametrize("max_norm", [1e-3, 1.0, 3.0, 1e3])
def test_clipping_is_pytorchs(max_norm: float) -> None:
    draw = np.random.RandomState(0)
    for scale in (1e-4, 1.0, 1e3):
        W, b = draw.normal(0, scale, (4, 3)), draw.normal(0, scale, 3)
        parameters = [torch.zeros(4, 3, dtype=torch.float64), torch.zeros(3, dtype=torch.float64)]
        for parameter, gradient in zip(parameters, (W, b), strict=True):
            parameter.grad = torch.tensor(gradient)
        torch.nn.utils.clip_grad_norm_(parameters, max_norm)
        theirs = np.concatenate([parameter.grad.numpy().ravel() for parameter in parameters])
        np.testing.assert_allclose(clip_by_norm(np.append(W, b), max_norm), theirs, rtol=1e-13)


def test_penalties_come_before_clipping() -> None:
    """Gradient 0, L2 of 1 on θ = (3, 4): (3, 4), of length 5, which is clipped to 1: (0.6, 0.8)."""
    rule = Regularization(l2=1.0, max_norm=1.0)
    np.testing.assert_allclose(rule.regularize(np.zeros(2), np.asarray([3.0, 4.0])), [0.6, 0.8], rtol=1e-6)


@pytest.mark.parametrize("kind", [SGD, Nesterov, RMSProp])
def test_l2_is_weight_decay_where_nothing_is_clipped(kind: Any) -> None:
    plain, decaying, gradient = kind(), kind(weight_decay=0.2), np.asarray([1.0, 2.0, -1.0, 0.5])
    ends = [
        plain.update(THETA, Regularization(l2=0.2).regularize(gradient, THETA, DECAYS), plain.init(THETA), 0.1)[0],
        decaying.update(THETA, gradient, decaying.init(THETA), 0.1, DECAYS)[0],
    ]
    np.testing.assert_allclose(*ends, rtol=1e-15)


def test_without_rules_the_gradient_is_left_as_it_is() -> None:
    gradient = np.ones(4)
    assert UNREGULARIZED.regularize(gradient, THETA, DECAYS) is gradient
    assert UNREGULARIZED.penalty(THETA) == 0


@pytest.mark.parametrize(
    ("constant", "value"),
    [
        *((name, value) for name in ("l1", "l2") for value in (-0.1, np.inf, np.nan)),
        *(("max_norm", value) for value in (0.0, -1.0, np.inf, np.nan)),
    ],
)
def test_constants_outside_their_range(constant: str, value: float) -> None:
    with pytest.raises(InvalidArgument, match=f"`{constant}`"):
        Regularization(**{constant: value})
