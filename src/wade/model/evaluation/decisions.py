"""From probability to decision: when to act, given what each kind of mistake costs, and what acting so is worth.

To act on a row whose probability is p costs (1 − p) c_FA on average (a false alarm), to leave it alone p c_miss (a
miss). Where p is calibrated, acting is the cheaper from

    t* = c_FA / (c_FA + c_miss)

on. On n rows with the answers y_i ∈ {0, 1}, of which a decision acts on those with a_i = 1,

    cost per row = 1/n Σ_i [ a_i (1 − y_i) c_FA + (1 − a_i) y_i c_miss ]

and a decision is worth what it costs less than another. t* owes nothing to the rows that it is judged on. The threshold
that would have been the cheapest on them does, and its cost flatters it. So it is also cross-fitted: chosen on nine
tenths of the rows and judged on the last tenth, each tenth in turn. That cost is the one to compare with.

Source: Elkan, *The foundations of cost-sensitive learning*, IJCAI 2001, equation 2, where right decisions cost nothing.
"""

from __future__ import annotations

from math import inf, isfinite
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from wade.errors import ColumnError, InvalidArgument, unknown_name
from wade.maths.random import permutation
from wade.metrics.weighted import Doubles, means
from wade.model.evaluation.intervals import bootstrap, replicates_for
from wade.tables import Target
from wade.tables.columns.views import in_short

Flags: TypeAlias = NDArray[np.bool_]

FOLDS: Final = 10
FOLDS_STREAM, TIES_STREAM = (1 << 32) - 3, (1 << 32) - 4


class Costs(NamedTuple):
    """What each kind of mistake costs; right decisions cost nothing.

    Parameters
    ----------
    false_alarm : float, > 0
        Of acting on a row that needed nothing.
    miss : float, > 0
        Of leaving a row alone that needed something; in the same unit.

    Examples
    --------
    >>> Costs(50, 150).threshold
    0.25
    >>> Costs(50, 150).of(np.array([1.0, 1.0, 0.0, 0.5]), np.array([False, True, True, True])).tolist()
    [50.0, 0.0, 150.0, 75.0]
    """

    false_alarm: float
    miss: float

    @property
    def threshold(self) -> float:
        """t*: from this probability on acting is the cheaper."""
        return self.false_alarm / (self.false_alarm + self.miss)

    def of(self, acts: Doubles, y: Flags) -> Doubles:
        """The cost of each row; `acts` from 0 to 1, the chance that it is acted on."""
        return np.where(y, (1 - acts) * self.miss, acts * self.false_alarm)


class Rule(NamedTuple):
    """When to act: from a probability on, and on so many rows at most."""

    threshold: float
    capacity: int | None = None


def chosen_class(target: Target, act_on: Any = None) -> int:
    """Which of the two classes needs acting on, 0 or 1; a class may be given as text.

    Raises
    ------
    ColumnError
        The target is a number or has more than two classes.
    InvalidArgument
        The class is none of the two.

    Examples
    --------
    >>> chosen_class(Target("left", "binary", ("leaves", "stays")), "leaves")
    0
    """
    if target.task != "binary":
        is_what = "is a number" if target.task == "regression" else f"has {len(target.classes)} classes"
        remedy = "Train a model on a column that says yes or no, such as whether a limit is passed."
        raise ColumnError(target.column, f"a decision needs a target of two classes, and this one {is_what}", remedy)
    texts = [in_short(value) for value in target.classes]
    if act_on is None:
        return 1
    if in_short(act_on) not in texts:
        raise unknown_name("act_on", act_on, texts)
    return texts.index(in_short(act_on))


def check_decision(costs: Costs, threshold: float | None, capacity: int | None) -> None:
    """Refuses costs, a threshold or a capacity outside their ranges.

    Raises
    ------
    InvalidArgument
    """
    for name, cost in (("cost_false_alarm", costs.false_alarm), ("cost_miss", costs.miss)):
        if not (_is_number(cost) and 0 < cost < inf):
            remedy = "Where a kind of mistake costs nothing, there is nothing to decide."
            raise InvalidArgument(name, "must be greater than 0 and finite", cost, remedy)
    if threshold is not None and not (_is_number(threshold) and 0 <= threshold <= 1):
        remedy = "Leave it out, and it follows from the costs."
        raise InvalidArgument("threshold", "must be a probability from 0 to 1", threshold, remedy)
    if capacity is not None and not (isinstance(capacity, int) and not isinstance(capacity, bool) and capacity >= 1):
        raise InvalidArgument("capacity", "must be a whole number from 1 on", capacity, "Leave it out for no limit.")


