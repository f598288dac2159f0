"""Predicted numbers: predicted against observed, and residuals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from wade.metrics.intervals import beyond_chance
from wade.metrics.weighted import Doubles
from wade.model.evaluation.residuals import Band, bands
from wade.model.model import Model
from wade.pictures.backend import Axes
from wade.pictures.display import MOST_VECTORS, Display, Numbers
from wade.pictures.labelled import labelled
from wade.pictures.labels import label, label_note, number, percent
from wade.pictures.marks import interval_bars, legend, star
from wade.pictures.theme import Theme
from wade.tables import Dialect


@dataclass(eq=False, repr=False)
class PredictionsDisplay(Display):
    """Predicted against observed numbers, and the residuals (observed − predicted) against the predicted ones.

    Parameters
    ----------
    observed, predicted : array (n,)
        In the target's own unit.

    Examples
    --------
    >>> display = PredictionsDisplay.from_predictions([1.0, 3.0], [2.0, 3.0])
    >>> display.residuals().tolist(), round(display.rmse(), 4)
    ([-1.0, 0.0], 0.7071)
    """

    observed: Doubles
    predicted: Doubles
    column: str = "the target"
    unit: str = ""
    notes: tuple[str, ...] = ()
    place: int | None = None
    row: str = ""
    size: ClassVar[tuple[float, float]] = (8.4, 4.2)

    @classmethod
    def from_model(
        cls, model: Model, data: Any, *, row: int | None = None, dialect: Dialect | None = None
    ) -> PredictionsDisplay:
        """Of a model on labelled rows; InvalidArgument where its target has classes. `row` is one to mark."""
        found = labelled(model, data, dialect, task="numbers", row=row)
        rows, named = found.rows, "" if row is None else f"row {row:,}"
        of = rows.target
        return cls(rows.observed, rows.predicted, of.column, of.unit, found.notes, found.place, named)

    @classmethod
    def from_predictions(cls, observed: Any, predicted: Any, column: str = "the target") -> PredictionsDisplay:
        """Of numbers that are known."""
        return cls(np.asarray(observed, np.float64), np.asarray(predicted, np.float64), column)

    def residuals(self) -> Doubles:
        """Observed − predicted."""
        return np.asarray(self.observed - self.predicted)

    def rmse(self) -> float:
        """√ mean (observed − predicted)²."""
        return float(np.sqrt((self.residuals() ** 2).mean()))

    @property
    def title(self) -> str:
        """Of what, and how many rows."""
        return f"Predicted and observed {label(self.column)}: {len(self.observed):,} rows"

    @property
    def note(self) -> str:
        """How large the residuals are."""
        residuals = self.residuals()
        inside = float((np.abs(residuals) <= self.rmse()).mean())
        text = f"RMSE {number(self.rmse())}{f' {label(self.unit)}' if self.unit else ''}, mean residual "
        text += f"{number(float(residuals.mean()), 3)}; {percent(inside, 0)} of the residuals are within one RMSE."
        text += " Squares: mean residual of bands of rows of like number, with 95 % intervals."
        return " ".join([*self._marked(), text, *map(label_note, self.notes)])

    def _marked(self) -> list[str]:
        """What is predicted and observed for the row that is marked."""
        if self.place is None:
            return []
        predicted, observed = (number(float(each[self.place])) for each in (self.predicted, self.observed))
        residual = number(float(self.residuals()[self.place]), 3)
        return [f"Star: {self.row}, predicted {predicted}, observed {observed}, residual {residual}."]

    def panels(self) -> tuple[int, int]:
        """Side by side."""
        return 1, 2

    @cached_property
    def bands(self) -> list[Band]:
        """Rows of like predictions."""
        return bands(self.observed, self.predicted)

    def parts(self) -> Mapping[str, Numbers]:
        """Every row, and the bands."""
        rows = {"predicted": self.predicted, "observed": self.observed, "residual": self.residuals()}
        found = [
            {"predicted": one.predicted, "residual": one.residual, "from": low, "to": high}
            for one in self.bands
            for low, high in [one.interval or (None, None)]
        ]
        return {"rows": rows, "bands": {name: [one[name] for one in found] for name in found[0]}}

    def description(self) -> str:
        """The error, and where it is largest."""
        worst = max(self.bands, key=lambda one: abs(one.residual))
        residual, predicted = number(worst.residual, 3), number(worst.predicted, 3)
        beyond = sum(beyond_chance(one.interval) for one in self.bands)
        return (
            f"{self.note} The band with the largest mean residual, {residual}, predicts about {predicted}; the "
            f"intervals of {beyond} of {len(self.bands)} bands leave out 0."
        )

    def draw(self, axes: Sequence[Axes], theme: Theme) -> None:
        """Predicted against observed, residuals beside it."""
        left, right = axes
        n = len(self.observed)
        dots = {
            "s": 14 if n <= 500 else 6,
            "color": theme.color(0),
            "alpha": 0.75 if n <= 500 else 0.35,
            "linewidths": 0,
            "rasterized": n > MOST_VECTORS,
        }
        left.scatter(self.predicted, self.observed, **dots)
        every = np.concatenate([self.predicted, self.observed])
        ends = [float(every.min()), float(every.max())]
        left.plot(ends, ends, "--", color=theme.ink, linewidth=0.9, label="predicted = observed")
        left.set_aspect("equal", adjustable="datalim")
        left.set_xlabel(f"predicted {label(self.column)}")
        left.set_ylabel(f"observed {label(self.column)}")
        legend(left, outside=True)
        right.scatter(self.predicted, self.residuals(), **dots)
        right.axhline(0, linestyle="--", color=theme.ink, linewidth=0.9)
        x, y = ([getattr(one, name) for one in self.bands] for name in ("predicted", "residual"))
        bars = interval_bars(y, [one.interval for one in self.bands])
        right.errorbar(
            x, y, yerr=bars, fmt="s-", color=theme.color(1), markersize=5, linewidth=1.4, capsize=2.5,
            label="mean of a band, 95 % interval",
        )  # fmt: skip
        right.set_xlabel(f"predicted {label(self.column)}")
        right.set_ylabel("residual: observed − predicted")
        legend(right, outside=True)
        if self.place is not None:
            predicted = float(self.predicted[self.place])
            star(left, theme, predicted, float(self.observed[self.place]))
            star(right, theme, predicted, float(self.residuals()[self.place]))
        for ax in axes:
            ax.grid()
