"""Learning curves: training and validation error against the number of training rows, or the width of the network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wade.errors import InvalidArgument
from wade.metrics import METRICS
from wade.model.experiments.learning_curves import learning_curves
from wade.pictures.backend import Axes
from wade.pictures.display import Display, Numbers
from wade.pictures.labels import label, number
from wade.pictures.marks import interval_bars, legend
from wade.pictures.theme import Theme


@dataclass(eq=False, repr=False)
class CurvesDisplay(Display):
    """What `wade.learning_curves` found, with its 95 % intervals and the constant baseline.

    Parameters
    ----------
    report : dict
    """

    report: Mapping[str, Any]

    @classmethod
    def from_report(cls, report: Mapping[str, Any]) -> CurvesDisplay:
        """Of curves that were computed."""
        if not report.get("points"):
            raise InvalidArgument("report", "must be what wade.learning_curves gives", report)
        return cls(report)

    @classmethod
    def from_table(cls, data: Any, target: str | None = None, **options: Any) -> CurvesDisplay:
        """Trains again and again; arguments as in `wade.learning_curves`."""
        return cls(learning_curves(data, target, **options))

    @property
    def title(self) -> str:
        """Against what."""
        against = "training rows" if self.report["by"] == "rows" else "network width"
        return f"{METRICS[self.report['error']].label} of {label(self.report['target'])} by {against}"

    @property
    def note(self) -> str:
        """What follows."""
        cut = "Interrupted: the curves end early. " if self.report.get("interrupted") else ""
        return f"{cut}{self.report['summary']}{self._compared()}"

    def _compared(self) -> str:
        """What "chance" is: the interval of the last step, row by row."""
        step = self.report["last_step"]
        if not step or not step["interval"]:
            return ""
        loss = "squared error" if self.report["error"] == "rmse" else METRICS[self.report["error"]].label
        low, high = (number(end, 3) for end in step["interval"])
        return (
            f" Compared row by row on the same validation rows, which is sharper than the bars: {loss} of the last "
            f"point but one minus that of the last is {number(step['gain'], 3)} in the mean"
            f" (95 % interval {low} to {high})."
        )

    def positions(self) -> list[float]:
        """Where each point stands: its rows, or one after another."""
        points = self.report["points"]
        return [point["rows"] if self.report["by"] == "rows" else at for at, point in enumerate(points)]

    def parts(self) -> Mapping[str, Numbers]:
        """Every point."""
        points = self.report["points"]
        columns: dict[str, Any] = {
            "rows": [point["rows"] for point in points],
            "hidden": [" ".join(map(str, point["hidden"])) or "none" for point in points],
            "parameters": [point["parameters"] for point in points],
        }
        for part in ("train", "validation"):
            columns[part] = [point[part]["value"] for point in points]
            for end, word in enumerate(("from", "to")):
                columns[f"{part} {word}"] = [(point[part]["interval"] or (None, None))[end] for point in points]
        return {"points": columns}

    def description(self) -> str:
        """First and last point."""
        first, last = self.report["points"][0], self.report["points"][-1]
        each = [
            f"{text} error {number(first[part]['value'])} at the first point, {number(last[part]['value'])} at the last"
            for part, text in (("train", "Training"), ("validation", "validation"))
        ]
        return f"{'; '.join(each)}; constant baseline {number(self.report['constant'])}. {self.note}"

    def draw(self, axes: Sequence[Axes], theme: Theme) -> None:
        """Both curves."""
        (ax,) = axes
        points, x = self.report["points"], self.positions()
        for at, (part, text) in enumerate((("train", "training"), ("validation", "validation"))):
            values = [point[part]["value"] for point in points]
            bars = interval_bars(values, [point[part]["interval"] for point in points])
            ax.errorbar(
                x, values, yerr=bars, color=theme.color(at), linestyle=theme.line(at), marker=theme.marker(at),
                capsize=3, label=f"{text}, 95 % interval",
            )  # fmt: skip
        ax.axhline(
            self.report["constant"], color=theme.color(5), linestyle=":", linewidth=1.3, label="constant baseline"
        )
        if self.report["by"] == "rows":
            ax.set_xscale("log")
            ax.set_xticks(x, [f"{count:,}" for count in x])
            ax.minorticks_off()
            ax.set_xlabel("training rows")
        else:
            names = ["×".join(map(str, point["hidden"])) or "none" for point in points]
            ax.set_xticks(x, [f"{name}\n{point['parameters']:,}" for name, point in zip(names, points, strict=True)])
            ax.set_xlabel("neurons in each hidden layer; below: parameters of the network")
        ax.set_ylabel(METRICS[self.report["error"]].label)
        ax.grid(axis="y")
        legend(ax, outside=True, below=0.42 if self.report["by"] == "rows" else 0.62)
