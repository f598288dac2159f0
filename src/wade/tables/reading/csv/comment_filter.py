"""The bytes of a text file as the CSV reader wants them, in bounded memory: UTF-8, without lines of comment."""

from __future__ import annotations

import io
import re
from typing import Any

import pyarrow as pa

from wade.tables.reading.dialect import Dialect
from wade.tables.reading.files import File


def open_text(file: File, dialect: Dialect) -> pa.NativeFile:
    """A stream of the file's text as UTF-8, decoded block by block; comments are left out. No setting is None."""
    stream = file.open()
    if dialect.encoding not in ("utf-8", "UTF-8", "utf8", "ascii"):
        stream = pa.transcoding_input_stream(stream, dialect.encoding, "utf-8")
    if not dialect.comment:
        return stream
    return pa.PythonFile(_WithoutComments(stream, dialect.comment, dialect.quote or ""), mode="r")


class _WithoutComments(io.RawIOBase):
    """A stream of lines without those that begin with a comment sign, unless the line is part of a quoted value."""

    def __init__(self, stream: Any, sign: str, quote: str) -> None:
        self._stream, self._quote = stream, quote.encode()
        self._comment = re.compile(rb"(?:^|(?<=[\r\n]))" + re.escape(sign.encode()) + rb"[^\r\n]*(?:\r\n|\r|\n|$)")
        self._rest, self._ready, self._quoted = b"", b"", False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready and self._advance():
            pass
        size = min(len(buffer), len(self._ready))
        buffer[:size], self._ready = self._ready[:size], self._ready[size:]
        return size

    def close(self) -> None:
        self._stream.close()
        super().close()

    def _advance(self) -> bool:
        """Read the complete lines of the next block; False where the stream has ended."""
        block = self._stream.read(1 << 20)
        lines = self._rest + block
        # A line end may be \r\n, so a \r that comes last waits for what follows.
        cut = max(lines.rfind(b"\n"), lines.rfind(b"\r", 0, max(len(lines) - 1, 0))) + 1 if block else len(lines)
        lines, self._rest = lines[:cut], lines[cut:]
        self._ready = self._kept(lines)
        return bool(block)

    def _kept(self, lines: bytes) -> bytes:
        start = 0
        kept: list[bytes] = []
        for comment in self._comment.finditer(lines):
            self._take(lines[start : comment.start()], kept)
            if self._quoted:
                self._take(comment.group(), kept)
            start = comment.end()
        self._take(lines[start:], kept)
        return b"".join(kept)

    def _take(self, piece: bytes, kept: list[bytes]) -> None:
        kept.append(piece)
        if self._quote:
            self._quoted ^= bool(piece.count(self._quote) % 2)
