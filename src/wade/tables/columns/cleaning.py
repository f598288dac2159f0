"""One column as it was stored → one of six tidy types, so that everything downstream has six cases and no more.

nothing (all missing) · booleans · integers · decimals · timestamps, with their zone, and times of day · text
(dictionary-encoded)

Text is tidied by its distinct values: white space around it goes, missing markers become missing, and text in which
every value is a number becomes numbers. What cannot be tidied (lists, binary data) stays as it is, and
`schema/column_checks.py` refuses such a column by name.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from math import isnan, nan

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wade.tables.columns.exact_numbers import are_codes, tidy_stored, whole_numbers
from wade.tables.columns.plain import is_text as is_text
from wade.tables.columns.plain import plain
from wade.types import Rows

MISSING_MARKERS = ("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?", "n/a", "#N/A", "<NA>", "NaT", "\\N")
NUMBER = r"^[+-]?((\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[iI]nf|[iI]nfinity)$"
WHOLE_LIMIT = 2**63
SECONDS_PER_UNIT = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}


def clean(
    column: pa.ChunkedArray, markers: Collection[str] = (), keep_text: bool = False, kept: Collection[str] = ()
) -> pa.Array:
    """A column in one piece and of a tidy type; types that cannot be tidied come back unchanged.

    `markers` are texts that stand for a missing value besides `MISSING_MARKERS`; with `keep_text`, text in which every
    value is a number stays text ("01234" as a code, not as 1234); `kept` are texts that do not mean missing here.

    Examples
    --------
    >>> clean(pa.chunked_array([[" 3", "?", "5 "]])).to_pylist()
    [3, None, 5]
    >>> clean(pa.chunked_array([["03", "?", "05"]]), keep_text=True).to_pylist()
    ['03', None, '05']
    """
    arrow_type = column.type
    as_plain = plain(column)
    if as_plain is not None:
        return clean(as_plain, markers, keep_text, kept)
    if is_text(arrow_type) or pa.types.is_dictionary(arrow_type):
        # A dictionary declares that these are categories: "1", "2" stay text.
        missing = {*MISSING_MARKERS, *markers} - {*kept}
        return _clean_text(column, missing, keep_text or pa.types.is_dictionary(arrow_type))
    if pa.types.is_decimal(arrow_type) or pa.types.is_uint64(arrow_type):
        return clean(pa.chunked_array([tidy_stored(one_piece(column), keep_text)]), markers, keep_text)
    if pa.types.is_integer(arrow_type) or pa.types.is_floating(arrow_type):
        return _clean_numbers(column, markers)
    if pa.types.is_temporal(arrow_type):
        return _clean_times(column)
    return one_piece(column)


def alone(column: pa.Array, keep_text: bool) -> pa.Array:
    """Some rows of a tidy column of text, as `clean` would make them of these rows alone.

    Examples
    --------
    >>> sizes = pa.array(["3", "5", "large"]).dictionary_encode()
    >>> alone(sizes[:2], keep_text=False).to_pylist(), alone(sizes[:2], keep_text=True).to_pylist()
    ([3, 5], ['3', '5'])
    """
    codes = column.indices.dictionary_encode()
    return _typed(codes.indices, column.dictionary.take(codes.dictionary), set(), keep_text)


def one_piece(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """The column as one array."""
    if isinstance(column, pa.Array):
        return column
    if column.num_chunks == 1:
        return column.chunk(0)
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def codes_of(column: pa.Array) -> Rows:
    """The dictionary codes of a text column, −1 where a value is missing."""
    return np.asarray(column.indices.fill_null(-1), dtype=np.int64)


def parse_numbers(values: pa.Array) -> pa.Array:
    """Texts as doubles, missing where a text is not a number."""
    fitting = pc.match_substring_regex(values, NUMBER)
    return pc.cast(pc.if_else(fitting, values, pa.scalar(None, values.type)), pa.float64())


def _clean_text(column: pa.ChunkedArray, markers: set[str], keep_text: bool) -> pa.Array:
    declared = pa.types.is_dictionary(column.type)
    encoded = one_piece((column if declared else column.dictionary_encode()).unify_dictionaries())
    values = pc.utf8_trim_whitespace(encoded.dictionary.cast(pa.string()))
    meant = pc.invert(pc.is_in(values, pa.array(sorted(markers))))
    # Two texts may differ by white space only: encoding the distinct texts once more makes them one.
    distinct = pc.if_else(meant, values, pa.scalar(None, pa.string())).dictionary_encode()
    indices = encoded.indices.cast(pa.int32())
    if len(distinct.dictionary) < len(values):
        indices = distinct.indices.take(indices)
    if declared and pc.count_distinct(indices).as_py() < len(distinct.dictionary):
        # A part of a table may still carry the dictionary of the whole.
        distinct = distinct.dictionary.take(indices).dictionary_encode()
        indices = distinct.indices
    return _typed(indices, distinct.dictionary, markers, keep_text)


def _typed(indices: pa.Array, texts: pa.Array, markers: set[str], keep_text: bool) -> pa.Array:
    """Rows as text, or as numbers where each of their texts, all of which occur, is one."""
    if not len(texts):
        return pa.nulls(len(indices))
    if keep_text or not pc.all(pc.match_substring_regex(texts, NUMBER)).as_py() or are_codes(texts):
        return pa.DictionaryArray.from_arrays(indices, texts)
    whole = whole_numbers(texts)
    numbers = parse_numbers(texts) if whole is None else whole
    # "-999.0" is the marker -999 too.
    return _clean_numbers(numbers, markers).take(indices)


def _clean_numbers(column: pa.ChunkedArray | pa.Array, markers: Collection[str]) -> pa.Array:
    values = one_piece(column)
    whole = pa.types.is_integer(values.type)
    values = values.cast(pa.int64() if whole else pa.float64(), safe=False)
    # One NaN makes the whole sum NaN, and a sum is found sooner than each NaN.
    missing = pc.is_nan(values) if not whole and isnan(pc.sum(values).as_py() or 0.0) else None
    for marker in markers:
        number = float(marker) if re.match(NUMBER, marker) else nan
        if isnan(number) or (whole and not (number.is_integer() and abs(number) < WHOLE_LIMIT)):
            continue
        # A large whole number is no double, so it is compared as what it is.
        equal = pc.equal(values, int(number) if whole else number)
        missing = equal if missing is None else pc.or_(missing, equal)
    if missing is None or not pc.any(missing).as_py():
        return values
    return pc.if_else(missing, pa.scalar(None, values.type), values)


def _clean_times(column: pa.ChunkedArray) -> pa.Array:
    values, arrow_type = one_piece(column), column.type
    if pa.types.is_timestamp(arrow_type):
        if arrow_type.unit in ("us", "ns") and (pc.min(values.cast(pa.int64())).as_py() or 0) < 0:
            # A cast would round towards 1970, and the clock stands at the second that has begun.
            values = pc.floor_temporal(values.cast(pa.timestamp(arrow_type.unit)), unit="millisecond")
        return values.cast(pa.timestamp("ms", arrow_type.tz), safe=False)
    if pa.types.is_date(arrow_type):
        return values.cast(pa.timestamp("ms"), safe=False)
    if pa.types.is_time(arrow_type):
        return values.cast(pa.time32("ms"), safe=False)
    if pa.types.is_duration(arrow_type):
        return pc.multiply(values.cast(pa.int64()).cast(pa.float64(), safe=False), SECONDS_PER_UNIT[arrow_type.unit])
    return values
