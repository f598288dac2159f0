"""Labelled rows for a picture, which is of classes or of numbers."""

from __future__ import annotations

from typing import Any, NamedTuple

from wade.errors import InvalidArgument
from wade.metrics.weighted import Doubles
from wade.model.evaluation.labelled import LabelledRows
from wade.model.model import Model, require_model
from wade.pictures.labels import class_label, label
from wade.tables import Dialect
from wade.tables.columns.views import in_short


class MarkedRow(NamedTuple):
    """A row to mark: "row 17", what was observed of it, and its predicted probability."""

    short: str
    observed: str
    share: float

    @property
    def name(self) -> str:
        """With what was observed."""
        return f"{self.short} ({self.observed})"


class Labelled(NamedTuple):
    """Rows with their predictions, warnings, and where the row to mark is among them, None where there is none."""

    rows: LabelledRows
    notes: tuple[str, ...]
    row: int | None = None
    place: int | None = None

    def marked(self, shares: Doubles) -> MarkedRow | None:
        """The row to mark with one of these probabilities of the rows."""
        if self.place is None:
            return None
        target = self.rows.target
        observed = class_label(target.classes[int(self.rows.observed[self.place])])
        name = f"observed {label(target.column)} = {observed}"
        return MarkedRow(f"row {self.row:,}", name, float(shares[self.place]))


def labelled(model: Model, data: Any, dialect: Dialect | None = None, *, task: str, row: int | None = None) -> Labelled:
    """The predictions of a model for rows with their target, and warnings as sentences.

    Parameters
    ----------
    model : Model
    data, dialect
        As in `Model.evaluate`.
    task : "classes" or "numbers"
        What the picture needs.
    row : int, ≥ 1, optional
        The row to mark, as the table counts.

    Raises
    ------
    InvalidArgument
        The target is of the other kind, or there is no such row.
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
    opened = model.open_labelled(data, dialect)
    place = None if row is None else opened.place_of(row)
    rows, _, notes = model.labelled_outputs(opened)
    return Labelled(rows, tuple(note[:1].upper() + note[1:] for note in notes), row, place)
