"""Counter-based random numbers: each number is a function of the seed and its place, not of the numbers before it.

The millionth number of a usual generator needs the 999,999 before it. A counter-based one scrambles a counter under a
key, in ten rounds of multiplying and mixing. The key is the seed; the counter is the place in a stream. So any number
can be computed at once, by any thread, in any engine, and the same seed gives the same bits everywhere.

A stream is an int that names a purpose. Streams from `WEIGHTS` on belong to a network's starting weights, those from
2⁶³ on to dropout; those below `WEIGHTS` to the caller, for example one for each epoch's shuffle.
"""

from __future__ import annotations

from math import prod
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wade.errors import InvalidArgument
from wade.types import Floats, Rows

WEIGHTS: Final = 1 << 32

_MULTIPLIERS: Final = (0xD2511F53, 0xCD9E8D57)
_KEY_STEPS: Final = (0x9E3779B9, 0xBB67AE85)
_LOW: Final = 0xFFFFFFFF
_BLOCKS_AT_ONCE: Final = 1 << 14  # their words stay in the processor's cache


def philox(counters: NDArray[np.integer[Any]], key: tuple[int, int]) -> NDArray[np.uint32]:
    r"""Four counter words become four random words: Philox-4×32 with ten rounds.

    .. math:: (c_0, c_1, c_2, c_3) \leftarrow
              (\mathrm{hi}(M_1 c_2) \oplus c_1 \oplus k_0,\; \mathrm{lo}(M_1 c_2),\;
               \mathrm{hi}(M_0 c_0) \oplus c_3 \oplus k_1,\; \mathrm{lo}(M_0 c_0))

    and after each round the key moves on, k₀ += 0x9E3779B9 and k₁ += 0xBB67AE85. hi and lo are the two halves of a
    64-bit product; ⊕ is exclusive or; M₀ = 0xD2511F53, M₁ = 0xCD9E8D57.

    Parameters
    ----------
    counters : array (n, 4), integers in 0 … 2³² − 1
        c₀ to c₃, a block in each row.
    key : two ints in 0 … 2³² − 1
        k₀ and k₁.

    References
    ----------
    J. Salmon, M. Moraes, R. Dror, D. Shaw, *Parallel Random Numbers: As Easy as 1, 2, 3*, 2011.

    Examples
    --------
    >>> import numpy as np
    >>> [f"{word:08x}" for word in philox(np.zeros((1, 4), dtype=np.uint32), (0, 0))[0]]
    ['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8']
    """
    c0, c1, c2, c3 = np.asarray(counters).astype(np.uint64).T
    k0, k1 = key
    for _ in range(10):
        first, second = c0 * _MULTIPLIERS[0], c2 * _MULTIPLIERS[1]
        c0, c1, c2, c3 = (second >> 32) ^ c1 ^ k0, second & _LOW, (first >> 32) ^ c3 ^ k1, first & _LOW
        k0, k1 = (k0 + _KEY_STEPS[0]) & _LOW, (k1 + _KEY_STEPS[1]) & _LOW
    return np.stack((c0, c1, c2, c3), axis=1).astype(np.uint32)


