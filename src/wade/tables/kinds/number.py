"""Numbers: on a robust scale, with an indicator of missing values, and as positions in bins where wanted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from math import ceil, floor, isfinite, isnan, log10
from typing import Any, ClassVar, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wade.errors import ColumnError
from wade.tables.columns.from_json import require
from wade.tables.columns.number_forms import NumberForm, form_of
from wade.tables.columns.scalars import MissingMarkers, number_in
from wade.tables.columns.views import as_numbers, is_number
from wade.tables.kinds.base import (
    Alternative,
    Encoded,
    Encoding,
    FitOptions,
    IncrementalFit,
    Kind,
    TrainingMask,
)
from wade.tables.kinds.column import Column, ColumnSummary, Problem, Role
from wade.tables.kinds.number_texts import describe_texts, in_unit, texts_problem
from wade.tables.kinds.operations import AmongBins, IsMissing, NumberSource, OnScale, Operation, Source
from wade.tables.kinds.scales import Scale, among_bins, at_shares, bins_for, edges_among, find_edges
from wade.tables.kinds.suspicions import sentinel_notes, unitless_notes
from wade.tables.profile.column_profile import ColumnProfile
from wade.tables.profile.long_numbers import are_long_names
from wade.tables.profile.number_sketches import SketchesByForm
from wade.tables.profile.occurrences import Span
from wade.tables.profile.sketches import Quantiles
from wade.types import Floats

GRID_STEPS: Final = 8
"""Steps of the grid of alternatives between the quartiles, at least."""
GRID_REACH: Final = 4
"""How far from the median the grid goes, in distances between quartiles."""


@dataclass(frozen=True)
class NumberEncoding(Encoding):
    """A number on its robust scale, with an indicator of missing values where training rows had some.

    Where values are missing at prediction only, they count as the median: the network was trained on nothing else.
    """

    kind: ClassVar = "number"
    arrow_type: ClassVar = pa.float64()

    scale: Scale
    indicator: bool  # whether training rows had missing values
    edges: tuple[float, ...] = ()  # of its bins, strictly rising; none where it is not read piecewise
    form: str = ""  # how texts are written (see `columns/number_forms.py`); empty: as plain numbers

    read = staticmethod(as_numbers)
    read_value = staticmethod(number_in)

    @property
    def source(self) -> Source:
        """Numbers in the column's form."""
        return NumberSource(self.form)

    def steps(self) -> Iterator[Operation]:
        """The number on its scale, the indicator, the position in its bins."""
        yield OnScale(self.scale)
        if self.indicator:
            yield IsMissing()
        if self.edges:
            yield AmongBins(self.edges, self.scale.median)

    def encode(self, column: pa.Array, where: str) -> Encoded:
        """Rows of the column as numbers."""
        values = self.as_read(column, where)
        indicators = [np.isnan(values)] if self.indicator else []
        return Encoded([values], indicators, positions=[self._positions(values)] if self.edges else [])

    def encode_value(self, value: Any, markers: MissingMarkers) -> Encoded:
        """A single row."""
        number = self.read_value(value, markers, self.form) if self.form else self.read_value(value, markers)
        indicators = [isnan(number)] if self.indicator else []
        positions = [self._positions(np.array([number]))[0]] if self.edges else []
        return Encoded([number], indicators, positions=positions)

    def first(self, column: pa.Array, where: str) -> float | None:
        """The first number."""
        number = float(self.as_read(column, where)[0])
        return None if isnan(number) else number

    def raw(self, column: pa.Array, where: str) -> Any:
        """The first value as the table holds it: a whole number stays one."""
        return None if self.first(column, where) is None else column[0].as_py()

    @property
    def unit(self) -> str:
        """The unit of the column's form."""
        return form_of(self.form).shown if self.form else ""

    @property
    def typical(self) -> float:
        """The median."""
        return self.scale.median

    def alternatives(self, value: float, column: Column) -> Iterator[Alternative]:
        """A grid of round steps within the range of the training rows, its ends, and the edges of the bins.

        The size of a change is |change| · factor: in distances between quartiles.
        """
        median, factor = self.scale.median, self.scale.factor
        low, high = (getattr(column.facts, end, None) for end in ("low", "high"))
        if not factor:
            return
        found = set(self.edges)
        if isinstance(low, int | float) and isinstance(high, int | float):
            step = round_step(1 / (factor * GRID_STEPS))
            if all(float(end).is_integer() for end in (low, high, median, value)):
                step = max(step, 1.0)
            first, last = max(low, median - GRID_REACH / factor), min(high, median + GRID_REACH / factor)
            found |= {
                low,
                high,
                *(float(f"{n * step:.12g}") for n in range(ceil(first / step), floor(last / step) + 1)),
            }
        for other in sorted(found - {value}):
            yield other, abs(other - value) * factor

    def check(self) -> None:
        """Edges rise strictly."""
        edges = self.edges
        rising = all(a < b for a, b in pairwise(edges)) and len(edges) != 1
        require(rising and (not edges or isfinite(edges[-1] - edges[0])), "edges", "must rise strictly", edges)
        if self.form:
            form_of(self.form)

    def as_read(self, column: pa.Array, where: str) -> NDArray[np.float64]:
        """Every value as a number, NaN where it is missing."""
        return self.read(column, where, self.form) if self.form else self.read(column, where)

    def _positions(self, values: NDArray[np.float64]) -> Floats:
        """Where the values lie among the bins."""
        return among_bins(values, self.scale.median, self._edges)

    @cached_property
    def _edges(self) -> NDArray[np.float64]:
        return np.array(self.edges)


