"""A model as an ONNX graph: raw columns in, classes and probabilities or numbers out, the preprocessing included.

Operators of opset 11 and of ai.onnx.ml 2 serve, in double precision throughout, so that every runtime since 2019 can
run it. Two things have no operator there: to read a date's text, so a time goes in as seconds since 1970; and to hash
words, so a model that reads free text is refused.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from itertools import count
from math import pi, sqrt
from typing import Any, Final

import lazy_loader as lazy
import numpy as np

from wade._version import __version__
from wade.errors import InvalidArgument
from wade.export.program import (
    AmongBins,
    CodeOfPart,
    CodeOperation,
    HashedWords,
    IsMissing,
    NumberOperation,
    OnCircle,
    Program,
    Sums,
)
from wade.maths.rectifiers import LEAK, SELU_FLOOR, SELU_SCALE
from wade.tables.calendar import DAY, DAYS_PER_YEAR, HOUR
from wade.tables.columns import in_short
from wade.tables.scales import FARTHEST
from wade.tables.values import NOT_A_TIME
from wade.types import Array

onnx = lazy.load("onnx")

OPSET: Final = 11
OPSET_OF_LABELS: Final = 2
IR_VERSION: Final = 6
MARCH_OF_YEAR_0: Final = 719_468  # days from there to 1970-01-01
KINDS: Final = {"number": "DOUBLE", "category": "STRING", "boolean": "INT64", "time": "INT64"}
DESCRIPTION: Final = (
    "A neural network for tables. Each input is a column of the table, (rows, 1). Numbers are doubles, NaN where "
    "missing; categories are strings without white space around them, anything else where missing; true and false are "
    "1 and 0, -1 where missing; times are seconds since 1970-01-01 00:00 by that place's clock, -2**63 where missing, "
    "as NumPy's datetime64[s] has them."
)


def write(program: Program) -> bytes:
    """The content of the file.

    Raises
    ------
    InvalidArgument
        The model reads free text, or the package onnx is not there.
    """
    if importlib.util.find_spec("onnx") is None:
        raise InvalidArgument("to", "needs the package onnx, which is not installed", "onnx", "Try: pip install onnx")
    words = [column.name for column in program.columns if column.kind == "words"]
    if words:
        expected = f"must not be 'onnx' for a model that reads free text ({', '.join(map(repr, words))})"
        remedy = "ONNX has no operator that hashes words. Export to numpy or c, or train without it (--drop)."
        raise InvalidArgument("to", expected, "onnx", remedy)
    graph = _Graph(program)
    rows = _Columns(graph, program)
    numbers = graph.side_by_side([rows.number(operation) for operation in program.numbers])
    codes = [rows.code(operation) for operation in program.codes]
    positions = [rows.position(operation) for operation in program.positions]
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


class _Graph:
    """Nodes and constants, gathered one after another; a value is known by its name."""

    def __init__(self, program: Program) -> None:
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self._numbers = count(1)
        self._columns = {column.name for column in program.columns}
        # Inputs go by the names of columns, which may be anything.
        self._mark = "#"
        while any(name.startswith(self._mark) for name in self._columns):
            self._mark += "#"

    def node(self, operator: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        """What an operator makes of these values."""
        name = self._name()
        self._nodes.append(onnx.helper.make_node(operator, inputs, [name], domain=domain, **attributes))
        return name

    def constant(self, values: Any) -> str:
        """A constant: floats are doubles, whole numbers int64, texts strings."""
        name = self._name()
        array = np.asarray(values)
        if array.dtype.kind in "UO":
            array = array.astype(object)
        self._constants.append(onnx.numpy_helper.from_array(array, name))
        return name

    def weights(self, values: Array) -> str:
        """Parameters as they were learned, in double."""
        return self.double(self.constant(values))

    def double(self, value: str) -> str:
        """A value as doubles."""
        return self.node("Cast", value, to=onnx.TensorProto.DOUBLE)

    def whole(self, value: str) -> str:
        """A value as int64."""
        return self.node("Cast", value, to=onnx.TensorProto.INT64)

    def rounded(self, value: str) -> str:
        """A value rounded to float32, as the network was trained on it."""
        return self.double(self.node("Cast", value, to=onnx.TensorProto.FLOAT))

    def side_by_side(self, values: list[str]) -> str | None:
        """Columns as one block, or None where there are none."""
        return self.node("Concat", *values, axis=1) if values else None

    def among(self, value: str, low: float, high: float) -> str:
        """A value between two ends."""
        return self.node("Min", self.node("Max", value, self.constant(low)), self.constant(high))

    def output(self, value: str, name: str, kind: str, shape: list[Any]) -> Any:
        """A value as an output of this name; with the mark before it where a column has that name."""
        while name in self._columns:
            name = self._mark + name
        self._nodes.append(onnx.helper.make_node("Identity", [value], [name]))
        return _tensor(name, kind, shape)

    def finished(self, inputs: list[Any], outputs: list[Any]) -> Any:
        """The graph with these inputs and outputs."""
        return onnx.helper.make_graph(self._nodes, "model", inputs, outputs, self._constants)

    def _name(self) -> str:
        return f"{self._mark}{next(self._numbers)}"


class _Columns:
    """What is read of the columns: raw values in, numbers, codes and positions out, each (rows, 1)."""

    def __init__(self, graph: _Graph, program: Program) -> None:
        self._graph, self._program = graph, program
        self._known: dict[int, str] = {}
        self._moments: dict[tuple[int, str], str] = {}

    def inputs(self) -> list[Any]:
        """A tensor for each column."""
        columns = self._program.columns
        return [_tensor(column.name, KINDS[column.kind], ["rows", 1]) for column in columns]

    def number(self, operation: NumberOperation) -> str:
        """One column of numbers, rounded to float32."""
        graph = self._graph
        if isinstance(operation, HashedWords):
            raise TypeError("words cannot be hashed")
        known = self._is_known(operation.column)
        if isinstance(operation, IsMissing):
            return graph.double(graph.node("Not", known))
        if isinstance(operation, OnCircle):
            angle = graph.node("Mul", self._time(operation.column, operation.circle), graph.constant(2 * pi))
            wave = graph.node(operation.wave.title(), angle)
            return graph.rounded(graph.node("Where", known, wave, graph.constant(0.0)))
        if self._program.columns[operation.column].kind == "time":
            days = graph.node("Div", graph.double(self._time(operation.column, "seconds")), graph.constant(float(DAY)))
            value = graph.node("Where", known, days, graph.constant(operation.median))
        else:
            value = graph.node("Where", known, self._raw(operation.column), graph.constant(operation.median))
        z = graph.node(
            "Mul", graph.node("Sub", value, graph.constant(operation.median)), graph.constant(operation.factor)
        )
        z = graph.among(z, -FARTHEST, FARTHEST)
        third = graph.node("Div", z, graph.constant(3.0))
        bend = graph.node("Sqrt", graph.node("Add", graph.node("Mul", third, third), graph.constant(1.0)))
        return graph.rounded(graph.node("Div", z, bend))

    def code(self, operation: CodeOperation) -> str:
        """One column of codes, int64."""
        graph = self._graph
        if isinstance(operation, CodeOfPart):
            part = self._time(operation.column, operation.part)
            code = graph.node("Gather", graph.constant(np.array(operation.codes)), part)
            return graph.node("Where", self._is_known(operation.column), code, graph.constant(np.int64(0)))
        name = self._program.columns[operation.column].name
        codes = list(range(1, len(operation.values) + 1))
        learned = {"values_int64s": codes, "default_int64": 0}
        if self._program.columns[operation.column].kind == "boolean":
            learned["keys_int64s"] = [int(value == "true") for value in operation.values]
        else:
            learned["keys_strings"] = list(operation.values)
        if not codes:
            return graph.node("Mul", name, graph.constant(np.int64(0)))
        return graph.node("LabelEncoder", name, domain="ai.onnx.ml", **learned)

    def position(self, operation: AmongBins) -> str:
        """One column of positions, rounded to float32."""
        graph, edges = self._graph, np.array(operation.edges)
        known = self._is_known(operation.column)
        value = graph.node("Where", known, self._raw(operation.column), graph.constant(operation.median))
        walked = graph.node("Div", graph.node("Sub", value, graph.constant(edges[:-1])), graph.constant(np.diff(edges)))
        return graph.rounded(graph.node("ReduceSum", graph.among(walked, 0.0, 1.0), axes=[1], keepdims=1))

    def _raw(self, column: int) -> str:
        return self._program.columns[column].name

    def _is_known(self, column: int) -> str:
        """Whether the value is there."""
        if column not in self._known:
            self._known[column] = self._asked(column)
        return self._known[column]

    def _asked(self, column: int) -> str:
        graph, raw = self._graph, self._raw(column)
        if self._program.columns[column].kind == "time":
            return graph.node("Not", graph.node("Equal", raw, graph.constant(np.int64(NOT_A_TIME))))
        known = graph.node("Equal", raw, raw)  # NaN is not equal to itself
        for mark in sorted(self._program.marks.numbers):
            differs = graph.node("Not", graph.node("Equal", raw, graph.constant(mark)))
            known = graph.node("And", known, differs)
        return known

    def _time(self, column: int, what: str) -> str:
        """What the calendar says of a time: circles as shares, parts as whole numbers; of 1970 where it is missing."""
        if (column, what) not in self._moments:
            self._moments[column, what] = self._said(column, what)
        return self._moments[column, what]

    def _said(self, column: int, what: str) -> str:
        graph = self._graph

        def of(value: str, operator: str, by: int) -> str:
            return graph.node(operator, value, graph.constant(np.int64(by)))

        def share(value: str, of_all: float) -> str:
            return graph.node("Div", graph.double(value), graph.constant(of_all))

        if what == "seconds":
            return graph.node("Where", self._is_known(column), self._raw(column), graph.constant(np.int64(0)))
        if what == "clock":
            return of(self._time(column, "seconds"), "Mod", DAY)
        if what == "days":
            midnight = graph.node("Sub", self._time(column, "seconds"), self._time(column, "clock"))
            return of(midnight, "Div", DAY)
        if what == "time of day":
            return share(self._time(column, "clock"), float(DAY))
        if what == "hour":
            return of(self._time(column, "clock"), "Div", HOUR)
        if what == "weekday":
            return of(of(self._time(column, "days"), "Add", 3), "Mod", 7)
        # Years that begin in March have their leap day last. Here are 400 of them, from 0 on.
        day = of(of(self._time(column, "days"), "Add", MARCH_OF_YEAR_0), "Mod", 146_097)
        leaps = [of(day, "Div", days) for days in (1_460, 36_524, 146_096)]
        plain = graph.node("Sub", graph.node("Add", graph.node("Sub", day, leaps[0]), leaps[1]), leaps[2])
        year = of(plain, "Div", 365)
        since = graph.node("Sub", graph.node("Add", of(year, "Mul", 365), of(year, "Div", 4)), of(year, "Div", 100))
        in_year = graph.node("Sub", day, since)
        month = of(of(of(in_year, "Mul", 5), "Add", 2), "Div", 153)
        before_new_year = of(month, "Less", 10)
        if what == "month":
            return graph.node("Where", before_new_year, of(month, "Add", 3), of(month, "Sub", 9))
        fourth, hundredth = (of(of(year, "Mod", every), "Equal", 0) for every in (4, 100))
        is_leap = graph.node("Or", graph.node("And", fourth, graph.node("Not", hundredth)), of(year, "Equal", 0))
        spring = graph.node("Add", of(in_year, "Add", 59), graph.whole(is_leap))
        return share(graph.node("Where", before_new_year, spring, of(in_year, "Sub", 306)), DAYS_PER_YEAR)


def _tensor(name: str, kind: str, shape: list[Any]) -> Any:
    return onnx.helper.make_tensor_value_info(name, getattr(onnx.TensorProto, kind), shape)


def _network(graph: _Graph, program: Program, numbers: str | None, codes: list[str], positions: list[str]) -> str:
    """The last layer's activations, (rows, outputs): the mean over members."""
    shared = program.members > 1
    A = graph.node("Unsqueeze", numbers, axes=[1]) if numbers and shared else numbers
    for layer in program.layers:
        Z = _sums(graph, layer, A, codes, positions)
        A = BENDS[layer.activation](graph, Z)
    assert A is not None
    return graph.node("ReduceMean", A, axes=[1], keepdims=0) if shared else A


