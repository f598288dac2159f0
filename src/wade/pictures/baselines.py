"""Test metrics beside the linear and the constant baseline, each with its 95 % interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wade.errors import InvalidArgument
from wade.metrics import METRICS
from wade.model.model import Model, require_model
from wade.pictures.backend import Axes
from wade.pictures.display import Display, Numbers
from wade.pictures.labels import label, number
from wade.pictures.marks import interval_bars
from wade.pictures.theme import Theme


@dataclass(eq=False, repr=False)
class BaselinesDisplay(Display):
    """The metrics of a network on its test rows, beside those of both baselines.

    Parameters
    ----------
    scores : mapping from "network", "linear baseline" and "constant baseline" to dict
        As `wade.model.evaluation.scoring` gives them.
    summary : str
        Whether the network is better than the linear baseline, in words.
    column, unit : str
        Of the target.
    """

    scores: Mapping[str, Mapping[str, Any]]
    summary: str
    column: str
    unit: str = ""

    @classmethod
    def from_model(cls, model: Model) -> BaselinesDisplay:
        """Of a model, from the report of its training.

        Raises
        ------
        InvalidArgument
            The report has no test metrics.
        """
        require_model(model)
        report = model.report
        if not report.get("test"):
            remedy = "Train it with wade train or wade.learn."
            raise InvalidArgument("model", "must have the report of its training", sorted(report), remedy)
        kept = report["baselines"]
        named = {
            "network": report["test"],
            "linear baseline": kept.get("linear"),
            "constant baseline": kept["constant"],
        }
        comparison = (report.get("linear_baseline") or {}).get("comparison") or {}
        summary = comparison.get("summary") or ("The network is better than the linear baseline." if comparison else "")
        if interval := comparison.get("interval"):
            low, high = (number(end, 3) for end in interval)
            loss = "squared error" if model.target.task == "regression" else METRICS["log_loss"].label
            summary += (
                f" They are compared row by row, since both predict the same rows: the linear baseline's {loss} minus "
                f"the network's is {number(comparison['gain'], 3)} in the mean (95 % interval {low} to {high})."
            )
        scores = {name: one for name, one in named.items() if one}
        return cls(scores, summary, model.target.column, model.target.unit)

    @property
    def metrics(self) -> list[str]:
        """The metrics that are shown: those that some of the three have."""
        names = [name for name in self.scores["network"] if name in METRICS]
        return [name for name in names if any(one.get(name) is not None for one in self.scores.values())]

    @property
    def title(self) -> str:
        """Of which target."""
        return f"Test metrics beside the baselines: {label(self.column)}"

    @property
    def note(self) -> str:
        """The comparison in words."""
        return " ".join(filter(None, (self.summary, "Bars: 95 % intervals. Each panel has its own scale.")))

    def panels(self) -> tuple[int, int]:
        """One for each metric."""
        return 1, len(self.metrics)

    def inches(self) -> tuple[float, float]:
        """So wide that each panel has room."""
        return 2.0 + 2.2 * len(self.metrics), 2.5

    def parts(self) -> Mapping[str, Numbers]:
        """Every metric of each of the three."""
        rows: dict[str, list[Any]] = {"predictions": [], "metric": [], "value": [], "from": [], "to": []}
        for name, scores in self.scores.items():
            for metric in self.metrics:
                low, high = self._interval(name, metric) or (None, None)
                for key, value in zip(rows, (name, metric, scores.get(metric), low, high), strict=True):
                    rows[key].append(value)
        return {"metrics": rows}

    def description(self) -> str:
        """Every value in words."""
        each = [
            f"{self._axis(metric)}: "
            + ", ".join(
                f"{name} {number(one[metric])}" for name, one in self.scores.items() if one.get(metric) is not None
            )
            for metric in self.metrics
        ]
        return f"{'; '.join(each)}. {self.note}".replace(r"\$", "$")

    def draw(self, axes: Sequence[Axes], theme: Theme) -> None:
        """A point with its interval for each of the three."""
        places = list(range(len(self.scores)))
        for ax, metric in zip(axes, self.metrics, strict=True):
            for at, (name, scores) in zip(places, self.scores.items(), strict=True):
                if (value := scores.get(metric)) is None:
                    continue
                bars = interval_bars([value], [self._interval(name, metric)])
                ax.errorbar(
                    [value], [at], xerr=bars, fmt=theme.marker(at), color=theme.color(at), capsize=3, markersize=7
                )
                ax.annotate(
                    number(value), (value, at), xytext=(0, 7), textcoords="offset points", ha="center", fontsize=8
                )
            ax.set_ylim(len(places) - 0.5, -0.7)
            ax.set_yticks(places, list(self.scores) if ax is axes[0] else [""] * len(places))
            ax.set_xlabel(self._axis(metric))
            ax.margins(x=0.2)
            ax.grid(axis="x")

    def _interval(self, name: str, metric: str) -> Sequence[float] | None:
        known: Sequence[float] | None = self.scores[name]["intervals"].get(metric)
        return known

    def _axis(self, metric: str) -> str:
        entry = METRICS[metric]
        unit = f" ({label(self.unit)})" if self.unit and entry.unit == "target" else ""
        return f"{entry.label}{unit}, {entry.direction} is better"
