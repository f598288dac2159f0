"""Tables whose numbers have units and grouped digits train, predict and evaluate as their plain numbers do."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import wade
from wade.errors import ColumnError
from wade.model.preparation import prepare
from wade.model.preparation.memory import Plan
from wade.tables import read_table
from wade.tables.columns.scalars import MissingMarkers

ROWS = 240
QUICK: dict[str, Any] = {"hidden": (8,), "epochs": 30, "batch_size": 16, "learning_rate": 0.05, "seed": 1, "threads": 1}


def grouped(value: float, group: str, decimal: str) -> str:
    whole, _, cents = f"{value:,.2f}".partition(".")
    return whole.replace(",", group) + decimal + cents


STYLES = {
    "1,234.56 $": lambda v: f"${grouped(v, ',', '.')}",
    "1.234,56 €": lambda v: f"{grouped(v, '.', ',')} €",
    "1.234,56 kg": lambda v: f"{grouped(v, ' ', ',')} kg",
    "1,234.56 CHF": lambda v: f"CHF {grouped(v, chr(39), '.')}",
    "1,234.56": lambda v: f"{v / 1000:.5f}k",
    "1,234.56 %": lambda v: f"{v:.2f}%",
    "1,234.56 s": lambda v: f"{int(v) // 3600}:{int(v) // 60 % 60:02}:{int(v) % 60:02}",
}


def values(form: str) -> np.ndarray:
    random = np.random.default_rng(3)
    found = random.integers(500, 900_000, ROWS) / 100
    return np.floor(found) if form.endswith(" s") else found


def table(form: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The same rows with texts of this form, and with their numbers."""
    size = values(form)
    price = np.round(size * 3 + 50, 2)
    price = np.floor(price) if form.endswith(" s") else price
    written = STYLES[form]
    texts = pd.DataFrame({"size": [*map(written, size)], "n": np.arange(ROWS) % 5, "price": [*map(written, price)]})
    return texts, texts.assign(size=size, price=price)


@pytest.fixture(scope="module", params=STYLES, ids=lambda form: form.replace(" ", "_"))
def trained(request):
    texts, numbers = table(request.param)
    return request.param, texts, numbers, wade.learn(texts, "price", **QUICK), wade.learn(numbers, "price", **QUICK)


def test_input_and_target_are_numbers_of_that_form(trained):
    form, _, _, model, plain = trained
    columns = {column.name: column for column in model.schema.columns}
    assert (columns["size"].role, columns["size"].form) == ("number", form)
    assert (model.target.task, model.target.form, model.schema.target.form) == ("regression", form, form)
    assert model.network.parameters["W1"].tobytes() == plain.network.parameters["W1"].tobytes()
    assert model.report["test"] == plain.report["test"]


def test_every_way_in_gives_the_same_answer(trained, tmp_path):
    _, texts, numbers, model, plain = trained
    expected = plain.predict(numbers.drop(columns="price"))
    frame = texts.drop(columns="price")
    frame.to_csv(tmp_path / "t.csv", index=False)
    frame.to_parquet(tmp_path / "t.parquet")
    (tmp_path / "t.jsonl").write_text("".join(json.dumps(row) + "\n" for row in frame.to_dict("records")))
    ways = [frame, pl.from_pandas(frame), pa.Table.from_pandas(frame), numbers.drop(columns="price")]
    for data in (*ways, *(str(tmp_path / f"t.{ending}") for ending in ("csv", "parquet", "jsonl"))):
        assert model.predict(data).tolist() == expected.tolist()
    for row in (0, 7, 100):
        for record in (frame.iloc[row].to_dict(), numbers.drop(columns="price").iloc[row].to_dict()):
            assert model.predict(record) == pytest.approx(expected[row], rel=1e-6)
        assert model.predict(frame.iloc[[row]])[0] == pytest.approx(expected[row], rel=1e-6)


def test_one_row_is_encoded_bit_for_bit_as_its_table(trained):
    _, texts, _, model, _ = trained
    markers = MissingMarkers.of(())
    rows = texts[["size", "n"]]
    block = model.encoder.encode(read_table(pa.Table.from_pandas(rows), text=model.schema.text_columns), "t").numbers
    for row in range(0, ROWS, 17):
        alone = model.encoder.encode_row(rows.iloc[row].to_dict(), markers).numbers[0]
        assert alone.tobytes() == block[row].tobytes()


def test_texts_are_evaluated_as_their_numbers(trained):
    _, texts, numbers, model, plain = trained
    assert model.evaluate(texts)["test"] == plain.evaluate(numbers)["test"]


def test_a_model_file_keeps_the_form(trained, tmp_path):
    form, texts, _, model, _ = trained
    model.save(tmp_path / "m.wade")
    again = wade.load(tmp_path / "m.wade")
    assert again.target.form == form
    assert again.predict(texts).tolist() == model.predict(texts).tolist()


def test_another_unit_is_refused_by_name(trained):
    model = trained[3]
    for wrong in ("12 acres", "call us"):
        with pytest.raises(ColumnError, match=rf"column 'size', row 1: expected a number, as in .*found '{wrong}'"):
            model.predict({"size": wrong, "n": 1})


def roles_of(model: wade.Model) -> list[tuple[str, str, str]]:
    return [(column.name, column.role, column.form) for column in (*model.schema.columns, model.schema.target)]


