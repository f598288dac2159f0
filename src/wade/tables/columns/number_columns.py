"""Texts of a column as numbers of a form (see `number_forms.py`), many at a time.

`ParsedTexts.of` takes apart each text as `written_in` does, with Arrow's regular expressions where one number stands
alone, and with `written_in` itself for the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wade.tables.columns.cleaning import codes_of
from wade.tables.columns.number_forms import NumberForm
from wade.tables.columns.units import is_known
from wade.tables.columns.written_numbers import (
    ABBREVIATED,
    ALIKE,
    BEGINNING,
    BODIES,
    BODY,
    CODE,
    SEVERAL_PARTS,
    Factor,
    Written,
    around,
    written_in,
)
from wade.types import Rows

MOST_SURROUNDINGS: Final = 1024
"""Different texts around the numbers of a column; where there are more, they are no units."""
LONGEST: Final = 60
UNLIKE: Final = f"[{''.join(others for _, others in ALIKE)}]|  |^ | $|{ABBREVIATED}"
DECIMALS: Final = tuple(BODIES)


@dataclass(frozen=True)
class ParsedTexts:
    """Texts taken apart: the name of each unit, and the numbers in that unit with either decimal separator."""

    names: tuple[str, ...]
    units: Rows  # of each text: which of the names, −1 where it writes no number
    fits: dict[str, NDArray[np.bool_]]  # by decimal separator: whether the digits are written with it
    _bodies: pa.Array
    _signs: Rows
    _powers: Rows
    _others: dict[int, Written]  # of several parts, by place

    @classmethod
    def of(cls, texts: pa.Array) -> ParsedTexts:
        """Each of these texts, none of them missing.

        Examples
        --------
        >>> parsed = ParsedTexts.of(pa.array(["$1,234", "free", "1h 30m"]))
        >>> parsed.names, parsed.units, parsed.numbers(NumberForm(".", "$"))
        (('$', 'min'), array([ 0, -1,  1]), array([1234.,   nan,   nan]))
        """
        tidy = _alike(texts)
        tidy = pc.if_else(pc.match_substring_regex(tidy, BEGINNING), tidy, None)
        keys = pc.replace_substring_regex(tidy, BODY, "#", max_replacements=1).dictionary_encode()
        few = len(keys.dictionary) <= MOST_SURROUNDINGS
        read = [around(key) for key in keys.dictionary.to_pylist()] if few else [None] * len(keys.dictionary)
        names = {name: place for place, name in enumerate(dict.fromkeys(one[0] for one in read if one))}
        entries = [(names[one[0]], one[1], one[2]) if one else (-1, 0, 1) for one in read] + [(-1, 0, 1)]
        units, powers, signs = np.array(entries)[codes_of(keys)].T
        bodies = pa.nulls(len(tidy), pa.string())
        if names:
            wanted = pc.if_else(pa.array(units >= 0), tidy, None)
            bodies = pc.struct_field(pc.extract_regex(wanted, f"(?P<body>{BODY})"), "body")
        fits = {decimal: _matches(bodies, pattern) for decimal, pattern in BODIES.items()}
        known = np.array([bool(name) and is_known(name) for name in names] + [False])
        units = np.where((fits["."] | fits[","]) & (known[units] | ~_matches(bodies, CODE)), units, -1)
        return cls(tuple(names), units, fits, bodies, signs, powers, {})._with_others(tidy)

    def numbers(self, form: NumberForm) -> NDArray[np.float64]:
        """The texts as numbers of this form, NaN where they are none."""
        return self.values(form.decimal, form.factor)

    def values(self, decimal: str, factor_of: Callable[[str], Factor | None]) -> NDArray[np.float64]:
        """The numbers of units that have a factor, multiplied by it; NaN for all others."""
        factors = [factor_of(name) for name in self.names]
        used = np.array([factor is not None for factor in factors] + [False])[self.units] & self.fits[decimal]
        steps = np.array([factor or Factor() for factor in factors] + [Factor()])[self.units]
        values = np.full(len(self.units), np.nan)
        simple = used.copy()
        simple[[*self._others]] = False
        rows = np.flatnonzero(simple)
        if len(rows):
            bodies = _plain(self._bodies.take(pa.array(rows)), decimal)
            numbers = _as_doubles(bodies, (self._powers[rows] + steps[rows, 1]).astype(np.int64))
            values[rows] = self._signs[rows] * numbers * steps[rows, 0] / steps[rows, 2]
        for row, written in self._others.items():
            factor = factors[self.units[row]]
            value = None if factor is None else written.value(decimal, factor)
            values[row] = np.nan if value is None else value
        return values

    def _with_others(self, tidy: pa.Array) -> ParsedTexts:
        """With the texts of several parts, each read by itself."""
        short = np.asarray(pc.less(pc.utf8_length(tidy), LONGEST).fill_null(False))
        several = _matches(tidy, SEVERAL_PARTS) & short & (self.units < 0)
        rows = np.flatnonzero(several)
        if not len(rows):
            return self
        names = {name: place for place, name in enumerate(self.names)}
        units, fits, others = self.units.copy(), {d: fit.copy() for d, fit in self.fits.items()}, dict[int, Written]()
        for row, text in zip(rows.tolist(), tidy.take(pa.array(rows)).to_pylist(), strict=True):
            written = written_in(text)
            if written is None:
                continue
            others[row] = written
            units[row] = names.setdefault(written.unit, len(names))
            for decimal in DECIMALS:
                fits[decimal][row] = written.value(decimal) is not None
        return ParsedTexts(tuple(names), units, fits, self._bodies, self._signs, self._powers, others)


def read_numbers(texts: pa.Array, form: NumberForm) -> pa.Array:
    """Texts as doubles, missing where a text is not a number of this form.

    Examples
    --------
    >>> read_numbers(pa.array(["45 %", "n/a"]), NumberForm(".", "%")).to_pylist()
    [45.0, None]
    """
    numbers = ParsedTexts.of(texts).numbers(form)
    return pa.array(numbers, mask=np.isnan(numbers))


def _alike(texts: pa.Array) -> pa.Array:
    """As `number_forms.alike`."""
    if not pc.any(pc.match_substring_regex(texts, UNLIKE)).as_py():
        return texts
    for one, others in ALIKE:
        texts = pc.replace_substring_regex(texts, f"[{others}]", one)
    texts = pc.utf8_trim(pc.replace_substring_regex(texts, "  +", " "), " ")
    return pc.replace_substring_regex(texts, ABBREVIATED, r"\1 ")


def _matches(texts: pa.Array, pattern: str) -> NDArray[np.bool_]:
    return np.asarray(pc.match_substring_regex(texts, pattern).fill_null(False))


def _plain(bodies: pa.Array, decimal: str) -> pa.Array:
    """As `number_forms.plain`."""
    for group in ("'", " ", "," if decimal == "." else "."):
        bodies = pc.replace_substring(bodies, group, "")
    return pc.replace_substring(bodies, decimal, ".")


def _as_doubles(bodies: pa.Array, powers: Rows) -> NDArray[np.float64]:
    """Digits · 10^power, rounded once."""
    if powers.any():
        used, places = np.unique(powers, return_inverse=True)
        written = pa.array([f"e{power}" for power in used.tolist()]).take(pa.array(places.ravel()))
        bodies = pc.binary_join_element_wise(bodies, written, "")
    return np.asarray(pc.cast(bodies, pa.float64()), dtype=np.float64)