def words(seed: int, stream: int, count: int, start: int = 0) -> NDArray[np.uint64]:
    r"""`count` 64-bit words of a stream, the first ones or those from `start` on.

    Block j of a stream is `philox` of the counter (low half of j, high half of j, low half of the stream, high half of
    the stream) under the key (low half of the seed, high half of the seed). Its four words are two 64-bit words, the
    earlier of each pair being the low half.

    Parameters
    ----------
    seed, stream : int in 0 … 2⁶⁴ − 1
        What the draw is a function of.
    count : int, ≥ 0
        How many.
    start : int, ≥ 0
        Which word comes first.

    Raises
    ------
    InvalidArgument
        Where seed or stream is outside its range.

    Examples
    --------
    >>> [f"{word:016x}" for word in words(seed=0, stream=0, count=2)]
    ['e169c58d6627e8d5', '9b00dbd8bc57ac4c']
    >>> f"{words(seed=0, stream=0, count=1, start=1)[0]:016x}"
    '9b00dbd8bc57ac4c'
    """
    key, tail = halves("seed", seed), halves("stream", stream)
    first = start // 2
    drawn = np.empty((-(-(start + count) // 2) - first, 2), dtype=np.uint64)
    for done in range(0, len(drawn), _BLOCKS_AT_ONCE):
        blocks = np.arange(first + done, first + min(done + _BLOCKS_AT_ONCE, len(drawn)), dtype=np.uint64)
        counters = np.empty((len(blocks), 4), dtype=np.uint64)
        counters[:, 0], counters[:, 1], counters[:, 2:] = blocks & _LOW, blocks >> 32, tail
        drawn[done : done + len(blocks)] = _in_pairs(philox(counters, key))
    return drawn.reshape(-1)[start - 2 * first :][:count]


def uniform(seed: int, stream: int, shape: tuple[int, ...]) -> Floats:
    r"""Numbers spread evenly over [0, 1): the upper 53 bits of a word, all that a float64 can hold.

    .. math:: u = \lfloor w / 2^{11} \rfloor \cdot 2^{-53}

    `seed` and `stream` as in `words`; the result is float64.

    Examples
    --------
    >>> uniform(seed=0, stream=0, shape=(3,)).round(4)
    array([0.8805, 0.6055, 0.3621])
    """
    return ((words(seed, stream, prod(shape)) >> 11) * 2.0**-53).reshape(shape)


def normal(seed: int, stream: int, shape: tuple[int, ...]) -> Floats:
    r"""Numbers with mean 0 and variance 1, by the rule of Box and Muller.

    .. math:: z_1 = \sqrt{-2 \ln u_1} \cos 2 \pi u_2, \qquad z_2 = \sqrt{-2 \ln u_1} \sin 2 \pi u_2

    Two independent normal numbers are a point whose angle is spread evenly and whose squared distance from 0 is
    exponential with mean 2; the rule draws both. u₁ is 1 − `uniform`, in (0, 1], so that the logarithm is finite.

    `seed` and `stream` as in `words`; the result is float64.

    References
    ----------
    G. Box, M. Muller, *A Note on the Generation of Random Normal Deviates*, 1958.

    Examples
    --------
    >>> draws = normal(seed=0, stream=0, shape=(10_000,))
    >>> abs(draws.mean()) < 0.02, abs(draws.var() - 1) < 0.03
    (np.True_, np.True_)
    """
    count = prod(shape)
    u1, u2 = uniform(seed, stream, (-(-count // 2), 2)).T
    distance, angle = np.sqrt(-2 * np.log(1 - u1)), 2 * np.pi * u2
    pairs = np.stack((distance * np.cos(angle), distance * np.sin(angle)), axis=1)
    return pairs.reshape(-1)[:count].reshape(shape)


def permutation(seed: int, stream: int, n: int) -> Rows:
    r"""0 … n − 1 in random order: each gets a random word, and they line up by it.

    Where two words are equal, which happens once in 2⁶⁵/n² draws, the smaller number goes first.

    `seed` and `stream` as in `words`; the result is int64, (n,).

    Examples
    --------
    >>> permutation(seed=0, stream=0, n=5)
    array([3, 4, 2, 1, 0])
    """
    return np.argsort(words(seed, stream, n), kind="stable").astype(np.int64, copy=False)


def permutations(seed: int, streams: range, n: int) -> Rows:
    r"""`permutation` of each of these streams, in a row of its own, (len(streams), n).

    One draw for all of them: for few numbers each, most of the time of a draw goes into its start.

    Examples
    --------
    >>> permutations(seed=0, streams=range(2), n=5)
    array([[3, 4, 2, 1, 0],
           [3, 1, 4, 2, 0]])
    """
    key, tails = halves("seed", seed), [halves("stream", stream) for stream in streams]
    counters = np.zeros((len(streams), -(-n // 2), 4), dtype=np.uint64)
    counters[:, :, 0], counters[:, :, 2:] = np.arange(-(-n // 2)), np.array(tails, np.uint64).reshape(-1, 1, 2)
    drawn = _in_pairs(philox(counters.reshape(-1, 4), key)).reshape(len(streams), n + n % 2)[:, :n]
    return np.argsort(drawn, axis=1, kind="stable").astype(np.int64, copy=False)


def _in_pairs(four: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """The two 64-bit words of each block."""
    wide = four.astype(np.uint64)
    return wide[:, 0::2] | wide[:, 1::2] << np.uint64(32)


def halves(name: str, value: int) -> tuple[int, int]:
    """The low and the high 32 bits of a seed or a stream; `name` is for the message where it has more than 64."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not 0 <= value < 1 << 64:
        raise InvalidArgument(name, "must be a whole number from 0 to 2**64 − 1", value)
    return int(value) & _LOW, int(value) >> 32
