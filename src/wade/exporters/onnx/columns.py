"""What an ONNX graph makes of raw columns: numbers, codes and positions in bins."""

from __future__ import annotations

from collections.abc import Callable
from math import pi
from typing import Any, Final

import numpy as np

from wade.exporters.onnx.graph import Graph, tensor
from wade.exporters.program import Column, Exporter, Program, Step
from wade.tables.columns.calendar import DAY, DAYS_PER_YEAR, HOUR
from wade.tables.columns.canonical import spellings
from wade.tables.columns.zones import NOT_A_TIME, zone_table
from wade.tables.kinds.operations import (
    AmongBins,
    BooleanSource,
    CodeOfPart,
    CodeOfValue,
    IsMissing,
    NumberSource,
    OnCircle,
    OnScale,
    TextSource,
    TimeSource,
)
from wade.tables.kinds.scales import FARTHEST

EXPORTER: Final = Exporter("onnx", "exporters/onnx/columns.py")
MARCH_OF_YEAR_0: Final = 719_468  # days from there to 1970-01-01
SOURCES: Final[dict[type, str]] = {
    NumberSource: "DOUBLE",
    TextSource: "STRING",
    BooleanSource: "INT64",
    TimeSource: "INT64",
}
"""The type of each source's tensor; a new source is one entry here."""


