from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wade.errors import InvalidArgument
from wade.maths.initializers import glorot_uniform, he_normal
from wade.network import Network, Perceptron
from wade.types import Category, InputLayout, Inputs

LAYOUT = InputLayout(("temperature", "wind"), (Category("carrier", 3), Category("origin", 2)))
ROWS = Inputs(np.asarray([[-20.0, 45.0], [80.0, 0.0]]), np.asarray([[2, 1], [0, 0]], dtype=np.int32))


def test_theta_is_laid_out_layer_by_layer() -> None:
    """W1 2×4, E1.carrier 3×4, E1.origin 2×4, b1 4, W2 4×1, b2 1: 8 + 12 + 8 + 4 + 4 + 1 = 37."""
    network = Network(LAYOUT, hidden=(4,))
    assert list(network.parameters) == ["W1", "E1.carrier", "E1.origin", "b1", "W2", "b2"]
    assert [view.shape for view in network.parameters.values()] == [(2, 4), (3, 4), (2, 4), (4,), (4, 1), (1,)]
    places = [(place.start, place.stop) for place in network.slices.values()]
    assert places == [(0, 8), (8, 20), (20, 28), (28, 32), (32, 36), (36, 37)]
    assert network.n_parameters == network.theta.size == 37
    assert network.decays.tolist() == [True] * 28 + [False] * 4 + [True] * 4 + [False]


def test_layers_say_what_they_are_made_of() -> None:
    first, last = Network(LAYOUT, hidden=(4,), activation="tanh").layers
    assert (first.weight, first.bias, first.embeddings) == ("W1", "b1", ("E1.carrier", "E1.origin"))
    assert (first.activation, first.n_in, first.n_out) == ("tanh", 2, 4)
    assert (last.weight, last.bias, last.embeddings) == ("W2", "b2", ())
    assert (last.activation, last.n_in, last.n_out) == ("sigmoid", 4, 1)


def test_forward_by_hand() -> None:
    """Row 1: Z = −20·1 + 45·2 + 7 (carrier 2) + 0.5 (origin 1) − 70 = 7.5; row 2: 80 + 0 + 5 + 0.25 − 70 = 15.25."""
    network = Network(LAYOUT, hidden=(), output="identity", dtype="float64")
    network.theta[:] = [1, 2, 5, 6, 7, 0.25, 0.5, -70]
    np.testing.assert_array_equal(network(ROWS), [[7.5], [15.25]])


