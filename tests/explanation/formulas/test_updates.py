"""The effective learning rate of a weight stands in its update, as the optimizer has it, in every format."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import wade
from wade.explanation.formulas.updates import EFFECTIVE, update
from wade.explanation.steps.parameter_index import find
from wade.network import Network

ADAPTIVE = ("adagrad", "rmsprop", "adam", "adamw")


def trace_of(optimizer: str) -> Any:
    network = Network(2, (3,), activation="tanh", dtype="float64", seed=1)
    return wade.explain(network, [0.5, -2.0], 1, optimizer=optimizer, learning_rate=0.1)


@pytest.mark.parametrize("optimizer", ADAPTIVE)
def test_the_step_is_the_effective_learning_rate_times_its_direction(optimizer: str) -> None:
    trace = trace_of(optimizer)
    for name in ("W1[0,2]", "W1[1,2]", "b2[0]"):
        place = find(trace, name)
        *_, effective, step = update(trace, place)
        assert effective.name == EFFECTIVE
        gradient = trace.gradient[place.at]
        # After one step, √v̂ and √G are |g|; RMSProp's √v is a tenth of it, as its bias stays; but for ε.
        expected = 0.1 / abs(gradient) * (10 if optimizer == "rmsprop" else 1)
        assert effective.value == pytest.approx(expected, rel=1e-4)
        decayed = trace.network.theta[place.at] * (1 - 0.1 * 0.01 * (optimizer == "adamw" and name[0] == "W"))
        assert step.value == pytest.approx(decayed - expected * gradient, rel=1e-4)


@pytest.mark.parametrize("optimizer", ADAPTIVE)
def test_every_format_shows_it(optimizer: str) -> None:
    trace = trace_of(optimizer)
    assert "η_eff = η/(√(" in trace.text(weight="W1[0,2]")
    assert "η_eff·" in trace.text(weight="W1[0,2]")
    assert r"\eta_{\text{eff}} &= \frac{\eta}{\sqrt{" in trace.latex(weight="W1[0,2]")
    assert "<mi>η</mi><mrow><mtext>eff</mtext></mrow></msub>" in trace.html(weight="W1[0,2]")
    rates = trace.to_dict()["parameters"]["W1"]["effective_learning_rate"]
    assert np.shape(rates) == (2, 3)
    assert rates[0][2] == pytest.approx(float(update(trace, find(trace, "W1[0,2]"))[-2].value or 0))


def test_how_far_they_lie_apart_is_said_where_they_differ() -> None:
    rates = 0.1 / np.abs(trace_of("adagrad").gradient)
    text = " ".join(trace_of("adagrad").text().split())
    assert f"Effective learning rates of the {len(rates)} parameters with a gradient: median " in text
    assert f"from {rates.min():.4g} to" in text
    assert "Effective learning rates" not in trace_of("sgd").text()
    assert "η_eff" not in trace_of("sgd").text()
    assert set(np.ravel(trace_of("sgd").to_dict()["parameters"]["W1"]["effective_learning_rate"])) == {0.1}
