"""One table by every way in: the same answers, or the same refusal."""

from __future__ import annotations

import csv
import json
import random
import warnings
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.feather as feather
import pyarrow.parquet as parquet

import wade
from tests.tables.made_tables import Made
from wade.tables.columns.cleaning import MISSING_MARKERS
from wade.tables.reading.readers import read_batches, read_table

Answer: TypeAlias = np.ndarray | str
TOLERANCE = 1e-5


def broken_promises(made: Made, seed: int, folder: Path) -> tuple[str, list[str]]:
    """How far it came ("trained", or the class of the refusal), and what was not as promised."""
    draw, found = random.Random(seed), []
    trained = outcome(lambda: train(made, seed), found, "training")
    if not isinstance(trained, wade.Model):
        return trained, found
    table = made.table.drop([made.target])
    whole = answer(trained, table, found, "the pyarrow table")
    for way, source in (*frames(table), *files(table, draw, folder)):
        compare(whole, answer(trained, source, found, way), way, found)
    rows = list(range(table.num_rows))
    draw.shuffle(rows)
    names = draw.sample(table.column_names, table.num_columns)
    mixed = answer(trained, table.take(rows).select(names), found, "rows and columns in another order")
    compare(whole if isinstance(whole, str) else whole[rows], mixed, "rows and columns in another order", found)
    if isinstance(whole, str):
        return "trained, then refused", found
    for row in rows[:3]:
        one = table.slice(row, 1)
        for way, source in (("a mapping", {name: one[name][0].as_py() for name in names}), *frames(one)):
            alone = answer(trained, source, found, f"row {row + 1} alone, {way}")
            compare(whole[row : row + 1], alone, f"row {row + 1} alone, {way}", found)
    in_batches(trained, folder, found)
    return "trained", found


def train(made: Made, seed: int) -> wade.Model:
    """A tiny model."""
    settings: dict[str, Any] = {"epochs": 2, "hidden": (4,), "members": 1, "threads": 1, "seed": seed}
    return wade.learn(made.table, made.target, **settings)


def answer(model: wade.Model, source: Any, found: list[str], way: str) -> Answer:
    """The predictions, (rows, outputs); or the class of the refusal."""
    regression = model.target.task == "regression"
    said = outcome(lambda: (model.predict if regression else model.predict_probability)(source), found, way)
    if isinstance(said, str):
        return said
    said = np.asarray(said, float).reshape(len(said), -1)
    if not np.isfinite(said).all():
        found.append(f"{way}: an answer is not finite")
    return said


def outcome(call: Callable[[], Any], found: list[str], way: str) -> Any:
    """What the call gives, or the class of wade's error; any other exception, and a warning, is a finding."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        try:
            result = call()
        except wade.errors.WadeError as error:
            result = type(error).__name__
        except Exception as error:
            found.append(f"{way}: {type(error).__name__}: {str(error)[:200]}")
            result = "raw"
    found += [f"{way}: {one.category.__name__}: {one.message}" for one in heard]
    return result


def compare(expected: Answer, got: Answer, way: str, found: list[str]) -> None:
    """Whether a way in gave what was expected."""
    if "raw" in (expected if isinstance(expected, str) else "", got if isinstance(got, str) else ""):
        return
    if isinstance(expected, str) or isinstance(got, str):
        if not (isinstance(expected, str) and isinstance(got, str)):
            what = [one if isinstance(one, str) else "answers" for one in (expected, got)]
            found.append(f"{way}: {what[1]}, and of the whole table {what[0]}")
        return
    if expected.shape != got.shape:
        found.append(f"{way}: {len(got)} answers for {len(expected)} rows")
    elif not np.allclose(expected, got, rtol=TOLERANCE, atol=TOLERANCE):
        row = int(np.abs(expected - got).max(axis=1).argmax())
        found.append(f"{way}: row {row + 1} has {got[row].tolist()}, in the whole table {expected[row].tolist()}")


def frames(table: pa.Table) -> Iterator[tuple[str, Any]]:
    """The table as frames of each library."""
    yield "a pandas frame", table.to_pandas()
    yield "a polars frame", pl.from_arrow(table)
    yield "a pyarrow frame", table


def files(table: pa.Table, draw: random.Random, folder: Path) -> Iterator[tuple[str, Path]]:
    """The table in files of each format."""
    parquet.write_table(table, folder / "t.parquet", row_group_size=draw.choice([7, 1000]))
    feather.write_feather(table, folder / "t.feather", compression=draw.choice(["lz4", "uncompressed"]))
    lines = (json.dumps(row, default=written, ensure_ascii=draw.random() < 0.5) for row in table.to_pylist())
    (folder / "t.jsonl").write_text("\n".join(lines), encoding="utf-8")
    # Under a table of one column, a blank line is no row; Arrow writes a missing value as one.
    may_end = table.num_columns > 1 or table.column(0)[-1].is_valid
    if draw.random() < 0.5 and may_end:
        pa.csv.write_csv(table, folder / "t.csv")
    else:
        with open(folder / "t.csv", "w", newline="", encoding="utf-8") as sink:
            writer = csv.writer(sink, quoting=csv.QUOTE_NONNUMERIC)
            writer.writerow(table.column_names)
            writer.writerows([written(value) for value in row.values()] for row in table.to_pylist())
    # Spreadsheets leave rows of empty cells under a table: several of them are no rows.
    empty = not any(value for row in table.slice(table.num_rows - 2).to_pylist() for value in map(shown, row.values()))
    for name in ("t.parquet", "t.feather", "t.jsonl", *([] if empty and table.num_columns > 2 else ["t.csv"])):
        yield name, folder / name


def shown(value: Any) -> str:
    """What a text file has of a value, markers of missing values aside."""
    text = "" if value is None else str(value).strip()
    return "" if text in MISSING_MARKERS else text


def written(value: Any) -> Any:
    """A value as text files have it."""
    return value.isoformat(*([" "] if isinstance(value, datetime) else [])) if isinstance(value, date) else value


def in_batches(model: wade.Model, folder: Path, found: list[str]) -> None:
    """Rows that are read in batches are encoded as those of the whole file."""
    how: Mapping[str, Any] = {"missing": model.missing, "text": model.schema.text_columns}
    for path in sorted(folder.glob("t.*")):

        def encoded(path: Path = path) -> list[Any]:
            return [model.encoder.encode(pa.Table.from_batches([rows]), "batch") for rows in read_batches(path, **how)]

        streamed = outcome(encoded, found, f"{path.name} in batches")
        whole = outcome(lambda path=path: model.encoder.encode(read_table(path, **how), "whole"), found, path.name)
        if isinstance(streamed, str) or isinstance(whole, str):
            if isinstance(whole, str) and not isinstance(streamed, str):
                found.append(f"{path.name} in batches: answers, and whole {whole}")
            continue
        for block in ("numbers", "codes", "positions"):
            together = np.concatenate([getattr(one, block) for one in streamed])
            if not np.array_equal(together, getattr(whole, block)):
                found.append(f"{path.name} in batches: other {block} than whole")
