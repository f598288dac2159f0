"""Names from data are never code: a program of hostile names differs from one of harmless names in literals alone."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from unicodedata import normalize

import pyarrow as pa
import pytest

from tests.exporters.models import TARGETS, make_model
from wade.exporters import export


def harmless(table: pa.Table) -> pa.Table:
    """The same table with plain names for columns, categories and classes, each in the order of the hostile ones."""
    columns = {}
    for place, name in enumerate(table.column_names):
        values = table[name].to_pylist()
        if name in ("kind\\", *TARGETS.values()) and isinstance(values[0], str | None):
            order = sorted({value for value in values if value is not None})
            # A value with an accent is there in two spellings, so its plain name has one too.
            accents = ["é" if normalize("NFD", value) != value else "" for value in order]
            values = [v if v is None else f"k{order.index(v)}{accents[order.index(v)]}" for v in values]
        columns[name if name in ("notes", *TARGETS.values()) else f"plain_{place}"] = values
    return pa.table(columns)


def shape_of_python(text: str) -> str:
    """The program with every text in it left out."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)


def shape_of_c(text: str) -> list[str]:
    """The program with every text and comment left out, and no matter of white space; codes in their own order."""
    bare = re.sub(r"""/\*.*?\*/|'(?:[^'\\]|\\.)'|"(?:[^"\\]|\\.)*\"""", "", text, flags=re.DOTALL)
    return sorted(re.findall(r"\w+|[^\w\s]", bare))


@pytest.mark.parametrize("task", ["binary", "multiclass"])
@pytest.mark.parametrize("to", ["numpy", "pytorch", "keras", "sklearn", "c"])
def test_names_change_nothing_but_literals(table: pa.Table, tmp_path: Path, to: str, task: str) -> None:
    hostile, plain = (
        export(make_model(rows, task, hidden=(3,), piecewise=True), to, tmp_path / f"{name}.txt")[0].read_text()
        for name, rows in (("hostile", table), ("plain", harmless(table)))
    )
    assert hostile != plain
    shape = shape_of_c if to == "c" else shape_of_python
    assert shape(hostile) == shape(plain)
    assert all(character.isprintable() or character == "\n" for character in hostile)
