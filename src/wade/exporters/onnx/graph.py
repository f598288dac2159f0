"""An ONNX graph in the making: nodes and constants one after another, and each activation as some nodes."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from math import sqrt
from typing import Any, Final

import lazy_loader as lazy
import numpy as np

from wade.exporters.program import Program
from wade.maths.activations.rectifiers import LEAK, SELU_FLOOR, SELU_SCALE
from wade.types import Array

onnx = lazy.load("onnx")


class Graph:
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
        return tensor(name, kind, shape)

    def finished(self, inputs: list[Any], outputs: list[Any]) -> Any:
        """The graph with these inputs and outputs."""
        return onnx.helper.make_graph(self._nodes, "model", inputs, outputs, self._constants)

    def _name(self) -> str:
        return f"{self._mark}{next(self._numbers)}"


def tensor(name: str, kind: str, shape: list[Any]) -> Any:
    """An input or an output."""
    return onnx.helper.make_tensor_value_info(name, getattr(onnx.TensorProto, kind), shape)


def _less_one(graph: Graph, Z: str) -> str:
    """exp(min(z, 0)) - 1."""
    return graph.node("Sub", graph.node("Exp", graph.node("Min", Z, graph.constant(0.0))), graph.constant(1.0))


def _times(graph: Graph, value: str, factor: float) -> str:
    return graph.node("Mul", value, graph.constant(factor))


def _elu(graph: Graph, Z: str) -> str:
    return graph.node("Add", graph.node("Relu", Z), _less_one(graph, Z))


def _selu(graph: Graph, Z: str) -> str:
    below = _times(graph, _less_one(graph, Z), SELU_FLOOR)
    return _times(graph, graph.node("Add", graph.node("Relu", Z), below), SELU_SCALE)


def _gelu(graph: Graph, Z: str) -> str:
    """Runtimes have the error function in float32 only."""
    inner = graph.node("Cast", _times(graph, Z, 1 / sqrt(2)), to=onnx.TensorProto.FLOAT)
    share = graph.node("Add", graph.double(graph.node("Erf", inner)), graph.constant(1.0))
    return graph.node("Mul", _times(graph, Z, 0.5), share)


def _softplus(graph: Graph, Z: str) -> str:
    shrunk = graph.node("Exp", graph.node("Neg", graph.node("Abs", Z)))
    return graph.node("Add", graph.node("Relu", Z), graph.node("Log", graph.node("Add", shrunk, graph.constant(1.0))))


ACTIVATION_NODES: Final[dict[str, Callable[[Graph, str], str]]] = {
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
