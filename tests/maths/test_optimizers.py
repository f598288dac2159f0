from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wade.errors import InvalidArgument
from wade.maths.optimizers import OPTIMIZERS, SGD, Adam, AdamW, choose_optimizer

THETA, GRADIENT = np.asarray([1.0, -2.0]), np.asarray([0.5, 4.0])
ALL = [SGD(), SGD(momentum=0.9), SGD(weight_decay=0.1), Adam(), Adam(weight_decay=0.1), AdamW()]
every_optimizer = pytest.mark.parametrize("optimizer", ALL, ids=str)


def steps(
    optimizer: Any, count: int, learning_rate: float = 0.1, decays: Any = None
) -> tuple[np.ndarray, dict[str, Any]]:
    theta, state = THETA, optimizer.init(THETA)
    for _ in range(count):
        theta, state = optimizer.update(theta, GRADIENT, state, learning_rate, decays)
    return theta, state


def test_gradient_descent_by_hand() -> None:
    """θ − η g = 1 − 0.1 · 0.5 = 0.95 and −2 − 0.1 · 4 = −2.4."""
    theta, state = steps(SGD(), 1)
    np.testing.assert_allclose(theta, [0.95, -2.4], rtol=1e-15)
    assert state == {"step": 1}


def test_momentum_by_hand() -> None:
    """v₁ = g; v₂ = 0.9 g + g = 1.9 g; v₃ = 0.9 · 1.9 g + g = 2.71 g; θ₃ = θ − 0.1 (1 + 1.9 + 2.71) g = θ − 0.561 g."""
    theta, state = steps(SGD(momentum=0.9), 3)
    np.testing.assert_allclose(theta, [1 - 0.561 * 0.5, -2 - 0.561 * 4], rtol=1e-14)
    np.testing.assert_allclose(state["momentum"], 2.71 * GRADIENT, rtol=1e-14)


def test_weight_decay_of_gradient_descent_by_hand() -> None:
    """The gradient g + λθ is 0.5 + 0.1 · 1 = 0.6 and 4 + 0.1 · (−2) = 3.8; θ − 0.1 times that is 0.94 and −2.38."""
    np.testing.assert_allclose(steps(SGD(weight_decay=0.1), 1)[0], [0.94, -2.38], rtol=1e-15)


def test_momentum_holds_the_decayed_gradient() -> None:
    """v₁ = g + λθ₀ = 0.6; θ₁ = 0.94; v₂ = 0.9 · 0.6 + 0.5 + 0.1 · 0.94 = 1.134; θ₂ = 0.94 − 0.1134 = 0.8266."""
    theta, state = steps(SGD(momentum=0.9, weight_decay=0.1), 2)
    assert state["momentum"][0] == pytest.approx(1.134, rel=1e-14)
    assert theta[0] == pytest.approx(0.8266, rel=1e-14)


def test_adam_by_hand() -> None:
    """With β₁ = 0.5, β₂ = 0.75, ε = 1, η = 0.1 and g = 0.5, then g = 0.5 again.

    m₁ = 0.25, v₁ = 0.0625; m̂ = 0.25/0.5 = 0.5, v̂ = 0.0625/0.25 = 0.25; step 0.1 · 0.5 / (0.5 + 1) = 1/30.
    m₂ = 0.375, v₂ = 0.109375; m̂ = 0.375/0.75 = 0.5, v̂ = 0.109375/0.4375 = 0.25; the same step again.
    """
    adam = Adam(beta1=0.5, beta2=0.75, epsilon=1.0)
    theta, state = steps(adam, 1)
    assert theta[0] == pytest.approx(1 - 1 / 30, rel=1e-15)
    assert (state["step"], state["first_moment"][0], state["second_moment"][0]) == (1, 0.25, 0.0625)
    theta, state = steps(adam, 2)
    assert theta[0] == pytest.approx(1 - 2 / 30, rel=1e-15)
    assert (state["step"], state["first_moment"][0], state["second_moment"][0]) == (2, 0.375, 0.109375)


def test_epsilon_stands_outside_the_root() -> None:
    """With g = ε the first step is η ε / (√ε² + ε) = η / 2; inside the root it would be η √ε / √(1 + ε)."""
    theta, _ = Adam(epsilon=1e-3).update(np.zeros(1), np.asarray([1e-3]), Adam().init(np.zeros(1)), 0.1)
    assert theta[0] == pytest.approx(-0.05, rel=1e-12)


def test_weight_decay_of_adam_is_part_of_the_gradient() -> None:
    """β = 0, ε = 1, λ = 0.5: g = 0.5 + 0.5 · 1 = 1; step 0.1 · 1 / (1 + 1) = 0.05."""
    theta, state = steps(Adam(beta1=0, beta2=0, epsilon=1.0, weight_decay=0.5), 1)
    assert theta[0] == pytest.approx(0.95, rel=1e-15)
    assert state["first_moment"][0] == 1.0


