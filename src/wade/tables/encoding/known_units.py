"""The units of columns, of which several places know: how texts are written, the file of the training, this table."""

from __future__ import annotations

import pyarrow as pa

from wade.tables.columns.metadata import units_of
from wade.tables.encoding.encoder import Encoder
from wade.tables.schema.schema import Schema


def known_units(encoder: Encoder, schema: Schema, table: pa.Table | None = None) -> dict[str, str]:
    """The unit of each column that has one: of its texts, or else as this table's or the training file's metadata say.

    Examples
    --------
    >>> import wade
    >>> field = pa.field("heat", pa.float64(), metadata={"unit": "°C"})
    >>> table = pa.table([[1.0, 2.0, 3.0, 4.0] * 10], pa.schema([field]))
    >>> table = table.append_column("cost", pa.array(["$1", "$2", "$4", "$7", "$9"] * 8))
    >>> model = wade.learn(table.append_column("late", pa.array(["no", "yes"] * 20)), "late", hidden=(), epochs=1)
    >>> known_units(model.encoder, model.schema)
    {'heat': '°C', 'cost': '$'}
    """
    kept = {column.name: column.unit for column in schema.columns if column.unit}
    given = {} if table is None else units_of(table)
    return {**kept, **given, **{one.column: one.unit for one in encoder.encodings if one.unit}}
