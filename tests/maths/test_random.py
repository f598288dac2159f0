from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wade.errors import InvalidArgument
from wade.maths.random import normal, permutation, permutations, philox, uniform, words

KNOWN_ANSWERS = [  # Random123, kat_vectors, "philox4x32 10"
    ((0, 0, 0, 0), (0, 0), "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),  # the digits of π
        (0xA4093822, 0x299F31D0),
        "d16cfe09 94fdcceb 5001e420 24126ea1",
    ),
]


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN_ANSWERS)
def test_known_answers(counter: tuple[int, ...], key: tuple[int, int], answer: str) -> None:
    drawn = philox(np.asarray([counter], dtype=np.uint32), key)
    assert drawn.dtype == np.uint32
    assert " ".join(f"{word:08x}" for word in drawn[0]) == answer


def test_a_word_depends_on_its_place_alone() -> None:
    """A long draw begins with a short one, across the borders of the blocks that are drawn at once."""
    long = words(seed=9, stream=2, count=100_001)
    for count in (0, 1, 2, 3, 32_767, 32_768, 32_769, 65_537):
        np.testing.assert_array_equal(words(9, 2, count), long[:count])


def test_the_layout_of_counters_and_keys() -> None:
    """Word 2j and 2j + 1 are block j of Philox, under the halves of seed and stream."""
    seed, stream = 0x0123456789ABCDEF, 0xFEDCBA9876543210
    four = philox(np.asarray([[7, 0, 0x76543210, 0xFEDCBA98]]), (0x89ABCDEF, 0x01234567))[0].astype(object)
    drawn = words(seed, stream, 16)
    assert [int(word) for word in drawn[14:]] == [four[0] + (four[1] << 32), four[2] + (four[3] << 32)]


def test_a_uniform_number_is_the_upper_53_bits() -> None:
    drawn = uniform(seed=3, stream=1, shape=(4, 5))
    expected = [(int(word) >> 11) / 2**53 for word in words(3, 1, 20)]
    np.testing.assert_array_equal(drawn.reshape(-1), expected)


@pytest.mark.parametrize("stream", [0, 1, 1 << 32])
def test_uniform_numbers_are_spread_evenly(stream: int) -> None:
    """Ten bins of 10,000 each: χ² with 9 degrees of freedom is below 27.9 in 999 of 1,000 draws."""
    drawn = uniform(seed=1, stream=stream, shape=(100_000,))
    counts = np.bincount((drawn * 10).astype(int), minlength=10)
    assert ((counts - 10_000) ** 2 / 10_000).sum() < 27.9
    assert abs(np.corrcoef(drawn[:-1], drawn[1:])[0, 1]) < 0.01
    assert drawn.min() >= 0
    assert drawn.max() < 1


def test_normal_numbers_have_the_moments_of_the_bell() -> None:
    """Mean 0, variance 1, skewness 0, fourth moment 3, each within four standard errors of 200,000 draws."""
    drawn = normal(seed=1, stream=5, shape=(200_000,))
    error = 4 / np.sqrt(drawn.size)
    assert abs(drawn.mean()) < error
    assert abs(drawn.var() - 1) < error * np.sqrt(2)
    assert abs((drawn**3).mean()) < error * np.sqrt(15)
    assert abs((drawn**4).mean() - 3) < error * np.sqrt(96)
    assert abs(np.corrcoef(drawn[0::2], drawn[1::2])[0, 1]) < 2 * error


def test_normal_numbers_by_box_and_muller() -> None:
    """Each pair of even numbers makes a pair of normal ones: a distance, and an angle that is a share of one turn."""
    even = uniform(seed=3, stream=1, shape=(3, 2)).tolist()
    distances = [math.sqrt(-2 * math.log(1 - u1)) for u1, _ in even]
    turns = [(math.cos(2 * math.pi * u2), math.sin(2 * math.pi * u2)) for _, u2 in even]
    expected = [distance * part for distance, turn in zip(distances, turns, strict=True) for part in turn]
    np.testing.assert_allclose(normal(seed=3, stream=1, shape=(6,)), expected, rtol=1e-13)
    np.testing.assert_array_equal(normal(3, 1, (5,)), normal(3, 1, (6,))[:5])


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1), st.integers(0, 60))
def test_a_permutation_has_every_row_once(seed: int, stream: int, n: int) -> None:
    drawn = permutation(seed, stream, n)
    assert drawn.dtype == np.int64
    np.testing.assert_array_equal(np.sort(drawn), np.arange(n))


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 40), st.integers(0, 30), st.integers(0, 60))
def test_permutations_of_many_streams_are_those_of_each(seed: int, first: int, count: int, n: int) -> None:
    streams = range(first, first + count)
    drawn = permutations(seed, streams, n)
    assert drawn.shape == (count, n)
    assert all(np.array_equal(row, permutation(seed, stream, n)) for row, stream in zip(drawn, streams, strict=True))


def test_every_order_is_equally_likely() -> None:
    """Six orders of three, 3,000 draws: χ² with 5 degrees of freedom is below 20.5 in 999 of 1,000 tries."""
    drawn = [tuple(permutation(4, stream, 3).tolist()) for stream in range(3000)]
    counts = np.asarray([drawn.count(order) for order in set(drawn)])
    assert len(counts) == 6
    assert ((counts - 500) ** 2 / 500).sum() < 20.5


def test_seeds_and_streams_are_different_draws() -> None:
    draws = {words(seed, stream, 2).tobytes() for seed in (0, 1, 2**32, 2**63) for stream in (0, 1, 2**32, 2**63)}
    assert len(draws) == 16


@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0), (2, 3, 4)])
def test_any_shape(shape: tuple[int, ...]) -> None:
    assert uniform(0, 0, shape).shape == normal(0, 0, shape).shape == shape


@pytest.mark.parametrize("seed", [-1, 2**64, 1.0, "0", None, True])
def test_seeds_are_whole_numbers(seed: object) -> None:
    with pytest.raises(InvalidArgument, match="`seed` must be a whole number"):
        uniform(seed, 0, (2,))  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match="`stream` must be a whole number"):
        permutation(0, seed, 2)  # type: ignore[arg-type]


@given(st.integers(0, 40_000), st.integers(0, 70))
def test_words_may_begin_anywhere(start: int, count: int) -> None:
    assert np.array_equal(words(5, 9, count, start), words(5, 9, start + count)[start:])
