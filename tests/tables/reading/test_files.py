"""Where tables come from: files that change or are closed to us, compressed ones, folders, patterns, standard input."""

from __future__ import annotations

import bz2
import errno
import gzip
import io
import os
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

from wade.errors import DiskFull, UnreadableTable
from wade.tables import read, read_batches, read_table, table_name
from wade.tables.reading import files as sources_module

PLAIN = pa.table({"a": [1, 2, 3], "b": ["x", "y", None]})
CSV = b"a,b\n1,x\n2,y\n3,\n"
JSON = b'{"a": 1, "b": "x"}\n{"a": 2, "b": "y"}\n{"a": 3, "b": null}'


def as_parquet() -> bytes:
    sink = io.BytesIO()
    pq.write_table(PLAIN, sink)
    return sink.getvalue()


def as_feather() -> bytes:
    sink = io.BytesIO()
    feather.write_feather(PLAIN, sink)
    return sink.getvalue()


def as_stream() -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, PLAIN.schema) as writer:
        writer.write_table(PLAIN)
    return sink.getvalue()


FORMATS = {
    "table.csv": CSV,
    "table.tsv": CSV.replace(b",", b"\t"),
    "table.parquet": as_parquet(),
    "table.feather": as_feather(),
    "table.arrows": as_stream(),
    "table.jsonl": JSON,
}
COMPRESSIONS = {
    "": bytes,
    ".gz": gzip.compress,
    ".zst": lambda content: pa.compress(content, "zstd", asbytes=True),
    ".bz2": bz2.compress,
}


@pytest.mark.parametrize("ending", COMPRESSIONS)
@pytest.mark.parametrize("name", FORMATS)
def test_the_same_table_in_every_format_and_compression(tmp_path: Path, name: str, ending: str) -> None:
    path = tmp_path / (name + ending)
    path.write_bytes(COMPRESSIONS[ending](FORMATS[name]))
    assert read_table(path).to_pydict() == PLAIN.to_pydict()
    assert pa.Table.from_batches(read_batches(path)).to_pydict() == PLAIN.to_pydict()


def test_several_paths_a_folder_and_a_pattern_are_one_table(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    for name, content in (("1.csv", CSV), ("2.jsonl", JSON), ("deep/3.parquet", as_parquet()), (".hidden.csv", b"q\n")):
        (tmp_path / name).write_bytes(content)
    thrice = {"a": [1, 2, 3] * 3, "b": ["x", "y", None] * 3}
    assert read_table(tmp_path).to_pydict() == thrice
    assert read_table([tmp_path / "1.csv", str(tmp_path / "2.jsonl"), tmp_path / "deep"]).to_pydict() == thrice
    assert read_table(f"{tmp_path}/[12].*").to_pydict() == {"a": [1, 2, 3] * 2, "b": ["x", "y", None] * 2}
    assert pa.Table.from_batches(read_batches(tmp_path)).to_pydict() == thrice


def test_a_file_whose_name_looks_like_a_pattern(tmp_path: Path) -> None:
    (tmp_path / "table[1].csv").write_bytes(CSV)
    assert read_table(tmp_path / "table[1].csv").num_rows == 3


def give(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


@pytest.mark.parametrize("content", [*FORMATS.values(), gzip.compress(CSV)], ids=[*FORMATS, "gz"])
def test_standard_input(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    give(monkeypatch, content)
    assert read_table("-").to_pydict() == PLAIN.to_pydict()


def test_standard_input_that_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, b"")
    with pytest.raises(UnreadableTable, match="standard input: the file is empty"):
        read_table("-")


def test_a_file_that_is_closed_to_us(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret.csv").write_bytes(CSV)

    def refuse(*_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    # Who runs the tests may be allowed everything, so the file system is not asked.
    monkeypatch.setattr(sources_module, "open", refuse, raising=False)
    with pytest.raises(UnreadableTable, match=r"secret.csv: the file cannot be read \(Permission denied\). Check its"):
        read_table(tmp_path / "secret.csv")


def test_a_file_that_changes_while_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "growing.csv"
    path.write_bytes(b"a,b\n" + b"1,x\n" * 1_000_000)
    batches = read_batches(path)
    next(batches)
    with open(path, "ab") as file:
        file.write(b"2,y\n")
    with pytest.raises(UnreadableTable, match=r"growing\.csv: the file changed while it was being read"):
        list(batches)


def test_a_file_that_is_gone_before_it_was_read(tmp_path: Path) -> None:
    path = tmp_path / "gone.csv"
    path.write_bytes(b"a,b\n" + b"1,x\n" * 1_000_000)
    batches = read_batches(path)
    next(batches)
    os.unlink(path)
    with pytest.raises(UnreadableTable, match="the file changed while it was being read"):
        list(batches)


def test_names_of_several_sources(tmp_path: Path) -> None:
    assert table_name(["a.csv", "b.csv", "c.csv"]) == "3 files from a.csv on"
    assert table_name("-") == "standard input"


def test_the_dialect_of_the_first_file_is_expected_of_the_next(tmp_path: Path) -> None:
    (tmp_path / "1.csv").write_text("a;b\n1,5;2\n")
    (tmp_path / "2.csv").write_text("a;b\n1,234;5\n")
    assert read_table(tmp_path).to_pydict() == {"a": [1.5, 1.234], "b": [2, 5]}
    assert read(tmp_path).dialect.decimal == ","


def test_a_disk_that_fills_up_while_a_stream_is_kept_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill_up(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    pq.write_table(pa.table({"x": [1, 2]}), tmp_path / "table.parquet")
    (tmp_path / "table.parquet.gz").write_bytes(gzip.compress((tmp_path / "table.parquet").read_bytes()))
    monkeypatch.setattr("wade.tables.reading.files.shutil.copyfileobj", fill_up)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    with pytest.raises(DiskFull, match=r"cannot be kept here \(No space left on device\)\. Free some space"):
        read_table(tmp_path / "table.parquet.gz")
    assert not list(tmp_path.glob("wade-*"))
