"""The envelope of binary messages, in both directions: four letters, the length of a JSON header, header, payload.

The length is an unsigned number of 32 bits, little-endian. The header is UTF-8, ended by spaces so that the payload
begins at a multiple of four bytes: a page can read it in place.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import msgspec

FRAME: Final = b"WFRM"
FILE: Final = b"WFIL"
UPLOAD: Final = b"WUPL"
LONGEST_HEADER: Final = 1 << 20
_BEFORE_HEADER: Final = 8
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(dict[str, Any])


class Unpacked(NamedTuple):
    """A binary message."""

    letters: bytes
    header: dict[str, Any]
    payload: memoryview


def pack(letters: bytes, header: Any, *payload: bytes | memoryview) -> bytes:
    """A binary message; numbers of the header that are not finite become null.

    Examples
    --------
    >>> pack(b"WUPL", {"id": 1}, b"a,b")
    b'WUPL\\x08\\x00\\x00\\x00{"id":1}a,b'
    """
    text = _encoder.encode(header)
    text += b" " * (-len(text) % 4)
    return b"".join((letters, len(text).to_bytes(4, "little"), text, *payload))


def unpack(message: bytes) -> Unpacked:
    """The letters, the header and the payload of a binary message.

    Raises
    ------
    ValueError
        It is cut off, or its letters or its header are none.

    Examples
    --------
    >>> letters, header, payload = unpack(pack(b"WUPL", {"id": 1}, b"a,b"))
    >>> letters, header, bytes(payload)
    (b'WUPL', {'id': 1}, b'a,b')
    """
    view = memoryview(message)
    letters = bytes(view[:4])
    if letters not in (FRAME, FILE, UPLOAD):
        raise ValueError(f"a binary message begins with WFRM, WFIL or WUPL; received {letters!r}")
    length = int.from_bytes(view[4:_BEFORE_HEADER], "little")
    end = _BEFORE_HEADER + length
    if length > LONGEST_HEADER or end > len(view):
        raise ValueError(f"the header of a binary message is said to have {length} bytes, and it has {len(view)} bytes")
    try:
        header = _decoder.decode(view[_BEFORE_HEADER:end])
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(f"the header of a binary message is no JSON object: {error}") from error
    return Unpacked(letters, header, view[end:])
