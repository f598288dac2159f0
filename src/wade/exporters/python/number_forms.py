"""A form of numbers as data of a Python program: the spellings of its units, and what each multiplies a number by."""

from __future__ import annotations

from typing import Any

from wade.exporters.literals import python, wrapped
from wade.tables.columns.number_forms import form_of
from wade.tables.columns.units import (
    ALL_SPELLINGS,
    CLOCKS,
    CURRENCIES,
    MAGNITUDES,
    SEVERAL,
    SPELLINGS_OF_PARTS,
    TIME,
    is_known,
    meanings,
)
from wade.tables.columns.written_numbers import BODIES, MONEY_LETTERS, NEXT_SMALLER, THOUSANDS_OF_EUROS


def form_data(text: str) -> dict[str, Any]:
    """What `amount_of` needs of a form.

    Examples
    --------
    >>> form_data("1,234.56 ppm")["units"]
    {'': (1, 0, 1), 'ppm': (1, 0, 1), 'ppms': (1, 0, 1)}
    """
    form = form_of(text)
    money, _, rate = form.unit.partition("/")
    names = ALL_SPELLINGS | {name: name for name in (*SEVERAL, *CLOCKS, "")}
    if money in CURRENCIES and rate:
        names |= {f"{spelling}/{rate}": form.unit for spelling, name in ALL_SPELLINGS.items() if name == money}
    elif not is_known(form.unit):
        names |= {form.unit: form.unit, f"{form.unit}s": form.unit}
    found = {spelling: form.factor(name) for spelling, name in names.items()}
    units = {spelling: tuple(factor) for spelling, factor in found.items() if factor}
    if form.unit == "€":
        units |= dict.fromkeys(THOUSANDS_OF_EUROS, (1, 3, 1))
    parts = {}
    for spelling in sorted(SPELLINGS_OF_PARTS):
        for unit in meanings(ALL_SPELLINGS.get(spelling, spelling)):
            if unit.dimension == form.base.dimension:
                parts[spelling] = (unit.times, unit.power)
    smaller = {spelling: NEXT_SMALLER.get(ALL_SPELLINGS.get(spelling, "")) for spelling in parts}
    return {
        "form": text,
        "decimal": form.decimal,
        "digits": BODIES[form.decimal].strip("^$"),
        "known": is_known(form.unit) and bool(form.unit),
        "money": form.unit in CURRENCIES,
        "units": units,
        "parts": parts,
        "lasts": form.base.dimension == TIME,
        "next": {spelling: name for spelling, name in smaller.items() if name},
    }


def magnitudes() -> dict[str, int]:
    """The power of ten of each spelling of a magnitude."""
    words = {letters: power for letters, (_, power) in MAGNITUDES.items()}
    return MONEY_LETTERS | words | {letters.title(): power for letters, power in words.items() if len(letters) > 1}


def python_dict(data: dict[str, Any]) -> str:
    """A dict as Python writes it, in lines."""
    lines = []
    for key, value in data.items():
        if isinstance(value, dict):
            entries = wrapped(f"{python(name)}: {value[name]!r}" for name in sorted(value))
            lines.append(f"    {python(key)}: {{\n{entries}\n    }},")
        elif isinstance(value, int) and not isinstance(value, bool):
            lines.append(f"    {python(key)}: {value},")
        else:
            lines.append(f"    {python(key)}: {value!r},")
    return "{\n" + "\n".join(lines) + "\n}"
