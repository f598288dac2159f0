"""One look at all bytes of a text file, as fast as they come: what decides how its reader is set up."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from wade.tables.reading.csv.leading_zeros import may_hold, value_ends
from wade.tables.reading.csv.line_filter import Layout
from wade.tables.reading.dialect import Dialect

BLOCK_BYTES: Final = 1 << 18
LONGEST_LINE: Final = 1 << 16
"""Of one that repeats the names."""


class Seen(NamedTuple):
    """What a text may hold; where it does not, reading is simpler and faster."""

    zeros: bool = False  # digits with a zero before them
    quotes: bool = False  # values in quotation marks, which may go on over a line end
    repeats: bool = False  # the names of the columns once more


def look_at(stream: Any, dialect: Dialect, layout: Layout) -> Seen:
    """Look at a text once.

    Examples
    --------
    >>> import io
    >>> look_at(io.BytesIO(b'a,b\\n1,"x"\\n'), Dialect(separator=",", quote='"'), Layout())
    Seen(zeros=False, quotes=True, repeats=False)
    """
    quote, ends = (dialect.quote or "").encode(), value_ends(dialect.separator or ",", dialect.quote or "")
    repeated = re.compile(layout.repeated) if layout.repeated else None
    names, zeros, quotes, repeats = layout.first, False, False, False
    rest = b"\n"
    while block := bytes(stream.read(BLOCK_BYTES)):
        text = rest + block
        below = text
        if names:
            above, below = _beside(text, names + 1)
            names = 0
            # Names in quotation marks are no reason, unless one of them goes on; a "\r" may end lines too.
            own = above[above.rstrip(b"\r\n").rfind(b"\n") + 1 :]
            quotes = bool(quote) and (own.count(quote) % 2 == 1 or b"\r" in own.rstrip(b"\r\n"))
        zeros = zeros or may_hold(text, ends)
        quotes = quotes or (bool(quote) and quote in below)
        repeats = repeats or (repeated is not None and layout.needle in below and bool(repeated.search(below)))
        if zeros and quotes and repeats:
            break
        rest = text[max(text.rfind(b"\n"), text.rfind(b"\r"), len(text) - LONGEST_LINE) :]
    return Seen(zeros or may_hold(rest + b"\n", ends), quotes, repeats)


def _beside(text: bytes, count: int) -> tuple[bytes, bytes]:
    """The text up to the end of this number of lines, and what follows from that line end on."""
    at = -1
    for _ in range(count):
        at = text.find(b"\n", at + 1)
        if at < 0:
            return text, b""
    return text[: at + 1], text[at:]
