"""Rows become numbers and codes by what the training rows taught, and by nothing else."""

from __future__ import annotations

import json
import math
from time import perf_counter

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wade.errors import ColumnError
from wade.tables import BUILT_IN, Encoder, infer_schema, read_table
from wade.tables.kinds.base import FitOptions
from wade.tables.kinds.column import Column, minimum_count
from wade.tables.kinds.datetime import DateTime
from wade.tables.kinds.number import Number, NumberFit
from wade.tables.kinds.scales import Scale
from wade.tables.profile.column_profile import ColumnProfile
from wade.types import Category, Piecewise

ISO = "ISO 8601"


def table_of(**columns):
    return read_table(pa.table(columns))


def fit(future=False, **columns):
    """An encoder fitted on these columns, with a target beside them."""
    table = table_of(**columns)
    table = table.append_column("y", pa.array([i % 2 for i in range(table.num_rows)]))
    return Encoder.fit(table, infer_schema(table, "train.csv", "y"), future)


def encode(encoder, **columns):
    return encoder.encode(table_of(**columns), "new.csv")


def test_a_number_by_hand():
    # median 3, q25 = 2, q75 = 4: z = (9 − 3)/2 = 3, clipped smoothly to 3/√(1 + 1²)
    encoder = fit(x=[1, 2, 3, 4, 5])
    assert encode(encoder, x=[3, 9, -3]).numbers.ravel() == pytest.approx([0, 3 / math.sqrt(2), -3 / math.sqrt(2)])


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        ([0, 0, 0, 0, 8], Scale(0.0, 2 / 8)),  # q75 = q25, and nothing beyond the eighths: the whole range, twice
        ([0] * 9 + [1], Scale(0.0, 2.0)),  # a rare yes
        ([0] * 999 + [1], Scale(0.0, 2.0)),
        ([0] * 80 + [10] * 19 + [9_000], Scale(0.0, 1 / 10)),  # the eighths: 10 − 0, with more beyond
        ([0] * 80 + [10] * 5 + [-9_000] * 15, Scale(0.0, 1 / 9_000)),
        ([5] * 9_992 + [6] * 4 + [7_000] * 4, Scale(5.0, 2 / 6_995)),  # fewer than one in a thousand are others
        ([7, 7, 7], Scale(7.0, 0.0)),  # constant
        ([math.nan, math.nan], Scale(0.0, 0.0)),
        ([1, math.nan, 3, 5], Scale(3.0, 1 / 2)),
    ],
)
def test_scales_by_hand(values, scale):
    assert Scale.fit(np.array(values, dtype=float)) == scale


@pytest.mark.parametrize("rows", [4_000, 100_000])
def test_gains_that_hardly_anybody_has_are_told_apart_whole_and_in_batches(rows):
    """As in a census: one of twelve has some thousands, one of two hundred the most that the form takes."""
    rng = np.random.default_rng(0)
    gains = np.where(rng.random(rows) < 0.08, rng.lognormal(8, 0.7, rows).round(), 0)
    gains[rng.random(rows) < 0.005] = 99_999
    whole = Scale.fit(gains)
    small, middling, most = whole.apply(np.array([1_000.0, 5_000.0, 99_999.0]))
    assert 0.2 < small < 1 < middling < 2 < most < 3
    fitted = NumberFit(Number())
    for start in range(0, rows, 1_000):
        batch = pa.array(gains[start : start + 1_000])
        fitted.add(batch, np.ones(len(batch), bool), ColumnProfile.of(batch), "the rows")
    scale = fitted.encoding(Column("gain", "number", ""), FitOptions()).scale
    if rows <= 8_192:
        assert scale == whole
    assert scale.factor == pytest.approx(whole.factor, rel=0.1)


@given(
    st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20),
    st.lists(st.floats(allow_nan=True, allow_infinity=False), min_size=1, max_size=20),
)
def test_whatever_finite_numbers_come_the_scaled_ones_are_finite_and_within_3(training, new):
    scaled = Scale.fit(np.array(training)).apply(np.array(new))
    assert np.isfinite(scaled).all()
    assert (np.abs(scaled) <= 3).all()


def test_missing_numbers_are_the_median_with_an_indicator():
    encoder = fit(x=[1, 2, None, 4, 5])
    assert encoder.layout.numbers == ("x", "x missing")
    assert encode(encoder, x=[3, None]).numbers.tolist() == [[0, 0], [0, 1]]


def test_missing_at_prediction_only_is_the_median():
    encoder = fit(x=[1, 2, 3, 4, 5])
    assert encoder.layout.numbers == ("x",)
    assert encode(encoder, x=[None, 3]).numbers.tolist() == [[0], [0]]


def piecewise(values):
    table = table_of(x=values, y=[i % 2 for i in range(len(values))])
    return Encoder.fit(table, infer_schema(table, "t", "y"), piecewise=True)


