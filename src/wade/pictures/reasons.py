"""Reasons: the contribution of each column to one prediction, and feature importance by permutation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from os import PathLike
from typing import Any, Final

from wade.metrics import METRICS
from wade.model.explanations.contributions import contributions
from wade.model.explanations.importance import importance
from wade.model.model import Model, require_model
from wade.pictures.backend import Axes
from wade.pictures.display import Display, Numbers
from wade.pictures.labels import class_label, label, number, percent, shortened
from wade.pictures.marks import interval_bars
from wade.pictures.theme import Theme
from wade.tables import Dialect
from wade.tables.columns.metadata import units_of

MOST_BARS: Final = 12


@dataclass(eq=False, repr=False)
class WaterfallDisplay(Display):
    """From the output for the typical row to that of one row, column by column.

    Parameters
    ----------
    report : dict
        What `wade.contributions` gives.
    row : str
        Which row it is.
    """

    report: Mapping[str, Any]
    row: str = "one row"

    @classmethod
    def from_report(cls, report: Mapping[str, Any], row: str = "one row") -> WaterfallDisplay:
        """Of contributions that were computed."""
        return cls(report, row)

    @classmethod
    def from_model(
        cls, model: Model, data: Any, row: int = 1, *, of: Any = None, dialect: Dialect | None = None
    ) -> WaterfallDisplay:
        """Of a row of a table, counted from 1; `of` is the class (None: the predicted one)."""
        require_model(model)
        opened = model.open_labelled(data, dialect)
        place = opened.place_of(row)
        of_table = f" of {opened.name}" if isinstance(data, str | PathLike) else ""  # a frame has no name of its own
        report, units = contributions(model, opened.table.slice(place, 1), of=of), units_of(opened.table)
        # The table's metadata may know units that the model does not.
        columns = [{"unit": units.get(one["column"], ""), **one} for one in report["columns"]]
        return cls({**report, "columns": columns}, f"row {row:,}{of_table}")

    def steps(self) -> list[tuple[str, float, float]]:
        """Name, beginning and end of each bar: the largest contributions first, the rest as one.

        Base + contributions = output, up to the error that the report states.
        """
        columns = self.report["columns"]
        shown = columns if len(columns) <= MOST_BARS else columns[: MOST_BARS - 1]
        bars = [(_named(one), one["contribution"]) for one in shown]
        rest = columns[len(shown) :]
        if rest:
            bars.append((f"{len(rest)} other columns", sum(one["contribution"] for one in rest)))
        ends = accumulate((value for _, value in bars), initial=self.report["base"]["value"])
        return [(name, start, end) for (name, _), (start, end) in zip(bars, pairwise(ends), strict=True)]

    @property
    def title(self) -> str:
        """Of which row and class."""
        of = "" if self.report["class"] is None else f" = {class_label(self.report['class'], 18)}"
        return f"Contributions to {label(self.report['target'])}{of}: {label(self.row, 40)}"

    @property
    def note(self) -> str:
        """Base and output."""
        base, output = self.report["base"], self.report["output"]
        both = [number(each["value"]) for each in (base, output)]
        if "probability" in base:
            both = [
                f"{text} (probability {percent(each['probability'])})"
                for text, each in zip(both, (base, output), strict=True)
            ]
        how = self.report["method"].replace("-", " ")
        return (
            f"Typical row: {both[0]}. This row: {both[1]}. In {label(self.report['unit'])}, by {how}. Solid "
            "bars raise the output, hatched ones lower it."
        )

    def inches(self) -> tuple[float, float]:
        """So tall that each bar has room."""
        return 7.0, 1.7 + 0.3 * (len(self.steps()) + 2)

    def parts(self) -> Mapping[str, Numbers]:
        """Every contribution."""
        columns = self.report["columns"]
        return {
            "contributions": {
                "column": [one["column"] for one in columns],
                "value": [one["value"] for one in columns],
                "contribution": [one["contribution"] for one in columns],
            }
        }

    def description(self) -> str:
        """The largest contributions in words."""
        most = [f"{_named(one)} {number(one['contribution'], 3)}" for one in self.report["columns"][:5]]
        return f"{self.note} Largest contributions: {'; '.join(most)}.".replace(r"\$", "$")

    def draw(self, axes: Sequence[Axes], theme: Theme) -> None:
        """A bar for each step, downwards."""
        (ax,) = axes
        steps, base, output = self.steps(), self.report["base"]["value"], self.report["output"]["value"]
        names = ["typical row", *(name for name, _, _ in steps), "this row"]
        span = [base, output, *(end for _, _, end in steps)]
        wide = (max(span) - min(span)) or 1.0
        for at, (_, start, end) in enumerate(steps, 1):
            rises = end >= start
            ax.barh(at, end - start, left=start, height=0.62, color=theme.color(1 if rises else 0),
                    hatch=None if rises else "///", edgecolor=theme.ground, linewidth=0.5)  # fmt: skip
            ax.plot([end, end], [at - 0.31, at + 1.31], color=theme.ink, linewidth=0.6)
            text = f"{'+' if rises else '−'}{number(abs(end - start), 3)}"
            ax.text(max(start, end) + 0.012 * wide, at, text, va="center", ha="left", fontsize=8)
        ax.plot([base, base], [-0.31, 1.31], color=theme.ink, linewidth=0.6)
        ax.plot(base, 0, "o", color=theme.ink)
        ax.plot(output, len(names) - 1, "D", color=theme.ink)
        for at, value in ((0, base), (len(names) - 1, output)):
            ax.text(value + 0.025 * wide, at, number(value, 4), va="center", fontsize=8)
        ax.axvline(base, color=theme.ink, linewidth=0.6, linestyle=":")
        ax.set_yticks(range(len(names)), [label(name, 56) for name in names])
        ax.set_ylim(len(names) - 0.4, -0.6)
        ax.set_xlim(min(span) - 0.05 * wide, max(span) + 0.16 * wide)
        ax.set_xlabel(label(self.report["unit"]))
        ax.grid(axis="x")
        ax.set_axisbelow(True)


@dataclass(eq=False, repr=False)
class ImportanceDisplay(Display):
    """Permutation importance: by how much the error rises where a column is shuffled, with 95 % intervals.

    Parameters
    ----------
    report : dict
        What `wade.importance` gives.
    """

    report: Mapping[str, Any]

    @classmethod
    def from_report(cls, report: Mapping[str, Any]) -> ImportanceDisplay:
        """Of importances that were computed."""
        return cls(report)

    @classmethod
    def from_model(cls, model: Model, data: Any, **options: Any) -> ImportanceDisplay:
        """Of a model on labelled rows; arguments as in `wade.importance`."""
        return cls(importance(model, data, **options))

    def bars(self) -> list[Mapping[str, Any]]:
        """The columns that are drawn, the most important first."""
        return list(self.report["columns"][: MOST_BARS + 4])

    @property
    def title(self) -> str:
        """Of what."""
        return f"Feature importance (permutation) for {label(self.report['target'])}"

    @property
    def note(self) -> str:
        """On how many rows, and what is left out."""
        more = len(self.report["columns"]) - len(self.bars())
        rest = f" {more} less important ones are not drawn." if more else ""
        related = (
            " Correlated columns can replace each other: see the notes of wade importance."
            if self.report["related"]
            else ""
        )
        metric = METRICS[self.report["metric"]].label
        value = f"{metric} is {number(self.report['value'])} on {self.report['rows']:,} rows."
        return f"{value} Thin lines: 95 % intervals.{rest}{related}"

    def inches(self) -> tuple[float, float]:
        """So tall that each bar has room."""
        return 6.6, 1.5 + 0.28 * len(self.bars())

    def parts(self) -> Mapping[str, Numbers]:
        """Every column."""
        columns = self.report["columns"]
        return {
            "importance": {
                "columns": [", ".join(one["columns"]) for one in columns],
                "importance": [one["importance"] for one in columns],
                "from": [one["interval"][0] for one in columns],
                "to": [one["interval"][1] for one in columns],
            }
        }

    def description(self) -> str:
        """The most important ones."""
        most = [f"{', '.join(one['columns'])} {number(one['importance'], 3)}" for one in self.report["columns"][:5]]
        return f"Rise of the error where a column is shuffled: {'; '.join(most)}. {self.note}"

    def draw(self, axes: Sequence[Axes], theme: Theme) -> None:
        """Horizontal bars."""
        (ax,) = axes
        bars = self.bars()
        values = [one["importance"] for one in bars]
        lengths = interval_bars(values, [one["interval"] for one in bars])
        ax.barh(
            range(len(bars)), values, height=0.62, color=theme.color(0), xerr=lengths, ecolor=theme.ink, capsize=2.5
        )
        ax.axvline(0, color=theme.ink, linewidth=0.8)
        ax.set_yticks(range(len(bars)), [label(", ".join(one["columns"]), 34) for one in bars])
        ax.set_ylim(len(bars) - 0.4, -0.6)
        ax.set_xlabel(f"rise in {METRICS[self.report['metric']].label} where the column is shuffled")
        ax.grid(axis="x")
        ax.set_axisbelow(True)


def _named(one: Mapping[str, Any]) -> str:
    """A column with its value."""
    value = one["value"]
    text = "missing" if value is None else number(value) if isinstance(value, float) else str(value)
    return f"{shortened(one['column'], 22)} = {shortened(text, 20)}{' ' + one['unit'] if one.get('unit') else ''}"
