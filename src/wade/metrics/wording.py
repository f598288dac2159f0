"""How metrics are written for people: values, intervals, the names of the baselines, which direction is better."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, TypeAlias

from wade.metrics import METRICS

Scores: TypeAlias = Mapping[str, Any]
"""Metrics by name, with "intervals"."""

NETWORK: Final = "this network"
LINEAR: Final = "linear baseline"


def constant(task: str) -> str:
    """The name of the baseline that gives every row the same prediction."""
    return f"constant baseline ({'mean' if task == 'regression' else 'class frequencies'})"


def compared(baselines: Mapping[str, Scores | None], test: Scores, task: str) -> dict[str, Scores]:
    """The metrics of each baseline and of the network, by the name that a person reads."""
    named = {constant(task): baselines["constant"], LINEAR: baselines.get("linear")}
    return {**{name: metrics for name, metrics in named.items() if metrics is not None}, NETWORK: test}


def reading(names: Collection[str], unit: str = "") -> str:
    """Which direction is better, in words, and the unit of the target, where it is known.

    Examples
    --------
    >>> reading(["log_loss", "auc", "accuracy"])
    'Lower is better for log-loss, higher for AUC and accuracy.'
    >>> reading(["rmse", "mae", "r2"])
    'Lower is better for RMSE and MAE (in units of the target), higher for R².'
    >>> reading(["rmse", "r2"], "$")
    'Lower is better for RMSE (in $), higher for R².'
    >>> reading(["auc"])
    'Higher is better for AUC.'
    """
    parts: list[str] = []
    for better in ("lower", "higher"):
        found = [METRICS[name] for name in names if METRICS[name].direction == better]
        amounts = [metric.label for metric in found if metric.unit.startswith("target")]
        some = "" if len(amounts) == len(found) else f"{_and(amounts)} "
        units = f" ({some}in {unit or 'units of the target'})" if amounts else ""
        if found:
            labels = _and([metric.label for metric in found])
            parts.append(f"{better}{'' if parts else ' is better'} for {labels}{units}")
    text = ", ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def value(name: str, metrics: Scores) -> str:
    """A metric's value as text."""
    return "–" if metrics[name] is None else number(name, metrics[name])


def interval(name: str, metrics: Scores) -> str:
    """A metric's 95 % interval as text; a score's to three decimals, or four where it is below 0.01."""
    bounds = metrics["intervals"][name]
    if metrics[name] is None or bounds is None:
        return ""
    low, high = (number(name, bound) for bound in bounds)
    if METRICS[name].unit == "none" and bounds[1] >= 0.01:
        low, high = (f"{bound:.3f}".replace("-0.000", "0.000").replace("-", "−") for bound in bounds)
    return f"{low.removesuffix(' %')}–{high}"


def number(name: str, value: float) -> str:
    """A metric with as many digits as its interval deserves."""
    if METRICS[name].unit == "share":
        return f"{100 * value:.1f} %"
    if METRICS[name].unit.startswith("target"):
        return f"{value:,.0f}" if value >= 1000 else f"{value:#.4g}"
    return f"{value:.4f}".replace("-0.0000", "0.0000").replace("-", "−")


def _and(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)
