"""Contributions add up to the answer that they explain, and of a straight line they are w·(x − x₀)."""

from __future__ import annotations

import numpy as np
import pytest

from wade.explanation.attributions import path
from wade.explanation.attributions.columns import Span, plain_spans
from wade.explanation.attributions.integrated_gradients import TOLERANCE, Attribution, integrated_gradients, occlusion
from wade.explanation.attributions.outputs import ExplainedOutput
from wade.explanation.attributions.path import StraightPath, gauss_legendre
from wade.maths.activations import ACTIVATIONS
from wade.network import Network
from wade.types import Category, InputLayout, Inputs, Piecewise

LAYOUT = InputLayout(("a", "b", "c"), (Category("d", 4), Category("e", 3)), (Piecewise("f", 5),))
HIDDEN = [name for name in ACTIVATIONS if name != "softmax"]
TASKS = {"binary": ("sigmoid", 1), "multiclass": ("softmax", 3), "regression": ("identity", 1)}


def drawn_rows(draw: np.random.Generator, n: int = 2) -> Inputs:
    codes = np.column_stack([draw.integers(0, size, n) for size in LAYOUT.sizes]).astype(np.int32)
    return Inputs(draw.normal(size=(n, 3)) * 2, codes, draw.uniform(0, 5, (n, 1)))


def drawn_network(seed: int, task: str, activation: str, members: int = 1) -> Network:
    draw, (output, outputs) = np.random.default_rng(seed), TASKS[task]
    hidden = [(16,), (12, 8), (8, 8, 8)][seed % 3]
    network = Network(LAYOUT, hidden, outputs, activation, output, members=members, dtype="float64", seed=seed)
    network.theta = network.theta + draw.normal(scale=0.4, size=network.n_parameters)
    return network


def explained(network: Network, task: str, seed: int = 0, place: int = 1) -> tuple[Attribution, Inputs]:
    rows = network.as_inputs(drawn_rows(np.random.default_rng(seed)))
    return integrated_gradients(network, rows[[1]], rows[[0]], plain_spans(LAYOUT), ExplainedOutput(task, place)), rows


def test_of_a_straight_line_they_are_the_weights_times_the_way() -> None:
    """Weights (3, −2), x − x₀ = (1 − 0, 4 − 5): contributions 3 and 2; the bias cancels; codes differ by 7."""
    layout = InputLayout(("a", "b"), (Category("c", 2),))
    network = Network(layout, hidden=(), output="identity", dtype="float64")
    network.theta = [3.0, -2.0, 1.0, 8.0, 100.0]  # W1, E1.c, b1
    row, base = (
        Inputs(np.asarray([x]), np.asarray([[code]], np.int32)) for x, code in (([1.0, 4.0], 1), ([0.0, 5.0], 0))
    )
    for method in (integrated_gradients, occlusion):
        found = method(network, row, base, plain_spans(layout), ExplainedOutput("regression"))
        np.testing.assert_allclose(found.contributions, [3.0, 2.0, 7.0], rtol=0, atol=1e-12)
        assert (found.base.F[0], found.row.F[0]) == (-10.0 + 1 + 100, 3.0 - 8 + 8 + 100)
        assert abs(found.gap) < 1e-12


def test_of_relu_they_are_exact_piece_by_piece() -> None:
    """F = relu(x₁ − 1) + relu(x₂) from (0, 0) to (2, 2): neuron 1 wakes half-way, so 1 and 2."""
    network = Network(2, hidden=(2,), output="identity", dtype="float64")
    network.theta = [1.0, 0.0, 0.0, 1.0, -1.0, 0.0, 1.0, 1.0, 0.0]
    row, base = network.as_inputs([[2.0, 2.0]]), network.as_inputs([[0.0, 0.0]])
    found = integrated_gradients(network, row, base, plain_spans(network.inputs), ExplainedOutput("regression"))
    np.testing.assert_allclose(found.contributions, [1.0, 2.0], rtol=0, atol=1e-14)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("activation", HIDDEN)
