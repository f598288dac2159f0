"""One step ahead: the next item is made on a thread of its own while the present one is used."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

Item = TypeVar("Item")
END: Final = object()


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
