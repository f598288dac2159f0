"""From probability to decision: the threshold that minimizes expected cost, and what a decision saves.

To act on a row of probability p costs (1 − p) c_FA on average (a false alarm), not to act p c_miss (a miss). Where p is
calibrated, acting is cheaper from this threshold on:

    t* = c_FA / (c_FA + c_miss)

On n rows with observed classes y_i ∈ {0, 1}, of which a decision acts on those with a_i = 1,

    cost per row = 1/n Σ_i [ a_i (1 − y_i) c_FA + (1 − a_i) y_i c_miss ]

and a decision saves what it costs less than another. t* is not tuned on the rows that it is evaluated on. The threshold
that is cheapest on them is, and its cost is optimistic. So it is also cross-fitted: chosen on nine tenths of the rows
and evaluated on the last tenth, each tenth in turn. That cost is the one to compare with.

Source: Elkan, *The foundations of cost-sensitive learning*, IJCAI 2001, equation 2, where right decisions cost nothing.
"""

from __future__ import annotations

from math import inf, isfinite
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wade.errors import ColumnError, InvalidArgument
from wade.maths.random import permutation
from wade.metrics.bootstrap import bootstrap, replicates_for
from wade.metrics.intervals import estimate
from wade.metrics.weighted import Doubles, means
from wade.model.evaluation.costs import Costs, Flags
from wade.model.evaluation.outputs import class_code
from wade.tables import Target
from wade.tables.columns.command_options import option
from wade.tables.columns.views import in_short

FOLDS: Final = 10
CROSS_FITTED: Final = "cross-fitted thresholds"
NINE_TENTHS: Final = "each chosen on nine tenths of the rows and evaluated on the other tenth"
FOLDS_STREAM, TIES_STREAM = (1 << 32) - 3, (1 << 32) - 4


class Rule(NamedTuple):
    """When to act: from a probability on, and on at most `capacity` rows."""

    threshold: float
    capacity: int | None = None


def class_to_act_on(target: Target, act_on: Any = None) -> int:
    """The code of the class that needs acting on, 0 or 1; a class may be given as text.

    Raises
    ------
    ColumnError, InvalidArgument
        The target is a number or has more than two classes; `act_on` is neither of the two.

    Examples
    --------
    >>> class_to_act_on(Target("left", "binary", ("leaves", "stays")), "leaves")
    0
    """
    if target.task != "binary":
        received = "is a number" if target.task == "regression" else f"has {len(target.classes)} classes"
        remedy = "Train a model on a column of two classes, such as whether a limit is exceeded."
        raise ColumnError(target.column, f"a decision needs a target of two classes, and this one {received}", remedy)
    return 1 if act_on is None else class_code(target, "act_on", act_on)


def check_decision(costs: Costs, threshold: float | None, capacity: int | None) -> None:
    """Check that costs, threshold and capacity are in their ranges; InvalidArgument where they are not."""
    for name, cost, otherwise in (
        ("cost_false_alarm", costs.false_alarm, "Where a false alarm costs nothing, act on every row."),
        ("cost_miss", costs.miss, "Where a miss costs nothing, act on no row."),
    ):
        if not (_is_number(cost) and 0 < cost < inf):
            remedy = otherwise if _is_number(cost) and cost == 0 else "Give the cost of one such mistake, such as 50."
            raise InvalidArgument(name, "must be greater than 0 and finite", cost, remedy)
    if threshold is not None and not (_is_number(threshold) and 0 <= threshold <= 1):
        remedy = "Leave it out to derive it from the costs."
        raise InvalidArgument("threshold", "must be a probability from 0 to 1", threshold, remedy)
    if capacity is not None and not (isinstance(capacity, int) and not isinstance(capacity, bool) and capacity >= 1):
        raise InvalidArgument("capacity", "must be a whole number from 1 on", capacity, "Leave it out for no limit.")


def rule_of(
    cost_false_alarm: float | None = None,
    cost_miss: float | None = None,
    threshold: float | None = None,
    capacity: int | None = None,
) -> Rule:
    """When to act: from a given threshold on, or from the one that follows from both costs.

    Raises
    ------
    InvalidArgument
        An argument is outside its range, or there is neither a threshold nor both costs.

    Examples
    --------
    >>> rule_of(50, 150), rule_of(threshold=0.3, capacity=10)
    (Rule(threshold=0.25, capacity=None), Rule(threshold=0.3, capacity=10))
    """
    given = {"cost_false_alarm": cost_false_alarm, "cost_miss": cost_miss}
    lacking = [name for name, cost in given.items() if cost is None]
    if lacking and (threshold is None or len(lacking) == 1):
        remedy = "Give both costs, from which the threshold follows, or a threshold."
        raise InvalidArgument(lacking[0], "is needed to decide on rows", None, remedy)
    costs = Costs(1.0 if cost_false_alarm is None else cost_false_alarm, 1.0 if cost_miss is None else cost_miss)
    check_decision(costs, threshold, capacity)
    return Rule(costs.threshold if threshold is None else threshold, capacity)


