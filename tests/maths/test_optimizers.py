from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wade.errors import InvalidArgument
from wade.maths.optimizers import OPTIMIZERS, SGD, AdaGrad, Adam, AdamW, Nesterov, RMSProp, choose_optimizer

THETA, GRADIENT = np.asarray([1.0, -2.0]), np.asarray([0.5, 4.0])
ALL = [
    *(SGD(), SGD(momentum=0.9), SGD(weight_decay=0.1), Nesterov(), Nesterov(weight_decay=0.1)),
    *(AdaGrad(), AdaGrad(weight_decay=0.1), RMSProp(), RMSProp(weight_decay=0.1)),
    *(Adam(), Adam(weight_decay=0.1), AdamW()),
]
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


def test_nesterov_by_hand() -> None:
    """With μ = 0.5, η = 0.1 and g = 0.5 twice.

    v₁ = 0.5; step 0.1 · (0.5 + 0.5 · 0.5) = 0.075; θ₁ = 0.925.
    v₂ = 0.5 · 0.5 + 0.5 = 0.75; step 0.1 · (0.5 + 0.5 · 0.75) = 0.0875; θ₂ = 0.8375.
    """
    theta, state = steps(Nesterov(momentum=0.5), 1)
    assert (theta[0], state["momentum"][0]) == (pytest.approx(0.925, rel=1e-15), 0.5)
    theta, state = steps(Nesterov(momentum=0.5), 2)
    assert (theta[0], state["momentum"][0], state["step"]) == (pytest.approx(0.8375, rel=1e-15), 0.75, 2)


def test_nesterov_holds_the_decayed_gradient() -> None:
    """G + λθ = 0.5 + 0.1 · 1 = 0.6; v = 0.6; step 0.1 · (0.6 + 0.5 · 0.6) = 0.09; θ = 0.91."""
    theta, state = steps(Nesterov(momentum=0.5, weight_decay=0.1), 1)
    assert (theta[0], state["momentum"][0]) == (pytest.approx(0.91, rel=1e-15), pytest.approx(0.6, rel=1e-15))


def test_nesterov_is_momentum_whose_gradient_is_taken_where_it_is_about_to_be() -> None:
    """Nesterov's own text: v ← μv + ∇J(x − ημv), x ← x − ηv; our θ is its x − ημv."""
    mu, eta, x, v = 0.8, 0.05, np.asarray([2.0, -1.0]), np.zeros(2)
    theta = x.copy()
    optimizer = Nesterov(momentum=mu)
    state = optimizer.init(theta)
    for _ in range(20):
        v = mu * v + (x - eta * mu * v) ** 3
        x = x - eta * v
        theta, state = optimizer.update(theta, theta**3, state, eta)
        np.testing.assert_allclose(theta, x - eta * mu * v, rtol=1e-12)


def test_adagrad_by_hand() -> None:
    """With ε = 1, η = 0.1: for g = 3, G = 9 and the step is 0.1 · 3 / (3 + 1) = 0.075; for g = 4, G = 25, 0.4 / 6."""
    adagrad = AdaGrad(epsilon=1.0)
    theta, state = adagrad.update(np.ones(1), np.asarray([3.0]), adagrad.init(np.ones(1)), 0.1)
    assert (theta[0], state["sum_of_squares"][0]) == (pytest.approx(0.925, rel=1e-15), 9.0)
    theta, state = adagrad.update(theta, np.asarray([4.0]), state, 0.1)
    assert (theta[0], state["sum_of_squares"][0]) == (pytest.approx(0.925 - 1 / 15, rel=1e-15), 25.0)


