"""The memory limit, and what follows from it: a table is held in memory, or streamed from disk."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from wade.errors import InvalidArgument
from wade.tables.columns.disk import format_bytes
from wade.tables.columns.machine import machine_memory
from wade.tables.reading.size_estimate import Size

UNITS: Final = {"": 1, "b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "kib": 2**10, "mib": 2**20, "gib": 2**30}
WRITTEN: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*", re.IGNORECASE)

AT_REST: Final = 350_000_000
"""Python and the libraries, before any table is read."""
COPIES: Final = 5
"""In memory, a table takes about this many times its size as an Arrow table: read, cleaned, encoded, split."""
LEAST: Final = 600_000_000
USUAL: Final = 1_400_000_000
"""The memory that streaming takes where no limit is given."""
LARGEST_WINDOW: Final = 128_000_000
BYTES_OF_A_HELD_OUT_ROW: Final = 400


@dataclass(frozen=True)
class Plan:
    """Whether a table is streamed, and why.

    `window_bytes` is the size of the encoded rows that an epoch holds in memory, twice; `most_held_out` the largest
    number of validation rows, and of test rows.
    """

    streamed: bool
    why: str
    window_bytes: int
    most_held_out: int


def plan(size: Size, memory: int | str | None) -> Plan:
    """Plan for a table of about this size; without a limit, half of the machine's memory is used.

    Examples
    --------
    >>> plan(Size(1000, 100_000), None).streamed
    False
    >>> plan(Size(100_000_000, 11_000_000_000), "1 GB").why
    'The table needs about 55 GB of memory, more than the limit of 1 GB: its encoded rows are streamed from disk.'
    """
    allowed = machine_memory() // 2 if memory is None else read_memory(memory)
    needed = AT_REST + COPIES * size.bytes
    within = (min(allowed, USUAL) if memory is None else allowed) - AT_REST
    window, held_out = min(LARGEST_WINDOW, within // 6), min(1_000_000, within // BYTES_OF_A_HELD_OUT_ROW)
    if needed > allowed:
        half = "" if memory is not None else " (half of this machine's memory)"
        limit = f"the limit of {format_bytes(allowed)}{half}"
        problem = f"The table needs about {format_bytes(needed)} of memory, more than {limit}"
        return Plan(True, f"{problem}: its encoded rows are streamed from disk.", window, held_out)
    why = f"The table needs about {format_bytes(needed)} of memory; the limit is {format_bytes(allowed)}."
    return Plan(False, why, window, held_out)


def read_memory(memory: int | str) -> int:
    """A size in bytes; InvalidArgument where it is no size, or too little.

    Examples
    --------
    >>> read_memory("1GB"), read_memory("1.5 GiB"), read_memory(800_000_000)
    (1000000000, 1610612736, 800000000)
    """
    found = WRITTEN.fullmatch(str(memory))
    if found is None or found[2].lower() not in UNITS:
        raise InvalidArgument("memory", "must be a size such as 1GB, 1.5GB or 800MB", memory)
    size = int(float(found[1]) * UNITS[found[2].lower()])
    if size < LEAST:
        raise InvalidArgument("memory", f"must be at least {format_bytes(LEAST)}", memory)
    return size
