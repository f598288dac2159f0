"""Labelled rows for a picture, which is of classes or of numbers."""

from __future__ import annotations

from typing import Any

from wade.errors import InvalidArgument
from wade.model.evaluation.labelled import LabelledRows
from wade.model.model import Model, require_model
from wade.tables import Dialect
from wade.tables.columns.views import in_short


def labelled(
    model: Model, data: Any, dialect: Dialect | None = None, *, task: str
) -> tuple[LabelledRows, tuple[str, ...]]:
    """The predictions of a model for rows with their target, and warnings as sentences.

    Parameters
    ----------
    model : Model
    data, dialect
        As in `Model.evaluate`.
    task : "classes" or "numbers"
        What the picture needs.

    Raises
    ------
    InvalidArgument
        The target is of the other kind.
    DataError
        As in `Model.evaluate`.
    """
    require_model(model)
    is_number = model.target.task == "regression"
    if is_number != (task == "numbers"):
        has = "a number" if is_number else "classes"
        remedy = f"For {has}, draw {'residuals' if is_number else 'confusion, roc or reliability'}."
        raise InvalidArgument(
            "kind",
            f"needs a target of {task}, and {in_short(model.target.column)!r} has {has}",
            model.target.task,
            remedy,
        )
    rows, _, notes = model.labelled_outputs(data, dialect)
    return rows, tuple(note[:1].upper() + note[1:] for note in notes)
