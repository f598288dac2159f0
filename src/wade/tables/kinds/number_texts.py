"""What texts that are numbers are called in reasons and messages: their form, or what stands in the way of one."""

from __future__ import annotations

from itertools import islice
from math import floor
from typing import Final

from wade.tables.columns.command_options import option, role_option
from wade.tables.columns.number_forms import NumberForm, form_of
from wade.tables.columns.units import CLOCKS
from wade.tables.columns.written_numbers import written_in
from wade.tables.kinds.column import Problem
from wade.tables.profile.column_profile import ColumnProfile
from wade.tables.profile.number_texts import NumberTexts
from wade.tables.profile.number_verdict import Verdict

WORDS_SHOWN: Final = 5
WHOLE_DIGITS: Final = 1e15


def describe_texts(seen: NumberTexts, form: NumberForm) -> str:
    """The unit and the range of texts that are numbers, and what is read in them that is not written so.

    Examples
    --------
    >>> import pyarrow as pa
    >>> seen = NumberTexts.of(pa.array(["$950", "$6M", "$1.5k"]).dictionary_encode())
    >>> describe_texts(seen, NumberForm(".", "$"))
    'numbers in $, from 950 to 6,000,000'
    """
    low, high = seen.range(form) or (0.0, 0.0)
    also = []
    others = sorted(name for name in seen.units if name not in ("", form.unit, form.shown, *CLOCKS))
    if others:
        also.append(f"{' and '.join(others)} converted")
    if "" in seen.units and form.shown:
        also.append(f"{seen.units[''].rows:,} without a unit")
    unclear = seen.first_unclear or (seen.first_unclear_point if form.decimal == "," or form.unit else None)
    if unclear and not (seen.point or seen.comma):
        also.append(f"{unclear.text!r} is read as {written_amount(form.number(unclear.text) or 0.0)}")
    elif form.decimal == ",":
        also.append("with a decimal comma")
    return f"numbers{in_unit(form)}, from {written_amount(low)} to {written_amount(high)}" + (
        f" ({'; '.join(also)})" if also else ""
    )


def in_unit(form: NumberForm) -> str:
    """The unit of numbers after a noun: " in $"; how they are written where they have none."""
    return f" in {form.shown}" if form.shown else f" written as {form}"


def written_amount(number: float) -> str:
    """A number with grouped digits: six digits, or all whole ones.

    Examples
    --------
    >>> written_amount(6e6), written_amount(0.1234567), written_amount(-1234.5)
    ('6,000,000', '0.123457', '-1,234.5')
    """
    whole = abs(number) < WHOLE_DIGITS and (number == floor(number) or abs(number) >= 1e5)
    return f"{number:,.0f}" if whole else f"{number:,.6g}"


def texts_problem(profile: ColumnProfile, name: str, given: str = "", way_out: str = "") -> Problem | None:
    """Why texts that are numbers cannot be read as such, with the remedy; None where they can, or are none."""
    if not profile.is_text:
        return None
    verdict = profile.texts_as_numbers(given)
    if not verdict.problem:
        return None
    first = verdict.examples[0]
    what, remedies = PROBLEMS[verdict.problem](profile, name, verdict)
    remedies += [f"take the column as a category with {option('--category', name)}"] if not given else []
    remedies += [way_out] if way_out else []
    *most, last = remedies
    remedy = f"{', '.join(most)}, or {last}" if most else last
    return Problem(what, f"{remedy[0].upper()}{remedy[1:]}.", first.row)


def _words(profile: ColumnProfile, name: str, verdict: Verdict) -> tuple[str, list[str]]:
    form, first = verdict.forms[0], verdict.examples[0].text
    strange = (value for value in profile.distinct.most_frequent(len(profile.distinct.values)) if _strange(value, form))
    words = list(islice(strange, WORDS_SHOWN)) or [first]
    problem = (
        f"mixed type: {first!r} among numbers{in_unit(form)} ({verdict.rows:,} of {profile.present:,} values are none)"
    )
    markers = [word for word in words if "," not in word]
    as_missing = [f"take it as missing with {option('--missing', *markers)}"] if markers else []
    return problem, ["correct the text", *as_missing]


def _units(profile: ColumnProfile, name: str, verdict: Verdict) -> tuple[str, list[str]]:
    units = " and ".join(verdict.others)
    texts = " and ".join(repr(example.text) for example in verdict.examples[:3])
    return f"numbers in {units} side by side, as in {texts}", ["convert them to one unit"]


def _no_unit(profile: ColumnProfile, name: str, verdict: Verdict) -> tuple[str, list[str]]:
    first, form = verdict.examples[0].text, verdict.forms[0]
    problem = f"{first!r} has no unit among numbers in {' and '.join(verdict.others)} ({verdict.rows:,} such values)"
    return problem, ["write the unit", f"say that they are in {form.unit} with {_role(name, form)}"]


def _decimals(profile: ColumnProfile, name: str, verdict: Verdict) -> tuple[str, list[str]]:
    first = verdict.examples[0].text
    written = written_in(first)
    values = [written.value(form.decimal) or 0.0 for form in verdict.forms] if written else [0.0, 0.0]
    problem = f"{first!r} may mean {' or '.join(f'{value:.15g}' for value in values)}, and no other value decides which"
    return problem, [f"say which: {' or '.join(_role(name, form) for form in verdict.forms)}"]


def _clock(profile: ColumnProfile, name: str, verdict: Verdict) -> tuple[str, list[str]]:
    problem = f"{verdict.examples[0].text!r} may be hours and minutes or minutes and seconds"
    ways = " or ".join(role_option(name, f"number {form}") for form in ("h:mm", "m:ss"))
    return problem, [f"say which: {ways}", f"read times of day with {role_option(name, 'date-time %H:%M')}"]


PROBLEMS: Final = {"words": _words, "units": _units, "no unit": _no_unit, "decimals": _decimals, "clock": _clock}


def _strange(value: object, form: NumberForm) -> bool:
    return isinstance(value, str) and form_of(str(form)).number(value) is None


def _role(name: str, form: NumberForm) -> str:
    return role_option(name, f"number {form}")
