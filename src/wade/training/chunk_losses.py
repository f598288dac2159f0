"""The mean losses of a sweep's chunks, what is compared of them, and the rules by which a rate has its outcome.

`sweep_outcomes` describes the whole; here are the numbers.
"""

from __future__ import annotations

from itertools import pairwise
from math import floor, isfinite, sqrt
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Doubles: TypeAlias = NDArray[np.float64]
Outcome: TypeAlias = Literal["too small", "converges", "ends higher", "oscillates", "diverges"]

WINDOWS: Final = 16
ENOUGH: Final = 0.85
SWING: Final = 0.5
NOTHING: Final = 0.01
ERRORS: Final = 3.0
CHANCE: Final = 2.0
"""Standard errors: of the gain in the last quarter of the steps, and of that in a bar."""
UNTRAINED: Final = "the untrained network"
_DIVERGES: Final = (
    f"the untrained network's last bar is more than {100 * NOTHING:.0f} % lower, or a loss is no finite number"
)
RULES: Final[dict[Outcome, str]] = {
    "too small": f"lower than all rates that converge, with less than {100 * ENOUGH:.0f} % of the gain of the "
    "best rate",
    "converges": f"no rise, and at least {100 * ENOUGH:.0f} % of the gain of the best rate, or of each lower rate "
    "that converges; best is, of the rates without a rise, the one with the lowest last bar",
    "ends higher": "above a rate that converges, without a rise, but with less gain than it takes to converge",
    "oscillates": "a rise, in a rate that is neither too small nor diverging",
    "diverges": _DIVERGES,
}
"""What `classify_rates` does where there is a best rate; a bar is the mean loss of a chunk."""
RULES_WITHOUT_BEST: Final[dict[Outcome, str]] = {
    "too small": f"the last bar is not more than {100 * NOTHING:.0f} % below that of the untrained network, without a "
    "rise",
    "oscillates": "a rise, in a rate that does not diverge",
    "diverges": _DIVERGES,
}
"""What it does where no rate ends clearly below the untrained network without a rise."""
RISE: Final = (
    "a bar that is higher than an earlier bar of the same rate and than the same bar of a lower rate, than both by "
    f"more than {100 * SWING:.0f} % of the rate's own gain (where that is none, of the loss from which gains are "
    f"measured) and by more than {CHANCE:g} standard errors of a bar's gain; the untrained network counts as an "
    "earlier bar and as a lower rate"
)
"""What a rise is, wherever an outcome depends on one."""


