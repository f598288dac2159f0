"""The formulas that readers of an explanation see are those of the code."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from wade.maths.activations import ACTIVATIONS

WRITTEN = {name: entry for name, entry in ACTIVATIONS.items() if entry.formula}


def worked_out(formula: str, z: float) -> float:
    """A formula in plain text, at one z."""
    there, condition, elsewhere = re.split(r" (where z > 0), else ", formula) if "where" in formula else (formula,) * 3
    assert condition in (formula, "where z > 0")
    chosen = there if z > 0 else elsewhere
    known = {"exp": math.exp, "ln": math.log, "tanh": math.tanh, "erf": math.erf, "sqrt": math.sqrt, "π": math.pi}
    python = {"−": "-", "·": "*", "²": "**2", "√2": "sqrt(2)", "√": "sqrt"}
    for sign, written in python.items():
        chosen = chosen.replace(sign, written)
    return float(eval(chosen, {}, {**known, "σ": lambda x: 1 / (1 + math.exp(-x)), "z": z}))


def test_every_activation_of_one_number_has_its_formulas() -> None:
    assert set(WRITTEN) == {name for name, entry in ACTIVATIONS.items() if entry.is_elementwise}


@pytest.mark.parametrize("name", WRITTEN)
def test_a_formula_gives_what_the_function_gives(name: str) -> None:
    entry, z = ACTIVATIONS[name], np.array([-2.5, -1.0, -1e-3, 1e-3, 0.5, 3.0])
    assert entry.derivative is not None
    value, slope = entry.formula
    exact = 1e-7 if name == "selu" else 1e-9  # its constants are written with seven decimals
    np.testing.assert_allclose([worked_out(value, one) for one in z.tolist()], entry.forward(z), rtol=exact)
    np.testing.assert_allclose([worked_out(slope, one) for one in z.tolist()], entry.derivative(z), rtol=exact)
