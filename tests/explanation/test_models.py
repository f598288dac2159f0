"""A model's row from the user's units to the gradient: numbers, categories, dates, words, missing values, members."""

from __future__ import annotations

import datetime as dt
import re
import xml.etree.ElementTree as ET
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import wade
from wade.errors import CheckpointError, DataError, InvalidArgument
from wade.explanation import Trace
from wade.tables import read_table

ROWS = 200
HOSTILE = {
    "<script>alert('x')</script>": "number",
    r"$\input{secret}^^5c": "number",
    "red\x1b[31m\x07": "category",
    "left\u202eright\u2066": "category",
    "{title}{body}": "number",
    "x" * 300: "number",
}


def flights_table() -> pa.Table:
    """Rows of every kind of column, some of them missing."""
    random = np.random.default_rng(3)
    wind = random.normal(20, 10, ROWS)
    hours = random.integers(0, 24 * 90, ROWS)
    notes = np.where(wind > 25, "storm over the coast", "calm air")
    days = [dt.datetime(2013, 1, 1) + dt.timedelta(hours=int(hour)) for hour in hours]
    return pa.table(
        {
            "temperature": [None if place % 7 == 0 else float(t) for place, t in enumerate(random.normal(5, 8, ROWS))],
            "wind": wind,
            "departure": [None if place % 11 == 0 else day for place, day in enumerate(days)],
            "carrier": random.choice(["B6", "UA", "DL"], ROWS, p=[0.6, 0.3, 0.1]),
            "night": random.integers(0, 2, ROWS).astype(bool),
            "remark": [f"{note} {place}" for place, note in enumerate(notes)],
            "late": np.where(wind + random.normal(0, 5, ROWS) > 22, "yes", "no"),
        }
    )


@pytest.fixture(scope="module")
def table() -> pa.Table:
    return flights_table()


@pytest.fixture(scope="module")
def model(table):
    return wade.learn(table, "late", hidden=(6, 4), epochs=3, numbers="scaled", roles={"remark": "text"})


def row_of(table: pa.Table, number: int) -> dict:
    return table.slice(number - 1, 1).to_pylist()[0]


def test_every_encoding_is_told_and_is_what_the_network_reads(model, table):
    trace = model.explain(table, row=2, units={"temperature": "°C"})
    encoded = model.encoder.encode(read_table(table.slice(1, 1)), "t")
    np.testing.assert_array_equal(trace.X.numbers[0], encoded.numbers[0].astype(float))
    read = {move.read_by: move.value for column in trace.columns for move in column.encoding if move.read_by}
    for place, value in enumerate(encoded.numbers[0]):
        assert read.get(f"W1[{place},:]", 0) == value
    for category, code in zip(model.network.inputs.categories, encoded.codes[0], strict=True):
        assert read[f"E1.{category.name}[{code},:]"] == code
    by_name = {column.column: column for column in trace.columns}
    assert (by_name["temperature"].unit, by_name["temperature"].raw) == ("°C", row_of(table, 2)["temperature"])
    assert by_name["night"].raw == str(row_of(table, 2)["night"]).lower()
    assert by_name["departure"].raw.startswith("2013-")


def test_a_number_is_encoded_step_by_step(model, table):
    trace = model.explain(table, row=2)
    scale = next(one for one in model.encoder.encodings if one.column == "wind").scale
    value = row_of(table, 2)["wind"]
    scaled, clipped = next(column for column in trace.columns if column.column == "wind").encoding
    z = scale.factor * (value - scale.median)
    assert scaled.value == pytest.approx(z, rel=1e-12)
    assert clipped.value == pytest.approx(z / np.sqrt(1 + (z / 3) ** 2), rel=1e-6)
    said = trace.text(weight="W1[wind,0]")
    assert 'Encoding of "wind"' in said
    assert f"scaled (s = 1 / {1 / scale.factor:.6g}, the interquartile range; a wider one if that is 0" in said
    assert "scaled = s·(value − median)" in said
    assert "clipped = scaled/√(1 + (scaled/3)²)" in said


