"""Which columns of a text file hold digits that a reader of numbers would change: "01067" loses its zero, 0x10 is 16.

The bytes are looked at once, as fast as they come; only where such a value may be are columns looked at one by one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wade.tables.columns.exact_numbers import DIGITS, ZERO_BEFORE, all_match, any_match

MOST_DIGITS: Final = 40
ZERO: Final = ord("0")
X, SMALL = ord("x"), np.uint8(0x20)
HEXADECIMAL: Final = r"^0[xX]"


def value_ends(separator: str, quote: str) -> NDArray[np.bool_]:
    """Which bytes stand right before and after a value."""
    ends = np.zeros(256, bool)
    ends[[*b"\n\r \t", *separator.encode(), *quote.encode()]] = True
    return ends


def may_hold(text: bytes, ends: NDArray[np.bool_]) -> bool:
    """Whether a value in this piece of text, and its end, may be digits with a zero before them, or begin with 0x.

    Examples
    --------
    >>> ends = value_ends(",", "")
    >>> [may_hold(text, ends) for text in (b"a,b\\n1,01067\\n", b"a\\n0x1F\\n", b"a,b\\n10,0.5\\n08:30,2013-01-02\\n")]
    [True, True, False]
    """
    letters = np.frombuffer(text, np.uint8)
    zeros = np.flatnonzero(letters[:-1] == ZERO)
    zeros = zeros[(zeros == 0) | ends[letters[zeros - 1]]]
    after = letters[zeros + 1]
    if ((after | SMALL) == X).any():
        return True
    zeros = zeros[after - np.uint8(ZERO) < 10]
    at = zeros + 1
    for _ in range(MOST_DIGITS):
        at = at[at < len(letters)]
        digit = letters[at] - np.uint8(ZERO) < 10
        if (ends[letters[at]] & ~digit).any():
            return True
        at = at[digit] + 1
        if not len(at):
            break
    return False


def columns_with_zeros(batches: Iterable[pa.RecordBatch], names: Iterable[str], missing: pa.Array) -> frozenset[str]:
    """The columns, read as text, whose values are all digits, in one of which a zero comes first; and those with 0x."""
    found: dict[str, bool] = dict.fromkeys(names, False)
    certain: set[str] = set()
    for batch in batches:
        for name in list(found):
            texts = pc.utf8_trim_whitespace(batch.column(batch.schema.get_field_index(name))).unique()
            texts = texts.filter(pc.invert(pc.is_in(texts, missing)))
            if any_match(texts, HEXADECIMAL):
                certain.add(name)
            if name in certain or not all_match(texts, DIGITS):
                del found[name]
            else:
                found[name] = found[name] or any_match(texts, ZERO_BEFORE)
        if not found:
            break
    return frozenset(certain | {name for name, zeros in found.items() if zeros})


def number_columns(schema: pa.Schema) -> list[str]:
    """The columns that a reader takes for numbers, or of which it has seen no value yet; each has its own name."""
    numeric = (pa.types.is_integer, pa.types.is_floating, pa.types.is_null)
    own = (field for field in schema if schema.names.count(field.name) == 1)
    return [field.name for field in own if any(check(field.type) for check in numeric)]
