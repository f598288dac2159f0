"""A model from a file: its parts are checked against each other before anything large is made."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from wade.errors import ModelFileError
from wade.model.file import read_file
from wade.model.model import Model, shape_of_answer
from wade.network import Architecture, Network
from wade.tables import Dialect, Encoder, Schema, Target
from wade.types import Array


def load(path: str | os.PathLike[str]) -> Model:
    """Read a model from a `.wade` file.

    Parameters
    ----------
    path : str or path
        As `Model.save` wrote it.

    Returns
    -------
    Model
        It predicts bit for bit what the saved one did.

    Raises
    ------
    ModelFileError
        The file is missing, is not a model file, is damaged, or comes from a newer version of wade.
    """
    parameters, document = read_file(path)
    try:
        return _assembled(parameters, document)
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
        problem = f"its parts do not make a model ({error})"
        raise ModelFileError(os.fspath(path), problem, "Train the model again.") from error


def _assembled(parameters: dict[str, Array], document: dict[str, Any]) -> Model:
    """The model that a file describes; every part is checked against the others before anything large is made."""
    architecture = Architecture.from_dict(document["network"])
    found = {name: (values.shape, values.dtype.name) for name, values in parameters.items()}
    if found != {name: (shape, architecture.dtype) for name, shape in architecture.shapes.items()}:
        raise ValueError("the parameters are not those of the network")
    theta = np.concatenate([parameters[name].ravel() for name in architecture.shapes])
    if not np.isfinite(theta).all():
        raise ValueError("a parameter is not a finite number")
    encoder, target = Encoder.from_dict(document["encoder"]), Target.from_dict(document["target"])
    base_rate = np.asarray(document["report"]["base_rate"], np.float64)
    if encoder.layout != architecture.inputs:
        raise ValueError("the encoder does not make what the network reads")
    if shape_of_answer(target) != (architecture.outputs, architecture.output):
        raise ValueError("the network does not give what the target needs")
    if base_rate.shape != (architecture.outputs,):
        raise ValueError("the base rate is not that of the target")
    return Model(
        network=Network.from_dict(document["network"], theta),
        schema=Schema.from_dict(document["schema"]),
        encoder=encoder,
        target=target,
        report=document["report"],
        missing=tuple(map(str, document["missing"])),
        # Models from before there were dialects have none.
        dialect=_dialect(document.get("dialect")),
    )


def _dialect(data: dict[str, Any] | None) -> Dialect | None:
    return None if data is None else Dialect.from_dict(data)
