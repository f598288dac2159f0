"""Model files taken apart and put together again with a right checksum, as a stranger could do it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

NO_CHECKSUM = "0" * 64


class Pieces(NamedTuple):
    """What a model file is made of: the entries of its tensors, its document, and the tensors' bytes."""

    tensors: dict[str, Any]
    document: dict[str, Any]
    content: bytes

    @classmethod
    def of(cls, file: bytes) -> Pieces:
        length = int.from_bytes(file[:8], "little")
        header = json.loads(file[8 : 8 + length])
        return cls(header, json.loads(header.pop("__metadata__")["wade"]), file[8 + length :])

    def signed(self, twice: str = "") -> bytes:
        """The file with a right checksum; `twice` is a JSON text for a name that is in the document already."""
        text = json.dumps({**self.document, "sha256": NO_CHECKSUM}, ensure_ascii=False)
        text = f"{text[:-1]}, {twice}}}" if twice else text
        return sealed({"__metadata__": {"wade": text}, **self.tensors}, self.content)


def sealed(header: dict[str, Any] | str | bytes, content: bytes) -> bytes:
    """A file with this header, whose checksum of zeros is replaced by the right one."""
    text = json.dumps(header) if isinstance(header, dict) else header
    raw = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    file = len(raw).to_bytes(8, "little") + raw + content
    return file.replace(NO_CHECKSUM.encode(), hashlib.sha256(file).hexdigest().encode(), 1)


def rewrite(path: Path, change: Callable[[Pieces], Any]) -> None:
    """The file at `path` with its pieces changed in place, and signed."""
    pieces = Pieces.of(path.read_bytes())
    change(pieces)
    path.write_bytes(pieces.signed())