@pytest.mark.parametrize("members", [1, 3])
def test_base_and_contributions_add_up_to_the_output(task: str, activation: str, members: int) -> None:
    for seed in range(3):
        network = drawn_network(seed, task, activation, members)
        found, rows = explained(network, task, seed)
        assert abs(found.gap) <= TOLERANCE
        assert found.error <= TOLERANCE
        outputs = network(rows)[:, 0]
        if task == "regression":
            np.testing.assert_allclose([found.base.F[0], found.row.F[0]], outputs, rtol=1e-12)
        else:
            p = network(rows)[:, 1 if task == "multiclass" else 0]
            np.testing.assert_allclose([found.base.p[0], found.row.p[0]], p, rtol=1e-9)
            np.testing.assert_allclose(1 / (1 + np.exp([-found.base.F[0], -found.row.F[0]])), p, rtol=1e-9)
            assert abs(found.probability_gap) <= TOLERANCE


def test_many_members_are_integrated_exactly_too() -> None:
    """Thirty-two members have some thousand cuts, each its own."""
    network = Network(LAYOUT, (64, 32), members=32, dtype="float64", seed=4)
    network.theta = network.theta + np.random.default_rng(4).normal(scale=0.3, size=network.n_parameters)
    found, rows = explained(network, "binary", 4)
    assert found.points > 1000
    assert abs(found.gap) < 1e-9
    assert found.row.p[0] == pytest.approx(network(rows)[1, 0], rel=1e-9)


@pytest.mark.parametrize("activation", ["relu", "selu"])
def test_the_path_is_cut_where_neurons_pass_a_breakpoint(activation: str) -> None:
    network = drawn_network(2, "regression", activation)
    rows = network.as_inputs(drawn_rows(np.random.default_rng(2)))
    path = StraightPath(network, rows[[1]], rows[[0]])
    nodes, complete = path.cuts()
    assert complete
    assert len(nodes) >= 6
    hidden = np.concatenate(path.forward(nodes[1:-1]).Z[:-1], axis=1)
    assert abs(hidden).min(axis=1).max() < 1e-9
    between = np.concatenate(path.forward(np.sort([*(nodes[1:] - 1e-7), *(nodes[:-1] + 1e-7)])).Z[:-1], axis=1)
    assert (between[::2] * between[1::2] > 0).all()  # nothing passes a breakpoint within a piece


@pytest.mark.parametrize("seed", [8, 113, 116])
def test_a_neuron_that_passes_a_breakpoint_twice_is_detected(seed: int) -> None:
    """SELU between bent layers: both ends of a piece are on one side; halving shows what is between."""
    network = drawn_network(seed, "regression", "selu")
    network.theta = 1.5 * network.theta
    assert abs(explained(network, "regression", seed)[0].gap) <= 1e-9


def test_where_there_are_more_cuts_than_allowed_the_sum_still_shows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(path, "MAX_CUTS", 10)
    network = drawn_network(2, "binary", "relu")
    found, rows = explained(network, "binary", 2)
    assert found.row.p[0] == pytest.approx(network(rows)[1, 0], rel=1e-9)
    assert 0 < abs(found.gap) < 1e-3
    assert 0 < found.error < 1e-3


def test_they_are_those_of_a_fine_sum_by_another_way() -> None:
    """A midpoint rule of 20,000 points with slopes by differences, in the numbers; no code of ours but the network."""
    network = drawn_network(1, "binary", "relu")
    found, rows = explained(network, "binary", 1)
    base, row = rows[[0]], rows[[1]]
    first = network.layers[0]
    Z0, Z1 = network.forward(base).Z[0], network.forward(row).Z[0]
    alphas = (np.arange(20_000) + 0.5)[:, None] / 20_000
    Z, h = Z0 + alphas * (Z1 - Z0), 1e-6
    for at in range(3):
        step = h * network.parameters[first.weight][at]
        above, below = (network.onward(Z + sign * step).Z[-1][:, 0] for sign in (1, -1))
        slope = ((above - below) / (2 * h)).mean()
        assert found.contributions[at] == pytest.approx(slope * (row.numbers - base.numbers)[0, at], abs=2e-4)