def rows_to_act_on(shares: Doubles, rule: Rule, seed: int = 0) -> Flags:
    """Whether to act on each row, in the order of the rows; `seed` orders equal probabilities at a capacity.

    Examples
    --------
    >>> rows_to_act_on(np.array([0.1, 0.9, 0.3, 0.4]), Rule(0.25, capacity=2)).tolist()
    [False, True, False, True]
    """
    order, acts = _by_probability(shares, seed), np.zeros(len(shares), np.bool_)
    acts[order] = acts_on(shares[order], rule)
    return acts


def evaluate_decision(shares: Doubles, y: Flags, costs: Costs, rule: Rule, seed: int = 0) -> dict[str, Any]:
    """What a decision costs on rows whose classes are known, and what it saves, with 95 % intervals.

    Parameters
    ----------
    shares : array (n,), float64 in [0, 1]
        The probability that a row needs acting on.
    y : array (n,), bool
        Whether it does.
    costs, rule
        As `check_decision` accepts them.
    seed : int
        Of the bootstrap, the folds, and the order among equal probabilities.

    Returns
    -------
    dict
        "policies": for "decision" and each alternative ``{"acts", "hits", "false_alarms", "misses", "cost_per_row",
        "interval"}``. Alternatives: to act "never"; "always", "best_on_these_rows", "cross_fitted", or where there is a
        capacity "at_random", on as many rows. "savings_per_row": what the decision costs less than each of these,
        ``{"value", "interval"}``. "thresholds": of the decision, and the best on these rows (None where that is never
        to act). "last_probability": the lowest that the decision acts on; None where it acts on no row. "calibration":
        the mean predicted probability, and the observed share.

    Examples
    --------
    >>> shares, y = np.array([0.9, 0.6, 0.2, 0.1]), np.array([True, False, True, False])
    >>> found = evaluate_decision(shares, y, Costs(50, 150), Rule(0.25))
    >>> [found["policies"][name]["cost_per_row"] for name in ("never", "always", "decision")]
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
    alternatives, n = list(acts)[:-1], len(acts)
    per_row = np.column_stack([*(costs.of(each, y) for each in acts.values()), shares, y])

    def statistics(counts: Doubles) -> Doubles:
        """In columns: the cost of each policy, what the decision saves over each other, the calibration."""
        found = means(counts, per_row)
        if rule.capacity is not None:
            found[:, n - 1] = _cost_within(rule, counts, shares, y, costs)
        return np.hstack([found[:, :n], found[:, : n - 1] - found[:, n - 1 : n], found[:, n:]])

    values = statistics(np.ones((1, len(y))))[0].tolist()
    intervals = bootstrap(len(y), statistics, replicates_for(len(y), 2), seed)
    estimates = list(zip(values, intervals, strict=True))
    costs_per_row, savings, (predicted, observed) = estimates[:n], estimates[n:-2], estimates[-2:]
    return {
        "policies": {
            name: {**_counted(acts[name], y), "cost_per_row": value, "interval": bounds}
            for name, (value, bounds) in zip(acts, costs_per_row, strict=True)
        },
        "savings_per_row": {name: estimate(*each) for name, each in zip(alternatives, savings, strict=True)},
        "thresholds": thresholds,
        "last_probability": float(shares[decided > 0][-1]) if decided.any() else None,
        "calibration": {"predicted": predicted[0], "observed": estimate(*observed)},
    }


def decision_warnings(found: dict[str, Any], costs: Costs, currency: str = "", act_on: Any = None) -> list[str]:
    """Warnings about a decision that `evaluate_decision` has evaluated at these costs, which are in `currency`.

    `act_on` is the class to act on, where it is not the second.
    """
    warnings, savings = [], found["savings_per_row"]
    unit = f" {currency} per row" if currency else " per row, in the unit of the costs"
    for name, policy in (("never", "never acting"), ("always", "always acting"), ("at_random", "acting at random")):
        if name not in savings:
            continue
        interval = savings[name]["interval"]
        if interval and interval[1] < 0:
            less = f"{amount(-interval[1])} to {amount(-interval[0])}{unit} (95 % interval)"
            warnings.append(f"On these rows {policy} costs less than the decision, by {less}.")
        elif interval is None or interval[0] <= 0:
            warnings.append(f"On these rows the decision does not clearly save anything over {policy}.")
    interval = savings.get("cross_fitted", {}).get("interval")
    if interval and interval[1] < 0:
        apart = f"{amount(-interval[1])} to {amount(-interval[0])}{unit} (95 % interval)"
        tuned = f"{CROSS_FITTED} ({NINE_TENTHS}) cost less"
        given = found["thresholds"]["decision"]
        if given == costs.threshold:
            which, other = f"the threshold {given:.3g} that follows from the costs", ""
            why = " So probabilities near it are not calibrated, whatever their mean over all rows."
        else:
            which, why = f"the given {given:.3g}", ""
            other = f" Or leave --threshold out: from the costs follows {costs.threshold:.3g}."
        warnings.append(f"On these rows {tuned} than {which}, by {apart}.{why} {_how_to_tune(costs, act_on)}{other}")
    return warnings


def _how_to_tune(costs: Costs, act_on: Any) -> str:
    """The commands that find a threshold on some rows and evaluate it on others."""
    options = f"--cost-false-alarm {costs.false_alarm:.10g} --cost-miss {costs.miss:.10g}"
    if act_on is not None:
        options += f" {option('--act-on', in_short(act_on))}"
    return (
        "To tune a threshold, find the best one on other rows with the target: "
        f"wade decide MODEL OTHER.csv {options} --verbose (Best here). Then evaluate it on these rows: --threshold."
    )


def amount(value: float, more: int = 0) -> str:
    """An amount with as many digits as are useful, and `more`.

    Examples
    --------
    >>> amount(1234.5), amount(21.345), amount(0.55), amount(0.01234), amount(21.3456, 1)
    ('1,234', '21.34', '0.550', '0.0123', '21.346')
    """
    size = abs(value)
    text = f"{value:,.{more}f}" if size >= 1000 else f"{value:.{2 + more}f}" if size >= 1 else f"{value:#.{3 + more}g}"
    return "0" if size < 1e-9 else text.replace("-", "−")


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
    """The cheapest threshold on rows whose classes are known; ∞ where it is cheapest never to act.

    `shares` in falling order. The threshold lies midway between two probabilities: of the last row acted on, and of the
    next. Of equally cheap ones it is the highest.

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


