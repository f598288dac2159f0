"""Confusion matrix: how many rows of each class are predicted as which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wade.errors import InvalidArgument
from wade.metrics.classification import ClassPredictions
from wade.model.model import Model, require_model
from wade.pictures.backend import Axes
from wade.pictures.display import Display, Numbers
from wade.pictures.labelled import labelled
from wade.pictures.labels import class_label, label, percent
from wade.pictures.marks import colormap, key
from wade.pictures.theme import Theme
from wade.tables import Dialect
from wade.tables.columns.views import in_short

MOST_NAMED: Final = 6
"""Most frequent mistakes that the description names."""


@dataclass(eq=False, repr=False)
class ConfusionDisplay(Display):
    """The confusion matrix; colors are shares of the observed class, so that a rare class shows too.

    Parameters
    ----------
    classes : tuple
    matrix : array (n_classes, n_classes), whole
        Rows of each class (down) predicted as each class (across).

    Examples
    --------
    >>> display = ConfusionDisplay.from_matrix(["no", "yes"], [[8, 2], [1, 3]])
    >>> display.shares().tolist()
    [[0.8, 0.2], [0.25, 0.75]]
    """

    classes: tuple[Any, ...]
    matrix: NDArray[np.int64]
    column: str = ""
    about: str = ""

    @classmethod
    def from_matrix(
        cls, classes: Sequence[Any], matrix: Sequence[Sequence[int]], column: str = "", about: str = ""
    ) -> ConfusionDisplay:
        """Of counts that are known."""
        return cls(tuple(classes), np.asarray(matrix, np.int64), column, about)

    @classmethod
    def from_model(cls, model: Model, data: Any = None, *, dialect: Dialect | None = None) -> ConfusionDisplay:
        """Of a model on labelled rows; without `data` on the test rows of its training.

        Raises
        ------
        InvalidArgument
            The target is a number, or has more than 100 classes and there is no data.
        """
        require_model(model)
        if data is not None:
            found = labelled(model, data, dialect, task="classes").rows
            matrix = ClassPredictions(found.observed, found.predicted).confusion()
            return cls(found.target.classes, matrix, model.target.column, label(found.name))
        kept = model.report.get("confusion")
        if not kept:
            raise InvalidArgument("data", "is needed: the model keeps no confusion matrix", data, "Give labelled rows.")
        return cls.from_matrix(kept["classes"], kept["matrix"], model.target.column, "test rows")

    def shares(self) -> NDArray[np.float64]:
        """Each count as a part of its row's sum; 0 for a class without rows."""
        totals = self.matrix.sum(axis=1, keepdims=True)
        return np.asarray(self.matrix / np.maximum(1, totals))

    @property
    def title(self) -> str:
        """Of what."""
        return f"Confusion matrix{f' of {label(self.column)}' if self.column else ''}: {self._rows()}"

    @property
    def note(self) -> str:
        """What is colored."""
        return "Color: share of the rows of the observed class. Outlined: mistakes. Empty cells have no rows."

    def inches(self) -> tuple[float, float]:
        """Larger for more classes."""
        side = min(9.0, 3.2 + 0.42 * len(self.classes))
        return side + 1.4, side

    def parts(self) -> Mapping[str, Numbers]:
        """Every count."""
        pairs = [(a, b) for a in range(len(self.classes)) for b in range(len(self.classes))]
        return {
            "matrix": {
                "observed": [self.classes[a] for a, _ in pairs],
                "predicted": [self.classes[b] for _, b in pairs],
                "rows": self.matrix.ravel(),
                "share": self.shares().ravel(),
            }
        }

    def description(self) -> str:
        """How many are right, and the most frequent mistake."""
        right, rows = int(np.trace(self.matrix)), int(self.matrix.sum())
        wrong = self.matrix - np.diag(np.diag(self.matrix))
        places = np.argwhere(wrong == wrong.max())
        pairs = [
            f"{in_short(self.classes[a])} predicted as {in_short(self.classes[b])}" for a, b in places[:MOST_NAMED]
        ]
        more = f" and {len(places) - MOST_NAMED} more pairs" if len(places) > MOST_NAMED else ""
        kind = "mistake" if len(places) == 1 else "mistakes"
        most = f" The most frequent {kind}, {wrong.max():,} rows{' each' if len(places) > 1 else ''}: "
        most += f"{', '.join(pairs)}{more}."
        return f"{right:,} of {rows:,} rows are predicted as what was observed.{most if wrong.any() else ''}"

    def draw(self, axes: Sequence[Axes], theme: Theme) -> None:
        """Cells with their counts."""
        (ax,) = axes
        n, shares = len(self.classes), self.shares()
        shown = ax.imshow(shares, cmap=colormap(theme, "count"), vmin=0, vmax=1, aspect="equal")
        names = [class_label(each, 16) for each in self.classes]
        every = range(0, n, max(1, -(-n // 25)))
        turned = sum(len(names[at]) for at in every) > 40
        where = {"rotation": 45, "ha": "right"} if turned else {"rotation": 0, "ha": "center"}
        ax.set_xticks(list(every), [names[at] for at in every], **where)
        ax.set_yticks(list(every), [names[at] for at in every])
        ax.set_xlabel("predicted")
        ax.set_ylabel("observed")
        for spine in ax.spines.values():
            spine.set_visible(False)
        if n <= 14:
            dark = theme.name == "dark"
            for a, b in zip(*np.nonzero(self.matrix), strict=True):
                if a != b:
                    around = 0.46 * np.array([[-1, 1, 1, -1, -1], [-1, -1, 1, 1, -1]])
                    ax.plot(b + around[0], a + around[1], color=theme.color(1), linewidth=1.3)
                strong = shares[a, b] > (0.75 if dark else 0.5)
                text = f"{self.matrix[a, b]:,}" + (f"\n{percent(float(shares[a, b]), 0)}" if n <= 6 else "")
                ax.text(b, a, text, ha="center", va="center", fontsize=9 if n <= 6 else 7.5,
                        color=theme.ground if strong else theme.ink)  # fmt: skip
        key(ax, shown, "share of the observed class")

    def _rows(self) -> str:
        count = int(self.matrix.sum())
        return (
            f"{count:,} {self.about or 'rows'}"
            if self.about in ("", "test rows")
            else f"{count:,} rows of {self.about}"
        )
