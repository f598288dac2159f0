"""What a column of texts is, from the counts of `number_texts.py`: the form of its numbers, or what is in the way."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, NamedTuple

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
from wade.tables.profile.number_texts import Example, NumberTexts

FEW_WORDS: Final = 0.1
FEW_VALUES: Final = 20
MANY_UNCLEAR: Final = 40
WEAK: Final = frozenset(("A", "V", "W", "K", "B", "b", "G", "J", "M"))
"""Units of one letter, which after a number may be a part of a code as well ("12A", "12B")."""
CLOCK_PAIRS: Final = ("hh:mm", "h:mm")


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