def cross_fitted(shares: Doubles, y: Flags, costs: Costs, seed: int) -> Doubles:
    """Whether each row is acted on (1 or 0) where each tenth has the threshold that is cheapest on the other nine."""
    acts = np.zeros(len(y))
    fold = permutation(seed, FOLDS_STREAM, len(y)) % FOLDS
    for number in range(FOLDS):
        held_out = fold == number
        acts[held_out] = shares[held_out] >= best_threshold(shares[~held_out], y[~held_out], costs)
    return acts


def _by_probability(shares: Doubles, seed: int) -> NDArray[np.int64]:
    """The rows in falling order of their probabilities; equal ones in random order."""
    drawn = permutation(seed, TIES_STREAM, len(shares))
    return np.asarray(drawn[np.argsort(-shares[drawn], kind="stable")])


def _cost_within(rule: Rule, counts: Doubles, shares: Doubles, y: Flags, costs: Costs) -> Doubles:
    """The cost per row of the decision in each replicate, whose first rows fill the capacity anew."""
    counted = np.cumsum(counts, axis=1)
    capacity = min(1.0, (rule.capacity or 0) / len(y)) * counted[:, -1:]
    acts = np.clip(capacity - (counted - counts), 0, counts) * (shares >= rule.threshold)
    cost = acts @ np.where(y, 0.0, costs.false_alarm) + (counts - acts) @ np.where(y, costs.miss, 0.0)
    with np.errstate(invalid="ignore"):
        return np.asarray(cost / counted[:, -1])


def _counted(acts: Doubles, y: Flags) -> dict[str, float]:
    """The number of rows acted on, and how often that is right or wrong; of a random policy, on average."""
    hits = float(acts[y].sum())
    return {
        "acts": float(acts.sum()),
        "hits": hits,
        "false_alarms": float(acts[~y].sum()),
        "misses": float(y.sum()) - hits,
    }


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
