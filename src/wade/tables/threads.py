"""Work on several columns or stretches of rows at once: Arrow and NumPy let other threads run meanwhile."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

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
    threads = len(os.sched_getaffinity(0)) if worthwhile else 1
    if threads == 1:
        return [function(item) for item in items]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(function, items))
