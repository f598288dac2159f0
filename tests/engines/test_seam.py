"""The seam between Python and the kernels lets no wrong shape, index or type through."""

import numpy as np
import pytest

from wade.engines import native
from wade.network import Network
from wade.types import Category, InputLayout, Inputs, Piecewise

LAYOUT = InputLayout(("a", "b", "c"), (Category("u", 5), Category("v", 9)), (Piecewise("p", 6), Piecewise("q", 40)))
SLOWEST = native.instruction_sets()[-1]  # every processor of its kind runs it


def arguments_of_descend() -> dict:
    network, random = Network(LAYOUT, (4,)), np.random.default_rng(6)
    codes = np.stack([random.integers(0, size, 6) for size in LAYOUT.sizes], axis=1)
    X = network.as_inputs(Inputs(random.standard_normal((6, 3)), codes, random.random((6, 2)) * LAYOUT.bins))
    y = random.integers(0, 2, (6, 1)).astype(np.float32)
    moments = [np.zeros_like(network.theta) for _ in range(2)]
    return {
        "shape": native._core.Shape(3, [5, 9], [6, 40], [4, 1], ["relu", "sigmoid"], "sigmoid_cross_entropy"),
        "instruction_set": SLOWEST,
        "threads": 1,
        "theta": network.theta,
        "moments": moments,
        "numbers": X.numbers,
        "codes": X.codes,
        "positions": X.positions,
        "targets": y,
        "classes": None,
        "weights": None,
        "rows": np.arange(6),
        "batch_size": 2,
        "learning_rates": np.full(3, 0.1),
        "optimizer": "adam",
        "constants": (0.0, 0.9, 0.999, 1e-8, 0.0),
        "regularisation": (0.0, 0.0, 0.0),
        "steps_before": 0,
        "seed": 0,
        "steps_taken": np.zeros(1, np.int64),
    }


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rows": np.asarray([0, 1, 2, 3, 4, 6])}, "a row number lies outside the table"),
        ({"rows": np.asarray([0, 1, 2, 3, 4, -1])}, "a row number lies outside the table"),
        ({"codes": np.full((6, 2), 9, np.int32)}, "a code lies outside its category"),
        ({"codes": np.full((6, 2), -1, np.int32)}, "a code lies outside its category"),
        ({"codes": np.zeros((6, 1), np.int32)}, "codes: wrong count of rows or columns"),
        ({"codes": np.zeros((5, 2), np.int32)}, "codes: wrong count of rows or columns"),
        ({"positions": np.full((6, 2), 6.5, np.float32)}, "a position lies outside its bins"),
        ({"positions": np.full((6, 2), -0.5, np.float32)}, "a position lies outside its bins"),
        ({"positions": np.full((6, 2), np.nan, np.float32)}, "a position lies outside its bins"),
        ({"positions": np.full((6, 2), np.inf, np.float32)}, "a position lies outside its bins"),
        ({"positions": np.zeros((6, 1), np.float32)}, "positions: wrong count of rows or columns"),
        ({"positions": np.zeros((5, 2), np.float32)}, "positions: wrong count of rows or columns"),
        ({"numbers": np.zeros((6, 2), np.float32)}, "numbers: wrong count of columns"),
        ({"targets": None}, "targets: missing"),
        ({"targets": np.zeros((5, 1), np.float32)}, "targets: wrong count of rows"),
        ({"targets": np.zeros((6, 2), np.float32)}, "targets: wrong count of columns"),
        ({"weights": np.zeros(5, np.float32)}, "weights: wrong count of rows"),
        ({"theta": np.zeros(3, np.float32)}, "theta: wrong length"),
        ({"moments": [np.zeros(3, np.float32)] * 2}, "state: wrong length"),
        ({"moments": []}, "state: wrong count of arrays"),
        ({"optimizer": "rmsprop"}, "state: wrong count of arrays"),
        ({"optimizer": "sgd"}, "state: wrong count of arrays"),
        ({"constants": (0.9,)}, "constants are not valid"),
        ({"regularisation": (0.0,)}, "constants are not valid"),
        ({"learning_rates": np.full(2, 0.1)}, "learning_rates: one for each step"),
        ({"batch_size": 0}, "batch_size must be positive"),
        ({"steps_taken": np.zeros(2, np.int64)}, "steps_taken: one number"),
        ({"optimizer": "nadam"}, "does not know 'nadam'"),
        ({"instruction_set": "mmx"}, "does not run the instruction set 'mmx'"),
    ],
)
def test_nothing_out_of_bounds_reaches_the_kernels(changes, message):
    with pytest.raises(ValueError, match=message):
        native._core.descend(**{**arguments_of_descend(), **changes})