def test_positions_among_bins_by_hand():
    # 41 rows make four bins of ten; a missing number stands at the median, 400
    encoder = piecewise([i * i for i in range(41)])
    assert encoder.encodings[0].edges == (0, 100, 400, 900, 1600)
    assert encoder.layout.piecewise == (Piecewise("x among bins", 4),)
    rows = encode(encoder, x=[-5, 50, 100, 650, 1600, 10**9, None])
    assert rows.positions.ravel().tolist() == [0, 0.5, 1, 2.5, 4, 4, 2]
    assert rows.positions.dtype == np.float32
    assert (
        rows.numbers == encode(fit(x=[i * i for i in range(41)]), x=[-5, 50, 100, 650, 1600, 10**9, None]).numbers
    ).all()


@pytest.mark.parametrize(
    ("values", "bins"),
    [
        ([i % 5 for i in range(100)], 4),  # values come back: an edge for each
        ([0] * 60 + list(range(1, 41)), 4),  # a heap at 0 lies below one edge
        (list(range(19)), None),  # too few rows for two bins
        ([0, 1] * 30, None),  # a straight line
        ([i * 1e307 for i in range(-17, 18)], None),  # the range is no double
        ([None] * 40 + list(range(60)), 6),
        (list(range(100_000)), 48),
    ],
)
def test_how_many_bins(values, bins):
    layout = piecewise([float(v) if v is not None else None for v in values]).layout
    assert layout.piecewise == (() if bins is None else (Piecewise("x among bins", bins),))


def test_edges_are_nobodys_values():
    assert piecewise([1.23456789 + i for i in range(40)]).encodings[0].edges == (
        1.23457,
        10.2346,
        20.2346,
        30.2346,
        40.2346,
    )


@given(
    st.lists(st.floats(allow_nan=True, allow_infinity=False), min_size=20, max_size=60),
    st.lists(st.floats(allow_nan=True, allow_infinity=False), min_size=1, max_size=20),
)
def test_whatever_finite_numbers_come_positions_are_within_the_bins(training, new):
    encoding = Number().fit(
        pa.array(training, from_pandas=True), Column("x", "number", ""), "t", FitOptions(piecewise=True)
    )
    for positions in encoding.encode(pa.array(new, from_pandas=True), "t").positions:
        assert (positions >= 0).all()
        assert (positions <= len(encoding.edges) - 1).all()


def test_codes_by_frequency_then_name_with_0_for_rare_and_unseen_and_the_last_for_missing():
    values = ["b"] * 30 + ["c"] * 40 + ["a"] * 30 + ["rare"] + [None] * 9
    encoder = fit(x=values)
    assert encoder.layout.categories == (Category("x", 5),)
    new = ["c", "a", "b", "rare", None, "never seen"]
    assert encode(encoder, x=new).codes.ravel().tolist() == [1, 2, 3, 0, 4, 0]


def test_without_missing_values_in_training_a_missing_one_is_as_new_as_an_unseen_one():
    encoder = fit(x=["b", "c"] * 30)
    assert encoder.layout.categories == (Category("x", 3),)
    assert encode(encoder, x=["c", None, "never seen"]).codes.ravel().tolist() == [2, 0, 0]


def test_an_encoding_from_before_missing_values_had_a_code_keeps_code_0_for_them():
    [encoding] = fit(x=["b", "c", None] * 30).encodings
    described = {name: value for name, value in encoding.to_dict().items() if name in ("column", "values")}
    older = Encoder((type(encoding).from_dict(described),))
    assert older.layout.categories == (Category("x", 3),)
    assert encode(older, x=["b", "c", None, "d"]).codes.ravel().tolist() == [1, 2, 0, 0]


@pytest.mark.parametrize(("rows", "least"), [(10, 1), (49, 1), (50, 2), (4_999, 2), (5_000, 5), (10**8, 5)])
def test_how_often_a_value_must_occur(rows, least):
    assert minimum_count(rows) == least


def test_an_identifier_is_left_out_and_not_asked_for_again():
    encoder = fit(name=[f"id{i}" for i in range(60)], x=[i % 30 for i in range(60)])
    assert encoder.layout.categories == ()
    assert encode(encoder, x=[30]).numbers.shape == (1, 1)


def test_an_identifier_that_is_asked_for_is_pooled():
    table = table_of(name=[f"id{i}" for i in range(60)], x=[i % 30 for i in range(60)], y=[0, 1] * 30)
    encoder = Encoder.fit(table, infer_schema(table, "t", "y", categories=["name"]))
    assert encoder.layout.numbers == ("x",)
    assert encoder.layout.categories == ()


