"""What texts of a column write numbers, in which units and with which decimal separator: counts from batches of rows.

`settle` decides from these counts what the column is: the form of its numbers, or what stands in the way of one.
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
from wade.tables.columns.number_forms import HOURS_AND_MINUTES, NumberForm
from wade.tables.columns.units import (
    CLOCKS,
    COUNT,
    CURRENCIES,
    IMPERIAL,
    POINT_CURRENCIES,
    SEVERAL,
    Unit,
    is_known,
    meanings,
)
from wade.tables.columns.written_numbers import Factor
from wade.types import Rows

MOST_UNITS: Final = 40
FEW_WORDS: Final = 0.1
FEW_VALUES: Final = 20
MANY_UNCLEAR: Final = 40
SPACED: Final = r"^\d{1,4}( \d{3})+$"
WEAK: Final = frozenset(("A", "V", "W", "K", "B", "b", "G", "J", "M"))
"""Units of one letter, which after a number may be a part of a code as well ("12A", "12B")."""
CLOCK_PAIRS: Final = ("hh:mm", "h:mm")


class Example(NamedTuple):
    """A text, and the row (0-based) where it was first met."""

    row: int
    text: str


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
    >>> seen.numbers, seen.words, [*seen.units], settle(seen).problem
    (2, 1, ['$'], '')
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

    def range(self, form: NumberForm) -> tuple[float, float] | None:
        """The least and the greatest number of this form."""
        ends = []
        for name, seen in self.units.items():
            factor = form.factor(name)
            if factor is not None and form.decimal in seen.ranges:
                scale = factor.times * 10.0**factor.power / factor.over
                ends += [end * scale for end in seen.ranges[form.decimal]]
        return (min(ends), max(ends)) if ends else None


class Verdict(NamedTuple):
    """The form of a column's numbers; or the problem ("words", "units", "no unit", "decimals", "clock") with examples.

    Without either, the column holds no numbers in disguise.
    """

    form: NumberForm | None = None
    problem: str = ""
    examples: tuple[Example, ...] = ()
    forms: tuple[NumberForm, ...] = ()  # between which the user has to choose
    rows: int = 0  # of the texts that stand in the way
    others: tuple[str, ...] = ()  # the units that do


def settle(seen: NumberTexts | None, given: NumberForm | None = None, hint: str = "", different: int = 0) -> Verdict:
    """What the texts of a column are; `given` is the user's form, `hint` the decimal separator of the whole table.

    `different` says how many different values the column has: where they are few, it may as well be a category.
    """
    if seen is None or seen.many or not seen.disguised or 2 * seen.numbers < seen.numbers + seen.words:
        return Verdict()
    if not given and 2 * seen.addresses > seen.numbers + seen.words:
        return Verdict()
    dimension, inside, outside = _dimension(seen, given)
    rows = sum(seen.units[name].rows for name in inside)
    if 2 * rows < seen.numbers + seen.words or _is_time_of_day(inside, given) or (not inside and not given):
        return _of_many_units(seen, (*inside, *outside))
    if not given and inside == ("",) and _is_code(seen):
        return Verdict()
    stray = seen.words + sum(seen.units[name].rows for name in outside)
    some = _separator(seen, given, hint, inside, different)
    unit = given.unit if given and given.unit else _base(seen, dimension, inside)
    form = NumberForm(some or ".", unit)
    most = FEW_WORDS * (seen.numbers + seen.words)
    if outside and seen.words <= most and all(map(is_known, outside)):
        return _of_many_units(seen, (*inside, *outside))
    if stray:
        few = stray <= most or (different > FEW_VALUES and stray - seen.words <= most)
        firsts = sorted(
            [*(seen.units[name].first for name in outside), *([seen.first_word] if seen.first_word else [])]
        )
        return Verdict(None, "words", tuple(firsts), (form,), stray) if few or given else Verdict()
    if given is None or not given.unit:
        problem = _unclear_unit(seen, form, inside)
        if problem.problem:
            return problem
    return _with_separator(seen, form, some)


def likely_unit(seen: NumberTexts, given: NumberForm | None = None) -> str:
    """The unit that the column has if it goes on as it began."""
    if given and given.unit:
        return given.unit
    dimension, inside, _ = _dimension(seen, given)
    return _base(seen, dimension, inside) if inside else ""


def _dimension(seen: NumberTexts, given: NumberForm | None) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """The dimension with the most rows, the names of its units that occur, and those of the others."""
    rows: dict[str, int] = {}
    for name, texts in seen.units.items():
        for dimension in dict.fromkeys(unit.dimension for unit in meanings(name)):
            rows[dimension] = rows.get(dimension, 0) + texts.rows
    if given and given.unit:
        inside = tuple(name for name in seen.units if given.factor(name) is not None)
        return given.base.dimension, inside, tuple(name for name in seen.units if name not in inside)
    named = [name for name in seen.units if name]
    if "" in seen.units and named:
        # Plain numbers are of the unit beside them.
        for dimension in rows:
            rows[dimension] += seen.units[""].rows if dimension != COUNT else 0
        order = {unit.dimension: -place for name in named for place, unit in enumerate(meanings(name))}
        # But beside "1.2K" or "3B" they are counted.
        order[COUNT] = 1 if any(name in ("K", "B", "b", "G") for name in named) else order.get(COUNT, -9)
    else:
        order = {unit.dimension: -place for name in seen.units for place, unit in enumerate(meanings(name))}
    if not rows:
        return COUNT, (), ()
    best = max(rows, key=lambda dimension: (rows[dimension], order.get(dimension, -9)))
    money = best in CURRENCIES
    inside = tuple(
        name
        for name in seen.units
        if not name or any(unit.dimension == best or (money and unit.dimension == COUNT) for unit in meanings(name))
    )
    return best, inside, tuple(name for name in seen.units if name not in inside)


def _base(seen: NumberTexts, dimension: str, inside: tuple[str, ...]) -> str:
    """The unit of most rows, the smaller one of two; plain numbers and magnitudes are counted in ones."""
    if dimension == COUNT:
        return ""
    rows: dict[Unit, int] = {}
    for name in inside:
        for unit in meanings(name):
            if unit.dimension == dimension:
                rows[unit] = rows.get(unit, 0) + seen.units[name].rows
    return max(rows, key=lambda unit: (rows[unit], -unit.times * 10.0**unit.power)).symbol if rows else ""


def _is_code(seen: NumberTexts) -> bool:
    """Whether all are groups of digits of one length, as numbers of phones and accounts are."""
    low, high = seen.units[""].ranges.get(".", (0.0, 0.0))
    return seen.spaced == seen.numbers and len(f"{low:.0f}") == len(f"{high:.0f}")


def _is_time_of_day(inside: tuple[str, ...], given: NumberForm | None) -> bool:
    """Whether all are clock times as a day has them: with hours under 24, in two digits where there are seconds."""
    return not given and set(inside) <= {"hh:mm:ss", "hh:mm"}


def _of_many_units(seen: NumberTexts, names: tuple[str, ...]) -> Verdict:
    """Known units that do not convert into each other, as in $ and €."""
    named = [name for name in names if name and name not in CLOCKS]
    if (
        len(named) < 2
        or seen.words > FEW_WORDS * (seen.numbers + seen.words)
        or not all(map(is_known, named))
        or WEAK & {*named}
    ):
        return Verdict()
    ranked = sorted(named, key=lambda name: (-seen.units[name].rows, name))
    firsts = tuple(seen.units[name].first for name in ranked)
    return Verdict(None, "units", firsts, rows=seen.numbers, others=tuple(map(_symbol, ranked)))


def _unclear_unit(seen: NumberTexts, form: NumberForm, inside: tuple[str, ...]) -> Verdict:
    """Plain numbers beside a unit that they may not be of, and clocks that may show minutes or hours."""
    pairs = [name for name in inside if name in CLOCK_PAIRS]
    if pairs and "h:mm:ss" not in inside and "hh:mm:ss" not in inside:
        forms = (NumberForm(form.decimal, HOURS_AND_MINUTES), NumberForm(form.decimal, "s"))
        return Verdict(None, "clock", tuple(seen.units[name].first for name in pairs), forms)
    named = [name for name in inside if name]
    plain = seen.units.get("")
    if plain is None or plain.rows <= seen.zeros or not named or form.base.dimension == COUNT:
        return Verdict()
    symbols = {_symbol(name) for name in named}
    if symbols == {form.unit} and form.unit not in ("%", "‰") and named != ["m"]:
        return Verdict()
    return Verdict(None, "no unit", (plain.first,), (form,), plain.rows - seen.zeros, tuple(sorted(symbols)))


def _separator(seen: NumberTexts, given: NumberForm | None, hint: str, inside: tuple[str, ...], different: int) -> str:
    """The decimal separator; empty where the texts may be read in two ways."""
    if given and given.decimal:
        return given.decimal
    if seen.point or seen.comma:
        return "." if seen.point >= seen.comma else ","
    if seen.first_unclear is None and seen.first_unclear_point is None:
        return hint or "."
    if hint:
        return hint
    if seen.first_unclear and seen.first_unclear_point:
        return ""
    if min(seen.unclear, different) >= MANY_UNCLEAR and seen.small:
        # As decimals, some of these would have fewer digits; with fixed ones, none would be whole.
        return "." if seen.first_unclear else ","
    money = {name.partition("/")[0] for name in inside} & CURRENCIES.keys()
    if seen.first_unclear:
        dimensions = {meanings(name)[0].dimension for name in inside if name}
        english = (money and money <= POINT_CURRENCIES) or (dimensions and dimensions <= IMPERIAL)
        return "." if english else ""
    return "" if money and not money <= POINT_CURRENCIES else "."


def _with_separator(seen: NumberTexts, form: NumberForm, found: str) -> Verdict:
    """The form, if every number is written with its decimal separator."""
    if not found:
        firsts = tuple(one for one in (seen.first_unclear, seen.first_unclear_point) if one)
        forms = (replace(form, decimal="."), replace(form, decimal=","))
        return Verdict(None, "decimals", firsts, forms)
    other, rows = (seen.first_comma, seen.comma) if found == "." else (seen.first_point, seen.point)
    if other:
        return Verdict(None, "words", (other,), (form,), rows)
    return Verdict(form)


def _symbol(name: str) -> str:
    """A unit's name as it is shown: its own, though a column might read it as another."""
    return name if name in SEVERAL and name not in CLOCKS else meanings(name)[0].symbol


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
