"""Prepared data: the training, validation and test rows of a table, encoded, in memory or on disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from wade.model.preparation.memory import Plan
from wade.settings import Choice
from wade.tables import Dialect, Encoder, Schema, Target
from wade.tables.encoding.unseen import Unseen
from wade.tables.splitting.train_test import SplitSummary
from wade.training.rows import RowSource
from wade.types import Rows


@dataclass(frozen=True)
class PreparedData:
    """Encoded rows, their split, and everything needed to read another table in the same way.

    `parts` are "train", "validation" and "test". Schema, encoder, target and `base_rate` are of the training rows.
    `choices` are the automatic ones, `notes` the warnings from reading; `unseen` has the values without a code of the
    validation and of the test rows; `of_rows` is the number of rows with a target that the rows used were drawn from.
    """

    name: str
    schema: Schema
    encoder: Encoder
    target: Target
    split: SplitSummary
    parts: Mapping[str, RowSource]
    base_rate: list[float]
    missing: tuple[str, ...]
    dialect: Dialect | None
    notes: tuple[str, ...]
    memory: Plan
    choices: Mapping[str, Choice]
    unseen: Mapping[str, tuple[Unseen, ...]]
    of_rows: int

    def facts(self) -> dict[str, Any]:
        """What a model's report keeps of the data, as plain JSON data."""
        return {
            "data": self.name,
            "rows": self.split.train + self.split.validation + self.split.test,
            "of_rows": self.of_rows,
            "columns": len(self.schema.columns),
            "target": self.target.column,
            "task": self.target.task,
            "base_rate": self.base_rate,
            "split": asdict(self.split),
        }


def base_rate(target: Target, rows_of_class: Rows) -> list[float]:
    """The constant prediction: the share of the second of two classes, of each of many, or the mean of the numbers."""
    if target.task == "regression":
        return [target.mean]
    shares = [float(share) for share in rows_of_class / rows_of_class.sum()]
    return shares if target.task == "multiclass" else shares[1:]