def test_nothing_left_to_learn_from():
    table = table_of(name=[f"id{i}" for i in range(60)], y=[0, 1] * 30)
    with pytest.raises(ColumnError, match="hold no information"):
        Encoder.fit(table, infer_schema(table, "t", "y", categories=["name"]))


def test_numbers_as_categories_are_written_in_one_way():
    table = table_of(zone=[1.0, 2.0, 2.0, 0.5], y=[0, 1, 0, 1])
    encoder = Encoder.fit(table, infer_schema(table, "t", "y", categories=["zone"]))
    assert encode(encoder, zone=[2, 1, 7]).codes.ravel().tolist() == [1, 3, 0]
    assert encode(encoder, zone=["2", "0.5", "x"]).codes.ravel().tolist() == [1, 2, 0]


def test_booleans():
    encoder = fit(x=[True, True, False, None])
    assert encoder.layout.categories == (Category("x", 4),)
    assert encode(encoder, x=[True, False, None]).codes.ravel().tolist() == [1, 2, 3]
    assert encode(encoder, x=[1, 0, None]).codes.ravel().tolist() == [1, 2, 3]


HOURS = np.arange("2013-01-01", "2013-03-02", 3600, dtype="datetime64[s]")


def test_a_date_by_hand():
    encoder = fit(t=pa.array(HOURS))
    assert encoder.layout.numbers == (
        "t time of day sin",
        "t time of day cos",
        "t day of year sin",
        "t day of year cos",
        "t elapsed days",
    )
    assert encoder.layout.categories == (Category("t hour", 25), Category("t weekday", 8), Category("t month", 4))
    row = encode(encoder, t=["2013-01-01 06:00"])
    # 06:00 is a quarter of the round; 1 January is day 0 of the year
    assert row.numbers[0, :4] == pytest.approx([1, 0, 0, 1], abs=1e-6)


def test_weekdays_and_months_are_the_calendars():
    encoding = DateTime().fit(pa.array(HOURS), Column("t", "date-time", "", ISO), "table, column 't'", FitOptions())
    seen = dict(encoding.parts)
    new = pa.array(np.array(["2013-02-06T13:00:00", "2012-12-31T00:00:00"], "M8[s]"))  # a Wednesday, a Monday
    hour, weekday, month = encoding.encode(new, "new.csv, column 't'").codes
    assert [seen["weekday"][code - 1] for code in weekday] == ["2", "0"]
    assert [seen["hour"][code - 1] for code in hour] == ["13", "0"]
    assert seen["month"][month[0] - 1] == "2"
    assert month[1] == 0, "December was never seen"


def test_midnight_lies_beside_the_minute_before_it():
    encoder = fit(t=pa.array(HOURS))
    before, after = encode(encoder, t=["2013-01-08 23:59", "2013-01-09 00:00"]).numbers[:, :2]
    assert np.linalg.norm(before - after) < 0.005


def test_parts_that_never_change_are_left_out():
    days = np.arange("2013-03-01", "2013-03-29", dtype="datetime64[D]").astype("datetime64[s]")
    layout = fit(t=pa.array(days)).layout
    assert layout.numbers == ("t day of year sin", "t day of year cos", "t elapsed days")
    assert [category.name for category in layout.categories] == ["t weekday"]


@pytest.mark.parametrize(
    ("end", "seasons"), [("2013-12-31", False), ("2014-12-31", False), ("2015-01-02", True), ("2016-12-31", True)]
)
def test_what_the_future_cannot_repeat_is_left_out(end, seasons):
    days = np.arange("2013-01-01", end, dtype="datetime64[D]").astype("datetime64[s]")
    layout = fit(future=True, t=pa.array(days), x=range(len(days))).layout
    assert "t elapsed days" not in layout.numbers
    assert ("t day of year sin" in layout.numbers) is seasons
    assert ("t month" in [category.name for category in layout.categories]) is seasons
    assert "t weekday" in [category.name for category in layout.categories]


def test_missing_dates_are_zeros_with_an_indicator():
    encoder = fit(t=pa.array([*HOURS.tolist(), None]))
    row = encode(encoder, t=[None])
    assert row.numbers.tolist() == [[0, 0, 0, 0, 0, 1]]
    assert row.codes.tolist() == [[0, 0, 0]]


