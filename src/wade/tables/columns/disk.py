"""Room on a disk for large temporary files: which folder they go to, whether they fit, and how sizes are written."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

from wade.errors import DiskFull

LASTING: Final = Path("/var/tmp")
VARIABLE: Final = "TMPDIR"


def cache_folder() -> Path:
    """Where large temporary files go: TMPDIR if it is set, else a disk rather than /tmp, which is often memory."""
    chosen = os.environ.get(VARIABLE)
    return LASTING if not chosen and os.access(LASTING, os.W_OK) else Path(tempfile.gettempdir())


def refuse_if_full(folder: Path, needed: int) -> None:
    """Raise DiskFull where the disk has no room for this number of bytes."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise disk_full(folder, f"they need {format_bytes(needed)}, and {format_bytes(free)} are free")


def disk_full(folder: Path, problem: str, what: str = "the encoded rows") -> DiskFull:
    """The error for a disk without room."""
    remedy = f"Free some space, or set {VARIABLE} to a folder on a larger disk."
    return DiskFull(str(folder), f"{what} cannot be kept here ({problem})", remedy)


def format_bytes(size: float) -> str:
    """A size in the unit that suits it.

    Examples
    --------
    >>> format_bytes(950), format_bytes(1_500_000), format_bytes(24e9)
    ('950 bytes', '1.5 MB', '24 GB')
    """
    for unit, bytes_of in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= bytes_of:
            return f"{size / bytes_of:.2g} {unit}" if size < 10 * bytes_of else f"{size / bytes_of:,.0f} {unit}"
    return f"{size:.0f} bytes"
