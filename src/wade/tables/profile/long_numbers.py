"""Digits that name something: whole numbers beyond what a double tells apart, and text that is all digits."""

from __future__ import annotations

import re
from typing import Final

from wade.tables.columns.command_options import option
from wade.tables.columns.exact_numbers import LARGEST_EXACT
from wade.tables.profile.column_profile import ColumnProfile

CODE: Final = re.compile(r"0\d+|\d{16,}", re.ASCII)


def is_beyond_doubles(profile: ColumnProfile) -> bool:
    """Whether a whole number is so large that its neighbours are the same double."""
    span = profile.range
    return bool(profile.integers and span and max(abs(span.low), abs(span.high)) >= LARGEST_EXACT)


def are_long_names(profile: ColumnProfile) -> bool:
    """Whether whole numbers are names: all beyond what a double tells apart, and they come back.

    Examples
    --------
    >>> import pyarrow as pa
    >>> are_long_names(ColumnProfile.of(pa.array([1234567890123456789, 1234567890123456788] * 3)))
    True
    """
    span = profile.range
    if profile.is_text or not is_beyond_doubles(profile) or span is None:
        return False
    all_beyond = span.low >= LARGEST_EXACT or span.high <= -LARGEST_EXACT
    return all_beyond and profile.numbers == profile.present and 2 * profile.different <= profile.present


def why_codes(profile: ColumnProfile) -> str:
    """Why digits are compared as text, or an empty string.

    Examples
    --------
    >>> import pyarrow as pa
    >>> why_codes(ColumnProfile.of(pa.array(["01067", "10115"]).dictionary_encode()))
    "digits such as '01067', which numbers would not keep: compared as text, "
    """
    if are_long_names(profile):
        return "whole numbers beyond 2⁵³, some of which would be equal as doubles: compared digit by digit, "
    if profile.texts and profile.texts == profile.number_texts:
        codes = sorted(value for value in profile.distinct.values if isinstance(value, str) and CODE.fullmatch(value))
        if codes:
            return f"digits such as {codes[0]!r}, which numbers would not keep: compared as text, "
    return ""


def note_on_long_numbers(profile: ColumnProfile, name: str) -> str:
    """What is lost where such numbers are read as numbers, with the remedy; empty where nothing is."""
    if not is_beyond_doubles(profile):
        return ""
    span = profile.range
    largest = max(span, key=abs) if span else 0
    return (
        f"Column {name!r} is read as numbers, but holds whole numbers such as {int(largest)}, beyond 2⁵³: values that "
        f"differ in their last digits only become equal. If they are IDs: {option('--category', name)}, or "
        f"{option('--drop', name)}."
    )
