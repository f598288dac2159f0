"""Uploads: a file that comes in pieces, written to a temporary file whose path a page chooses nothing of."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from wade.errors import DataError
from wade.studio.envelope import UPLOAD, unpack
from wade.studio.messages import Upload
from wade.studio.session_table import SessionTable

LARGEST_PIECE: Final = 1 << 20
LARGEST_UPLOAD: Final = 256 << 20


class Receiving:
    """A file of which not all pieces have come yet; without a path it was refused, or is complete."""

    def __init__(self, command: Upload, path: Path | None = None) -> None:
        self.command, self.path = command, path
        self._file = None if path is None else open(path, "wb")  # noqa: SIM115 - open until the last piece

    @classmethod
    def begin(cls, command: Upload, sessions: SessionTable) -> Receiving:
        """A file that was announced.

        Raises
        ------
        DataError
            It is too large.
        OSError
            There is no temporary folder, or no room in it.
        """
        if command.size > LARGEST_UPLOAD:
            problem = f"has {command.size / (1 << 20):,.0f} MB; {LARGEST_UPLOAD >> 20} MB at most can be uploaded"
            raise DataError(command.name, problem, "Give its path instead, which reads it from the disk.")
        return cls(command, sessions.new_upload())

    @property
    def waits(self) -> bool:
        """Whether pieces are to come."""
        return self._file is not None

    def add(self, piece: memoryview) -> Path | None:
        """Write the next piece; the path once the file is complete.

        Raises
        ------
        DataError
            The pieces have more bytes than the file was said to have.
        """
        assert self._file is not None
        self._file.write(piece)
        size = self._file.tell()
        if size > self.command.size:
            raise DataError(
                self.command.name, f"{self.command.size} bytes were announced, and {size} have come", "Send it again."
            )
        if size < self.command.size:
            return None
        self._file.close()
        path, self._file, self.path = self.path, None, None
        return path

    def give_up(self) -> None:
        """Remove what has come."""
        if self._file is not None and self.path is not None:
            self._file.close()
            self.path.unlink(missing_ok=True)
            self._file = self.path = None


class _PieceHeader(msgspec.Struct, forbid_unknown_fields=True):
    id: int


def read_piece(message: bytes) -> tuple[int, memoryview]:
    """The number of the upload that a binary message belongs to, and the bytes of its file.

    Raises
    ------
    ValueError
        It is no piece of an upload, or too large.

    Examples
    --------
    >>> from wade.studio.envelope import pack
    >>> number, piece = read_piece(pack(UPLOAD, {"id": 7}, b"a,b"))
    >>> number, bytes(piece)
    (7, b'a,b')
    """
    letters, header, piece = unpack(message)
    if letters != UPLOAD:
        raise ValueError(f"a page sends pieces of uploads only; received {letters!r}")
    number = msgspec.convert(header, _PieceHeader).id
    if len(piece) > LARGEST_PIECE:
        raise ValueError(f"a piece has {LARGEST_PIECE} bytes at most; received {len(piece)}")
    return number, piece
