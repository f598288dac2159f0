#!/usr/bin/env python3
"""Writes scikit-learn's classic tables as the files that come with wade, which are read without importing scikit-learn.

    python scripts/build_classics.py

Measurements are doubles, classes have their names. `tests/tables/datasets/test_builtin.py` holds the files against
scikit-learn's own.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
from sklearn import datasets

from wade.tables.datasets.builtin import CLASSICS

FOLDER = Path(__file__).resolve().parents[1] / "src/wade/tables/datasets/data"


def classic(dataset: str, target: str) -> pa.Table:
    """A table of scikit-learn."""
    bunch = getattr(datasets, f"load_{dataset}")(**({"scaled": False} if dataset == "diabetes" else {}))
    answers = bunch.target
    if "target_names" in bunch and dataset != "digits":
        answers = np.asarray(bunch.target_names, dtype=object)[answers]
    columns = {str(name): column for name, column in zip(bunch.feature_names, bunch.data.T, strict=True)}
    return pa.table({**columns, target: answers})


if __name__ == "__main__":
    for name, target, _ in CLASSICS:
        parquet.write_table(classic(name, target), FOLDER / f"{name}.parquet", compression="zstd", compression_level=19)
