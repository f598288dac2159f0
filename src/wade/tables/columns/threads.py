"""Work on several columns or chunks of rows at once: Arrow and NumPy let other threads run meanwhile."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

MANY_ROWS: Final = 1 << 14
"""A table of fewer rows is done before other threads have begun."""

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_threads(function: Callable[[Item], Result], items: Iterable[Item], worthwhile: bool = True) -> list[Result]:
    """What the function makes of each item, in their order, on as many threads as the process may use.

    The first item that fails is the one whose error is raised, as in a loop; `worthwhile=False` makes it one.

    Examples
    --------
    >>> in_threads(len, ["wind", "carrier"])
    [4, 7]
    """
    threads = _cores() if worthwhile else 1
    if threads == 1:
        return [function(item) for item in items]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(function, items))


def row_chunks(items: range) -> list[range]:
    """As many neighbouring parts of a range as there are cores, for work that is done best one after another."""
    cores = _cores()
    return [items[core * len(items) // cores : (core + 1) * len(items) // cores] for core in range(cores)]


def _cores() -> int:
    return len(os.sched_getaffinity(0))
