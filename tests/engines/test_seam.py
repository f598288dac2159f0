"""The seam between Python and the kernels lets no wrong shape, index or type through."""

from collections.abc import Callable

import numpy as np
import pytest

from wade.engines import native
from wade.network import Network
from wade.types import Category, InputLayout, Inputs, Piecewise

LAYOUT = InputLayout(("a", "b", "c"), (Category("u", 5), Category("v", 9)), (Piecewise("p", 6), Piecewise("q", 40)))
SLOWEST = native.instruction_sets()[-1]  # every processor of its kind runs it


PROCESSOR = native._kernels.Processor(SLOWEST, 1)
SHAPE = {"n_numbers": 3, "sizes": [5, 9], "bins": [6, 40], "widths": [4, 1], "activations": ["relu", "sigmoid"]}
SAMPLES = ("numbers", "codes", "positions", "targets", "classes", "weights")
CONSTANTS = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weight_decay": 0.0}


def arguments_of_descend() -> dict:
    """Arguments that are accepted, each under its own name; `call` puts them into their structures."""
    network, random = Network(LAYOUT, (4,)), np.random.default_rng(6)
    codes = np.stack([random.integers(0, size, 6) for size in LAYOUT.sizes], axis=1)
    X = network.as_inputs(Inputs(random.standard_normal((6, 3)), codes, random.random((6, 2)) * LAYOUT.bins))
    return {
        "shape": native._kernels.Shape(**SHAPE, loss="sigmoid_cross_entropy"),
        "instruction_set": SLOWEST,
        "theta": network.theta,
        "state": {name: np.zeros_like(network.theta) for name in ("first_moment", "second_moment")},
        "numbers": X.numbers,
        "codes": X.codes,
        "positions": X.positions,
        "targets": random.integers(0, 2, (6, 1)).astype(np.float32),
        "classes": None,
        "weights": None,
        "rows": np.arange(6),
        "batch_size": 2,
        "learning_rates": np.full(3, 0.1),
        "optimizer": "adam",
        "constants": CONSTANTS,
        "steps_before": 0,
        "seed": 0,
        "steps_taken": np.zeros(1, np.int64),
    }


def call(kernel: Callable, arguments: dict) -> None:
    arguments["processor"] = native._kernels.Processor(arguments.pop("instruction_set"), 1)
    arguments["samples"] = native._kernels.samples(*(arguments.pop(name) for name in SAMPLES))
    rule = (arguments.pop("optimizer"), arguments.pop("constants"))
    arguments["rule"] = native._kernels.UpdateRule(*rule, max_norm=arguments.pop("max_norm", 0.0))
    kernel(**arguments)


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
        ({"state": dict.fromkeys(("first_moment", "second_moment"), np.zeros(3, np.float32))}, "state: wrong length"),
        ({"state": {}}, "state: 'first_moment' is missing"),
        ({"state": {"first_moment": np.zeros_like(Network(LAYOUT, (4,)).theta)}}, "state: 'second_moment' is missing"),
        (
            {"optimizer": "rmsprop", "constants": {"alpha": 0.9, "epsilon": 1e-8, "weight_decay": 0.0}},
            "state: rmsprop keeps no 'first_moment'",
        ),
        (
            {"optimizer": "sgd", "constants": {"momentum": 0.0, "weight_decay": 0.0}},
            "state: sgd keeps no 'first_moment'",
        ),
        (
            {"optimizer": "sgd", "constants": {"momentum": 0.9, "weight_decay": 0.0}},
            "state: 'momentum' is missing",
        ),
        ({"constants": {"beta1": 0.9}}, "adam: the constant 'beta2' is missing"),
        ({"constants": {**CONSTANTS, "alpha": 0.9}}, "adam: a constant is unknown"),
        ({"learning_rates": np.full(2, 0.1)}, "learning_rates: one for each step"),
        ({"batch_size": 0}, "batch_size must be positive"),
        ({"steps_taken": np.zeros(2, np.int64)}, "steps_taken: one number"),
        ({"optimizer": "nadam"}, "does not know 'nadam'"),
        ({"instruction_set": "mmx"}, "does not run the instruction set 'mmx'"),
    ],
)
def test_nothing_out_of_bounds_reaches_the_kernels(changes, message):
    with pytest.raises(ValueError, match=message):
        call(native._kernels.descend, {**arguments_of_descend(), **changes})


