"""exp, log, tanh and their kin, a vector at a time: how exact they are, and that a number's place changes nothing."""

import importlib.util
from functools import cache
from pathlib import Path

import mpmath
import numpy as np
import pytest

from wade.engines import _kernels
from wade.maths.activations.error_function import erfc
from wade.maths.activations.gates import softplus
from wade.maths.activations.sigmoids import sigmoid

REPOSITORY = Path(__file__).parents[2]
IN_FLOAT64 = {
    "exp": np.exp,
    "expm1": np.expm1,
    "log": np.log,
    "log1p": np.log1p,
    "tanh": np.tanh,
    "sigmoid": sigmoid,
    "softplus": softplus,
    "normal_share": lambda z: erfc(-z / np.sqrt(2)) / 2,
}
IN_40_DIGITS = {
    "exp": mpmath.exp,
    "expm1": mpmath.expm1,
    "log": mpmath.log,
    "log1p": mpmath.log1p,
    "tanh": mpmath.tanh,
    "sigmoid": lambda z: 1 / (1 + mpmath.exp(-z)),
    "softplus": lambda z: mpmath.log1p(mpmath.exp(z)),
    "normal_share": mpmath.ncdf,
}
every_instruction_set = pytest.mark.parametrize("instruction_set", _kernels.instruction_sets())
every_function = pytest.mark.parametrize("function", IN_FLOAT64)
both_types = pytest.mark.parametrize("dtype", ["float32", "float64"])


def evaluate(function: str, instruction_set: str, x: np.ndarray) -> np.ndarray:
    y = np.full_like(x, -7.0)
    _kernels.evaluate(function, instruction_set, x, y)
    return y


@cache
def float32_points() -> np.ndarray:
    """A million bit patterns evenly spaced over all there are: every exponent and sign, subnormals, infinities, NaN."""
    return np.arange(0, 2**32, 4099, dtype=np.uint64).astype(np.uint32).view(np.float32)


@cache
def float32_truth(function: str) -> np.ndarray:
    with np.errstate(all="ignore"):
        return IN_FLOAT64[function](float32_points().astype(np.float64))


@every_instruction_set
@every_function
def test_float32_is_within_two_units_of_the_last_place_everywhere(function, instruction_set):
    x, expected = float32_points(), float32_truth(function)
    found = evaluate(function, instruction_set, x)
    with np.errstate(all="ignore"):
        rounded = expected.astype(np.float32)
        units = np.abs(found.astype(np.float64) - expected) / np.spacing(np.abs(rounded)).astype(np.float64)
    units[(found == rounded) | (np.isnan(found) & np.isnan(rounded))] = 0
    units[np.isnan(units)] = np.inf
    worst = units.argmax()
    assert units[worst] <= 2, (
        f"{function}({x[worst]!r}) is {found[worst]!r}, not {rounded[worst]!r}: {units[worst]:.2f} units off"
    )


@cache
def float64_points() -> np.ndarray:
    random = np.random.default_rng(0)
    near, wide = random.uniform(-2, 2, 700), random.uniform(-45, 45, 700)
    far, tiny = random.uniform(-760, 720, 300), np.exp(random.uniform(-700, 0, 200))
    edges = [0.55, -0.55, 0.3466, -0.3466, 2**-0.5, 2**0.5, 2**0.5 - 1, 5e-324, 1e-310, 2.2e-308, 1.7e308, -37.5, 709.7]
    return np.concatenate([near, wide, far, tiny, -tiny, random.uniform(-1, 1, 300) * tiny[0], edges])


@cache
def float64_truth(function: str) -> list[mpmath.mpf | None]:
    """With 40 digits; None where there is no real number."""
    with mpmath.workdps(40):
        values = (IN_40_DIGITS[function](mpmath.mpf(x)) if defined(function, x) else None for x in float64_points())
        return list(values)


def defined(function: str, x: float) -> bool:
    return x > {"log": 0, "log1p": -1}.get(function, -np.inf) and not (function == "softplus" and x > 1e4)


@every_instruction_set
@every_function
def test_float64_is_within_a_few_units_of_the_last_place(function, instruction_set):
    found = evaluate(function, instruction_set, float64_points())
    for x, y, exact in zip(float64_points(), found, float64_truth(function), strict=True):
        if exact is None:
            assert np.isnan(y) or function == "softplus"
        elif abs(exact) > np.finfo(np.float64).max:
            assert y == np.inf
        else:
            units, most = (
                abs(mpmath.mpf(y) - exact) / np.spacing(abs(float(exact))),
                5 if function == "normal_share" else 3,
            )
            assert units <= most, f"{function}({x!r}) is {y!r}, not {float(exact)!r}: {float(units):.2f} units off"


NAN, INF = np.nan, np.inf
ENDS = {
    #                0,   −0,  inf,  −inf, NaN
    "exp": (1.0, 1.0, INF, 0.0, NAN),
    "expm1": (0.0, -0.0, INF, -1.0, NAN),
    "log": (-INF, -INF, INF, NAN, NAN),
    "log1p": (0.0, -0.0, INF, NAN, NAN),
    "tanh": (0.0, -0.0, 1.0, -1.0, NAN),
    "sigmoid": (0.5, 0.5, 1.0, 0.0, NAN),
    "softplus": (np.log(2), np.log(2), INF, 0.0, NAN),
    "normal_share": (0.5, 0.5, 1.0, 0.0, NAN),
}


@every_instruction_set
@both_types
@every_function
def test_zeros_infinities_and_nan(function, dtype, instruction_set):
    found = evaluate(function, instruction_set, np.asarray([0.0, -0.0, INF, -INF, NAN], dtype))
    expected = np.asarray(ENDS[function], dtype)
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(np.signbit(found[:4]), np.signbit(expected[:4]))


@every_instruction_set
@pytest.mark.parametrize(
    ("dtype", "largest", "least"), [("float32", 88.72283, -103.97), ("float64", 709.7827, -745.13)]
)
def test_exp_ends_where_numbers_end(dtype, largest, least, instruction_set):
    x = np.asarray([largest, largest * 1.0001, least, least * 1.001], dtype)
    y = evaluate("exp", instruction_set, x)
    assert np.isfinite(y[0])
    assert y[1] == INF
    assert y[2] == np.finfo(dtype).smallest_subnormal
    assert y[3] == 0


@every_instruction_set
@both_types
@every_function
def test_a_number_has_one_result_wherever_it_stands(function, dtype, instruction_set):
    """In a whole vector, in the rest of an array, alone, and at an address that no vector is aligned to."""
    x = np.random.default_rng(1).uniform(0.01, 9, 70).astype(dtype)
    whole = evaluate(function, instruction_set, x)
    for first, last in [(i, i + 1) for i in range(70)] + [(1, 70), (3, 22), (5, 8), (0, 64), (9, 30)]:
        part = evaluate(function, instruction_set, x[first:last])
        assert part.tobytes() == whole[first:last].tobytes()


@pytest.mark.parametrize(
    ("function", "count", "message"), [("cosh", 3, "does not know 'cosh'"), ("exp", 2, "out: wrong length")]
)
def test_what_cannot_be_evaluated_is_refused(function, count, message):
    with pytest.raises(ValueError, match=message):
        _kernels.evaluate(function, _kernels.instruction_sets()[-1], np.zeros(3), np.zeros(count))


def test_the_coefficients_are_those_that_the_script_fits():
    script = REPOSITORY / "scripts" / "fit_coefficients.py"
    specification = importlib.util.spec_from_file_location("fit_coefficients", script)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    assert module.render() == (REPOSITORY / "native" / "coefficients.hpp").read_text(encoding="utf-8")
