"""The parts that exported training programs share, written out as they stand here; `wade.maths` has their twins.

Random numbers are counter-based: each is a function of the seed, of a stream and of its place in it.
"""

from typing import Any

import numpy as np

SEED = 0


def philox(counters: Any, key: int) -> Any:
    """Four random 32-bit words for each row of four counters: Philox-4x32 with ten rounds."""
    c0, c1, c2, c3 = counters.T
    k0, k1 = key & 0xFFFFFFFF, key >> 32
    for _ in range(10):
        first, second = c0 * np.uint64(0xD2511F53), c2 * np.uint64(0xCD9E8D57)
        c0, c1 = second >> 32 ^ c1 ^ np.uint64(k0), second & 0xFFFFFFFF
        c2, c3 = first >> 32 ^ c3 ^ np.uint64(k1), first & 0xFFFFFFFF
        k0, k1 = k0 + 0x9E3779B9 & 0xFFFFFFFF, k1 + 0xBB67AE85 & 0xFFFFFFFF
    return np.stack([c0, c1, c2, c3], axis=1)


def words(stream: int, count: int) -> Any:
    """The first 64-bit words of a stream: two from each block of `philox`."""
    counters = np.zeros((-(-count // 2), 4), np.uint64)
    counters[:, 0] = np.arange(len(counters))
    counters[:, 2:] = stream & 0xFFFFFFFF, stream >> 32
    four = philox(counters, SEED)
    return (four[:, 0::2] | four[:, 1::2] << 32).reshape(-1)[:count]


def uniform(stream: int, *shape: int) -> Any:
    """Numbers spread evenly over [0, 1)."""
    return (words(stream, int(np.prod(shape))) >> 11).reshape(shape) * 2.0**-53


def normal(stream: int, *shape: int) -> Any:
    """Numbers with mean 0 and variance 1, by the rule of Box and Muller."""
    count = int(np.prod(shape))
    u1, u2 = uniform(stream, -(-count // 2), 2).T
    distance, angle = np.sqrt(-2 * np.log(1 - u1)), 2 * np.pi * u2
    return np.stack([distance * np.cos(angle), distance * np.sin(angle)], axis=1).reshape(-1)[:count].reshape(shape)


def shuffled(epoch: int, rows: int) -> Any:
    """The order of the rows in an epoch: each has a random word, and they line up by it."""
    return np.argsort(words(epoch, rows), kind="stable")


def kept(rate: float, step: int, layer: int, rows: int, width: int) -> Any:
    """Dropout's mask: 0 for a silent neuron, else 1 / (1 - rate), from 16 random bits for each."""
    blocks, silent = -(-width // 8), min(round(rate * 65536), 65535)
    counters = np.empty((rows, blocks, 4), np.uint64)
    counters[..., 0], counters[..., 1] = np.arange(blocks), np.arange(rows)[:, None]
    counters[..., 2:] = step & 0xFFFFFFFF, (1 << 31) + layer
    four = philox(counters.reshape(-1, 4), SEED).reshape(rows, blocks, 4)
    bits = np.stack([four & 0xFFFF, four >> 16], axis=-1).reshape(rows, blocks, 8)
    bits = bits.transpose(0, 2, 1).reshape(rows, -1)[:, :width]
    return (bits >= silent) * (65536 / (65536 - silent))


def he_normal(stream: int, n_in: int, n_out: int, rows: int) -> Any:
    """Starting weights that keep the signal's variance through ReLU and its kin."""
    return np.sqrt(2 / n_in) * normal(stream, rows, n_out)


def lecun_normal(stream: int, n_in: int, n_out: int, rows: int) -> Any:
    """Starting weights that keep the signal's variance where the activation keeps it by itself."""
    return normal(stream, rows, n_out) / np.sqrt(n_in)


def glorot_uniform(stream: int, n_in: int, n_out: int, rows: int) -> Any:
    """Starting weights that keep the variance of signal and gradient where the slope is about 1."""
    return np.sqrt(6 / (n_in + n_out)) * (2 * uniform(stream, rows, n_out) - 1)


def walk(position: Any, bins: int) -> Any:
    """How far a number has walked through each bin, from 0 to 1: (rows, bins)."""
    return np.clip(position[:, None] - np.arange(bins), 0, 1)


def gathered(codes: Any, delta: Any, size: int) -> Any:
    """The sum of delta over the rows of each code: (size, n_out)."""
    sums = np.zeros((size, delta.shape[1]))
    np.add.at(sums, codes, delta)
    return sums


def turns(factors: Any, rows: int) -> Any:
    """Row i * k + m is sample i as member m sees it: members' factors take turns."""
    return np.tile(factors, (rows // len(factors), 1))


def by_member(values: Any, members: int) -> Any:
    """The sum over the rows of each member: (members, n)."""
    return values.reshape(-1, members, values.shape[1]).sum(axis=0)
