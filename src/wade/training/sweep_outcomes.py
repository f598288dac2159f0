"""The outcome of each learning rate of a sweep, from its losses alone, with the numbers behind it.

All rates start from the same parameters and take the same batches in the same order; a batch's loss is taken before its
step, so that in the first epoch every loss is one on rows not yet trained on. The initial parameters take part with a
learning rate of 0. Losses are averaged over `WINDOWS` chunks of the sweep (`chunk_losses`), and rates are compared by
the same chunk, so by the same batches. With m_kj the mean loss of rate k in chunk j, m_0j that of the start, and p the
loss of the constant baseline in the last chunk (or that of the start, where no rate gets below that steadily, or none
by more than chance: `ERRORS` standard errors of the paired differences in the last quarter of the steps),

    gain_k  = p − m_k,last
    swing_k = max_j min(m_kj − min(m_0j, min_{i < j} m_ki), m_kj − min_{i < k} m_ij)

the largest rise, above where the rate was before and above a lower rate on the same batches: batches that are hard for
all rates are no swing, and a slower fall is none. The best rate is the one with the lowest m_k,last among those that
are steady: of finite losses, ending below the start, and with a swing of at most `SWING` of their gain, or of what
chance explains: `CHANCE` standard errors of the gain over the constant baseline in a chunk. Then a rate

- diverges     where its loss stops being a finite number, or ends above that of the start;
- converges    where it is steady and gains at least `ENOUGH` of the best gain, or of that of each lower rate that
               converges (a rate barely below the first share is not told apart from its lower neighbours);
- is too small where it is below all rates that converge and gains less than that;
- ends higher  where it is steady and gains less, above a rate that converges: chance, or another minimum;
- oscillates   otherwise.

Where no steady rate ends clearly below the start, those that did not diverge oscillate where they swing, and else are
too small. The range goes from the lowest rate that converges to the highest one below all that oscillate or diverge
(where a rate between them ends higher, it has a gap). A rate is suggested where it is more than `MARGIN` times lower
than the first rate above the range, and so than every higher one that oscillates or
diverges: training takes more steps than a sweep, and a network that learns bears ever lower rates. `wade.race` trains
longer with `MARGIN` times the highest suggestion, and passes it to `SweepOutcomes.below` where it does not converge
(`failure`).

Source: the sweep is the learning-rate range test of Smith,
*Cyclical learning rates for training neural networks*, WACV 2017, with one run per rate instead of one for all. That
gradient descent drives a network towards the largest curvature that its rate bears: Cohen et al., *Gradient descent on
neural networks typically occurs at the edge of stability*, ICLR 2021.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import dropwhile, takewhile
from math import inf, isfinite
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from wade.documents.html import fragment
from wade.documents.structure import Document, Facts, Number, Table
from wade.documents.wording import compact
from wade.training.chunk_losses import UNTRAINED, ChunkLosses, Outcome, brief, short, span_of

Doubles: TypeAlias = NDArray[np.float64]
MARGIN: Final = 2.0
LOW_ENOUGH: Final = ("too small", "converges")


@dataclass(frozen=True)
class RateOutcome:
    """The outcome of one learning rate, with the numbers behind it.

    `losses` holds the mean loss of each chunk of the sweep; None from the one on in which it stopped being finite.
    """

    learning_rate: float
    outcome: Outcome
    evidence: str
    losses: tuple[float | None, ...]

    @property
    def last(self) -> float | None:
        """The mean loss of the last chunk."""
        return self.losses[-1]


@dataclass(frozen=True)
class Suggestion:
    """A learning rate to try, and why."""

    learning_rate: float
    why: str


@dataclass(frozen=True)
class SweepOutcomes:
    """The outcomes of a sweep, and the learning rates that it suggests.

    Parameters
    ----------
    outcomes : tuple of RateOutcome
        In rising order of the rates.
    start : tuple of float
        The loss of the initial parameters, over the same chunks.
    steps : tuple of int
        The last step of each chunk, counted from 1.
    reference_loss : float
        p, from which gains are measured.
    above_constant : bool
        Whether that is the loss of the start though the constant baseline has a lower one, which no rate gets below.
    best : float or None
        The steady rate with the lowest final loss; None where none has a gain.
    lowest, highest : float or None
        The ends of the range: the lowest rate that converges, and the highest one that does below all that oscillate
        or diverge; None where none does.
    too_high : float or None
        The first rate above these, or one that failed in a longer run; None where none is.
    suggestions : tuple of Suggestion
        Several, since the schedule and the length of the training to come are unknown.
    """

    outcomes: tuple[RateOutcome, ...]
    start: tuple[float, ...]
    steps: tuple[int, ...]
    reference_loss: float
    above_constant: bool
    best: float | None
    lowest: float | None
    highest: float | None
    too_high: float | None
    suggestions: tuple[Suggestion, ...] = ()

    def _repr_html_(self) -> str:
        """For notebooks: each rate with its outcome and the evidence, and what to try."""
        rows = tuple(
            (f"{one.learning_rate:.3g}", one.outcome, Number(one.last, compact(one.last)), one.evidence)
            for one in self.outcomes
        )
        tried = Facts(tuple((f"{one.learning_rate:.3g}", one.why) for one in self.suggestions))
        table = Table("Learning rates", ("rate", "outcome", "last loss", "evidence"), rows)
        return fragment(Document("Sweep of learning rates", (table, *([tried] if tried.items else []))))

    def with_margin(self) -> tuple[RateOutcome, ...]:
        """The rates that are not too high, and more than `MARGIN` times lower than one that is."""
        most = inf if self.too_high is None else self.too_high / MARGIN
        return tuple(one for one in self.outcomes if one.outcome in LOW_ENOUGH and one.learning_rate < most)

    def gain(self, outcome: RateOutcome) -> float:
        """How far the loss of a rate ends below the reference loss; -∞ where it is no finite number."""
        return -inf if outcome.last is None else self.reference_loss - outcome.last

    def below(self, learning_rate: float, how: str) -> SweepOutcomes:
        """The same, with suggestions that keep the margin to this rate, since it has turned out to be too high."""
        lowered = replace(self, too_high=learning_rate)
        return replace(lowered, suggestions=_suggestions(lowered, Edge(learning_rate, how)))


def classify_rates(
    learning_rates: Doubles, losses: Doubles, start: Doubles, baseline: Doubles | None = None
) -> SweepOutcomes:
    """The outcome of each learning rate of a sweep.

    Parameters
    ----------
    learning_rates : array (K,), float64
        In rising order.
    losses : array (K, n_steps), float64
        Of each step, before it; infinite or NaN from a rate's end on.
    start : array (n_steps,), float64
        The losses of the initial parameters on the same batches.
    baseline : array (n_steps,), optional
        The losses of the constant baseline on the same batches. From a bad start almost any rate gets there; the gain
        from there on distinguishes rates.

    Examples
    --------
    >>> fall = np.linspace(1, 0, 16)
    >>> losses = np.stack([0.9 + 0.1 * fall, 0.2 + 0.8 * fall, np.where(fall < 0.5, np.nan, 3.0)])
    >>> [outcome.outcome for outcome in classify_rates(np.array([1e-4, 1e-2, 1.0]), losses, np.ones(16)).outcomes]
    ['too small', 'converges', 'diverges']
    """
    sweep = ChunkLosses(learning_rates, losses, start, baseline)
    outcomes = tuple(
        RateOutcome(float(rate), *sweep.classify(k), tuple(loss if isfinite(loss) else None for loss in path.tolist()))
        for k, (rate, path) in enumerate(zip(learning_rates, sweep.paths[1:], strict=True), start=1)
    )
    run = _range_of(outcomes)
    above = next((one for one in outcomes if run and one.learning_rate > run[-1].learning_rate), None)
    edge = Edge(above.learning_rate, above.outcome) if above else None
    found = SweepOutcomes(
        outcomes=outcomes,
        start=tuple(sweep.paths[0].tolist()),
        steps=tuple(sweep.ends[1:].tolist()),
        reference_loss=sweep.reference_loss,
        above_constant=sweep.above_constant,
        best=None if sweep.best is None else sweep.rates[sweep.best],
        lowest=run[0].learning_rate if run else None,
        highest=run[-1].learning_rate if run else None,
        too_high=edge.learning_rate if edge else None,
    )
    return replace(found, suggestions=_suggestions(found, edge)) if run else found


def failure(losses: Doubles, start: Doubles, steps_at_once: int = 1) -> str | None:
    """How the rate of a longer run turns out to be too high; None where its loss falls steadily, without high jumps.

    The mean loss of `steps_at_once` steps may lie above that of the start on the same batches by no more than the
    start's mean loss. One row that a trained network gets wrong costs more than that, so small batches are averaged.

    Examples
    --------
    >>> fall, jump = np.linspace(1, 0.2, 100), np.arange(100) == 60
    >>> failure(fall, np.ones(100)), failure(np.where(jump, 2.5, fall), np.ones(100))
    (None, 'oscillates')
    >>> failure(np.where(jump, 2.5, fall), np.ones(100), steps_at_once=4), failure(fall + 1, np.ones(100))
    (None, 'diverges')
    """
    sweep = ChunkLosses(np.ones(1), losses[None], start, None)
    outcome, _ = sweep.classify(1)
    above = np.convolve(losses - start, np.full(steps_at_once, 1 / steps_at_once), "valid")
    if outcome == "diverges":
        return outcome
    if outcome == "oscillates" or (above > start.mean()).any():
        return "oscillates"
    return None if outcome == "converges" else f"ends no lower than {UNTRAINED}"


def _range_of(outcomes: tuple[RateOutcome, ...]) -> tuple[RateOutcome, ...]:
    """The rates from the lowest that converges to the highest that does below all that oscillate or diverge."""
    from_lowest = dropwhile(lambda one: one.outcome != "converges", outcomes)
    found = list(takewhile(lambda one: one.outcome in ("converges", "ends higher"), from_lowest))
    while found and found[-1].outcome != "converges":
        found.pop()
    return tuple(found)


class Edge(NamedTuple):
    """A learning rate that is too high, and how that shows: "oscillates"."""

    learning_rate: float
    how: str

    @property
    def rate(self) -> str:
        """In three digits, which hold `MARGIN` times a rate of two."""
        return f"{self.learning_rate:.3g}"

    def __str__(self) -> str:
        return f"{self.rate}, which {self.how}"


def _suggestions(found: SweepOutcomes, edge: Edge | None) -> tuple[Suggestion, ...]:
    """The lowest final loss, the lowest mean loss, and a cautious rate, of those with the margin; each rate once."""
    tried = found.with_margin()
    if not tried:
        return ()
    means = {one: float(np.mean(np.asarray(one.losses, np.float64))) for one in tried}
    lowest, quickest = min(tried, key=lambda one: one.last or 0.0), min(tried, key=lambda one: means[one])
    cautious = min(tried, key=lambda one: abs(np.log(3 * one.learning_rate / lowest.learning_rate)))

    def why(one: RateOutcome) -> str:
        reasons = []
        if one is lowest:
            with_margin = f", of the rates more than {MARGIN:g} times lower than {edge}" if edge else ""
            reasons.append(f"lowest loss at the end, {short(one.last or 0.0)}{with_margin}")
        if one is quickest:
            reasons.append(f"fastest decrease, mean loss {short(means[one])}")
        if edge and not reasons:
            times = brief(edge.learning_rate / one.learning_rate)
            third = f"of the rates swept nearest to a third of {brief(lowest.learning_rate)}"
            reasons.append(f"cautious: {third}; {times} times lower than {edge}")
        if one.outcome == "too small" and found.lowest is not None and found.highest is not None:
            reasons.append("too small for the steps of this sweep")
            if one is lowest and edge:  # or a rate that converges would have ended lower
                span = span_of(found.lowest, found.highest)
                reasons[-1] += (
                    f", but none that converges ({span}) is more than {MARGIN:g} times lower than {edge.rate}"
                )
        return "; ".join(reasons)

    wanted = (lowest, quickest, cautious) if edge else (lowest, quickest)
    return tuple(Suggestion(one.learning_rate, why(one)) for one in dict.fromkeys(wanted))
