"""Reliability: of the rows with a predicted probability of 30 %, is the class observed in 30 %?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wade.errors import InvalidArgument
from wade.metrics.weighted import Doubles
from wade.model.evaluation.calibration import CORRECTION, predicted_and_observed, reliability
from wade.model.model import Model, require_model
from wade.pictures.backend import Axes
from wade.pictures.display import Display, Numbers
from wade.pictures.labelled import MarkedRow, labelled
from wade.pictures.labels import label, label_note, percent
from wade.pictures.marks import interval_bars, legend, star
from wade.pictures.theme import Theme
from wade.tables import Dialect
from wade.tables.columns.views import in_short

NARROWEST: Final = 0.01
"""A bin's bar is at least this wide."""


class Beyond(NamedTuple):
    """The rows at or above a threshold: how many of all, and the mean share predicted and observed."""

    threshold: float
    rows: int
    of_rows: int
    predicted: float
    observed: float

    @classmethod
    def of(cls, shares: Doubles, hits: NDArray[np.bool_], threshold: float) -> Beyond:
        """Of predicted probabilities and whether each came true.

        Examples
        --------
        >>> Beyond.of(np.array([0.2, 0.6, 0.8]), np.array([False, True, True]), 0.5)[1:]
        (2, 3, 0.7, 1.0)
        """
        above = shares >= threshold
        count = int(above.sum())
        means = [float(each[above].mean()) if count else float("nan") for each in (shares, hits)]
        return cls(threshold, count, len(shares), means[0], means[1])

    @property
    def text(self) -> str:
        """In words."""
        if not self.rows:
            return f"No row is at or above the threshold {self.threshold:g}."
        return (
            f"At or above the threshold {self.threshold:g} are {self.rows:,} of {self.of_rows:,} rows: predicted "
            f"{percent(self.predicted)} in the mean, observed {percent(self.observed)}."
        )


