"""An ONNX graph under construction: nodes and constants, one after another, and expressions as nodes."""

from __future__ import annotations

import ast
from itertools import count
from typing import Any, Final

import lazy_loader as lazy
import numpy as np

from wade.errors import InvalidArgument
from wade.exporters.program import Program
from wade.types import Array

onnx = lazy.load("onnx")

OPERATORS: Final[dict[type[ast.operator], str]] = {ast.Add: "Add", ast.Sub: "Sub", ast.Mult: "Mul", ast.Div: "Div"}


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


def tensor(name: str, kind: str, shape: list[Any], about: str = "") -> Any:
    """An input or an output, and what it holds."""
    return onnx.helper.make_tensor_value_info(name, getattr(onnx.TensorProto, kind), shape, about)


def evaluated(graph: Graph, expression: str, **values: str) -> str:
    """What an expression makes of these values, as nodes of the graph.

    In it, names are values, numbers constants, + - * / and functions operators of ONNX, and keywords their attributes;
    `float` and `double` convert.

    Anything else raises `InvalidArgument`.
    """

    def made_of(node: ast.AST) -> str:
        match node:
            case ast.Name(name) if name in values:
                return values[name]
            case ast.Constant(int() | float() as number):
                return graph.constant(float(number))
            case ast.UnaryOp(ast.USub(), operand):
                return graph.node("Neg", made_of(operand))
            case ast.BinOp(left, operator, right) if type(operator) in OPERATORS:
                return graph.node(OPERATORS[type(operator)], made_of(left), made_of(right))
            case ast.Call(ast.Name("double"), [value]):
                return graph.double(made_of(value))
            case ast.Call(ast.Name("float"), [value]):
                return graph.node("Cast", made_of(value), to=onnx.TensorProto.FLOAT)
            case ast.Call(ast.Name(operator), inputs, attributes):
                settings = {str(one.arg): ast.literal_eval(one.value) for one in attributes}
                return graph.node(operator, *map(made_of, inputs), **settings)
        expected = f"must be made of {', '.join(values)}, numbers, + - * / and operators of ONNX"
        raise InvalidArgument("onnx", expected, expression)

    return made_of(ast.parse(expression, mode="eval").body)
