"""Layers put together: what a network makes of piecewise numbers, members and dropout, by hand and as algebra."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wade.network import Network
from wade.types import Category, InputLayout, Inputs, Piecewise

LAYOUT = InputLayout(("x",), (Category("c", 2),), (Piecewise("p", 2),))
ROWS = Inputs(np.asarray([[3.0]]), np.asarray([[1]], np.int32), np.asarray([[1.5]]))


def test_a_first_layer_by_hand() -> None:
    """3·2 + E[1] + (5 + ½·8) + 1 = 6 + 10 + 9 + 1 = 26."""
    network = Network(LAYOUT, (), output="identity", dtype="float64")
    assert list(network.slices) == ["W1", "E1.c", "P1.p", "b1"]
    network.theta = [2, 7, 10, 5, 8, 1]
    np.testing.assert_array_equal(network(ROWS), [[26]])


def test_members_by_hand() -> None:
    """Two members hear x = 3 (times 2), E = 10 and P = 5 + ½·8 = 9 with factors of their own, then scale and shift.

    The first: 1·6 + 1·10 + 1·9 = 25, 25·1 + 1 = 26. The second: 2·6 − 1·10 + 3·9 = 29, 29·(−1) + 4 = −25.
    """
    network = Network(LAYOUT, (), output="identity", members=2, dtype="float64")
    assert {name: values.shape for name, values in network.parameters.items()} == {
        "W1": (1, 1), "E1.c": (2, 1), "P1.p": (2, 1), "R1": (2, 3), "S1": (2, 1), "b1": (2, 1)
    }  # fmt: skip
    network.theta = [2, 7, 10, 5, 8, 1, 1, 1, 2, -1, 3, 1, -1, 1, 4]
    np.testing.assert_array_equal(network.forward(ROWS).Z[0], [[26], [-25]])
    np.testing.assert_array_equal(network(ROWS), [[0.5]])


def test_dropout_by_hand() -> None:
    """Of two neurons, relu(1·2) = 2 and relu(1·3) = 3, the second is silent and the first twice as loud: 2·2·10."""
    network = Network(1, (2,), output="identity", dropout=0.5, dtype="float64")
    network.theta = [2, 3, 0, 0, 10, 100, 0]
    one = np.asarray([[1.0]])
    np.testing.assert_array_equal(network.forward(one, (np.asarray([[2.0, 0.0]]),)).A[-1], [[40]])
    np.testing.assert_array_equal(network(one), [[320]])  # nothing is dropped where it predicts


def table(draw: np.random.RandomState, n: int) -> Inputs:
    codes, positions = draw.randint(0, 2, (n, 1)).astype(np.int32), draw.uniform(0, 2, (n, 1))
    return Inputs(draw.uniform(-2, 2, (n, 1)), codes, positions)


@given(st.integers(2, 4), st.integers(0, 5))
def test_members_with_factors_of_one_are_the_plain_network(members: int, n: int) -> None:
    draw = np.random.RandomState(n)
    plain = Network(LAYOUT, (5, 3), 2, "tanh", "softmax", dtype="float64", seed=n)
    many = Network(LAYOUT, (5, 3), 2, "tanh", "softmax", members=members, dtype="float64", seed=n)
    plain.theta += draw.uniform(-1, 1, plain.n_parameters)
    for name, values in many.parameters.items():
        values[...] = plain.parameters.get(name, 1)
    X = table(draw, n)
    np.testing.assert_allclose(many(X), plain(X), rtol=1e-12)
    for ours, theirs in zip(many.forward(X).A, plain.forward(X).A, strict=True):
        np.testing.assert_allclose(ours, np.repeat(theirs, members, axis=0), rtol=1e-12)


@given(st.integers(0, 100))
def test_a_member_is_a_network_with_weights_of_its_own(seed: int) -> None:
    """wᵢⱼ rᵢ sⱼ, and e rᵢ sⱼ, p rᵢ sⱼ, with the member's b."""
    draw = np.random.RandomState(seed)
    many, X = Network(LAYOUT, (4,), 1, "tanh", "identity", members=3, dtype="float64"), table(draw, 5)
    many.theta = draw.uniform(-1, 1, many.n_parameters)
    predicted = []
    for member in range(3):
        alone = Network(LAYOUT, (4,), 1, "tanh", "identity", dtype="float64")
        parts = {name: many.parameters[name][member] for name in ("R1", "S1", "b1", "R2", "S2", "b2")}
        for column, name in enumerate(("W1", "E1.c", "P1.p")):
            alone.parameters[name][...] = many.parameters[name] * parts["R1"][column] * parts["S1"]
        alone.parameters["W2"][...] = parts["R2"][:, None] * many.parameters["W2"] * parts["S2"]
        for name in ("b1", "b2"):
            alone.parameters[name][...] = parts[name]
        predicted.append(alone(X))
    np.testing.assert_allclose(many(X), np.mean(predicted, axis=0), rtol=1e-11, atol=1e-13)


def test_where_members_start() -> None:
    """R of the first layer is ±1, about half and half, all other factors 1: no two members alike, none louder."""
    network = Network(30, (4,), members=16, dtype="float64", seed=3)
    heard = network.parameters["R1"]
    assert set(np.unique(heard)) == {-1, 1}
    assert abs(heard.mean()) < 3 / np.sqrt(heard.size)
    assert len({member.tobytes() for member in heard}) == 16
    for name in ("S1", "R2", "S2"):
        assert (network.parameters[name] == 1).all()
    again, other = (Network(30, (4,), members=16, dtype="float64", seed=seed) for seed in (3, 4))
    np.testing.assert_array_equal(network.theta, again.theta)
    assert (heard != other.parameters["R1"]).any()


def test_a_walk_along_all_bins_starts_as_one_weight() -> None:
    """He's variance for 2 columns and 1,000 slopes: each has 2/2 / 1000, so that their sum has 2/2."""
    layout = InputLayout(("x",), (), (Piecewise("p", 1000),))
    network = Network(layout, (300,), dtype="float64", seed=1)
    slopes = network.parameters["P1.p"]
    assert slopes.var() == pytest.approx(2 / 2 / 1000, rel=0.02)
    assert slopes.sum(axis=0).var() == pytest.approx(1, rel=0.3)


def test_weight_decay_leaves_factors_and_biases_alone() -> None:
    network = Network(LAYOUT, (3,), members=2)
    decays = {name: set(network.decays[place].tolist()) for name, place in network.slices.items()}
    assert {name for name, marks in decays.items() if marks == {True}} == {"W1", "E1.c", "P1.p", "W2"}
    assert {name for name, marks in decays.items() if marks == {False}} == {"R1", "S1", "b1", "R2", "S2", "b2"}


def test_no_rows() -> None:
    network = Network(LAYOUT, (4,), outputs=3, output="softmax", members=2)
    nothing = Inputs(np.empty((0, 1)), np.empty((0, 1), np.int32), np.empty((0, 1)))
    assert network(nothing).shape == (0, 3)
    assert [Z.shape for Z in network.forward(nothing).Z] == [(0, 4), (0, 3)]


def test_masks_fit_the_hidden_layers() -> None:
    network = Network(2, (5, 3), dropout=0.5, members=2)
    masks = network.masks(4, seed=1, step=0)
    assert [mask.shape for mask in masks] == [(8, 5), (8, 3)]
    assert {mask.dtype.name for mask in masks} == {"float32"}
    assert Network(2, (5, 3), dropout=1e-9).masks(4, seed=1, step=0) == ()