def test_rmsprop_by_hand() -> None:
    """With α = 0.75, ε = 1, η = 0.1; first g = 4, then g = 2.

    v₁ = 0.25 · 16 = 4; step 0.1 · 4 / (2 + 1) = 2/15. v₂ = 0.75 · 4 + 0.25 · 4 = 4; step 0.1 · 2 / 3 = 1/15.
    """
    rmsprop = RMSProp(alpha=0.75, epsilon=1.0)
    theta, state = rmsprop.update(np.ones(1), np.asarray([4.0]), rmsprop.init(np.ones(1)), 0.1)
    assert (theta[0], state["second_moment"][0]) == (pytest.approx(1 - 2 / 15, rel=1e-15), 4.0)
    theta, state = rmsprop.update(theta, np.asarray([2.0]), state, 0.1)
    assert (theta[0], state["second_moment"][0]) == (pytest.approx(0.8, rel=1e-15), 4.0)


@pytest.mark.parametrize("kind", [AdaGrad, RMSProp])
def test_weight_decay_of_scaled_descent_is_part_of_the_gradient(kind: Any) -> None:
    """λ = 0.5, ε = 1: g = 0.5 + 0.5 · 1 = 1, whose square is what is remembered; √ of it is 1; step 0.1 / (1 + 1)."""
    constants = {"alpha": 0.0} if kind is RMSProp else {}
    theta, state = steps(kind(epsilon=1.0, weight_decay=0.5, **constants), 1)
    assert theta[0] == pytest.approx(0.95, rel=1e-15)
    assert state["sum_of_squares" if kind is AdaGrad else "second_moment"][0] == 1.0


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


@pytest.mark.parametrize("kind", [SGD, Nesterov, AdaGrad, RMSProp, Adam, AdamW])
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
        learning_rate = 0.5 if isinstance(optimizer, AdaGrad) else 0.05  # AdaGrad's steps shrink by themselves
        theta, state = optimizer.update(theta, theta - 3, state, learning_rate * (1 - step / 4000))
    expected = 3 / (1 + optimizer.weight_decay)
    assert theta[0] == pytest.approx(expected, abs=0.1 if isinstance(optimizer, AdamW) else 1e-3)


# Each with a learning rate for a valley whose walls are 2500 times as steep as its floor.
VALLEY = [
    *((SGD(), 2e-3), (SGD(momentum=0.9), 5e-4), (Nesterov(), 5e-4)),
    *((AdaGrad(), 0.5), (RMSProp(), 0.01), (Adam(), 0.02), (AdamW(weight_decay=0.0), 0.02)),
]


@pytest.mark.parametrize(("optimizer", "learning_rate"), VALLEY, ids=lambda value: str(value))
def test_rosenbrocks_valley_is_followed_to_its_end(optimizer: Any, learning_rate: float) -> None:
    """J = (1 − x)² + 100 (y − x²)², from (−1.2, 1) round the bend to (1, 1); the learning rate falls to 0."""
    theta = np.asarray([-1.2, 1.0])
    state, count = optimizer.init(theta), 20_000
    for step in range(count):
        x, y = theta.tolist()
        slope = np.asarray([2 * (x - 1) - 400 * x * (y - x * x), 200 * (y - x * x)])
        theta, state = optimizer.update(theta, slope, state, learning_rate * (1 - step / count))
    np.testing.assert_allclose(theta, [1, 1], atol=1e-3)


def direction_of(optimizer: Any, gradient: np.ndarray, state: dict[str, Any]) -> np.ndarray:
    """What each optimizer says that its factor multiplies."""
    match optimizer:
        case SGD():
            return state["momentum"] if optimizer.momentum else gradient
        case Nesterov():
            return gradient + optimizer.momentum * state["momentum"]
        case AdaGrad() | RMSProp():
            return gradient
    return state["first_moment"] / (1 - optimizer.beta1 ** state["step"])


@every_optimizer
def test_a_step_is_the_effective_learning_rate_times_the_direction(optimizer: Any) -> None:
    draw, theta = np.random.RandomState(0), np.asarray([1.0, -2.0, 0.5])
    state, decays = optimizer.init(theta), np.asarray([True, False, True])
    for learning_rate in (0.1, 0.05, 0.2):
        gradient = draw.uniform(-2, 2, 3)
        after, state = optimizer.update(theta, gradient, state, learning_rate, decays)
        decay = optimizer.weight_decay * theta * decays
        if isinstance(optimizer, AdamW):
            theta = theta - learning_rate * decay
        else:
            gradient = gradient + decay
        factor = optimizer.effective_learning_rate(state, learning_rate)
        np.testing.assert_allclose(after - theta, -factor * direction_of(optimizer, gradient, state), rtol=1e-12)
        theta = after