def weigh(shares: Doubles, y: Flags, costs: Costs, rule: Rule, seed: int = 0) -> dict[str, Any]:
    """What a decision does on rows whose answers are known, and what it is worth there, with 95 % intervals.

    Parameters
    ----------
    shares : array (n,), float64 in [0, 1]
        The probability that a row needs acting on.
    y : array (n,), bool
        Whether it did.
    costs, rule
        As `check_decision` accepts them.
    seed : int
        Of the draws behind the intervals, of the tenths, and of which of equal probabilities come first.

    Returns
    -------
    dict
        "answers": for "decision" and each thing to do instead ``{"acts", "hits", "false_alarms", "misses",
        "cost_per_row", "interval"}``. To do instead: act "never"; "always", "best_on_these_rows", "cross_fitted", or
        where there is a capacity "at_random", on as many rows, drawn. "worth_per_row": what the decision costs less
        than each of these, ``{"value", "interval"}``. "thresholds": of the decision, and the best on these rows (None
        where it is never to act). "last_probability": the least that the decision acts on; None where it acts on no
        row. "calibration": the mean probability, and the share that it foretells.

    Examples
    --------
    >>> found = weigh(np.array([0.9, 0.6, 0.2, 0.1]), np.array([True, False, True, False]), Costs(50, 150), Rule(0.25))
    >>> [found["answers"][name]["cost_per_row"] for name in ("never", "always", "decision")]
    [75.0, 25.0, 50.0]
    """
    order = _by_probability(shares, seed)
    shares, y = shares[order], y[order]
    decided = acts_on(shares, rule).astype(np.float64)
    acts = {"never": np.zeros(len(y))}
    thresholds: dict[str, float | None] = {"decision": rule.threshold}
    if rule.capacity is None:
        best = best_threshold(shares, y, costs)
        thresholds["best_on_these_rows"] = best if isfinite(best) else None
        acts["always"] = np.ones(len(y))
        acts["best_on_these_rows"] = (shares >= best).astype(np.float64)
        acts["cross_fitted"] = cross_fitted(shares, y, costs, seed)
    else:
        acts["at_random"] = np.full(len(y), decided.mean())
    acts["decision"] = decided  # the last, so that the differences from it stand in the order of the others
    instead, n = list(acts)[:-1], len(acts)
    per_row = np.column_stack([*(costs.of(each, y) for each in acts.values()), shares, y])

    def statistics(counts: Doubles) -> Doubles:
        """In columns: what each answer costs, what the decision costs less than each other, the calibration."""
        found = means(counts, per_row)
        if rule.capacity is not None:
            found[:, n - 1] = _cost_within(rule, counts, shares, y, costs)
        return np.hstack([found[:, :n], found[:, : n - 1] - found[:, n - 1 : n], found[:, n:]])

    values = statistics(np.ones((1, len(y))))[0].tolist()
    intervals = bootstrap(len(y), statistics, replicates_for(len(y), 2), seed)
    figures = list(zip(values, intervals, strict=True))
    priced, worth, (predicted, observed) = figures[:n], figures[n:-2], figures[-2:]
    return {
        "answers": {
            name: {**_counted(acts[name], y), "cost_per_row": value, "interval": bounds}
            for name, (value, bounds) in zip(acts, priced, strict=True)
        },
        "worth_per_row": {name: _figure(*each) for name, each in zip(instead, worth, strict=True)},
        "thresholds": thresholds,
        "last_probability": float(shares[decided > 0][-1]) if decided.any() else None,
        "calibration": {"predicted": predicted[0], "observed": _figure(*observed)},
    }


