"""From a file or a frame to arrays: read it, find what each column is, encode it, split it."""

from wade.tables.datasets.builtin import BUILT_IN, BuiltIn
from wade.tables.encoding.encoder import Encoder
from wade.tables.encoding.target import Target
from wade.tables.kinds.column import Column
from wade.tables.reading.dataset import Reading, table_name
from wade.tables.reading.dialect import AUTO_DETECT, Dialect
from wade.tables.reading.readers import read, read_batches, read_table
from wade.tables.schema.infer import infer_schema, labelled_rows, times_of
from wade.tables.schema.schema import Schema
from wade.tables.schema.target_leakage import find_leaks
from wade.tables.splitting.train_test import Split, split_rows

__all__ = [
    "AUTO_DETECT",
    "BUILT_IN",
    "BuiltIn",
    "Column",
    "Dialect",
    "Encoder",
    "Reading",
    "Schema",
    "Split",
    "Target",
    "find_leaks",
    "infer_schema",
    "labelled_rows",
    "read",
    "read_batches",
    "read_table",
    "split_rows",
    "table_name",
    "times_of",
]