def test_a_name_with_blanks_is_one_word_and_is_found_with_and_without_quotes(model, table):
    trace = model.explain(table, row=2)
    said = trace.text()
    assert 'E1."departure hour"[' in said
    assert "E1.departure hour" not in said
    assert 'x["departure time of day sin"]' in trace.text(weight="W1[departure time of day sin,0]")
    for weight in ('E1."departure hour"[1,0]', "E1.departure hour[1,0]"):
        assert trace.chain(weight).gradient == trace.chain("E1.departure hour[1,0]").gradient
    assert 'Chain rule for E1."departure hour"[1,0]' in trace.text(weight='E1."departure hour"[1,0]')
    assert trace.check('W1["departure time of day sin",0]').is_fine
    with pytest.raises(InvalidArgument, match=r"""must be one of 'E1\."departure hour"', """):
        trace.chain("E1.departure minute[1,0]")
    with pytest.raises(
        InvalidArgument,
        match=r"as the first index of W1, a number from 0 to [0-9]+, or the name of a column \(.*'departure time",
    ):
        trace.chain("W1[speed,0]")


@pytest.mark.parametrize("width", [80, 120])
def test_the_encoding_of_a_row_is_read_line_by_line(model, table, width):
    """A name and its value on one line, what becomes of it below: nothing is folded into a narrow column."""
    said = model.explain(table, row=2).text(width=width)
    section = said.partition("The row and its encoding\n")[2].partition("Encoding of ")[0]
    lines = [line for line in section.splitlines()[1:] if line.startswith(" ")]
    assert lines[0].split() == ["encoded", "as", "read", "by"]
    row = row_of(table, 2)
    assert [line for line in lines[2:] if " = " in line and not line.startswith("     ")] == [
        line for line in lines[2:] if line.startswith("    ") and line[4] != " "
    ]
    assert f"    carrier = {row['carrier']}" in lines
    assert all(len(line) <= width for line in said.splitlines())
    assert '"departure hour"[' in "".join(line for line in lines if "hour code" in line)


def test_missing_values_are_told(model, table):
    trace = model.explain(table, row=1)
    by_name = {column.column: column for column in trace.columns}
    assert by_name["temperature"].raw is None
    told = [(move.name, move.value) for move in by_name["temperature"].encoding]
    assert told == [("scaled and clipped", 0.0), ("missing?", 1)]
    assert by_name["departure"].raw is None
    assert all(move.value in (0, 1) for move in by_name["departure"].encoding)
    assert trace.check("W1").is_fine


def test_a_value_never_seen_has_code_0(model, table):
    row = {**row_of(table, 2), "carrier": "ZZ"}
    trace = wade.explain(model, row)
    (move,) = next(column for column in trace.columns if column.column == "carrier").encoding
    assert (move.value, move.read_by) == (0, "E1.carrier[0,:]")
    assert "never seen" in move.remark


def test_a_mapping_a_frame_and_a_row_of_a_table_are_the_same(model, table):
    traces = [
        model.explain(table, row=5),
        wade.explain(model, row_of(table, 5)),
        wade.explain(model, table.slice(4, 1)),
        wade.explain(model, table.slice(4, 1).to_pandas()),
    ]
    for trace in traces[1:]:
        np.testing.assert_array_equal(trace.X.numbers, traces[0].X.numbers)
        np.testing.assert_array_equal(trace.gradient, traces[0].gradient)
    expected = model.predict_probability(table.slice(4, 1))[0, 1]
    assert traces[0].output[0] == pytest.approx(expected, rel=1e-5)
    assert traces[0].native_check.agrees
    assert traces[0].target_info.observed == row_of(table, 5)["late"]


def test_the_target_may_be_given_or_not_known(model, table):
    row = {name: value for name, value in row_of(table, 3).items() if name != "late"}
    unknown, yes = wade.explain(model, row), wade.explain(model, row, "yes")
    assert unknown.J is None
    assert "Observed: unknown" in unknown.text()
    assert yes.y.tolist() == [[1.0]]
    assert model.explain(table, row=3, target="no").y.tolist() == [[0.0]]
    with pytest.raises(DataError, match="'perhaps' is not one of the classes"):
        wade.explain(model, row, "perhaps")


