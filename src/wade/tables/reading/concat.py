"""Several files as one table: the columns of the first, in its order, with types that hold the values of all."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from wade.errors import UnreadableTable
from wade.tables.columns.cleaning import is_text
from wade.tables.reading.fragment import Fragment


def one_table(parts: Sequence[Fragment], tables: Sequence[pa.Table], text: frozenset[str]) -> pa.Table:
    """The rows of all tables, one below the other; UnreadableTable where they do not fit.

    Where a column is text in one file and numbers in another, a text file is read again so that its numbers keep their
    spelling ("007"); what all of the column's values are together, `clean` then decides.
    """
    tables = same_columns(parts, tables)
    if len(tables) == 1:
        return tables[0]
    mixed = frozenset(name for name in tables[0].column_names if _is_mixed([table[name].type for table in tables]))
    if mixed:
        again = [
            part.whole(text | mixed).select(table.column_names) if part.dialect is not None else table
            for part, table in zip(parts, tables, strict=True)
        ]
        tables = [_as_text(table, mixed, _declared(again)) for table in again]
    try:
        return pa.concat_tables(tables, promote_options="permissive")
    except pa.ArrowException as error:
        raise _clash(parts, tables) from error


def same_columns(parts: Sequence[Fragment], tables: Sequence[pa.Table]) -> list[pa.Table]:
    """The tables with their columns in the order of the first; UnreadableTable where one has others."""
    names = tables[0].column_names
    expected = set(names)
    for part, table in zip(parts, tables, strict=True):
        there = table.column_names
        found = set(there)
        lacking = [name for name in names if name not in found]
        extra = [name for name in there if name not in expected]
        if lacking or extra:
            place, column = (part.name, lacking[0]) if lacking else (parts[0].name, extra[0])
            other = parts[0].name if lacking else part.name
            remedy = "Give all files the same columns (empty cells where values are unknown), or read them apart."
            raise UnreadableTable(place, f"column {column!r} is missing, which {other} has", remedy)
    return [table.select(names) for table in tables]


def _is_mixed(arrow_types: Sequence[pa.DataType]) -> bool:
    present = {arrow_type for arrow_type in arrow_types if not pa.types.is_null(arrow_type)}
    return len(present) > 1 and any(map(_is_words, present))


def _is_words(arrow_type: pa.DataType) -> bool:
    return is_text(arrow_type.value_type if pa.types.is_dictionary(arrow_type) else arrow_type)


def _declared(tables: Sequence[pa.Table]) -> frozenset[str]:
    """The columns that one of the tables declares to be categories."""
    return frozenset().union(*(categories_of(table.schema) for table in tables))


def categories_of(schema: pa.Schema) -> frozenset[str]:
    """The columns of texts that are declared to be categories."""
    return frozenset(field.name for field in schema if pa.types.is_dictionary(field.type) and _is_words(field.type))


def _as_text(table: pa.Table, names: frozenset[str], declared: frozenset[str]) -> pa.Table:
    for place, name in enumerate(table.column_names):
        if name in names and not pa.types.is_nested(table[name].type):
            column = table[name].cast(pa.string())
            table = table.set_column(place, name, column.dictionary_encode() if name in declared else column)
    return table


def _clash(parts: Sequence[Fragment], tables: Sequence[pa.Table]) -> UnreadableTable:
    first = tables[0].schema
    for part, table in zip(parts[1:], tables[1:], strict=True):
        for name in first.names:
            try:
                pa.unify_schemas(
                    [pa.schema([first.field(name)]), pa.schema([table.schema.field(name)])],
                    promote_options="permissive",
                )
            except pa.ArrowException:
                here, there = table.schema.field(name).type, first.field(name).type
                problem = f"its values are of type {here}, those of {parts[0].name} of type {there}"
                remedy = "Write the column in one way in all files."
                return UnreadableTable(f"{part.name}, column {name!r}", problem, remedy)
    return UnreadableTable(parts[0].name, "its columns do not fit those of the other files", "Read them apart.")
