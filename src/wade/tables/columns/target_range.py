"""Which numbers can be predicted: their squares, and the squares of these, have to be doubles.

The loss, R² and the standard deviation square the target; the intervals of metrics square it once more.
"""

from __future__ import annotations

from math import floor, log10
from typing import Final, NamedTuple

LARGEST: Final = 1e70
LEAST_SPREAD: Final = 1e-70
LEAST_SHARE: Final = 1e-12
FARTHEST: Final = 1e18
"""How far from the mean of the training rows a number may lie, in their standard deviations."""


class RangeProblem(NamedTuple):
    """What is wrong with the range of a target, and the remedy."""

    what: str
    remedy: str


def range_problem(low: float, high: float) -> RangeProblem | None:
    """Why numbers from `low` to `high` cannot be predicted, or None.

    Examples
    --------
    >>> range_problem(-1e160, 1e161)
    RangeProblem(what='its numbers, from -1e+160 to 1e+161, are beyond 1e+70', remedy='Divide them by 1e161.')
    >>> range_problem(0.0, 2e-200).remedy, range_problem(0.0, 5.0)
    ('Multiply them by 1e200.', None)
    """
    # Halves first: the largest doubles have a range that is no double.
    largest, spread = max(abs(low), abs(high)), 2 * min(high / 2 - low / 2, LARGEST)
    span = f"its numbers, from {low:.17g} to {high:.17g},"
    if largest > LARGEST:
        return RangeProblem(f"{span} are beyond {LARGEST:g}", f"Divide them by 1e{floor(log10(largest))}.")
    if 0 < spread < LEAST_SPREAD:
        power = min(-floor(log10(spread)), 300)
        return RangeProblem(f"{span} differ by less than {LEAST_SPREAD:g}", f"Multiply them by 1e{power}.")
    if 0 < spread < LEAST_SHARE * largest:
        remedy = f"Subtract {low:.17g} from them before they are rounded, or choose another target."
        return RangeProblem(f"{span} differ in their last digits only", remedy)
    return None
