"""The memory of this machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

CONTROL_GROUP: Final = Path("/sys/fs/cgroup/memory.max")


def machine_memory() -> int:
    """The bytes of memory that this process may use: the machine's, or those of its control group."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        return min(whole, int(CONTROL_GROUP.read_text()))
    except (OSError, ValueError):
        return whole
