"""The format of a file, by its first bytes; what is no table is named."""

from __future__ import annotations

import json
from typing import Literal, TypeAlias

from wade.errors import UnreadableTable

FileFormat: TypeAlias = Literal["text", "Parquet", "Arrow", "JSON lines"]

ARROW_FILE, ARROW_STREAM = b"ARROW1", b"\xff\xff\xff\xff"
OTHER_FORMATS = {
    # pyarrow's reader of it looks at nothing before it uses it: one wrong byte ends the process.
    b"FEA1": (
        "an outdated Feather file (version 1), which may end the process if it is damaged",
        "If you trust it, convert it: pyarrow.parquet.write_table(pyarrow.feather.read_table(FILE), NEW).",
    ),
    b"PK\x03\x04": ("a ZIP archive or an Excel workbook", "Unpack it, or save the sheet as CSV."),
    b"\xd0\xcf\x11\xe0": ("an old Excel workbook", "Save the sheet as CSV."),
    b"%PDF": ("a PDF document", "Give the table itself, for example as CSV."),
    b"SQLite format 3": ("an SQLite database", "Write the table to CSV or Parquet first."),
    b"\x89HDF": ("an HDF5 file", "Write the table to Parquet first."),
    b"\x93NUMPY": ("a NumPy array", "Write it with names for its columns, for example as CSV."),
    b"\x80\x04\x95": ("a Python pickle", "Write the table to Parquet first."),
    b"\x80\x05\x95": ("a Python pickle", "Write the table to Parquet first."),
    b"7z\xbc\xaf": ("a 7z archive", "Unpack it."),
    b"Rar!": ("a RAR archive", "Unpack it."),
    b"\x89PNG": ("a picture", "Give a table, for example as CSV."),
    b"\xff\xd8\xff": ("a picture", "Give a table, for example as CSV."),
    b"GIF8": ("a picture", "Give a table, for example as CSV."),
    b"\x7fELF": ("a program", "Give a table, for example as CSV."),
}
PAGES = (b"<!doctype html", b"<html", b"<?xml")


def detect_format(beginning: bytes, name: str, ending: str) -> FileFormat:
    """The format of a table that begins with these bytes, decompressed; UnreadableTable where it is none.

    The `ending` of its name decides only where a binary file has lost its magic bytes.

    Examples
    --------
    >>> detect_format(b"wind,origin\\n45,JFK\\n", "flights.parquet", ".parquet")
    'text'
    >>> detect_format(b'{"wind": 45}\\n', "flights.txt", ".txt")
    'JSON lines'
    """
    if beginning.startswith(b"PAR1"):
        return "Parquet"
    if beginning.startswith((ARROW_FILE, ARROW_STREAM)):
        return "Arrow"
    for magic, (what, remedy) in OTHER_FORMATS.items():
        if beginning.startswith(magic):
            raise UnreadableTable(name, f"the file is not a table: it is {what}", remedy)
    text = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text:
        if ending in (".parquet", ".pq", ".feather", ".arrow", ".ipc") and beginning:
            return "Parquet" if ending in (".parquet", ".pq") else "Arrow"
        raise UnreadableTable(name, "the file is empty", "Give a table with a line of column names and rows under it.")
    if text[:200].lower().startswith(PAGES):
        remedy = "Download the table itself; a page often comes where one has to log in first."
        raise UnreadableTable(name, "the file is not a table: it is a page of HTML or XML", remedy)
    if text.startswith(b"[") and (ending == ".json" or text[1:].lstrip().startswith(b"{")):
        problem = "the file holds one JSON array, not a JSON object per line"
        raise UnreadableTable(name, problem, "Write a line for each row, for example: jq -c '.[]' FILE > NEW.jsonl")
    if _is_json_line(text) or (ending in (".jsonl", ".ndjson", ".json") and text.startswith(b"{")):
        return "JSON lines"
    if ending in (".parquet", ".pq") and b"\0" in beginning:
        return "Parquet"
    return "Arrow" if ending in (".feather", ".arrow", ".ipc") and b"\0" in beginning else "text"


def _is_json_line(text: bytes) -> bool:
    """Whether the first line is a JSON object, or the beginning of one that is longer than what was looked at."""
    line, end, _ = text.partition(b"\n")
    if not line.startswith(b"{"):
        return False
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return not end and line.startswith((b'{"', b"{ "))