def doubts(found: dict[str, Any]) -> list[str]:
    """What a user should be told about a decision that `weigh` has weighed."""
    notes = []
    for name, plainly in (("never", "never acting"), ("always", "always acting"), ("at_random", "acting at random")):
        interval = found["worth_per_row"].get(name, {}).get("interval")
        if interval and interval[1] < 0:
            by = f"{-interval[1]:#.3g} to {-interval[0]:#.3g} per row"
            notes.append(f"On these rows {plainly} costs less than the decision, by {by}.")
        elif interval and interval[0] <= 0:
            notes.append(f"It is not clear from these rows that the decision is worth more than {plainly}.")
    dearer = found["worth_per_row"].get("cross_fitted", {}).get("interval")
    if dearer and dearer[1] < 0:
        notes.append(
            f"A threshold chosen on rows like these costs less, by {-dearer[1]:#.3g} to {-dearer[0]:#.3g} per row: the "
            "probabilities are not calibrated there. Choose one on some rows, and judge it on others with --threshold."
        )
    return notes


def acts_on(shares: Doubles, rule: Rule) -> Flags:
    """Whether to act on each row; `shares` in falling order.

    Examples
    --------
    >>> acts_on(np.array([0.9, 0.4, 0.3, 0.1]), Rule(0.25, capacity=2)).tolist()
    [True, True, False, False]
    """
    acts = shares >= rule.threshold
    if rule.capacity is not None:
        acts[rule.capacity :] = False
    return acts


def best_threshold(shares: Doubles, y: Flags, costs: Costs) -> float:
    """The cheapest threshold on rows whose answers are known; ∞ where it is cheapest never to act.

    It lies midway between two probabilities: of the last row that is acted on, and of the next. Of several that are as
    cheap it is the highest.

    Parameters
    ----------
    shares : array (n,), float64
        In falling order.
    y : array (n,), bool

    Examples
    --------
    >>> best_threshold(np.array([0.9, 0.6, 0.2, 0.1]), np.array([True, False, True, False]), Costs(50, 150))
    0.15000000000000002
    """
    saved = np.concatenate([[0.0], np.cumsum(np.where(y, costs.miss, -costs.false_alarm))])
    ends = np.concatenate([[True], np.diff(shares) < 0, [True][: len(shares)]])  # equal probabilities stay together
    acted = int(np.where(ends, saved, -inf).argmax())
    if acted == 0:
        return inf
    return float(shares[acted - 1] + shares[acted]) / 2 if acted < len(shares) else 0.0


def cross_fitted(shares: Doubles, y: Flags, costs: Costs, seed: int = 0) -> Doubles:
    """Which rows are acted on (1, else 0) if each tenth has the threshold that is the cheapest on the other nine.

    Parameters
    ----------
    shares : array (n,), float64
        In falling order.
    y : array (n,), bool
    """
    acts = np.zeros(len(y))
    fold = permutation(seed, FOLDS_STREAM, len(y)) % FOLDS
    for tenth in range(FOLDS):
        held_out = fold == tenth
        acts[held_out] = shares[held_out] >= best_threshold(shares[~held_out], y[~held_out], costs)
    return acts


def _by_probability(shares: Doubles, seed: int) -> NDArray[np.int64]:
    """The rows in falling order of their probabilities; chance decides among equals, not their place in the table."""
    drawn = permutation(seed, TIES_STREAM, len(shares))
    return np.asarray(drawn[np.argsort(-shares[drawn], kind="stable")])


def _cost_within(rule: Rule, counts: Doubles, shares: Doubles, y: Flags, costs: Costs) -> Doubles:
    """What the decision costs per row in each replicate, whose first rows fill the capacity anew."""
    counted = np.cumsum(counts, axis=1)
    capacity = min(1.0, (rule.capacity or 0) / len(y)) * counted[:, -1:]
    acts = np.clip(capacity - (counted - counts), 0, counts) * (shares >= rule.threshold)
    cost = acts @ np.where(y, 0.0, costs.false_alarm) + (counts - acts) @ np.where(y, costs.miss, 0.0)
    with np.errstate(invalid="ignore"):
        return np.asarray(cost / counted[:, -1])


def _counted(acts: Doubles, y: Flags) -> dict[str, float]:
    """How many rows are acted on, and how often that is right or wrong; of a draw, on average."""
    hits = float(acts[y].sum())
    return {
        "acts": float(acts.sum()),
        "hits": hits,
        "false_alarms": float(acts[~y].sum()),
        "misses": float(y.sum()) - hits,
    }


def _figure(value: float, interval: list[float] | None) -> dict[str, Any]:
    return {"value": value, "interval": interval}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
