"""A model as an ONNX graph: raw columns in, classes and probabilities or numbers out, the preprocessing included.

Operators of opset 11 and of ai.onnx.ml 2 serve, in double precision throughout, so that every runtime since 2019 can
run it. Two things have no operator there: to read a date's text, so a time goes in as seconds since 1970; and to hash
words, so a model that reads text is refused.
"""

from __future__ import annotations

import importlib.util
from typing import Any, Final

import lazy_loader as lazy
import numpy as np

from wade._version import __version__
from wade.errors import InvalidArgument
from wade.exporters.onnx.columns import Columns
from wade.exporters.onnx.graph import Graph, evaluated
from wade.exporters.program import Program, Sums
from wade.maths.activations import ACTIVATIONS
from wade.tables.columns.views import in_short
from wade.tables.kinds.operations import HashedWords

onnx = lazy.load("onnx")

OPSET: Final = 11
OPSET_OF_LABELS: Final = 2
IR_VERSION: Final = 6
KINDS_OF_CLASSES: Final[dict[tuple[type, ...], tuple[str, Any]]] = {
    (int,): ("INT64", np.int64),
    (bool,): ("BOOL", np.bool_),
    (int, float): ("DOUBLE", np.float64),
}
"""The tensors of classes of these types; all others are strings."""
DESCRIPTION: Final = (
    "A neural network for tables. Each input is a column of the table, (rows, 1). Numbers are doubles, NaN where "
    "missing; categories are strings without white space around them, spelled as in training or in the shortest way "
    "(205 or 205.0), empty where missing; true and false are 1 and 0, -1 where missing; times are seconds since "
    "1970-01-01 00:00, -2**63 where missing, as NumPy has them: in UTC for a column whose description names a zone, "
    "else by the clock as it is written."
)


def write(program: Program) -> bytes:
    """The content of the file.

    A model that reads text is refused.
    """
    if importlib.util.find_spec("onnx") is None:
        raise InvalidArgument("to", "needs the package onnx, which is not installed", "onnx", "Try: pip install onnx")
    hashed = [step for step in program.numbers if isinstance(step.operation, HashedWords)]
    words = [program.columns[step.column].name for step in hashed]
    if words:
        expected = f"must not be 'onnx' for a model that reads text ({', '.join(map(repr, words))})"
        remedy = "ONNX has no operator that hashes words. Export to numpy or c, or train without it (--drop)."
        raise InvalidArgument("to", expected, "onnx", remedy)
    graph = Graph(program)
    rows = Columns(graph, program)
    numbers = graph.side_by_side([rows.written(step) for step in program.numbers])
    codes = [rows.written(step) for step in program.codes]
    positions = [rows.written(step) for step in program.positions]
    outputs = _answer(graph, program, _network(graph, program, numbers, codes, positions))
    helper = onnx.helper
    proto = helper.make_model(
        graph.finished(rows.inputs(), outputs),
        opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid("ai.onnx.ml", OPSET_OF_LABELS)],
        ir_version=IR_VERSION,
        producer_name="wade",
        producer_version=__version__,
        doc_string=DESCRIPTION,
    )
    onnx.checker.check_model(proto, full_check=True)
    content: bytes = proto.SerializeToString()
    return content


def _network(graph: Graph, program: Program, numbers: str | None, codes: list[str], positions: list[str]) -> str:
    """The last layer's activations, (rows, outputs): the mean over members."""
    shared = program.members > 1
    A = graph.node("Unsqueeze", numbers, axes=[1]) if numbers and shared else numbers
    for layer in program.layers:
        Z = _sums(graph, layer, A, codes, positions)
        A = evaluated(graph, ACTIVATIONS[layer.activation].line("onnx"), Z=Z)
    assert A is not None
    return graph.node("ReduceMean", A, axes=[1], keepdims=0) if shared else A


def _sums(graph: Graph, layer: Sums, A: str | None, codes: list[str], positions: list[str]) -> str:
    """Z of a layer."""
    n_in, shared = layer.n_in, layer.R is not None
    terms = []
    if A is not None and n_in:
        scaled_A = A if layer.R is None else graph.node("Mul", A, graph.weights(layer.R[:, :n_in]))
        terms.append(graph.node("MatMul", scaled_A, graph.weights(layer.W)))
    found = []
    for table, code in zip(layer.tables, codes, strict=False):
        flat = code if shared else graph.node("Reshape", code, graph.constant(np.array([-1])))
        found.append(graph.node("Gather", graph.weights(table), flat, axis=0))
    for P, position in zip(layer.bins, positions, strict=False):
        shares = graph.among(graph.node("Sub", position, graph.constant(np.arange(len(P), dtype=float))), 0.0, 1.0)
        added = graph.node("MatMul", shares, graph.weights(P))
        found.append(graph.node("Unsqueeze", added, axes=[1]) if shared else added)
    for place, one in enumerate(found, start=n_in):
        factor = layer.R is not None and graph.weights(layer.R[:, place : place + 1])
        terms.append(graph.node("Mul", one, factor) if factor else one)
    U = terms[0]
    for term in terms[1:]:
        U = graph.node("Add", U, term)
    scaled = U if layer.S is None else graph.node("Mul", U, graph.weights(layer.S))
    return graph.node("Add", scaled, graph.weights(layer.b))


def _answer(graph: Graph, program: Program, outputs: str) -> list[Any]:
    """From the last layer's activations to named outputs."""
    target = program.target
    if target.task == "regression":
        flat = graph.node("Reshape", outputs, graph.constant(np.array([-1])))
        scaled = graph.node("Mul", flat, graph.constant(float(target.scale)))
        named = graph.node("Add", scaled, graph.constant(float(target.mean)))
        return [graph.output(named, "prediction", "DOUBLE", ["rows"])]
    if target.task == "binary":
        outputs = graph.node("Concat", graph.node("Sub", graph.constant(1.0), outputs), outputs, axis=1)
    kind, dtype = next(
        (one for types, one in KINDS_OF_CLASSES.items() if {*map(type, target.classes)} <= {*types}), ("STRING", object)
    )
    classes = np.array([in_short(value) if dtype is object else value for value in target.classes], dtype)
    likeliest = graph.node("ArgMax", outputs, axis=1, keepdims=0)
    label = graph.node("Gather", graph.constant(classes), likeliest)
    shape = ["rows", len(target.classes)]
    return [
        graph.output(label, "prediction", kind, ["rows"]),
        graph.output(outputs, "probabilities", "DOUBLE", shape),
    ]
