"""Fixed against scheduled against adaptive: what each way of stepping makes of the same start and the same batches.

Each way races with rates of its own (`rates`, `verdicts`), since a rate that is short for one is long for another. Ways
are compared by where their best rates end, on the same batches, and by how forgiving they are: by how many times the
highest rate that converges is the lowest one. With p the loss of always giving the same answer and b the least loss of
all, a way that ends at m has gained (p − m) / (p − b) of what the best one has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import inf
from typing import Any, Final

from wade.training.learning_rate_sweep import RacedRates
from wade.training.sweep_outcomes import SweepOutcomes, brief

AS_GOOD: Final = 0.97


@dataclass(frozen=True)
class Way:
    """A method and a schedule: "sgd" and "constant" is the deck's own."""

    optimizer: str
    schedule: str


@dataclass(frozen=True)
class MethodResult:
    """How one way did beside the others.

    Parameters
    ----------
    optimizer, schedule : str
    learning_rate : float or None
        Its best rate; None: none of its rates ended below the start.
    loss : float or None
        The mean loss of that rate's last stretch.
    gain : float or None
        The share of what the best way has gained.
    lowest, highest : float or None
        The rates between which it converges.
    paces : tuple of float
        How long a step of the best rate is for a parameter's own direction: at the twentieth, the middle and the
        nineteenth twentieth of all parameters. A method with one rate for all has the same number three times.
    evidence : str
    """

    optimizer: str
    schedule: str
    learning_rate: float | None
    loss: float | None
    gain: float | None
    lowest: float | None
    highest: float | None
    paces: tuple[float, ...]
    evidence: str

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)


def compare(
    ways: Sequence[Way], found: Sequence[SweepOutcomes], raced: Sequence[RacedRates]
) -> tuple[MethodResult, ...]:
    """The ways, the one that ends lowest first; those that gained nothing come last.

    Examples
    --------
    >>> import numpy as np
    >>> from wade.training.sweep_outcomes import judge
    >>> fall, rates = np.linspace(1, 0, 16), np.array([0.1])
    >>> paths = [np.stack([0.2 + 0.8 * fall]), np.stack([0.4 + 0.6 * fall])]
    >>> raced = [RacedRates(rates, path, np.ones(16), np.full((1, 3), 0.1), 1.0, "native", 0.0) for path in paths]
    >>> found = [judge(rates, path, np.ones(16)) for path in paths]
    >>> first, second = compare([Way("adam", "constant"), Way("sgd", "constant")], found, raced)
    >>> first.evidence, second.evidence
    ('the best', '75 % of the gain of adam, constant')
    """
    ends = [_end(each) for each in found]
    known = [end for end in ends if end is not None]
    if not known:
        return tuple(_lost(way) for way in ways)
    least, plain, winner = min(known), min(each.plain for each in found), ways[ends.index(min(known))]
    standings = []
    for way, end, each, race in zip(ways, ends, found, raced, strict=True):
        if end is None or each.best is None:
            standings.append(_lost(way))
            continue
        gain = (plain - end) / (plain - least) if plain > least else 1.0
        paces = race.paces[int(abs(race.learning_rates - each.best).argmin())]
        told = each.best, end, gain, each.lowest, each.highest, tuple(paces.tolist()), _evidence(way, winner, gain)
        standings.append(MethodResult(way.optimizer, way.schedule, *told))
    return tuple(sorted(standings, key=lambda one: inf if one.loss is None else one.loss))


def _end(found: SweepOutcomes) -> float | None:
    """Where the best rate ended; None where none ended below the start."""
    return next((one.last for one in found.verdicts if one.learning_rate == found.best), None)


def _evidence(way: Way, winner: Way, gain: float) -> str:
    if way == winner:
        return "the best"
    share = f"{100 * gain:.0f} % of the gain of {winner.optimizer}, {winner.schedule}"
    if gain < 0:
        return "not yet below one answer for all"
    return f"as good: {share}" if gain >= AS_GOOD else share


def _lost(way: Way) -> MethodResult:
    return MethodResult(way.optimizer, way.schedule, None, None, None, None, None, (), "no rate ended below the start")


def span_of(standing: MethodResult) -> str:
    """Between which rates it converges, and by how many times they differ.

    Examples
    --------
    >>> span_of(MethodResult("sgd", "constant", 0.1, 0.5, 1.0, 0.01, 0.3, (0.1, 0.1, 0.1), "the best"))
    '0.01 to 0.3 (30 ×)'
    """
    if standing.lowest is None or standing.highest is None:
        return "none"
    return f"{brief(standing.lowest)} to {brief(standing.highest)} ({brief(standing.highest / standing.lowest)} ×)"
