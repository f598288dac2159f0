"""How much memory a table may take, and what follows from that: whole in memory, or streamed from disk."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wade.errors import InvalidArgument
from wade.tables.columns.disk import format_bytes
from wade.tables.reading.size_estimate import Size

UNITS: Final = {"": 1, "b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "kib": 2**10, "mib": 2**20, "gib": 2**30}
WRITTEN: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*", re.IGNORECASE)
CONTROL_GROUP: Final = Path("/sys/fs/cgroup/memory.max")

AT_REST: Final = 350_000_000
"""What Python and the libraries take before there is any table."""
COPIES: Final = 5
"""In memory, a table takes its size as an Arrow table about so many times: read, tidied, encoded, split."""
LEAST: Final = 600_000_000
USUAL: Final = 1_400_000_000
"""What streaming makes do with where nobody says how much it may take."""
LARGEST_WINDOW: Final = 128_000_000
BYTES_TO_JUDGE: Final = 400


@dataclass(frozen=True)
class Plan:
    """Whether a table is streamed, why, and what may be in memory then.

    Parameters
    ----------
    streamed : bool
        Whether its encoded rows are kept on disk.
    why : str
        A sentence.
    window_bytes : int
        Of encoded rows that an epoch has in memory, twice.
    judges : int
        The most rows for validation, and for the test.
    """

    streamed: bool
    why: str
    window_bytes: int
    judges: int


def plan(size: Size, memory: int | str | None) -> Plan:
    """How to go about a table of about this size.

    Parameters
    ----------
    size : Size
        Of the table.
    memory : int or str or None
        The most that the process may take, as `read_memory` reads it; None: half of what the machine has.

    Examples
    --------
    >>> plan(Size(1000, 100_000), None).streamed
    False
    >>> plan(Size(100_000_000, 11_000_000_000), "1 GB").why
    'The table would take about 55 GB of memory, and 1 GB are allowed: its encoded rows are streamed from disk.'
    """
    allowed = machine_memory() // 2 if memory is None else read_memory(memory)
    needed = AT_REST + COPIES * size.bytes
    within = (min(allowed, USUAL) if memory is None else allowed) - AT_REST
    window, judges = min(LARGEST_WINDOW, within // 6), min(1_000_000, within // BYTES_TO_JUDGE)
    if needed > allowed:
        half = "" if memory is not None else ", half of what this machine has"
        sizes = f"about {format_bytes(needed)} of memory, and {format_bytes(allowed)} are allowed{half}"
        problem = f"The table would take {sizes}"
        return Plan(True, f"{problem}: its encoded rows are streamed from disk.", window, judges)
    why = f"The table takes about {format_bytes(needed)} of the {format_bytes(allowed)} of memory that are allowed."
    return Plan(False, why, window, judges)


def read_memory(memory: int | str) -> int:
    """A size in bytes.

    Raises
    ------
    InvalidArgument
        It is no size, or less than anything can be learned with.

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


def machine_memory() -> int:
    """The bytes of memory that this process may use at most, as far as the machine says."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        return min(whole, int(CONTROL_GROUP.read_text()))
    except (OSError, ValueError):
        return whole
