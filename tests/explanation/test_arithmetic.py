"""What is shown holds: whoever works out the left side of an equals sign, finds what stands on the right."""

from __future__ import annotations

import math
import re
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings

import wade
from tests.explanation.networks import network_and_row, settings_of_networks
from wade.explanation.notation.functions import FUNCTIONS, function_named
from wade.maths import losses
from wade.maths.activations import ACTIVATIONS
from wade.maths.optimizers import OPTIMIZERS

RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
ELEMENTWISE = [name for name, activation in ACTIVATIONS.items() if activation.is_elementwise and name != "identity"]
NAMES = [*FUNCTIONS, *ELEMENTWISE, *(f"{name}'" for name in ELEMENTWISE)]
WORKED = {name.replace("'", "_slope"): function_named(name).of for name in NAMES}


def evaluate(side: str) -> float:
    """A side as Python reads it; a reader of its own, which knows nothing of the tree."""
    side = re.sub(r"… \([\d,]+ more: ([^)]*)\)", r"(\1)", side)
    side = re.sub(r"·10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda found: f"e{found[1].translate(RAISED)}", side)
    side = re.sub(r"([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda found: f"**{found[1].translate(RAISED)}", side)
    side = re.sub(r"\|([^|]*)\|", r"abs(\1)", side)
    side = side.replace("σ′", "sigmoid_slope").replace("σ", "sigmoid").replace("′", "_slope").replace("√", "sqrt")
    return float(eval(side.replace("·", "*").replace("−", "-"), {"abs": abs}, WORKED))


def claims(text: str) -> list[tuple[str, str, str]]:
    """Every (left side, sign, number) in formulas with numbers put in."""
    found = []
    for line in text.splitlines():
        pieces = re.split(r" (=|≈|←) ", line.strip())
        for left, sign, right in zip(pieces[2::2], pieces[3::2], pieces[4::2], strict=False):
            if re.search(r"\d", left) and not re.search(r"path|computed|not a", left + right):
                found.append((left, sign, right))
    return found


def is_so(left: str, right: str) -> bool:
    """Whether the left side, rounded to the digits of the right side, is the right side."""
    shown = evaluate(right)
    digits = re.sub(r"·10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", "", right).lstrip("−")
    power = math.floor(math.log10(abs(shown) / float(digits)) + 0.5) if shown and float(digits) else 0
    step = float(Decimal(1).scaleb(int(Decimal(digits).as_tuple().exponent) + power))
    return abs(evaluate(left) - shown) <= step / 2 * (1 + 1e-9)


@settings(max_examples=40, deadline=None)
@given(settings_of_networks())
def test_every_equals_sign_holds(chosen):
    network, row, target = network_and_row(**chosen)
    optimizer = list(OPTIMIZERS)[chosen["seed"] % len(OPTIMIZERS)]
    trace = wade.explain(network, row, target, optimizer=optimizer, dropout=chosen["dropout"] > 0)
    told = trace.text(form="numbers", digits=3 + chosen["seed"] % 3, width=100_000)
    found = [
        (left, sign, right) for left, sign, right in claims(told) if re.fullmatch(r"−?[\d.]+(·10[⁻\d⁰-⁹¹²³]+)?", right)
    ]
    assert len(found) > 3
    for left, sign, right in found:
        # Either the left side rounds to what is shown, or it says ≈; and ≈ never stands where the two are the same.
        assert is_so(left, right) or sign == "≈", f"{left} {sign} {right}"
        apart, size = abs(evaluate(left) - evaluate(right)), abs(evaluate(right))
        assert sign == "=" or 1e-13 * size < apart <= 0.02 * size, f"{left} {sign} {right}"


def test_digits_are_the_users():
    trace = wade.explain(wade.Perceptron([1 / 3, 2 / 3], 0.0), [3, 1], 1)
    assert "= 3·0.33 + 1·0.67 + 0.0 ≈ 1.7" not in trace.text(digits=2)
    assert "= 3·0.33 + 1·0.67 + 0.0 = 1.7" in trace.text(digits=2)
    assert "= 3·0.333333 + 1·0.666667 + 0.0 ≈ 1.66667" not in trace.text(digits=6)


def test_rounding_that_shows_is_said():
    """0.333·3 is 0.999 and not 1.000: there stands ≈."""
    said = wade.explain(wade.Perceptron([1 / 3], 0.0, "identity"), [3]).text(digits=3, form="numbers")
    assert "z1[0] = 3·0.333 + 0.0 ≈ 1" in said


@pytest.mark.parametrize("form", ["symbols", "numbers", "both"])
def test_a_formula_in_each_form(form):
    trace = wade.explain(wade.Perceptron([0.1, 0.5], 3.0), [2, 3], 1)
    lines = [line.strip() for line in trace.text(form=form).splitlines()]
    symbols = "z1[0] = x[0]·W1[0,0] + x[1]·W1[1,0] + b1[0]"
    assert (symbols in lines) == (form != "numbers")
    assert any("2·0.1 + 3·0.5 + 3.0 = 4.7" in line for line in lines) == (form != "symbols")


def test_numbers_that_are_none_are_words():
    network = wade.Perceptron([1.0], 0.0, "identity")
    said = wade.explain(network, [np.inf]).text()
    assert "∞" in said


LOSSES = [
    ("sigmoid", losses.cross_entropy("sigmoid", label_smoothing=0.2)),
    ("softmax", losses.cross_entropy("softmax", label_smoothing=0.2)),
    ("softmax", "mean_squared_error"),
    ("identity", losses.huber(0.3)),
    ("identity", losses.quantile(0.9)),
    ("identity", "poisson"),
    ("tanh", "mean_absolute_error"),
]


@pytest.mark.parametrize(("output", "loss"), LOSSES)
def test_every_loss_is_told_and_its_arithmetic_holds(output, loss):
    network = wade.Network(2, (3,), 2, "tanh", output, dtype="float64", seed=3)
    trace = wade.explain(network, [0.5, -1.0], 1 if output == "softmax" else [1.0, 0.0], loss=loss)
    assert trace.check().is_fine
    for left, sign, right in claims(trace.text(form="numbers", width=100_000)):
        assert sign == "≈" or is_so(left, right), f"{left} {sign} {right}"
    assert trace.native_check.agrees
