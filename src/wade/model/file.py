"""The `.wade` file: parameters by name and everything else as JSON; no code, no rows.

It is a checked file (`wade.files.checked` defines its bytes) under the key "wade", whose JSON holds the parts
"network", "schema", "encoder", "target" and "report". A file may come from anywhere: its parts are checked against each
other before anything large is made of them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from itertools import accumulate
from typing import Any, Final

import numpy as np

from wade.errors import ModelFileError
from wade.files.checked import Document, Kind, in_short, read_checked, write_checked
from wade.model.evaluation.outputs import output_shape
from wade.model.format_1 import upgrade_format_1
from wade.model.kept_report import check_report
from wade.model.training_rows import TrainingRows
from wade.network import Architecture, Network
from wade.tables import Dialect, Encoder, Schema, Target
from wade.types import Array, InputLayout

FORMAT: Final = 2
KIND: Final = Kind(
    name="model file",
    key="wade",
    format=FORMAT,
    oldest=1,
    parts=("network", "schema", "encoder", "target", "report"),
    others=("missing", "dialect", "training_rows"),
    error=ModelFileError,
    missing="Check the path, or make a model with `wade train`.",
    foreign="Give a .wade file, as `wade train` writes it.",
    damaged="Copy it again from where it was made, or train again.",
    ending=".wade",
)


def write_model(path: str | os.PathLike[str], fields: Mapping[str, Any]) -> None:
    """Write the fields of a `Model`, by name; see `write_checked`."""
    document = {
        **{name: fields[name].to_dict() for name in ("network", "schema", "encoder", "target")},
        "report": fields["report"],
        "missing": list(fields["missing"]),
        **{name: fields[name] and fields[name].to_dict() for name in ("dialect", "training_rows")},
    }
    write_checked(path, KIND, fields["network"].parameters, document)


def read_model(path: str | os.PathLike[str]) -> dict[str, Any]:
    """The fields of the `Model` in a file of any format, by name; errors as in `wade.load`."""
    parameters, document = read_checked(path, KIND, _parameter_bytes)
    try:
        return _checked(parameters, upgrade_format_1(document) if document["format"] == 1 else document)
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
        problem = f"its parts do not make a model ({in_short(error).rstrip('.')})"
        raise ModelFileError(os.fspath(path), problem, "Train the model again.") from error


def _parameter_bytes(document: Document, n_arrays: int) -> int:
    """How many bytes the parameters have that a document describes, of as many arrays as there are."""
    described = document["network"]
    if len(described["hidden"]) >= n_arrays:
        raise ValueError("the network has more layers than parameters")
    architecture = Architecture.from_dict(described)
    return architecture.n_parameters * np.dtype(architecture.dtype).itemsize


def _checked(parameters: dict[str, Array], document: Document) -> dict[str, Any]:
    """The parts that a document describes, once each has been checked against the others."""
    network = _network(parameters, document["network"])
    schema, encoder = Schema.from_dict(document["schema"]), Encoder.from_dict(document["encoder"])
    target, report = Target.from_dict(document["target"]), document["report"]
    roles = [(column.name, column.role) for column in schema.columns]
    if [(encoding.column, encoding.kind) for encoding in encoder.encodings] != roles:
        raise ValueError("the encoder does not read the columns of the schema")
    if not _makes(encoder, network.inputs):
        raise ValueError("the encoder does not give what the network takes")
    if target.column != schema.target.name or output_shape(target) != (network.outputs, network.output):
        raise ValueError("the network does not give what the target needs")
    _check_report(report, target, network.outputs)
    missing = document["missing"]
    if not isinstance(missing, list) or not all(isinstance(mark, str) for mark in missing):
        raise ValueError("the missing markers are not a list of texts")
    # Models from before there were dialects have none.
    written = document.get("dialect")
    dialect = None if written is None else Dialect.from_dict(written)
    rows = document.get("training_rows")
    return {
        "network": network,
        "schema": schema,
        "encoder": encoder,
        "target": target,
        "report": report,
        "missing": tuple(missing),
        "dialect": dialect,
        "training_rows": None if rows is None else TrainingRows.from_dict(rows),
    }


def _network(parameters: dict[str, Array], described: dict[str, Any]) -> Network:
    """The network, once its parameters have been found to be those of its architecture."""
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


def _check_report(report: dict[str, Any], target: Target, outputs: int) -> None:
    """That each field holds what it may, and those are there that the model itself reads."""
    check_report(report)
    base_rate = report["base_rate"]
    if len(base_rate) != outputs:
        raise ValueError("the base rate is not that of the target")
    if not all(0 <= share <= 1 if target.classes else target.is_near(share) for share in base_rate):
        raise ValueError("the base rate is no share of a class, or far from the target's mean")
    if not {"data", "rows", "split"} <= {*report}:
        raise ValueError("the report does not say what it is about")
