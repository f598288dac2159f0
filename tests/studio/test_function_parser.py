"""y = f(x) as a user types it: read as mathematics writes it, and nothing else is ever run."""

import numpy as np
import pytest

from wade.errors import InvalidArgument
from wade.studio.function_parser import DEEPEST, LONGEST, read_function

AT = np.array([0.5, 1.0, 2.0])


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("y = 3", [3, 3, 3]),
        ("2x^2 - 1", [-0.5, 1, 7]),
        ("-x^2", [-0.25, -1, -4]),
        ("2^-x", [2**-0.5, 0.5, 0.25]),
        ("2^2^x", [2 ** (2**0.5), 4, 16]),
        ("x(x + 1)", [0.75, 2, 6]),
        ("(x + 1)(x - 1)", [-0.75, 0, 3]),
        ("1/2x", [0.25, 0.5, 1]),
        ("8/2/2", [2, 2, 2]),
        ("x − 1·2 ÷ 4 × 2", [-0.5, 0, 1]),
        ("x² + x³", [0.375, 2, 12]),
        ("sin(pi x) + e", np.sin(np.pi * AT) + np.e),
        ("sqrt(abs(-x))", np.sqrt(AT)),
        ("ln(exp(x))", AT),
        ("1e1 x + .5", [5.5, 10.5, 20.5]),
    ],
)
def test_a_formula_means_what_mathematics_writes(text, values):
    np.testing.assert_allclose(read_function(text)(AT), values, rtol=1e-15, atol=1e-15)


def test_where_x_goes_may_be_said():
    function = read_function("y = log(x) from 1/10 to pi")
    assert (function.text, function.low, function.high) == ("log(x)", 0.1, np.pi)
    assert (read_function("x").low, read_function("x").high) == (-5, 5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "found its end"),
        ("x +", "found its end"),
        ("x)", "')' at place 2"),
        ("sin x", '"(" after sin'),
        ("foo(x)", "one of sin, cos"),
        ("2 3", "'3' at place 3"),
        ("__import__('os').system('ls')", "'_' at place 1"),
        ("x.real", "'.' at place 2"),
        ("x from 1 to x", "without x itself"),
        ("x from 3 to 1", "smaller to a larger"),
        ("x from 0 to 1/0", "two finite numbers"),
        ("x from 3", '"to"'),
        ("(" * DEEPEST + "x" + ")" * DEEPEST, "nested at most"),
        ("-" * 400 + "x)", "place 402"),
        ("2^" * 100 + "x", "nested at most"),
        ("x" * (LONGEST + 1), f"at most {LONGEST} characters"),
    ],
)
def test_what_is_no_formula_is_refused_and_shown(text, expected):
    with pytest.raises(InvalidArgument, match="formula") as refused:
        read_function(text)
    assert expected in str(refused.value)


def test_a_formula_without_a_value_somewhere_is_refused_with_the_place():
    with pytest.raises(InvalidArgument, match=r"at x = -1 it has none.*log\(x\) from 0.1 to 4"):
        read_function("log(x)").sampled(np.array([1.0, -1.0]))
