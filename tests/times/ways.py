"""One column of times, given to a model in every way there is; what each way makes of it is compared by the tests."""

from __future__ import annotations

import json
import runpy
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as parquet

import wade

SETTINGS: Mapping[str, Any] = {"hidden": (4,), "members": 1, "epochs": 3, "threads": 1, "seed": 1}


def trained(table: Any, **options: Any) -> wade.Model:
    """A small network that predicts y from the column t."""
    return wade.learn(table, "y", **{**SETTINGS, **options})


def with_target(times: Sequence[Any]) -> dict[str, list[Any]]:
    return {"t": list(times), "y": [i * 7 % 10 < 5 for i in range(len(times))]}


def csv_file(path: Path, columns: Mapping[str, Sequence[Any]]) -> Path:
    # A second column: a file of one may have a title above its name.
    pd.DataFrame({**columns, "n": range(len(next(iter(columns.values()))))}).to_csv(path, index=False)
    return path


def by_texts(model: wade.Model, texts: Sequence[str], folder: Path) -> Iterator[tuple[str, np.ndarray]]:
    """The probabilities of texts, by each way in that takes text."""
    columns = {"t": list(texts)}
    yield "CSV", model.predict_probability(csv_file(folder / "rows.csv", columns))
    lines = folder / "rows.jsonl"
    lines.write_text("".join(json.dumps({"t": text}) + "\n" for text in texts))
    yield "JSON lines", model.predict_probability(lines)
    parquet.write_table(pa.table(columns), folder / "rows.parquet")
    yield "Parquet", model.predict_probability(folder / "rows.parquet")
    yield "pandas", model.predict_probability(pd.DataFrame(columns))
    yield "polars", model.predict_probability(pl.DataFrame(columns))
    yield "pyarrow", model.predict_probability(pa.table(columns))
    yield from one_by_one(model, columns["t"])


def one_by_one(model: wade.Model, values: Sequence[Any]) -> Iterator[tuple[str, np.ndarray]]:
    """The probabilities of values, each alone in a row."""
    yield "mappings", np.concatenate([model.predict_probability({"t": value}) for value in values])
    frames = [pd.DataFrame({"t": [value]}) for value in values]
    yield "pandas frames of one row", np.concatenate([model.predict_probability(frame) for frame in frames])


def programs(model: wade.Model, folder: Path) -> dict[str, Callable[[Sequence[str]], np.ndarray]]:
    """Exported programs that read text, by name: from texts to probabilities."""
    [path] = wade.export(model, "numpy", folder / "model_numpy.py")
    in_numpy = runpy.run_path(str(path))["predict_probability"]
    [path] = wade.export(model, "c", folder / "model.c")
    binary = folder / "model"
    build = ["cc", "-std=c99", "-O0", "-Wall", "-Wextra", "-Werror", "-o", str(binary), str(path), "-lm"]
    subprocess.run(build, check=True, capture_output=True)

    def in_c(texts: Sequence[str]) -> np.ndarray:
        written = csv_file(folder / "rows.csv", {"t": list(texts)}).read_bytes()
        done = subprocess.run([str(binary)], input=written, capture_output=True, check=False)
        if done.returncode:
            raise ValueError(done.stderr.decode())
        shares = np.array([float(line.split(",")[-1]) for line in done.stdout.decode().splitlines()[1:]])
        return np.stack([1 - shares, shares], axis=1)

    return {"NumPy program": lambda texts: in_numpy([{"t": text} for text in texts]), "C program": in_c}


def by_onnx(model: wade.Model, seconds: Sequence[int], folder: Path) -> np.ndarray:
    """The probabilities of times given as seconds since 1970: in UTC where the column has a zone."""
    import onnxruntime

    [path] = wade.export(model, "onnx", folder / "model.onnx")
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    found: np.ndarray = session.run(None, {"t": np.array(seconds, np.int64)[:, None]})[1]
    return found
