"""The events of a training, and its history."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from math import isfinite
from typing import Any, Final, TypeAlias

from wade.documents.html import fragment
from wade.documents.structure import Chart, Document, Facts, Series
from wade.documents.wording import compact, counted
from wade.settings import Choice


@dataclass(frozen=True)
class EpochStarted:
    """An epoch begins, or what a checkpoint left of it.

    In all events `epoch` counts from 1, `epochs` is the maximum, and `seconds` are those since training began.
    """

    epoch: int
    epochs: int
    seconds: float


@dataclass(frozen=True)
class ChunkDone:
    """Some steps of an epoch are done: `rows_done` of its `rows` rows have been trained on.

    `loss` is the mean loss of the epoch so far, each batch taken before its own step.
    """

    epoch: int
    epochs: int
    rows_done: int
    rows: int
    loss: float
    seconds: float


@dataclass(frozen=True)
class ValidationDone:
    """The validation of an epoch is done; `EpochDone`, which follows, repeats its loss and metric."""

    epoch: int
    epochs: int
    loss: float
    metric: float | None
    seconds: float


@dataclass(frozen=True)
class EpochDone:
    """An epoch is done: every row has been trained on once more.

    Parameters
    ----------
    epoch, epochs, seconds
        As in `EpochStarted`.
    loss : float
        Mean loss over the training rows, each batch taken before its own step; over those that there was time for,
        where a time limit ended the epoch.
    validation_loss : float or None
        Mean loss over the validation rows after the epoch; None where there are none.
    metric : float or None
        The validation metric that epochs are selected by, where that is not the loss.
    learning_rate : float
        Of the epoch's last step.
    gradient_norm, update_ratio, dead_relus : float or None
        Diagnostics after the epoch (`training.diagnostics`): the length of the gradient on some rows, the length of a
        step with it as a part of the length of the weights, and the share of ReLUs that give 0 for all of these rows.
        None after most epochs that have few steps, and where there are no ReLUs.
    is_best : bool
        Whether no epoch before was better.
    """

    epoch: int
    epochs: int
    loss: float
    validation_loss: float | None
    metric: float | None
    learning_rate: float
    gradient_norm: float | None
    update_ratio: float | None
    dead_relus: float | None
    is_best: bool
    seconds: float

    @property
    def selection_loss(self) -> float:
        """What an epoch is selected by: the validation loss, or the training loss without validation rows."""
        return self.loss if self.validation_loss is None else self.validation_loss


@dataclass
class History:
    """The record of one training run.

    Parameters
    ----------
    engine : str
        The engine that ran.
    selected_by : str
        What epochs are selected by: "loss", or a metric of the validation rows.
    epochs : list of EpochDone
    best_epoch : int
        The epoch, counted from 1, whose parameters the network has now; 0 where no epoch was finished.
    stop_reason : str
        Why training ended, as a sentence.
    interrupted : bool
        Whether Ctrl-C ended it.
    seconds : float
    choices : name -> Choice
        The settings that were chosen automatically, and why.
    """

    engine: str
    selected_by: str = "loss"
    epochs: list[EpochDone] = field(default_factory=list)
    best_epoch: int = 0
    stop_reason: str = ""
    interrupted: bool = False
    seconds: float = 0.0
    choices: Mapping[str, Choice] = field(default_factory=dict)

    def __repr__(self) -> str:
        """As short as a prompt can show it; `epochs` and `to_dict` hold every number.

        Examples
        --------
        >>> History("native")
        History(engine='native', 0 epochs)
        """
        count = f"{len(self.epochs):,} epoch{'s' if len(self.epochs) != 1 else ''}"
        if self.best is None:
            return f"History(engine={self.engine!r}, {count})"
        loss = "loss" if self.best.validation_loss is None else "validation_loss"
        best = f"best_epoch={self.best_epoch}, {loss}={self.best.selection_loss:.4g}"
        return f"History(engine={self.engine!r}, {count}, {best})"

    def _repr_html_(self) -> str:
        """For notebooks: the losses by epoch, and why training ended."""
        epochs = self.to_dict()["epochs"]
        ended = Facts((("Kept", f"epoch {self.best_epoch}"), ("Ended because", self.stop_reason)))
        chart = [losses_chart(epochs, self.best_epoch)] if len(epochs) > 1 else []
        return fragment(Document(repr(self), (*chart, ended)))

    @property
    def best(self) -> EpochDone | None:
        """The epoch whose parameters the network has now."""
        return self.epochs[self.best_epoch - 1] if self.best_epoch else None

    def to_dict(self) -> dict[str, Any]:
        """The history as plain data for JSON, None where a number is not finite, which JSON lacks."""
        epochs = [
            {name: None if isinstance(value, float) and not isfinite(value) else value for name, value in epoch.items()}
            for epoch in map(asdict, self.epochs)
        ]
        return {**asdict(self), "epochs": epochs}


MOST_EPOCHS: Final = 400  # in a chart


def losses_chart(epochs: Sequence[Mapping[str, Any]], best: int, loss: str = "loss") -> Chart:
    """The training and the validation loss by epoch, from the epochs of `History.to_dict`; at least one.

    `loss` says what the loss is, and its unit.

    Examples
    --------
    >>> losses_chart([{"epoch": 1, "loss": 0.7, "validation_loss": None}], 1).summary
    'The training loss goes from 0.7000 to 0.7000 in 1 epoch; epoch 1 was kept.'
    """
    shown = epochs[:: -(-len(epochs) // MOST_EPOCHS)]
    x = tuple(float(one["epoch"]) for one in shown)
    series = [Series("training loss", x, tuple(one["loss"] for one in shown))]
    if any(one["validation_loss"] is not None for one in shown):
        series.append(Series("validation loss", x, tuple(one["validation_loss"] for one in shown)))
    first, last = (
        compact(y) if y is None or abs(y) >= 1000 else f"{y:.4f}" for y in (series[-1].y[0], series[-1].y[-1])
    )
    done = counted(len(epochs), "epoch")
    summary = f"The {series[-1].name} goes from {first} to {last} in {done}; epoch {best} was kept."
    marked = (float(best), f"epoch {best} kept") if best else None
    return Chart(f"{loss[:1].upper()}{loss[1:]} by epoch", "epoch", loss, tuple(series), summary, marked)


@dataclass(frozen=True)
class TrainingEnded:
    """Training has ended, for whatever reason: no event follows, and the history is complete."""

    history: History


Event: TypeAlias = EpochStarted | ChunkDone | ValidationDone | EpochDone | TrainingEnded
Listener: TypeAlias = Callable[[Event], Any]