def arguments_of_race() -> dict:
    arguments, networks = (
        arguments_of_descend(),
        [Network(InputLayout(LAYOUT.numbers, LAYOUT.categories), (4,), seed=k) for k in range(2)],
    )
    for name in ("theta", "state", "seed", "steps_taken"):
        del arguments[name]
    return {
        **arguments,
        "shape": native._kernels.Shape(**{**SHAPE, "bins": []}, loss="sigmoid_cross_entropy"),
        "thetas": [network.theta for network in networks],
        "states": [states_of(network.theta.size) for network in networks],
        "positions": np.zeros((6, 0), np.float32),
        "learning_rates": np.full(2, 0.1),
        "factors": np.ones(3),
    }


def states_of(size: int) -> dict[str, np.ndarray]:
    return {name: np.zeros(size, np.float32) for name in ("first_moment", "second_moment")}


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
        ({"states": [{}]}, "states: one for each model"),
        ({"states": [{}, {}]}, "state: 'first_moment' is missing"),
        ({"states": [states_of(3)] * 2}, "state: wrong length"),
        ({"constants": {"beta1": 0.9}}, "adam: the constant 'beta2' is missing"),
        ({"max_norm": 1.0}, "no clipping"),
        ({"batch_size": 0}, "batch_size must be positive"),
    ],
)
def test_nothing_out_of_bounds_reaches_a_race(changes, message):
    with pytest.raises(ValueError, match=message):
        call(native._kernels.race, {**arguments_of_race(), **changes})


def test_a_race_through_the_lanes_takes_plain_networks():
    for more in ({"members": 2}, {"dropout": 0.5}, {"bins": [3]}):
        changed = native._kernels.Shape(**{**SHAPE, "bins": [], "loss": "sigmoid_cross_entropy", **more})
        with pytest.raises(ValueError, match="no members, no dropout, no numbers among bins"):
            call(native._kernels.race, {**arguments_of_race(), "shape": changed})


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
    shape = native._kernels.Shape(1, [], [], [3], ["softmax"], "softmax_cross_entropy")
    rows = np.zeros((2, 1), np.float32), np.zeros((2, 0), np.int32), np.zeros((2, 0), np.float32)
    with pytest.raises(ValueError, match=message):
        native._kernels.loss_and_gradient(
            shape=shape,
            processor=PROCESSOR,
            theta=np.zeros(6, np.float32),
            samples=native._kernels.samples(*rows, classes=classes),
            gradient=np.zeros(6, np.float32),
        )


def test_arrays_of_another_type_are_not_converted_behind_the_scenes():
    """A converted copy would die before the kernels read it; the seam takes what fits, or nothing."""
    with pytest.raises(TypeError, match="incompatible function arguments"):
        call(native._kernels.descend, {**arguments_of_descend(), "weights": np.ones(6, np.float64)})


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
    assert native._kernels.Shape(**fine).n_parameters == 8
    with pytest.raises(ValueError, match="shape of the network"):
        native._kernels.Shape(**{**fine, **changes})


@pytest.mark.parametrize("rate", [1.0, -0.1, np.nan])
def test_impossible_rates_of_dropout_are_refused(rate):
    with pytest.raises(ValueError, match="dropout"):
        native._kernels.Shape(1, [], [], [4], ["identity"], "poisson", dropout=rate)


@pytest.mark.parametrize("members", [1, 3])
def test_members_are_as_many_rows(members):
    """What does not hold a row for every member of every sample is refused."""
    shape = native._kernels.Shape(1, [], [], [1], ["identity"], "poisson", members=members)
    theta = np.zeros(shape.n_parameters, np.float32)
    rows = np.zeros((2, 1), np.float32), np.zeros((2, 0), np.int32), np.zeros((2, 0), np.float32)
    wrong, right = np.zeros((2 * members + 1, 1), np.float32), np.zeros((2 * members, 1), np.float32)
    with pytest.raises(ValueError, match="out: wrong shape"):
        native._kernels.predictor(shape, PROCESSOR, theta)(*rows, True, wrong)
    samples = native._kernels.samples(*rows)
    with pytest.raises(ValueError, match="forward: wrong shape"):
        native._kernels.forward(shape=shape, processor=PROCESSOR, theta=theta, samples=samples, Z=[right], A=[wrong])
