"""Texts that usually mean missing, in a column where they may be values: NA for North America, None for no garage."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from wade.tables.columns.cleaning import MISSING_MARKERS, is_text, one_piece
from wade.tables.columns.command_options import pair_option

MOST_CODES: Final = 200
LONGEST_CODE: Final = 6
LONGER: Final = 1
LEAST_LENGTH: Final = 3


def holds_short_codes(column: pa.ChunkedArray) -> bool:
    """Whether a tidy column holds a few short words, with missing values among them."""
    if not (pa.types.is_dictionary(column.type) and column.null_count and column.null_count < len(column)):
        return False
    texts = one_piece(column.unify_dictionaries()).dictionary
    if len(texts) > MOST_CODES:
        return False
    return bool(pc.max(pc.utf8_length(texts)).as_py() <= LONGEST_CODE)


def notes_on_markers(raw: pa.ChunkedArray, tidy: pa.ChunkedArray, name: str, kept: Collection[str]) -> Iterator[str]:
    """A note for each text that was read as missing among codes of about its length; `raw` is text as it was written.

    Examples
    --------
    >>> raw = pa.chunked_array([["EU", "NA", "OC", ""]])
    >>> tidy = pa.chunked_array([pa.array(["EU", None, "OC", None]).dictionary_encode()])
    >>> [note] = notes_on_markers(raw, tidy, "region", ())
    >>> print(note)
    Column 'region': 'NA' is read as missing in 1 row, beside codes such as 'EU'. If it is a code too, keep it: ...
    """
    codes = one_piece(tidy.unify_dictionaries()).dictionary
    longest = pc.max(pc.utf8_length(codes)).as_py()
    words = [marker for marker in MISSING_MARKERS if marker and marker not in kept]
    texts = pc.utf8_trim_whitespace(raw)
    counts = texts.filter(pc.is_in(texts, pa.array(words))).value_counts()
    for found in sorted(counts.to_pylist(), key=lambda one: (-one["counts"], one["values"])):
        text, rows = found["values"], found["counts"]
        if longest <= max(LEAST_LENGTH, len(text)) + LONGER:
            counted = f"{rows:,} row{'s' if rows > 1 else ''}"
            yield (
                f"Column {name!r}: {text!r} is read as missing in {counted}, beside codes such as "
                f"{min(codes.to_pylist())!r}. If it is a code too, keep it: {pair_option('--keep-text', name, text)}."
            )


def as_strings(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column of text as plain strings; nothing of any other."""
    value_type = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    return column.cast(pa.string()) if is_text(value_type) else pa.chunked_array([], pa.string())