def test_the_two_classes_mirror_each_other() -> None:
    network = drawn_network(2, "binary", "silu")
    one, other = (explained(network, "binary", 2, place)[0] for place in (1, 0))
    np.testing.assert_allclose(one.contributions, -other.contributions, atol=1e-12)
    np.testing.assert_allclose(one.probability, -other.probability, atol=1e-12)


def test_an_answer_of_all_but_one_still_has_its_log_odds() -> None:
    network = Network(1, hidden=(), dtype="float64")
    network.theta = [1.0, 0.0]
    row, base = network.as_inputs([[300.0]]), network.as_inputs([[-300.0]])
    found = integrated_gradients(network, row, base, plain_spans(network.inputs), ExplainedOutput("binary", 1))
    np.testing.assert_allclose([found.base.F[0], found.row.F[0], found.contributions[0]], [-300, 300, 600], rtol=1e-12)


def test_columns_that_did_not_change_contribute_nothing() -> None:
    network = drawn_network(0, "multiclass", "tanh")
    rows = network.as_inputs(drawn_rows(np.random.default_rng(3)))
    rows.codes[1] = rows.codes[0]
    rows.numbers[1, 1] = rows.numbers[0, 1]
    found = integrated_gradients(network, rows[[1]], rows[[0]], plain_spans(LAYOUT), ExplainedOutput("multiclass", 2))
    np.testing.assert_array_equal(found.contributions[[1, 3, 4]], 0)
    assert abs(found.contributions[[0, 2, 5]]).min() > 0


def test_what_one_column_becomes_is_summed() -> None:
    network = drawn_network(1, "binary", "gelu")
    single, rows = explained(network, "binary", 1)
    spans = [Span("a, b, d", slice(0, 2), slice(0, 1), slice(0, 0)), Span("f", *(slice(0, 0),) * 2, slice(0, 1))]
    joined = integrated_gradients(network, rows[[1]], rows[[0]], spans, ExplainedOutput("binary", 1))
    of_single = single.contributions
    np.testing.assert_allclose(joined.contributions, [of_single[[0, 1, 3]].sum(), of_single[5]], atol=1e-9)


def test_occlusion_tells_what_columns_do_together() -> None:
    """F = relu(x₁ + x₂ − 1) at (1, 1) with base 0: either one takes all of the 1 away: 1 too much."""
    network = Network(2, hidden=(1,), output="identity", dtype="float64")
    network.theta = [1.0, 1.0, -1.0, 1.0, 0.0]
    row, base = network.as_inputs([[1.0, 1.0]]), network.as_inputs([[0.0, 0.0]])
    found = occlusion(network, row, base, plain_spans(network.inputs), ExplainedOutput("regression"))
    np.testing.assert_allclose(found.contributions, [1.0, 1.0])
    assert found.gap == 1.0
    np.testing.assert_allclose(
        integrated_gradients(
            network, row, base, plain_spans(network.inputs), ExplainedOutput("regression")
        ).contributions,
        0.5,
    )


def test_a_rule_of_three_points_is_exact_to_the_fifth_power() -> None:
    alphas, weights = gauss_legendre(np.asarray([0.0, 0.3, 1.0]))
    for power in range(6):
        assert weights @ alphas**power == pytest.approx(1 / (power + 1), abs=1e-15)
    assert abs(weights @ alphas**6 - 1 / 7) > 1e-6


@pytest.mark.parametrize("activation", ["relu,tanh,leaky_relu", "tanh,relu,relu", "relu,leaky_relu,identity"])
@pytest.mark.parametrize("members", [1, 2])
def test_layers_may_differ_in_their_activation(activation: str, members: int) -> None:
    network = Network(LAYOUT, (8, 8, 8), 1, activation, "sigmoid", members=members, dtype="float64", seed=3)
    network.theta = network.theta + np.random.default_rng(3).normal(scale=0.4, size=network.n_parameters)
    found, rows = explained(network, "binary")
    assert abs(found.gap) <= TOLERANCE
    np.testing.assert_allclose([found.base.p[0], found.row.p[0]], network(rows)[:, 0], rtol=1e-9)
