"""How much memory may be taken: sizes as people write them, and the choice that follows."""

from __future__ import annotations

import pytest

from wade.errors import InvalidArgument
from wade.model.preparation.memory import plan, read_memory
from wade.tables.columns.machine import machine_memory
from wade.tables.reading.size_estimate import Size


@pytest.mark.parametrize(
    ("written", "size"),
    [("1GB", 10**9), ("1 gb", 10**9), ("1.5GiB", 3 * 2**29), ("800MB", 8 * 10**8), (700_000_000, 7 * 10**8)],
)
def test_sizes_as_people_write_them(written: int | str, size: int) -> None:
    assert read_memory(written) == size


@pytest.mark.parametrize("wrong", ["much", "", "-1GB", "1 XB", "1e9 GB", "GB", "10%"])
def test_what_is_no_size_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidArgument, match=r"`memory` must be a size such as 1GB, 1\.5GB or 800MB; received"):
        read_memory(wrong)


@pytest.mark.parametrize("little", ["0", "1MB", 500])
def test_too_little_is_refused(little: int | str) -> None:
    with pytest.raises(InvalidArgument, match="`memory` must be at least 600 MB"):
        read_memory(little)


def test_without_a_word_half_of_the_machine_is_allowed() -> None:
    half = machine_memory() // 2
    assert not plan(Size(10, half // 10), None).streamed
    larger = plan(Size(10, half), None)
    assert larger.streamed
    assert "half of this machine's memory" in larger.why


def test_less_memory_means_smaller_windows() -> None:
    small, usual = (plan(Size(10**9, 10**11), memory) for memory in ("600MB", None))
    assert small.window_bytes < usual.window_bytes
    assert small.most_held_out < usual.most_held_out <= 1_000_000
