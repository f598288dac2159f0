"""What an ONNX graph makes of raw columns: numbers, codes and positions among bins."""

from __future__ import annotations

from math import pi
from typing import Any, Final

import numpy as np

from wade.exporters.onnx.graph import Graph, tensor
from wade.exporters.program import (
    AmongBins,
    CodeOfPart,
    CodeOperation,
    HashedWords,
    IsMissing,
    NumberOperation,
    OnCircle,
    Program,
)
from wade.tables.columns.calendar import DAY, DAYS_PER_YEAR, HOUR
from wade.tables.columns.scalars import NOT_A_TIME
from wade.tables.encoding.scales import FARTHEST

MARCH_OF_YEAR_0: Final = 719_468  # days from there to 1970-01-01
KINDS: Final = {"number": "DOUBLE", "category": "STRING", "boolean": "INT64", "time": "INT64"}


class Columns:
    """What is read of the columns: raw values in, numbers, codes and positions out, each (rows, 1)."""

    def __init__(self, graph: Graph, program: Program) -> None:
        self._graph, self._program = graph, program
        self._known: dict[int, str] = {}
        self._moments: dict[tuple[int, str], str] = {}

    def inputs(self) -> list[Any]:
        """A tensor for each column."""
        columns = self._program.columns
        return [tensor(column.name, KINDS[column.kind], ["rows", 1]) for column in columns]

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
