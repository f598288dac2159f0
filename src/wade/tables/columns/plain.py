"""Columns in an Arrow type that only stores another: dictionaries of values, run lengths, extension types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc


def is_text(arrow_type: pa.DataType) -> bool:
    """Whether values of this type are text."""
    return bool(
        pa.types.is_string(arrow_type) or pa.types.is_large_string(arrow_type) or pa.types.is_string_view(arrow_type)
    )


def plain(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """The same values in a type of their own; None where they are so already, or where no role fits them.

    Examples
    --------
    >>> plain(pa.chunked_array([pa.array([3, 1, 3]).dictionary_encode()])).to_pylist()
    [3, 1, 3]
    >>> plain(pa.chunked_array([[3, 1, 3]]))
    """
    arrow_type = column.type
    if pa.types.is_dictionary(arrow_type) and not is_text(arrow_type.value_type):
        return _by_chunk(column, arrow_type.value_type, _decoded)
    if pa.types.is_run_end_encoded(arrow_type):
        return _by_chunk(column, arrow_type.value_type, pc.run_end_decode)
    if pa.types.is_binary_view(arrow_type):
        # Arrow cannot take single rows of such a column yet.
        return column.cast(pa.binary())
    if isinstance(arrow_type, pa.BaseExtensionType) and arrow_type.extension_name in _EXTENSIONS:
        as_type, change = _EXTENSIONS[arrow_type.extension_name]
        return _by_chunk(column, as_type, lambda chunk: change(chunk.storage))
    return None


def _by_chunk(
    column: pa.ChunkedArray, arrow_type: pa.DataType, change: Callable[[pa.Array], pa.Array]
) -> pa.ChunkedArray:
    return pa.chunked_array([change(chunk) for chunk in column.chunks], arrow_type)


def _decoded(chunk: pa.DictionaryArray) -> pa.Array:
    return chunk.dictionary.take(chunk.indices)


def _uuids(storage: pa.Array) -> pa.Array:
    return pa.array([None if value is None else str(UUID(bytes=value)) for value in storage.to_pylist()], pa.string())


_EXTENSIONS: Final[dict[str, tuple[pa.DataType, Callable[[pa.Array], pa.Array]]]] = {
    "arrow.uuid": (pa.string(), _uuids),
    "arrow.bool8": (pa.bool_(), lambda storage: pc.not_equal(storage, 0)),
    "arrow.json": (pa.string(), lambda storage: storage.cast(pa.string())),
}