def test_the_deck_in_two_layers_by_hand() -> None:
    """X = [1, 2], W1 = [1 −1; 1 −1], b1 = [0, 1]: Z1 = [3, −2], A1 = [3, 0]; W2 = [2; 9], b2 = −6: Z2 = 0, A2 = ½."""
    network = Network(2, hidden=(2,), dtype="float64")
    network.theta[:] = [1, -1, 1, -1, 0, 1, 2, 9, -6]
    Zs, As = network.forward([[1, 2]])
    for found, expected in zip((*Zs, *As), ([[3, -2]], [[0]], [[3, 0]], [[0.5]]), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_parameters_share_the_memory_of_theta() -> None:
    network = Network(3, hidden=(2,))
    network.theta[:] = 0
    network.parameters["b1"][:] = [5, 6]
    assert network.theta[network.slices["b1"]].tolist() == [5, 6]
    memory = network.theta
    network.theta = np.arange(network.n_parameters)
    assert network.theta is memory
    assert network.parameters["W1"].tolist() == [[0, 1], [2, 3], [4, 5]]
    network.theta -= 1
    assert network.parameters["W1"][0, 0] == -1
    assert network.theta.flags.c_contiguous
    assert network.theta.flags.writeable


@pytest.mark.parametrize(
    "theta", [np.zeros(3), np.zeros((1, 11)), np.zeros(12), 0.0, ["a"] * 11, np.zeros(11, complex)]
)
def test_theta_is_not_replaced_by_something_else(theta: Any) -> None:
    network = Network(3, hidden=(2,))
    with pytest.raises(InvalidArgument, match="`theta` must be 11 real numbers"):
        network.theta = theta


def test_names_cannot_be_rebound() -> None:
    network = Network(3)
    with pytest.raises(TypeError):
        network.parameters["W1"] = np.zeros((3, 64))  # type: ignore[index]
    for name in ("hidden", "inputs", "outputs", "activation", "output", "dtype", "seed", "n_parameters"):
        with pytest.raises(AttributeError):
            setattr(network, name, None)


def test_the_start_depends_on_the_seed_alone() -> None:
    first, again, other = Network(LAYOUT, seed=1), Network(LAYOUT, seed=1), Network(LAYOUT, seed=2)
    np.testing.assert_array_equal(first.theta, again.theta)
    assert (first.theta != other.theta)[first.decays].mean() > 0.9
    double = Network(LAYOUT, seed=1, dtype="float64")
    np.testing.assert_array_equal(first.theta, double.theta.astype(np.float32))


@pytest.mark.parametrize(("activation", "variance"), [("relu", 2 / 102), ("tanh", 2 / (102 + 200))])
def test_the_start_has_the_right_size(activation: str, variance: float) -> None:
    """100 numbers and 2 categories: each neuron sums 102 numbers. He: 2/102; Glorot: 2/(102 + 200)."""
    layout = InputLayout(tuple(map(str, range(100))), (Category("a", 300), Category("b", 300)))
    network = Network(layout, hidden=(200,), activation=activation, dtype="float64")
    for name in ("W1", "E1.a", "E1.b"):
        assert network.parameters[name][1:].var() == pytest.approx(variance, rel=0.05)
    assert network.parameters["W2"].var() == pytest.approx(2 / 201, rel=0.2)
    for name in ("E1.a", "E1.b"):
        assert not network.parameters[name][0].any()
        assert network.parameters[name][1:].all()
    assert not network.parameters["b1"].any()
    assert not network.parameters["b2"].any()
    draws = np.concatenate([network.parameters[name][1:100].reshape(-1)[:1000] for name in ("W1", "E1.a", "E1.b")])
    assert len(np.unique(draws)) == 3000


def test_the_start_is_drawn_from_streams_that_no_shuffle_takes() -> None:
    """Epochs shuffle by the streams 1, 2, …; W1, its two tables and W2 draw from 2³² on, where a neuron sums 2 + 2."""
    network = Network(LAYOUT, hidden=(3,), dtype="float64", seed=9)
    W1, carrier, origin = (he_normal((9, 2**32 + place), 4, 3, rows) for place, rows in enumerate((2, 3, 2)))
    carrier[0] = origin[0] = 0
    W2 = glorot_uniform((9, 2**32 + 3), 3, 1)
    expected = {"W1": W1, "E1.carrier": carrier, "E1.origin": origin, "W2": W2}
    for name, values in expected.items():
        np.testing.assert_array_equal(network.parameters[name], values, err_msg=name)


@given(st.permutations(range(5)), st.integers(0, 100))
def test_permuting_hidden_neurons_changes_nothing(order: list[int], seed: int) -> None:
    network = Network(LAYOUT, hidden=(5, 4), dtype="float64", seed=seed)
    network.theta += np.linspace(-0.1, 0.1, network.n_parameters)
    permuted = copy.deepcopy(network)
    for name in ("W1", "E1.carrier", "E1.origin", "b1"):
        permuted.parameters[name][...] = network.parameters[name][..., order]
    permuted.parameters["W2"][...] = network.parameters["W2"][order]
    np.testing.assert_allclose(permuted(ROWS), network(ROWS), rtol=1e-12)
    np.testing.assert_allclose(permuted.forward(ROWS).A[0], network.forward(ROWS).A[0][:, order], rtol=1e-12)


@given(st.lists(st.integers(0, 1), min_size=1, max_size=9))
def test_a_row_is_predicted_by_itself(rows: list[int]) -> None:
    network = Network(LAYOUT, hidden=(5,), dtype="float64")
    alone = np.concatenate([network(ROWS[[row]]) for row in rows])
    np.testing.assert_allclose(network(ROWS[rows]), alone, rtol=1e-12)


def test_linear_layers_are_one_layer() -> None:
    """X W1 W2 + b1 W2 + b2: the reason why there are activations."""
    network = Network(2, hidden=(6,), activation="identity", output="identity", dtype="float64")
    network.theta += 0.1
    W1, b1, W2, b2 = (network.parameters[name] for name in ("W1", "b1", "W2", "b2"))
    np.testing.assert_allclose(network(ROWS.numbers), ROWS.numbers @ (W1 @ W2) + (b1 @ W2 + b2), rtol=1e-12)


@pytest.mark.parametrize("duplicate", [copy.deepcopy, copy.copy, lambda one: pickle.loads(pickle.dumps(one))])
def test_copies_are_whole(duplicate: Any) -> None:
    network = Network(LAYOUT, hidden=(3,), seed=4)
    network.theta += 1
    other = duplicate(network)
    np.testing.assert_array_equal(other.theta, network.theta)
    assert repr(other) == repr(network)
    other.parameters["b1"][:] = 9
    assert (other.theta[other.slices["b1"]] == 9).all()
    assert (network.parameters["b1"] == 1).all()


def test_an_architecture_survives_json() -> None:
    network = Network(LAYOUT, (3, 2), 4, "tanh", "softmax", 0.5, 3, "float64", seed=2**64 - 1)
    data = json.loads(json.dumps(network.to_dict()))
    fresh, restored = Network.from_dict(data), Network.from_dict(data, network.theta * 2)
    assert fresh.architecture == restored.architecture == network.architecture
    np.testing.assert_array_equal(fresh.theta, network.theta)
    np.testing.assert_array_equal(restored.theta, network.theta * 2)


@pytest.mark.parametrize(
    "damage",
    [
        {"hidden": None},
        {"hidden": [0]},
        {"hidden": ["8"]},
        {"outputs": 1.5},
        {"inputs": {"numbers": ["a"]}},
        {"inputs": {"numbers": ["a", "a"], "categories": [], "piecewise": []}},
        {"inputs": {"numbers": [["a"]], "categories": [], "piecewise": []}},
        {"inputs": {"numbers": [], "categories": [{"name": "c", "size": -1}], "piecewise": []}},
        {"inputs": {"numbers": [], "categories": [{"name": "c"}], "piecewise": []}},
        {"inputs": {"numbers": [], "categories": [7], "piecewise": []}},
        {"inputs": {"numbers": ["a"], "categories": []}},
        {"inputs": {"numbers": [], "categories": [], "piecewise": [{"name": "p", "bins": 0}]}},
        {"inputs": {"numbers": ["p"], "categories": [], "piecewise": [{"name": "p", "bins": 2}]}},
        {"dropout": 1.0},
        {"dropout": -0.1},
        {"dropout": float("nan")},
        {"dropout": True},
        {"members": 0},
        {"inputs": None},
        {"activation": ["relu"]},
        {"activation": None},
        {"output": 5},
        {"output": ["sigmoid"]},
        {"output": {}},
        {"dtype": [1]},
        {"dtype": {}},
        {"dtype": ["float32"]},
        {"dtype": 7},
        {"dtype": "float16"},
        {"seed": -1},
    ],
)
def test_a_damaged_architecture_is_refused(damage: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgument):
        Network.from_dict(Network(2).to_dict() | damage)


@pytest.mark.parametrize("missing", ["inputs", "hidden", "outputs", "activation", "output", "dtype", "seed"])
def test_a_missing_part_is_refused(missing: str) -> None:
    data = Network(2).to_dict()
    del data[missing]
    with pytest.raises(InvalidArgument, match=missing):
        Network.from_dict(data)


def test_a_giant_is_refused_before_it_is_built() -> None:
    """60,000 weights, 60,000², 60,000 again, and 60,000 + 60,000 + 1 biases."""
    with pytest.raises(InvalidArgument, match=r"makes 3,600,240,001 parameters.*2\*\*31.*fewer or narrower"):
        Network(1, hidden=(60_000, 60_000))
    with pytest.raises(InvalidArgument, match=r"2\*\*31"):
        Network(InputLayout((), (Category("c", 2**40),)), hidden=(8,))
    data = Network(1).to_dict() | {"hidden": [40_000, 40_000]}
    with pytest.raises(InvalidArgument, match="must be 1,600,160,001 real numbers"):
        Network.from_dict(data, np.zeros(5))


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"inputs": 0}, "`inputs`"),
        ({"inputs": -3}, "`inputs`"),
        ({"inputs": 2.0}, "`inputs`"),
        ({"inputs": True}, "`inputs`"),
        ({"inputs": "2"}, "`inputs`"),
        ({"inputs": InputLayout(())}, "at least one column"),
        ({"inputs": InputLayout(("a", "a"))}, "each column once"),
        ({"inputs": InputLayout(("a",), (Category("a", 2),))}, "each column once"),
        ({"inputs": InputLayout((), (Category("c", 0),))}, "size of c"),
        ({"inputs": InputLayout((1,))}, "with text"),  # type: ignore[arg-type]
        ({"hidden": 64}, r"hidden=\(64, 64\)"),
        ({"hidden": "64"}, r"hidden=\(64, 64\)"),
        ({"hidden": (0,)}, "`hidden`"),
        ({"hidden": (-1,)}, "`hidden`"),
        ({"hidden": (1.5,)}, "`hidden`"),
        ({"hidden": (True,)}, "`hidden`"),
        ({"hidden": (None,)}, "`hidden`"),
        ({"outputs": 0}, "`outputs`"),
        ({"outputs": 1.0}, "`outputs`"),
        ({"output": "softmax"}, "at least 2"),
        ({"output": "sigmiod"}, "Did you mean 'sigmoid'"),
        ({"activation": "rellu"}, "Did you mean 'relu'"),
        ({"activation": "softmax"}, 'output="softmax"'),
        ({"activation": None}, "`activation`"),
        ({"activation": "tanh,rellu"}, "Did you mean 'relu'"),
        ({"activation": "tanh,relu,relu"}, "one for each of 2 hidden layers"),
        ({"activation": ("tanh", 3)}, "`activation`"),
        ({"activation": "tanh,"}, "`activation`"),
        ({"dtype": "float16"}, "`dtype`"),
        ({"dtype": int}, "`dtype`"),
        ({"dtype": None}, "`dtype`"),
        ({"dtype": "no such"}, "`dtype`"),
        ({"seed": -1}, "`seed`"),
        ({"seed": 2**64}, "`seed`"),
        ({"seed": 0.5}, "`seed`"),
        ({"seed": None}, "`seed`"),
        ({"seed": True}, "`seed`"),
    ],
)
def test_settings_outside_their_range(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidArgument, match=says):
        Network(**({"inputs": 2} | settings))


