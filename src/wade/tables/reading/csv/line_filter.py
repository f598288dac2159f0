"""The bytes of a text file as the CSV reader wants them, in bounded memory: UTF-8, without lines that are no rows.

These are comments, lines that repeat the names of the columns (files put together, pages of a printout), and what
stands under the table (`footers.py`).
"""

from __future__ import annotations

import io
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from wade.tables.reading.csv.blank_lines import OneColumn
from wade.tables.reading.csv.footers import MOST_LINES, RowShape
from wade.tables.reading.dialect import Dialect
from wade.tables.reading.files import File

BLOCK_BYTES = 1 << 20
HELD_BYTES = 1 << 16
LINES_SHOWN = 3
CHARACTERS_SHOWN = 60
BYTE_ORDER_MARK = b"(?:\xef\xbb\xbf)?"


@dataclass(frozen=True)
class Layout:
    """What is known of a text file's lines beside its dialect, and which lines were found to be no rows."""

    repeated: bytes = b""  # the pattern of a line that repeats the names; nothing where there are none
    needle: bytes = b""  # what such a line holds
    shape: RowShape | None = None
    first: int = 1  # the number of the line of names, comments aside
    explicit: bool = False  # the names do not stand in the file as they are read
    under: int = 0  # lines under the names that are no rows
    one_column: bool = False  # a blank line is then a missing value
    repeats: set[int] = field(default_factory=set, compare=False)  # numbers of lines, found when the file is read
    footers: dict[int, str] = field(default_factory=dict, compare=False)
    blank: dict[str, int] = field(default_factory=dict, compare=False)  # how many lines are, see `OneColumn`

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out, as sentences, once the file has been read."""
        found = []
        if self.repeats:
            verb = "repeat" if len(self.repeats) > 1 else "repeats"
            found.append(f"{_lines(sorted(self.repeats))} {verb} the names of the columns, and is no row.")
        if self.footers:
            shown = [repr(text[:CHARACTERS_SHOWN]) for text in self.footers.values() if text]
            named = f" ({', '.join(shown[:LINES_SHOWN])})" if shown else ""
            found.append(f"{_lines(sorted(self.footers))} is no row, and is left out{named}.")
        found = [_plural(note) for note in found]
        between, under = self.blank.get("between", 0), self.blank.get("under", 0)
        if between:
            verb = "are rows whose value is" if between > 1 else "is a row whose value is"
            found.append(f"{_blank_lines(between)} {verb} missing, as the table has one column.")
        if under:
            found.append(f"{_blank_lines(under)} at the end {'are no rows' if under > 1 else 'is no row'}.")
        return tuple(found)


def open_text(file: File, dialect: Dialect, layout: Layout | None = None) -> pa.NativeFile:
    """A stream of the file's text as UTF-8, decoded block by block, without lines that are no rows.

    Without a `layout`, only comments are left out. No setting of the dialect is None.
    """
    plain = _without_other_lines(file, dialect, layout)
    if layout is None or not layout.one_column:
        return plain
    quote = (dialect.quote or "").encode()
    return pa.PythonFile(OneColumn(plain, dialect.skip or 0, quote, layout.blank), mode="r")


def _without_other_lines(file: File, dialect: Dialect, layout: Layout | None) -> pa.NativeFile:
    stream = file.open()
    if dialect.encoding not in ("utf-8", "UTF-8", "utf8", "ascii"):
        stream = pa.transcoding_input_stream(stream, dialect.encoding, "utf-8")
    if layout is None and not dialect.comment:
        return stream
    return pa.PythonFile(_Rows(stream, dialect, layout or Layout()), mode="r")


def repeated_names(names: Sequence[str], above: Sequence[str], below: Sequence[str], dialect: Dialect) -> bytes:
    """The pattern of a line end and the names once more, with the lines above and below them if they come again.

    Examples
    --------
    >>> pattern = repeated_names(["day", "wind"], [], [], Dialect(separator=",", quote='"'))
    >>> bool(re.search(pattern, b'1,2\\n"day", wind\\n3,4\\n')), bool(re.search(pattern, b"1,2\\nday,5\\n"))
    (True, False)
    """
    quote, separator = dialect.quote or "", re.escape(dialect.separator or ",").encode()
    cells = []
    for name in names:
        plain, quoted = re.escape(name.encode()), re.escape(f"{quote}{name.replace(quote, 2 * quote)}{quote}".encode())
        cells.append(rb"[ \t]*(?:%b|%b)[ \t]*" % (plain, quoted) if quote else rb"[ \t]*%b[ \t]*" % plain)
    spare = rb"(?:%b[ \t]*)*" % separator

    def lines(texts: Sequence[str]) -> bytes:
        return b"".join(rb"(?:%b%b\r?\n)?" % (re.escape(text.strip().encode()), spare) for text in texts)

    under = b"".join(rb"(?:\r?\n%b[ \t]*(?=\r?\n|$))?" % re.escape(text.strip("\r\n").encode()) for text in below)
    return rb"\n%b%b%b%b%b(?=\r?\n|$)" % (BYTE_ORDER_MARK, lines(above), separator.join(cells), spare, under)


class _Rows(io.RawIOBase):
    """A stream of lines without those that are no rows; a line that is part of a quoted value is one."""

    def __init__(self, stream: Any, dialect: Dialect, layout: Layout) -> None:
        self._stream, self._layout, self._quote = stream, layout, (dialect.quote or "").encode()
        sign = (dialect.comment or "").encode()
        comment = rb"(?:^|(?<=[\r\n]))" + re.escape(sign) + rb"[^\r\n]*(?:\r\n|\r|\n|$)"
        self._comment = re.compile(comment) if sign else None
        self._repeated = re.compile(layout.repeated) if layout.repeated else None
        self._rest, self._held = b"", b""
        self._ready: deque[memoryview] = deque()
        self._size = 0  # of what is ready
        self._quoted, self._ended, self._comments, self._lines = False, False, 0, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        # A block that is cut short would be all that the types of columns are found from.
        while self._size < len(buffer) and not self._ended:
            self._advance()
        size = min(len(buffer), self._size)
        at = 0
        while at < size:
            piece = self._ready.popleft()
            part = piece[: size - at]
            buffer[at : at + len(part)] = part
            at += len(part)
            if len(part) < len(piece):
                self._ready.appendleft(piece[len(part) :])
        self._size -= size
        return size

    def close(self) -> None:
        self._stream.close()
        super().close()

    def _advance(self) -> None:
        """Read the complete lines of the next block."""
        block = self._stream.read(BLOCK_BYTES)
        lines = self._rest + block
        # A line end may be \r\n, so a \r that comes last waits for what follows.
        cut = max(lines.rfind(b"\n"), lines.rfind(b"\r", 0, max(len(lines) - 1, 0))) + 1 if block else len(lines)
        lines, self._rest = lines[:cut], lines[cut:]
        for piece in self._without_comments(lines):
            self._without_repeats(piece)
        if not block:
            self._end_of_rows()
        self._ended = not block
        if self._ended or not self._layout.shape:
            self._release(self._held)
            self._held = b""

    def _without_comments(self, lines: bytes) -> Iterator[bytes]:
        """Whole lines, between those that are comments."""
        start = 0
        for comment in self._comment.finditer(lines) if self._comment else ():
            before = lines[start : comment.start()]
            if self._quoted ^ self._odd(before):
                continue
            yield before
            self._comments += 1
            start = comment.end()
        yield lines[start:]

    def _without_repeats(self, lines: bytes) -> None:
        """Take the lines, without those that repeat the names; what stands right above such a line may be a footer."""
        start = 0
        if self._repeated is not None and self._layout.needle in lines:
            # The line end before the first line is the last of the block before.
            for repeat in self._repeated.finditer(b"\n" + lines):
                at, end = repeat.start(), repeat.end() - 1
                self._take(lines[start:at])
                start = at
                if not self._quoted and self._lines >= self._layout.first:
                    self._end_of_rows()
                    start = _past_line_end(lines, end)
                    above = _ends(lines[at:end].rstrip(b"\r\n"))
                    self._layout.repeats.add(self._lines + self._comments + above + 1)
                    self._lines += _ends(lines[at:start])
        self._take(lines[start:])

    def _take(self, piece: bytes) -> None:
        held = piece if len(piece) > HELD_BYTES else self._held + piece
        cut = _last_lines(held) if len(held) > HELD_BYTES else 0
        if cut and held is piece:
            self._release(self._held)
        elif held is piece:
            held = self._held + piece
        self._release(memoryview(held)[:cut])
        self._held = held[cut:]
        self._lines += _ends(piece)
        self._quoted ^= self._odd(piece)

    def _release(self, piece: bytes | memoryview) -> None:
        if len(piece):
            self._ready.append(memoryview(piece))
            self._size += len(piece)

    def _odd(self, piece: bytes) -> bool:
        return bool(self._quote) and bool(piece.count(self._quote) % 2)

    def _end_of_rows(self) -> None:
        """Leave out what stands under the rows that are held."""
        shape = self._layout.shape
        if shape is None or self._quoted:
            return
        last = self._held[_last_lines(self._held) :]
        lines = last.decode(errors="replace").splitlines(keepends=True)
        count = shape.footer(lines)
        if not count:
            return
        ends = last.splitlines(keepends=True)
        self._held = self._held[: len(self._held) - sum(map(len, ends[-count:]))]
        unended = not ends[-1].endswith((b"\n", b"\r"))
        first = self._lines + self._comments - count + unended + 1
        self._layout.footers.update({first + at: line.strip() for at, line in enumerate(lines[-count:])})


def _ends(piece: bytes) -> int:
    """How many lines end in a piece."""
    return piece.count(b"\n") or piece.count(b"\r")


def _past_line_end(lines: bytes, at: int) -> int:
    return at + (2 if lines[at : at + 2] == b"\r\n" else 1 if lines[at : at + 1] == b"\n" else 0)


def _last_lines(lines: bytes) -> int:
    """Where the last lines begin, among which a footer is looked for; 0 where there are no others."""
    start = max(0, len(lines) - HELD_BYTES)
    tail = lines[start:]
    at = len(tail.rstrip(b"\r\n"))
    for _ in range(MOST_LINES):
        at = max(tail.rfind(b"\n", 0, at), tail.rfind(b"\r", 0, at))
        if at < 0:
            return 0
    return start + at + 1


def _lines(numbers: Sequence[int]) -> str:
    shown = [f"{number:,}" for number in numbers[:LINES_SHOWN]]
    more = len(numbers) - len(shown)
    if len(numbers) == 1:
        return f"Line {shown[0]}"
    rest = f"{more:,} more" if more else shown.pop()
    return f"Lines {', '.join(shown)} and {rest}"


def _blank_lines(count: int) -> str:
    return f"{count:,} blank line{'s' if count > 1 else ''}"


def _plural(note: str) -> str:
    return (
        note.replace(" is no row", " are no rows").replace(" is left", " are left")
        if note.startswith("Lines")
        else note
    )
