#!/usr/bin/env python3
"""Prints native/coefficients.hpp, the numbers behind native/transcendental.hpp, and says how they come about.

usage: python scripts/fit_coefficients.py > native/coefficients.hpp

Each polynomial goes through a smooth function at Chebyshev's points, computed with 40 digits: within a small factor of
the best polynomial of its degree (L. N. Trefethen, *Approximation Theory and Approximation Practice*, 2013, theorem
16.1). The counts of coefficients are the least whose error is lost in the rounding of the result.
"""

import struct
from collections.abc import Callable

import mpmath

mpmath.mp.dps = 40
Number = mpmath.mpf
Function = Callable[[Number], Number]

HEADER = """\
// Written by scripts/fit_coefficients.py, which says how; not by hand. Polynomials have their lowest power first.
#pragma once

#include "plan.hpp"

namespace wade::WADE_ISA {

template <class T>
struct Coefficients;
"""
FOOTER = """
}  // namespace wade::WADE_ISA
"""


def exponential(r: Number) -> Number:
    """(e^r − 1 − r) / r², to be used for |r| ≤ ½ ln 2."""
    return (mpmath.exp(r) - 1 - r) / r**2 if r else Number(1) / 2


def tanh(u: Number) -> Number:
    """(tanh x − x) / x³ with u = x², to be used near 0."""
    x = mpmath.sqrt(u)
    return (mpmath.tanh(x) - x) / x**3 if u else -Number(1) / 3


def logarithm(u: Number) -> Number:
    """(2 atanh s − 2s) / s³ with u = s²; 2 atanh s is ln(1 + f) where s = f / (2 + f)."""
    s = mpmath.sqrt(u)
    return (2 * mpmath.atanh(s) - 2 * s) / s**3 if u else Number(2) / 3


def normal(middle: int) -> Function:
    """(x + a) e^(x²/2) Φ(−x) with a = middle and t = (x − a) / (x + a): from x = 0 to infinity t goes from −1 to 1."""

    def of(t: Number) -> Number:
        x = middle * (1 + t) / (1 - t)
        return (x + middle) * mpmath.exp(x**2 / 2) * mpmath.erfc(x / mpmath.sqrt(2)) / 2

    return of


HALF_LN2 = mpmath.log(2) / 2 * Number("1.01")  # a little more: n is rounded from an approximation
LARGEST_S = (mpmath.sqrt(2) - 1) / (mpmath.sqrt(2) + 1)
LN2 = mpmath.log(2)


def rounded(value: Number, digits: int) -> Number:
    """The nearest number of this many binary digits."""
    with mpmath.workprec(digits):
        return +value


def spelled(value: Number, type_: str) -> str:
    """The value in C++, rounded to the type, in as few digits as tell it from its neighbours."""
    exact = float(rounded(value, DIGITS[type_]))
    if type_ == "double":
        return repr(exact)
    candidates = (f"{exact:.{count}g}" for count in range(1, 10))
    text = next(one for one in candidates if struct.pack("f", float(one)) == struct.pack("f", exact))
    return f"{text}f" if set(text) & set(".e") else f"{text}.0f"


def constant(type_: str, name: str, value: Number, comment: str) -> str:
    """One line of the header."""
    return f"    static constexpr {type_} {name} = {spelled(value, type_)};  // {comment}\n"


def polynomial(type_: str, name: str, function: Function, low: Number, high: Number, count: int) -> str:
    """An array of the header: the coefficients of the polynomial, at the points of its degree."""
    found = mpmath.chebyfit(function, [low, high], count)

    def error(coefficients: list[Number]) -> Number:
        return abs(sum(one * high**power for power, one in enumerate(coefficients)) - function(high))

    # mpmath gives the highest power first up to version 1.3, the lowest first from 1.4 on.
    lowest_first = min(found, found[::-1], key=error)
    lines = "".join(f"        {spelled(coefficient, type_)},\n" for coefficient in lowest_first)
    return f"    static constexpr {type_} {name}[] = {{\n{lines}    }};\n"


def normal_polynomial(middle: int, end: int, count: int) -> str:
    """G of transcendental.hpp from x = 0 to x = end; in double for either type."""
    return constant("double", "normal_middle", Number(middle), "a") + polynomial(
        "double", "normal", normal(middle), Number(-1), Number(end - middle) / (end + middle), count
    )


def shared(type_: str, end: int, n_exponential: int, n_tanh: int, tanh_is_one: Number, n_logarithm: int) -> str:
    """What both types have; n_ are the counts of coefficients."""
    exponent_digits = 9 if type_ == "float" else 12
    ln2_high = rounded(LN2, DIGITS[type_] - exponent_digits)
    threshold = rounded(Number("0.55"), DIGITS[type_])
    least = Number(2) ** (-126 if type_ == "float" else -1022)
    return (
        constant(type_, "one_over_ln2", 1 / LN2, "1 / ln 2")
        + constant(type_, "ln2_high", ln2_high, f"ln 2 in {DIGITS[type_] - exponent_digits} binary digits")
        + constant(type_, "ln2_low", LN2 - ln2_high, "the rest of ln 2")
        + constant(type_, "end_of_exponents", Number(end), "e to its power is infinite, to minus its power 0")
        + polynomial(type_, "exponential", exponential, -HALF_LN2, HALF_LN2, n_exponential)
        + constant(type_, "tanh_bends", threshold, "from here on 1 − tanh loses no digits")
        + constant(type_, "tanh_is_1", tanh_is_one, "from here on tanh rounds to 1")
        + polynomial(type_, "tanh", tanh, Number(0), threshold**2, n_tanh)
        + constant(type_, "least_normal", least, "what is smaller has fewer digits")
        + polynomial(type_, "logarithm", logarithm, Number(0), LARGEST_S**2, n_logarithm)
    )


DIGITS = {"float": 24, "double": 53}


def render() -> str:
    """The whole header."""
    return "".join(
        (
            HEADER,
            "\ntemplate <>\nstruct Coefficients<float> {\n",
            shared("float", end=104, n_exponential=5, n_tanh=5, tanh_is_one=Number("9.1"), n_logarithm=4),
            "    // Φ of float32 is computed in double.\n",
            constant("double", "precise_one_over_ln2", 1 / LN2, "1 / ln 2"),
            constant("double", "precise_ln2", LN2, "ln 2"),
            polynomial("double", "precise_exponential", exponential, -HALF_LN2, HALF_LN2, 6),
            constant("double", "normal_is_0", Number(37), "x Φ(−x) and x φ(x) are 0 beyond, for any x of float32"),
            normal_polynomial(middle=3, end=15, count=11),
            "};\n\ntemplate <>\nstruct Coefficients<double> {\n",
            shared("double", end=746, n_exponential=11, n_tanh=11, tanh_is_one=Number(20), n_logarithm=8),
            constant("double", "normal_is_0", Number(39), "Φ(−x) and φ(x) round to 0 from here on"),
            normal_polynomial(middle=3, end=39, count=24),
            "};\n",
            FOOTER,
        )
    )


if __name__ == "__main__":
    print(render(), end="")