def test_effective_learning_rates_by_hand() -> None:
    """After the one gradient (0.5, 4), with η = 0.1 and an ε that is too small to see.

    AdaGrad: √G = (0.5, 4), so 0.1/0.5 = 0.2 and 0.1/4 = 0.025. RMSProp with α = 0.75: √v = √(0.25 g²) = (0.25, 2), so
    0.4 and 0.05. Adam: √v̂ = (0.5, 4), so 0.2 and 0.025, times m̂ = g whatever β₁ is.
    """
    for optimizer, expected in (
        (SGD(momentum=0.9), [0.1, 0.1]),
        (Nesterov(), [0.1, 0.1]),
        (AdaGrad(), [0.2, 0.025]),
        (RMSProp(alpha=0.75), [0.4, 0.05]),
        (Adam(beta1=0.5), [0.2, 0.025]),
        (AdamW(beta1=0.5), [0.2, 0.025]),
    ):
        factor = optimizer.effective_learning_rate(steps(optimizer, 1)[1], 0.1)
        np.testing.assert_allclose(np.broadcast_to(factor, 2), expected, rtol=1e-6)


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
    assert Nesterov() == Nesterov(momentum=0.9, weight_decay=0.0)
    assert AdaGrad() == AdaGrad(epsilon=1e-10, weight_decay=0.0)
    assert RMSProp() == RMSProp(alpha=0.99, epsilon=1e-8, weight_decay=0.0)
    assert Adam() == Adam(beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.0)
    assert AdamW() == AdamW(beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.01)


@pytest.mark.parametrize("kind", OPTIMIZERS.values())
def test_the_memory_starts_empty_and_counts_its_steps(kind: Any) -> None:
    optimizer, theta = kind(), np.asarray([1.0, -2.0])
    state = optimizer.init(theta)
    assert all(np.all(np.asarray(entry) == 0) for entry in state.values())
    for count in (1, 2, 3):
        theta, state = optimizer.update(theta, np.asarray([0.5, 0.25]), state, 0.1)
        assert state["step"] == count


def test_choosing() -> None:
    for name, kind in OPTIMIZERS.items():
        assert choose_optimizer(name) == kind()
        assert kind.name == name
    mine = Adam(beta1=0.5)
    assert choose_optimizer(mine) is mine


def test_what_cannot_be_chosen() -> None:
    with pytest.raises(InvalidArgument, match="Did you mean 'adam'"):
        choose_optimizer("adem")
    with pytest.raises(InvalidArgument, match="name or an optimizer"):
        choose_optimizer(Adam)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "constant", "value"),
    [
        *((SGD, "momentum", value) for value in (-0.1, 1.0, np.nan)),
        *((Nesterov, "momentum", value) for value in (-0.1, 0.0, 1.0, np.nan)),
        *((RMSProp, "alpha", value) for value in (-0.1, 1.0, np.nan)),
        *(
            (kind, name, value)
            for kind in (Adam, AdamW)
            for name in ("beta1", "beta2")
            for value in (-0.1, 1.0, np.nan)
        ),
        *(
            (kind, "epsilon", value)
            for kind in (AdaGrad, RMSProp, Adam, AdamW)
            for value in (0.0, -1e-8, np.inf, np.nan)
        ),
        *((kind, "weight_decay", value) for kind in OPTIMIZERS.values() for value in (-1e-3, np.inf, np.nan)),
    ],
)
def test_constants_outside_their_range(kind: Any, constant: str, value: float) -> None:
    with pytest.raises(InvalidArgument, match=f"`{constant}`"):
        kind(**{constant: value})