@dataclass(eq=False, repr=False)
class ReliabilityDisplay(Display):
    """The reliability table as a picture, with 95 % intervals and the rows of each bin.

    Parameters
    ----------
    found : dict
        What `wade.model.evaluation.calibration.reliability` gives.

    Examples
    --------
    >>> display = ReliabilityDisplay(reliability(np.tile([0.2, 0.8], 100), np.tile([False, True], 100)))
    >>> display.parts()["bins"]["observed"]
    [0.0, 1.0]
    """

    found: Mapping[str, Any]
    of: str = "the class"
    notes: tuple[str, ...] = ()
    row: MarkedRow | None = None
    beyond: Beyond | None = None
    size: ClassVar[tuple[float, float]] = (5.6, 5.4)

    @classmethod
    def from_model(
        cls,
        model: Model,
        data: Any = None,
        *,
        seed: int = 0,
        threshold: float | None = None,
        row: int | None = None,
        dialect: Dialect | None = None,
    ) -> ReliabilityDisplay:
        """Of a model on labelled rows; without `data` on the test rows of its training.

        Of two classes it is the probability of the second; of more, that of the predicted class. A `threshold` and a
        `row` to mark need rows.

        Raises
        ------
        InvalidArgument
            The target is a number, there is no such row, or the threshold is no probability.
        """
        require_model(model)
        classes = model.target.classes
        of = f"{model.target.column} = {in_short(classes[1])}" if len(classes) == 2 else "the predicted class"
        if threshold is not None and not 0 <= threshold <= 1:
            raise InvalidArgument("threshold", "must be a probability from 0 to 1", threshold, "Try 0.5.")
        if data is None:
            for name, value in (("row", row), ("threshold", threshold)):
                if value is not None:
                    raise InvalidArgument(name, "needs labelled rows", value, "Give data.")
            kept = model.report.get("calibration")
            if not kept:
                raise InvalidArgument("data", "is needed: the model keeps no calibration", data, "Give labelled rows.")
            return cls(kept, of)
        found = labelled(model, data, dialect, task="classes", row=row)
        shares, hits = predicted_and_observed(found.rows.observed, found.rows.predicted)
        beyond = None if threshold is None else Beyond.of(shares, hits, threshold)
        return cls(reliability(shares, hits, seed), of, found.notes, found.marked(shares), beyond)

    @property
    def title(self) -> str:
        """Of what."""
        return f"Reliability: predicted and observed share of {label(self.of)}"

    @property
    def note(self) -> str:
        """The calibration error beside what chance makes."""
        error = self.found["expected_calibration_error"]
        distance = f"{percent(error['value'], 2)}: the mean distance from the diagonal, weighted by rows"
        chance = f"Perfect probabilities would have about {percent(self.found['by_chance'], 2)} by chance."
        text = f"Calibration error (ECE) {distance}. {chance} "
        if error.get("corrected") is not None:  # models of earlier versions lack it
            low, high = (percent(end, 2) for end in error["interval"])
            text = (
                f"Calibration error (ECE) {percent(error['corrected'], 2)} (95 % interval {low} to {high}), corrected "
                f"for chance: the one to quote. Without the correction it is {distance}. {chance} {CORRECTION} "
            )
        text += "Bins hold equally many rows: a narrow, high bar is a crowded range."
        lines = [] if self.beyond is None else [self.beyond.text]
        if self.row is not None:
            observed = percent(self._bin_of(self.row.share)["observed"])
            share = percent(self.row.share)
            lines.append(f"Star: {self.row.name}, probability {share}, in a bin with {observed} observed.")
        return " ".join([*lines, text, *map(label_note, self.notes)])

    def _bin_of(self, share: float) -> Mapping[str, Any]:
        """The bin of a probability."""
        return next(one for one in self.found["bins"] if share <= one["highest"])

    def panels(self) -> tuple[int, int]:
        """The curve, and how many rows each bin has."""
        return 2, 1

    def parts(self) -> Mapping[str, Numbers]:
        """The bins."""
        bins = self.found["bins"]
        low, high = ([one["interval"][end] if one["interval"] else None for one in bins] for end in (0, 1))
        columns = {name: [one[name] for one in bins] for name in ("rows", "lowest", "highest", "predicted", "observed")}
        return {"bins": {**columns, "observed from": low, "observed to": high}}

    def description(self) -> str:
        """The worst bin, and the error."""
        worst = max(self.found["bins"], key=lambda one: abs(one["observed"] - one["predicted"]))
        return (
            f"{len(self.found['bins'])} bins. The farthest from the diagonal predicts "
            f"{percent(worst['predicted'])} and {percent(worst['observed'])} is observed, on "
            f"{worst['rows']:,} rows. {self.note}"
        )

    def draw(self, axes: Sequence[Axes], theme: Theme) -> None:
        """Observed against predicted, and a bar of rows for each bin."""
        curve, counts = axes
        bins = self.found["bins"]
        x, y = ([one[name] for one in bins] for name in ("predicted", "observed"))
        curve.plot([0, 1], [0, 1], "--", color=theme.ink, linewidth=0.9, label="calibrated")
        lengths = interval_bars(y, [one["interval"] for one in bins])
        curve.errorbar(
            x,
            y,
            yerr=lengths,
            fmt="o-",
            color=theme.color(0),
            capsize=3,
            linewidth=1.3,
            label="observed, 95 % interval",
        )
        curve.set_xlim(0, 1)
        curve.set_ylim(-0.02, 1.02)
        curve.set_ylabel("observed share")
        curve.tick_params(labelbottom=False)
        curve.grid()
        if self.row is not None:
            star(curve, theme, self.row.share, self._bin_of(self.row.share)["observed"], self.row.short)
        if self.beyond is not None:
            named = f"threshold {self.beyond.threshold:g}"
            curve.axvline(self.beyond.threshold, color=theme.color(1), linewidth=1.2, linestyle="-.", label=named)
            counts.axvline(self.beyond.threshold, color=theme.color(1), linewidth=1.2, linestyle="-.")
        legend(curve, loc="upper left")
        left, right = (np.array([one[name] for one in bins]) for name in ("lowest", "highest"))
        wide = np.maximum(right - left, NARROWEST)
        density = np.array([one["rows"] for one in bins]) / (100 * wide)
        counts.bar(left, density, wide, align="edge", color=theme.color(0), alpha=0.55, edgecolor=theme.ground)
        counts.set_xlim(0, 1)
        counts.set_xlabel("predicted probability")
        counts.set_ylabel("rows per 1 %")
        if axes[0].get_subplotspec() is not None:
            grid = axes[0].get_subplotspec().get_gridspec()
            grid.set_height_ratios([4, 1])