GOOD = {"n": 1, "c": "u", "b": True, "t": "2013-01-01 05:00"}


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"n": "abc"}, "column 'n', row 2: expected a number, found 'abc'"),
        ({"n": "inf"}, "column 'n', row 2: the value is infinite"),
        ({"n": "2013-01-01"}, "column 'n', row 2: expected a number, found '2013-01-01'"),
        ({"b": "maybe"}, "column 'b', row 2: expected true or false, found 'maybe'"),
        ({"t": "yesterday"}, r"column 't', row 2: expected a date \(2013-12-31\), found 'yesterday'"),
        ({"t": "2013-02-30"}, "column 't', row 2: expected a date .*, found '2013-02-30'"),
    ],
)
def test_values_of_another_type_than_in_training(tmp_path, change, complaint):
    n = 60
    days = pa.array(HOURS[:n])
    encoder = fit(n=[i % 7 for i in range(n)], c=["u", "v"] * 30, b=[True, False, False] * 20, t=days)
    rows = [GOOD, {**GOOD, **change}, GOOD]
    path = tmp_path / "new.csv"
    path.write_text("n,c,b,t\n" + "".join(",".join(map(str, row.values())) + "\n" for row in rows))
    with pytest.raises(ColumnError, match=complaint):
        encoder.encode(read_table(path), "new.csv")


def test_columns_of_another_type_than_in_training():
    encoder = fit(n=[1, 2, 3], t=pa.array(HOURS[:3]))
    with pytest.raises(ColumnError, match=r"'t', row 1: expected dates, found '5'"):
        encode(encoder, n=[1], t=[5])
    with pytest.raises(ColumnError, match=r"'n', row 1: expected numbers, found '1970"):
        encode(encoder, n=pa.array([5], pa.timestamp("s")), t=pa.array(HOURS[:1]))
    with pytest.raises(ColumnError, match=r"'n', row 1: expected numbers, found '\[1\]'"):
        encode(encoder, n=[[1]], t=pa.array(HOURS[:1]))


def test_columns_that_are_absent_and_columns_too_many():
    encoder = fit(a=[1, 2, 3], b=[1, 2, 3])
    with pytest.raises(ColumnError, match=r"new\.csv: column 'b' missing, on which the model was trained"):
        encode(encoder, a=[1])
    assert encode(encoder, b=[2], more=["x"], a=[2]).numbers.tolist() == [[0, 0]]


def test_a_column_that_is_empty_at_prediction_fits_every_role():
    encoder = fit(n=[1, 2, 3], c=["u", "v", "u"], b=[True, False, True], t=pa.array(HOURS[:3]))
    rows = encode(encoder, n=[None], c=[None], b=[None], t=[None])
    assert not rows.numbers.any()
    assert not rows.codes.any()


def test_only_training_rows_are_fitted():
    generator = np.random.default_rng(0)
    n, training = 400, np.arange(300)
    columns = {
        "number": generator.normal(size=n),
        "town": generator.choice(["a", "b", "c"], n),
        "flag": generator.choice([True, False], n),
        "time": np.datetime64("2013-01-01", "s") + generator.integers(0, 10**7, n).astype("m8[s]"),
        "y": generator.integers(0, 2, n),
    }
    table = read_table(pa.table(columns))
    schema = infer_schema(table, "t", "y")
    changed = {name: values.copy() for name, values in columns.items()}
    changed["number"][300:] = 1e9
    changed["town"][300:] = "z"
    changed["time"][300:] = np.datetime64("2030-01-01")
    other = read_table(pa.table(changed))
    one, two = (Encoder.fit(each.take(training), schema) for each in (table, other))
    assert one == two
    assert one.to_dict() == two.to_dict()
    assert Encoder.fit(table, schema) != Encoder.fit(other, schema), "the change would show if it were looked at"


def test_json_and_back():
    encoder = fit(n=[1, None, 3], c=["u", "v", "u"], b=[True, False, True], t=pa.array(HOURS[:3]))
    for one in (encoder, piecewise(list(range(40)))):
        again = Encoder.from_dict(json.loads(json.dumps(one.to_dict())))
        assert again == one
        assert again.layout == one.layout


def test_models_from_before_numbers_were_read_piecewise():
    data = fit(n=[1, None, 3]).to_dict()
    del data["encodings"][0]["edges"]
    assert Encoder.from_dict(data) == fit(n=[1, None, 3])


def test_names_stay_distinct():
    encoder = fit(**{"t": pa.array(HOURS[:60]), "t hour": ["a", "b", "c"] * 20})
    names = [category.name for category in encoder.layout.categories]
    assert len(set(names)) == len(names) == 3


def test_the_flights_are_encoded_in_a_moment():
    flights = BUILT_IN["flights"].read()
    encoder = Encoder.fit(flights, infer_schema(flights, "flights", "delayed"))
    started = perf_counter()
    rows = encoder.encode(flights, "flights")
    assert perf_counter() - started < 3, "far above the usual quarter of a second"
    assert rows.numbers.dtype == np.float32
    assert rows.numbers.flags.c_contiguous
    assert rows.codes.dtype == np.int32
    assert rows.codes.flags.c_contiguous
    assert np.isfinite(rows.numbers).all()
    assert (rows.codes >= 0).all()
    assert (rows.codes < np.array(encoder.layout.sizes)).all()
