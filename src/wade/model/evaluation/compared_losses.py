"""The losses that a diagnosis compares: of each training and validation row, of a network and of a baseline."""

from __future__ import annotations

from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np

from wade.engines import Engine
from wade.metrics.intervals import estimate, mean_interval
from wade.metrics.weighted import Doubles
from wade.model.evaluation.outputs import constant_outputs, outputs_and_targets, row_losses
from wade.model.preparation.prepared_data import PreparedData
from wade.network import Network
from wade.tables import Target
from wade.training.rows import RowSource, sample_rows
from wade.types import Array

TrainAndValidation: TypeAlias = tuple[RowSource, RowSource]

MOST_ROWS: Final = 50_000
"""At most this many training rows are evaluated, drawn at random: there are no more validation rows."""


class Losses(NamedTuple):
    """The loss of each row, on training rows and on validation rows."""

    train: Doubles
    validation: Doubles

    def to_dict(self) -> dict[str, Any]:
        """Both means with their intervals, as plain data."""
        return {name: estimate(*mean_interval(losses)) for name, losses in self._asdict().items()}


def rows_to_compare(prepared: PreparedData, seed: int) -> TrainAndValidation:
    """The training rows, or of many a random sample, and the validation rows."""
    return sample_rows(prepared.parts["train"], MOST_ROWS, seed), prepared.parts["validation"]


def network_losses(target: Target, network: Network, rows: TrainAndValidation, engine: Engine) -> Losses:
    """The network's loss of each row."""
    return Losses(*(row_losses(target, *outputs_and_targets(network, each, engine)) for each in rows))


def constant_losses(prepared: PreparedData, rows: TrainAndValidation) -> Losses:
    """The constant baseline's loss of each row."""

    def losses(y: Array) -> Doubles:
        return row_losses(prepared.target, constant_outputs(prepared.target, prepared.base_rate, len(y)), y)

    return Losses(*(np.concatenate([losses(y) for _, y, _ in each.blocks()]) for each in rows))


def is_positive(differences: Doubles) -> bool:
    """Whether the mean difference is above 0, beyond chance."""
    _, interval = mean_interval(differences)
    return interval is not None and interval[0] > 0


def share_left(network: Doubles, constant: Doubles) -> float:
    """The network's loss as a share of the constant baseline's."""
    return float(network.mean() / constant.mean()) if constant.mean() > 0 else 0.0


def slope_on(network: Losses, constant: Losses) -> float:
    """The slope of the network's loss on the constant baseline's from row to row, within both sets of rows."""
    pairs = list(zip(network, constant, strict=True))
    spread = sum(float(((b - b.mean()) ** 2).sum()) for _, b in pairs)
    return sum(float(((b - b.mean()) * (e - e.mean())).sum()) for e, b in pairs) / spread if spread > 0 else 0.0
