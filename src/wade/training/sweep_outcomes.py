"""The outcome of each learning rate of a sweep, from its losses alone, with the numbers behind it.

All rates start from the same parameters and take the same batches in the same order; a batch's loss is taken before its
step, so that in the first epoch every loss is one on rows not yet trained on. The initial parameters take part with a
learning rate of 0. Losses are averaged over `WINDOWS` chunks of the sweep, and rates are compared by the same chunk, so
by the same batches. With m_kj the mean loss of rate k in chunk j, m_0j that of the start, and p
the loss of the constant baseline in the last chunk (or that of the start, where no rate gets below that steadily),

    gain_k  = p − m_k,last
    swing_k = max_j min(m_kj − min(m_0j, min_{i < j} m_ki), m_kj − min_{i < k} m_ij)

the largest rise, above where the rate was before and above a lower rate on the same batches: batches that are hard for
all rates are no swing, and a slower fall is none. The best rate is the one with the lowest m_k,last among those that
are steady: of finite losses, ending below the start, and with a swing of at most `SWING` of their gain. Then a rate

- diverges    where its loss stops being a finite number, or ends above that of the start;
- oscillates  where it is above the best rate, and is not steady or gains less than `ENOUGH` of the best gain;
- is too small where it is below the best rate and gains less than that;
- converges   otherwise.

Where no steady rate ends clearly below the start, those that did not diverge are too small, or oscillate where they
swing. A rate is suggested where it is more than `MARGIN` times lower than every rate above it that oscillates or
diverges: training takes more steps than a sweep, and a network that learns bears ever lower rates. `wade.race` trains
longer with `MARGIN` times the highest suggestion, and passes it to `SweepOutcomes.below` where it fails.

Source: the sweep is the learning-rate range test of Smith,
*Cyclical learning rates for training neural networks*, WACV 2017, with one run per rate instead of one for all. That
gradient descent drives a network towards the largest curvature that its rate bears: Cohen et al., *Gradient descent on
neural networks typically occurs at the edge of stability*, ICLR 2021.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf, isfinite
from typing import Final, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from wade.documents.html import fragment
from wade.documents.structure import Document, Facts, Number, Table
from wade.documents.wording import compact

Doubles: TypeAlias = NDArray[np.float64]
Outcome: TypeAlias = Literal["too small", "converges", "oscillates", "diverges"]

WINDOWS: Final = 16
ENOUGH: Final = 0.85
SWING: Final = 0.5
MARGIN: Final = 2.0
NOTHING: Final = 0.01
UNTRAINED: Final = "the untrained network"
RULES: Final[dict[Outcome, str]] = {
    "too small": f"lower than the best rate, with less than {100 * ENOUGH:.0f} % of its gain",
    "converges": f"at least {100 * ENOUGH:.0f} % of the gain of the best rate: of those without a rise, the one with "
    "the lowest last bar",
    "oscillates": f"higher than the best rate, with less than {100 * ENOUGH:.0f} % of its gain or with a rise. A rise: "
    f"a bar more than {100 * SWING:.0f} % of the rate's own gain above an earlier bar of it, and as far above the same "
    "bar of the lower rate that is lowest there; the untrained network's same bar counts as an earlier one and as a "
    "lower rate's",
    "diverges": f"the untrained network's last bar is more than {100 * NOTHING:.0f} % lower, or a loss is no finite "
    "number",
}
"""What `classify_rates` does where there is a best rate; a bar is the mean loss of a chunk."""


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
    best : float or None
        The steady rate with the lowest final loss; None where none has a gain.
    lowest, highest : float or None
        The ends of the range of rates that converge, around the best of them; None where none does.
    suggestions : tuple of Suggestion
        Several, since the schedule and the length of the training to come are unknown.
    """

    outcomes: tuple[RateOutcome, ...]
    start: tuple[float, ...]
    steps: tuple[int, ...]
    reference_loss: float
    best: float | None
    lowest: float | None
    highest: float | None
    suggestions: tuple[Suggestion, ...]

    def _repr_html_(self) -> str:
        """For notebooks: each rate with its outcome and the evidence, and what to try."""
        rows = tuple(
            (f"{one.learning_rate:.3g}", one.outcome, Number(one.last, compact(one.last)), one.evidence)
            for one in self.outcomes
        )
        tried = Facts(tuple((f"{one.learning_rate:.3g}", one.why) for one in self.suggestions))
        table = Table("Learning rates", ("rate", "outcome", "last loss", "evidence"), rows)
        return fragment(Document("Sweep of learning rates", (table, *([tried] if tried.items else []))))

    def below(self, learning_rate: float, how: str) -> SweepOutcomes:
        """The same, with suggestions that keep the margin to this rate, since it has turned out to be too high."""
        return replace(self, suggestions=_suggestions(self.outcomes, Edge(learning_rate, how)))


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
    sweep = _Sweep(learning_rates, losses, start, baseline)
    outcomes = tuple(
        RateOutcome(float(rate), *sweep.classify(k), tuple(loss if isfinite(loss) else None for loss in path.tolist()))
        for k, (rate, path) in enumerate(zip(learning_rates, sweep.paths[1:], strict=True), start=1)
    )
    run = _converging(outcomes, sweep.best)
    above = next((one for one in outcomes if run and one.learning_rate > run[-1].learning_rate), None)
    edge = Edge(above.learning_rate, above.outcome) if above else None
    return SweepOutcomes(
        outcomes=outcomes,
        start=tuple(sweep.paths[0].tolist()),
        steps=tuple(sweep.ends[1:].tolist()),
        reference_loss=sweep.reference_loss,
        best=None if sweep.best is None else sweep.rates[sweep.best],
        lowest=run[0].learning_rate if run else None,
        highest=run[-1].learning_rate if run else None,
        suggestions=_suggestions(outcomes, edge) if run else (),
    )


