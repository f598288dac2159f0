"""Learning: losses over the epochs with the one that is kept, and what the steps looked like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np

from wade.errors import InvalidArgument
from wade.metrics import METRICS
from wade.model.model import Model, require_model
from wade.pictures.backend import Axes
from wade.pictures.display import Display, Numbers
from wade.pictures.labels import number
from wade.pictures.marks import legend
from wade.pictures.theme import Theme
from wade.training import History

USUAL_RATIO: Final = 1e-3
"""An update of about a thousandth of the weights is usual (Karpathy, CS231n)."""
DECADE: Final = 10.0
STEPS: Final = {
    "learning_rate": "learning rate",
    "gradient_norm": "gradient norm",
    "update_ratio": "update / weights",
    "dead_relus": "share of dead ReLUs",
}


@dataclass(eq=False, repr=False)
class LearningDisplay(Display):
    """Training and validation loss after each epoch, and the epoch whose parameters are kept.

    Parameters
    ----------
    epochs : list of dict
        What `EpochDone` holds of each epoch.
    best_epoch : int
        Counted from 1.
    selected_by : str
        What epochs are selected by: "loss", or a metric.

    Examples
    --------
    >>> from wade import Network, train
    >>> history = train(Network(1, hidden=(), seed=0), [[0.0], [1.0]], [0, 1], epochs=3, learning_rate=0.1)
    >>> display = LearningDisplay.from_history(history)
    >>> display.parts()["epochs"]["loss"] == [epoch.loss for epoch in history.epochs]
    True
    """

    epochs: list[dict[str, Any]]
    best_epoch: int
    selected_by: str = "loss"
    size: ClassVar[tuple[float, float]] = (6.4, 3.9)

    @classmethod
    def from_history(cls, history: History) -> LearningDisplay:
        """Of a training."""
        return cls(_checked(history.to_dict()["epochs"]), history.best_epoch, history.selected_by)

    @classmethod
    def from_model(cls, model: Model) -> LearningDisplay:
        """Of the training that made a model."""
        require_model(model)
        report = model.report
        return cls(_checked(report.get("history")), report.get("best_epoch", 0), report.get("selected_by", "loss"))

    @property
    def title(self) -> str:
        """Loss by epoch."""
        return "Training and validation loss by epoch"

    @property
    def note(self) -> str:
        """Which epoch is kept, and when the training loss is measured."""
        kept = f"Epoch {self.best_epoch:,} is kept, selected by {self._selection()}."
        return f"{kept} The training loss is the mean over an epoch, while the network still changes."

    def panels(self) -> tuple[int, int]:
        """The metric has a panel of its own."""
        return (2, 1) if self._has_metric() else (1, 1)

    def inches(self) -> tuple[float, float]:
        """Taller where there is a metric."""
        return (6.4, 5.6) if self._has_metric() else self.size

    def parts(self) -> Mapping[str, Numbers]:
        """Losses and metric of each epoch."""
        known = {name: [epoch[name] for epoch in self.epochs] for name in ("loss", "validation_loss", "metric")}
        columns = {name: values for name, values in known.items() if any(value is not None for value in values)}
        return {"epochs": {"epoch": [epoch["epoch"] for epoch in self.epochs], **columns}}

    def description(self) -> str:
        """From where to where, and the kept epoch."""
        first, last, best = self.epochs[0], self.epochs[-1], self._best()
        found = [f"The training loss goes from {_short(first['loss'])} to {_short(last['loss'])}"]
        if last["validation_loss"] is not None:
            found.append(f"the validation loss from {_short(first['validation_loss'])} to ")
            found[-1] += f"{_short(last['validation_loss'])}, {_short(best['validation_loss'])} at the kept epoch"
        return f"{len(self.epochs)} epochs. {', '.join(found)}. {self.note}"

    def draw(self, axes: Sequence[Axes], theme: Theme) -> None:
        """The curves, and a mark at the kept epoch."""
        x, numbers = [epoch["epoch"] for epoch in self.epochs], self.parts()["epochs"]
        few = len(x) <= 40
        for at, (name, text) in enumerate((("loss", "training"), ("validation_loss", "validation"))):
            if name in numbers:
                marker = theme.marker(at) if few else None
                y = _floats(numbers[name])
                axes[0].plot(x, y, theme.line(at), color=theme.color(at), marker=marker, markersize=3.5, label=text)
        self._keep(axes[0], theme, "validation_loss" if "validation_loss" in numbers else "loss")
        axes[0].set_ylabel("loss")
        legend(axes[0])
        if self._has_metric():
            axes[1].plot(x, _floats(numbers["metric"]), theme.line(2), color=theme.color(2), label="validation")
            axes[1].set_ylabel(self._selection())
            self._keep(axes[1], theme, "metric")
        for ax in axes:
            ax.grid(axis="y")
            ax.xaxis.get_major_locator().set_params(integer=True)
        axes[-1].set_xlabel("epoch")

    def _keep(self, ax: Axes, theme: Theme, name: str) -> None:
        best = self._best()
        if best[name] is None:
            return
        ax.axvline(self.best_epoch, color=theme.ink, linewidth=0.8, linestyle=":")
        ax.plot(
            [self.best_epoch], [best[name]], marker="*", markersize=12, color=theme.ink, linestyle="none", label="kept"
        )

    def _best(self) -> dict[str, Any]:
        return self.epochs[max(1, self.best_epoch) - 1]

    def _has_metric(self) -> bool:
        return any(epoch["metric"] is not None for epoch in self.epochs)

    def _selection(self) -> str:
        known = METRICS[self.selected_by].label if self.selected_by in METRICS else self.selected_by
        return known if known != "loss" else "the loss"


@dataclass(eq=False, repr=False)
class StepsDisplay(Display):
    """The steps of a training, epoch by epoch: learning rate, gradient norm, update-to-weight ratio, dead ReLUs."""

    epochs: list[dict[str, Any]]

    @classmethod
    def from_history(cls, history: History) -> StepsDisplay:
        """Of a training."""
        return cls(_checked(history.to_dict()["epochs"]))

    @classmethod
    def from_model(cls, model: Model) -> StepsDisplay:
        """Of the training that made a model."""
        require_model(model)
        return cls(_checked(model.report.get("history")))

    @property
    def title(self) -> str:
        """What is shown."""
        return "Steps of the training: learning rate, gradient and update by epoch"

    @property
    def note(self) -> str:
        """What is usual."""
        return (
            "Dotted line: an update of 10⁻³ of the weights is usual. Axes are logarithmic where values differ by more "
            "than a factor of ten."
        )

    def panels(self) -> tuple[int, int]:
        """One below the other."""
        return len(self._known()), 1

    def inches(self) -> tuple[float, float]:
        """So tall that each has room."""
        return 6.4, 1.1 + 1.35 * len(self._known())

    def parts(self) -> Mapping[str, Numbers]:
        """Every number of each epoch; None where it was not computed."""
        columns = {name: [epoch.get(name) for epoch in self.epochs] for name in self._known()}
        return {"epochs": {"epoch": [epoch["epoch"] for epoch in self.epochs], **columns}}

    def description(self) -> str:
        """From where to where each goes."""
        found = []
        for name in self._known():
            values = [epoch[name] for epoch in self.epochs if epoch.get(name) is not None]
            found.append(f"{STEPS[name]} from {number(values[0], 3)} to {number(values[-1], 3)}")
        return f"{len(self.epochs)} epochs: {'; '.join(found)}."

    def draw(self, axes: Sequence[Axes], theme: Theme) -> None:
        """A panel for each."""
        for at, (ax, name) in enumerate(zip(axes, self._known(), strict=True)):
            known = [(epoch["epoch"], epoch[name]) for epoch in self.epochs if epoch.get(name) is not None]
            x, y = np.asarray(known, np.float64).T
            few = len(x) <= 40
            ax.plot(x, y, color=theme.color(at), marker=theme.marker(at) if few else None, markersize=3.5)
            ax.set_ylabel(STEPS[name], fontsize=8)
            ax.grid(axis="y")
            if name == "dead_relus":
                ax.set_ylim(-0.03, 1.03)
            elif y.min() > 0 and y.max() > DECADE * y.min():
                ax.set_yscale("log")
            else:
                ax.set_ylim(0, 1.1 * float(y.max()) or 1.0)
            if name == "update_ratio":
                ax.axhline(USUAL_RATIO, color=theme.ink, linewidth=0.9, linestyle=":")
            ax.set_xlim(0.5, len(self.epochs) + 0.5)
            if ax is not axes[-1]:
                ax.tick_params(labelbottom=False)
        axes[-1].set_xlabel("epoch")

    def _known(self) -> list[str]:
        return [name for name in STEPS if any(epoch.get(name) is not None for epoch in self.epochs)]


def _checked(epochs: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    if not epochs:
        remedy = "Train again, for one epoch or more: this model or history keeps none."
        raise InvalidArgument("history", "must hold at least one epoch", epochs, remedy)
    return epochs


def _floats(values: Sequence[Any]) -> list[float]:
    return [float("nan") if value is None else float(value) for value in values]


def _short(value: Any) -> str:
    return "a number that is not finite" if value is None else number(float(value))
