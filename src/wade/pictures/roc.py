"""ROC and precision-recall: what every threshold gives, and the one in use.

`model/evaluation/thresholds.py` defines them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from wade.errors import DataError, InvalidArgument
from wade.model.evaluation.thresholds import ThresholdSweep, sweep_thresholds
from wade.model.model import Model
from wade.pictures.backend import Axes
from wade.pictures.display import Display, Numbers
from wade.pictures.labelled import MarkedRow, labelled
from wade.pictures.labels import label, label_note, percent
from wade.pictures.marks import legend, star
from wade.pictures.theme import Theme
from wade.tables import Dialect


@dataclass(eq=False, repr=False)
class RocDisplay(Display):
    """ROC and precision-recall curve of one class, with the threshold in use.

    Parameters
    ----------
    swept : ThresholdSweep
        What each threshold gives.
    threshold : float
        The one in use.
    of : str
        The class.
    """

    swept: ThresholdSweep
    threshold: float
    of: str
    notes: tuple[str, ...] = ()
    row: MarkedRow | None = None
    size: ClassVar[tuple[float, float]] = (8.2, 4.2)

    @classmethod
    def from_model(
        cls,
        model: Model,
        data: Any,
        *,
        of: Any = None,
        threshold: float = 0.5,
        row: int | None = None,
        dialect: Dialect | None = None,
    ) -> RocDisplay:
        """Of a model on labelled rows, for one class (None: the second of two); `row` is one to mark.

        Raises
        ------
        InvalidArgument
            The target is a number, or the threshold is no probability.
        DataError
            All rows are of one class, or none is.
        """
        found = labelled(model, data, dialect, task="classes", row=row)
        shares, y, name = found.rows.scores_of(of)
        display = cls.from_predictions(shares, y, of=name, threshold=threshold, notes=found.notes)
        display.row = found.marked(shares)
        return display

    @classmethod
    def from_predictions(
        cls, shares: Any, y: Any, *, of: str = "the class", threshold: float = 0.5, notes: tuple[str, ...] = ()
    ) -> RocDisplay:
        """Of predicted probabilities and whether each row has the class.

        Examples
        --------
        >>> display = RocDisplay.from_predictions([0.9, 0.4, 0.6, 0.1], [True, True, False, False])
        >>> display.swept.area, display.swept.recall.tolist()
        (0.75, [0.0, 0.5, 0.5, 1.0, 1.0])
        """
        shares, y = np.asarray(shares, np.float64), np.asarray(y, bool)
        if not 0 <= threshold <= 1:
            raise InvalidArgument("threshold", "must be a probability from 0 to 1", threshold, "Try 0.5.")
        if not 0 < y.sum() < len(y):
            raise DataError(of, "these rows are all of one class or of the others", "Give rows of both.")
        return cls(sweep_thresholds(shares, y), float(threshold), of, notes)

    @property
    def used(self) -> int:
        """The place of the threshold in use."""
        return int(self.swept.place(self.threshold))

    @property
    def title(self) -> str:
        """Of which class."""
        return f"ROC and precision-recall of {label(self.of)} on {self.swept.rows:,} rows"

    @property
    def note(self) -> str:
        """What the threshold gives."""
        swept, at = self.swept, self.used
        found = [percent(each[at]) for each in (swept.recall, swept.precision, swept.false_positive_rate)]
        gives = "recall {} (of the class found), precision {} (of the alarms right), false positive rate {} (of the "
        gives = f"{gives}others alarmed).".format(*found)
        lines = [f"At the threshold {self.threshold:g}: {gives}"]
        if self.row is not None:
            p = percent(self.row.share)
            lines.append(f"Star: {self.row.name}, probability {p}; a threshold up to that acts on it.")
        return " ".join([*lines, *map(label_note, self.notes)])

    def panels(self) -> tuple[int, int]:
        """Side by side."""
        return 1, 2

    def parts(self) -> Mapping[str, Numbers]:
        """Both curves."""
        return {
            "thresholds": {
                "threshold": self.swept.thresholds, "recall": self.swept.recall,
                "false positive rate": self.swept.false_positive_rate, "precision": self.swept.precision,
            }
        }  # fmt: skip

    def description(self) -> str:
        """The areas, and what the threshold gives."""
        areas = f"AUC {self.swept.area:.4f} (0.5 at random), average precision {self.swept.average_precision:.4f}"
        return f"{areas} ({self.swept.prevalence:.4f} at random). {self.note}"

    def draw(self, axes: Sequence[Axes], theme: Theme) -> None:
        """ROC on the left, precision-recall on the right."""
        (roc, curve), swept = axes, self.swept
        many = len(swept.thresholds) > 1000
        roc.plot(
            swept.false_positive_rate,
            swept.recall,
            color=theme.color(0),
            label=f"AUC {swept.area:.3f}",
            rasterized=many,
        )
        roc.plot([0, 1], [0, 1], "--", color=theme.ink, linewidth=0.9, label="at random: AUC 0.5")
        curve.step(
            swept.recall, swept.precision, where="pre", color=theme.color(2), rasterized=many,
            label=f"average precision {swept.average_precision:.3f}",
        )  # fmt: skip
        curve.axhline(
            swept.prevalence, linestyle="--", color=theme.ink, linewidth=0.9, label=f"at random: {swept.prevalence:.3f}"
        )
        at, used = self.used, {"marker": "D", "markersize": 8, "linestyle": "none", "color": theme.color(1)}
        roc.plot(swept.false_positive_rate[at], swept.recall[at], label=f"threshold {self.threshold:g}", **used)
        curve.plot(swept.recall[at], swept.precision[at], label=f"threshold {self.threshold:g}", **used)
        if self.row is not None:
            at = int(swept.place(self.row.share))
            star(roc, theme, swept.false_positive_rate[at], swept.recall[at], self.row.short)
            star(curve, theme, swept.recall[at], swept.precision[at], self.row.short)
        roc.set_xlabel("false positive rate")
        roc.set_ylabel("recall (true positive rate)")
        curve.set_xlabel("recall")
        curve.set_ylabel("precision")
        for ax in axes:
            ax.set_xlim(-0.02, 1.02)
            ax.set_ylim(-0.02, 1.04)
            ax.grid()
        legend(roc, outside=True)
        legend(curve, outside=True)
