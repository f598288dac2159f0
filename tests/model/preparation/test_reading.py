"""A model reads the next file as it read the first."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import wade
from wade.errors import DataError

QUICK = {"hidden": (4,), "epochs": 2}


@pytest.fixture
def sizes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """`german.csv` and `english.csv`: one table, written in two ways."""
    monkeypatch.chdir(tmp_path)
    values = [round(float(value), 4) for value in np.random.default_rng(3).normal(size=150)]
    rows = [(value, "ü" if value > 0 else "é") for value in values]
    german = "".join(f"{value};{text}\n".replace(".", ",") for value, text in rows)
    Path("german.csv").write_text("size;answer\n" + german, encoding="windows-1252")
    Path("english.csv").write_text("size,answer\n" + "".join(f"{value},{text}\n" for value, text in rows))
    return values


@pytest.mark.parametrize("saved", [False, True])
def test_what_a_small_file_leaves_open_is_read_as_the_table_of_the_training(sizes: list[float], saved: bool) -> None:
    model = wade.learn("german.csv", "answer", **QUICK)
    if saved:
        model.save("german.wade")
        model = wade.load("german.wade")
    assert model.dialect is not None
    assert (model.dialect.separator, model.dialect.decimal, model.dialect.encoding) == (";", ",", "windows-1252")
    Path("one.csv").write_text("size\n1,234\n")
    Path("sure.csv").write_text("size\n1.234\n")
    first, second = (model.predict_probability(name) for name in ("one.csv", "sure.csv"))
    np.testing.assert_array_equal(first[0], model.predict_probability(pa.table({"size": [1.234]}))[0])
    assert second.shape == first.shape


def test_another_way_of_writing_is_detected_and_means_the_same(sizes: list[float]) -> None:
    model = wade.learn("german.csv", "answer", **QUICK)
    np.testing.assert_array_equal(model.predict_probability("english.csv"), model.predict_probability("german.csv"))
    english = wade.learn("english.csv", "answer", **QUICK)
    assert english.report["test"] == model.report["test"]


def test_what_was_detected_and_matters_is_said(sizes: list[float]) -> None:
    notes = " ".join(wade.learn("german.csv", "answer", **QUICK).report["notes"])
    assert "The decimal separator is a comma" in notes
    assert "read as windows-1252" in notes
    assert wade.learn("english.csv", "answer", **QUICK).report["notes"] == []


def test_a_table_without_names(sizes: list[float]) -> None:
    lines = Path("english.csv").read_text().splitlines(keepends=True)[1:]
    Path("bare.csv").write_text("".join(lines))
    model = wade.learn("bare.csv", "column_2", **QUICK)
    assert "the columns are called column_1 … column_2" in model.report["notes"][0]
    Path("row.csv").write_text("é,x\n")
    Path("good.csv").write_text(lines[0])
    assert len(model.predict("good.csv")) == 1
    # A line of text could be names; the model knows better.
    with pytest.raises(DataError, match="column 'column_1', row 1: expected a number, found 'é'"):
        model.predict("row.csv")


def test_what_is_said_wins(sizes: list[float]) -> None:
    dialect = wade.Dialect(encoding="windows-1252", decimal=",", separator=";", header=True)
    model = wade.learn("german.csv", "answer", dialect=dialect, **QUICK)
    assert model.dialect is not None
    assert model.dialect.why[0] == "The encoding is windows-1252, as given."
    with pytest.raises(DataError, match="'size' missing"):
        model.predict("german.csv", dialect=wade.Dialect(separator="|"))
    assert model.evaluate("german.csv", dialect=dialect)["rows"] == 150