def test_the_step_is_the_one_that_the_model_was_trained_with(table):
    model = wade.learn(
        table, "late", columns=["wind", "carrier"], hidden=(3,), epochs=1, optimizer="sgd", learning_rate=0.5, l2=0.1
    )
    trace = model.explain(table, row=4)
    assert (trace.optimizer.name, trace.learning_rate, trace.regularization.l2) == ("sgd", 0.5, 0.1)
    theta, decays = trace.network.theta, trace.network.decays
    np.testing.assert_allclose(trace.theta_after, theta - 0.5 * (trace.gradient + 0.1 * theta * decays), rtol=1e-12)
    assert "g is the gradient after L1 and L2 penalties" in trace.text()


def bins_of(model):
    """The bins of the first piecewise-linear number."""
    return model.network.inputs.piecewise[0].bins


@pytest.mark.parametrize("settings", [{"members": 3, "dropout": 0.4}, {"numbers": "piecewise"}])
def test_members_dropout_and_bins_are_told(table, settings):
    model = wade.learn(table, "late", columns=["wind", "temperature", "carrier"], hidden=(5, 3), epochs=1, **settings)
    trace = model.explain(table, row=2, dropout="dropout" in settings)
    assert trace.check().is_fine
    assert trace.native_check.agrees
    said = trace.text()
    if "members" in settings:
        words = " ".join(said.split())
        assert "3 ensemble members with shared weights" in words
        assert (
            "The ensemble members share W, E and P (BatchEnsemble). Each has its own biases b, input factors" in words
        )
        assert "U is the weighted sum of a layer's inputs times R, and Z = U ⊙ S + b." in words
        assert "Z, A and o have a row for each member, counted from 0." in words
        assert "S1" in said
    else:
        assert "P1.wind" in said
        assert "among bins" not in said
        position = next(column for column in trace.columns if column.column == "wind").encoding[-1]
        assert position.name == "position"
        assert position.remark.startswith(f"bin {min(int(position.value), bins_of(model) - 1)} of 0 to ")
        assert trace.chain("P1.wind[0,0]").gradient == trace.chain("P1.wind among bins[0,0]").gradient


