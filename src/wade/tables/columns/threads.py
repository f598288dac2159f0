"""Work on several columns or chunks of rows at once: Arrow and NumPy let other threads run meanwhile."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

MANY_ROWS: Final = 1 << 14
"""A table of fewer rows is done before other threads have begun."""

Item = TypeVar("Item")
Result = TypeVar("Result")
END: Final = object()


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


def prefetch(items: Iterator[Item]) -> Iterator[Item]:
    """The same items in the same order, each begun as soon as the one before it is handed out.

    No more than two items exist at a time, the one in use and the one in the making; so two places in memory that take
    turns are enough for any number of items.

    Examples
    --------
    >>> list(prefetch(iter("abc")))
    ['a', 'b', 'c']
    """
    with ThreadPoolExecutor(1, "wade-ahead") as thread:
        coming = thread.submit(next, items, END)
        while (item := coming.result()) is not END:
            coming = thread.submit(next, items, END)
            yield item  # type: ignore[misc]


def _cores() -> int:
    return len(os.sched_getaffinity(0))
