"""Encoded rows on disk: they come back as they went, they leave nothing behind, and a full disk is said."""

from __future__ import annotations

import errno
import gc
import os
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wade.errors import DiskFull
from wade.tables.columns import disk
from wade.tables.columns.disk import cache_folder, refuse_if_full
from wade.tables.streaming import cache as caches
from wade.tables.streaming.cache import Cache, Encoded
from wade.types import Inputs


def rows(n: int, seed: int = 0) -> Encoded:
    rng = np.random.default_rng(seed)
    numbers = rng.normal(size=(n, 3)).astype(np.float32)
    return Encoded(Inputs(numbers, rng.integers(0, 9, (n, 2)).astype(np.int32)), rng.normal(size=(n, 1)))


def test_rows_come_back_as_they_went(tmp_path: Path) -> None:
    parts = [rows(5, 1), rows(7, 2)]
    with ExitStack() as scratch:
        cache = Cache(tmp_path, scratch)
        for part in parts:
            cache.append(part)
        place = cache.room(12)
        cache.read(8, 4, place, at=8)
        cache.read(0, 8, place)
    assert len(cache) == 12
    for block, *halves in zip(place.blocks, *(part.blocks for part in parts), strict=True):
        assert np.array_equal(block, np.concatenate(halves))


def test_no_file_has_a_name(tmp_path: Path) -> None:
    scratch = ExitStack()
    cache = Cache(tmp_path, scratch)
    cache.append(rows(1_000))
    assert list(tmp_path.iterdir()) == []
    scratch.close()
    gc.collect()
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_fills_up_is_said_with_what_helps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def write(self, block: Any) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        def __enter__(self) -> Full:
            return self

        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr(caches.tempfile, "TemporaryFile", lambda **_: Full())
    with ExitStack() as scratch, pytest.raises(DiskFull) as caught:
        Cache(tmp_path, scratch).append(rows(3))
    message = str(caught.value)
    assert str(tmp_path) in message
    assert "No space left on device" in message
    assert "TMPDIR" in message
    assert isinstance(caught.value, OSError)


def test_a_disk_that_is_too_small_is_said_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(DiskFull, match=r"they need 1,000,000 TB, and .* are free"):
        refuse_if_full(tmp_path, 10**18)


def test_the_folder_that_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(disk.tempfile, "tempdir", None)
    assert cache_folder() == tmp_path
