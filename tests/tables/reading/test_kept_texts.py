"""Texts that usually mean missing are noted beside codes that look like them, and kept where that is wanted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

import wade
from wade.errors import InvalidArgument
from wade.model.preparation import prepare
from wade.model.preparation.memory import Plan
from wade.tables import read, read_table

NOTED = {
    "a continent": (["EU", "NA", "OC"], "NA"),
    "no garage": (["None", "Att", "Det"], "None"),
    "a question mark": (["a", "b", "?"], "?"),
    "null": (["one", "null", "two"], "null"),
    "nan": (["dad", "nan", "mum"], "nan"),
    "a slash": (["N/A", "W/B"], "N/A"),
}
SILENT = {
    "an empty cell": ["EU", "", "OC"],
    "long words": ["Attached", "NA", "Detached"],
    "numbers": ["1", "NA", "2"],
    "nothing missing": ["EU", "AS", "OC"],
    "nothing else": ["NA", "NA", ""],
    "long words beside None": ["BrickFace", "None", "Stone"],
}


def files(texts: list[str], folder: Path) -> dict[str, Any]:
    csv, stored = folder / "t.csv", folder / "t.parquet"
    csv.write_text("region,x\n" + "".join(f"{text},{row}\n" for row, text in enumerate(texts)))
    table = pa.table({"region": texts, "x": range(len(texts))})
    parquet.write_table(table, stored)
    return {"CSV": csv, "Parquet": stored, "pandas": table.to_pandas(), "polars": pl.from_arrow(table)}


@pytest.mark.parametrize("case", NOTED)
def test_a_text_that_may_be_a_code_is_noted_and_can_be_kept(case: str, tmp_path: Path) -> None:
    texts, marker = NOTED[case]
    for way, source in files(texts, tmp_path).items():
        [note] = read(source).notes
        assert f"{marker!r} is read as missing in 1 row" in note, way
        assert "--keep-text" in note, way
        kept = read(source, text={"region": (marker,)})
        assert kept.notes == (), way
        assert kept.table["region"].to_pylist() == texts, way


@pytest.mark.parametrize("case", SILENT)
def test_other_columns_have_no_note(case: str, tmp_path: Path) -> None:
    for way, source in files(SILENT[case], tmp_path).items():
        assert read(source).notes == (), way


def test_what_is_kept_in_one_column_is_missing_in_the_others(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("region,x,other\nNA,NA,NA\nEU,2,b\n,3,c\n")
    table = read_table(path, text={"region": ("NA",)})
    assert table.to_pydict() == {"region": ["NA", "EU", None], "x": [None, 2, 3], "other": [None, "b", "c"]}


@pytest.fixture
def table() -> pa.Table:
    rng = np.random.default_rng(0)
    region = rng.choice(["NA", "EU", "OC", ""], 400)
    late = np.where(rng.random(400) < np.where(region == "NA", 0.95, 0.1), "yes", "no")
    return pa.table({"region": region, "x": rng.normal(size=400), "late": late})


@pytest.mark.parametrize("streamed", [False, True])
def test_a_model_keeps_it_for_every_prediction(
    table: pa.Table, tmp_path: Path, streamed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if streamed:
        monkeypatch.setattr(prepare, "plan", lambda size, memory: Plan(True, "The test says so.", 1 << 26, 10**6))
    model = wade.learn(table, "late", keep_text={"region": "NA"}, hidden=(), epochs=30, learning_rate=0.05)
    model.save(tmp_path / "m.wade")
    model = wade.load(tmp_path / "m.wade")
    rows = {"region": ["NA", "EU", ""], "x": [0.0, 0.0, 0.0]}
    pd.DataFrame(rows).to_csv(tmp_path / "new.csv", index=False)
    parquet.write_table(pa.table(rows), tmp_path / "new.parquet")
    shares = model.predict_probability(pa.table(rows))
    assert shares[0, 1] > 0.6 > shares[1, 1]
    assert shares[0, 1] > shares[2, 1] + 0.2
    for way in (tmp_path / "new.csv", tmp_path / "new.parquet", pd.DataFrame(rows), pl.DataFrame(rows)):
        assert (model.predict_probability(way) == shares).all()
    for row, region in enumerate(("NA", "EU", None)):
        assert (model.predict_probability({"region": region, "x": 0.0}) == shares[[row]]).all()
    assert model.check(tmp_path / "new.csv")["notes"] == []


@pytest.mark.parametrize("case", ["a continent", "no garage", "a slash", "an empty cell", "long words", "numbers"])
@pytest.mark.parametrize("way", ["CSV", "Parquet"])
def test_streamed_tables_have_the_notes_of_tables_in_memory(
    case: str, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = files((NOTED[case][0] if case in NOTED else SILENT[case]) * 20, tmp_path)[way]
    notes = []
    for streamed in (False, True):
        monkeypatch.setattr(prepare, "plan", lambda size, memory, s=streamed: Plan(s, "So.", 1 << 26, 10**6))
        model = wade.learn(source, "x", hidden=(), epochs=1, members=1, threads=1)
        notes.append([note for note in model.report["notes"] if "read as missing" in note])
    assert notes[0] == notes[1]
    assert bool(notes[0]) == (case in NOTED)


@pytest.mark.parametrize(
    ("keep_text", "match"),
    [({"nobody": "NA"}, "nobody"), ({"x": "NA"}, "must name categories, and 'x' has the role 'number'")],
)
def test_what_cannot_be_kept_is_refused(table: pa.Table, keep_text: dict[str, str], match: str) -> None:
    with pytest.raises((InvalidArgument, wade.errors.ColumnError), match=match):
        wade.learn(table, "late", keep_text=keep_text, epochs=1)
