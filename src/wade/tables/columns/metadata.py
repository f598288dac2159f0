"""What a file says of its columns beside their values."""

from __future__ import annotations

import pyarrow as pa


def units_of(table: pa.Table) -> dict[str, str]:
    """The units in the metadata of a table's columns, as Parquet files can have them."""
    found = {}
    for field in table.schema:
        unit = (field.metadata or {}).get(b"unit")
        if unit:
            found[field.name] = unit.decode("utf-8", "replace")
    return found
