"""Numbers that are names: digits whose zeros or last places matter, which a double would lose.

"01067" is a postal code and not 1067; two account numbers of nineteen digits may be one double. Where text holds such
digits it stays text, and stored numbers that no 64-bit integer holds become text.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

LARGEST_EXACT: Final = 1 << 53
"""Beyond it, neighbouring whole numbers are one double."""
LONGEST_WHOLE: Final = 2.0**63
DIGITS: Final = r"^\d+$"
SIGNED_DIGITS: Final = r"^[+-]?\d+$"
ZERO_BEFORE: Final = r"^0\d"
TELEPHONE: Final = r"^\+\d{7,}$"
SEVEN_DIGITS: Final = 1e6
NAME: Final = r"^0\d|\d{19}"
"""In digits that are no number (see `are_codes`)."""
ADDRESS: Final = r"^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$"
"""Of the internet: 192.168.101.204 is no 192 thousand millions, though its points stand where groups of digits end."""
SHORT: Final = r"^[+-]?0*\d{1,18}$"
ZEROS_BEHIND: Final = r"\.?0*$"


def are_codes(texts: pa.Array) -> bool:
    """Whether texts, each of which is a number, are to stay text: digits with zeros before them, or too many of them.

    So are telephone numbers: all have a plus sign, and seven digits or more.

    Examples
    --------
    >>> are_codes(pa.array(["01067", "10115"])), are_codes(pa.array(["01.5", "12"])), are_codes(pa.array(["9" * 20]))
    (True, False, True)
    >>> are_codes(pa.array(["+4915123456789", "+4930123456"])), are_codes(pa.array(["+5", "+7"]))
    (True, False)
    """
    if all_match(texts, TELEPHONE):
        return True
    if all_match(texts, DIGITS) and any_match(texts, ZERO_BEFORE):
        return True
    return all_match(texts, SIGNED_DIGITS) and not all_match(texts, SHORT) and whole_numbers(texts) is None


def whole_numbers(texts: pa.Array) -> pa.Array | None:
    """Texts as 64-bit integers; None where one of them is none."""
    if not all_match(texts, SIGNED_DIGITS):
        return None
    try:
        # pyarrow reads +5.0 as a number, but not +5.
        return pc.cast(pc.utf8_ltrim(texts, "+"), pa.int64())
    except pa.ArrowInvalid:
        return None


def tidy_stored(values: pa.Array, keep_text: bool) -> pa.Array:
    """Stored decimals and unsigned integers as 64-bit integers where they are whole, as doubles where they are not.

    Whole numbers of more digits than that become text; with `keep_text`, all decimals do, written in the shortest way.

    Examples
    --------
    >>> tidy_stored(pa.array(["12.50", "3.00"]).cast(pa.decimal128(9, 2)), keep_text=True).to_pylist()
    ['12.5', '3']
    >>> tidy_stored(pa.array([2**64 - 1], pa.uint64()), keep_text=False).to_pylist()
    ['18446744073709551615']
    """
    decimal = pa.types.is_decimal(values.type)
    if decimal and values.type.scale > 0:
        return _shortest(values) if keep_text else values.cast(pa.float64(), safe=False)
    try:
        return values.cast(pa.int64())
    except pa.ArrowInvalid:
        return values.cast(pa.string()).dictionary_encode()


def may_be_codes(values: pa.ChunkedArray) -> bool:
    """Whether a text file's doubles are to be read once more as text: whole numbers that no 64-bit integer is.

    One of them is longer, or each has seven digits or more and something else beside, such as a plus sign.

    Examples
    --------
    >>> may_be_codes(pa.chunked_array([[1e20, 5.0]])), may_be_codes(pa.chunked_array([[1e20, 5.5]]))
    (True, False)
    >>> may_be_codes(pa.chunked_array([[4915123456789.0, 4930123456.0]]))
    True
    """
    if not pa.types.is_floating(values.type):
        return False
    extremes = pc.min_max(values)
    ends = [abs(end.as_py() or 0.0) for end in extremes.values()]
    if not (max(ends) < np.inf and (max(ends) >= LONGEST_WHOLE or (extremes["min"].as_py() or 0) >= SEVEN_DIGITS)):
        return False
    return bool(pc.all(pc.equal(values, pc.floor(values))).as_py())


def all_match(texts: pa.Array, pattern: str) -> bool:
    """Whether every text fits; missing ones are left aside."""
    return bool(pc.all(pc.match_substring_regex(texts, pattern)).as_py())


def any_match(texts: pa.Array, pattern: str) -> bool:
    """Whether one of the texts fits."""
    return bool(pc.any(pc.match_substring_regex(texts, pattern)).as_py())


def _shortest(values: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(values.cast(pa.string()), ZEROS_BEHIND, "").dictionary_encode()