class NumberFit(IncrementalFit):
    """Quantiles of the training rows, and whether values are missing there."""

    kind: Number

    def __init__(self, kind: Number, form: str = "") -> None:
        super().__init__(kind, form)
        self._quantiles, self._missing = Quantiles(), False
        self._by_form: SketchesByForm[Quantiles] | None = None

    def add(self, column: pa.Array, training: TrainingMask, profile: ColumnProfile, where: str) -> None:
        """Infinite numbers are not refused here: they are reported with their row once the whole column is checked."""
        if pa.types.is_dictionary(column.type) and self.kind.has_forms:
            self._add_texts(column, training, profile, where)
            return
        if is_number(column.type):
            values = np.asarray(column.cast(pa.float64(), safe=False).fill_null(np.nan))[training]
        else:
            values = self.kind.encoding.read(column, where)[training]
        missing = np.isnan(values)
        self._missing = self._missing or bool(missing.any())
        self._quantiles.add(values[~missing])

    def encoding(self, column: Column, options: FitOptions) -> NumberEncoding:
        """The numbers' encoding."""
        quantiles = self.quantiles(column)
        bins = bins_for(quantiles.count) if options.piecewise else 0
        edges = edges_among(quantiles.between(bins)) if bins else ()
        form = {"form": column.form} if column.form else {}
        return self.kind.encoding(column.name, Scale.of(at_shares(quantiles)), self._missing, edges, **form)

    def quantiles(self, column: Column) -> Quantiles:
        """Of the training rows."""
        return self._by_form.of(column.form) if self._by_form and column.form else self._quantiles

    def _add_texts(self, column: pa.Array, training: TrainingMask, profile: ColumnProfile, where: str) -> None:
        """ColumnError where a text is no number in any form: it is reported with its row once the column is checked."""
        written = profile.written
        if written is not None and (written.words or written.many):
            verdict = profile.texts_as_numbers(self.form)
            forms = [form for form in (verdict.form, *verdict.forms) if form and form.decimal]
            as_numbers(column, where, str(forms[0]) if forms else "")
            raise ColumnError(where, "its texts are no numbers", "Give the column another role.")
        self._by_form = self._by_form or SketchesByForm(Quantiles, self.form)
        missing = training[training] if written is None else self._by_form.add(column, training, written)
        self._missing = self._missing or bool(missing.any())