def _sums(graph: _Graph, layer: Sums, A: str | None, codes: list[str], positions: list[str]) -> str:
    """Z of a layer."""
    n_in, shared = layer.n_in, layer.R is not None
    terms = []
    if A is not None and n_in:
        heard = A if layer.R is None else graph.node("Mul", A, graph.weights(layer.R[:, :n_in]))
        terms.append(graph.node("MatMul", heard, graph.weights(layer.W)))
    found = []
    for table, code in zip(layer.tables, codes, strict=False):
        flat = code if shared else graph.node("Reshape", code, graph.constant(np.array([-1])))
        found.append(graph.node("Gather", graph.weights(table), flat, axis=0))
    for P, position in zip(layer.bins, positions, strict=False):
        walked = graph.among(graph.node("Sub", position, graph.constant(np.arange(len(P), dtype=float))), 0.0, 1.0)
        added = graph.node("MatMul", walked, graph.weights(P))
        found.append(graph.node("Unsqueeze", added, axes=[1]) if shared else added)
    for place, one in enumerate(found, start=n_in):
        factor = layer.R is not None and graph.weights(layer.R[:, place : place + 1])
        terms.append(graph.node("Mul", one, factor) if factor else one)
    U = terms[0]
    for term in terms[1:]:
        U = graph.node("Add", U, term)
    scaled = U if layer.S is None else graph.node("Mul", U, graph.weights(layer.S))
    return graph.node("Add", scaled, graph.weights(layer.b))


