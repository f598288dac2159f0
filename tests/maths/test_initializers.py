from __future__ import annotations

import numpy as np
import pytest

from wade.maths.activations import ACTIVATIONS, identity
from wade.maths.activations.rectifiers import leaky_relu, relu, selu
from wade.maths.activations.sigmoids import tanh
from wade.maths.initializers import glorot_uniform, he_normal, lecun_normal, orthogonal, zeros
from wade.maths.random import normal


def test_glorot_by_hand() -> None:
    """n_in = 2, n_out = 4: r = √(6 / 6) = 1, and Var = 1/3 = 2/6."""
    W = glorot_uniform((0, 0), n_in=2, n_out=4, rows=20_000)
    assert W.shape == (20_000, 4)
    assert 0.999 < abs(W).max() <= 1
    assert W.var() == pytest.approx(2 / 6, rel=0.02)
    assert abs(W.mean()) < 0.01


def test_he_by_hand() -> None:
    """n_in = 50: Var = 2/50, whatever n_out."""
    W = he_normal((0, 0), n_in=50, n_out=400)
    assert W.shape == (50, 400)
    assert W.var() == pytest.approx(2 / 50, rel=0.04)
    assert abs(W.mean()) < 0.01


PAIRS = [
    (he_normal, relu),
    (he_normal, leaky_relu),
    (glorot_uniform, identity),
    (lecun_normal, identity),
    (lecun_normal, selu),
]


@pytest.mark.parametrize(("initializer", "activation"), PAIRS)
def test_the_variance_holds_through_20_layers(initializer, activation) -> None:
    """From the first Z to the twentieth, as a geometric mean over 8 seeds; a factor 1.1 a layer would be 6 in all."""
    growth = []
    for seed in range(8):
        A, variances = normal(seed, 0, (60, 128)), []
        for stream in range(1, 21):
            Z = A @ initializer((seed, stream), 128, 128)
            A = activation(Z)
            variances.append((Z**2).mean())
        growth.append(np.log(variances[-1] / variances[0]))
    assert 0.4 < np.exp(np.mean(growth)) < 2


def test_the_wrong_variance_does_not_hold() -> None:
    """Glorot's weights under ReLU lose half of the signal in each layer: 2^−20 is left."""
    A = normal(7, 0, (400, 256))
    for stream in range(1, 21):
        A = relu(A @ glorot_uniform((7, stream), 256, 256))
    assert (A**2).mean() < 1e-4


def test_tanh_keeps_its_signal_alive_under_glorot() -> None:
    A = normal(7, 0, (400, 256))
    for stream in range(1, 11):
        A = tanh(A @ glorot_uniform((7, stream), 256, 256))
    assert 0.02 < (A**2).mean() < 0.5


def test_selu_draws_a_signal_back_to_variance_1() -> None:
    """From 0.25, from 4 and from 1 alike: 30 layers on, every network's activations have mean 0 and variance 1."""
    for start in (0.5, 1.0, 2.0):
        A = start * normal(7, 0, (200, 256))
        for stream in range(1, 31):
            A = selu(A @ lecun_normal((7, stream), 256, 256))
        assert A.var() == pytest.approx(1, abs=0.15)
        assert abs(A.mean()) < 0.1


@pytest.mark.parametrize("name", ["elu", "gelu", "silu", "mish"])
def test_he_is_near_for_the_relatives_of_relu(name: str) -> None:
    """2·E(a²), what one layer makes of a signal of variance 1, is what the docstring tells."""
    factor = {"elu": 1.29, "gelu": 0.85, "silu": 0.71, "mish": 0.90}[name]
    A = ACTIVATIONS[name].forward(normal(7, 0, (200_000,)))
    assert 2 * (A**2).mean() == pytest.approx(factor, abs=0.01)


def test_lecun_by_hand() -> None:
    """n_in = 50: Var = 1/50, whatever n_out."""
    W = lecun_normal((0, 0), n_in=50, n_out=400)
    assert W.shape == (50, 400)
    assert W.var() == pytest.approx(1 / 50, rel=0.04)
    assert abs(W.mean()) < 0.01


@pytest.mark.parametrize(("n_in", "n_out"), [(1, 1), (1, 5), (5, 1), (4, 4), (7, 3), (3, 7)])
def test_orthogonal_rows_or_columns(n_in: int, n_out: int) -> None:
    W = orthogonal((3, 1), n_in, n_out)
    assert W.shape == (n_in, n_out)
    assert W.flags.c_contiguous
    product = W.T @ W if n_in >= n_out else W @ W.T
    np.testing.assert_allclose(product, np.eye(min(n_in, n_out)), atol=1e-14)


def test_orthogonal_keeps_every_length_through_20_layers() -> None:
    X = normal(7, 0, (10, 64))
    A = X
    for stream in range(1, 21):
        A = A @ orthogonal((7, stream), 64, 64)
    np.testing.assert_allclose(np.linalg.norm(A, axis=1), np.linalg.norm(X, axis=1), rtol=1e-12)


def test_orthogonal_holds_the_variance_under_selu() -> None:
    A = normal(7, 0, (200, 64))
    for stream in range(1, 21):
        A = selu(A @ orthogonal((7, stream), 64, 64))
    assert 0.5 < (A**2).mean() < 2


def test_orthogonal_has_no_favourite_direction() -> None:
    """Without the signs, LAPACK's Q would have first entries of one sign; with them half are positive."""
    first = np.asarray([orthogonal((seed, 0), 3, 3)[0, 0] for seed in range(400)])
    assert 0.4 < (first > 0).mean() < 0.6
    assert (first**2).mean() == pytest.approx(1 / 3, rel=0.1)


def test_orthogonal_is_the_q_whose_r_has_a_positive_diagonal() -> None:
    R = orthogonal((3, 1), 4, 4).T @ normal(3, 1, (4, 4))
    assert (np.diag(R) > 0).all()
    np.testing.assert_allclose(np.tril(R, -1), 0, atol=1e-14)


def test_tables_may_have_other_rows() -> None:
    for initializer in (glorot_uniform, he_normal, lecun_normal, orthogonal, zeros):
        assert initializer((0, 0), 3, 2, 9).shape == initializer((0, 0), 9, 2).shape == (9, 2)
    assert lecun_normal((0, 0), 4, 3, 1000).var() == pytest.approx(1 / 4, rel=0.1)


def test_zeros_pass_nothing_on() -> None:
    assert not zeros((5, 6), 3, 2).any()


@pytest.mark.parametrize("initializer", [he_normal, glorot_uniform, lecun_normal, orthogonal])
def test_the_key_says_it_all(initializer) -> None:
    np.testing.assert_array_equal(initializer((3, 4), 5, 6), initializer((3, 4), 5, 6))
    assert (initializer((3, 4), 5, 6) != initializer((3, 5), 5, 6)).all()
    assert (initializer((3, 4), 5, 6) != initializer((2, 4), 5, 6)).all()
