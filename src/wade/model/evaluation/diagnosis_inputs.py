"""What a diagnosis asks about: errors on the rows that taught a network and on those that did not, and its training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

import numpy as np

from wade.engines import Engine
from wade.metrics.weighted import Doubles
from wade.model.evaluation.diagnosis import Course, Errors, diagnose
from wade.model.evaluation.outputs import constant_outputs, outputs_and_targets, row_losses, sample_rows
from wade.model.preparation.prepared_data import PreparedData
from wade.network import Network
from wade.tables import Target
from wade.training.rows import RowSource
from wade.types import Array

TrainAndValidation: TypeAlias = tuple[RowSource, RowSource]

MOST_ROWS: Final = 50_000
"""Of the training rows so many are looked at, drawn at random: the validation rows are no more."""


def diagnosis_of(
    prepared: PreparedData, network: Network, plain: Network | None, facts: Mapping[str, Any], engine: Engine
) -> dict[str, Any]:
    """The diagnosis of a network that was trained on a prepared, as `diagnosis.diagnose` gives it.

    Parameters
    ----------
    prepared : PreparedData
    network, plain : Network
        The network, and one without hidden layers; None where there is none.
    facts : mapping
        Of the report: "settings", "history", "epochs", "best_epoch", "interrupted" and "split".
    engine : Engine
    """
    rows = rows_of(prepared, facts["settings"]["seed"])
    course = Course(
        hidden=network.hidden,
        epochs=facts["epochs"],
        validation_losses=[epoch["validation_loss"] for epoch in facts["history"]],
        ended_at_its_best=facts["epochs"] == facts["best_epoch"],
        dropout=network.dropout,
        members=network.members,
        weight_decay=facts["settings"]["weight_decay"],
        later=facts["split"]["how"] == "time",
    )
    return diagnose(
        errors_of(prepared.target, network, rows, engine),
        base_errors_of(prepared, rows),
        errors_of(prepared.target, plain, rows, engine) if plain is not None and network.hidden else None,
        course,
        prepared.target.task,
    )


def rows_of(prepared: PreparedData, seed: int) -> TrainAndValidation:
    """The training rows, of many a random part, and the validation rows."""
    return sample_rows(prepared.parts["train"], MOST_ROWS, seed), prepared.parts["validation"]


def errors_of(target: Target, network: Network, rows: TrainAndValidation, engine: Engine) -> Errors:
    """The loss of each row of the network's answers."""
    own, new = (row_losses(target, *outputs_and_targets(network, each, engine)) for each in rows)
    return Errors(own, new)


def base_errors_of(prepared: PreparedData, rows: TrainAndValidation) -> Errors:
    """The loss of each row of always answering the base rate."""

    def of(y: Array) -> Doubles:
        return row_losses(prepared.target, constant_outputs(prepared.target, prepared.base_rate, len(y)), y)

    own, new = (np.concatenate([of(y) for _, y, _ in each.blocks()]) for each in rows)
    return Errors(own, new)
