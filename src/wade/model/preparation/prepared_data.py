"""Prepared data: the training, validation and test rows of a table, encoded, in memory or on disk."""

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
    """Encoded rows, their split, and everything needed to read another table in the same way.

    Parameters
    ----------
    name : of the table in messages
    schema, encoder, target : fitted on the training rows
    split : the size of each part, and why
    parts : "train", "validation", "test" → encoded inputs and targets
    base_rate : of the training rows, see `base_rate`
    missing : texts that stand for a missing value
    dialect : how the table was written as text; None: it was not
    notes : warnings from reading it
    memory : whether the rows are in memory or on disk, and why
    choices : automatic choices, and why
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
    """The constant prediction: the share of the second of two classes, of each of many, or the mean of the numbers."""
    if target.task == "regression":
        return [target.mean]
    shares = [float(share) for share in rows_of_class / rows_of_class.sum()]
    return shares if target.task == "multiclass" else shares[1:]