def arguments_of_race() -> dict:
    arguments, networks = (
        arguments_of_descend(),
        [Network(InputLayout(LAYOUT.numbers, LAYOUT.categories), (4,), seed=k) for k in range(2)],
    )
    for name in ("theta", "seed", "steps_taken"):
        del arguments[name]
    return {
        **arguments,
        "shape": native._core.Shape(3, [5, 9], [], [4, 1], ["relu", "sigmoid"], "sigmoid_cross_entropy"),
        "thetas": [network.theta for network in networks],
        "moments": [[np.zeros_like(network.theta) for _ in range(2)] for network in networks],
        "positions": np.zeros((6, 0), np.float32),
        "learning_rates": np.full(2, 0.1),
        "factors": np.ones(3),
        "regularisation": (0.0, 0.0),
    }


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rows": np.asarray([0, 1, 2, 3, 4, 6])}, "a row number lies outside the table"),
        ({"codes": np.full((6, 2), 9, np.int32)}, "a code lies outside its category"),
        ({"targets": np.zeros((5, 1), np.float32)}, "targets: wrong count of rows"),
        ({"thetas": [np.zeros(3, np.float32)] * 2}, "theta: wrong length"),
        ({"thetas": []}, "learning_rates: one for each model"),
        ({"learning_rates": np.ones(3)}, "learning_rates: one for each model"),
        ({"factors": np.ones(2)}, "factors: one for each step"),
        ({"moments": [[]]}, "state: one for each model"),
        ({"moments": [[], []]}, "state: wrong count of arrays"),
        ({"moments": [[np.zeros(3, np.float32)] * 2] * 2}, "state: wrong length"),
        ({"constants": (0.9,)}, "constants are not valid"),
        ({"regularisation": (0.0,)}, "constants are not valid"),
        ({"batch_size": 0}, "batch_size must be positive"),
    ],
)
def test_nothing_out_of_bounds_reaches_a_race(changes, message):
    with pytest.raises(ValueError, match=message):
        native._core.race(**{**arguments_of_race(), **changes})


def test_a_race_through_the_lanes_takes_plain_networks():
    shape = {"n_numbers": 3, "sizes": [5, 9], "bins": [], "widths": [4, 1], "activations": ["relu", "sigmoid"]}
    for more in ({"members": 2}, {"dropout": 0.5}, {"bins": [3]}):
        changed = native._core.Shape(**{**shape, "loss": "sigmoid_cross_entropy", **more})
        with pytest.raises(ValueError, match="no members, no dropout and no numbers among bins"):
            native._core.race(**{**arguments_of_race(), "shape": changed})


@pytest.mark.parametrize(
    ("classes", "message"),
    [
        (np.asarray([0, 3], np.int32), "a class lies outside the output"),
        (np.asarray([0, -1], np.int32), "a class lies outside the output"),
        (np.asarray([0], np.int32), "classes: wrong count of rows"),
        (None, "classes: missing"),
    ],
)
def test_class_numbers_are_bounds_too(classes, message):
    shape = native._core.Shape(1, [], [], [3], ["softmax"], "softmax_cross_entropy")
    rows = np.zeros((2, 1), np.float32), np.zeros((2, 0), np.int32), np.zeros((2, 0), np.float32)
    with pytest.raises(ValueError, match=message):
        native._core.loss_and_gradient(
            shape, SLOWEST, 1, np.zeros(6, np.float32), *rows, None, classes, None, np.zeros(6, np.float32)
        )


def test_arrays_of_another_type_are_not_converted_behind_the_scenes():
    """A converted copy would die before the kernels read it; the seam takes what fits, or nothing."""
    with pytest.raises(TypeError, match="incompatible function arguments"):
        native._core.descend(**{**arguments_of_descend(), "weights": np.ones(6, np.float64)})


@pytest.mark.parametrize(
    "changes",
    [
        {"widths": [], "activations": []},
        {"widths": [0]},
        {"widths": [-1]},
        {"sizes": [0]},
        {"bins": [0]},
        {"members": 0},
    ],
    ids=str,
)
def test_impossible_shapes_are_refused(changes):
    fine = {"n_numbers": 1, "sizes": [], "bins": [], "widths": [4], "activations": ["identity"], "loss": "poisson"}
    assert native._core.Shape(**fine).n_parameters == 8
    with pytest.raises(ValueError, match="shape of the network"):
        native._core.Shape(**{**fine, **changes})


@pytest.mark.parametrize("rate", [1.0, -0.1, np.nan])
def test_impossible_rates_of_dropout_are_refused(rate):
    with pytest.raises(ValueError, match="dropout"):
        native._core.Shape(1, [], [], [4], ["identity"], "poisson", dropout=rate)


@pytest.mark.parametrize("members", [1, 3])
def test_members_are_as_many_rows(members):
    """What does not hold a row for every member of every sample is refused."""
    shape = native._core.Shape(1, [], [], [1], ["identity"], "poisson", members=members)
    theta = np.zeros(shape.n_parameters, np.float32)
    rows = np.zeros((2, 1), np.float32), np.zeros((2, 0), np.int32), np.zeros((2, 0), np.float32)
    wrong, right = np.zeros((2 * members + 1, 1), np.float32), np.zeros((2 * members, 1), np.float32)
    with pytest.raises(ValueError, match="out: wrong shape"):
        native._core.predictor(shape, SLOWEST, 1, theta)(*rows, True, wrong)
    with pytest.raises(ValueError, match="forward: wrong shape"):
        native._core.forward(shape, SLOWEST, theta, *rows, [right], [wrong])
