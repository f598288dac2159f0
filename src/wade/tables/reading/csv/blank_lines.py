"""Blank lines of a table of one column, where an empty cell and a blank line are the same bytes.

Between other lines, a blank line is a row whose value is missing: rows stay where they are in the file, and a file of
predictions has a line for each. Above the first line and under the last one, it is no row. Tables of several columns
have a separator in every row, so that a blank line is none of them.
"""

from __future__ import annotations

import io
import re
from typing import Any, Final

BLOCK_BYTES: Final = 1 << 20
LINE_ENDS: Final = b"\r\n"
IN_A_ROW: Final = (b"\n\n", b"\n\r", b"\r\r")
ENDS: Final = re.compile(rb"\r\n|\r|\n")
SEVERAL_ENDS: Final = re.compile(rb"(?:\r\n|\r|\n){2,}")


class OneColumn(io.RawIOBase):
    """A stream of text without the blank lines above and under its table; `found` gets how many there are, at the end.

    Examples
    --------
    >>> found = {}
    >>> OneColumn(io.BytesIO(b"\\nwind\\n45\\n\\n15\\n\\n\\n"), 0, b'"', found).read(), found
    (b'wind\\n45\\n\\n15\\n', {'between': 1, 'under': 2})
    """

    def __init__(self, stream: Any, skip: int, quote: bytes, found: dict[str, int]) -> None:
        self._stream, self._skip, self._quote, self._found = stream, skip, quote, found
        self._ready, self._held = b"", b""
        self._began, self._ended, self._quoted, self._between = False, False, False, 0

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer, unless the text ends before."""
        while len(self._ready) < len(buffer) and not self._ended:
            self._advance()
        size = min(len(buffer), len(self._ready))
        buffer[:size], self._ready = self._ready[:size], self._ready[size:]
        return size

    def close(self) -> None:
        """Close what is read from too."""
        self._stream.close()
        super().close()

    def _advance(self) -> None:
        """Read a block; line ends that come last wait for what follows."""
        block = bytes(self._stream.read(BLOCK_BYTES))
        text = self._held + block
        if not self._began:
            above, text = self._above(text)
            self._ready += above
            self._began = bool(text)
        rows = text.rstrip(LINE_ENDS)
        self._held = text[len(rows) :]
        self._ready += rows
        self._count(rows)
        if not block:
            self._end()

    def _above(self, text: bytes) -> tuple[bytes, bytes]:
        """The lines that the user skips, and what comes below them without blank lines."""
        at = 0
        for end in list(ENDS.finditer(text))[: self._skip]:
            at = end.end()
        return text[:at], text[at:].lstrip(LINE_ENDS)

    def _count(self, rows: bytes) -> None:
        pieces = rows.split(self._quote) if self._quote else [rows]
        if any(ends in rows for ends in IN_A_ROW):
            unquoted = pieces[self._quoted :: 2]
            runs = (run[0] for piece in unquoted for run in SEVERAL_ENDS.finditer(piece))
            self._between += sum(len(ENDS.findall(run)) - 1 for run in runs)
        self._quoted ^= len(pieces) % 2 == 0

    def _end(self) -> None:
        ends = ENDS.findall(self._held)
        self._ready += b"".join(ends[:1])
        self._found.update(between=self._between, under=max(0, len(ends) - 1))
        self._held, self._ended = b"", True
