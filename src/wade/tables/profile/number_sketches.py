"""A sketch of numbers that are written as texts, kept for each form that they may turn out to have.

Which form that is, only the whole column decides: both decimal separators stay possible until a text excludes one, and
the unit is the one that most rows have. What was added before is converted where that changes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wade.tables.columns.number_columns import DECIMALS, ParsedTexts
from wade.tables.columns.number_forms import NumberForm, form_of
from wade.tables.profile.number_texts import NumberTexts
from wade.tables.profile.number_verdict import likely_unit


class Sketch(Protocol):
    """What numbers are added to."""

    def add(self, values: NDArray[np.float64], /) -> None:
        """More numbers, none of them NaN."""

    def scale(self, factor: float, /) -> None:
        """Multiply every number that was added."""


S = TypeVar("S", bound=Sketch)


class SketchesByForm(Generic[S]):
    """A sketch for each decimal separator; `given` is the form that the user gave, or empty.

    Examples
    --------
    >>> from wade.tables.profile.sketches import Quantiles
    >>> sketches = SketchesByForm(Quantiles)
    >>> for batch in (["30 min", "45 min"], ["1 h", "2 h", "3 h"]):
    ...     column = pa.array(batch).dictionary_encode()
    ...     _ = sketches.add(column, np.ones(len(batch), bool), NumberTexts.of(column))
    >>> sketches.of("1,234.56 h").all.tolist()
    [0.5, 0.75, 1.0, 2.0, 3.0]
    """

    def __init__(self, new: Callable[[], S], given: str = "") -> None:
        self._given = NumberForm.read(given) if given else None
        decimals = [self._given.decimal] if self._given and self._given.decimal else DECIMALS
        self._sketches = {decimal: new() for decimal in decimals}
        self._unit = ""

    def add(self, column: pa.Array, training: NDArray[np.bool_], seen: NumberTexts) -> NDArray[np.bool_]:
        """The training rows of a batch of text; `seen` is of all rows so far. Which of these rows hold no number."""
        unit = likely_unit(seen, self._given)
        if unit != self._unit:
            for sketch in self._sketches.values():
                sketch.scale(_ratio(self._unit, unit))
            self._unit = unit
        parsed = ParsedTexts.of(column.dictionary)
        codes = np.asarray(column.indices.fill_null(-1), dtype=np.int64)[training]
        for decimal, sketch in self._sketches.items():
            values = np.append(parsed.numbers(NumberForm(decimal, unit)), np.nan)[codes]
            sketch.add(values[~np.isnan(values)])
        missing: NDArray[np.bool_] = codes < 0
        return missing

    def of(self, form: str) -> S:
        """The sketch of the form that the column turned out to have."""
        found = form_of(form)
        sketch = self._sketches[found.decimal]
        sketch.scale(_ratio(self._unit, found.unit))
        self._unit, self._sketches = found.unit, {found.decimal: sketch}
        return sketch


def _ratio(before: str, after: str) -> float:
    """What turns numbers of the unit before into the one after; plain numbers are of any unit."""
    factor = NumberForm(".", after).factor(before)
    return factor.times * 10.0**factor.power / factor.over if factor else 1.0
