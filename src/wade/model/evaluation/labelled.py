"""Rows whose target is known, with a network's outputs for them: what everything about its quality is computed from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wade.engines import Task, choose_engine
from wade.errors import InvalidArgument
from wade.metrics.classification import class_probabilities
from wade.metrics.weighted import Doubles
from wade.model.evaluation.outputs import class_code, class_codes, network_outputs, row_losses
from wade.network import Network
from wade.tables import Encoder, Target
from wade.tables.columns.views import in_short
from wade.types import Array, Floats, Inputs


@dataclass(frozen=True, eq=False)
class LabelledRows:
    """Encoded rows and targets, and the network's outputs for them.

    Parameters
    ----------
    target : Target
    X : Inputs
    y : array
        As `Target.encode` gives it.
    outputs : array (n, n_outputs)
        The activations of the last layer.
    engine : str
        The one that ran.
    name : str
        The table's, in messages.
    """

    target: Target
    X: Inputs
    y: Array
    outputs: Floats
    engine: str
    name: str

    def __len__(self) -> int:
        """How many rows."""
        return len(self.y)

    @cached_property
    def observed(self) -> NDArray[Any]:
        """Class codes, or numbers in the target's unit, (n,)."""
        if self.target.task == "regression":
            return self.target.decode_number(self.y[:, 0])
        return class_codes(self.target, self.y)

    @cached_property
    def predicted(self) -> Doubles:
        """A probability for each class, (n, n_classes), or numbers in the target's unit, (n,)."""
        if self.target.task == "regression":
            return self.target.decode_number(self.outputs[:, 0])
        return class_probabilities(self.outputs)

    @cached_property
    def losses(self) -> Doubles:
        """The loss of each row, as `row_losses` defines it."""
        return row_losses(self.target, self.outputs, self.y)

    def scores_of(self, of: Any = None) -> tuple[Doubles, NDArray[np.bool_], str]:
        """Of one class: its probability for each row, whether the row has it, and its name.

        None: the second of two classes; of more, InvalidArgument: one has to be given.
        """
        if of is None and len(self.target.classes) > 2:
            names = ", ".join(in_short(each) for each in self.target.classes[:6])
            raise InvalidArgument("of", "must be one of the classes", of, f"They are {names}.")
        code = 1 if of is None else class_code(self.target, "of", of)
        name = f"{self.target.column} = {in_short(self.target.classes[code])}"
        return self.predicted[:, code], np.asarray(self.observed == code), name


def predict_labelled(network: Network, encoder: Encoder, target: Target, table: pa.Table, name: str) -> LabelledRows:
    """Encode rows that have a target, and run the network on them; Diverged where an output is not finite."""
    engine = choose_engine(task=Task(network))
    X, y = encoder.encode(table, name), target.encode(table, name)
    return LabelledRows(target, X, y, network_outputs(network, X, engine), engine.name, name)
