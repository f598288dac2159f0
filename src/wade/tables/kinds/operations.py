"""The plain operations that encodings are made of: what explanations render and exporters write.

An encoding reads a raw value in one of the ways below (a `Source`) and applies operations to it. Explanations and
exporters know sources and operations, never kinds: a new kind made of known ones works everywhere at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wade.errors import ColumnError
from wade.tables.columns.calendar import LARGEST_PART, part_label
from wade.tables.columns.canonical import SPELLED
from wade.tables.columns.command_options import option
from wade.tables.kinds.scales import Scale
from wade.types import Category, Piecewise

MISSING_LABEL: Final = "(missing)"


@dataclass(frozen=True)
class Source:
    """How a raw value is read."""


@dataclass(frozen=True)
class NumberSource(Source):
    """A finite number; NaN where it is missing. Its texts are written in this form (see `columns/number_forms.py`)."""

    form: str = ""


@dataclass(frozen=True)
class TextSource(Source):
    """A text without white space around it; numbers in the shortest way (12.0 as "12"); None where it is missing.

    `kept` are texts that mean missing elsewhere, and do not here.
    """

    kept: tuple[str, ...] = ()


@dataclass(frozen=True)
class BooleanSource(Source):
    """The text "true" or "false", also written 1 and 0; None where it is missing."""


@dataclass(frozen=True)
class TimeSource(Source):
    """Seconds since 1970-01-01 00:00 by the clock of a zone, of a time or of text written in this form.

    A time that has a zone or an offset of its own is converted. Without a zone ("") only times without one are read, by
    the clock as it is written; None (of older models) reads stored times by their own clock.
    """

    form: str
    zone: str | None = None


@dataclass(frozen=True)
class Operation:
    """One step from a raw value to inputs of the network: numbers, categories (codes), or positions in bins."""

    def numbers(self, column: str) -> tuple[str, ...]:
        """The names of the numbers that it makes of this column."""
        return ()

    def categories(self, column: str) -> tuple[Category, ...]:
        """The categories that it makes of this column."""
        return ()

    def piecewise(self, column: str) -> tuple[Piecewise, ...]:
        """The positions in bins that it makes of this column."""
        return ()


@dataclass(frozen=True)
class OnScale(Operation):
    """One number: the value in `unit`s (seconds of a day, for elapsed days) on a robust scale (see `Scale`)."""

    scale: Scale
    unit: float = 1.0
    name: str = ""

    def numbers(self, column: str) -> tuple[str, ...]:
        """The column's name, and what of it is on the scale."""
        return (f"{column} {self.name}".rstrip() if self.name else column,)


@dataclass(frozen=True)
class IsMissing(Operation):
    """One number: 1 where the value is missing, else 0."""

    def numbers(self, column: str) -> tuple[str, ...]:
        """The indicator's name."""
        return (f"{column} missing",)


@dataclass(frozen=True)
class OnCircle(Operation):
    """One number: the sine or cosine of a time's share of the round of "time of day" or "day of year"."""

    circle: str
    wave: str

    def numbers(self, column: str) -> tuple[str, ...]:
        """The circle and its coordinate."""
        return (f"{column} {self.circle} {self.wave}",)


@dataclass(frozen=True)
class HashedWords(Operation):
    """As many numbers as buckets: the words of a text, hashed (see `hashed_words`)."""

    buckets: int

    def numbers(self, column: str) -> tuple[str, ...]:
        """The buckets, counted from 1."""
        return tuple(f"{column} words {bucket}" for bucket in range(1, self.buckets + 1))


@dataclass(frozen=True)
class CodeOperation(Operation):
    """One code: 1 for the first of these values, 2 for the second, …; 0 for any other, and where it is missing."""

    values: tuple[str, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """What codes 1, 2, … are called."""
        return self.values


@dataclass(frozen=True)
class CodeOfValue(CodeOperation):
    """The code of the value itself; texts with the same key (see `columns/canonical.py`) are one value.

    With `missing`, a missing value has a code of its own, after those of the values.
    """

    comparison: str = SPELLED
    missing: bool = False

    @property
    def missing_code(self) -> int:
        """The code of a missing value."""
        return len(self.values) + 1 if self.missing else 0

    @property
    def labels(self) -> tuple[str, ...]:
        """What codes 1, 2, … are called."""
        return (*self.values, MISSING_LABEL) if self.missing else self.values

    def categories(self, column: str) -> tuple[Category, ...]:
        """The column's category."""
        return (Category(column, len(self.labels) + 1),)


@dataclass(frozen=True)
class CodeOfPart(CodeOperation):
    """The code of a time's "hour", "weekday" or "month"."""

    part: str

    @property
    def codes(self) -> tuple[int, ...]:
        """The code of each number that the part may be, from 0 on."""
        code_of = numbered(self.values)
        return tuple(code_of.get(str(number), 0) for number in range(LARGEST_PART + 1))

    @property
    def labels(self) -> tuple[str, ...]:
        """What codes 1, 2, … are called."""
        return tuple(part_label(self.part, value) for value in self.values)

    def categories(self, column: str) -> tuple[Category, ...]:
        """The part's category."""
        return (Category(f"{column} {self.part}", len(self.values) + 1),)


@dataclass(frozen=True)
class AmongBins(Operation):
    """One position: where the value lies in its bins (see `positions`); a missing value counts as the median."""

    edges: tuple[float, ...]
    median: float

    def piecewise(self, column: str) -> tuple[Piecewise, ...]:
        """The column's bins."""
        return (Piecewise(f"{column} among bins", len(self.edges) - 1),)


def numbered(values: tuple[str, ...]) -> dict[str | None, int]:
    """The code of each value: 1 for the first, 2 for the second, and so on."""
    return {value: code for code, value in enumerate(values, start=1)}


def unknown_operation(consumer: str, kind: str, column: str, step: Source | Operation, home: str) -> ColumnError:
    """The refusal of a source or operation that a consumer does not know.

    Examples
    --------
    >>> print(unknown_operation("the ONNX export", "text", "note", HashedWords(128), "exporters/onnx/columns.py"))
    column 'note': the ONNX export has no HashedWords, which the kind 'text' needs. Add it to ...
    """
    name = type(step).__name__
    problem = f"{consumer} has no {name}, which the kind {kind!r} needs"
    return ColumnError(
        f"column {column!r}", problem, f"Add it to {home}, or train without the column: {option('--drop', column)}."
    )