def keeps_falling(losses: Doubles, start: Doubles) -> bool:
    """Whether a longer run stays clear of divergence: it ends below the start, steadily, and never jumps far above it.

    A batch's loss may lie above that of the start on the same batch by no more than the start's mean loss.

    Examples
    --------
    >>> fall = np.linspace(1, 0.2, 100)
    >>> keeps_falling(fall, np.ones(100)), keeps_falling(np.where(np.arange(100) == 60, 2.5, fall), np.ones(100))
    (True, False)
    """
    jumps = losses - start > start.mean()
    return not jumps.any() and _Sweep(np.ones(1), losses[None], start, None).best is not None


class _Sweep:
    """The mean losses of the chunks, the start's in row 0, and what is compared of them."""

    def __init__(self, rates: Doubles, losses: Doubles, start: Doubles, baseline: Doubles | None) -> None:
        self.rates, self.losses = [0.0, *rates.tolist()], np.vstack([start, losses])
        self.ends = np.linspace(0, len(start), min(WINDOWS, len(start)) + 1).round().astype(int)
        with np.errstate(invalid="ignore", over="ignore"):
            means = [self.losses[:, slice(*pair)].mean(axis=1) for pair in pairwise(self.ends)]
        self.paths = np.stack(means, axis=1)
        self.paths[~np.isfinite(self.paths)] = np.inf
        # How far a rate lies above where it was before, and above all lower rates and the start, chunk by chunk.
        earlier = np.minimum.accumulate(np.pad(self.paths, ((0, 0), (1, 0)), constant_values=np.inf)[:, :-1], axis=1)
        lower = np.vstack([self.paths[:1], np.minimum.accumulate(self.paths)[:-1]])
        self.before = np.minimum(earlier, self.paths[0])
        self.swings = self.paths - np.maximum(self.before, lower)
        last, start_last = self.paths[:, -1], float(self.paths[0, -1])
        kept = [k for k in range(1, len(last)) if not _clearly_below(start_last, last[k])]
        constant = start_last if baseline is None else float(baseline[self.ends[-2] :].mean())
        self.best: int | None = None
        for self.reference_loss in (min(constant, start_last), start_last):
            self.gains = self.reference_loss - last
            steady = [k for k in kept if self.is_steady(k) and _clearly_below(last[k], self.reference_loss)]
            if steady:
                self.best = min(steady, key=lambda k: float(last[k]))
                break

    def is_steady(self, k: int) -> bool:
        """Whether the rate rises nowhere far above a lower one, beside what it gains itself."""
        return bool(self.swings[k].max() <= SWING * max(float(self.gains[k]), 0.0))

    def classify(self, k: int) -> tuple[Outcome, str]:
        """The outcome of one rate, with its evidence."""
        end, start = float(self.paths[k, -1]), float(self.paths[0, -1])
        ended = f"ended at {_short(end)}"
        lost = np.flatnonzero(~np.isfinite(self.losses[k]))
        if lost.size:
            return "diverges", f"not a finite number from step {lost[0] + 1} on"
        if _clearly_below(start, end):
            return "diverges", f"{ended}, above the {_short(start)} of {UNTRAINED}"
        if self.best is None:
            if self.swings[k].max() > SWING * abs(self.reference_loss):
                return "oscillates", f"{self._swing(k)}; {ended}"
            return "too small", f"{ended}, not clearly below the {_short(start)} of {UNTRAINED}"
        if k > self.best and not self.is_steady(k):
            return "oscillates", f"{self._swing(k)}; {ended}"
        if k == self.best:
            return "converges", f"{ended}, the best rate"
        share = float(self.gains[k] / self.gains[self.best])
        gained = f"{100 * share:.0f} % of the gain of rate {brief(self.rates[self.best])}"
        if share >= ENOUGH:
            return "converges", f"{ended}, {gained}"
        if share < 0:
            gained = f"not below the {_short(self.reference_loss)} of the constant baseline"
        return "too small" if k < self.best else "oscillates", f"{ended}, {gained}"

    def _swing(self, k: int) -> str:
        """Where a rate rises furthest, above where it was before and above a lower rate on the same batches."""
        j = int(self.swings[k].argmax())
        lower = int(self.paths[:k, j].argmin())
        first, last = int(self.ends[j]) + 1, int(self.ends[j + 1])
        steps = f"step {first}" if first == last else f"steps {first}–{last}"
        named = f"rate {brief(self.rates[lower])}" if lower else UNTRAINED
        before, reached, least = (float(loss) for loss in (self.before[k, j], self.paths[k, j], self.paths[lower, j]))
        return f"rose from {_short(before)} to {_short(reached)} in {steps}, where {named} has {_short(least)}"


