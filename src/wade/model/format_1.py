"""Model files of format 1 in the names of format 2: one step, applied when a file is loaded."""

from __future__ import annotations

from typing import Any, Final

from wade.files.checked import Document

TASKS: Final = {"two classes": "binary", "many classes": "multiclass", "number": "regression"}
REPORT: Final = {"kind": "task", "judged_by": "selected_by", "stopped_because": "stop_reason"}
BASELINES: Final = {"base_rate": "constant", "no_hidden_layers": "linear", "this_network": "network"}


def upgrade_format_1(document: Document) -> Document:
    """The document of a format 1 file with the names of format 2; nothing else changes.

    Raises
    ------
    LookupError, TypeError, ValueError, AttributeError
        A part is missing, of another type, or has a name that format 1 did not have.

    Examples
    --------
    >>> column = {"name": "note", "role": "free text"}
    >>> encoding = {"kind": "free text", "column": "note", "places": 128}
    >>> parts = {"schema": {"columns": [column]}, "encoder": {"encodings": [encoding]}}
    >>> new = upgrade_format_1({**parts, "target": {"column": "late", "kind": "two classes"}, "report": {}})
    >>> new["schema"]["columns"][0]["role"], new["encoder"]["encodings"]
    ('text', [{'kind': 'text', 'column': 'note', 'buckets': 128}])
    >>> new["target"]
    {'column': 'late', 'task': 'binary'}
    """
    schema, encoder, target = document["schema"], document["encoder"], _renamed(document["target"], {"kind": "task"})
    columns = [{**column, "role": _text(column["role"])} for column in schema["columns"]]
    return {
        **document,
        "schema": {**schema, "columns": columns},
        "encoder": {**encoder, "encodings": [_encoding(encoding) for encoding in encoder["encodings"]]},
        "target": {**target, "task": TASKS[target["task"]]},
        "report": _report(document["report"]),
    }


def _encoding(encoding: dict[str, Any]) -> dict[str, Any]:
    names = {"places": "buckets"} if encoding["kind"] == "free text" else {}
    return {**_renamed(encoding, names), "kind": _text(encoding["kind"])}


def _text(role: str) -> str:
    """The role of a column, or the kind of its encoding, which have the same names."""
    if role == "text":
        raise ValueError("format 1 has no role 'text'")
    return "text" if role == "free text" else role


def _report(report: dict[str, Any]) -> dict[str, Any]:
    """What is shown of a report; a file may lack all of it."""
    new = _renamed(report, REPORT)
    if "task" in new:
        new["task"] = TASKS[new["task"]]
    if "baselines" in new:
        new["baselines"] = _renamed(new["baselines"], BASELINES)
    if "diagnosis" in new:
        diagnosis = _renamed(new["diagnosis"], {"says": "summary"})
        new["diagnosis"] = {**diagnosis, "errors": _renamed(diagnosis["errors"], BASELINES)}
    return new


def _renamed(data: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """The same data under new names; no name may be there twice."""
    found = {names.get(name, name): value for name, value in data.items()}
    if len(found) < len(data):
        raise ValueError("a name is there twice, once as format 1 has it and once as format 2 does")
    return found