@pytest.mark.parametrize("kind", ["number", "multiclass"])
def test_numbers_and_many_classes_are_predicted_in_the_users_words(table, kind):
    answers = [100 + 10 * wind for wind in table["wind"].to_pylist()]
    if kind == "multiclass":
        answers = [("calm", "fresh", "storm")[min(2, int(max(0, wind) // 15))] for wind in table["wind"].to_pylist()]
    shown = table.drop_columns(["late", "remark"]).append_column("answer", pa.array(answers))
    model = wade.learn(shown, "answer", hidden=(4,), epochs=2)
    trace = model.explain(shown, row=3, units={"answer": "min"})
    said = trace.text()
    if kind == "number":
        value = model.predict(shown.slice(2, 1))[0]
        assert trace.target_info.mean + trace.target_info.scale * trace.output[0] == pytest.approx(value, rel=1e-5)
        assert re.search(r"Predicted: [\d.]+ min, which is [\d.]+ \+ [\d.]+ · o: ", " ".join(said.split()))
        assert re.search(r"δ2\[0\] = 2(/\d+)?·\(o\[0\] − y\[0\]\)", said)
    else:
        assert f"answer = {model.predict(shown.slice(2, 1))[0]} with probability" in " ".join(said.split())
        assert re.search(r"o\[\d\] = exp\(z2\[\d\]\)/\(exp\(z2\[0\]\)", said)
    assert trace.check().is_fine


def test_rows_that_do_not_exist_are_refused(model, table):
    for row in (0, 201, True):
        with pytest.raises(InvalidArgument, match="must be a row of the pyarrow table, from 1 to 200"):
            model.explain(table, row=row)
    with pytest.raises(InvalidArgument, match="must be a single row; received '2 rows'"):
        wade.explain(model, table.slice(0, 2))


def test_weights_can_be_called_by_columns_and_values(model, table):
    trace = model.explain(table, row=2)
    column = model.network.inputs.numbers.index("wind")
    assert trace.chain("W1[wind,3]").place.index == (column, 3)
    codes = next(one for one in model.encoder.encodings if one.column == "carrier").values
    assert trace.chain("E1.carrier[DL,2]").place.index == (codes.index("DL") + 1, 2)
    with pytest.raises(InvalidArgument, match=r"a number from 0 to 3, or a value \('B6', 'UA', 'DL'\);"):
        trace.chain("E1.carrier[AA,2]")


@pytest.fixture(scope="module")
def hostile() -> Trace:
    random = np.random.default_rng(1)
    columns = {
        name: random.normal(size=60) if kind == "number" else random.choice([f"{name}a", f"{name}b"], 60)
        for name, kind in HOSTILE.items()
    }
    table = pa.table({**columns, "<b>late": random.choice(["<i>yes", "no\u202e"], 60)})
    model = wade.learn(table, "<b>late", hidden=(3,), epochs=1)
    return model.explain(table, row=1, units={next(iter(HOSTILE)): "</style><script>"})


WEIGHTS = [f"W1[{place},0]" for place in range(4)]


@pytest.mark.parametrize("weight", [*WEIGHTS, "E1.left\u202eright\u2066[1,1]", "E1.red\x1b[31m\x07[1,1]"])
def test_hostile_names_are_harmless_everywhere(hostile, weight):
    told = {name: getattr(hostile, name)(weight) for name in ("text", "latex", "mathml", "html")}
    for name, text in told.items():
        strange = {character for character in text if not character.isprintable() and character != "\n"}
        assert not strange, (name, strange)
    for name in ("html", "mathml"):
        assert "<script" not in told[name]
        assert "</style><" not in told[name].replace("</style>\n</head>", "")
        assert "<b>" not in told[name]
        assert "<i>" not in told[name]
    assert r"\input" not in told["latex"]
    assert "^^" not in told["latex"]
    assert told["html"].count("<main>") == 1


def test_the_page_is_whole_and_lets_nothing_in(hostile, model, table):
    for trace in (hostile, model.explain(table, row=2)):
        page = trace.html()
        style = page.split("<style>")[1].split("</style>")[0]
        font = re.search(r'url\("data:font/woff2;base64,[A-Za-z0-9+/=]+"\)', style)[0]
        assert f"default-src 'none'; style-src 'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'" in page
        for forbidden in (
            "<script",
            "<link",
            "src=",
            "href=",
            "http:",
            "https:",
            "@import",
            "url(",
            " style=",
            "onload",
        ):
            assert forbidden not in page.replace(" style-src", "").replace(font, ""), forbidden
        body = page.split("<body>")[1].split("</body>")[0]
        root = ET.fromstring(f"<body>{body.replace('<br>', '<br/>')}</body>")
        assert root.findall(".//math") or root.findall(".//{*}math")
    for line in hostile.mathml().splitlines():
        assert ET.fromstring(line).tag == "math"


def test_latex_is_balanced(hostile):
    text = hostile.latex()
    bare = text.replace(r"\{", "").replace(r"\}", "")
    assert bare.count("{") == bare.count("}")
    assert len(re.findall(r"\\left[(|]", text)) == len(re.findall(r"\\right[)|]", text)) > 0
    for environment in ("aligned", "tabular"):
        assert text.count(rf"\begin{{{environment}}}") == text.count(rf"\end{{{environment}}}") > 0


def test_a_checkpoint_is_explained_as_training_stood_there(tmp_path: Path) -> None:
    kept = tmp_path / "moons.checkpoint"
    options = {"hidden": (4,), "epochs": 2, "batch_size": 100, "numbers": "scaled", "calibrate": False}
    model = wade.learn("moons", checkpoint=kept, **options)
    then = model.explain("moons", 3, checkpoint=kept)
    assert then.state_before["step"] == 2 * 6
    assert then.state_before["first_moment"].any()
    assert [note for note in then.notes if "optimizer state is empty" in note] == []
    assert then.check().is_fine
    now = model.explain("moons", 3)
    assert now.state_before["step"] == 0
    assert now.notes != ()
    other = wade.learn("moons", hidden=(5,), epochs=1)
    with pytest.raises(CheckpointError, match="not hold the state of such a network"):
        other.explain("moons", 3, checkpoint=kept)