def _answer(graph: _Graph, program: Program, outputs: str) -> list[Any]:
    """From the last layer's activations to named outputs."""
    target = program.target
    if target.kind == "number":
        flat = graph.node("Reshape", outputs, graph.constant(np.array([-1])))
        scaled = graph.node("Mul", flat, graph.constant(float(target.scale)))
        named = graph.node("Add", scaled, graph.constant(float(target.mean)))
        return [graph.output(named, "prediction", "DOUBLE", ["rows"])]
    if target.kind == "two classes":
        outputs = graph.node("Concat", graph.node("Sub", graph.constant(1.0), outputs), outputs, axis=1)
    whole = all(type(value) is int for value in target.classes)
    classes = np.array(target.classes if whole else list(map(in_short, target.classes)), np.int64 if whole else object)
    likeliest = graph.node("ArgMax", outputs, axis=1, keepdims=0)
    label = graph.node("Gather", graph.constant(classes), likeliest)
    kind = "INT64" if whole else "STRING"
    shape = ["rows", len(target.classes)]
    return [
        graph.output(label, "prediction", kind, ["rows"]),
        graph.output(outputs, "probabilities", "DOUBLE", shape),
    ]


def _less_one(graph: _Graph, Z: str) -> str:
    """exp(min(z, 0)) - 1."""
    return graph.node("Sub", graph.node("Exp", graph.node("Min", Z, graph.constant(0.0))), graph.constant(1.0))


