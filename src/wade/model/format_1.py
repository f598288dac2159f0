"""Model files of format 1 as today's parts expect them: renamed roles and fields, in one place."""

from __future__ import annotations

from typing import Any


def upgrade_format_1(document: dict[str, Any]) -> dict[str, Any]:
    """The document of a format 1 file in today's words; a document that uses them already is returned unchanged.

    Raises
    ------
    LookupError, TypeError, AttributeError
        A part is missing or of another type.

    Examples
    --------
    >>> column = {"name": "note", "role": "free text"}
    >>> encoding = {"kind": "free text", "column": "note", "places": 128}
    >>> old = {"schema": {"columns": [column]}, "encoder": {"encodings": [encoding]}}
    >>> new = upgrade_format_1(old)
    >>> new["schema"]["columns"][0]["role"], new["encoder"]["encodings"]
    ('text', [{'kind': 'text', 'column': 'note', 'buckets': 128}])
    """
    schema, encoder = document["schema"], document["encoder"]
    columns = [_upgraded_column(column) for column in schema["columns"]]
    encodings = [_upgraded_encoding(encoding) for encoding in encoder["encodings"]]
    return {
        **document,
        "schema": {**schema, "columns": columns},
        "encoder": {**encoder, "encodings": encodings},
    }


def _upgraded_column(column: dict[str, Any]) -> dict[str, Any]:
    return {**column, "role": "text"} if column["role"] == "free text" else column


def _upgraded_encoding(encoding: dict[str, Any]) -> dict[str, Any]:
    if encoding["kind"] != "free text":
        return encoding
    names = {"places": "buckets"}
    return {names.get(name, name): value for name, value in encoding.items()} | {"kind": "text"}
