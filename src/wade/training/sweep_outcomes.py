"""The outcome of each learning rate of a sweep, from its losses alone, with the numbers behind it.

All rates start from the same parameters and take the same batches in the same order; a batch's loss is taken before its
step, so that in the first epoch every loss is one on rows not yet trained on. The initial parameters take part with a
learning rate of 0. Losses are averaged over `WINDOWS` chunks of the sweep. With m_j a rate's mean loss in chunk j, b_j
that of the rate that ends lowest, c that of the start in the last chunk, and p the loss of the constant baseline (or c,
where that is not known, or no rate gets below it)

    gain  = (p − m_last) / (p − b_last)
    climb = max_j min(rise of m up to j, rise of m − b up to j) / (p − b_last)

where the rise of a path up to j is how far it lies above its lowest point until then, the common start included. So the
best rate has a gain of 1, and a chunk that is hard for all rates is not counted as a climb. Then a rate

- diverges    where its loss stops being a finite number, or ends above that of the start;
- oscillates  where it is above the best rate, and climbs more than `CLIMB` or gains less than `ENOUGH`;
- is too small where it is below the best rate and gains less than that;
- converges   otherwise.

Where no rate ends clearly below the start, those that did not diverge are too small.

Source: the four outcomes are those of the deck's slides 18 and 19; the sweep is the learning-rate range test of Smith,
*Cyclical learning rates for training neural networks*, WACV 2017, with one run per rate instead of one for all.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Doubles: TypeAlias = NDArray[np.float64]
Outcome: TypeAlias = Literal["too small", "converges", "oscillates", "diverges"]

WINDOWS: Final = 16
ENOUGH: Final = 0.85
CLIMB: Final = 0.5
NOTHING: Final = 0.01


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
        The rate with the lowest final loss; None where none has a gain.
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


def classify_rates(
    learning_rates: Doubles, losses: Doubles, start: Doubles, constant: float | None = None
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
    constant : float, optional
        The loss of the constant baseline. From a bad start almost any rate reaches it; the gain from there on
        distinguishes rates.

    Examples
    --------
    >>> fall = np.linspace(1, 0, 16)
    >>> losses = np.stack([0.9 + 0.1 * fall, 0.2 + 0.8 * fall, np.where(fall < 0.5, np.nan, 3.0)])
    >>> [outcome.outcome for outcome in classify_rates(np.array([1e-4, 1e-2, 1.0]), losses, np.ones(16)).outcomes]
    ['too small', 'converges', 'diverges']
    """
    ends = np.linspace(0, len(start), min(WINDOWS, len(start)) + 1).round().astype(int)
    chunks = [slice(*pair) for pair in pairwise(ends)]
    still = np.array([start[chunk].mean() for chunk in chunks])
    with np.errstate(invalid="ignore", over="ignore"):
        paths = np.stack([losses[:, chunk].mean(axis=1) for chunk in chunks], axis=1)
    paths[~np.isfinite(paths)] = np.nan
    last = np.where(np.isnan(paths[:, -1]), np.inf, paths[:, -1])
    best, least, reference_loss = int(last.argmin()), float(last.min()), float(still[-1])
    if constant is not None and _clearly_below(least, constant):
        reference_loss = min(reference_loss, constant)
    gained = _clearly_below(least, reference_loss)
    reference = Reference(
        still, ends[1:], reference_loss, least if gained else None, float(learning_rates[best]), paths[best]
    )
    outcomes = tuple(
        RateOutcome(
            float(rate),
            *_classify(float(rate), path, own, reference),
            tuple(loss if isfinite(loss) else None for loss in path.tolist()),
        )
        for rate, path, own in zip(learning_rates, paths, losses, strict=True)
    )
    run = _converging(outcomes)
    return SweepOutcomes(
        outcomes=outcomes,
        start=tuple(still.tolist()),
        steps=tuple(ends[1:].tolist()),
        reference_loss=reference_loss,
        best=reference.best if gained else None,
        lowest=run[0].learning_rate if run else None,
        highest=run[-1].learning_rate if run else None,
        suggestions=_suggestions(run, outcomes),
    )


@dataclass(frozen=True)
class Reference:
    """What a rate is compared with: the start, the reference loss, and the best of all rates."""

    start: Doubles
    ends: NDArray[np.int_]
    reference_loss: float
    least: float | None  # None: no rate has a gain
    best: float
    best_path: Doubles


