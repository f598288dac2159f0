"""Tables as bytes, in the format that a file's name says: CSV, tab-separated text, JSON lines, Parquet or Feather."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeAlias

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as parquet

from wade.errors import InvalidArgument
from wade.files.csv_lines import csv_lines

Writer: TypeAlias = Callable[[pa.Table], bytes]


def as_csv(table: pa.Table, delimiter: str = ",") -> str:
    """The table as CSV, with a header line.

    Examples
    --------
    >>> as_csv(pa.table({"prediction": ["yes", "no"], "probability of yes": [0.75, 0.125]}))
    'prediction,probability of yes\\nyes,0.75\\nno,0.125\\n'
    """
    columns = [column.to_pylist() for column in table.columns]
    lines = csv_lines([table.column_names, *zip(*columns, strict=True)], delimiter)
    return "".join(f"{line}\n" for line in lines)


def _as_json_lines(table: pa.Table) -> str:
    return "".join(f"{json.dumps(row, ensure_ascii=False, allow_nan=False)}\n" for row in table.to_pylist())


def _written(write: Callable[[pa.Table, pa.NativeFile], object]) -> Writer:
    def content(table: pa.Table) -> bytes:
        sink = pa.BufferOutputStream()
        write(table, sink)
        return bytes(sink.getvalue())

    return content


_FEATHER: Final = _written(feather.write_feather)
_PARQUET: Final = _written(parquet.write_table)
_TEXT: Final[dict[str, Callable[[pa.Table], str]]] = {
    ".csv": as_csv,
    ".tsv": lambda table: as_csv(table, "\t"),
    ".jsonl": _as_json_lines,
    ".ndjson": _as_json_lines,
}
_BINARY: Final[dict[str, Writer]] = {
    ".parquet": _PARQUET,
    ".pq": _PARQUET,
    ".feather": _FEATHER,
    ".arrow": _FEATHER,
    ".ipc": _FEATHER,
}
_COMPRESSED: Final = {".gz": "gzip", ".zst": "zstd", ".bz2": "bz2", ".lz4": "lz4"}


def writer_of(path: Path) -> Writer:
    """What turns a table into the bytes of a file of this name: the format is that of its ending, CSV without one.

    Text may be compressed, as in `predictions.csv.gz`.

    Raises
    ------
    InvalidArgument
        `output` has another ending.

    Examples
    --------
    >>> table = pa.table({"prediction": [True, False]})
    >>> writer_of(Path("out.jsonl"))(table)
    b'{"prediction": true}\\n{"prediction": false}\\n'
    >>> parquet.read_table(pa.BufferReader(writer_of(Path("out.parquet"))(table))).schema
    prediction: bool
    """
    ending = path.suffix.lower()
    if ending in _BINARY:
        return _BINARY[ending]
    codec = _COMPRESSED.get(ending)
    ending = Path(path.stem).suffix.lower() if codec else ending
    if ending not in _TEXT and (ending or codec):
        expected = "must end in .csv, .tsv, .jsonl, .parquet or .feather (text also in .gz, .zst, .bz2 or .lz4)"
        name = path.with_suffix("") if codec else path
        raise InvalidArgument("output", expected, str(path), f"Try {name.with_suffix('.csv')}.")
    text = _TEXT[ending or ".csv"]
    if codec is None:
        return lambda table: text(table).encode()
    return _written(lambda table, sink: _compress(text(table).encode(), sink, codec))


def _compress(content: bytes, sink: pa.NativeFile, codec: str) -> None:
    with pa.CompressedOutputStream(sink, codec) as stream:
        stream.write(content)
