"""From a file or a frame to arrays: read it, find what each column is, encode it, split it."""

from wade.tables.builtin import BUILT_IN, BuiltIn
from wade.tables.dialect import NOTHING_SAID, Dialect
from wade.tables.encoder import Encoder
from wade.tables.infer import infer_schema, labelled_rows, times_of
from wade.tables.leaks import find_leaks
from wade.tables.opened import Reading, table_name
from wade.tables.readers import read, read_batches, read_table
from wade.tables.schema import Column, Schema
from wade.tables.splits import Split, split_rows
from wade.tables.targets import Target

__all__ = [
    "BUILT_IN",
    "NOTHING_SAID",
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
