"""What a network learns from and is judged by: the parts of a table, encoded, in memory or on disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wade.model.preparation.memory import Plan
from wade.settings import Choice
from wade.tables import Dialect, Encoder, Schema, Target
from wade.tables.splitting.train_test import SplitSummary
from wade.training.rows import RowSource
from wade.types import Rows


@dataclass(frozen=True)
class PreparedData:
    """Encoded rows, how they are split, and everything that is needed to read another table in the same way.

    Parameters
    ----------
    name : what messages call the table
    schema, encoder, target : fitted on the training rows
    split : how many rows each part has, and why
    parts : "train", "validation", "test" → their rows as the network reads them, and what it should answer
    base_rate : of the training rows, as `base_rate` finds it
    missing : texts that stand for a missing value
    dialect : how the table's text was written; None: it was no text
    notes : what a user should be told about how it was read
    memory : whether the rows are in memory or on disk, and why
    choices : what was chosen of how it is read where nobody had said it, and why
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


def base_rate(target: Target, rows_of_class: Rows) -> list[float]:
    """Of the training rows: the share of the second of two classes, of each of many, or the mean of the numbers."""
    if target.task == "regression":
        return [target.mean]
    shares = [float(share) for share in rows_of_class / rows_of_class.sum()]
    return shares if target.task == "multiclass" else shares[1:]