class Number(Kind):
    """Stored numbers, or text in which every value is one."""

    name = "number"
    encoding: ClassVar[type[NumberEncoding]] = NumberEncoding
    incremental = NumberFit
    ordered = True
    may_be_identifier = True

    @property
    def has_forms(self) -> bool:
        """Whether its texts may be written in a form (see `columns/number_forms.py`)."""
        return self.encoding.read is as_numbers

    def recognize(self, profile: ColumnProfile) -> Role | None:
        """Stored numbers, and texts all of which are numbers in one form."""
        if not profile.is_text:
            return None if are_long_names(profile) else Role(self.name, self.describe(profile, ""))
        form = self.form(profile, "")
        return Role(self.name, self.describe(profile, form), form) if form else None

    def describe(self, profile: ColumnProfile, form: str) -> str:
        """The range, and how the numbers are written."""
        if form and profile.written:
            return describe_texts(profile.written, form_of(form))
        low, high = profile.range or Span(0.0, 0.0)
        return f"numbers{in_unit(form_of(form)) + ',' if form else ''} from {low:.6g} to {high:.6g}"

    def notes(self, profile: ColumnProfile, column: Column) -> Iterator[str]:
        """Numbers that may stand for missing values."""
        yield from sentinel_notes(profile, column.name)
        yield from unitless_notes(profile, column.name, column.form)

    def form(self, profile: ColumnProfile, form: str) -> str:
        """How texts are written: what the user left open is found in the texts themselves."""
        found = profile.texts_as_numbers(form).form if self.has_forms and profile.is_text else None
        given = NumberForm.read(form) if form else None
        return str(found or (given and replace(given, decimal=given.decimal or ".")) or "")

    def read_form(self, text: str) -> str | None:
        """The form of a user, in short."""
        form = NumberForm.read(text) if self.has_forms else None
        return str(form) if form else None

    def form_keeps_text(self, form: str) -> bool:
        """Any: "1.234" may be more than a thousand, "1,234" is clear, and "007" is none, whatever else a file holds."""
        return bool(form)

    def summary(self, profile: ColumnProfile, form: str) -> ColumnSummary:
        """With the range, to six digits: all of them would be a value of a row."""
        counts = super().summary(profile, form)
        ends = profile.written.range(form_of(form)) if form and profile.written else profile.range
        if not ends:
            return counts
        low, high = (float(f"{value:.6g}") for value in ends)
        return replace(counts, low=low, high=high)

    def problem(self, column: pa.ChunkedArray, profile: ColumnProfile, name: str, form: str) -> Problem | None:
        """Texts that are numbers in several units, or that may be read in two ways, and what no number of a form is."""
        found = texts_problem(profile, name, form) if self.has_forms else None
        return found or super().problem(column, profile, name, self.form(profile, form))

    def check(self, column: pa.ChunkedArray, form: str) -> None:
        """Refuse a text, a date or an infinite value."""
        self._read(column, "", form)

    def fit(self, values: pa.Array, column: Column, where: str, options: FitOptions) -> NumberEncoding:
        """Scale, indicator and edges of the training rows."""
        numbers = self._read(values, where, column.form)
        edges = find_edges(numbers) if options.piecewise else ()
        form = {"form": column.form} if column.form else {}
        return self.encoding(column.name, Scale.fit(numbers), bool(np.isnan(numbers).any()), edges, **form)

    def order(self, values: pa.Array, column: Column, where: str) -> NDArray[np.float64]:
        """The numbers themselves."""
        return self._read(values, where, column.form)

    @staticmethod
    def may_hold(arrow_type: pa.DataType) -> bool:
        """Stored numbers, and text."""
        return bool(is_number(arrow_type) or pa.types.is_dictionary(arrow_type))

    def _read(self, values: pa.ChunkedArray | pa.Array, where: str, form: str) -> NDArray[np.float64]:
        return self.encoding.read(values, where, form) if form else self.encoding.read(values, where)


def round_step(largest: float) -> float:
    """The largest of …, 0.1, 0.2, 0.5, 1, 2, 5, 10, … that is not larger.

    Examples
    --------
    >>> round_step(1.9), round_step(0.07), round_step(500.0)
    (1.0, 0.05, 500.0)
    """
    power = 10.0 ** floor(log10(largest))
    return float(f"{max(digit for digit in (1, 2, 5) if digit * power <= largest * (1 + 1e-9)) * power:.6g}")