class ChunkLosses:
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
        kept = [k for k in range(1, len(last)) if not clearly_below(start_last, last[k])]
        constant = start_last if baseline is None else float(baseline[self.ends[-2] :].mean())
        self.chance = np.zeros(len(last))
        if baseline is not None:
            with np.errstate(invalid="ignore", over="ignore"):
                gains = (baseline - self.losses)[:, -max(2, len(start) // 4) :]
                errors = gains.std(axis=1) / sqrt(self.ends[-1] - self.ends[-2])
            self.chance = np.where(np.isfinite(errors), CHANCE * errors, 0.0)
        self.best: int | None = None
        told_apart = baseline is None or any(clearly_lower(self.losses[k], baseline, ERRORS) for k in kept)
        for self.reference_loss in (min(constant, start_last), start_last) if told_apart else (start_last,):
            self.gains = self.reference_loss - last
            steady = [k for k in kept if self.is_steady(k) and clearly_below(last[k], self.reference_loss)]
            if steady:
                self.best = min(steady, key=lambda k: float(last[k]))
                break
        self.above_constant = bool(self.reference_loss > constant)
        self.shares = self.gains / (1.0 if self.best is None else self.gains[self.best])
        self.converging = self._find_converging()

    def is_steady(self, k: int) -> bool:
        """Whether the rate rises nowhere far above a lower one, beside what it gains itself."""
        gains = clearly_below(float(self.paths[k, -1]), self.reference_loss)
        allowed = SWING * (float(self.gains[k]) if gains else abs(self.reference_loss))
        return bool(self.swings[k].max() <= max(allowed, float(self.chance[k])))

    def _find_converging(self) -> tuple[int, ...]:
        """The places of the rates that converge, in rising order.

        Above the lowest of them, a rate with nearly `ENOUGH` of the best gain is not told apart from the rates below
        it: it takes `ENOUGH` of the gain of each of those.
        """
        found = list[int]()
        for k in range(1, len(self.rates) if self.best is not None else 0):
            lower = float(self.gains[found].max()) if found else np.inf
            if self.is_steady(k) and (self.shares[k] >= ENOUGH or self.gains[k] >= ENOUGH * lower):
                found.append(k)
        return tuple(found)

    def classify(self, k: int) -> tuple[Outcome, str]:
        """The outcome of one rate, with its evidence."""
        end, start = float(self.paths[k, -1]), float(self.paths[0, -1])
        ended = f"ended at {short(end)}"
        lost = np.flatnonzero(~np.isfinite(self.losses[k]))
        if lost.size:
            return "diverges", f"not a finite number from step {lost[0] + 1} on"
        if clearly_below(start, end):
            return "diverges", f"{ended}, above the {short(start)} of {UNTRAINED}"
        if self.best is None:
            if not self.is_steady(k):
                return "oscillates", f"{self._swing(k)}; {ended}"
            return "too small", f"{ended}, not clearly below the {short(start)} of {UNTRAINED}"
        if k == self.best:
            return "converges", f"{ended}, the best rate"
        share = float(self.shares[k])
        gained = f"{_per_cent(share)} of the gain of rate {brief(self.rates[self.best])}"
        if share < 0:
            gained = f"not below the {short(self.reference_loss)} of the constant baseline"
        if k in self.converging:
            lower = self.gains[[one for one in self.converging if one < k]]
            also = (
                "" if share >= ENOUGH else f", {_per_cent(float((self.gains[k] / lower).min()))} of that of lower rates"
            )
            return "converges", f"{ended}, {gained}{also}"
        if k < self.converging[0] and share < ENOUGH:
            return "too small", f"{ended}, {gained}"
        return (
            ("ends higher", f"{ended}, {gained}") if self.is_steady(k) else ("oscillates", f"{self._swing(k)}; {ended}")
        )

    def _swing(self, k: int) -> str:
        """Where a rate rises furthest, above where it was before and above a lower rate on the same batches."""
        j = int(self.swings[k].argmax())
        lower = int(self.paths[:k, j].argmin())
        first, last = int(self.ends[j]) + 1, int(self.ends[j + 1])
        steps = f"step {first}" if first == last else f"steps {first}–{last}"
        named = f"rate {brief(self.rates[lower])}" if lower else UNTRAINED
        before, reached, least = (float(loss) for loss in (self.before[k, j], self.paths[k, j], self.paths[lower, j]))
        return f"rose from {short(before)} to {short(reached)} in {steps}, where {named} has {short(least)}"


def clearly_lower(losses: Doubles, others: Doubles, errors: float = 2.0) -> bool:
    """Whether losses end lower than others on the same batches by more than chance in the batches explains.

    Over the last quarter of the steps, the mean of the paired differences is below 0 by more than this number of
    standard errors.

    Examples
    --------
    >>> noise = np.array([0.3, -0.3] * 20)
    >>> clearly_lower(0.4 + noise, 0.5 + noise), clearly_lower(0.4 + noise, np.full(40, 0.5))
    (True, False)
    >>> clearly_lower(noise, np.full(40, np.nan))
    True
    """
    if not np.isfinite(others[-1]):
        return True
    differences = (losses - others)[-max(2, len(losses) // 4) :]
    error = differences.std(ddof=1) / sqrt(len(differences)) if len(differences) > 1 else 0.0
    return bool(differences.mean() < -errors * error)


def clearly_below(loss: float, other: float) -> bool:
    """Whether a loss is lower than another by more than `NOTHING` of that."""
    return loss < other and (not isfinite(other) or loss < other - NOTHING * abs(other))


def _per_cent(share: float) -> str:
    """A share of the best gain, rounded so that it stays on its side of `ENOUGH`.

    Examples
    --------
    >>> _per_cent(0.8512), _per_cent(0.8472), _per_cent(0.62)
    ('85 %', '84.7 %', '62 %')
    """
    rounded = round(100 * share)
    return f"{rounded} %" if rounded < 100 * ENOUGH or share >= ENOUGH else f"{floor(1000 * share) / 10:g} %"


def brief(rate: float) -> str:
    """A learning rate, or a factor, in two digits.

    Examples
    --------
    >>> brief(0.00123), brief(100.0), brief(1e-5)
    ('0.0012', '100', '1e-05')
    """
    return f"{float(f'{rate:.2g}'):g}"


def short(loss: float) -> str:
    """A loss in few digits.

    Examples
    --------
    >>> short(0.53871), short(31.04), short(4.2e7)
    ('0.5387', '31.04', '4.2e+07')
    """
    return f"{loss:.4g}" if abs(loss) < 1e5 else f"{loss:.2g}"


def span_of(lowest: float, highest: float) -> str:
    """The rates from the lowest to the highest.

    Examples
    --------
    >>> span_of(0.001, 0.01), span_of(0.01, 0.01)
    ('0.001 to 0.01', '0.01')
    """
    return brief(lowest) if lowest == highest else f"{brief(lowest)} to {brief(highest)}"
