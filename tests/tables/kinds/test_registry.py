"""A kind of column is one entry: it works everywhere, or is refused with a sentence that says what is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pytest

import wade
from wade.errors import ColumnError, InvalidArgument
from wade.explanation.steps.encoding import FORMULAS
from wade.exporters.c import columns as c
from wade.exporters.export_model import ENDINGS, export
from wade.exporters.onnx import columns as onnx
from wade.exporters.python import columns as python
from wade.model.explanations.contributions import contributions
from wade.model.explanations.counterfactuals import counterfactuals
from wade.model.preparation import prepare
from wade.model.preparation.memory import Plan
from wade.tables import Encoder, infer_schema, read_table
from wade.tables.encoding.encoder import Encoder as EncoderOfColumns
from wade.tables.kinds.base import Kind
from wade.tables.kinds.column import Column
from wade.tables.kinds.number import Number, NumberEncoding
from wade.tables.kinds.operations import HashedWords, Operation
from wade.tables.kinds.registry import KINDS, role_names

RECIPE = Path(__file__).parents[3] / "CONTRIBUTING.md"
QUICK: dict[str, Any] = {"hidden": (4,), "epochs": 20, "batch_size": 16, "learning_rate": 0.05}
ROWS = 240


def duration() -> Kind:
    """The kind of the recipe in CONTRIBUTING.md, of the code that stands there."""
    section = RECIPE.read_text().partition("**Add a kind of column.**")[2]
    code = re.search(r"```python\n(.*?)```", section, re.DOTALL)
    assert code is not None
    scope: dict[str, Any] = {"__name__": "duration"}
    exec(compile(code[1], "CONTRIBUTING.md", "exec", dont_inherit=True), scope)
    kind: Kind = scope["Duration"]()
    return kind


@dataclass(frozen=True)
class ShareEncoding(NumberEncoding):
    kind: ClassVar = "share"


class Share(Number):
    """A kind that is made of known operations alone."""

    name = "share"
    encoding = ShareEncoding

    def recognize(self, profile):
        return None


@dataclass(frozen=True)
class Rounded(Operation):
    def numbers(self, column: str) -> tuple[str, ...]:
        return (f"{column} rounded",)


@dataclass(frozen=True)
class RoundedEncoding(ShareEncoding):
    kind: ClassVar = "rounded"

    def steps(self):
        yield Rounded()

    def encode(self, column, where):
        return super().encode(column, where)._replace(to_scale=(), numbers=[np.zeros(len(column), np.float32)])


class Rounding(Share):
    """A kind with an operation that nobody knows."""

    name = "rounded"
    encoding = RoundedEncoding


@pytest.fixture
def registered() -> Iterator[None]:
    """Three more kinds, gone afterwards."""
    before, more = dict(KINDS), (duration(), Share(), Rounding())
    KINDS.clear()
    KINDS.update({kind.name: kind for kind in more} | before)
    yield
    KINDS.clear()
    KINDS.update(before)


def table() -> pa.Table:
    random = np.random.default_rng(0)
    minutes = random.integers(10, 600, ROWS)
    written = [f"{m // 60}h{m % 60}m" if at % 20 else None for at, m in enumerate(minutes)]
    late = np.where(minutes + random.normal(0, 60, ROWS) > 300, "yes", "no")
    return pa.table({"took": written, "share": random.uniform(0, 1, ROWS), "late": late})


@pytest.fixture
def model(registered: None) -> wade.Model:
    return wade.learn(table(), "late", roles={"share": "share"}, **QUICK)


def test_it_is_recognized_requested_and_listed(registered: None) -> None:
    schema = infer_schema(read_table(table()), "t", "late")
    assert [column.role for column in schema.columns] == ["duration", "number"]
    assert schema.columns[0].why == "text in which every value is a duration"
    assert role_names()[:3] == ("duration", "share", "rounded")
    wrong = read_table(pa.table({"took": ["1h30m", "soon"] * 3, "late": ["no", "yes"] * 3}))
    with pytest.raises(ColumnError, match=r"row 2: expected a duration.*so it cannot have the role 'duration'"):
        infer_schema(wrong, "t", "late", roles={"took": "duration"})
    with pytest.raises(InvalidArgument, match="The roles are: duration, share"):
        infer_schema(wrong, "t", "late", roles={"took": "colour"})


def test_it_trains_predicts_saves_and_loads(model: wade.Model, tmp_path: Path) -> None:
    assert model.network.inputs.numbers[:2] == ("took", "took missing")
    probabilities = model.predict_probability(table())
    for at in (0, 1, 7):
        row = {name: table()[name][at].as_py() for name in ("took", "share")}
        assert (model.predict_probability(row)[0] == probabilities[at]).all()
    assert probabilities[table()["took"].is_valid().to_numpy(), 1].std() > 0
    with pytest.raises(ColumnError, match=r"'took', row 1: expected a duration"):
        model.predict({"took": "soon", "share": 0.5})
    model.save(tmp_path / "model.wade")
    assert (wade.load(tmp_path / "model.wade").predict_probability(table()) == probabilities).all()


def test_it_is_fitted_from_batches(registered: None, monkeypatch: pytest.MonkeyPatch) -> None:
    data = table()
    in_memory = wade.learn(data, "late", roles={"share": "share"}, split="random", numbers="piecewise", **QUICK)
    monkeypatch.setattr(prepare, "plan", lambda size, memory: Plan(True, "The test says so.", 1 << 26, 10**6))
    streamed = wade.learn(data, "late", roles={"share": "share"}, split="random", numbers="piecewise", **QUICK)
    assert [encoding.kind for encoding in streamed.encoder.encodings] == ["duration", "share"]
    assert streamed.encoder.layout.numbers == in_memory.encoder.layout.numbers
    whole = read_table(data.drop_columns("late"))
    assert np.isfinite(streamed.encoder.encode(whole, "t").positions).all()


def test_it_is_explained_in_every_rendering(model: wade.Model) -> None:
    trace = model.explain(table(), row=2)
    took = next(column for column in trace.columns if column.column == "took")
    assert (took.role, took.raw) == ("duration", table()["took"][1].as_py())
    assert [step.name for step in took.encoding][:2] == ["scaled", "clipped"]
    for rendering in (trace.text, trace.latex, trace.mathml, trace.html):
        assert "took" in rendering()
    assert trace.to_dict()["row"][0]["role"] == "duration"


def test_it_has_contributions_and_counterfactuals(model: wade.Model) -> None:
    row = {"took": "1h0m", "share": 0.5}
    found = {one["column"]: one for one in contributions(model, row)["columns"]}
    assert found["took"]["base"] == model.encoder.encodings[0].typical
    turned = counterfactuals(model, row)
    assert turned["searched"] == ["took", "share"]
    durations = [one["to"] for each in turned["counterfactuals"] for one in each["changes"] if one["column"] == "took"]
    assert durations
    assert all(re.fullmatch(r"\d+h\d+m", value) for value in durations)


@pytest.mark.parametrize("to", ENDINGS)
def test_an_export_without_its_source_says_what_is_missing(model: wade.Model, tmp_path: Path, to: str) -> None:
    path = tmp_path / f"model{ENDINGS[to]}"
    sentence = (
        r"has DurationSource, which the kind 'duration' of column 'took' needs.* Add it to exporters/\w+/columns.py"
    )
    with pytest.raises(InvalidArgument, match=sentence):
        export(model, to, path)
    assert not path.exists()


@pytest.mark.parametrize("to", ENDINGS)
def test_a_kind_of_known_operations_is_exported(registered: None, tmp_path: Path, to: str) -> None:
    data = table().select(["share", "late"])
    model = wade.learn(data, "late", roles={"share": "share"}, activation="relu", dropout=0.0, **QUICK)
    path = tmp_path / f"model{ENDINGS[to]}"
    assert export(model, to, path)
    if to == "numpy":
        program: dict[str, Any] = {"__name__": "program"}
        exec(path.read_text(), program)
        rows = data.select(["share"]).to_pylist()
        np.testing.assert_allclose(program["predict_probability"](rows), model.predict_probability(data), rtol=1e-5)


def test_an_operation_without_a_formula_says_what_is_missing(registered: None, tmp_path: Path) -> None:
    model = wade.learn(table(), "late", roles={"share": "rounded"}, drop=["took"], numbers="scaled", **QUICK)
    with pytest.raises(ColumnError, match=r"the explanation has no Rounded.*'rounded' needs.*FORMULAS in explanation/"):
        model.explain(table(), row=1)
    for to in ENDINGS:
        with pytest.raises(InvalidArgument, match="an export that has Rounded"):
            export(model, to, tmp_path / f"model{ENDINGS[to]}")


def every_encoding() -> list[Any]:
    """The encodings of a column of each kind, with everything that they may make."""
    random = np.random.default_rng(1)
    days = np.datetime64("2012-01-01T00") + random.integers(0, 24 * 900, ROWS).astype("timedelta64[h]")
    columns = {
        "boolean": pa.array(random.random(ROWS) < 0.5),
        "date-time": pa.array(days.astype("datetime64[s]")),
        "text": [f"some words {at} of {at % 7}" for at in range(ROWS)],
        "category": random.choice(["a", "b"], ROWS),
        "number": random.normal(size=ROWS),
    }
    some = pa.array(random.random(ROWS) < 0.1)
    table = pa.table(columns)
    table = pa.table({name: pa.compute.if_else(some, None, table[name]) for name in columns})
    table = read_table(table.append_column("y", pa.array(np.arange(ROWS) % 2)))
    encoder: EncoderOfColumns = Encoder.fit(table, infer_schema(table, "t", "y"), piecewise=True)
    return list(encoder.encodings)


def test_every_kind_is_known_to_every_consumer() -> None:
    encodings = every_encoding()
    assert {encoding.kind for encoding in encodings} == {*KINDS}
    lacking = set()
    for encoding in encodings:
        assert KINDS[encoding.kind].encoding is type(encoding)
        assert type(encoding).from_dict({k: v for k, v in encoding.to_dict().items() if k != "kind"}) == encoding
        for exporter in (c, python, onnx):
            assert type(encoding.source) in exporter.SOURCES
        for operation in map(type, encoding.operations):
            assert operation in FORMULAS
            assert operation in {**c.NUMBERS, **c.CODES, **c.POSITIONS}
            assert operation in python.OPERATIONS
            lacking |= {operation} - {*onnx.OPERATIONS}
    assert lacking == {HashedWords}, "which ONNX has no operator for, and refuses by name"


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if not kind.ordered])
def test_rows_are_not_ordered_by_a_kind_without_order(name: str) -> None:
    expected = rf"rows cannot be ordered by a column of role '{name}'\. Choose a date-time or number column"
    with pytest.raises(ColumnError, match=rf"^t\.csv, column 'a': {expected}"):
        KINDS[name].order(pa.nulls(1), "", "t.csv, column 'a'")
    with pytest.raises(ColumnError, match=rf"^column 'a': {expected}"):
        KINDS[name].incremental(KINDS[name]).quantiles(Column("a", name, ""))
