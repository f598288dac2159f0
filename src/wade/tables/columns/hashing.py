"""One fixed 64-bit number for every value, the same in each batch, on each machine, on each day.

Python's own `hash` changes from run to run; these do not, so what was counted in one batch can be met again in the
next. A hostile table can make values collide: hashes serve counts and warnings, never a prediction.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wade.maths.random import words

STEP: Final = np.uint64(0x9E3779B97F4A7C15)  # the fraction of the golden ratio
TEXT_STREAM: Final = (1 << 32) - 3
BYTES_READ: Final = 256
TEXTS_AT_ONCE: Final = 1 << 13

Hashes = NDArray[np.uint64]

_FACTORS: Final = words(0, TEXT_STREAM, BYTES_READ) | np.uint64(1)


def mix(words: Hashes) -> Hashes:
    """Every bit of a word moved by every other, and no two words become one; a step first, so that a 0 changes too.

    Source: SplitMix64 (Steele, Lea and Flood, *Fast Splittable Pseudorandom Number Generators*, 2014).

    Examples
    --------
    >>> [f"{word:016x}" for word in mix(np.array([0, 1], np.uint64))]
    ['e220a8397b1dcdaf', '910a2dec89025cc1']
    """
    words = words + STEP
    for shift, multiplier in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        words = (words ^ (words >> np.uint64(shift))) * np.uint64(multiplier)
    return words ^ (words >> np.uint64(31))


def hash_values(values: pa.Array) -> Hashes:
    """The hash of each value of an array without missing ones: (n,) uint64; text is not dictionary-encoded.

    Examples
    --------
    >>> bool(hash_values(pa.array([3, 4]))[0] == hash_values(pa.array([3.0]))[0])
    True
    >>> len(set(hash_values(pa.array(["a", "b", "ab", "ba"])).tolist()))
    4
    """
    if pa.types.is_string(values.type):
        parts = [_of_texts(values.slice(at, TEXTS_AT_ONCE)) for at in range(0, len(values), TEXTS_AT_ONCE)]
        return np.concatenate(parts) if parts else np.empty(0, np.uint64)
    if pa.types.is_timestamp(values.type):
        return mix(np.asarray(values.cast(pa.int64())).view(np.uint64))
    if pa.types.is_time(values.type):
        count = values.cast(pa.int32() if pa.types.is_time32(values.type) else pa.int64())
        return mix(np.asarray(count, dtype=np.int64).view(np.uint64))
    # Adding 0 makes −0.0 and 0.0 one value.
    bits = (np.asarray(values.cast(pa.float64(), safe=False), dtype=np.float64) + 0.0).view(np.uint64)
    if pa.types.is_int64(values.type):
        # Beyond 2⁵³ neighbours share a double: long numbers that name rows would seem to come back.
        whole = np.asarray(values)
        bits = np.where(np.abs(whole) >= 1 << 53, whole.view(np.uint64), bits)
    return mix(bits)


def _of_texts(texts: pa.Array) -> Hashes:
    """Σ byteᵢ · factorᵢ modulo 2⁶⁴ over the first bytes of each text, mixed with its length."""
    lengths = np.asarray(pc.binary_length(texts), dtype=np.int64)
    read = np.minimum(lengths, BYTES_READ)
    ends = np.cumsum(read)
    position = np.arange(ends[-1]) - np.repeat(ends - read, read)
    starts, content = _buffers(texts)
    taken = content[np.repeat(starts, read) + position]
    # A sum over nothing needs a place of its own: one 0 at the end of the line.
    products = np.append(taken.astype(np.uint64) * _FACTORS[position], np.uint64(0))
    sums = np.add.reduceat(products, np.minimum(ends - read, len(products) - 1))
    sums[read == 0] = 0
    return mix(sums ^ mix(lengths.view(np.uint64)))


def _buffers(texts: pa.Array) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Where each text starts, and all bytes."""
    _, offsets, content = texts.buffers()
    starts = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts)]
    return starts.astype(np.int64), np.frombuffer(content or b"", np.uint8)