def _times(graph: _Graph, value: str, factor: float) -> str:
    return graph.node("Mul", value, graph.constant(factor))


def _elu(graph: _Graph, Z: str) -> str:
    return graph.node("Add", graph.node("Relu", Z), _less_one(graph, Z))


def _selu(graph: _Graph, Z: str) -> str:
    below = _times(graph, _less_one(graph, Z), SELU_FLOOR)
    return _times(graph, graph.node("Add", graph.node("Relu", Z), below), SELU_SCALE)


def _gelu(graph: _Graph, Z: str) -> str:
    """Runtimes have the error function in float32 only."""
    inner = graph.node("Cast", _times(graph, Z, 1 / sqrt(2)), to=onnx.TensorProto.FLOAT)
    share = graph.node("Add", graph.double(graph.node("Erf", inner)), graph.constant(1.0))
    return graph.node("Mul", _times(graph, Z, 0.5), share)


def _softplus(graph: _Graph, Z: str) -> str:
    shrunk = graph.node("Exp", graph.node("Neg", graph.node("Abs", Z)))
    return graph.node("Add", graph.node("Relu", Z), graph.node("Log", graph.node("Add", shrunk, graph.constant(1.0))))


BENDS: Final[dict[str, Callable[[_Graph, str], str]]] = {
    "identity": lambda graph, Z: Z,
    "sigmoid": lambda graph, Z: graph.node("Sigmoid", Z),
    "tanh": lambda graph, Z: graph.node("Tanh", Z),
    "relu": lambda graph, Z: graph.node("Relu", Z),
    "leaky_relu": lambda graph, Z: graph.node("Max", Z, _times(graph, Z, LEAK)),
    "elu": _elu,
    "selu": _selu,
    "gelu": _gelu,
    "silu": lambda graph, Z: graph.node("Mul", Z, graph.node("Sigmoid", Z)),
    "mish": lambda graph, Z: graph.node("Mul", Z, graph.node("Tanh", _softplus(graph, Z))),
    "softplus": _softplus,
    "softmax": lambda graph, Z: graph.node("Softmax", Z, axis=-1),
}
