"""A model from a file: its parts are checked against each other before anything large is made."""

from __future__ import annotations

import os
from itertools import accumulate
from typing import Any

import numpy as np

from wade.errors import ModelFileError
from wade.files.checked import in_short
from wade.model.evaluation.outputs import output_shape
from wade.model.file import read_file
from wade.model.format_1 import upgrade_format_1
from wade.model.model import Model
from wade.network import Architecture, Network
from wade.tables import Dialect, Encoder, Schema, Target
from wade.types import Array, InputLayout


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
        return _assembled(parameters, upgrade_format_1(document) if document["format"] == 1 else document)
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
        problem = f"its parts do not make a model ({in_short(error).rstrip('.')})"
        raise ModelFileError(os.fspath(path), problem, "Train the model again.") from error


def _assembled(parameters: dict[str, Array], document: dict[str, Any]) -> Model:
    """The model that a file describes; every part is checked against the others before anything large is made."""
    network = _network(parameters, document["network"])
    schema, encoder = Schema.from_dict(document["schema"]), Encoder.from_dict(document["encoder"])
    target, report = Target.from_dict(document["target"]), document["report"]
    roles = [(column.name, column.role) for column in schema.columns]
    if [(encoding.column, encoding.kind) for encoding in encoder.encodings] != roles:
        raise ValueError("the encoder does not read the columns of the schema")
    if not _makes(encoder, network.inputs):
        raise ValueError("the encoder does not make what the network reads")
    if target.column != schema.target.name or output_shape(target) != (network.outputs, network.output):
        raise ValueError("the network does not give what the target needs")
    _check_report(report, network.outputs)
    missing = document["missing"]
    if not isinstance(missing, list) or not all(isinstance(mark, str) for mark in missing):
        raise ValueError("the missing markers are not a list of texts")
    # Models from before there were dialects have none.
    written = document.get("dialect")
    dialect = None if written is None else Dialect.from_dict(written)
    return Model(network, schema, encoder, target, report, tuple(missing), dialect)


def _network(parameters: dict[str, Array], described: dict[str, Any]) -> Network:
    """The network, once its parameters have been found to be those of its architecture."""
    if len(described["hidden"]) >= len(parameters):
        raise ValueError("the network has more layers than parameters")
    architecture = Architecture.from_dict(described)
    found = {name: (values.shape, values.dtype.name) for name, values in parameters.items()}
    if found != {name: (shape, architecture.dtype) for name, shape in architecture.shapes.items()}:
        raise ValueError("the parameters are not those of the network")
    theta = np.concatenate([parameters[name].ravel() for name in architecture.shapes])
    if not np.isfinite(theta).all():
        raise ValueError("a parameter is not a finite number")
    return Network.from_dict(described, theta)


def _makes(encoder: Encoder, inputs: InputLayout) -> bool:
    """Whether the encoder makes these inputs; it stops counting at too many: a few letters may ask for a lot."""
    counts = (len(one.numbers) + len(one.categories) + len(one.piecewise) for one in encoder.encodings)
    return all(made <= len(inputs.names) for made in accumulate(counts)) and encoder.layout == inputs


def _check_report(report: dict[str, Any], outputs: int) -> None:
    """What the model itself reads of its report."""
    base_rate, rows = report["base_rate"], (report["rows"], report["split"]["train"])
    if len(base_rate) != outputs or not all(type(share) in (int, float) for share in base_rate):
        raise ValueError("the base rate is not that of the target")
    if not isinstance(report["data"], str) or not all(type(count) is int for count in rows):
        raise ValueError("the report does not say what it is about")