def test_weight_decay_of_adamw_is_kept_apart() -> None:
    """β = 0, ε = 1, λ = 0.5: θ decays to 1 · (1 − 0.1 · 0.5) = 0.95; step 0.1 · 0.5 / (0.5 + 1) = 1/30."""
    theta, state = steps(AdamW(beta1=0, beta2=0, epsilon=1.0, weight_decay=0.5), 1)
    assert theta[0] == pytest.approx(0.95 - 1 / 30, rel=1e-15)
    assert state["first_moment"][0] == 0.5


@pytest.mark.parametrize("kind", [SGD, Adam, AdamW])
def test_decay_touches_what_it_is_told_to(kind: Any) -> None:
    plain, _ = steps(kind(weight_decay=0.0), 3)
    everything, _ = steps(kind(weight_decay=0.2), 3)
    first, _ = steps(kind(weight_decay=0.2), 3, decays=np.asarray([True, False]))
    np.testing.assert_array_equal(first, [everything[0], plain[1]])
    assert (everything != plain).all()


@every_optimizer
def test_nothing_is_changed_in_place(optimizer: Any) -> None:
    theta, gradient = THETA.copy(), GRADIENT.copy()
    _, state = optimizer.update(theta, gradient, optimizer.init(theta), 0.1)
    kept = {name: np.copy(value) for name, value in state.items()}
    optimizer.update(theta, gradient, state, 0.1)
    np.testing.assert_array_equal(theta, THETA)
    np.testing.assert_array_equal(gradient, GRADIENT)
    for name, value in kept.items():
        np.testing.assert_array_equal(state[name], value)


@every_optimizer
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_dtype_stays(optimizer: Any, dtype: str) -> None:
    theta, gradient = THETA.astype(dtype), GRADIENT.astype(dtype)
    theta, state = optimizer.update(theta, gradient, optimizer.init(theta), 0.1, np.asarray([True, False]))
    assert {value.dtype.name for value in (theta, *(state[name] for name in state if name != "step"))} == {dtype}


@every_optimizer
def test_a_parabola_is_descended(optimizer: Any) -> None:
    """J = ½ (θ − 3)², or with decay λ the minimum moves to where θ − 3 + λθ = 0; AdamW's rests near by."""
    theta = np.asarray([-1.0])
    state = optimizer.init(theta)
    for step in range(4000):
        theta, state = optimizer.update(theta, theta - 3, state, 0.05 * (1 - step / 4000))
    expected = 3 / (1 + optimizer.weight_decay)
    assert theta[0] == pytest.approx(expected, abs=0.1 if isinstance(optimizer, AdamW) else 1e-3)


@given(st.floats(1e-4, 1e4), st.floats(1e-3, 1e3))
def test_adam_does_not_see_the_scale_of_the_gradient(g: float, scale: float) -> None:
    adam = Adam(epsilon=1e-300)
    ends = []
    for factor in (1.0, scale):
        theta = np.zeros(1)
        state = adam.init(theta)
        for sign in (1, 1, -1, 1):
            theta, state = adam.update(theta, np.asarray([sign * g * factor]), state, 0.1)
        ends.append(theta[0])
    assert ends[0] == pytest.approx(ends[1], rel=1e-9)


@given(st.floats(0, 0.99), st.lists(st.floats(-5, 5), min_size=1, max_size=6))
def test_momentum_is_a_sum_of_past_gradients(momentum: float, gradients: list[float]) -> None:
    """v_t = Σ_s μ^(t−s) g_s."""
    optimizer, theta = SGD(momentum=momentum), np.zeros(1)
    state = optimizer.init(theta)
    expected = 0.0
    for t in range(len(gradients)):
        theta, state = optimizer.update(theta, np.asarray([gradients[t]]), state, 0.1)
        expected -= 0.1 * sum(momentum ** (t - s) * gradients[s] for s in range(t + 1))
    assert theta[0] == pytest.approx(expected, abs=1e-9)


def test_the_usual_constants_are_pytorchs() -> None:
    assert SGD() == SGD(momentum=0.0, weight_decay=0.0)
    assert Adam() == Adam(beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.0)
    assert AdamW() == AdamW(beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.01)


def test_choosing() -> None:
    for name, kind in OPTIMIZERS.items():
        assert choose_optimizer(name) == kind()
        assert kind.name == name
    mine = Adam(beta1=0.5)
    assert choose_optimizer(mine) is mine


def test_what_cannot_be_chosen() -> None:
    with pytest.raises(InvalidArgument, match="Did you mean 'adam'"):
        choose_optimizer("adem")
    with pytest.raises(InvalidArgument, match="name or an optimiser"):
        choose_optimizer(Adam)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "constant", "value"),
    [
        *((SGD, "momentum", value) for value in (-0.1, 1.0, np.nan)),
        *(
            (kind, name, value)
            for kind in (Adam, AdamW)
            for name in ("beta1", "beta2")
            for value in (-0.1, 1.0, np.nan)
        ),
        *((kind, "epsilon", value) for kind in (Adam, AdamW) for value in (0.0, -1e-8, np.inf, np.nan)),
        *((kind, "weight_decay", value) for kind in (SGD, Adam, AdamW) for value in (-1e-3, np.inf, np.nan)),
    ],
)
def test_constants_outside_their_range(kind: Any, constant: str, value: float) -> None:
    with pytest.raises(InvalidArgument, match=f"`{constant}`"):
        kind(**{constant: value})
