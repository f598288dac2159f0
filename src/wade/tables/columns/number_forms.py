"""Numbers that are written as people write them: "$1,234.50", "1.234,50 €", "45 %", "6.3M", "(12 kg)", "1h 30m".

A form says how the numbers of a column are written: the decimal separator, as an example, and the unit ("1,234.56 $").
Every text that is such a number is read as the number of that unit; what is written in another unit of the same
dimension is converted, and a plain number is one of that unit. Digits may be grouped by spaces, apostrophes, and the
character that is not the decimal separator.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import gcd
from typing import Final

from wade.errors import InvalidArgument
from wade.tables.columns.units import COUNT, CURRENCIES, CURRENCY_SPELLINGS, TABLE, TIME, Unit, meanings, named
from wade.tables.columns.written_numbers import REMEMBERED, Factor, written_in

SAMPLES: Final = {".": "1,234.56", ",": "1.234,56"}
HOURS_AND_MINUTES: Final = "h:mm"


@dataclass(frozen=True)
class NumberForm:
    """How the numbers of a column are written: the decimal separator ("": not given) and the unit ("": none).

    Examples
    --------
    >>> form = NumberForm.read("1.234,56 km")
    >>> form, str(form)
    (NumberForm(decimal=',', unit='km'), '1.234,56 km')
    >>> form.number("1,5 km"), form.number("800 m"), form.number("12"), form.number("3 kg")
    (1.5, 0.8, 12.0, None)
    """

    decimal: str
    unit: str

    @classmethod
    def read(cls, text: str) -> NumberForm | None:
        """The form that a user or a file describes; None where there is no such form."""
        rest, decimal = text.strip(), ""
        for separator, sample in SAMPLES.items():
            if sample in rest:
                rest, decimal = rest.replace(sample, "", 1).strip(), separator
                break
        if rest in (HOURS_AND_MINUTES, ""):
            return cls(decimal, rest) if rest or decimal else None
        unit = "s" if rest == "m:ss" else CURRENCY_SPELLINGS.get(rest) or named(rest)
        return None if unit is None or unit in TABLE[COUNT] else cls(decimal, unit)

    def __str__(self) -> str:
        return " ".join(part for part in (SAMPLES.get(self.decimal), self.unit) if part)

    @property
    def shown(self) -> str:
        """The unit of what is read: that of durations written as hours and minutes is the minute."""
        return self.base.symbol

    @cached_property
    def base(self) -> Unit:
        """The unit of what is read."""
        return Unit("min", TIME, 60) if self.unit == HOURS_AND_MINUTES else meanings(self.unit)[0]

    def number(self, text: str) -> float | None:
        """The number of this unit that a text is; None where it is none.

        Examples
        --------
        >>> NumberForm(".", "$").number("($1.2k)"), NumberForm(".", "$").number("€5")
        (-1200.0, None)
        """
        written = written_in(text)
        factor = None if written is None else self.factor(written.unit)
        return None if written is None or factor is None else written.value(self.decimal, factor)

    def factor(self, unit: str) -> Factor | None:
        """What turns numbers of a unit into those of this one; None where nothing does."""
        if unit not in self._factors:
            self._factors[unit] = self._factor(unit)
        return self._factors[unit]

    @cached_property
    def _factors(self) -> dict[str, Factor | None]:
        return {"": Factor()}

    def _factor(self, name: str) -> Factor | None:
        base = self.base
        if name in ("hh:mm", "h:mm") and self.unit == HOURS_AND_MINUTES:
            return Factor()
        for unit in meanings(name):
            if unit.dimension == base.dimension:
                shared = gcd(unit.times, base.times)
                return Factor(unit.times // shared, unit.power - base.power, base.times // shared)
            if unit.dimension == COUNT and base.symbol in CURRENCIES:
                return Factor(unit.times, unit.power)
        return None


@lru_cache(REMEMBERED)
def form_of(text: str) -> NumberForm:
    """The form that a column or an encoding has; InvalidArgument where it is none.

    Examples
    --------
    >>> form_of("1,234.56 $").number("$5")
    5.0
    """
    form = NumberForm.read(text)
    if form is None or not form.decimal:
        expected = f"must be {' or '.join(map(repr, SAMPLES.values()))} and a unit"
        raise InvalidArgument("form", expected, text)
    return form