def _clearly_below(loss: float, other: float) -> bool:
    return loss < other and (not isfinite(other) or loss < other - NOTHING * abs(other))


def _converging(outcomes: tuple[RateOutcome, ...], best: int | None) -> tuple[RateOutcome, ...]:
    """The unbroken run of converging rates around the best one, which `best` counts from 1."""
    if best is None:
        return ()
    first = last = best - 1
    while first > 0 and outcomes[first - 1].outcome == "converges":
        first -= 1
    while last + 1 < len(outcomes) and outcomes[last + 1].outcome == "converges":
        last += 1
    return outcomes[first : last + 1]


class Edge(NamedTuple):
    """A learning rate that is too high, and how that shows: "oscillates"."""

    learning_rate: float
    how: str

    def __str__(self) -> str:
        return f"{brief(self.learning_rate)}, which {self.how}"


def _suggestions(outcomes: tuple[RateOutcome, ...], edge: Edge | None) -> tuple[Suggestion, ...]:
    """The lowest final loss, the lowest mean loss, and a cautious rate, all with the margin; each rate once."""
    most = edge.learning_rate / MARGIN if edge else inf
    tried = [one for one in outcomes if one.outcome in ("converges", "too small") and one.learning_rate < most]
    if not tried:
        return ()
    means = {one: float(np.mean(np.asarray(one.losses, np.float64))) for one in tried}
    lowest, quickest = min(tried, key=lambda one: one.last or 0.0), min(tried, key=lambda one: means[one])
    cautious = min(tried, key=lambda one: abs(np.log(3 * one.learning_rate / lowest.learning_rate)))

    def why(one: RateOutcome) -> str:
        reasons = []
        if one is lowest:
            with_margin = f", of the rates at least {MARGIN:g} times lower than {edge}" if edge else ""
            reasons.append(f"lowest loss at the end, {_short(one.last or 0.0)}{with_margin}")
        if one is quickest:
            reasons.append(f"fastest decrease, mean loss {_short(means[one])}")
        if edge and not reasons:
            times = brief(edge.learning_rate / one.learning_rate)
            third = f"of the rates swept nearest to a third of {brief(lowest.learning_rate)}"
            reasons.append(f"cautious: {third}; {times} times lower than {edge}")
        return "; ".join(reasons)

    wanted = (lowest, quickest, cautious) if edge else (lowest, quickest)
    return tuple(Suggestion(one.learning_rate, why(one)) for one in dict.fromkeys(wanted))


def brief(rate: float) -> str:
    """A learning rate, or a factor, in two digits.

    Examples
    --------
    >>> brief(0.00123), brief(100.0), brief(1e-5)
    ('0.0012', '100', '1e-05')
    """
    return f"{float(f'{rate:.2g}'):g}"


def _short(loss: float) -> str:
    """A loss in few digits.

    Examples
    --------
    >>> _short(0.53871), _short(31.04), _short(4.2e7)
    ('0.5387', '31.04', '4.2e+07')
    """
    return f"{loss:.4g}" if abs(loss) < 1e5 else f"{loss:.2g}"
