"""Every gradient beside a central difference: correct ones pass, wrong ones do not, kinks are explained."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

import wade
from tests.explanation.networks import network_and_row, settings_of_networks
from wade.errors import InvalidArgument
from wade.network import Network


@settings(max_examples=25, deadline=None)
@given(settings_of_networks())
def test_the_gradients_of_every_kind_of_network_are_right(chosen):
    network, row, target = network_and_row(**chosen)
    trace = wade.explain(network, row, target, dropout=chosen["dropout"] > 0)
    found = trace.check()
    assert len(found.entries) == network.n_parameters
    assert found.is_fine, found.worst


def test_one_weight_and_one_parameter_can_be_asked_for():
    trace = wade.explain(Network(2, hidden=(3,), activation="tanh", dtype="float64", seed=1), [1.0, 2.0], 1)
    assert [one.place.name for one in trace.check("W2").entries] == ["W2"] * 3
    (one,) = trace.check("W1[1,2]").entries
    assert (one.place.index, one.result) == ((1, 2), "correct")
    assert one.gradient == trace.gradient[one.place.at]
    with pytest.raises(InvalidArgument, match="must be a parameter"):
        trace.check("W7")


def test_a_wrong_gradient_is_called_wrong():
    trace = wade.explain(Network(2, hidden=(3,), activation="tanh", dtype="float64", seed=1), [1.0, 2.0], 1)
    bent = replace(trace, gradient=trace.gradient * np.where(np.arange(trace.gradient.size) == 4, -1, 1))
    found = bent.check()
    assert [one.result for one in found.entries].count("wrong") == 1
    assert not found.is_fine
    assert found.worst.place.at == 4
    suspicious = replace(trace, gradient=trace.gradient * 1.001).check("W1")
    assert {one.result for one in suspicious.entries} == {"suspicious"}


def test_a_kink_is_explained():
    """With b = 0 and x = 0 the neuron is at relu's kink: the difference sees half of the slope above."""
    network = Network(1, hidden=(1,), dtype="float64")
    network.theta = np.array([1.0, 0.0, 1.0, 0.0])
    (found,) = wade.explain(network, [0.0], 1).check("b1[0]").entries
    assert found.result == "at a kink"
    assert found.gradient == 0
    assert "z of neuron 0 in layer 1 passes 0, where relu has its kink" in found.note
    assert "the slope is 0 below it and -0.5 above" in found.note
    assert found.is_fine


def test_the_kink_of_a_loss_is_explained():
    network = wade.Perceptron([1.0], 0.0, "identity")
    found = wade.explain(network, [2.0], 2.0, loss="mean_absolute_error").check()
    assert {one.result for one in found.entries} == {"at a kink"}
    assert "where the loss has its kink" in found.entries[0].note


def test_a_wrong_gradient_at_a_kink_is_wrong_all_the_same():
    network = Network(1, hidden=(1,), dtype="float64")
    network.theta = np.array([1.0, 0.0, 1.0, 0.0])
    trace = wade.explain(network, [0.0], 1)
    wrong = replace(trace, gradient=trace.gradient + 7)
    assert wrong.check("b1[0]").entries[0].result == "wrong"


def test_what_is_lost_in_rounding_is_not_called_wrong():
    network = wade.Perceptron([1e-9], 0.0, "tanh")
    trace = wade.explain(network, [1e-13], 5.0)
    (found,) = trace.check("W1[0,0]").entries
    assert found.result in ("correct", "too small to check")


def test_without_a_gradient_there_is_nothing_to_check():
    with pytest.raises(InvalidArgument, match="Run `backward` first"):
        wade.explain(wade.Perceptron([1.0], 0.0), [1.0]).check()
