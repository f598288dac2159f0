"""What texts of a column write numbers, in which units and with which decimal separator: counts from batches of rows.

`number_verdict.py` decides from these counts what the column is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wade.tables.columns.cleaning import NUMBER, codes_of
from wade.tables.columns.exact_numbers import ADDRESS
from wade.tables.columns.number_columns import DECIMALS, ParsedTexts
from wade.tables.columns.number_forms import NumberForm
from wade.tables.columns.written_numbers import Factor
from wade.types import Rows

MOST_UNITS: Final = 40
SPACED: Final = r"^\d{1,4}( \d{3})+$"


class Example(NamedTuple):
    """A text, and the row (0-based) where it was first met."""

    row: int
    text: str

    def at(self, places: Rows) -> Example:
        """The same where the rows have these numbers."""
        return Example(int(places[self.row]), self.text)


@dataclass(frozen=True)
class UnitTexts:
    """The texts in one unit: in how many rows, the range with either decimal separator, the first of them."""

    rows: int
    ranges: Mapping[str, tuple[float, float]]
    first: Example

    def merge(self, other: UnitTexts, shift: int) -> UnitTexts:
        """With those of a batch that follows after `shift` rows."""
        ranges = dict(self.ranges)
        for decimal, (low, high) in other.ranges.items():
            before = ranges.get(decimal, (low, high))
            ranges[decimal] = min(low, before[0]), max(high, before[1])
        return UnitTexts(self.rows + other.rows, ranges, self.first)


@dataclass(frozen=True)
class NumberTexts:
    """The numbers among the texts of a column, or of a batch of its rows.

    Examples
    --------
    >>> seen = NumberTexts.of(pa.array(["$1,250.00", "$950", "ask"]).dictionary_encode())
    >>> seen.numbers, seen.words, [*seen.units]
    (2, 1, ['$'])
    """

    units: Mapping[str, UnitTexts]
    numbers: int = 0  # rows whose text is a number in some unit
    words: int = 0  # rows whose text is none
    disguised: int = 0  # rows whose text is a number, but not one that is read without a form
    point: int = 0  # rows whose digits only a decimal point explains, as the next only a comma
    comma: int = 0
    zeros: int = 0  # rows that are plain 0
    unclear: int = 0  # rows whose digits may mean two numbers
    small: int = 0  # rows with a whole number under 1000
    spaced: int = 0  # rows of digits in groups between spaces, and nothing else
    addresses: int = 0  # rows of internet addresses, whose points might as well group digits
    first_word: Example | None = None
    first_point: Example | None = None
    first_comma: Example | None = None
    first_unclear: Example | None = None  # that a comma divides, as in "1,234", which may mean two numbers
    first_unclear_point: Example | None = None  # that a point divides, as in "1.234"
    many: bool = False  # more units than a column of numbers has

    @classmethod
    def of_words(cls, column: pa.Array, used: Rows, counts: Rows, addresses: int = 0) -> NumberTexts:
        """Those of a column none of whose texts is a number."""
        return cls({}, words=int(counts.sum()), addresses=addresses, first_word=_first(column, used))

    @classmethod
    def of(cls, column: pa.Array, used: Rows | None = None, counts: Rows | None = None) -> NumberTexts:
        """Those of a dictionary-encoded column; `used` are the codes that occur, `counts` how often each does."""
        if used is None or counts is None:
            used, counts = np.unique(np.asarray(column.indices.drop_null(), dtype=np.int64), return_counts=True)
        texts = column.dictionary.take(pa.array(used))
        parsed = ParsedTexts.of(texts)
        is_number = parsed.units >= 0
        addresses = int(counts[np.asarray(pc.match_substring_regex(texts, ADDRESS))].sum())
        if not is_number.any():
            return cls.of_words(column, used, counts, addresses)
        firsts = _FirstRows(column, used)
        own = {decimal: parsed.values(decimal, lambda name: Factor()) for decimal in DECIMALS}
        fits = {decimal: parsed.fits[decimal] & is_number for decimal in DECIMALS}
        unclear = fits["."] & fits[","] & (own["."] != own[","])
        commas = np.asarray(pc.match_substring(texts, ","))
        plain = np.asarray(pc.match_substring_regex(texts, NUMBER))
        units = {}
        for place, name in enumerate(parsed.names):
            here = parsed.units == place
            if here.any():
                units[name] = UnitTexts(int(counts[here].sum()), _ranges(own, here), firsts.of(here))
        return cls(
            units if len(units) <= MOST_UNITS else {},
            numbers=int(counts[is_number].sum()),
            words=int(counts[~is_number].sum()),
            disguised=int(counts[is_number & ~plain].sum()),
            point=int(counts[fits["."] & ~fits[","]].sum()),
            comma=int(counts[fits[","] & ~fits["."]].sum()),
            unclear=int(counts[unclear].sum()),
            small=int(counts[is_number & (own["."] == own[","]) & (own["."] % 1 == 0) & (abs(own["."]) < 1000)].sum()),
            spaced=int(counts[np.asarray(pc.match_substring_regex(texts, SPACED))].sum()),
            addresses=addresses,
            zeros=int(counts[plain & (own["."] == 0)].sum()),
            first_word=firsts.of(~is_number),
            first_point=firsts.of(fits["."] & ~fits[","]),
            first_comma=firsts.of(fits[","] & ~fits["."]),
            first_unclear=firsts.of(unclear & commas),
            first_unclear_point=firsts.of(unclear & ~commas),
            many=len(units) > MOST_UNITS,
        )

    def merge(self, other: NumberTexts, shift: int) -> NumberTexts:
        """What one pass over both would have found, the other being a batch that follows after `shift` rows."""
        parts: dict[str, Any] = {}
        for field in fields(self):
            one, two = getattr(self, field.name), getattr(other, field.name)
            if field.name.startswith("first"):
                parts[field.name] = one or (two and Example(two.row + shift, two.text))
            elif field.name != "units":
                parts[field.name] = one + two if field.name != "many" else one or two
        units = dict(self.units)
        for name, seen in other.units.items():
            later = replace(seen, first=Example(seen.first.row + shift, seen.first.text))
            units[name] = units[name].merge(seen, shift) if name in units else later
        many = parts["many"] or len(units) > MOST_UNITS
        return NumberTexts(**{**parts, "many": many, "units": {} if many else units})

    def placed(self, places: Rows) -> NumberTexts:
        """The same where the rows have these numbers."""
        firsts = {field.name: getattr(self, field.name) for field in fields(self) if field.name.startswith("first")}
        units = {name: replace(seen, first=seen.first.at(places)) for name, seen in self.units.items()}
        return replace(self, units=units, **{name: first and first.at(places) for name, first in firsts.items()})

    def range(self, form: NumberForm) -> tuple[float, float] | None:
        """The least and the greatest number of this form."""
        ends = []
        for name, seen in self.units.items():
            factor = form.factor(name)
            if factor is not None and form.decimal in seen.ranges:
                scale = factor.times * 10.0**factor.power / factor.over
                ends += [end * scale for end in seen.ranges[form.decimal]]
        return (min(ends), max(ends)) if ends else None


def _ranges(own: Mapping[str, NDArray[np.float64]], here: NDArray[np.bool_]) -> dict[str, tuple[float, float]]:
    ranges = {}
    for decimal, values in own.items():
        present = values[here & ~np.isnan(values)]
        if len(present):
            ranges[decimal] = (float(present.min()), float(present.max()))
    return ranges


class _FirstRows:
    """The first row of each text that is used."""

    def __init__(self, column: pa.Array, used: Rows) -> None:
        self._column, self._used = column, used
        codes = codes_of(column)
        first = np.full(len(column.dictionary) + 1, len(codes))
        first[codes[::-1]] = np.arange(len(codes))[::-1]
        self._rows = first[used]

    def of(self, wanted: NDArray[np.bool_]) -> Any:
        """The first of the wanted texts; None where there is none."""
        if not wanted.any():
            return None
        place = np.flatnonzero(wanted)[self._rows[wanted].argmin()]
        return Example(int(self._rows[place]), self._column.dictionary[int(self._used[place])].as_py())


def _first(column: pa.Array, used: Rows) -> Example | None:
    return _FirstRows(column, used).of(np.ones(len(used), bool)) if len(used) else None
