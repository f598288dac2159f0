"""Epochs from disk: every row once, in an order that the seed alone decides, in windows of whole batches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

from wade import Network, train
from wade.errors import InvalidArgument
from wade.tables.streaming.cache import Cache, Encoded
from wade.training import stream
from wade.training.rows import InMemory, RowSource
from wade.training.stream import Streamed
from wade.types import Inputs, Samples

ROWS, BATCH = 1_037, 10


def arrays(n: int = ROWS) -> Samples:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, 4)).astype(np.float32)
    X[:, 0] = np.arange(n)
    return Samples(Inputs(X, rng.integers(0, 5, (n, 0)).astype(np.int32)), (X[:, 1:2] > 0).astype(np.float32))


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cache]:
    monkeypatch.setattr(stream, "GROUP_ROWS", 50)
    samples = arrays()
    with ExitStack() as scratch:
        cache = Cache(tmp_path, scratch)
        for start in range(0, ROWS, 300):
            cache.append(Encoded(samples.X[start : start + 300], samples.y[start : start + 300]))
        yield cache


def order_of(rows: RowSource, epoch: int = 1, seed: int | None = 0) -> list[list[int]]:
    return [X.numbers[order, 0].astype(int).tolist() for (X, _, _), order in rows.epoch(epoch, BATCH, seed)]


@pytest.mark.parametrize("window", [1, 200, 10_000])
def test_every_row_once_and_whole_batches(cache: Cache, window: int) -> None:
    windows = order_of(Streamed(cache, window))
    assert sorted(row for rows in windows for row in rows) == list(range(ROWS))
    assert all(len(rows) % BATCH == 0 for rows in windows[:-1])
    assert max(map(len, windows)) <= max(window, 50)


def test_the_order_is_a_function_of_seed_and_epoch(cache: Cache) -> None:
    rows = Streamed(cache, 200)
    assert order_of(rows) == order_of(Streamed(cache, 200))
    assert order_of(rows) != order_of(rows, epoch=2)
    assert order_of(rows) != order_of(rows, seed=1)


def test_a_window_holds_rows_from_all_over(cache: Cache) -> None:
    first = order_of(Streamed(cache, 200))[0]
    assert len({row // 50 for row in first}) == 4
    assert max(first) - min(first) > ROWS / 3


def test_without_a_seed_rows_come_in_their_own_order(cache: Cache) -> None:
    assert [row for rows in order_of(Streamed(cache, 200), seed=None) for row in rows] == list(range(ROWS))


def test_in_one_window_the_order_is_that_of_memory(cache: Cache) -> None:
    assert order_of(Streamed(cache, ROWS), epoch=3) == order_of(InMemory(arrays()), epoch=3)


def test_blocks_are_the_rows_as_they_were_written(cache: Cache) -> None:
    found = np.concatenate([X.numbers.copy() for X, _, _ in Streamed(cache, 300).blocks()])
    assert np.array_equal(found, arrays().X.numbers)


@pytest.mark.parametrize("window", [200, 10_000])
def test_threads_change_no_bit(cache: Cache, window: int) -> None:
    thetas = []
    for threads in (1, 2, 2):
        network = Network(4, (8,), seed=1)
        rows = Streamed(cache, window)
        train(network, rows, validation=rows, epochs=3, batch_size=BATCH, threads=threads)
        thetas.append(network.theta.copy())
    assert np.array_equal(thetas[0], thetas[1])
    assert np.array_equal(thetas[1], thetas[2])


def test_in_one_window_training_is_that_of_memory(cache: Cache) -> None:
    samples = arrays()
    one, two = Network(4, (8,), seed=1), Network(4, (8,), seed=1)
    in_memory = train(one, samples.X, samples.y, validation=(samples.X, samples.y), epochs=3, batch_size=BATCH)
    streamed = train(two, Streamed(cache, ROWS), validation=Streamed(cache, ROWS), epochs=3, batch_size=BATCH)
    assert np.array_equal(one.theta, two.theta)
    assert [epoch.loss for epoch in in_memory.epochs] == [epoch.loss for epoch in streamed.epochs]


def test_a_source_brings_its_own_targets(cache: Cache) -> None:
    with pytest.raises(InvalidArgument, match="must be left out where the rows bring their own"):
        train(Network(4, ()), Streamed(cache, 100), np.zeros(ROWS))


def test_arrays_need_targets() -> None:
    with pytest.raises(InvalidArgument, match="must be given with arrays"):
        train(Network(4, ()), np.zeros((3, 4)))


def test_what_goes_wrong_while_reading_ahead_is_raised(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(cache, "read", fail)
    with pytest.raises(OSError, match="the disk is gone"):
        train(Network(4, ()), Streamed(cache, 100), epochs=1)
