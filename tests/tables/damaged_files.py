"""Files of tables, some bytes of which are not what they were: a refusal or finite answers, never anything else."""

from __future__ import annotations

import gzip
import io
import json
import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.feather as feather
import pyarrow.parquet as parquet

import wade
from tests.tables.ways_in import answer, outcome, written
from wade.cli.views.data import overview_of
from wade.tables.reading.readers import read_batches, read_table

ROWS = 60
TARGET = "y"
NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 2**31 - 1, 2**31 - 16, 2**32 - 1, 2**63 - 1, 2**63, 2**64 - 1, 10**8, 2**60)
PIECES = (b"\xff\xfe", b"\xc3", b"\xed\xa0\x80", b"\0" * 4, b"\xff" * 8, b'"', b"\n", b"\r", b"{", b"[", b",", b"}\n{")
NEAR = 2500
"""Bytes at the ends of a file, which hold what describes the rest."""


@cache
def whole_files() -> dict[str, bytes]:
    """Files as they should be, by name."""
    table, flat = a_table(), a_table().drop(["rec"])
    made: dict[str, Callable[[io.BytesIO], Any]] = {
        "plain.feather": lambda sink: feather.write_feather(table, sink, compression="uncompressed", chunksize=25),
        "lz4.feather": lambda sink: feather.write_feather(table, sink, compression="lz4"),
        "zstd.arrow": lambda sink: feather.write_feather(table, sink, compression="zstd"),
        "stream.arrow": lambda sink: _streamed(table, sink),
        "plain.parquet": lambda sink: parquet.write_table(table, sink, compression="none", row_group_size=25),
        "snappy.parquet": lambda sink: parquet.write_table(table, sink, compression="snappy"),
        "zstd.parquet": lambda sink: parquet.write_table(table, sink, compression="zstd", store_schema=False),
        "delta.parquet": lambda sink: parquet.write_table(
            flat,
            sink,
            compression="none",
            use_dictionary=False,
            data_page_version="2.0",
            column_encoding={"k": "DELTA_BINARY_PACKED", "note": "DELTA_BYTE_ARRAY", "x": "BYTE_STREAM_SPLIT"},
        ),
        "t.csv": lambda sink: pa.csv.write_csv(flat, sink),
        "t.jsonl": lambda sink: sink.write(
            "\n".join(json.dumps(row, default=written, ensure_ascii=False) for row in table.to_pylist()).encode()
        ),
    }
    files = {}
    for name, write in made.items():
        sink = io.BytesIO()
        write(sink)
        files[name] = sink.getvalue()
    packed = {f"{name}.gz": gzip.compress(files[name]) for name in ("t.csv", "t.jsonl", "plain.parquet")}
    return {**files, **packed}


def a_table() -> pa.Table:
    """A column of each kind."""
    draw, rows = random.Random(0), range(ROWS)
    first = datetime(2001, 2, 3, 4, 5)
    return pa.table(
        {
            "x": [draw.gauss(0, 1) for _ in rows],
            "k": pa.array([row % 5 for row in rows], pa.int32()),
            "c": [("red", "grün", "日本")[row % 3] for row in rows],
            "d": pa.array([first + timedelta(hours=7 * row) for row in rows], pa.timestamp("ms")),
            "day": [date(2001, 1, 1) + timedelta(days=3 * row) for row in rows],
            "z": pa.array([first + timedelta(hours=5 * row) for row in rows], pa.timestamp("us", "Europe/Paris")),
            "b": [(True, False, None)[row % 3] for row in rows],
            "cat": pa.array([("a", "b", None, "d")[row % 4] for row in rows]).dictionary_encode(),
            "note": [f"the cat number {row} sat on a mat" for row in rows],
            "rec": [{"u": float(row % 7), "v": {"w": ("p", "q")[row % 2]}} for row in rows],
            TARGET: [("yes", "no")[draw.random() < 0.5] for _ in rows],
        }
    )


def trained(folder: Path) -> wade.Model:
    """A tiny model of that table."""
    (folder / "whole.parquet").write_bytes(whole_files()["plain.parquet"])
    # Text files and one of the others have no records.
    drop = ["rec.u", "rec.v.w"]
    return wade.learn(folder / "whole.parquet", TARGET, drop=drop, epochs=1, hidden=(2,), members=1, threads=1)


def damaged(seed: int) -> tuple[str, bytes]:
    """The file of a seed: its name, and what is in it."""
    draw = random.Random(seed)
    name = draw.choice(sorted(whole_files()))
    content = bytearray(whole_files()[name])
    for _ in range(draw.choice([1, 1, 1, 2, 4, 8])):
        _damage(content, draw)
    return name, bytes(content) or b"\0"


def broken_promises(model: wade.Model, seed: int, folder: Path) -> tuple[str, list[str]]:
    """What became of the file of a seed when it was read in each way, and what was not as promised."""
    name, content = damaged(seed)
    path, found = folder / name, []
    path.write_bytes(content)
    ways: dict[str, Callable[[], Any]] = {
        f"{name}: read whole": lambda: read_table(path).num_rows,
        f"{name}: read in batches": lambda: sum(batch.num_rows for batch in read_batches(path)),
    }
    ways[f"{name}: wade data"] = lambda: overview_of(str(path), TARGET)[0].to_dict()
    results = [outcome(call, found, way) for way, call in ways.items()]
    said = answer(model, path, found, f"{name}: predicted")
    path.unlink()
    refused = [one for one in (*results, said) if isinstance(one, str)]
    return refused[0] if refused else "read", found


def _damage(content: bytearray, draw: random.Random) -> None:
    if not content:
        return
    last = len(content) - 1
    at = draw.choice([draw.randint(0, last), draw.randint(0, min(last, NEAR)), draw.randint(max(0, last - NEAR), last)])
    action = draw.random()
    if action < 0.35:
        content[at] = draw.randrange(256)
    elif action < 0.5:
        content[at] ^= 1 << draw.randrange(8)
    elif action < 0.7:
        width = draw.choice([1, 2, 4, 8])
        content[at : at + width] = (draw.choice(NUMBERS) % 256**width).to_bytes(width, "little")
    elif action < 0.77:
        del content[at : at + draw.choice([1, 4, 8, 100])]
    elif action < 0.84:
        content[at:at] = content[at : at + draw.choice([1, 8, 100])]
    elif action < 0.88:
        del content[at:]
    else:
        piece = draw.choice(PIECES)
        content[at : at + draw.choice([0, len(piece)])] = piece


def _streamed(table: pa.Table, sink: io.BytesIO) -> None:
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table, 25)