class Columns:
    """What is read of the columns: raw values in, numbers, codes and positions out, each (rows, 1)."""

    def __init__(self, graph: Graph, program: Program) -> None:
        self._graph, self._program = graph, program
        self._types = [EXPORTER.entry(SOURCES, column, column.source) for column in program.columns]
        self._known: dict[int, str] = {}
        self._moments: dict[tuple[int, str], str] = {}

    def inputs(self) -> list[Any]:
        """A tensor for each column."""
        columns = zip(self._program.columns, self._types, strict=True)
        return [tensor(column.name, type_of, ["rows", 1], _about(column)) for column, type_of in columns]

    def written(self, step: Step) -> str:
        """The column that an operation makes: numbers and positions rounded to float32, codes int64."""
        return EXPORTER.entry(OPERATIONS, self._program.columns[step.column], step.operation)(self, step)

    def is_missing(self, step: Step) -> str:
        """1 where the value is missing."""
        return self._graph.double(self._graph.node("Not", self._is_known(step.column)))

    def on_circle(self, step: Step) -> str:
        """Sine or cosine; 0 where the time is missing."""
        graph, operation = self._graph, step.operation
        angle = graph.node("Mul", self._time(step.column, operation.circle), graph.constant(2 * pi))
        wave = graph.node(operation.wave.title(), angle)
        return graph.rounded(graph.node("Where", self._is_known(step.column), wave, graph.constant(0.0)))

    def on_scale(self, step: Step) -> str:
        """A number on its robust scale; 0 where it is missing."""
        graph, operation, column = self._graph, step.operation, self._program.columns[step.column]
        scale = operation.scale
        if isinstance(column.source, TimeSource):
            raw = graph.double(self._time(step.column, "seconds"))
        elif isinstance(column.source, NumberSource):
            raw = self._raw(step.column)
        else:
            raise EXPORTER.refusal(column, operation)
        if operation.unit != 1:
            raw = graph.node("Div", raw, graph.constant(float(operation.unit)))
        value = graph.node("Where", self._is_known(step.column), raw, graph.constant(scale.median))
        z = graph.node("Mul", graph.node("Sub", value, graph.constant(scale.median)), graph.constant(scale.factor))
        z = graph.among(z, -FARTHEST, FARTHEST)
        third = graph.node("Div", z, graph.constant(3.0))
        root = graph.node("Sqrt", graph.node("Add", graph.node("Mul", third, third), graph.constant(1.0)))
        return graph.rounded(graph.node("Div", z, root))

    def code_of_part(self, step: Step) -> str:
        """The code of a calendar's part; 0 where the time is missing."""
        graph, operation = self._graph, step.operation
        part = self._time(step.column, operation.part)
        code = graph.node("Gather", graph.constant(np.array(operation.codes)), part)
        return graph.node("Where", self._is_known(step.column), code, graph.constant(np.int64(0)))

    def code_of_value(self, step: Step) -> str:
        """The code of a text or a boolean; 0 for any other."""
        graph, operation, column = self._graph, step.operation, self._program.columns[step.column]
        codes: dict[str | int, int]
        if isinstance(column.source, BooleanSource):
            codes = {int(value == "true"): code for code, value in enumerate(operation.values, start=1)}
            codes |= {-1: operation.missing_code}
            entries: dict[str, Any] = {"keys_int64s": [*codes]}
        else:
            kept = column.source.kept if isinstance(column.source, TextSource) else ()
            texts = self._program.markers.texts - {*kept}
            missing = sorted(text for text in texts if "\0" not in text)
            codes = dict.fromkeys(missing, operation.missing_code)
            for code, value in enumerate(operation.values, start=1):
                codes |= dict.fromkeys(spellings(value, operation.comparison), code)
            entries = {"keys_strings": [*codes]}
        entries |= {"values_int64s": [*codes.values()], "default_int64": 0}
        if not operation.values:
            return graph.node("Mul", column.name, graph.constant(np.int64(0)))
        return graph.node("LabelEncoder", column.name, domain="ai.onnx.ml", **entries)

    def among_bins(self, step: Step) -> str:
        """The position in its bins; that of the median where the value is missing."""
        graph, edges = self._graph, np.array(step.operation.edges)
        median = graph.constant(step.operation.median)
        value = graph.node("Where", self._is_known(step.column), self._raw(step.column), median)
        walked = graph.node("Div", graph.node("Sub", value, graph.constant(edges[:-1])), graph.constant(np.diff(edges)))
        return graph.rounded(graph.node("ReduceSum", graph.among(walked, 0.0, 1.0), axes=[1], keepdims=1))

    def _raw(self, column: int) -> str:
        return self._program.columns[column].name

    def _is_known(self, column: int) -> str:
        """Whether the value is there."""
        if column not in self._known:
            self._known[column] = self._find_known(column)
        return self._known[column]

    def _find_known(self, column: int) -> str:
        graph, raw = self._graph, self._raw(column)
        if isinstance(self._program.columns[column].source, TimeSource):
            return graph.node("Not", graph.node("Equal", raw, graph.constant(np.int64(NOT_A_TIME))))
        known = graph.node("Equal", raw, raw)  # NaN is not equal to itself
        for marker in sorted(self._program.markers.numbers):
            differs = graph.node("Not", graph.node("Equal", raw, graph.constant(marker)))
            known = graph.node("And", known, differs)
        return known

    def _time(self, column: int, what: str) -> str:
        """A part of a time: circles as shares, parts as whole numbers; of 1970 where it is missing."""
        if (column, what) not in self._moments:
            self._moments[column, what] = self._calendar(column, what)
        return self._moments[column, what]

    def _local(self, seconds: str, source: Any) -> str:
        """Seconds since 1970 by the clock of the column's zone: the offset of the last transition before them."""
        if not source.zone:
            return seconds
        graph, (starts, offsets) = self._graph, zone_table(source.zone)
        if len(starts) == 1:
            return graph.node("Add", seconds, graph.constant(offsets[0]))
        passed = graph.whole(graph.node("Not", graph.node("Less", seconds, graph.constant(starts[1:]))))
        last = graph.node("ReduceSum", passed, axes=[1], keepdims=1)
        return graph.node("Add", seconds, graph.node("Gather", graph.constant(offsets), last))

    def _calendar(self, column: int, what: str) -> str:
        graph = self._graph

        def of(value: str, operator: str, by: int) -> str:
            return graph.node(operator, value, graph.constant(np.int64(by)))

        def share(value: str, of_all: float) -> str:
            return graph.node("Div", graph.double(value), graph.constant(of_all))

        if what == "seconds":
            known = graph.node("Where", self._is_known(column), self._raw(column), graph.constant(np.int64(0)))
            return self._local(known, self._program.columns[column].source)
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


def _about(column: Column) -> str:
    """What a tensor holds, where its type does not say it."""
    zone = column.source.zone if isinstance(column.source, TimeSource) else None
    return f"seconds since 1970-01-01 00:00 in UTC; they are read in the zone {zone}" if zone else ""


OPERATIONS: Final[dict[type, Callable[[Columns, Step], str]]] = {
    OnScale: Columns.on_scale,
    IsMissing: Columns.is_missing,
    OnCircle: Columns.on_circle,
    CodeOfValue: Columns.code_of_value,
    CodeOfPart: Columns.code_of_part,
    AmongBins: Columns.among_bins,
}
"""How each operation is written; a new operation is one entry here. ONNX has no operator that hashes words."""
