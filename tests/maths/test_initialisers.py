from __future__ import annotations

import numpy as np
import pytest

from wade.maths.activations import identity, relu, tanh
from wade.maths.initialisers import glorot_uniform, he_normal
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


@pytest.mark.parametrize(("initialiser", "activation"), [(he_normal, relu), (glorot_uniform, identity)])
def test_the_variance_holds_through_20_layers(initialiser, activation) -> None:
    """From the first Z to the twentieth, as a geometric mean over 8 seeds; a factor 1.1 a layer would be 6 in all."""
    growth = []
    for seed in range(8):
        A, variances = normal(seed, 0, (60, 128)), []
        for stream in range(1, 21):
            Z = A @ initialiser((seed, stream), 128, 128)
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


@pytest.mark.parametrize("initialiser", [he_normal, glorot_uniform])
def test_the_key_says_it_all(initialiser) -> None:
    np.testing.assert_array_equal(initialiser((3, 4), 5, 6), initialiser((3, 4), 5, 6))
    assert (initialiser((3, 4), 5, 6) != initialiser((3, 5), 5, 6)).all()
    assert (initialiser((3, 4), 5, 6) != initialiser((2, 4), 5, 6)).all()
