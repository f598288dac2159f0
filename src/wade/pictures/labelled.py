"""Predictions of a model for labelled rows, read once: what the pictures of its quality are computed from."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wade.engines import Task, choose_engine
from wade.errors import InvalidArgument
from wade.metrics.classification import class_probabilities
from wade.model.evaluation.outputs import class_code, class_codes, network_outputs
from wade.model.model import Model, require_model
from wade.tables import Dialect, Target
from wade.tables.columns.views import in_short


class Labelled(NamedTuple):
    """Observed and predicted: class codes and probabilities (n, n_classes), or numbers in the target's unit.

    `name` is the table's; `notes` are warnings, such as that the model was trained on these rows.
    """

    target: Target
    observed: NDArray[Any]
    predicted: NDArray[np.float64]
    name: str
    notes: tuple[str, ...]

    def scores_of(self, of: Any = None) -> tuple[NDArray[np.float64], NDArray[np.bool_], str]:
        """Of one class: its probability for each row, whether the row has it, and its name.

        None: the second of two classes; of more, one has to be given.
        """
        if of is None and len(self.target.classes) > 2:
            names = ", ".join(in_short(each) for each in self.target.classes[:6])
            raise InvalidArgument("of", "must be one of the classes", of, f"They are {names}.")
        code = 1 if of is None else class_code(self.target, "of", of)
        name = f"{self.target.column} = {in_short(self.target.classes[code])}"
        return self.predicted[:, code], np.asarray(self.observed == code), name


def labelled(model: Model, data: Any, dialect: Dialect | None = None, *, task: str = "") -> Labelled:
    """The predictions of a model for rows with their target.

    Parameters
    ----------
    model : Model
    data, dialect
        As in `Model.evaluate`.
    task : "classes", "numbers" or ""
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
    if task and is_number != (task == "numbers"):
        has = "a number" if is_number else "classes"
        remedy = f"For {has}, draw {'residuals' if is_number else 'confusion, roc or reliability'}."
        raise InvalidArgument(
            "kind",
            f"needs a target of {task}, and {in_short(model.target.column)!r} has {has}",
            model.target.task,
            remedy,
        )
    table, name, notes = model.open_labelled(data, dialect)
    X, y = model.encoder.encode(table, name), model.target.encode(table, name)
    outputs = network_outputs(model.network, X, choose_engine(task=Task(model.network)))
    found = tuple(note[:1].upper() + note[1:] for note in (*notes, *model.trained_on(X, y)))
    if is_number:
        decode = model.target.decode_number
        return Labelled(model.target, decode(y[:, 0]), decode(outputs[:, 0]), name, found)
    return Labelled(model.target, class_codes(model.target, y), class_probabilities(outputs), name, found)
