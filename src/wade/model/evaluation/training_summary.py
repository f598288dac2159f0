"""What a diagnosis needs to know of a training, beside the losses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wade.model.preparation.prepared_data import PreparedData
from wade.network import Network, is_linear
from wade.settings.automatic import epochs_for
from wade.training.automatic import usual_rate


@dataclass(frozen=True)
class TrainingSummary:
    """The facts about a training that a diagnosis needs; `validation_losses` are those after each epoch.

    `best_was_last`: the last epoch was the best, so that only the number of epochs, or a limit, ended training.
    `by_time`: the validation rows are later than the training rows. `learning_rate`: None where a sweep chose it; else
    as a multiple of the optimizer's usual one. `fewer_epochs`: fewer were asked for than `auto` takes.
    """

    hidden: tuple[int, ...]
    epochs: int
    validation_losses: list[float]
    best_was_last: bool
    dropout: float
    members: int
    weight_decay: float
    by_time: bool
    activation: str = "relu"
    learning_rate: float | None = None
    fewer_epochs: bool = False

    @property
    def is_linear(self) -> bool:
        """Whether the outputs, before their activation, are linear in the encoded columns."""
        return is_linear(self.hidden, self.activation)


def summarize_training(prepared: PreparedData, network: Network, facts: Mapping[str, Any]) -> TrainingSummary:
    """The summary of a training, of which `facts` are those of the report."""
    usual_epochs = epochs_for(len(prepared.parts["train"]), facts["settings"]["batch_size"])
    return TrainingSummary(
        hidden=network.hidden,
        epochs=facts["epochs"],
        validation_losses=[epoch["validation_loss"] for epoch in facts["history"]],
        best_was_last=facts["epochs"] == facts["best_epoch"],
        dropout=network.dropout,
        members=network.members,
        weight_decay=facts["settings"]["weight_decay"],
        by_time=facts["split"]["how"] == "time",
        activation=network.activation,
        learning_rate=None
        if "learning_rate" in facts["choices"]
        else facts["settings"]["learning_rate"]
        / usual_rate(facts["settings"]["optimizer"], network.hidden, network.members, facts["split"]["train"]),
        fewer_epochs="epochs" not in facts["choices"] and facts["epochs"] < usual_epochs.value,
    )
