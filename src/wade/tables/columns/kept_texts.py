"""Texts that usually mean missing, in a column where they may be values: NA for North America, None for no garage."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from wade.tables.columns.cleaning import MISSING_MARKERS, is_text, one_piece
from wade.tables.columns.command_options import pair_option

MOST_CODES: Final = 200
LONGEST_CODE: Final = 6
LONGER: Final = 1
LEAST_LENGTH: Final = 3
NOTE: Final = re.compile(r"Column .*? is read as missing in ", re.DOTALL)


def are_short_codes(texts: Collection[str], missing: int) -> bool:
    """Whether the different texts of a column are a few short words, and values are missing beside them."""
    return 0 < len(texts) <= MOST_CODES and missing > 0 and max(map(len, texts)) <= LONGEST_CODE


def short_codes(column: pa.ChunkedArray) -> list[str]:
    """The different texts of a tidy column that holds short codes with missing values among them; else none."""
    if not (pa.types.is_dictionary(column.type) and column.null_count and column.null_count < len(column)):
        return []
    dictionary = one_piece(column.unify_dictionaries()).dictionary
    texts = dictionary.to_pylist() if len(dictionary) <= MOST_CODES else []
    return texts if are_short_codes(texts, column.null_count) else []


def markers_in(raw: pa.ChunkedArray) -> Counter[str]:
    """How often each text that usually means missing occurs in a column of text as it was written."""
    texts = pc.utf8_trim_whitespace(raw)
    found = texts.filter(pc.is_in(texts, pa.array([marker for marker in MISSING_MARKERS if marker]))).value_counts()
    return Counter({one["values"]: one["counts"] for one in found.to_pylist()})


def notes_on_markers(counts: Mapping[str, int], codes: Collection[str], name: str, kept: Collection[str]) -> list[str]:
    """A note for each text that was read as missing among codes of about its length, or in capitals as it is.

    Examples
    --------
    >>> counts = markers_in(pa.chunked_array([["EU", "NA", "OC", ""]]))
    >>> [note] = notes_on_markers(counts, ["EU", "OC"], "region", ())
    >>> print(note)
    Column 'region': 'NA' is read as missing in 1 row, beside codes such as 'EU'. If it is a code too, keep it: ...
    >>> [len(notes_on_markers({"NA": 3}, codes, "x", ())) for codes in (["EU", "APAC", "LATAM"], ["low", "medium"])]
    [1, 0]
    """
    longest, shortest, notes = max(map(len, codes)), min(map(len, codes)), []
    in_capitals = all(code.isupper() for code in codes)
    for text, rows in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
        about = max(LEAST_LENGTH, len(text)) + LONGER
        # Among words in capitals one of about its length is enough: NA beside EU, APAC and LATAM.
        if text not in kept and (shortest if in_capitals and text.isupper() else longest) <= about:
            notes.append(
                f"Column {name!r}: {text!r} is read as missing in {rows:,} row{'s' if rows > 1 else ''}, beside codes "
                f"such as {min(codes)!r}. If it is a code too, keep it: {pair_option('--keep-text', name, text)}."
            )
    return notes


def new_notes(notes: Iterable[str], before: Iterable[str]) -> tuple[str, ...]:
    """Notes without those of `notes_on_markers` about a column and text that training noted too: it was decided there.

    Examples
    --------
    >>> notes = ["Column 'region': 'NA' is read as missing in 3 rows, beside codes such as 'EU'. If ...", "Other."]
    >>> new_notes(notes, ["Column 'region': 'NA' is read as missing in 1 row, beside codes such as 'AS'. If ..."])
    ('Other.',)
    """
    known = {found[0] for found in map(NOTE.match, before) if found}
    return tuple(note for note in notes if not ((found := NOTE.match(note)) and found[0] in known))


def as_strings(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column of text as plain strings; nothing of any other."""
    value_type = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    return column.cast(pa.string()) if is_text(value_type) else pa.chunked_array([], pa.string())
