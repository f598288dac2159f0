"""The error function: the share of a normal distribution within a distance of its mean, which GELU needs.

It has no closed form. Libraries compute ratios of two polynomials, fitted so that the largest error is least; these are
W. J. Cody's. There are three of them: near 0, where erf is nearly linear; in the middle; and in the tail, where
erfc = 1 − erf has to be computed by itself, or its digits would be lost in the 1.
"""

from __future__ import annotations

from functools import reduce
from typing import Final

from wade.maths.arrays import namespace
from wade.types import Array

NEAR: Final = 0.46875
FAR: Final = 4.0
NOTHING_LEFT: Final = 28.0  # erfc(28) < 1e-342 rounds to 0, also in float64

# The highest power first. erf(x) = x R(x²) up to NEAR.
_NEAR_ABOVE: Final = (
    1.85777706184603153e-1,
    3.16112374387056560e00,
    1.13864154151050156e02,
    3.77485237685302021e02,
    3.20937758913846947e03,
)
_NEAR_BELOW: Final = (
    1.0,
    2.36012909523441209e01,
    2.44024637934444173e02,
    1.28261652607737228e03,
    2.84423683343917062e03,
)
# erfc(x) = exp(−x²) R(x) from NEAR to FAR.
_MIDDLE_ABOVE: Final = (
    2.15311535474403846e-8,
    5.64188496988670089e-1,
    8.88314979438837594e00,
    6.61191906371416295e01,
    2.98635138197400131e02,
    8.81952221241769090e02,
    1.71204761263407058e03,
    2.05107837782607147e03,
    1.23033935479799725e03,
)
_MIDDLE_BELOW: Final = (
    1.0,
    1.57449261107098347e01,
    1.17693950891312499e02,
    5.37181101862009858e02,
    1.62138957456669019e03,
    3.29079923573345963e03,
    4.36261909014324716e03,
    3.43936767414372164e03,
    1.23033935480374942e03,
)
# erfc(x) = exp(−x²)/x (1/√π − R(1/x²)/x²) from FAR on.
_FAR_ABOVE: Final = (
    1.63153871373020978e-2,
    3.05326634961232344e-1,
    3.60344899949804439e-1,
    1.25781726111229246e-1,
    1.60837851487422766e-2,
    6.58749161529837803e-4,
)
_FAR_BELOW: Final = (
    1.0,
    2.56852019228982242e00,
    1.87295284992346047e00,
    5.27905102951428412e-1,
    6.05183413124413191e-2,
    2.33520497626869185e-3,
)
_ONE_OVER_ROOT_PI: Final = 5.6418958354775628695e-1


def erf(X: Array) -> Array:
    r"""The probability that a normal number of mean 0 and variance ½ is nearer to 0 than x; negative for negative x.

    .. math:: \mathrm{erf}(x) = \frac{2}{\sqrt{\pi}} \int_0^x e^{-t^2} dt

    Full precision: the relative error is below 5e-16 for every float64.

    X holds any floating numbers; the range is [−1, 1].

    References
    ----------
    W. J. Cody, *Rational Chebyshev Approximations for the Error Function*, Mathematics of Computation 23, 1969;
    the coefficients are those of his program CALERF in SPECFUN, 1990.

    Examples
    --------
    >>> import numpy as np
    >>> erf(np.asarray([-1e4, 0.0, 0.5, 1.0])).round(6)
    array([-1.      ,  0.      ,  0.5205  ,  0.842701])
    """
    xp = namespace(X)
    size = xp.abs(X)
    Y: Array = xp.where(size <= NEAR, _near(X), xp.sign(X) * (1 - _tail(size)))
    return Y


def erfc(X: Array) -> Array:
    r"""What erf leaves of 1, with all its digits even where it is tiny.

    .. math:: \mathrm{erfc}(x) = 1 - \mathrm{erf}(x) = \frac{2}{\sqrt{\pi}} \int_x^\infty e^{-t^2} dt

    The relative error is below 1e-15 wherever the result is a normal float64.

    X holds any floating numbers; the range is [0, 2]. Source: as for `erf`.

    Examples
    --------
    >>> import numpy as np
    >>> erfc(np.asarray([-1e4, 0.0, 1.0, 6.0]))
    array([2.00000000e+00, 1.00000000e+00, 1.57299207e-01, 2.15197367e-17])
    """
    xp = namespace(X)
    tail = _tail(xp.abs(X))
    Y: Array = xp.where(xp.abs(X) <= NEAR, 1 - _near(X), xp.where(X > 0, tail, 2 - tail))
    return Y


def _near(X: Array) -> Array:
    """Erf of numbers up to NEAR in size; those beyond are taken for NEAR."""
    xp = namespace(X)
    X = xp.maximum(xp.minimum(X, NEAR), -NEAR)
    return X * _ratio(X**2, _NEAR_ABOVE, _NEAR_BELOW)


def _tail(size: Array) -> Array:
    """Erfc of numbers from NEAR on; those below are taken for NEAR."""
    xp = namespace(size)
    middle = xp.maximum(xp.minimum(size, FAR), NEAR)
    far = xp.maximum(xp.minimum(size, NOTHING_LEFT), FAR)
    far_share = (_ONE_OVER_ROOT_PI - _ratio(far**-2, _FAR_ABOVE, _FAR_BELOW) * far**-2) / far
    share = xp.where(size <= FAR, _ratio(middle, _MIDDLE_ABOVE, _MIDDLE_BELOW), far_share)
    return _exp_of_minus_square(xp.where(size <= FAR, middle, far)) * share


def _ratio(X: Array, above: tuple[float, ...], below: tuple[float, ...]) -> Array:
    """A polynomial over a polynomial, by Horner's rule."""
    one = namespace(X).ones_like(X)
    numerator, denominator = (reduce(lambda sum_, c: sum_ * X + c, side[1:], side[0] * one) for side in (above, below))
    quotient: Array = numerator / denominator
    return quotient


def _exp_of_minus_square(size: Array) -> Array:
    """exp(−x²) with x² = h² + (x − h)(x + h), h being x cut to sixteenths: h² is exact, so no rounding is blown up."""
    xp = namespace(size)
    cut = xp.trunc(size * 16) / 16
    return xp.exp(-(cut**2)) * xp.exp(-(size - cut) * (size + cut))