def test_streamed_is_in_memory(trained, tmp_path, monkeypatch):
    form, texts, _, _, _ = trained
    texts.to_csv(tmp_path / "t.csv", index=False)
    whole = wade.learn(tmp_path / "t.csv", "price", **QUICK)
    monkeypatch.setattr(prepare, "plan", lambda size, memory: Plan(True, "The test says so.", 1 << 26, 10**6))
    streamed = wade.learn(tmp_path / "t.csv", "price", **QUICK)
    assert streamed.report["memory"]["streamed"]
    assert roles_of(streamed) == roles_of(whole)
    assert streamed.target.form == form
    # The rows are split in another way, so scales are alike, not equal.
    for one, other in zip(streamed.encoder.encodings, whole.encoder.encodings, strict=True):
        assert one.form == other.form
        assert one.scale.median == pytest.approx(other.scale.median, rel=0.3)
    assert streamed.target.mean == pytest.approx(whole.target.mean, rel=0.3)


STRAY = [f"${n * 7 + 100}" for n in range(200)]
REFUSED = [
    # texts of the column, what is wrong with it, an option that makes it work
    ([*STRAY, "call us"], "mixed type: 'call us' among numbers in \\$ \\(1 of 201", {"missing": ["call us"]}),
    ([*STRAY, "TBD", "ask", "TBD"], "--missing TBD,ask", {"missing": ["TBD", "ask"]}),
    (["$5", "€7"] * 40, "numbers in \\$ and € side by side, as in '\\$5' and '€7'", {"categories": ["x"]}),
    (["5 kg", "7 lb"] * 40, "numbers in kg and lb side by side", {"categories": ["x"]}),
    (["5%", "0.07"] * 40, "'0.07' has no unit among numbers in %", {"roles": {"x": "number 1,234.56 %"}}),
    (["1,234 kg", "2,500 kg"] * 40, "may mean 1234 or 1.234", {"roles": {"x": "number 1.234,56 kg"}}),
    (["1,234 kg", "2,500 kg"] * 40, "--role 'x=number 1,234.56 kg'", {"roles": {"x": "number 1,234.56 kg"}}),
    (["€1.234", "€950"] * 40, "may mean 1.234 or 1234", {"roles": {"x": "number €1.234,56"}}),
    (["95:20", "105:33"] * 40, "may be hours and minutes or minutes and seconds", {"roles": {"x": "number m:ss"}}),
    (["95:20", "105:33"] * 40, "--role 'x=number h:mm'", {"roles": {"x": "number h:mm"}}),
    (["1 h", "30 min", "45"] * 40, "'45' has no unit among numbers in h and min", {"roles": {"x": "number min"}}),
]


@pytest.mark.parametrize(("texts", "problem", "remedy"), REFUSED)
@pytest.mark.parametrize("target", ["x", "y"])
@pytest.mark.parametrize("streams", [False, True])
def test_what_cannot_be_read_is_refused_and_the_remedy_works(texts, problem, remedy, target, streams, monkeypatch):
    if streams:
        monkeypatch.setattr(prepare, "plan", lambda size, memory: Plan(True, "The test says so.", 1 << 26, 10**6))
    numbers = np.arange(len(texts)) * 1.5
    data = pa.table({"x": texts, "z": numbers % 7, "y": numbers % 11 + 0.25})
    with pytest.raises(ColumnError, match=problem):
        wade.learn(data, target, **QUICK)
    model = wade.learn(data, target, **{**QUICK, "epochs": 2}, **remedy)
    column = model.schema.target if target == "x" else model.schema.columns[0]
    assert column.role == ("category" if "categories" in remedy else "number")


@pytest.mark.parametrize("target", ["x", "y"])
def test_the_numbers_of_the_table_decide_what_a_column_leaves_open(target):
    random = np.random.default_rng(0)
    weight = [f"{n // 1000},{n % 1000:03} kg" for n in random.integers(1000, 9999, 200)]
    cost = [f"{n},5 €" for n in random.integers(1, 99, 200)]
    data = pa.table({"x": weight, "cost": cost, "y": random.normal(size=200)})
    model = wade.learn(data, target, **QUICK)
    forms = {column.name: column.form for column in (*model.schema.columns, model.schema.target)}
    assert (forms["x"], forms["cost"]) == ("1.234,56 kg", "1.234,56 €")


def test_a_file_with_decimal_commas_decides(tmp_path):
    rows = "".join(f"1.{n:03} kg;{n % 7},5;{n % 11},25\n" for n in range(100, 300))
    (tmp_path / "t.csv").write_text(f"x;z;y\n{rows}")
    model = wade.learn(tmp_path / "t.csv", "y", **QUICK)
    assert model.schema.columns[0].form == "1.234,56 kg"
    assert model.schema.columns[0].why.startswith("numbers in kg, from 1,100 to 1,299")
    assert model.predict({"x": "1.100 kg", "z": 1, "y": 0}) == model.predict({"x": 1100, "z": 1})
    assert model.predict({"x": "1.100", "z": 1}) == model.predict({"x": 1100, "z": 1})


@pytest.mark.parametrize(
    "texts",
    [
        [f"{n} apples" if n % 2 else f"{n} pears" for n in range(300)],
        [f"{n}A" if n % 2 else f"{n}B" for n in range(60)] * 5,
    ],
)
def test_numbers_never_become_hundreds_of_classes(texts):
    data = pa.table({"x": np.arange(len(texts)) % 7, "y": texts})
    with pytest.raises(ColumnError, match=r"look like numbers in several units|too many to be classes"):
        wade.learn(data, "y", **QUICK)


def test_few_texts_are_classes_where_few_numbers_are():
    data = pa.table({"x": np.arange(200) % 7, "y": [f"{10 + 10 * (n % 2)} mg" for n in range(200)]})
    assert wade.learn(data, "y", **QUICK).target.classes == ("10 mg", "20 mg")
    stars = pa.table({"x": np.arange(200) % 7, "y": [f"{1 + n % 5} stars" for n in range(200)]})
    assert wade.learn(stars, "y", **QUICK).target.task == "multiclass"
