"""Rows that a model was trained on are known by their content, whatever their table is called."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as parquet
import pytest

import wade
from tests.model.signing import Pieces
from wade.errors import ModelFileError
from wade.model.recovered_split import open_as_in_training, recovered_split
from wade.model.training_rows import MOST_HASHES, TrainingRows
from wade.training.rows import InMemory
from wade.types import Inputs, Samples

QUICK: dict[str, Any] = {"epochs": 1, "hidden": (4,), "members": 1, "learning_rate": 0.01, "threads": 1}
SEEN = "rows equal a row that this model was trained on, so these results are optimistic"


def rows(n: int, seed: int) -> pa.Table:
    random = np.random.default_rng(seed)
    x = random.normal(size=n)
    return pa.table(
        {"x": x, "colour": random.choice(["red", "green"], n), "y": np.where(x + random.normal(size=n) > 0, "p", "q")}
    )


@pytest.fixture(scope="module")
def model() -> wade.Model:
    return wade.learn(rows(500, 0), "y", **QUICK)


def notes(model: wade.Model, data: Any) -> list[str]:
    return [note for note in model.evaluate(data)["notes"] if "trained on" in note]


def test_the_very_table_is_known_in_every_form(model: wade.Model, tmp_path: Path) -> None:
    table = rows(500, 0)
    csv.write_csv(table, tmp_path / "other name.csv")
    parquet.write_table(table, tmp_path / "other.parquet")
    shuffled = table.take(np.random.default_rng(1).permutation(500)).select(["y", "colour", "x"])
    forms = [table, table.to_pandas(), shuffled, tmp_path / "other name.csv", os.fspath(tmp_path / "other.parquet")]
    for form in forms:
        assert notes(model, form) == [
            f"300 of 500 {SEEN}. "
            "Use rows that it was not trained on, such as a file kept for testing (wade train DATA --test FILE)."
        ]


def test_new_rows_are_new_even_if_their_table_has_the_old_name(model: wade.Model, tmp_path: Path) -> None:
    assert notes(model, rows(400, 9)) == []
    trained = wade.learn(_saved(rows(200, 2), tmp_path), "y", **QUICK)
    assert notes(trained, _saved(rows(200, 3), tmp_path)) == []
    assert len(notes(trained, _saved(rows(200, 2), tmp_path))) == 1


def _saved(table: pa.Table, folder: Path) -> Path:
    csv.write_csv(table, folder / "t.csv")
    return folder / "t.csv"


def test_a_part_of_the_training_rows_among_new_ones_is_known(model: wade.Model) -> None:
    mixed = pa.concat_tables([rows(500, 0).slice(0, 100), rows(900, 5)])
    (note,) = notes(model, mixed)
    shared = int(note.split(" ", 1)[0])
    assert note.startswith(f"{shared} of 1,000 {SEEN}")
    assert 40 < shared < 80  # about 60 of the first 100 rows are training rows


def test_importance_says_so_too(model: wade.Model) -> None:
    assert any(SEEN in note for note in wade.importance(model, rows(500, 0))["notes"])
    assert not any(SEEN in note for note in wade.importance(model, rows(300, 7))["notes"])


def test_rows_of_few_values_repeat_by_chance_and_that_is_no_warning() -> None:
    def answers(n: int, seed: int) -> pa.Table:
        random = np.random.default_rng(seed)
        a, b = random.integers(0, 3, n), random.integers(0, 2, n)
        return pa.table({"a": a, "b": b, "y": np.where(random.random(n) < 0.2 + 0.2 * a, "p", "q")})

    model = wade.learn(answers(2000, 0), "y", **QUICK)
    assert model.training_rows is not None
    assert model.training_rows.by_chance == 1
    assert notes(model, answers(1000, 1)) == []


def test_of_large_tables_a_sample_tells() -> None:
    random = np.random.default_rng(0)
    X = Inputs(random.normal(size=(50_000, 3)).astype(np.float32), np.zeros((50_000, 0), np.int32))
    y = random.integers(0, 3, 50_000).astype(np.int32)
    train, test = slice(0, 40_000), slice(40_000, 50_000)
    kept = TrainingRows.of(InMemory(Samples(X[train], y[train])), InMemory(Samples(X[test], y[test])))
    assert (kept.rows, len(kept.hashes), kept.by_chance) == (40_000, MOST_HASHES, 0)
    (warning,) = kept.warning(X, y)
    about = int(warning.split(" ")[1])
    assert warning.startswith(f"about {about} % of these 50,000 rows equal")
    assert about == pytest.approx(80, rel=0.05)
    assert kept.warning(X[test], y[test]) == []
    assert kept.warning(X[train], (y[train] + 1) % 3) == []


def test_it_is_saved_and_held_against_its_bounds(model: wade.Model, tmp_path: Path) -> None:
    model.save(tmp_path / "m.wade")
    assert wade.load(tmp_path / "m.wade").training_rows == model.training_rows
    pieces = Pieces.of((tmp_path / "m.wade").read_bytes())
    for wrong in ({"hashes": [2, 1]}, {"hashes": [-1]}, {"hashes": [2**48]}, {"by_chance": 2}, {"hashes": ["1"]}):
        document = {**pieces.document, "training_rows": {**pieces.document["training_rows"], **wrong}}
        (tmp_path / "wrong.wade").write_bytes(pieces._replace(document=document).signed())
        with pytest.raises(ModelFileError):
            wade.load(tmp_path / "wrong.wade")
    del pieces.document["training_rows"]
    (tmp_path / "earlier.wade").write_bytes(pieces.signed())
    assert notes(wade.load(tmp_path / "earlier.wade"), rows(500, 0)) == []


@pytest.mark.parametrize("classes", [("p", "q"), ("p", "q", "r"), None])
def test_an_explanation_says_whether_its_row_was_trained_on(classes: tuple[str, ...] | None) -> None:
    table = rows(120, 3)
    x = table["x"].to_numpy()
    y = x if classes is None else np.array(classes)[np.arange(120) % len(classes)]
    table = table.set_column(2, "y", pa.array(y))
    model = wade.learn(table, "y", **QUICK)
    split = recovered_split(model, *open_as_in_training(model, table)[:2])
    assert split is not None
    for part, said in ((split.train, "a training row"), (split.validation, "not a training row")):
        row = int(part[0]) + 1
        assert f"Row {row} of the pyarrow table, {said}. Predicted" in " ".join(
            model.explain(table, row).text().split()
        )
    unlabelled = model.explain(table.drop_columns(["y"]), 1).text()
    assert "training row." not in unlabelled.partition("Predicted")[0]
