"""What may be wrong with the role of a single column: warnings of `wade data`, and notes of every training."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from math import gcd
from typing import Final

from wade.tables.columns.command_options import role_option
from wade.tables.kinds.column import Column
from wade.tables.kinds.text import mostly_unique
from wade.tables.kinds.time_form import possible_forms
from wade.tables.profile.column_profile import ColumnProfile
from wade.tables.profile.long_numbers import is_beyond_doubles, note_on_long_numbers
from wade.tables.schema.counters import is_amount, why_in_doubt
from wade.tables.schema.roles import IDENTIFIER_ROWS, IDENTIFIER_SHARE, ROWS_PER_CLASS

CODE_WORDS: Final = frozenset({"code", "zip", "zipcode", "postcode", "postal", "plz"})
YEARS: Final = range(1500, 2101)
GAPS: Final = 5


@dataclass(frozen=True)
class Caution:
    """A warning: a kind ("unusable", "leak", "identifier", "code", "duplicates"), where, and a sentence."""

    kind: str
    column: str | None
    message: str


def cautions_of(column: Column, profile: ColumnProfile, left_open: bool) -> Iterator[Caution]:
    """What a user should look at in this input; `left_open`: they have given it no role and not named it.

    Examples
    --------
    >>> import pyarrow as pa
    >>> profile = ColumnProfile.of(pa.array([10115, 20095, 80331] * 20))
    >>> [each.kind for each in cautions_of(Column("zip", "number", ""), profile, left_open=True)]
    ['code']
    """
    name = column.name
    is_number = column.role == "number" and not column.form
    if is_number and is_beyond_doubles(profile):
        yield Caution("digits", name, note_on_long_numbers(profile, name))
    elif not left_open or not (is_number or column.role == "category"):
        return
    elif doubt := why_in_doubt(profile, name):
        yield Caution("identifier", name, doubt)
    elif mostly_unique(profile) or (is_number and almost_all_different(profile, name)):
        problem = f"The values of {name!r} are almost all different: if they only name rows, a network memorizes them"
        yield Caution("identifier", name, f"{problem}. If so: {role_option(name, 'identifier')}.")
    elif is_number and looks_like_a_code(profile, name):
        problem = f"The numbers of {name!r} look like a code, such as a postcode, in which 2 is not twice 1"
        yield Caution("code", name, f"{problem}. If so: {role_option(name, 'category')}.")
    elif column.role == "category" and profile.dates and len(profile.dates) > 1:
        form = possible_forms(profile)[0]
        problem = f"The values of {name!r} may be dates, but the order of day and month is ambiguous"
        yield Caution("date", name, f"{problem}. Give their form: {role_option(name, f'date-time {form}')}.")


def almost_all_different(profile: ColumnProfile, name: str) -> bool:
    """Whether whole numbers of many rows hardly come back, under a name that is no amount's."""
    many = profile.integers and profile.numbers > IDENTIFIER_ROWS and profile.distinct.once >= IDENTIFIER_SHARE
    return many and not is_amount(name)


def looks_like_a_code(profile: ColumnProfile, name: str) -> bool:
    """Whether whole numbers are names rather than amounts, as postcodes are.

    Few of them, each in many rows, all of the same length, with wide gaps and no common step; or a name that marks one.
    Years are none, and numbers that follow each other (months, hours, grades) are none: their order means something.
    """
    if not (profile.integers and profile.numbers and profile.range and profile.distinct.count >= 3):
        return False
    if CODE_WORDS & set(re.split(r"[\W_]+", name.casefold())):
        return True
    low, high, count = int(profile.range.low), int(profile.range.high), profile.distinct.count
    few = profile.distinct.complete and profile.numbers >= ROWS_PER_CLASS * count
    if not few or low < 100 or len(str(low)) != len(str(high)) or (low in YEARS and high in YEARS):
        return False
    return high - low >= GAPS * count and reduce(gcd, map(int, profile.distinct.values)) == 1