def _classify(rate: float, path: Doubles, losses: Doubles, reference: Reference) -> tuple[Outcome, str]:
    start, end = reference.start, path[-1]
    ended = f"ended at {_short(end)}"
    lost = np.flatnonzero(~np.isfinite(losses))
    if lost.size:
        risen = f"rose from {_short(losses[0])} to {_short(np.max(losses[: lost[0]]))}, and " if lost[0] else ""
        return "diverges", f"{risen}was no finite number at step {lost[0] + 1}"
    if _clearly_below(start[-1], end):
        peak = int(path.argmax())
        after = "" if peak == len(path) - 1 else f", {ended}"
        return (
            "diverges",
            f"rose from {_short(losses[0])} to {_short(path[peak])} by step {reference.ends[peak]}{after}",
        )
    if reference.least is None:
        return "too small", f"ended at {_short(end)}, where the start has {_short(start[-1])}"
    best_gain = reference.reference_loss - reference.least
    climb = np.minimum(_rise(path, losses[0]), _rise(path - reference.best_path, 0.0))
    top = int(climb.argmax())
    if rate > reference.best and climb[top] > CLIMB * best_gain:
        low = min(losses[0], *path[: top + 1])
        return "oscillates", f"rose from {_short(low)} to {_short(path[top])} by step {reference.ends[top]}, {ended}"
    gain = (reference.reference_loss - end) / best_gain
    fell = f"{'fell' if end < losses[0] else 'went'} from {_short(losses[0])} to {_short(end)}"
    share = f"{100 * gain:.0f} % of the gain with {brief(reference.best)}"
    if gain >= ENOUGH:
        return "converges", f"{fell}, the best" if rate == reference.best else f"{fell}, {share}"
    if gain < 0:
        share = f"not yet to the {_short(reference.reference_loss)} of the constant baseline"
    if rate < reference.best:
        return "too small", f"{fell} only, {share}"
    rises = int((np.diff(path) > 0).sum())
    return "oscillates", f"{fell} only, {share}; the loss rose after {rises} of the first {len(path) - 1} chunks"


def _rise(path: Doubles, before: float) -> Doubles:
    """How far each point lies above the lowest one before it."""
    return np.asarray(path - np.minimum.accumulate(np.concatenate([[before], path]))[:-1])


def _clearly_below(loss: float, other: float) -> bool:
    return bool(loss < other - NOTHING * abs(other))


def _converging(outcomes: tuple[RateOutcome, ...]) -> tuple[RateOutcome, ...]:
    """The unbroken run of converging rates around the one that ends lowest."""
    ends = [outcome.last if outcome.outcome == "converges" else None for outcome in outcomes]
    known = [end for end in ends if end is not None]
    if not known:
        return ()
    first = last = ends.index(min(known))
    while first > 0 and ends[first - 1] is not None:
        first -= 1
    while last + 1 < len(ends) and ends[last + 1] is not None:
        last += 1
    return outcomes[first : last + 1]


def _suggestions(run: tuple[RateOutcome, ...], outcomes: tuple[RateOutcome, ...]) -> tuple[Suggestion, ...]:
    """Rates of the converging run: the lowest final loss, the lowest mean loss, and a cautious one; each rate once."""
    if not run:
        return ()
    means = {outcome: float(np.mean([loss for loss in outcome.losses if loss is not None])) for outcome in run}
    lowest, quickest = min(run, key=lambda outcome: outcome.last or 0.0), min(run, key=lambda outcome: means[outcome])
    cautious = min(run, key=lambda outcome: abs(np.log(3 * outcome.learning_rate / lowest.learning_rate)))
    reasons: dict[float, list[str]] = {}
    reasons.setdefault(lowest.learning_rate, []).append(f"the lowest loss at the end, {_short(lowest.last or 0.0)}")
    quick = f"the fastest decrease, with a mean loss of {_short(means[quickest])}"
    reasons.setdefault(quickest.learning_rate, []).append(quick)
    larger = [outcome for outcome in outcomes if outcome.learning_rate > run[-1].learning_rate]
    if larger and cautious is not lowest:
        edge = larger[0]
        times = edge.learning_rate / cautious.learning_rate
        why = f"cautious: a factor of {brief(times)} below {brief(edge.learning_rate)}, which {edge.outcome}"
        reasons.setdefault(cautious.learning_rate, []).append(why)
    return tuple(Suggestion(rate, "; ".join(why)) for rate, why in reasons.items())


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