@pytest.mark.parametrize("dtype", ["float32", np.float32, np.dtype("float32")])
def test_a_dtype_by_any_name(dtype: Any) -> None:
    network = Network(np.int64(2), hidden=[np.int32(3)], dtype=dtype, seed=np.uint8(1))
    assert (network.dtype, network.theta.dtype.name) == ("float32", "float32")
    assert network([[1, 2]]).dtype == np.float32
    assert json.dumps(network.to_dict())


def test_what_nobody_says_is_two_layers_of_64() -> None:
    said = "Network(inputs=2, hidden=(64, 64), outputs=1, activation='relu', output='sigmoid', dtype='float32', seed=0)"
    assert repr(Network(2)) == said


def test_it_says_what_it_is() -> None:
    assert repr(Network(3, (8, 8), seed=7)) == (
        "Network(inputs=3, hidden=(8, 8), outputs=1, activation='relu', output='sigmoid', dtype='float32', seed=7)"
    )
    assert repr(Network(LAYOUT)).startswith("Network(inputs=<2 numbers, 2 categories>, hidden=")


def test_one_row_alone_is_a_table_of_one_row() -> None:
    perceptron = Perceptron([0.1, 0.5, 2.5, 0.2], 3.0, "sigmoid")
    passed = perceptron.forward([2, 3, -1, 5])
    assert passed.Z[0].round(6).tolist() == [[3.2]]
    assert passed.A[0].tolist() == perceptron.forward([[2, 3, -1, 5]]).A[0].tolist()
    with pytest.raises(InvalidArgument, match=r"must have numbers of shape \(rows, 4\)"):
        perceptron.forward([2, 3, -1])


def test_hidden_layers_may_differ_in_their_activation() -> None:
    network = Network(2, hidden=(3, 2), activation=("tanh", "relu"), dtype="float64", seed=1)
    assert network.activation == "tanh,relu"
    assert network.activations == ("tanh", "relu")
    W1, b1, W2, b2, W3, b3 = network.parameters.values()
    X = np.asarray([[0.5, -2.0]])
    expected = np.maximum(np.tanh(X @ W1 + b1) @ W2 + b2, 0) @ W3 + b3
    np.testing.assert_allclose(network.forward(X).Z[-1], expected, rtol=1e-15)
    assert Network.from_dict(network.to_dict()).activations == ("tanh", "relu")
    assert Network(2, hidden=(3, 2), activation="relu, relu").activation == "relu"
    assert Network(2, hidden=(), activation="relu").activations == ()
