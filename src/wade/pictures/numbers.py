"""Predicted numbers: predicted against observed, and residuals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from wade.metrics.intervals import beyond_chance, mean_interval
from wade.model.model import Model
from wade.pictures.backend import Axes
from wade.pictures.display import MOST_VECTORS, Display, Numbers
from wade.pictures.labelled import labelled
from wade.pictures.labels import label, label_note, number, percent
from wade.pictures.marks import interval_bars, legend
from wade.pictures.theme import Theme
from wade.tables import Dialect

Doubles = NDArray[np.float64]

BANDS: Final = 12


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
    size: ClassVar[tuple[float, float]] = (8.4, 4.2)

    @classmethod
    def from_model(cls, model: Model, data: Any, *, dialect: Dialect | None = None) -> PredictionsDisplay:
        """Of a model on labelled rows; InvalidArgument where its target has classes."""
        found = labelled(model, data, dialect, task="numbers")
        return cls(found.observed, found.predicted, found.target.column, found.target.unit, found.notes)

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
        return " ".join(
            [text, "Squares: mean residual of twelfths of the rows, with 95 % intervals.", *map(label_note, self.notes)]
        )

    def panels(self) -> tuple[int, int]:
        """Side by side."""
        return 1, 2

    def bands(self) -> tuple[Doubles, Doubles]:
        """Mean prediction and mean residual of bands of rows of like number, by rising prediction."""
        order = np.argsort(self.predicted, kind="stable")
        chunks = np.array_split(order, min(BANDS, len(order)))
        residuals = self.residuals()
        return (
            np.array([self.predicted[chunk].mean() for chunk in chunks]),
            np.array([residuals[chunk].mean() for chunk in chunks]),
        )

    def band_intervals(self) -> list[list[float] | None]:
        """The 95 % interval of each band's mean residual."""
        residuals, order = self.residuals(), np.argsort(self.predicted, kind="stable")
        return [mean_interval(residuals[chunk])[1] for chunk in np.array_split(order, min(BANDS, len(order)))]

    def parts(self) -> Mapping[str, Numbers]:
        """Every row, and the bands."""
        x, y = self.bands()
        rows = {"predicted": self.predicted, "observed": self.observed, "residual": self.residuals()}
        ends = self.band_intervals()
        low, high = ([one[end] if one else None for one in ends] for end in (0, 1))
        return {"rows": rows, "bands": {"predicted": x, "residual": y, "from": low, "to": high}}

    def description(self) -> str:
        """The error, and where it is largest."""
        x, y = self.bands()
        worst = int(np.abs(y).argmax())
        residual, predicted = number(float(y[worst]), 3), number(float(x[worst]), 3)
        beyond = sum(beyond_chance(one) for one in self.band_intervals())
        return (
            f"{self.note} The band with the largest mean residual, {residual}, predicts about {predicted}; the "
            f"intervals of {beyond} of {len(y)} bands leave out 0."
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
        x, y = self.bands()
        bars = interval_bars(y.tolist(), self.band_intervals())
        right.errorbar(
            x, y, yerr=bars, fmt="s-", color=theme.color(1), markersize=5, linewidth=1.4, capsize=2.5,
            label="mean of a band, 95 % interval",
        )  # fmt: skip
        right.set_xlabel(f"predicted {label(self.column)}")
        right.set_ylabel("residual: observed − predicted")
        legend(right, outside=True)
        for ax in axes:
            ax.grid()
