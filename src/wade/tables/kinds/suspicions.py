"""What may be meant otherwise than it is read, and is noted: -999 for missing, DE beside de, foreign dates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import numpy as np

from wade.documents.wording import counted
from wade.documents.wording import shown as shortened
from wade.tables.columns.command_options import option
from wade.tables.columns.number_forms import form_of
from wade.tables.columns.views import BOOLEANS, in_short
from wade.tables.profile.column_profile import ColumnProfile

NINES: Final = re.compile(r"-?(9{2,})(\.(25|9+))?")
"""-999, -999.25, 9999.9: what instruments and surveys write where they have no value."""
LEAST_OTHERS: Final = 3
FOREIGN_DATE: Final = re.compile(r"\d{1,2}[.º]? (?:de )?([^\W\d_]{3,12})\.?,? (?:de |del )?(?:\d{4}|\d{2})")
MONTHS: Final = range(3, 13)
MOST_TEXTS: Final = 200
MOST_SPELLINGS: Final = 3


def sentinel_notes(profile: ColumnProfile, name: str) -> Iterator[str]:
    """Numbers made of nines that are further from all others than those are from each other.

    Examples
    --------
    >>> import pyarrow as pa
    >>> [*sentinel_notes(ColumnProfile.of(pa.array([12.5, -999.0, 14.0, 13.0, -999.0])), "wind")]
    ["Column 'wind': -999 is far from all other values (12.5 to 14). If it means missing: --missing=-999."]
    """
    if profile.range is None or profile.texts:
        return
    values = np.array([value for value in profile.distinct.values if isinstance(value, int | float)], float)
    for end in dict.fromkeys((profile.range.low, profile.range.high)):
        written = in_short(float(end))
        others = values[values != end]
        if len(others) < LEAST_OTHERS or not NINES.fullmatch(written):
            continue
        low, high = float(others.min()), float(others.max())
        if min(abs(end - low), abs(end - high)) > high - low:
            yield (
                f"Column {name!r}: {written} is far from all other values ({low:.6g} to {high:.6g}). "
                f"If it means missing: {option('--missing', written)}."
            )


def unitless_notes(profile: ColumnProfile, name: str, form: str) -> Iterator[str]:
    """A number made of nines that stands without a unit in a column whose other numbers all have one.

    Examples
    --------
    >>> import pyarrow as pa
    >>> profile = ColumnProfile.of(pa.array(["5 €", "-999", "1200 €", "-999"]).dictionary_encode())
    >>> print(*unitless_notes(profile, "price", "1,234.56 €"))
    Column 'price': -999 stands without a unit, in 2 rows, beside numbers in €. If it means missing: --missing=-999.
    """
    seen, unit = profile.written, form_of(form).shown if form else ""
    plain = seen.units.get("") if seen else None
    if plain is None or not unit or len({*plain.ranges.values()}) != 1:
        return
    text = plain.first.text.strip()
    ((low, high),) = {*plain.ranges.values()}
    if low == high and NINES.fullmatch(text):
        yield (
            f"Column {name!r}: {text} stands without a unit, in {counted(plain.rows, 'row')}, beside numbers in "
            f"{unit}. If it means missing: {option('--missing', text)}."
        )


def spelling_notes(profile: ColumnProfile, name: str) -> Iterator[str]:
    """Texts that are two categories and differ in capital letters or in spaces only.

    Examples
    --------
    >>> import pyarrow as pa
    >>> profile = ColumnProfile.of(pa.array(["DE", "de", "FR", "NL", "n l"]).dictionary_encode())
    >>> print(*spelling_notes(profile, "country"))
    Column 'country': 'DE' and 'de', 'NL' and 'n l' are different categories, though ... If they mean the same, ...
    """
    alike: dict[str, list[str]] = {}
    for text in sorted({str(value) for value in profile.distinct.values}):
        alike.setdefault("".join(text.split()).casefold(), []).append(text)
    found = [texts for key, texts in alike.items() if len(texts) > 1 and key not in BOOLEANS]
    if not found:
        return
    shown = ", ".join(" and ".join(repr(shortened(text)) for text in texts) for texts in found[:MOST_SPELLINGS])
    more = f" and {len(found) - MOST_SPELLINGS:,} more such" if len(found) > MOST_SPELLINGS else ""
    yield (
        f"Column {name!r}: {shown}{more} are different categories, though only capital letters or spaces differ. If "
        "they mean the same, write them alike in the table."
    )


def foreign_dates_notes(profile: ColumnProfile, name: str) -> Iterator[str]:
    """Texts that look like dates with the names of months in another language than English.

    Examples
    --------
    >>> import pyarrow as pa
    >>> texts = ["1. Januar 2023", "2. März 2023", "5. Mai 2023", "7. Juli 2023"]
    >>> print(*foreign_dates_notes(ColumnProfile.of(pa.array(texts).dictionary_encode()), "day"))
    Column 'day' may hold dates ('1. Januar 2023'), but names of months are read in English only: write YYYY-MM-DD.
    """
    texts = [str(value) for value in profile.distinct.values[:MOST_TEXTS]]
    found = [FOREIGN_DATE.fullmatch(text) for text in texts]
    words = {each[1].casefold()[:5] for each in found if each}
    if texts and all(found) and len(words) in MONTHS:
        example = min(texts)
        yield (
            f"Column {name!r} may hold dates ({example!r}), but names of months are read in English only: "
            "write YYYY-MM-DD."
        )
