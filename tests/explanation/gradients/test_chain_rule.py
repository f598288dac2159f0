"""The chain rule for any weight: along all paths, the factors multiply and add up to the gradient."""

from __future__ import annotations

from math import fsum, prod

import numpy as np
import pytest
from hypothesis import given, settings

import wade
from tests.explanation.networks import network_and_row, settings_of_networks
from wade.engines import ReferenceEngine
from wade.errors import InvalidArgument
from wade.explanation.gradients.derivative_paths import chain_of
from wade.explanation.steps.parameter_index import parameter_index_of


@settings(max_examples=60, deadline=None)
@given(settings_of_networks())
def test_products_summed_over_all_paths_are_the_engines_gradient(chosen):
    network, row, target = network_and_row(**chosen)
    trace = wade.explain(network, row, target, dropout=chosen["dropout"] > 0, seed=5)
    gradient = trace.gradient
    if not trace.masks:
        _, gradient = ReferenceEngine().loss_and_gradient(network, row, trace.y, trace.loss)
    size = max(1.0, np.abs(gradient).max())
    random = np.random.default_rng(0)
    for name, values in network.parameters.items():
        if not values.size:
            continue
        index = tuple(int(random.integers(0, length)) for length in values.shape)
        place = parameter_index_of(trace, name, index)
        chain = chain_of(trace, place, most=100_000)
        assert len(chain.paths) == chain.n_paths
        total = fsum(prod(factor.value for factor in path.factors) for path in chain.paths)
        assert total == pytest.approx(gradient[place.at], rel=1e-12, abs=1e-12 * size)
        for _, through in chain.layers:
            assert fsum(one.value for one in through) == pytest.approx(gradient[place.at], rel=1e-12, abs=1e-12 * size)


def test_the_largest_paths_come_first_and_the_rest_is_said():
    network = wade.Network(4, hidden=(16, 16), activation="tanh", dtype="float64", seed=3)
    trace = wade.explain(network, [1.0, -2.0, 0.5, 3.0], 1)
    everything = trace.chain("W1[1,7]", most=1000)
    some = trace.chain("W1[1,7]", most=3)
    assert (some.n_paths, len(everything.paths), len(some.paths)) == (16, 16, 3)
    sizes = [abs(path.value) for path in everything.paths]
    assert sizes == sorted(sizes, reverse=True)
    assert [path.neurons for path in some.paths] == [path.neurons for path in everything.paths[:3]]
    assert some.rest == pytest.approx(fsum(path.value for path in everything.paths[3:]), rel=1e-12)


def test_the_largest_paths_are_found_among_those_that_nobody_could_list():
    network = wade.Network(3, hidden=(5, 4, 6), activation="tanh", dtype="float64", seed=1)
    trace = wade.explain(network, [1.0, -2.0, 0.5], 1)
    few, all_of_them = (trace.chain("W1[0,2]", most=most) for most in (4, 10_000))
    assert all_of_them.n_paths == 4 * 6
    assert [path.neurons for path in few.paths] == [path.neurons for path in all_of_them.paths[:4]]


def test_factors_have_names_formulas_and_the_order_of_the_deck():
    network = wade.Network(2, hidden=(1,), activation="tanh", dtype="float64")
    network.theta = np.array([0.5, -0.25, 0.1, 1.5, -0.5])
    (path,) = wade.explain(network, [1.0, 2.0], 1.0).chain("W1[0,0]").paths
    z1 = 0.5 * 1 - 0.25 * 2 + 0.1
    a1 = np.tanh(z1)
    o = 1 / (1 + np.exp(-(1.5 * a1 - 0.5)))
    names = [f"{factor.name.of.letter} by {factor.name.by.letter}" for factor in path.factors]
    assert names == ["J by o", "o by z", "z by a", "a by z", "z by W"]
    by_hand = [(o - 1) / (o * (1 - o)), o * (1 - o), 1.5, 1 - a1**2, 1.0]
    np.testing.assert_allclose([factor.value for factor in path.factors], by_hand, rtol=1e-12)
    merged = [factor.value for factor in path.layer_factors]
    np.testing.assert_allclose(merged, [by_hand[0], by_hand[1] * by_hand[2], by_hand[3] * by_hand[4]], rtol=1e-12)


def test_a_row_of_a_table_that_was_not_read_has_the_gradient_0():
    network, row, target = network_and_row(
        **{"inputs": __import__("tests.explanation.networks", fromlist=["LAYOUT"]).LAYOUT},
        hidden=(3,), activation="tanh", answer="sigmoid", members=1, dropout=0.0, seed=2,
    )  # fmt: skip
    trace = wade.explain(network, row, target)
    other = (int(row.codes[0, 0]) + 1) % 4
    chain = trace.chain(f"E1.c[{other},1]")
    assert chain.gradient == 0
    assert all(path.factors[-1].value == 0 for path in chain.paths)


def test_what_has_no_chain_is_refused():
    network = wade.Network(2, hidden=(3,), dtype="float64", seed=1)
    trace = wade.explain(network, [1.0, 2.0], 1)
    for weight, message in (
        ("W9[0,0]", "must be one of 'W1', 'W2', 'b1', 'b2'"),
        ("W1[5,0]", "must have, as the first index of W1, a number from 0 to 1; received"),
        ("W1[0]", "must have 2 indices for W1"),
        ("W1", "must be a parameter and its entry"),
        ("W1[0,-1]", "must have, as the second index of W1, a number from 0 to 2"),
    ):
        with pytest.raises(InvalidArgument, match=message.replace("[", r"\[")):
            trace.chain(weight)
    with pytest.raises(InvalidArgument, match="needs a gradient"):
        wade.explain(network, [1.0, 2.0]).chain("W1[0,0]")
