"""Cost of a decision: what acting from each threshold on costs per row, given what mistakes cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from wade.metrics.weighted import Doubles
from wade.model.evaluation.costs import Costs
from wade.model.evaluation.decisions import amount, best_threshold, check_decision, class_to_act_on
from wade.model.evaluation.thresholds import ThresholdSweep, sweep_thresholds
from wade.model.model import Model
from wade.pictures.backend import Axes
from wade.pictures.display import Display, Numbers
from wade.pictures.labelled import labelled
from wade.pictures.labels import label, label_note
from wade.pictures.marks import legend
from wade.pictures.theme import Theme
from wade.tables import Dialect


@dataclass(eq=False, repr=False)
class CostDisplay(Display):
    """The cost per row of acting from each threshold on, given what mistakes cost.

    Parameters
    ----------
    swept : ThresholdSweep
    costs : array
        The cost of acting where the probability is at least each threshold.
    prices : Costs
    best : float
        The threshold that is cheapest on these rows: an optimistic one, because it was chosen on them.
    """

    swept: ThresholdSweep
    costs: Doubles
    prices: Costs
    best: float
    of: str
    currency: str = ""
    notes: tuple[str, ...] = ()
    threshold: float | None = None

    @classmethod
    def from_model(
        cls,
        model: Model,
        data: Any,
        cost_false_alarm: float,
        cost_miss: float,
        *,
        act_on: Any = None,
        currency: str = "",
        threshold: float | None = None,
        dialect: Dialect | None = None,
    ) -> CostDisplay:
        """Of a model on labelled rows; arguments as in `Model.decide`, `threshold` is one to mark."""
        prices = Costs(cost_false_alarm, cost_miss)
        class_to_act_on(model.target, act_on)
        check_decision(prices, threshold, None)
        found = labelled(model, data, dialect, task="classes")
        shares, y, name = found.rows.scores_of(act_on)
        display = cls.from_predictions(shares, y, prices, of=name, currency=currency, notes=found.notes)
        display.threshold = threshold
        return display

    @classmethod
    def from_predictions(
        cls,
        shares: Any,
        y: Any,
        prices: Costs,
        *,
        of: str = "the class",
        currency: str = "",
        notes: tuple[str, ...] = (),
    ) -> CostDisplay:
        """Of predicted probabilities and whether each row needs acting on.

        Examples
        --------
        >>> display = CostDisplay.from_predictions([0.9, 0.6, 0.2, 0.1], [True, False, True, False], Costs(50, 150))
        >>> display.never, display.always, display.cost_at(0.25)
        (75.0, 25.0, 50.0)
        """
        shares, y = np.asarray(shares, np.float64), np.asarray(y, bool)
        swept, order = sweep_thresholds(shares, y), np.argsort(-shares, kind="stable")
        best = best_threshold(shares[order], y[order], prices)
        return cls(swept, prices.of_thresholds(swept), prices, best, of, currency, notes)

    @property
    def never(self) -> float:
        """The cost per row of acting on none."""
        return float(self.costs[0])

    @property
    def always(self) -> float:
        """The cost per row of acting on every one."""
        return float(self.costs[-1])

    def cost_at(self, threshold: float) -> float:
        """The cost per row of acting from this probability on."""
        return float(self.costs[self.swept.place(threshold)])

    @property
    def title(self) -> str:
        """Of which class."""
        return f"Cost per row of acting on {label(self.of)}, by threshold"

    @property
    def note(self) -> str:
        """The threshold that follows from the costs."""
        t = self.prices.threshold
        alarm, miss = self._money(self.prices.false_alarm), self._money(self.prices.miss)
        derived = (
            f"A false alarm costs {alarm}, a miss {miss}: acting pays from the probability t* = false alarm / (false "
            f"alarm + miss) = {t:.3g} on, which costs {self._money(self.cost_at(t))} per row."
        )
        marked = [] if self.threshold is None else [f"{self._marked()}."]
        tuned = "It was not tuned on these rows; the lowest point was."
        return " ".join([derived, tuned, *marked, *map(label_note, self.notes)])

    def _marked(self) -> str:
        """What the threshold to mark costs."""
        assert self.threshold is not None
        return f"Threshold {self.threshold:g}: {self._money(self.cost_at(self.threshold))}"

    def parts(self) -> Mapping[str, Numbers]:
        """The curve, from the lowest threshold on."""
        return {"curve": {"threshold": self.swept.thresholds[::-1], "cost per row": self.costs[::-1]}}

    def description(self) -> str:
        """What each policy costs."""
        acts = "never" if not np.isfinite(self.best) else f"from {self.best:.3g} on"
        return (
            f"Per row on {self.swept.rows:,} rows: never acting {self._money(self.never)}, always acting "
            f"{self._money(self.always)}, cheapest on these rows {self._money(float(self.costs.min()))} ({acts}). "
            f"{self.note}"
        )

    def draw(self, axes: Sequence[Axes], theme: Theme) -> None:
        """The curve, with t* and the two constant policies."""
        (ax,) = axes
        x, y = np.minimum(1.0, self.swept.thresholds[::-1]), self.costs[::-1]
        x, y = np.concatenate([[0.0], x, [1.0]]), np.concatenate([[y[0]], y, [y[-1]]])
        ax.step(x, y, where="post", color=theme.color(0), rasterized=len(x) > 1000)
        ax.axhline(
            self.never, color=theme.color(5), linestyle="--", linewidth=1, label=f"never act: {self._money(self.never)}"
        )
        ax.axhline(
            self.always,
            color=theme.color(3),
            linestyle="-.",
            linewidth=1,
            label=f"always act: {self._money(self.always)}",
        )
        t = self.prices.threshold
        text = f"t* = {t:.3g}, from the costs: {self._money(self.cost_at(t))}"
        ax.plot(t, self.cost_at(t), marker="D", markersize=11, linestyle="none", color=theme.color(1), label=text,
                markerfacecolor="none", markeredgewidth=2)  # fmt: skip
        if np.isfinite(self.best):
            low = float(self.costs.min())
            text = f"lowest on these rows, {self.best:.3g}: {self._money(low)}"
            ax.plot(self.best, low, marker="*", markersize=8, linestyle="none", color=theme.ink, label=text)
        if self.threshold is not None:
            ax.plot(self.threshold, self.cost_at(self.threshold), marker="s", markersize=9, linestyle="none",
                    color=theme.color(2), label=self._marked())  # fmt: skip
        ax.set_xlim(0, 1)
        ax.set_ylim(0, None)
        ax.set_xlabel("act where the probability is at least")
        ax.set_ylabel(f"cost per row{f' ({label(self.currency)})' if self.currency else ''}")
        ax.grid(axis="y")
        legend(ax, outside=True)

    def _money(self, value: float) -> str:
        return f"{amount(value)}{f' {label(self.currency)}' if self.currency else ''}"
